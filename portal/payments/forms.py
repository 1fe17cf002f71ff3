"""The shapes of what treasury types."""
from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import DateField, SelectField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError
from wtforms.validators import Optional as MayBeEmpty

from portal.core.errors import Invalid
from portal.core.i18n import _, lazy
from portal.core.money import decimals, written
from portal.invoices.models import Invoice
from portal.payments.crediting import Offer
from portal.payments.effects import RegisterPayment
from portal.payments.engine import Credit, Line
from portal.payments.models import METHOD_WORDS, PaymentMethod
from portal.web.forms import Amount, Form, Given, Text, amount_of, upload_of

CURRENCIES = ("MXN", "USD", "EUR", "CAD", "GBP", "JPY", "CHF")
PLACES = 6  # as many as are kept


class ScheduleForm(Form):
    """A payment date for the chosen invoices."""

    pay_on = DateField(lazy("Payment date"), validators=[DataRequired(lazy("Choose a date."))])


class UnscheduleForm(Form):
    """Why a date is taken away."""

    note = TextAreaField(lazy("Reason"), validators=[Length(max=500)])


class VoidForm(Form):
    """Why a payment does not stand."""

    reason = TextAreaField(lazy("Reason"), validators=[Length(max=500)])


class RegisterForm(Form):
    """A payment to one supplier. Beside it come the amounts per invoice, as `amount-<invoice id>`, and what of credit
    notes is applied, as `credit-<key>` and `against-<key>` (`crediting.Offer.key`).
    """

    number = Text(
        lazy("Payment number"), validators=[DataRequired(lazy("Give the payment its number.")), Length(max=40)]
    )
    paid_on = DateField(lazy("Date of payment"), validators=[DataRequired(lazy("Choose the day the money went out."))])
    method = SelectField(lazy("How it was paid"), coerce=PaymentMethod,
                         choices=[(method.value, word) for method, word in METHOD_WORDS.items()])
    currency = SelectField(lazy("Currency of the payment"), choices=[(c, c) for c in CURRENCIES])
    rate = Amount(lazy("Exchange rate"), places=6, validators=[MayBeEmpty()],
                  description=lazy("Pesos for one unit of the payment's currency. Not needed in pesos."))
    amount = Amount(lazy("Amount paid"), places=PLACES, validators=[Given(lazy("Give the amount that went out."))],
                    description=lazy("What the invoices get, less the credit notes."))
    reference = Text(lazy("Tracking key or reference"), validators=[Length(max=60)])
    bank_account_id = SelectField(lazy("Paid into"), validators=[MayBeEmpty()])
    evidence = FileField(lazy("Proof of payment"), description=lazy("PDF or image, up to 10 MB."))
    note = TextAreaField(lazy("Note for the supplier"), validators=[Length(max=500)])

    def validate_rate(self, field: Amount) -> None:
        """Refuse a rate of nothing."""
        if field.data == 0:
            raise ValidationError(_("The exchange rate is above zero."))

    def rewind(self) -> None:
        """Let the proof be read again: it was read once to show what would happen."""
        if isinstance(self.evidence.data, FileStorage):
            self.evidence.data.stream.seek(0)

    def to_command(self, relationship_id: UUID, lines: tuple[Line, ...],
                   credits: tuple[Credit, ...] = ()) -> RegisterPayment:
        """Return the command."""
        account = self.bank_account_id.data
        return RegisterPayment(
            relationship_id=relationship_id, number=self.number.data, paid_on=self.paid_on.data,
            method=self.method.data, currency=self.currency.data, amount=self.amount.data, lines=lines,
            credits=credits, rate=self.rate.data, reference=self.reference.data or "",
            bank_account_id=UUID(account) if account else None, note=self.note.data or "",
            evidence=upload_of(self.evidence))


def lines_of(values: Mapping[str, str], payable: Sequence[Invoice]) -> tuple[Line, ...]:
    """Return the lines that were typed for the invoices of the page; empty and zero amounts are none.

    Raises Invalid when an amount is not a number, or belongs to an invoice that is no longer payable.
    """
    lines, left = [], {f"amount-{i.id}" for i in payable}
    if any(_given(v) for k, v in values.items() if k.startswith("amount-") and k not in left):
        raise Invalid(_("An invoice that you had given an amount is not waiting for payment any more: somebody else "
                        "has paid it. Look at the amounts again."))
    for invoice in payable:
        amount = _amount(values.get(f"amount-{invoice.id}", ""), invoice)
        if amount:
            lines.append(Line(invoice.id, amount))
    return tuple(lines)


def credits_of(values: Mapping[str, str], offers: Sequence[Offer]) -> tuple[Credit, ...]:
    """Return what was typed for the credit notes of the page; one note on one invoice is one credit.

    Raises Invalid when an amount is not a number or has no invoice, or when its note is not left to apply any more.
    """
    made: dict[tuple[UUID, UUID], Decimal] = {}
    left = {f"credit-{offer.key}" for offer in offers}
    if any(_given(v) for k, v in values.items() if k.startswith("credit-") and k not in left):
        raise Invalid(_("A credit note that you had given an amount is not left to apply as it was: somebody else has "
                        "applied it. Look at the amounts again."))
    for offer in offers:
        amount = _amount(values.get(f"credit-{offer.key}", ""), offer.note)
        if amount:
            key = offer.note.id, _against(values.get(f"against-{offer.key}", ""), offer.note.number)
            made[key] = made.get(key, Decimal(0)) + amount
    return tuple(Credit(note_id, invoice_id, amount) for (note_id, invoice_id), amount in made.items())


def _amount(typed: str, document: Invoice) -> Decimal:
    try:
        return amount_of(typed, _places(document)) if typed.strip() else Decimal(0)
    except ValueError as wrong:
        raise Invalid(fields={"amount": _("%(number)s, “%(typed)s”: %(sentence)s", number=document.number,
                                          typed=typed.strip()[:20], sentence=wrong)}) from wrong


def _places(document: Invoice) -> int:
    """Return how many decimals an amount may have: two, or those of the document's currency or of its balance."""
    return max(2, decimals(document.currency), len(f"{document.balance.normalize():f}".partition(".")[2]))


def _given(typed: str) -> bool:
    return bool(typed.strip(" 0.,$"))


def _against(chosen: str, number: str) -> UUID:
    try:
        return UUID(chosen)
    except ValueError as nothing:
        raise Invalid(_("Choose to which invoice credit note %(note)s is applied.", note=number)) from nothing


def tidied(typed: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed for the documents of the page, its amounts as they are read: `1,160.00`."""
    return {key: _tidy(value) if key.startswith(("amount-", "credit-")) else value for key, value in typed.items()}


def _tidy(typed: str) -> str:
    try:
        return written(amount_of(typed, PLACES))
    except ValueError:
        return typed
