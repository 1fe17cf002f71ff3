"""Sealing the trail into chains and verifying them: by jobs and commands, as the door, never inside a change."""
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, RowMapping, exists, func, insert, select

from portal.audit import chain
from portal.audit.models import AuditEvent, AuditSeal
from portal.core.clock import now
from portal.core.db import session
from portal.core.ids import new_id

log = structlog.get_logger()

BATCH = 2000
MOST_BROKEN = 20
# A change writes its event when it happens, but the event is seen when the change commits: events that come late
# are looked for this far behind the moment of the newest seal.
LATE = timedelta(days=1)
LOCK = 0x5EA1_5EA1
_EVENT = [getattr(AuditEvent, name) for name in chain.FIELDS]


@dataclass(frozen=True)
class Broken:
    """A link that does not fit. `reason`: "changed", "missing", "moved" (a seal was touched) or "added"."""

    position: int | None
    event_id: UUID
    reason: str


@dataclass(frozen=True)
class Verification:
    """The outcome of a check: links checked, events that wait for their seal, the first links that do not fit."""

    checked: int
    waiting: int
    broken: Sequence[Broken]

    @property
    def whole(self) -> bool:
        """Whether the chain holds."""
        return not self.broken


def seal(limit: int = BATCH) -> int:
    """Append up to `limit` events that have no seal yet to their clients' chains; return how many.

    One sealer at a time; the others do nothing.
    """
    if not session.scalar(select(func.pg_try_advisory_xact_lock(LOCK))):
        return 0
    query = select(*_EVENT).where(~_sealed(), AuditEvent.at >= _window()).order_by(
        AuditEvent.at, AuditEvent.id).limit(limit)
    heads: dict[UUID | None, tuple[int, str]] = {}
    seals = [_next_link(event, heads) for event in session.execute(query).mappings()]
    if seals:
        session.execute(insert(AuditSeal), seals)
    for client_id, (position, digest) in heads.items():
        # The log is kept elsewhere, so each head in it is an anchor: a chain cut short no longer reaches it.
        log.info("audit.sealed", client_id=str(client_id or ""), position=position, digest=digest)
    return len(seals)


def verify(client_id: UUID | None, newest: int | None = None) -> Verification:
    """Compute a client's chain again (None: of what belongs to no client) and name the links that do not fit.

    `newest` limits the check to so many of the newest links.
    """
    first = max(_head(client_id)[0] - newest, 0) if newest else 0
    expected, previous, broken = first + 1, _digest(client_id, first), _added(client_id)
    for row in _links(client_id, first):
        reason = _fault(row, expected, previous)
        if reason:
            broken.append(Broken(row["position"], row["event_id"], reason))
        # Go on from what is written, so that one tampered link is one finding and not all that follow it.
        expected, previous = row["position"] + 1, row["digest"]
    waiting = select(func.count()).select_from(AuditEvent).where(
        _of(AuditEvent, client_id), ~_sealed(), AuditEvent.at >= _window())
    return Verification(expected - 1 - first, session.scalar(waiting) or 0, broken[:MOST_BROKEN])


def verify_all() -> dict[UUID | None, Verification]:
    """Verify every chain and return those that do not hold; each raises an alarm in the log."""
    chains = set(session.scalars(select(AuditSeal.client_id).distinct())) | {None}
    outcomes = {client_id: verify(client_id) for client_id in chains}
    bad = {client_id: outcome for client_id, outcome in outcomes.items() if not outcome.whole}
    for client_id, outcome in bad.items():
        first = outcome.broken[0]
        log.error("audit.tampered", client_id=str(client_id or ""), position=first.position,
                  event_id=str(first.event_id), reason=first.reason, links=len(outcome.broken))
    return bad


def _next_link(event: RowMapping, heads: dict[UUID | None, tuple[int, str]]) -> dict[str, Any]:
    client_id = event["client_id"]
    if client_id not in heads:
        heads[client_id] = _head(client_id)
    position, previous = heads[client_id]
    heads[client_id] = position + 1, chain.link(previous, dict(event))
    return {"id": new_id(), "created_at": now(), "client_id": client_id, "position": position + 1,
            "event_id": event["id"], "digest": heads[client_id][1]}


def _head(client_id: UUID | None) -> tuple[int, str]:
    query = select(AuditSeal.position, AuditSeal.digest).where(_of(AuditSeal, client_id))
    found = session.execute(query.order_by(AuditSeal.position.desc()).limit(1)).one_or_none()
    return (found.position, found.digest) if found else (0, chain.START)


def _digest(client_id: UUID | None, position: int) -> str:
    query = select(AuditSeal.digest).where(_of(AuditSeal, client_id), AuditSeal.position == position)
    return session.scalar(query) or chain.START


def _links(client_id: UUID | None, after: int) -> Iterator[RowMapping]:
    query = (select(AuditSeal.position, AuditSeal.event_id, AuditSeal.digest, *_EVENT)
             .outerjoin(AuditEvent, AuditEvent.id == AuditSeal.event_id)
             .where(_of(AuditSeal, client_id), AuditSeal.position > after).order_by(AuditSeal.position))
    yield from session.execute(query.execution_options(yield_per=1000)).mappings()


def _fault(row: RowMapping, expected: int, previous: str) -> str:
    if row["id"] is None:
        return "missing"
    if row["position"] != expected:
        return "moved"
    return "" if chain.link(previous, dict(row)) == row["digest"] else "changed"


def _added(client_id: UUID | None) -> list[Broken]:
    """Events without a seal, too old to be waiting for one: somebody wrote them past the portal."""
    query = select(AuditEvent.id).where(_of(AuditEvent, client_id), ~_sealed(), AuditEvent.at < _window())
    return [Broken(None, event_id, "added") for event_id in session.scalars(query.limit(MOST_BROKEN))]


def _sealed() -> ColumnElement[bool]:
    return exists().where(AuditSeal.event_id == AuditEvent.id)


def _of(table: type[AuditEvent] | type[AuditSeal], client_id: UUID | None) -> ColumnElement[bool]:
    return table.client_id.is_(None) if client_id is None else table.client_id == client_id


def _window() -> datetime:
    """The earliest moment of an event that may still wait for its seal."""
    newest = session.scalar(select(AuditSeal.created_at).order_by(AuditSeal.id.desc()).limit(1))
    return newest - LATE if newest else datetime.min.replace(tzinfo=UTC)
