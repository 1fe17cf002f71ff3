"""What happens to a row of the outbox: claimed, held, ended, put back, parked. Called by the runner and the sweep."""
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import delete, exists, func, insert, or_, select, update
from sqlalchemy.orm import aliased
from sqlalchemy.sql import ColumnElement

from portal.core.clock import now
from portal.core.db import session
from portal.core.errors import NotFound
from portal.core.ids import new_id
from portal.jobs import registry
from portal.jobs.models import OutboxRow, ScheduleSlot, WorkState
from portal.jobs.outbox import key_lock

log = structlog.get_logger()

HANDOVER = timedelta(seconds=15)  # from claiming a plain row to holding its lock
MARGIN = timedelta(seconds=90)  # an outside job's lease after its time limit; RQ ends the process within 60 s of it
BELL_TRUSTED = timedelta(seconds=60)
ATTEMPTS = 8  # of a job whose code is not known here (an older worker during a deployment)
KEPT = timedelta(days=7)


@dataclass(frozen=True)
class Claim:
    """A row that one worker has taken; `attempts` is its token: a later claim has another."""

    id: UUID
    name: str
    payload: dict[str, Any]
    client_id: UUID | None
    queue: str
    attempts: int


def ready(moment: datetime) -> ColumnElement[bool]:
    """Return the condition of rows that may be taken: waiting and due, or claimed by a worker that died."""
    waiting = (OutboxRow.state == WorkState.PENDING) & (OutboxRow.available_at <= moment)
    return or_(waiting, _abandoned(moment))


def claim(outbox_id: UUID) -> Claim | None:
    """Take a row for this worker; None when another has it, or it is not its time.

    A row that took its worker down with every attempt is parked here.
    """
    found = session.execute(select(OutboxRow).filter_by(id=outbox_id).where(ready(now()))
                            .with_for_update(skip_locked=True)).scalar_one_or_none()
    if found is None or not _key_is_free(found):
        return None
    if found.attempts >= _limit(found.name):
        _park(found.id, found.name, "every attempt took its worker down")
        return None
    found.attempts += 1
    found.state, found.locked_until = WorkState.RUNNING, now() + _lease(found.name)
    session.flush()
    return _claim_of(found)


def hold(taken: Claim) -> bool:
    """Lock the claimed row until the end of the transaction; False when the claim was lost meanwhile."""
    query = select(OutboxRow.id).filter_by(id=taken.id, state=WorkState.RUNNING, attempts=taken.attempts)
    return session.scalar(query.with_for_update(skip_locked=True)) is not None


def finish(taken: Claim) -> None:
    """Mark the row done."""
    _change(taken, state=WorkState.DONE, done_at=now(), locked_until=None, last_error="")


def put_back(taken: Claim, reason: str, seconds: int | None = None) -> None:
    """Let the row wait for its next attempt, or park it when that was the last one."""
    if taken.attempts >= _limit(taken.name):
        give_up(taken, reason)
        return
    pause = timedelta(seconds=_pause(taken) if seconds is None else seconds)
    # A row with a key steps aside when a newer one of the same key waits: that one will do the work.
    if _newer_waits(taken):
        _change(taken, state=WorkState.DONE, done_at=now(), locked_until=None, last_error=reason[:1000])
        return
    _change(taken, state=WorkState.PENDING, available_at=now() + pause, locked_until=None, last_error=reason[:1000])


def give_up(taken: Claim, reason: str) -> None:
    """Park the row: an operator must look at it."""
    _park(taken.id, taken.name, reason)


def reserve(limit: int) -> list[Claim]:
    """Return rows whose bell must ring (again), oldest first, and trust each waiting row's bell for a while.

    Rows that a living worker holds are locked, so they are skipped, however long they take.
    """
    moment = now()
    unheard = or_(OutboxRow.locked_until.is_(None), OutboxRow.locked_until < moment)
    query = select(OutboxRow).where(ready(moment), unheard).order_by(OutboxRow.available_at).limit(limit)
    rows = session.scalars(query.with_for_update(skip_locked=True)).all()
    for row in rows:
        if row.state == WorkState.PENDING:
            row.locked_until = moment + BELL_TRUSTED
    session.flush()
    return [_claim_of(row) for row in rows]


def take_slot(name: str, slot: datetime, ran: bool) -> None:
    """Record that a moment of a periodic job has been dealt with; the unique rule refuses it a second time."""
    session.execute(insert(ScheduleSlot).values(id=new_id(), created_at=now(), name=name, slot=slot, ran=ran))


def alone(number: int) -> bool:
    """Try to be the only one who does something until the end of the transaction."""
    return bool(session.scalar(select(func.pg_try_advisory_xact_lock(number))))


def retry(outbox_id: UUID) -> None:
    """Give a parked row another full set of attempts. Raises NotFound when it is not parked."""
    changed = session.execute(update(OutboxRow).filter_by(id=outbox_id, state=WorkState.PARKED).values(
        state=WorkState.PENDING, attempts=0, available_at=now(), locked_until=None, key=None))
    if not changed.rowcount:  # type: ignore[attr-defined]
        raise NotFound


def prune() -> int:
    """Forget finished work and slots older than a week; returns how many rows of work."""
    old, later = now() - KEPT, aliased(ScheduleSlot)
    newer = exists().where(later.name == ScheduleSlot.name, later.slot > ScheduleSlot.slot)
    session.execute(delete(ScheduleSlot).where(ScheduleSlot.slot < old, newer))
    done = delete(OutboxRow).where(OutboxRow.state == WorkState.DONE, OutboxRow.done_at < old)
    return int(session.execute(done).rowcount)  # type: ignore[attr-defined]


def _abandoned(moment: datetime) -> ColumnElement[bool]:
    return (OutboxRow.state == WorkState.RUNNING) & (OutboxRow.locked_until < moment)


def _claim_of(row: OutboxRow) -> Claim:
    return Claim(row.id, row.name, row.payload, row.client_id, row.queue, row.attempts)


def _key_is_free(row: OutboxRow) -> bool:
    """False while an uncommitted change counts on this waiting row (see `outbox.defer`)."""
    return row.key is None or alone(key_lock(row.name, row.key))


def _newer_waits(taken: Claim) -> bool:
    mine = select(OutboxRow.key).filter_by(id=taken.id).scalar_subquery()
    query = select(OutboxRow.id).filter_by(name=taken.name, state=WorkState.PENDING).where(OutboxRow.key == mine)
    return session.scalar(query.limit(1)) is not None


def _change(taken: Claim, **values: Any) -> None:
    """Write only while the claim is still ours: a late worker must not undo what a later claim did."""
    session.execute(update(OutboxRow).filter_by(id=taken.id, state=WorkState.RUNNING, attempts=taken.attempts)
                    .values(**values).execution_options(synchronize_session=False))


def _park(outbox_id: UUID, name: str, reason: str) -> None:
    session.execute(update(OutboxRow).filter_by(id=outbox_id).execution_options(synchronize_session=False).values(
        state=WorkState.PARKED, locked_until=None, last_error=reason[:1000]))
    log.error("job.parked", outbox_id=str(outbox_id), job=name, reason=reason[:300])


def _lease(name: str) -> timedelta:
    known = name in registry.names() and registry.get(name)
    return timedelta(seconds=known.timeout) + MARGIN if known and known.outside else HANDOVER


def _limit(name: str) -> int:
    return registry.get(name).attempts if name in registry.names() else ATTEMPTS


def _pause(taken: Claim) -> int:
    known = registry.get(taken.name).pause if taken.name in registry.names() else (lambda _n: 60)
    return known(taken.attempts)
