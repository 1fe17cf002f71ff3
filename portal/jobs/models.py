"""The outbox and the schedule's slots. Only the narrow door role reads them; anybody's transaction may add."""
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.clock import now
from portal.core.db import Base, choice
from portal.core.tenancy import DOOR_ONLY, Rls


class WorkState(StrEnum):
    """Where a row of the outbox stands."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    PARKED = "parked"  # given up; an operator looks at it


class OutboxRow(Base):
    """One thing to do: a job's name and the ids it needs, never the data itself."""

    __tablename__ = "outbox"
    __table_args__ = (
        # The same key waits once: ten changes in a row ask for one run.
        Index("uq_outbox_key", "name", "key", unique=True,
              postgresql_where=text("state = 'pending' AND key IS NOT NULL")),
        Index("ix_outbox_open", "state", "available_at", postgresql_where=text("state IN ('pending', 'running')")),
        Index("ix_outbox_parked", "id", postgresql_where=text("state = 'parked'")),
        Index("ix_outbox_done", "done_at", postgresql_where=text("state = 'done'")),
    )
    __rls__ = DOOR_ONLY

    name: Mapped[str] = mapped_column(String(100))
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    client_id: Mapped[UUID | None]
    key: Mapped[str | None] = mapped_column(String(200))
    queue: Mapped[str] = mapped_column(String(20))
    state: Mapped[WorkState] = mapped_column(choice(WorkState), default=WorkState.PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    available_at: Mapped[datetime] = mapped_column(default=now)
    # Running: until when the claim holds. Pending: until when the bell in Redis is trusted to have been heard.
    locked_until: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(String(1000), default="")
    done_at: Mapped[datetime | None]


class ScheduleSlot(Base):
    """One moment of a periodic job that has been dealt with; the unique rule makes each moment happen once."""

    __tablename__ = "schedule_slots"
    __table_args__ = (Index("uq_schedule_slots", "name", "slot", unique=True),)
    __rls__ = Rls(read="false", grants="SELECT", door="SELECT, INSERT, DELETE")

    name: Mapped[str] = mapped_column(String(100))
    slot: Mapped[datetime]
    ran: Mapped[bool] = mapped_column(default=True)  # False: seen and deliberately left out
