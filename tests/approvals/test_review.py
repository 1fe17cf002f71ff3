"""What the page of one invoice offers, as it stands, to whom."""
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from lxml import html

from portal.invoices.models import InvoiceStatus as S
from tests.factories import World

PAY, REOPEN = "/treasury/pay/", "/reopen"
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)  # of one day, so that each process names its tests the same


@pytest.mark.parametrize(("status", "more", "offered"), [
    (S.APPROVED, {}, {"treasury": PAY}), (S.SCHEDULED, {}, {"treasury": PAY}), (S.PARTLY_PAID, {}, {"treasury": PAY}),
    (S.APPROVED, {"cfdi_type": "E"}, {"treasury": PAY}), (S.PARTLY_APPLIED, {"cfdi_type": "E"}, {"treasury": PAY}),
    (S.APPLIED, {"cfdi_type": "E"}, {}), (S.PAID, {}, {}), (S.WITHDRAWN, {}, {}),
    (S.REJECTED, {}, {"administrator": REOPEN, "accounts_payable": REOPEN}),
    (S.REJECTED, {"reopened_at": LONG_AGO}, {}),
], ids=str)
def test_what_can_be_done_next_is_offered_to_those_who_may(
        world: World, client: FlaskClient, status: S, more: dict[str, object], offered: dict[str, str]) -> None:
    buyer = world.client()
    invoice = world.invoice(world.supplier(buyer), status=status, reason="no es nuestra", **more)
    for role, person in buyer.people.items():
        page = html.fromstring(world.sign_in(client, person).get(f"/inbox/{invoice.id}").text)
        acts = page.xpath("//main//a/@href | //main//form/@action")
        found = {act for act in (PAY, REOPEN) if any(act in one for one in acts)}
        assert found == ({offered[role]} if role in offered else set()), role
