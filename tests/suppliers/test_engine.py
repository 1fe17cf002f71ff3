"""What is demanded of whom, when it grows old, and where a record stands: plain values in, plain values out."""
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from portal.core.clock import now
from portal.suppliers import engine
from portal.suppliers.models import Expiry, RecordField, RecordStatus, RecordValue, ReviewState

TODAY = date(2026, 11, 21)
R, S = ReviewState, RecordStatus


def days(count: int) -> date:
    return TODAY + timedelta(days=count)


def field(**more: object) -> RecordField:
    return RecordField(**{"id": uuid4(), "label_es": "X", "mandatory": False, "kinds": [], "expiry": Expiry.NONE,
                          **more})


def test_a_field_is_demanded_of_its_kinds_and_not_once_it_is_archived() -> None:
    everybody, companies = field(), field(kinds=["company", "foreign"])
    gone = [field(archived_at=now()), field(archived_at=now(), kinds=["company"])]
    assert engine.demanded([everybody, *gone, companies], "company") == [everybody, companies]
    assert engine.demanded([everybody, *gone, companies], "person") == [everybody]


@pytest.mark.parametrize(("state", "expires", "counts"), [
    (R.DRAFT, None, True), (R.SENT, None, True), (R.APPROVED, None, True), (R.REJECTED, None, False),
    (R.EXPIRED, None, False), (R.APPROVED, days(1), True), (R.APPROVED, TODAY, False), (R.SENT, days(-1), False)])
def test_what_counts_as_given(state: ReviewState, expires: date | None, counts: bool) -> None:
    assert engine.usable(RecordValue(state=state, expires_on=expires), TODAY) is counts
    assert engine.usable(None, TODAY) is False


@pytest.mark.parametrize(("how", "lifetime", "document", "expected"), [
    (Expiry.NONE, None, days(-3), None), (Expiry.NONE, 30, days(-3), None),
    (Expiry.LIFETIME, 30, days(-3), days(30)), (Expiry.LIFETIME, None, days(-3), None),
    (Expiry.DOCUMENT_DATE, 30, days(-3), days(27)), (Expiry.DOCUMENT_DATE, None, days(9), days(9)),
    (Expiry.DOCUMENT_DATE, 30, None, None)])
def test_when_a_value_grows_old(how: Expiry, lifetime: int | None, document: date | None, expected: date | None,
                                ) -> None:
    assert engine.expiry_of(field(expiry=how, lifetime_days=lifetime), document, TODAY) == expected


A, B = field(mandatory=True), field()


@pytest.mark.parametrize(("of_a", "of_b", "accounts", "expected"), [
    (None, None, [], (S.EMPTY, True, True, False)),
    ((R.DRAFT, None), None, [], (S.INCOMPLETE, False, True, False)),
    (None, (R.DRAFT, None), [R.DRAFT], (S.INCOMPLETE, True, False, False)),
    ((R.DRAFT, None), None, [R.DRAFT], (S.READY, False, False, True)),
    ((R.SENT, None), None, [R.SENT], (S.SENT, False, False, False)),
    ((R.APPROVED, None), None, [R.SENT], (S.SENT, False, False, False)),
    ((R.APPROVED, None), None, [R.REJECTED], (S.CORRECTIONS, False, True, False)),
    ((R.APPROVED, None), (R.REJECTED, None), [R.DRAFT], (S.CORRECTIONS, False, False, False)),
    ((R.APPROVED, None), None, [R.APPROVED], (S.APPROVED, False, False, False)),
    ((R.APPROVED, days(30)), None, [R.APPROVED], (S.EXPIRING, False, False, False)),
    ((R.APPROVED, days(31)), None, [R.APPROVED], (S.APPROVED, False, False, False)),
    ((R.APPROVED, TODAY), None, [R.APPROVED], (S.EXPIRED, True, False, False)),
    ((R.APPROVED, None), (R.EXPIRED, days(-5)), [R.APPROVED], (S.EXPIRED, False, False, False)),
    ((R.APPROVED, None), (R.EXPIRED, None), [R.APPROVED], (S.EXPIRED, False, False, False)),
])
def test_where_a_record_stands(of_a: tuple[ReviewState, date | None] | None,
                               of_b: tuple[ReviewState, date | None] | None, accounts: list[ReviewState],
                               expected: tuple[RecordStatus, bool, bool, bool]) -> None:
    given: dict[UUID, RecordValue] = {one.id: RecordValue(state=said[0], expires_on=said[1])
                                      for one, said in ((A, of_a), (B, of_b)) if said}
    found = engine.standing([A, B], given, accounts, True, TODAY)
    assert (found.status, found.missing == (A.id,), found.bank_missing, found.can_send) == expected


def test_a_bank_account_is_missing_only_where_one_is_asked() -> None:
    given = {A.id: RecordValue(state=R.DRAFT)}
    assert engine.standing([A], given, [], False, TODAY).can_send
    assert not engine.standing([A], given, [], True, TODAY).can_send
    assert engine.standing([A], given, [R.REJECTED, R.SENT], True, TODAY).bank_missing is False


def test_the_next_date_is_the_first_to_come_of_what_was_not_rejected() -> None:
    fields = [field() for _n in range(5)]
    said = [(R.APPROVED, days(40)), (R.SENT, days(20)), (R.REJECTED, days(10)), (R.EXPIRED, TODAY), (R.DRAFT, None)]
    given = {f.id: RecordValue(state=s, expires_on=d) for f, (s, d) in zip(fields, said, strict=True)}
    assert engine.standing(fields, given, [], False, TODAY).next_expiry == days(20)
    assert engine.standing(fields[3:], given, [], False, TODAY).next_expiry is None
