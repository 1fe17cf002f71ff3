"""Registering suppliers, their links, and who may."""
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from portal.access.policy import Role
from portal.accounts import joining, links
from portal.accounts.models import Link
from portal.audit.models import AuditEvent
from portal.core import db
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from portal.core.folding import fold
from portal.suppliers import gate, queries, reviews, services
from portal.suppliers.models import (
    Record,
    RecordGate,
    RecordPolicy,
    RecordStatus,
    Relationship,
    RelationshipStatus,
    SupplierKind,
)
from tests.factories import World


def command(**more: object) -> services.InviteSupplier:
    values: dict[str, object] = {
        "name": "Ferretería Águila", "kind": SupplierKind.COMPANY, "tax_id": "fag-010203-ab1", "country": "MEX",
        "contact_name": "Ana", "contact_email": "ana@aguila.example", "locale": "es", **more}
    return services.InviteSupplier(**values)  # type: ignore[arg-type]


def test_inviting_registers_opens_a_record_and_sends_one_link(world: World) -> None:
    client = world.client()
    with world.acting(world.actor(client, "accounts_payable")) as actor:
        row = services.invite(command(), actor)
        assert (row.tax_id, row.status, row.name_key) == (
            "FAG010203AB1",
            RelationshipStatus.INVITED,
            "ferreteria aguila",
        )
        assert db.session.scalars(select(Record).filter_by(relationship_id=row.id)).one().status is RecordStatus.EMPTY
    with world.owner():
        links = db.session.scalars(select(Link).filter_by(relationship_id=row.id)).all()
        assert [(x.email, x.roles) for x in links] == [("ana@aguila.example", [Role.SUPPLIER_ADMINISTRATOR.value])]


@pytest.mark.parametrize(("more", "field"), [
    ({"contact_email": "no-es-correo"}, "contact_email"), ({"tax_id": "ABC"}, "tax_id"),
    ({"tax_id": "ABCD010203AB1"}, "tax_id"), ({"tax_id": "AB1010203AB1"}, "tax_id"),
    ({"kind": SupplierKind.FOREIGN, "tax_id": "84-1"}, "country"),
    ({"kind": SupplierKind.PERSON, "tax_id": "FAG010203AB1"}, "tax_id"),
    ({"kind": SupplierKind.PERSON, "tax_id": "XAXX010101000"}, "tax_id"),
    ({"kind": SupplierKind.FOREIGN, "country": "USA", "tax_id": "xexx-010101-000"}, "tax_id"),
])
def test_what_cannot_be_right_is_refused_beside_its_field(world: World, more: dict[str, object], field: str) -> None:
    with world.acting(world.actor(world.client(), "administrator")) as actor, pytest.raises(Invalid) as refused:
        services.invite(command(**more), actor)
    assert field in refused.value.fields


@pytest.mark.parametrize(("kind", "tax_id", "word"), [
    (SupplierKind.PERSON, "FAG010203AB1", "empresa"), (SupplierKind.COMPANY, "IAEM800101AB1", "persona")])
def test_an_rfc_of_the_other_kind_says_which_kind_it_is(world: World, kind: SupplierKind, tax_id: str,
                                                        word: str) -> None:
    with world.acting(world.actor(world.client(), "administrator")) as actor, pytest.raises(Invalid) as refused:
        services.invite(command(kind=kind, tax_id=tax_id), actor)
    assert f"RFC de una {word}" in str(refused.value.fields["tax_id"])


def test_groups_in_use_are_offered_and_a_company_in_mexico_is_in_mexico(world: World) -> None:
    with world.acting(world.actor(world.client(), "administrator")) as actor:
        assert services.invite(command(group="oficina", country="USA"), actor).country == "MEX"
        services.invite(command(tax_id="ABC010203AB1", group="Ágil"), actor)
        services.invite(command(tax_id="DEF010203AB1"), actor)
        assert queries.groups(actor) == ["Ágil", "oficina"]
    with world.acting(world.actor(world.client(), "administrator")) as other:
        assert queries.groups(other) == []


def test_the_same_supplier_is_not_registered_twice(world: World) -> None:
    with world.acting(world.actor(world.client(), "administrator")) as actor:
        services.invite(command(), actor)
        with pytest.raises(Invalid) as refused:
            services.invite(command(contact_email="otra@aguila.example"), actor)
        assert "tax_id" in refused.value.fields
        assert len(db.session.scalars(select(Relationship)).all()) == 1


@pytest.mark.parametrize(("kind", "given", "kept"), [
    (SupplierKind.PERSON, "iaem 800101-ab1", "IAEM800101AB1"), (SupplierKind.COMPANY, "FAG010203AB1", "FAG010203AB1")])
def test_an_rfc_is_kept_as_sat_writes_it(world: World, kind: SupplierKind, given: str, kept: str) -> None:
    with world.acting(world.actor(world.client(), "administrator")) as actor:
        assert services.invite(command(kind=kind, tax_id=given), actor).tax_id == kept


def test_two_clients_may_register_the_same_supplier(world: World) -> None:
    for name, rfc in (("Uno", "UNO010101AA1"), ("Dos", "DOS010101AA1")):
        with world.acting(world.actor(world.client(name, rfc), "administrator")) as actor:
            services.invite(command(), actor)


def test_sending_again_kills_the_earlier_link(world: World) -> None:
    with world.acting(world.actor(world.client(), "administrator")) as actor:
        row = services.invite(command(), actor)
        services.resend(row.id, actor)
    with world.owner():
        alive = [x.revoked_at is None for x in db.session.scalars(select(Link).order_by(Link.id))]
    assert alive == [False, True]


def test_revoking_leaves_no_live_link(world: World) -> None:
    with world.acting(world.actor(world.client(), "administrator")) as actor:
        row = services.invite(command(), actor)
        services.revoke(row.id, actor)
    with world.owner():
        assert not db.session.scalars(select(Link).where(Link.revoked_at.is_(None))).all()


@pytest.mark.parametrize("role", ["approver", "treasury", "auditor"])
def test_only_those_who_may_invite(world: World, role: str) -> None:
    with world.acting(world.actor(world.client(), role)) as actor, pytest.raises(NotAllowed):
        services.invite(command(), actor)


def test_another_clients_supplier_does_not_exist(world: World) -> None:
    mine, other = world.client(), world.client("Otra", "OTR010101AA1")
    seller = world.supplier(other)
    with world.acting(world.actor(mine, "administrator")) as actor:
        for act in (services.resend, services.revoke, services.unblock):
            with pytest.raises((NotFound, Conflict)):
                act(seller.id, actor)
        with pytest.raises(NotFound):
            queries.relationship(actor, seller.id)


def test_a_change_of_address_moves_an_open_invitation_there_and_only_that(world: World) -> None:
    with world.acting(world.actor(world.client(), "administrator")) as actor:
        row = services.invite(command(), actor)
        services.change(row.id, "  Ferretería Cóndor ", "Fletes", "ana@aguila.example", actor)
        assert (row.name, row.name_key, row.group) == ("Ferretería Cóndor", "ferreteria condor", "Fletes")
        services.change(row.id, row.name, row.group, "beto@aguila.example", actor)
        services.change(row.id, row.name, row.group, "beto@aguila.example", actor)
        with pytest.raises(Invalid):
            services.change(row.id, row.name, row.group, "no-es-correo", actor)
    with world.owner():
        links = db.session.scalars(select(Link).filter_by(relationship_id=row.id).order_by(Link.id)).all()
        assert [(x.email, x.revoked_at is None) for x in links] == [("ana@aguila.example", False),
                                                                    ("beto@aguila.example", True)]
        told = db.session.scalars(select(AuditEvent).filter_by(kind="SupplierChanged").order_by(AuditEvent.id)).all()
        assert [sorted(event.details["changed"]) for event in told] == [["group", "name"], ["contact_email"]]


def test_a_change_of_address_of_one_that_has_joined_sends_no_link(world: World) -> None:
    client = world.client()
    seller = world.supplier(client)
    with world.acting(world.actor(client, "administrator")) as actor:
        services.change(seller.id, "Papelería", "", "nueva@nandu.example", actor)
        assert queries.relationship(actor, seller.id).contact_email == "nueva@nandu.example"
    with world.owner():
        assert not db.session.scalars(select(Link)).all()


def test_the_list_is_narrowed_by_words_and_status_and_is_the_clients_own(world: World) -> None:
    client, other = world.client(), world.client("Otra", "OTR010101AA1")
    for name, rfc in (("Zapatería Águila", "ZAG010101AA1"), ("Abarrotes 100%", "ABA010101AA1")):
        world.supplier(client, name, rfc)
    blocked = world.supplier(client, "Bloqueada", "BLO010101AA1")
    world.supplier(other, "Ajena Águila", "AJE010101AA1")
    with world.owner():
        db.session.get_one(Relationship, blocked.id).status = RelationshipStatus.BLOCKED
    actor = world.actor(client, "accounts_payable")

    def names(search: str = "", status: str = "") -> list[str]:
        wanted = queries.SupplierFilter(fold(search), status)
        return [row.name for row in queries.listed(actor, wanted, None).rows]

    for scope in (world.acting(actor), world.owner()):  # the first wall holds by itself
        with scope:
            assert names() == ["Abarrotes 100%", "Bloqueada", "Zapatería Águila"]
            assert names("águila") == names("zag01") == names("zapa AGUILA") == ["Zapatería Águila"]
            assert names("0%") == ["Abarrotes 100%"] and names("águila blo") == names("_") == []
            assert names(status="blocked") == ["Bloqueada"] and names("águila", "blocked") == []
            assert len(names(status="nonsense")) == 3


def test_a_relationship_is_found_by_its_two_sides_alone(world: World) -> None:
    client, other = world.client(), world.client("Otra", "OTR010101AA1")
    seller, rival = world.supplier(client), world.supplier(client, "Rival", "RIV010101AA1")
    with world.owner():  # the first wall holds by itself
        for mine in (world.actor(seller), world.actor(client, "auditor")):
            assert queries.relationship(mine, seller.id).id == seller.id
        for stranger in (world.actor(rival), world.actor(other, "administrator")):
            for look in (queries.relationship, queries.record_of, queries.approved_accounts):
                with pytest.raises(NotFound):
                    look(stranger, seller.id)
        with pytest.raises(NotFound):
            queries.relationship(world.actor(seller), uuid4())
        assert queries.reach(seller.organization.id) == ((seller.id,), (client.id,))
        db.session.get_one(Relationship, seller.id).status = RelationshipStatus.INVITED
        db.session.flush()
        assert queries.reach(seller.organization.id) == ((), ())


def test_blocking_closes_the_gate_and_unblocking_opens_it(world: World) -> None:
    client = world.client()
    seller = world.supplier(client)
    with world.acting(world.actor(client, "administrator")) as actor:
        with pytest.raises(Invalid):
            services.block(seller.id, "no", actor)
        services.block(seller.id, "facturas duplicadas", actor)
        with pytest.raises(Conflict):
            services.block(seller.id, "otra vez lo mismo", actor)
        assert gate.refusal(seller.id, "upload")
        services.unblock(seller.id, actor)
        assert gate.refusal(seller.id, "upload") is None
    with world.owner():
        told = db.session.scalars(select(AuditEvent).where(AuditEvent.kind.like("Supplier%locked"))).all()
        assert {event.kind: event.details.get("reason") for event in told} == {
            "SupplierBlocked": "facturas duplicadas", "SupplierUnblocked": None}


@pytest.mark.parametrize(("wanted", "approved", "status", "upload", "send"), [
    (RecordGate.NOTHING, True, RecordStatus.EMPTY, True, True),
    (RecordGate.BEFORE_UPLOAD, True, RecordStatus.EMPTY, False, False),
    (RecordGate.BEFORE_UPLOAD, False, RecordStatus.SENT, True, True),
    (RecordGate.BEFORE_UPLOAD, True, RecordStatus.SENT, False, False),
    (RecordGate.BEFORE_SENDING, True, RecordStatus.EXPIRED, True, False),
    (RecordGate.BEFORE_SENDING, True, RecordStatus.EXPIRING, True, True),
])
def test_the_gate(world: World, wanted: RecordGate, approved: bool, status: RecordStatus, upload: bool,
                  send: bool) -> None:
    client = world.client()
    seller = world.supplier(client)
    with world.owner():
        db.session.add(RecordPolicy(client_id=client.id, gate=wanted, approved=approved))
        db.session.scalars(select(Record).filter_by(relationship_id=seller.id)).one().status = status
    with world.acting(world.actor(seller)):
        assert (gate.refusal(seller.id, "upload") is None) is upload
        assert (gate.refusal(seller.id, "send") is None) is send


@pytest.mark.parametrize("role", ["auditor", "treasury"])
def test_who_may_not_review_decides_nothing(world: World, role: str) -> None:
    buyer = world.client()
    seller = world.supplier(buyer)
    command = reviews.DecideItem(seller.id, reviews.Item.FIELD, seller.id, approve=True)
    with world.acting(world.actor(buyer, role)) as actor, pytest.raises(NotAllowed):
        reviews.decide(command, actor)
    with world.acting(world.actor(buyer, role)) as actor, pytest.raises(NotAllowed):
        reviews.approve_all(seller.id, actor)


def test_accepting_while_the_link_is_called_back_waits_for_nobody(live_world: World,
                                                                  monkeypatch: pytest.MonkeyPatch) -> None:
    """Who accepts holds the link and then the supplier; whoever calls it back takes them in that order too."""
    actor = live_world.actor(live_world.client(), "accounts_payable")
    with live_world.acting(actor):
        supplier_id = services.invite(command(), actor).id
    redeemed, waiting, redeem = Event(), Event(), links.redeem

    def redeem_and_wait(*given: Any) -> None:
        redeem(*given)
        redeemed.set()
        waiting.wait()

    def accept() -> str:
        with live_world.app.app_context(), db.transaction(db.DOOR):
            link = db.session.scalars(select(Link).filter_by(relationship_id=supplier_id)).one()
            return joining.accept(link, joining.Newcomer("Ana", "cuatro palabras sin sentido 77", accepted=True))

    def call_back() -> None:
        redeemed.wait()
        with live_world.acting(actor):
            services.change(supplier_id, "Ferretería Águila del Norte", "", "otra@aguila.example", actor)

    monkeypatch.setattr(links, "redeem", redeem_and_wait)
    with ThreadPoolExecutor(2) as pool:
        accepted, called = pool.submit(accept), pool.submit(call_back)
        while not waiting.is_set():
            with live_world.owner():
                if called.done() or db.session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
                    waiting.set()
        assert accepted.result()
        with pytest.raises(Conflict):
            called.result()
