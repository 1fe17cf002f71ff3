"""The remittance: the PDF that tells a supplier what was paid, how, and which invoices it settles."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from portal.documents.typesetting import breakable, typeset
from portal.documents.writing import day, language_of, money

WORDS = {
    "es": {
        "title": "Aviso de pago",
        "paid": "Importe pagado",
        "payer": "Paga",
        "payee": "Recibe",
        "date": "Fecha de pago",
        "method": "Forma de pago",
        "bank": "Banco",
        "account": "Cuenta",
        "reference": "Referencia",
        "rate": "Tipo de cambio",
        "invoices": "Facturas que cubre este pago",
        "folio": "Serie y folio",
        "uuid": "Folio fiscal (UUID)",
        "issued": "Fecha",
        "total": "Total",
        "settled": "Pagado",
        "covered": "Saldado",
        "balance": "Saldo",
        "sum": "Total pagado",
        "invoiced": "Total de las facturas",
        "credits": "Notas de crédito que se aplicaron",
        "applied_to": "Factura",
        "applied": "Aplicado",
        "left": "Por aplicar",
        "note": "Nota",
        "reminder": "Si tus facturas son de pago en parcialidades o diferido (PPD), emite el complemento de pago (REP) "
        "a más tardar el día 5 del mes siguiente al de este pago.",
        "voided": "Este pago fue anulado",
        "voided_means": "No cuenta como pagado: sus facturas vuelven a tener saldo.",
        "foot": "Este aviso informa un pago; no es un comprobante fiscal.",
        "page": "Página",
        "of": "de",
    },
    "en": {
        "title": "Remittance advice",
        "paid": "Amount paid",
        "payer": "Paid by",
        "payee": "Paid to",
        "date": "Payment date",
        "method": "Method",
        "bank": "Bank",
        "account": "Account",
        "reference": "Reference",
        "rate": "Exchange rate",
        "invoices": "Invoices settled by this payment",
        "folio": "Series and folio",
        "uuid": "Fiscal folio (UUID)",
        "issued": "Date",
        "total": "Total",
        "settled": "Paid",
        "covered": "Settled",
        "balance": "Balance",
        "sum": "Total paid",
        "invoiced": "Total of the invoices",
        "credits": "Credit notes that were applied",
        "applied_to": "Invoice",
        "applied": "Applied",
        "left": "Left to apply",
        "note": "Note",
        "reminder": "For invoices payable in instalments or deferred (PPD), issue the payment complement (REP) "
        "no later than the 5th of the month after this payment.",
        "voided": "This payment was voided",
        "voided_means": "It does not count as paid: its invoices owe again.",
        "foot": "This notice reports a payment; it is not a tax document.",
        "page": "Page",
        "of": "of",
    },
}
Day = date  # in a class that has a field of that name
WHOLE_ACCOUNT = re.compile(r"\d[\d\s-]{4,}")


@dataclass(frozen=True, slots=True)
class Party:
    """Who pays or is paid: the legal name, the RFC or foreign tax number, and further lines (an address)."""

    name: str
    tax_id: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PaidInvoice:
    """One invoice of the payment. `paid` is in the payment's currency; `total` and `balance` in the invoice's own.

    What credit notes covered of it is part of `paid`.
    """

    folio: str
    uuid: str
    date: date
    total: Decimal
    paid: Decimal
    balance: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class AppliedCredit:
    """What of a credit note was taken off the `invoice`, and what is left of it: in the payment's currency."""

    folio: str
    uuid: str
    date: date
    invoice: str
    applied: Decimal
    left: Decimal


@dataclass(frozen=True, slots=True)
class Remittance:
    """A payment. `account` is already masked (`•••• 1234`). `amount` is what the invoices got, less the credits.

    `voided_on`: the day on which it turned out not to stand; the document says so first, and asks for nothing.
    `asks_for_rep`: some of the invoices are PPD, so their issuer owes a payment complement (RMF 2.7.1.32).
    """

    payer: Party
    payee: Party
    number: str
    date: date
    method: str
    amount: Decimal
    currency: str
    account: str
    invoices: tuple[PaidInvoice, ...]
    bank: str = ""
    reference: str = ""
    rate: str = ""
    note: str = ""
    asks_for_rep: bool = True
    credits: tuple[AppliedCredit, ...] = ()
    voided_on: Day | None = None
    void_reason: str = ""


def render(payment: Remittance, language: str = "es") -> bytes:
    """Return the PDF in `language`. Raises ValueError if the account is not masked: it must not leave the house."""
    if WHOLE_ACCOUNT.search(payment.account):
        raise ValueError("an account number is printed masked")
    tongue = language_of(language)
    words = WORDS[tongue]
    return typeset("remittance", {
        "words": words,
        "lang": tongue,
        "title": f"{words['title']} {payment.number}",
        "author": payment.payer.name,
        "number": payment.number,
        "amount": money(payment.amount),
        "currency": payment.currency,
        "payer": _party(payment.payer),
        "payee": _party(payment.payee),
        "date": day(payment.date, tongue),
        "method": payment.method,
        "bank": payment.bank,
        "account": payment.account,
        "reference": breakable(payment.reference),
        "rate": payment.rate,
        "note": breakable(payment.note),
        "asks_for_rep": payment.asks_for_rep and not payment.voided_on,
        "voided": f"{words['voided']} · {day(payment.voided_on, tongue)}" if payment.voided_on else "",
        "void_reason": breakable(payment.void_reason),
        "invoices": [_invoice(one, payment.currency, tongue) for one in payment.invoices],
        "credits": [_credit(one, tongue) for one in payment.credits],
        "invoiced": money(sum((one.paid for one in payment.invoices), Decimal(0)), payment.currency),
        "sum": money(payment.amount, payment.currency),
    })  # fmt: skip


def _party(party: Party) -> dict[str, object]:
    return {"name": breakable(party.name), "lines": [breakable(line) for line in (party.tax_id, *party.lines) if line]}


def _invoice(one: PaidInvoice, currency: str, tongue: str) -> dict[str, str]:
    """The currency of an invoice is written only where it is not the payment's."""
    own = "" if one.currency == currency else one.currency
    return {
        "folio": breakable(one.folio) or "—",
        "uuid": one.uuid.upper() or "—",
        "date": day(one.date, tongue),
        "total": money(one.total, own),
        "paid": money(one.paid),
        "balance": money(one.balance, own),
    }


def _credit(one: AppliedCredit, tongue: str) -> dict[str, str]:
    return {
        "folio": breakable(one.folio) or "—",
        "uuid": one.uuid.upper() or "—",
        "date": day(one.date, tongue),
        "invoice": breakable(one.invoice),
        "applied": money(-one.applied),
        "left": money(one.left),
    }
