"""What SAT says of an invoice: asked by a job once it is sent and while it is open, kept with its evidence.

Only SAT's clear word counts: no answer, or one that is not understood, changes nothing of what was known.
"""
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, func, select

from portal.access.actor import Actor
from portal.cfdi.lazy import Unreadable
from portal.cfdi.reader import read
from portal.core.clock import now
from portal.core.db import session
from portal.core.events import announce
from portal.core.i18n import _, lazy, moment
from portal.invoices import events
from portal.invoices.lifecycle import OPEN, remember
from portal.invoices.models import Invoice, InvoiceKind
from portal.jobs.outbox import defer
from portal.sat import asking, status
from portal.sat.models import SatStatus
from portal.sat.status import Cancellation, Efos, State, Status
from portal.storage import services as storage
from portal.storage.models import StoredFile

JOB = "invoices.ask_sat"
CLEAR = (State.VALID, State.CANCELLED)
# Seconds to the next question while SAT gives no clear answer: it learns of a stamp hours, sometimes days, later.
AGAIN = (60, 300, 1800, 7200, 21600, 86400)
EVERY = timedelta(hours=20)  # an open invoice is asked about once a day
PACE = 0.5  # seconds between the questions of one sweep


def ask_later(client_id: UUID, invoice_id: UUID, seconds: float = 0, uuid: str | None = None) -> None:
    """Ask SAT about an invoice after the commit, when the settings say that SAT is asked at all.

    `uuid`: that of its document now, so that a question about an earlier one that waits does not stand for this one.
    """
    if "status" in asking.current().subjects:
        at = now() + timedelta(seconds=seconds) if seconds else None
        defer(JOB, client_id=client_id, key=f"{invoice_id}{uuid or ''}", at=at, invoice_id=invoice_id)


def question(invoice_id: UUID, actor: Actor) -> str:
    """Return the expression to ask SAT with, as the XML writes it; "" when there is nothing to ask about."""
    invoice = session.scalar(select(Invoice).filter_by(id=invoice_id, client_id=actor.client_id))
    file = session.get(StoredFile, invoice.xml_file_id) if invoice is not None and invoice.xml_file_id else None
    document = read(storage.read(file)).document if file is not None else None
    if invoice is None or document is None or not invoice.uuid or invoice.status not in OPEN:
        return ""
    try:
        return status.expression(document.emisor.rfc, document.receptor.rfc, document.written("Total"), invoice.uuid,
                                 document.sello)
    except Unreadable:
        return ""


def keep(invoice_id: UUID, expression: str, answer: Status, actor: Actor) -> None:
    """Keep an answer with its evidence, say it when SAT says for the first time that the invoice is cancelled, and
    ask again later when the answer was not clear."""
    invoice = session.scalar(select(Invoice).filter_by(id=invoice_id, client_id=actor.client_id).with_for_update())
    if invoice is None:
        return
    known = _clear(invoice)
    session.add(SatStatus(
        client_id=invoice.client_id, relationship_id=invoice.relationship_id, invoice_id=invoice.id,
        asked_at=answer.asked_at, expression=expression[:600], state=answer.state, reason=answer.reason[:300],
        code=answer.code[:200], cancelable=answer.cancelable, cancellation=answer.cancellation, efos=answer.efos,
        evidence=answer.evidence))
    session.flush()
    if _document(invoice) not in expression:  # the supplier has brought another document meanwhile
        return
    if answer.state is State.CANCELLED and (known is None or known.state is not State.CANCELLED):
        invoice.version += 1
        remember(invoice, "sat_cancelled", actor)
        announce(events.CancelledAtSat(**events.about(invoice)), actor)
    if answer.state not in CLEAR:
        _ask_again(invoice)


def hold(invoice: Invoice) -> object | None:
    """Return the sentence that says why an invoice cannot be approved for what SAT says of it, or None."""
    if not is_cancelled(invoice):
        return None
    return lazy("SAT says that this invoice is cancelled, so it cannot be approved. Reject it or return it.")


def is_cancelled(invoice: Invoice) -> bool:
    """Say whether the last clear word of SAT about an invoice is that it is cancelled."""
    known = _clear(invoice)
    return known is not None and known.state is State.CANCELLED


def due(limit: int = 5_000) -> Sequence[tuple[UUID, UUID]]:
    """Return (client, invoice) of the open invoices that SAT was not asked about lately. For the sweep, the door's."""
    asked = select(SatStatus.id).where(SatStatus.invoice_id == Invoice.id, SatStatus.asked_at > now() - EVERY)
    query = select(Invoice.client_id, Invoice.id).where(
        Invoice.kind == InvoiceKind.CFDI, Invoice.status.in_(OPEN), Invoice.sent_at.is_not(None), ~asked.exists())
    return [(row.client_id, row.id) for row in session.execute(query.order_by(Invoice.id).limit(limit))]


@dataclass(frozen=True)
class Shown:
    """What SAT says, for the screen: a mark (`kind` as `ui.status` takes it), a word, a sentence, and warnings."""

    kind: str
    word: str
    text: str
    warn: list[dict[str, str]] = field(default_factory=list)


def shown(invoice: Invoice, zone: str) -> Shown | None:
    """Put into words what SAT says of an invoice; None for one that SAT does not know (a foreign one)."""
    if invoice.kind is not InvoiceKind.CFDI:
        return None
    last, known = _last(invoice), _clear(invoice)
    if last is None:
        return Shown("neutral", _("Not checked"), _("SAT has not been asked about this invoice."))
    if known is None:
        return _unclear(last, zone)
    text = _("SAT said so on %(moment)s.", moment=moment(known.asked_at, zone))
    if last.state not in CLEAR:
        text += " " + _("On %(moment)s it gave no clear answer.", moment=moment(last.asked_at, zone))
    if known.state is State.VALID:
        return Shown("success", _("Valid (Vigente)"), text, _warnings(known))
    return Shown("danger", _("Cancelled (Cancelado)"), text, [_finding(
        _("SAT says that this invoice is cancelled."), known.cancellation.value, _remedy(invoice))])


def _remedy(invoice: Invoice) -> str:
    if invoice.status in OPEN and invoice.paid:
        return _("Something of it was paid or applied: void that payment, or claim it back from the supplier.")
    if invoice.status in OPEN and invoice.approved_at:
        return _("It can be neither paid nor applied: reject it for good.")
    return _("Reject it or return it.") if invoice.status in OPEN else ""


def _unclear(last: SatStatus, zone: str) -> Shown:
    at = moment(last.asked_at, zone)
    if last.state is State.NOT_FOUND:
        return Shown("info", _("Not there yet (No Encontrado)"),
                     _("On %(moment)s SAT did not have it: it may take up to three days after the stamp.", moment=at))
    return Shown("neutral", _("Not checked"), _("On %(moment)s SAT gave no clear answer.", moment=at))


def _warnings(known: SatStatus) -> list[dict[str, str]]:
    made = []
    if known.cancellation is Cancellation.IN_PROCESS:
        made.append(_finding(_("Its issuer asked SAT to cancel it."), known.cancellation.value,
                             _("Accept or refuse that on SAT's portal before you approve.")))
    if known.efos is Efos.LISTED:
        made.append(_finding(_("SAT answers that its issuer is on the 69-B list as Definitivo."), "", ""))
    return made


def _finding(text: str, found: str, remedy: str) -> dict[str, str]:
    return {"text": text, "found": found, "remedy": remedy}


def _ask_again(invoice: Invoice) -> None:
    known = _clear(invoice)
    since = known.asked_at if known is not None else datetime.min.replace(tzinfo=now().tzinfo)
    times = session.scalar(select(func.count()).select_from(
        _answers(invoice).where(SatStatus.asked_at > since).subquery())) or 0
    if times <= len(AGAIN):
        ask_later(invoice.client_id, invoice.id, AGAIN[max(times, 1) - 1], invoice.uuid)


def _last(invoice: Invoice) -> SatStatus | None:
    return session.scalar(_answers(invoice).order_by(SatStatus.asked_at.desc(), SatStatus.id.desc()).limit(1))


def _clear(invoice: Invoice) -> SatStatus | None:
    query = _answers(invoice).where(SatStatus.state.in_(CLEAR))
    return session.scalar(query.order_by(SatStatus.asked_at.desc(), SatStatus.id.desc()).limit(1))


def _answers(invoice: Invoice) -> Select[SatStatus]:
    """What SAT said of the document that the invoice has now; a returned one may have come back with another."""
    return select(SatStatus).where(SatStatus.invoice_id == invoice.id,
                                   SatStatus.expression.contains(_document(invoice), autoescape=True))


def _document(invoice: Invoice) -> str:
    return f"&id={invoice.uuid}&"
