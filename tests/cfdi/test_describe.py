"""Documents and judgements in words."""

from collections.abc import Callable

from lxml import etree

from portal.cfdi import describe
from portal.cfdi.model import Comprobante
from portal.cfdi.reader import read
from portal.cfdi.report import Finding, Report, Status
from tests.cfdi.rules.documents import hotel, payment

Judge = Callable[[bytes], Report]


def test_a_document_is_read_to_a_person(invoice: bytes) -> None:
    document = read(invoice).document
    assert document is not None
    spanish = "\n".join(describe.document_lines(document, "es"))
    for text in ("Emisor", "ÑAN010203AB1 · COMPAÑÍA DEL NORTE", "3,481.74 MXN", "Conceptos (2)", "480.24"):
        assert text in spanish
    assert "Issuer" in "\n".join(describe.document_lines(document, "en"))


def test_a_payment_shows_what_was_paid_and_what_is_left() -> None:
    data = etree.tostring(payment().root)
    document = read(data.replace(b'ImpSaldoInsoluto="0.00"', b'ImpSaldoInsoluto="250.50"')).document
    assert document is not None
    text = "\n".join(describe.document_lines(document, "es"))
    paid = document.pagos[0].pagos[0]
    one = paid.doctos_relacionados[0]
    assert f"Pagos (1)\n  {paid.fecha_pago:%Y-%m-%d} {paid.forma_de_pago_p} {paid.monto:,.2f} {paid.moneda_p}" in text
    assert one.id_documento in text and f"#{one.num_parcialidad} · {one.imp_pagado:,.2f} {one.moneda_dr}" in text
    assert text.splitlines()[-1].split()[-2:] == [f"{document.pagos[0].totales.monto_total_pagos:,.2f}", "MXN"]
    first = etree.tostring(payment().root).replace(b"http://www.sat.gob.mx/Pagos20", b"http://www.sat.gob.mx/Pagos")
    old = read(first).document
    assert old is not None and "Payments (1)" in "\n".join(describe.document_lines(old, "en"))


def test_local_taxes_are_among_the_totals() -> None:
    document = read(etree.tostring(hotel().root)).document
    assert document is not None
    local = document.impuestos_locales[0]
    text = "\n".join(describe.document_lines(document, "es"))
    assert f"Impuestos locales  {local.total_de_traslados:>16,.2f}" in text


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
