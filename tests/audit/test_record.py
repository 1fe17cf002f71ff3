"""What is written into the trail, who may read it, and what it must not know."""
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from flask import Flask

from portal.access.actor import ANONYMOUS
from portal.access.policy import Role
from portal.audit import handlers, queries
from portal.audit.queries import Filter
from portal.core import events as core_events
from portal.core.clock import now
from portal.core.db import DOOR, Scope, transaction
from portal.core.errors import NotAllowed, NotFound
from portal.core.events import Event, announce
from tests.audit.samples import ACME, OTHER, TeaServed, actor, events, tell


def test_an_event_says_who_what_where_and_when(base: Flask) -> None:
    someone = actor()
    tell("A-1", by=someone, cups=3)
    event, = events()
    assert (event.kind, event.subject_kind, event.subject_label) == ("TeaServed", "tea", "A-1")
    assert (event.user_id, event.actor_name, event.side, event.ip) == (someone.user_id, "Ana Núñez", "client",
                                                                       "203.0.113.7")
    assert (event.organization_id, event.request_id) == (ACME, "r1")
    assert event.details["cups"] == 3
    assert now() - event.at < timedelta(minutes=1)


def test_an_event_without_a_client_belongs_to_the_one_whose_person_acted(base: Flask) -> None:
    tell("sign-in", client_id=None, by=actor(ACME))
    with transaction(DOOR):
        handlers.record(TeaServed(subject_label="stranger"), ANONYMOUS)
    assert [e.subject_label for e in events(ACME)] == ["sign-in"]
    assert [e.subject_label for e in events(None)] == ["stranger"]


def test_the_trail_hears_everything_and_falls_with_the_change(base: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core_events, "_listeners", {Event: (handlers.record,)})
    someone = actor()
    with pytest.raises(RuntimeError), transaction(someone.scope):
        announce(TeaServed(client_id=ACME), someone)
        raise RuntimeError
    assert events() == []
    with transaction(someone.scope):
        announce(TeaServed(client_id=ACME), someone)
    assert len(events()) == 1


def test_secrets_are_left_out(base: Flask) -> None:
    tell(password="hunter2", note="CLABE 032180000118359719 de Ana")
    assert events()[0].details == {"cups": 1, "password": "•••", "note": "CLABE •••9719 de Ana"}


def test_a_client_sees_its_own_trail_only(base: Flask) -> None:
    tell("mine")
    tell("theirs", client_id=OTHER)
    theirs, = events(OTHER)
    me = actor()
    with transaction(me.scope):
        assert [e.subject_label for e in queries.search(me, Filter(), None).rows] == ["mine"]
        with pytest.raises(NotFound):
            queries.get(me, theirs.id)
    with transaction(Scope(clients=(ACME, OTHER))):  # the first wall holds without the second
        assert [e.subject_label for e in queries.search(me, Filter(), None).rows] == ["mine"]
        with pytest.raises(NotFound):
            queries.get(me, theirs.id)


@pytest.mark.parametrize("role", [r for r in Role if r not in (Role.AUDITOR, Role.ADMINISTRATOR)])
def test_other_roles_may_not_read_it(base: Flask, role: Role) -> None:
    me = actor(role=role)
    with transaction(me.scope):
        for read in (lambda: queries.search(me, Filter(), None), lambda: queries.get(me, uuid4()),
                     lambda: queries.check(me), lambda: list(queries.export(me, Filter()))):
            with pytest.raises(NotAllowed):
                read()


def test_filters(base: Flask) -> None:
    with time_machine.travel("2026-11-20T05:30:00Z"):  # still the 19th in Mexico City
        tell("early")
    with time_machine.travel("2026-11-20T12:00:00Z"):
        tell("100% sure", by=actor().on(name="Beto Ruiz"))
    me = actor()

    def labels(**wanted: object) -> list[str]:
        with transaction(me.scope):
            return [e.subject_label for e in queries.search(me, Filter(**wanted), None).rows]  # type: ignore[arg-type]

    day = now().date().replace(2026, 11, 20)
    assert labels() == ["100% sure", "early"]
    assert labels(who="beto") == ["100% sure"]
    assert labels(words="0% s") == ["100% sure"] and labels(words="0_% s") == []
    assert labels(about="tea") != [] and labels(about="coffee") == []
    assert labels(since=day) == ["100% sure"]
    assert labels(until=day - timedelta(days=1)) == ["early"]
    assert labels(since=day, until=day) == ["100% sure"]
    assert labels(subject_id=events()[0].subject_id) == ["early"]


def test_pages_by_key(base: Flask) -> None:
    me = actor()
    with transaction(me.scope):
        for n in range(120):
            handlers.record(TeaServed(client_id=ACME, subject_label=str(n)), me)
    with transaction(me.scope):
        first = queries.search(me, Filter(), None)
        second = queries.search(me, Filter(), first.after)
        third = queries.search(me, Filter(), second.after)
        assert [e.subject_label for e in (*first.rows, *second.rows, *third.rows)] == [str(n) for n in
                                                                                       reversed(range(120))]
        assert third.after is None
        assert queries.search(me, Filter(), second.before).rows == first.rows
