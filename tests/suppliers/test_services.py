"""Registering suppliers, their links, and who may."""
import pytest
from sqlalchemy import select

from portal.access.policy import Role
from portal.accounts.models import Link
from portal.core import db
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
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
])
def test_what_cannot_be_right_is_refused_beside_its_field(world: World, more: dict[str, object], field: str) -> None:
    with world.acting(world.actor(world.client(), "administrator")) as actor, pytest.raises(Invalid) as refused:
        services.invite(command(**more), actor)
    assert field in refused.value.fields


def test_the_same_supplier_is_not_registered_twice(world: World) -> None:
    with world.acting(world.actor(world.client(), "administrator")) as actor:
        services.invite(command(), actor)
        with pytest.raises(Invalid) as refused:
            services.invite(command(contact_email="otra@aguila.example"), actor)
        assert "tax_id" in refused.value.fields
        assert len(db.session.scalars(select(Relationship)).all()) == 1


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


def test_blocking_closes_the_gate_and_unblocking_opens_it(world: World) -> None:
    client = world.client()
    seller = world.supplier(client)
    with world.acting(world.actor(client, "administrator")) as actor:
        with pytest.raises(Invalid):
            services.block(seller.id, "no", actor)
        services.block(seller.id, "facturas duplicadas", actor)
        assert gate.refusal(seller.id, "upload")
        services.unblock(seller.id, actor)
        assert gate.refusal(seller.id, "upload") is None


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
