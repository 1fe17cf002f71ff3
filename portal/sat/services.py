"""Loading SAT's lists: all of a file or none of it. The caller opens the transaction, as the door."""
import hashlib
import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice
from typing import Any

import structlog
from sqlalchemy import delete, func, select, text

from portal.core.clock import now
from portal.core.db import savepoint, session
from portal.core.ids import new_id
from portal.sat.kinds import PUBLISHED, Kind
from portal.sat.lists import Entry, Reading, Refused
from portal.sat.models import ListState, SatList, SatListEntry

log = structlog.get_logger()

SHARE = 0.8  # of the rows of the last good list: with fewer, the file is taken for a part of one
_BATCH = 5_000
# Whole columns at once: row by row takes three times as long, and COPY is refused where there is row-level security.
_INSERT = text("INSERT INTO sat_list_entries (id, created_at, list_id, rfc, situation, since, details)"
               " SELECT id, :at, :list, rfc, situation, since, details::jsonb"
               " FROM unnest(CAST(:ids AS uuid[]), CAST(:rfcs AS text[]), CAST(:situations AS text[]),"
               " CAST(:since AS date[]), CAST(:details AS text[])) AS t (id, rfc, situation, since, details)")


class Outcome(StrEnum):
    """What came of a file."""

    LOADED = "loaded"
    UNCHANGED = "unchanged"  # the same bytes as those loaded: only seen again
    REFUSED = "refused"


@dataclass(frozen=True)
class Arrived:
    """A file as it came: its bytes, from where, and when SAT's server says that it was put there."""

    kind: Kind
    data: bytes
    source: str
    published_at: datetime | None = None


@dataclass(frozen=True)
class Loaded:
    """The outcome, the rows of the file, and why it was refused."""

    outcome: Outcome
    rows: int = 0
    reason: str = ""


def load(arrived: Arrived, *, accept_smaller: bool = False) -> Loaded:
    """Make a file the current list of its kind, or refuse it and leave the current one as it is.

    `accept_smaller` takes a file with far fewer rows than before, or than such a list has; an operator says so.
    Raises nothing for what the file holds. To be called in a transaction of the door.
    """
    session.execute(text("SET LOCAL statement_timeout = '10min'"))
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"sat_lists:{arrived.kind}"))))
    before = _current(arrived.kind)
    sha256 = hashlib.sha256(arrived.data).hexdigest()
    if before is not None and before.sha256 == sha256:
        before.checked_at, before.published_at = now(), arrived.published_at or before.published_at
        _forget_refusals(arrived.kind)
        return Loaded(Outcome.UNCHANGED, before.rows)
    try:
        with savepoint():
            made = _replaced(arrived, sha256, before, accept_smaller)
    except Refused as problem:
        refuse(arrived.kind, arrived.source, str(problem), sha256)
        return Loaded(Outcome.REFUSED, reason=str(problem))
    log.info("sat.list_loaded", kind=arrived.kind.value, rows=made.rows, listed_on=str(made.listed_on))
    return Loaded(Outcome.LOADED, made.rows)


def refuse(kind: Kind, source: str, reason: str, sha256: str = "") -> None:
    """Write down that a list did not come, or not whole; only the last refusal of each kind is kept."""
    _forget_refusals(kind)
    at = now()
    session.add(SatList(kind=kind, state=ListState.REFUSED, listed_on=None, published_at=None, fetched_at=at,
                        checked_at=at, source=source[:500], sha256=sha256, problem=reason[:500]))
    session.flush()
    log.error("sat.list_refused", kind=kind.value, reason=reason)


def _replaced(arrived: Arrived, sha256: str, before: SatList | None, accept_smaller: bool) -> SatList:
    reading, at = Reading(arrived.kind, arrived.data), now()
    if before is not None and before.listed_on and reading.listed_on and reading.listed_on < before.listed_on:
        raise Refused(f"it is of {reading.listed_on}, and the list of {before.listed_on} is loaded already")
    if before is not None:
        before.state = ListState.REPLACED
        before.original = before.original if arrived.kind is Kind.EFOS else None  # the 69-B decides; each is evidence
        session.flush()
    made = SatList(id=new_id(), kind=arrived.kind, state=ListState.CURRENT, listed_on=reading.listed_on,
                   published_at=arrived.published_at, fetched_at=at, checked_at=at, source=arrived.source[:500],
                   sha256=sha256, original=zlib.compress(arrived.data))
    session.add(made)
    session.flush()
    _write(made, reading)
    if not accept_smaller:
        _require_enough(reading, before)
    made.rows, made.suppressed, made.unreadable = reading.rows, reading.suppressed, reading.unreadable
    if before is not None:
        session.execute(delete(SatListEntry).filter_by(list_id=before.id))
    _forget_refusals(arrived.kind)
    session.flush()
    return made


def _require_enough(reading: Reading, before: SatList | None) -> None:
    least = PUBLISHED[reading.kind].least if before is None else int(before.rows * SHARE)
    if reading.rows < least:
        known = f"the last good one has {before.rows}" if before is not None else f"such a list has over {least}"
        raise Refused(f"{reading.rows} rows, and {known}")


def _write(made: SatList, entries: Iterable[Entry]) -> None:
    entries = iter(entries)
    while batch := list(islice(entries, _BATCH)):
        session.execute(_INSERT, {
            "at": made.fetched_at, "list": made.id, "ids": [new_id() for _entry in batch],
            "rfcs": [entry.rfc for entry in batch], "situations": [entry.situation.value for entry in batch],
            "since": [entry.since for entry in batch], "details": [_details(entry) for entry in batch]})


def _details(entry: Entry) -> str:
    details: dict[str, Any] = {"name": entry.name, "written": entry.written}
    if entry.amount is not None:
        details["amount"] = str(entry.amount)
    if entry.cells:
        details["cells"] = entry.cells
    return json.dumps(details, ensure_ascii=False)


def _current(kind: Kind) -> SatList | None:
    return session.scalar(select(SatList).filter_by(kind=kind, state=ListState.CURRENT).with_for_update())


def _forget_refusals(kind: Kind) -> None:
    session.execute(delete(SatList).filter_by(kind=kind, state=ListState.REFUSED))
