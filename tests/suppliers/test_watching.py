"""A client is told once when SAT's 69-B names one of its suppliers."""
from collections.abc import Iterator

import pytest

from portal.access.actor import system
from portal.audit.models import AuditEvent
from portal.core import db
from portal.core.db import session
from portal.jobs import runner
from portal.mail.models import Letter
from portal.sat import services as sat
from portal.sat.kinds import Kind
from portal.sat.models import SatAlert
from portal.sat.services import Arrived
from portal.suppliers import jobs, watching
from portal.suppliers.models import Relationship, RelationshipStatus, SupplierKind
from tests.factories import Buyer, Seller, World
from tests.sat.papers import efos, rfc, row, sat_bytes

THEIRS = "PNA020202CD2"


def load(*rows: str) -> None:
    with db.transaction(db.DOOR):
        sat.load(Arrived(Kind.EFOS, sat_bytes(efos([*rows, row(900, rfc(1))])), "there"), accept_smaller=True)


@pytest.fixture()
def pair(world: World) -> Iterator[tuple[Buyer, Seller]]:
    buyer = world.client()
    seller = world.supplier(buyer)
    world.supplier(buyer, "Ferretería Águila", "FAG020202CD2")
    world.supplier(buyer, "Acme Inc.", "US-99-1234567", kind=SupplierKind.FOREIGN)
    yield buyer, seller


def sweep() -> None:
    with db.transaction(db.DOOR):
        jobs.watch_lists(system())
    runner.drain()


def told(world: World) -> list[tuple[str, str]]:
    with world.owner():
        alerts = session.query(SatAlert).order_by(SatAlert.id).all()
        return [(session.get(Relationship, one.relationship_id).tax_id, one.situation.value) for one in alerts]


def letters(world: World) -> int:
    with world.owner():
        return session.query(Letter).filter_by(name="supplier_listed").count()


def test_it_is_told_once_to_accounts_payable_and_the_administrator(world: World, pair: tuple[Buyer, Seller]) -> None:
    sweep()
    assert told(world) == []
    load(row(1, THEIRS, "Presunto"))
    sweep()
    sweep()
    assert (told(world), letters(world)) == ([(THEIRS, "Presunto")], 2)
    with world.owner():
        assert session.query(AuditEvent).filter_by(kind="SupplierListed").count() == 1
    load(row(1, THEIRS, "Definitivo"))  # a new situation is told too
    sweep()
    assert (told(world), letters(world)) == ([(THEIRS, "Presunto"), (THEIRS, "Definitivo")], 4)


@pytest.mark.parametrize("situation", ["Desvirtuado", "Sentencia Favorable"])
def test_what_clears_a_supplier_alarms_nobody(world: World, pair: tuple[Buyer, Seller], situation: str) -> None:
    load(row(1, THEIRS, situation))
    sweep()
    assert (told(world), letters(world)) == ([], 0)


def test_who_is_no_longer_a_supplier_is_not_watched(world: World, pair: tuple[Buyer, Seller]) -> None:
    load(row(1, THEIRS))
    with world.owner():
        session.get(Relationship, pair[1].id).status = RelationshipStatus.BLOCKED
    sweep()
    assert told(world) == []


def test_each_client_is_told_of_its_own(world: World, pair: tuple[Buyer, Seller]) -> None:
    other = world.client("Otra", "OCO050505IJ6")
    load(row(1, THEIRS))
    with world.owner():  # the first wall holds by itself
        assert watching.watch(system(other.id)) == 0
    with db.transaction(system(other.id).scope):
        assert watching.watch(system(other.id)) == 0
        assert session.query(SatAlert).count() == 0
    assert told(world) == []
