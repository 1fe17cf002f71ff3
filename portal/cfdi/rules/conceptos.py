"""The lines: amounts, whether they are subject to tax, customs entries, third parties (CFDI40162–40200)."""

import re
from decimal import Decimal
from typing import Final

from portal.cfdi.model import (
    ACuentaTerceros,
    Concepto,
    ImpuestosConcepto,
    InformacionAduanera,
    Parte,
    Retencion,
    Traslado,
)
from portal.cfdi.rules.amounts import close, nd, product_limits
from portal.cfdi.rules.facts import Facts
from portal.cfdi.rules.registry import Fault, Found, On, needs_list, rule
from portal.cfdi.rules.sentences import absent, decimals, must, must_have, required

_ENTRY: Final = re.compile(r"[0-9]{2}  [0-9]{2}  [0-9]{4}  [0-9]{7}")


@rule("CFDI40166", On.CONCEPTO, must("ValorUnitario", "mayor que cero", "above zero"), types="IEN")
def unit_value(facts: Facts, concepto: Concepto) -> Found:
    """What is sold has a price."""
    return None if concepto.valor_unitario > 0 else Fault(concepto, "ValorUnitario", "> 0")


@rule("CFDI40167", On.CONCEPTO, must(
    "Importe", "Cantidad por ValorUnitario, dentro de los límites del redondeo",
    "Cantidad times ValorUnitario, within the limits of rounding"))  # fmt: skip
def line_amount(facts: Facts, concepto: Concepto) -> Found:
    """F1."""
    return _product(concepto, concepto.cantidad, concepto.valor_unitario, concepto.importe)


def _product(node: Concepto | Parte, quantity: Decimal, price: Decimal, importe: Decimal) -> Found:
    if close(quantity * price, importe):
        return None
    low, high = product_limits(quantity, price, nd(importe))
    return None if low <= importe <= high else Fault(node, "Importe", f"{low} – {high}")


@rule("CFDI40168", On.DISCOUNTED, decimals("Descuento", "Importe", "Importe"))
def line_discount_decimals(facts: Facts, concepto: Concepto) -> Found:
    """A discount is not finer than its amount."""
    discount = concepto.descuento
    if discount is None or nd(discount) <= nd(concepto.importe):
        return None
    return Fault(concepto, "Descuento", f"<= {nd(concepto.importe)}")


@rule("CFDI40169", On.DISCOUNTED, must("Descuento", "menor o igual que Importe", "at most Importe"))
def line_discount(facts: Facts, concepto: Concepto) -> Found:
    """No more is discounted than there is."""
    discount = concepto.descuento
    if discount is None or discount <= concepto.importe:
        return None
    return Fault(concepto, "Descuento", f"<= {concepto.importe}")


@rule("CFDI40171", On.TAXED, required("el nodo Impuestos|the node Impuestos", "si ObjetoImp es 02",
      "when ObjetoImp is 02"))  # fmt: skip
def taxed_line(facts: Facts, concepto: Concepto) -> Found:
    """Subject to tax: says which."""
    return Fault(concepto, "ObjetoImp", "Impuestos") if concepto.element not in facts.taxes else None


@rule("CFDI40172", On.UNTAXED, absent("el nodo Impuestos|the node Impuestos", "si ObjetoImp es 01, 03, 04 o 05",
      "when ObjetoImp is 01, 03, 04 or 05"))  # fmt: skip
def untaxed_line(facts: Facts, concepto: Concepto) -> Found:
    """Not subject, or not broken down."""
    return Fault(concepto, "ObjetoImp", "02") if concepto.element in facts.taxes else None


@rule("CFDI40226", On.SPECIAL, must_have(
    "un concepto con ObjetoImp 06 u 08|a concepto with ObjetoImp 06 or 08",
    "sólo retención de ISR, si acaso: ni IVA ni IEPS", "only an ISR withholding, if any: neither IVA nor IEPS"),
    source="Anexo 20, CFDI 4.0 (2024-12; número sin confirmar)")  # fmt: skip
def no_transfer(facts: Facts, concepto: Concepto) -> Found:
    """06 and 08: IVA is not transferred, IEPS is not broken down."""
    if concepto.objeto_imp not in ("06", "08"):
        return None
    taxes = [tax for tax in _taxes(concepto) if tax.impuesto in ("002", "003")]
    return Fault(taxes[0], "Impuesto", "001") if taxes else None


def _taxes(concepto: Concepto) -> list[Traslado | Retencion]:
    return [*concepto.traslados, *concepto.retenciones]


@rule("CFDI40227", On.SPECIAL, must_have(
    "un concepto con ObjetoImp 07|a concepto with ObjetoImp 07", "traslado de IEPS y nada de IVA",
    "IEPS transferred and no IVA"),
    source="Anexo 20, CFDI 4.0 (2024-12; número sin confirmar)")  # fmt: skip
def only_ieps(facts: Facts, concepto: Concepto) -> Found:
    """07: IVA is not transferred, IEPS is broken down."""
    if concepto.objeto_imp != "07":
        return None
    iva = [tax for tax in _taxes(concepto) if tax.impuesto == "002"]
    if iva:
        return Fault(iva[0], "Impuesto", "003")
    ieps = any(tax.impuesto == "003" for tax in concepto.traslados)
    return None if ieps else Fault(concepto, "ObjetoImp", "Traslado 003")


@rule("CFDI40173", On.TAXES, must_have(
    "el nodo Impuestos de un concepto|a concepto's node Impuestos", "al menos un traslado o una retención",
    "at least one transferred or withheld tax"))  # fmt: skip
def not_empty_taxes(facts: Facts, taxes: ImpuestosConcepto) -> Found:
    """A node of taxes has taxes."""
    groups = taxes.element
    if (len(groups) and len(groups[0])) or any(len(group) for group in groups):
        return None
    return Fault(taxes, "", "Traslado | Retencion")


@rule("CFDI40188", On.THIRD, must("RfcACuentaTerceros", "distinto del emisor y del receptor",
      "other than the issuer and the receiver"))  # fmt: skip
def third_is_third(facts: Facts, third: ACuentaTerceros) -> Found:
    """A third is neither of the two."""
    parties = (facts.document.emisor.rfc, facts.document.receptor.rfc)
    return Fault(third, "RfcACuentaTerceros", f"≠ {parties[0]}, {parties[1]}") if third.rfc in parties else None


@rule("CFDI40194", On.CUSTOMS, must("NumeroPedimento", "de la forma AA  AD  PPPP  NNNNNNN con un año que ya empezó",
      "in the form YY  CC  PPPP  NNNNNNN with a year that has begun"))  # fmt: skip
def customs_entry(facts: Facts, entry: InformacionAduanera) -> Found:
    """The form and the year; customs office, agent and quantity need SAT's lists."""
    return _entry(facts, entry)


@rule("CFDI40199", On.PARTE_CUSTOMS, must(
    "NumeroPedimento de una parte|a part's NumeroPedimento",
    "de la forma AA  AD  PPPP  NNNNNNN con un año que ya empezó",
    "in the form YY  CC  PPPP  NNNNNNN with a year that has begun"))  # fmt: skip
def part_customs_entry(facts: Facts, entry: InformacionAduanera) -> Found:
    """The same of a part."""
    return _entry(facts, entry)


def _entry(facts: Facts, entry: InformacionAduanera) -> Found:
    number = entry.numero_pedimento
    if not _ENTRY.fullmatch(number):
        return Fault(entry, "NumeroPedimento", "AA  AD  PPPP  NNNNNNN")
    year = facts.year % 100
    return Fault(entry, "NumeroPedimento", f"<= {year:02}") if year < int(number[:2]) < 70 else None


@rule("CFDI40195", On.CUSTOMS, absent("NumeroPedimento", "si hay complemento Comercio Exterior",
      "with the Comercio Exterior complement"))  # fmt: skip
def no_entry_when_exporting(facts: Facts, entry: InformacionAduanera) -> Found:
    """What is exported was not imported."""
    return Fault(entry, "NumeroPedimento") if facts.foreign_trade else None


@rule("CFDI40200", On.PARTE_CUSTOMS, absent(
    "NumeroPedimento de una parte|a part's NumeroPedimento", "si hay complemento Comercio Exterior",
    "with the Comercio Exterior complement"))  # fmt: skip
def no_part_entry_when_exporting(facts: Facts, entry: InformacionAduanera) -> Found:
    """The same of a part."""
    return Fault(entry, "NumeroPedimento") if facts.foreign_trade else None


@rule("CFDI40197", On.PARTE, must("ValorUnitario de una parte|a part's ValorUnitario", "mayor que cero", "above zero"))
def part_value(facts: Facts, parte: Parte) -> Found:
    """A part's price, when told."""
    value = parte.valor_unitario
    return Fault(parte, "ValorUnitario", "> 0") if value is not None and value <= 0 else None


@rule("CFDI40198", On.PARTE, must(
    "Importe de una parte|a part's Importe", "Cantidad por ValorUnitario, dentro de los límites del redondeo",
    "Cantidad times ValorUnitario, within the limits of rounding"))  # fmt: skip
def part_amount(facts: Facts, parte: Parte) -> Found:
    """F1 of a part, when both are told."""
    if parte.importe is None or parte.valor_unitario is None:
        return None
    return _product(parte, parte.cantidad, parte.valor_unitario, parte.importe)


for _code, _es, _en in (
    ("CFDI40163", "El complemento que exige la ClaveProdServ debe estar",
     "The complement that the ClaveProdServ demands must be there"),
    ("CFDI40164", "Los impuestos que exige la ClaveProdServ deben estar",
     "The taxes that the ClaveProdServ demands must be there"),
):
    needs_list(_code, _es, _en)
for _code, _es, _en in (
    ("CFDI40187", "RfcACuentaTerceros debe estar en la lista de contribuyentes obligados",
     "RfcACuentaTerceros must be on the list of obliged taxpayers"),
    ("CFDI40189", "NombreACuentaTerceros debe estar en la lista de RFC",
     "NombreACuentaTerceros must be on the list of RFCs"),
    ("CFDI40190", "NombreACuentaTerceros debe ser el registrado", "NombreACuentaTerceros must be the registered one"),
    ("CFDI40192", "DomicilioFiscalACuentaTerceros debe estar en la lista de RFC",
     "DomicilioFiscalACuentaTerceros must be on the list of RFCs"),
    ("CFDI40193", "DomicilioFiscalACuentaTerceros debe ser el registrado",
     "DomicilioFiscalACuentaTerceros must be the registered one"),
):
    needs_list(_code, _es, _en)
