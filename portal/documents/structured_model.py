"""An electronic invoice of another country as the portal holds it, whichever syntax it was written in.

The terms are those of EN 16931 (BT: a business term, BG: a group of them). What the document says is taken as it is.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Party:
    """Seller (BG-4) or buyer (BG-7): name, tax number, country (ISO 3166-1 alpha-2); "" for what is absent.

    `ids` and `names`: every identifier (tax, legal, other) and name that the document gives of it.
    """

    name: str
    tax_id: str
    country: str
    ids: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Adjustment:
    """An allowance (BG-20, BG-27) or a charge (BG-21, BG-28); `amount` is what the document wrote, without sign."""

    is_charge: bool
    reason: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Tax:
    """A row of the VAT breakdown (BG-23). `category`: UNCL 5305 ("S", "Z", "E", "AE"…); `percent` 19 for 19 %."""

    scheme: str
    category: str
    percent: Decimal | None
    base: Decimal
    amount: Decimal
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """An invoice line (BG-25); `amount` is its net amount (BT-131), `price` the net price of `per` units (BT-149)."""

    description: str
    quantity: Decimal | None
    unit: str
    price: Decimal | None
    amount: Decimal
    sku: str = ""
    per: Decimal = Decimal(1)
    adjustments: tuple[Adjustment, ...] = ()


@dataclass(frozen=True, slots=True)
class StructuredInvoice:
    """An electronic invoice. `syntax` "ubl" or "cii"; amounts in `currency`; `payable` (BT-115) is what is asked.

    `sum_of_lines` (BT-106), `allowances` (BT-107) and `charges` (BT-108) are None when the document is silent.
    """

    syntax: str
    profile: str
    is_credit_note: bool
    number: str
    issued: date
    due: date | None
    currency: str
    seller: Party
    buyer: Party
    order: str
    lines: tuple[Line, ...]
    net: Decimal  # BT-109
    tax: Decimal  # BT-110
    total: Decimal  # BT-112
    payable: Decimal
    note: str = ""  # BT-22
    buyer_reference: str = ""  # BT-10
    preceding: tuple[str, ...] = ()  # BT-25
    taxes: tuple[Tax, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    sum_of_lines: Decimal | None = None
    allowances: Decimal | None = None
    charges: Decimal | None = None
    prepaid: Decimal = ZERO  # BT-113
    rounding: Decimal = ZERO  # BT-114
