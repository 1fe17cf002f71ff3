"""The bell: tells RQ that a row of the outbox waits. It may fail or be lost at any time; the sweep rings again.

Messages are JSON with one id. A message is known by the row and its attempt, so ringing twice is one message.
"""
import time
from functools import lru_cache
from uuid import UUID

import structlog
from flask import current_app
from redis import Redis, RedisError
from rq import Queue
from rq.exceptions import DuplicateJobError, NoSuchJobError
from rq.job import Job as Message
from rq.job import JobStatus
from rq.serializers import JSONSerializer

log = structlog.get_logger()

TARGET = "portal.jobs.runner.run"
PREFIX = "acuse-"
PATIENCE = 0.5  # seconds that a request may lose to a Redis that does not answer
REST = 5.0  # seconds without trying after it did not
_alive = (JobStatus.QUEUED, JobStatus.STARTED, JobStatus.DEFERRED, JobStatus.SCHEDULED)
_away_until = 0.0


def ring(outbox_id: UUID, queue: str, attempts: int, timeout: int) -> bool:
    """Tell RQ about a row; return whether it took it. Never raises: the database is the truth."""
    global _away_until
    url = redis_url()
    if not url or time.monotonic() < _away_until:
        return False
    try:
        _push(Queue(PREFIX + queue, connection=_connect(url), serializer=JSONSerializer), outbox_id, attempts, timeout)
        return True
    except RedisError as error:
        _away_until = time.monotonic() + REST
        log.warning("outbox.bell_lost", outbox_id=str(outbox_id), error=type(error).__name__)
        return False


def redis_url() -> str:
    """Return the address of Redis, empty when there is none."""
    return current_app.extensions["portal_settings"].redis_url or ""


@lru_cache(maxsize=4)
def _connect(url: str) -> Redis:
    return Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)


def _push(queue: Queue, outbox_id: UUID, attempts: int, timeout: int) -> None:
    name = f"{outbox_id}-{attempts}"
    try:
        _enqueue(queue, name, outbox_id, timeout)
    except DuplicateJobError:
        if not _is_alive(name, queue):
            _enqueue(queue, name, outbox_id, timeout)


def _enqueue(queue: Queue, name: str, outbox_id: UUID, timeout: int) -> None:
    queue.enqueue(TARGET, str(outbox_id), job_id=name, job_timeout=timeout, result_ttl=0, failure_ttl=600,
                  unique=True)


def _is_alive(name: str, queue: Queue) -> bool:
    """Say whether a message still waits or runs; the remains of a dead one are taken away."""
    try:
        message = Message.fetch(name, connection=queue.connection, serializer=JSONSerializer)
    except NoSuchJobError:
        return False
    if message.get_status() in _alive:
        return True
    message.delete()
    return False
