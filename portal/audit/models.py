"""The audit trail and its seals. Nobody may update or delete either: not the application, not the door."""
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.clock import now
from portal.core.db import Base
from portal.core.tenancy import ANYBODY, MY_CLIENTS, Rls


class AuditEvent(Base):
    """One thing that happened, as it was said."""

    __tablename__ = "audit_events"
    __table_args__ = (
        Index("ix_audit_events_client", "client_id", "at", "id"),
        Index("ix_audit_events_client_kind", "client_id", "subject_kind", "at", "id"),
        Index("ix_audit_events_subject", "subject_id", "at", "id"),
        Index("ix_audit_events_at", "at", "id"),
    )
    __rls__ = Rls(read=MY_CLIENTS, write=ANYBODY, grants="SELECT, INSERT", door="SELECT, INSERT")

    at: Mapped[datetime] = mapped_column(default=now)
    client_id: Mapped[UUID | None]
    relationship_id: Mapped[UUID | None]
    organization_id: Mapped[UUID | None]  # for whom the person acted
    user_id: Mapped[UUID | None]
    actor_name: Mapped[str] = mapped_column(String(200), default="")
    side: Mapped[str] = mapped_column(String(20), default="")
    kind: Mapped[str] = mapped_column(String(80))  # the event's name: "InvoiceSent"
    subject_kind: Mapped[str] = mapped_column(String(40), default="")  # what it is about: "invoice"
    subject_id: Mapped[UUID | None]
    subject_label: Mapped[str] = mapped_column(String(300), default="")
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    ip: Mapped[str] = mapped_column(String(45), default="")
    request_id: Mapped[str] = mapped_column(String(64), default="")


class AuditSeal(Base):
    """One link of a client's chain: the hash of one event and of the link before it."""

    __tablename__ = "audit_seals"
    __table_args__ = (
        Index("uq_audit_seals_event", "event_id", unique=True),
        Index("uq_audit_seals_position", "client_id", "position", unique=True, postgresql_nulls_not_distinct=True),
    )
    __rls__ = Rls(read=MY_CLIENTS, write="false", grants="SELECT", door="SELECT, INSERT")

    client_id: Mapped[UUID | None]  # None: the chain of what belongs to no client
    position: Mapped[int]
    event_id: Mapped[UUID]
    digest: Mapped[str] = mapped_column(String(64))
