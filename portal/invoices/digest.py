"""Telling accounts payable that invoices came in: a letter for each, one every morning, or none, as each person chose.

The morning's letter needs no list of its own: the first invoice asks for the job of that morning and says since when;
while that job waits, the next ones add nothing (`key`). So nothing is told twice, and nobody hears of nothing.
"""
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from portal.access.actor import Actor
from portal.accounts import queries as accounts
from portal.accounts.models import NewInvoiceLetters as Wants
from portal.accounts.models import Organization
from portal.core.clock import now
from portal.core.db import session
from portal.invoices import emails
from portal.invoices.models import Invoice, InvoiceStatus
from portal.invoices.queries import LetterFacts
from portal.jobs.outbox import defer

JOB = "invoices.tell_arrivals"
HOUR = 8  # in the person's own time
LISTED = 20


def tell(known: LetterFacts) -> None:
    """Tell accounts payable that an invoice came in, each person as they chose; in the transaction that sent it."""
    invoice = known.invoice
    for reader in accounts.readers(invoice.client_id, emails.PAYABLES):
        if reader.wants is Wants.EACH:
            emails.received(reader.to, known)
        elif reader.wants is Wants.DAILY:
            defer(JOB, client_id=invoice.client_id, key=f"{invoice.client_id}:{reader.user_id}",
                  at=morning(reader.zone), user_id=reader.user_id, since=invoice.sent_at or now())


def tell_arrivals(user_id: UUID, since: datetime, actor: Actor) -> None:
    """Post one letter with what came in `since` and still waits; none when nothing does, or when the
    person has left accounts payable or wants no letters any more."""
    reader = next((r for r in accounts.readers(actor.client_id, emails.PAYABLES) if r.user_id == user_id), None)
    found = _arrived(actor, since)
    if reader is not None and reader.wants is not Wants.NONE and found:
        emails.arrivals(reader.to, session.get_one(Organization, actor.client_id), found, LISTED)


def morning(zone: str) -> datetime:
    """Return the next morning of a zone."""
    here = now().astimezone(ZoneInfo(zone))
    then = here.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    return then if then > here else then + timedelta(days=1)


def _arrived(actor: Actor, since: datetime) -> Sequence[Invoice]:
    return session.scalars(select(Invoice).where(
        Invoice.client_id == actor.client_id, Invoice.status == InvoiceStatus.IN_REVIEW, Invoice.sent_at >= since,
    ).order_by(Invoice.sent_at, Invoice.id).limit(1000)).all()
