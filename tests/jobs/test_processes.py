"""The two processes as they are started in earnest: by their names, with the environment's settings."""
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from portal.core.db import DOOR, session, transaction
from portal.jobs import outbox
from portal.jobs.models import OutboxRow, ScheduleSlot, WorkState
from tests import harness

ROOT = Path(__file__).resolve().parents[2]
Start = Callable[[str], "subprocess.Popen[bytes]"]


@pytest.fixture()
def start(base: Flask, tmp_path: Path) -> Iterator[Start]:
    """Starts a process on the test's database."""
    environment = {**os.environ, **harness.environment(base.config["SQLALCHEMY_DATABASE_URI"], tmp_path)}
    started: list[subprocess.Popen[bytes]] = []

    def one(module: str) -> "subprocess.Popen[bytes]":
        started.append(subprocess.Popen([sys.executable, "-m", module], env=environment, cwd=ROOT,
                                        stderr=subprocess.DEVNULL))
        return started[-1]

    yield one
    for process in started:
        process.kill()
        process.wait()


def until(true: Callable[[], bool]) -> None:
    """Wait for something, or fail."""
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.1)


def test_worker_and_ticker_work_and_stop(base: Flask, start: Start) -> None:
    with transaction(DOOR):
        outbox.defer("jobs.prune")
    worker, ticker = start("portal.jobs.worker"), start("portal.jobs.ticker")
    until(lambda: state() is WorkState.DONE)
    until(lambda: slots() > 0)
    for process in (worker, ticker):
        process.send_signal(signal.SIGTERM)
    assert [process.wait(10) for process in (worker, ticker)] == [0, 0]


def state() -> WorkState:
    with transaction(DOOR):
        return session.scalars(select(OutboxRow.state)).first() or WorkState.PENDING


def slots() -> int:
    with transaction(DOOR):
        return len(session.scalars(select(ScheduleSlot.id)).all())
