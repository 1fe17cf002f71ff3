"""Treasury's pages and the archive."""
from datetime import timedelta
from decimal import Decimal

from flask.testing import FlaskClient

from portal.core import db
from portal.core.clock import today
from portal.invoices.models import Invoice, InvoiceStatus
from tests.factories import World
from tests.forms import guard

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
    first = client.post(f"/treasury/pay/{seller.id}", data=data)
    again = client.post(f"/treasury/pay/{seller.id}", data=data)
    assert first.status_code == 303 and again.headers["Location"] == first.headers["Location"]
    with world.owner():
        assert db.session.get_one(Invoice, invoice.id).paid == Decimal("1160")
    shown = client.get(first.headers["Location"])
    assert "P-9" in shown.text and "1,160.00" in shown.text
    pdf = client.get(first.headers["Location"] + "/remittance")
    assert pdf.data.startswith(b"%PDF-") and "attachment" in pdf.headers["Content-Disposition"]
    world.sign_in(client, seller.person)
    assert "P-9" in client.get("/payments/").text


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
