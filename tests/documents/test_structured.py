"""Electronic invoices of other countries: both syntaxes say the same, and what is missing is named."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pikepdf
import pytest

from portal.documents import structured
from portal.documents.problems import Refused

from . import hostile

DATA = Path(__file__).parent / "data"
UBL = (DATA / "invoice.ubl.xml").read_text()

CII = (DATA / "invoice.cii.xml").read_text()


def refusal(data):
    with pytest.raises(Refused) as refused:
        structured.read_xml(data.encode() if isinstance(data, str) else data)
    return refused.value


@pytest.mark.parametrize(("source", "syntax"), [(UBL, "ubl"), (CII, "cii")])
def test_both_syntaxes_say_the_same(source, syntax):
    assert structured.read_xml(source.encode()) == structured.StructuredInvoice(
        syntax=syntax,
        profile="urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0",
        is_credit_note=False,
        number="2026-117",
        issued=date(2026, 11, 26),
        due=date(2026, 12, 26),
        currency="EUR",
        seller=structured.Party("Muster GmbH", "DE123456789", "DE"),
        buyer=structured.Party("Comercializadora", "CNO101010AB1", "MX"),
        order="PO-9",
        lines=(structured.Line("Widget", Decimal("10"), "C62", Decimal("100.00"), Decimal("1000.00")),),
        net=Decimal("1000.00"),
        tax=Decimal("190.00"),
        total=Decimal("1190.00"),
        payable=Decimal("890.00"),
    )


def test_credit_notes():
    note = (
        UBL.replace("Invoice-2", "CreditNote-2")
        .replace("<Invoice", "<CreditNote")
        .replace("</Invoice>", "</CreditNote>")
    )
    note = note.replace("cac:InvoiceLine", "cac:CreditNoteLine").replace("InvoicedQuantity", "CreditedQuantity")
    found = structured.read_xml(note.encode())
    assert found.is_credit_note and found.lines[0].quantity == 10
    assert structured.read_xml(CII.replace(">380<", ">381<").encode()).is_credit_note


def test_sums_that_disagree_are_told():
    assert structured.read_xml(UBL.encode()).disagreements() == []
    assert structured.read_xml(UBL.replace(">1190.00<", ">1190.02<").encode()).disagreements() == ["total"]


@pytest.mark.parametrize(
    ("source", "field"),
    [
        (UBL.replace("<cbc:ID>2026-117</cbc:ID>", ""), "number"),
        (UBL.replace("2026-11-26", "26/11/2026"), "issued"),
        (UBL.replace(">EUR<", "><"), "currency"),
        (UBL.replace(">1190.00<", ">1.190,00<"), "total"),
        (UBL.replace(">890.00<", ">NaN<"), "payable"),
        (UBL.replace(">890.00<", ">8e9<"), "payable"),
        (CII.replace("20261126", "20261399"), "issued"),
        (CII.replace("GrandTotalAmount", "Nothing"), "total"),
        (CII.replace(">10<", ">ten<"), "quantity"),
    ],
)
def test_what_is_missing_or_wrong_is_named(source, field):
    refused = refusal(source)
    assert refused.code == "einvoice.incomplete" and refused.problem.values == {"field": field}
    assert field in refused.sentence("en")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("<a/>", "einvoice.unknown"),
        ('<cfdi:Comprobante xmlns:cfdi="http://www.sat.gob.mx/cfd/4"/>', "einvoice.unknown"),
        (UBL.replace("Invoice-2", "Invoice-3"), "einvoice.unknown"),
        (UBL[:-5], "xml.malformed"),
        (UBL.replace("<Invoice", '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><Invoice', 1), "xml.doctype"),
        (UBL.replace("UTF-8", "ISO-8859-1"), "xml.encoding"),
    ],
)
def test_what_is_no_invoice(data, code):
    assert refusal(data).code == code


def carrying(name, content):
    def change(pdf):
        pdf.attachments[name] = pikepdf.AttachedFileSpec(pdf, content, filename=name)

    return hostile.changed(change)


@pytest.mark.parametrize("name", ["factur-x.xml", "ZUGFeRD-invoice.xml", "xrechnung.xml"])
def test_inside_a_pdf(name):
    assert structured.read_pdf(carrying(name, CII.encode())).number == "2026-117"


def test_a_pdf_without_one():
    assert structured.read_pdf(hostile.PLAIN) is None
    assert structured.read_pdf(carrying("otro.xml", CII.encode())) is None


def test_a_pdf_with_a_hostile_one():
    with pytest.raises(Refused) as refused:
        structured.read_pdf(carrying("factur-x.xml", b"<!DOCTYPE a><a/>"))
    assert refused.value.code == "xml.doctype"
