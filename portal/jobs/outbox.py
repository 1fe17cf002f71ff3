"""`defer`: ask for work, in the same transaction as the change that needs it."""
import hashlib
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from portal.core.clock import now
from portal.core.db import after_commit, session
from portal.core.ids import new_id
from portal.jobs import registry, transport
from portal.jobs.models import OutboxRow, WorkState

LONGEST_ID = 200
BELL_TRUSTED = timedelta(seconds=10)


def defer(name: str, *, client_id: UUID | None = None, key: str | None = None, at: datetime | None = None,
          queue: str | None = None, **ids: Any) -> None:
    """Write the job `name` into the outbox of the open transaction; it runs after the commit, or not before `at`.

    `ids` are UUIDs, short texts, numbers, dates or None: never data. `key`: while an equal one waits, nothing is
    added. Raises LookupError for an unknown job or queue, TypeError for what is not an id.
    """
    job = registry.get(name)
    chosen = queue or job.queue
    if chosen not in registry.QUEUES:
        raise LookupError(f"no worker serves the queue {chosen!r}")
    if set(ids) - set(job.parameters):
        raise TypeError(f"{name} does not take {sorted(set(ids) - set(job.parameters))}")
    moment = at or now()
    outbox_id = new_id()
    row = {"id": outbox_id, "created_at": now(), "name": name, "payload": {k: _plain(v) for k, v in ids.items()},
           "client_id": client_id, "key": key, "queue": chosen, "state": WorkState.PENDING, "attempts": 0,
           "available_at": moment, "locked_until": moment + BELL_TRUSTED, "last_error": ""}
    if _added(row) and moment <= now():
        after_commit(lambda: _ring(outbox_id, chosen, job.timeout))


def key_lock(name: str, key: str) -> int:
    """Return the number of the advisory lock that guards a key (a signed 64-bit integer)."""
    return int.from_bytes(hashlib.sha256(f"{name}|{key}".encode()).digest()[:8], signed=True)


def _added(row: dict[str, Any]) -> bool:
    if row["key"]:
        # While this change is not committed, a waiting row of the same key must not be claimed: it would run
        # without seeing the change, and the change would never have its run.
        session.execute(select(func.pg_advisory_xact_lock_shared(key_lock(row["name"], row["key"]))))
    session.flush()
    found = session.execute(insert(OutboxRow).values(**row).on_conflict_do_nothing())
    return bool(found.rowcount)  # type: ignore[attr-defined]


def _ring(outbox_id: UUID, queue: str, timeout: int) -> None:
    transport.ring(outbox_id, queue, 0, timeout)


def _plain(value: Any) -> Any:
    if isinstance(value, (UUID, datetime, date)):
        return str(value) if isinstance(value, UUID) else value.isoformat()
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, str) and len(value) <= LONGEST_ID:
        return str(value)
    raise TypeError(f"a job is given ids, not {type(value).__name__} data")
