"""The pages, through a browser without JavaScript."""
import re
from decimal import Decimal
from uuid import UUID

import pytest
from flask import Flask

from portal.core.db import session
from portal.invoices import services
from portal.invoices.models import IntakeAttempt, Invoice, InvoiceStatus, RequirementType
from portal.invoices.rules import search_key
from portal.invoices.services import SaveRequirement
from portal.local.cfdi_maker import Line
from portal.suppliers.models import RecordGate, RecordPolicy
from tests.invoices.browser import Browser
from tests.invoices.conftest import detached, pdf


@pytest.fixture()
def seat(client, world, seller):
    return Browser(world.sign_in(client, seller.person))


@pytest.fixture()
def desk(ctx: Flask, world, buyer):
    """The browser of the client's accounts payable."""
    return Browser(world.sign_in(ctx.test_client(), buyer.people["accounts_payable"]))


def rows(world, kind):
    with world.owner():
        return detached(session.query(kind).order_by(kind.id).all())


def numbers(answer):
    return re.findall(r'class="row-link"[^>]*>([^<]+)<', answer.text)


def test_from_the_plus_sign_to_sent(seat, world, papers, buyer):
    admin = world.actor(buyer, "administrator")
    with world.acting(admin):
        order = services.add_requirement(SaveRequirement(type=RequirementType.TEXT, label_es="Orden de compra",
                                                         help_es="La que te dio Compras."), admin)
    empty = seat.get("/invoices/to-send").text
    assert 'href="/invoices/new"' in empty
    answer = seat.post("/invoices/new", {"relationship_id": papers.seller.id}, files=(papers.upload(), pdf()))
    assert answer.status_code == 303, answer.text
    show = answer.location
    page = seat.get(show).text
    assert "A-101" in page and "Orden de compra" in page and "$1,160.00" in page and "Papel bond" in page
    refused = seat.get(f"{show}/send").text
    assert "Orden de compra" in refused and "Enviar a revisión</span>" not in refused
    answer = seat.post(f"{show}/requirements/{order.id}", {"value": "OC-9"})
    assert answer.status_code == 303
    assert "OC-9" in seat.get(show).text
    answer = seat.post(f"{show}/send")
    assert answer.status_code == 303
    assert "no es aprobada" in seat.get(answer.location).text
    assert rows(world, Invoice)[0].status is InvoiceStatus.IN_REVIEW
    assert "A-101" in seat.get("/invoices/in-process").text
    assert "A-101" not in seat.get("/invoices/to-send").text


def test_the_send_is_refused_on_post_too_and_names_what_is_missing(seat, world, draft, buyer):
    admin = world.actor(buyer, "administrator")
    with world.acting(admin):
        services.add_requirement(SaveRequirement(type=RequirementType.TEXT, label_es="Orden de compra"), admin)
    answer = seat.post(f"/invoices/{draft.invoice.id}/send", {"version": 1})
    assert answer.status_code == 422 and "Orden de compra" in answer.text
    assert rows(world, Invoice)[0].status is InvoiceStatus.DRAFT


def test_a_refused_file_shows_its_findings_and_is_kept(seat, world, papers):
    upload = papers.upload()
    broken = type(upload)(upload.name, upload.data.replace(b"Papel bond", b"Papel bono"))
    answer = seat.post("/invoices/new", {"relationship_id": papers.seller.id}, files=(broken, pdf()))
    assert answer.status_code == 303 and "/attempts/" in answer.location
    page = seat.get(answer.location).text
    assert "CFDI40102" in page and "no se aceptaron" in page and 'href="/invoices/new' in page
    assert upload.name in seat.get("/invoices/attempts").text
    assert rows(world, Invoice) == []


def test_a_duplicate_links_to_the_first(seat, papers, draft):
    answer = seat.post("/invoices/new", {"relationship_id": papers.seller.id},
                          files=(papers.upload(uuid=UUID(draft.invoice.uuid)), pdf()))
    assert f'href="/invoices/{draft.invoice.id}"' in seat.get(answer.location).text


def test_a_link_to_the_first_is_shown_only_to_whom_it_is_visible(seat, desk, world, papers, draft):
    """The first one is still the supplier's draft: the client reads of the refusal, without a link to it."""
    answer = seat.post("/invoices/new", {"relationship_id": papers.seller.id},
                       files=(papers.upload(uuid=UUID(draft.invoice.uuid)), pdf()))
    page = desk.get(answer.location)
    assert page.status_code == 200 and "ya está aquí" in page.text
    assert str(draft.invoice.id) not in page.text
    seat.post(f"/invoices/{draft.invoice.id}/send")
    assert f"/invoices/{draft.invoice.id}" in desk.get(answer.location).text


@pytest.mark.parametrize("files", [(), ("xml", "xml"), ("pdf", "pdf")])
def test_no_files_or_too_many_come_back_with_the_form(files, seat, papers, world):
    made = tuple(papers.upload() if kind == "xml" else pdf() for kind in files)
    answer = seat.post("/invoices/new", {"relationship_id": papers.seller.id}, files=made)
    assert answer.status_code == 422 and "field-error" in answer.text
    assert rows(world, IntakeAttempt) == []


def test_when_the_record_is_needed_first_the_page_leads_there(seat, world, buyer, papers):
    with world.owner():
        session.add(RecordPolicy(client_id=buyer.id, gate=RecordGate.BEFORE_UPLOAD))
    page = seat.get("/invoices/new").text
    assert 'href="/record/"' in page and 'type="file"' not in page
    answer = seat.post("/invoices/new", {"relationship_id": papers.seller.id}, files=(papers.upload(), pdf()),
                       page="/invoices/to-send")
    assert answer.status_code == 422 and "expediente" in answer.text
    assert rows(world, Invoice) == []


def test_a_client_that_is_not_mine_is_refused(seat, world, buyer, papers):
    other = detached(world.supplier(buyer, "Otra", "OTR030303EF4"))
    answer = seat.post("/invoices/new", {"relationship_id": other.id}, files=(papers.upload(), pdf()))
    assert answer.status_code == 422
    assert rows(world, Invoice) == [] and rows(world, IntakeAttempt) == []


def test_extra_fields_change_nothing(seat, world, papers):
    extra = {"status": "approved", "client_id": "x", "total": "1", "stamp": "verified", "verdict": "accepted",
             "relationship_id": papers.seller.id, "approved_at": "2026-01-01", "is_admin": "1"}
    seat.post("/invoices/new", extra, files=(papers.upload(), pdf()))
    row = rows(world, Invoice)[0]
    assert (row.status, str(row.total), row.approved_at) == (InvoiceStatus.DRAFT, "1160.000000", None)


def test_a_form_without_its_guard_is_refused(seat, world, draft):
    answer = seat.client.post(f"/invoices/{draft.invoice.id}/delete", data={"version": 1})
    assert answer.status_code == 400
    assert rows(world, Invoice)[0].status is InvoiceStatus.DRAFT


def test_a_draft_is_deleted(seat, world, draft):
    show = f"/invoices/{draft.invoice.id}"
    assert seat.post(f"{show}/delete", page=show).status_code == 303
    assert seat.get(show).status_code == 404
    assert numbers(seat.get("/invoices/to-send")) == []


def test_files_are_replaced_from_their_page(seat, world, draft, papers):
    answer = seat.post(f"/invoices/{draft.invoice.id}/files", files=(papers.upload(),))
    assert answer.status_code == 303 and answer.location.endswith(f"/invoices/{draft.invoice.id}")
    assert rows(world, Invoice)[0].number == "A-102"


def test_withdrawing_and_the_archive(seat, world, draft):
    show = f"/invoices/{draft.invoice.id}"
    seat.post(f"{show}/send")
    assert seat.post(f"{show}/withdraw", page=show).status_code == 303
    assert numbers(seat.get("/invoices/in-process")) == []
    assert "A-101" in seat.get("/invoices/in-process?status=withdrawn").text
    assert "A-101" in seat.get("/invoices/in-process?status=closed").text


def test_a_stale_act_is_a_conflict_and_changes_nothing(seat, world, draft):
    for act in ("send", "delete", "withdraw"):
        answer = seat.post(f"/invoices/{draft.invoice.id}/{act}", {"version": 99}, page="/invoices/to-send")
        assert answer.status_code == 409, act
    assert rows(world, Invoice)[0].status is InvoiceStatus.DRAFT


def test_the_client_sees_what_was_sent_and_no_drafts(seat, desk, draft):
    assert "A-101" not in desk.get("/invoices/").text
    assert desk.get(f"/invoices/{draft.invoice.id}").status_code == 404
    seat.post(f"/invoices/{draft.invoice.id}/send")
    page = desk.get("/invoices/").text
    assert "A-101" in page and f"/inbox/{draft.invoice.id}" in page
    assert desk.get(f"/invoices/{draft.invoice.id}").location == f"/inbox/{draft.invoice.id}"


def test_filters_live_in_the_address(desk, world, seller):
    for number, status in (("B1", "in_review"), ("B2", "approved"), ("C3", "rejected")):
        world.invoice(seller, status=InvoiceStatus(status), number=number, total="500.00" if number == "B1" else "900")
    with world.owner():
        for row in session.query(Invoice):
            row.search = search_key(row.number, row.supplier_name)

    def seen(query):
        return numbers(desk.get(f"/invoices/?{query}"))

    assert seen("") == ["C3", "B2", "B1"]
    assert seen("status=approved") == ["B2"]
    assert seen("status=open") == ["B2", "B1"]
    assert seen("q=PAPELERÍA+b1") == ["B1"]
    assert seen("q=%25") == [] and seen("q=_") == []
    assert seen("min=600") == ["C3", "B2"] and seen("max=500") == ["B1"]
    assert seen("since=2999-01-01") == [] and seen("until=2999-01-01") == ["C3", "B2", "B1"]
    assert desk.get("/invoices/?q=%00").status_code < 500
    assert seen("min=$+600.00") == ["C3", "B2"] and "no filtra la lista" not in desk.get("/invoices/?min=600&max=").text
    assert "no filtra la lista: ayer; 6,5" in desk.get("/invoices/?min=6,5&since=ayer").text
    assert seen("status=nonsense&since=never&min=x&client=zz&cursor=%%%") == ["C3", "B2", "B1"]


def test_long_lists_page_by_key(desk, world, seller):
    for _n in range(55):
        world.invoice(seller, status=InvoiceStatus.IN_REVIEW)
    first = desk.get("/invoices/").text
    following = re.search(r'rel="next" href="([^"]+)"', first)[1].replace("&amp;", "&")
    second = desk.get(following).text
    links = re.compile(r'class="row-link"')
    assert (len(links.findall(first)), len(links.findall(second))) == (50, 5)
    back = re.search(r'rel="prev" href="([^"]+)"', second)[1].replace("&amp;", "&")
    assert re.findall(r"/inbox/([0-9a-f-]{36})", desk.get(back).text) == re.findall(r"/inbox/([0-9a-f-]{36})", first)


def test_reopening_belongs_to_the_client(seat, desk, world, seller):
    row = detached(world.invoice(seller, status=InvoiceStatus.REJECTED))
    assert seat.post(f"/invoices/{row.id}/reopen", {"version": 1}, page="/invoices/to-send").status_code == 403
    assert desk.post(f"/invoices/{row.id}/reopen", {"version": 1}, page="/invoices/").status_code == 303
    assert rows(world, Invoice)[0].reopened_at is not None


def test_every_page_reads_well_in_both_languages(seat, world, draft, seller):
    with world.owner():
        from portal.accounts.models import User
        person = session.get_one(User, seller.person.user.id)
        person.locale = "en"
    page = seat.get(f"/invoices/{draft.invoice.id}").text
    assert "Send for review" in page and "Sending data" in page and "Datos de envío" not in page


def test_hostile_words_are_shown_as_words(seat, world, papers):
    from decimal import Decimal

    from portal.local.cfdi_maker import Line
    hostile = '"><svg onload=alert(1)>'
    seat.post("/invoices/new", {"relationship_id": papers.seller.id},
                 files=(papers.upload(lines=(Line(hostile, Decimal(10)),)), pdf(name="<svg onload=alert(1)>.pdf")))
    row = rows(world, Invoice)[0]
    for path in (f"/invoices/{row.id}", "/invoices/attempts", "/invoices/to-send", f"/invoices/{row.id}/concepts"):
        assert "<svg onload" not in seat.get(path).text
    assert "&lt;svg onload" in seat.get(f"/invoices/{row.id}").text


def test_hostile_words_in_the_lists_are_shown_as_words(desk, seat, world, seller):
    hostile = '"><svg onload=alert(1)>%(url)s 100%'
    world.invoice(seller, status=InvoiceStatus.IN_REVIEW, number=hostile[:80], supplier_name=hostile, currency="<b>",
                  stages=[{"es": hostile, "en": hostile, "state": "current", "since": "2026-11-01T00:00:00+00:00"}])
    for page in (desk.get("/invoices/").text, seat.get("/invoices/in-process").text):
        assert "<svg onload" not in page and "<b>" not in page.partition("<main")[2]
        assert "&lt;svg onload=alert(1)&gt;%(url)s 100%" in page


def test_amounts_of_concepts_are_money_with_the_decimals_that_were_written(seat, world, papers, supplier):
    line = Line("Tornillo", Decimal("12.345678"), cantidad=Decimal(1000))
    with world.acting(supplier):
        row = services.receive(papers.upload(lines=(line,)), pdf(), papers.seller.id, supplier).invoice
    page = seat.get(f"/invoices/{row.id}").text
    assert "$12.345678" in page and "$12,345.68" in page and 'role="region"' not in page.partition("<main")[2]


def test_the_issuer_is_called_by_what_it_has(seat, draft):
    page = seat.get(f"/invoices/{draft.invoice.id}").text
    assert "RFC del emisor" in page and "Identificación fiscal" not in page
