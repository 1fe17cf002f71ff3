"""Mutations: any change of sealed content or of the stamp is refused with its code; the harmless ones are listed."""

import re
from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from lxml import etree

from portal.cfdi.model import CFD4, TFD
from portal.cfdi.report import Report, Step, StepState, Verdict
from portal.local.authority import Authority, Csd
from portal.local.cfdi_maker import Invoice, Line, make_cfdi
from tests.cfdi.conftest import FECHA, ISSUER, RECEIVER, STAMPED

Judge = Callable[[bytes], Report]
SEAL = "CFDI40102"

# Every sealed attribute of the rich invoice below, and the code that its change must raise besides any other.
SEALED = {
    "Comprobante": (
        "Version Serie Folio Fecha FormaPago NoCertificado CondicionesDePago SubTotal Descuento Moneda TipoCambio "
        "Total TipoDeComprobante Exportacion MetodoPago LugarExpedicion"
    ),
    "CfdiRelacionados": "TipoRelacion",
    "CfdiRelacionado": "UUID",
    "Emisor": "Rfc Nombre RegimenFiscal",
    "Receptor": "Rfc Nombre DomicilioFiscalReceptor RegimenFiscalReceptor UsoCFDI",
    "Concepto": (
        "ClaveProdServ NoIdentificacion Cantidad ClaveUnidad Descripcion ValorUnitario Importe Descuento ObjetoImp"
    ),
    "Traslado": "Base Impuesto TipoFactor TasaOCuota Importe",
    "Impuestos": "TotalImpuestosTrasladados",
}
STAMP = {
    "Version": "ACUSE-TFD-VERSION",
    "UUID": "ACUSE-TFD-SEAL",
    "FechaTimbrado": "ACUSE-TFD-SEAL",
    "RfcProvCertif": "ACUSE-TFD-PAC",
    "SelloCFD": "ACUSE-TFD-SELLO",
    "NoCertificadoSAT": "ACUSE-TFD-PAC-UNKNOWN",
    "SelloSAT": "ACUSE-TFD-SEAL",
}


@pytest.fixture(scope="module")
def rich(authority: Authority, csd: Csd) -> bytes:
    """An invoice with every optional attribute that our maker can write."""
    lines = [
        Line("Cemento gris", Decimal("250.10"), Decimal("3.5"), no_identificacion="CEM-1", descuento=Decimal("25.35")),
        Line("Flete", Decimal("980.00")),
    ]
    invoice = Invoice(
        FECHA, serie="FA", folio="3017", moneda="USD", tipo_cambio=Decimal("17.6543"), condiciones_de_pago="30 DIAS",
        relations=[("04", ["0A1B2C3D-0000-4000-8000-00000000ABCD"])],
    )  # fmt: skip
    return authority.sign_and_stamp(make_cfdi(ISSUER, RECEIVER, lines, invoice), csd, STAMPED)


def test_the_original_is_not_rejected(rich: bytes, verdict: Judge) -> None:
    assert verdict(rich).verdict is not Verdict.REJECTED, verdict(rich).to_json()


def flipped(value: str) -> str:
    """The value with its middle character changed to another of its class."""
    at = len(value) // 2
    letter = value[at]
    if letter.isdigit():
        other = str((int(letter) + 1) % 10)
    elif letter.isalpha():
        other = "B" if letter.upper() == "A" else "A"
    else:
        other = "A"
    return value[:at] + other + value[at + 1 :]


def with_attribute(data: bytes, element: str, attribute: str, change: Callable[[str], str]) -> bytes:
    """The bytes with one attribute of the first such element changed, and nothing else."""
    pattern = rf'(<(?:cfdi|tfd):{element}\b[^>]*?\s{attribute}=")([^"]*)(")'.encode()
    mutated, count = re.subn(pattern, lambda m: m[1] + change(m[2].decode()).encode() + m[3], data, count=1)
    assert count == 1, f"{element}/@{attribute} is not in the document"
    assert mutated != data
    return mutated


@pytest.mark.parametrize(
    ("element", "attribute"), [(element, name) for element, names in SEALED.items() for name in names.split()]
)
def test_one_byte_of_any_sealed_attribute_breaks_the_seal(
    rich: bytes, verdict: Judge, element: str, attribute: str
) -> None:
    report = verdict(with_attribute(rich, element, attribute, flipped))
    assert report.verdict is Verdict.REJECTED
    expected = "ACUSE-CFDI-VERSION" if attribute == "Version" else SEAL
    assert expected in report.codes()


@pytest.mark.parametrize("attribute", sorted(STAMP))
def test_one_byte_of_any_attribute_of_the_stamp_is_seen(rich: bytes, verdict: Judge, attribute: str) -> None:
    report = verdict(with_attribute(rich, "TimbreFiscalDigital", attribute, flipped))
    told = {finding.code for finding in report.findings}
    assert STAMP[attribute] in told
    assert report.verdict is (Verdict.WARNED if attribute == "NoCertificadoSAT" else Verdict.REJECTED)
    assert report.steps[Step.STAMP] is not StepState.PASSED


def test_every_character_of_the_seals_counts(rich: bytes, verdict: Judge) -> None:
    """Also the last ones, whose spare bits a lenient decoder ignores."""
    for element, attribute in (("Comprobante", "Sello"), ("TimbreFiscalDigital", "SelloSAT")):
        for at in (0, 1, 170, -4, -3):
            data = with_attribute(rich, element, attribute, lambda text, at=at: _bump(text, at))
            assert verdict(data).verdict is Verdict.REJECTED, (attribute, at)


def _bump(text: str, at: int) -> str:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    at %= len(text)
    return text[:at] + letters[letters.index(text[at]) ^ 1] + text[at + 1 :]


@pytest.mark.parametrize("cents", [Decimal("0.01"), Decimal("-0.01")])
@pytest.mark.parametrize(
    ("element", "attribute"), [("Comprobante", "Total"), ("Comprobante", "SubTotal"), ("Concepto", "Importe")]
)
def test_one_cent_breaks_the_seal(rich: bytes, verdict: Judge, element: str, attribute: str, cents: Decimal) -> None:
    report = verdict(with_attribute(rich, element, attribute, lambda text: str(Decimal(text) + cents)))
    assert SEAL in report.codes()
    assert report.verdict is Verdict.REJECTED


def test_numbers_written_otherwise_are_other_content(rich: bytes, verdict: Judge) -> None:
    for change in (lambda t: "0" + t, lambda t: "+" + t, lambda t: t + "0"):
        assert SEAL in verdict(with_attribute(rich, "Comprobante", "Total", change)).codes()


@pytest.mark.parametrize("value", ["NaN", "INF", "1E3", "1_000.00", "", "1,000.00"])
def test_numbers_that_are_none_are_refused(rich: bytes, verdict: Judge, value: str) -> None:
    assert verdict(with_attribute(rich, "Comprobante", "Total", lambda _: value)).verdict is Verdict.REJECTED


def edited(data: bytes, edit: Callable[[etree._Element], object]) -> bytes:
    """The document after an edit of its tree."""
    root = etree.fromstring(data)
    edit(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def stamp_of(root: etree._Element) -> etree._Element:
    return root.find(f".//{{{TFD}}}TimbreFiscalDigital")


def test_dropping_doubling_and_swapping_the_stamp(
    rich: bytes, invoice: bytes, authority: Authority, verdict: Judge
) -> None:
    dropped = edited(rich, lambda root: stamp_of(root).getparent().remove(stamp_of(root)))
    assert "ACUSE-TFD-MISSING" in verdict(dropped).codes()
    doubled = authority.stamp(rich, STAMPED)
    assert "ACUSE-TFD-SEVERAL" in verdict(doubled).codes()
    other = stamp_of(etree.fromstring(invoice))
    swapped = edited(rich, lambda root: stamp_of(root).getparent().replace(stamp_of(root), other))
    assert "ACUSE-TFD-SELLO" in verdict(swapped).codes()
    for data in (dropped, doubled, swapped):
        assert verdict(data).verdict is Verdict.REJECTED
        assert verdict(data).steps[Step.STAMP] is StepState.FAILED


def test_stamping_somebody_elses_seal_is_refused(rich: bytes, authority: Authority, verdict: Judge) -> None:
    """A PAC stamped a changed document: its stamp is authentic, the issuer's seal is not."""
    bare = edited(rich, lambda root: root.remove(root.find(f"{{{CFD4}}}Complemento")))
    changed = with_attribute(bare, "Comprobante", "Total", flipped)
    report = verdict(authority.stamp(changed, STAMPED))
    assert (report.steps[Step.SEAL], report.steps[Step.STAMP]) == (StepState.FAILED, StepState.PASSED)
    assert report.verdict is Verdict.REJECTED


def test_replacing_the_certificate_is_refused(rich: bytes, authority: Authority, csd: Csd, verdict: Judge) -> None:
    other = authority.issue_csd(ISSUER.rfc, ISSUER.name, slot=7).certificate
    one, two = (b64encode(certificate.der) for certificate in (csd.certificate, other))
    replaced = verdict(rich.replace(one, two))
    assert {SEAL, "CFDI40106"} <= replaced.codes()
    numbered = verdict(rich.replace(one, two).replace(csd.certificate.number.encode(), other.number.encode()))
    assert numbered.codes() >= {SEAL}


def test_adding_and_removing_content_breaks_the_seal(rich: bytes, verdict: Judge) -> None:
    conceptos = f"{{{CFD4}}}Conceptos"

    def remove(root: etree._Element) -> None:
        root.find(conceptos).remove(root.find(conceptos)[-1])

    def reorder(root: etree._Element) -> None:
        root.find(conceptos).append(root.find(conceptos)[0])

    def add(root: etree._Element) -> None:
        root.set("Confirmacion", "ABCDE")

    for edit in (remove, reorder, add):
        assert SEAL in verdict(edited(rich, edit)).codes()


def test_every_truncation_is_refused(rich: bytes, verdict: Judge) -> None:
    for size in [*range(0, len(rich), 97), len(rich) - 1]:
        report = verdict(rich[:size])
        assert report.steps[Step.WELLFORMED] is StepState.FAILED, size
        assert report.verdict is Verdict.REJECTED


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-32", "cp1252", "utf-16-be"])
def test_other_encodings_are_refused(rich: bytes, verdict: Judge, encoding: str) -> None:
    told = verdict(rich.decode().replace("UTF-8", encoding).encode(encoding))
    assert told.verdict is Verdict.REJECTED
    undeclared = verdict(rich.decode().partition("?>")[2].encode(encoding))
    assert undeclared.verdict is Verdict.REJECTED


HARMLESS: dict[str, Callable[[bytes], bytes]] = {
    "byte order mark": lambda data: b"\xef\xbb\xbf" + data,
    "leading blanks": lambda data: b"\r\n " + data,
    "trailing blanks": lambda data: data + b"\n\n",
    "no declaration": lambda data: data.partition(b"?>\n")[2],
    "comment": lambda data: data.replace(b"<cfdi:Emisor", b"<!-- x --><cfdi:Emisor"),
    "processing instruction": lambda data: data.replace(b"<cfdi:Emisor", b"<?x y?><cfdi:Emisor"),
    "blanks between elements": lambda data: data.replace(b"><cfdi:", b">\n  <cfdi:"),
    "blanks folded by the cadena": lambda data: data.replace(b'"Cemento gris"', b'" Cemento \n gris "'),
    "order of attributes": lambda data: re.sub(rb'( Serie="FA")( Folio="3017")', rb"\2\1", data),
    "quotes": lambda data: data.replace(b'Serie="FA"', b"Serie='FA'"),
    "character reference": lambda data: data.replace(b'"Flete"', b'"&#70;lete"'),
    "prefix": lambda data: data.replace(b"cfdi:", b"f:").replace(b"xmlns:cfdi", b"xmlns:f"),
    "schema location": lambda data: re.sub(rb' xsi:schemaLocation="[^"]*cfdv40.xsd"', b"", data),
    "schema location as a namespace": lambda data: data.replace(b"xsi:schemaLocation", b"xmlns:schemaLocation", 1),
    "addenda": lambda data: data.replace(
        b"</cfdi:Comprobante>", b"<cfdi:Addenda><pedido numero='4500'/></cfdi:Addenda></cfdi:Comprobante>"
    ),
}


@pytest.mark.parametrize("change", sorted(HARMLESS))
def test_harmless_changes_stay_accepted(rich: bytes, verdict: Judge, change: str) -> None:
    mutated = HARMLESS[change](rich)
    assert mutated != rich
    report, original = verdict(mutated), verdict(rich)
    assert report.verdict is original.verdict, report.to_json()
    assert report.steps == original.steps
    assert report.sha256 != original.sha256


def test_a_late_and_an_early_stamp(authority: Authority, csd: Csd, verdict: Judge) -> None:
    for wait in (timedelta(hours=-4), timedelta(hours=80)):
        fecha = FECHA - timedelta(days=10)
        data = make_cfdi(ISSUER, RECEIVER, [Line("Servicio", Decimal(10))], Invoice(fecha))
        report = verdict(authority.sign_and_stamp(data, csd, fecha + wait))
        assert report.verdict is Verdict.REJECTED
        assert "ACUSE-TFD-DATE" in report.codes()
