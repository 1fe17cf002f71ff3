"""The figures of the first page. Sums are over indexed columns of one tenant; counts are capped."""
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, and_, func, select

from portal.access.actor import Actor
from portal.access.policy import Side
from portal.accounts.models import Organization
from portal.core.clock import now, today
from portal.core.db import session
from portal.invoices.models import Invoice, InvoiceStatus
from portal.invoices.queries import OWES
from portal.suppliers.models import Record, RecordStatus, Relationship
from portal.web import listing

COMING = (InvoiceStatus.SCHEDULED, InvoiceStatus.PARTLY_PAID)
OPEN = (InvoiceStatus.IN_REVIEW, InvoiceStatus.APPROVED, InvoiceStatus.SCHEDULED, InvoiceStatus.PARTLY_PAID)


@dataclass(frozen=True)
class Coming:
    """What is to be paid on one day, in one currency."""

    day: date
    currency: str
    amount: Decimal


@dataclass(frozen=True)
class RecordLine:
    """One record of a supplier, with its client's name."""

    record: Record
    client: str


def coming(actor: Actor, days: int = 42) -> Sequence[Coming]:
    """Return what is scheduled to be paid in the next days, to a supplier or by a client."""
    balance = func.sum(Invoice.total - Invoice.paid)
    query = select(Invoice.scheduled_on, Invoice.currency, balance).where(
        _mine(actor), Invoice.status.in_(COMING), Invoice.scheduled_on.is_not(None),
        Invoice.scheduled_on <= today(actor.zone) + timedelta(days=days))
    rows = session.execute(query.group_by(Invoice.scheduled_on, Invoice.currency).order_by(Invoice.scheduled_on))
    return [Coming(day, currency, amount) for day, currency, amount in rows if day]


def expected(actor: Actor) -> Sequence[Any]:
    """Return a supplier's invoices that have a payment date, the soonest first (at most 20).

    Each has id, client_id, number, scheduled_on, currency and `balance`.
    """
    query = select(Invoice.id, Invoice.client_id, Invoice.number, Invoice.scheduled_on, Invoice.currency,
                   (Invoice.total - Invoice.paid).label("balance"))
    query = query.where(_mine(actor), Invoice.status.in_(COMING), Invoice.scheduled_on.is_not(None))
    return session.execute(query.order_by(Invoice.scheduled_on, Invoice.id).limit(20)).all()


def by_status(actor: Actor) -> dict[str, str]:
    """Return how many invoices stand in each open status, capped at 99; of the approved ones, those that owe."""
    return {status.value: listing.capped(_standing(actor, status)) or "0" for status in OPEN}


def ageing(actor: Actor) -> list[tuple[str, int]]:
    """Return how many invoices have been in review for up to 3, 7, 14 days and longer."""
    since, moment = Invoice.waiting_since, now()
    four, eight, fifteen = (moment - timedelta(days=days) for days in (4, 8, 15))
    bands = (since > four, and_(since <= four, since > eight), and_(since <= eight, since > fifteen), since <= fifteen)
    counts = session.execute(select(*[func.count().filter(band) for band in bands]).where(
        _mine(actor), Invoice.status == InvoiceStatus.IN_REVIEW)).one()
    return list(zip(("0–3", "4–7", "8–14", "15+"), counts, strict=True))


def records(actor: Actor) -> list[RecordLine]:
    """Return a supplier's records with their clients' names, those that need something first."""
    if actor.side is not Side.SUPPLIER:
        return []
    query = select(Record, Organization.name).join(Organization, Organization.id == Record.client_id).where(
        Record.relationship_id.in_(actor.relationships)).order_by(Organization.name).limit(50)
    return [RecordLine(record, name) for record, name in session.execute(query)]


def expiring(actor: Actor) -> Sequence[tuple[Record, str]]:
    """Return a client's records that expire within 30 days or have expired, soonest first."""
    query = select(Record, Relationship.name).join(Relationship, Relationship.id == Record.relationship_id).where(
        Record.client_id == actor.client_id,
        Record.status.in_((RecordStatus.EXPIRING, RecordStatus.EXPIRED))).order_by(Record.next_expiry).limit(10)
    return [(record, name) for record, name in session.execute(query)]


def _standing(actor: Actor, status: InvoiceStatus) -> Select[Any]:
    query = select(Invoice.id).where(_mine(actor), Invoice.status == status)
    return query.where(*OWES) if status is InvoiceStatus.APPROVED else query


def _mine(actor: Actor):  # type: ignore[no-untyped-def]
    if actor.side is Side.SUPPLIER:
        return Invoice.relationship_id.in_(actor.relationships)
    return Invoice.client_id == actor.client_id
