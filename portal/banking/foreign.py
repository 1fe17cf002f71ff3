"""Accounts outside Mexico: BIC (ISO 9362), IBAN (ISO 13616, ISO 7064 mod 97-10), ABA routing number.

The check sums and the layouts per country come from python-stdnum; this module turns its verdicts into
problems with a remedy. A foreign account never gets a made-up CLABE.
"""

import re

from stdnum import bic, exceptions, iban
from stdnum.us import rtn

from portal.banking.clabe import normalise
from portal.banking.problems import Checked, Problem

BIC_SHAPE = re.compile(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")
IBAN_SHAPE = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{1,30}")
ACCOUNT_SHAPE = re.compile(r"[A-Z0-9]{4,34}")


def check_bic(text: str) -> Checked:
    """Check a BIC. Errors: `bic.empty`, `bic.format`, `bic.country`."""
    number = normalise(text)
    if not number:
        return _refused(number, "bic.empty")
    if not BIC_SHAPE.fullmatch(number):
        return _refused(number, "bic.format")
    return Checked(number) if bic.is_valid(number) else _refused(number, "bic.country", found=number[4:6])


def check_iban(text: str) -> Checked:
    """Check an IBAN. Errors: `iban.empty`, `iban.format`, `iban.country`, `iban.length`, `iban.check_digits`."""
    number = normalise(text)
    if not number:
        return _refused(number, "iban.empty")
    if not IBAN_SHAPE.fullmatch(number):
        return _refused(number, "iban.format")
    code = _iban_layout_problem(number)
    if code:
        return _refused(
            number, code, country=number[:2], found=number[:2] if code == "iban.country" else str(len(number))
        )
    return Checked(number) if iban.is_valid(number) else _refused(number, "iban.check_digits")


def _iban_layout_problem(number: str) -> str | None:
    """Judge country and layout apart from the check digits: with the digits the number should have had."""
    completed = number[:2] + iban.calc_check_digits(number) + number[4:]
    try:
        iban.validate(completed, check_country=False)
    except exceptions.InvalidComponent:
        return "iban.country"
    except exceptions.ValidationError:
        return "iban.length"
    return None


def check_aba(text: str) -> Checked:
    """Check an ABA routing number. Errors: `aba.empty`, `aba.format`, `aba.check_digit`."""
    number = normalise(text)
    if not number:
        return _refused(number, "aba.empty")
    if not re.fullmatch(r"[0-9]{9}", number):
        return _refused(number, "aba.format")
    # 000000000 satisfies the check sum and belongs to nobody
    return Checked(number) if rtn.is_valid(number) and int(number) else _refused(number, "aba.check_digit")


def check_account(text: str) -> Checked:
    """Check the free account number of a country without IBAN. Errors: `account.empty`, `account.format`."""
    number = normalise(text)
    if not number:
        return _refused(number, "account.empty")
    return Checked(number) if ACCOUNT_SHAPE.fullmatch(number) else _refused(number, "account.format")


def _refused(number: str, code: str, **values: str) -> Checked:
    return Checked(number, problems=(Problem(code, values=values),))
