"""Arithmetic of the matrix: rounding, and the limits within which a written amount may lie (Anexo 20).

A written amount stands for every value that rounds to it, half a unit of its last decimal to either side. So the
product of two written amounts has a least and a greatest value, cut and raised to the decimals of the written result.
All with exact decimals: the runner sets a context wide enough.
"""

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal
from typing import Final

EXACT: Final = Context(prec=120, rounding=ROUND_HALF_UP)
ZERO: Final = Decimal(0)
_UNITS: Final = [Decimal(1).scaleb(-n) for n in range(66)]
_HALVES: Final = [unit / 2 for unit in _UNITS]
_LESS: Final = Decimal("1e-12")
_LESSER: Final = Decimal("1e-16")


def rounded(value: Decimal, decimals: int) -> Decimal:
    """Half up."""
    return value.quantize(_UNITS[decimals], ROUND_HALF_UP)


def nd(value: Decimal) -> int:
    """How many decimals were written; the reading keeps them."""
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0


def close(product: Decimal, importe: Decimal) -> bool:
    """Whether the plain product rounds to the written amount: then it is within any limits (the usual case)."""
    return product == importe or abs(product - importe) <= _HALVES[nd(importe)]


def product_limits(quantity: Decimal, price: Decimal, decimals: int) -> tuple[Decimal, Decimal]:
    """F1: the least and greatest Importe of a quantity at a unit price."""
    q, p = _HALVES[nd(quantity)], _HALVES[nd(price)]
    low = (quantity - q) * (price - p)
    high = (quantity + q - _LESS) * (price + p - _LESS)
    return low.quantize(_UNITS[decimals], ROUND_FLOOR), high.quantize(_UNITS[decimals], ROUND_CEILING)


def tax_limits(base: Decimal, rate: Decimal, decimals: int) -> tuple[Decimal, Decimal]:
    """F2: the least and greatest tax on a base."""
    half = _HALVES[nd(base)]
    low, high = (base - half) * rate, (base + half - _LESS) * rate
    return low.quantize(_UNITS[decimals], ROUND_FLOOR), high.quantize(_UNITS[decimals], ROUND_CEILING)


def converted_limits(paid: Decimal, equivalence: Decimal, decimals: int) -> tuple[Decimal, Decimal]:
    """F3: the least and greatest amount, in the payment's currency, of what was paid of a document in another one.

    Raises InvalidOperation or DivisionByZero for an equivalence that cannot be (the rule is then skipped).
    """
    half_paid, half = _HALVES[nd(paid)], _HALVES[nd(equivalence)]
    low = (paid - half_paid) / (equivalence + half - _LESSER)
    high = (paid + half_paid - _LESSER) / (equivalence - half)
    return low.quantize(_UNITS[decimals], ROUND_FLOOR), high.quantize(_UNITS[decimals], ROUND_CEILING)
