"""What is typed of a foreign invoice: all of a PDF alone, and what a file without lines leaves unsaid."""
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.core.errors import Conflict, Invalid
from portal.core.events import announce
from portal.core.i18n import _
from portal.invoices import einvoices, events, findings, queries, rules
from portal.invoices.examination import Intake
from portal.invoices.lifecycle import remember, require_version
from portal.invoices.models import Invoice, InvoiceStatus


@dataclass(frozen=True, kw_only=True)
class ForeignInvoice:
    """What is captured of an invoice that has no XML: the supplier is not Mexican. Amounts in `currency`."""

    number: str
    issued_on: date
    currency: str
    subtotal: Decimal
    taxes: Decimal
    total: Decimal
    description: str = ""


def describe(invoice_id: UUID, version: int | None, text: str, actor: Actor) -> Invoice:
    """Write what a draft invoices whose file does not say it. Raises NotFound, Conflict, NotAllowed."""
    actor.require(Permission.Invoice.SUBMIT)
    invoice = queries.locked(actor, invoice_id)
    require_version(invoice, version)
    if invoice.status is not InvoiceStatus.DRAFT or not einvoices.describable(invoice):
        raise Conflict(_("The data of this invoice comes from its file: replace the file instead."))
    invoice.facts = {**invoice.facts, "description": text[:300], "described": True}
    invoice.version += 1
    remember(invoice, "described", actor)
    announce(events.InvoiceDescribed(**events.about(invoice)), actor)
    return invoice


def require_foreign(intake: Intake) -> None:
    """Raise Invalid unless this supplier sends foreign invoices and this client takes them."""
    if intake.relationship.country == "MEX":
        raise Invalid(str(findings.OWN["ACUSE-IN-NO-XML"][1]))
    if not intake.settings.accepts_foreign:
        raise Invalid(_("This client does not take foreign invoices here. Ask your contact there."))


def check_foreign(command: ForeignInvoice, intake: Intake) -> None:
    """Raise Invalid, field by field, for captured data that cannot be true."""
    wrong: dict[str, object] = {}
    allowed = intake.settings.foreign_currencies
    if command.currency not in allowed:
        wrong["currency"] = _("This client takes foreign invoices in %(list)s.", list=", ".join(allowed))
    if command.issued_on > rules.latest_day():
        wrong["issued_on"] = _("The date of the invoice is in the future.")
    if command.total <= 0:
        wrong["total"] = _("The total must be more than zero.")
    elif command.subtotal + command.taxes != command.total:
        wrong["total"] = _("Subtotal and taxes add up to %(sum)s, not to this total.",
                           sum=f"{command.subtotal + command.taxes:,}")
    if wrong:
        raise Invalid(fields=wrong)
