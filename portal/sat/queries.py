"""What SAT's lists say of taxpayers. "Not on it" is said only of a good list that was seen to be the newest lately."""
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import select

from portal.core.clock import now
from portal.core.db import session
from portal.sat.kinds import Kind
from portal.sat.lists import Situation, normalise, valid
from portal.sat.models import ListState, SatList, SatListEntry

FRESH = timedelta(days=7)  # a list that was not looked for since says nothing of who is not on it
GENERIC = frozenset({"XAXX010101000", "XEXX010101000"})  # nobody's


class Said(StrEnum):
    """What one list says of one taxpayer."""

    CLEAR = "clear"  # not on it
    LISTED = "listed"
    UNKNOWN = "unknown"  # no good list, or an old one, or no RFC: not checked


@dataclass(frozen=True)
class Mention:
    """One row about the taxpayer."""

    situation: Situation
    written: str
    since: date | None


@dataclass(frozen=True)
class Word:
    """What one list says. `listed_on` is the list's own date, or the day on which SAT's server had put it there."""

    kind: Kind
    said: Said
    listed_on: date | None = None
    checked_at: datetime | None = None
    mentions: tuple[Mention, ...] = ()


@dataclass(frozen=True)
class Standing:
    """What every list says of one taxpayer, in the order of `Kind`."""

    rfc: str
    words: tuple[Word, ...]

    def on(self, kind: Kind) -> Word:
        """What one list says."""
        return next(word for word in self.words if word.kind is kind)

    @property
    def efos(self) -> Word:
        """What the 69-B says."""
        return self.on(Kind.EFOS)

    @property
    def others(self) -> tuple[Word, ...]:
        """The lists of article 69."""
        return tuple(word for word in self.words if word.kind is not Kind.EFOS)


def standing(rfcs: Collection[str]) -> dict[str, Standing]:
    """Return, for each RFC as it was given, what SAT's lists say of it. In two queries, however many are asked for.

    A taxpayer without a Mexican RFC is UNKNOWN everywhere, and so is anybody on a list that is missing or older than
    `FRESH`, unless an older list mentions them: that is said.
    """
    lists = {one.kind: one for one in _current()}
    plain = {rfc: normalise(rfc) for rfc in rfcs}
    asked = {rfc for rfc in plain.values() if valid(rfc) and rfc not in GENERIC}
    mentions = _mentions(asked, {one.id: one.kind for one in lists.values()})
    return {given: Standing(rfc, tuple(
        _word(kind, lists.get(kind), mentions.get((rfc, kind), ()), rfc in asked) for kind in Kind))
        for given, rfc in plain.items()}


def loaded() -> Sequence[SatList]:
    """Return the current lists and the last refusals, by kind."""
    states = (ListState.CURRENT, ListState.REFUSED)
    return session.scalars(select(SatList).where(SatList.state.in_(states)).order_by(SatList.kind, SatList.state)).all()


def fresh(checked_at: datetime) -> bool:
    """Say whether a list that was last seen to be the newest at this moment may still be believed."""
    return now() - checked_at <= FRESH


def _word(kind: Kind, found: SatList | None, mentions: Iterable[Mention], asked: bool) -> Word:
    if found is None:
        return Word(kind, Said.UNKNOWN)
    said = Said.LISTED if mentions else Said.CLEAR if asked and fresh(found.checked_at) else Said.UNKNOWN
    day = found.listed_on or (found.published_at.date() if found.published_at else None)
    return Word(kind, said, day, found.checked_at, tuple(mentions))


def _current() -> Sequence[SatList]:
    return session.scalars(select(SatList).filter_by(state=ListState.CURRENT)).all()


def _mentions(rfcs: Collection[str], kinds: dict[object, Kind]) -> dict[tuple[str, Kind], tuple[Mention, ...]]:
    found: dict[tuple[str, Kind], tuple[Mention, ...]] = {}
    query = select(SatListEntry.rfc, SatListEntry.list_id, SatListEntry.situation, SatListEntry.since,
                   SatListEntry.details["written"].astext.label("written"))
    rows = session.execute(query.where(SatListEntry.rfc.in_(rfcs), SatListEntry.list_id.in_(list(kinds)))
                           .order_by(SatListEntry.since.desc().nulls_last(), SatListEntry.id)) if rfcs and kinds else ()
    for row in rows:
        key = (row.rfc, kinds[row.list_id])
        found[key] = (*found.get(key, ()), Mention(row.situation, row.written, row.since))
    return found
