"""The time zone of a postcode: CFDI dates are local to LugarExpedicion, stamps are in Mexico Centre time.

Ranges from SAT's c_CodigoPostal (its zone column), with the zones that the tz database tells apart by history:
Sonora never changed its clocks, Chihuahua did until 2022, each border town follows its own neighbour.
"""

from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

CENTRE_NAME: Final = "America/Mexico_City"
CENTRE: Final = ZoneInfo(CENTRE_NAME)

_RANGES: Final = (
    (21000, 22999, "America/Tijuana"),
    (23000, 23999, "America/Mazatlan"),
    (26000, 26339, "America/Matamoros"),
    (26400, 26699, "America/Matamoros"),
    (27500, 27549, "America/Matamoros"),
    (31000, 31819, "America/Chihuahua"),
    (31820, 31849, "America/Ojinaga"),
    (31850, 31999, "America/Chihuahua"),
    (32000, 32799, "America/Ciudad_Juarez"),
    (32800, 33999, "America/Chihuahua"),
    (63000, 63725, "America/Mazatlan"),
    (63727, 63727, "America/Mazatlan"),
    (63731, 63731, "America/Mazatlan"),
    (63733, 63733, "America/Mazatlan"),
    (63740, 63999, "America/Mazatlan"),
    (65000, 65069, "America/Matamoros"),
    (68318, 68318, "America/Mazatlan"),
    (77000, 77999, "America/Cancun"),
    (80000, 82999, "America/Mazatlan"),
    (83000, 85999, "America/Hermosillo"),
    (87300, 87599, "America/Matamoros"),
    (88000, 88879, "America/Matamoros"),
    (88900, 88999, "America/Matamoros"),
)
_STARTS: Final = [first for first, _, _ in _RANGES]


@lru_cache(maxsize=4096)
def zone_of(postcode: str) -> ZoneInfo:
    """The zone of a Mexican postcode; Mexico Centre for any other text."""
    if len(postcode) == 5 and postcode.isascii() and postcode.isdigit():
        index = bisect_right(_STARTS, int(postcode)) - 1
        if index >= 0 and int(postcode) <= _RANGES[index][1]:
            return ZoneInfo(_RANGES[index][2])
    return CENTRE


def moment(local: datetime, postcode: str = "") -> datetime:
    """The aware UTC moment of a local date and time at a postcode (without one, Mexico Centre: a stamp's)."""
    return local.replace(tzinfo=zone_of(postcode)).astimezone(UTC)


def until_stamp(fecha: datetime, postcode: str, stamped: datetime) -> timedelta:
    """How long from its date to its stamp: `fecha` is local to the postcode, `stamped` in Mexico Centre time."""
    zone = zone_of(postcode)
    if zone is CENTRE:
        return stamped - fecha
    return stamped.replace(tzinfo=CENTRE).astimezone(UTC) - fecha.replace(tzinfo=zone).astimezone(UTC)
