"""The first wall: what is read and written is the actor's own, even where the database would show or take more."""
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from portal.access.actor import Actor
from portal.access.policy import Role
from portal.accounts import attempts, links, people, queries, recovery, sessions
from portal.accounts.models import Link, LinkKind, Membership, Organization, User, UserSession
from portal.core import db
from portal.core.clock import now
from portal.core.db import session
from portal.core.errors import NotFound
from portal.core.ids import new_id
from tests.factories import OWNER, Buyer, World

EVERYBODY = {"administrator", "accounts_payable", "approver", "treasury", "auditor"}


@dataclass
class Both:
    """Two clients, an administrator of the first, and links that each of them gave."""

    mine: Buyer
    theirs: Buyer
    actor: Actor
    links: dict[str, Link]


@pytest.fixture()
def both(world: World) -> Iterator[Both]:
    """They stand in an open transaction that sees every row."""
    mine, theirs = world.client(), world.client("Otra Casa", "OCA030303EF3")
    pair = new_id()
    with world.acting(world.actor(mine, "administrator")) as actor, db.door():
        given = {}
        for name, giver in (("mine", mine.id), ("theirs", theirs.id)):
            given[name] = links.issue(LinkKind.COLLEAGUE_INVITATION, f"{name}@x.example", organization_id=giver,
                                      roles=("auditor",))[0]
    with db.transaction(OWNER):
        yield Both(mine, theirs, actor.on(relationships=(pair,)), given)


def test_people_and_invitations_are_of_the_own_organization(both: Both) -> None:
    assert {m.roles[0] for m in queries.people(both.actor)} == EVERYBODY
    assert {m.organization_id for m in queries.people(both.actor, ended=True)} == {both.mine.id}
    assert [i.email for i in queries.invitations(both.actor)] == ["mine@x.example"]
    stranger = both.theirs.people["auditor"].user.id
    for act in (lambda: queries.member(both.actor, stranger), lambda: people.disable(stranger, both.actor),
                lambda: people.change_roles(stranger, ["auditor"], both.actor),
                lambda: people.start_reset(stranger, both.actor),
                lambda: links.revoke(both.links["theirs"].id, both.actor),
                lambda: people.resend(both.links["theirs"].id, both.actor),
                lambda: people.revoke(both.links["theirs"].id, both.actor)):
        with pytest.raises(NotFound):
            act()


def test_who_left_or_is_disabled_is_shown_only_when_asked_for(both: Both) -> None:
    session.execute(update(Membership).filter_by(user_id=both.mine.people["auditor"].user.id).values(ended_at=now()))
    session.execute(update(User).filter_by(id=both.mine.people["treasury"].user.id).values(disabled_at=now()))
    session.expire_all()
    assert {m.roles[0] for m in queries.people(both.actor)} == EVERYBODY - {"auditor", "treasury"}
    assert [m.roles[0] for m in queries.people(both.actor, ended=True)][-1] == "auditor"
    assert len(queries.people(both.actor, ended=True)) == 5
    assert queries.holders(both.mine.id, list(Role)) == {
        both.mine.people[r].user.id for r in EVERYBODY - {"auditor", "treasury"}}
    assert queries.holders(both.mine.id, [Role.APPROVER]) == {both.mine.people["approver"].user.id}
    assert queries.holders(both.mine.id, [Role.AUDITOR, Role.TREASURY]) == set()
    emails = {c.email for c in queries.contacts_of(both.mine.id)}
    assert emails == {both.mine.people[r].user.email for r in EVERYBODY - {"auditor", "treasury"}}
    assert queries.contacts_of(both.mine.id, [Role.AUDITOR, Role.TREASURY]) == []
    assert queries.recipient(both.mine.people["treasury"].user.id) is None and queries.recipient(None) is None


def test_fiscal_profiles_are_the_clients_own(both: Both) -> None:
    assert [p.rfc for p in queries.fiscal_profiles(both.mine.id)] == ["CVA010101AB1"]
    theirs = queries.fiscal_profiles(both.theirs.id)[0]
    with pytest.raises(NotFound):
        queries.fiscal_profile(both.actor, theirs.id)


def test_sessions_and_attempts_are_ones_own_and_alive(both: Both) -> None:
    me, other = both.actor.user_id, both.mine.people["auditor"].user.id
    assert me
    for user_id, name in ((me, "mine"), (other, "theirs")):
        for _n in range(3):
            sessions.begin(user_id, user_agent=name)
        attempts.record(name, user_id, True, "", "")
    mine = session.scalars(select(UserSession).filter_by(user_id=me).order_by(UserSession.id)).all()
    mine[0].expires_at = now() - timedelta(seconds=1)
    mine[1].last_seen_at = now() - timedelta(minutes=31)
    session.flush()
    assert queries.live_sessions(both.actor) == [mine[2]]
    recovery.end_one(mine[2].id, both.actor)
    foreign = session.scalars(select(UserSession).filter_by(user_id=other)).all()
    recovery.end_one(foreign[0].id, both.actor)
    session.expire_all()
    assert queries.live_sessions(both.actor) == []
    assert [row.ended_at for row in foreign] == [None] * 3
    assert recovery.end_others(both.actor.on(session_id=None)) == 2
    session.expire_all()
    assert [row.ended_at for row in foreign] == [None] * 3
    assert [a.email_key for a in queries.history(both.actor)] == ["mine"]


def test_seats_are_ones_own_and_not_those_one_left(both: Both) -> None:
    me = both.actor.user_id
    session.add(Membership(user_id=me, organization_id=both.theirs.id, roles=["auditor", "supplier_user"]))
    session.flush()
    shown = [(seat["name"], seat["side"], seat["active"]) for seat in queries.seats(both.actor)]
    assert shown == [("Comercializadora del Valle", "client", True), ("Otra Casa", "client", False),
                     ("Otra Casa", "supplier", False)]
    session.execute(update(Membership).filter_by(user_id=me, organization_id=both.theirs.id).values(ended_at=now()))
    assert len(queries.seats(both.actor)) == 1
    assert queries.seats(both.actor.on(several_seats=False)) == []


def test_rules_and_words_are_of_where_one_works_or_comes_to(both: Both) -> None:
    me = both.actor.user_id
    session.execute(update(Organization).filter_by(id=both.theirs.id).values(password_policy={"min_length": 20}))
    session.add(Membership(user_id=me, organization_id=both.theirs.id, roles=["auditor"], ended_at=now()))
    session.flush()
    for also, length, known in (((), 12, False), ((both.theirs.id,), 20, True)):
        assert queries.policy_of(me, *also).min_length == length
        words = queries.words_about(me, *also)
        assert ("Otra Casa" in words and "OCA030303EF3" in words) == known
        assert {"Comercializadora del Valle", "CVA010101AB1", both.actor.email, both.actor.name} <= set(words)
    assert queries.words_about(None) == [] and queries.policy_of(None).min_length == 12


def test_an_operator_is_there_when_somebody_holds_the_role(both: Both) -> None:
    assert not queries.has_operator()
    session.execute(update(Membership).filter_by(user_id=both.actor.user_id).values(roles=["auditor", "operator"]))
    assert queries.has_operator()
