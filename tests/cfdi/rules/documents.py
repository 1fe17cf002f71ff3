"""Documents for the tests of the rules: made whole and right, then changed in one place."""

from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime
from decimal import Decimal

from lxml import etree

from portal.cfdi.catalogs import check as catalogs
from portal.cfdi.context import Context, TaxProfile
from portal.cfdi.model import CFD4, PAGOS20, Comprobante
from portal.cfdi.report import Finding
from portal.cfdi.rules import run as rules
from portal.local.cfdi_maker import Invoice, Line, PaidDocument, Party, make_cfdi, make_pago

AT = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
FECHA = datetime(2026, 11, 20, 10, 30)
ISSUER = Party("ÑAN010203AB1", "COMPAÑÍA DEL NORTE", "601", "06000")
RECEIVER = Party("CLI990101XY2", "CLIENTE DEL CENTRO", "601", "64000")
PUBLIC = Party("XAXX010101000", "PUBLICO EN GENERAL", "616", "06000", "S01")
ABROAD = Party("XEXX010101000", "CLIENT OF THE NORTH", "616", "06000", "S01")
UUID = "6C9F5D1A-2B3C-4D5E-8F90-A1B2C3D4E5F6"
CCE = "http://www.sat.gob.mx/ComercioExterior20"
LOCAL = "http://www.sat.gob.mx/implocal"
_SPACES = {"cfdi": CFD4, "pago": PAGOS20, "cce": CCE, "local": LOCAL}

Change = Callable[["Document"], object]


class Document:
    """A document under change: paths are the elements' names below the root, prefixes as above, cfdi without any."""

    def __init__(self, data: bytes) -> None:
        self.root = etree.fromstring(data)

    def find(self, path: str) -> etree._Element:
        """The first element at a path; "" is the root."""
        if not path:
            return self.root
        steps = "/".join(step if ":" in step else f"cfdi:{step}" for step in path.split("/"))
        found = self.root.find(steps, _SPACES)
        assert found is not None, path
        return found

    def put(self, path: str, **attributes: str | None) -> "Document":
        """Set attributes; None removes one."""
        node = self.find(path)
        for name, value in attributes.items():
            if value is None:
                node.attrib.pop(name, None)
            else:
                node.set(name, value)
        return self

    def add(self, path: str, name: str, at: int | None = None, **attributes: str) -> "Document":
        """Add an element inside the one at the path, last or at a position."""
        prefix, _, local = name.rpartition(":")
        node = etree.Element(f"{{{_SPACES[prefix or 'cfdi']}}}{local}", attributes)
        parent = self.find(path)
        parent.insert(len(parent) if at is None else at, node)
        return self

    def double(self, path: str) -> "Document":
        """Repeat an element."""
        node = self.find(path)
        node.addnext(deepcopy(node))
        return self

    def drop(self, path: str) -> "Document":
        """Remove an element."""
        node = self.find(path)
        parent = node.getparent()
        assert parent is not None
        parent.remove(node)
        return self

    def read(self) -> Comprobante:
        """The read model."""
        return Comprobante(etree.fromstring(etree.tostring(self.root, encoding="UTF-8")))


def lines(count: int = 2) -> list[Line]:
    """Conceptos with IVA at 16 %."""
    return [Line(f"Servicio {n + 1}", Decimal("1000.50"), Decimal(n + 1)) for n in range(count)]


def invoice(receiver: Party = RECEIVER, issuer: Party = ISSUER, **facts: str) -> Document:
    """An invoice in pesos."""
    return Document(make_cfdi(issuer, receiver, lines(), Invoice(FECHA, serie="A", folio="1", **facts)))  # type: ignore[arg-type]


def dollars() -> Document:
    """An invoice in dollars."""
    facts = Invoice(FECHA, moneda="USD", tipo_cambio=Decimal("18.50"))
    return Document(make_cfdi(ISSUER, RECEIVER, lines(), facts))


def exempt() -> Document:
    """An invoice of exempt conceptos only."""
    return Document(make_cfdi(ISSUER, RECEIVER, [Line("Libro", Decimal(200), iva=None)], Invoice(FECHA)))


def untaxed() -> Document:
    """An invoice of something that is not subject to tax."""
    return Document(make_cfdi(ISSUER, RECEIVER, [Line("Depósito", Decimal(200), not_object=True)], Invoice(FECHA)))


def discounted() -> Document:
    """An invoice with discounts."""
    one = Line("Servicio", Decimal("1000.00"), descuento=Decimal("100.00"))
    return Document(make_cfdi(ISSUER, RECEIVER, [one, Line("Otro", Decimal("50.00"))], Invoice(FECHA)))


def public() -> Document:
    """A global invoice."""
    return invoice(PUBLIC).add("", "InformacionGlobal", 0, Periodicidad="04", Meses="11", Año="2026")


def abroad() -> Document:
    """An invoice to a foreigner."""
    return invoice(ABROAD).put("Receptor", ResidenciaFiscal="USA", NumRegIdTrib="123456789")


def exported() -> Document:
    """An invoice to a foreigner with the complement of foreign trade."""
    return abroad().put("", Exportacion="02").add("", "Complemento").add("Complemento", "cce:ComercioExterior")


def withheld() -> Document:
    """An invoice of a person, with ISR and IVA withheld."""
    person = Party("PEPJ800101AB1", "JUANA PEREZ PEREZ", "612", "06000")
    made = Document(make_cfdi(person, RECEIVER, [Line("Honorarios", Decimal("1000.00"))], Invoice(FECHA)))
    made.add("Conceptos/Concepto/Impuestos", "Retenciones")
    for impuesto, rate, amount in (("001", "0.100000", "100.00"), ("002", "0.106667", "106.67")):
        made.add("Conceptos/Concepto/Impuestos/Retenciones", "Retencion", Base="1000.00", Impuesto=impuesto,
                 TipoFactor="Tasa", TasaOCuota=rate, Importe=amount)  # fmt: skip
    made.put("Impuestos", TotalImpuestosRetenidos="206.67").add("Impuestos", "Retenciones", 0)
    made.add("Impuestos/Retenciones", "Retencion", Impuesto="001", Importe="100.00")
    made.add("Impuestos/Retenciones", "Retencion", Impuesto="002", Importe="106.67")
    return made.put("", Total="953.33")


def hotel() -> Document:
    """An invoice with a local tax."""
    made = invoice().add("", "Complemento").put("", Total="3571.78")
    return made.add("Complemento", "local:ImpuestosLocales", TotaldeRetenciones="0.00", TotaldeTraslados="90.04")


def parts() -> Document:
    """An invoice whose first concepto has a customs entry, a third party, and a part with its own entry."""
    made = invoice()
    made.add("Conceptos/Concepto", "ACuentaTerceros", RfcACuentaTerceros="TER010101AB1",
             NombreACuentaTerceros="TERCERO", RegimenFiscalACuentaTerceros="601",
             DomicilioFiscalACuentaTerceros="06000")  # fmt: skip
    made.add("Conceptos/Concepto", "InformacionAduanera", NumeroPedimento="26  07  3009  4708426")
    made.add("Conceptos/Concepto", "Parte", ClaveProdServ="84111506", Cantidad="2", Descripcion="Pieza",
             ValorUnitario="10.50", Importe="21.00")  # fmt: skip
    return made.add("Conceptos/Concepto/Parte", "InformacionAduanera", NumeroPedimento="26  07  3009  4708426")


def transfer() -> Document:
    """A document of transfer of goods."""
    made = untaxed().put("", TipoDeComprobante="T", SubTotal="0", Total="0", Moneda="XXX", FormaPago=None,
                         MetodoPago=None)  # fmt: skip
    return made.put("Conceptos/Concepto", ValorUnitario="0", Importe="0")


def payment() -> Document:
    """A payment of two invoices in pesos."""
    paid = [PaidDocument(UUID, Decimal("1160.00"), Decimal("1160.00")),
            PaidDocument(UUID[:-1] + "7", Decimal("580.00"), Decimal("116.00"))]  # fmt: skip
    return Document(make_pago(ISSUER, RECEIVER, paid, FECHA, FECHA))


def payment_in_dollars() -> Document:
    """A payment in pesos of an invoice in dollars."""
    paid = [PaidDocument(UUID, Decimal("100.00"), Decimal("100.00"), iva=None)]
    made = Document(make_pago(ISSUER, RECEIVER, paid, FECHA, FECHA))
    made.put(DOCTO, MonedaDR="USD", EquivalenciaDR="0.054054")
    return made.put(PAGO, Monto="1850.00").put(TOTALES, MontoTotalPagos="1850.00")


def payment_withheld() -> Document:
    """A payment of an invoice with ISR withheld."""
    made = payment().put(TOTALES, TotalRetencionesISR="100.00")
    made.add(f"{DOCTO}/pago:ImpuestosDR", "pago:RetencionesDR", 0)
    made.add(f"{DOCTO}/pago:ImpuestosDR/pago:RetencionesDR", "pago:RetencionDR", BaseDR="1000.00", ImpuestoDR="001",
             TipoFactorDR="Tasa", TasaOCuotaDR="0.100000", ImporteDR="100.00")  # fmt: skip
    made.add(f"{PAGO}/pago:ImpuestosP", "pago:RetencionesP", 0)
    return made.add(f"{PAGO}/pago:ImpuestosP/pago:RetencionesP", "pago:RetencionP", ImpuestoP="001", ImporteP="100.00")


def payment_exempt() -> Document:
    """A payment of an exempt invoice."""
    made = payment().put(TOTALES, TotalTrasladosBaseIVA16=None, TotalTrasladosImpuestoIVA16=None,
                         TotalTrasladosBaseIVAExento="1100.00")  # fmt: skip
    for row in made.root.iter(f"{{{PAGOS20}}}TrasladoDR", f"{{{PAGOS20}}}TrasladoP"):
        suffix = "DR" if "TipoFactorDR" in row.attrib or row.get("BaseDR") else "P"
        row.set(f"TipoFactor{suffix}", "Exento")
        del row.attrib[f"TasaOCuota{suffix}"], row.attrib[f"Importe{suffix}"]
    return made


PAGOS = "Complemento/pago:Pagos"
TOTALES = f"{PAGOS}/pago:Totales"
PAGO = f"{PAGOS}/pago:Pago"
DOCTO = f"{PAGO}/pago:DoctoRelacionado"
TRASLADO_DR = f"{DOCTO}/pago:ImpuestosDR/pago:TrasladosDR/pago:TrasladoDR"
RETENCION_DR = f"{DOCTO}/pago:ImpuestosDR/pago:RetencionesDR/pago:RetencionDR"
TRASLADO_P = f"{PAGO}/pago:ImpuestosP/pago:TrasladosP/pago:TrasladoP"
RETENCION_P = f"{PAGO}/pago:ImpuestosP/pago:RetencionesP/pago:RetencionP"
CONCEPTO = "Conceptos/Concepto"
TRASLADO = f"{CONCEPTO}/Impuestos/Traslados/Traslado"
RETENCION = f"{CONCEPTO}/Impuestos/Retenciones/Retencion"
ROW = "Impuestos/Traslados/Traslado"
WITHHELD_ROW = "Impuestos/Retenciones/Retencion"

Case = tuple[str, Callable[[], Document], Change]


def put(path: str, **attributes: str | None) -> Change:
    """A change of attributes."""
    return lambda document: document.put(path, **attributes)


def add(path: str, name: str, at: int | None = None, **attributes: str) -> Change:
    """A new element."""
    return lambda document: document.add(path, name, at, **attributes)


def drop(path: str) -> Change:
    """An element less."""
    return lambda document: document.drop(path)


def double(path: str) -> Change:
    """An element twice."""
    return lambda document: document.double(path)


def both(*changes: Change) -> Change:
    """Several changes."""

    def change(document: Document) -> None:
        for one in changes:
            one(document)

    return change


def judged(document: Document, receiver: TaxProfile | None = None) -> list[Finding]:
    """What catalogs and rules find, without what was not run."""
    context = Context(AT, receiver=receiver)
    model = document.read()
    found = [*catalogs.check(model, context), *rules.run(model, context)]
    return [finding for finding in found if finding.status != "not_run"]


def prove(case: Case) -> None:
    """The document made right has no finding; changed in one place it has the code, with place and both languages."""
    code, make, change = case
    right = judged(make())
    assert right == [], [(one.code, one.found, one.expected, one.where) for one in right]
    document = make()
    change(document)
    found = [finding for finding in judged(document) if finding.code == code]
    assert found, sorted({finding.code for finding in judged(document)})
    one = found[0]
    assert one.where.startswith("/Comprobante")
    assert one.title("es") != one.title("en") != code
    assert one.remedy("es") and one.remedy("en") and "{" not in one.title("es") + one.remedy("en")
