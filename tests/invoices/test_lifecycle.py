"""Every step of the table is possible for who may take it, and nothing else is."""
import itertools

import pytest

from portal.access.permissions import Permission as P
from portal.access.policy import Role, permissions_of
from portal.core.db import session
from portal.core.errors import Conflict, NotAllowed
from portal.invoices.lifecycle import CLOSED, OPEN, STEPS, may, move, require_version
from portal.invoices.models import Invoice, InvoiceMoment
from portal.invoices.models import InvoiceStatus as S

ALL = list(itertools.product(S, S))
ILLEGAL = [pair for pair in ALL if pair not in STEPS]


@pytest.fixture()
def almighty(payables):
    return payables.on(permissions=frozenset(permissions_of(frozenset(Role))))


@pytest.mark.parametrize(("start", "to"), ILLEGAL, ids=lambda s: s.value)
def test_an_illegal_step_is_refused_and_changes_nothing(start, to, world, seller, almighty):
    row = world.invoice(seller, status=start)
    with world.acting(almighty), pytest.raises(Conflict):
        invoice = session.get(Invoice, row.id)
        assert not may(invoice, to, almighty)
        move(invoice, to, almighty)
    assert (row.status, row.version) == (start, 1)


@pytest.mark.parametrize(("start", "to"), list(STEPS), ids=lambda s: s.value)
def test_a_step_needs_its_permission(start, to, world, seller, almighty):
    row = world.invoice(seller, status=start)
    weak = almighty.on(permissions=almighty.permissions - {STEPS[start, to].permission})
    with world.acting(weak), pytest.raises(NotAllowed):
        move(session.get(Invoice, row.id), to, weak)
    with world.acting(almighty):
        invoice = session.get(Invoice, row.id)
        assert may(invoice, to, almighty) and not may(invoice, to, weak)
        move(invoice, to, almighty, **({"reason": "why"} if to in (S.REJECTED, S.DRAFT) else {}))
        assert invoice.status is to and invoice.version >= 2
        moment = session.query(InvoiceMoment).filter_by(invoice_id=row.id).one()
        assert (moment.what, moment.side) == (STEPS[start, to].what, "client")


def test_nobody_of_the_supplier_may_decide_or_pay(world, seller, supplier):
    for (start, to), step in STEPS.items():
        row = Invoice(status=start)
        assert may(row, to, supplier) == (step.permission == P.Invoice.SUBMIT)


BY_WHOM = {
    P.Invoice.SUBMIT: {"draft in_review", "draft deleted", "in_review withdrawn"},
    P.Invoice.APPROVE: {"in_review approved", "in_review draft", "in_review rejected", "approved nothing_owed"},
    P.Invoice.REOPEN: {"approved rejected", "scheduled rejected"},  # cancelled at SAT
    P.Payment.SCHEDULE: {"approved scheduled", "scheduled approved"},
    P.Payment.REGISTER: {"approved partly_paid", "approved paid", "scheduled partly_paid", "scheduled paid",
                         "partly_paid paid", "approved partly_applied", "approved applied", "partly_applied applied"},
    P.Payment.VOID: {"paid partly_paid", "paid scheduled", "paid approved", "partly_paid scheduled",
                     "partly_paid approved", "applied partly_applied", "applied approved", "partly_applied approved"},
}


def test_the_steps_are_these_and_those_who_may_take_them_are_these():
    """Written down a second time: a step that slips in, or into other hands, is a hole, not a change of taste."""
    found = {}
    for (start, to), step in STEPS.items():
        found.setdefault(step.permission, set()).add(f"{start} {to}")
    assert found == BY_WHOM
    assert {*OPEN} == {S.IN_REVIEW, S.APPROVED, S.SCHEDULED, S.PARTLY_PAID, S.PARTLY_APPLIED}


def test_open_and_closed_cover_all_that_was_sent():
    assert set(OPEN) | set(CLOSED) | {S.DRAFT, S.DELETED} == set(S)
    assert not set(OPEN) & set(CLOSED)


def test_a_stale_page_is_refused():
    require_version(Invoice(version=3), 3)
    with pytest.raises(Conflict):
        require_version(Invoice(version=3), 2)
