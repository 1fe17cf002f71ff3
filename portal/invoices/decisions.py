"""What the features above do to an invoice that they have locked: stages, decisions, dates and money.

Each takes the invoice (locked by the caller) and the actor; the status changes through `lifecycle.move` alone.
"""
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from portal.access.actor import Actor
from portal.core.clock import now
from portal.core.errors import Conflict, Invalid
from portal.core.i18n import _
from portal.invoices import at_sat, rules
from portal.invoices.lifecycle import move
from portal.invoices.models import Invoice
from portal.invoices.models import InvoiceStatus as S


def touch(invoice: Invoice) -> None:
    """Somebody decided without moving it on: pages drawn before are stale, and it cannot be withdrawn any more."""
    invoice.decided = True
    invoice.version += 1


def set_stages(invoice: Invoice, stages: Sequence[dict[str, Any]], label: str, waiting_since: datetime | None) -> None:
    """Keep on the invoice what its lists show of the approval run.

    `stages`: [{es, en, state, since}]; `label` of the stage that holds it ("" when none does), and since when.
    """
    invoice.stages = list(stages)
    invoice.stage_label = label
    invoice.waiting_since = waiting_since
    invoice.decided = invoice.decided or any(stage.get("state") not in ("waiting", "current") for stage in stages)
    invoice.version += 1


def approve(invoice: Invoice, actor: Actor) -> None:
    """All stages passed. What is for zero is closed at once: no payment will ever do it.

    Raises Invalid while its stamp or what SAT says holds it, Conflict when not in review.
    """
    held = rules.hold(invoice.stamp) or at_sat.hold(invoice)
    if held:
        raise Invalid(held)
    move(invoice, S.APPROVED, actor)
    invoice.approved_at = invoice.waiting_since = now()
    invoice.stage_label = invoice.reason = ""
    if invoice.total == 0:
        move(invoice, S.NOTHING_OWED, actor)


def return_to_draft(invoice: Invoice, reason: str, actor: Actor) -> None:
    """Give the invoice back to the supplier to be corrected. Raises Invalid without a reason."""
    move(invoice, S.DRAFT, actor, reason=_reason(reason))
    _let_go(invoice, reason)


def reject(invoice: Invoice, reason: str, actor: Actor) -> None:
    """Reject the invoice finally. Raises Invalid without a reason."""
    move(invoice, S.REJECTED, actor, reason=_reason(reason))
    _let_go(invoice, reason)


def set_schedule(invoice: Invoice, pay_on: date | None, actor: Actor) -> None:
    """Give, change or take away (None) the payment date; a partly paid invoice keeps its status."""
    if invoice.is_credit or invoice.status not in (S.APPROVED, S.SCHEDULED, S.PARTLY_PAID):
        raise Conflict(_("Only an approved invoice that is not paid yet can have a payment date."))
    wanted = S.APPROVED if pay_on is None else S.SCHEDULED
    if invoice.status not in (wanted, S.PARTLY_PAID):
        move(invoice, wanted, actor)
    else:
        invoice.version += 1
    invoice.scheduled_on = pay_on


def settle(invoice: Invoice, amount: Decimal, actor: Actor) -> None:
    """Add `amount` (> 0, in the invoice's currency) to what was paid; of a credit note, to what was applied.

    Raises Invalid when it passes the balance.
    """
    if amount <= 0 or amount > invoice.balance:
        raise Invalid(_("The amount must be more than zero and at most the balance of the invoice."))
    _paid(invoice, invoice.paid + amount, actor)


def unsettle(invoice: Invoice, amount: Decimal, actor: Actor) -> None:
    """Take `amount` (> 0, in the invoice's currency) out of what was paid: its payment was voided."""
    if amount <= 0 or amount > invoice.paid:
        raise Invalid(_("No more can be voided than was paid."))
    _paid(invoice, invoice.paid - amount, actor)


def _paid(invoice: Invoice, paid: Decimal, actor: Actor) -> None:
    wanted = rules.status_of_paid(paid, invoice.total, scheduled=invoice.scheduled_on is not None,
                                  credit=invoice.is_credit)
    if wanted is invoice.status:
        invoice.version += 1
    else:
        move(invoice, wanted, actor)
    invoice.paid = paid
    invoice.paid_at = now() if wanted in (S.PAID, S.APPLIED) else None


def _reason(reason: str) -> str:
    if not reason.strip():
        raise Invalid(fields={"reason": _("Say why: the supplier reads it.")})
    return reason.strip()


def _let_go(invoice: Invoice, reason: str) -> None:
    invoice.reason = reason.strip()[:1000]
    invoice.stage_label, invoice.waiting_since = "", None
