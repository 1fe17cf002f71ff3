"""What registering a payment would do: worked out once, shown to treasury, and then done.

The confirmation shows an `Effect`; the write computes it again under the invoices' locks and compares fingerprints, so
that nobody confirms one thing and registers another.
"""
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from hashlib import sha256
from uuid import UUID

from sqlalchemy import func, select

from portal.access.actor import Actor
from portal.core.clock import today
from portal.core.db import session
from portal.core.errors import Invalid
from portal.core.i18n import _, money
from portal.core.types import Upload
from portal.invoices.models import Invoice
from portal.payments import crediting, engine
from portal.payments.crediting import Applying
from portal.payments.models import Payment, PaymentMethod, PaymentStatus
from portal.storage import services as files
from portal.suppliers import queries as suppliers
from portal.suppliers.models import Relationship
from portal.suppliers.queries import Account

EVIDENCE = ("pdf", "png", "jpeg", "xml")


class Changed(Invalid):
    """What was confirmed is not what would happen now."""


@dataclass(frozen=True)
class RegisterPayment:
    """A payment as treasury gives it. `rate`: MXN for one unit of `currency`; needed when it is not MXN."""

    relationship_id: UUID
    number: str
    paid_on: date
    method: PaymentMethod
    currency: str
    amount: Decimal
    lines: tuple[engine.Line, ...]
    credits: tuple[engine.Credit, ...] = ()
    rate: Decimal | None = None
    reference: str = ""
    bank_account_id: UUID | None = None
    note: str = ""
    evidence: Upload | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Settling:
    """What is settled of one invoice: `amount` in the payment's currency, the rest in the invoice's."""

    invoice: Invoice
    amount: Decimal
    settled: Decimal
    before: Decimal

    @property
    def after(self) -> Decimal:
        """What the invoice owes afterwards."""
        return self.before - self.settled


@dataclass(frozen=True)
class Effect:
    """A payment that may be registered, and what it does to each invoice and credit note."""

    command: RegisterPayment
    beneficiary: Relationship
    account: Account | None
    lines: tuple[Settling, ...]
    credits: tuple[Applying, ...] = ()

    @property
    def settled(self) -> Decimal:
        """What the invoices get in all, in the payment's currency."""
        return sum((x.amount for x in self.lines), Decimal(0))

    @property
    def credited(self) -> Decimal:
        """What credit notes cover of that."""
        return sum((x.amount for x in self.credits), Decimal(0))

    @property
    def fingerprint(self) -> str:
        """What a confirmation confirms: everything typed, the proof's bytes, and each balance before it."""
        proof = sha256(self.command.evidence.data).hexdigest() if self.command.evidence else ""
        owed = [(str(x.invoice.id), f"{x.before:f}", f"{x.settled:f}") for x in self.lines]
        owed += [(str(x.note.id), f"{x.before:f}", f"{x.amount:f}") for x in self.credits]
        mask = self.account.mask if self.account else ""
        return sha256(repr((self.command, proof, mask, owed)).encode()).hexdigest()


def of(command: RegisterPayment, rows: Sequence[Invoice], actor: Actor) -> Effect:
    """Return the effect of `command` on `rows`, the invoices and notes that it names, as they stand now.

    Raises Invalid with what is wrong, NotFound for a supplier or account of somebody else.
    """
    relationship = suppliers.relationship(actor, command.relationship_id)
    _check(command, actor)
    by_id = {i.id: i for i in rows}
    if any(i.relationship_id != relationship.id for i in rows):
        raise Invalid(_("All invoices of a payment must be of the same supplier."))
    account = (suppliers.approved_account(actor, command.relationship_id, command.bank_account_id)
               if command.bank_account_id else None)
    return Effect(command, relationship, account,
                  tuple(_settling(by_id[line.invoice_id], line, command) for line in command.lines),
                  crediting.applied(command.credits, command.lines, command.currency, by_id))


def twins(effect: Effect) -> Sequence[Payment]:
    """Return the standing payments to the same supplier with the same reference and amount: paid twice, perhaps."""
    command = effect.command
    if not command.reference.strip():
        return []
    return session.scalars(select(Payment).where(
        Payment.relationship_id == command.relationship_id, Payment.status == PaymentStatus.REGISTERED,
        Payment.amount == command.amount, Payment.currency == command.currency,
        func.lower(func.trim(Payment.reference)) == command.reference.strip().lower()).order_by(Payment.id)).all()


def _check(command: RegisterPayment, actor: Actor) -> None:
    wrong: dict[str, object] = {}
    if command.paid_on > today(actor.zone):
        wrong["paid_on"] = _("The date is in the future. A payment is registered once the money has gone out; "
                             "for later days, schedule it.")
    if command.rate and command.rate != round(command.rate, 6):
        wrong["rate"] = _("Give the exchange rate with six decimals at most.")
    if command.currency != "MXN" and command.amount and not command.rate:
        wrong["rate"] = _("Give the exchange rate: how many pesos one %(currency)s cost.", currency=command.currency)
    if amount := _wrong_amount(command):
        wrong["amount"] = amount
    wrong |= _wrong_method(command)
    if _number_used(command, actor):
        wrong["number"] = number_used(command.number)
    if wrong:
        raise Invalid(fields=wrong)
    if command.evidence:
        _check_proof(command.evidence)


def _check_proof(proof: Upload) -> None:
    try:
        files.accept(proof, allowed=EVIDENCE)
    except Invalid as refused:
        raise Invalid(fields={"evidence": refused.message}) from refused


def _wrong_amount(command: RegisterPayment) -> str:
    if not command.lines:
        return _("Choose at least one invoice to pay.")
    if any(line.amount <= 0 for line in command.lines):
        return _("Each chosen invoice needs an amount above zero.")
    given = engine.to_pay(command.lines, command.credits)
    if given == command.amount:
        return ""
    if command.credits:
        return _("The payment is %(amount)s, but its invoices less the credit notes are %(given)s. Correct one of "
                 "them.", amount=money(command.amount, command.currency), given=money(given, command.currency))
    return _("The payment is %(amount)s but its invoices add up to %(given)s. Correct one of them.",
             amount=money(command.amount, command.currency), given=money(given, command.currency))


def _wrong_method(command: RegisterPayment) -> dict[str, object]:
    compensation = command.method is PaymentMethod.COMPENSATION
    if compensation and command.bank_account_id:
        return {"bank_account_id": _("A compensation moves no money: leave the account empty.")}
    if compensation and command.amount:
        return {"method": _("A compensation moves no money, and this payment does. Choose how it was paid.")}
    if not compensation and not command.amount:
        return {"method": _("Nothing goes out: credit notes cover everything. Choose “Compensation”.")}
    return {}


def number_used(number: str) -> str:
    """Return the sentence about a payment number that is taken."""
    return _("Payment number %(number)s is already in the archive. Numbers are never "
             "repeated: check whether it was registered before.", number=number)


def _number_used(command: RegisterPayment, actor: Actor) -> bool:
    return session.scalar(select(Payment.id).filter_by(client_id=actor.client_id,
                                                       number=command.number.strip())) is not None


def _settling(invoice: Invoice, line: engine.Line, command: RegisterPayment) -> Settling:
    owed = engine.Owed(invoice.balance, invoice.currency, invoice.exchange_rate)
    amount = engine.settled(line.amount, command.currency, command.rate, owed)
    if amount is None:
        raise Invalid(fields={"rate": _("Invoice %(number)s is in %(currency)s and has no exchange rate; pay it in "
                                        "its own currency.", number=invoice.number, currency=invoice.currency)})
    if wrong := _wrong_share(invoice, line, amount, command.currency):
        raise Invalid(fields={"amount": wrong})
    return Settling(invoice, line.amount, amount, owed.balance)


def _wrong_share(invoice: Invoice, line: engine.Line, settled: Decimal, currency: str) -> str:
    if settled > invoice.balance:
        return _("Invoice %(number)s owes %(balance)s and this payment would settle %(amount)s. Lower it.",
                 number=invoice.number, balance=money(invoice.balance, invoice.currency),
                 amount=money(settled, invoice.currency))
    if not engine.is_payable(line.amount, currency, invoice.balance):
        return crediting.too_fine(invoice.number, currency)
    return "" if settled else _("What you give %(number)s is less than the smallest amount of its currency. Raise it.",
                                number=invoice.number)
