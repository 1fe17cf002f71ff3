"""What the client demands with an invoice, and what the supplier gave for it. Replacing keeps the history."""
from datetime import date
from decimal import Decimal, InvalidOperation
from uuid import UUID

from sqlalchemy import select

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.access.policy import Purpose
from portal.core.clock import now
from portal.core.db import session
from portal.core.errors import Conflict, Invalid
from portal.core.events import announce
from portal.core.i18n import _
from portal.core.types import Upload
from portal.invoices import demands, events, queries
from portal.invoices.models import (
    Invoice,
    InvoiceRequirement,
    InvoiceStatus,
    RequirementAnswer,
    RequirementType,
)
from portal.storage import services as storage

LONGEST = 1000


def answer_requirement(invoice_id: UUID, requirement_id: UUID, value: str, upload: Upload | None,
                       actor: Actor) -> RequirementAnswer:
    """Give (or replace) what a requirement asks. `value` for data, `upload` for a file.

    Raises NotFound, Conflict (sent already), Invalid (empty, not a number, a wrong file…: `fields` says where).
    """
    actor.require(Permission.Invoice.SUBMIT)
    invoice = queries.locked(actor, invoice_id)
    if invoice.status is not InvoiceStatus.DRAFT:
        raise Conflict(_("This invoice has been sent: what was given with it cannot be changed now."))
    wanted = demands.requirement(actor, invoice.client_id, requirement_id)
    if wanted.archived_at is not None:
        raise Conflict(_("Your client no longer asks for this."))
    given = RequirementAnswer(
        client_id=invoice.client_id, relationship_id=invoice.relationship_id, invoice_id=invoice.id,
        requirement_id=wanted.id, label_es=wanted.label_es, label_en=wanted.label_en, given_by=actor.user_id)
    if wanted.type is RequirementType.FILE:
        given.file_id = _file(wanted, upload, invoice, actor)
    else:
        given.value = _value(wanted, value)
    replaced = _retire(invoice, wanted)
    session.add(given)
    session.flush()
    announce(events.RequirementAnswered(**events.about(invoice), requirement=wanted.label_es, replaced=replaced), actor)
    return given


def _file(wanted: InvoiceRequirement, upload: Upload | None, invoice: Invoice, actor: Actor) -> UUID:
    if not upload:
        raise Invalid(fields={"file": _("Choose the file first.")})
    try:
        return storage.keep(upload, purpose=Purpose.INVOICE, allowed=tuple(wanted.file_types) or ("pdf",),
                            client_id=invoice.client_id, relationship_id=invoice.relationship_id, actor=actor,
                            max_mb=wanted.max_mb).id
    except Invalid as refused:
        raise Invalid(fields={"file": refused.message}) from refused


def _value(wanted: InvoiceRequirement, value: str) -> str:
    visible = "".join(c for c in value if c.isprintable() or c in "\r\n\t")
    plain = visible.strip() if wanted.type is RequirementType.TEXT else " ".join(visible.split())
    if not plain:
        raise Invalid(fields={"value": _("Write what your client asks for.")})
    if len(plain) > LONGEST:
        raise Invalid(fields={"value": _("Write at most %(count)s characters.", count=LONGEST)})
    wrong = _CHECKS.get(wanted.type, lambda _wanted, _plain: None)(wanted, plain)
    if wrong:
        raise Invalid(fields={"value": wrong})
    return plain


def _not_a_number(_wanted: InvoiceRequirement, plain: str) -> object | None:
    try:
        fine = Decimal(plain.replace(",", "")).is_finite()
    except InvalidOperation:
        fine = False
    return None if fine else _("Write a number, for example 1234.50.")


def _not_a_date(_wanted: InvoiceRequirement, plain: str) -> object | None:
    try:
        date.fromisoformat(plain)
    except ValueError:
        return _("Write a date as year-month-day, for example 2026-11-26.")
    return None


def _not_a_choice(wanted: InvoiceRequirement, plain: str) -> object | None:
    return None if plain in wanted.choices else _("Choose one of the options.")


_CHECKS = {RequirementType.NUMBER: _not_a_number, RequirementType.DATE: _not_a_date,
           RequirementType.CHOICE: _not_a_choice}


def _retire(invoice: Invoice, wanted: InvoiceRequirement) -> bool:
    """Mark the answer that stands as replaced; say whether there was one."""
    standing = session.scalar(select(RequirementAnswer).filter_by(
        invoice_id=invoice.id, requirement_id=wanted.id, replaced_at=None))
    if standing is None:
        return False
    standing.replaced_at = now()
    session.flush()
    return True
