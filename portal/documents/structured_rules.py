"""Whether the sums of an electronic invoice agree: the rules of EN 16931 (BR-…) and of Peppol BIS (PEPPOL-…) that a
receiver can check, each with its code, its sentence and its remedy in ES and EN.

A sum of the document's totals that is wrong refuses it: nobody could say what is owed. What is wrong inside a line, or
in a row of the taxes, is told to who reviews.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from portal.documents.structured_model import Adjustment, Line, StructuredInvoice, Tax

CENT = Decimal("0.01")
SLACK = Decimal("0.02")  # PEPPOL-EN16931-R120
TAX_SLACK = Decimal(1)  # BR-CO-17: rounding of many lines adds up
MOST_TOLD = 5  # of one rule: the sixth wrong line says nothing new
LINELESS = ("minimum", "basicwl")  # profiles of Factur-X that carry no lines

# code: what is wrong (ES, EN)
SENTENCES: dict[str, tuple[str, str]] = {
    "BR-16": ("La factura electrónica no trae ninguna línea.", "The electronic invoice has no lines."),
    "BR-CO-10": ("Las líneas no suman lo que dice su total.", "The lines do not add up to their stated sum."),
    "BR-CO-11": ("Los descuentos no suman lo que dice su total.", "The allowances do not add up to their stated sum."),
    "BR-CO-12": ("Los cargos no suman lo que dice su total.", "The charges do not add up to their stated sum."),
    "BR-CO-13": (
        "El total sin impuestos no es la suma de líneas menos descuentos más cargos.",
        "The total without tax is not the lines less allowances plus charges.",
    ),
    "BR-CO-14": (
        "Los impuestos del desglose no suman el total de impuestos.",
        "The tax breakdown does not add up to the total tax.",
    ),
    "BR-CO-15": (
        "El total no es el importe sin impuestos más los impuestos.",
        "The total is not the amount without tax plus the tax.",
    ),
    "BR-CO-16": (
        "Lo que se pide pagar no es el total menos lo anticipado más el redondeo.",
        "The amount due is not the total less what was prepaid plus the rounding.",
    ),
    "BR-CO-17": (
        "Un impuesto del desglose no corresponde a su base y su tasa.",
        "A tax of the breakdown does not follow from its base and rate.",
    ),
    "PEPPOL-EN16931-R120": (
        "El importe de una línea no es cantidad por precio, con sus cargos y descuentos.",
        "The amount of a line is not quantity times price with its charges and allowances.",
    ),
}
REMEDY = (
    "Corrige la factura en el sistema que la emitió y sube el archivo nuevo.",
    "Correct the invoice in the system that issued it and upload the new file.",
)


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One rule that does not hold: its code, whether it refuses the document, what is written and what would agree."""

    code: str
    refuses: bool
    found: str
    expected: str
    where: str = ""


def title(code: str, language: str) -> str:
    """Return what the rule `code` says is wrong, in "es" or "en"."""
    return SENTENCES[code][language != "es"]


def remedy(language: str) -> str:
    """Return how any of them is mended, in "es" or "en"."""
    return REMEDY[language != "es"]


def check(invoice: StructuredInvoice) -> Iterator[Disagreement]:
    """Yield the rules that do not hold. What the document does not say is not compared."""
    if not invoice.lines and not invoice.profile.lower().endswith(LINELESS):
        yield Disagreement("BR-16", False, "0", "≥ 1")
    yield from _sums(invoice)
    yield from _first(_taxes(invoice.taxes))
    yield from _first(_lines(invoice.lines))


def _sums(invoice: StructuredInvoice) -> Iterator[Disagreement]:
    lines, allowances, charges = invoice.sum_of_lines, invoice.allowances, invoice.charges
    if lines is not None:
        if invoice.lines:
            yield from _compare("BR-CO-10", lines, sum((line.amount for line in invoice.lines), Decimal(0)))
        yield from _compare("BR-CO-13", invoice.net, lines - (allowances or 0) + (charges or 0))
    if invoice.adjustments or allowances is not None:
        yield from _compare("BR-CO-11", allowances or Decimal(0), total(invoice.adjustments, charges=False))
    if invoice.adjustments or charges is not None:
        yield from _compare("BR-CO-12", charges or Decimal(0), total(invoice.adjustments, charges=True))
    if invoice.taxes:
        yield from _compare("BR-CO-14", invoice.tax, sum((row.amount for row in invoice.taxes), Decimal(0)))
    yield from _compare("BR-CO-15", invoice.total, invoice.net + invoice.tax)
    yield from _compare("BR-CO-16", invoice.payable, invoice.total - invoice.prepaid + invoice.rounding)


def total(adjustments: Iterable[Adjustment], *, charges: bool) -> Decimal:
    """Return the sum of the charges, or of the allowances."""
    return sum((one.amount for one in adjustments if one.is_charge is charges), Decimal(0))


def _compare(code: str, written: Decimal, agreed: Decimal) -> Iterator[Disagreement]:
    if abs(written - agreed) >= CENT:
        yield Disagreement(code, True, f"{written:f}", f"{agreed:f}")


def _taxes(rows: Iterable[Tax]) -> Iterator[Disagreement]:
    for number, row in enumerate(rows, start=1):
        agreed = row.base * (row.percent or 0) / 100
        if abs(row.amount - agreed) >= TAX_SLACK:
            yield Disagreement("BR-CO-17", False, f"{row.amount:f}", f"{_rounded(agreed):f}", f"BG-23[{number}]")


def _lines(lines: Iterable[Line]) -> Iterator[Disagreement]:
    for number, line in enumerate(lines, start=1):
        if line.quantity is None or line.price is None or line.per == 0:
            continue
        adjusted = total(line.adjustments, charges=True) - total(line.adjustments, charges=False)
        agreed = line.quantity * line.price / line.per + adjusted
        if abs(line.amount - agreed) > SLACK:
            found, expected = f"{line.amount:f}", f"{_rounded(agreed):f}"
            yield Disagreement("PEPPOL-EN16931-R120", False, found, expected, f"BG-25[{number}]")


def _rounded(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP) if abs(amount) < Decimal(10) ** 24 else amount


def _first(found: Iterator[Disagreement]) -> Iterator[Disagreement]:
    for _number, one in zip(range(MOST_TOLD), found, strict=False):
        yield one
