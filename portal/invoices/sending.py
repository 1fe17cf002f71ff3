"""Sending an invoice for review, taking it back, throwing a draft away; and what a client does once it is decided:
letting a rejected one come again, taking out what SAT says is cancelled."""
from decimal import Decimal
from uuid import UUID

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.accounts import queries as accounts
from portal.core.clock import now
from portal.core.errors import Conflict, Invalid
from portal.core.events import announce
from portal.core.i18n import _
from portal.invoices import at_sat, events, queries
from portal.invoices.demands import lacking
from portal.invoices.lifecycle import move, remember, require_version
from portal.invoices.models import Invoice, InvoiceKind, InvoiceStatus, StampState
from portal.suppliers import gate
from portal.suppliers import queries as suppliers
from portal.suppliers.models import RelationshipStatus


def send(invoice_id: UUID, version: int, actor: Actor) -> Invoice:
    """Send a draft for review; its exchange rate is frozen here. Sent is not approved.

    Raises NotFound, Conflict (sent already, or a stale page), Invalid with a sentence that names what is missing.
    """
    actor.require(Permission.Invoice.SUBMIT)
    invoice = queries.locked(actor, invoice_id)
    if invoice.status is not InvoiceStatus.DRAFT:
        raise Conflict(_("This invoice has already been sent."))
    require_version(invoice, version)
    obstacle = why_not(actor, invoice)
    if obstacle:
        raise Invalid(obstacle)
    invoice.exchange_rate = _rate(invoice)
    invoice.sent_at = invoice.waiting_since = now()
    invoice.sent_by, invoice.reason, invoice.stages, invoice.decided = actor.user_id, "", [], False
    move(invoice, InvoiceStatus.IN_REVIEW, actor, total=str(invoice.total), currency=invoice.currency)
    return invoice


def why_not(actor: Actor, invoice: Invoice) -> object | None:
    """Return the sentence that says why a draft cannot be sent now, or None. The button and the verb ask this."""
    if suppliers.relationship(actor, invoice.relationship_id).status is not RelationshipStatus.ACTIVE:
        return _("This client does not take invoices from you now. Ask your contact there.")
    if invoice.stamp is StampState.REFUSED:
        return _("The stamp of this invoice turned out not to be valid. Replace the XML by a valid one.")
    is_cfdi = invoice.kind is InvoiceKind.CFDI
    if invoice.receiver_rfc and is_cfdi and invoice.receiver_rfc not in _receivers(invoice):
        return _("This client no longer receives invoices at the RFC %(rfc)s. Ask your contact there before you go on.",
                 rfc=invoice.receiver_rfc)
    if is_cfdi and invoice.pdf_file_id is None and queries.settings(invoice.client_id).pdf_required:
        return _("The PDF is missing. Add it before sending.")
    missing = lacking(actor, invoice)
    if missing:
        return _("Before sending, give what is mandatory: %(list)s.", list=", ".join(f"“{d.label}”" for d in missing))
    return gate.refusal(invoice.relationship_id, "send")


def withdraw(invoice_id: UUID, version: int, actor: Actor) -> Invoice:
    """Take back an invoice that was sent, while nobody has decided on it. Raises NotFound, Conflict."""
    actor.require(Permission.Invoice.SUBMIT)
    invoice = queries.locked(actor, invoice_id)
    require_version(invoice, version)
    if not withdrawable(invoice):
        raise Conflict(_("Somebody at your client has already decided on this invoice, so it cannot be withdrawn."))
    move(invoice, InvoiceStatus.WITHDRAWN, actor)
    invoice.stage_label, invoice.waiting_since = "", None
    return invoice


def withdrawable(invoice: Invoice) -> bool:
    """Say whether it is in review and nobody has decided on it yet."""
    return invoice.status is InvoiceStatus.IN_REVIEW and not invoice.decided


def delete_draft(invoice_id: UUID, version: int, actor: Actor) -> Invoice:
    """Throw a draft away; its UUID may come again. Raises NotFound, Conflict."""
    actor.require(Permission.Invoice.SUBMIT)
    invoice = queries.locked(actor, invoice_id)
    require_version(invoice, version)
    move(invoice, InvoiceStatus.DELETED, actor)
    return invoice


def take_out(invoice_id: UUID, version: int | None, actor: Actor) -> Invoice:
    """Reject an approved invoice, or credit note, that SAT says is cancelled: nobody could ever pay or apply it.

    Raises NotFound, Conflict (SAT does not say so, or something was paid or applied: that is voided first).
    """
    actor.require(Permission.Invoice.REOPEN)
    invoice = queries.locked(actor, invoice_id)
    require_version(invoice, version)
    if not removable(invoice):
        raise Conflict(_("Only an approved invoice of which nothing is paid, and that SAT says is cancelled, can be "
                         "taken out."))
    reason = _("SAT says that it is cancelled.")
    move(invoice, InvoiceStatus.REJECTED, actor, reason=reason)
    invoice.reason, invoice.scheduled_on, invoice.waiting_since = reason, None, None
    return invoice


def removable(invoice: Invoice) -> bool:
    """Say whether it waits for a payment, or to be applied, that can never be."""
    return invoice.status in (InvoiceStatus.APPROVED, InvoiceStatus.SCHEDULED) and at_sat.is_cancelled(invoice)


def reopen(invoice_id: UUID, version: int, actor: Actor) -> Invoice:
    """Let the UUID of a finally rejected invoice come in again, as a new invoice. The client's act.

    Raises NotFound, Conflict (not rejected, or re-opened already).
    """
    actor.require(Permission.Invoice.REOPEN)
    invoice = queries.locked(actor, invoice_id)
    require_version(invoice, version)
    if not reopenable(invoice):
        raise Conflict(_("Only an invoice that was rejected finally can be re-opened, and only once."))
    invoice.reopened_at = now()
    invoice.version += 1
    remember(invoice, "reopened", actor)
    announce(events.InvoiceReopened(**events.about(invoice)), actor)
    return invoice


def reopenable(invoice: Invoice) -> bool:
    """Say whether the client may re-open it."""
    return invoice.status is InvoiceStatus.REJECTED and invoice.reopened_at is None


def _receivers(invoice: Invoice) -> set[str]:
    """Return the client's RFCs now: since the draft came in, one may have been taken out."""
    return {profile.rfc for profile in accounts.fiscal_profiles(invoice.client_id)}


def _rate(invoice: Invoice) -> Decimal | None:
    if invoice.currency == "MXN":
        return Decimal(1)
    stated = invoice.facts.get("exchange_rate") if invoice.kind is InvoiceKind.CFDI else None
    return Decimal(stated) if stated else None
