"""Who holds an invoice: told once for each stage, and stood in for by an administrator when they are gone."""
import pytest
from sqlalchemy import select

from portal.access.actor import system
from portal.access.policy import Role
from portal.accounts import people
from portal.accounts.models import User
from portal.approvals import configuration, jobs, queries
from portal.approvals.models import ApprovalStep, Quorum, Verdict
from portal.approvals.queries import InboxFilter
from portal.audit.models import AuditEvent
from portal.core import db
from portal.core.clock import now
from portal.invoices.models import Invoice, InvoiceStatus
from portal.jobs import runner
from portal.mail.models import Letter
from tests.approvals.test_services import decide, sent, stages, step_of
from tests.factories import Buyer, Person, World


def named(world: World, buyer: Buyer, *who: Person, roles: tuple[str, ...] = (), quorum: Quorum = Quorum.ANY) -> None:
    with world.acting(world.actor(buyer, "administrator")) as actor:
        configuration.save(configuration.SaveStage("Compras", "", tuple(p.user.id for p in who), roles, quorum, None,
                                                   None, (), (), ()), actor)


def goes(world: World, buyer: Buyer, person: Person) -> None:
    """A person loses access."""
    with world.acting(world.actor(buyer, "administrator")) as actor:
        people.disable(person.user.id, actor)
    runner.drain()


def told(world: World) -> list[str]:
    with world.owner():
        return [one.to_email for one in db.session.scalars(
            select(Letter).filter_by(name="stage_started").order_by(Letter.id))]


def stands(world: World, invoice: Invoice) -> InvoiceStatus:
    with world.owner():
        return db.session.get_one(Invoice, invoice.id).status


@pytest.mark.parametrize("way", ["access", "role", "before"])
def test_when_the_only_approver_is_gone_an_administrator_decides(world: World, way: str) -> None:
    buyer = world.client()
    gone, boss = buyer.people["approver"], buyer.people["administrator"]
    named(world, buyer, gone)
    if way == "before":  # the stage still names a person who left
        goes(world, buyer, gone)
    invoice = sent(world, world.supplier(buyer))
    runner.drain()
    if way == "access":
        goes(world, buyer, gone)
    if way == "role":
        with world.acting(world.actor_of(boss)) as actor:
            people.change_roles(gone.user.id, [Role.TREASURY], actor)
        runner.drain()
    assert told(world) == ([] if way == "before" else [gone.user.email]) + [boss.user.email]
    with world.acting(world.actor_of(boss)) as actor:
        assert [row.invoice_id for row in queries.inbox(actor, InboxFilter(), None).rows] == [invoice.id]
    assert decide(world, buyer, "administrator", invoice).status is InvoiceStatus.APPROVED
    with world.owner():
        assert len(db.session.scalars(select(AuditEvent).filter_by(kind="StageHandedOver")).all()) == 1


def test_who_went_without_a_word_is_missed_the_next_morning(world: World) -> None:
    buyer = world.client()
    named(world, buyer, buyer.people["approver"])
    invoice = sent(world, world.supplier(buyer))
    runner.drain()
    with world.owner():
        db.session.get_one(User, buyer.people["approver"].user.id).disabled_at = now()
    with db.transaction(db.DOOR):
        jobs.find_all_orphans(system())
    runner.drain()
    assert decide(world, buyer, "administrator", invoice).status is InvoiceStatus.APPROVED


def test_where_somebody_is_left_nothing_is_handed_over(world: World) -> None:
    buyer = world.client()
    gone, left = buyer.people["approver"], world.colleague(buyer.organization, Role.APPROVER)
    named(world, buyer, gone, left)
    other = world.client("Otra", "OCO050505IJ6")
    invoice, theirs = sent(world, world.supplier(buyer)), sent(world, world.supplier(other))
    goes(world, buyer, gone)
    with world.owner():
        assert step_of(invoice).approver_roles == []
        assert step_of(theirs).approver_roles == ["accounts_payable", "administrator"]
        assert not db.session.scalars(select(AuditEvent).filter_by(kind="StageHandedOver")).all()


def test_of_all_who_must_agree_an_administrator_stands_in_for_the_one_who_is_gone(world: World) -> None:
    buyer = world.client()
    gone, left = world.colleague(buyer.organization, Role.APPROVER), buyer.people["approver"]
    named(world, buyer, gone, left, quorum=Quorum.ALL)
    invoice = sent(world, world.supplier(buyer))
    decide(world, buyer, "approver", invoice)
    goes(world, buyer, gone)
    assert stands(world, invoice) is InvoiceStatus.IN_REVIEW
    assert decide(world, buyer, "administrator", invoice).status is InvoiceStatus.APPROVED


def test_who_has_approved_counts_though_gone_and_an_administrator_does_not_approve_twice(world: World) -> None:
    buyer = world.client()
    first, boss = buyer.people["approver"], buyer.people["administrator"]
    other = world.colleague(buyer.organization, Role.APPROVER)
    named(world, buyer, first, boss, other, quorum=Quorum.ALL)
    invoice = sent(world, world.supplier(buyer))
    decide(world, buyer, "approver", invoice)
    goes(world, buyer, first)
    with world.owner():
        assert set(step_of(invoice).approver_ids) == {first.user.id, boss.user.id, other.user.id}
    decide(world, buyer, "administrator", invoice)
    goes(world, buyer, other)
    assert stands(world, invoice) is InvoiceStatus.APPROVED


def test_each_stage_is_told_once_however_late_the_worker_is(world: World) -> None:
    buyer = world.client()
    stages(world, buyer, ("Uno", "accounts_payable", None), ("Dos", "approver", None))
    invoice = sent(world, world.supplier(buyer))
    decide(world, buyer, "accounts_payable", invoice)
    runner.drain()
    assert told(world) == [buyer.people["approver"].user.email]


def test_nothing_is_handed_over_of_what_is_decided(world: World) -> None:
    buyer = world.client()
    named(world, buyer, buyer.people["approver"])
    invoice = sent(world, world.supplier(buyer))
    decide(world, buyer, "approver", invoice, Verdict.REJECTED, "no es nuestra")
    goes(world, buyer, buyer.people["approver"])
    with world.owner():
        assert db.session.scalars(select(ApprovalStep.approver_roles)).all() == [[]]
