"""What operators and the metrics ask of the outbox. Run these as the door: nobody else sees it."""
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from portal.core.clock import now
from portal.core.db import session
from portal.jobs.models import OutboxRow, ScheduleSlot, WorkState
from portal.jobs.services import ready


def lag() -> tuple[float, int]:
    """Return the age in seconds of the oldest job that could already run, and how many are parked (up to 1000)."""
    oldest = session.scalar(select(func.min(OutboxRow.available_at)).where(ready(now())))
    parked_ids = select(OutboxRow.id).filter_by(state=WorkState.PARKED).limit(1000).subquery()
    count = session.scalar(select(func.count()).select_from(parked_ids)) or 0
    return max((now() - oldest).total_seconds(), 0.0) if oldest else 0.0, count


def parked(limit: int = 100) -> Sequence[OutboxRow]:
    """Return the rows that were given up, newest first."""
    query = select(OutboxRow).filter_by(state=WorkState.PARKED).order_by(OutboxRow.id.desc()).limit(limit)
    return session.scalars(query).all()


def due(limit: int, queues: Sequence[str]) -> list[tuple[UUID, str]]:
    """Return ids and job names of rows that may be taken now, in the order of `queues`, oldest first."""
    urgency = func.array_position(list(queues), OutboxRow.queue)
    query = select(OutboxRow.id, OutboxRow.name).where(ready(now()), OutboxRow.queue.in_(queues))
    return [(row.id, row.name) for row in session.execute(
        query.order_by(urgency, OutboxRow.available_at, OutboxRow.id).limit(limit))]


def last_slots() -> dict[str, datetime]:
    """Return the newest moment dealt with, for each periodic job."""
    query = select(ScheduleSlot.name, func.max(ScheduleSlot.slot)).group_by(ScheduleSlot.name)
    return {name: slot for name, slot in session.execute(query)}
