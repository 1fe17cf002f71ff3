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


def test_open_and_closed_cover_all_that_was_sent():
    assert set(OPEN) | set(CLOSED) | {S.DRAFT, S.DELETED} == set(S)
    assert not set(OPEN) & set(CLOSED)


def test_a_stale_page_is_refused():
    require_version(Invoice(version=3), 3)
    with pytest.raises(Conflict):
        require_version(Invoice(version=3), 2)
