"""The clock: `python -m portal.jobs.ticker`. Turns the schedule into rows of the outbox and sweeps it.

Any number of tickers may run: each slot is one row under a unique rule, written together with its job. A ticker
outlives the loss of PostgreSQL and Redis: it tries again, and catches up by the policy of each line.
"""
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from datetime import datetime

import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from portal.core.clock import now
from portal.core.db import DOOR, savepoint, transaction
from portal.jobs import doors, outbox, queries, services, sweeper
from portal.jobs.calendar import CatchUp, Entry, due

log = structlog.get_logger()

LOCK = 0x7A6B_5C4D
PAUSE = 5.0
LONGEST_PAUSE = 30.0


def main() -> int:
    """Run until SIGTERM or SIGINT; returns the exit status."""
    app, stop = doors.load_app(), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    serve(app, doors.load_schedule(), stop)
    return 0


def serve(app: Flask, table: Sequence[Entry], stop: threading.Event, pause: float = PAUSE) -> None:
    """Tick and sweep until `stop` is set; errors make the pauses longer, never end it."""
    wait = pause
    while not stop.is_set():
        try:
            with app.app_context():
                tick(table)
                sweeper.sweep()
            wait = pause
        except Exception as error:
            wait = min(wait * 2, LONGEST_PAUSE)
            known = isinstance(error, SQLAlchemyError)
            log.error("ticker.failed", error=type(error).__name__, exc_info=not known, seconds=wait)
        stop.wait(wait)


def tick(table: Sequence[Entry]) -> int:
    """Defer the jobs whose slot has come, once however many tickers ask; return how many."""
    with transaction(DOOR):
        if not services.alone(LOCK):
            return 0
        last = queries.last_slots()
        return sum([_deal_with(entry, last) for entry in table])


def _deal_with(entry: Entry, last: Mapping[str, datetime]) -> int:
    count = 0
    for slot, runs in due(entry, last.get(entry.key), now()):
        try:
            with savepoint():
                services.take_slot(entry.key, slot, runs)
                if runs:
                    # A run that still waits serves for later moments too, unless each one counts.
                    key = None if entry.catch_up is CatchUp.ALL else f"slot:{entry.key}"
                    outbox.defer(entry.job, key=key, **entry.ids)
            count += int(runs)
        except (LookupError, TypeError):
            log.exception("ticker.bad_line", line=entry.key)
    return count


if __name__ == "__main__":
    sys.exit(main())
