"""Bringing an invoice in: accepted ones become drafts, refused ones leave their reasons."""
import hashlib
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from types import SimpleNamespace
from uuid import uuid4

import pikepdf
import pytest

from portal.accounts.models import FiscalProfile
from portal.audit.models import AuditEvent
from portal.core.db import session
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.types import Upload
from portal.invoices import examination, findings, pairing, queries, services
from portal.invoices.models import IntakeAttempt, Invoice, InvoiceMoment, InvoiceStatus, StampState
from portal.local.cfdi_maker import Line, Party, make_pago
from portal.storage import services as storage
from portal.storage.models import StoredFile
from portal.suppliers.models import RecordGate, RecordPolicy, Relationship, RelationshipStatus, SupplierKind
from tests.invoices.conftest import pdf, pdf_bytes, yesterday


def receive(world, supplier, seller, xml, with_pdf=True):
    with world.acting(supplier):
        return services.receive(xml, pdf() if with_pdf is True else with_pdf, seller.id, supplier)


def codes(received):
    return findings.codes(received.findings)


def refused(world, received, *expected):
    """The attempt is kept with its reasons; no draft was made."""
    assert received.invoice is None
    assert set(expected) <= set(codes(received)), received.findings
    with world.owner():
        kept = session.get_one(IntakeAttempt, received.attempt.id)
        assert kept.verdict == "rejected" and kept.invoice_id is None
        assert session.query(Invoice).count() == 0
        assert session.query(StoredFile).count() == 0
    return True


def test_a_good_cfdi_becomes_a_draft_with_its_facts(world, supplier, papers):
    upload = papers.upload(lines=(Line("Papel bond", Decimal("250.00"), cantidad=Decimal(4)),))
    received = receive(world, supplier, papers.seller, upload)
    invoice = received.invoice
    assert (invoice.status, invoice.stamp, invoice.number) == (InvoiceStatus.DRAFT, StampState.VERIFIED, "A-101")
    assert (invoice.subtotal, invoice.taxes, invoice.total) == (Decimal(1000), Decimal(160), Decimal(1160))
    assert (invoice.currency, invoice.payment_method, invoice.payment_form) == ("MXN", "PPD", "99")
    assert invoice.facts["concepts"][0]["description"] == "Papel bond"
    assert invoice.facts["taxes"] == [{"direction": "transferred", "tax": "002", "factor": "Tasa", "rate": "0.160000",
                                       "base": "1000.00", "amount": "160.00"}]
    assert invoice.search.startswith("a-101 a101 papeleria nandu pna020202cd2")
    assert received.attempt.invoice_id == invoice.id and received.attempt.verdict in ("accepted", "warned")


def test_the_original_bytes_are_kept_untouched(world, supplier, papers):
    upload = papers.upload()
    received = receive(world, supplier, papers.seller, upload)
    with world.acting(supplier):
        kept = session.get_one(StoredFile, received.invoice.xml_file_id)
        assert storage.read(kept) == upload.data
        assert kept.sha256 == hashlib.sha256(upload.data).hexdigest() == received.attempt.sha256
        assert storage.read(session.get_one(StoredFile, received.invoice.pdf_file_id)) == pdf_bytes()


def test_reception_leaves_a_moment_and_an_audit_row(world, supplier, papers):
    received = receive(world, supplier, papers.seller, papers.upload())
    with world.owner():
        assert session.query(InvoiceMoment).filter_by(invoice_id=received.invoice.id).one().what == "received"
        told = session.query(AuditEvent).filter_by(subject_id=received.invoice.id).one()
        assert (told.kind, told.details["verdict"], told.details["uuid"]) == (
            "InvoiceReceived", "accepted", received.invoice.uuid)


def test_a_credit_note_is_received(world, supplier, papers):
    received = receive(world, supplier, papers.seller, papers.upload(tipo="E", relations=(("01", [str(uuid4())]),)))
    assert received.invoice.kind_code == "E"
    assert received.invoice.facts["relations"][0]["type"] == "01"


def test_a_payment_complement_is_refused_with_the_reason(world, supplier, papers):
    xml = make_pago(papers.issuer, papers.receiver, [], yesterday(), yesterday())
    csd = papers.authority.issue_csd(papers.issuer.rfc, papers.issuer.name)
    stamped = papers.authority.sign_and_stamp(xml, csd, yesterday())
    refused(world, receive(world, supplier, papers.seller, Upload("p.xml", stamped)), "ACUSE-IN-TYPE")


def test_an_invoice_of_another_issuer_is_refused(world, supplier, papers):
    other = Party("OTR030303EF4", "OTRA EMPRESA", postcode="06300")
    received = receive(world, supplier, papers.seller, papers.upload(issuer=other))
    assert refused(world, received, "ACUSE-IN-ISSUER")
    shown = next(f for f in findings.group(received.findings).mend if f.code == "ACUSE-IN-ISSUER")
    assert "OTR030303EF4" in shown.found and shown.expected == "PNA020202CD2"


def test_an_invoice_addressed_to_another_company_is_refused(world, supplier, papers):
    other = Party("XYZ040404GH5", "AJENA", postcode="06300")
    received = receive(world, supplier, papers.seller, papers.upload(receiver=other))
    assert refused(world, received, "ACUSE-IN-RECEIVER")
    shown = next(f for f in findings.group(received.findings).mend if f.code == "ACUSE-IN-RECEIVER")
    assert "XYZ040404GH5 AJENA" in shown.found and shown.expected == "CVA010101AB1"


def test_any_fiscal_profile_of_the_client_may_be_the_receiver(world, supplier, papers, buyer):
    with world.owner():
        session.add(FiscalProfile(client_id=buyer.id, rfc="XYZ040404GH5", name="FILIAL", postcode="64000",
                                  regimes=["601"]))
    upload = papers.upload(receiver=Party("XYZ040404GH5", "FILIAL", postcode="64000"))
    assert receive(world, supplier, papers.seller, upload).invoice.receiver_rfc == "XYZ040404GH5"


def test_a_broken_seal_is_refused(world, supplier, papers):
    upload = papers.upload()
    broken = Upload("x.xml", upload.data.replace(b"Papel bond", b"Papel bono"))
    received = receive(world, supplier, papers.seller, broken)
    refused(world, received)
    assert any(code.startswith("CFDI40102") for code in codes(received)), codes(received)


def test_an_unstamped_document_is_refused(world, supplier, papers):
    refused(world, receive(world, supplier, papers.seller, Upload("x.xml", papers.unsealed())))


def test_an_untrusted_authority_is_refused_or_held_never_accepted(world, supplier, papers, tmp_path):
    stranger = replace(papers, authority=type(papers.authority).open(tmp_path / "stranger"))
    received = receive(world, supplier, papers.seller, stranger.upload())
    assert received.invoice is None or received.invoice.stamp is StampState.PENDING


@pytest.mark.parametrize("data", [
    b"", b"not xml at all", b"<a>", b"<html><body>hi</body></html>", b"%PDF-1.4 x", b"PK\x03\x04zip",
    b'<?xml version="1.0" encoding="UTF-8"?><factura/>',
    b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
    '<?xml version="1.0" encoding="ISO-8859-1"?><x a="ñ"/>'.encode("latin-1"),
    '<?xml version="1.0" encoding="UTF-16"?><x/>'.encode("utf-16"),
])
def test_what_is_no_cfdi_is_refused_with_a_sentence(data, world, supplier, papers):
    received = receive(world, supplier, papers.seller, Upload("f.xml", data))
    assert refused(world, received)
    for shown in findings.group(received.findings).mend:
        assert shown.title and shown.title != shown.code


def test_a_doctype_in_a_good_cfdi_is_refused(world, supplier, papers):
    data = papers.xml().replace(b"?>", b'?><!DOCTYPE x [<!ENTITY e "1">]>', 1)
    refused(world, receive(world, supplier, papers.seller, Upload("f.xml", data)), "ACUSE-XML-DOCTYPE")


def test_a_byte_order_mark_and_blanks_are_accepted(world, supplier, papers):
    data = b"\xef\xbb\xbf" + papers.xml()
    received = receive(world, supplier, papers.seller, Upload("f.xml", data))
    assert received.invoice is not None
    with world.acting(supplier):
        assert storage.read(session.get_one(StoredFile, received.invoice.xml_file_id)) == data


def test_the_portal_of_sat_writes_schema_location_wrongly_and_is_accepted(world, supplier, papers):
    data = papers.xml().replace(b"xsi:schemaLocation", b"xmlns:schemaLocation")
    received = receive(world, supplier, papers.seller, Upload("f.xml", data))
    assert received.invoice is not None, received.findings


def test_a_missing_pdf_is_refused_when_the_client_asks_for_it(world, supplier, papers):
    refused(world, receive(world, supplier, papers.seller, papers.upload(), None), "ACUSE-IN-NO-PDF")


def test_a_missing_pdf_is_fine_when_the_client_does_not_ask(world, supplier, papers, buyer):
    admin = world.actor(buyer, "administrator")
    with world.acting(admin):
        services.save_settings(services.SaveSettings(pdf_required=False, accepts_foreign=False,
                                                     foreign_currencies=()), admin)
    assert receive(world, supplier, papers.seller, papers.upload(), None).invoice.pdf_file_id is None


def test_a_pdf_alone_of_a_mexican_supplier_is_told_what_is_missing(world, supplier, papers):
    refused(world, receive(world, supplier, papers.seller, None), "ACUSE-IN-NO-XML")


def encrypted_pdf():
    made, out = pikepdf.new(), BytesIO()
    made.add_blank_page()
    made.save(out, encryption=pikepdf.Encryption(owner="o", user="u"))
    return out.getvalue()


def active_pdf():
    made, out = pikepdf.new(), BytesIO()
    made.add_blank_page()
    made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    made.save(out)
    return out.getvalue()


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7 broken", encrypted_pdf(), active_pdf(), b"<html>hi</html>"],
                         ids=["empty", "broken", "encrypted", "active", "html"])
def test_a_bad_pdf_is_refused_and_says_why(data, world, supplier, papers):
    received = receive(world, supplier, papers.seller, papers.upload(), Upload("f.pdf", data))
    assert refused(world, received, "ACUSE-IN-PDF")
    assert next(f for f in received.findings if f["code"] == "ACUSE-IN-PDF")["found"].startswith("f.pdf: ")


def test_a_refused_xml_also_tells_of_the_bad_pdf(world, supplier, papers):
    refused(world, receive(world, supplier, papers.seller, Upload("f.xml", b"<a/>"), Upload("f.pdf", b"x")),
            "ACUSE-IN-PDF", "ACUSE-CFDI-OTHER")


def test_a_renamed_xml_is_refused(world, supplier, papers):
    refused(world, receive(world, supplier, papers.seller, Upload("f.txt", papers.xml())), "ACUSE-IN-XML")


def test_the_same_uuid_is_refused_with_a_link_to_the_first(world, supplier, papers, draft):
    again = receive(world, supplier, papers.seller, papers.upload(uuid=uuid_of(draft)))
    assert again.invoice is None and codes(again) == ("ACUSE-IN-DUPLICATE",)
    assert findings.group(again.findings).mend[0].twin == str(draft.invoice.id)


def test_the_same_uuid_may_come_again_after_it_was_deleted_or_withdrawn(world, supplier, papers, draft):
    uuid = uuid_of(draft)
    with world.acting(supplier):
        services.delete_draft(draft.invoice.id, draft.invoice.version, supplier)
    second = receive(world, supplier, papers.seller, papers.upload(uuid=uuid)).invoice
    with world.acting(supplier):
        services.send(second.id, second.version, supplier)
    with world.acting(supplier):
        services.withdraw(second.id, queries.get(supplier, second.id).version, supplier)
    assert receive(world, supplier, papers.seller, papers.upload(uuid=uuid)).invoice is not None


def test_a_rejected_uuid_comes_again_only_when_the_client_re_opens_it(world, supplier, papers, payables, draft):
    uuid, number = uuid_of(draft), draft.invoice.id
    with world.owner():
        row = session.get_one(Invoice, number)
        row.status, row.sent_at = InvoiceStatus.REJECTED, row.created_at
    assert codes(receive(world, supplier, papers.seller, papers.upload(uuid=uuid))) == ("ACUSE-IN-DUPLICATE",)
    with world.acting(payables):
        services.reopen(number, 1, payables)
    assert receive(world, supplier, papers.seller, papers.upload(uuid=uuid)).invoice is not None
    with world.acting(payables), pytest.raises(Conflict):
        services.reopen(number, 2, payables)


def test_the_same_uuid_at_another_client_is_no_duplicate(world, papers, draft):
    other = world.client("Otra Compradora", "OCO050505IJ6")
    seller = world.supplier(other, organization=papers.seller.organization, person=papers.seller.person)
    supplier = world.actor_of(seller.person, relationships=(papers.seller.id, seller.id),
                              partners=(papers.buyer.id, other.id))
    there = replace(papers, seller=seller, buyer=other)
    received = receive(world, supplier, seller, there.upload(uuid=uuid_of(draft)))
    assert received.invoice is not None, received.findings


def test_likeness_is_a_soft_warning_that_shows_the_twin(world, supplier, papers, draft):
    when = yesterday()
    first = receive(world, supplier, papers.seller, papers.upload(fecha=when, serie="B", folio="7")).invoice
    second = receive(world, supplier, papers.seller, papers.upload(fecha=when, serie="B", folio="7"))
    assert second.invoice is not None and second.invoice.verdict == "warned"
    twin = next(f for f in findings.group(second.findings).look if f.code == "ACUSE-IN-TWIN")
    assert twin.twin == str(first.id)


def test_neither_itself_nor_what_is_gone_is_a_twin(world, supplier, papers):
    like = {"fecha": yesterday(), "serie": "B", "folio": "7"}
    first = receive(world, supplier, papers.seller, papers.upload(**like))
    again = exchange(world, supplier, first, papers.upload(**like))
    assert again.invoice is not None and "ACUSE-IN-TWIN" not in codes(again)
    with world.acting(supplier):
        services.delete_draft(first.invoice.id, again.invoice.version, supplier)
    assert "ACUSE-IN-TWIN" not in codes(receive(world, supplier, papers.seller, papers.upload(**like)))


def test_exchanging_the_xml_does_not_make_up_for_the_missing_pdf(world, supplier, papers):
    first = receive(world, supplier, papers.seller, papers.upload())
    with world.owner():  # it came when its client asked for none
        session.get_one(Invoice, first.invoice.id).pdf_file_id = None
    assert codes(exchange(world, supplier, first, papers.upload())) == ("ACUSE-IN-NO-PDF",)
    assert exchange(world, supplier, first, papers.upload(), pdf()).invoice is not None


@pytest.mark.parametrize("status", [RelationshipStatus.BLOCKED, RelationshipStatus.INVITED])
def test_only_an_active_supplier_is_received(status, world, supplier, papers):
    with world.owner():
        session.get_one(Relationship, papers.seller.id).status = status
    with pytest.raises(Invalid), world.acting(supplier):
        services.receive(papers.upload(), pdf(), papers.seller.id, supplier)


def test_the_record_may_be_needed_first(world, supplier, papers, buyer):
    with world.owner():
        session.add(RecordPolicy(client_id=buyer.id, gate=RecordGate.BEFORE_UPLOAD))
    with pytest.raises(Invalid, match="record|expediente"), world.acting(supplier):
        services.receive(papers.upload(), pdf(), papers.seller.id, supplier)


def test_a_foreign_relationship_is_not_found(world, supplier, papers, buyer):
    other = world.supplier(buyer, "Otra", "OTR030303EF4")
    with pytest.raises(NotFound), world.acting(supplier):
        services.receive(papers.upload(), pdf(), other.id, supplier)


def test_many_concepts_are_capped_and_read_whole_on_demand(world, supplier, papers):
    lines = tuple(Line(f"Renglón {n}", Decimal("10.00")) for n in range(60))
    invoice = receive(world, supplier, papers.seller, papers.upload(lines=lines)).invoice
    assert (len(invoice.facts["concepts"]), invoice.facts["concepts_total"]) == (50, 60)
    with world.acting(supplier):
        assert [c["description"] for c in queries.all_concepts(supplier, invoice)][-1] == "Renglón 59"


# Exchanging the files of a draft

def exchange(world, supplier, draft, xml, with_pdf=None, version=None):
    with world.acting(supplier):
        return services.replace(draft.invoice.id, version or draft.invoice.version, xml, with_pdf, supplier)


def test_a_corrected_cfdi_replaces_the_files_of_a_draft(world, supplier, papers, draft):
    corrected = papers.upload(lines=(Line("Papel", Decimal("500.00")),))
    received = exchange(world, supplier, draft, corrected)
    assert received.invoice.id == draft.invoice.id
    with world.acting(supplier):
        row = queries.get(supplier, draft.invoice.id)
        assert (row.total, row.version) == (Decimal(580), 2)
        assert storage.read(session.get_one(StoredFile, row.xml_file_id)) == corrected.data
        assert row.pdf_file_id is not None  # the PDF that it had stays
        assert [m.what for m in queries.moments(supplier, row)] == ["replaced", "received"]


def test_the_same_cfdi_may_replace_itself(world, supplier, papers, draft):
    assert exchange(world, supplier, draft, papers.upload(uuid=uuid_of(draft))).invoice is not None


def test_a_refused_replacement_leaves_the_draft_as_it_was(world, supplier, papers, draft):
    received = exchange(world, supplier, draft, Upload("f.xml", b"<a/>"))
    assert received.invoice is None and received.attempt.invoice_id == draft.invoice.id
    with world.acting(supplier):
        row = queries.get(supplier, draft.invoice.id)
        assert (row.version, row.total) == (1, Decimal(1160))


def test_the_pdf_alone_may_be_exchanged(world, supplier, papers, draft):
    received = exchange(world, supplier, draft, None, pdf("otra.pdf", "Otra"))
    with world.acting(supplier):
        row = queries.get(supplier, received.invoice.id)
        assert storage.read(session.get_one(StoredFile, row.pdf_file_id)) == pdf_bytes("Otra")
        assert row.total == Decimal(1160)


def test_replacing_by_the_uuid_of_another_invoice_is_refused(world, supplier, papers, draft):
    second = receive(world, supplier, papers.seller, papers.upload())
    received = exchange(world, supplier, draft, papers.upload(uuid=uuid_of(second)))
    assert "ACUSE-IN-DUPLICATE" in codes(received)


def test_files_of_a_sent_invoice_or_on_a_stale_page_cannot_be_replaced(world, supplier, papers, draft):
    with pytest.raises(Conflict):
        exchange(world, supplier, draft, papers.upload(), version=99)
    with world.acting(supplier):
        services.send(draft.invoice.id, draft.invoice.version, supplier)
    with pytest.raises(Conflict):
        exchange(world, supplier, draft, papers.upload())


# Which file is which

def test_files_are_paired_by_content_not_by_name(papers):
    xml, document = Upload("f.pdf", papers.xml()), Upload("f.xml", pdf_bytes())
    assert pairing.pair([document, xml]) == (xml, document)


def test_two_invoices_at_once_and_none_at_all_are_refused(papers):
    with pytest.raises(Invalid):
        pairing.pair([papers.upload(), papers.upload()])
    with pytest.raises(Invalid):
        pairing.pair([])


@pytest.mark.parametrize(("kind", "name", "said"), [("pdf", "a.xml", "«a.xml» es en realidad un PDF"),
                                                    ("xml", "A.PDF", "«A.PDF» es en realidad un XML")])
def test_a_renamed_file_is_named(papers, kind, name, said):
    data = {"pdf": pdf_bytes(), "xml": papers.xml()}[kind]
    with pytest.raises(Invalid) as refused:
        pairing.pair([Upload(name, data), Upload(f"b.{kind}", data)])
    assert said in str(refused.value.fields["files"])


def test_foreign_supplier_kind_is_known(world, buyer):
    assert world.supplier(buyer, "Acme", "12-3456789", kind=SupplierKind.FOREIGN).relationship.country == "USA"


def uuid_of(received):
    from uuid import UUID
    return UUID(received.invoice.uuid)


def test_what_is_too_large_is_said(world, supplier, papers):
    large = papers.upload()
    large = Upload(large.name, large.data + b" " * (6 << 20))
    assert refused(world, receive(world, supplier, papers.seller, large), "ACUSE-XML-SIZE")
    document = Upload("f.pdf", pdf_bytes() + b"%" * (11 << 20))
    assert refused(world, receive(world, supplier, papers.seller, papers.upload(), document), "ACUSE-IN-PDF")


@pytest.mark.parametrize("name", ["../../etc/passwd", "a\x00b.xml", "\u202egpj.xml", "x" * 300 + ".xml", "", "CON",
                                  "C:\\facturas\\f.xml", '"><script>.xml'])
def test_a_hostile_name_is_only_a_name(name, world, supplier, papers):
    received = receive(world, supplier, papers.seller, Upload(name, b"<a/>"), Upload(name, b"no pdf"))
    assert refused(world, received)
    shown = received.attempt.file_name
    assert 0 < len(shown) <= 200 and shown.isprintable() and "/" not in shown and "\\" not in shown


@pytest.mark.parametrize(("version", "day", "expected"), [
    ("3.3", datetime(2023, 3, 31, 23, 59), []), ("3.3", datetime(2023, 4, 1), ["ACUSE-IN-OLD-VERSION"]),
    ("4.0", datetime(2026, 11, 1), []),
])
def test_a_3_3_is_received_only_from_its_time(version, day, expected):
    document = SimpleNamespace(tipo_de_comprobante="I", version=version, fecha=day)
    assert [f["code"] for f in examination._type(document)] == expected


@pytest.mark.parametrize(("name", "amount", "refused_as"), [
    ("total", "999999999999.99", []), ("total", "1000000000000", ["Total"]), ("total", "-1", ["Total"]),
    ("tipo_cambio", "1000000000000", ["TipoCambio"]), ("tipo_cambio", "17.123456", [])])
def test_amounts_that_no_column_holds_are_refused(name, amount, refused_as):
    values = {"total": Decimal(1), "sub_total": Decimal(1), "descuento": None, "tipo_cambio": None}
    document = SimpleNamespace(**values | {name: Decimal(amount)}, written=lambda name: name)
    found = list(examination._size(document))
    assert [f["found"] for f in found] == refused_as and {f["code"] for f in found} <= {"ACUSE-IN-AMOUNT"}


@pytest.mark.parametrize("wrong", [{"name": "OTRO NOMBRE"}, {"postcode": "64000"}, {"regime": "603"}])
def test_the_receiver_must_be_as_the_client_is_registered(wrong, world, supplier, papers):
    """Its name, postcode and regime are the client's own: anything else makes the invoice non-deductible."""
    received = receive(world, supplier, papers.seller, papers.upload(receiver=replace(papers.receiver, **wrong)))
    assert refused(world, received)
    assert any(code.startswith("CFDI40") for code in codes(received)), codes(received)
