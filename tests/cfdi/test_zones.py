"""The zones of postcodes, by SAT's catalog and the tz database's history."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.cfdi import zones


@pytest.mark.parametrize(
    ("postcode", "zone"),
    [
        ("06000", "America/Mexico_City"), ("22000", "America/Tijuana"), ("23000", "America/Mazatlan"),
        ("26000", "America/Matamoros"), ("25000", "America/Mexico_City"), ("31000", "America/Chihuahua"),
        ("32000", "America/Ciudad_Juarez"), ("32880", "America/Chihuahua"), ("63000", "America/Mazatlan"),
        ("63735", "America/Mexico_City"), ("77500", "America/Cancun"), ("80000", "America/Mazatlan"),
        ("83000", "America/Hermosillo"), ("88500", "America/Matamoros"), ("89000", "America/Mexico_City"),
        ("99999", "America/Mexico_City"), ("", "America/Mexico_City"), ("abcde", "America/Mexico_City"),
        ("٢٢٠٠٠", "America/Mexico_City"),
    ],
)  # fmt: skip
def test_each_postcode_has_its_zone(postcode: str, zone: str) -> None:
    assert zones.zone_of(postcode).key == zone


def test_ranges_are_in_order_and_apart() -> None:
    flat = [bound for first, last, _ in zones._RANGES for bound in (first, last)]
    assert flat == sorted(flat)


def test_local_dates_become_moments() -> None:
    noon = datetime(2026, 1, 15, 12)
    assert zones.moment(noon, "06000") == datetime(2026, 1, 15, 18, tzinfo=UTC)
    assert zones.moment(noon, "22000") == datetime(2026, 1, 15, 20, tzinfo=UTC)
    assert zones.moment(noon, "77500") == datetime(2026, 1, 15, 17, tzinfo=UTC)


def test_the_wait_for_the_stamp_counts_the_zone() -> None:
    fecha, stamped = datetime(2026, 1, 15, 10), datetime(2026, 1, 15, 12, 5)
    assert zones.until_stamp(fecha, "06000", stamped) == timedelta(hours=2, minutes=5)
    assert zones.until_stamp(fecha, "22000", stamped) == timedelta(minutes=5)
    assert zones.until_stamp(fecha, "77500", stamped) == timedelta(hours=3, minutes=5)


def test_summer_time_of_the_border_counts() -> None:
    """In July Tijuana is one hour behind Mexico City, in January two."""
    fecha, stamped = datetime(2026, 7, 15, 10), datetime(2026, 7, 15, 11, 5)
    assert zones.until_stamp(fecha, "22000", stamped) == timedelta(minutes=5)
