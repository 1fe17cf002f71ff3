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
from portal.payments import services
from portal.payments.effects import RegisterPayment
from portal.payments.engine import Line
from portal.payments.models import Payment, PaymentMethod
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


def _typed(client: FlaskClient, seller: Seller, invoice: Invoice, amount: str, **more: Any) -> dict[str, Any]:
    page = client.get(f"/treasury/pay/{seller.id}")
    return {**guard(page.text), "number": "P-9", "paid_on": str(today(ZONE)), "method": "transfer", "currency": "MXN",
            "amount": amount, f"amount-{invoice.id}": amount, **more}


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
    assert "$1,160.00 MXN" in answer.text and "lo que escribí" in answer.text and 'value="2000"' in answer.text


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
