"""What an administrator does with the organization's people. Nobody gives more than the own side of it has.

Every act asks for the password again when it was not given lately. An administrator starts a reset, never sets a
password. Changes hold from the person's next request on.
"""
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.access.policy import SIDE_OF, Role, Side
from portal.accounts import addresses, links, queries, sessions
from portal.accounts.events import MemberDisabled, MemberEnabled, RolesChanged
from portal.accounts.models import Link, LinkKind, Membership, User
from portal.core import db
from portal.core.clock import now
from portal.core.db import session
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from portal.core.events import announce
from portal.core.i18n import lazy

LEADERS = {Side.CLIENT: Role.ADMINISTRATOR, Side.SUPPLIER: Role.SUPPLIER_ADMINISTRATOR}


def roles_for(actor: Actor) -> tuple[Role, ...]:
    """Return the roles that the actor may give: those of the side on which it stands."""
    return tuple(role for role, side in SIDE_OF.items() if side is actor.side)


def invite(email: str, name: str, roles: Iterable[str], locale: str, actor: Actor) -> Link:
    """Invite a colleague. Raises Invalid: address, roles, or somebody who is here already."""
    _authorize(actor)
    chosen = _checked_roles(roles, actor)
    address = addresses.checked(email)
    here = [m for m in queries.people(actor) if m.user.email_key == addresses.key_of(address)]
    if here:
        raise Invalid(fields={"email": lazy("This person already works here. Change the roles in the list.")})
    return links.issue(LinkKind.COLLEAGUE_INVITATION, address, actor=actor, roles=chosen, name=name.strip(),
                       locale=locale)[0]


def resend(link_id: UUID, actor: Actor) -> Link:
    """Send a colleague's invitation again; the earlier link dies. Raises NotFound, Conflict when it was used."""
    _authorize(actor)
    row = _own_link(link_id, actor)
    return links.issue(row.kind, row.email, actor=actor, roles=_checked_roles(row.roles, actor), name=row.name,
                       locale=row.locale)[0]


def revoke(link_id: UUID, actor: Actor) -> None:
    """Take a colleague's invitation back. Raises NotFound."""
    _authorize(actor)
    row = _own_link(link_id, actor)
    if links.is_open(row):
        links.revoke(row.id, actor)
    else:
        row.revoked_at = now()  # an expired one only leaves the list


def change_roles(user_id: UUID, roles: Iterable[str], actor: Actor) -> Membership:
    """Give a colleague exactly these roles on the actor's side; those on the other stay. Raises NotFound, Invalid."""
    _authorize(actor)
    row = _locked(user_id, actor)
    mine = {r.value for r in roles_for(actor)}
    before = tuple(row.roles)
    after = tuple(sorted((set(row.roles) - mine) | _checked_roles(roles, actor)))
    if user_id == actor.user_id and LEADERS[actor.side] not in after:
        raise Invalid(fields={"roles": lazy("You cannot take the administration from yourself. Ask another "
                                            "administrator.")})
    if after != before:
        row.roles = list(after)
        announce(RolesChanged(**_about(row, actor), before=before, after=after), actor)
    return row


def disable(user_id: UUID, actor: Actor) -> None:
    """End a colleague's membership; every session that acts for this organization dies at once."""
    _authorize(actor)
    row = _locked(user_id, actor)
    if user_id == actor.user_id:
        raise Conflict(lazy("You cannot disable your own access. Ask another administrator."))
    row.ended_at = now()
    with db.door():
        sessions.end_in(user_id, row.organization_id, "access disabled")
    announce(MemberDisabled(**_about(row, actor)), actor)


def enable(user_id: UUID, actor: Actor) -> None:
    """Let a former colleague in again, with the roles of before."""
    _authorize(actor)
    row = _locked(user_id, actor, ended=True)
    row.ended_at = None
    announce(MemberEnabled(**_about(row, actor)), actor)


def start_reset(user_id: UUID, actor: Actor) -> None:
    """Send a colleague a link to choose a new password."""
    _authorize(actor)
    row = _locked(user_id, actor)
    with db.door():
        person = session.get_one(User, row.user_id)
        links.issue(LinkKind.PASSWORD_RESET, person.email, actor=actor, user_id=person.id, name=person.name,
                    locale=person.locale)


def _authorize(actor: Actor) -> None:
    actor.require(Permission.Organization.PEOPLE)
    actor.step_up()


def _checked_roles(roles: Iterable[str], actor: Actor) -> set[str]:
    chosen = {str(r) for r in roles}
    if not chosen:
        raise Invalid(fields={"roles": lazy("Choose at least one role.")})
    if not chosen <= {r.value for r in roles_for(actor)}:
        raise Invalid(fields={"roles": lazy("Choose among the roles in the list.")})
    return chosen


def _locked(user_id: UUID, actor: Actor, *, ended: bool = False) -> Membership:
    """Hold the colleague's membership and the actor's own: two who take each other's away at once do not both win."""
    query = select(Membership).filter_by(organization_id=actor.organization_id).where(
        Membership.user_id.in_((user_id, actor.user_id))).order_by(Membership.id)
    held = {row.user_id: row for row in session.scalars(query.with_for_update(of=Membership))}
    mine = held.get(actor.user_id) if actor.user_id else None
    if mine is None or mine.ended_at is not None or LEADERS[actor.side] not in mine.roles:
        raise NotAllowed(lazy("You no longer administer this organization: somebody has just changed your access."))
    row = held.get(user_id)
    if row is None or (row.ended_at is not None) is not ended:
        raise NotFound
    return row


def _own_link(link_id: UUID, actor: Actor) -> Link:
    row = session.scalar(select(Link).filter_by(id=link_id, organization_id=actor.organization_id,
                                                kind=LinkKind.COLLEAGUE_INVITATION).with_for_update())
    if row is None:
        raise NotFound
    if row.used_at or row.revoked_at:
        raise Conflict(lazy("This invitation was accepted or revoked meanwhile."))
    return row


def _about(row: Membership, actor: Actor) -> dict[str, Any]:
    return {"client_id": actor.client_id, "subject_id": row.user_id, "subject_label": row.user.email,
            "organization_id": row.organization_id}
