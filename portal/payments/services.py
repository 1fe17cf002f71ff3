"""The verbs of treasury: give dates, register payments, void them."""
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
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
from portal.invoices.models import Invoice, InvoiceStatus
from portal.payments import effects
from portal.payments.effects import EVIDENCE, Changed, Effect, RegisterPayment
from portal.payments.events import PaymentRegistered, PaymentScheduled, PaymentUnscheduled, PaymentVoided
from portal.payments.models import Payment, PaymentDate, PaymentLine, PaymentStatus
from portal.storage import services as files

PAYABLE = (InvoiceStatus.APPROVED, InvoiceStatus.SCHEDULED, InvoiceStatus.PARTLY_PAID)


def schedule(invoice_ids: Sequence[UUID], pay_on: date, actor: Actor) -> list[Invoice]:
    """Give approved invoices a payment date (today or later), or change the one they have.

    Raises Invalid for a past date, Conflict when one of them is no longer to be paid.
    """
    actor.require(Permission.Payment.SCHEDULE)
    if pay_on < today(actor.zone):
        raise Invalid(fields={"pay_on": _("The date has passed. Choose today or a later day.")})
    rows = _standing(_lock(invoice_ids, actor))
    for invoice in rows:
        if invoice.scheduled_on != pay_on:
            _give_date(invoice, pay_on, "", actor)
    return rows


def unschedule(invoice_id: UUID, note: str, actor: Actor) -> Invoice:
    """Take an invoice's payment date away; the supplier is told why."""
    actor.require(Permission.Payment.SCHEDULE)
    (invoice,) = _lock([invoice_id], actor)
    if invoice.scheduled_on is None:
        raise Conflict(_("This invoice has no payment date."))
    if len(note.strip()) < 5:
        raise Invalid(fields={"note": _("Say why: the supplier counted on this date.")})
    _give_date(invoice, None, note.strip(), actor)
    return invoice


def preview(command: RegisterPayment, actor: Actor) -> Effect:
    """Return what registering would do, without doing it. Raises as `register`, but for the number's last word."""
    actor.require(Permission.Payment.REGISTER)
    rows = [invoices_queries.get(actor, i) for i in dict.fromkeys(line.invoice_id for line in command.lines)]
    return effects.of(command, _standing(_payable(rows)), actor)


def register(command: RegisterPayment, actor: Actor, seen: str | None = None) -> Payment:
    """Register a payment and settle its invoices, all or nothing.

    `seen`: the fingerprint of the effect that the person confirmed. Raises Changed when it is not what would happen
    now, Invalid (over the balance, does not add up, future date, number used, rate missing), Conflict (an invoice is
    not payable any more), NotFound (an invoice or account of somebody else).
    """
    actor.require(Permission.Payment.REGISTER)
    effect = effects.of(command, _standing(_lock([line.invoice_id for line in command.lines], actor)), actor)
    if seen is not None and seen != effect.fingerprint:
        raise Changed(_("What this payment would do has changed since you looked at it. Here it is as it stands "
                        "now: check it and confirm again."))
    payment = _payment(effect, actor)
    _insert(payment, command.number)
    for settling in effect.lines:
        _settle(payment, settling, actor)
    announce(PaymentRegistered(client_id=payment.client_id, relationship_id=payment.relationship_id,
                               subject_id=payment.id, subject_label=payment.number, amount=str(payment.amount),
                               currency=payment.currency,
                               invoices=tuple(x.invoice.number for x in effect.lines)), actor)
    return payment


def void(payment_id: UUID, reason: str, actor: Actor) -> Payment:
    """Void a payment: its invoices owe again what it had settled. Kept in the archive with its reason."""
    actor.require(Permission.Payment.VOID)
    payment = session.scalar(select(Payment).filter_by(id=payment_id, client_id=actor.client_id).with_for_update())
    if payment is None:
        raise NotFound
    if payment.status is PaymentStatus.VOIDED:
        raise Conflict(_("This payment has been voided already."))
    if len(reason.strip()) < 5:
        raise Invalid(fields={"reason": _("Say why the payment does not stand (at least 5 letters).")})
    lines = session.scalars(select(PaymentLine).filter_by(payment_id=payment.id).order_by(PaymentLine.invoice_id))
    for line in lines.all():
        invoices.unsettle(invoices_queries.locked(actor, line.invoice_id), line.settled, actor)
    payment.status, payment.voided_at = PaymentStatus.VOIDED, now()
    payment.voided_by, payment.void_reason = actor.user_id, reason.strip()
    announce(PaymentVoided(client_id=payment.client_id, relationship_id=payment.relationship_id,
                           subject_id=payment.id, subject_label=payment.number, amount=str(payment.amount),
                           currency=payment.currency, reason=payment.void_reason), actor)
    return payment


def _lock(invoice_ids: Sequence[UUID], actor: Actor) -> list[Invoice]:
    # Always in the order of their ids, so that two payments of the same invoices cannot wait for each other.
    return _payable([invoices_queries.locked(actor, i) for i in sorted(set(invoice_ids))])


def _payable(rows: list[Invoice]) -> list[Invoice]:
    late = [i.number for i in rows if i.status not in PAYABLE or i.cfdi_type == "E"]
    if late:
        raise Conflict(_("These invoices are not waiting for payment any more: %(numbers)s. Look at the list again.",
                         numbers=", ".join(late)))
    return rows


def _standing(rows: list[Invoice]) -> list[Invoice]:
    """Return `rows`; raises Conflict when SAT says that one of them is cancelled: it must not be paid."""
    cancelled = [i.number for i in rows if at_sat.is_cancelled(i)]
    if cancelled:
        raise Conflict(_("SAT says that these invoices are cancelled, so they are not paid: %(numbers)s. Ask their "
                         "supplier for others.", numbers=", ".join(cancelled)))
    return rows


def _give_date(invoice: Invoice, pay_on: date | None, note: str, actor: Actor) -> None:
    before = invoice.scheduled_on
    session.add(PaymentDate(client_id=invoice.client_id, relationship_id=invoice.relationship_id,
                            invoice_id=invoice.id, pay_on=pay_on, note=note, given_by=actor.user_id))
    invoices.set_schedule(invoice, pay_on, actor)
    about: dict[str, Any] = {
        "client_id": invoice.client_id,
        "relationship_id": invoice.relationship_id,
        "subject_id": invoice.id,
        "subject_label": invoice.number,
    }
    if pay_on:
        announce(PaymentScheduled(**about, pay_on=pay_on.isoformat(),
                                  before=before.isoformat() if before else ""), actor)
    else:
        announce(PaymentUnscheduled(**about, before=str(before), note=note), actor)


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


def _settle(payment: Payment, settling: effects.Settling, actor: Actor) -> None:
    session.add(PaymentLine(client_id=payment.client_id, relationship_id=payment.relationship_id,
                            payment_id=payment.id, invoice_id=settling.invoice.id, amount=settling.amount,
                            settled=settling.settled, balance_before=settling.before))
    session.flush()
    invoices.settle(settling.invoice, settling.settled, actor)
