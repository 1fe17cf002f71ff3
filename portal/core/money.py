"""Amounts as people type them: a Decimal, rounded half-up to its currency's decimals, never through a float.

Decimals by ISO 4217 (list one, 2026); SAT's c_Moneda agrees with it.
"""

import re
import unicodedata
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
BLANKS = re.compile(r"[\s'\u2018\u2019\u200e\u200f]+")
BETWEEN_DIGITS = re.compile(r"(?<=[0-9])[\s'\u2018\u2019]+(?=[0-9])")
GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]*)?|\.[0-9]+")
MAX_INTEGER_DIGITS = 15


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


def parse_amount(text: str, currency: str = "MXN", places: int | None = None) -> Decimal:
    """Read an amount as a person in Mexico or the United States types it: `1,234.50`, `$ 1 234.5 MXN`, `1234`.

    A comma or blank groups thousands and never starts the decimals: `1.234,50` and `1,23` are refused, not guessed,
    because a guess would be wrong by a factor of a hundred. `places`: how many decimals it may have, when not those
    of the currency (an exchange rate). Raises NotAnAmount(code).
    """
    plain = BETWEEN_DIGITS.sub(",", unicodedata.normalize("NFKC", text).replace("\u2212", "-"))
    plain = BLANKS.sub("", plain).upper()
    plain = plain.removesuffix(currency).removeprefix(currency)
    negative, plain = plain.startswith("-"), plain.removeprefix("-").removeprefix("$").removeprefix(currency)
    if not plain:
        raise NotAnAmount("empty")
    if not GROUPED.fullmatch(plain):
        raise NotAnAmount("format", "1,234.50")
    if negative:
        raise NotAnAmount("sign")
    return _exact(plain.replace(",", ""), decimals(currency) if places is None else places)


def written(amount: Decimal, places: int = 2) -> str:
    """Write an amount as a person would type it, with `places` decimals at least: `1,160.00`."""
    short = f"{amount.normalize():,f}"
    return short if len(short.partition(".")[2]) > places else f"{amount:,.{places}f}"


def _exact(plain: str, allowed: int) -> Decimal:
    whole, _, fraction = plain.partition(".")
    if len(fraction.rstrip("0")) > allowed:
        raise NotAnAmount("decimals", str(allowed))
    if len(whole.lstrip("0")) > MAX_INTEGER_DIGITS:
        raise NotAnAmount("size", str(MAX_INTEGER_DIGITS))
    return Decimal(f"{whole or '0'}.{fraction or '0'}").quantize(Decimal(1).scaleb(-allowed))
