"""Taxes of the conceptos and their summary (CFDI40174–40186, 40201–40221)."""

from decimal import Decimal
from typing import Final

from portal.cfdi.catalogs import rates
from portal.cfdi.model import Comprobante, Impuestos, Retencion, Traslado
from portal.cfdi.rules.amounts import ZERO, close, nd, rounded, tax_limits
from portal.cfdi.rules.facts import Facts, TaxKey, key_of, total
from portal.cfdi.rules.registry import Fault, Found, On, rule
from portal.cfdi.rules.sentences import absent, adds_up, decimals, must, must_have, required
from portal.cfdi.sentences import Family, Sentence

_KNOWN: Final = frozenset({"001", "002", "003"})


@rule("CFDI40174", On.TRASLADO, must("Base de un traslado|a transferred tax's Base", "mayor que cero", "above zero"))
def transferred_base(facts: Facts, tax: Traslado) -> Found:
    """A tax is on something."""
    return None if tax.base is None or tax.base > 0 else Fault(tax, "Base", "> 0")


@rule("CFDI40177", On.ALIKE, absent(
    "TasaOCuota ni Importe|TasaOCuota and Importe", "en un traslado exento", "in an exempt transferred tax"))
def exempt_is_bare(facts: Facts, same: list[Traslado]) -> Found:
    """Exempt: no rate, no tax."""
    if same[0].tipo_factor != "Exento":
        return None
    return [Fault(tax, "TipoFactor") for tax in same if tax.has("TasaOCuota") or tax.has("Importe")]


@rule("CFDI40178", On.ALIKE, required("TasaOCuota e Importe de un traslado|a transferred tax's TasaOCuota and Importe",
      "con TipoFactor Tasa o Cuota", "with TipoFactor Tasa or Cuota"))  # fmt: skip
def rated_is_whole(facts: Facts, same: list[Traslado]) -> Found:
    """A rate and a tax."""
    first = same[0]
    if first.tipo_factor not in ("Tasa", "Cuota"):
        return None
    bare = same if first.tasa_o_cuota is None else [tax for tax in same if tax.importe is None]
    return [Fault(tax, "TipoFactor", "TasaOCuota, Importe") for tax in bare]


@rule("CFDI40179", On.ALIKE, must(
    "TasaOCuota de un traslado|a transferred tax's TasaOCuota", "una de c_TasaOCuota para su impuesto y factor",
    "one of c_TasaOCuota for its tax and factor"))  # fmt: skip
def transferred_rate(facts: Facts, same: list[Traslado]) -> Found:
    """The rate against SAT's rows."""
    fault = _rate(same[0], "T")
    return None if fault is None else [fault._replace(node=tax) for tax in same]


@rule("CFDI40185", On.RETENCION, must(
    "TasaOCuota de una retención|a withheld tax's TasaOCuota", "una de c_TasaOCuota para su impuesto y factor",
    "one of c_TasaOCuota for its tax and factor"))  # fmt: skip
def withheld_rate(facts: Facts, tax: Retencion) -> Found:
    """The rate against SAT's rows."""
    return _rate(tax, "R")


def _rate(tax: Traslado | Retencion, kind: str) -> Fault | None:
    rate = tax.tasa_o_cuota
    if rate is None or tax.tipo_factor == "Exento" or rates.allowed(tax.impuesto, tax.tipo_factor, kind, rate):
        return None
    if tax.impuesto not in _KNOWN or tax.tipo_factor not in ("Tasa", "Cuota"):
        return None  # the catalogs say so
    return Fault(tax, "TasaOCuota", rates.told(tax.impuesto, tax.tipo_factor, kind))


@rule("CFDI40180", On.TRASLADO, must(
    "Importe de un traslado|a transferred tax's Importe", "Base por TasaOCuota, dentro de los límites del redondeo",
    "Base times TasaOCuota, within the limits of rounding"))  # fmt: skip
def transferred_amount(facts: Facts, tax: Traslado) -> Found:
    """F2."""
    return _amount(tax, tax.importe)


@rule("CFDI40186", On.RETENCION, must(
    "Importe de una retención|a withheld tax's Importe", "Base por TasaOCuota, dentro de los límites del redondeo",
    "Base times TasaOCuota, within the limits of rounding"))  # fmt: skip
def withheld_amount(facts: Facts, tax: Retencion) -> Found:
    """F2."""
    return _amount(tax, tax.importe)


def _amount(tax: Traslado | Retencion, importe: Decimal | None) -> Found:
    base, rate = tax.base, tax.tasa_o_cuota
    if base is None or rate is None or importe is None or close(base * rate, importe):
        return None
    low, high = tax_limits(base, rate, nd(importe))
    return None if low <= importe <= high else Fault(tax, "Importe", f"{low} – {high}")


@rule("CFDI40181", On.RETENCION, must("Base de una retención|a withheld tax's Base", "mayor que cero", "above zero"))
def withheld_base(facts: Facts, tax: Retencion) -> Found:
    """A tax is on something."""
    return None if tax.base is None or tax.base > 0 else Fault(tax, "Base", "> 0")


@rule("CFDI40184", On.RETENCION, must("TipoFactor de una retención|a withheld tax's TipoFactor", "distinto de Exento",
      "other than Exento"))
def withheld_not_exempt(facts: Facts, tax: Retencion) -> Found:
    """Nothing exempt is withheld."""
    return Fault(tax, "TipoFactor", "Tasa | Cuota") if tax.tipo_factor == "Exento" else None


@rule("CFDI40201", On.SUMMARY, absent("el resumen de impuestos|the summary of taxes",
      "en un comprobante de traslado o pago",
      "in a transfer or payment document"), types="TP")  # fmt: skip
def no_summary(facts: Facts, taxes: Impuestos) -> Found:
    """Nothing is taxed."""
    return Fault(taxes)


@rule("CFDI40202", On.SUMMARY, decimals("TotalImpuestosRetenidos"))
def withheld_total_decimals(facts: Facts, taxes: Impuestos) -> Found:
    """The total in the currency's decimals."""
    return _fine(facts, taxes, "TotalImpuestosRetenidos")


@rule("CFDI40204", On.SUMMARY, decimals("TotalImpuestosTrasladados"))
def transferred_total_decimals(facts: Facts, taxes: Impuestos) -> Found:
    """The total in the currency's decimals."""
    return _fine(facts, taxes, "TotalImpuestosTrasladados")


def _fine(facts: Facts, node: Impuestos | Traslado | Retencion, attribute: str) -> Found:
    too_fine = node.has(attribute) and node.decimals(attribute) > facts.decimals
    return Fault(node, attribute, f"<= {facts.decimals}") if too_fine else None


@rule("CFDI40203", On.SUMMARY, adds_up("TotalImpuestosRetenidos", "la suma de las retenciones del resumen",
      "the sum of the summary's withheld taxes"))  # fmt: skip
def withheld_total(facts: Facts, taxes: Impuestos) -> Found:
    """Σ of the rows."""
    expected = total(row.importe for row in taxes.retenciones)
    wrong = taxes.total_impuestos_retenidos not in (None, expected)
    return Fault(taxes, "TotalImpuestosRetenidos", str(expected)) if wrong else None


@rule("CFDI40205", On.SUMMARY, adds_up("TotalImpuestosTrasladados", "la suma de los traslados del resumen",
      "the sum of the summary's transferred taxes"))  # fmt: skip
def transferred_total(facts: Facts, taxes: Impuestos) -> Found:
    """Σ of the rows."""
    expected = total(row.importe for row in taxes.traslados)
    wrong = taxes.total_impuestos_trasladados not in (None, expected)
    return Fault(taxes, "TotalImpuestosTrasladados", str(expected)) if wrong else None


@rule("CFDI40206", On.SUMMARY, required("TotalImpuestosRetenidos", "si hay retenciones", "with withheld taxes"))
def withheld_total_there(facts: Facts, taxes: Impuestos) -> Found:
    """Rows need their total."""
    wrong = bool(taxes.retenciones) and not taxes.has("TotalImpuestosRetenidos")
    return Fault(taxes, "TotalImpuestosRetenidos") if wrong else None


@rule("CFDI40209", On.SUMMARY_RETENCION, required("TotalImpuestosRetenidos",
      "si el resumen tiene Importe de una retención",
      "when the summary has a withheld tax's Importe"))  # fmt: skip
def withheld_row_has_total(facts: Facts, row: Retencion) -> Found:
    """The same, said of the row."""
    taxes = facts.document.impuestos
    return Fault(row, "Importe") if taxes is not None and not taxes.has("TotalImpuestosRetenidos") else None


@rule("CFDI40208", On.SUMMARY, must_have(
    "el resumen de retenciones|the summary of withheld taxes", "una sola fila por impuesto",
    "only one row for each tax"))
def one_row_withheld(facts: Facts, taxes: Impuestos) -> Found:
    """No tax twice."""
    return _twice([(row, row.impuesto) for row in taxes.retenciones])


@rule("CFDI40218", On.SUMMARY, must_have(
    "el resumen de traslados|the summary of transferred taxes", "una sola fila por impuesto, factor y tasa",
    "only one row for each tax, factor and rate"))
def one_row_transferred(facts: Facts, taxes: Impuestos) -> Found:
    """No combination twice; rates compare as numbers."""
    return _twice([(row, key_of(row)) for row in taxes.traslados])


def _twice(rows: list[tuple[Retencion, str]] | list[tuple[Traslado, TaxKey]]) -> Found:
    seen: set[object] = set()
    for row, key in rows:
        if key in seen:
            return Fault(row, "Impuesto", "1")
        seen.add(key)
    return None


@rule("CFDI40210", On.SUMMARY_RETENCION, decimals("Importe de una retención del resumen|Importe of a withheld row"))
def withheld_row_decimals(facts: Facts, row: Retencion) -> Found:
    """In the currency's decimals."""
    return _fine(facts, row, "Importe")


@rule("CFDI40214", On.SUMMARY_TRASLADO, decimals("Base de un traslado del resumen|Base of a transferred row"))
def transferred_row_base_decimals(facts: Facts, row: Traslado) -> Found:
    """In the currency's decimals."""
    return _fine(facts, row, "Base")


@rule("CFDI40220", On.SUMMARY_TRASLADO, decimals("Importe de un traslado del resumen|Importe of a transferred row"))
def transferred_row_decimals(facts: Facts, row: Traslado) -> Found:
    """In the currency's decimals."""
    return _fine(facts, row, "Importe")


@rule("CFDI40211", On.SUMMARY_RETENCION, adds_up(
    "Importe de una retención del resumen|Importe of a withheld row",
    "la suma de las de los conceptos con el mismo impuesto",
    "the sum of those of the conceptos with the same tax"))  # fmt: skip
def withheld_row(facts: Facts, row: Retencion) -> Found:
    """Σ of the conceptos, rounded."""
    expected = rounded(facts.withheld.get(row.impuesto, ZERO), facts.decimals)
    return None if row.importe == expected else Fault(row, "Importe", str(expected))


@rule("CFDI40212", On.SUMMARY, required("TotalImpuestosTrasladados", "si hay traslados que no son exentos",
      "with transferred taxes that are not exempt"))  # fmt: skip
def transferred_total_there(facts: Facts, taxes: Impuestos) -> Found:
    """Rows need their total."""
    rated = any(row.tipo_factor != "Exento" for row in taxes.traslados)
    wrong = rated and not taxes.has("TotalImpuestosTrasladados")
    return Fault(taxes, "TotalImpuestosTrasladados") if wrong else None


@rule("CFDI40213", On.SUMMARY_TRASLADO, must_have(
    "el resumen, si todo es exento,|the summary, when all is exempt,", "sólo Base, Impuesto y TipoFactor",
    "only Base, Impuesto and TipoFactor"))
def exempt_row_is_bare(facts: Facts, row: Traslado) -> Found:
    """When all is exempt, the rows have neither rate nor tax."""
    wrong = facts.only_exempt and (row.has("TasaOCuota") or row.has("Importe"))
    return Fault(row, "TipoFactor", "Base, Impuesto, TipoFactor") if wrong else None


@rule("CFDI40215", On.SUMMARY_TRASLADO, adds_up(
    "Base de un traslado del resumen|Base of a transferred row",
    "la suma de las de los conceptos con igual impuesto, factor y tasa",
    "the sum of those of the conceptos with the same tax, factor and rate"))  # fmt: skip
def transferred_row_base(facts: Facts, row: Traslado) -> Found:
    """Σ of the conceptos, rounded."""
    return None if row.tipo_factor == "Exento" else _base(facts, row)


@rule("CFDI40216", On.SUMMARY_TRASLADO, adds_up(
    "Base de un traslado exento del resumen|Base of an exempt row", "la suma de las bases exentas de los conceptos",
    "the sum of the conceptos' exempt bases"))  # fmt: skip
def exempt_row_base(facts: Facts, row: Traslado) -> Found:
    """Σ of the exempt conceptos, rounded."""
    return _base(facts, row) if row.tipo_factor == "Exento" else None


def _base(facts: Facts, row: Traslado) -> Found:
    sums = facts.transferred.get(key_of(row), (ZERO, ZERO))
    expected = rounded(sums[0], facts.decimals)
    return None if row.base in (None, expected) else Fault(row, "Base", str(expected))


@rule("CFDI40219", On.SUMMARY_TRASLADO, must(
    "TasaOCuota de un traslado del resumen|TasaOCuota of a transferred row",
    "una de c_TasaOCuota para su impuesto y factor",
    "one of c_TasaOCuota for its tax and factor"))  # fmt: skip
def transferred_row_rate(facts: Facts, row: Traslado) -> Found:
    """The rate against SAT's rows."""
    return _rate(row, "T")


@rule("CFDI40221", On.SUMMARY_TRASLADO, adds_up(
    "Importe de un traslado del resumen|Importe of a transferred row",
    "la suma de los de los conceptos con igual impuesto, factor y tasa",
    "the sum of those of the conceptos with the same tax, factor and rate"))  # fmt: skip
def transferred_row(facts: Facts, row: Traslado) -> Found:
    """Σ of the conceptos, rounded."""
    sums = facts.transferred.get(key_of(row), (ZERO, ZERO))
    expected = rounded(sums[1], facts.decimals)
    return None if row.importe in (None, expected) else Fault(row, "Importe", str(expected))


@rule("ACUSE-TAX-SUMMARY", On.DOCUMENT, Sentence(
    "Los impuestos de los conceptos deben aparecer en el resumen", "The conceptos' taxes must appear in the summary",
    "Agrega al nodo Impuestos del comprobante una fila por impuesto, factor y tasa.",
    "Add to the document's node Impuestos a row for each tax, factor and rate."),
    types="IEN", family=Family.MATRIX)  # fmt: skip
def summary_complete(facts: Facts, document: Comprobante) -> Found:
    """Every tax of a concepto has its row (exempt ones were often left out, and change nothing)."""
    taxes = document.impuestos
    rows = {key_of(row) for row in taxes.traslados} if taxes is not None else set()
    withheld = {row.impuesto for row in taxes.retenciones} if taxes is not None else set()
    missing = [key for key, (_, importe) in facts.transferred.items() if importe and key not in rows]
    lost = [key[0] for key in missing]
    lost += [tax for tax, importe in facts.withheld.items() if importe and tax not in withheld]
    return Fault(taxes or document, "", ", ".join(dict.fromkeys(lost)), "") if lost else None
