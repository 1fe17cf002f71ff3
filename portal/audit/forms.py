"""The filter of the trail, as the address carries it."""
from collections.abc import Mapping
from datetime import date
from uuid import UUID

from portal.audit.queries import Filter

LONGEST = 100


def to_filter(given: Mapping[str, str]) -> Filter:
    """Return the filter that a query string asks for; what cannot be read is left out."""
    return Filter(who=given.get("who", "").strip()[:LONGEST], about=given.get("about", "")[:40],
                  words=given.get("q", "").strip()[:LONGEST], since=_day(given.get("since")),
                  until=_day(given.get("until")), subject_id=_id(given.get("subject")))


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _id(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
