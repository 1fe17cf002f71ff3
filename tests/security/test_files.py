"""Who opens a file: by what it was given for, above the wall of the database, and never without a trace when it says
where money goes."""
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from portal.access.policy import OPENS, Purpose, Role
from portal.audit.models import AuditEvent
from portal.core import db
from portal.core.errors import NotFound
from portal.core.types import Upload
from portal.invoices.models import InvoiceRequirement, InvoiceStatus, RequirementAnswer, RequirementType
from portal.storage import services
from tests.factories import Person, World
from tests.papers import PDF
from tests.security.conftest import Two
from tests.security.rows import Holding

CLIENT_ROLES = ("administrator", "accounts_payable", "approver", "treasury", "auditor")
SUPPLIER_ROLES = ("supplier_administrator", "supplier_user")
EVERYBODY = {*CLIENT_ROLES, *SUPPLIER_ROLES}
MAY_OPEN = {
    "invoice": EVERYBODY, "attachment": EVERYBODY, "record": EVERYBODY, "payment": EVERYBODY,
    "draft": {*SUPPLIER_ROLES}, "unmentioned": {*SUPPLIER_ROLES},
    "bank_proof": EVERYBODY - {"approver"},
}


@pytest.fixture(scope="session")
def drawer(app: Flask, settled: tuple[Holding, Holding]) -> dict[str, UUID]:
    """A real file of every sort of the first client's supplier, kept once: each is opened in a box."""
    with app.app_context():
        world = World(app)
        world._count = 500
        return {sort: _kept(world, settled[0], sort) for sort in MAY_OPEN}


def _kept(world: World, at: Holding, sort: str) -> UUID:
    purpose = Purpose(sort) if sort in set(Purpose) else Purpose.INVOICE
    giver = world.actor(at.buyer, "treasury") if purpose is Purpose.PAYMENT else world.actor(at.seller)
    with world.acting(giver):
        kept = services.keep(Upload(f"{sort}.pdf", PDF + b"%" + sort.encode()), purpose=purpose, allowed=("pdf",),
                             client_id=at.buyer.id, relationship_id=at.seller.id, actor=giver).id
    if sort in ("invoice", "draft"):
        status = InvoiceStatus.DRAFT if sort == "draft" else InvoiceStatus.IN_REVIEW
        world.invoice(at.seller, status=status, pdf_file_id=kept)
    elif sort == "attachment":
        _answer(world, at, kept)
    return kept


def _answer(world: World, at: Holding, file_id: UUID) -> None:
    invoice = world.invoice(at.seller, status=InvoiceStatus.IN_REVIEW)
    with world.owner():
        wanted = InvoiceRequirement(client_id=at.buyer.id, position=9, label_es="Pedido", type=RequirementType.FILE)
        db.session.add(wanted)
        db.session.flush()
        db.session.add(RequirementAnswer(client_id=at.buyer.id, relationship_id=at.seller.id, invoice_id=invoice.id,
                                         requirement_id=wanted.id, file_id=file_id))


def _opened(browser: FlaskClient, drawer: dict[str, UUID]) -> dict[str, int]:
    return {sort: browser.get(f"/files/{file_id}").status_code for sort, file_id in drawer.items()}


def _of(two: Two, role: str, at: Holding) -> Person:
    return at.buyer.people[role] if role in CLIENT_ROLES else two.world.colleague(at.seller.organization, Role(role))


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_a_file_opens_to_those_who_may_see_what_it_was_given_for(
        two: Two, client: FlaskClient, drawer: dict[str, UUID], role: str) -> None:
    two.world.sign_in(client, _of(two, role, two.mine))
    statuses = _opened(client, drawer)
    assert {sort for sort, status in statuses.items() if status == 200} == {s for s in MAY_OPEN if role in MAY_OPEN[s]}
    assert {status for status in statuses.values()} <= {200, 403, 404}


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_no_file_opens_to_another_client_or_its_suppliers(
        two: Two, client: FlaskClient, drawer: dict[str, UUID], role: str) -> None:
    two.world.sign_in(client, _of(two, role, two.theirs))
    assert set(_opened(client, drawer).values()) == {404}


def test_no_file_opens_to_another_supplier_of_the_same_client(
        two: Two, client: FlaskClient, drawer: dict[str, UUID]) -> None:
    two.world.sign_in(client, two.mine.other.person)
    assert set(_opened(client, drawer).values()) == {404}


@pytest.mark.parametrize("stranger", ["client", "supplier", "rival"])
def test_the_service_refuses_even_where_the_database_would_show_the_row(
        two: Two, drawer: dict[str, UUID], stranger: str) -> None:
    """The two walls do not lean on each other: here the transaction sees the rows, and the actor is another."""
    who = {"client": lambda: two.world.actor(two.theirs.buyer, "administrator"),
           "supplier": lambda: two.world.actor(two.theirs.seller),
           "rival": lambda: two.world.actor(two.mine.other)}[stranger]()
    with two.world.acting(two.world.actor(two.mine.buyer, "administrator")):
        for file_id in drawer.values():
            with pytest.raises(NotFound):
                services.find(file_id, who)


def test_the_image_of_a_page_is_behind_the_same_door(two: Two, client: FlaskClient, drawer: dict[str, UUID]) -> None:
    with two.world.owner():
        for file_id in drawer.values():
            services.keep_pages(file_id, [b"\x89PNG page of " + file_id.bytes])
    two.world.sign_in(client, two.mine.buyer.people["approver"])
    got = {sort: client.get(f"/files/{file_id}/pages/1").status_code for sort, file_id in drawer.items()}
    assert {s for s, status in got.items() if status == 200} == {"invoice", "attachment", "record", "payment"}


@pytest.mark.parametrize("role", ["administrator", "accounts_payable", "treasury", "auditor", "supplier_user"])
def test_every_look_at_a_bank_proof_is_written_down(
        two: Two, client: FlaskClient, drawer: dict[str, UUID], role: str) -> None:
    with two.world.owner():
        services.keep_pages(drawer["bank_proof"], [b"\x89PNG"])
    person = _of(two, role, two.mine)
    two.world.sign_in(client, person)
    for address in (f"/files/{drawer['bank_proof']}", f"/files/{drawer['bank_proof']}/pages/1",
                    f"/files/{drawer['invoice']}"):
        assert client.get(address).status_code == 200
    with two.world.owner():
        seen = db.session.scalars(select(AuditEvent).filter_by(kind="FileOpened")).all()
    assert [(e.subject_id, e.user_id, e.client_id) for e in seen] == [
        (drawer["bank_proof"], person.user.id, two.mine.buyer.id)] * 2


def test_who_was_refused_leaves_no_such_trace(two: Two, client: FlaskClient, drawer: dict[str, UUID]) -> None:
    for person in (two.mine.buyer.people["approver"], two.theirs.buyer.people["treasury"], two.mine.other.person):
        two.world.sign_in(client, person)
        assert client.get(f"/files/{drawer['bank_proof']}").status_code in (403, 404)
    with two.world.owner():
        count = select(func.count()).select_from(AuditEvent).filter_by(kind="FileOpened")
        assert db.session.scalar(count) == 0


def test_every_purpose_says_who_opens_it() -> None:
    assert set(OPENS) == set(Purpose) and all(OPENS.values())
