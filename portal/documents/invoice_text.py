"""A first guess at the number, date, total and currency of a foreign invoice, from the text of its PDF.

It fills a form that a person then checks: never authoritative, and each guess says how sure it is and which words it
comes from. Labels are known in English, Spanish, French, German, Italian and Portuguese. Every pattern is linear.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Generic, TypeVar

T = TypeVar("T")
MAX_LINES = 2_000
MAX_LINE = 300

NUMBER_LABEL = re.compile(
    r"\b(?:invoice|inv\.?|factura|facture|fattura|fatura|bill|rechnungs?)[ \-]?"
    r"(?:number|nummer|numéro|núm(?:ero)?\.?|num\.?|no\.?|nr\.?|n[°ºo.]|id|folio|#)[ \t]*[:#.]{0,2}",
    re.IGNORECASE,
)
BARE_NUMBER_LABEL = re.compile(r"^(?:invoice|factura|facture|fattura|fatura|rechnung)[ \t]*[:#]?[ \t]", re.IGNORECASE)
NUMBER = re.compile(r"[A-Z0-9][A-Z0-9/_.\-]{0,29}", re.IGNORECASE)

DATE_LABEL = re.compile(
    r"\b(?:(?:invoice|issue|billing|bill|tax)[ ]date|date[ ]of[ ]issue|issued?(?:[ ]on)?|dated?|fecha(?:[ ]de"
    r"[ ](?:emisi[oó]n|expedici[oó]n|factura))?|rechnungsdatum|datum|data(?:[ ]de[ ]emiss[aã]o)?)\b[ \t]*[:.]?",
    re.IGNORECASE,
)
NOT_ISSUE = re.compile(
    r"\b(?:due|vence|vencimiento|pago|payment|delivery|ship|order|fällig|échéance|scadenza)", re.IGNORECASE
)
ISO_DATE = re.compile(r"\b(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\b")
NUMERIC_DATE = re.compile(r"\b(\d{1,2})([-/.])(\d{1,2})[-/.](\d{4}|\d{2})\b")
DAY_FIRST = re.compile(
    r"\b(\d{1,2})(?:st|nd|rd|th|\.|º)?[ \-](?:de[ ])?([a-zéûäç]{3,10})\.?,?[ \-](?:de[ ]|del[ ])?(\d{4})\b",
    re.IGNORECASE,
)
MONTH_FIRST = re.compile(r"\b([a-z]{3,10})\.?[ ](\d{1,2})(?:st|nd|rd|th)?,?[ ](\d{4})\b", re.IGNORECASE)
MONTHS = {
    name: month
    for month, names in enumerate(
        ("jan ene gen", "feb fév fev", "mar mär", "apr abr avr", "may mai mag", "jun jui", "jul lug",
         "aug ago aoû", "sep set", "oct okt ott out", "nov", "dec dic déc dez"), start=1)
    for name in names.split()
}  # fmt: skip

TOTAL_LABELS = (
    (re.compile(r"\b(?:grand[ ]total|total[ ]due|amount[ ]due|balance[ ]due|total[ ]amount|invoice[ ]total|"
                r"total[ ]payable|total[ ]a[ ]pagar|importe[ ]total|gesamtbetrag|rechnungsbetrag|total[ ]ttc|totale|"
                r"total[ ]geral)\b",
                re.IGNORECASE), 0.9),
    (re.compile(r"^(?:total|summe|gesamt)\b", re.IGNORECASE), 0.75),
    (re.compile(r"\btotal\b", re.IGNORECASE), 0.6),
)  # fmt: skip
NOT_TOTAL = re.compile(
    r"\b(?:sub-?[ ]?total|total[ ](?:tax|vat|iva|impuestos|discount|hours|qty|items?|net|ht|excl)|zwischensumme)\b",
    re.IGNORECASE,
)
AMOUNT = re.compile(
    r"(?<![\w.,])\d{1,3}(?:[., '\u00a0\u2019]\d{3})*(?:[.,]\d{1,4})?(?![\w%])"
    r"|(?<![\w.,])\d+(?:[.,]\d{1,4})?(?![\w%])"
)
CODES = [
    "USD",
    "EUR",
    "MXN",
    "GBP",
    "CAD",
    "JPY",
    "CNY",
    "CHF",
    "BRL",
    "ARS",
    "CLP",
    "COP",
    "PEN",
    "UYU",
    "GTQ",
    "CRC",
    "AUD",
    "NZD",
    "SEK",
    "NOK",
    "DKK",
    "PLN",
    "CZK",
    "HUF",
    "RON",
    "TRY",
    "INR",
    "KRW",
    "SGD",
    "HKD",
    "TWD",
    "THB",
    "ZAR",
    "AED",
    "SAR",
    "ILS",
]
CODE = re.compile(r"(?<![A-Za-z])(" + "|".join(CODES) + r")(?![A-Za-z])")
SYMBOLS = (("US$", "USD", 0.85), ("MX$", "MXN", 0.85), ("C$", "CAD", 0.7), ("R$", "BRL", 0.8), ("€", "EUR", 0.85),
           ("£", "GBP", 0.8), ("¥", "JPY", 0.4), ("$", "USD", 0.35))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Guess(Generic[T]):
    """A value, how sure we are of it (0 to 1), and the line of the document that it comes from."""

    value: T
    confidence: float
    seen: str


@dataclass(frozen=True, slots=True)
class InvoiceGuess:
    """What the text seems to say; None where it says nothing that we understand."""

    number: Guess[str] | None
    date: Guess[date] | None
    total: Guess[Decimal] | None
    currency: Guess[str] | None


def guess(text: str) -> InvoiceGuess:
    """Read `text` (as `reading.pdf_text` gives it). Never raises; a scanned document has no text and no guesses."""
    lines = [" ".join(line.split())[:MAX_LINE] for line in text.splitlines()[:MAX_LINES]]
    lines = [line for line in lines if line]
    total = _best(_totals(lines))
    currency = _best(_currencies(lines, total.seen if total else ""))
    month_first = currency is not None and currency.value == "USD"
    return InvoiceGuess(_best(_numbers(lines)), _best(_dates(lines, month_first)), total, currency)


def _best(found: Iterator[Guess[T]]) -> Guess[T] | None:
    """The surest; the first of equals."""
    return max(found, key=lambda one: one.confidence, default=None)


def _numbers(lines: list[str]) -> Iterator[Guess[str]]:
    for label, sure in ((NUMBER_LABEL, 0.9), (BARE_NUMBER_LABEL, 0.6)):
        for line, rest, below in _after(lines, label):
            for words, confidence in ((rest, sure), (below, sure - 0.2)):
                value = _number(words)
                if value:
                    yield Guess(value, confidence, line)
                    break


def _number(words: str) -> str:
    """The first word if it looks like a folio: it has a digit and is neither a date nor an amount of money."""
    found = NUMBER.match(words.lstrip(" :#.-"))
    value = found.group().rstrip(".-/") if found else ""
    is_date = ISO_DATE.match(value) or NUMERIC_DATE.match(value)
    return value if any(letter.isdigit() for letter in value) and not is_date else ""


def _dates(lines: list[str], month_first: bool) -> Iterator[Guess[date]]:
    for line, rest, below in _after(lines, DATE_LABEL):
        if NOT_ISSUE.search(line.split(rest)[0] if rest else line):
            continue
        for words, lost in ((rest, 0.0), (below, 0.2)):
            for value, sure in _dates_in(words, month_first):
                yield Guess(value, round(sure - lost, 2), line)
    for line in lines:
        for value, sure in _dates_in(line, month_first):
            if not NOT_ISSUE.search(line):
                yield Guess(value, round(sure * 0.4, 2), line)


def _dates_in(words: str, month_first: bool) -> Iterator[tuple[date, float]]:
    for found in ISO_DATE.finditer(words):
        yield from _date(found[1], found[2], found[3], 0.95)
    for found in DAY_FIRST.finditer(words):
        yield from _date(found[3], MONTHS.get(found[2].lower()[:3], 0), found[1], 0.95)
    for found in MONTH_FIRST.finditer(words):
        yield from _date(found[3], MONTHS.get(found[1].lower()[:3], 0), found[2], 0.95)
    for found in NUMERIC_DATE.finditer(words):
        yield from _numeric_date(found, month_first)


def _numeric_date(found: "re.Match[str]", month_first: bool) -> Iterator[tuple[date, float]]:
    """03/04/2026: only a number above 12 (or a dot, never written month first) tells the day from the month."""
    first, second = int(found[1]), int(found[3])
    year = found[4] if len(found[4]) == 4 else f"20{found[4]}"
    certain = max(first, second) > 12 or first == second or found[2] == "."
    swap = second > 12 or (month_first and first <= 12 and found[2] != ".")
    day, month = (second, first) if swap else (first, second)
    yield from _date(year, month, day, 0.9 if certain else 0.5)


def _date(year: str, month: str | int, day: str | int, sure: float) -> Iterator[tuple[date, float]]:
    try:
        value = date(int(year), int(month), int(day))
    except ValueError:
        return
    if 2000 <= value.year <= 2100:
        yield value, sure


def _totals(lines: list[str]) -> Iterator[Guess[Decimal]]:
    for place, line in enumerate(lines):
        sure = next((sure for label, sure in TOTAL_LABELS if label.search(line)), 0.0)
        if not sure or NOT_TOTAL.search(line):
            continue
        below = lines[place + 1] if place + 1 < len(lines) else ""
        for words, lost in ((line, 0.0), (below, 0.15)):
            amounts = _amounts(words)
            if amounts:
                # a later line of the same standing is the one that sums up
                yield Guess(amounts[-1], round(sure - lost + place / 100_000, 5), words)
                break


def _amounts(words: str) -> list[Decimal]:
    without_dates = NUMERIC_DATE.sub(" ", ISO_DATE.sub(" ", words))
    return [value for value in map(_amount, AMOUNT.findall(without_dates)) if value]


def _amount(text: str) -> Decimal | None:
    """Read 1,234.56 and 1.234,56 alike: the last separator starts the decimals unless three digits follow it."""
    plain = re.sub(r"[ '\u00a0\u2019]", "", text)
    last = max(plain.rfind("."), plain.rfind(","))
    if last < 0:
        return Decimal(plain)
    mark, digits = plain[last], len(plain) - last - 1
    groups = digits == 3 and (plain.count(mark) > 1 or not set(".,") - {mark} & set(plain)) and plain[0] != "0"
    whole = re.sub(r"[.,]", "", plain if groups else plain[:last])
    return Decimal(whole if groups else f"{whole}.{plain[last + 1 :]}")


def _currencies(lines: list[str], total_line: str) -> Iterator[Guess[str]]:
    yield from _currencies_in(total_line, 0.1)
    for line in lines:
        yield from _currencies_in(line, -0.2)


def _currencies_in(line: str, bonus: float) -> Iterator[Guess[str]]:
    for found in CODE.finditer(line):
        yield Guess(found[1], round(0.85 + bonus, 2), line)
    for symbol, code, sure in SYMBOLS:
        if symbol in line:
            yield Guess(code, round(sure + bonus, 2), line)
            return


def _after(lines: list[str], label: "re.Pattern[str]") -> Iterator[tuple[str, str, str]]:
    """Each line with a label: the line, what follows the label, and the line below."""
    search: Callable[[str], re.Match[str] | None] = label.search
    for place, line in enumerate(lines):
        found = search(line)
        if found:
            yield line, line[found.end() :].strip(), lines[place + 1] if place + 1 < len(lines) else ""
