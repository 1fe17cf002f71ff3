"""Pure arithmetic of payments. Amounts are Decimals; nothing is guessed and nothing is tolerated over the balance.

A line's `amount` is in the payment's currency, its `settled` in the invoice's. Between two currencies both go
through MXN: the payment at the rate that treasury gives, the invoice at its CFDI's rate, frozen at sending.
"""
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Line:
    """What of a payment goes to one invoice, in the payment's currency."""

    invoice_id: UUID
    amount: Decimal


@dataclass(frozen=True)
class Owed:
    """What an invoice still owes, and at which rate (MXN for one unit; 1 for MXN; None when unknown)."""

    balance: Decimal
    currency: str
    rate: Decimal | None


def settled(amount: Decimal, currency: str, rate: Decimal | None, owed: Owed) -> Decimal | None:
    """Return what `amount` settles in the invoice's currency, to the cent; None when a rate is missing."""
    if currency == owed.currency:
        return amount
    paying = Decimal(1) if currency == "MXN" else rate
    owing = Decimal(1) if owed.currency == "MXN" else owed.rate
    if not paying or not owing:
        return None
    return (amount * paying / owing).quantize(CENT, ROUND_HALF_UP)


def adds_up(amount: Decimal, lines: Sequence[Line]) -> bool:
    """Say whether the lines are exactly the payment."""
    return sum((line.amount for line in lines), Decimal(0)) == amount


def totals(amounts: Iterable[tuple[str, Decimal]]) -> list[tuple[str, Decimal]]:
    """Return the sum per currency, ordered by currency."""
    sums: dict[str, Decimal] = {}
    for currency, amount in amounts:
        sums[currency] = sums.get(currency, Decimal(0)) + amount
    return sorted(sums.items())
