"""The figures of the first page: right, of one's own tenant, and each behind the link to what it counts."""
from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from portal.approvals import services as approvals
from portal.core import db
from portal.core.clock import now, today
from portal.dashboards import queries
from portal.invoices.models import InvoiceStatus as S
from portal.suppliers.models import Record, RecordStatus
from tests.factories import Buyer, Seller, World


@pytest.fixture()
def buyer(world: World) -> Buyer:
    return world.client()


@pytest.fixture()
def seller(world: World, buyer: Buyer) -> Seller:
    return world.supplier(buyer)


@pytest.fixture()
def stranger(world: World) -> Seller:
    """The supplier of another client, whose figures are nobody's business here."""
    return world.supplier(world.client("Otra", "OTR010101AB1"), "Ajena", "AJE010101AB1")


def test_days_in_review_are_counted_in_four_bands(world: World, buyer: Buyer, seller: Seller,
                                                  stranger: Seller) -> None:
    for days in (0, 3, 4, 7, 8, 8, 14, 15, 200):
        since = now() - timedelta(days=days, hours=1)
        world.invoice(seller, status=S.IN_REVIEW, waiting_since=since)
        world.invoice(stranger, status=S.IN_REVIEW, waiting_since=since)
        world.invoice(seller, status=S.APPROVED, waiting_since=since)
    for who in (world.actor(buyer, "auditor"), world.actor(seller)):
        with world.acting(who) as actor:
            assert queries.ageing(actor) == [("0–3", 2), ("4–7", 2), ("8–14", 3), ("15+", 2)]


def test_what_is_coming_is_the_balance_by_day_and_currency(world: World, buyer: Buyer, seller: Seller,
                                                           stranger: Seller) -> None:
    soon, later, far = (today("America/Mexico_City") + timedelta(days=days) for days in (3, 9, 60))
    world.invoice(seller, status=S.SCHEDULED, total="100.00", scheduled_on=soon)
    world.invoice(seller, status=S.PARTLY_PAID, total="50.00", paid=Decimal(20), scheduled_on=soon)
    world.invoice(seller, status=S.SCHEDULED, total="7.00", currency="USD", scheduled_on=later)
    world.invoice(seller, status=S.SCHEDULED, total="9.00", scheduled_on=far)
    world.invoice(seller, status=S.PAID, total="8.00", paid=Decimal(8), scheduled_on=soon)
    world.invoice(seller, status=S.PARTLY_PAID, total="6.00", paid=Decimal(2))
    world.invoice(stranger, status=S.SCHEDULED, total="1000.00", scheduled_on=soon)
    with world.acting(world.actor(buyer, "treasury")) as actor:
        found = [(c.day, c.currency, c.amount) for c in queries.coming(actor)]
    assert found == [(soon, "MXN", Decimal(130)), (later, "USD", Decimal(7))]
    with world.acting(world.actor(seller)) as actor:
        expected = [(row.scheduled_on, row.balance) for row in queries.expected(actor)]
    assert expected == [(soon, Decimal(100)), (soon, Decimal(30)), (later, Decimal(7)), (far, Decimal(9))]


def test_standing_counts_ones_own_and_stops_at_99(world: World, buyer: Buyer, seller: Seller,
                                                  stranger: Seller) -> None:
    for _number in range(100):
        world.invoice(seller, status=S.APPROVED)
    world.invoice(seller, status=S.SCHEDULED)
    world.invoice(stranger, status=S.IN_REVIEW)
    with world.acting(world.actor(buyer, "administrator")) as actor:
        found = queries.by_status(actor)
    assert (found["in_review"], found["approved"], found["scheduled"], found["partly_paid"]) == ("0", "99+", "1", "0")


def test_what_waits_for_its_date_is_counted_and_listed_without_credit_notes(
        world: World, client: FlaskClient, buyer: Buyer, seller: Seller) -> None:
    world.invoice(seller, status=S.APPROVED, number="A-1")
    credit = world.invoice(seller, status=S.APPROVED, number="NC-2", cfdi_type="E", total="348.00")
    world.invoice(seller, status=S.APPROVED, number="Z-3", total="0.00")
    with world.acting(world.actor(seller)) as actor:
        assert queries.by_status(actor)["approved"] == "1"
    world.sign_in(client, seller.person)
    assert 'href="/invoices/in-process?status=undated"' in client.get("/").text
    listed = client.get("/invoices/in-process?status=undated").text
    assert ["A-1" in listed, "NC-2" in listed, "Z-3" in listed] == [True, False, False]
    for where in ("/invoices/in-process", f"/invoices/{credit.id}"):  # in the client's favour, on either page
        assert "-$348.00" in client.get(where).text


def test_records_that_expire_are_the_clients_own_soonest_first(world: World, buyer: Buyer, stranger: Seller) -> None:
    later, sooner, fine = (world.supplier(buyer, f"Proveedora {n}", f"PRO01010{n}AB1") for n in range(3))
    for seller, status, days in ((later, RecordStatus.EXPIRING, 20), (sooner, RecordStatus.EXPIRED, -2),
                                 (fine, RecordStatus.APPROVED, 90), (stranger, RecordStatus.EXPIRED, -9)):
        _record(world, seller, status, today("America/Mexico_City") + timedelta(days=days))
    with world.acting(world.actor(buyer, "auditor")) as actor:
        assert [name for _record, name in queries.expiring(actor)] == ["Proveedora 1", "Proveedora 0"]
    with world.acting(world.actor(later)) as actor:
        assert [(line.client, line.record.status) for line in queries.records(actor)] == [
            (buyer.organization.name, RecordStatus.EXPIRING)]
    with world.acting(world.actor(buyer, "auditor")) as actor:
        assert queries.records(actor) == []


def _record(world: World, seller: Seller, status: RecordStatus, expiry: date) -> None:
    with world.owner():
        db.session.execute(update(Record).where(Record.relationship_id == seller.id)
                           .values(status=status, next_expiry=expiry))


def test_who_approves_sees_what_waits_longest_on_the_first_page(world: World, client: FlaskClient, buyer: Buyer,
                                                                seller: Seller) -> None:
    invoice = world.invoice(seller, status=S.IN_REVIEW, number="A-77")
    with world.acting(world.actor(seller)) as actor:
        approvals.begin_run_of(invoice.id, "", actor)
    for role, seen in (("accounts_payable", True), ("treasury", False)):
        world.sign_in(client, buyer.people[role])
        page = client.get("/").text
        assert (f'href="/inbox/{invoice.id}">A-77' in page) is seen, role


def test_the_coming_payments_lead_to_their_day_and_say_which_are_late(world: World, client: FlaskClient, buyer: Buyer,
                                                                      seller: Seller) -> None:
    late = today("America/Mexico_City") - timedelta(days=2)
    world.invoice(seller, status=S.SCHEDULED, total="100.00", scheduled_on=late)
    world.sign_in(client, buyer.people["treasury"])
    page = client.get("/").text
    assert f"/treasury/?state=scheduled&amp;until={late}" in page and "distance-late" in page and "$100.00 MXN" in page
