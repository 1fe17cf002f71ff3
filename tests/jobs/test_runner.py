"""A row is done once, whatever dies and whoever else tries."""
import multiprocessing
import threading
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from portal.core.clock import now
from portal.core.db import DOOR, db, session, transaction
from portal.jobs import queries, runner, services
from portal.jobs.models import OutboxRow, ScheduleSlot, WorkState
from tests.jobs import samples
from tests.jobs.samples import FAULTS, SEEN, defer, did, row_of


def in_child(app: Flask, outbox_id: UUID) -> int:
    """Run a row in a process of its own and return how that ended."""
    def body() -> None:
        with app.app_context():
            db.engine.dispose(close=False)
            runner.run(outbox_id)
    child = multiprocessing.get_context("fork").Process(target=body)
    child.start()
    child.join(20)
    return child.exitcode or 0


def expire(outbox_id: UUID) -> None:
    """Let the claim's lease be over."""
    with transaction(DOOR):
        session.execute(update(OutboxRow).filter_by(id=outbox_id).values(locked_until=now() - timedelta(seconds=1)))


def test_a_row_is_done_once(base: Flask) -> None:
    row = defer("test.plain")
    assert runner.run(row) is True
    assert runner.run(str(row)) is False
    assert (did("plain"), row_of("test.plain").state) == (1, WorkState.DONE)
    assert runner.run(uuid4()) is False


@pytest.mark.parametrize("how", ["exit", "kill"])
@pytest.mark.parametrize("point", ["before", "after"])
def test_a_plain_job_that_dies_leaves_nothing_and_is_done_later(base: Flask, point: str, how: str) -> None:
    row = defer("test.plain")
    FAULTS[point] = how
    assert in_child(base, row) != 0
    assert did("plain") == 0
    FAULTS.clear()
    assert runner.run(row) is False, "the dead worker's lease still holds"
    expire(row)
    assert runner.run(row) is True
    assert did("plain") == 1


def test_an_outside_job_that_dies_is_run_again(base: Flask) -> None:
    row = defer("test.outside")
    FAULTS["after"] = "kill"
    in_child(base, row)
    FAULTS.clear()
    assert row_of("test.outside").state == WorkState.RUNNING
    assert runner.run(row) is False
    expire(row)
    assert runner.run(row) is True
    assert did("outside") == 2, "at least once: such a job must be idempotent"


def test_a_row_that_kills_its_workers_is_parked(base: Flask) -> None:
    row, FAULTS["before"] = defer("test.plain"), "exit"
    for _ in range(3):
        in_child(base, row)
        expire(row)
    FAULTS.clear()
    assert runner.run(row) is False
    assert (row_of("test.plain").state, did("plain")) == (WorkState.PARKED, 0)


def test_a_failing_job_is_tried_again_then_parked_and_blocks_nobody(base: Flask) -> None:
    row, FAULTS["after"] = defer("test.plain"), "raise"
    for attempt in (1, 2):
        runner.run(row)
        now_it = row_of("test.plain")
        assert (now_it.state, now_it.attempts) == (WorkState.PENDING, attempt)
        assert "fault at after" in now_it.last_error
    runner.run(row)
    assert row_of("test.plain").state == WorkState.PARKED
    FAULTS.clear()
    other = defer("test.plain")
    assert runner.run(row) is False
    assert runner.run(other) is True
    with transaction(DOOR):
        assert queries.lag() == (0.0, 1)
        assert [r.id for r in queries.parked()] == [row]
        services.retry(row)
    assert runner.drain() == 1
    assert did("plain") == 2


def test_pauses_grow(base: Flask) -> None:
    row = defer("test.later")
    runner.run(row)
    waits = row_of("test.later").available_at - now()
    assert timedelta(seconds=85) < waits <= timedelta(seconds=90)
    with time_machine.travel(now() + timedelta(seconds=91), tick=True):
        runner.run(row)
        assert row_of("test.later").attempts == 2


def test_the_hopeless_is_parked_at_once(base: Flask) -> None:
    runner.run(defer("test.hopeless"))
    assert (row_of("test.hopeless").state, row_of("test.hopeless").attempts) == (WorkState.PARKED, 1)


def test_two_runners_at_once_do_it_once(base: Flask) -> None:
    rows = [defer("test.plain") for _ in range(10)]
    start = threading.Barrier(4)

    def work() -> None:
        with base.app_context():
            start.wait()
            for row in rows:
                runner.run(row)

    threads = [threading.Thread(target=work) for _ in range(4)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert did("plain") == 10


def test_a_claim_that_was_lost_ends_nothing(base: Flask) -> None:
    """A worker that slept past its lease must not write over the one that took its row."""
    row = defer("test.outside")
    with transaction(DOOR):
        mine = services.claim(row)
    assert mine is not None
    expire(row)
    with transaction(DOOR):
        theirs = services.claim(row)
    with transaction(DOOR):
        assert services.hold(mine) is False
        services.finish(mine)
        services.put_back(mine, "late")
    assert theirs is not None
    assert (row_of("test.outside").state, row_of("test.outside").attempts) == (WorkState.RUNNING, 2)


def test_an_unknown_job_waits_for_a_newer_worker(base: Flask) -> None:
    row = defer("test.plain")
    with transaction(DOOR):
        session.execute(update(OutboxRow).values(name="future.job"))
    assert runner.run(row) is False
    assert row_of("future.job").state == WorkState.PENDING
    assert row_of("future.job").available_at > now()


def test_an_outside_job_opens_its_own_steps(base: Flask) -> None:
    client = uuid4()
    runner.run(defer("test.steps", client_id=client))
    assert SEEN == ["{" + str(client) + "}"]


def test_a_failed_row_steps_aside_for_a_newer_one_of_its_key(base: Flask) -> None:
    row = defer("test.plain", key="k")
    with transaction(DOOR):
        mine = services.claim(row)
    newer = defer("test.plain", key="k")
    assert mine is not None and newer != row
    with transaction(DOOR):
        services.put_back(mine, "failed")
    assert runner.drain() == 1
    assert did("plain") == 1


def test_a_failed_row_waits_on_when_only_another_job_has_its_key(base: Flask) -> None:
    row = defer("test.plain", key="k")
    with transaction(DOOR):
        mine = services.claim(row)
    defer("test.later", key="k")
    defer("test.plain", key="other")
    assert mine is not None
    with transaction(DOOR):
        services.put_back(mine, "failed", 0)
        kept = session.get_one(OutboxRow, row)
        assert (kept.state, kept.last_error) == (WorkState.PENDING, "failed")


def test_a_row_that_was_put_back_is_rung_for_once_and_a_held_one_not_at_all(base: Flask) -> None:
    row = defer("test.plain")
    with transaction(DOOR):
        mine = services.claim(row)
        assert mine is not None and services.reserve(10) == []
    with transaction(DOOR):
        services.put_back(mine, "failed", 0)
    with time_machine.travel(now() + timedelta(seconds=1)):
        with transaction(DOOR):
            assert [r.id for r in services.reserve(10)] == [row]
        with transaction(DOOR):
            assert services.reserve(10) == []


def test_of_the_moments_of_a_periodic_job_the_newest_is_never_forgotten(base: Flask) -> None:
    moments = [now() - timedelta(days=days) for days in (30, 20, 9)]
    with transaction(DOOR):
        for moment in moments:
            services.take_slot("test.line", moment, True)
        services.take_slot("test.other", moments[0], True)
        services.take_slot("test.young", now() - timedelta(days=6), True)
        services.take_slot("test.young", now(), True)
        services.prune()
        assert queries.last_slots()["test.line"] == moments[2]
        left = sorted(session.scalars(select(ScheduleSlot.name).where(ScheduleSlot.name.in_(
            ("test.line", "test.other", "test.young")))))
    assert left == ["test.line", "test.other", "test.young", "test.young"]


def test_old_work_is_forgotten_and_young_work_is_not(base: Flask) -> None:
    samples.defer("test.plain")
    runner.drain()
    with time_machine.travel(now() + timedelta(days=6)), transaction(DOOR):
        assert services.prune() == 0
    with time_machine.travel(now() + timedelta(days=8)), transaction(DOOR):
        assert services.prune() == 1
