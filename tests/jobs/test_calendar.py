"""Slots depend on the calendar alone."""
from datetime import UTC, datetime, timedelta

import pytest

from portal.jobs.calendar import CatchUp, Daily, Entry, Every, due


def at(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, second, tzinfo=UTC)


def test_periods_start_at_round_moments() -> None:
    assert Every(minutes=15).latest(at(21, 10, 44, 59)) == at(21, 10, 30)
    assert Every(minutes=15).following(at(21, 10, 30)) == at(21, 10, 45)
    assert Every(hours=1, minutes=30).length == 5400
    with pytest.raises(ValueError):
        Every()


def test_hours_are_those_of_mexico_city() -> None:
    assert Daily("03:10").latest(at(21, 9, 9)) == at(20, 9, 10)
    assert Daily("03:10").latest(at(21, 9, 10)) == at(21, 9, 10)
    assert Daily("03:10").following(at(21, 9, 10)) == at(22, 9, 10)
    assert Daily("23:30").latest(at(21, 5, 29)) == at(20, 5, 30)


def test_a_zone_with_summer_time_keeps_its_hour() -> None:
    when = Daily("08:00", "America/Tijuana")
    before = datetime(2026, 10, 31, 15, tzinfo=UTC)
    assert when.following(before) == datetime(2026, 11, 1, 16, tzinfo=UTC)


def test_a_new_line_starts_with_the_next_moment() -> None:
    entry = Entry("x", Daily("03:10"))
    assert due(entry, None, at(21, 12)) == [(at(21, 9, 10), False)]
    assert due(entry, at(21, 9, 10), at(21, 12)) == []
    assert due(entry, at(21, 9, 10), at(22, 9, 10)) == [(at(22, 9, 10), True)]


@pytest.mark.parametrize(("policy", "expected"), [
    (CatchUp.LATEST, [(at(21, 12), True)]),
    (CatchUp.SKIP, [(at(21, 12), False)]),
    (CatchUp.ALL, [(at(21, 10), True), (at(21, 11), True), (at(21, 12), True)]),
])
def test_missed_moments(policy: CatchUp, expected: list[tuple[datetime, bool]]) -> None:
    entry = Entry("x", Every(hours=1), policy)
    assert due(entry, at(21, 9), at(21, 12, 30)) == expected
    assert due(entry, at(21, 11), at(21, 12, 4)) == [(at(21, 12), True)]


def test_many_missed_moments_come_in_portions() -> None:
    entry = Entry("x", Every(minutes=1), CatchUp.ALL)
    first = due(entry, at(1, 0), at(21, 0))
    assert len(first) == 500
    assert due(entry, first[-1][0], at(21, 0))[0][0] == first[-1][0] + timedelta(minutes=1)


def test_a_clock_that_jumps_back_does_nothing() -> None:
    assert due(Entry("x", Every(minutes=1)), at(21, 10), at(21, 9)) == []
