"""Sessions: whose a token was, which end with what, and as whom a person acts."""
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import select, update

from portal.access.policy import Side
from portal.accounts import sessions
from portal.accounts.models import Membership, User, UserSession
from portal.accounts.sessions import Seat
from portal.core import db
from portal.core.clock import now
from portal.core.db import session
from tests.factories import Buyer, World


@pytest.fixture()
def house(world: World) -> Iterator[Buyer]:
    """A client, in an open transaction of the door."""
    made = world.client()
    with db.transaction(db.DOOR):
        yield made


def user(house: Buyer, role: str = "auditor") -> UUID:
    """One of its people."""
    return house.people[role].user.id


def actor(token: str) -> object:
    """Who acts by a token."""
    return sessions.actor_of(token, lambda _id: ((), ()), "192.0.2.7", "r1")


def ended(user_id: UUID) -> list[str]:
    """Why a person's sessions ended, the oldest first; "" for those that are alive."""
    query = select(UserSession.ended_because).filter_by(user_id=user_id).order_by(UserSession.id)
    return list(session.scalars(query))


def test_a_token_is_its_owners_dead_or_alive(house: Buyer) -> None:
    tokens = {role: sessions.begin(user(house, role)) for role in ("auditor", "treasury", "approver")}
    sessions.end_all(user(house, "treasury"), "test")
    session.execute(update(User).filter_by(id=user(house, "approver")).values(disabled_at=now()))
    assert sessions.owner_of(tokens["auditor"]) == user(house)
    assert sessions.owner_of(tokens["treasury"]) == user(house, "treasury")
    assert sessions.owner_of(tokens["approver"]) is None and sessions.owner_of("nobody's") is None
    assert [actor(tokens[role]) is not None for role in tokens] == [True, False, False]


def test_what_ends_ends_for_that_person_only(house: Buyer) -> None:
    mine, other = user(house), user(house, "treasury")
    for user_id in (mine, other):
        for _n in range(3):
            sessions.begin(user_id)
    ids = session.scalars(select(UserSession.id).filter_by(user_id=mine).order_by(UserSession.id)).all()
    assert not sessions.end(ids[0], other, "stolen")
    assert sessions.end(ids[0], mine, "one") and not sessions.end(ids[0], mine, "again")
    assert sessions.end_all(mine, "all", but=ids[1]) == 1
    assert sessions.end_in(mine, house.people["treasury"].user.id, "elsewhere") == 0
    assert ended(mine) == ["one", "", "all"]
    assert sessions.end_in(mine, house.id, "here") == 1
    assert (ended(mine), ended(other)) == (["one", "here", "all"], ["", "", ""])


def test_a_new_token_kills_the_old_one_and_not_the_term(house: Buyer) -> None:
    old = sessions.begin(user(house))
    row = session.scalars(select(UserSession)).one()
    term, stepped = row.expires_at, row.stepped_up_at
    new = sessions.rotate(row.id)
    assert actor(old) is None and actor(new) is not None
    assert (row.expires_at, row.stepped_up_at, stepped) == (term, None, None)
    sessions.rotate(row.id, stepped_up=True)
    assert row.stepped_up_at is not None
    sessions.rotate(row.id, seat=Seat(house.id, Side.SUPPLIER))
    assert (row.side, row.expires_at) == ("supplier", term)  # another seat never makes it longer
    row.expires_at = term + timedelta(days=9)
    sessions.rotate(row.id, seat=Seat(house.id, Side.CLIENT))
    assert row.expires_at == row.created_at + timedelta(hours=12)


def test_one_who_has_two_sides_has_two_seats(world: World, house: Buyer) -> None:
    session.execute(update(Membership).filter_by(user_id=user(house))
                    .values(roles=["supplier_user", "auditor", "owner"]))
    assert sessions.seats_of(user(house)) == [Seat(house.id, Side.CLIENT), Seat(house.id, Side.SUPPLIER)]
    assert [a and (a.several_seats, a.roles) for a in (  # type: ignore[attr-defined]
        actor(sessions.begin(user(house))), actor(sessions.begin(user(house, "treasury"))))] == [
        (True, {"auditor"}), (False, {"treasury"})]
    supplier = actor(sessions.begin(user(house), organization_id=house.id, side=Side.SUPPLIER))
    assert supplier and supplier.roles == {"supplier_user"}  # type: ignore[attr-defined]


def test_another_persons_last_seat_is_not_mine(world: World, house: Buyer) -> None:
    session.execute(update(Membership).where(Membership.user_id.in_([user(house), user(house, "treasury")]))
                    .values(roles=["auditor", "supplier_user"]))
    sessions.begin(user(house, "treasury"), organization_id=house.id, side=Side.SUPPLIER)
    mine = actor(sessions.begin(user(house)))
    theirs = actor(sessions.begin(user(house, "treasury")))
    assert (mine.side, theirs.side) == (Side.CLIENT, Side.SUPPLIER)  # type: ignore[attr-defined]


def test_an_actor_is_seen_from_where_it_asks(house: Buyer) -> None:
    found = actor(sessions.begin(user(house), stepped_up=True))
    assert (found.ip, found.request_id, found.organization_id, found.client_id) == (  # type: ignore[attr-defined]
        "192.0.2.7", "r1", house.id, house.id)
    assert found.stepped_up_at is not None and not found.several_seats  # type: ignore[attr-defined]


def test_without_a_seat_one_has_a_quarter_of_an_hour_to_choose_a_password(house: Buyer) -> None:
    token = sessions.begin(user(house), seated=False)
    found = actor(token)
    assert (found.organization_id, found.side, found.permissions) == (  # type: ignore[attr-defined]
        None, Side.ANONYMOUS, frozenset())
    with time_machine.travel(now() + timedelta(minutes=15, seconds=1), tick=False):
        assert actor(token) is None


@pytest.mark.parametrize(("minutes", "hours", "limit"), [(0, 12, 30), (0, 0, 0), (20, 12, 50)])
def test_a_page_may_say_when_a_session_dies(house: Buyer, minutes: int, hours: int, limit: int) -> None:
    start = now()
    row = UserSession(side="client", last_seen_at=start + timedelta(minutes=minutes),
                      expires_at=start + timedelta(hours=hours))
    assert sessions.idle_limit(row) == start + timedelta(minutes=limit)
