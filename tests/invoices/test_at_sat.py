"""What SAT says of an invoice: asked once it is sent, kept with its evidence, and a cancelled one is not approved."""
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from lxml import etree

from portal.access.actor import system
from portal.approvals import services as approvals
from portal.approvals.models import ApprovalStep, Quorum, StepState, Verdict
from portal.audit.models import AuditEvent
from portal.core import db
from portal.core.db import session
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.core.i18n import speaking
from portal.invoices import at_sat, jobs, queries, services
from portal.invoices.models import Invoice, InvoiceStatus
from portal.jobs import runner
from portal.jobs.models import OutboxRow, WorkState
from portal.mail.models import Letter
from portal.sat import asking
from portal.sat.asking import Asking
from portal.sat.models import SatStatus
from portal.sat.status import State, Status
from tests.forms import guard
from tests.invoices.conftest import pdf
from tests.sat.papers import FAULT, soap
from tests.sat.peer import Peer, answer


@pytest.fixture(autouse=True)
def sat() -> Iterator[Peer]:
    """SAT's service, which says that all is well, and is asked."""
    made, before = Peer(), asking.current()
    made.data = answer(soap(), headers="Content-Type: text/xml; charset=utf-8\r\n")
    asking.install(Asking(frozenset(["status"]), status=made.url))
    yield made
    asking.install(before)
    made.close()


def say(sat: Peer, **words: str) -> None:
    sat.data = answer(soap(**words))


@pytest.fixture()
def sent(world, supplier, papers):
    """An invoice that was just sent; SAT has not been asked yet."""
    with world.acting(supplier):
        invoice = services.receive(papers.upload(), pdf(), papers.seller.id, supplier).invoice
    with world.acting(supplier):
        services.send(invoice.id, 1, supplier)
    return invoice.id


def row(world, invoice_id) -> Invoice:
    with world.owner():
        return session.get(Invoice, invoice_id, populate_existing=True)


def answers(world) -> list[SatStatus]:
    with world.owner():
        return session.query(SatStatus).order_by(SatStatus.id).all()


def waiting(world) -> list[OutboxRow]:
    with world.owner():
        return session.query(OutboxRow).filter_by(name="invoices.ask_sat", state=WorkState.PENDING).all()


def shown(world, invoice_id, actor) -> at_sat.Shown:
    with world.acting(actor), speaking("en"):
        found = at_sat.shown(queries.get(actor, invoice_id), "UTC")
    assert found is not None
    return found


def test_it_is_asked_with_what_the_xml_says_and_the_answer_is_kept(world, sent, sat, payables) -> None:
    assert shown(world, sent, payables).word == "Not checked"
    runner.drain()
    (kept,) = answers(world)
    invoice = row(world, sent)
    assert (kept.state, kept.client_id, kept.invoice_id) == (State.VALID, invoice.client_id, sent)
    with world.owner():
        assert session.get(SatStatus, kept.id).evidence == soap()
    asked = etree.fromstring(sat.requests[0].partition(b"\r\n\r\n")[2]).findtext(".//{*}expresionImpresa")
    assert asked == kept.expression
    assert f"?re={invoice.supplier_tax_id}&rr={invoice.receiver_rfc}&tt=1160.00&id={invoice.uuid}&fe=" in asked
    assert len(asked.partition("&fe=")[2]) == 8
    assert shown(world, sent, payables).kind == "success" and not waiting(world)
    with world.acting(payables):
        services.approve(queries.locked(payables, sent), payables)


@pytest.fixture()
def silence(sat) -> None:
    """SAT is not to be asked."""
    asking.install(Asking(status=sat.url))


def test_nothing_is_asked_unless_the_settings_say_so(world, sat, silence, sent, buyer) -> None:
    with db.transaction(db.DOOR):
        jobs.ask_sat_again(system())
    assert waiting(world) == []
    jobs.ask_sat(system(buyer.id), invoice_id=sent)  # deferred before SAT was switched off
    assert (sat.requests, answers(world)) == ([], [])


def test_one_that_was_withdrawn_is_asked_about_no_more(world, sent, sat, supplier) -> None:
    version = row(world, sent).version
    with world.acting(supplier):
        services.withdraw(sent, version, supplier)
    runner.drain()
    assert (sat.requests, answers(world)) == ([], [])


def test_a_cancelled_one_is_held_and_said(world, sent, sat, payables) -> None:
    say(sat, estado="Cancelado", cancellation="Cancelado sin aceptación")
    runner.drain()
    said = shown(world, sent, payables)
    assert (said.kind, said.warn[0]["found"]) == ("danger", "Cancelado sin aceptación")
    with pytest.raises(Invalid, match="cancel"), world.acting(payables):
        services.approve(queries.locked(payables, sent), payables)
    assert row(world, sent).status is InvoiceStatus.IN_REVIEW
    with world.owner():
        assert session.query(AuditEvent).filter_by(kind="CancelledAtSat").count() == 1
        assert session.query(Letter).filter_by(name="sat_cancelled").count() == 1
    with world.acting(payables):
        services.reject(queries.locked(payables, sent), "cancelada ante el SAT", payables)


def test_an_approver_cannot_approve_it_at_any_stage_but_may_return_it(world, sent, sat, buyer) -> None:
    say(sat, estado="Cancelado")
    runner.drain()
    people = world.actor(buyer, "approver")
    with world.owner():
        step = session.query(ApprovalStep).filter_by(invoice_id=sent, state=StepState.CURRENT).one()
        # Two must agree, so that the first one's word does not approve the invoice itself.
        step.approver_ids, step.approver_roles, step.quorum = [people.user_id], ["accounts_payable"], Quorum.ALL
    version = row(world, sent).version
    with pytest.raises(Invalid, match="cancel"), world.acting(people):
        approvals.decide(approvals.Decide(sent, step.id, version, Verdict.APPROVED), people)
    with world.acting(people):
        approvals.decide(approvals.Decide(sent, step.id, version, Verdict.RETURNED, "está cancelada"), people)
    assert row(world, sent).status is InvoiceStatus.DRAFT


@pytest.mark.parametrize("data", [
    answer(FAULT, status="500 Internal Server Error"), answer(FAULT), answer(b"<html>Vigente</html>"), answer(b""),
    answer(soap(), length=99_999), answer(soap(estado="vigente")), answer(soap("N - 601: mal", "No Encontrado")), b"",
])
def test_no_clear_answer_is_never_valid_and_is_asked_again(world, sent, sat, payables, data: bytes) -> None:
    sat.data = data
    runner.drain()
    (kept,) = answers(world)
    assert kept.state is State.UNKNOWN and kept.reason
    assert shown(world, sent, payables).word == "Not checked"
    (again,) = waiting(world)
    assert again.available_at > datetime.now(UTC)


def test_it_is_asked_again_a_few_times_ever_later(world, sent, sat) -> None:
    say(sat, code="N - 602: Comprobante no encontrado.", estado="No Encontrado")
    with time_machine.travel(datetime.now(UTC)) as clock:
        for _time in range(20):
            runner.drain()
            clock.shift(timedelta(days=2))
    assert len(sat.requests) == len(at_sat.AGAIN) + 1 and not waiting(world)
    assert {one.state for one in answers(world)} == {State.NOT_FOUND}


def test_what_is_known_outlives_an_unclear_answer(world, sent, sat, buyer, payables) -> None:
    say(sat, estado="Cancelado")
    runner.drain()
    jobs.ask_sat(system(buyer.id), invoice_id=sent)
    sat.data = answer(b"<html>")
    jobs.ask_sat(system(buyer.id), invoice_id=sent)
    assert [one.state for one in answers(world)] == [State.CANCELLED, State.CANCELLED, State.UNKNOWN]
    with world.owner():  # said once
        assert session.query(Letter).filter_by(name="sat_cancelled").count() == 1
    said = shown(world, sent, payables)
    assert said.kind == "danger" and "no clear answer" in said.text
    with pytest.raises(Invalid), world.acting(payables):
        services.approve(queries.locked(payables, sent), payables)


@pytest.mark.parametrize("status", [InvoiceStatus.APPROVED, InvoiceStatus.SCHEDULED])
def test_an_approved_one_that_is_cancelled_later_is_taken_out(world, sent, sat, buyer, payables, client,
                                                              status: InvoiceStatus) -> None:
    with world.owner():
        invoice = session.get_one(Invoice, sent)
        invoice.status, invoice.approved_at = status, datetime.now(UTC)
        invoice.scheduled_on = None if status is InvoiceStatus.APPROVED else invoice.issued_on
    runner.drain()
    with pytest.raises(Conflict), world.acting(payables):  # SAT says that it is valid
        services.take_out(sent, None, payables)
    say(sat, estado="Cancelado")
    jobs.ask_sat(system(buyer.id), invoice_id=sent)
    approver = world.actor(buyer, "approver")
    with pytest.raises(NotAllowed), world.acting(approver):
        services.take_out(sent, None, approver)
    seat = world.sign_in(client, buyer.people["accounts_payable"])
    page = seat.get(f"/inbox/{sent}").text
    assert "no se puede pagar ni aplicar: recházala" in page
    assert seat.post(f"/invoices/{sent}/take-out", data=guard(page)).status_code == 303
    kept = row(world, sent)
    assert (kept.status, kept.scheduled_on) == (InvoiceStatus.REJECTED, None) and "cancelada" in kept.reason
    with world.owner():
        assert session.query(Letter).filter_by(name="invoice_rejected").count() == 1
    assert "/take-out" not in seat.get(f"/inbox/{sent}").text


def test_what_is_paid_in_part_is_not_taken_out(world, sent, sat, payables) -> None:
    say(sat, estado="Cancelado")
    runner.drain()
    with world.owner():
        invoice = session.get_one(Invoice, sent)
        invoice.status, invoice.paid, invoice.approved_at = InvoiceStatus.PARTLY_PAID, 1, datetime.now(UTC)
    with pytest.raises(Conflict), world.acting(payables):
        services.take_out(sent, None, payables)
    assert "void that payment" in shown(world, sent, payables).warn[0]["remedy"]


def test_what_was_said_of_an_earlier_document_is_not_said_of_the_one_that_took_its_place(world, sent, sat, buyer,
                                                                                       payables, supplier, papers):
    say(sat, estado="Cancelado")
    runner.drain()
    with world.acting(payables):
        earlier = at_sat.question(sent, payables)
        services.return_to_draft(queries.locked(payables, sent), "está cancelada", payables)
    say(sat, code="N - 602: Comprobante no encontrado.", estado="No Encontrado")
    with world.acting(supplier):
        services.replace(sent, None, papers.upload(), None, supplier)
        services.send(sent, None, supplier)
    assert shown(world, sent, payables).word == "Not checked"
    runner.drain()
    assert shown(world, sent, payables).word == "Not there yet (No Encontrado)"
    with world.acting(payables):  # an answer that was on its way when the document was replaced
        at_sat.keep(sent, earlier, Status(state=State.CANCELLED, asked_at=datetime.now(UTC)), payables)
    with world.owner():
        assert session.query(Letter).filter_by(name="sat_cancelled").count() == 1  # of the earlier one
    with world.acting(payables):
        services.approve(queries.locked(payables, sent), payables)


@pytest.mark.parametrize(("words", "text"), [
    ({"cancellation": "En proceso"}, "asked SAT to cancel"), ({"efos": "101"}, "69-B"),
    ({"cancellation": "Otra cosa", "efos": "999"}, ""),
])
def test_what_else_a_valid_one_may_say(world, sent, sat, payables, words: dict[str, str], text: str) -> None:
    say(sat, **words)
    runner.drain()
    said = shown(world, sent, payables)
    assert said.kind == "success" and [text in one["text"] for one in said.warn] == ([True] if text else [])


def test_open_invoices_are_asked_about_again_each_day(world, sent, sat, buyer) -> None:
    runner.drain()

    def sweep() -> int:
        with db.transaction(db.DOOR):
            jobs.ask_sat_again(system())
        runner.drain()
        return len(sat.requests)

    assert sweep() == 1
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=21)):
        assert sweep() == 2
    with world.owner():
        session.get(Invoice, sent).status = InvoiceStatus.PAID
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=50)):
        with db.transaction(db.DOOR):
            assert at_sat.due() == []
        assert sweep() == 2


def test_another_client_neither_asks_nor_reads_nor_writes(world, sent, sat) -> None:
    runner.drain()
    stranger = system(world.client("Otra", "OCO050505IJ6").id)
    jobs.ask_sat(stranger, invoice_id=sent)
    assert len(sat.requests) == 1
    with world.acting(stranger):
        assert session.query(SatStatus).count() == 0
    with world.owner():  # the first wall holds by itself
        assert at_sat.question(sent, stranger) == ""
        said = Status(state=State.CANCELLED, asked_at=datetime.now(UTC))
        at_sat.keep(sent, "", said, stranger)
    assert [one.state for one in answers(world)] == [State.VALID]


def test_the_review_shows_it(world, sent, sat, client, buyer) -> None:
    say(sat, estado="Cancelado")
    runner.drain()
    page = world.sign_in(client, buyer.people["accounts_payable"]).get(f"/inbox/{sent}")
    assert page.status_code == 200 and "Estado en el SAT" in page.text
    assert "El SAT dice que esta factura está cancelada." in page.text and "El SAT dice que está cancelada" in page.text
