"""The verbs of treasury: give dates, register payments, void them."""
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.access.policy import Purpose
from portal.core.clock import now, today
from portal.core.db import savepoint, session
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.events import announce
from portal.core.i18n import _
from portal.invoices import at_sat
from portal.invoices import queries as invoices_queries
from portal.invoices import services as invoices
from portal.invoices.events import about
from portal.invoices.models import Invoice, InvoiceStatus
from portal.payments import effects, queries
from portal.payments.effects import EVIDENCE, Changed, Effect, RegisterPayment
from portal.payments.events import PaymentRegistered, PaymentScheduled, PaymentUnscheduled, PaymentVoided
from portal.payments.models import Payment, PaymentDate, PaymentLine, PaymentStatus
from portal.storage import services as files

FARTHEST = timedelta(days=366)  # a later date is a slip of the pen: suppliers would read it
PAYABLE = (InvoiceStatus.APPROVED, InvoiceStatus.SCHEDULED, InvoiceStatus.PARTLY_PAID)


def schedule(invoice_ids: Sequence[UUID], pay_on: date, actor: Actor) -> list[Invoice]:
    """Give approved invoices a payment date (today or later), or change the one they have; return those it changed.

    Raises Invalid for a past date or one more than a year away, Conflict when one of them is no longer to be paid.
    """
    actor.require(Permission.Payment.SCHEDULE)
    if pay_on < today(actor.zone):
        raise Invalid(fields={"pay_on": _("The date has passed. Choose today or a later day.")})
    if pay_on - today(actor.zone) > FARTHEST:
        raise Invalid(fields={"pay_on": _("The date is more than a year away. Check the year.")})
    rows = [invoice for invoice in _standing(_held(invoice_ids, actor)) if invoice.scheduled_on != pay_on]
    for invoice in rows:
        _give_date(invoice, pay_on, "", actor)
    return rows


def unschedule(invoice_id: UUID, note: str, actor: Actor) -> Invoice:
    """Take an invoice's payment date away; the supplier is told why."""
    actor.require(Permission.Payment.SCHEDULE)
    (invoice,) = _held([invoice_id], actor)
    if invoice.scheduled_on is None:
        raise Conflict(_("This invoice has no payment date."))
    if len(note.strip()) < 5:
        raise Invalid(fields={"note": _("Say why: the supplier counted on this date.")})
    _give_date(invoice, None, note.strip(), actor)
    return invoice


def preview(command: RegisterPayment, actor: Actor) -> Effect:
    """Return what registering would do, without doing it. Raises as `register`, but for the number's last word."""
    actor.require(Permission.Payment.REGISTER)
    return effects.of(command, _documents(command, actor, invoices_queries.get), actor)


def register(command: RegisterPayment, actor: Actor, seen: str | None = None) -> Payment:
    """Register a payment: settle its invoices and apply its credit notes, all or nothing.

    `seen`: the fingerprint of the effect that the person confirmed. Raises Changed when it is not what would happen
    now, Invalid (over a balance, does not add up, future date, number used, rate missing), Conflict (an invoice is
    not payable any more, or a note not to be applied), NotFound (an invoice or account of somebody else).
    """
    actor.require(Permission.Payment.REGISTER)
    effect = effects.of(command, _documents(command, actor, invoices_queries.locked), actor)
    if seen is not None and seen != effect.fingerprint:
        raise Changed(_("What this payment would do has changed since you looked at it. Here it is as it stands "
                        "now: check it and confirm again."))
    payment = _payment(effect, actor)
    _insert(payment, command.number)
    _write_lines(payment, effect)
    _settle(effect, actor)
    announce(PaymentRegistered(client_id=payment.client_id, relationship_id=payment.relationship_id,
                               subject_id=payment.id, subject_label=payment.number, amount=str(payment.amount),
                               currency=payment.currency,
                               invoices=tuple(x.invoice.number for x in effect.lines),
                               credits=tuple(f"{x.note.number} → {x.invoice.number}: {x.amount:f}"
                                             for x in effect.credits)), actor)
    return payment


def void(payment_id: UUID, reason: str, actor: Actor) -> Payment:
    """Void a payment: its invoices owe again what it had settled, its credit notes are left to apply again.

    Kept in the archive with its reason.
    """
    actor.require(Permission.Payment.VOID)
    payment = session.scalar(select(Payment).filter_by(id=payment_id, client_id=actor.client_id).with_for_update())
    if payment is None:
        raise NotFound
    if payment.status is PaymentStatus.VOIDED:
        raise Conflict(_("This payment has been voided already."))
    if len(reason.strip()) < 5:
        raise Invalid(fields={"reason": _("Say why the payment does not stand (at least 5 letters).")})
    per_document = select(PaymentLine.invoice_id, func.sum(func.abs(PaymentLine.settled))).where(
        PaymentLine.payment_id == payment.id).group_by(PaymentLine.invoice_id).order_by(PaymentLine.invoice_id)
    for invoice_id, settled in session.execute(per_document).all():
        invoices.unsettle(invoices_queries.locked(actor, invoice_id), settled, actor)
    payment.status, payment.voided_at = PaymentStatus.VOIDED, now()
    payment.voided_by, payment.void_reason = actor.user_id, reason.strip()
    announce(PaymentVoided(client_id=payment.client_id, relationship_id=payment.relationship_id,
                           subject_id=payment.id, subject_label=payment.number, amount=str(payment.amount),
                           currency=payment.currency, reason=payment.void_reason), actor)
    return payment


def _held(invoice_ids: Sequence[UUID], actor: Actor) -> list[Invoice]:
    """Return invoices that wait for payment, their rows held. Raises NotFound, Conflict (one waits no more)."""
    # Always in the order of their ids, so that two payments of the same invoices cannot wait for each other.
    return _payable([invoices_queries.locked(actor, i) for i in sorted(set(invoice_ids))])


def _documents(command: RegisterPayment, actor: Actor, read: Callable[[Actor, UUID], Invoice]) -> list[Invoice]:
    """Return the invoices and credit notes that a command names, each by `read`, in the order of their ids.

    Raises Conflict when one of them is no longer to be paid or applied.
    """
    paid, applied = {line.invoice_id for line in command.lines}, {credit.note_id for credit in command.credits}
    rows = [read(actor, i) for i in sorted(paid | applied)]
    _payable([row for row in rows if row.id in paid])
    _applicable([row for row in rows if row.id in applied])
    return _standing(rows)


def _applicable(notes: list[Invoice]) -> None:
    late = [i.number for i in notes if i.status not in queries.APPLICABLE or not i.is_credit]
    if late:
        raise Conflict(_("These credit notes are not left to apply any more: %(numbers)s. Look at the list again.",
                         numbers=", ".join(late)))


def _payable(rows: list[Invoice]) -> list[Invoice]:
    late = [i.number for i in rows if i.status not in PAYABLE or i.is_credit]
    if late:
        raise Conflict(_("These invoices are not waiting for payment any more: %(numbers)s. Look at the list again.",
                         numbers=", ".join(late)))
    return rows


def _standing(rows: list[Invoice]) -> list[Invoice]:
    """Return `rows`; raises Conflict when SAT says that one of them is cancelled: it is neither paid nor applied."""
    found = [i for i in rows if at_sat.is_cancelled(i)]
    notes, cancelled = [i.number for i in found if i.is_credit], [i.number for i in found if not i.is_credit]
    if notes:
        raise Conflict(_("SAT says that these credit notes are cancelled, so they are not applied: %(numbers)s. Ask "
                         "their supplier for others.", numbers=", ".join(notes)))
    if cancelled:
        raise Conflict(_("SAT says that these invoices are cancelled, so they are not paid: %(numbers)s. Ask their "
                         "supplier for others.", numbers=", ".join(cancelled)))
    return rows


def _give_date(invoice: Invoice, pay_on: date | None, note: str, actor: Actor) -> None:
    before = invoice.scheduled_on
    session.add(PaymentDate(client_id=invoice.client_id, relationship_id=invoice.relationship_id,
                            invoice_id=invoice.id, pay_on=pay_on, note=note, given_by=actor.user_id))
    invoices.set_schedule(invoice, pay_on, actor)
    if pay_on:
        announce(PaymentScheduled(**about(invoice), pay_on=pay_on.isoformat(),
                                  before=before.isoformat() if before else ""), actor)
    else:
        announce(PaymentUnscheduled(**about(invoice), before=str(before), note=note), actor)


def _payment(effect: Effect, actor: Actor) -> Payment:
    command, client_id, account = effect.command, actor.client_id, effect.account
    evidence = (files.keep(command.evidence, purpose=Purpose.PAYMENT, allowed=EVIDENCE, client_id=client_id,
                           actor=actor, relationship_id=command.relationship_id)
                if command.evidence and client_id else None)
    return Payment(client_id=client_id, relationship_id=command.relationship_id, number=command.number.strip(),
                   paid_on=command.paid_on, method=command.method, currency=command.currency,
                   exchange_rate=command.rate if command.currency != "MXN" else None, amount=command.amount,
                   reference=command.reference, bank_account_id=account.id if account else None,
                   account_mask=account.mask if account else "", note=command.note, registered_by=actor.user_id,
                   evidence_file_id=evidence.id if evidence else None)


def _insert(payment: Payment, number: str) -> None:
    try:
        with savepoint():
            session.add(payment)
    except IntegrityError as twice:
        raise Invalid(fields={"number": effects.number_used(number)}) from twice


def _write_lines(payment: Payment, effect: Effect) -> None:
    about: dict[str, Any] = {"client_id": payment.client_id, "relationship_id": payment.relationship_id,
                             "payment_id": payment.id}
    session.add_all(PaymentLine(**about, invoice_id=x.invoice.id, amount=x.amount, settled=x.settled,
                                balance_before=x.before) for x in effect.lines)
    session.add_all(PaymentLine(**about, invoice_id=x.note.id, against_id=x.invoice.id, amount=-x.amount,
                                settled=-x.amount, balance_before=x.before) for x in effect.credits)
    session.flush()


def _settle(effect: Effect, actor: Actor) -> None:
    for line in effect.lines:
        invoices.settle(line.invoice, line.settled, actor)
    for note in dict.fromkeys(x.note for x in effect.credits):
        invoices.settle(note, sum((x.amount for x in effect.credits if x.note is note), Decimal(0)), actor)
