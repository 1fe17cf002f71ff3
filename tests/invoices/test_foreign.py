"""A foreign invoice: a PDF alone, its data captured in a form that was prefilled from its text."""
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from portal.core.clock import now
from portal.core.db import session
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.types import Upload
from portal.documents import invoice_text, reading
from portal.invoices import findings, queries, services
from portal.invoices.models import Invoice, InvoiceKind, RequirementType, StampState
from portal.invoices.services import ForeignInvoice, SaveSettings
from portal.suppliers.models import SupplierKind
from tests.invoices.browser import Browser
from tests.invoices.conftest import detached, pdf

GOOD = ForeignInvoice(number="INV-77", issued_on=date(2026, 11, 2), currency="USD", subtotal=Decimal("100.00"),
                      taxes=Decimal("0.00"), total=Decimal("100.00"), description="Hosting")


@pytest.fixture()
def abroad(world, buyer):
    return detached(world.supplier(buyer, "Acme Inc", "12-3456789", kind=SupplierKind.FOREIGN))


@pytest.fixture()
def acme(world, abroad):
    return world.actor(abroad)


def capture(world, acme, abroad, command=GOOD, file=None):
    with world.acting(acme):
        kept = services.keep_foreign_pdf(file or pdf("inv.pdf"), abroad.id, acme)
        return detached(services.receive_foreign(command, kept.id, abroad.id, acme))


def test_captured_data_become_a_draft(world, acme, abroad):
    invoice = capture(world, acme, abroad).invoice
    assert (invoice.kind, invoice.stamp) == (InvoiceKind.FOREIGN, StampState.NOT_APPLICABLE)
    assert invoice.kind_code == "foreign"
    assert (invoice.number, invoice.currency, invoice.total) == ("INV-77", "USD", Decimal(100))
    assert invoice.facts == {"description": "Hosting"} and invoice.uuid is None and invoice.pdf_file_id
    with world.acting(acme):
        assert services.send(invoice.id, 1, acme).exchange_rate is None


@pytest.mark.parametrize(("wrong", "field"), [
    ({"total": Decimal("99.99")}, "total"), ({"total": Decimal(0), "subtotal": Decimal(0)}, "total"),
    ({"currency": "MXN"}, "currency"), ({"currency": "ZZZ"}, "currency"),
    ({"issued_on": now().date() + timedelta(days=3)}, "issued_on"),
])
def test_what_cannot_be_true_is_refused(wrong, field, world, acme, abroad):
    with pytest.raises(Invalid) as refused:
        capture(world, acme, abroad, replace(GOOD, **wrong))
    assert list(refused.value.fields) == [field]


def test_a_twin_is_shown(world, acme, abroad):
    first = capture(world, acme, abroad).invoice
    second = capture(world, acme, abroad)
    assert second.invoice.verdict == "warned"
    assert findings.group(second.findings).look[0].twin == str(first.id)


def test_a_mexican_supplier_cannot_send_a_pdf_alone(world, supplier, seller):
    with pytest.raises(Invalid), world.acting(supplier):
        services.keep_foreign_pdf(pdf(), seller.id, supplier)


def test_the_client_may_not_take_them(world, acme, abroad, buyer):
    admin = world.actor(buyer, "administrator")
    with world.acting(admin):
        services.save_settings(SaveSettings(pdf_required=True, accepts_foreign=False, foreign_currencies=()), admin)
    with pytest.raises(Invalid):
        capture(world, acme, abroad)


def test_a_bad_pdf_is_refused(world, acme, abroad):
    with pytest.raises(Invalid):
        capture(world, acme, abroad, file=Upload("x.pdf", b"%PDF-1.4 nothing"))


def test_the_pdf_of_another_relationship_is_not_taken(world, acme, abroad, supplier, papers):
    with world.acting(supplier):
        theirs = detached(services.receive(papers.upload(), pdf(), papers.seller.id, supplier)).invoice.pdf_file_id
    with pytest.raises(NotFound), world.acting(acme):
        services.receive_foreign(GOOD, theirs, abroad.id, acme)


def test_the_pdf_of_my_own_other_client_is_not_taken(world, abroad, acme):
    other = detached(world.client("Otra Compradora", "OCO050505IJ6"))
    second = detached(world.supplier(other, "Acme Inc", "12-3456789", organization=abroad.organization,
                                     person=abroad.person, kind=SupplierKind.FOREIGN))
    both = world.actor_of(abroad.person, relationships=(abroad.id, second.id),
                          partners=(abroad.relationship.client_id, other.id))
    with world.acting(both):
        kept = services.keep_foreign_pdf(pdf("inv.pdf"), abroad.id, both).id
    with pytest.raises(Conflict), world.acting(both):
        services.receive_foreign(GOOD, kept, second.id, both)


def test_a_file_that_is_no_pdf_is_not_taken(world, acme, abroad, buyer):
    admin = world.actor(buyer, "administrator")
    with world.acting(admin):
        wanted = services.add_requirement(services.SaveRequirement(
            type=RequirementType.FILE, label_es="Foto", file_types=("xml",)), admin).id
    invoice = capture(world, acme, abroad).invoice
    with world.acting(acme):
        given = services.answer_requirement(invoice.id, wanted, "", Upload("a.xml", b"<a/>"), acme).file_id
    with pytest.raises(Conflict), world.acting(acme):
        services.receive_foreign(GOOD, given, abroad.id, acme)


@pytest.mark.parametrize(("change", "code"), [
    ({}, findings.TWIN), ({"issued_on": date(2026, 11, 3)}, findings.SAME_NUMBER),
    ({"number": "inv-77", "total": Decimal(90), "subtotal": Decimal(90)}, findings.SAME_NUMBER),
    ({"number": "INV-78"}, None)])
def test_the_same_number_again_is_worth_a_look_whatever_else_was_typed(change, code, world, acme, abroad):
    capture(world, acme, abroad)
    second = capture(world, acme, abroad, replace(GOOD, **change)).invoice
    assert [f["code"] for f in second.findings] == ([code] if code else [])
    assert second.verdict == ("warned" if code else "accepted")


def test_a_foreign_draft_is_corrected(world, acme, abroad):
    invoice = capture(world, acme, abroad).invoice
    with world.acting(acme):
        services.revise_foreign(invoice.id, 1, replace(GOOD, total=Decimal(110), taxes=Decimal(10)), acme)
    with world.owner():
        row = session.get_one(Invoice, invoice.id)
        assert (row.total, row.taxes, row.version) == (Decimal(110), Decimal(10), 2)
    with world.acting(acme):
        assert [m.what for m in queries.moments(acme, row)] == ["corrected", "received"]
    with pytest.raises(Invalid), world.acting(acme):  # what does not add up is refused here too
        services.revise_foreign(invoice.id, 2, replace(GOOD, total=Decimal(111), taxes=Decimal(10)), acme)


def test_an_xml_cannot_replace_a_foreign_invoice_nor_data_a_cfdi(world, acme, abroad, supplier, papers, draft):
    invoice = capture(world, acme, abroad).invoice
    with pytest.raises(Invalid), world.acting(acme):
        services.replace(invoice.id, 1, papers.upload(), None, acme)
    with pytest.raises(Conflict), world.acting(supplier):
        services.revise_foreign(draft.invoice.id, 1, GOOD, supplier)


def test_through_the_pages_prefilled_from_the_text(client, world, abroad, monkeypatch):
    monkeypatch.setattr(reading, "pdf_text", lambda data: "Invoice number: INV-123\nInvoice date: 2026-11-03\n"
                                                          "Total due USD 1,250.00")
    assert invoice_text.guess(reading.pdf_text(b"")).number.value == "INV-123"
    seat = Browser(world.sign_in(client, abroad.person))
    answer = seat.post("/invoices/new", {"relationship_id": abroad.id}, files=(pdf("inv.pdf"),))
    assert answer.status_code == 303 and f"/invoices/new/{abroad.id}/" in answer.location
    form = seat.get(answer.location).text
    assert 'value="INV-123"' in form and 'value="2026-11-03"' in form and 'value="1,250.00"' in form
    data = {"number": "INV-123", "issued_on": "2026-11-03", "currency": "USD", "subtotal": "1,250", "taxes": "0",
            "total": "1,200.00"}
    wrong = seat.post(answer.location, data)
    assert wrong.status_code == 422 and "1,250.00" in wrong.text and 'value="1,250.00"' in wrong.text
    right = seat.post(answer.location, {**data, "total": "$1,250.00"})
    assert right.status_code == 303
    made = seat.get(right.location).text
    assert "INV-123" in made and "Identificación fiscal del emisor" in made and "RFC del emisor" not in made
    correct = seat.get(f"{right.location}/data").text
    assert 'value="INV-123"' in correct and 'value="1,250.00"' in correct


@pytest.mark.parametrize(("field", "typed"), [("total", "12,50"), ("total", "abc"), ("taxes", "-1"), ("subtotal", ""),
                                              ("number", ""), ("issued_on", "ayer"), ("currency", "XXX"),
                                              ("total", "9" * 30)])
def test_what_is_mistyped_comes_back_with_its_error(field, typed, client, world, acme, abroad):
    with world.acting(acme):
        kept = services.keep_foreign_pdf(pdf("inv.pdf"), abroad.id, acme).id
    session.expunge_all()
    seat = Browser(world.sign_in(client, abroad.person))
    data = {"number": "1", "issued_on": "2026-11-03", "currency": "USD", "subtotal": "1", "taxes": "0", "total": "1",
            field: typed}
    answer = seat.post(f"/invoices/new/{abroad.id}/{kept}", data)
    assert answer.status_code == 422 and f'id="{field}-error"' in answer.text
