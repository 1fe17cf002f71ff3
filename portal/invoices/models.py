"""Invoices that suppliers send, what each client demands with them, and every attempt to bring one in."""
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base, Money, choice
from portal.core.tenancy import CLIENT_CONFIG, MY_CLIENTS, SHARED, SHARED_APPEND_ONLY, Rls


class InvoiceKind(StrEnum):
    """What the supplier sends."""

    CFDI = "cfdi"
    FOREIGN = "foreign"


class InvoiceStatus(StrEnum):
    """Where an invoice stands. The steps between them are in `lifecycle.py`."""

    DRAFT = "draft"  # being prepared by the supplier ("to send")
    IN_REVIEW = "in_review"  # sent; some approver holds it
    APPROVED = "approved"  # all stages passed; waits for a payment date
    SCHEDULED = "scheduled"  # treasury set a date
    PARTLY_PAID = "partly_paid"
    PAID = "paid"
    PARTLY_APPLIED = "partly_applied"  # a credit note, of which something is left
    APPLIED = "applied"  # a credit note of which nothing is left
    NOTHING_OWED = "nothing_owed"  # approved, for zero: there is nothing to pay or to apply
    REJECTED = "rejected"  # finally, by the client
    WITHDRAWN = "withdrawn"  # taken back by the supplier before anybody decided
    DELETED = "deleted"  # a draft thrown away


class StampState(StrEnum):
    """Whether the stamp of a CFDI has been verified."""

    NOT_APPLICABLE = "not_applicable"
    VERIFIED = "verified"
    PENDING = "pending"  # the PAC's certificate is not known yet: held before approval
    REFUSED = "refused"


class Invoice(Base):
    """One invoice of one supplier to one client. Its files' original bytes are never altered."""

    __tablename__ = "invoices"
    __table_args__ = (
        # The same UUID lives once per client, except in copies that were withdrawn, deleted or re-opened.
        Index("uq_invoices_uuid", "client_id", "uuid", unique=True,
              postgresql_where=text("uuid IS NOT NULL AND status NOT IN ('withdrawn', 'deleted')"
                                    " AND reopened_at IS NULL")),
        Index("ix_invoices_client_status", "client_id", "status", "sent_at", "id"),
        Index("ix_invoices_relationship_status", "relationship_id", "status", "id"),
        Index("ix_invoices_client_list", "client_id", "id"),
        Index("ix_invoices_client_status_list", "client_id", "status", "id"),
        Index("ix_invoices_stamp_pending", "id", postgresql_where=text("stamp = 'pending'")),
        Index("ix_invoices_xml_file_id", "xml_file_id"),
        Index("ix_invoices_pdf_file_id", "pdf_file_id"),
        Index("ix_invoices_twin", "client_id", "relationship_id", "number", "total"),
        CheckConstraint("paid >= 0 AND paid <= total", name="paid_within_total"),
    )
    __rls__ = Rls(read=SHARED.read, door="SELECT")  # the door: the sweep that finds stamps still to be settled

    client_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    relationship_id: Mapped[UUID] = mapped_column(ForeignKey("relationships.id"))
    version: Mapped[int] = mapped_column(default=1)  # optimistic lock: a stale page is refused
    status: Mapped[InvoiceStatus] = mapped_column(choice(InvoiceStatus), default=InvoiceStatus.DRAFT)
    kind: Mapped[InvoiceKind] = mapped_column(choice(InvoiceKind))
    cfdi_version: Mapped[str] = mapped_column(String(5), default="")
    cfdi_type: Mapped[str] = mapped_column(String(1), default="")  # TipoDeComprobante
    uuid: Mapped[str | None] = mapped_column(String(36))  # upper case
    series: Mapped[str] = mapped_column(String(25), default="")
    folio: Mapped[str] = mapped_column(String(40), default="")
    number: Mapped[str] = mapped_column(String(80))  # series and folio, or the foreign one's: what people click
    supplier_name: Mapped[str] = mapped_column(String(300))
    supplier_tax_id: Mapped[str] = mapped_column(String(30))
    receiver_rfc: Mapped[str] = mapped_column(String(30), default="")
    issued_at: Mapped[datetime | None]
    issued_on: Mapped[date]
    currency: Mapped[str] = mapped_column(String(3))
    exchange_rate: Mapped[Decimal | None] = mapped_column(Money)  # of the CFDI, frozen at sending
    subtotal: Mapped[Decimal] = mapped_column(Money)
    discount: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    taxes: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    withheld: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    total: Mapped[Decimal] = mapped_column(Money)
    # In its own currency; of a credit note, what was applied. Always the sum of the lines of standing payments.
    paid: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    payment_method: Mapped[str] = mapped_column(String(3), default="")  # MetodoPago
    payment_form: Mapped[str] = mapped_column(String(2), default="")  # FormaPago
    cfdi_use: Mapped[str] = mapped_column(String(4), default="")  # UsoCFDI
    xml_file_id: Mapped[UUID | None] = mapped_column(ForeignKey("files.id"))
    pdf_file_id: Mapped[UUID | None] = mapped_column(ForeignKey("files.id"))
    verdict: Mapped[str] = mapped_column(String(10), default="accepted")
    stamp: Mapped[StampState] = mapped_column(choice(StampState), default=StampState.NOT_APPLICABLE)
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)  # concepts, taxes, relations for the screen
    search: Mapped[str] = mapped_column(String(500), default="")  # case-folded number, supplier, RFC, UUID
    sent_at: Mapped[datetime | None]
    sent_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    stage_label: Mapped[str] = mapped_column(String(120), default="")  # of the current approval stage, for lists
    # for the dots: [{es, en, state (waiting|current|approved|rejected|cancelled), since (ISO)}], set by approvals
    stages: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    waiting_since: Mapped[datetime | None]
    decided: Mapped[bool] = mapped_column(default=False)  # somebody decided in this run: no longer withdrawable
    reason: Mapped[str] = mapped_column(String(1000), default="")  # of the last rejection or return
    reopened_at: Mapped[datetime | None]
    approved_at: Mapped[datetime | None]
    scheduled_on: Mapped[date | None]
    paid_at: Mapped[datetime | None]

    @property
    def balance(self) -> Decimal:
        """What is still owed, in the invoice's currency; of a credit note, what is left to apply."""
        return self.total - self.paid

    @property
    def is_credit(self) -> bool:
        """Whether it is a credit note: in the client's favour, applied to invoices instead of paid."""
        return self.cfdi_type == "E"

    @property
    def kind_code(self) -> str:
        """What requirements and stages call it: "I", "E" or "foreign"."""
        return self.cfdi_type or "foreign"  # a credit note from abroad is one too

    @property
    def total_in_pesos(self) -> Decimal | None:
        """The total in MXN at the invoice's own rate; None when it has no rate (a foreign invoice in other money)."""
        rate = Decimal(1) if self.currency == "MXN" else self.exchange_rate or self._stated_rate
        return None if rate is None else self.total * rate

    @property
    def _stated_rate(self) -> Decimal | None:
        stated = (self.facts or {}).get("exchange_rate")
        return Decimal(stated) if stated else None


class InvoiceMoment(Base):
    """One line of an invoice's history, readable by both sides: what happened, who did it, and why."""

    __tablename__ = "invoice_moments"
    __rls__ = SHARED_APPEND_ONLY

    client_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    relationship_id: Mapped[UUID] = mapped_column(ForeignKey("relationships.id"))
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoices.id"), index=True)
    what: Mapped[str] = mapped_column(String(40))  # a key of `history.SENTENCES`
    side: Mapped[str] = mapped_column(String(10), default="")
    user_name: Mapped[str] = mapped_column(String(120), default="")
    organization_name: Mapped[str] = mapped_column(String(300), default="")
    reason: Mapped[str] = mapped_column(String(1000), default="")


class RequirementType(StrEnum):
    """What a requirement of "Sending data" takes."""

    FILE = "file"
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"


class InvoiceRequirement(Base):
    """Something that a client demands with an invoice: an attachment or a piece of data, and when."""

    __tablename__ = "invoice_requirements"
    __rls__ = CLIENT_CONFIG

    client_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    position: Mapped[int]
    label_es: Mapped[str] = mapped_column(String(120))
    label_en: Mapped[str] = mapped_column(String(120), default="")
    help_es: Mapped[str] = mapped_column(String(1000), default="")
    help_en: Mapped[str] = mapped_column(String(1000), default="")
    type: Mapped[RequirementType] = mapped_column(choice(RequirementType))
    mandatory: Mapped[bool] = mapped_column(default=True)
    kinds: Mapped[list[str]] = mapped_column(ARRAY(String(10)), default=list)  # I, E, foreign; empty: all
    groups: Mapped[list[str]] = mapped_column(ARRAY(String(60)), default=list)  # supplier groups; empty: all
    minimum: Mapped[Decimal | None] = mapped_column(Money)  # in MXN, by the CFDI's rate; from this total on
    choices: Mapped[list[str]] = mapped_column(JSONB, default=list)
    file_types: Mapped[list[str]] = mapped_column(ARRAY(String(10)), default=list)
    max_mb: Mapped[int] = mapped_column(default=10)
    archived_at: Mapped[datetime | None]


class RequirementAnswer(Base):
    """What the supplier gave for a requirement of one invoice; replacing keeps the history."""

    __tablename__ = "requirement_answers"
    __table_args__ = (
        Index(None, "file_id"),
        Index("uq_requirement_answers_current", "invoice_id", "requirement_id", unique=True,
              postgresql_where=text("replaced_at IS NULL")),
    )
    __rls__ = SHARED

    client_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    relationship_id: Mapped[UUID] = mapped_column(ForeignKey("relationships.id"))
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoices.id"), index=True)
    requirement_id: Mapped[UUID] = mapped_column(ForeignKey("invoice_requirements.id"))
    label_es: Mapped[str] = mapped_column(String(120), default="")  # as it was asked when this was given
    label_en: Mapped[str] = mapped_column(String(120), default="")
    value: Mapped[str] = mapped_column(String(1000), default="")
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("files.id"))
    given_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    replaced_at: Mapped[datetime | None]


class IntakeAttempt(Base):
    """Every attempt to bring an invoice in, with its verdict, also the refused ones. Never changed."""

    __tablename__ = "intake_attempts"
    __table_args__ = (Index(None, "client_id", "id"),)
    __rls__ = SHARED_APPEND_ONLY

    client_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    relationship_id: Mapped[UUID] = mapped_column(ForeignKey("relationships.id"))
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    invoice_id: Mapped[UUID | None] = mapped_column(ForeignKey("invoices.id"))
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    uuid: Mapped[str | None] = mapped_column(String(36))
    verdict: Mapped[str] = mapped_column(String(10))
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)


class InvoiceSettings(Base):
    """A client's choices about invoices: one row a client."""

    __tablename__ = "invoice_settings"
    __table_args__ = (UniqueConstraint("client_id"),)
    __rls__ = Rls(read=CLIENT_CONFIG.read, write=MY_CLIENTS)

    client_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    pdf_required: Mapped[bool] = mapped_column(default=True)
    accepts_foreign: Mapped[bool] = mapped_column(default=True)
    foreign_currencies: Mapped[list[str]] = mapped_column(ARRAY(String(3)), default=lambda: ["USD", "EUR"])
