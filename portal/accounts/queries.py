"""What screens and other features read of people and organizations.

A supplier's people are not visible to a client's role, nor the other way round: `contacts_of` and `recipient` look
through the door, give an address for a letter and nothing else, and may be called anywhere (handlers, jobs).
"""
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.access.policy import Role, holding
from portal.accounts import links, sessions
from portal.accounts.models import (
    FiscalProfile,
    Link,
    LinkKind,
    Membership,
    NewInvoiceLetters,
    Organization,
    SignInAttempt,
    User,
    UserSession,
)
from portal.accounts.policy import PasswordPolicy, strictest
from portal.core import db
from portal.core.clock import now
from portal.core.db import session
from portal.core.errors import NotFound
from portal.mail.services import Recipient

HISTORY = 30


@dataclass(frozen=True)
class Invitation:
    """A colleague's invitation and what has become of it."""

    id: UUID
    email: str
    name: str
    roles: tuple[str, ...]
    state: str
    expires_at: Any


def people(actor: Actor, *, ended: bool = False) -> Sequence[Membership]:
    """Return the members of the actor's organization, each with its `user`; those who left only when asked for."""
    query = select(Membership).join(Membership.user).where(Membership.organization_id == actor.organization_id)
    if not ended:
        query = query.where(Membership.ended_at.is_(None), User.disabled_at.is_(None))
    return session.scalars(query.order_by(Membership.ended_at.isnot(None), User.name, User.id)).all()


def member(actor: Actor, user_id: UUID) -> Membership:
    """Return one member of the actor's organization. Raises NotFound, also for other organizations' people."""
    actor.require(Permission.Organization.PEOPLE)
    row = session.scalar(select(Membership).filter_by(user_id=user_id, organization_id=actor.organization_id))
    if row is None:
        raise NotFound
    return row


def invitations(actor: Actor) -> list[Invitation]:
    """Return the invitations of colleagues that wait or have died unused, newest first."""
    actor.require(Permission.Organization.PEOPLE)
    query = (select(Link).filter_by(organization_id=actor.organization_id, kind=LinkKind.COLLEAGUE_INVITATION)
             .where(Link.used_at.is_(None), Link.revoked_at.is_(None)).order_by(Link.id.desc()).limit(100))
    return [Invitation(row.id, row.email, row.name, tuple(row.roles), links.state(row).value, row.expires_at)
            for row in session.scalars(query)]


def holders(organization_id: UUID, roles: Iterable[str]) -> set[UUID]:
    """Return the ids of those who hold one of `roles` in an organization now."""
    query = select(Membership.user_id).join(Membership.user).where(
        Membership.organization_id == organization_id, Membership.ended_at.is_(None), User.disabled_at.is_(None),
        Membership.roles.overlap([str(r) for r in roles]))
    return set(session.scalars(query))


def able(organization_id: UUID, permission: str) -> dict[UUID, frozenset[str]]:
    """Return who may do something in an organization now: their ids, each with its roles."""
    query = select(Membership.user_id, Membership.roles).join(Membership.user).where(
        Membership.organization_id == organization_id, Membership.ended_at.is_(None), User.disabled_at.is_(None),
        Membership.roles.overlap([role.value for role in holding(permission)]))
    return {row.user_id: frozenset(row.roles) for row in session.execute(query)}


def contacts_of(organization_id: UUID | None, roles: Iterable[str] = ()) -> list[Recipient]:
    """Return who gets an organization's letters: its people, or those with one of `roles`. Callable in any scope."""
    return [_recipient(person) for person in _working_for(organization_id, roles)]


@dataclass(frozen=True)
class Reader:
    """Who is told of new invoices, and how they want it."""

    user_id: UUID
    to: Recipient
    zone: str
    wants: NewInvoiceLetters


def readers(organization_id: UUID | None, roles: Iterable[str]) -> list[Reader]:
    """Return who of an organization is told of new invoices: those with one of `roles`. Callable in any scope."""
    return [Reader(person.id, _recipient(person), person.zone, person.new_invoice_letters)
            for person in _working_for(organization_id, roles)]


def recipient(user_id: UUID | None) -> Recipient | None:
    """Return a person as a letter's addressee; None when there is none or the person is disabled. In any scope."""
    with db.door():
        person = session.get(User, user_id) if user_id else None
        return _recipient(person) if person and person.disabled_at is None else None


def zone_of(user_id: UUID) -> str:
    """Return the time zone of a person, for the dates in a letter. In any scope."""
    with db.door():
        return session.get_one(User, user_id).zone


def name_of(organization_id: UUID | None) -> str:
    """Return the name of an organization, for a letter; "" for none. In any scope."""
    with db.door():
        row = session.get(Organization, organization_id) if organization_id else None
        return row.name if row else ""


def fiscal_profiles(client_id: UUID | None) -> Sequence[FiscalProfile]:
    """Return the fiscal profiles of a client, the first one first. The transaction's walls decide who may read."""
    return session.scalars(select(FiscalProfile).filter_by(client_id=client_id)
                           .order_by(FiscalProfile.is_default.desc(), FiscalProfile.rfc)).all()


def fiscal_profile(actor: Actor, profile_id: UUID) -> FiscalProfile:
    """Return one fiscal profile of the actor's client. Raises NotFound."""
    row = session.scalar(select(FiscalProfile).filter_by(id=profile_id, client_id=actor.client_id))
    if row is None:
        raise NotFound
    return row


def organization(actor: Actor) -> Organization:
    """Return the organization that the actor works for."""
    row = session.get(Organization, actor.organization_id) if actor.organization_id else None
    if row is None:
        raise NotFound
    return row


def clients(actor: Actor) -> Sequence[Organization]:
    """Return every client of the installation, for its operator."""
    actor.require(Permission.Installation.OPERATE)
    with db.door():
        return session.scalars(select(Organization).filter_by(is_client=True).order_by(Organization.name)).all()


def seats(actor: Actor) -> list[dict[str, Any]]:
    """Return as whom a person may act, for the switcher: name, side, where to post, and which is in use."""
    if not actor.several_seats:
        return []
    query = (select(Organization.id, Organization.name, Membership.roles)
             .join(Membership, Membership.organization_id == Organization.id)
             .where(Membership.user_id == actor.user_id, Membership.ended_at.is_(None)).order_by(Organization.name))
    return [{"name": name, "side": side.value, "url": f"/switch/{id_}/{side.value}", "method": "post",
             "active": (id_, side) == (actor.organization_id, actor.side)}
            for id_, name, roles in session.execute(query) for side in sessions.sides_of(roles)]


def live_sessions(actor: Actor) -> Sequence[UserSession]:
    """Return the actor's own sessions that are alive, the newest first."""
    rows = session.scalars(select(UserSession).filter_by(user_id=actor.user_id, ended_at=None)
                           .where(UserSession.expires_at > now()).order_by(UserSession.id.desc()))
    return [row for row in rows if sessions.idle_limit(row) > now()]


def history(actor: Actor) -> Sequence[SignInAttempt]:
    """Return the latest attempts to sign in as the actor, the newest first."""
    return session.scalars(select(SignInAttempt).filter_by(user_id=actor.user_id)
                           .order_by(SignInAttempt.id.desc()).limit(HISTORY)).all()


def policy_of(user_id: UUID | None, *also: UUID) -> PasswordPolicy:
    """Return the strictest of the password policies of a person's organizations, and of `also`. In any scope."""
    mine = select(Membership.organization_id).where(Membership.user_id == user_id, Membership.ended_at.is_(None))
    query = select(Organization.password_policy).where(Organization.id.in_(mine) | Organization.id.in_(also))
    with db.door():
        return strictest([PasswordPolicy.read(kept) for kept in session.scalars(query)])


def words_about(user_id: UUID | None, *also: UUID) -> list[str]:
    """Return the words that anybody would try first as this person's password. In any scope."""
    mine = select(Membership.organization_id).where(Membership.user_id == user_id, Membership.ended_at.is_(None))
    query = select(Organization.name, Organization.tax_id).where(Organization.id.in_(mine) | Organization.id.in_(also))
    with db.door():
        words = [word for row in session.execute(query) for word in row]
        person = session.get(User, user_id) if user_id else None
        return [*words, person.email, person.name] if person else words


def has_operator() -> bool:
    """Say whether somebody operates the installation already. Runs as the door."""
    query = select(func.count()).select_from(Membership).where(Membership.roles.contains([Role.OPERATOR.value]))
    return bool(session.scalar(query))


def _recipient(person: User) -> Recipient:
    return Recipient(person.email, person.name, person.locale)


def _working_for(organization_id: UUID | None, roles: Iterable[str]) -> Sequence[User]:
    """Return the people of an organization, of all roles when none is named."""
    wanted = [str(r) for r in roles]
    query = select(User).join(Membership, Membership.user_id == User.id).where(
        Membership.organization_id == organization_id, Membership.ended_at.is_(None), User.disabled_at.is_(None))
    if wanted:
        query = query.where(Membership.roles.overlap(wanted))
    with db.door():
        return session.scalars(query.order_by(User.id)).all()
