"""Single-use links: sent by e-mail, valid for a while, one at a time for the same purpose.

Only the SHA-256 of the secret is kept, so a link cannot be shown again: it is sent anew, and the earlier one dies.
The address is made from the configured base URL, never from the request.
"""
from collections.abc import Iterable, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from portal.access.actor import ANONYMOUS, Actor
from portal.accounts import addresses, emails
from portal.accounts.events import LinkIssued, LinkOpened, LinkRevoked
from portal.accounts.models import Link, LinkKind
from portal.accounts.tokens import digest, new_secret
from portal.core.clock import now
from portal.core.db import session
from portal.core.errors import Conflict, NotFound
from portal.core.events import announce
from portal.core.i18n import lazy
from portal.core.ids import new_id
from portal.web.limits import base_url

PATHS = {LinkKind.SUPPLIER_INVITATION: "activate", LinkKind.COLLEAGUE_INVITATION: "join",
         LinkKind.PASSWORD_RESET: "reset", LinkKind.SETUP: "setup"}
LASTS = {LinkKind.SUPPLIER_INVITATION: timedelta(days=7), LinkKind.COLLEAGUE_INVITATION: timedelta(days=7),
         LinkKind.PASSWORD_RESET: timedelta(hours=1), LinkKind.SETUP: timedelta(days=2)}


class LinkState(StrEnum):
    """What has become of a link."""

    SENT = "sent"
    OPENED = "opened"
    ACCEPTED = "accepted"
    REVOKED = "revoked"
    EXPIRED = "expired"


def issue(kind: LinkKind, email: str, *, actor: Actor = ANONYMOUS, organization_id: UUID | None = None,
          relationship_id: UUID | None = None, user_id: UUID | None = None, roles: Iterable[str] = (),
          name: str = "", locale: str = "es", days: int | None = None) -> tuple[Link, str]:
    """Make a link for `email` and return it with its address; earlier open ones of the same purpose are revoked.

    `organization_id` (default: the actor's) is who gives it; `relationship_id` or `roles` what it gives; `name` how
    the person is greeted. The letter goes with it (an event must not carry the secret, so no listener could write
    it). Raises Invalid for a bad address.
    """
    giver = organization_id or actor.organization_id
    secret, moment = new_secret(), now()
    address = addresses.checked(email) if email else ""
    _retire(kind, address, giver, relationship_id, user_id)
    row = Link(id=new_id(), kind=kind, secret_hash=digest(secret), email=address, organization_id=giver,
               relationship_id=relationship_id, user_id=user_id, roles=[str(r) for r in roles], name=name[:120],
               locale=locale, sent_at=moment, expires_at=moment + (timedelta(days=days) if days else LASTS[kind]))
    session.add(row)
    session.flush()
    path = f"/{PATHS[kind]}/{secret}"
    announce(LinkIssued(**about(row, actor.client_id), link_kind=kind.value), actor)
    if address:
        emails.send_link(row, path, actor.organization_name)
    return row, base_url().rstrip("/") + path


def find(secret: str, kind: LinkKind) -> Link | None:
    """Return the link of a secret, whatever has become of it; None when there never was one. Runs as the door."""
    return session.scalar(select(Link).filter_by(secret_hash=digest(secret), kind=kind))


def state(link: Link) -> LinkState:
    """Return what has become of a link. Its term is checked here, at the moment of use, not by a clean-up."""
    if link.used_at:
        return LinkState.ACCEPTED
    if link.revoked_at:
        return LinkState.REVOKED
    if link.expires_at <= now():
        return LinkState.EXPIRED
    return LinkState.OPENED if link.opened_at else LinkState.SENT


def is_open(link: Link) -> bool:
    """Say whether a link can still be used."""
    return state(link) in (LinkState.SENT, LinkState.OPENED)


def note_opened(link: Link) -> None:
    """Remember that the person has opened the link (the first time)."""
    if link.opened_at is None:
        link.opened_at = now()
        announce(LinkOpened(**about(link), link_kind=link.kind.value), ANONYMOUS)


def redeem(link: Link, user_id: UUID | None = None) -> None:
    """Use up a link, once: of many at the same moment one wins. Raises Conflict for the others.

    The condition is in the UPDATE itself, so the database decides, under its row lock.
    """
    moment = now()
    won = session.execute(
        update(Link).where(Link.id == link.id, Link.used_at.is_(None), Link.revoked_at.is_(None),
                           Link.expires_at > moment)
        .values(used_at=moment, user_id=user_id or link.user_id).returning(Link.id)
        .execution_options(synchronize_session=False))
    if won.first() is None:
        raise Conflict(lazy("This link has just been used or is no longer valid. Open it again to see why."))
    session.refresh(link)


def revoke(link_id: UUID, actor: Actor) -> None:
    """Take back an open link of the actor's organization. Raises NotFound when there is none."""
    row = session.scalar(select(Link).filter_by(id=link_id, organization_id=actor.organization_id).with_for_update())
    if row is None or not is_open(row):
        raise NotFound
    _revoke([row], actor)


def revoke_all(*, relationship_id: UUID, actor: Actor) -> int:
    """Take back the open links of a relationship of the actor's organization; return how many."""
    rows = session.scalars(_open().filter_by(relationship_id=relationship_id, organization_id=actor.organization_id))
    return _revoke(rows.all(), actor)


def latest(relationship_ids: Sequence[UUID], actor: Actor) -> dict[UUID, Link]:
    """Return the newest link of each relationship that the actor's organization invited."""
    query = select(Link).where(Link.relationship_id.in_(relationship_ids),
                               Link.organization_id == actor.organization_id)
    newest = query.distinct(Link.relationship_id).order_by(Link.relationship_id, Link.id.desc())
    return {row.relationship_id: row for row in session.scalars(newest) if row.relationship_id}


def about(link: Link, client_id: UUID | None = None) -> dict[str, Any]:
    """Return what every event about a link says of it; `client_id` when a client's own people are concerned."""
    invited = link.kind is LinkKind.SUPPLIER_INVITATION
    return {"client_id": link.organization_id if invited else client_id, "relationship_id": link.relationship_id,
            "subject_id": link.id, "subject_label": link.email, "organization_id": link.organization_id}


def _open() -> Any:
    return select(Link).where(Link.used_at.is_(None), Link.revoked_at.is_(None)).with_for_update()


def _retire(kind: LinkKind, email: str, giver: UUID | None, relationship_id: UUID | None, user_id: UUID | None) -> None:
    same = update(Link).where(Link.used_at.is_(None), Link.revoked_at.is_(None), Link.kind == kind,
                              Link.relationship_id.is_not_distinct_from(relationship_id))
    if kind is LinkKind.PASSWORD_RESET:
        same = same.where(Link.user_id == user_id)
    else:
        same = same.where(Link.organization_id.is_not_distinct_from(giver), Link.email == email)
    session.execute(same.values(revoked_at=now()).execution_options(synchronize_session=False))


def _revoke(rows: Sequence[Link], actor: Actor) -> int:
    for row in rows:
        row.revoked_at = now()
        announce(LinkRevoked(**about(row, actor.client_id), link_kind=row.kind.value), actor)
    session.flush()
    return len(rows)
