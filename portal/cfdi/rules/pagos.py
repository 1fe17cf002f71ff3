"""Payment documents: the envelope that is always the same, and the complement's totals (CRP20101–20211)."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from portal.cfdi.lazy import Node, Unreadable
from portal.cfdi.model import CFD4, Comprobante, Concepto, Pagos
from portal.cfdi.pagos import Pago, TrasladoDR, TrasladoP
from portal.cfdi.report import Status
from portal.cfdi.rules.amounts import ZERO, rounded
from portal.cfdi.rules.facts import Facts
from portal.cfdi.rules.registry import Fault, Found, On, rule
from portal.cfdi.rules.sentences import absent, adds_up, must
from portal.cfdi.sentences import Sentence

_ES, _EN = "en un comprobante de pago", "in a payment document"


def _envelope(code: str, attribute: str, value: str, *, number: bool = False) -> None:
    """The document's own attribute always has one value."""

    def check(facts: Facts, node: Pagos) -> Found:
        return _fixed(facts.document, attribute, value, number)

    rule(code, On.PAGOS, must(attribute, f"{value} {_ES}", f"{value} {_EN}"))(check)


def _line(code: str, attribute: str, value: str, *, number: bool = False) -> None:
    """The only concepto's attribute always has one value."""

    def check(facts: Facts, concepto: Concepto) -> Found:
        return _fixed(concepto, attribute, value, number)

    name = f"{attribute} del concepto|the concepto's {attribute}"
    rule(code, On.PAGOS_CONCEPTO, must(name, f"{value} {_ES}", f"{value} {_EN}"))(check)


def _fixed(node: Node, attribute: str, value: str, number: bool) -> Found:
    """A number written otherwise only warns: the matrix says "0", and PACs stamp "0.00"."""
    written = node.written(attribute)
    if written == value:
        return None
    same = number and _number(written) == Decimal(value)
    return Fault(node, attribute, value, status=Status.WARNING if same else Status.FAILED)


def _number(written: str) -> Decimal | None:
    try:
        return Decimal(written)
    except ArithmeticError:
        return None


def _without(code: str, attribute: str) -> None:
    """The document must not have the attribute."""

    def check(facts: Facts, node: Pagos) -> Found:
        document: Comprobante = facts.document
        return Fault(document, attribute) if document.has(attribute) else None

    rule(code, On.PAGOS, absent(attribute, _ES, _EN))(check)


def _line_without(code: str, attribute: str) -> None:
    """The only concepto must not have the attribute."""

    def check(facts: Facts, concepto: Concepto) -> Found:
        return Fault(concepto, attribute) if concepto.has(attribute) else None

    rule(code, On.PAGOS_CONCEPTO, absent(f"{attribute} del concepto|the concepto's {attribute}", _ES, _EN))(check)


_envelope("CRP20101", "TipoDeComprobante", "P")
_envelope("CRP20102", "Exportacion", "01")
_envelope("CRP20103", "SubTotal", "0", number=True)
_envelope("CRP20104", "Moneda", "XXX")
_without("CRP20105", "FormaPago")
_without("CRP20106", "MetodoPago")
_without("CRP20107", "CondicionesDePago")
_without("CRP20108", "Descuento")
_without("CRP20109", "TipoCambio")
_envelope("CRP20110", "Total", "0", number=True)


@rule("CRP20111", On.PAGOS, Sentence(
    "Un comprobante de pago debe tener un solo concepto", "A payment document must have exactly one concepto",
    "Deja un solo concepto: clave 84111506, cantidad 1, unidad ACT, descripción Pago.",
    "Leave one concepto: code 84111506, quantity 1, unit ACT, description Pago."))  # fmt: skip
def one_line(facts: Facts, node: Pagos) -> Found:
    """One concepto."""
    count = len(facts.conceptos)
    return None if count == 1 else Fault(facts.document, "", "1", str(count))


@rule("CRP20112", On.PAGOS_CONCEPTO, Sentence(
    "El concepto de un comprobante de pago no debe tener nodos dentro, salvo ACuentaTerceros",
    "The concepto of a payment document must have no nodes inside, except ACuentaTerceros",
    "Quita los nodos del concepto.", "Remove the concepto's nodes."))  # fmt: skip
def bare_line(facts: Facts, concepto: Concepto) -> Found:
    """No children."""
    inside = [Node(child) for child in concepto.element if isinstance(child.tag, str)]
    extra = [node for node in inside if node.local_name != "ACuentaTerceros"]
    return Fault(extra[0], "", "—", extra[0].local_name) if extra else None


_line("CRP20113", "ClaveProdServ", "84111506")
_line_without("CRP20114", "NoIdentificacion")
_line("CRP20115", "Cantidad", "1", number=True)
_line("CRP20116", "ClaveUnidad", "ACT")
_line_without("CRP20117", "Unidad")
_line("CRP20118", "Descripcion", "Pago")
_line("CRP20119", "ValorUnitario", "0", number=True)
_line("CRP20120", "Importe", "0", number=True)
_line_without("CRP20121", "Descuento")
_line("CRP20122", "ObjetoImp", "01")


@rule("CRP20123", On.PAGOS, absent("el nodo Impuestos|the node Impuestos", _ES, _EN))
def untaxed(facts: Facts, node: Pagos) -> Found:
    """No taxes, of a concepto or in the summary: those of the payment are in the complement."""
    document = facts.document
    inside = (taxes for lines in document.nodes("Conceptos") for taxes in lines.iter(f"{{{CFD4}}}Impuestos"))
    found = next(inside, None)
    taxes = document.impuestos if found is None else Node(found)
    return None if taxes is None else Fault(taxes)


def exchange(payment: Pago) -> Decimal:
    """TipoCambioP; 1 for pesos. Raises Unreadable when a foreign payment has none."""
    rate = payment.tipo_cambio_p
    if rate is None:
        if payment.moneda_p != "MXN":
            raise Unreadable("TipoCambioP")
        return Decimal(1)
    return rate


_WITHHELD: Final = {"CRP20201": ("IVA", "002"), "CRP20202": ("ISR", "001"), "CRP20203": ("IEPS", "003")}
_TRANSFERRED: Final = {
    "CRP20204": ("TotalTrasladosBaseIVA16", "BaseP", "0.16"),
    "CRP20205": ("TotalTrasladosImpuestoIVA16", "ImporteP", "0.16"),
    "CRP20206": ("TotalTrasladosBaseIVA8", "BaseP", "0.08"),
    "CRP20207": ("TotalTrasladosImpuestoIVA8", "ImporteP", "0.08"),
    "CRP20208": ("TotalTrasladosBaseIVA0", "BaseP", "0"),
    "CRP20209": ("TotalTrasladosImpuestoIVA0", "ImporteP", "0"),
    "CRP20210": ("TotalTrasladosBaseIVAExento", "BaseP", ""),
}


def is_row(tax: TrasladoP | TrasladoDR, rate: str) -> bool:
    """Whether a transferred tax is IVA at the rate ("" when exempt)."""
    if tax.impuesto != "002":
        return False
    if not rate:
        return tax.tipo_factor == "Exento"
    return tax.tipo_factor == "Tasa" and tax.tasa_o_cuota == Decimal(rate)


def _compare(node: Pagos, attribute: str, amounts: Iterator[Decimal | None]) -> Found:
    """A total, when it is there, is the sum in pesos rounded to cents."""
    totals = node.totales
    if totals is None or not totals.has(attribute):
        return None
    expected = rounded(sum((amount or ZERO for amount in amounts), ZERO), 2)
    return None if Decimal(totals.written(attribute)) == expected else Fault(totals, attribute, str(expected))


def _withheld_total(code: str, name: str, impuesto: str) -> None:
    attribute = f"TotalRetenciones{name}"

    def check(facts: Facts, node: Pagos) -> Found:
        taxes = ((one, one.impuestos_p) for one in node.pagos)
        return _compare(node, attribute, (
            row.importe * exchange(one) for one, taxes_p in taxes if taxes_p is not None
            for row in taxes_p.retenciones if row.impuesto == impuesto
        ))  # fmt: skip

    rule(code, On.PAGOS, adds_up(attribute, f"la suma de las retenciones de {name} de los pagos, en pesos",
         f"the sum of the payments' withheld {name}, in pesos"))(check)  # fmt: skip


def _transferred_total(code: str, attribute: str, amount: str, rate: str) -> None:
    def check(facts: Facts, node: Pagos) -> Found:
        taxes = ((one, one.impuestos_p) for one in node.pagos)
        return _compare(node, attribute, (
            (row.base if amount == "BaseP" else row.importe or ZERO) * exchange(one)
            for one, taxes_p in taxes if taxes_p is not None for row in taxes_p.traslados if is_row(row, rate)
        ))  # fmt: skip

    rule(code, On.PAGOS, adds_up(attribute, f"la suma de {amount} de los traslados de esa tasa, en pesos",
         f"the sum of {amount} of the transferred taxes at that rate, in pesos"))(check)  # fmt: skip


for _code, (_name, _impuesto) in _WITHHELD.items():
    _withheld_total(_code, _name, _impuesto)
for _code, (_attribute, _amount, _rate) in _TRANSFERRED.items():
    _transferred_total(_code, _attribute, _amount, _rate)


@rule("CRP20211", On.PAGOS, adds_up("MontoTotalPagos", "la suma de Monto por TipoCambioP de los pagos",
      "the sum of the payments' Monto times TipoCambioP"))  # fmt: skip
def total_paid(facts: Facts, node: Pagos) -> Found:
    """All payments in pesos."""
    return _compare(node, "MontoTotalPagos", (one.monto * exchange(one) for one in node.pagos))
