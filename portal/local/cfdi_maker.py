"""Makes CFDI 4.0 documents that pass every rule: invoices, credit notes and payment complements, for demo and tests.

Money is rounded half up to cents, taxes are IVA: `make_cfdi` and `make_pago` give unsealed XML for `Authority`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from lxml import etree

from portal.cfdi.model import CFD4, PAGOS20

_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_SITE: Final = "http://www.sat.gob.mx/sitio_internet/cfd"
_CENT: Final = Decimal("0.01")
_IVA16: Final = Decimal("0.160000")


@dataclass(frozen=True, slots=True)
class Party:
    """Issuer or receiver, as SAT registered it (name in upper case, without company suffix)."""

    rfc: str
    name: str
    regime: str = "601"
    postcode: str = "06000"
    uso_cfdi: str = "G03"


@dataclass(frozen=True, slots=True)
class Line:
    """A concepto. `iva` is the rate (0.16, 0.08, 0), None for exempt; `not_object` puts it outside the tax."""

    descripcion: str
    valor_unitario: Decimal
    cantidad: Decimal = Decimal(1)
    clave_prod_serv: str = "84111506"
    clave_unidad: str = "E48"
    no_identificacion: str = ""
    descuento: Decimal = Decimal(0)
    iva: Decimal | None = _IVA16
    not_object: bool = False

    @property
    def importe(self) -> Decimal:
        """Quantity by unit value, in cents."""
        return cents(self.cantidad * self.valor_unitario)

    @property
    def base(self) -> Decimal:
        """What the tax is computed on."""
        return self.importe - cents(self.descuento)

    @property
    def tax(self) -> Decimal:
        """The IVA in cents; zero when exempt or outside the tax."""
        return Decimal("0.00") if self.not_object or self.iva is None else cents(self.base * self.iva)


@dataclass(frozen=True, slots=True)
class Invoice:
    """Everything besides the parties and the lines."""

    fecha: datetime
    tipo: str = "I"
    serie: str = ""
    folio: str = ""
    metodo_pago: str = "PUE"
    forma_pago: str = ""
    moneda: str = "MXN"
    tipo_cambio: Decimal | None = None
    condiciones_de_pago: str = ""
    relations: Sequence[tuple[str, Sequence[str]]] = field(default=())


@dataclass(frozen=True, slots=True)
class PaidDocument:
    """A PPD invoice in pesos that a payment pays; `iva` is the invoice's rate, None when its taxes are not told."""

    uuid: str
    saldo_anterior: Decimal
    pagado: Decimal
    parcialidad: int = 1
    serie: str = ""
    folio: str = ""
    iva: Decimal | None = _IVA16


def cents(value: Decimal) -> Decimal:
    """Rounded half up to two decimals."""
    return value.quantize(_CENT, ROUND_HALF_UP)


def total_of(lines: Sequence[Line]) -> Decimal:
    """What the invoice of these lines amounts to."""
    return sum((line.base + line.tax for line in lines), Decimal("0.00"))


def make_cfdi(issuer: Party, receiver: Party, lines: Sequence[Line], invoice: Invoice) -> bytes:
    """An unsealed CFDI 4.0 (I or E) with IVA that passes the matrix; `invoice.fecha` is local and naive."""
    root = _root({"cfdi": CFD4, "xsi": _XSI}, f"{CFD4} {_SITE}/4/cfdv40.xsd")
    _set(root, _header(issuer, lines, invoice))
    _relations(root, invoice.relations)
    _parties(root, issuer, receiver, receiver.uso_cfdi)
    conceptos = _sub(root, "Conceptos")
    for line in lines:
        _concepto(conceptos, line)
    if any(not line.not_object for line in lines):
        _summary(root, lines)
    return _bytes(root)


def make_pago(
    issuer: Party, receiver: Party, paid: Sequence[PaidDocument], fecha: datetime, fecha_pago: datetime,
    *, serie: str = "", folio: str = "", forma_pago: str = "03",
) -> bytes:  # fmt: skip
    """An unsealed payment complement (type P, Pagos 2.0) of one payment in pesos; dates are local and naive."""
    root = _root(
        {"cfdi": CFD4, "xsi": _XSI, "pago20": PAGOS20},
        f"{CFD4} {_SITE}/4/cfdv40.xsd {PAGOS20} {_SITE}/Pagos/Pagos20.xsd",
    )
    _set(root, {
        "Version": "4.0", "Serie": serie, "Folio": folio, "Fecha": fecha.isoformat(timespec="seconds"),
        "SubTotal": "0", "Moneda": "XXX", "Total": "0", "TipoDeComprobante": "P", "Exportacion": "01",
        "LugarExpedicion": issuer.postcode,
    })  # fmt: skip
    _parties(root, issuer, receiver, "CP01")
    _sub(_sub(root, "Conceptos"), "Concepto", {
        "ClaveProdServ": "84111506", "Cantidad": "1", "ClaveUnidad": "ACT", "Descripcion": "Pago",
        "ValorUnitario": "0", "Importe": "0", "ObjetoImp": "01",
    })  # fmt: skip
    _pagos(_sub(root, "Complemento"), paid, fecha_pago, forma_pago)
    return _bytes(root)


def _header(issuer: Party, lines: Sequence[Line], invoice: Invoice) -> dict[str, str]:
    descuento = sum((cents(line.descuento) for line in lines), Decimal(0))
    rate = invoice.tipo_cambio if invoice.moneda != "MXN" else None
    return {
        "Version": "4.0", "Serie": invoice.serie, "Folio": invoice.folio,
        "Fecha": invoice.fecha.isoformat(timespec="seconds"),
        "FormaPago": invoice.forma_pago or ("99" if invoice.metodo_pago == "PPD" else "03"),
        "CondicionesDePago": invoice.condiciones_de_pago,
        "SubTotal": str(sum((line.importe for line in lines), Decimal("0.00"))),
        "Descuento": str(descuento) if descuento else "",
        "Moneda": invoice.moneda, "TipoCambio": "" if rate is None else str(rate),
        "Total": str(total_of(lines)), "TipoDeComprobante": invoice.tipo, "Exportacion": "01",
        "MetodoPago": invoice.metodo_pago, "LugarExpedicion": issuer.postcode,
    }  # fmt: skip


def _relations(root: etree._Element, relations: Sequence[tuple[str, Sequence[str]]]) -> None:
    for kind, uuids in relations:
        node = _sub(root, "CfdiRelacionados", {"TipoRelacion": kind})
        for uuid in uuids:
            _sub(node, "CfdiRelacionado", {"UUID": str(uuid)})


def _parties(root: etree._Element, issuer: Party, receiver: Party, uso: str) -> None:
    _sub(root, "Emisor", {"Rfc": issuer.rfc, "Nombre": issuer.name, "RegimenFiscal": issuer.regime})
    _sub(root, "Receptor", {
        "Rfc": receiver.rfc, "Nombre": receiver.name, "DomicilioFiscalReceptor": receiver.postcode,
        "RegimenFiscalReceptor": receiver.regime, "UsoCFDI": uso,
    })  # fmt: skip


def _concepto(parent: etree._Element, line: Line) -> None:
    node = _sub(parent, "Concepto", {
        "ClaveProdServ": line.clave_prod_serv, "NoIdentificacion": line.no_identificacion,
        "Cantidad": str(line.cantidad), "ClaveUnidad": line.clave_unidad, "Descripcion": line.descripcion,
        "ValorUnitario": str(line.valor_unitario), "Importe": str(line.importe),
        "Descuento": str(cents(line.descuento)) if line.descuento else "",
        "ObjetoImp": "01" if line.not_object else "02",
    })  # fmt: skip
    if not line.not_object:
        _traslado(_sub(_sub(node, "Impuestos"), "Traslados"), line.base, line.iva, line.tax)


def _traslado(parent: etree._Element, base: Decimal, iva: Decimal | None, tax: Decimal) -> None:
    exempt = iva is None
    _sub(parent, "Traslado", {
        "Base": str(base), "Impuesto": "002", "TipoFactor": "Exento" if exempt else "Tasa",
        "TasaOCuota": "" if iva is None else f"{iva:.6f}", "Importe": "" if exempt else str(tax),
    })  # fmt: skip


def _summary(root: etree._Element, lines: Sequence[Line]) -> None:
    taxed = [line for line in lines if not line.not_object]
    rates = sorted({line.iva for line in taxed}, key=lambda rate: (rate is None, rate or 0))
    only_exempt = rates == [None]
    total = sum((line.tax for line in taxed), Decimal("0.00"))
    node = _sub(root, "Impuestos", {"TotalImpuestosTrasladados": "" if only_exempt else str(total)})
    rows = _sub(node, "Traslados")
    for rate in rates:
        same = [line for line in taxed if line.iva == rate]
        base = sum((line.base for line in same), Decimal("0.00"))
        _traslado(rows, base, rate, sum((line.tax for line in same), Decimal("0.00")))


def _pagos(parent: etree._Element, paid: Sequence[PaidDocument], fecha_pago: datetime, forma: str) -> None:
    monto = str(sum((cents(one.pagado) for one in paid), Decimal("0.00")))
    base, tax = _paid_tax(paid)
    pagos = etree.SubElement(parent, f"{{{PAGOS20}}}Pagos", {"Version": "2.0"})
    _sub(pagos, "Totales", {
        "TotalTrasladosBaseIVA16": str(base) if base else "", "TotalTrasladosImpuestoIVA16": str(tax) if base else "",
        "MontoTotalPagos": monto,
    })  # fmt: skip
    pago = _sub(pagos, "Pago", {
        "FechaPago": fecha_pago.isoformat(timespec="seconds"), "FormaDePagoP": forma, "MonedaP": "MXN",
        "TipoCambioP": "1", "Monto": monto,
    })  # fmt: skip
    for one in paid:
        _paid_document(pago, one)
    if base:
        rows = _sub(_sub(pago, "ImpuestosP"), "TrasladosP")
        _sub(rows, "TrasladoP", _tax("P", base, tax))


def _paid_tax(paid: Sequence[PaidDocument]) -> tuple[Decimal, Decimal]:
    taxed = [_base_and_tax(one) for one in paid if one.iva is not None]
    return sum((b for b, _ in taxed), Decimal("0.00")), sum((t for _, t in taxed), Decimal("0.00"))


def _base_and_tax(one: PaidDocument) -> tuple[Decimal, Decimal]:
    base = cents(one.pagado / (1 + (one.iva or 0)))
    return base, cents(base * (one.iva or 0))


def _tax(suffix: str, base: Decimal, tax: Decimal) -> dict[str, str]:
    pairs = {"Base": str(base), "Impuesto": "002", "TipoFactor": "Tasa", "TasaOCuota": "0.160000", "Importe": str(tax)}
    return {f"{name}{suffix}": value for name, value in pairs.items()}


def _paid_document(pago: etree._Element, one: PaidDocument) -> None:
    node = _sub(pago, "DoctoRelacionado", {
        "IdDocumento": str(one.uuid), "Serie": one.serie, "Folio": one.folio, "MonedaDR": "MXN",
        "EquivalenciaDR": "1", "NumParcialidad": str(one.parcialidad), "ImpSaldoAnt": str(cents(one.saldo_anterior)),
        "ImpPagado": str(cents(one.pagado)), "ImpSaldoInsoluto": str(cents(one.saldo_anterior - one.pagado)),
        "ObjetoImpDR": "01" if one.iva is None else "02",
    })  # fmt: skip
    if one.iva is not None:
        _sub(_sub(_sub(node, "ImpuestosDR"), "TrasladosDR"), "TrasladoDR", _tax("DR", *_base_and_tax(one)))


def _root(nsmap: dict[str, str], locations: str) -> etree._Element:
    root = etree.Element(f"{{{CFD4}}}Comprobante", nsmap=nsmap)  # type: ignore[arg-type]
    root.set(f"{{{_XSI}}}schemaLocation", locations)
    return root


def _sub(parent: etree._Element, name: str, attributes: dict[str, str] | None = None) -> etree._Element:
    """A child in the parent's namespace."""
    tag = str(parent.tag)
    node = etree.SubElement(parent, f"{tag[: tag.index('}') + 1]}{name}")
    _set(node, attributes or {})
    return node


def _set(node: etree._Element, attributes: dict[str, str]) -> None:
    """Set the attributes that have something to say: SAT's schema refuses empty ones."""
    for name, value in attributes.items():
        if value:
            node.set(name, value)


def _bytes(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
