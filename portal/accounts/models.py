"""People, organizations, who works where, sessions and links."""
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.db import Base, choice
from portal.core.tenancy import ANYBODY, MY_ORGANIZATIONS, MY_PARTNERS, MYSELF, Rls, among

COLLEAGUES = ("id = (SELECT portal_user()) OR EXISTS (SELECT FROM memberships m WHERE m.user_id = users.id"
              f" AND m.organization_id = {among('organizations')})")


class NewInvoiceLetters(StrEnum):
    """How a person of accounts payable is told that invoices came in."""

    EACH = "each"
    DAILY = "daily"  # one letter every morning, when something came in
    NONE = "none"


class User(Base):
    """A person. The e-mail is kept as typed; `email_key` is its case-folded form and is unique."""

    __tablename__ = "users"
    __rls__ = Rls(read=COLLEAGUES, door="SELECT, INSERT, UPDATE", grants="SELECT, UPDATE")

    email: Mapped[str] = mapped_column(String(254))
    email_key: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120), default="")
    password_hash: Mapped[str | None]
    password_changed_at: Mapped[datetime | None]
    must_change_password: Mapped[bool] = mapped_column(default=False)
    locale: Mapped[str] = mapped_column(String(5), default="es")
    zone: Mapped[str] = mapped_column(String(64), default="America/Mexico_City")
    theme: Mapped[str] = mapped_column(String(5), default="auto")
    new_invoice_letters: Mapped[NewInvoiceLetters] = mapped_column(
        choice(NewInvoiceLetters), default=NewInvoiceLetters.EACH, server_default=NewInvoiceLetters.EACH.value)
    last_seen_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]


class PasswordHistory(Base):
    """Earlier passwords, by their hash, so that they are not used again."""

    __tablename__ = "password_history"
    __rls__ = Rls(read=MYSELF, door="SELECT, INSERT")

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    password_hash: Mapped[str]


class Organization(Base):
    """A legal entity: a client (it receives invoices), a supplier account, or both.

    A supplier account is made when an invitation is first accepted and is never shared with somebody whom another
    client invited under the same RFC: one client's invitation must not open another client's data.
    """

    __tablename__ = "organizations"
    __rls__ = Rls(read=f"id = {among('organizations')} OR id = {among('partners')}",
                  write=f"id = {among('organizations')}", door="SELECT, INSERT, UPDATE", grants="SELECT, UPDATE")

    name: Mapped[str] = mapped_column(String(300))
    tax_id: Mapped[str] = mapped_column(String(30), index=True)
    country: Mapped[str] = mapped_column(String(3), default="MEX")
    is_client: Mapped[bool] = mapped_column(default=False)
    locale: Mapped[str] = mapped_column(String(5), default="es")
    zone: Mapped[str] = mapped_column(String(64), default="America/Mexico_City")
    password_policy: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)


class FiscalProfile(Base):
    """One RFC of a client as its tax record states it: what invoices addressed to it must say."""

    __tablename__ = "fiscal_profiles"
    __table_args__ = (UniqueConstraint("client_id", "rfc"),)
    __rls__ = Rls(read=f"client_id = {among('clients')} OR {MY_PARTNERS}", write=f"client_id = {among('clients')}",
                  door="SELECT, INSERT")

    client_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    rfc: Mapped[str] = mapped_column(String(13))
    name: Mapped[str] = mapped_column(String(300))
    postcode: Mapped[str] = mapped_column(String(5))
    regimes: Mapped[list[str]] = mapped_column(ARRAY(String(3)), default=list)
    is_default: Mapped[bool] = mapped_column(default=False)


class Membership(Base):
    """A person works for an organization with some roles (names of `access.policy.Role`)."""

    __tablename__ = "memberships"
    __table_args__ = (UniqueConstraint("user_id", "organization_id"),)
    __rls__ = Rls(read=f"{MYSELF} OR {MY_ORGANIZATIONS}", write=MY_ORGANIZATIONS, door="SELECT, INSERT, UPDATE")

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    roles: Mapped[list[str]] = mapped_column(ARRAY(String(40)), default=list)
    ended_at: Mapped[datetime | None]
    user: Mapped[User] = relationship(lazy="joined")


class UserSession(Base):
    """One signed-in browser. Only the token's hash is kept; `organization_id`/`side` say as whom it acts."""

    __tablename__ = "sessions"
    __rls__ = Rls(read=MYSELF, door="SELECT, INSERT, UPDATE, DELETE", grants="SELECT, UPDATE")

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organizations.id"))
    side: Mapped[str] = mapped_column(String(10), default="")
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    stepped_up_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[str] = mapped_column(String(40), default="")
    ip: Mapped[str] = mapped_column(String(45), default="")
    user_agent: Mapped[str] = mapped_column(String(300), default="")


class LinkKind(StrEnum):
    """What a single-use link is for."""

    SUPPLIER_INVITATION = "supplier_invitation"
    COLLEAGUE_INVITATION = "colleague_invitation"
    PASSWORD_RESET = "password_reset"
    SETUP = "setup"


class Link(Base):
    """A single-use, expiring link sent by e-mail; only the hash of its secret is kept.

    Bound to an address, and to the relationship or organization and roles that it gives: what it gives is read
    from this row at the moment of use, never from the form.
    """

    __tablename__ = "links"
    __table_args__ = (Index(None, "relationship_id"), Index(None, "organization_id"))
    __rls__ = Rls(read=f"{MYSELF} OR {MY_ORGANIZATIONS}", write=MY_ORGANIZATIONS,
                  door="SELECT, INSERT, UPDATE")

    kind: Mapped[LinkKind] = mapped_column(choice(LinkKind))
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    email: Mapped[str] = mapped_column(String(254))
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organizations.id"))  # who gave it
    relationship_id: Mapped[UUID | None] = mapped_column(ForeignKey("relationships.id"))
    roles: Mapped[list[str]] = mapped_column(ARRAY(String(40)), default=list)
    name: Mapped[str] = mapped_column(String(120), default="")  # how the letter and the page greet the person
    locale: Mapped[str] = mapped_column(String(5), default="es")
    expires_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class SignInAttempt(Base):
    """One attempt to sign in, for the back-off and for the person's security history."""

    __tablename__ = "sign_in_attempts"
    __table_args__ = (Index(None, "email_key", "created_at"),)
    __rls__ = Rls(read=MYSELF, write=ANYBODY, door="SELECT, INSERT, DELETE", grants="SELECT, INSERT")

    email_key: Mapped[str] = mapped_column(String(254))
    user_id: Mapped[UUID | None]
    succeeded: Mapped[bool]
    ip: Mapped[str] = mapped_column(String(45), default="")
    user_agent: Mapped[str] = mapped_column(String(300), default="")


class Consent(Base):
    """A person accepted a version of a legal text."""

    __tablename__ = "consents"
    __rls__ = Rls(read=MYSELF, write=ANYBODY, door="SELECT, INSERT", grants="SELECT, INSERT")

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    document: Mapped[str] = mapped_column(String(40))
    version: Mapped[str] = mapped_column(String(20))
    ip: Mapped[str] = mapped_column(String(45), default="")


