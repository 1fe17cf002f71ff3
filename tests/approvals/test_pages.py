"""The inbox, the review page and the stages' settings."""
from decimal import Decimal

import pytest
from flask import Flask, get_template_attribute
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.approvals import configuration
from portal.approvals import services as approvals
from portal.approvals.models import ApprovalStep, Quorum, StageRule
from portal.core import db
from portal.core.clock import now
from portal.core.types import columns
from portal.invoices import rows
from portal.invoices.models import Invoice, InvoiceStatus, StampState
from tests.approvals.test_services import sent
from tests.factories import Buyer, Seller, World
from tests.forms import as_shown, columns_of, guard


def waiting(world: World, buyer: Buyer, seller: Seller) -> tuple[Invoice, ApprovalStep]:
    invoice = world.invoice(seller, status=InvoiceStatus.IN_REVIEW)
    with world.acting(world.actor(seller)) as actor:
        approvals.begin_run_of(invoice.id, "", actor)
    with world.owner():
        return (db.session.get_one(Invoice, invoice.id),
                db.session.scalars(select(ApprovalStep).filter_by(invoice_id=invoice.id)).one())


def test_deciding_in_the_browser(world: World, client: FlaskClient) -> None:
    buyer = world.client()
    invoice, step = waiting(world, buyer, world.supplier(buyer))
    world.sign_in(client, buyer.people["accounts_payable"])
    assert invoice.number in client.get("/inbox/").text
    page = client.get(f"/inbox/{invoice.id}")
    data = {"step_id": str(step.id), "version": str(invoice.version), "verdict": "returned"}
    refused = client.post(f"/inbox/{invoice.id}", data={**guard(page.text), **data})
    assert refused.status_code == 422 and "Di por qué" in refused.text
    done = client.post(f"/inbox/{invoice.id}", data={**guard(refused.text), **data, "reason": "falta la orden"})
    assert done.status_code == 303
    stale = client.post(f"/inbox/{invoice.id}", data={**guard(page.text), **data, "verdict": "approved", "_once": "x"})
    assert stale.status_code in (404, 409)


def test_the_next_one_is_shown_until_none_waits(world: World, client: FlaskClient) -> None:
    buyer = world.client()
    seller = world.supplier(buyer)
    first, second, third = (waiting(world, buyer, seller) for _n in range(3))
    world.sign_in(client, buyer.people["accounts_payable"])
    for (invoice, step), verdict, leads in ((second, "approved", f"/inbox/{third[0].id}"),
                                            (third, "returned", f"/inbox/{first[0].id}"),
                                            (first, "approved", "/inbox/")):
        page = client.get(f"/inbox/{invoice.id}")
        data = {"step_id": str(step.id), "version": str(invoice.version), "verdict": verdict, "reason": "falta algo"}
        done = client.post(f"/inbox/{invoice.id}", data={**guard(page.text), **data, "then": "next"})
        assert (done.status_code, done.headers["Location"]) == (303, leads), "what was passed over comes at the end"
    after = client.get("/inbox/").text
    assert f"{first[0].number} aprobada: era su última etapa" in after and "Nada espera tu decisión" in after


def test_approving_several_shows_the_effect_first(world: World, client: FlaskClient) -> None:
    buyer = world.client()
    seller = world.supplier(buyer)
    pairs = [waiting(world, buyer, seller) for _n in range(3)]
    world.sign_in(client, buyer.people["accounts_payable"])
    inbox = client.get("/inbox/")
    chosen = {"selected": [str(step.id) for _i, step in pairs[:2]]}
    preview = client.post("/inbox/approve", data={**guard(inbox.text), **chosen, "action": "preview"})
    assert "Aprobar 2 facturas" in preview.text and "$2,320.00" in preview.text, "their number and their sum"
    done = client.post("/inbox/approve", data={**guard(preview.text), **chosen, "action": "confirmed"})
    assert done.status_code == 303
    with world.owner():
        states = [db.session.get_one(Invoice, i.id).status for i, _s in pairs]
    assert states == [InvoiceStatus.APPROVED] * 2 + [InvoiceStatus.IN_REVIEW]


def test_approving_several_says_which_ones_stayed_and_notes_what_deserves_a_look(world: World, client: FlaskClient,
                                                                                  ) -> None:
    buyer = world.client()
    seller = world.supplier(buyer)
    (good, first), (bad, second) = waiting(world, buyer, seller), waiting(world, buyer, seller)
    with world.owner():
        row = db.session.get_one(Invoice, bad.id)
        row.stamp, row.verdict = StampState.PENDING, "warned"
        db.session.get_one(Invoice, good.id).verdict = "accepted"
    world.sign_in(client, buyer.people["accounts_payable"])
    inbox = client.get("/inbox/").text
    assert inbox.count("conviene revisar") == inbox.count("timbre en verificación") == 1
    data = {"selected": [str(first.id), str(second.id)], "action": "preview"}
    seen = client.post("/inbox/approve", data={**guard(inbox), **data}).text
    places = [seen.index(said) for said in ("Conviene revisar (1)", bad.number, "Todo bien (1)", f">{good.number}<")]
    assert places == sorted(places), "what is worth a look comes first"
    data["action"] = "confirmed"
    assert client.post("/inbox/approve", data={**guard(inbox), **data}).status_code == 303
    after = client.get("/inbox/").text
    assert "1 factura aprobada" in after and f"{bad.number}: El timbre de esta factura" in after


@pytest.mark.parametrize(("status", "reopened", "said", "act"), [
    (InvoiceStatus.REJECTED, False, "Rechazada definitivamente", True),
    (InvoiceStatus.REJECTED, True, "como factura nueva", False),
    (InvoiceStatus.DRAFT, False, "La tiene el proveedor", False),
    (InvoiceStatus.WITHDRAWN, False, "El proveedor la retiró", False)])
def test_the_page_says_who_has_what_is_not_in_review(world: World, client: FlaskClient, status: InvoiceStatus,
                                                     reopened: bool, said: str, act: bool) -> None:
    buyer = world.client()
    invoice = world.invoice(world.supplier(buyer), status=status, sent_at=now(), reason="era de otra empresa",
                            reopened_at=now() if reopened else None)
    for role, may in (("accounts_payable", act), ("auditor", False)):
        page = world.sign_in(client, buyer.people[role]).get(f"/inbox/{invoice.id}").text
        assert said in page and ("/reopen" in page) is may


@pytest.mark.parametrize("status", [s for s in InvoiceStatus if s is not InvoiceStatus.DELETED])
def test_a_status_has_the_words_of_the_lists(ctx: Flask, status: InvoiceStatus) -> None:
    invoice = Invoice(status=status, sent_at=now())
    word, kind = rows.status_of(invoice)
    drawn = get_template_attribute("approvals/_words.html", "status_of")(invoice)
    assert f"status-{kind}" in drawn and word in drawn


def test_the_stages_settings(world: World, client: FlaskClient) -> None:
    buyer = world.client()
    world.sign_in(client, buyer.people["administrator"])
    form = client.get("/settings/approvals/new")
    empty = client.post("/settings/approvals/new", data={**guard(form.text), "label_es": "Compras", "quorum": "any"})
    assert empty.status_code == 422 and "nadie" in empty.text
    odd = {"label_es": "Compras", "quorum": "any", "approver_roles": "approver", "currencies": "usd, pesos"}
    refused = client.post("/settings/approvals/new", data={**guard(empty.text), **odd})
    assert refused.status_code == 422 and "«PESOS» no es una moneda" in refused.text, "it would never apply"
    data = {
        "label_es": "Compras",
        "quorum": "any",
        "approver_roles": "approver",
        "approver_ids": str(buyer.people["approver"].user.id),
        "minimum": "500",
        "currencies": "usd, mxn",
    }
    assert client.post("/settings/approvals/new", data={**guard(refused.text), **data}).status_code == 303
    with world.owner():
        rule = db.session.scalars(select(StageRule)).one()
        assert (rule.label_es, rule.currencies, rule.minimum) == ("Compras", ["USD", "MXN"], 500)
        assert rule.approver_ids == [buyer.people["approver"].user.id]
    listed = client.get("/settings/approvals/").text
    assert "Compras" in listed and "Approver Prueba" in listed
    assert client.get(f"/settings/approvals/{rule.id}").status_code == 200
    index = client.get("/settings/approvals/")
    assert ">Archivar<" in index.text and ">Archivo<" not in index.text.partition("<main")[2]
    assert client.post(f"/settings/approvals/{rule.id}/archive", data=guard(index.text)).status_code == 303
    assert "Compras" not in client.get("/settings/approvals/").text


def test_a_stage_sent_back_as_its_page_shows_it_is_as_it_was(world: World, client: FlaskClient) -> None:
    """Every condition has its field on the page, is shown there as it is, and is kept."""
    buyer = world.client()
    whole = configuration.SaveStage("Área", "Area", (buyer.people["approver"].user.id,), ("approver",), Quorum.ALL,
                                    Decimal(100), Decimal(5000), ("USD", "EUR"), ("I", "foreign"), ("norte", "sur"))
    assert set(columns(whole)) == columns_of(StageRule, but="position")
    with world.acting(world.actor(buyer, "administrator")) as actor:
        row = configuration.save(whole, actor)
    world.sign_in(client, buyer.people["administrator"])
    shown = as_shown(client.get(f"/settings/approvals/{row.id}").text)
    assert client.post(f"/settings/approvals/{row.id}", data=shown).status_code == 303
    with world.owner():
        kept = db.session.get_one(StageRule, row.id)
        assert {name: getattr(kept, name) for name in columns(whole)} == columns(whole)


@pytest.mark.parametrize("amount", ["10000000000000", "1e400", "NaN", "-1", "1.005"])
def test_what_is_no_amount_is_no_condition(world: World, client: FlaskClient, amount: str) -> None:
    world.sign_in(client, world.client().people["administrator"])
    form = client.get("/settings/approvals/new").text
    data = {**guard(form), "label_es": "Compras", "quorum": "any", "approver_roles": "approver"}
    assert client.post("/settings/approvals/new", data={**data, "minimum": amount}).status_code == 422
    assert client.post("/settings/approvals/new", data={**data, "minimum": "1,500.50"}).status_code == 303
    with world.owner():
        assert db.session.scalars(select(StageRule.minimum)).one() == Decimal("1500.50")


def test_a_supplier_does_not_look_behind_the_counter(world: World, client: FlaskClient) -> None:
    seller = world.supplier(world.client())
    invoice = sent(world, seller)
    world.sign_in(client, seller.person)
    assert client.get(f"/inbox/{invoice.id}").headers["Location"] == f"/invoices/{invoice.id}"


def test_another_clients_invoice_and_stage_do_not_exist(world: World, client: FlaskClient) -> None:
    buyer, other = world.client(), world.client("Ajena", "AJE010101AA1")
    invoice, step = waiting(world, buyer, world.supplier(buyer))
    world.sign_in(client, other.people["accounts_payable"])
    page = client.get("/inbox/")
    assert client.get(f"/inbox/{invoice.id}").status_code == 404
    data = {**guard(page.text), "step_id": str(step.id), "version": "1", "verdict": "approved"}
    assert client.post(f"/inbox/{invoice.id}", data=data).status_code in (400, 404)
