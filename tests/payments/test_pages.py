"""Treasury's pages and the archive."""
import re
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from portal.access.policy import Role
from portal.core import db
from portal.core.clock import today
from portal.invoices.models import Invoice, InvoiceStatus
from portal.payments import queries, services
from portal.payments.effects import RegisterPayment
from portal.payments.engine import Line
from portal.payments.models import Payment, PaymentDate, PaymentMethod
from tests.factories import Buyer, Seller, World
from tests.forms import guard
from tests.papers import PDF

ZONE = "America/Mexico_City"


def test_from_the_list_of_what_is_due_to_the_archive(world: World, client: FlaskClient) -> None:
    buyer = world.client()
    seller = world.supplier(buyer)
    invoice = world.invoice(seller, status=InvoiceStatus.APPROVED)
    world.sign_in(client, buyer.people["treasury"])
    due = client.get("/treasury/")
    assert invoice.number in due.text
    chosen = client.post(
        "/treasury/schedule", data={**guard(due.text), "selected": str(invoice.id), "action": "preview"}
    )
    assert chosen.status_code == 200 and invoice.number in chosen.text
    past = {**guard(chosen.text), "selected": str(invoice.id), "pay_on": str(today(ZONE) - timedelta(days=1))}
    refused = client.post("/treasury/schedule", data=past)
    assert refused.status_code == 422 and "ya pasó" in refused.text
    good = {**guard(refused.text), "selected": str(invoice.id), "pay_on": str(today(ZONE) + timedelta(days=3))}
    assert client.post("/treasury/schedule", data=good).status_code == 303
    page = client.get(f"/treasury/pay/{seller.id}")
    data = {**guard(page.text), "number": "P-9", "paid_on": str(today(ZONE)), "method": "transfer", "currency": "MXN",
            "amount": "$1,160.00", f"amount-{invoice.id}": "1,160.00"}
    shown = _review(client, seller, data)
    assert "Registrar el pago de $1,160.00 MXN" in shown.text
    with world.owner():
        assert db.session.get_one(Invoice, invoice.id).paid == 0, "showing writes nothing"
    yes = guard(shown.text) | _seen(shown.text)
    first = client.post(f"/treasury/pay/{seller.id}/confirm", data=yes)
    again = client.post(f"/treasury/pay/{seller.id}/confirm", data=yes)
    assert first.status_code == 303 and again.headers["Location"] == first.headers["Location"]
    with world.owner():
        assert db.session.get_one(Invoice, invoice.id).paid == Decimal("1160")
    shown = client.get(first.headers["Location"])
    assert "P-9" in shown.text and "1,160.00" in shown.text
    pdf = client.get(first.headers["Location"] + "/remittance")
    assert pdf.data.startswith(b"%PDF-") and "attachment" in pdf.headers["Content-Disposition"]
    world.sign_in(client, seller.person)
    assert "P-9" in client.get("/payments/").text


def _review(client: FlaskClient, seller: Seller, data: dict[str, Any]) -> TestResponse:
    sent = client.post(f"/treasury/pay/{seller.id}", data=data)
    assert sent.status_code == 303, sent.text
    return client.get(sent.headers["Location"])


def _seen(html: str) -> dict[str, str]:
    return dict(re.findall(r'name="(seen)" value="([^"]+)"', html))


def _typed(client: FlaskClient, seller: Seller, invoice: Invoice, pays: str, /, **more: Any) -> dict[str, Any]:
    page = client.get(f"/treasury/pay/{seller.id}")
    return {**guard(page.text), "number": "P-9", "paid_on": str(today(ZONE)), "method": "transfer", "currency": "MXN",
            "amount": pays, f"amount-{invoice.id}": pays, **more}


@pytest.fixture()
def treasury(world: World, client: FlaskClient) -> tuple[Buyer, Seller, Invoice]:
    buyer = world.client()
    seller = world.supplier(buyer)
    invoice = world.invoice(seller, status=InvoiceStatus.APPROVED)
    world.sign_in(client, buyer.people["treasury"])
    return buyer, seller, invoice


Desk = tuple[Buyer, Seller, Invoice]


def test_what_a_payment_does_is_shown_in_numbers(client: FlaskClient, treasury: Desk) -> None:
    _buyer, seller, invoice = treasury
    data = _typed(client, seller, invoice, "400.00", reference="RAST-1", note="abono",
                  evidence=(BytesIO(PDF), "spei.pdf"))
    text = _review(client, seller, data).text
    for said in ("$400.00", "1,160.00", "760.00", "RAST-1", "abono", "spei.pdf", "Papelería Ñandú", "No se indicó"):
        assert said in text, said


def test_going_back_finds_all_that_was_typed_and_the_proof(world: World, client: FlaskClient, treasury: Desk) -> None:
    _buyer, seller, invoice = treasury
    _review(client, seller, _typed(client, seller, invoice, "400.00", note="lo que escribí",
                                   evidence=(BytesIO(PDF), "spei.pdf")))
    back = client.get(f"/treasury/pay/{seller.id}").text
    assert "lo que escribí" in back and 'value="400.00"' in back and "Guardado: spei.pdf" in back
    again = _typed(client, seller, invoice, "500.00")
    shown = _review(client, seller, again)
    assert "spei.pdf" in shown.text and "$500.00" in shown.text
    done = client.post(f"/treasury/pay/{seller.id}/confirm", data=guard(shown.text) | _seen(shown.text))
    assert done.status_code == 303
    with world.owner():
        payment = db.session.scalars(select(Payment)).one()
        assert payment.amount == 500 and payment.evidence_file_id
    assert "value=\"500.00\"" not in client.get(f"/treasury/pay/{seller.id}").text, "what is registered is forgotten"


def test_a_kept_proof_is_left_out_or_begun_anew(client: FlaskClient, treasury: Desk) -> None:
    _buyer, seller, invoice = treasury
    _review(client, seller, _typed(client, seller, invoice, "400.00", evidence=(BytesIO(PDF), "spei.pdf")))
    without = _typed(client, seller, invoice, "400.00", without_evidence="1")
    assert "spei.pdf" not in _review(client, seller, without).text
    page = client.get(f"/treasury/pay/{seller.id}")
    client.post(f"/treasury/pay/{seller.id}/forget", data=guard(page.text))
    assert "400.00" not in client.get(f"/treasury/pay/{seller.id}").text
    assert client.get(f"/treasury/pay/{seller.id}/confirm").status_code == 303


def test_the_same_form_sent_again_shows_what_it_says_now(client: FlaskClient, treasury: Desk) -> None:
    _buyer, seller, invoice = treasury
    data = _typed(client, seller, invoice, "400.00")
    _review(client, seller, data)
    corrected = {**data, "amount": "300.00", f"amount-{invoice.id}": "300.00"}  # the browser's Back: the same key
    assert "Registrar el pago de $300.00 MXN" in _review(client, seller, corrected).text


def test_another_payment_in_between_is_told_and_nothing_is_lost(world: World, client: FlaskClient,
                                                                 treasury: Desk) -> None:
    buyer, seller, invoice = treasury
    shown = _review(client, seller, _typed(client, seller, invoice, "400.00", note="lo que escribí",
                                           evidence=(BytesIO(PDF), "spei.pdf")))
    _pay_elsewhere(world, buyer, seller, invoice, "500.00")
    late = client.post(f"/treasury/pay/{seller.id}/confirm", data=guard(shown.text) | _seen(shown.text))
    assert late.status_code == 409 and "cambió desde que lo viste" in late.text
    assert "660.00" in late.text and "260.00" in late.text and "spei.pdf" in late.text
    _pay_elsewhere(world, buyer, seller, invoice, "600.00", "P-78")
    over = client.post(f"/treasury/pay/{seller.id}/confirm", data=guard(late.text) | _seen(late.text))
    assert over.status_code == 422 and "$60.00 MXN" in over.text and "lo que escribí" in over.text
    _pay_elsewhere(world, buyer, seller, invoice, "60.00", "P-79")
    gone = client.get(f"/treasury/pay/{seller.id}/confirm")
    assert gone.status_code == 422 and "no se le debe nada" in gone.text
    world.invoice(seller, status=InvoiceStatus.APPROVED, number="B-2")
    assert "ya no está por pagar" in client.get(f"/treasury/pay/{seller.id}/confirm").text
    with world.owner():
        assert "P-9" not in db.session.scalars(select(Payment.number)).all()


def test_what_was_not_shown_is_not_registered(world: World, client: FlaskClient, treasury: Desk) -> None:
    _buyer, seller, invoice = treasury
    shown = _review(client, seller, _typed(client, seller, invoice, "400.00"))
    _review(client, seller, _typed(client, seller, invoice, "900.00"))  # in another tab
    late = client.post(f"/treasury/pay/{seller.id}/confirm", data=guard(shown.text) | _seen(shown.text))
    assert late.status_code == 409 and "$900.00" in late.text
    assert client.post(f"/treasury/pay/{seller.id}/confirm", data=guard(shown.text)).status_code == 409
    with world.owner():
        assert db.session.get_one(Invoice, invoice.id).paid == 0


def test_the_password_is_asked_before_money_and_not_before(world: World, client: FlaskClient, treasury: Desk) -> None:
    _buyer, seller, invoice = treasury
    with world.owner():
        db.session.execute(text("UPDATE sessions SET stepped_up_at = NULL"))
    shown = _review(client, seller, _typed(client, seller, invoice, "400.00"))
    asked = client.post(f"/treasury/pay/{seller.id}/confirm", data=guard(shown.text) | _seen(shown.text))
    assert asked.status_code == 303 and "/step-up" in asked.headers["Location"]
    with world.owner():
        assert db.session.get_one(Invoice, invoice.id).paid == 0


def test_the_same_reference_and_amount_are_warned_of(world: World, client: FlaskClient, treasury: Desk) -> None:
    buyer, seller, invoice = treasury
    _pay_elsewhere(world, buyer, seller, invoice, "400.00", reference="RAST-1")
    same = _review(client, seller, _typed(client, seller, invoice, "400.00", reference=" rast-1"))
    assert "Quizá ya se pagó" in same.text and "P-77" in same.text
    for other in ({"reference": "RAST-2"}, {"reference": ""}, {"amount": "401.00", f"amount-{invoice.id}": "401.00",
                                                               "reference": "RAST-1"}):
        fresh = _review(client, seller, _typed(client, seller, invoice, "400.00") | other)
        assert "Quizá ya se pagó" not in fresh.text


def test_a_used_number_and_a_file_that_is_no_proof_are_told_before(world: World, client: FlaskClient,
                                                                   treasury: Desk) -> None:
    buyer, seller, invoice = treasury
    _pay_elsewhere(world, buyer, seller, invoice, "400.00", "P-9")
    used = client.post(f"/treasury/pay/{seller.id}", data=_typed(client, seller, invoice, "10.00"))
    assert used.status_code == 422 and "ya está en el archivo" in used.text
    broken = client.post(f"/treasury/pay/{seller.id}", data=_typed(
        client, seller, invoice, "10.00", number="P-10", evidence=(BytesIO(b"MZ no"), "x.exe")))
    assert broken.status_code == 422 and 'id="evidence-error"' in broken.text


def test_nobody_else_sees_what_was_typed(world: World, client: FlaskClient, treasury: Desk) -> None:
    buyer, seller, invoice = treasury
    _review(client, seller, _typed(client, seller, invoice, "400.00", note="solo para mí"))
    colleague = world.colleague(buyer.organization, Role.TREASURY)
    world.sign_in(client, colleague)
    assert "solo para mí" not in client.get(f"/treasury/pay/{seller.id}").text
    world.sign_in(client, world.client("Ajena", "AJE010101AA1").people["treasury"])
    assert client.get(f"/treasury/pay/{seller.id}").status_code == 404


def _pay_elsewhere(world: World, buyer: Buyer, seller: Seller, invoice: Invoice, amount: str, number: str = "P-77",
                   reference: str = "") -> None:
    with world.acting(world.actor(buyer, "treasury")) as actor:
        services.register(RegisterPayment(
            relationship_id=seller.id, number=number, paid_on=today(ZONE), method=PaymentMethod.TRANSFER,
            currency="MXN", amount=Decimal(amount), lines=(Line(invoice.id, Decimal(amount)),),
            reference=reference), actor)


def test_over_the_balance_comes_back_with_what_was_typed(world: World, client: FlaskClient) -> None:
    buyer = world.client()
    seller = world.supplier(buyer)
    invoice = world.invoice(seller, status=InvoiceStatus.APPROVED)
    world.sign_in(client, buyer.people["treasury"])
    page = client.get(f"/treasury/pay/{seller.id}")
    answer = client.post(f"/treasury/pay/{seller.id}", data={
        **guard(page.text), "number": "P-9", "paid_on": str(today(ZONE)), "method": "transfer", "currency": "MXN",
        "amount": "2000", f"amount-{invoice.id}": "2000", "note": "lo que escribí"})
    assert answer.status_code == 422
    assert "$1,160.00 MXN" in answer.text and "lo que escribí" in answer.text and 'value="2,000.00"' in answer.text


def test_empty_pages_say_what_will_appear(world: World, client: FlaskClient) -> None:
    buyer = world.client()
    world.sign_in(client, buyer.people["treasury"])
    assert "Nada por pagar" in client.get("/treasury/").text
    assert "Aún no hay pagos" in client.get("/payments/").text


def test_another_clients_invoice_has_no_date_to_take_away(world: World, client: FlaskClient) -> None:
    buyer = world.client()
    invoice = world.invoice(world.supplier(buyer), status=InvoiceStatus.APPROVED)
    world.sign_in(client, world.client("Ajena", "AJE010101AA1").people["treasury"])
    assert client.get(f"/treasury/unschedule/{invoice.id}").status_code == 404


def test_a_date_is_taken_away_with_its_reason_on_a_page(world: World, client: FlaskClient, treasury: Desk) -> None:
    _buyer, seller, _invoice = treasury
    dated = world.invoice(seller, status=InvoiceStatus.SCHEDULED, scheduled_on=today(ZONE) + timedelta(days=3))
    address = f"/treasury/unschedule/{dated.id}"
    page = client.get(address)
    refused = client.post(address, data={**guard(page.text), "note": ""})
    assert refused.status_code == 422
    done = client.post(address, data={**guard(refused.text), "note": "el banco no opera ese día"})
    assert done.status_code == 303
    with world.owner():
        row = db.session.get_one(Invoice, dated.id)
        assert (row.status, row.scheduled_on) == (InvoiceStatus.APPROVED, None)
        given = db.session.scalars(select(PaymentDate).filter_by(invoice_id=dated.id)).one()
        assert (given.pay_on, given.note) == (None, "el banco no opera ese día")


@pytest.fixture()
def note(world: World, treasury: Desk) -> Invoice:
    _buyer, seller, invoice = treasury
    relations = {"relations": [{"type": "01", "uuids": [invoice.uuid]}]}
    return world.invoice(seller, status=InvoiceStatus.APPROVED, total="160.00", cfdi_type="E", number="NC-1",
                         facts=relations)


def test_a_credit_note_from_the_list_to_the_archive_of_both_sides(world: World, client: FlaskClient, treasury: Desk,
                                                                  note: Invoice) -> None:
    _buyer, seller, invoice = treasury
    due = client.get("/treasury/").text
    link = f"/treasury/pay/{seller.id}?invoice={invoice.id}"
    assert link in due and "NC-1" not in due
    chosen = client.post("/treasury/schedule", data={**guard(due), "selected": str(invoice.id), "action": "preview"})
    assert "NC-1" in chosen.text and "-$160.00" in chosen.text
    page = client.get(link)
    fields = _fields(page.text)
    assert (fields["amount"], fields[f"amount-{invoice.id}"], fields[f"credit-{note.id}-0"]) == (
        "1,000.00", "1,160.00", "160.00")
    assert f'<option value="{invoice.id}" selected>{invoice.number} · la nombra la nota' in page.text
    assert f"Llenado para {invoice.number}, menos" in page.text and "Lo que habías escrito" not in page.text
    shown = _review(client, seller, {**guard(page.text), **fields, f"against-{note.id}-0": str(invoice.id),
                                     "number": "P-9", "paid_on": str(today(ZONE)), "method": "transfer"})
    for said in ("$1,160.00", "-$160.00", "Registrar el pago de $1,000.00 MXN", "NC-1"):
        assert said in shown.text, said
    done = client.post(f"/treasury/pay/{seller.id}/confirm", data=guard(shown.text) | _seen(shown.text))
    assert done.status_code == 303
    for person, language in ((None, "es"), (seller.person, "es")):
        if person:
            world.sign_in(client, person)
        page = client.get(done.headers["Location"])
        for said in ("Notas de crédito", "NC-1", "-$160.00", "$1,160.00", "$1,000.00"):
            assert said in page.text, (language, said)
    assert "P-9" in client.get("/payments/?q=NC-1").text
    assert "Aplicada" in client.get(f"/invoices/{note.id}").text
    assert "NC-1" not in client.get("/invoices/in-process").text
    applied = client.get("/invoices/in-process?status=applied").text
    assert "NC-1" in applied and "-$160.00" in applied


def test_no_money_moves_where_the_notes_cover_all(world: World, client: FlaskClient, treasury: Desk,
                                                  note: Invoice) -> None:
    _buyer, seller, invoice = treasury
    small = world.invoice(seller, status=InvoiceStatus.APPROVED, total="160.00", number="A-160")
    world.invoice(seller, status=InvoiceStatus.APPROVED, total="160.00", cfdi_type="E", number="NC-2",
                  facts={"relations": [{"type": "01", "uuids": [small.uuid]}]})
    for paid, way, amount in ((small, "compensation", "0.00"), (invoice, "transfer", "1,000.00")):
        page = client.get(f"/treasury/pay/{seller.id}?invoice={paid.id}").text
        assert f'<option selected value="{way}">' in page, paid.number
        assert f'value="{amount}"' in page


def test_a_compensation_in_english(world: World, client: FlaskClient, treasury: Desk, note: Invoice) -> None:
    _buyer, seller, _invoice = treasury
    small = world.invoice(seller, status=InvoiceStatus.APPROVED, total="160.00", number="A-9")
    client.set_cookie("locale", "en", domain="localhost")
    english = {"Accept-Language": "en"}
    with world.owner():
        db.session.execute(text("UPDATE users SET locale = 'en'"))
    data = _typed(client, seller, small, "160.00", method="compensation",
                  **{"amount": "0", f"credit-{note.id}-0": "160", f"against-{note.id}-0": str(small.id)})
    sent = client.post(f"/treasury/pay/{seller.id}", data=data, headers=english)
    shown = client.get(sent.headers["Location"])
    assert "Register the compensation of $160.00 MXN" in shown.text and "is not stated" not in shown.text
    done = client.post(f"/treasury/pay/{seller.id}/confirm", data=guard(shown.text) | _seen(shown.text))
    page = client.get(done.headers["Location"])
    assert "Compensation" in page.text and "Compensated" in page.text
    void = client.get(f"/treasury/void/{done.headers['Location'].rpartition('/')[2]}")
    assert "left to apply again" in void.text and "Void the compensation of $160.00 MXN" in void.text


def test_a_note_that_is_left_is_named_before_confirming(client: FlaskClient, treasury: Desk, note: Invoice) -> None:
    _buyer, seller, invoice = treasury
    assert note.number in _review(client, seller, _typed(client, seller, invoice, "1160.00")).text


@pytest.mark.parametrize(("more", "said"), [
    ({"credit": "160.00", "against": ""}, "Elige a qué factura"),
    ({"credit": "ciento", "against": "x"}, "«ciento»: Escribe el monto así: 1,234.50"),
    ({"credit": "1,60", "against": "it"}, "«1,60»: Escribe el monto así: 1,234.50"),
    ({"credit": "1.605", "against": "it"}, "«1.605»: Escribe como máximo 2 decimales."),
    ({"credit": "160.00", "against": "it", "amount": "1.000,00"}, "Escribe el monto así: 1,234.50"),
    ({"credit": "160.01", "against": "it", "amount": "999.99"}, "quedan $160.00 MXN"),
    ({"credit": "1,000,000,000.00", "against": "it"}, "menos las notas de crédito son -$999,998,840.00 MXN")])
def test_what_is_typed_for_a_note_comes_back_with_what_is_wrong(client: FlaskClient, treasury: Desk, note: Invoice,
                                                                more: dict[str, str], said: str) -> None:
    _buyer, seller, invoice = treasury
    against = str(invoice.id) if more["against"] == "it" else more["against"]
    answer = client.post(f"/treasury/pay/{seller.id}", data=_typed(
        client, seller, invoice, "1160.00",
        **{"amount": more.get("amount", "1000"), f"credit-{note.id}-0": more["credit"],
           f"against-{note.id}-0": against}))
    assert answer.status_code == 422 and said in answer.text and f'value="{more["credit"]}"' in answer.text


def test_a_note_that_somebody_else_applied_is_told(world: World, client: FlaskClient, treasury: Desk,
                                                   note: Invoice) -> None:
    _buyer, seller, invoice = treasury
    data = _typed(client, seller, invoice, "1160.00",
                  **{"amount": "1000", f"credit-{note.id}-0": "160", f"against-{note.id}-0": str(invoice.id)})
    _review(client, seller, data)
    with world.owner():
        db.session.execute(text("UPDATE invoices SET status = 'applied', paid = total WHERE id = :id"), {"id": note.id})
    late = client.get(f"/treasury/pay/{seller.id}/confirm")
    assert late.status_code == 422 and "alguien más la aplicó" in late.text


def test_what_was_withheld_stands_beside_the_balance(world: World, client: FlaskClient) -> None:
    buyer = world.client()
    seller = world.supplier(buyer)
    taxes = {"taxes": [{"direction": "withheld", "tax": "001", "amount": "100.00"},
                       {"direction": "withheld", "tax": "002", "amount": "106.67"}]}
    fees = world.invoice(seller, status=InvoiceStatus.APPROVED, total="953.33", withheld=Decimal("206.67"), facts=taxes)
    world.sign_in(client, buyer.people["treasury"])
    page = client.get(f"/treasury/pay/{seller.id}").text
    shown = _review(client, seller, _typed(client, seller, fees, "953.33")).text
    for said in ("ya sin $206.67 MXN de retenciones", "ISR", "IVA"):
        assert said in page and said in shown, said


def _fields(html: str) -> dict[str, str]:
    typed = r'name="((?:amount|credit|currency|paid_on)[^"]*)"[^>]*value="([^"]*)"'
    return dict(re.findall(typed, html)) | {"currency": "MXN"}


def test_invoices_of_one_supplier_are_paid_together(world: World, client: FlaskClient, treasury: Desk) -> None:
    buyer, seller, first = treasury
    second = world.invoice(seller, status=InvoiceStatus.SCHEDULED, total="40.00", number="A-2")
    other = world.invoice(world.supplier(buyer, "Otra", "OTR010101AB1"), status=InvoiceStatus.APPROVED)
    due = client.get("/treasury/").text
    assert 'formaction="/treasury/pay"' in due
    chosen = client.post("/treasury/pay", data={**guard(due), "selected": [str(first.id), str(second.id)]})
    fields = _fields(client.get(chosen.headers["Location"]).text)
    assert (fields["amount"], fields["paid_on"]) == ("1,200.00", str(today(ZONE)))
    assert (fields[f"amount-{first.id}"], fields[f"amount-{second.id}"]) == ("1,160.00", "40.00")
    page = client.get(f"/treasury/pay/{seller.id}?invoice={second.id}").text
    assert page.index(f'name="amount-{second.id}"') < page.index(f'name="amount-{first.id}"'), "what is paid is first"
    page = client.get(f"/treasury/pay/{seller.id}?invoice={first.id}").text
    assert page.index(f'name="amount-{first.id}"') < page.index(f'name="amount-{second.id}"')
    for ids, said in (([first.id, other.id], "para un solo proveedor"), ([], "Primero marca las")):
        page = client.get("/treasury/?state=unscheduled").text
        assert 'formaction="/treasury/pay?state=unscheduled"' in page
        back = client.post("/treasury/pay?state=unscheduled", data={**guard(page), "selected": [str(i) for i in ids]})
        assert back.headers["Location"] == "/treasury/?state=unscheduled"
        assert said in client.get(back.headers["Location"]).text


def test_many_invoices_fold_after_the_first_and_none_is_left_out(world: World, client: FlaskClient,
                                                                 treasury: Desk) -> None:
    _buyer, seller, first = treasury
    owed = [world.invoice(seller, status=InvoiceStatus.APPROVED, number=f"A-{n}") for n in range(2, 19)]
    page = client.get(f"/treasury/pay/{seller.id}?invoice={owed[-1].id}").text
    shown, title, folded = page.partition("Otras facturas que se pueden pagar (6)")
    assert title and f'name="amount-{owed[-1].id}"' in shown, "what is paid now is in sight"
    names = re.findall(r'name="amount-([^"]*)"', shown) + re.findall(r'name="amount-([^"]*)"', folded)
    assert sorted(names) == sorted(str(i.id) for i in (first, *owed))
    assert len(re.findall(r'name="amount-', shown)) == 12


def test_what_is_owed_in_any_currency_is_paid_in_it_with_its_own_decimals(world: World, client: FlaskClient,
                                                                          treasury: Desk) -> None:
    _buyer, seller, _pesos = treasury
    dinars = world.invoice(seller, status=InvoiceStatus.APPROVED, currency="KWD", total="10.005")
    page = client.get(f"/treasury/pay/{seller.id}?invoice={dinars.id}").text
    assert _fields(page)["amount"] == _fields(page)[f"amount-{dinars.id}"] == "10.005"
    data = {**guard(page), **_fields(page), "number": "P-1", "rate": "55", "currency": "KWD", "method": "transfer"}
    shown = _review(client, seller, data)
    assert client.post(f"/treasury/pay/{seller.id}/confirm", data=guard(shown.text) | _seen(shown.text)
                       ).status_code == 303
    with world.owner():
        assert db.session.get_one(Invoice, dinars.id).status is InvoiceStatus.PAID


def test_one_of_very_many_is_paid_when_it_was_chosen(world: World, client: FlaskClient, treasury: Desk,
                                                     monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "MOST", 2)
    _buyer, seller, *_first = treasury
    *_more, last = [world.invoice(seller, status=InvoiceStatus.APPROVED) for _n in range(3)]
    page = client.get(f"/treasury/pay/{seller.id}?invoice={last.id}").text
    shown = _review(client, seller, {**guard(page), **_fields(page), "number": "P-1", "currency": "MXN",
                                     "method": "transfer"})
    assert last.number in shown.text
    assert client.post(f"/treasury/pay/{seller.id}/confirm", data=guard(shown.text) | _seen(shown.text)
                       ).status_code == 303
    with world.owner():
        assert db.session.get_one(Invoice, last.id).status is InvoiceStatus.PAID


def test_two_currencies_are_not_paid_together(world: World, client: FlaskClient, treasury: Desk) -> None:
    _buyer, seller, pesos = treasury
    dollars = world.invoice(seller, status=InvoiceStatus.APPROVED, currency="USD")
    page = client.get(f"/treasury/pay/{seller.id}?invoice={pesos.id}&invoice={dollars.id}").text
    assert "Llenado para" not in page and not _fields(page)["amount"]
    listed = client.get("/treasury/").text
    client.post("/treasury/pay", data={**guard(listed), "selected": [str(pesos.id), str(dollars.id)]})
    assert "varias monedas" in client.get("/treasury/").text


def test_what_was_begun_gives_way_to_what_is_chosen_when_told_so(world: World, client: FlaskClient,
                                                                 treasury: Desk) -> None:
    _buyer, seller, invoice = treasury
    client.post(f"/treasury/pay/{seller.id}", data=_typed(client, seller, invoice, "400.00"))
    page = client.get(f"/treasury/pay/{seller.id}?invoice={invoice.id}").text
    assert "Lo que habías escrito" in page and _fields(page)["amount"] == "400.00"
    anew = client.post(f"/treasury/pay/{seller.id}/forget?invoice={invoice.id}", data=guard(page))
    assert _fields(client.get(anew.headers["Location"]).text)["amount"] == "1,160.00"


def test_voiding_shows_what_would_be_owed_again(world: World, client: FlaskClient, treasury: Desk) -> None:
    buyer, seller, invoice = treasury
    _pay_elsewhere(world, buyer, seller, invoice, "400.00")
    with world.owner():
        payment = db.session.scalars(select(Payment)).one()
    page = client.get(f"/treasury/void/{payment.id}").text
    amounts = re.findall(r'<span class="amount">(\$[\d,.]+)', page)
    assert amounts == ["$400.00", "$400.00", "$760.00", "$1,160.00"], "the payment; then paid, owed now, owed again"
    assert "Papelería Ñandú" in page and "Anular el pago de $400.00 MXN" in page


def test_one_comes_back_to_the_list_as_it_was_narrowed(client: FlaskClient, treasury: Desk) -> None:
    _buyer, seller, invoice = treasury
    here = f"q={invoice.number}&state=unscheduled"
    due = client.get(f"/treasury/?{here}").text.replace("&amp;", "&")
    to_schedule, to_pay = f"/treasury/schedule?{here}", f"/treasury/pay/{seller.id}?invoice={invoice.id}&{here}"
    assert f'action="{to_schedule}"' in due and f'href="{to_pay}"' in due
    chosen = client.post(to_schedule, data={**guard(due), "selected": str(invoice.id), "action": "preview"})
    assert f'href="/treasury/?{here}"' in chosen.text.replace("&amp;", "&")
    day = str(today(ZONE) + timedelta(days=3))
    when = {"selected": str(invoice.id), "pay_on": day}
    assert client.post(to_schedule, data={**guard(chosen.text), **when}).headers["Location"] == f"/treasury/?{here}"
    assert "1 factura programada para el " in client.get("/treasury/").text
    client.post(to_schedule, data={**guard(client.get("/treasury/").text), **when})
    assert "Ya tenían esa fecha" in client.get("/treasury/").text
    page = client.get(to_pay).text.replace("&amp;", "&")
    review = f"/treasury/pay/{seller.id}?{here}"
    assert f'action="{review}"' in page and f'href="/treasury/?{here}"' in page
    sent = client.post(review, data=_typed(client, seller, invoice, "1,160.00"))
    assert sent.headers["Location"] == f"/treasury/pay/{seller.id}/confirm?{here}"


def test_a_window_left_open_says_what_became_of_its_act(world: World, client: FlaskClient, treasury: Desk) -> None:
    buyer, seller, invoice = treasury
    other = world.invoice(seller, status=InvoiceStatus.APPROVED, number="A-2")
    shown = _review(client, seller, _typed(client, seller, invoice, "1,160.00"))
    assert client.post(f"/treasury/pay/{seller.id}/confirm", data=guard(shown.text) | _seen(shown.text)).location
    another = guard(client.get(f"/treasury/pay/{seller.id}").text) | _seen(shown.text)
    late = client.post(f"/treasury/pay/{seller.id}/confirm", data=another)
    assert late.headers["Location"] == f"/treasury/pay/{seller.id}"
    assert "ya no queda nada por confirmar" in client.get(late.headers["Location"]).text
    due = client.get("/treasury/").text
    chosen = client.post("/treasury/schedule", data={**guard(due), "selected": [str(invoice.id), str(other.id)]}).text
    assert "1 factura elegida ya no espera su pago." in chosen and "Programar 1 factura" in chosen


def test_between_two_currencies_both_amounts_and_the_rate_are_told(world: World, client: FlaskClient,
                                                                   treasury: Desk) -> None:
    _buyer, seller, _invoice = treasury
    dollars = world.invoice(seller, status=InvoiceStatus.APPROVED, number="A-USD", currency="USD",
                            exchange_rate=Decimal("18.5"))
    shown = _review(client, seller, _typed(client, seller, dollars, "1,850.00")).text
    assert "salda $100.00 USD · a 18.50, el tipo de cambio del CFDI" in shown
    done = client.post(f"/treasury/pay/{seller.id}/confirm", data=guard(shown) | _seen(shown))
    page = client.get(done.headers["Location"]).text
    assert "con $1,850.00 MXN · a 18.50, el tipo de cambio del CFDI" in page
