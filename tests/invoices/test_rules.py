"""The pure decisions."""
from datetime import timedelta
from decimal import Decimal

import pytest

from portal.core.clock import now
from portal.invoices import rules
from portal.invoices.models import InvoiceRequirement, InvoiceStatus, StampState

D = Decimal


def asks(**more):
    values = {"mandatory": True, "kinds": [], "groups": [], "minimum": None, "archived_at": None, **more}
    return InvoiceRequirement(**values)


def traits(kind="I", group="", in_pesos=D(1000)):
    return rules.Traits(kind=kind, group=group, in_pesos=in_pesos)


@pytest.mark.parametrize(("requirement", "of", "expected"), [
    (asks(), traits(), True),
    (asks(kinds=["E"]), traits("I"), False),
    (asks(kinds=["E", "I"]), traits("I"), True),
    (asks(kinds=["foreign"]), traits("foreign"), True),
    (asks(groups=["transporte"]), traits(group=""), False),
    (asks(groups=["transporte"]), traits(group="transporte"), True),
    (asks(groups=["logistica"]), traits(group="Logística"), True),
    (asks(minimum=D(1000)), traits(in_pesos=D("999.99")), False),
    (asks(minimum=D(1000)), traits(in_pesos=D(1000)), True),
    (asks(minimum=D(1000)), traits(in_pesos=None), True),
    (asks(archived_at=now()), traits(), False),
])
def test_what_is_demanded(requirement, of, expected):
    assert rules.demands(requirement, of) is expected


def test_only_a_settled_stamp_does_not_hold():
    assert rules.hold(StampState.VERIFIED) is None and rules.hold(StampState.NOT_APPLICABLE) is None
    assert rules.hold(StampState.PENDING) and rules.hold(StampState.REFUSED)


@pytest.mark.parametrize(("paid", "scheduled", "expected"), [
    ("100", False, InvoiceStatus.PAID), ("99.99", True, InvoiceStatus.PARTLY_PAID),
    ("0", True, InvoiceStatus.SCHEDULED), ("0", False, InvoiceStatus.APPROVED),
])
def test_where_it_stands_by_what_was_paid(paid, scheduled, expected):
    assert rules.status_of_paid(D(paid), D(100), scheduled=scheduled) is expected


@pytest.mark.parametrize(("applied", "expected"), [
    ("100", InvoiceStatus.APPLIED), ("99.99", InvoiceStatus.PARTLY_APPLIED), ("0", InvoiceStatus.APPROVED)])
def test_where_a_credit_note_stands_by_what_was_applied(applied, expected):
    assert rules.status_of_paid(D(applied), D(100), scheduled=False, credit=True) is expected


def test_search_key_folds_case_and_accents():
    assert rules.search_key("A-1", None, "Papelería  ÑANDÚ") == "a-1 papeleria nandu"
    assert len(rules.search_key("x" * 900)) == 500


def test_wildcards_of_like_are_harmless():
    assert rules.like("50%_\\") == "%50\\%\\_\\\\%"


def test_the_latest_day_is_never_behind_ours():
    assert rules.latest_day() >= now().date()
    assert rules.latest_day() <= now().date() + timedelta(days=1)
