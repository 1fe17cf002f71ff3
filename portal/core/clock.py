"""The only place that asks what time it is, so that tests can move it and no rule can hide a clock."""
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)


def today(zone: str) -> date:
    """Return the calendar day in `zone` (an IANA name such as "America/Mexico_City")."""
    return now().astimezone(ZoneInfo(zone)).date()
