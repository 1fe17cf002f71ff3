"""`defer`: with the change or not at all, ids only, one waiting row a key."""
import threading
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import ProgrammingError

from portal.access.actor import system
from portal.core.clock import now
from portal.core.db import DOOR, Scope, rescope, session, transaction
from portal.jobs import outbox, registry, runner, transport
from portal.jobs.models import OutboxRow, WorkState
from tests.jobs import samples
from tests.jobs.samples import did, row_of


def count(**by: object) -> int:
    with transaction(DOOR):
        return session.scalar(select(func.count()).select_from(OutboxRow).filter_by(**by)) or 0


def test_the_row_lives_and_dies_with_the_change(base: Flask) -> None:
    with pytest.raises(RuntimeError), transaction(Scope()):
        outbox.defer("test.plain")
        raise RuntimeError
    assert count() == 0
    with transaction(Scope()):
        outbox.defer("test.plain")
    assert count(state=WorkState.PENDING) == 1


def test_the_bell_rings_after_the_commit_only(base: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[object] = []
    monkeypatch.setattr(transport, "ring", lambda *a: rung.append(a))
    with transaction(Scope()):
        outbox.defer("test.plain", queue="bulk")
        assert rung == []
    assert [r[1:] for r in rung] == [("bulk", 0, 120)]
    with transaction(Scope()):
        outbox.defer("test.plain", at=now() + timedelta(hours=1))
    assert len(rung) == 1


def test_ids_come_back_as_they_were(base: Flask) -> None:
    client, thing = uuid4(), uuid4()
    with transaction(Scope()):
        outbox.defer("test.scoped", client_id=client, thing_id=thing)
    assert runner.drain() == 1
    assert samples.SEEN == [(client, thing, "portal_app", "{" + str(client) + "}")]


@pytest.mark.parametrize("value", [{"a": 1}, b"x", 1.5, "x" * 201, [1]])
def test_data_is_refused(base: Flask, value: object) -> None:
    with transaction(Scope()), pytest.raises(TypeError):
        outbox.defer("test.plain", thing_id=value)


@pytest.mark.parametrize("value", [7, True, None, "A-1", date(2026, 11, 21), datetime(2026, 11, 21, tzinfo=UTC)])
def test_small_things_are_taken(base: Flask, value: object) -> None:
    with transaction(Scope()):
        outbox.defer("test.plain", thing_id=value)
    assert count() == 1


def test_what_nobody_would_serve_is_refused(base: Flask) -> None:
    with transaction(Scope()):
        with pytest.raises(LookupError):
            outbox.defer("test.unknown")
        with pytest.raises(LookupError):
            outbox.defer("test.plain", queue="slow")
        with pytest.raises(TypeError):
            outbox.defer("test.plain", other_id=1)
    assert count() == 0
    with pytest.raises(ValueError):
        registry.job("test.x", queue="slow")
    with pytest.raises(ValueError):
        registry.job("test.plain")(lambda actor: None)


def test_a_key_waits_once(base: Flask) -> None:
    for _ in range(3):
        with transaction(Scope()):
            outbox.defer("test.plain", key="k")
    with transaction(Scope()):
        outbox.defer("test.plain", key="other")
        outbox.defer("test.plain")
        outbox.defer("test.plain")
    assert count() == 4
    assert runner.drain() == 4
    with transaction(Scope()):
        outbox.defer("test.plain", key="k")
    assert runner.drain() == 1


def test_a_waiting_key_is_not_claimed_while_an_uncommitted_change_counts_on_it(base: Flask) -> None:
    """Otherwise the run would not see the change, and the change would never have its run."""
    samples.defer("test.plain", key="k")
    deferred, go_on = threading.Event(), threading.Event()

    def change() -> None:
        with base.app_context(), transaction(Scope()):
            outbox.defer("test.plain", key="k")
            deferred.set()
            go_on.wait(5)

    other = threading.Thread(target=change)
    other.start()
    deferred.wait(5)
    assert runner.drain() == 0
    go_on.set()
    other.join()
    assert runner.drain() == 1
    assert did("plain") == 1


def test_the_application_role_may_add_but_never_look(base: Flask) -> None:
    with transaction(system(uuid4()).scope):
        outbox.defer("test.plain")
    with pytest.raises(ProgrammingError), transaction(system(uuid4()).scope):
        session.execute(select(OutboxRow.id))
    with transaction(Scope()):
        rescope(DOOR)
        assert session.scalar(select(func.count()).select_from(OutboxRow)) == 1


def test_later_rows_wait_for_their_time(base: Flask) -> None:
    samples.defer("test.plain", at=now() + timedelta(minutes=5))
    assert runner.drain() == 0
    assert row_of("test.plain").attempts == 0
