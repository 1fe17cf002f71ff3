"""Money: a Decimal and its currency. Rounded half-up to the currency's decimals, never through a float.

Decimals by ISO 4217 (list one, 2026); SAT's c_Moneda agrees with it. Two currencies are never added up.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

ZERO_DECIMALS = frozenset(
    [
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "UYI",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    ]
)
WITHOUT_UNIT = frozenset(["XXX", "XTS", "XAU", "XAG", "XPD", "XPT", "XBA", "XBB", "XBC", "XBD", "XDR", "XSU", "XUA"])
OTHER_DECIMALS = {"BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3, "CLF": 4, "UYW": 4}
CURRENCY = re.compile(r"[A-Z]{3}")
BLANKS = re.compile(r"[\s'\u2018\u2019\u200e\u200f]+")
BETWEEN_DIGITS = re.compile(r"(?<=[0-9])[\s'\u2018\u2019]+(?=[0-9])")
GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]*)?|\.[0-9]+")
MAX_INTEGER_DIGITS = 15


class CurrencyMismatch(ValueError):
    """Two amounts of different currencies met without a rate."""


class NotAnAmount(ValueError):
    """What was typed is no amount. `code`: empty, format, decimals, sign, size; `expected` helps the sentence."""

    def __init__(self, code: str, expected: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.expected = expected


def decimals(currency: str) -> int:
    """Return how many decimals `currency` (ISO 4217) has; 2 unless the standard says otherwise."""
    return 0 if currency in ZERO_DECIMALS | WITHOUT_UNIT else OTHER_DECIMALS.get(currency, 2)


def quantize(amount: Decimal, currency: str) -> Decimal:
    """Return `amount` rounded half-up to the decimals of `currency`."""
    return amount.quantize(Decimal(1).scaleb(-decimals(currency)), rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount of one currency (three capitals). Arithmetic across currencies raises CurrencyMismatch."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Decimal) or not self.amount.is_finite():
            raise ValueError("money is a finite Decimal")
        if not CURRENCY.fullmatch(self.currency):
            raise ValueError(f"not a currency: {self.currency!r}")

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.amount <= self._same(other)

    def __gt__(self, other: "Money") -> bool:
        return self.amount > self._same(other)

    def __ge__(self, other: "Money") -> bool:
        return self.amount >= self._same(other)

    def rounded(self) -> "Money":
        """Return this amount at its currency's decimals."""
        return Money(quantize(self.amount, self.currency), self.currency)

    def _same(self, other: "Money") -> Decimal:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency}")
        return other.amount


def convert(money: Money, currency: str, rate: Decimal) -> Money:
    """Return `money` in `currency`, rounded. `rate` is how much of `currency` one unit of money's currency is worth.

    Raises ValueError for a rate that is not positive, or not 1 between equal currencies.
    """
    if not rate.is_finite() or rate <= 0:
        raise ValueError("a rate is positive")
    if money.currency == currency and rate != 1:
        raise ValueError("a currency is worth itself")
    return Money(money.amount * rate, currency).rounded()


def sum_by_currency(amounts: Iterable[Money]) -> dict[str, Decimal]:
    """Return the total per currency, pesos first and the others by their code; never a sum across currencies."""
    totals: defaultdict[str, Decimal] = defaultdict(Decimal)
    for money in amounts:
        totals[money.currency] += money.amount
    return {key: totals[key] for key in sorted(totals, key=lambda code: (code != "MXN", code))}


def parse_amount(text: str, currency: str = "MXN", allow_negative: bool = False) -> Decimal:
    """Read an amount as a person in Mexico or the United States types it: `1,234.50`, `$ 1 234.5 MXN`, `1234`.

    A comma or blank groups thousands and never starts the decimals: `1.234,50` and `1,23` are refused, not guessed,
    because a guess would be wrong by a factor of a hundred. Raises NotAnAmount(code).
    """
    plain = BETWEEN_DIGITS.sub(",", unicodedata.normalize("NFKC", text).replace("\u2212", "-"))
    plain = BLANKS.sub("", plain).upper()
    plain = plain.removesuffix(currency).removeprefix(currency)
    negative, plain = plain.startswith("-"), plain.removeprefix("-").removeprefix("$").removeprefix(currency)
    if not plain:
        raise NotAnAmount("empty")
    if not GROUPED.fullmatch(plain):
        raise NotAnAmount("format", "1,234.50")
    if negative and not allow_negative:
        raise NotAnAmount("sign")
    return _exact(plain.replace(",", ""), currency) * (-1 if negative else 1)


def _exact(plain: str, currency: str) -> Decimal:
    whole, _, fraction = plain.partition(".")
    allowed = decimals(currency)
    if len(fraction.rstrip("0")) > allowed:
        raise NotAnAmount("decimals", str(allowed))
    if len(whole.lstrip("0")) > MAX_INTEGER_DIGITS:
        raise NotAnAmount("size", str(MAX_INTEGER_DIGITS))
    return quantize(Decimal(f"{whole or '0'}.{fraction or '0'}"), currency)
