"""Electronic invoices of other countries: both syntaxes say the same, and what is missing is named."""

import time
from datetime import date
from decimal import Decimal
from pathlib import Path

import pikepdf
import pytest

from portal.documents import structured, structured_rules
from portal.documents.problems import FIELDS, Refused
from portal.documents.structured_model import Adjustment, Line, Party, StructuredInvoice, Tax

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
    ids = {"ubl": ("DE123456789",), "cii": ("201/113/40209", "DE123456789")}[syntax]
    names = {"ubl": ("Muster GmbH", "Muster"), "cii": ("Muster GmbH",)}[syntax]
    assert structured.read_xml(source.encode()) == StructuredInvoice(
        syntax=syntax,
        profile="urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0",
        is_credit_note=False,
        number="2026-117",
        issued=date(2026, 11, 26),
        due=date(2026, 12, 26),
        currency="EUR",
        seller=Party("Muster GmbH", "DE123456789", "DE", ids, names),
        buyer=Party("Comercializadora", "CNO101010AB1", "MX", ("CNO101010AB1",), ("Comercializadora",)),
        order="PO-9",
        lines=(Line("Widget", Decimal("10"), "C62", Decimal("100.00"), Decimal("1000.00")),),
        net=Decimal("1000.00"),
        tax=Decimal("190.00"),
        total=Decimal("1190.00"),
        payable=Decimal("890.00"),
        sum_of_lines=Decimal("1000.00"),
        prepaid=Decimal("300.00"),
    )


def told(source):
    return [one.code for one in structured_rules.check(structured.read_xml(source.encode()))]


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
    assert list(structured_rules.check(structured.read_xml(UBL.encode()))) == []
    assert told(UBL.replace(">1190.00<", ">1190.01<")) == ["BR-CO-15", "BR-CO-16"]


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
    assert field in refused.sentence("en") and FIELDS[field][0] in refused.sentence("es")


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
    assert structured.read_xml(structured.attached_xml(carrying(name, CII.encode()))).number == "2026-117"


def test_a_pdf_without_one():
    assert structured.attached_xml(hostile.PLAIN) is None
    assert structured.attached_xml(carrying("otro.xml", CII.encode())) is None


def test_a_pdf_with_a_hostile_one():
    with pytest.raises(Refused) as refused:
        structured.read_xml(structured.attached_xml(carrying("factur-x.xml", b"<!DOCTYPE a><a/>")))
    assert refused.value.code == "xml.doctype"


UBL_FULL = (
    UBL.replace(
        " <cac:AccountingSupplierParty>",
        """ <cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>2026-100</cbc:ID></cac:InvoiceDocumentReference>
 </cac:BillingReference>
 <cac:AccountingSupplierParty>""",
        1,
    )
    .replace("<cbc:DocumentCurrencyCode>", "<cbc:Note>Hosting of November</cbc:Note><cbc:DocumentCurrencyCode>", 1)
    .replace(
        " <cac:TaxTotal>",
        """ <cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator>
  <cbc:AllowanceChargeReason>Discount</cbc:AllowanceChargeReason><cbc:Amount currencyID="EUR">100.00</cbc:Amount>
 </cac:AllowanceCharge>
 <cac:AllowanceCharge><cbc:ChargeIndicator>true</cbc:ChargeIndicator>
  <cbc:AllowanceChargeReason>Freight</cbc:AllowanceChargeReason><cbc:Amount currencyID="EUR">20.00</cbc:Amount>
 </cac:AllowanceCharge>
 <cac:TaxTotal>""",
        1,
    )
    .replace(
        '<cbc:TaxAmount currencyID="EUR">190.00</cbc:TaxAmount>',
        """<cbc:TaxAmount currencyID="EUR">174.80</cbc:TaxAmount>
  <cac:TaxSubtotal><cbc:TaxableAmount currencyID="EUR">920.00</cbc:TaxableAmount>
   <cbc:TaxAmount currencyID="EUR">174.80</cbc:TaxAmount><cac:TaxCategory>
    <cbc:ID>S</cbc:ID><cbc:Percent>19</cbc:Percent>
    <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:TaxCategory></cac:TaxSubtotal>""",
    )
    .replace(
        '<cbc:TaxExclusiveAmount currencyID="EUR">1000.00', '<cbc:TaxExclusiveAmount currencyID="EUR">920.00'
    )
    .replace(">1190.00</cbc:TaxInclusiveAmount>", """>1094.80</cbc:TaxInclusiveAmount>
  <cbc:AllowanceTotalAmount currencyID="EUR">100.00</cbc:AllowanceTotalAmount>
  <cbc:ChargeTotalAmount currencyID="EUR">20.00</cbc:ChargeTotalAmount>""")
    .replace("<cbc:PayableAmount", '<cbc:PayableRoundingAmount currencyID="EUR">0.20</cbc:PayableRoundingAmount>'
             "<cbc:PayableAmount")
    .replace(">890.00<", ">795.00<")
)


def test_allowances_charges_rounding_and_what_was_prepaid():
    found = structured.read_xml(UBL_FULL.encode())
    assert found.adjustments == (Adjustment(False, "Discount", Decimal("100.00")),
                                 Adjustment(True, "Freight", Decimal("20.00")))
    assert (found.allowances, found.charges) == (Decimal(100), Decimal(20))
    assert (found.prepaid, found.rounding, found.payable) == (Decimal(300), Decimal("0.20"), Decimal(795))
    assert found.taxes == (Tax("VAT", "S", Decimal(19), Decimal("920.00"), Decimal("174.80")),)
    assert (found.note, found.preceding) == ("Hosting of November", ("2026-100",))
    assert told(UBL_FULL) == []


@pytest.mark.parametrize(("old", "new", "codes"), [
    (">10</cbc:Invoiced", ">11</cbc:Invoiced", ["PEPPOL-EN16931-R120"]),
    (">100.00</cbc:Price", ">100.002</cbc:Price", []),
    (">100.00</cbc:Price", ">100.01</cbc:Price", ["PEPPOL-EN16931-R120"]),
    ('EUR">1000.00</cbc:LineExtensionAmount>\n  <cbc:TaxExc', 'EUR">1000.01</cbc:LineExtensionAmount>\n  <cbc:TaxExc',
     ["BR-CO-10", "BR-CO-13"]),
    (">100.00</cbc:AllowanceTotal", ">100.01</cbc:AllowanceTotal", ["BR-CO-13", "BR-CO-11"]),
    (">20.00</cbc:ChargeTotal", ">19.99</cbc:ChargeTotal", ["BR-CO-13", "BR-CO-12"]),
    ("<cbc:Percent>19<", "<cbc:Percent>20<", ["BR-CO-17"]),
    ("<cbc:Percent>19<", "<cbc:Percent>19.1<", []),
    (">174.80</cbc:TaxAmount><cac:TaxC", ">174.79</cbc:TaxAmount><cac:TaxC", ["BR-CO-14"]),
    (">1094.80<", ">1094.79<", ["BR-CO-15", "BR-CO-16"]),
    (">795.00<", ">795.01<", ["BR-CO-16"]),
    (">0.20<", ">-0.20<", ["BR-CO-16"]),
    ("cac:InvoiceLine", "cac:Nothing", ["BR-16"]),
])
def test_each_rule_of_the_sums(old, new, codes):
    assert old in UBL_FULL
    assert told(UBL_FULL.replace(old, new)) == codes
    for code in codes:
        assert structured_rules.title(code, "es") != structured_rules.title(code, "en")


def test_what_refuses_and_what_is_only_told():
    wrong = UBL_FULL.replace(">795.00<", ">795.01<").replace(">10</cbc:Invoiced", ">11</cbc:Invoiced")
    found = {one.code: one for one in structured_rules.check(structured.read_xml(wrong.encode()))}
    assert found["BR-CO-16"].refuses and not found["PEPPOL-EN16931-R120"].refuses
    assert (found["BR-CO-16"].found, found["BR-CO-16"].expected) == ("795.01", "795.00")
    assert found["PEPPOL-EN16931-R120"].where == "BG-25[1]"


def test_a_line_with_a_discount_a_charge_and_a_price_of_a_hundred():
    line = UBL.replace("<cac:Price>", """<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator>
      <cbc:Amount>30</cbc:Amount></cac:AllowanceCharge><cac:AllowanceCharge><cbc:ChargeIndicator>true</cbc:ChargeIndicator>
      <cbc:Amount>20</cbc:Amount></cac:AllowanceCharge><cac:Price>""")
    line = line.replace("</cbc:PriceAmount>", "</cbc:PriceAmount><cbc:BaseQuantity>100</cbc:BaseQuantity>")
    line = line.replace(">100.00</cbc:Price", ">10100.00</cbc:Price")
    assert told(line) == [] and told(line.replace(">20<", ">21<")) == ["PEPPOL-EN16931-R120"]


def test_wrong_lines_are_told_five_times_at_most():
    line = UBL[UBL.index(" <cac:InvoiceLine>") : UBL.index("</Invoice>")].replace(">10</", ">11</")
    assert told(UBL.replace("</Invoice>", line * 20 + "</Invoice>")).count("PEPPOL-EN16931-R120") == 5


@pytest.mark.parametrize("profile", ["urn:factur-x.eu:1p0:minimum", "urn:factur-x.eu:1p0:basicwl"])
def test_a_profile_without_lines_needs_none(profile):
    start, end = CII.index("  <ram:IncludedSupply"), CII.index("  <ram:ApplicableHeaderTradeAgreement")
    lineless = CII[:start] + CII[end:]
    assert told(lineless) == ["BR-16"]
    start, end = lineless.index("urn:cen.eu"), lineless.index("</ram:ID>")
    assert told(lineless[:start] + profile + lineless[end:]) == []


def test_adjustments_and_taxes_of_the_cross_industry_invoice():
    more = """<ram:ApplicableTradeTax><ram:CalculatedAmount>190.00</ram:CalculatedAmount>
      <ram:TypeCode>VAT</ram:TypeCode>
      <ram:ExemptionReason>None</ram:ExemptionReason><ram:BasisAmount>1000.00</ram:BasisAmount>
      <ram:CategoryCode>S</ram:CategoryCode><ram:RateApplicablePercent>19.00</ram:RateApplicablePercent>
      </ram:ApplicableTradeTax><ram:SpecifiedTradeAllowanceCharge><ram:ChargeIndicator><udt:Indicator>true</udt:Indicator>
      </ram:ChargeIndicator><ram:ActualAmount>5</ram:ActualAmount><ram:Reason>Freight</ram:Reason>
      </ram:SpecifiedTradeAllowanceCharge><ram:InvoiceReferencedDocument><ram:IssuerAssignedID>R-1</ram:IssuerAssignedID>
      </ram:InvoiceReferencedDocument><ram:SpecifiedTradePaymentTerms>"""
    found = structured.read_xml(CII.replace("<ram:SpecifiedTradePaymentTerms>", more).encode())
    assert found.adjustments == (Adjustment(True, "Freight", Decimal(5)),)
    assert found.taxes == (Tax("VAT", "S", Decimal(19), Decimal(1000), Decimal(190), "None"),)
    assert found.preceding == ("R-1",) and found.sum_of_lines == 1000


@pytest.mark.parametrize("currency", ["eur", "EURO", "E1R", "€€€"])
def test_a_currency_is_a_code(currency):
    assert refusal(UBL.replace(">EUR<", f">{currency}<")).problem.values == {"field": "currency"}


def test_a_number_that_nobody_could_keep():
    assert refusal(UBL.replace(">2026-117<", f">{'9' * 81}<")).problem.values == {"field": "number"}


def test_many_of_everything_take_linear_time():
    """A stranger's file must not make one element look at all the others."""
    many = "<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>" * 30_000
    totals = '<cac:TaxTotal><cbc:TaxAmount currencyID="XXX">1</cbc:TaxAmount></cac:TaxTotal>' * 30_000
    before = time.process_time()
    structured.read_xml(UBL.replace("</Invoice>", many + totals + "</Invoice>").encode())
    assert time.process_time() - before < 10  # quadratic: minutes


PICTURES = {
    "ubl": UBL.replace(
        "<cac:AccountingSupplierParty>",
        "<cac:AdditionalDocumentReference><cac:Attachment><cbc:EmbeddedDocumentBinaryObject mimeCode='{mime}'>{text}"
        "</cbc:EmbeddedDocumentBinaryObject></cac:Attachment></cac:AdditionalDocumentReference>"
        "<cac:AccountingSupplierParty>",
        1,
    ),
    "cii": CII.replace(
        "</ram:ApplicableHeaderTradeAgreement>",
        "<ram:AdditionalReferencedDocument><ram:AttachmentBinaryObject mimeCode='{mime}'>{text}"
        "</ram:AttachmentBinaryObject></ram:AdditionalReferencedDocument></ram:ApplicableHeaderTradeAgreement>",
    ),
}


@pytest.mark.parametrize("source", PICTURES.values(), ids=PICTURES)
@pytest.mark.parametrize(
    ("mime", "text", "found"),
    [
        ("application/pdf", "JVBE\n  Ri0x", b"%PDF-1"),
        ("image/png", "JVBERi0x", None),
        ("application/pdf", "no base64!", None),
        ("application/pdf", "", None),
    ],
)
def test_the_pdf_that_an_invoice_carries_in_its_text(source, mime, text, found):
    written = source.replace("{mime}", mime).replace("{text}", text).encode()
    assert structured.embedded_pdf(written) == found
    assert structured.read_xml(written).number == "2026-117"


def test_what_is_no_invoice_carries_no_picture():
    assert structured.embedded_pdf(b"<a/>") is None
