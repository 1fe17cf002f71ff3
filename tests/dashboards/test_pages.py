"""The first page as each role sees it: its figures with their links, and what is coming."""
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import update

from portal.access.policy import Role
from portal.core import db
from portal.core.clock import today
from portal.invoices.models import InvoiceStatus as S
from portal.suppliers.models import Record, RecordStatus
from tests.factories import World

ZONE = "America/Mexico_City"
INBOX, RECORDS, UNDATED = "/inbox/", "/records/", "/treasury/?state=unscheduled"
EVERYBODYS = ["/invoices/?status=in_review", "/invoices/?status=scheduled"]
FIGURES = {
    "administrator": [INBOX, RECORDS], "accounts_payable": [INBOX, RECORDS], "approver": [INBOX],
    "treasury": [UNDATED], "auditor": [],
}


def _figures(page: str) -> dict[str, str]:
    """Return the number of each figure by where it leads."""
    return {one.get("href"): one.xpath("string(.//*[contains(@class, 'figure-value')])").strip()
            for one in html.fromstring(page).xpath("//*[@class='figures']//a")}


def test_each_role_has_its_figures(world: World, client: FlaskClient) -> None:
    buyer = world.client()
    seller = world.supplier(buyer)
    for status in (S.IN_REVIEW, S.IN_REVIEW, S.APPROVED, S.APPROVED, S.APPROVED, S.SCHEDULED):
        world.invoice(seller, status=status)
    for role, own in FIGURES.items():
        found = _figures(world.sign_in(client, buyer.people[role]).get("/").text)
        assert list(found) == [*own, *EVERYBODYS], role
        assert [found[one] for one in EVERYBODYS] == ["2", "1"]
        assert found.get(INBOX, "0") == "0" and found.get(UNDATED, "3") == "3", role


def test_a_suppliers_figures_lead_to_what_they_count(world: World, client: FlaskClient) -> None:
    seller = world.supplier(world.client())
    for status in (S.DRAFT, S.DRAFT, S.DRAFT, S.IN_REVIEW, S.SCHEDULED, S.SCHEDULED):
        world.invoice(seller, status=status)
    assert _figures(world.sign_in(client, seller.person).get("/").text) == {
        "/invoices/to-send": "3", "/invoices/in-process?status=in_review": "1",
        "/invoices/in-process?status=undated": "0", "/invoices/in-process?status=scheduled": "2"}


@pytest.mark.parametrize(("role", "linked"), [("treasury", True), ("auditor", False)])
def test_only_who_schedules_is_led_to_the_day(world: World, client: FlaskClient, role: str, linked: bool) -> None:
    buyer = world.client()
    day = today(ZONE) + timedelta(days=3)
    world.invoice(world.supplier(buyer), status=S.SCHEDULED, scheduled_on=day)
    page = world.sign_in(client, buyer.people[role]).get("/").text
    assert "$1,160.00 MXN" in page and (f"until={day}" in page) is linked


@pytest.mark.parametrize(("status", "word"), [
    (RecordStatus.EMPTY, "Empezarlo"), (RecordStatus.READY, "Enviarlo"), (RecordStatus.CORRECTIONS, "Corregirlo"),
    (RecordStatus.EXPIRED, "Renovarlo"), (RecordStatus.SENT, ""), (RecordStatus.APPROVED, "")])
def test_a_supplier_is_told_what_its_record_needs_and_what_comes_in(
        world: World, client: FlaskClient, status: RecordStatus, word: str) -> None:
    seller = world.supplier(world.client())
    day = today(ZONE) + timedelta(days=5)
    invoice = world.invoice(seller, status=S.SCHEDULED, scheduled_on=day, number="B-9", total="77.00")
    with world.owner():
        db.session.execute(update(Record).values(status=status))
    page = html.fromstring(world.sign_in(client, seller.person).get("/").text)
    acts = page.xpath(f"//main//a[contains(@class, 'btn')][@href='/record/{seller.id}']/text()")
    assert acts == ([word] if word else [])
    row = page.xpath(f"//main//tr[.//a[@href='/invoices/{invoice.id}']]")[0].text_content()
    assert "B-9" in row and "Comercializadora del Valle" in row and "77.00" in row


def test_the_operator_is_led_to_the_clients(world: World, client: FlaskClient) -> None:
    person = world.colleague(world.client().organization, Role.OPERATOR)
    led = world.sign_in(client, person).get("/")
    assert (led.status_code, led.location) == (303, "/clients")
