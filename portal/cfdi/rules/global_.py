"""Global invoices, of sales to the general public (CFDI40130–40136, 40146)."""

from portal.cfdi.model import Comprobante, InformacionGlobal, Receptor
from portal.cfdi.rules.facts import NATIONAL, PUBLIC, Facts
from portal.cfdi.rules.registry import Fault, Found, On, rule
from portal.cfdi.rules.sentences import must
from portal.cfdi.sentences import Sentence

_BIMONTHLY = "05"


@rule("CFDI40130", On.DOCUMENT, Sentence(
    "InformacionGlobal va en facturas (tipo I) con RFC XAXX010101000 y nombre PUBLICO EN GENERAL, y sólo en ellas",
    "InformacionGlobal goes in invoices (type I) with RFC XAXX010101000 and name PUBLICO EN GENERAL, and only there",
    "Agrega el nodo InformacionGlobal, o escribe el RFC y el nombre de tu cliente y quítalo.",
    "Add the node InformacionGlobal, or write your client's RFC and name and remove it."))  # fmt: skip
def global_information(facts: Facts, document: Comprobante) -> Found:
    """The node and the receiver's generic name go together."""
    receiver, node = document.receptor, document.informacion_global
    public = facts.tipo == "I" and receiver.rfc == NATIONAL and receiver.nombre == PUBLIC
    if public == (node is not None):
        return None
    found = f"{facts.tipo} · {receiver.rfc} · {receiver.nombre}"
    return Fault(node or document, "", "InformacionGlobal" if public else f"I · {NATIONAL} · {PUBLIC}", found)


@rule("CFDI40146", On.RECEIVER, must(
    "el RFC del receptor|the receiver's RFC", "XAXX010101000 en ventas al público en general",
    "XAXX010101000 in sales to the public"))
def public_receiver(facts: Facts, receiver: Receptor) -> Found:
    """Sales to the public are addressed to the generic RFC."""
    public = facts.document.informacion_global is not None or receiver.nombre == PUBLIC
    return Fault(receiver, "Rfc", NATIONAL) if public and receiver.rfc != NATIONAL else None


@rule("CFDI40132", On.GLOBAL, must("RegimenFiscal del emisor|the issuer's RegimenFiscal",
      "621 cuando Periodicidad es 05 (bimestral)",
      "621 when Periodicidad is 05 (every two months)"))  # fmt: skip
def bimonthly_regime(facts: Facts, node: InformacionGlobal) -> Found:
    """Only the regime of fiscal incorporation declares every two months."""
    issuer = facts.document.emisor
    wrong = node.periodicidad == _BIMONTHLY and issuer.regimen_fiscal != "621"
    return Fault(issuer, "RegimenFiscal", "621") if wrong else None


@rule("CFDI40134", On.GLOBAL, must("Meses", "de 01 a 12 si Periodicidad no es 05",
      "01 to 12 unless Periodicidad is 05"))  # fmt: skip
def single_months(facts: Facts, node: InformacionGlobal) -> Found:
    """A month."""
    wrong = node.periodicidad != _BIMONTHLY and not "01" <= node.meses <= "12"
    return Fault(node, "Meses", "01–12") if wrong else None


@rule("CFDI40135", On.GLOBAL, must("Meses", "de 13 a 18 si Periodicidad es 05", "13 to 18 when Periodicidad is 05"))
def double_months(facts: Facts, node: InformacionGlobal) -> Found:
    """Two months."""
    wrong = node.periodicidad == _BIMONTHLY and not "13" <= node.meses <= "18"
    return Fault(node, "Meses", "13–18") if wrong else None


@rule("CFDI40136", On.GLOBAL, must("Año", "el de la factura o el anterior", "the invoice's year or the one before"))
def recent_year(facts: Facts, node: InformacionGlobal) -> Found:
    """The period lies at most a year back. Beside a date that cannot be read only a year beyond today's is sure."""
    allowed = (str(facts.year), str(facts.year - 1))
    if node.anio.strip() not in allowed or not facts.document.fecha:
        return Fault(node, "Año", " / ".join(allowed))
    return None
