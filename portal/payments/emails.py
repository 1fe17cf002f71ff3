"""The letters of treasury to suppliers."""
from typing import Any

from portal.accounts import queries as accounts
from portal.core.i18n import day, money, speaking
from portal.invoices.queries import LetterFacts
from portal.mail.services import post
from portal.payments.crediting import Applying
from portal.payments.models import Payment

_SAMPLE: dict[str, Any] = {"client": "Comercializadora del Valle", "supplier": "Papelería Ñandú", "number": "A-1023",
                           "total": "$1,160.00 MXN", "link": "/invoices/0199c1de-0000-7000-8000-000000000000"}
_PAYMENT: dict[str, Any] = {"client": "Comercializadora del Valle", "number": "P-2041", "amount": "$1,160.00 MXN",
                            "link": "/payments/0199c1de-0000-7000-8000-000000000000"}

LETTERS: dict[str, dict[str, Any]] = {
    "payment_scheduled": {**_SAMPLE, "pay_on": "26 nov 2026", "before": ""},
    "payment_unscheduled": {**_SAMPLE, "before": "26 nov 2026", "note": "El banco no opera ese día."},
    "payment_registered": {**_PAYMENT, "paid_on": "26 nov 2026", "invoices": "A-1023, A-1024", "ppd": True,
                           "paid": True, "reference": "BNET0100261126", "note": "Incluye el anticipo de octubre.",
                           "credits": ["NC-7 → A-1023: -$116.00 MXN"]},
    "payment_voided": {**_PAYMENT, "reason": "El banco devolvió la transferencia.", "credits": True},
}


def about_invoice(letter: str, known: LetterFacts, dates: dict[str, Any], **more: str) -> None:
    """Post a letter about one invoice; `dates` are written in each reader's language."""
    invoice = known.invoice
    context = {"client": known.client_name, "supplier": invoice.supplier_name, "number": invoice.number,
               "total": money(invoice.balance, invoice.currency), "link": f"/invoices/{invoice.id}", **more}
    for person in accounts.contacts_of(known.supplier_organization_id):
        with speaking(person.locale):
            written = {key: day(value) if value else "" for key, value in dates.items()}
        post(letter, person, context | written, client_id=invoice.client_id, relationship_id=invoice.relationship_id)


def credit(applied: Applying, currency: str) -> str:
    """Return one line about a credit note: its number, the invoice that it lowered, and the amount below zero."""
    return f"{applied.note.number} → {applied.invoice.number}: {money(-applied.amount, currency)}"


def about_payment(letter: str, payment: Payment, known: LetterFacts, **more: Any) -> None:
    """Post a letter about a payment."""
    context = {"client": known.client_name, "number": payment.number,
               "amount": money(payment.amount, payment.currency), "link": f"/payments/{payment.id}", **more}
    for person in accounts.contacts_of(known.supplier_organization_id):
        with speaking(person.locale):
            written = {"paid_on": day(payment.paid_on)} if letter == "payment_registered" else {}
        post(letter, person, context | written, client_id=payment.client_id, relationship_id=payment.relationship_id)
