"""Dates that treasury gives to approved invoices, and the payments that settle them."""
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base, Money, choice
from portal.core.i18n import lazy
from portal.core.tenancy import SHARED, SHARED_APPEND_ONLY


class PaymentDate(Base):
    """A date that treasury gave to an invoice; each change is a new row, so the history stays."""

    __tablename__ = "payment_dates"
    __rls__ = SHARED_APPEND_ONLY

    client_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    relationship_id: Mapped[UUID] = mapped_column(ForeignKey("relationships.id"))
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoices.id"), index=True)
    pay_on: Mapped[date | None]  # None: the date was taken away
    note: Mapped[str] = mapped_column(String(500), default="")
    given_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))


class PaymentMethod(StrEnum):
    """How the money went."""

    TRANSFER = "transfer"
    CHECK = "check"
    CARD = "card"
    CASH = "cash"
    OTHER = "other"
    COMPENSATION = "compensation"  # c_FormaPago 17: no money moved, credit notes cover the invoices

    @property
    def word(self) -> str:
        """Return the method as people read it, in the reader's language."""
        return str(METHOD_WORDS[self])


METHOD_WORDS = {
    PaymentMethod.TRANSFER: lazy("Electronic transfer"), PaymentMethod.CHECK: lazy("Check"),
    PaymentMethod.CARD: lazy("Card"), PaymentMethod.CASH: lazy("Cash"), PaymentMethod.OTHER: lazy("Other"),
    PaymentMethod.COMPENSATION: lazy("Compensation"),
}


class PaymentStatus(StrEnum):
    """Whether a payment stands."""

    REGISTERED = "registered"
    VOIDED = "voided"


class Payment(Base):
    """Money that treasury registers, to one supplier, settling one or more of its invoices, less what it credited.

    The lines of a payment add up to its amount; a compensation's to zero.
    """

    __tablename__ = "payments"
    __table_args__ = (
        UniqueConstraint("client_id", "number"),
        Index(None, "client_id", "paid_on", "id"),
        Index(None, "relationship_id", "paid_on", "id"),
        CheckConstraint("amount > 0 AND method <> 'compensation'"
                        " OR amount = 0 AND method = 'compensation' AND bank_account_id IS NULL",
                        name="amount_positive"),
    )
    __rls__ = SHARED

    client_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    relationship_id: Mapped[UUID] = mapped_column(ForeignKey("relationships.id"))
    number: Mapped[str] = mapped_column(String(40))
    status: Mapped[PaymentStatus] = mapped_column(choice(PaymentStatus), default=PaymentStatus.REGISTERED)
    paid_on: Mapped[date]
    method: Mapped[PaymentMethod] = mapped_column(choice(PaymentMethod))
    currency: Mapped[str] = mapped_column(String(3))
    exchange_rate: Mapped[Decimal | None] = mapped_column(Money)  # MXN for one unit; None when MXN
    amount: Mapped[Decimal] = mapped_column(Money)
    reference: Mapped[str] = mapped_column(String(60), default="")  # clave de rastreo, check number…
    bank_account_id: Mapped[UUID | None] = mapped_column(ForeignKey("bank_accounts.id"))
    account_mask: Mapped[str] = mapped_column(String(60), default="")  # as it was: bank and last four digits
    evidence_file_id: Mapped[UUID | None] = mapped_column(ForeignKey("files.id"))
    note: Mapped[str] = mapped_column(String(500), default="")
    registered_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    voided_at: Mapped[datetime | None]
    voided_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    void_reason: Mapped[str] = mapped_column(String(500), default="")


class PaymentLine(Base):
    """What a payment settles of one invoice, in the payment's currency and in the invoice's.

    Below zero, it is what of a credit note was taken off the invoice `against_id`, whose own line holds it too.
    """

    __tablename__ = "payment_lines"
    __table_args__ = (
        Index("uq_payment_lines_invoice", "payment_id", "invoice_id", unique=True,
              postgresql_where=text("against_id IS NULL")),
        Index("uq_payment_lines_credit", "payment_id", "invoice_id", "against_id", unique=True,
              postgresql_where=text("against_id IS NOT NULL")),
        CheckConstraint("amount > 0 AND settled > 0 AND against_id IS NULL"
                        " OR amount < 0 AND settled = amount AND against_id IS NOT NULL AND against_id <> invoice_id",
                        name="amounts_signed"),
        CheckConstraint("abs(settled) <= balance_before", name="within_balance"),
    )
    __rls__ = SHARED

    client_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    relationship_id: Mapped[UUID] = mapped_column(ForeignKey("relationships.id"))
    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payments.id"))
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoices.id"), index=True)  # or the credit note
    against_id: Mapped[UUID | None] = mapped_column(ForeignKey("invoices.id"), index=True)  # of a credit note only
    amount: Mapped[Decimal] = mapped_column(Money)  # payment's currency
    settled: Mapped[Decimal] = mapped_column(Money)  # invoice's currency, at the CFDI's rate frozen at sending
    balance_before: Mapped[Decimal] = mapped_column(Money)
