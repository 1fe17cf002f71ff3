"""CLABE: Mexico's interbank account number (Clave Bancaria Estandarizada).

18 digits: bank (3), plaza (3), account (11), check digit (1); the check digit weighs the first 17
by 3, 7, 1 in turn, each product modulo 10 (Asociación de Bancos de México; Banco de México, Circular 14/2017, SPEI).
"""

import re
import unicodedata

from portal.banking.banks import BANKS, FORMER
from portal.banking.problems import Checked, Level, Problem

LENGTH = 18
WEIGHTS = (3, 7, 1)
SEPARATORS = re.compile(r"[\s\-\u2010-\u2015.\u00ad\u200b-\u200f\u2060\ufeff]+")
VISIBLE_DIGITS = 4


def normalise(text: str) -> str:
    """Return the number without blanks, hyphens, dots or invisible characters, in plain ASCII capitals."""
    return SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()


def mask(number: str) -> str:
    """Return `•••• 1234`: the last four characters, and none of a number so short that they would tell it."""
    plain = normalise(number)
    return f"•••• {plain[-VISIBLE_DIGITS:]}" if len(plain) >= 2 * VISIBLE_DIGITS else "••••"


def check_digit(first: str) -> str:
    """Return the digit that closes the 17 ASCII digits `first`."""
    total = sum(int(digit) * WEIGHTS[place % 3] % 10 for place, digit in enumerate(first))
    return str(-total % 10)


def bank_name(number: str) -> str | None:
    """Return the name of the institution whose three digits begin the CLABE, former ones too; None if unknown."""
    code = number[:3]
    return BANKS.get(code) or FORMER.get(code)


def check(text: str) -> Checked:
    """Check a CLABE as a person typed it.

    Errors: `clabe.empty`, `clabe.characters`, `clabe.length`, `clabe.check_digit`.
    Warnings: `clabe.unknown_bank`, `clabe.former_bank`. The right check digit is never told: nine times in ten
    the mistyped digit is another one, and the "mended" number would be somebody else's account.
    """
    number = normalise(text)
    wrong = _shape_problem(number)
    if wrong:
        return Checked(number, problems=(wrong,))
    return Checked(number, bank_name(number), _bank_problems(number[:3]))


def _shape_problem(number: str) -> Problem | None:
    if not number:
        return Problem("clabe.empty")
    if not (number.isascii() and number.isdigit()):
        return Problem("clabe.characters")
    if len(number) != LENGTH:
        return Problem("clabe.length", values={"found": str(len(number))})
    if number == "0" * LENGTH or number[-1] != check_digit(number[:-1]):
        return Problem("clabe.check_digit")
    return None


def _bank_problems(code: str) -> tuple[Problem, ...]:
    if code in BANKS:
        return ()
    if code in FORMER:
        return (Problem("clabe.former_bank", Level.WARNING, {"name": FORMER[code]}),)
    return (Problem("clabe.unknown_bank", Level.WARNING, {"found": code}),)
