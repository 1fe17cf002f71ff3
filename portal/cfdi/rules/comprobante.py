"""The document's own attributes: payment, currency, amounts, type, issuer (CFDI40103–40141)."""

from decimal import Decimal

from portal.cfdi.catalogs.taxpayers import REGIMEN_FISCAL
from portal.cfdi.model import Comprobante
from portal.cfdi.rules.amounts import ZERO, rounded
from portal.cfdi.rules.facts import Facts, person_of, total
from portal.cfdi.rules.registry import Fault, Found, On, dormant, needs_list, rule
from portal.cfdi.rules.sentences import absent, adds_up, decimals, must, required

ONE = Decimal(1)
_NOTHING_SOLD = ("T", "P")
TOTAL_LIMIT = Decimal("999999999999999999.999999")


@rule("CFDI40103", On.DOCUMENT, absent("FormaPago", "en un comprobante de traslado, nómina o pago",
      "in a transfer, payroll or payment document"), types="TNP")  # fmt: skip
def no_payment_form(facts: Facts, document: Comprobante) -> Found:
    """FormaPago only where something is paid."""
    return Fault(document, "FormaPago") if document.has("FormaPago") else None


@rule("CFDI40105", On.DOCUMENT, must("FormaPago", "99 (por definir) cuando MetodoPago es PPD",
      "99 (to be defined) when MetodoPago is PPD"), types="IE")  # fmt: skip
def deferred_payment_undefined(facts: Facts, document: Comprobante) -> Found:
    """Who has not been paid cannot know how."""
    wrong = document.metodo_pago == "PPD" and document.forma_pago != "99"
    return Fault(document, "FormaPago", "99") if wrong else None


@rule("CFDI40107", On.DOCUMENT, decimals("SubTotal"))
def subtotal_decimals(facts: Facts, document: Comprobante) -> Found:
    """SubTotal in the currency's decimals; where nothing is sold, zero with decimals is zero too."""
    if facts.tipo in _NOTHING_SOLD and not document.sub_total:
        return None
    return _too_fine(facts, document, "SubTotal")


@rule("CFDI40112", On.DOCUMENT, decimals("Descuento"))
def discount_decimals(facts: Facts, document: Comprobante) -> Found:
    """Descuento in the currency's decimals."""
    return _too_fine(facts, document, "Descuento")


def _too_fine(facts: Facts, document: Comprobante, attribute: str) -> Found:
    if document.has(attribute) and document.decimals(attribute) > facts.decimals:
        return Fault(document, attribute, f"<= {facts.decimals}")
    return None


@rule("CFDI40108", On.DOCUMENT, adds_up("SubTotal", "la suma de los importes de los conceptos",
      "the sum of the conceptos' amounts"), types="IEN")  # fmt: skip
def subtotal_is_sum(facts: Facts, document: Comprobante) -> Found:
    """SubTotal = Σ Importe, rounded to the currency."""
    expected = rounded(total(concepto.importe for concepto in facts.conceptos), facts.decimals)
    return None if document.sub_total == expected else Fault(document, "SubTotal", str(expected))


@rule("CFDI40109", On.DOCUMENT, must("SubTotal", "cero en un comprobante de traslado o pago",
      "zero in a transfer or payment document"), types="TP")  # fmt: skip
def subtotal_is_zero(facts: Facts, document: Comprobante) -> Found:
    """Nothing is sold."""
    return Fault(document, "SubTotal", "0") if document.sub_total else None


@rule("CFDI40110", On.DOCUMENT, must("Descuento", "menor o igual que SubTotal", "at most SubTotal"))
def discount_within_subtotal(facts: Facts, document: Comprobante) -> Found:
    """No more is discounted than there is."""
    discount = document.descuento
    too_much = discount is not None and discount > document.sub_total
    return Fault(document, "Descuento", f"<= {document.sub_total}") if too_much else None


@rule("CFDI40111", On.DOCUMENT, adds_up(
    "Descuento", "la suma de los descuentos de los conceptos (si ninguno tiene, se omite)",
    "the sum of the conceptos' discounts (left out when none has any)"))  # fmt: skip
def discount_is_sum(facts: Facts, document: Comprobante) -> Found:
    """Descuento = Σ Descuento, and only there when some concepto has one; never in T and P."""
    discounts = [c.descuento for c in facts.discounted] if facts.tipo not in _NOTHING_SOLD else []
    if not discounts:
        return Fault(document, "Descuento", "—") if document.has("Descuento") else None
    expected = rounded(total(iter(discounts)), facts.decimals)
    return None if document.descuento == expected else Fault(document, "Descuento", str(expected))


@rule("CFDI40114", On.DOCUMENT, must("TipoCambio", "1 (u omitirse) cuando la moneda es MXN",
      "1 (or left out) when the currency is MXN"))  # fmt: skip
def peso_rate(facts: Facts, document: Comprobante) -> Found:
    """A peso is worth a peso."""
    wrong = document.moneda == "MXN" and document.tipo_cambio not in (None, ONE)
    return Fault(document, "TipoCambio", "1") if wrong else None


@rule("CFDI40115", On.DOCUMENT, required("TipoCambio", "cuando la moneda no es MXN ni XXX",
      "when the currency is neither MXN nor XXX"))  # fmt: skip
def foreign_rate(facts: Facts, document: Comprobante) -> Found:
    """A foreign currency needs its rate."""
    wrong = document.moneda not in ("MXN", "XXX") and not document.has("TipoCambio")
    return Fault(document, "TipoCambio", document.moneda) if wrong else None


@rule("CFDI40116", On.DOCUMENT, absent("TipoCambio", "cuando la moneda es XXX", "when the currency is XXX"))
def no_rate_without_currency(facts: Facts, document: Comprobante) -> Found:
    """No currency, no rate."""
    wrong = document.moneda == "XXX" and document.has("TipoCambio")
    return Fault(document, "TipoCambio") if wrong else None


@rule("CFDI40119", On.DOCUMENT, adds_up(
    "Total", "SubTotal − Descuento + impuestos trasladados − impuestos retenidos (federales y locales)",
    "SubTotal − Descuento + transferred taxes − withheld taxes (federal and local)"))  # fmt: skip
def total_adds_up(facts: Facts, document: Comprobante) -> Found:
    """Total, exact after rounding to the currency; zero in T and P."""
    if facts.tipo in _NOTHING_SOLD:
        return Fault(document, "Total", "0") if document.total else None
    expected = rounded(_total(document), facts.decimals)
    if document.total != expected or document.decimals("Total") > facts.decimals:
        return Fault(document, "Total", str(expected))
    return None


def _total(document: Comprobante) -> Decimal:
    amount = document.sub_total - (document.descuento or ZERO)
    taxes = document.impuestos
    if taxes is not None:
        amount += (taxes.total_impuestos_trasladados or ZERO) - (taxes.total_impuestos_retenidos or ZERO)
    for local in document.impuestos_locales:
        amount += local.total_de_traslados - local.total_de_retenciones
    return amount


@rule("CFDI40120", On.DOCUMENT, must("Total", "a lo más 999999999999999999.999999, o llevar Confirmacion",
      "at most 999999999999999999.999999, or come with Confirmacion"), types="IEN")  # fmt: skip
def total_within_limit(facts: Facts, document: Comprobante) -> Found:
    """The limit that c_TipoDeComprobante gives everybody; a taxpayer's own is in SAT's list."""
    wrong = document.total > TOTAL_LIMIT and not document.has("Confirmacion")
    return Fault(document, "Total", f"<= {TOTAL_LIMIT}") if wrong else None


@rule("CFDI40122", On.DOCUMENT, required("el complemento Comercio Exterior|the complement Comercio Exterior",
      "cuando Exportacion es 02",
      "when Exportacion is 02"))  # fmt: skip
def export_complement(facts: Facts, document: Comprobante) -> Found:
    """A definitive export with key A1 carries its complement."""
    wrong = document.exportacion == "02" and not facts.foreign_trade
    return Fault(document, "Exportacion", "cce20:ComercioExterior") if wrong else None


@rule("CFDI40125", On.DOCUMENT, absent("MetodoPago", "en un comprobante de traslado o pago",
      "in a transfer or payment document"), types="TP")  # fmt: skip
def no_payment_method(facts: Facts, document: Comprobante) -> Found:
    """MetodoPago only where something is paid."""
    return Fault(document, "MetodoPago") if document.has("MetodoPago") else None


@rule("CFDI40141", On.DOCUMENT, must("RegimenFiscal del emisor|the issuer's RegimenFiscal",
      "uno de su tipo de persona (física o moral)",
      "one that fits the kind of person (natural or legal)"))  # fmt: skip
def issuer_regime_fits(facts: Facts, document: Comprobante) -> Found:
    """The issuer's regime against the length of its RFC."""
    issuer = document.emisor
    regime = REGIMEN_FISCAL.get(issuer.regimen_fiscal)
    if regime is None or person_of(issuer.rfc) in regime.persons:
        return None
    return Fault(issuer, "RegimenFiscal", "persona física" if regime.persons == "M" else "persona moral",
                 f"{issuer.regimen_fiscal} · {issuer.rfc}")  # fmt: skip


for _code, _es, _en in (
    ("CFDI40118", "Un TipoCambio fuera de los límites requiere Confirmacion",
     "A TipoCambio beyond the limits needs Confirmacion"),
    ("CFDI40127", "Confirmacion sólo va cuando hace falta", "Confirmacion only where it is needed"),
    ("CFDI40128", "La clave de Confirmacion debe ser válida", "Confirmacion must be valid"),
    ("CFDI40129", "La clave de Confirmacion no debe haberse usado", "Confirmacion must not have been used before"),
    ("CFDI40999", "Error no clasificado del SAT", "SAT's unclassified error"),
):
    dormant(_code, _es, _en)
needs_list("CFDI40138", "El RFC del emisor debe estar inscrito en el SAT",
           "The issuer's RFC must be registered with SAT")
needs_list("CFDI40139", "El nombre del emisor debe ser el registrado en el SAT",
           "The issuer's name must be the one SAT registered")
