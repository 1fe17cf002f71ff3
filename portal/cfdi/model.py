"""The read model: a CFDI 4.0 or 3.3 with SAT's names in snake_case, typed, frozen, read lazily from the parsed tree.

Nothing is converted until it is asked for, and then only once: a document of 50,000 conceptos costs what is looked at.
An optional attribute that is absent reads as "" (text) or None (amounts, dates). A required one that is absent or
malformed raises `Unreadable`: only a document that failed its schema can do that, and a rule that meets it is skipped.
Amounts keep what was written: `node.written("SubTotal")` is the text, `node.decimals("SubTotal")` the decimals, nd(x).
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Generic, TypeVar, cast, overload

from lxml import etree

CFD4: Final = "http://www.sat.gob.mx/cfd/4"
CFD3: Final = "http://www.sat.gob.mx/cfd/3"
TFD: Final = "http://www.sat.gob.mx/TimbreFiscalDigital"
PAGOS20: Final = "http://www.sat.gob.mx/Pagos20"
PAGOS10: Final = "http://www.sat.gob.mx/Pagos"
IMPLOCAL: Final = "http://www.sat.gob.mx/implocal"
CCE11: Final = "http://www.sat.gob.mx/ComercioExterior11"
CCE20: Final = "http://www.sat.gob.mx/ComercioExterior20"

_DECIMAL: Final = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)", re.ASCII)
_MOMENT: Final = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d", re.ASCII)
_BLANKS: Final = " \t\r\n"

T = TypeVar("T")
N = TypeVar("N", bound="Node")


class Unreadable(ValueError):
    """A required attribute or node is absent or malformed; `args[0]` names it."""


def decimal(text: str) -> Decimal:
    """An amount as XML Schema's xs:decimal writes it. Raises Unreadable for NaN, Infinity, exponents, underscores."""
    text = text.strip(_BLANKS)
    if _DECIMAL.fullmatch(text) is None or len(text) > 64:
        raise Unreadable(text[:40])
    return Decimal(text)


def moment(text: str) -> datetime:
    """A local date and time as SAT writes it (no zone). Raises Unreadable."""
    text = text.strip(_BLANKS)
    if _MOMENT.fullmatch(text) is None:
        raise Unreadable(text[:40])
    try:
        return datetime.fromisoformat(text)
    except ValueError as problem:
        raise Unreadable(text[:40]) from problem


def count_decimals(text: str) -> int:
    """nd(x): how many decimals were written in the amount."""
    return len(text.strip(_BLANKS).partition(".")[2])


class _Lazy(Generic[T]):
    """A property computed once and kept in the instance (a non-data descriptor: the second reading is a plain one)."""

    name: str

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, node: None, owner: type) -> "_Lazy[T]": ...
    @overload
    def __get__(self, node: "Node", owner: type) -> T: ...
    def __get__(self, node: "Node | None", owner: type) -> "T | _Lazy[T]":
        if node is None:
            return self
        value = self.read(node.element)
        node.__dict__[self.name] = value
        return value

    def read(self, element: etree._Element) -> T:
        """The value from the element."""
        raise NotImplementedError


class _Attribute(_Lazy[T]):
    def __init__(self, attribute: str, convert: Callable[[str], Any] | None, required: bool, absent: Any) -> None:
        self.attribute, self.convert, self.required, self.absent = attribute, convert, required, absent

    def read(self, element: etree._Element) -> T:
        text = element.get(self.attribute)
        if text is None:
            if self.required:
                raise Unreadable(self.attribute)
            return cast(T, self.absent)
        return cast(T, text if self.convert is None else self.convert(text))


def text(attribute: str) -> _Attribute[str]:
    """A text attribute; "" when absent."""
    return _Attribute(attribute, None, required=False, absent="")


def amount(attribute: str) -> _Attribute[Decimal]:
    """A required amount."""
    return _Attribute(attribute, decimal, required=True, absent=None)


def maybe_amount(attribute: str) -> _Attribute[Decimal | None]:
    """An optional amount; None when absent."""
    return _Attribute(attribute, decimal, required=False, absent=None)


def date_time(attribute: str) -> _Attribute[datetime]:
    """A required local date and time, without zone."""
    return _Attribute(attribute, moment, required=True, absent=None)


class _Child(_Lazy[T]):
    """The only child of a name, as a node, or None; `required` raises Unreadable instead."""

    def __init__(self, kind: "type[Node]", *path: str, required: bool) -> None:
        self.kind, self.path, self.required = kind, path, required

    def read(self, element: etree._Element) -> T:
        found: etree._Element | None = element
        for local in self.path:
            found = None if found is None else next(_children(found, local), None)
        if found is None and self.required:
            raise Unreadable("/".join(self.path))
        return cast(T, None if found is None else self.kind(found))


class _Children(_Lazy[T]):
    """The children of a name (below a path of containers, when given), as a tuple of nodes."""

    def __init__(self, kind: "type[Node]", *path: str) -> None:
        self.kind, self.containers, self.local = kind, path[:-1], path[-1]

    def read(self, element: etree._Element) -> T:
        parents = [element]
        for container in self.containers:
            parents = [child for parent in parents for child in _children(parent, container)]
        kind, local = self.kind, self.local
        return cast(T, tuple([kind(child) for parent in parents for child in _children(parent, local)]))


def _children(element: etree._Element, local: str) -> Iterator[etree._Element]:
    """The children in the element's own namespace, by local name."""
    tag = element.tag
    return element.iterchildren(f"{tag[: tag.index('}') + 1]}{local}")


def child(kind: type[N], *path: str) -> "_Child[N | None]":
    """An optional node."""
    return _Child(kind, *path, required=False)


def the_child(kind: type[N], *path: str) -> "_Child[N]":
    """A required node."""
    return _Child(kind, *path, required=True)


def children(kind: type[N], *path: str) -> "_Children[tuple[N, ...]]":
    """The repeated nodes at a path."""
    return _Children(kind, *path)


class Node:
    """One element of the document. Frozen: only the lazy readings above fill it."""

    __slots__ = ("__dict__", "element")
    element: etree._Element

    def __init__(self, element: etree._Element) -> None:
        object.__setattr__(self, "element", element)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a read CFDI is frozen: {name}")

    def __reduce__(self) -> Any:
        raise TypeError("a read CFDI stays in its process: hand over the bytes and read them again")

    def get(self, attribute: str) -> str | None:
        """The attribute as written, None when absent."""
        return self.element.get(attribute)

    def has(self, attribute: str) -> bool:
        """Whether the attribute was written at all."""
        return self.element.get(attribute) is not None

    def written(self, attribute: str) -> str:
        """The attribute's text as written; "" when absent."""
        return self.element.get(attribute) or ""

    def decimals(self, attribute: str) -> int:
        """nd(x): the decimals written in the attribute; 0 when absent."""
        return count_decimals(self.element.get(attribute) or "")

    @property
    def local_name(self) -> str:
        """The element's name without namespace."""
        return str(self.element.tag).rpartition("}")[2]

    @property
    def namespace(self) -> str:
        """The element's namespace; "" when it has none."""
        tag = str(self.element.tag)
        return tag[1:].partition("}")[0] if tag[0] == "{" else ""

    def where(self, attribute: str = "") -> str:
        """The place as a readable path: /Comprobante/Conceptos/Concepto[2]/@Importe (siblings are counted)."""
        return place(self.element, attribute)


def place(element: etree._Element, attribute: str = "") -> str:
    """The element's place as a readable path, with positions among siblings of the same name when there are several."""
    parts: list[str] = []
    node: etree._Element | None = element
    while node is not None:
        parts.append(_segment(node))
        node = node.getparent()
    path = "/" + "/".join(reversed(parts))
    return f"{path}/@{attribute}" if attribute else path


def _segment(node: etree._Element) -> str:
    tag = str(node.tag)
    name = tag.rpartition("}")[2]
    before = sum(1 for _ in node.itersiblings(tag, preceding=True))
    alone = not before and next(node.itersiblings(tag), None) is None
    return name if alone else f"{name}[{before + 1}]"


class Traslado(Node):
    """A transferred tax, of a concepto or of the summary."""

    base = maybe_amount("Base")
    impuesto = text("Impuesto")
    tipo_factor = text("TipoFactor")
    tasa_o_cuota = maybe_amount("TasaOCuota")
    importe = maybe_amount("Importe")


class Retencion(Node):
    """A withheld tax; the summary's rows carry only Impuesto and Importe."""

    base = maybe_amount("Base")
    impuesto = text("Impuesto")
    tipo_factor = text("TipoFactor")
    tasa_o_cuota = maybe_amount("TasaOCuota")
    importe = amount("Importe")


class ImpuestosConcepto(Node):
    """The taxes of a concepto."""

    traslados = children(Traslado, "Traslados", "Traslado")
    retenciones = children(Retencion, "Retenciones", "Retencion")


class Impuestos(Node):
    """The summary of taxes."""

    total_impuestos_retenidos = maybe_amount("TotalImpuestosRetenidos")
    total_impuestos_trasladados = maybe_amount("TotalImpuestosTrasladados")
    traslados = children(Traslado, "Traslados", "Traslado")
    retenciones = children(Retencion, "Retenciones", "Retencion")


class InformacionAduanera(Node):
    """A customs entry."""

    numero_pedimento = text("NumeroPedimento")


class CuentaPredial(Node):
    """A property's tax account."""

    numero = text("Numero")


class ACuentaTerceros(Node):
    """On behalf of whom the concepto is sold (4.0)."""

    rfc = text("RfcACuentaTerceros")
    nombre = text("NombreACuentaTerceros")
    regimen_fiscal = text("RegimenFiscalACuentaTerceros")
    domicilio_fiscal = text("DomicilioFiscalACuentaTerceros")


class Parte(Node):
    """A part of a concepto."""

    clave_prod_serv = text("ClaveProdServ")
    no_identificacion = text("NoIdentificacion")
    cantidad = amount("Cantidad")
    unidad = text("Unidad")
    descripcion = text("Descripcion")
    valor_unitario = maybe_amount("ValorUnitario")
    importe = maybe_amount("Importe")
    informacion_aduanera = children(InformacionAduanera, "InformacionAduanera")


class Concepto(Node):
    """A line of the invoice."""

    clave_prod_serv = text("ClaveProdServ")
    no_identificacion = text("NoIdentificacion")
    cantidad = amount("Cantidad")
    clave_unidad = text("ClaveUnidad")
    unidad = text("Unidad")
    descripcion = text("Descripcion")
    valor_unitario = amount("ValorUnitario")
    importe = amount("Importe")
    descuento = maybe_amount("Descuento")
    objeto_imp = text("ObjetoImp")
    impuestos = child(ImpuestosConcepto, "Impuestos")
    a_cuenta_terceros = child(ACuentaTerceros, "ACuentaTerceros")
    informacion_aduanera = children(InformacionAduanera, "InformacionAduanera")
    cuenta_predial = children(CuentaPredial, "CuentaPredial")
    partes = children(Parte, "Parte")
    complemento = child(Node, "ComplementoConcepto")

    @property
    def traslados(self) -> tuple[Traslado, ...]:
        """The concepto's transferred taxes, none when it has no taxes."""
        impuestos = self.impuestos
        return impuestos.traslados if impuestos is not None else ()

    @property
    def retenciones(self) -> tuple[Retencion, ...]:
        """The concepto's withheld taxes."""
        impuestos = self.impuestos
        return impuestos.retenciones if impuestos is not None else ()


class Emisor(Node):
    """Who issues."""

    rfc = text("Rfc")
    nombre = text("Nombre")
    regimen_fiscal = text("RegimenFiscal")
    fac_atr_adquirente = text("FacAtrAdquirente")


class Receptor(Node):
    """To whom it is issued."""

    rfc = text("Rfc")
    nombre = text("Nombre")
    domicilio_fiscal_receptor = text("DomicilioFiscalReceptor")
    residencia_fiscal = text("ResidenciaFiscal")
    num_reg_id_trib = text("NumRegIdTrib")
    regimen_fiscal_receptor = text("RegimenFiscalReceptor")
    uso_cfdi = text("UsoCFDI")


class InformacionGlobal(Node):
    """The period of a global invoice (4.0)."""

    periodicidad = text("Periodicidad")
    meses = text("Meses")
    anio = text("Año")


class CfdiRelacionado(Node):
    """A related document."""

    uuid = text("UUID")


class CfdiRelacionados(Node):
    """Related documents of one kind."""

    tipo_relacion = text("TipoRelacion")
    relacionados = children(CfdiRelacionado, "CfdiRelacionado")

    @property
    def uuids(self) -> tuple[str, ...]:
        """The related UUIDs, upper case."""
        return tuple(one.uuid.upper() for one in self.relacionados)


class TimbreFiscalDigital(Node):
    """The stamp."""

    version = text("Version")
    uuid = text("UUID")
    fecha_timbrado = date_time("FechaTimbrado")
    rfc_prov_certif = text("RfcProvCertif")
    leyenda = text("Leyenda")
    sello_cfd = text("SelloCFD")
    no_certificado_sat = text("NoCertificadoSAT")
    sello_sat = text("SelloSAT")


class RetencionLocal(Node):
    """A local withholding."""

    imp_loc_retenido = text("ImpLocRetenido")
    tasa_de_retencion = amount("TasadeRetencion")
    importe = amount("Importe")


class TrasladoLocal(Node):
    """A local transferred tax."""

    imp_loc_trasladado = text("ImpLocTrasladado")
    tasa_de_traslado = amount("TasadeTraslado")
    importe = amount("Importe")


class ImpuestosLocales(Node):
    """The complement of local taxes."""

    total_de_retenciones = amount("TotaldeRetenciones")
    total_de_traslados = amount("TotaldeTraslados")
    retenciones_locales = children(RetencionLocal, "RetencionesLocales")
    traslados_locales = children(TrasladoLocal, "TrasladosLocales")


class RetencionDR(Node):
    """A withholding of a paid document."""

    base = amount("BaseDR")
    impuesto = text("ImpuestoDR")
    tipo_factor = text("TipoFactorDR")
    tasa_o_cuota = maybe_amount("TasaOCuotaDR")
    importe = maybe_amount("ImporteDR")


class TrasladoDR(Node):
    """A transferred tax of a paid document."""

    base = amount("BaseDR")
    impuesto = text("ImpuestoDR")
    tipo_factor = text("TipoFactorDR")
    tasa_o_cuota = maybe_amount("TasaOCuotaDR")
    importe = maybe_amount("ImporteDR")


class ImpuestosDR(Node):
    """The taxes of a paid document."""

    retenciones = children(RetencionDR, "RetencionesDR", "RetencionDR")
    traslados = children(TrasladoDR, "TrasladosDR", "TrasladoDR")


class DoctoRelacionado(Node):
    """A document that a payment pays (Pagos 2.0; 1.0 has no EquivalenciaDR, ObjetoImpDR or taxes)."""

    id_documento = text("IdDocumento")
    serie = text("Serie")
    folio = text("Folio")
    moneda_dr = text("MonedaDR")
    equivalencia_dr = maybe_amount("EquivalenciaDR")
    tipo_cambio_dr = maybe_amount("TipoCambioDR")
    metodo_de_pago_dr = text("MetodoDePagoDR")
    num_parcialidad = text("NumParcialidad")
    imp_saldo_ant = maybe_amount("ImpSaldoAnt")
    imp_pagado = maybe_amount("ImpPagado")
    imp_saldo_insoluto = maybe_amount("ImpSaldoInsoluto")
    objeto_imp_dr = text("ObjetoImpDR")
    impuestos_dr = child(ImpuestosDR, "ImpuestosDR")


class RetencionP(Node):
    """A withholding of a payment."""

    impuesto = text("ImpuestoP")
    importe = amount("ImporteP")


class TrasladoP(Node):
    """A transferred tax of a payment."""

    base = amount("BaseP")
    impuesto = text("ImpuestoP")
    tipo_factor = text("TipoFactorP")
    tasa_o_cuota = maybe_amount("TasaOCuotaP")
    importe = maybe_amount("ImporteP")


class ImpuestosP(Node):
    """The taxes of a payment."""

    retenciones = children(RetencionP, "RetencionesP", "RetencionP")
    traslados = children(TrasladoP, "TrasladosP", "TrasladoP")


class Pago(Node):
    """One payment."""

    fecha_pago = date_time("FechaPago")
    forma_de_pago_p = text("FormaDePagoP")
    moneda_p = text("MonedaP")
    tipo_cambio_p = maybe_amount("TipoCambioP")
    monto = amount("Monto")
    num_operacion = text("NumOperacion")
    rfc_emisor_cta_ord = text("RfcEmisorCtaOrd")
    nom_banco_ord_ext = text("NomBancoOrdExt")
    cta_ordenante = text("CtaOrdenante")
    rfc_emisor_cta_ben = text("RfcEmisorCtaBen")
    cta_beneficiario = text("CtaBeneficiario")
    tipo_cad_pago = text("TipoCadPago")
    cert_pago = text("CertPago")
    cad_pago = text("CadPago")
    sello_pago = text("SelloPago")
    doctos_relacionados = children(DoctoRelacionado, "DoctoRelacionado")
    impuestos_p = child(ImpuestosP, "ImpuestosP")


class Totales(Node):
    """The totals of all payments, in pesos (Pagos 2.0)."""

    total_retenciones_iva = maybe_amount("TotalRetencionesIVA")
    total_retenciones_isr = maybe_amount("TotalRetencionesISR")
    total_retenciones_ieps = maybe_amount("TotalRetencionesIEPS")
    total_traslados_base_iva16 = maybe_amount("TotalTrasladosBaseIVA16")
    total_traslados_impuesto_iva16 = maybe_amount("TotalTrasladosImpuestoIVA16")
    total_traslados_base_iva8 = maybe_amount("TotalTrasladosBaseIVA8")
    total_traslados_impuesto_iva8 = maybe_amount("TotalTrasladosImpuestoIVA8")
    total_traslados_base_iva0 = maybe_amount("TotalTrasladosBaseIVA0")
    total_traslados_impuesto_iva0 = maybe_amount("TotalTrasladosImpuestoIVA0")
    total_traslados_base_iva_exento = maybe_amount("TotalTrasladosBaseIVAExento")
    monto_total_pagos = amount("MontoTotalPagos")


class Pagos(Node):
    """The payment complement, 2.0 (namespace Pagos20) or 1.0 (namespace Pagos, without Totales)."""

    version = text("Version")
    totales = child(Totales, "Totales")
    pagos = children(Pago, "Pago")


class Comprobante(Node):
    """The document: CFDI 4.0 or 3.3."""

    version = text("Version")
    serie = text("Serie")
    folio = text("Folio")
    fecha = date_time("Fecha")
    sello = text("Sello")
    forma_pago = text("FormaPago")
    no_certificado = text("NoCertificado")
    certificado = text("Certificado")
    condiciones_de_pago = text("CondicionesDePago")
    sub_total = amount("SubTotal")
    descuento = maybe_amount("Descuento")
    moneda = text("Moneda")
    tipo_cambio = maybe_amount("TipoCambio")
    total = amount("Total")
    tipo_de_comprobante = text("TipoDeComprobante")
    exportacion = text("Exportacion")
    metodo_pago = text("MetodoPago")
    lugar_expedicion = text("LugarExpedicion")
    confirmacion = text("Confirmacion")
    informacion_global = child(InformacionGlobal, "InformacionGlobal")
    cfdi_relacionados = children(CfdiRelacionados, "CfdiRelacionados")
    emisor = the_child(Emisor, "Emisor")
    receptor = the_child(Receptor, "Receptor")
    conceptos = children(Concepto, "Conceptos", "Concepto")
    impuestos = child(Impuestos, "Impuestos")
    addenda = child(Node, "Addenda")

    @property
    def complementos(self) -> tuple[Node, ...]:
        """Every complement of every Complemento node, in their order, the stamp included."""
        kept = self.__dict__.get("_complementos")
        if kept is None:
            nodes = _children(self.element, "Complemento")
            kept = tuple([Node(e) for node in nodes for e in node.iterchildren(tag=etree.Element)])
            self.__dict__["_complementos"] = kept
        return kept

    def complementos_de(self, *namespaces: str) -> tuple[Node, ...]:
        """The complements of some namespaces: `document.complementos_de(CCE11, CCE20)`."""
        return tuple(node for node in self.complementos if node.namespace in namespaces)

    def _typed(self, kind: type[N], *namespaces: str) -> tuple[N, ...]:
        key = f"_{kind.__name__}"
        kept = self.__dict__.get(key)
        if kept is None:
            kept = tuple(
                kind(node.element)
                for node in self.complementos_de(*namespaces)
                if node.local_name == kind.__name__
            )
            self.__dict__[key] = kept
        return kept

    @property
    def timbres(self) -> tuple[TimbreFiscalDigital, ...]:
        """The stamps: one in a stamped document; none or several is `stamp`'s business."""
        return self._typed(TimbreFiscalDigital, TFD)

    @property
    def timbre(self) -> TimbreFiscalDigital | None:
        """The first stamp, None when unstamped."""
        timbres = self.timbres
        return timbres[0] if timbres else None

    @property
    def uuid(self) -> str:
        """The first stamp's UUID, upper case; "" when unstamped."""
        timbre = self.timbre
        return timbre.uuid.strip(_BLANKS).upper() if timbre is not None else ""

    @property
    def pagos(self) -> tuple[Pagos, ...]:
        """The payment complements (2.0 and 1.0)."""
        return self._typed(Pagos, PAGOS20, PAGOS10)

    @property
    def impuestos_locales(self) -> tuple[ImpuestosLocales, ...]:
        """The local-tax complements."""
        return self._typed(ImpuestosLocales, IMPLOCAL)
