"""Runs one row of the outbox: claim it, do it, end it. The only caller of the functions that `@job` registers."""
from collections.abc import Sequence
from uuid import UUID

import structlog

from portal.core.db import DOOR, rescope, transaction
from portal.jobs import queries, registry, services
from portal.jobs.registry import GiveUp, Job, Later
from portal.jobs.services import Claim

log = structlog.get_logger()


def run(outbox_id: UUID | str) -> bool:
    """Do the work of one row and return whether this call did it.

    Anything may be called twice, by two workers at once, or after the row is done: it is then False. A job's
    error is logged, the row waits for its next attempt or is parked; nothing is raised but what stops the process
    or says that the database is away.
    """
    with transaction(DOOR):
        taken = services.claim(UUID(str(outbox_id)))
    if taken is None:
        return False
    with structlog.contextvars.bound_contextvars(job=taken.name, outbox_id=str(taken.id)):
        try:
            return _perform(taken)
        except Later as later:
            _end_badly(taken, str(later), later.seconds)
        except GiveUp as hopeless:
            with transaction(DOOR):
                services.give_up(taken, str(hopeless))
        except Exception as error:
            log.exception("job.failed", attempt=taken.attempts)
            _end_badly(taken, f"{type(error).__name__}: {error}", None)
        return False


def drain(limit: int = 1000, queues: Sequence[str] = registry.QUEUES) -> int:
    """Run everything that is due, here and now, until nothing is left or `limit` is reached; for tests and demos."""
    done = 0
    while done < limit:
        with transaction(DOOR):
            rows = queries.due(min(50, limit - done), queues)
        finished = sum(run(outbox_id) for outbox_id, _name in rows)
        done += finished
        if not finished:
            break
    return done


def rehearse() -> None:
    """Go through the steps of a run with a row that does not exist: nothing happens, and all is prepared."""
    nobody = Claim(UUID(int=0), "", {}, None, "", 0)
    with transaction(DOOR):
        services.claim(nobody.id)
        services.hold(nobody)
        services.finish(nobody)


def _perform(taken: Claim) -> bool:
    job = registry.get(taken.name)
    return _outside(job, taken) if job.outside else _within(job, taken)


def _within(job: Job, taken: Claim) -> bool:
    """The effect and the row's end are one commit: whatever dies, it is done once or not at all."""
    with transaction(DOOR):
        if not services.hold(taken):
            return False
        rescope(job.scope(taken.client_id))
        job.call(taken.client_id, taken.payload)
        rescope(DOOR)
        services.finish(taken)
    return True


def _outside(job: Job, taken: Claim) -> bool:
    job.call(taken.client_id, taken.payload)
    with transaction(DOOR):
        services.finish(taken)
    return True


def _end_badly(taken: Claim, reason: str, seconds: int | None) -> None:
    with transaction(DOOR):
        services.put_back(taken, reason, seconds)
