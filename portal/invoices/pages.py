"""What several pages of invoices share: where an act leads, and what they all show. The views' helpers."""
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import request, url_for

from portal.access.actor import Actor
from portal.access.policy import Side
from portal.core.i18n import _
from portal.core.types import Page, Upload
from portal.documents import invoice_text, reading
from portal.documents.box import BoxFailure
from portal.documents.problems import Refused
from portal.invoices import einvoices, pairing, queries, rows, services
from portal.invoices.captured import require_foreign
from portal.invoices.forms import AddForm, DescriptionForm, ForeignForm, ReplaceForm, VersionForm, unread
from portal.invoices.models import IntakeAttempt, Invoice, InvoiceStatus
from portal.invoices.reception import Received, prepare
from portal.storage import services as storage
from portal.storage.models import StoredFile
from portal.suppliers import gate
from portal.suppliers import queries as suppliers
from portal.web.pages import toast, with_query

NOWHERE = UUID(int=0)
CAPTURED = ("number", "issued_on", "currency", "subtotal", "taxes", "total")


def listed(actor: Actor, found: Page[Any], endpoint: str) -> dict[str, Any]:
    """Return what the lists show: rows in words, the filters as they were asked, and the neighbours' addresses."""
    names = client_names(actor)
    address = url_for(endpoint, invoice_id=NOWHERE).removesuffix(str(NOWHERE))
    asked = {key: request.args.get(key, "") for key in ("q", "status", "client", "since", "until", "min", "max")}
    return {"rows": rows.drawn(found.rows, actor, names, address), "asked": asked, "clients": names,
            "narrowed": any(asked.values()), "unread": unread(request.args),
            "previous_url": found.before and with_query(cursor=found.before),
            "next_url": found.after and with_query(cursor=found.after)}


def clients(actor: Actor) -> Sequence[tuple[UUID, str]]:
    """Return (relationship, client's name) of the clients that a supplier serves."""
    return [(relationship.id, client.name) for relationship, client in suppliers.my_clients(actor)]


def client_names(actor: Actor) -> dict[UUID, str]:
    """Return the names of a supplier's clients by their id; a client's people need none."""
    return {client.id: client.name for _relationship, client in suppliers.my_clients(actor)}


def upload_obstacle(actor: Actor) -> str | None:
    """Return why nothing can be brought in, when that holds for the only client or for all of them."""
    first = None
    for key in actor.relationships:
        refusal = gate.refusal(key, "upload")
        if refusal is None:
            return None
        first = first or refusal
    return first


def bring(form: AddForm, files: Sequence[Upload], actor: Actor) -> Received | StoredFile:
    """Bring an invoice's files in: a CFDI is judged; a foreign supplier's PDF waits for its data."""
    xml, pdf = pairing.pair(files)
    relationship_id = form.relationship_id.data
    abroad = services.receive_abroad(xml, pdf, relationship_id, actor)
    if abroad is not None:
        return abroad
    if pdf and not xml and suppliers.relationship(actor, relationship_id).country != "MEX":
        return services.keep_foreign_pdf(pdf, relationship_id, actor)
    return services.receive(xml, pdf, relationship_id, actor)


def exchange(form: ReplaceForm, files: Sequence[Upload], invoice: Invoice, actor: Actor) -> Received:
    """Exchange a draft's files."""
    xml, pdf = pairing.pair(files)
    return services.replace(invoice.id, form.version.data or 0, xml, pdf, actor)


def whither(result: Received | StoredFile) -> str:
    """Return where an attempt leads: to the draft, to the reasons of its refusal, or to the form of its data."""
    if isinstance(result, StoredFile):
        return url_for("invoices.add_foreign", relationship_id=result.relationship_id, file_id=result.id)
    if result.invoice is None:
        return url_for("invoices.attempt", attempt_id=result.attempt.id)
    toast(_("%(number)s is a draft. Give what is asked below and send it.", number=result.invoice.number))
    return url_for("invoices.show", invoice_id=result.invoice.id)


def sent(invoice: Invoice) -> str:
    """Say that it was sent and what that means; return where to go."""
    toast(_("%(number)s was sent for review. Sent is not approved: we will tell you what is decided.",
            number=invoice.number))
    return url_for("invoices.show", invoice_id=invoice.id)


def again(attempt: IntakeAttempt) -> str:
    """Return where a refused file can be brought in again: to its draft, or anew."""
    if attempt.invoice_id is not None:
        return url_for("invoices.replace", invoice_id=attempt.invoice_id)
    return url_for("invoices.add", client=attempt.relationship_id)


def of_one(actor: Actor, invoice: Invoice) -> dict[str, Any]:
    """Return what the supplier's pages of one invoice show."""
    draft = invoice.status is InvoiceStatus.DRAFT
    return {"invoice": invoice, "status": rows.status_of(invoice), "dots": rows.dots(invoice, actor.zone),
            "client_name": client_names(actor).get(invoice.client_id, ""),
            "may_withdraw": services.withdrawable(invoice), "draft": draft,
            "describable": draft and einvoices.describable(invoice), **queries.details(actor, invoice)}


def obstacle(actor: Actor, invoice: Invoice) -> object | None:
    """Return why a draft cannot be sent now, or None."""
    return services.why_not(actor, invoice) if actor.side is Side.SUPPLIER else None


def fill_version(form: VersionForm | ReplaceForm, invoice: Invoice) -> None:
    """Put the version that is being looked at into the form."""
    if not form.is_submitted():
        form.version.data = invoice.version


def fill_from_pdf(form: ForeignForm, actor: Actor, relationship_id: UUID, file_id: UUID) -> dict[str, Any]:
    """Shape the form of a foreign invoice and show what its PDF says. Raises NotFound, Invalid."""
    intake = prepare(relationship_id, actor)
    require_foreign(intake)
    file = storage.find(file_id, actor)
    form.offer(intake.settings.foreign_currencies)
    if not form.is_submitted():
        form.fill(_read(file))
    return {"pdf": file, "client_name": client_names(actor).get(intake.relationship.client_id, "")}


def fill_description(form: DescriptionForm, invoice: Invoice) -> None:
    """Put what was written before, and the version that is being looked at, into the form."""
    if not form.is_submitted():
        form.version.data, form.description.data = invoice.version, (invoice.facts or {}).get("description", "")


def fill_captured(form: ForeignForm, invoice: Invoice) -> None:
    """Shape the form of a foreign draft with what was captured."""
    einvoices.require_typed(invoice)
    form.offer(queries.settings(invoice.client_id).foreign_currencies)
    if not form.is_submitted():
        form.version.data = invoice.version
        form.fill({name: getattr(invoice, name) for name in CAPTURED}
                  | {"description": invoice.facts.get("description")})


def _read(file: StoredFile) -> dict[str, Any]:
    """Return what a PDF's text says of its invoice; nothing when it cannot be read just now."""
    try:
        found = invoice_text.guess(reading.pdf_text(storage.read(file)))
    except (Refused, BoxFailure):
        return {}
    sure = {"number": found.number, "issued_on": found.date, "total": found.total, "currency": found.currency}
    return {name: guess.value for name, guess in sure.items() if guess is not None}
