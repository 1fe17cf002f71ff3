"""Electronic invoices from abroad: read into the draft, judged, never typed, never twice."""
import re
from base64 import b64encode
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from portal.audit.models import AuditEvent
from portal.core.clock import now
from portal.core.db import session
from portal.core.errors import Conflict, Invalid
from portal.core.i18n import speaking
from portal.core.types import Upload
from portal.invoices import findings, queries, services
from portal.invoices.models import IntakeAttempt, Invoice, InvoiceKind, InvoiceMoment, InvoiceStatus, StampState
from portal.invoices.services import ForeignInvoice, SaveSettings
from portal.storage import services as storage
from portal.suppliers.models import SupplierKind
from tests.invoices.browser import Browser
from tests.invoices.conftest import detached, pdf, pdf_bytes

DATA = Path(__file__).parents[1] / "documents" / "data"
DATED = {"2026-11-26": "2026-11-02", "20261126": "20261102", "CNO101010AB1": "CVA010101AB1"}


def written(name):
    text = (DATA / name).read_text()
    for old, new in DATED.items():
        text = text.replace(old, new)
    return text


UBL, CII = written("invoice.ubl.xml"), written("invoice.cii.xml")
NOTE = (UBL.replace("Invoice-2", "CreditNote-2").replace("<Invoice", "<CreditNote")
        .replace("</Invoice>", "</CreditNote>")
        .replace("InvoiceTypeCode>380", "CreditNoteTypeCode>381").replace("InvoiceTypeCode", "CreditNoteTypeCode")
        .replace("cac:InvoiceLine", "cac:CreditNoteLine").replace("InvoicedQuantity", "CreditedQuantity"))


def xml(text=UBL, name="inv.xml"):
    return Upload(name, text.encode())


def carrying(content, name="factur-x.xml"):
    with pikepdf.open(BytesIO(pdf_bytes())) as made:
        made.attachments[name] = pikepdf.AttachedFileSpec(made, content, filename=name)
        out = BytesIO()
        made.save(out)
    return Upload("factura.pdf", out.getvalue())


@pytest.fixture()
def abroad(world, buyer):
    return detached(world.supplier(buyer, "Muster GmbH", "DE 123456789", kind=SupplierKind.FOREIGN))


@pytest.fixture()
def muster(world, abroad):
    return world.actor(abroad)


def receive(world, muster, abroad, *files):
    given = {"xml": None, "pdf": None}
    for file in files:
        given["pdf" if file.data.startswith(b"%PDF") else "xml"] = file
    with world.acting(muster):
        return detached(services.receive_abroad(given["xml"], given["pdf"], abroad.id, muster))


def codes(received, status=None):
    return [f["code"] for f in received.findings if status is None or f["status"] == status]


@pytest.mark.parametrize("text", [UBL, CII])
def test_what_the_file_says_becomes_the_draft(text, world, muster, abroad):
    received = receive(world, muster, abroad, xml(text))
    row = received.invoice
    assert received.findings == [] and row.verdict == "accepted"
    assert (row.kind, row.stamp, row.cfdi_type, row.kind_code) == (InvoiceKind.FOREIGN, StampState.NOT_APPLICABLE, "",
                                                                   "foreign")
    assert (row.number, row.issued_on, row.currency) == ("2026-117", date(2026, 11, 2), "EUR")
    assert (row.subtotal, row.taxes, row.total) == (Decimal(1000), Decimal(190), Decimal(890))
    assert row.receiver_rfc == "CVA010101AB1" and row.xml_file_id and row.pdf_file_id is None
    known = row.facts
    assert (known["due"], known["order"], known["prepaid"]) == ("2026-12-26", "PO-9", "300.00")
    assert known["issuer"] == {"name": "Muster GmbH", "tax_id": "DE123456789", "country": "DE"}
    assert known["concepts"][0]["description"] == "Widget" and known["concepts"][0]["quantity"] == "10"
    with world.acting(muster):
        assert queries.all_concepts(muster, session.get_one(Invoice, row.id)) == known["concepts"]
        assert services.send(row.id, 1, muster).status is InvoiceStatus.IN_REVIEW  # no PDF is demanded


def test_a_credit_note_is_one(world, muster, abroad):
    row = receive(world, muster, abroad, xml(NOTE)).invoice
    assert (row.cfdi_type, row.kind_code, row.total) == ("E", "E", Decimal(1190))
    other = CII.replace(">380<", ">381<").replace("2026-117", "C-1")
    assert receive(world, muster, abroad, xml(other)).invoice.cfdi_type == "E"


def test_the_invoice_inside_a_pdf(world, muster, abroad):
    received = receive(world, muster, abroad, carrying(CII.encode()))
    row = received.invoice
    assert row.number == "2026-117" and row.xml_file_id and row.pdf_file_id
    assert row.facts["einvoice"] == {"syntax": "CII", "inside_pdf": True, "profile": row.facts["einvoice"]["profile"]}
    assert received.attempt.file_name == "factura.pdf"


def test_a_pdf_without_one_and_a_cfdi_are_not_taken_for_one(world, muster, abroad, papers):
    assert receive(world, muster, abroad, pdf()) is None
    assert receive(world, muster, abroad, papers.upload()) is None


def test_a_mexican_supplier_sends_cfdi(world, supplier, seller):
    with world.acting(supplier):
        assert services.receive_abroad(xml(), None, seller.id, supplier) is None


@pytest.mark.parametrize(("old", "new", "code"), [
    (">EUR<", ">CHF<", "ACUSE-IN-CURRENCY"),
    ("2026-11-02", str(now().date() + timedelta(days=3)), "ACUSE-IN-DATE"),
    (">1190.00<", ">1190.01<", "BR-CO-15"),
    (">890.00<", ">891.00<", "BR-CO-16"),
    (">300.00<", ">1190.00<", "BR-CO-16"),
    (">1190.00</cbc:TaxInc", ">-1190.00</cbc:TaxInc", "ACUSE-IN-AMOUNT"),
    ("<cbc:ID>2026-117</cbc:ID>", "", "ACUSE-IN-EINVOICE"),
    ("Invoice-2", "Invoice-9", "ACUSE-IN-EINVOICE"),
    ("<Invoice", '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><Invoice', "ACUSE-IN-EINVOICE"),
    ("</Invoice>", "", "ACUSE-IN-EINVOICE"),
])
def test_what_is_wrong_is_refused_with_its_reason(old, new, code, world, muster, abroad):
    received = receive(world, muster, abroad, xml(UBL.replace(old, new)))
    assert received.invoice is None and code in codes(received, "failed")
    for language in ("es", "en"):
        with speaking(language):
            shown = [findings.show(f) for f in received.findings]
        assert all(s.title and s.remedy for s in shown)
    with world.owner():
        assert session.query(Invoice).count() == 0
        assert session.query(IntakeAttempt).one().verdict == "rejected"


def test_a_file_that_is_too_large_is_not_even_parsed(world, muster, abroad):
    received = receive(world, muster, abroad, xml(UBL.replace("</Invoice>", " " * 5 * 2**20 + "</Invoice>")))
    assert codes(received) == ["ACUSE-IN-EINVOICE"] and received.findings[0]["problem"]["code"] == "file.too_large"


def test_an_invoice_that_asks_for_nothing(world, muster, abroad):
    paid = UBL.replace(">300.00<", ">1190.00<").replace(">890.00<", ">0.00<")
    assert codes(receive(world, muster, abroad, xml(paid))) == ["ACUSE-IN-NOTHING-DUE"]


@pytest.mark.parametrize(("old", "new", "code"), [
    ("CVA010101AB1", "OTR010101AB1", "ACUSE-IN-BUYER"),
    ("CVA010101AB1", "XYA010101AB1", "ACUSE-IN-BUYER"),
    ("DE123456789", "DE999999999", "ACUSE-IN-SELLER"),
    (">10</cbc:Inv", ">11</cbc:Inv", "PEPPOL-EN16931-R120"),
])
def test_what_should_be_looked_at_is_said_and_goes_through(old, new, code, world, muster, abroad):
    received = receive(world, muster, abroad, xml(UBL.replace(old, new)))
    assert received.invoice.verdict == "warned" and codes(received, "warning") == [code]


@pytest.mark.parametrize(("old", "new"), [
    ("<cbc:CompanyID>CVA010101AB1", "<cbc:CompanyID>MXCVA010101AB1"),
    ("<cbc:CompanyID>CVA010101AB1</cbc:CompanyID>", ""),
    ("DE123456789", "123456789"),
])
def test_parties_are_recognized_as_people_write_them(old, new, world, muster, abroad):
    text = UBL.replace(">Comercializadora<", ">COMERCIALIZADORA  DEL VALLE<").replace("DE 123", "DE123")
    assert codes(receive(world, muster, abroad, xml(text.replace(old, new)))) == []


def test_the_same_number_comes_once(world, muster, abroad):
    first = receive(world, muster, abroad, xml()).invoice
    again = receive(world, muster, abroad, xml(CII))
    assert codes(again, "failed") == ["ACUSE-IN-SAME-NUMBER"] and again.findings[0]["twin"] == str(first.id)
    with world.acting(muster):
        services.delete_draft(first.id, 1, muster)
    assert receive(world, muster, abroad, xml()).invoice is not None


def test_a_number_is_the_same_in_small_letters_and_another_suppliers_is_not(world, muster, abroad, buyer):
    assert receive(world, muster, abroad, xml(UBL.replace("2026-117", "inv-1"))).invoice
    assert receive(world, muster, abroad, xml(UBL.replace("2026-117", "INV-1"))).invoice is None
    other = detached(world.supplier(buyer, "Muster GmbH", "DE123456789", kind=SupplierKind.FOREIGN))
    assert receive(world, world.actor(other), other, xml(UBL.replace("2026-117", "INV-1"))).invoice


def test_what_came_from_a_file_is_not_typed(world, muster, abroad):
    row = receive(world, muster, abroad, xml(), pdf()).invoice
    typed = ForeignInvoice(number="X", issued_on=date(2026, 11, 2), currency="EUR", subtotal=Decimal(1),
                           taxes=Decimal(0), total=Decimal(1))
    with pytest.raises(Conflict), world.acting(muster):
        services.revise_foreign(row.id, 1, typed, muster)


def test_a_corrected_file_replaces_it(world, muster, abroad):
    row = receive(world, muster, abroad, xml()).invoice
    with world.acting(muster):
        again = services.replace(row.id, 1, xml(UBL.replace("Widget", "Gadget")), None, muster)
        assert again.invoice.facts["concepts"][0]["description"] == "Gadget" and again.invoice.version == 2
    with world.acting(muster):
        assert services.replace(row.id, 2, None, pdf(), muster).invoice.number == "2026-117"


def test_a_pdf_with_its_data_is_not_replaced_by_one_without(world, muster, abroad, papers):
    row = receive(world, muster, abroad, carrying(CII.encode())).invoice
    for given in ((None, pdf()), (papers.upload(), None)):
        with pytest.raises(Invalid), world.acting(muster):
            services.replace(row.id, 1, *given, muster)


def test_a_client_that_takes_none_gets_none(world, muster, abroad, buyer):
    admin = world.actor(buyer, "administrator")
    with world.acting(admin):
        services.save_settings(SaveSettings(pdf_required=True, accepts_foreign=False, foreign_currencies=()), admin)
    with pytest.raises(Invalid), world.acting(muster):
        services.receive_abroad(xml(), None, abroad.id, muster)


def test_in_the_browser(client, world, abroad, buyer):
    seat = Browser(world.sign_in(client, abroad.person))
    answer = seat.post("/invoices/new", {"relationship_id": abroad.id}, files=(xml(),))
    page = seat.get(answer.location).text
    for said in ("2026-117", "Widget", "UBL 2.1", "Muster GmbH", "$890.00", "$1,190.00", "Ya pagado", "PO-9",
                 "Leídos del archivo", "Identificación fiscal del emisor"):
        assert said in page, said
    assert "Corregir los datos" not in page
    assert seat.get(f"{answer.location}/data").status_code == 409
    again = seat.post("/invoices/new", {"relationship_id": abroad.id}, files=(xml(),))
    refused = seat.get(again.location).text
    assert "su número se recibió antes" in refused and f'href="{answer.location}"' in refused
    broken = seat.post("/invoices/new", {"relationship_id": abroad.id}, files=(xml(UBL[:-5]),))
    assert "La factura electrónica no se puede leer" in seat.get(broken.location).text




MINIMUM = re.sub(r"<ram:IncludedSupplyChainTradeLineItem>.*</ram:IncludedSupplyChainTradeLineItem>", "", CII,
                 flags=re.DOTALL).replace("urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0",
                                          "urn:factur-x.eu:1p0:minimum")


def with_picture(text, data, mime="application/pdf"):
    picture = (f'<cac:AdditionalDocumentReference><cbc:ID>1</cbc:ID><cac:Attachment><cbc:EmbeddedDocumentBinaryObject '
               f'mimeCode="{mime}" filename="a.pdf">{b64encode(data).decode()}</cbc:EmbeddedDocumentBinaryObject>'
               f'</cac:Attachment></cac:AdditionalDocumentReference>')
    return text.replace("<cac:AccountingSupplierParty>", picture + "<cac:AccountingSupplierParty>", 1)


def test_a_pdf_inside_the_file_is_its_picture_when_none_was_given(world, muster, abroad):
    row = receive(world, muster, abroad, xml(with_picture(UBL, pdf_bytes()), "inv.xml")).invoice
    with world.acting(muster):
        file = storage.find(row.pdf_file_id, muster)
        assert file.name == "inv.pdf" and storage.read(file) == pdf_bytes()
    assert row.facts["einvoice"]["inside_pdf"] is False


def test_a_given_pdf_goes_before_the_one_inside(world, muster, abroad):
    given = pdf()
    row = receive(world, muster, abroad, xml(with_picture(UBL, pdf_bytes())), given).invoice
    with world.acting(muster):
        assert storage.find(row.pdf_file_id, muster).name == given.name


@pytest.mark.parametrize(("data", "mime"), [(b"no pdf", "application/pdf"), (b"a,b", "text/csv"),
                                            (b"", "application/pdf")])
def test_what_is_inside_and_no_pdf_is_left_out(data, mime, world, muster, abroad):
    received = receive(world, muster, abroad, xml(with_picture(UBL, data, mime)))
    assert received.invoice.pdf_file_id is None and received.findings == []


def test_what_a_file_without_lines_is_for_is_typed_and_stays(world, muster, abroad):
    row = receive(world, muster, abroad, xml(MINIMUM)).invoice
    assert row.verdict == "accepted" and row.facts["concepts_total"] == 0 and row.facts["description"] == ""
    with world.acting(muster):
        row = services.describe(row.id, 1, "Consulting", muster)
        assert (row.facts["description"], row.version) == ("Consulting", 2)
        row = services.replace(row.id, 2, xml(MINIMUM), None, muster).invoice
        assert row.facts["description"] == "Consulting"
        with pytest.raises(Conflict):
            services.describe(row.id, 2, "Stale page", muster)
        row = services.replace(row.id, 3, xml(CII), None, muster).invoice
        assert row.facts["description"] == ""  # its lines say it
    with world.owner():
        assert session.query(AuditEvent).filter_by(kind="InvoiceDescribed", subject_id=row.id).count() == 1
        assert session.query(InvoiceMoment).filter_by(invoice_id=row.id, what="described").count() == 1


def test_what_a_file_says_is_not_typed_over(world, muster, abroad):
    row = receive(world, muster, abroad, xml(CII)).invoice
    with world.acting(muster), pytest.raises(Conflict):
        services.describe(row.id, 1, "Something else", muster)


def test_the_page_asks_what_a_file_without_lines_is_for(client, world, muster, abroad):
    row = receive(world, muster, abroad, xml(MINIMUM)).invoice
    browser = Browser(world.sign_in(client, abroad.person))
    assert f"/invoices/{row.id}/description" in browser.get(f"/invoices/{row.id}").text
    assert browser.post(f"/invoices/{row.id}/description", {"description": " "}).status_code == 422
    done = browser.post(f"/invoices/{row.id}/description", {"description": "Asesoría"})
    assert done.location.endswith(f"/invoices/{row.id}")
    assert "Asesoría" in browser.get(f"/invoices/{row.id}").text
