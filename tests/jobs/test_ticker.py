"""Each slot has its job once: with two tickers, with none for an hour, with the database away."""
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from portal.core.clock import now
from portal.core.db import DOOR, session, transaction
from portal.jobs import registry, runner, sweeper, ticker
from portal.jobs.calendar import CatchUp, Daily, Entry, Every
from portal.jobs.models import OutboxRow, ScheduleSlot
from portal.schedule import TABLE
from tests.jobs.samples import did

START = datetime(2026, 11, 21, 10, 0, 30, tzinfo=UTC)
EACH = (Entry("test.plain", Every(minutes=1), CatchUp.ALL),)


@pytest.fixture()
def clock(base: Flask) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as moving:
        ticker.tick(EACH)
        yield moving


def rows() -> int:
    with transaction(DOOR):
        return session.scalar(select(func.count()).select_from(OutboxRow)) or 0


def test_a_slot_gives_one_job(clock: time_machine.Traveller) -> None:
    assert rows() == 0
    clock.shift(60)
    assert [ticker.tick(EACH) for _ in range(3)] == [1, 0, 0]
    assert rows() == 1
    runner.drain()
    assert did("plain") == 1


@pytest.mark.filterwarnings("error")
def test_two_tickers_give_each_slot_one_job(base: Flask, clock: time_machine.Traveller) -> None:
    clock.shift(600)
    barrier = threading.Barrier(4)

    def one() -> None:
        with base.app_context():
            barrier.wait()
            for _ in range(5):
                ticker.tick(EACH)

    tickers = [threading.Thread(target=one) for _ in range(4)]
    [t.start() for t in tickers]
    [t.join() for t in tickers]
    assert rows() == 10
    with transaction(DOOR):
        slots = session.scalars(select(ScheduleSlot.slot).order_by(ScheduleSlot.slot)).all()
    assert slots == [START.replace(second=0) + timedelta(minutes=n) for n in range(11)]


def test_waiting_runs_serve_for_later_moments(clock: time_machine.Traveller) -> None:
    table = (Entry("test.plain", Every(minutes=1), name="other"),)
    ticker.tick(table)
    for _ in range(5):
        clock.shift(60)
        ticker.tick(table)
    assert rows() == 1
    runner.drain()
    clock.shift(3600)
    ticker.tick(table)
    assert rows() == 2


def test_a_slot_and_its_job_are_one_commit(clock: time_machine.Traveller,
                                           monkeypatch: pytest.MonkeyPatch) -> None:
    clock.shift(60)
    with monkeypatch.context() as patch:
        patch.setattr(ticker.outbox, "defer", lambda *a, **k: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            ticker.tick(EACH)
    assert ticker.tick(EACH) == 1


def test_a_bad_line_does_not_stop_the_others(clock: time_machine.Traveller) -> None:
    bad = Entry("test.misspelt", Every(minutes=1))
    ticker.tick((bad,))
    clock.shift(60)
    assert ticker.tick((bad, *EACH)) == 1


def test_the_ticker_outlives_what_goes_wrong(base: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    stop, ticks = threading.Event(), []

    def tick(_table: object) -> None:
        ticks.append(now())
        if len(ticks) == 1:
            raise OperationalError("", {}, Exception("away"))
        if len(ticks) == 2:
            raise ValueError("a bug")
        stop.set()

    monkeypatch.setattr(ticker, "tick", tick)
    monkeypatch.setattr(sweeper, "sweep", lambda: 0)
    ticker.serve(base, EACH, stop, pause=0.01)
    assert len(ticks) == 3


def test_every_line_of_the_schedule_names_a_job(base: Flask) -> None:
    assert {entry.job for entry in TABLE} <= registry.names()
    assert len({entry.key for entry in TABLE}) == len(TABLE)
    assert all(isinstance(entry.when, (Every, Daily)) for entry in TABLE)
