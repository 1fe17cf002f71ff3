"""The life of an invoice: one table of steps, and the only function that sets a status.

A step says from where to where, who may take it, what it announces, and the line it leaves in the history. What is
not in the table cannot happen.
"""
from dataclasses import dataclass
from typing import Any

from portal.access.actor import Actor
from portal.access.permissions import Permission as P
from portal.core.db import session
from portal.core.errors import Conflict
from portal.core.events import announce
from portal.core.i18n import lazy
from portal.invoices import events
from portal.invoices.models import Invoice, InvoiceMoment
from portal.invoices.models import InvoiceStatus as S


@dataclass(frozen=True)
class Step:
    """One allowed change: its permission, its event (payments announce their own), its key in the history."""

    permission: str
    event: type[events.InvoiceEvent] | None
    what: str


STEPS: dict[tuple[S, S], Step] = {
    (S.DRAFT, S.IN_REVIEW): Step(P.Invoice.SUBMIT, events.InvoiceSent, "sent"),
    (S.DRAFT, S.DELETED): Step(P.Invoice.SUBMIT, events.InvoiceDeleted, "deleted"),
    (S.IN_REVIEW, S.WITHDRAWN): Step(P.Invoice.SUBMIT, events.InvoiceWithdrawn, "withdrawn"),
    (S.IN_REVIEW, S.APPROVED): Step(P.Invoice.APPROVE, events.InvoiceApproved, "approved"),
    (S.IN_REVIEW, S.DRAFT): Step(P.Invoice.APPROVE, events.InvoiceReturned, "returned"),
    (S.IN_REVIEW, S.REJECTED): Step(P.Invoice.APPROVE, events.InvoiceRejected, "rejected"),
    # what SAT says is cancelled is neither paid nor applied
    (S.APPROVED, S.REJECTED): Step(P.Invoice.REOPEN, events.InvoiceRejected, "rejected"),
    (S.SCHEDULED, S.REJECTED): Step(P.Invoice.REOPEN, events.InvoiceRejected, "rejected"),
    (S.APPROVED, S.SCHEDULED): Step(P.Payment.SCHEDULE, None, "scheduled"),
    (S.SCHEDULED, S.APPROVED): Step(P.Payment.SCHEDULE, None, "unscheduled"),
    (S.APPROVED, S.PARTLY_PAID): Step(P.Payment.REGISTER, None, "partly_paid"),
    (S.APPROVED, S.PAID): Step(P.Payment.REGISTER, None, "paid"),
    (S.SCHEDULED, S.PARTLY_PAID): Step(P.Payment.REGISTER, None, "partly_paid"),
    (S.SCHEDULED, S.PAID): Step(P.Payment.REGISTER, None, "paid"),
    (S.PARTLY_PAID, S.PAID): Step(P.Payment.REGISTER, None, "paid"),
    # what is for zero, and credit notes
    (S.APPROVED, S.NOTHING_OWED): Step(P.Invoice.APPROVE, None, "nothing_owed"),
    (S.APPROVED, S.PARTLY_APPLIED): Step(P.Payment.REGISTER, None, "partly_applied"),
    (S.APPROVED, S.APPLIED): Step(P.Payment.REGISTER, None, "applied"),
    (S.PARTLY_APPLIED, S.APPLIED): Step(P.Payment.REGISTER, None, "applied"),
    (S.APPLIED, S.PARTLY_APPLIED): Step(P.Payment.VOID, None, "payment_voided"),
    (S.APPLIED, S.APPROVED): Step(P.Payment.VOID, None, "payment_voided"),
    (S.PARTLY_APPLIED, S.APPROVED): Step(P.Payment.VOID, None, "payment_voided"),
    # voiding
    (S.PAID, S.PARTLY_PAID): Step(P.Payment.VOID, None, "payment_voided"),
    (S.PAID, S.SCHEDULED): Step(P.Payment.VOID, None, "payment_voided"),
    (S.PAID, S.APPROVED): Step(P.Payment.VOID, None, "payment_voided"),
    (S.PARTLY_PAID, S.SCHEDULED): Step(P.Payment.VOID, None, "payment_voided"),
    (S.PARTLY_PAID, S.APPROVED): Step(P.Payment.VOID, None, "payment_voided"),
}

OPEN = (S.IN_REVIEW, S.APPROVED, S.SCHEDULED, S.PARTLY_PAID, S.PARTLY_APPLIED)  # "in process"
CLOSED = (S.PAID, S.APPLIED, S.NOTHING_OWED, S.REJECTED, S.WITHDRAWN)  # the archive, under filters


def may(invoice: Invoice, to: S, actor: Actor) -> bool:
    """Say whether `actor` may take `invoice` to `to` now; buttons ask this, `move` insists on it."""
    step = STEPS.get((invoice.status, to))
    return step is not None and actor.can(step.permission)


def move(invoice: Invoice, to: S, actor: Actor, *, reason: str = "", **details: Any) -> None:
    """Take `invoice` to `to`, write the moment and announce the step's event with `details`.

    Raises Conflict when the step is not in the table (somebody was faster, or the page is stale), NotAllowed when
    the actor lacks the step's permission.
    """
    step = STEPS.get((invoice.status, to))
    if step is None:
        raise Conflict(lazy("The invoice is no longer where this page showed it. Look at it again."))
    actor.require(step.permission)
    invoice.status = to
    invoice.version += 1
    remember(invoice, step.what, actor, reason)
    if step.event is not None:
        said = {**details, "reason": reason} if "reason" in step.event.__dataclass_fields__ else details
        announce(step.event(**events.about(invoice), **said), actor)


def remember(invoice: Invoice, what: str, actor: Actor, reason: str = "") -> None:
    """Write a line of the invoice's history. `what` is a key of `history.SENTENCES`."""
    session.add(InvoiceMoment(
        client_id=invoice.client_id, relationship_id=invoice.relationship_id, invoice_id=invoice.id, what=what,
        side=actor.side.value, user_name=actor.name[:120], organization_name=actor.organization_name[:300],
        reason=reason[:1000]))


def require_version(invoice: Invoice, version: int | None) -> None:
    """Raise Conflict when the page that asks was drawn before the invoice changed; None does not ask."""
    if version is not None and version != invoice.version:
        raise Conflict(lazy("The invoice has changed since this page was drawn. Look at it again and repeat the act."))
