"""The schema step: what it says, the tree left alone, and that light schema and sets are SAT's full schema."""

import random
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from lxml import etree

from portal.cfdi import light, lighten, resources, schema
from portal.cfdi.catalogs import check as catalogs
from portal.cfdi.context import Context
from portal.cfdi.model import CFD3, CFD4, Comprobante
from portal.cfdi.report import Finding, Status
from portal.cfdi.sentences import Family, family_of
from portal.cfdi.severity import Situation, weigh
from tests.cfdi.rules.documents import (
    AT,
    CONCEPTO,
    TRASLADO,
    Document,
    discounted,
    exempt,
    hotel,
    invoice,
    parts,
    payment,
    payment_withheld,
    public,
    withheld,
)

SITE = "www.sat.gob.mx/sitio_internet/cfd"
STAMP = (
    '<tfd:TimbreFiscalDigital xmlns:tfd="http://www.sat.gob.mx/TimbreFiscalDigital" Version="1.1" '
    'UUID="6C9F5D1A-2B3C-4D5E-8F90-A1B2C3D4E5F6" FechaTimbrado="2026-11-20T10:31:00" RfcProvCertif="AAA010101AAA" '
    'SelloCFD="YQ==" NoCertificadoSAT="00001000000500000001" SelloSAT="YQ=="/>'
)


def sealed(document: Document) -> etree._Element:
    """The document as after sealing and stamping, as far as the schema cares."""
    document.put("", Sello="YQ==", NoCertificado="00001000000500000000", Certificado="YQ==")
    if document.root.find(f"{{{CFD4}}}Complemento") is None:
        document.add("", "Complemento")
    document.find("Complemento").append(etree.fromstring(STAMP))
    local = document.root.find(".//{http://www.sat.gob.mx/implocal}ImpuestosLocales")
    if local is not None:
        local.attrib.update({"version": "1.0", "TotaldeRetenciones": "0.00"})
        etree.SubElement(local, "{http://www.sat.gob.mx/implocal}TrasladosLocales", {
            "ImpLocTrasladado": "ISH", "TasadeTraslado": "3.00", "Importe": "90.04"})  # fmt: skip
    taxes = [e for e in document.root.iter(f"{{{CFD4}}}InformacionAduanera", f"{{{CFD4}}}Parte")]
    for element in taxes:  # the schema's order: third party, customs entry, …, part
        parent = element.getparent()
        assert parent is not None
        parent.append(element)
    for parte in document.root.iter(f"{{{CFD4}}}Parte"):
        parent = parte.getparent()
        assert parent is not None
        parent.append(parte)
    return etree.fromstring(etree.tostring(document.root, encoding="UTF-8"))


def findings(root: etree._Element) -> list[Finding]:
    """What the step finds."""
    return schema.validate(root, "4.0")


MAKERS = [invoice, public, withheld, discounted, exempt, hotel, parts, payment, payment_withheld]


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_good_documents_pass(make: Callable[[], Document]) -> None:
    assert findings(sealed(make())) == []


FAULTS = [
    (lambda d: d.put("", Fecha="2026-11-20 10:30:00"), "CFDI40101", "/Comprobante/@Fecha"),
    (lambda d: d.put("", TipoCambio="1.1234567"), "CFDI40117", "/Comprobante/@TipoCambio"),
    (lambda d: d.put("Emisor", FacAtrAdquirente="12345"), "CFDI40142", "/Comprobante/Emisor/@FacAtrAdquirente"),
    (lambda d: d.put(TRASLADO, Base="0"), "CFDI40174",
     "/Comprobante/Conceptos/Concepto[1]/Impuestos/Traslados/Traslado/@Base"),
    (lambda d: d.put("Emisor", Rfc="NO"), "ACUSE-XSD-VALUE", "/Comprobante/Emisor/@Rfc"),
    (lambda d: d.put("", Exportacion=None), "ACUSE-XSD-MISSING", "/Comprobante"),
    (lambda d: d.put("", version="4.0"), "ACUSE-XSD-ATTRIBUTE", "/Comprobante/@version"),
    (lambda d: d.add("", "Emisor"), "ACUSE-XSD-ELEMENT", "/Comprobante/Emisor[2]"),
    (lambda d: d.drop("Receptor"), "ACUSE-XSD-ELEMENT", "/Comprobante/Conceptos"),
    (lambda d: d.drop(f"{CONCEPTO}/Impuestos/Traslados/Traslado"), "ACUSE-XSD-INCOMPLETE",
     "/Comprobante/Conceptos/Concepto[1]/Impuestos/Traslados"),
    (lambda d: setattr(d.find("Emisor"), "text", "hola"), "ACUSE-XSD-CONTENT", "/Comprobante/Emisor"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "code", "where"), FAULTS, ids=[code for _, code, _ in FAULTS])
def test_faults_are_told_with_place(change: Callable[[Document], object], code: str, where: str) -> None:
    document = invoice()
    change(document)
    found = findings(sealed(document))
    assert (code, where) in {(one.code, one.where) for one in found}
    one = next(one for one in found if one.code == code)
    assert family_of(one.code, one.reason) is Family.STRUCTURE
    assert "{" not in one.title("es") + one.title("en") + one.remedy("es") and "http" not in one.expected


def test_found_and_expected_are_values() -> None:
    one = findings(sealed(invoice().put(TRASLADO, Base="0")))[0]
    assert (one.found, one.expected) == ("0", ">= 0.000001")
    one = findings(sealed(invoice().drop("Receptor")))[0]
    assert one.expected == "Receptor"


def test_an_addenda_is_not_judged_and_stays() -> None:
    root = sealed(invoice())
    addenda = etree.SubElement(root, f"{{{CFD4}}}Addenda", {"anything": "1"})
    addenda.text = "free text"
    etree.SubElement(addenda, "sinespacio").text = "x"
    etree.SubElement(addenda, f"{{{CFD4}}}Concepto", {"ClaveUnidad": "NO"})
    before = etree.tostring(root)
    assert findings(root) == []
    assert [*catalogs.check(Comprobante(root), Context(AT))] == []
    assert etree.tostring(root) == before


def test_an_unknown_complement_is_named_and_not_run() -> None:
    root = sealed(invoice())
    complement = root.find(f"{{{CFD4}}}Complemento")
    assert complement is not None
    for _ in range(2):
        etree.SubElement(complement, "{http://example.org/x}Nuevo")
    found = findings(root)
    assert [(one.code, one.status, one.found) for one in found] == [
        ("ACUSE-XSD-COMPLEMENT", Status.NOT_RUN, "{http://example.org/x}Nuevo")
    ]
    assert "Nuevo" in found[0].title("es")


def test_a_stranger_in_a_known_namespace_is_refused() -> None:
    root = sealed(invoice())
    complement = root.find(f"{{{CFD4}}}Complemento")
    assert complement is not None
    etree.SubElement(complement, "{http://www.sat.gob.mx/implocal}Otra")
    assert [one.code for one in findings(root)] == ["ACUSE-XSD-ELEMENT"]


@pytest.mark.parametrize(
    ("space", "local", "effect"),
    [
        ("http://www.sat.gob.mx/implocal", "ImpuestosLocales", Status.WARNING),
        ("http://www.sat.gob.mx/implocal", "Otra", Status.WARNING),
        ("http://www.sat.gob.mx/CartaPorte20", "CartaPorte", Status.WARNING),
        ("http://www.sat.gob.mx/Pagos20", "Pagos", Status.FAILED),
        ("http://www.sat.gob.mx/Pagos", "Pagos", Status.FAILED),
        ("http://www.sat.gob.mx/TimbreFiscalDigital", "TimbreFiscalDigital", Status.FAILED),
    ],
)
def test_the_stamp_softens_faults_of_a_complement_beside_the_invoice(space: str, local: str, effect: Status) -> None:
    root = sealed(invoice())
    complement = root.find(f"{{{CFD4}}}Complemento")
    assert complement is not None
    etree.SubElement(complement, f"{{{space}}}{local}")
    found = findings(root)
    assert found and all(one.status is Status.FAILED for one in found)
    assert {weigh(one, Situation.STAMPED).status for one in found} == {effect}
    assert {weigh(one, Situation.UNSTAMPED).status for one in found} == {Status.FAILED}


def test_a_prefix_that_stands_for_several_namespaces() -> None:
    root = sealed(invoice())
    complement = root.find(f"{{{CFD4}}}Complemento")
    assert complement is not None
    for space, local in (("CartaPorte20", "CartaPorte"), ("implocal", "ImpuestosLocales")):
        name = f"{{http://www.sat.gob.mx/{space}}}{local}"
        etree.SubElement(complement, name, nsmap={"x": f"http://www.sat.gob.mx/{space}"})
    found = findings(root)
    assert {one.where.split("/")[3].partition("[")[0].partition("@")[0] for one in found} >= {"CartaPorte"}
    assert {weigh(one, Situation.STAMPED).status for one in found} == {Status.WARNING}


def test_a_stranger_among_the_conceptos_is_a_fault_of_the_invoice() -> None:
    root = sealed(invoice())
    etree.SubElement(next(root.iter(f"{{{CFD4}}}Conceptos")), "{http://www.sat.gob.mx/implocal}ImpuestosLocales")
    found = findings(root)
    assert [weigh(one, Situation.STAMPED).status for one in found] == [Status.FAILED]


def test_complements_of_conceptos_are_judged() -> None:
    root = sealed(invoice().add(CONCEPTO, "ComplementoConcepto"))
    holder = next(root.iter(f"{{{CFD4}}}ComplementoConcepto"))
    school = "{http://www.sat.gob.mx/iedu}instEducativas"
    facts = {"version": "1.0", "nombreAlumno": "ANA", "CURP": "PEPJ800101HDFRRN09", "nivelEducativo": "Preescolar",
             "autRVOE": "1"}  # fmt: skip
    node = etree.SubElement(holder, school, facts)
    assert findings(root) == []
    node.set("nivelEducativo", "Doctorado")
    assert [one.code for one in findings(root)] == ["ACUSE-XSD-VALUE"]


def test_hostile_counts_of_faults_are_told_a_few_times() -> None:
    document = invoice()
    for _ in range(500):
        document.double(CONCEPTO)
    for concepto in document.root.iter(f"{{{CFD4}}}Concepto"):
        concepto.set("Cantidad", "x")
    assert 0 < len(findings(sealed(document))) <= 40


def test_a_large_document_is_not_told_the_faults_of_another() -> None:
    document = invoice()
    for _ in range(800):
        document.double(CONCEPTO)
    large = sealed(document)
    assert findings(large) == []
    for attribute, value in (("Folio", "x" * 41), ("Serie", "y" * 26), ("Sello", "")):
        kept = large.get(attribute)
        large.set(attribute, value)
        assert {one.where for one in findings(large)} <= {f"//Comprobante/@{attribute}"}
        large.set(attribute, kept or "A")
    for concepto in large.iter(f"{{{CFD4}}}Concepto"):
        concepto.set("Cantidad", "-1")
    large.set("Folio", "")
    large.find(f"{{{CFD4}}}Impuestos").set("Total", "1")
    assert {one.where for one in findings(large)} >= {"//Concepto/@Cantidad", "//Impuestos/@Total"}


def test_what_stands_behind_a_large_document_is_said() -> None:
    document = invoice()
    for _ in range(800):
        document.double(CONCEPTO)
    large = sealed(document)
    large.append(etree.Element("Pedido"))
    assert [(one.code, one.status) for one in findings(large)] == [("ACUSE-NOTE-ADDENDA-PLACE", Status.PASSED)]


def test_every_known_complement_compiles() -> None:
    known = light.load().complements
    assert len(known) > 40
    for space, candidates in known.items():
        for file, _, names in candidates:
            assert names and isinstance(schema._compile("4.0", ((space, file),)), etree.XMLSchema)


def test_building_again_gives_the_same(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    lighten.build(tmp_path / "one")
    ready = light.load().folder
    assert (tmp_path / "one" / "index.json").read_bytes() == (ready / "index.json").read_bytes()
    for path in (tmp_path / "one" / "sets").iterdir():
        assert path.read_bytes() == (ready / "sets" / path.name).read_bytes()


@cache
def full() -> etree.XMLSchema:
    """SAT's own files, every enumeration included."""
    driver = etree.Element("{http://www.w3.org/2001/XMLSchema}schema")
    for space, path in (
        (CFD4, "4/cfdv40.xsd"), ("http://www.sat.gob.mx/Pagos20", "Pagos/Pagos20.xsd"),
        ("http://www.sat.gob.mx/TimbreFiscalDigital", "TimbreFiscalDigital/TimbreFiscalDigitalv11.xsd"),
        ("http://www.sat.gob.mx/implocal", "implocal/implocal.xsd"),
    ):  # fmt: skip
        etree.SubElement(driver, "{http://www.w3.org/2001/XMLSchema}import", {
            "namespace": space, "schemaLocation": (resources.schemas() / SITE / path).as_uri()})  # fmt: skip
    return etree.XMLSchema(etree.ElementTree(driver))


VALUES = ["", " ", "0", "-1", "1", "01", "02", "99", "1.5", "1.1234567", "1e5", "NaN", "x" * 301, "|", "MXN", "mxn",
          "USA", "84111506", "84111599", "E48", "ZZZ", "06000", "00001", "99999",
          "2026-11-20T10:30:00", "2026-13-20T10:30:00", " 02 ", "Tasa", "Exento", "002",
          "004", "601", "699", "G03", "ñ", "1,000.00", "PUE"]  # fmt: skip
LONG = {"ClaveProdServ", "LugarExpedicion", "ClaveUnidad"}  # SAT's full schema takes 0.1 s to refuse one of these
KINDS = ("value", "value", "value", "value", "drop attribute", "new attribute", "double", "drop", "text", "swap")


def revalue(element: etree._Element, chance: random.Random) -> None:
    """Give an attribute another value; those of the long catalogs seldom."""
    name = chance.choice(list(element.attrib))
    if name not in LONG or chance.random() < 0.15:
        element.set(name, chance.choice(VALUES))


def mutate(root: etree._Element, chance: random.Random) -> None:
    """Change one thing somewhere."""
    element = chance.choice([e for e in root.iter() if isinstance(e.tag, str)])
    kind, parent = chance.choice(KINDS), element.getparent()
    if kind == "value" and element.attrib:
        revalue(element, chance)
    elif kind == "drop attribute" and element.attrib:
        del element.attrib[chance.choice(list(element.attrib))]
    elif kind == "new attribute":
        element.set(chance.choice(["Nuevo", "UsoCFDI", "Descuento", "Moneda", "Version"]), chance.choice(VALUES))
    elif kind == "text":
        element.text = chance.choice(["x", " \n"])
    elif parent is not None and kind == "double":
        element.addnext(etree.fromstring(etree.tostring(element, encoding="UTF-8")))
    elif parent is not None and kind == "drop":
        parent.remove(element)
    elif parent is not None and kind == "swap":
        parent.insert(0, element)


def _quick(root: etree._Element) -> etree._Element:
    """The same with codes from the beginning of the long lists: SAT's full schema tries them one by one."""
    for node in root.iter():
        for name, code in (("ClaveProdServ", "01010101"), ("LugarExpedicion", "00000"), ("ClaveUnidad", "05")):
            if name in node.attrib:
                node.set(name, code)
    return root


def mutants(count: int) -> Iterator[tuple[int, etree._Element]]:
    """Documents with one to three changes, the same ones at every run."""
    bases = [etree.tostring(_quick(sealed(make())), encoding="UTF-8") for make in MAKERS]
    for number in range(count):
        chance = random.Random(number)
        root = etree.fromstring(chance.choice(bases))
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            mutate(root, chance)
        yield number, etree.fromstring(etree.tostring(root, encoding="UTF-8"))


def test_light_schema_and_sets_are_sats_full_schema() -> None:
    """Over thousands of mutated documents; catalogs as the schema lists them (3.3's codes and dates are ours)."""
    verdicts = {True: 0, False: 0}
    for number, root in mutants(3000):
        expected = full().validate(root)
        document = Comprobante(root)
        looked = [f for f in catalogs.check(document, Context(AT)) if f.expected[:1] != "2"]
        ours = not schema.validate(root, "4.0") and not looked
        assert ours == expected, (number, full().error_log.last_error, etree.tostring(root)[:300])
        verdicts[ours] += 1
    assert min(verdicts.values()) > 250, verdicts


def test_version_33_is_judged_by_its_own_schema() -> None:
    document = Document(
        f"""<cfdi:Comprobante xmlns:cfdi="{CFD3}" Version="3.3" Fecha="2022-05-01T10:00:00" Sello="YQ=="
        NoCertificado="00001000000400000000" Certificado="YQ==" SubTotal="1.00" Moneda="MXN" Total="1.00"
        TipoDeComprobante="I" LugarExpedicion="06000"><cfdi:Emisor Rfc="AAA010101AAA" RegimenFiscal="601"/>
        <cfdi:Receptor Rfc="AAA010101AAA" UsoCFDI="P01"/><cfdi:Conceptos><cfdi:Concepto ClaveProdServ="84111506"
        Cantidad="1" ClaveUnidad="E48" Descripcion="x" ValorUnitario="1.00" Importe="1.00"/></cfdi:Conceptos>
        </cfdi:Comprobante>""".encode()
    )
    assert schema.validate(document.root, "3.3") == []
    assert [*catalogs.check(document.read(), Context(AT))] == []
    document.root.set("Exportacion", "01")
    assert [one.code for one in schema.validate(document.root, "3.3")] == ["ACUSE-XSD-ATTRIBUTE"]
