"""Jobs for the tests of the outbox. Their effect is a row of `schedule_slots`: `did(name)` counts them."""
import os
import signal
import time
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select, text

from portal.access.actor import Actor
from portal.core.clock import now
from portal.core.db import DOOR, session, transaction
from portal.core.ids import new_id
from portal.jobs import outbox
from portal.jobs.models import OutboxRow, ScheduleSlot
from portal.jobs.registry import GiveUp, Later, job, step

SEEN: list[object] = []
FAULTS: dict[str, str] = {}


def effect(name: str) -> None:
    """Write one row that can be counted."""
    session.add(ScheduleSlot(id=new_id(), name=name, slot=now() + timedelta(microseconds=len(SEEN)), ran=True))
    session.flush()


def fault(point: str) -> None:
    """Die, or fail, at a named point when a test asks for it."""
    match FAULTS.get(point):
        case "raise":
            raise RuntimeError(f"fault at {point}")
        case "exit":
            os._exit(7)
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)


@job("test.plain", door=True, attempts=3, backoff=(0,))
def plain(actor: Actor, thing_id: UUID | None = None) -> None:
    fault("before")
    effect("plain")
    fault("after")


@job("test.outside", door=True, outside=True, attempts=3, backoff=(0,), timeout=5)
def outside(actor: Actor) -> None:
    fault("before")
    with transaction(DOOR):
        effect("outside")
    fault("after")


@job("test.scoped")
def scoped(actor: Actor, thing_id: UUID) -> None:
    row = session.execute(text("SELECT current_user, current_setting('portal.clients')")).one()
    SEEN.append((actor.client_id, thing_id, row[0], row[1]))


@job("test.steps", outside=True)
def steps(actor: Actor) -> None:
    with step(actor):
        SEEN.append(session.scalar(text("SELECT current_setting('portal.clients')")))


@job("test.later", attempts=3)
def later(actor: Actor) -> None:
    raise Later("not now", 90)


@job("test.hopeless")
def hopeless(actor: Actor) -> None:
    raise GiveUp("never")


def defer(name: str, **more: object) -> UUID:
    """Defer in a transaction of its own and return the newest row's id."""
    with transaction(DOOR):
        outbox.defer(name, **more)  # type: ignore[arg-type]
    return row_of(name).id


def row_of(name: str) -> OutboxRow:
    """Return the newest row of a job, as it is in the database."""
    with transaction(DOOR):
        query = select(OutboxRow).filter_by(name=name).order_by(OutboxRow.id.desc()).limit(1)
        return session.scalars(query.execution_options(populate_existing=True)).one()


def did(name: str) -> int:
    """Count the effects of `name`."""
    with transaction(DOOR):
        return session.scalar(select(func.count()).select_from(ScheduleSlot).filter_by(name=name)) or 0


@job("test.slow", door=True)
def slow(actor: Actor) -> None:
    time.sleep(1)
    effect("slow")


@job("test.endless", timeout=1)
def endless(actor: Actor) -> None:
    time.sleep(30)


@job("test.greedy")
def greedy(actor: Actor) -> None:
    SEEN.append(bytearray(3 * 1024**3))
