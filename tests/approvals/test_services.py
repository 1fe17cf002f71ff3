"""Deciding: each step once, by its approvers, on what they saw; and what follows."""
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from uuid import uuid4

import pytest
from sqlalchemy import select

from portal.access.actor import system
from portal.access.policy import Role
from portal.accounts.models import User
from portal.approvals import configuration, holders, queries, services
from portal.approvals.models import ApprovalStep, Decision, Quorum, StepState, Verdict
from portal.approvals.queries import InboxFilter
from portal.audit.models import AuditEvent
from portal.core import db
from portal.core.clock import now
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound, PortalError
from portal.invoices import services as invoices
from portal.invoices.models import Invoice, InvoiceSettings, InvoiceStatus, StampState
from portal.invoices.models import InvoiceStatus as S
from portal.mail.models import Letter
from portal.web import listing
from tests.factories import Buyer, Seller, World


def stages(world: World, buyer: Buyer, *rows: tuple[str, str, int | None]) -> None:
    with world.acting(world.actor(buyer, "administrator")) as actor:
        for label, role, minimum in rows:
            configuration.save(configuration.SaveStage(
                label, "", (), (role,), Quorum.ANY, Decimal(minimum) if minimum else None, None, (), (), ()), actor)


def without_pdf(world: World, seller: Seller) -> None:
    """These invoices are rows without files, so their client asks for none."""
    with world.owner():
        if not db.session.scalars(select(InvoiceSettings).filter_by(client_id=seller.relationship.client_id)).all():
            db.session.add(InvoiceSettings(client_id=seller.relationship.client_id, pdf_required=False))


def sent(world: World, seller: Seller, **more: object) -> Invoice:
    without_pdf(world, seller)
    invoice = world.invoice(seller, **more)  # type: ignore[arg-type]
    with world.acting(world.actor(seller)) as actor:
        return invoices.send(invoice.id, invoice.version, actor)


def step_of(invoice: Invoice) -> ApprovalStep:
    return db.session.scalars(select(ApprovalStep).filter_by(invoice_id=invoice.id, state=StepState.CURRENT)).one()


def decide(world: World, buyer: Buyer, role: str, invoice: Invoice, verdict: Verdict = Verdict.APPROVED,
           reason: str = "") -> Invoice:
    with world.acting(world.actor(buyer, role)) as actor:
        fresh = db.session.get_one(Invoice, invoice.id)
        return services.decide(services.Decide(invoice.id, step_of(invoice).id, fresh.version, verdict, reason), actor)


def test_an_invoice_goes_through_its_stages(world: World) -> None:
    buyer = world.client()
    seller = world.supplier(buyer)
    stages(world, buyer, ("Compras", "accounts_payable", None), ("Dirección", "approver", 1000))
    invoice = sent(world, seller)
    assert [d["state"] for d in invoice.stages] == ["current", "waiting"]
    decide(world, buyer, "accounts_payable", invoice)
    decide(world, buyer, "approver", invoice)
    with world.owner():
        row = db.session.get_one(Invoice, invoice.id)
        assert (row.status, [d["state"] for d in row.stages]) == (InvoiceStatus.APPROVED, ["approved", "approved"])
        assert row.approved_at is not None


def test_people_who_are_not_approvers_of_the_stage_see_but_do_not_decide(world: World) -> None:
    buyer = world.client()
    seller = world.supplier(buyer)
    stages(world, buyer, ("Compras", "accounts_payable", None))
    invoice = sent(world, seller)
    with pytest.raises(Invalid):
        decide(world, buyer, "approver", invoice)
    with pytest.raises(NotAllowed):
        decide(world, buyer, "auditor", invoice)
    with world.acting(world.actor(buyer, "approver")) as actor:
        assert not queries.review(actor, db.session.get_one(Invoice, invoice.id)).may_decide
        assert not queries.inbox(actor, InboxFilter(), None).rows


def test_a_step_is_decided_once(world: World) -> None:
    buyer = world.client()
    invoice = sent(world, world.supplier(buyer))
    with world.acting(world.actor(buyer, "accounts_payable")) as actor:
        command = services.Decide(invoice.id, step_of(invoice).id, invoice.version, Verdict.APPROVED)
        services.decide(command, actor)
        with pytest.raises(Conflict):
            services.decide(command, actor)


def test_a_stale_page_decides_nothing(world: World) -> None:
    buyer = world.client()
    invoice = sent(world, world.supplier(buyer))
    with world.acting(world.actor(buyer, "accounts_payable")) as actor, pytest.raises(Conflict):
        services.decide(services.Decide(invoice.id, step_of(invoice).id, invoice.version + 1, Verdict.APPROVED), actor)


def test_only_the_current_stage_of_this_very_invoice_is_decided(world: World) -> None:
    buyer = world.client()
    seller = world.supplier(buyer)
    stages(world, buyer, ("Uno", "accounts_payable", None), ("Dos", "accounts_payable", None))
    invoice, other = sent(world, seller), sent(world, seller)
    with world.owner():
        later = db.session.scalars(select(ApprovalStep).filter_by(invoice_id=invoice.id, position=2)).one()
        foreign = step_of(other)
    for step_id, refusal in ((later.id, Conflict), (foreign.id, NotFound), (uuid4(), NotFound)):
        with world.acting(world.actor(buyer, "accounts_payable")) as actor, pytest.raises(refusal):
            services.decide(services.Decide(invoice.id, step_id, invoice.version, Verdict.APPROVED), actor)
    with world.owner():
        assert not db.session.scalars(select(Decision)).all()


@pytest.mark.parametrize(("verdict", "status"), [(Verdict.RETURNED, InvoiceStatus.DRAFT),
                                                 (Verdict.REJECTED, InvoiceStatus.REJECTED)])
def test_saying_no_needs_a_reason_and_ends_the_run(world: World, verdict: Verdict, status: InvoiceStatus) -> None:
    buyer = world.client()
    invoice = sent(world, world.supplier(buyer))
    with pytest.raises(Invalid):
        decide(world, buyer, "accounts_payable", invoice, verdict)
    row = decide(world, buyer, "accounts_payable", invoice, verdict, "falta la orden de compra")
    assert (row.status, row.reason) == (status, "falta la orden de compra")
    with world.owner():
        assert not db.session.scalars(select(ApprovalStep).where(
            ApprovalStep.state.in_((StepState.CURRENT, StepState.WAITING)))).all()


def test_a_returned_invoice_begins_a_new_run(world: World) -> None:
    buyer = world.client()
    seller = world.supplier(buyer)
    invoice = sent(world, seller)
    decide(world, buyer, "accounts_payable", invoice, Verdict.RETURNED, "corrige el concepto")
    with world.acting(world.actor(seller)) as actor:
        invoices.send(invoice.id, db.session.get_one(Invoice, invoice.id).version, actor)
    with world.owner():
        runs = db.session.scalars(select(ApprovalStep.run).order_by(ApprovalStep.run)).all()
        assert runs == [1, 2]
    row = decide(world, buyer, "accounts_payable", invoice)
    assert ([d["state"] for d in row.stages], row.status) == (["approved"], S.APPROVED)


def test_withdrawing_stops_the_run_and_deciding_stops_withdrawing(world: World) -> None:
    buyer = world.client()
    seller = world.supplier(buyer)
    stages(world, buyer, ("Uno", "accounts_payable", None), ("Dos", "approver", None))
    one, two = sent(world, seller), sent(world, seller)
    with world.acting(world.actor(seller)) as actor:
        invoices.withdraw(one.id, db.session.get_one(Invoice, one.id).version, actor)
    decide(world, buyer, "accounts_payable", two)
    with world.acting(world.actor(seller)) as actor, pytest.raises(PortalError):
        invoices.withdraw(two.id, db.session.get_one(Invoice, two.id).version, actor)
    with world.owner():
        states = db.session.scalars(select(ApprovalStep.state).filter_by(invoice_id=one.id)).all()
        assert set(states) == {StepState.CANCELLED}


def test_without_a_verified_stamp_nothing_is_approved(world: World) -> None:
    buyer = world.client()
    invoice = sent(world, world.supplier(buyer), stamp=StampState.PENDING)
    with pytest.raises(Invalid):
        decide(world, buyer, "accounts_payable", invoice)
    row = decide(world, buyer, "accounts_payable", invoice, Verdict.RETURNED, "el timbre no se verifica")
    assert row.status is InvoiceStatus.DRAFT


def test_everybody_named_must_agree(world: World) -> None:
    buyer = world.client()
    second = world.colleague(buyer.organization, Role.APPROVER)
    both = (buyer.people["approver"].user.id, second.user.id)
    with world.acting(world.actor(buyer, "administrator")) as actor:
        configuration.save(configuration.SaveStage("Los dos", "", both, (), Quorum.ALL, None, None, (), (), ()), actor)
    invoice = sent(world, world.supplier(buyer))
    decide(world, buyer, "approver", invoice)
    with world.owner():
        assert db.session.get_one(Invoice, invoice.id).status is InvoiceStatus.IN_REVIEW
    with world.acting(world.actor_of(second)) as actor:
        fresh = db.session.get_one(Invoice, invoice.id)
        services.decide(services.Decide(invoice.id, step_of(invoice).id, fresh.version, Verdict.APPROVED), actor)
        assert db.session.get_one(Invoice, invoice.id).status is InvoiceStatus.APPROVED


def test_nobody_decides_twice_on_a_stage_that_needs_everybody(world: World) -> None:
    buyer = world.client()
    both = (buyer.people["approver"].user.id, world.colleague(buyer.organization, Role.APPROVER).user.id)
    with world.acting(world.actor(buyer, "administrator")) as actor:
        configuration.save(configuration.SaveStage("Los dos", "", both, (), Quorum.ALL, None, None, (), (), ()), actor)
    invoice = sent(world, world.supplier(buyer))
    decide(world, buyer, "approver", invoice)
    with pytest.raises(Conflict):
        decide(world, buyer, "approver", invoice)
    with world.owner():
        assert len(db.session.scalars(select(Decision)).all()) == 1
    with world.acting(world.actor(buyer, "approver")) as actor:
        assert not queries.review(actor, db.session.get_one(Invoice, invoice.id)).may_decide
        assert not queries.inbox(actor, InboxFilter(), None).rows


def test_saying_no_closes_the_stages_that_were_to_come_and_the_lists_show_it(world: World) -> None:
    buyer = world.client()
    stages(world, buyer, ("Uno", "accounts_payable", None), ("Dos", "approver", None))
    invoice = sent(world, world.supplier(buyer))
    with world.owner():
        step = step_of(invoice)
        assert invoice.waiting_since == step.started_at
    row = decide(world, buyer, "accounts_payable", invoice, Verdict.REJECTED, "  no es de esta empresa  ")
    assert row.reason == "no es de esta empresa"
    with world.owner():
        steps = db.session.scalars(select(ApprovalStep).order_by(ApprovalStep.position)).all()
        assert [s.state for s in steps] == [StepState.REJECTED, StepState.CANCELLED]
        assert [d["state"] for d in db.session.get_one(Invoice, invoice.id).stages] == ["rejected", "cancelled"]
        assert [d["since"] for d in row.stages] == [s.ended_at.isoformat() for s in steps if s.ended_at]


def test_what_was_said_of_one_stage_does_not_count_for_the_next(world: World) -> None:
    buyer = world.client()
    people = [buyer.people["approver"], world.colleague(buyer.organization, Role.APPROVER)]
    both = tuple(p.user.id for p in people)
    with world.acting(world.actor(buyer, "administrator")) as actor:
        for label in ("Uno", "Dos"):
            configuration.save(configuration.SaveStage(label, "", both, (), Quorum.ALL, None, None, (), (), ()), actor)
    seller = world.supplier(buyer)
    invoice = sent(world, seller)
    expected = [(["current", "waiting"], S.IN_REVIEW), (["approved", "current"], S.IN_REVIEW),
                (["approved", "current"], S.IN_REVIEW), (["approved", "approved"], S.APPROVED)]
    seen = invoice.version
    for person, (dots, status) in zip(people * 2, expected, strict=True):
        with world.acting(world.actor_of(person)) as actor:
            version = db.session.get_one(Invoice, invoice.id).version
            row = services.decide(services.Decide(invoice.id, step_of(invoice).id, version, Verdict.APPROVED), actor)
            assert ([d["state"] for d in row.stages], row.status) == (dots, status)
            assert row.version > seen and row.decided  # pages drawn before are stale; it cannot be withdrawn any more
            seen = row.version


def test_a_named_person_finds_the_stage_and_a_colleague_does_not(world: World) -> None:
    buyer = world.client()
    colleague = world.colleague(buyer.organization, Role.APPROVER)
    with world.acting(world.actor(buyer, "administrator")) as actor:
        configuration.save(configuration.SaveStage("Ella", "", (buyer.people["approver"].user.id,), (), Quorum.ANY,
                                                   None, None, (), (), ()), actor)
    invoice = sent(world, world.supplier(buyer))
    for person, waiting in ((buyer.people["approver"], invoice.id), (colleague, None)):
        with world.acting(world.actor_of(person)) as actor:
            assert [r.invoice_id for r in queries.inbox(actor, InboxFilter(), None).rows] == [i for i in [waiting] if i]
            assert queries.next_for(actor, None) == waiting
            assert bool(queries.steps_by_id(actor, [step_of(invoice).id])) is (waiting is not None)


def test_a_supplier_of_two_clients_meets_the_stages_of_the_one_it_sends_to(world: World) -> None:
    buyer, other = world.client(), world.client("Otra", "OTR010101AA1")
    stages(world, other, ("De la otra", "approver", None))
    seller = world.supplier(buyer)
    second = world.supplier(other, organization=seller.organization, person=seller.person)
    without_pdf(world, seller)
    invoice = world.invoice(seller)
    both = {"relationships": (seller.id, second.id), "partners": (buyer.id, other.id)}
    with world.acting(world.actor_of(seller.person, **both)) as actor:
        row = invoices.send(invoice.id, invoice.version, actor)
        assert [d["es"] for d in row.stages] == ["Revisión"]


def test_those_who_hold_an_invoice_are_written_to_and_nobody_else(world: World) -> None:
    buyer = world.client()
    named, gone = (world.colleague(buyer.organization, Role.APPROVER) for _n in range(2))
    with world.acting(world.actor(buyer, "administrator")) as actor:
        configuration.save(configuration.SaveStage("Compras", "", (named.user.id, gone.user.id), ("administrator",),
                                                   Quorum.ANY, None, None, (), (), ()), actor)
    with world.owner():
        db.session.get_one(User, gone.user.id).disabled_at = now()
    seller = world.supplier(buyer)
    invoice, other = sent(world, seller), sent(world, seller)
    with world.acting(system(buyer.id)) as actor:
        assert holders.tell(invoice.id, actor) == 2
    with world.owner():
        letters = db.session.scalars(select(Letter).filter_by(name="stage_started")).all()
        assert {row.to_email for row in letters} == {named.user.email, buyer.people["administrator"].user.email}
        services.stop(invoice.id)
    with world.acting(system(buyer.id)) as actor:
        assert holders.tell(invoice.id, actor) == 0
        assert holders.tell(other.id, actor) == 2


@pytest.mark.parametrize(("currency", "rate", "expected"), [
    ("MXN", "1", ["Compras"]), ("USD", "17.25", ["Compras", "Dirección"]), ("USD", "1.5", ["Compras"]),
    ("USD", None, ["Compras", "Dirección"])])
def test_amounts_are_compared_in_pesos_at_the_rate_that_was_frozen(world: World, currency: str, rate: str | None,
                                                                   expected: list[str]) -> None:
    buyer = world.client()
    stages(world, buyer, ("Compras", "accounts_payable", None), ("Dirección", "approver", 17250))
    facts = {"exchange_rate": rate} if rate else {}
    invoice = sent(world, world.supplier(buyer), total="1000.00", currency=currency, facts=facts)
    assert [d["es"] for d in invoice.stages] == expected


def test_the_stages_keep_their_order_when_one_is_moved_and_say_what_was_done(world: World) -> None:
    buyer = world.client()
    stages(world, buyer, ("Uno", "approver", None), ("Dos", "approver", None), ("Tres", "approver", None))
    with world.acting(world.actor(buyer, "administrator")) as actor:
        def order() -> list[str]:
            return [r.label_es for r in queries.rules(actor)]
        first, second, third = [r.id for r in queries.rules(actor)]
        for rule_id, up, expected in ((first, True, ["Uno", "Dos", "Tres"]), (third, False, ["Uno", "Dos", "Tres"]),
                                      (second, True, ["Dos", "Uno", "Tres"]), (second, False, ["Uno", "Dos", "Tres"]),
                                      (third, True, ["Uno", "Tres", "Dos"])):
            configuration.move(rule_id, up, actor)
            assert order() == expected
        configuration.save(configuration.SaveStage("Dos", "Two", (), ("approver",), Quorum.ANY, None, None, (), (), ()),
                           actor, second)
        configuration.archive(second, actor)
        assert order() == ["Uno", "Tres"]
    with world.owner():
        told = [row.details["act"] for row in db.session.scalars(
            select(AuditEvent).filter_by(kind="StagesConfigured").order_by(AuditEvent.at, AuditEvent.id))]
    assert told == ["added"] * 3 + ["moved"] * 3 + ["changed", "archived"]  # at the ends nothing was moved


@pytest.mark.parametrize(("people", "roles"), [(("treasury",), ()), (("auditor",), ("approver",)), ((), ("treasury",))])
def test_a_stage_is_never_given_to_those_who_may_not_approve(world: World, people: tuple[str, ...],
                                                             roles: tuple[str, ...]) -> None:
    buyer = world.client()
    chosen = tuple(buyer.people[name].user.id for name in people)
    with world.acting(world.actor(buyer, "administrator")) as actor:
        with pytest.raises(Invalid):
            configuration.save(configuration.SaveStage("Pagos", "", chosen, roles, Quorum.ANY, None, None, (), (), ()),
                               actor)
        offered = {p.user_id for p in configuration.approvers(actor)}
    assert offered == {buyer.people[name].user.id for name in ("administrator", "accounts_payable", "approver")}


def test_another_client_finds_nothing(world: World) -> None:
    buyer, other = world.client(), world.client("Ajena", "AJE010101AA1")
    invoice = sent(world, world.supplier(buyer))
    with world.owner():
        step = step_of(invoice)
    with world.acting(world.actor(other, "accounts_payable")) as actor:
        assert not queries.inbox(actor, InboxFilter(), None).rows
        with pytest.raises(NotFound):
            services.decide(services.Decide(invoice.id, step.id, invoice.version, Verdict.APPROVED), actor)


def test_the_inbox_sorts_searches_and_pages_by_key(world: World) -> None:
    buyer = world.client()
    seller = world.supplier(buyer)
    rows = [sent(world, seller, total=f"{n}.00") for n in (30, 10, 20)]
    with world.acting(world.actor(buyer, "accounts_payable")) as actor:
        assert [s.total for s in queries.inbox(actor, InboxFilter(sort="amount"), None).rows] == [30, 20, 10]
        assert [s.invoice_id for s in queries.inbox(actor, InboxFilter(), None).rows] == [r.id for r in rows]
        found = queries.inbox(actor, InboxFilter(search=rows[1].number.lower()), None).rows
        assert [s.invoice_id for s in found] == [rows[1].id]
        assert listing.count(actor, queries.WAITING) == "3"


def test_a_stage_without_approvers_or_with_crossed_amounts_is_refused(world: World) -> None:
    with world.acting(world.actor(world.client(), "administrator")) as actor:
        for bad in (((), (), None, None), ((), ("approver",), Decimal(2), Decimal(1))):
            with pytest.raises(Invalid):
                configuration.save(configuration.SaveStage("X", "", bad[0], bad[1], Quorum.ANY, bad[2], bad[3], (), (),
                                                           ()), actor)


def test_two_approvers_at_once_decide_one_step_once(live_world: World) -> None:
    world, buyer = live_world, live_world.client()
    people = [world.colleague(buyer.organization, Role.ACCOUNTS_PAYABLE) for _n in range(6)]
    invoice = sent(world, world.supplier(buyer))
    with world.owner():
        step_id, version = step_of(invoice).id, invoice.version

    def press(person: object) -> str:
        try:
            with world.acting(world.actor_of(person)) as actor:  # type: ignore[arg-type]
                services.decide(services.Decide(invoice.id, step_id, version, Verdict.APPROVED), actor)
        except Conflict:
            return "late"
        return "done"

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(press, people)) == ["done"] + ["late"] * 5
    with world.owner():
        assert len(db.session.scalars(select(Decision)).all()) == 1
        assert db.session.get_one(Invoice, invoice.id).status is InvoiceStatus.APPROVED
