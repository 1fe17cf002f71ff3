"""Every job by its name: `@job("invoices.inspect_files")` on a function in some feature's `jobs.py`.

The function is given the actor (the portal itself, on behalf of one client) and ids, and calls one service:

    @job("invoices.inspect_files")
    def inspect_files(actor: Actor, invoice_id: UUID) -> None:
        services.inspect_files(invoice_id, actor)

A *plain* job runs inside one transaction that also ends its row: its effect happens once. A job that talks to the
outside (`outside=True`) is given no transaction: it opens short ones with `step(actor)` around its calls, may be
run again after a crash at any point, and must be idempotent.
"""
import typing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from portal.access.actor import Actor, system
from portal.core.db import DOOR, Scope, transaction

QUEUES = ("critical", "default", "bulk")
BACKOFF = (5, 30, 120, 600, 1800, 3600, 10800)
_READERS: dict[type, Callable[[str], Any]] = {UUID: UUID, datetime: datetime.fromisoformat, date: date.fromisoformat}


class Later(Exception):
    """Raised by a job that cannot be done now: try again, after `seconds` or after the usual pause."""

    def __init__(self, reason: str, seconds: int | None = None) -> None:
        super().__init__(reason)
        self.seconds = seconds


class GiveUp(Exception):
    """Raised by a job that can never be done: park it at once, with an alarm."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """What is known of one job. `backoff`: seconds before attempt 2, 3, …; the last one repeats."""

    name: str
    run: Callable[..., object]
    queue: str
    attempts: int
    backoff: tuple[int, ...]
    timeout: int
    outside: bool
    door: bool

    def scope(self, client_id: UUID | None) -> Scope:
        """Return whose rows the job may touch: its client's, or those that the narrow door role is granted."""
        return DOOR if self.door else system(client_id).scope

    def call(self, client_id: UUID | None, payload: dict[str, Any]) -> None:
        """Run the job's function with its ids read back into their types."""
        self.run(system(client_id), **{k: _read(v, self.parameters.get(k)) for k, v in payload.items()})

    @property
    def parameters(self) -> dict[str, Any]:
        """The annotations of the ids that the function takes."""
        hints = typing.get_type_hints(self.run)
        return {k: v for k, v in hints.items() if k not in ("return", "actor")}

    def pause(self, attempts: int) -> int:
        """Return how many seconds to wait after the attempt number `attempts` failed."""
        return self.backoff[min(max(attempts, 1), len(self.backoff)) - 1]


_jobs: dict[str, Job] = {}


def job(name: str, *, queue: str = "default", attempts: int = 8, backoff: tuple[int, ...] = BACKOFF,
        timeout: int = 120, outside: bool = False,
        door: bool = False) -> Callable[[Callable[..., object]], Callable[..., object]]:
    """Register a function as the job `name`. `timeout` in seconds; `door` gives it the door's narrow role.

    Raises ValueError for a queue that no worker serves, or a name that another function has.
    """
    if queue not in QUEUES:
        raise ValueError(f"no worker serves the queue {queue!r}")

    def register(run: Callable[..., object]) -> Callable[..., object]:
        known = _jobs.get(name)
        if known is not None and (known.run.__module__, known.run.__qualname__) != (run.__module__, run.__qualname__):
            raise ValueError(f"two jobs are called {name!r}")
        _jobs[name] = Job(name=name, run=run, queue=queue, attempts=attempts, backoff=backoff, timeout=timeout,
                          outside=outside, door=door)
        return run

    return register


def get(name: str) -> Job:
    """Return the job `name`. Raises LookupError when none is registered."""
    try:
        return _jobs[name]
    except KeyError:
        raise LookupError(f"no job is called {name!r}; is its module in features.JOBS?") from None


def names() -> frozenset[str]:
    """Return the names of all jobs."""
    return frozenset(_jobs)


@contextmanager
def step(actor: Actor) -> Iterator[None]:
    """Open a short transaction of an outside job, before or after its call to the world."""
    with transaction(actor.scope):
        yield


def _read(value: Any, kind: Any) -> Any:
    if isinstance(value, str):
        for candidate in (kind, *typing.get_args(kind)):
            if candidate in _READERS:
                return _READERS[candidate](value)
    return value
