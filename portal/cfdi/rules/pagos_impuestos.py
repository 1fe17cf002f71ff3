"""Taxes of the paid documents and of the payments (CRP20248–20274)."""

from decimal import Decimal
from typing import Final

from portal.cfdi.catalogs import rates
from portal.cfdi.model import Pagos
from portal.cfdi.pagos import DoctoRelacionado, Pago, RetencionDR, RetencionP, TrasladoDR, TrasladoP
from portal.cfdi.rules.amounts import ZERO, close, nd, tax_limits
from portal.cfdi.rules.facts import Facts
from portal.cfdi.rules.pagos import is_row
from portal.cfdi.rules.registry import Fault, Found, On, rule
from portal.cfdi.rules.sentences import absent, adds_up, must, must_have, required

_CENT: Final = Decimal("0.01")  # no rounding is published for sums of conversions
_TOTALS: Final = {"002": "TotalRetencionesIVA", "001": "TotalRetencionesISR", "003": "TotalRetencionesIEPS"}
_RATES: Final = {"0.16": "IVA16", "0.08": "IVA8", "0": "IVA0"}
_KNOWN: Final = frozenset({"001", "002", "003"})
_Tax = RetencionDR | TrasladoDR
_Key = tuple[str, str, Decimal | None]


@rule("CRP20248", On.DOCTO, must_have("el nodo ImpuestosDR|the node ImpuestosDR",
      "al menos un traslado o una retención", "at least one transferred or withheld tax"))  # fmt: skip
def not_empty(facts: Facts, paid: DoctoRelacionado) -> Found:
    """A node of taxes has taxes."""
    taxes = paid.impuestos_dr
    if taxes is None or taxes.traslados or taxes.retenciones:
        return None
    return Fault(taxes, "", "TrasladoDR | RetencionDR")


@rule("CRP20249", On.RETENCION_DR, must("BaseDR de una retención|a withheld tax's BaseDR", "mayor que cero",
      "above zero"))  # fmt: skip
def withheld_base(facts: Facts, tax: RetencionDR) -> Found:
    """A tax is on something."""
    return None if tax.base > 0 else Fault(tax, "BaseDR", "> 0")


@rule("CRP20255", On.TRASLADO_DR, must("BaseDR de un traslado|a transferred tax's BaseDR", "mayor que cero",
      "above zero"))  # fmt: skip
def transferred_base(facts: Facts, tax: TrasladoDR) -> Found:
    """A tax is on something."""
    return None if tax.base > 0 else Fault(tax, "BaseDR", "> 0")


@rule("CRP20252", On.RETENCION_DR, must("TipoFactorDR de una retención|a withheld tax's TipoFactorDR",
      "distinto de Exento", "other than Exento"))  # fmt: skip
def withheld_not_exempt(facts: Facts, tax: RetencionDR) -> Found:
    """Nothing exempt is withheld."""
    return Fault(tax, "TipoFactorDR", "Tasa | Cuota") if tax.tipo_factor == "Exento" else None


@rule("CRP20258", On.TRASLADO_DR, absent("TasaOCuotaDR ni ImporteDR|TasaOCuotaDR and ImporteDR",
      "en un traslado exento", "in an exempt transferred tax"))  # fmt: skip
def exempt_is_bare(facts: Facts, tax: TrasladoDR) -> Found:
    """Exempt: no rate, no tax."""
    wrong = tax.tipo_factor == "Exento" and (tax.has("TasaOCuotaDR") or tax.has("ImporteDR"))
    return Fault(tax, "TipoFactorDR") if wrong else None


@rule("CRP20259", On.TRASLADO_DR, required("TasaOCuotaDR e ImporteDR|TasaOCuotaDR and ImporteDR",
      "en un traslado con TipoFactorDR Tasa o Cuota", "in a transferred tax with TipoFactorDR Tasa or Cuota"))
def rated_is_whole(facts: Facts, tax: TrasladoDR) -> Found:
    """A rate and a tax."""
    wrong = tax.tipo_factor in ("Tasa", "Cuota") and not (tax.has("TasaOCuotaDR") and tax.has("ImporteDR"))
    return Fault(tax, "TipoFactorDR", "TasaOCuotaDR, ImporteDR") if wrong else None


_ROWS = ("una de c_TasaOCuota para su impuesto y factor", "one of c_TasaOCuota for its tax and factor")


@rule("CRP20253", On.RETENCION_DR, must("TasaOCuotaDR de una retención|a withheld tax's TasaOCuotaDR", *_ROWS))
def withheld_rate(facts: Facts, tax: RetencionDR) -> Found:
    """The rate against SAT's rows."""
    return _rate(tax, "R", "TasaOCuotaDR")


@rule("CRP20260", On.TRASLADO_DR, must("TasaOCuotaDR de un traslado|a transferred tax's TasaOCuotaDR", *_ROWS))
def transferred_rate(facts: Facts, tax: TrasladoDR) -> Found:
    """The rate against SAT's rows."""
    return _rate(tax, "T", "TasaOCuotaDR")


@rule("CRP20272", On.TRASLADO_P, must("TasaOCuotaP|TasaOCuotaP", *_ROWS))
def payment_tax_rate(facts: Facts, tax: TrasladoP) -> Found:
    """The rate against SAT's rows."""
    return _rate(tax, "T", "TasaOCuotaP")


def _rate(tax: _Tax | TrasladoP, kind: str, attribute: str) -> Found:
    rate = tax.tasa_o_cuota
    if rate is None or tax.impuesto not in _KNOWN or tax.tipo_factor not in ("Tasa", "Cuota"):
        return None  # the catalogs say so
    if rates.allowed(tax.impuesto, tax.tipo_factor, kind, rate):
        return None
    return Fault(tax, attribute, rates.told(tax.impuesto, tax.tipo_factor, kind))


_LIMITS = ("BaseDR por TasaOCuotaDR, dentro de los límites del redondeo",
           "BaseDR times TasaOCuotaDR, within the limits of rounding")  # fmt: skip


@rule("CRP20254", On.RETENCION_DR, must("ImporteDR de una retención|a withheld tax's ImporteDR", *_LIMITS))
def withheld_amount(facts: Facts, tax: RetencionDR) -> Found:
    """F2."""
    return _amount(tax)


@rule("CRP20261", On.TRASLADO_DR, must("ImporteDR de un traslado|a transferred tax's ImporteDR", *_LIMITS))
def transferred_amount(facts: Facts, tax: TrasladoDR) -> Found:
    """F2."""
    return _amount(tax)


def _amount(tax: _Tax) -> Found:
    rate, importe = tax.tasa_o_cuota, tax.importe
    if rate is None or importe is None or close(tax.base * rate, importe):
        return None
    low, high = tax_limits(tax.base, rate, nd(importe))
    return None if low <= importe <= high else Fault(tax, "ImporteDR", f"{low} – {high}")


@rule("CRP20263", On.PAGO, must_have("las retenciones de un pago|a payment's withheld taxes",
      "una sola fila por impuesto", "only one row for each tax"))  # fmt: skip
def one_row_withheld(facts: Facts, payment: Pago) -> Found:
    """No tax twice."""
    taxes = payment.impuestos_p
    seen: set[str] = set()
    for row in taxes.retenciones if taxes is not None else ():
        if row.impuesto in seen:
            return Fault(row, "ImpuestoP", "1")
        seen.add(row.impuesto)
    return None


@rule("CRP20271", On.PAGO, must_have("los traslados de un pago|a payment's transferred taxes",
      "una sola fila por impuesto, factor y tasa", "only one row for each tax, factor and rate"))  # fmt: skip
def one_row_transferred(facts: Facts, payment: Pago) -> Found:
    """No combination twice; rates compare as numbers."""
    taxes = payment.impuestos_p
    seen: set[object] = set()
    for row in taxes.traslados if taxes is not None else ():
        if _key(row) in seen:
            return Fault(row, "ImpuestoP", "1")
        seen.add(_key(row))
    return None


def _key(tax: TrasladoP | TrasladoDR) -> _Key:
    return tax.impuesto, tax.tipo_factor, None if tax.tipo_factor == "Exento" else tax.tasa_o_cuota


@rule("CRP20264", On.PAGOS, required("TotalRetenciones del impuesto|TotalRetenciones of the tax",
      "si algún pago lo retiene", "when a payment withholds it"))  # fmt: skip
def withheld_has_total(facts: Facts, node: Pagos) -> Found:
    """Rows need their total, those of the paid documents too: a payment's own may be what is missing."""
    rows: list[RetencionDR | RetencionP] = [*facts.withheld_dr, *facts.withheld_p]
    for impuesto, row in {row.impuesto: row for row in rows}.items():
        total = _TOTALS.get(impuesto)
        if total is not None and (node.totales is None or not node.totales.has(total)):
            return Fault(row, "ImpuestoP" if isinstance(row, RetencionP) else "ImpuestoDR", total)
    return None


def _has_totals(facts: Facts, node: Pagos, kind: str) -> Found:
    rows: list[TrasladoDR | TrasladoP] = [*facts.transferred_dr, *facts.transferred_p]
    for row in {_key(row): row for row in rows}.values():
        name = next((name for rate, name in _RATES.items() if is_row(row, rate)), None)
        if name is None and kind == "Base" and is_row(row, ""):
            name = "IVAExento"
        attribute = f"TotalTraslados{kind}{name}"
        if name is not None and (node.totales is None or not node.totales.has(attribute)):
            return Fault(row, "ImpuestoP" if isinstance(row, TrasladoP) else "ImpuestoDR", attribute)
    return None


@rule("CRP20267", On.PAGOS, required("TotalTrasladosBase de la tasa|TotalTrasladosBase of the rate",
      "si algún pago traslada IVA", "when a payment transfers IVA"))  # fmt: skip
def base_has_total(facts: Facts, node: Pagos) -> Found:
    """Rows need their total."""
    return _has_totals(facts, node, "Base")


@rule("CRP20273", On.PAGOS, required("TotalTrasladosImpuesto de la tasa|TotalTrasladosImpuesto of the rate",
      "si algún pago traslada IVA", "when a payment transfers IVA"))  # fmt: skip
def tax_has_total(facts: Facts, node: Pagos) -> Found:
    """Rows need their total."""
    return _has_totals(facts, node, "Impuesto")


def _converted(payment: Pago, impuesto: str) -> Decimal:
    """Σ ImporteDR / EquivalenciaDR of the withheld taxes."""
    found = ZERO
    for paid in payment.doctos_relacionados:
        for tax in paid.impuestos_dr.retenciones if paid.impuestos_dr is not None else ():
            if tax.impuesto == impuesto:
                found += (tax.importe or ZERO) / (paid.equivalencia_dr or 1)
    return found


def _converted_row(payment: Pago, kind: _Key) -> tuple[Decimal, Decimal]:
    """Σ BaseDR and ImporteDR / EquivalenciaDR of the transferred taxes of a row's kind."""
    base = importe = ZERO
    for paid in payment.doctos_relacionados:
        for tax in paid.impuestos_dr.traslados if paid.impuestos_dr is not None else ():
            if _key(tax) == kind:
                base += tax.base / (paid.equivalencia_dr or 1)
                importe += (tax.importe or ZERO) / (paid.equivalencia_dr or 1)
    return base, importe


def _near(row: TrasladoP | RetencionP, attribute: str, written: Decimal, expected: Decimal) -> Found:
    return None if abs(written - expected) <= _CENT else Fault(row, attribute, f"{expected:.6f}")


@rule("CRP20265", On.RETENCION_P, adds_up(
    "ImporteP de una retención|a withheld tax's ImporteP", "la suma de ImporteDR / EquivalenciaDR del mismo impuesto",
    "the sum of ImporteDR / EquivalenciaDR of the same tax"))  # fmt: skip
def withheld_sum(facts: Facts, row: RetencionP) -> Found:
    """Σ of the paid documents, to a cent."""
    return _near(row, "ImporteP", row.importe, _converted(facts.payment_of[id(row)], row.impuesto))


def _is_exempt(facts: Facts, row: TrasladoP) -> bool:
    """Whether a row is exempt by what it says, or else by what was paid: exempt documents only."""
    if row.has("TipoFactorP"):
        return row.tipo_factor == "Exento"
    documents = facts.payment_of[id(row)].doctos_relacionados
    taxes = [tax for paid in documents if paid.impuestos_dr is not None for tax in paid.impuestos_dr.traslados]
    return bool(taxes) and all(tax.tipo_factor == "Exento" for tax in taxes)


@rule("CRP20266", On.TRASLADO_P, must_have(
    "un traslado exento de un pago|a payment's exempt transferred tax",
    "BaseP, ImpuestoP y TipoFactorP, y no TasaOCuotaP ni ImporteP",
    "BaseP, ImpuestoP and TipoFactorP, and neither TasaOCuotaP nor ImporteP"))  # fmt: skip
def exempt_payment_is_bare(facts: Facts, row: TrasladoP) -> Found:
    """Exempt: no rate, no tax."""
    if not _is_exempt(facts, row):
        return None
    whole = row.has("BaseP") and row.has("ImpuestoP") and row.has("TipoFactorP")
    bare = not row.has("TasaOCuotaP") and not row.has("ImporteP")
    return None if whole and bare else Fault(row, "TipoFactorP", "Exento")


@rule("CRP20268", On.TRASLADO_P, adds_up(
    "BaseP", "la suma de BaseDR / EquivalenciaDR con igual impuesto, factor y tasa",
    "the sum of BaseDR / EquivalenciaDR with the same tax, factor and rate"))  # fmt: skip
def base_sum(facts: Facts, row: TrasladoP) -> Found:
    """Σ of the paid documents, to a cent."""
    if _is_exempt(facts, row):
        return None
    return _near(row, "BaseP", row.base, _converted_row(facts.payment_of[id(row)], _key(row))[0])


@rule("CRP20269", On.TRASLADO_P, adds_up(
    "BaseP de un traslado exento|an exempt tax's BaseP", "la suma de BaseDR / EquivalenciaDR exentas",
    "the sum of the exempt BaseDR / EquivalenciaDR"))  # fmt: skip
def exempt_base_sum(facts: Facts, row: TrasladoP) -> Found:
    """Σ of the paid documents, to a cent."""
    if not _is_exempt(facts, row):
        return None
    kind = (row.impuesto, "Exento", None)
    return _near(row, "BaseP", row.base, _converted_row(facts.payment_of[id(row)], kind)[0])


@rule("CRP20274", On.TRASLADO_P, adds_up(
    "ImporteP de un traslado|a transferred tax's ImporteP",
    "la suma de ImporteDR / EquivalenciaDR con igual impuesto, factor y tasa",
    "the sum of ImporteDR / EquivalenciaDR with the same tax, factor and rate"))  # fmt: skip
def importe_sum(facts: Facts, row: TrasladoP) -> Found:
    """Σ of the paid documents, to a cent."""
    if row.importe is None:
        return None
    return _near(row, "ImporteP", row.importe, _converted_row(facts.payment_of[id(row)], _key(row))[1])
