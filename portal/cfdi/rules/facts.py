"""What several rules need of one document, computed when first asked for and kept."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

from portal.cfdi.catalogs.currencies import MONEDA
from portal.cfdi.context import Context
from portal.cfdi.lazy import Unreadable, kept
from portal.cfdi.model import (
    CCE11,
    CCE20,
    CFD4,
    PAGOS20,
    ACuentaTerceros,
    Comprobante,
    Concepto,
    ImpuestosConcepto,
    Pagos,
    Parte,
    Retencion,
    Traslado,
)
from portal.cfdi.pagos import DoctoRelacionado, Pago, RetencionDR, RetencionP, TrasladoDR, TrasladoP
from portal.cfdi.rules.amounts import ZERO

NATIONAL: Final = "XAXX010101000"  # sales to the general public
FOREIGN: Final = "XEXX010101000"  # residents abroad
GENERIC: Final = frozenset({NATIONAL, FOREIGN})
PUBLIC: Final = "PUBLICO EN GENERAL"
_TRASLADO: Final = f"{{{CFD4}}}Traslado"
_RETENCION: Final = f"{{{CFD4}}}Retencion"
_IMPUESTOS: Final = f"{{{CFD4}}}Impuestos"
_EXTRAS: Final = tuple([f"{{{CFD4}}}{name}" for name in ("Parte", "InformacionAduanera", "ACuentaTerceros")])

TaxKey = tuple[str, str, Decimal | None]
"""Impuesto, TipoFactor and rate (None when exempt): what the summary has one row of."""

_NOTHING: Final = (ZERO, ZERO)

class Facts:
    """The facts of one document 4.0 and the circumstances of its judgement."""

    def __init__(self, document: Comprobante, context: Context) -> None:
        self.document = document
        self.context = context
        self.tipo = document.tipo_de_comprobante
        self.lists = document.nodes("Conceptos")

    @kept
    def conceptos(self) -> tuple[Concepto, ...]:
        """The lines."""
        return self.document.conceptos

    @kept
    def decimals(self) -> int:
        """The decimals of the currency. Raises Unreadable for a currency that SAT does not have."""
        return decimals_of(self.document.moneda)

    @kept
    def year(self) -> int:
        """The document's year; that of the judgement when Fecha cannot be read."""
        try:
            return self.document.fecha.year
        except Unreadable:
            return self.context.at.year

    @kept
    def tells_abroad(self) -> bool:
        """Whether the receiver is abroad, or says something that only those abroad say."""
        receiver = self.document.receptor
        return receiver.rfc == FOREIGN or receiver.has("ResidenciaFiscal") or receiver.has("NumRegIdTrib")

    @kept
    def by_object(self) -> dict[str, list[Concepto]]:
        """The conceptos by ObjetoImp."""
        found: dict[str, list[Concepto]] = {}
        for concepto in self.conceptos:
            found.setdefault(concepto.objeto_imp, []).append(concepto)
        return found

    def lines(self, *codes: str) -> list[Concepto]:
        """The conceptos with one of these ObjetoImp."""
        return [concepto for code in codes for concepto in self.by_object.get(code, ())]

    @kept
    def discounted(self) -> list[Concepto]:
        """The conceptos with a Descuento."""
        return [concepto for concepto in self.conceptos if concepto.has("Descuento")]

    @kept
    def traslados(self) -> list[Traslado]:
        """The transferred taxes of all conceptos."""
        return [Traslado(e) for lines in self.lists for e in lines.iter(_TRASLADO)]

    @kept
    def taxes(self) -> dict[Any, ImpuestosConcepto]:
        """The conceptos' nodes of taxes, by the concepto's element."""
        return {e.getparent(): ImpuestosConcepto(e) for lines in self.lists for e in lines.iter(_IMPUESTOS)}

    @kept
    def retenciones(self) -> list[Retencion]:
        """The withheld taxes of all conceptos."""
        return [Retencion(e) for lines in self.lists for e in lines.iter(_RETENCION)]

    @kept
    def has_extras(self) -> bool:
        """Whether any concepto has parts, customs entries or somebody on whose behalf it is sold."""
        return any([True for lines in self.lists for _ in lines.iter(*_EXTRAS)])

    @kept
    def partes(self) -> list[Parte]:
        """The parts of all conceptos."""
        return [parte for concepto in self.conceptos for parte in concepto.partes]

    @kept
    def terceros(self) -> list[ACuentaTerceros]:
        """On behalf of whom conceptos are sold."""
        found = (concepto.a_cuenta_terceros for concepto in self.conceptos)
        return [third for third in found if third is not None]

    @kept
    def transferred(self) -> dict[TaxKey, tuple[Decimal, Decimal]]:
        """Base and Importe of the conceptos' transferred taxes, by what the summary groups them."""
        sums: dict[TaxKey, tuple[Decimal, Decimal]] = {}
        for same in self.alike:
            key = key_of(same[0])
            base, importe = sums.get(key, _NOTHING)
            sums[key] = base + total([tax.base for tax in same]), importe + total([tax.importe for tax in same])
        return sums

    @kept
    def alike(self) -> list[list[Traslado]]:
        """The transferred taxes of conceptos that are written alike (tax, factor, rate), together.

        An invoice has a few kinds and many taxes; and hashing texts is much faster than hashing amounts.
        """
        groups: dict[tuple[str | None, ...], list[Traslado]] = {}
        for tax in self.traslados:
            read = tax.element.get
            key = (read("Impuesto"), read("TipoFactor"), read("TasaOCuota"))
            same = groups.get(key)
            if same is None:
                groups[key] = [tax]
            else:
                same.append(tax)
        return list(groups.values())

    @kept
    def withheld(self) -> dict[str, Decimal]:
        """Importe of the conceptos' withheld taxes, by Impuesto."""
        sums: dict[str, Decimal] = {}
        for tax in self.retenciones:
            sums[tax.impuesto] = sums.get(tax.impuesto, ZERO) + tax.importe
        return sums

    @kept
    def only_exempt(self) -> bool:
        """Whether every transferred tax of the conceptos is Exento (and there is one)."""
        return bool(self.traslados) and all(same[0].tipo_factor == "Exento" for same in self.alike)

    @kept
    def foreign_trade(self) -> bool:
        """Whether the document has the Comercio Exterior complement."""
        return any(node.namespace in (CCE11, CCE20) for node in self.document.complementos)

    @kept
    def pagos(self) -> list[Pagos]:
        """The Pagos 2.0 complements."""
        return [node for node in self.document.pagos if node.namespace == PAGOS20]

    @kept
    def payments(self) -> list[Pago]:
        """Every payment."""
        return [payment for node in self.pagos for payment in node.pagos]

    @kept
    def paid(self) -> list[DoctoRelacionado]:
        """Every paid document."""
        return [paid for payment in self.payments for paid in payment.doctos_relacionados]

    @kept
    def withheld_dr(self) -> list[RetencionDR]:
        """The withheld taxes of all paid documents."""
        return [tax for paid in self.paid if paid.impuestos_dr is not None for tax in paid.impuestos_dr.retenciones]

    @kept
    def transferred_dr(self) -> list[TrasladoDR]:
        """The transferred taxes of all paid documents."""
        return [tax for paid in self.paid if paid.impuestos_dr is not None for tax in paid.impuestos_dr.traslados]

    @kept
    def withheld_p(self) -> list[RetencionP]:
        """The withheld taxes of all payments."""
        return [tax for one in self.payments if one.impuestos_p is not None for tax in one.impuestos_p.retenciones]

    @kept
    def transferred_p(self) -> list[TrasladoP]:
        """The transferred taxes of all payments."""
        return [tax for one in self.payments if one.impuestos_p is not None for tax in one.impuestos_p.traslados]

    @kept
    def payment_of(self) -> dict[int, Pago]:
        """The payment that a paid document or a payment's tax belongs to, by the node's id."""
        owners = {id(paid): payment for payment in self.payments for paid in payment.doctos_relacionados}
        for payment in self.payments:
            taxes = payment.impuestos_p
            if taxes is not None:
                owners.update({id(tax): payment for tax in (*taxes.retenciones, *taxes.traslados)})
        return owners


def key_of(tax: Traslado) -> TaxKey:
    """What the summary groups a transferred tax by; rates compare as numbers."""
    exempt = tax.tipo_factor == "Exento"
    return tax.impuesto, tax.tipo_factor, None if exempt else tax.tasa_o_cuota


def decimals_of(moneda: str) -> int:
    """The decimals of a currency. Raises Unreadable for one that SAT does not have."""
    currency = MONEDA.get(moneda)
    if currency is None:
        raise Unreadable("Moneda")
    return currency.decimals


def person_of(rfc: str) -> str:
    """ "F" (persona física, 13 letters) or "M" (persona moral, 12). Raises Unreadable for anything else."""
    if len(rfc) not in (12, 13):
        raise Unreadable("Rfc")
    return "F" if len(rfc) == 13 else "M"


def total(values: Iterable[Decimal | None]) -> Decimal:
    """The sum; what is absent counts as nothing."""
    result = ZERO
    for value in values:
        if value is not None:
            result += value
    return result
