"""What treasury and suppliers see of payments: what is due, the archive, one payment."""
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, or_, select
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
from portal.invoices import rules
from portal.invoices.models import Invoice, InvoiceStatus
from portal.invoices.queries import OWES
from portal.payments.crediting import Applying
from portal.payments.models import Payment, PaymentDate, PaymentLine
from portal.storage.models import StoredFile
from portal.suppliers.models import Relationship
from portal.web import listing

WITHOUT_DATE = (InvoiceStatus.APPROVED, InvoiceStatus.PARTLY_PAID)  # those that may have none
# What waits for a date, counted beside the navigation: exactly what the list shows as "without date".
UNDATED = select(Invoice.id).where(Invoice.client_id == binds.CLIENT, Invoice.status.in_(WITHOUT_DATE),
                                   Invoice.scheduled_on.is_(None), *OWES)
WAITING = (InvoiceStatus.APPROVED, InvoiceStatus.SCHEDULED, InvoiceStatus.PARTLY_PAID)
MOST = 200  # invoices on the page of one payment
APPLICABLE = (InvoiceStatus.APPROVED, InvoiceStatus.PARTLY_APPLIED)  # where a credit note may be applied


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


@dataclass(frozen=True)
class Contents:
    """What a payment settled, and what of it credit notes covered."""

    invoices: list[PaidInvoice]
    credits: list[Applying]

    @property
    def settled(self) -> Decimal:
        """What the invoices got in all, in the payment's currency."""
        return sum((x.line.amount for x in self.invoices), Decimal(0))

    @property
    def credited(self) -> Decimal:
        """What credit notes covered of that."""
        return sum((x.amount for x in self.credits), Decimal(0))

    @property
    def asks_for_rep(self) -> bool:
        """Whether money went to a PPD invoice: its issuer owes a payment complement of what it received (RMF
        2.7.1.32), not of what was credited."""
        money = {x.invoice.id: x.line.amount for x in self.invoices if x.invoice.payment_method == "PPD"}
        for credit in self.credits:
            if credit.invoice.id in money:
                money[credit.invoice.id] -= credit.amount
        return any(amount > 0 for amount in money.values())


@dataclass(frozen=True)
class PaymentOf:
    """A payment of one document. `other`: of what was credited, the note (or, to a note, its invoice)."""

    payment: Payment
    line: PaymentLine
    other: Invoice | None


def due(actor: Actor, wanted: DueFilter, cursor: str | None) -> Page[Invoice]:
    """Return approved invoices that still owe, oldest approval first."""
    actor.require(Permission.Payment.SCHEDULE)
    statuses = WITHOUT_DATE if wanted.state == "unscheduled" else WAITING
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


def payable(actor: Actor, relationship_id: UUID, chosen: Collection[UUID] = ()) -> Sequence[Invoice]:
    """Return what one supplier is owed: the choice on the page that registers a payment. At most 200, those that are
    `chosen` among them.
    """
    actor.require(Permission.Payment.REGISTER)
    due = select(Invoice).where(
        Invoice.client_id == actor.client_id, Invoice.relationship_id == relationship_id,
        Invoice.status.in_(WAITING), *OWES).order_by(Invoice.scheduled_on.nulls_last(), Invoice.id)
    first = session.scalars(due.limit(MOST)).all()
    missing = set(chosen) - {invoice.id for invoice in first}
    more = session.scalars(due.where(Invoice.id.in_(missing)).limit(MOST)).all() if len(first) == MOST else []
    return [*more, *first][:MOST]


def applicable(actor: Actor, relationship_ids: Iterable[UUID]) -> Sequence[Invoice]:
    """Return the credit notes of suppliers that are left to apply, oldest first (at most 50)."""
    actor.require(Permission.Payment.SCHEDULE)
    return session.scalars(select(Invoice).where(
        Invoice.client_id == actor.client_id, Invoice.relationship_id.in_(set(relationship_ids)),
        Invoice.status.in_(APPLICABLE), Invoice.cfdi_type == "E", Invoice.total > 0,
    ).order_by(Invoice.id).limit(50)).all()


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


def contents(payment: Payment) -> Contents:
    """Return what a payment settled, and the credit notes that were applied in it."""
    against = aliased(Invoice)
    query = select(PaymentLine, Invoice, against).join(Invoice, Invoice.id == PaymentLine.invoice_id).outerjoin(
        against, against.id == PaymentLine.against_id).where(PaymentLine.payment_id == payment.id)
    found = session.execute(query.order_by(PaymentLine.id)).all()
    return Contents([PaidInvoice(line, invoice) for line, invoice, lowered in found if lowered is None],
                    [Applying(note, lowered, -line.amount, line.balance_before)
                     for line, note, lowered in found if lowered is not None])


def with_contents(payment_id: UUID | None) -> tuple[Payment, Contents]:
    """Return a payment and what it settled, for the letters about it, in the transaction that made it."""
    payment = session.get_one(Payment, payment_id)
    return payment, contents(payment)


def payments_of(invoice: Invoice) -> Sequence[PaymentOf]:
    """Return the payments of one document, voided ones too, oldest first: its own lines, and what lowered it."""
    other = aliased(Invoice)
    # Of its own line the other document is what it lowers, if it is a note; of a note's line, the note.
    its = case((PaymentLine.invoice_id == invoice.id, PaymentLine.against_id), else_=PaymentLine.invoice_id)
    query = select(Payment, PaymentLine, other).join(PaymentLine, PaymentLine.payment_id == Payment.id).outerjoin(
        other, other.id == its).where(or_(PaymentLine.invoice_id == invoice.id, PaymentLine.against_id == invoice.id))
    found = session.execute(query.order_by(Payment.id, PaymentLine.against_id.is_not(None), PaymentLine.id))
    return [PaymentOf(payment, line, document) for payment, line, document in found]


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
    key = rules.search_key(words)  # as it is kept with the invoices: without accents
    every = and_(True, *[invoice.search.like(rules.like(word), escape="\\") for word in key.split()[:8]])
    in_invoice = select(line.id).join(invoice, invoice.id == line.invoice_id).where(
        line.payment_id == Payment.id, every)
    written = rules.like(words.strip().casefold())
    own = [func.lower(column).like(written, escape="\\") for column in (Payment.number, Payment.reference)]
    return or_(*own, in_invoice.exists())
