"""Electronic invoices of other countries, read into one shape: UBL 2.1 (OASIS; Peppol BIS Billing 3.0) and the Cross
Industry Invoice (UN/CEFACT D16B), alone or inside a PDF (Factur-X, ZUGFeRD), by the terms of EN 16931 (BT numbers).

What the document says is taken as it is; whether its sums agree is told by `structured_rules`, not corrected.
"""

import base64
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from lxml import etree

from portal.documents import xml
from portal.documents.problems import Refused
from portal.documents.reading import pdf_attachment
from portal.documents.structured_model import ZERO, Adjustment, Line, Party, StructuredInvoice, Tax
from portal.documents.structured_paths import NAMES, ROOTS, Paths, Syntax

ATTACHED_AS = ("factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml")
CREDIT_NOTES = {"81", "83", "261", "296", "308", "381", "396", "420", "458", "532"}  # UNCL 1001, as EN 16931 lists them
LONGEST_NUMBER = 80
MOST_NAMES = 50  # identifiers, names and references: nobody writes more


@dataclass(frozen=True, slots=True)
class _Node:
    """An element with the table of where its facts are."""

    element: etree._Element
    paths: Paths
    currency: str = ""

    def get(self, field: str) -> str:
        """The first text of a field; "" when the document is silent."""
        for path in self.paths[field]:
            for value in self._texts(path):
                if value:
                    return value
        return ""

    def every(self, field: str) -> tuple[str, ...]:
        """All different texts of a field, in the order of the paths."""
        found = (value for path in self.paths[field] for value in self._texts(path))
        return tuple(dict.fromkeys(value for value in found if value))[:MOST_NAMES]

    def need(self, field: str) -> str:
        """The text of a field. Raises Refused (einvoice.incomplete) when there is none."""
        value = self.get(field)
        if not value:
            raise Refused("einvoice.incomplete", field=field)
        return value

    def amount(self, field: str) -> Decimal | None:
        """The number of a field, None when the document is silent. Raises Refused when it is no number."""
        value = self.get(field)
        return _amount(value, field) if value else None

    def needed(self, field: str) -> Decimal:
        """The number of a field. Raises Refused when it is missing or no number."""
        return _amount(self.need(field), field)

    def nodes(self, field: str, inner: Paths) -> "list[_Node]":
        """The elements of a field, with the table of their own facts."""
        return [_Node(one, inner, self.currency) for path in self.paths[field] for one in self._elements(path)]

    def _found(self, path: str) -> list[object]:
        found = _compiled(path)(self.element, currency=self.currency)
        return found if isinstance(found, list) else []

    def _elements(self, path: str) -> list[etree._Element]:
        return [one for one in self._found(path) if isinstance(one, etree._Element)]

    def _texts(self, path: str) -> list[str]:
        found = self._found(path)
        return [" ".join((str(one) if isinstance(one, str) else _text(one)).split()) for one in found]


def read_xml(data: bytes) -> StructuredInvoice:
    """Read a UBL 2.1 invoice or credit note, or a Cross Industry Invoice.

    Raises Refused: what `xml.parse` raises, einvoice.unknown, einvoice.incomplete (names the field).
    """
    root = xml.parse(data)
    if root.tag not in ROOTS:
        raise Refused("einvoice.unknown")
    place = ROOTS[str(root.tag)]
    currency = _Node(root, place.paths).need("currency")
    return _invoice(_Node(root, place.paths, currency), place)


def attached_xml(pdf: bytes) -> bytes | None:
    """Return the invoice that a Factur-X or ZUGFeRD PDF carries, as it is, or None. Raises Refused."""
    return pdf_attachment(pdf, ATTACHED_AS)


def embedded_pdf(data: bytes) -> bytes | None:
    """Return the first PDF that an electronic invoice carries in its own text (BT-125), or None. Raises Refused."""
    root = xml.parse(data)
    written = _Node(root, ROOTS[str(root.tag)].paths).get("picture") if root.tag in ROOTS else ""
    try:
        return base64.b64decode("".join(written.split()), validate=True) or None
    except ValueError:
        return None  # not base64: there is no picture, and the invoice is none the worse


def _invoice(root: _Node, place: Syntax) -> StructuredInvoice:
    number = root.need("number")
    if len(number) > LONGEST_NUMBER:
        raise Refused("einvoice.incomplete", field="number")
    is_note = str(root.element.tag).endswith("CreditNote") or root.get("kind") in CREDIT_NOTES
    return StructuredInvoice(
        syntax=place.syntax,
        profile=root.get("profile"),
        is_credit_note=is_note,
        number=number,
        issued=_date(root.need("issued"), "issued"),
        due=_date(root.get("due"), "due") if root.get("due") else None,
        currency=_code(root.currency),
        seller=_party(root, "seller", place.party),
        buyer=_party(root, "buyer", place.party),
        order=root.get("order"),
        lines=tuple(_line(line, place.adjustment) for line in root.nodes("lines", place.line)),
        net=root.needed("net"),
        tax=root.amount("tax") or ZERO,
        total=root.needed("total"),
        payable=root.needed("payable"),
        note=root.get("note"),
        buyer_reference=root.get("buyer_reference"),
        preceding=root.every("preceding"),
        taxes=tuple(_tax(tax) for tax in root.nodes("taxes", place.tax)),
        adjustments=_adjustments(root, place.adjustment),
        sum_of_lines=root.amount("sum_of_lines"),
        allowances=root.amount("allowances"),
        charges=root.amount("charges"),
        prepaid=root.amount("prepaid") or ZERO,
        rounding=root.amount("rounding") or ZERO,
    )


def _party(root: _Node, field: str, paths: Paths) -> Party:
    found = root.nodes(field, paths)
    if not found:
        return Party("", "", "")
    one = found[0]
    return Party(one.get("name"), one.get("tax_id"), one.get("country"), one.every("ids"), one.every("names"))


def _line(line: _Node, adjustment: Paths) -> Line:
    return Line(
        description=line.get("description"),
        quantity=line.amount("quantity"),
        unit=line.get("unit"),
        price=line.amount("price"),
        amount=_amount(line.get("amount"), "line amount"),
        sku=line.get("sku"),
        per=line.amount("per") or Decimal(1),
        adjustments=_adjustments(line, adjustment),
    )


def _adjustments(node: _Node, paths: Paths) -> tuple[Adjustment, ...]:
    found = node.nodes("adjustments", paths)
    return tuple(
        Adjustment(one.get("is_charge") in ("true", "1"), one.get("reason"), one.needed("amount")) for one in found
    )


def _tax(row: _Node) -> Tax:
    return Tax(
        scheme=row.get("scheme"),
        category=row.get("category"),
        percent=row.amount("percent"),
        base=row.amount("base") or ZERO,
        amount=row.amount("amount") or ZERO,
        reason=row.get("reason"),
    )


@lru_cache(maxsize=256)
def _compiled(path: str) -> etree.XPath:
    return etree.XPath(path, namespaces=NAMES)


def _text(node: object) -> str:
    return (node.text or "") if isinstance(node, etree._Element) else ""


def _code(text: str) -> str:
    """An ISO 4217 code: three capital letters."""
    if not (len(text) == 3 and text.isascii() and text.isalpha() and text.isupper()):
        raise Refused("einvoice.incomplete", field="currency")
    return text


def _amount(text: str, field: str) -> Decimal:
    """xs:decimal: no exponent, no NaN, no separators."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise Refused("einvoice.incomplete", field=field) from None
    if not value.is_finite() or "e" in text.lower() or "_" in text or len(text) > 40 or not text.isascii():
        raise Refused("einvoice.incomplete", field=field)
    return value


def _date(text: str, field: str) -> date:
    """UBL writes 2026-11-26 (a time zone may follow), CII 20261126 (format 102)."""
    digits = text[:10].replace("-", "")[:8]
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        raise Refused("einvoice.incomplete", field=field) from None
