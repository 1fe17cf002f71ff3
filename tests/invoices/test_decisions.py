"""What approvals and payments do to an invoice."""
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from portal.core.db import session
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.invoices import queries, services
from portal.invoices.models import Invoice, StampState
from portal.invoices.models import InvoiceStatus as S
from portal.mail import render, sealing
from portal.mail.models import Letter

D = Decimal
DAY = date(2026, 12, 1)


@pytest.fixture()
def treasurer(world, buyer):
    return world.actor(buyer, "treasury")


def do(world, actor, row, act, *args):
    with world.acting(actor):
        invoice = queries.locked(actor, row.id)
        act(invoice, *args, actor)
        return invoice


def letters(world):
    with world.owner():
        return [row.name for row in session.query(Letter)]


def test_approve_tells_the_supplier(world, payables, seller):
    row = do(world, payables, world.invoice(seller, status=S.IN_REVIEW, reason="old"), services.approve)
    assert row.status is S.APPROVED and row.approved_at and row.reason == ""
    assert "invoice_approved" in letters(world)


@pytest.mark.parametrize(("kind", "total", "status", "said"), [
    ("I", "1160", S.APPROVED, "fecha de pago"), ("E", "1160", S.APPROVED, "la descontará de un pago"),
    ("I", "0", S.NOTHING_OWED, "no hay nada que pagar"), ("E", "0", S.NOTHING_OWED, "no hay nada que pagar")])
def test_what_comes_next_is_told_and_what_is_for_zero_is_closed(kind, total, status, said, world, payables, seller,
                                                                supplier):
    row = world.invoice(seller, status=S.IN_REVIEW, total=total, cfdi_type=kind)
    done = do(world, payables, row, services.approve)
    assert done.status is status and done.approved_at
    with world.owner():
        letter = session.query(Letter).filter_by(name="invoice_approved").one()
        context = sealing.unseal(letter.id, letter.client_id, letter.context)
        assert said in render.render(letter.name, "es", "Ana", context).text
    with world.acting(supplier):
        assert [r.id for r in queries.in_process(supplier, queries.Filters()).rows] == (
            [row.id] if status is S.APPROVED else [])
        told = [m.what for m in queries.moments(supplier, done)]
        assert told == (["approved"] if status is S.APPROVED else ["nothing_owed", "approved"])


@pytest.mark.parametrize("stamp", [StampState.PENDING, StampState.REFUSED])
def test_an_unsettled_stamp_holds_the_approval(stamp, world, payables, seller):
    row = world.invoice(seller, status=S.IN_REVIEW, stamp=stamp)
    with pytest.raises(Invalid):
        do(world, payables, row, services.approve)
    with world.acting(payables):
        assert queries.get(payables, row.id).status is S.IN_REVIEW


@pytest.mark.parametrize(("act", "status", "letter"), [
    (services.return_to_draft, S.DRAFT, "invoice_returned"), (services.reject, S.REJECTED, "invoice_rejected")])
def test_sending_back_needs_a_reason_and_tells_it(act, status, letter, world, payables, seller):
    row = world.invoice(seller, status=S.IN_REVIEW)
    with pytest.raises(Invalid):
        do(world, payables, row, act, "  ")
    done = do(world, payables, row, act, " No llegó ")
    assert (done.status, done.reason, done.stage_label) == (status, "No llegó", "")
    assert letter in letters(world)


def test_stages_are_kept_for_the_lists(world, payables, seller):
    row, since = world.invoice(seller, status=S.IN_REVIEW), datetime(2026, 11, 20, tzinfo=UTC)
    dots = [{"es": "Área", "en": "Area", "state": "current", "since": since.isoformat()}]
    with world.acting(payables):
        invoice = queries.locked(payables, row.id)
        services.set_stages(invoice, dots, "Área", since)
        assert (invoice.stages, invoice.stage_label, invoice.waiting_since) == (dots, "Área", since)
        assert services.withdrawable(invoice) and invoice.version == 2
        services.set_stages(invoice, [{**dots[0], "state": "approved"}], "", None)
        assert not services.withdrawable(invoice)


def test_a_date_is_given_changed_and_taken_away(world, treasurer, seller):
    row = world.invoice(seller, status=S.APPROVED)
    for wanted, status in ((DAY, S.SCHEDULED), (date(2026, 12, 9), S.SCHEDULED), (None, S.APPROVED)):
        done = do(world, treasurer, row, services.set_schedule, wanted)
        assert (done.status, done.scheduled_on) == (status, wanted)


@pytest.mark.parametrize("status", [S.DRAFT, S.IN_REVIEW, S.PAID, S.REJECTED, S.WITHDRAWN])
def test_a_date_is_for_approved_invoices(status, world, treasurer, seller):
    row = world.invoice(seller, status=status, sent_at=datetime(2026, 11, 1, tzinfo=UTC))
    with pytest.raises(Conflict):
        do(world, treasurer, row, services.set_schedule, DAY)


def test_a_credit_note_has_no_date(world, treasurer, seller):
    row = world.invoice(seller, status=S.APPROVED, cfdi_type="E")
    with pytest.raises(Conflict):
        do(world, treasurer, row, services.set_schedule, DAY)


def test_a_credit_note_is_applied_in_parts_then_wholly_then_voided(world, treasurer, seller):
    row = world.invoice(seller, status=S.APPROVED, cfdi_type="E")
    done = do(world, treasurer, row, services.settle, D("160"))
    assert (done.status, done.balance, done.paid_at) == (S.PARTLY_APPLIED, D(1000), None)
    done = do(world, treasurer, row, services.settle, D("1000"))
    assert (done.status, done.balance) == (S.APPLIED, 0) and done.paid_at
    done = do(world, treasurer, row, services.unsettle, D("1000"))
    assert (done.status, done.balance, done.paid_at) == (S.PARTLY_APPLIED, D(1000), None)
    done = do(world, treasurer, row, services.unsettle, D("160"))
    assert (done.status, done.paid) == (S.APPROVED, 0)


def test_paid_in_parts_then_wholly_then_voided(world, treasurer, seller):
    row = world.invoice(seller, status=S.SCHEDULED, scheduled_on=DAY)
    done = do(world, treasurer, row, services.settle, D("160"))
    assert (done.status, done.balance, done.paid_at) == (S.PARTLY_PAID, D(1000), None)
    done = do(world, treasurer, row, services.settle, D("500"))
    assert (done.status, done.balance) == (S.PARTLY_PAID, D(500))
    done = do(world, treasurer, row, services.settle, D("500"))
    assert (done.status, done.balance) == (S.PAID, 0) and done.paid_at
    done = do(world, treasurer, row, services.unsettle, D("500"))
    assert (done.status, done.balance, done.paid_at) == (S.PARTLY_PAID, D(500), None)
    done = do(world, treasurer, row, services.unsettle, D("660"))
    assert (done.status, done.paid) == (S.SCHEDULED, 0)


@pytest.mark.parametrize("amount", ["0", "-1", "1160.01"])
def test_no_more_than_the_balance_is_settled(amount, world, treasurer, seller):
    row = world.invoice(seller, status=S.APPROVED)
    with pytest.raises(Invalid):
        do(world, treasurer, row, services.settle, D(amount))
    with world.acting(treasurer):
        assert queries.get(treasurer, row.id).paid == 0


def test_no_more_is_voided_than_was_paid(world, treasurer, seller):
    row = world.invoice(seller, status=S.PARTLY_PAID, paid=D(10))
    with pytest.raises(Invalid):
        do(world, treasurer, row, services.unsettle, D("10.01"))


def test_an_approver_does_not_pay_and_treasury_does_not_approve(world, payables, treasurer, seller):
    approved, waiting = world.invoice(seller, status=S.APPROVED), world.invoice(seller, status=S.IN_REVIEW)
    session.expunge_all()
    with pytest.raises(NotAllowed):
        do(world, payables, approved, services.settle, D(1))
    with pytest.raises(NotAllowed):
        do(world, treasurer, waiting, services.approve)


def test_total_in_pesos():
    assert Invoice(currency="MXN", total=D(5)).total_in_pesos == 5
    assert Invoice(currency="USD", total=D(5), exchange_rate=D(20)).total_in_pesos == 100
    assert Invoice(currency="USD", total=D(5), facts={}).total_in_pesos is None
