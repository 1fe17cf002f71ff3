"""Dates, distances and amounts as people of each language read them; the catalog that all features share."""
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from flask import Flask

from portal.core import i18n
from portal.core.i18n import _, speaking

NOW = datetime(2026, 11, 27, 4, 30, tzinfo=UTC)  # the evening of the 26th in Mexico City


@pytest.fixture(autouse=True)
def evening(app: Flask) -> Iterator[None]:
    """An application at that moment, without a request."""
    with app.app_context(), time_machine.travel(NOW, tick=False):
        yield


@pytest.mark.parametrize(("language", "value", "zone", "written"), [
    ("es", date(2026, 11, 5), i18n.ZONE, "5 nov 2026"), ("en", date(2026, 11, 5), i18n.ZONE, "Nov 5, 2026"),
    ("es", NOW, i18n.ZONE, "26 nov 2026"), ("es", NOW, "Europe/Madrid", "27 nov 2026"), ("en", None, "UTC", "—")])
def test_days(language: str, value: date | None, zone: str, written: str) -> None:
    with speaking(language):
        assert i18n.day(value, zone) == written


@pytest.mark.parametrize(("language", "value", "zone", "written"), [
    ("es", NOW, i18n.ZONE, "26 nov 2026, 22:30"), ("en", NOW, "UTC", "Nov 27, 2026, 04:30"), ("es", None, "UTC", "—")])
def test_moments(language: str, value: datetime | None, zone: str, written: str) -> None:
    with speaking(language):
        assert i18n.moment(value, zone) == written


@pytest.mark.parametrize(("days", "english", "spanish"), [
    (-2, "2 days ago", "hace 2 días"), (-1, "yesterday", "ayer"), (0, "today", "hoy"), (1, "tomorrow", "mañana"),
    (2, "in 2 days", "en 2 días")])
def test_distances(days: int, english: str, spanish: str) -> None:
    there = date(2026, 11, 26) + timedelta(days=days)
    for language, written in (("en", english), ("es", spanish)):
        with speaking(language):
            assert i18n.distance(there) == written
            assert i18n.distance(NOW + timedelta(days=days)) == written  # an instant counts by its day there


def test_a_distance_is_counted_from_the_day_of_the_reader() -> None:
    with speaking("en"):
        assert i18n.distance(date(2026, 11, 27), "Europe/Madrid") == "today"
        assert i18n.distance(None) == "—"


@pytest.mark.parametrize(("seconds", "written"), [
    (59, "just now"), (60, "1 minute ago"), (59 * 60 + 59, "59 minutes ago"), (3600, "1 hour ago"),
    (86399, "23 hours ago"), (86400, "1 day ago"), (2 * 86400, "2 days ago")])
def test_how_long_ago(seconds: int, written: str) -> None:
    with speaking("en"):
        assert i18n.ago(NOW - timedelta(seconds=seconds)) == written


def test_what_is_not_known_is_a_dash() -> None:
    with speaking("es"):
        assert i18n.ago(None) == i18n.money(None) == "—"


@pytest.mark.parametrize(("amount", "decimals", "written"), [
    (Decimal("1234.5"), 2, "$1,234.50 MXN"), (Decimal("-1234567.891"), 3, "-$1,234,567.891 MXN"), (0, 0, "$0 MXN")])
def test_amounts_are_written_alike_in_both_languages(amount: Decimal, decimals: int, written: str) -> None:
    for language in i18n.LOCALES:
        with speaking(language):
            assert i18n.money(amount, decimals=decimals) == written


def test_the_language_is_one_of_ours() -> None:
    assert i18n.language() == "es"  # nobody has said
    with speaking("en"):
        assert (i18n.language(), _("today")) == ("en", "today")
        with speaking("es"):
            assert (i18n.language(), _("today")) == ("es", "hoy")
        assert i18n.language() == "en"
    with speaking("fr"):
        assert i18n.language() == "es"


@pytest.mark.parametrize(("language", "english", "read"), [
    ("es", "Order", "Pedido"), ("en", "Order", "Order"), ("en", "", "Pedido")])
def test_what_people_wrote_in_both_languages(language: str, english: str, read: str) -> None:
    with speaking(language):
        assert i18n.either("Pedido", english) == read
