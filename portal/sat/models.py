"""SAT's lists as loaded: every client's, nobody's. Anybody may read them; only the door, which loads them, writes.
And SAT's answers about invoices: these are the client's whose invoice it is, and nobody changes them."""
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base, choice
from portal.core.tenancy import ANYBODY, MY_CLIENTS, SHARED, Rls
from portal.sat.kinds import Kind
from portal.sat.lists import Situation
from portal.sat.status import Cancelable, Cancellation, Efos, State

_REFERENCE = Rls(read=ANYBODY, grants="SELECT", door="SELECT, INSERT, UPDATE, DELETE")


class ListState(StrEnum):
    """What became of a file."""

    CURRENT = "current"
    REPLACED = "replaced"
    REFUSED = "refused"  # not loaded; `problem` says why


class SatList(Base):
    """One published file, and when it was fetched. `checked_at`: when it was last seen to be the newest."""

    __tablename__ = "sat_lists"
    __table_args__ = (Index("uq_sat_lists_current", "kind", unique=True, postgresql_where=text("state = 'current'")),)
    __rls__ = _REFERENCE

    kind: Mapped[Kind] = mapped_column(choice(Kind))
    state: Mapped[ListState] = mapped_column(choice(ListState))
    listed_on: Mapped[date | None]  # the day that the file itself names; the article 69 files name none
    published_at: Mapped[datetime | None]  # when SAT's server says that it was put there
    fetched_at: Mapped[datetime]
    checked_at: Mapped[datetime]
    source: Mapped[str] = mapped_column(String(500))
    sha256: Mapped[str] = mapped_column(String(64))
    rows: Mapped[int] = mapped_column(default=0)
    suppressed: Mapped[int] = mapped_column(default=0)
    unreadable: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(String(500), default="")
    original: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)  # the file's bytes, by zlib


class SatListEntry(Base):
    """One row of a current list. `details`: name, situation as written, amount, SAT's other columns as written."""

    __tablename__ = "sat_list_entries"
    __rls__ = _REFERENCE

    list_id: Mapped[UUID] = mapped_column(ForeignKey("sat_lists.id", ondelete="CASCADE"), index=True)
    rfc: Mapped[str] = mapped_column(String(13), index=True)
    situation: Mapped[Situation] = mapped_column(choice(Situation))
    since: Mapped[date | None]
    details: Mapped[dict[str, Any]] = mapped_column(JSONB)


class SatStatus(Base):
    """One answer of SAT about one invoice, or that none came: when, to what question, and the bytes themselves."""

    __tablename__ = "sat_statuses"
    # The door: the sweep that finds what is to be asked again.
    __rls__ = Rls(read=SHARED.read, write=MY_CLIENTS, grants="SELECT, INSERT", door="SELECT")

    client_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    relationship_id: Mapped[UUID] = mapped_column(ForeignKey("relationships.id"))
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoices.id"), index=True)
    asked_at: Mapped[datetime]
    expression: Mapped[str] = mapped_column(String(600))  # SAT's "expresión impresa", as it was asked
    state: Mapped[State] = mapped_column(choice(State))
    reason: Mapped[str] = mapped_column(String(300), default="")  # why it is unknown
    code: Mapped[str] = mapped_column(String(200), default="")  # CodigoEstatus, as SAT wrote it
    cancelable: Mapped[Cancelable] = mapped_column(choice(Cancelable, 40))
    cancellation: Mapped[Cancellation] = mapped_column(choice(Cancellation, 40))
    efos: Mapped[Efos] = mapped_column(choice(Efos))
    evidence: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)  # the answer as it came; empty when none did


class SatAlert(Base):
    """That a client was told of a supplier's situation on the 69-B: each situation once."""

    __tablename__ = "sat_alerts"
    __table_args__ = (Index("uq_sat_alerts", "relationship_id", "situation", unique=True),)
    __rls__ = Rls(read=MY_CLIENTS, grants="SELECT, INSERT")

    client_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    relationship_id: Mapped[UUID] = mapped_column(ForeignKey("relationships.id"))
    situation: Mapped[Situation] = mapped_column(choice(Situation))
    since: Mapped[date | None]
    listed_on: Mapped[date | None]
