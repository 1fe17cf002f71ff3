"""Whoever changes, removes, adds or reorders what is recorded is found out."""
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import ProgrammingError

from portal.access.actor import system
from portal.audit import jobs, queries, sealing
from portal.audit.handlers import record
from portal.audit.sealing import Verification
from portal.core.clock import now
from portal.core.db import DOOR, Scope, db, session, transaction
from tests.audit.samples import ACME, OTHER, TeaServed, actor, events, tell


def sealed() -> int:
    with transaction(DOOR):
        return sealing.seal()


def verified(client_id: object = ACME) -> Verification:
    with transaction(DOOR):
        return sealing.verify(client_id)  # type: ignore[arg-type]


@contextmanager
def intruder() -> Iterator[Connection]:
    """Somebody who has the database itself."""
    engine = create_engine(db.engine.url)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def test_chains_grow_by_client(base: Flask) -> None:
    for client in (ACME, OTHER, None, ACME):
        tell(client_id=client, by=actor(client))
    assert sealed() == 4
    tell()
    assert (sealed(), sealed()) == (1, 0)
    assert [verified(c).checked for c in (ACME, OTHER, None)] == [3, 1, 1]
    assert all(verified(c).whole for c in (ACME, OTHER, None))


def test_what_waits_is_counted(base: Flask) -> None:
    tell()
    sealed()
    tell()
    assert (verified().checked, verified().waiting, verified().whole) == (1, 1, True)


@pytest.mark.parametrize(("column", "value"), [
    ("actor_name", "Somebody else"), ("details", '{"cups": 9}'), ("subject_label", "x"), ("kind", "Other"),
    ("ip", "::1"), ("at", "2020-01-01"), ("user_id", "01a1fc7b-e5ec-742e-bc5a-54aa31f1ac2f"), ("side", "system"),
])
def test_a_changed_event_is_named(base: Flask, column: str, value: str) -> None:
    for n in range(5):
        tell(str(n))
    sealed()
    third = events()[2]
    with intruder() as connection:
        connection.execute(text(f"UPDATE audit_events SET {column} = :v WHERE id = :id"), {"v": value, "id": third.id})
    assert [(b.position, b.event_id, b.reason) for b in verified().broken] == [(3, third.id, "changed")]


def test_a_removed_event_is_named(base: Flask) -> None:
    for n in range(4):
        tell(str(n))
    sealed()
    second = events()[1]
    with intruder() as connection:
        connection.execute(text("DELETE FROM audit_events WHERE id = :id"), {"id": second.id})
    assert [(b.position, b.event_id, b.reason) for b in verified().broken] == [(2, second.id, "missing")]


def test_an_event_removed_with_its_seal_leaves_a_gap(base: Flask) -> None:
    for n in range(4):
        tell(str(n))
    sealed()
    second, third = events()[1], events()[2]
    with intruder() as connection:
        connection.execute(text("DELETE FROM audit_events WHERE id = :id"), {"id": second.id})
        connection.execute(text("DELETE FROM audit_seals WHERE event_id = :id"), {"id": second.id})
    assert [(b.event_id, b.reason) for b in verified().broken] == [(third.id, "moved")]


def test_an_event_sealed_anew_after_a_change_breaks_the_next_link(base: Flask) -> None:
    """Somebody who knows how the digest is made must rewrite every link after it, and the log holds their heads."""
    for n in range(3):
        tell(str(n))
    sealed()
    first, second = events()[:2]
    with intruder() as connection:
        connection.execute(text("UPDATE audit_seals SET digest = repeat('a', 64) WHERE event_id = :id"),
                           {"id": first.id})
    assert [(b.event_id, b.reason) for b in verified().broken] == [(first.id, "changed"), (second.id, "changed")]


def test_an_event_added_in_the_past_is_named(base: Flask) -> None:
    with time_machine.travel(now() - timedelta(days=3)):
        tell("old")
    tell("new")
    sealed()
    with time_machine.travel(now() - timedelta(days=2)):
        tell("forged")
    assert sealed() == 0
    assert [b.reason for b in verified().broken] == ["added"]


def test_an_event_that_commits_late_is_sealed(base: Flask) -> None:
    began, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        with base.app_context():
            someone = actor()
            with transaction(someone.scope):
                tell_inside("late", someone)
                began.set()
                go_on.wait(5)

    other = threading.Thread(target=slow)
    other.start()
    began.wait(5)
    tell("quick")
    assert sealed() == 1
    go_on.set()
    other.join()
    assert sealed() == 1
    assert (verified().checked, verified().whole) == (2, True)


def tell_inside(label: str, someone: object) -> None:
    record(TeaServed(client_id=ACME, subject_label=label), someone)  # type: ignore[arg-type]
    session.flush()


@pytest.mark.filterwarnings("error")
def test_two_sealers_make_one_chain(base: Flask) -> None:
    for n in range(20):
        tell(str(n))
    barrier = threading.Barrier(3)

    def one() -> None:
        with base.app_context():
            barrier.wait()
            for _ in range(6):
                with transaction(DOOR):
                    sealing.seal(limit=3)

    sealers = [threading.Thread(target=one) for _ in range(3)]
    [s.start() for s in sealers]
    [s.join() for s in sealers]
    while sealed():
        pass
    assert (verified().checked, verified().whole) == (20, True)


def test_the_newest_part_of_a_long_chain_can_be_checked_alone(base: Flask) -> None:
    for n in range(6):
        tell(str(n))
    sealed()
    first, last = events()[0], events()[-1]
    with intruder() as connection:
        connection.execute(text("UPDATE audit_events SET side = 'x' WHERE id IN (:a, :b)"),
                           {"a": first.id, "b": last.id})
    with transaction(DOOR):
        outcome = sealing.verify(ACME, newest=2)
    assert (outcome.checked, [b.event_id for b in outcome.broken]) == (2, [last.id])


def test_what_was_added_past_the_portal_does_not_wait_for_a_seal(base: Flask) -> None:
    tell("new")
    sealed()
    with time_machine.travel(now() - timedelta(days=2)):
        tell("forged")
    assert (verified().waiting, [b.reason for b in verified().broken]) == (0, ["added"])


def test_the_jobs_seal_and_verify(base: Flask, caplog: pytest.LogCaptureFixture) -> None:
    tell("A-1")
    tell("A-2")
    with transaction(DOOR):
        jobs.seal(system())
    assert (verified().checked, verified().waiting) == (2, 0)
    told = events()
    with transaction(DOOR):
        assert [seal.position for seal in map(queries.seal_of, told) if seal] == [1, 2]
        jobs.verify(system())
    assert "audit.tampered" not in caplog.text
    with intruder() as connection:
        connection.execute(text("UPDATE audit_events SET side = 'x' WHERE id = :id"), {"id": told[0].id})
    with transaction(DOOR):
        jobs.verify(system())
    assert "audit.tampered" in caplog.text and str(told[0].id) in caplog.text and "changed" in caplog.text


def test_all_chains_are_verified_and_an_alarm_is_raised(base: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    tell()
    tell(client_id=OTHER)
    sealed()
    with transaction(DOOR):
        assert sealing.verify_all() == {}
    with intruder() as connection:
        connection.execute(text("UPDATE audit_events SET side = 'x' WHERE client_id = :id"), {"id": OTHER})
    with transaction(DOOR):
        assert set(sealing.verify_all()) == {OTHER}


@pytest.mark.parametrize("scope", [DOOR, Scope(clients=(ACME,))])
@pytest.mark.parametrize("statement", ["UPDATE audit_events SET side = 'x'", "DELETE FROM audit_events",
                                       "UPDATE audit_seals SET position = 9", "DELETE FROM audit_seals",
                                       "TRUNCATE audit_events"])
def test_no_role_of_the_portal_can_change_the_trail(base: Flask, scope: Scope, statement: str) -> None:
    tell()
    sealed()
    with pytest.raises(ProgrammingError), transaction(scope):
        session.execute(text(statement))
    assert verified().whole


def test_the_application_cannot_seal(base: Flask) -> None:
    tell()
    with pytest.raises(ProgrammingError), transaction(Scope(clients=(ACME,))):
        sealing.seal()
