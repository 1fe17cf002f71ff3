"""What a new client's administrator has still to set up."""
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from portal.access.policy import Role
from portal.approvals.models import StageRule
from portal.core import db
from portal.core.clock import now
from portal.dashboards import first_steps
from portal.invoices.models import InvoiceRequirement, InvoiceStatus, RequirementType
from portal.suppliers.models import RecordSection
from tests.factories import Buyer, World

ALONE = (Role.ADMINISTRATOR,)
ADDED: dict[str, Callable[[Buyer], object]] = {
    "approvals_settings": lambda b: StageRule(client_id=b.id, position=1, label_es="Compras",
                                              approver_roles=["approver"]),
    "suppliers_layout": lambda b: RecordSection(client_id=b.id, position=1, title_es="Fiscal"),
    "invoices_settings": lambda b: InvoiceRequirement(client_id=b.id, position=1, label_es="Pedido",
                                                      type=RequirementType.TEXT),
}


def _done(world: World, buyer: Buyer) -> set[str]:
    with world.acting(world.actor(buyer, "administrator")) as actor:
        return {step.endpoint.partition(".")[0] for step, done in first_steps.left(actor) if done}


def test_a_new_client_has_everything_before_it(world: World, client: FlaskClient) -> None:
    buyer = world.client(roles=ALONE)
    stranger = world.client("Otra", "OTR010101AB1")
    world.supplier(stranger)
    assert _done(world, buyer) == set()
    world.sign_in(client, buyer.people["administrator"])
    page = client.get("/").text
    assert "Primeros pasos" in page
    for step in first_steps.STEPS:
        with client.application.test_request_context():
            assert f'<a href="{client.application.url_for(step.endpoint)}">' in page


@pytest.mark.parametrize("what", ADDED)
def test_what_is_configured_is_done_until_it_is_archived(world: World, what: str) -> None:
    buyer = world.client(roles=ALONE)
    with world.owner():
        row = ADDED[what](buyer)
        db.session.add(row)
    assert _done(world, buyer) == {what}
    with world.owner():
        row.archived_at = now()  # type: ignore[attr-defined]
        db.session.merge(row)
    assert _done(world, buyer) == set()


def test_people_and_suppliers_count_when_they_are_there(world: World) -> None:
    buyer = world.client(roles=ALONE)
    world.colleague(buyer.organization, Role.TREASURY)
    assert _done(world, buyer) == {"accounts_people"}
    world.supplier(buyer)
    assert _done(world, buyer) == {"accounts_people", "suppliers"}


def test_they_are_the_administrators_and_go_with_the_first_invoice(world: World, client: FlaskClient) -> None:
    buyer = world.client()
    seller = world.supplier(buyer)
    world.invoice(seller, status=InvoiceStatus.DRAFT)
    for role, person in buyer.people.items():
        shown = "Primeros pasos" in world.sign_in(client, person).get("/").text
        assert shown == (role == "administrator"), role
    world.invoice(seller, status=InvoiceStatus.IN_REVIEW)
    world.sign_in(client, buyer.people["administrator"])
    assert "Primeros pasos" not in client.get("/").text
