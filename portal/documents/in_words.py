"""Amounts in words, as Mexican invoices write them: `MIL CIENTO DIECISÉIS PESOS 50/100 M.N.`"""

from decimal import ROUND_HALF_UP, Decimal

from portal.documents.writing import language_of

LIMIT = 10**15
CENT = Decimal("0.01")

ES_SMALL = [
    "CERO",
    "UN",
    "DOS",
    "TRES",
    "CUATRO",
    "CINCO",
    "SEIS",
    "SIETE",
    "OCHO",
    "NUEVE",
    "DIEZ",
    "ONCE",
    "DOCE",
    "TRECE",
    "CATORCE",
    "QUINCE",
    "DIECISÉIS",
    "DIECISIETE",
    "DIECIOCHO",
    "DIECINUEVE",
    "VEINTE",
    "VEINTIÚN",
    "VEINTIDÓS",
    "VEINTITRÉS",
    "VEINTICUATRO",
    "VEINTICINCO",
    "VEINTISÉIS",
    "VEINTISIETE",
    "VEINTIOCHO",
    "VEINTINUEVE",
]
ES_TENS = ["TREINTA", "CUARENTA", "CINCUENTA", "SESENTA", "SETENTA", "OCHENTA", "NOVENTA"]
ES_HUNDREDS = [
    "CIENTO",
    "DOSCIENTOS",
    "TRESCIENTOS",
    "CUATROCIENTOS",
    "QUINIENTOS",
    "SEISCIENTOS",
    "SETECIENTOS",
    "OCHOCIENTOS",
    "NOVECIENTOS",
]
EN_SMALL = [
    "ZERO",
    "ONE",
    "TWO",
    "THREE",
    "FOUR",
    "FIVE",
    "SIX",
    "SEVEN",
    "EIGHT",
    "NINE",
    "TEN",
    "ELEVEN",
    "TWELVE",
    "THIRTEEN",
    "FOURTEEN",
    "FIFTEEN",
    "SIXTEEN",
    "SEVENTEEN",
    "EIGHTEEN",
    "NINETEEN",
]
EN_TENS = ["TWENTY", "THIRTY", "FORTY", "FIFTY", "SIXTY", "SEVENTY", "EIGHTY", "NINETY"]
EN_SCALES = ("", " THOUSAND", " MILLION", " BILLION", " TRILLION")

# one, several, and what follows the hundredths; a currency without names is written with its code alone
CURRENCIES = {
    "es": {
        "MXN": ("PESO", "PESOS", "M.N."),
        "USD": ("DÓLAR", "DÓLARES", "USD"),
        "EUR": ("EURO", "EUROS", "EUR"),
        "CAD": ("DÓLAR CANADIENSE", "DÓLARES CANADIENSES", "CAD"),
        "GBP": ("", "", "GBP"),
    },
    "en": {
        "MXN": ("PESO", "PESOS", "MXN"),
        "USD": ("DOLLAR", "DOLLARS", "USD"),
        "EUR": ("EURO", "EUROS", "EUR"),
        "CAD": ("CANADIAN DOLLAR", "CANADIAN DOLLARS", "CAD"),
        "GBP": ("POUND", "POUNDS", "GBP"),
    },
}


def amount_in_words(amount: Decimal, currency: str, language: str = "es") -> str:
    """Return `amount`, rounded to hundredths, in capitals; "" for what invoices never hold (negative, 10**15)."""
    tongue = language_of(language)
    exact = amount.quantize(CENT, rounding=ROUND_HALF_UP)
    whole = int(exact)
    if exact < 0 or whole >= LIMIT:
        return ""
    one, several, suffix = CURRENCIES[tongue].get(currency, ("", "", currency))
    noun = one if whole == 1 else several
    # Spanish says "un millón DE pesos", and only when nothing follows the million
    link = "DE " if tongue == "es" and noun and whole >= 10**6 and whole % 10**6 == 0 else ""
    number = _spanish(whole) if tongue == "es" else _english(whole)
    cents = int((exact - whole) * 100)
    return " ".join(f"{number} {link}{noun} {cents:02d}/100 {suffix}".split())


def _spanish(value: int) -> str:
    """Spanish counts by millions: 10**12 is a billón, and 1,000 is just MIL."""
    for size, one, several in ((10**12, "UN BILLÓN", "BILLONES"), (10**6, "UN MILLÓN", "MILLONES")):
        if value >= size:
            count, rest = divmod(value, size)
            head = one if count == 1 else f"{_spanish(count)} {several}"
            return f"{head} {_spanish(rest)}" if rest else head
    if value >= 1000:
        count, rest = divmod(value, 1000)
        head = "MIL" if count == 1 else f"{_spanish_hundreds(count)} MIL"
        return f"{head} {_spanish_hundreds(rest)}" if rest else head
    return _spanish_hundreds(value)


def _spanish_hundreds(value: int) -> str:
    if value == 100:
        return "CIEN"
    if value > 100:
        head = ES_HUNDREDS[value // 100 - 1]
        return f"{head} {_spanish_hundreds(value % 100)}" if value % 100 else head
    if value < 30:
        return ES_SMALL[value]
    head = ES_TENS[value // 10 - 3]
    return f"{head} Y {ES_SMALL[value % 10]}" if value % 10 else head


def _english(value: int) -> str:
    if value == 0:
        return EN_SMALL[0]
    parts: list[str] = []
    for scale in EN_SCALES:
        value, group = divmod(value, 1000)
        if group:
            parts.insert(0, f"{_english_hundreds(group)}{scale}")
    return " ".join(parts)


def _english_hundreds(value: int) -> str:
    if value >= 100:
        head = f"{EN_SMALL[value // 100]} HUNDRED"
        return f"{head} {_english_hundreds(value % 100)}" if value % 100 else head
    if value < 20:
        return EN_SMALL[value]
    head = EN_TENS[value // 10 - 2]
    return f"{head}-{EN_SMALL[value % 10]}" if value % 10 else head
