"""What treasury and suppliers see of payments: what is due, the archive, one payment."""
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from portal.access import binds
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.access.policy import Side
from portal.accounts.models import Organization
from portal.core.db import session
from portal.core.errors import NotFound
from portal.core.types import Page
from portal.invoices import queries as invoices
from portal.invoices.models import Invoice, InvoiceStatus
from portal.payments.models import Payment, PaymentDate, PaymentLine
from portal.storage.models import StoredFile
from portal.suppliers.models import Relationship
from portal.web import listing

# A credit note is in the client's favour, and one for zero owes nothing: neither is ever paid.
OWES = (Invoice.cfdi_type != "E", Invoice.total > 0)
# Approved invoices that wait for a date, counted beside the navigation.
UNDATED = select(Invoice.id).where(Invoice.client_id == binds.CLIENT, Invoice.status == InvoiceStatus.APPROVED, *OWES)
WAITING = (InvoiceStatus.APPROVED, InvoiceStatus.SCHEDULED, InvoiceStatus.PARTLY_PAID)


@dataclass(frozen=True)
class DueFilter:
    """What the list of what is to be paid is narrowed to."""

    search: str = ""
    state: str = ""  # "", "unscheduled", "scheduled"
    relationship_id: UUID | None = None
    until: date | None = None


@dataclass(frozen=True)
class ArchiveFilter:
    """What the archive is narrowed to."""

    search: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class PaidInvoice:
    """One line of a payment with its invoice."""

    line: PaymentLine
    invoice: Invoice

    @property
    def balance_after(self) -> Decimal:
        """What the invoice owed once this line was paid, in its currency."""
        return self.line.balance_before - self.line.settled


def due(actor: Actor, wanted: DueFilter, cursor: str | None) -> Page[Invoice]:
    """Return approved invoices that still owe, oldest approval first."""
    actor.require(Permission.Payment.SCHEDULE)
    statuses = {"unscheduled": (InvoiceStatus.APPROVED, InvoiceStatus.PARTLY_PAID)}.get(wanted.state, WAITING)
    query = select(Invoice).where(Invoice.client_id == actor.client_id, Invoice.status.in_(statuses), *OWES)
    if wanted.state:
        has_date = Invoice.scheduled_on.is_not(None)
        query = query.where(has_date if wanted.state == "scheduled" else ~has_date)
    if wanted.relationship_id:
        query = query.where(Invoice.relationship_id == wanted.relationship_id)
    if wanted.until:
        query = query.where(Invoice.scheduled_on <= wanted.until)
    if wanted.search:
        query = query.where(invoices.matches(wanted.search))
    return listing.read(query, (Invoice.id,), cursor, descending=False)


def payable(actor: Actor, relationship_id: UUID) -> Sequence[Invoice]:
    """Return what one supplier is owed: the choice on the page that registers a payment (at most 200)."""
    actor.require(Permission.Payment.REGISTER)
    return session.scalars(select(Invoice).where(
        Invoice.client_id == actor.client_id, Invoice.relationship_id == relationship_id,
        Invoice.status.in_(WAITING), *OWES).order_by(Invoice.scheduled_on.nulls_last(), Invoice.id).limit(200)).all()


def chosen(actor: Actor, invoice_ids: Sequence[UUID]) -> Sequence[Invoice]:
    """Return those of the invoices that wait for payment: the preview before a date is given."""
    actor.require(Permission.Payment.SCHEDULE)
    return session.scalars(select(Invoice).where(Invoice.client_id == actor.client_id, Invoice.id.in_(invoice_ids),
                                                 Invoice.status.in_(WAITING), *OWES).order_by(Invoice.id)).all()


def archive(actor: Actor, wanted: ArchiveFilter, cursor: str | None) -> Page[Payment]:
    """Return payments, newest first: a client's own, or all that a supplier was paid by its clients."""
    actor.require(Permission.Payment.READ)
    query = select(Payment)
    if actor.side is Side.SUPPLIER:
        query = query.where(Payment.relationship_id.in_(actor.relationships))
    else:
        query = query.where(Payment.client_id == actor.client_id)
    if wanted.since:
        query = query.where(Payment.paid_on >= wanted.since)
    if wanted.until:
        query = query.where(Payment.paid_on <= wanted.until)
    if wanted.search:
        query = query.where(_mentions(wanted.search))
    return listing.read(query, (Payment.paid_on, Payment.id), cursor)


def get(actor: Actor, payment_id: UUID) -> Payment:
    """Return a payment that the actor may see; raises NotFound."""
    actor.require(Permission.Payment.READ)
    row = session.get(Payment, payment_id)
    mine = row is not None and (row.client_id == actor.client_id or row.relationship_id in actor.relationships)
    if row is None or not mine:
        raise NotFound
    return row


def lines(payment: Payment) -> list[PaidInvoice]:
    """Return the lines of a payment with their invoices."""
    query = select(PaymentLine, Invoice).join(Invoice, Invoice.id == PaymentLine.invoice_id).where(
        PaymentLine.payment_id == payment.id).order_by(PaymentLine.id)
    return [PaidInvoice(line, invoice) for line, invoice in session.execute(query)]


def with_invoices(payment_id: UUID | None) -> tuple[Payment, list[Invoice]]:
    """Return a payment and its invoices, for the letters about it, in the transaction that made it."""
    payment = session.get_one(Payment, payment_id)
    return payment, [item.invoice for item in lines(payment)]


def payments_of(invoice: Invoice) -> Sequence[tuple[Payment, PaymentLine]]:
    """Return the payments of one invoice, voided ones too, oldest first."""
    query = select(Payment, PaymentLine).join(PaymentLine, PaymentLine.payment_id == Payment.id)
    return [(p, line) for p, line in session.execute(
        query.where(PaymentLine.invoice_id == invoice.id).order_by(Payment.id))]


def dates_of(invoice: Invoice) -> Sequence[PaymentDate]:
    """Return the dates that an invoice was given, newest first."""
    return session.scalars(select(PaymentDate).filter_by(invoice_id=invoice.id).order_by(PaymentDate.id.desc())).all()


def suppliers_of(payments: Sequence[Payment]) -> dict[UUID, str]:
    """Return the suppliers' names of a page of payments, by relationship."""
    wanted = {p.relationship_id for p in payments}
    return dict(session.execute(select(Relationship.id, Relationship.name).where(Relationship.id.in_(wanted))).all())  # type: ignore[arg-type]


def clients_of(payments: Sequence[Payment]) -> dict[UUID, str]:
    """Return the clients' names of a page of payments, by client."""
    wanted = {p.client_id for p in payments}
    return dict(session.execute(select(Organization.id, Organization.name).where(Organization.id.in_(wanted))).all())  # type: ignore[arg-type]


def evidence(payment: Payment) -> StoredFile | None:
    """Return the file that proves a payment, if one was given."""
    return session.get(StoredFile, payment.evidence_file_id) if payment.evidence_file_id else None


def _mentions(words: str) -> ColumnElement[bool]:
    line, invoice = aliased(PaymentLine), aliased(Invoice)
    pattern = "%" + words.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    in_invoice = select(line.id).join(invoice, invoice.id == line.invoice_id).where(
        line.payment_id == Payment.id, invoice.search.like(pattern.casefold()))
    return func.lower(Payment.number).like(pattern.casefold()) | in_invoice.exists()
