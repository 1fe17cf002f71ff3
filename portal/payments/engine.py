"""Pure arithmetic of payments. Amounts are Decimals; nothing is guessed and nothing is tolerated over the balance.

A line's `amount` is in the payment's currency, its `settled` in the invoice's. Between two currencies both go
through MXN: the payment at the rate that treasury gives, the invoice at its CFDI's rate, frozen at sending.
"""
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from portal.core.money import quantize


@dataclass(frozen=True)
class Line:
    """What a payment settles of one invoice, in the payment's currency; what credit notes cover of it included."""

    invoice_id: UUID
    amount: Decimal


@dataclass(frozen=True)
class Credit:
    """What of a credit note is taken off one invoice of the same payment: above zero, in the currency of all three."""

    note_id: UUID
    invoice_id: UUID
    amount: Decimal


@dataclass(frozen=True)
class Owed:
    """What an invoice still owes, and at which rate (MXN for one unit; 1 for MXN; None when unknown)."""

    balance: Decimal
    currency: str
    rate: Decimal | None


def settled(amount: Decimal, currency: str, rate: Decimal | None, owed: Owed) -> Decimal | None:
    """Return what `amount` settles, to the smallest unit of the invoice's currency; None when a rate is missing."""
    if currency == owed.currency:
        return amount
    paying = Decimal(1) if currency == "MXN" else rate
    owing = Decimal(1) if owed.currency == "MXN" else owed.rate
    if not paying or not owing:
        return None
    return quantize(amount * paying / owing, owed.currency)


def is_payable(amount: Decimal, currency: str, left: Decimal) -> bool:
    """Say whether `amount` can be given at all: no fractions of the smallest unit, but to end what is `left`."""
    return amount in (left, quantize(amount, currency))


def to_pay(lines: Iterable[Line], credits: Iterable[Credit]) -> Decimal:
    """Return what goes out: the lines less the credits. Below zero when the credits are more."""
    return sum((line.amount for line in lines), Decimal(0)) - sum((one.amount for one in credits), Decimal(0))


def totals(amounts: Iterable[tuple[str, Decimal]]) -> list[tuple[str, Decimal]]:
    """Return the sum per currency, ordered by currency."""
    sums: dict[str, Decimal] = {}
    for currency, amount in amounts:
        sums[currency] = sums.get(currency, Decimal(0)) + amount
    return sorted(sums.items())
