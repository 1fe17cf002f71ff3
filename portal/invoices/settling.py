"""Settling stamps that could not be verified when their invoices came in: judge again, with what is trusted now."""
from uuid import UUID

from sqlalchemy import select

from portal.access.actor import Actor
from portal.accounts import queries as accounts
from portal.cfdi.report import Report
from portal.core.db import session
from portal.core.events import announce
from portal.invoices import events, examination, findings
from portal.invoices.lifecycle import remember
from portal.invoices.models import Invoice, InvoiceStatus, StampState
from portal.storage import services as storage
from portal.storage.models import StoredFile

WAITING = (InvoiceStatus.DRAFT, InvoiceStatus.IN_REVIEW)


def pending(limit: int = 10_000) -> list[tuple[UUID, UUID]]:
    """Return (client, invoice) of the invoices whose stamp waits, newest first. For the sweep, which is the door's.

    Newest first: a few that nobody can ever settle must not keep the others waiting.
    """
    query = select(Invoice.client_id, Invoice.id).where(Invoice.stamp == StampState.PENDING,
                                                        Invoice.status.in_(WAITING))
    return [(row.client_id, row.id) for row in session.execute(query.order_by(Invoice.id.desc()).limit(limit))]


def missing_certificates(invoice_id: UUID, actor: Actor) -> tuple[str, ...]:
    """Return the 20-digit numbers of the certificates that an invoice's stamp waits for; none when it waits no more."""
    invoice = _waiting(invoice_id, actor)
    report = _judged(invoice) if invoice is not None else None
    numbers = report.missing_certificates if report is not None else ()
    return tuple(number for number in numbers if len(number) == 20 and number.isascii() and number.isdigit())


def settle_stamp(invoice_id: UUID, actor: Actor) -> StampState | None:
    """Judge an invoice's XML again; its stamp becomes verified or refused, or waits on.

    Returns the state, or None when there is nothing to settle (gone, or settled before). Idempotent. The actor is
    the portal itself on behalf of the client.
    """
    invoice = _waiting(invoice_id, actor)
    report = _judged(invoice) if invoice is not None else None
    if invoice is None or report is None:
        return None
    state = examination.stamp_state(report)
    if state is StampState.PENDING:
        return state
    invoice.findings = findings.settle(invoice.findings, report)
    _settled(invoice, state, actor)
    return state


def _settled(invoice: Invoice, state: StampState, actor: Actor) -> None:
    invoice.stamp = state
    invoice.version += 1
    if state is StampState.VERIFIED:
        invoice.verdict = "warned" if findings.warns(invoice.findings) else "accepted"
        remember(invoice, "stamp_verified", actor)
        announce(events.StampVerified(**events.about(invoice)), actor)
        return
    invoice.verdict = "rejected"
    remember(invoice, "stamp_refused", actor)
    announce(events.StampRefused(**events.about(invoice), codes=findings.codes(invoice.findings)), actor)


def _waiting(invoice_id: UUID, actor: Actor) -> Invoice | None:
    query = select(Invoice).filter_by(id=invoice_id, client_id=actor.client_id, stamp=StampState.PENDING)
    return session.scalar(query.where(Invoice.status.in_(WAITING)).with_for_update())


def _judged(invoice: Invoice) -> Report | None:
    file = session.get(StoredFile, invoice.xml_file_id) if invoice.xml_file_id else None
    if file is None:
        return None
    return examination.judged(storage.read(file), accounts.fiscal_profiles(invoice.client_id))
