"""A client's approval stages, the run of one invoice through them, and the decisions, which are never changed."""
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.db import Base, Money, choice
from portal.core.tenancy import CLIENT_CONFIG, SHARED, SHARED_APPEND_ONLY
from portal.invoices.models import Invoice


class Quorum(StrEnum):
    """How many of a stage's approvers must agree."""

    ANY = "any"
    ALL = "all"


class StageRule(Base):
    """One stage of a client's flow as configured: who approves, and for which invoices."""

    __tablename__ = "stage_rules"
    __rls__ = CLIENT_CONFIG  # read while the supplier sends: the run starts in that same transaction

    client_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    position: Mapped[int]
    label_es: Mapped[str] = mapped_column(String(120))
    label_en: Mapped[str] = mapped_column(String(120), default="")
    approver_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()), default=list)  # people
    approver_roles: Mapped[list[str]] = mapped_column(ARRAY(String(40)), default=list)  # or everybody with a role
    quorum: Mapped[Quorum] = mapped_column(choice(Quorum), default=Quorum.ANY)
    minimum: Mapped[Decimal | None] = mapped_column(Money)  # MXN by the CFDI's rate; from this total on
    maximum: Mapped[Decimal | None] = mapped_column(Money)  # up to this total
    currencies: Mapped[list[str]] = mapped_column(ARRAY(String(3)), default=list)  # empty: all
    groups: Mapped[list[str]] = mapped_column(ARRAY(String(60)), default=list)
    kinds: Mapped[list[str]] = mapped_column(ARRAY(String(10)), default=list)  # I, E, foreign
    archived_at: Mapped[datetime | None]


class StepState(StrEnum):
    """Where one step of a run stands."""

    WAITING = "waiting"
    CURRENT = "current"
    APPROVED = "approved"
    REJECTED = "rejected"
    CANCELLED = "cancelled"  # the run ended before it


class ApprovalStep(Base):
    """One stage of one invoice's run, frozen as it was configured when the invoice was sent."""

    __tablename__ = "approval_steps"
    __table_args__ = (
        UniqueConstraint("invoice_id", "run", "position"),
        # The inbox and the count beside it: who is waited for is read from the index, without the rows.
        Index("ix_approval_steps_waiting", "client_id", "started_at", "id", postgresql_where=text("state = 'current'"),
              postgresql_include=["relationship_id", "approver_ids", "approver_roles"]),
    )
    __rls__ = SHARED

    client_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    relationship_id: Mapped[UUID] = mapped_column(ForeignKey("relationships.id"))
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoices.id"))
    run: Mapped[int]  # 1 for the first sending, 2 after a return to draft…
    position: Mapped[int]
    label_es: Mapped[str] = mapped_column(String(120))
    label_en: Mapped[str] = mapped_column(String(120), default="")
    approver_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()), default=list)
    approver_roles: Mapped[list[str]] = mapped_column(ARRAY(String(40)), default=list)
    quorum: Mapped[Quorum] = mapped_column(choice(Quorum), default=Quorum.ANY)
    state: Mapped[StepState] = mapped_column(choice(StepState), default=StepState.WAITING)
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    invoice: Mapped[Invoice] = relationship(lazy="raise")


class Verdict(StrEnum):
    """What an approver decided."""

    APPROVED = "approved"
    RETURNED = "returned"  # back to draft, with a reason
    REJECTED = "rejected"  # finally, with a reason


class Decision(Base):
    """One person's decision on one step: append-only, one a person and step."""

    __tablename__ = "decisions"
    __table_args__ = (UniqueConstraint("step_id", "user_id"),)
    __rls__ = SHARED_APPEND_ONLY

    client_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    relationship_id: Mapped[UUID] = mapped_column(ForeignKey("relationships.id"))
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoices.id"), index=True)
    step_id: Mapped[UUID] = mapped_column(ForeignKey("approval_steps.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    user_name: Mapped[str] = mapped_column(String(120))
    verdict: Mapped[Verdict] = mapped_column(choice(Verdict))
    reason: Mapped[str] = mapped_column(String(1000), default="")
