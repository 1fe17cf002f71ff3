"""Reading: strict, within limits, each refusal with its own code, known dirt said."""

import time

import pytest

from portal.cfdi.reader import Limits, read
from portal.cfdi.report import Status

CFD4 = 'xmlns:cfdi="http://www.sat.gob.mx/cfd/4"'
SMALL = f'<cfdi:Comprobante {CFD4} Version="4.0" TipoDeComprobante="I"/>'.encode()


def code(data: bytes, limits: Limits | None = None) -> str:
    """The code that refuses the bytes; "" when they are read."""
    reading = read(data, limits) if limits is not None else read(data)
    assert (reading.document is None) == any(f.status is Status.FAILED for f in reading.findings)
    return reading.findings[0].code if reading.document is None else ""


def notes(data: bytes) -> list[str]:
    """The notes of bytes that are read."""
    reading = read(data)
    assert reading.document is not None, reading.findings
    return [finding.code for finding in reading.findings]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "ACUSE-XML-EMPTY"),
        (b" \n\t", "ACUSE-XML-EMPTY"),
        (b"\xef\xbb\xbf", "ACUSE-XML-EMPTY"),
        (b"%PDF-1.7\n", "ACUSE-XML-PDF"),
        (b"PK\x03\x04....", "ACUSE-XML-ZIP"),
        (b"PK\x03\x04....[Content_Types].xml....", "ACUSE-XML-TEXT"),
        (b"hola", "ACUSE-XML-TEXT"),
        (b"\x00\x01\x02", "ACUSE-XML-TEXT"),
        (b"<!DOCTYPE html><html></html>", "ACUSE-XML-HTML"),
        (b"<html><body/></html>", "ACUSE-XML-HTML"),
        (b'<html xmlns="http://www.w3.org/1999/xhtml"/>', "ACUSE-XML-HTML"),
        (b'<a:html xmlns:a="http://www.w3.org/1999/xhtml"/>', "ACUSE-XML-HTML"),
        (SMALL[:-2], "ACUSE-XML-MALFORMED"),
        (SMALL + b"<b/>", "ACUSE-XML-MALFORMED"),
        (SMALL.replace(b'"I"', b'"I" Folio="A&B"'), "ACUSE-XML-MALFORMED"),
        (SMALL.replace(b'"I"', b'"I" Version="4.0"'), "ACUSE-XML-MALFORMED"),
        (SMALL.replace(b'"I"', b'"I" Folio="&x;"'), "ACUSE-XML-MALFORMED"),
        (SMALL.replace(b'"I"', b'"\xe9"'), "ACUSE-XML-ENCODING"),
        (b"<factura/>", "ACUSE-CFDI-OTHER"),
        (b'<Comprobante Version="4.0"/>', "ACUSE-CFDI-OTHER"),
        (SMALL.replace(b'"4.0"', b'"4.1"'), "ACUSE-CFDI-VERSION"),
        (SMALL.replace(b'"4.0"', b'"3.3"'), "ACUSE-CFDI-VERSION"),
        (SMALL.replace(b"/cfd/4", b"/cfd/3"), "ACUSE-CFDI-VERSION"),
        (SMALL.replace(b"/cfd/4", b"/cfd/3").replace(b'Version="4.0"', b'version="3.2"'), "ACUSE-CFDI-32"),
        (b'<Comprobante xmlns="http://www.sat.gob.mx/cfd/2" version="2.2"/>', "ACUSE-CFDI-32"),
        (
            b'<r:Retenciones xmlns:r="http://www.sat.gob.mx/esquemas/retencionpago/2" Version="2.0"/>',
            "ACUSE-CFDI-RETENCIONES",
        ),
        (
            b'<t:TimbreFiscalDigital xmlns:t="http://www.sat.gob.mx/TimbreFiscalDigital"/>',
            "ACUSE-CFDI-STAMP",
        ),
    ],
)
def test_what_is_not_a_cfdi_is_refused_with_its_reason(data: bytes, expected: str) -> None:
    assert code(data) == expected


@pytest.mark.parametrize(
    "doctype",
    [
        b"<!DOCTYPE a>",
        b'<!DOCTYPE a [<!ENTITY x "1">]>',
        b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd">',
        b"<!-- <cfdi:Comprobante> --><!DOCTYPE a>",
        b'<?p <a ?><!DOCTYPE a [<!ENTITY % e SYSTEM "file:///etc/passwd"> %e;]>',
    ],
)
def test_any_doctype_is_refused(doctype: bytes) -> None:
    assert code(doctype + SMALL) == "ACUSE-XML-DOCTYPE"
    assert code(b'<?xml version="1.0"?>\n' + doctype + SMALL) == "ACUSE-XML-DOCTYPE"


def test_the_word_doctype_inside_the_document_is_only_text() -> None:
    data = SMALL.replace(b"/>", b"><!-- <!DOCTYPE a> --></cfdi:Comprobante>")
    assert code(data) == ""


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be", "utf-32-le"])
def test_other_unicode_encodings_are_refused(encoding: str) -> None:
    assert code(SMALL.decode().encode(encoding)) in {"ACUSE-XML-ENCODING", "ACUSE-XML-MALFORMED"}
    assert code(SMALL.decode().encode("utf-16")) == "ACUSE-XML-ENCODING"


@pytest.mark.parametrize("declared", ["ISO-8859-1", "windows-1252", "latin1", "UTF-16", "UTF-7", "IBM037", ""])
def test_a_declared_encoding_other_than_utf8_is_refused(declared: str) -> None:
    assert code(f'<?xml version="1.0" encoding="{declared}"?>'.encode() + SMALL) == "ACUSE-XML-ENCODING"


@pytest.mark.parametrize("declared", ["UTF-8", "utf-8", "US-ASCII"])
def test_utf8_by_any_of_its_names_is_read(declared: str) -> None:
    assert code(f"<?xml version='1.0' encoding='{declared}'?>".encode() + SMALL) == ""


def test_known_dirt_is_accepted_and_said() -> None:
    assert notes(SMALL) == []
    assert notes(b"\xef\xbb\xbf" + SMALL) == ["ACUSE-NOTE-BOM"]
    assert notes(b"\r\n  " + SMALL) == ["ACUSE-NOTE-BLANKS"]
    assert notes(b"\xef\xbb\xbf \n" + SMALL) == ["ACUSE-NOTE-BOM", "ACUSE-NOTE-BLANKS"]
    assert notes(SMALL.replace(b"/>", b"><cfdi:Addenda><x/></cfdi:Addenda></cfdi:Comprobante>")) == [
        "ACUSE-NOTE-ADDENDA"
    ]


def test_schema_location_as_a_namespace_is_accepted_and_nothing_else_is_touched() -> None:
    dirty = SMALL.replace(b"Version", b'xmlns:schemaLocation="http://a http://b.xsd" Version').replace(
        b"/>", b""" Descripcion='un xmlns:schemaLocation="x y" literal'/>"""
    )
    assert notes(dirty) == ["ACUSE-NOTE-SCHEMALOCATION"]
    document = read(dirty).document
    assert document is not None
    assert document.get("Descripcion") == 'un xmlns:schemaLocation="x y" literal'
    assert code(dirty[:-2]) == "ACUSE-XML-MALFORMED"


def test_entities_and_files_are_never_read(tmp_path: object) -> None:
    data = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + SMALL.replace(b'"I"', b'"&x;"')
    assert code(data) == "ACUSE-XML-DOCTYPE"


def test_limits() -> None:
    limits = Limits(bytes=5000, elements=50, attributes=5, depth=6)
    body = SMALL.replace(b"/>", b">%b</cfdi:Comprobante>")
    assert code(body % b"<a/>", limits) == ""
    assert code(body % (b" " * 5000), limits) == "ACUSE-XML-SIZE"
    assert code(body % (b"<a/>" * 200), limits) == "ACUSE-XML-LIMITS"
    assert code(body % (b"<a>" * 5 + b"</a>" * 5), limits) == ""
    assert code(body % (b"<a>" * 6 + b"</a>" * 6), limits) == "ACUSE-XML-LIMITS"
    attributes = [f'a{n}="1"' for n in range(6)]
    assert code(body % f"<a {' '.join(attributes[:5])}/>".encode(), limits) == ""
    assert code(body % f"<a {' '.join(attributes)}/>".encode(), limits) == "ACUSE-XML-LIMITS"


@pytest.mark.parametrize(
    "data",
    [
        SMALL.replace(b"/>", b" " + b" ".join(b'a%d="1"' % n for n in range(200_000)) + b"/>"),
        SMALL.replace(b"/>", b">" + b"<a>" * 20_000 + b"</a>" * 20_000 + b"</cfdi:Comprobante>"),
        SMALL.replace(b"/>", b" " + b" ".join(b'xmlns:a%d="u%d"' % (n, n) for n in range(20_000)) + b"/>"),
        SMALL.replace(b"/>", b">" + b"<a/>" * 900_000 + b"</cfdi:Comprobante>"),
        SMALL.replace(b'"I"', b'"' + b"I" * 12_000_000 + b'"'),
        b"<" * 3_000_000,
        b"<a " * 1_000_000,
        SMALL.replace(b"Version", b"xmlns:schemaLocation " * 100_000),
        b"<?xml " + b"encoding" * 300_000,
    ],
    ids=["attributes", "depth", "namespaces", "elements", "value", "angles", "starts", "dirt", "declaration"],
)
def test_hostile_documents_are_refused_quickly(data: bytes) -> None:
    started = time.perf_counter()
    assert code(data) in {"ACUSE-XML-LIMITS", "ACUSE-XML-MALFORMED"}
    assert time.perf_counter() - started < 2
