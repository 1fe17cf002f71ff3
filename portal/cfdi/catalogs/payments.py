"""What each way of payment allows in a payment complement: operation number, banks, accounts and their patterns.

Source: SAT's catalogs of CFDI 4.0 (Anexo 20), as published until August 2026; texts in English are ours.
"""

from typing import Final, NamedTuple


class Account(NamedTuple):
    """What a payer's or payee's account may be: `bank` and `account` say whether they may be told at all."""

    bank: bool
    account: bool
    pattern: str


class Payment(NamedTuple):
    """A way of payment: through a bank or not, and its accounts; `chain` allows TipoCadPago."""

    banked: bool
    payer: Account
    payee: Account
    chain: bool


_NONE: Final = Account(False, False, "")
_ANY: Final = Account(True, True, "")  # 99, to be defined: no pattern
_OWN: Final = "[0-9]{10,11}|[0-9]{15,16}|[0-9]{18}|[A-Z0-9_]{10,50}"
_PAYEE: Final = Account(True, True, _OWN)

FORMA_PAGO: Final[dict[str, Payment]] = {
    "01": Payment(False, _NONE, _NONE, False),
    "02": Payment(True, Account(True, True, "[0-9]{11}|[0-9]{18}"), _PAYEE, False),
    "03": Payment(
        True, Account(True, True, "[0-9]{10}|[0-9]{16}|[0-9]{18}"), Account(True, True, "[0-9]{10}|[0-9]{18}"), True),
    "04": Payment(True, Account(True, True, "[0-9]{16}"), _PAYEE, False),
    "05": Payment(True, _PAYEE, _PAYEE, False),
    "06": Payment(True, Account(True, True, "[0-9]{10}"), _NONE, False),
    "08": Payment(False, _NONE, _NONE, False),
    "12": Payment(False, _NONE, _NONE, False),
    "13": Payment(False, _NONE, _NONE, False),
    "14": Payment(False, _NONE, _NONE, False),
    "15": Payment(False, _NONE, _NONE, False),
    "17": Payment(False, _NONE, _NONE, False),
    "23": Payment(False, _NONE, _NONE, False),
    "24": Payment(False, _NONE, _NONE, False),
    "25": Payment(False, _NONE, _NONE, False),
    "26": Payment(False, _NONE, _NONE, False),
    "27": Payment(False, _NONE, _NONE, False),
    "28": Payment(True, Account(True, True, "[0-9]{16}"), _PAYEE, False),
    "29": Payment(True, Account(True, True, "[0-9]{15,16}"), _PAYEE, False),
    "30": Payment(False, _NONE, _NONE, False),
    "31": Payment(False, _NONE, _NONE, False),
    "99": Payment(False, _ANY, _ANY, True),
}
