"""The building blocks: a person, an organization, and who works where.

They ask for no permission, because whoever calls them has just settled it: an accepted link, the set-up token, the
demo's data. They look through the door, for such a person is nobody yet.
"""
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from portal.access.actor import ANONYMOUS, Actor
from portal.access.policy import Role, Side
from portal.accounts import addresses, sessions
from portal.accounts.events import MemberJoined, OrganizationCreated
from portal.accounts.models import Consent, Membership, Organization, User
from portal.accounts.passwords import hash_password
from portal.accounts.policy import PasswordPolicy
from portal.core import db
from portal.core.clock import now
from portal.core.db import session
from portal.core.errors import Invalid
from portal.core.events import announce
from portal.core.i18n import ZONE, lazy
from portal.core.ids import new_id

LEGAL_VERSION = "2026-11"
LEGAL_TEXTS = ("privacy", "terms")


def create_user(email: str, name: str = "", *, password: str | None = None, locale: str = "es",
                zone: str = ZONE) -> User:
    """Make a person. Raises Invalid for a bad or taken address. The password's quality is the caller's to judge."""
    address = addresses.checked(email)
    row = User(id=new_id(), email=address, email_key=addresses.key_of(address), name=name.strip()[:120],
               password_hash=hash_password(password) if password else None,
               password_changed_at=now() if password else None, must_change_password=False, locale=locale, zone=zone,
               theme="auto")
    with db.door():
        if not db.insert_once(row):
            raise Invalid(fields={"email": lazy("There is already an account with this e-mail.")})
    return row


def create_organization(name: str, tax_id: str, *, country: str = "MEX", is_client: bool = False, locale: str = "es",
                        zone: str = ZONE, actor: Actor = ANONYMOUS) -> Organization:
    """Make an organization. `tax_id` as SAT or the country writes it."""
    row = Organization(id=new_id(), name=name.strip()[:300], tax_id=tax_id.strip().upper()[:30], country=country,
                       is_client=is_client, locale=locale, zone=zone, password_policy={})
    with db.door():
        session.add(row)
        session.flush()
        announce(OrganizationCreated(client_id=row.id if is_client else None, subject_id=row.id, subject_label=row.name,
                                     is_client=is_client), actor)
    return row


def add_member(organization_id: UUID, user_id: UUID, roles: Iterable[str], *, actor: Actor = ANONYMOUS) -> Membership:
    """Let a person work for an organization with `roles`, besides those they have there. Unknown roles are refused.

    Where the organization asks for it, a person who comes with a password from elsewhere chooses a new one.
    """
    wanted = {Role(r).value for r in roles}
    with db.door():
        organization = session.get_one(Organization, organization_id)
        person = session.get_one(User, user_id)
        row = session.scalar(select(Membership).filter_by(user_id=user_id, organization_id=organization_id)
                             .with_for_update(of=Membership))
        if row is None:
            row = Membership(id=new_id(), user_id=user_id, organization_id=organization_id, roles=sorted(wanted))
            session.add(row)
        else:
            kept = set() if row.ended_at else set(row.roles)
            row.roles, row.ended_at = sorted(wanted | kept), None
        if PasswordPolicy.read(organization.password_policy).change_at_first and person.last_seen_at:
            person.must_change_password = True
        session.flush()
        announce(MemberJoined(client_id=organization.id if organization.is_client else None, subject_id=person.id,
                              subject_label=person.email, organization_id=organization.id, roles=tuple(row.roles)),
                 actor)
    return row


def supplier_account(user_id: UUID, *, name: str, tax_id: str, country: str = "MEX", locale: str = "es",
                     actor: Actor = ANONYMOUS) -> Organization:
    """Return the account with which a person serves clients as the supplier `tax_id`; make it when there is none.

    An account is shared only by its own people: a person who accepts an invitation brings the account in which they
    already are, and never enters one that somebody else made under the same tax id.
    """
    own = (Role.SUPPLIER_ADMINISTRATOR, Role.SUPPLIER_USER, Role.ADMINISTRATOR)
    with db.door():
        query = (select(Organization, Membership.roles).join(Membership, Membership.organization_id == Organization.id)
                 .where(Membership.user_id == user_id, Membership.ended_at.is_(None),
                        Organization.tax_id == tax_id.strip().upper(), Organization.country == country)
                 .order_by(Organization.id))
        found = next((o for o, roles in session.execute(query) if set(roles) & set(own)), None)
        if found is None:
            found = create_organization(name, tax_id, country=country, locale=locale, actor=actor)
        held = session.scalar(select(Membership.roles).filter_by(user_id=user_id, organization_id=found.id,
                                                                 ended_at=None))
        if not held or Side.SUPPLIER not in sessions.sides_of(held):
            add_member(found.id, user_id, (Role.SUPPLIER_ADMINISTRATOR,), actor=actor)
    return found


def consent(user_id: UUID, ip: str) -> None:
    """Remember that a person has accepted the privacy notice and the terms as they stand."""
    for document in LEGAL_TEXTS:
        session.add(Consent(id=new_id(), user_id=user_id, document=document, version=LEGAL_VERSION, ip=ip[:45]))
    session.flush()
