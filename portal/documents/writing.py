"""How amounts and dates are written in our PDFs, in Mexico's Spanish and in English."""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

Language = Literal["es", "en"]

MONTHS = {
    "es": ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}


def language_of(language: str) -> Language:
    """Return "es" or "en": Spanish for anything that begins so, English for the rest."""
    return "es" if language.startswith("es") else "en"


def amount(value: Decimal | None, currency: str = "") -> str:
    """Write `$1,234.50 MXN` with the decimals that `value` has, two at least for a value without; "—" for none."""
    if value is None:
        return "—"
    places = max(-int(value.as_tuple().exponent), 0)
    sign = "−" if value < 0 else ""
    return f"{sign}${abs(value):,.{places}f} {currency}".rstrip()


def money(value: Decimal | None, currency: str = "") -> str:
    """Write an amount of ours, from a column with more decimals than people use: two, or as many as say something."""
    if value is None:
        return "—"
    places = max(-int(value.normalize().as_tuple().exponent), 2)
    return amount(value.quantize(Decimal(1).scaleb(-places)), currency)


def number(value: Decimal) -> str:
    """Write a quantity with thousands grouped and without idle zeros: `1,200`, `0.5`."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def day(value: date | datetime | None, language: str) -> str:
    """Write `26 nov 2026` (es) or `Nov 26, 2026` (en); "—" for none."""
    if value is None:
        return "—"
    tongue = language_of(language)
    month = MONTHS[tongue][value.month - 1]
    return f"{value.day} {month} {value.year}" if tongue == "es" else f"{month} {value.day}, {value.year}"


def moment(value: datetime, language: str) -> str:
    """Write a local date and time as it was given: `26 nov 2026, 14:05:09`."""
    return f"{day(value, language)}, {value:%H:%M:%S}"
