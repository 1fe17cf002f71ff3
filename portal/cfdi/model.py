"""The read model: a CFDI 4.0 or 3.3 with SAT's names in snake_case, typed, frozen, read lazily from the parsed tree.

Nothing is converted until it is asked for, and then only once: a document of 50,000 conceptos costs what is looked at.
An optional attribute that is absent reads as "" (text) or None (amounts, dates). A required one that is absent or
malformed raises `Unreadable`: only a document that failed its schema can do that, and a rule that meets it is skipped.
Amounts keep what was written: `node.written("SubTotal")` is the text, `node.decimals("SubTotal")` the decimals, nd(x).
"""

from collections import defaultdict
from typing import Final

from lxml import etree

from portal.cfdi.lazy import (
    BLANKS,
    Node,
    Unreadable,
    amount,
    child,
    children,
    count_decimals,
    date_time,
    decimal,
    kept,
    maybe_amount,
    moment,
    place,
    text,
    the_child,
)
from portal.cfdi.pagos import DoctoRelacionado, Pago, Pagos

__all__ = [
    "CFD3", "CFD4", "IMPLOCAL", "PAGOS10", "PAGOS20", "TFD", "CCE11", "CCE20", "ACuentaTerceros", "CfdiRelacionados",
    "Comprobante", "Concepto", "DoctoRelacionado", "Emisor", "Impuestos", "ImpuestosLocales", "InformacionGlobal",
    "Node", "Pago", "Pagos", "Parte", "Receptor", "Retencion", "TimbreFiscalDigital", "Traslado", "Unreadable",
    "count_decimals", "decimal", "moment", "place",
]  # fmt: skip

CFD4: Final = "http://www.sat.gob.mx/cfd/4"
CFD3: Final = "http://www.sat.gob.mx/cfd/3"
TFD: Final = "http://www.sat.gob.mx/TimbreFiscalDigital"
PAGOS20: Final = "http://www.sat.gob.mx/Pagos20"
PAGOS10: Final = "http://www.sat.gob.mx/Pagos"
IMPLOCAL: Final = "http://www.sat.gob.mx/implocal"
CCE11: Final = "http://www.sat.gob.mx/ComercioExterior11"
CCE20: Final = "http://www.sat.gob.mx/ComercioExterior20"
_TIMBRE: Final = f"{{{TFD}}}TimbreFiscalDigital"
_PAGOS: Final = (f"{{{PAGOS20}}}Pagos", f"{{{PAGOS10}}}Pagos")
_LOCALES: Final = f"{{{IMPLOCAL}}}ImpuestosLocales"

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

    def nodes(self, local: str) -> list[etree._Element]:
        """As of any node; the document's are gathered once, because nearly all of them are asked for."""
        return self._nodes.get(local, [])

    @kept
    def _nodes(self) -> dict[str, list[etree._Element]]:
        return _gathered(self.element)

    @kept
    def extensions(self) -> tuple[etree._Element, ...]:
        """The elements of every complement of every Complemento node, in their order, the stamp included."""
        return tuple([e for node in self.nodes("Complemento") for e in node if isinstance(e.tag, str)])

    @kept
    def complementos(self) -> tuple[Node, ...]:
        """The same as nodes."""
        return tuple(map(Node, self.extensions))

    @kept
    def de_conceptos(self) -> tuple[Node, ...]:
        """Every complement of a concepto (of every ComplementoConcepto, wherever it stands)."""
        space = str(self.element.tag).partition("}")[0] + "}"
        nodes = self.element.iter(f"{space}ComplementoConcepto")
        return tuple([Node(e) for node in nodes for e in node if isinstance(e.tag, str)])

    @kept
    def timbres(self) -> tuple[TimbreFiscalDigital, ...]:
        """The stamps: one in a stamped document; none or several is `stamp`'s business."""
        return tuple([TimbreFiscalDigital(e) for e in self.extensions if e.tag == _TIMBRE])

    @property
    def timbre(self) -> TimbreFiscalDigital | None:
        """The first stamp, None when unstamped."""
        timbres = self.timbres
        return timbres[0] if timbres else None

    @property
    def uuid(self) -> str:
        """The first stamp's UUID, upper case; "" when unstamped."""
        timbre = self.timbre
        return timbre.uuid.strip(BLANKS).upper() if timbre is not None else ""

    @kept
    def pagos(self) -> tuple[Pagos, ...]:
        """The payment complements (2.0 and 1.0)."""
        return tuple([Pagos(e) for e in self.extensions if e.tag in _PAGOS])

    @kept
    def impuestos_locales(self) -> tuple[ImpuestosLocales, ...]:
        """The local-tax complements."""
        return tuple([ImpuestosLocales(e) for e in self.extensions if e.tag == _LOCALES])


def _gathered(root: etree._Element) -> dict[str, list[etree._Element]]:
    """The elements inside the document's, in its namespace, by local name."""
    space, found = str(root.tag).partition("}")[0] + "}", defaultdict(list)
    for node in root:
        tag = node.tag
        if isinstance(tag, str) and tag.startswith(space):
            found[tag[len(space):]].append(node)
    return found
