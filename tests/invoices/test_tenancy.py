"""Every address, as a stranger: another supplier of the same client, another client, nobody, and a lower role."""
from uuid import uuid4

import pytest
from flask import Flask

from portal.core.db import session
from portal.core.errors import NotFound
from portal.invoices import demands, queries, services
from portal.invoices.models import IntakeAttempt, Invoice, InvoiceRequirement, InvoiceStatus, RequirementType
from portal.invoices.services import SaveRequirement
from portal.web import listing
from portal.web.page import ROUTES
from tests.invoices.browser import Browser
from tests.invoices.conftest import detached


@pytest.fixture()
def asked(world, buyer):
    admin = world.actor(buyer, "administrator")
    with world.acting(admin):
        return detached(services.add_requirement(SaveRequirement(type=RequirementType.TEXT, label_es="Orden",
                                                                 mandatory=False), admin))


def strangers(world, buyer):
    """(name, person) of those to whom the invoice does not belong."""
    rival = detached(world.supplier(buyer, "Rival", "RIV060606KL7"))
    elsewhere = detached(world.client("Otra Compradora", "OCO050505IJ6"))
    theirs = detached(world.supplier(elsewhere, "Ajena", "AJE070707MN8"))
    return {"rival": rival.person, "their supplier": theirs.person,
            "other administrator": elsewhere.people["administrator"],
            "other payables": elsewhere.people["accounts_payable"], "other treasury": elsewhere.people["treasury"]}


def state(world):
    with world.owner():
        return [[tuple(str(v) for k, v in sorted(vars(row).items()) if not k.startswith("_")) for row in
                 session.query(kind).order_by(kind.id)] for kind in (Invoice, InvoiceRequirement, IntakeAttempt)]


def addresses(draft, asked):
    values = {"invoice_id": draft.invoice.id, "requirement_id": asked.id, "attempt_id": draft.attempt.id,
              "relationship_id": draft.invoice.relationship_id, "file_id": draft.invoice.pdf_file_id}
    prefixes = {"invoices": "/invoices", "invoices_settings": "/settings/invoices"}
    for route in ROUTES.values():
        blueprint = route.endpoint.partition(".")[0]
        if blueprint in prefixes and "<" in route.rule:
            path = route.rule
            for name, value in values.items():
                path = path.replace(f"<uuid:{name}>", str(value))
            assert "<" not in path, path
            for method in route.methods:
                yield method, prefixes[blueprint] + path


@pytest.mark.parametrize("sent", [False, True])
def test_every_address_of_another_tenant_is_not_found(sent, ctx: Flask, world, buyer, draft, asked):
    if sent:
        with world.owner():
            row = session.get_one(Invoice, draft.invoice.id)
            row.status, row.sent_at = InvoiceStatus.IN_REVIEW, row.created_at
        session.expunge_all()
    people, before, tried = strangers(world, buyer), state(world), 0
    for name, person in people.items():
        seat = Browser(world.sign_in(ctx.test_client(), person))
        for method, path in addresses(draft, asked):
            answer = seat.get(path) if method == "GET" else seat.post(path, {"version": 1, "value": "x"},
                                                                      page="/profile")
            assert answer.status_code in (403, 404), (name, method, path, answer.status_code)
            assert "A-101" not in answer.text and "Orden" not in answer.text, (name, path)
            tried += 1
    assert tried >= 5 * 20
    assert state(world) == before


def test_lists_never_show_another_tenants(ctx: Flask, world, buyer, draft):
    for person in strangers(world, buyer).values():
        seat = Browser(world.sign_in(ctx.test_client(), person))
        for path in ("/invoices/", "/invoices/to-send", "/invoices/in-process", "/invoices/attempts",
                     f"/invoices/in-process?client={buyer.id}&q=A-101", "/invoices/?q=A-101&status=open"):
            assert "A-101" not in seat.get(path, follow_redirects=True).text.replace('value="A-101"', "")


def test_nobody_is_sent_to_sign_in(ctx: Flask, draft, asked):
    seat = ctx.test_client()
    for method, path in addresses(draft, asked):
        answer = seat.open(path, method=method)
        assert answer.status_code in (303, 400), (path, answer.status_code)
        assert answer.status_code == 400 or "/sign-in" in answer.location


def test_an_auditor_reads_and_changes_nothing(ctx: Flask, world, buyer, draft, asked):
    seat = Browser(world.sign_in(ctx.test_client(), buyer.people["auditor"]))
    assert seat.get("/invoices/").status_code == 200
    before = state(world)
    for method, path in addresses(draft, asked):
        if method == "POST":
            assert seat.post(path, {"version": 1}, page="/profile").status_code in (403, 404), path
    assert state(world) == before


def test_queries_do_not_find_what_is_foreign(world, supplier, buyer, draft, asked):
    rival = detached(world.supplier(buyer, "Rival", "RIV060606KL7"))
    actor = world.actor(rival)
    with world.acting(actor):
        for look in (lambda: queries.get(actor, draft.invoice.id), lambda: queries.locked(actor, draft.invoice.id),
                     lambda: queries.attempt(actor, draft.attempt.id),
                     lambda: demands.requirement(actor, buyer.id, uuid4())):
            with pytest.raises(NotFound):
                look()


def test_the_second_wall_holds_when_a_query_forgets(world, buyer, draft):
    actor = world.actor(detached(world.supplier(buyer, "Rival", "RIV060606KL7")))
    with world.acting(actor):
        assert session.query(Invoice).count() == 0
        assert session.query(IntakeAttempt).count() == 0


def test_the_first_wall_holds_by_itself(world, buyer, draft, asked):
    """As the owner of the schema, whom no row-level policy stops: the queries alone show nothing foreign."""
    rival = world.actor(detached(world.supplier(buyer, "Rival", "RIV060606KL7")))
    stranger = world.actor(detached(world.client("Otra Compradora", "OCO050505IJ6")), "administrator")
    with world.owner():
        for actor in (rival, stranger):
            assert not queries.attempts(actor).rows and not queries.to_send(actor).rows
            assert not queries.everything(actor, queries.Filters()).rows
            assert not queries.in_process(actor, queries.Filters()).rows and listing.count(actor, queries.DRAFTS) == ""
            for look in (lambda a=actor: queries.get(a, draft.invoice.id),
                         lambda a=actor: queries.locked(a, draft.invoice.id),
                         lambda a=actor: queries.attempt(a, draft.attempt.id)):
                with pytest.raises(NotFound):
                    look()
        with pytest.raises(NotFound):
            demands.requirement(stranger, stranger.client_id, asked.id)


def test_one_supplier_of_two_clients_sees_both_and_only_its_own(ctx: Flask, world, papers, draft):
    other = detached(world.client("Otra Compradora", "OCO050505IJ6"))
    second = detached(world.supplier(other, organization=papers.seller.organization, person=papers.seller.person))
    detached(world.invoice(second, number="Z-9"))
    seat = Browser(world.sign_in(ctx.test_client(), papers.seller.person))
    page = seat.get("/invoices/to-send").text
    assert "A-101" in page and "Z-9" in page and "Otra Compradora" in page
    for chosen in (papers.seller.id, second.id):
        form = seat.get(f"/invoices/new?client={chosen}").text
        assert f'<option selected value="{chosen}"' in form and form.count("<option selected") == 1
