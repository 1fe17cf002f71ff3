"""Moments of periodic jobs, as plain values: `Every(minutes=1)`, `Daily("03:10")`. No clock, no database.

A *slot* is one such moment, in UTC. Slots depend on the calendar alone, so every ticker finds the same ones.
"""
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Protocol
from zoneinfo import ZoneInfo

MEXICO = "America/Mexico_City"
GRACE = timedelta(minutes=5)
MOST = 500


class CatchUp(StrEnum):
    """What to do with moments that passed while no ticker was alive."""

    LATEST = "latest"  # one run makes good for all of them
    ALL = "all"  # each of them has its run
    SKIP = "skip"  # a moment missed by more than five minutes is left out


class When(Protocol):
    """A rule that names moments."""

    def latest(self, at: datetime) -> datetime:
        """Return the newest slot that is not after `at`."""

    def following(self, slot: datetime) -> datetime:
        """Return the slot after `slot`."""


@dataclass(frozen=True, kw_only=True)
class Every:
    """Each so many seconds, minutes and hours, counted from 1970 so that all tickers agree."""

    seconds: int = 0
    minutes: int = 0
    hours: int = 0

    def __post_init__(self) -> None:
        if self.length <= 0:
            raise ValueError("a period must be positive")

    @property
    def length(self) -> int:
        """The period in seconds."""
        return self.seconds + 60 * self.minutes + 3600 * self.hours

    def latest(self, at: datetime) -> datetime:
        """Return the newest slot that is not after `at`."""
        return datetime.fromtimestamp(int(at.timestamp()) // self.length * self.length, UTC)

    def following(self, slot: datetime) -> datetime:
        """Return the slot after `slot`."""
        return slot + timedelta(seconds=self.length)


@dataclass(frozen=True)
class Daily:
    """Each day at an hour ("03:10") of a zone."""

    hour: str
    zone: str = MEXICO

    def latest(self, at: datetime) -> datetime:
        """Return the newest slot that is not after `at`."""
        day = at.astimezone(ZoneInfo(self.zone)).date()
        today = self._on(day)
        return today if today <= at else self._on(day - timedelta(days=1))

    def following(self, slot: datetime) -> datetime:
        """Return the slot after `slot`."""
        return self._on(slot.astimezone(ZoneInfo(self.zone)).date() + timedelta(days=1))

    def _on(self, day: Any) -> datetime:
        return datetime.combine(day, time.fromisoformat(self.hour), ZoneInfo(self.zone)).astimezone(UTC)


@dataclass(frozen=True)
class Entry:
    """One line of the schedule: a job, when, and what to do with missed moments."""

    job: str
    when: When
    catch_up: CatchUp = CatchUp.LATEST
    ids: dict[str, Any] = field(default_factory=dict)
    name: str = ""

    @property
    def key(self) -> str:
        """The name that its slots go by; two lines for one job need two names."""
        return self.name or self.job


def due(entry: Entry, last: datetime | None, at: datetime) -> list[tuple[datetime, bool]]:
    """Return the slots to deal with now, oldest first, each with whether it runs.

    `last` is the newest slot dealt with. A line seen for the first time starts with the next slot: its newest past
    one is only recorded. More than 500 missed slots of an `ALL` line come in portions.
    """
    newest = entry.when.latest(at)
    if last is None:
        return [(newest, False)]
    if newest <= last:
        return []
    if entry.catch_up is CatchUp.ALL:
        return [(slot, True) for slot in _between(entry.when, last, newest)]
    return [(newest, entry.catch_up is CatchUp.LATEST or at - newest <= GRACE)]


def _between(when: When, last: datetime, newest: datetime) -> list[datetime]:
    slots = [when.following(last)]
    while slots[-1] < newest and len(slots) < MOST:
        slots.append(when.following(slots[-1]))
    return slots
