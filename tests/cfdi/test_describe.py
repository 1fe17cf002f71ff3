"""Documents and judgements in words."""

from collections.abc import Callable

from portal.cfdi import describe
from portal.cfdi.model import Comprobante
from portal.cfdi.reader import read
from portal.cfdi.report import Finding, Report, Status

Judge = Callable[[bytes], Report]


def test_a_document_is_read_to_a_person(invoice: bytes) -> None:
    document = read(invoice).document
    assert document is not None
    spanish = "\n".join(describe.document_lines(document, "es"))
    for text in ("Emisor", "ÑAN010203AB1 · COMPAÑÍA DEL NORTE", "3,481.74 MXN", "Conceptos (2)", "480.24"):
        assert text in spanish
    assert "Issuer" in "\n".join(describe.document_lines(document, "en"))


def test_what_cannot_be_read_is_said() -> None:
    data = b'<c:Comprobante xmlns:c="http://www.sat.gob.mx/cfd/4" Version="4.0" Fecha="ayer"/>'
    document = read(data).document
    assert isinstance(document, Comprobante)
    assert "cannot be read" in "\n".join(describe.document_lines(document, "en"))


def test_a_refusal_shows_its_reason_and_remedy(verdict: Judge, invoice: bytes) -> None:
    report = verdict(invoice.replace(b"3481.74", b"3481.75"))
    text = "\n".join(describe.report_lines("a.xml", report, "es"))
    assert text.startswith("✗ RECHAZADO  a.xml  Ingreso · ")
    assert "✗ CFDI40102  El sello del emisor no corresponde" in text
    assert "→ El archivo cambió" in text
    assert "ACUSE-NOTE-SANDBOX" not in text
    assert "ACUSE-NOTE-SANDBOX" in "\n".join(describe.report_lines("a.xml", report, "es", everything=True))


def test_a_document_cannot_drive_the_terminal() -> None:
    lines = list(describe.finding_lines(Finding("X", Status.FAILED, "\x1b[2J\x07\r\n", "\u202e"), "es"))
    assert all(letter.isprintable() for line in lines for letter in line)


def test_unknown_types_are_themselves() -> None:
    assert describe.type_name("I", "en") == "Income"
    assert describe.type_name("Z", "es") == "Z"
