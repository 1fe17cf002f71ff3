"""The worker process: with Redis, without it, killed, asked to stop."""
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from multiprocessing.process import BaseProcess

import pytest
from flask import Flask
from redis import Redis
from sqlalchemy import update

from portal.core.clock import now
from portal.core.db import DOOR, db, session, transaction
from portal.jobs import registry, runner, transport, worker
from portal.jobs.models import OutboxRow, WorkState
from tests.jobs.samples import FAULTS, defer, did, row_of
from tests.jobs.valkey import Valkey


@pytest.fixture()
def start(base: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], BaseProcess]]:
    """Starts workers as processes of their own; ends them after the test."""
    monkeypatch.setattr(worker, "AWAY", 0.2)
    monkeypatch.setattr(worker, "IDLE", 1)
    started: list[BaseProcess] = []

    def one() -> BaseProcess:
        def body() -> None:
            with base.app_context():
                db.engine.dispose(close=False)
            worker.serve(base)
        process = multiprocessing.get_context("fork").Process(target=body)
        process.start()
        started.append(process)
        return process

    yield one
    for process in started:
        process.kill()
        process.join()


def until(true: Callable[[], bool], seconds: float = 40) -> None:
    """Wait for something, or fail."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def listening(valkey: Valkey) -> bool:
    return bool(Redis.from_url(valkey.url).scard("rq:workers"))


def test_every_declared_queue_is_served(base: Flask, valkey: Valkey, start: Callable[[], BaseProcess]) -> None:
    rows = [defer("test.plain", queue=queue) for queue in registry.QUEUES]
    start()
    until(lambda: did("plain") == len(rows))


def test_without_redis_the_outbox_is_read(base: Flask, start: Callable[[], BaseProcess]) -> None:
    start()
    for _ in range(3):
        defer("test.plain")
    until(lambda: did("plain") == 3)


def test_redis_may_go_and_come_back_empty(base: Flask, valkey: Valkey, start: Callable[[], BaseProcess],
                                          monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "REST", 0.0)
    process = start()
    until(lambda: listening(valkey))
    defer("test.plain")
    until(lambda: did("plain") == 1)
    valkey.kill()
    defer("test.plain")
    until(lambda: did("plain") == 2)
    valkey.start()
    until(lambda: listening(valkey))
    defer("test.plain")
    until(lambda: did("plain") == 3)
    assert process.is_alive()


@pytest.mark.parametrize("redis", [True, False])
def test_a_job_that_kills_its_process_leaves_the_worker_alive(
        base: Flask, valkey: Valkey, start: Callable[[], BaseProcess], redis: bool) -> None:
    if not redis:
        valkey.kill()
    FAULTS["after"] = "kill"
    process = start()
    if redis:
        time.sleep(1.5)  # the worker has swept, so it has a connection of its own to the database
    row = defer("test.plain")
    defer("test.later")
    until(lambda: row_of("test.plain").state == WorkState.RUNNING and row_of("test.later").attempts == 1)
    assert process.is_alive()
    assert did("plain") == 0
    FAULTS.clear()
    with transaction(DOOR):
        session.execute(update(OutboxRow).filter_by(id=row).values(locked_until=now() - timedelta(seconds=1)))
    assert runner.run(row) is True, "the dead process left its row locked"


def test_a_job_that_takes_too_long_is_ended(base: Flask, start: Callable[[], BaseProcess]) -> None:
    defer("test.endless")
    start()
    until(lambda: "JobTimeoutException" in row_of("test.endless").last_error)


@pytest.mark.parametrize("redis", [True, False])
def test_a_job_that_eats_memory_fails_alone(base: Flask, valkey: Valkey, start: Callable[[], BaseProcess],
                                            redis: bool) -> None:
    if not redis:
        valkey.kill()
    process = start()
    defer("test.greedy")
    until(lambda: "MemoryError" in row_of("test.greedy").last_error)
    assert process.is_alive()


@pytest.mark.parametrize("redis", [True, False])
def test_sigterm_lets_the_running_job_end(base: Flask, valkey: Valkey, start: Callable[[], BaseProcess],
                                          redis: bool) -> None:
    if not redis:
        valkey.kill()
    process = start()
    defer("test.slow")
    until(lambda: row_of("test.slow").state == WorkState.RUNNING)
    os.kill(process.pid or 0, signal.SIGTERM)
    process.join(30)
    assert process.exitcode == 0
    assert row_of("test.slow").state == WorkState.DONE
    assert did("slow") == 1


def test_an_idle_worker_stops_at_once(base: Flask, valkey: Valkey, start: Callable[[], BaseProcess]) -> None:
    process = start()
    until(lambda: listening(valkey))
    os.kill(process.pid or 0, signal.SIGTERM)
    process.join(20)
    assert process.exitcode == 0
    assert not listening(valkey)


def test_unknown_queues_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        worker.main(["--queues", "default,slow"])
    assert "no such queue: slow" in capsys.readouterr().err
