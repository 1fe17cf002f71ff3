"""Sessions: one row a signed-in browser, found by the SHA-256 of its token.

Staff (client, operator): 30 minutes idle, 12 hours in all. Suppliers: 60 minutes and 24 hours. A session is dead at
once when it is ended, when the person is disabled, or when the membership it acts by has ended. The token changes
at sign-in, at step-up and at a change of seat; the old one is dead.
"""
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, delete, func, select, update

from portal.access.actor import Actor
from portal.access.policy import SIDE_OF, Role, Side, permissions_of
from portal.accounts.models import Membership, Organization, User, UserSession
from portal.accounts.tokens import digest, new_secret
from portal.core.clock import now
from portal.core.db import ask, session
from portal.core.ids import new_id

Reach = Callable[[UUID], tuple[tuple[UUID, ...], tuple[UUID, ...]]]
IDLE = {Side.CLIENT: timedelta(minutes=30), Side.OPERATOR: timedelta(minutes=30), Side.SUPPLIER: timedelta(minutes=60)}
LONGEST = {Side.CLIENT: timedelta(hours=12), Side.OPERATOR: timedelta(hours=12), Side.SUPPLIER: timedelta(hours=24)}
WITHOUT_SEAT = timedelta(minutes=15)  # to choose the password that is due
SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Seat:
    """A person's place: an organization and one side of it."""

    organization_id: UUID
    side: Side


def begin(user_id: UUID, *, organization_id: UUID | None = None, side: Side | None = None, ip: str = "",
          user_agent: str = "", stepped_up: bool = False, seated: bool = True) -> str:
    """Sign a person in and return the token of the new session, which is kept nowhere else.

    Acts as `organization_id`/`side`, else where the person last acted, else at its first seat. `seated=False` gives
    a session that can only choose a new password. Runs as the door.
    """
    seat = _seat_for(user_id, organization_id, side) if seated else None
    moment, token = now(), new_secret()
    session.add(UserSession(
        id=new_id(), user_id=user_id, token_hash=digest(token), organization_id=seat.organization_id if seat else None,
        side=seat.side.value if seat else "", last_seen_at=moment, expires_at=moment + _longest(seat),
        stepped_up_at=moment if stepped_up else None, ip=ip[:45], user_agent=user_agent[:300]))
    session.execute(update(User).filter_by(id=user_id).values(last_seen_at=moment))
    session.flush()
    return token


def actor_of(token: str, reach: Reach, ip: str, request_id: str) -> Actor | None:
    """Return who acts by this token now, or None when the session is dead. Runs as the door.

    `reach(organization_id)` tells the relationships of a supplier and the clients behind them.
    """
    found = next(iter(ask(_LIVE, {"token_hash": digest(token)})), None)
    if found is None or not _alive(found):
        return None
    _note_presence(found)
    actor = _actor(found, ip, request_id)
    if actor.side is not Side.SUPPLIER or actor.organization_id is None:
        return actor
    relationships, partners = reach(actor.organization_id)
    return actor.on(relationships=relationships, partners=partners)


def owner_of(token: str) -> UUID | None:
    """Return whose session this token was, dead or alive; None for a stranger and for a disabled person."""
    query = select(User.id).join(UserSession, UserSession.user_id == User.id)
    return session.scalar(query.where(UserSession.token_hash == digest(token), User.disabled_at.is_(None)))


def rotate(session_id: UUID, *, stepped_up: bool = False, seat: Seat | None = None) -> str:
    """Give a session a new token (the old one is dead), and say that the password was given, or a new seat."""
    token = new_secret()
    row = session.scalars(select(UserSession).filter_by(id=session_id).with_for_update()).one()
    row.token_hash = digest(token)
    if stepped_up:
        row.stepped_up_at = now()
    if seat:
        row.organization_id, row.side = seat.organization_id, seat.side.value
        row.expires_at = min(row.expires_at, row.created_at + _longest(seat))
    session.flush()
    return token


def end(session_id: UUID, user_id: UUID, because: str) -> bool:
    """End one session of a person; return whether it was alive."""
    return _end(because, UserSession.id == session_id, UserSession.user_id == user_id) > 0


def end_all(user_id: UUID, because: str, *, but: UUID | None = None) -> int:
    """End every session of a person, except `but`; return how many."""
    conditions = [UserSession.user_id == user_id]
    if but:
        conditions.append(UserSession.id != but)
    return _end(because, *conditions)


def end_in(user_id: UUID, organization_id: UUID, because: str) -> int:
    """End a person's sessions that act for one organization."""
    return _end(because, UserSession.user_id == user_id, UserSession.organization_id == organization_id)


def prune() -> int:
    """Forget sessions that died a month ago (their owner's parked forms are long gone). Runs as the door."""
    old = now() - timedelta(days=30)
    return len(session.execute(delete(UserSession).where(UserSession.expires_at < old).returning(UserSession.id)).all())


def seats_of(user_id: UUID) -> list[Seat]:
    """Return every seat that a person has now, clients first. Runs as the door or as that person."""
    query = select(Membership.organization_id, Membership.roles).where(
        Membership.user_id == user_id, Membership.ended_at.is_(None)).order_by(Membership.id)
    found = [Seat(m.organization_id, side) for m in session.execute(query) for side in sides_of(m.roles)]
    return sorted(found, key=lambda seat: list(IDLE).index(seat.side))


def sides_of(roles: list[str]) -> list[Side]:
    """Return the sides that some roles stand on; an unknown role stands nowhere."""
    sides = {SIDE_OF[Role(r)] for r in roles if r in Role._value2member_map_}
    return [side for side in IDLE if side in sides]


_PLACES = select(Membership.organization_id).where(
    Membership.user_id == UserSession.user_id, Membership.ended_at.is_(None)).correlate(UserSession)
# Every request asks this.
_LIVE = (
    select(UserSession.id, UserSession.user_id, UserSession.organization_id, UserSession.side, UserSession.last_seen_at,
           UserSession.expires_at, UserSession.ended_at, UserSession.stepped_up_at, User.name, User.email, User.locale,
           User.zone, User.theme, User.disabled_at, Organization.name.label("organization_name"), Membership.roles,
           Membership.ended_at.label("membership_ended_at"),
           func.array(_PLACES.scalar_subquery(), type_=ARRAY(Uuid())).label("places"))
    .join(User, User.id == UserSession.user_id)
    .outerjoin(Organization, Organization.id == UserSession.organization_id)
    .outerjoin(Membership, (Membership.user_id == UserSession.user_id)
               & (Membership.organization_id == UserSession.organization_id))
    .where(UserSession.token_hash == bindparam("token_hash"))
)


def _alive(found: Any) -> bool:
    moment = now()
    if found.ended_at or found.disabled_at or found.expires_at <= moment:
        return False
    if found.organization_id is None:
        return True
    if found.roles is None or found.membership_ended_at or Side(found.side) not in sides_of(found.roles):
        return False
    return bool(moment - found.last_seen_at <= IDLE[Side(found.side)])


def _actor(found: Any, ip: str, request_id: str) -> Actor:
    side = Side(found.side) if found.side else Side.ANONYMOUS
    sides, roles, permissions = _standing(tuple(found.roles or ()), side)
    places = tuple(found.places or ())
    return Actor(
        side=side, user_id=found.user_id, name=found.name, email=found.email, session_id=found.id, roles=roles,
        organization_id=found.organization_id, permissions=permissions, organization_name=found.organization_name or "",
        organizations=places, several_seats=len(places) > 1 or sides > 1, stepped_up_at=found.stepped_up_at,
        locale=found.locale, zone=found.zone, theme=found.theme, ip=ip, request_id=request_id)


@lru_cache(maxsize=256)
def _standing(roles: tuple[str, ...], side: Side) -> tuple[int, frozenset[str], frozenset[str]]:
    """Return on how many sides `roles` stand, which of them stand on `side`, and what those permit."""
    here = frozenset(role for role in roles if side in sides_of([role]))
    return len(sides_of(list(roles))), here, permissions_of(here)


def _note_presence(found: Any) -> None:
    moment = now()
    if moment - found.last_seen_at < SEEN_EVERY:
        return
    # A row that another request of the same browser is writing is skipped: a long upload must not hold up a page.
    free = select(UserSession.id).filter_by(id=found.id).with_for_update(skip_locked=True)
    if session.scalar(free):
        session.execute(update(UserSession).filter_by(id=found.id).values(last_seen_at=moment))
        session.execute(update(User).where(User.id == found.user_id).values(last_seen_at=moment))


def _end(because: str, *conditions: Any) -> int:
    done = session.execute(update(UserSession).where(UserSession.ended_at.is_(None), *conditions)
                           .values(ended_at=now(), ended_because=because).returning(UserSession.id))
    return len(done.all())


def _seat_for(user_id: UUID, organization_id: UUID | None, side: Side | None) -> Seat | None:
    seats = seats_of(user_id)
    if organization_id is None:
        organization_id, side = _last_seat(user_id)
    wanted = [s for s in seats if s.organization_id == organization_id and side in (None, s.side)]
    return next(iter(wanted or seats), None)


def _last_seat(user_id: UUID) -> tuple[UUID | None, Side | None]:
    query = select(UserSession.organization_id, UserSession.side).where(
        UserSession.user_id == user_id, UserSession.organization_id.isnot(None)).order_by(UserSession.id.desc())
    found = session.execute(query.limit(1)).first()
    return (found.organization_id, Side(found.side)) if found else (None, None)


def _longest(seat: Seat | None) -> timedelta:
    return LONGEST[seat.side] if seat else WITHOUT_SEAT


def idle_limit(current: UserSession) -> datetime:
    """Return when a session dies if nothing more is heard of it."""
    side = Side(current.side) if current.side else Side.CLIENT
    return min(current.last_seen_at + IDLE[side], current.expires_at)
