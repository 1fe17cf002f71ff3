"""Electronic invoices of other countries, read into one shape: UBL 2.1 (OASIS; Peppol BIS Billing 3.0) and the Cross
Industry Invoice (UN/CEFACT D16B), alone or inside a PDF (Factur-X, ZUGFeRD), by the terms of EN 16931 (BT numbers).

What the document says is taken as it is; whether its sums agree is told by `disagreements`, not corrected.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from lxml import etree

from portal.documents import xml
from portal.documents.problems import Refused
from portal.documents.reading import pdf_attachment
from portal.documents.structured_paths import NAMES, ROOTS, Paths, Syntax

ATTACHED_AS = ("factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml")
CENT = Decimal("0.01")
CREDIT_NOTES = {"381", "396", "261", "532"}


@dataclass(frozen=True, slots=True)
class Party:
    """Seller (BG-4) or buyer (BG-7): name, tax number, country (ISO 3166-1 alpha-2); "" for what is absent."""

    name: str
    tax_id: str
    country: str


@dataclass(frozen=True, slots=True)
class Line:
    """An invoice line (BG-25); `amount` is its net amount."""

    description: str
    quantity: Decimal | None
    unit: str
    price: Decimal | None
    amount: Decimal


@dataclass(frozen=True, slots=True)
class StructuredInvoice:
    """An electronic invoice. `syntax` "ubl" or "cii"; amounts in `currency`; `payable` (BT-115) is what is asked."""

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
    net: Decimal
    tax: Decimal
    total: Decimal
    payable: Decimal

    def disagreements(self) -> list[str]:
        """Return what is wrong with the sums: "total" (net + tax, BR-CO-15), "lines" when there is none (BR-16)."""
        wrong_total = abs(self.net + self.tax - self.total) > CENT
        return ["total"] * wrong_total + ["lines"] * (not self.lines)


def read_xml(data: bytes) -> StructuredInvoice:
    """Read a UBL 2.1 invoice or credit note, or a Cross Industry Invoice.

    Raises Refused: what `xml.parse` raises, einvoice.unknown, einvoice.incomplete (names the field).
    """
    root = xml.parse(data)
    place = _place(root)
    paths = place.paths

    def get(field: str) -> str:
        return _text(root, paths[field])

    return StructuredInvoice(
        syntax=place.syntax,
        profile=get("profile"),
        is_credit_note=str(root.tag).endswith("CreditNote") or get("kind") in CREDIT_NOTES,
        number=_required(get, "number"),
        issued=_date(_required(get, "issued"), "issued"),
        due=_date(get("due"), "due") if get("due") else None,
        currency=_required(get, "currency"),
        seller=_party(root, paths["seller"], place.party),
        buyer=_party(root, paths["buyer"], place.party),
        order=get("order"),
        lines=tuple(_line(node, place.line) for path in paths["lines"] for node in _nodes(root, path)),
        net=_amount(_required(get, "net"), "net"),
        tax=_amount(get("tax") or "0", "tax"),
        total=_amount(_required(get, "total"), "total"),
        payable=_amount(_required(get, "payable"), "payable"),
    )


def _place(root: etree._Element) -> Syntax:
    if root.tag not in ROOTS:
        raise Refused("einvoice.unknown")
    return ROOTS[str(root.tag)]


def read_pdf(data: bytes) -> StructuredInvoice | None:
    """Read the invoice inside a Factur-X or ZUGFeRD PDF; None when the PDF carries none. Raises as `read_xml`."""
    attached = pdf_attachment(data, ATTACHED_AS)
    return None if attached is None else read_xml(attached)


def _nodes(node: etree._Element, path: str) -> list[etree._Element]:
    found = node.xpath(path, namespaces=NAMES)
    return [one for one in found if isinstance(one, etree._Element)] if isinstance(found, list) else []


def _text(node: etree._Element, paths: tuple[str, ...]) -> str:
    for path in paths:
        found = node.xpath(path, namespaces=NAMES)
        texts = [one if isinstance(one, str) else one.text or "" for one in found] if isinstance(found, list) else []
        if texts and str(texts[0]).strip():
            return " ".join(str(texts[0]).split())
    return ""


def _required(get: Callable[[str], str], field: str) -> str:
    value = get(field)
    if not value:
        raise Refused("einvoice.incomplete", field=field)
    return value


def _party(root: etree._Element, paths: tuple[str, ...], inner: Paths) -> Party:
    nodes = _nodes(root, paths[0])
    if not nodes:
        return Party("", "", "")
    return Party(*(_text(nodes[0], inner[field]) for field in ("name", "tax_id", "country")))


def _line(node: etree._Element, paths: Paths) -> Line:
    quantity, price = _text(node, paths["quantity"]), _text(node, paths["price"])
    return Line(
        description=_text(node, paths["description"]),
        quantity=_amount(quantity, "quantity") if quantity else None,
        unit=_text(node, paths["unit"]),
        price=_amount(price, "price") if price else None,
        amount=_amount(_text(node, paths["amount"]), "line amount"),
    )


def _amount(text: str, field: str) -> Decimal:
    """xs:decimal: no exponent, no NaN, no separators."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise Refused("einvoice.incomplete", field=field) from None
    if not value.is_finite() or "e" in text.lower() or "_" in text or len(text) > 40:
        raise Refused("einvoice.incomplete", field=field)
    return value


def _date(text: str, field: str) -> date:
    """UBL writes 2026-11-26 (a time zone may follow), CII 20261126 (format 102)."""
    digits = text[:10].replace("-", "")[:8]
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        raise Refused("einvoice.incomplete", field=field) from None
