"""The worker: `python -m portal.jobs.worker`. Takes messages from RQ, each in a process of its own.

While Redis is away it reads the outbox in PostgreSQL directly, so work goes on; when Redis is back it listens
again. SIGTERM lets the running job end; a second one ends it (its row is taken up again elsewhere).
"""
import argparse
import gc
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import structlog
from flask import Flask
from redis import ConnectionError as RedisConnectionError
from redis import Redis, RedisError
from redis import TimeoutError as RedisTimeoutError
from rq import Queue, Worker
from rq.exceptions import StopRequested
from rq.job import Job as Message
from rq.serializers import JSONSerializer
from rq.timeouts import JobTimeoutException, UnixSignalDeathPenalty
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import configure_mappers

from portal.core.db import DOOR, db, transaction
from portal.jobs import doors, queries, registry, runner, sweeper, transport

log = structlog.get_logger()

IDLE = 10  # seconds of silence after which the outbox is swept
AWAY = 3.0  # seconds between two looks at the database while Redis is away
CONNECT = 2.0
MEMORY = 2 * 1024**3  # what one job may use, in bytes
OVERDUE = 30  # seconds after its time limit that a process has to end


class RedisAway(RedisTimeoutError):
    """Redis went away while we listened. RQ ends its loop on time-outs, and waits for ever on anything else."""


class _Queue(Queue):
    @classmethod
    def dequeue_any(cls, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().dequeue_any(*args, **kwargs)
        except RedisConnectionError as error:
            raise RedisAway(str(error)) from error


class _Listener(Worker):
    """RQ's worker, which gives up when Redis is away, and whose children know the application."""

    queue_class = _Queue
    app: Flask
    stopping = False

    def request_stop(self, signum: int, frame: Any) -> None:
        _Listener.stopping = True
        super().request_stop(signum, frame)

    def heartbeat(self, *args: Any, **kwargs: Any) -> None:
        try:
            super().heartbeat(*args, **kwargs)
        except RedisConnectionError as error:
            raise RedisAway(str(error)) from error

    def main_work_horse(self, job: Message, queue: Queue) -> None:
        _confine()
        with self.app.app_context():
            db.engine.dispose(close=False)  # the parent's connections are the parent's
            super().main_work_horse(job, queue)

    def teardown(self) -> None:
        try:
            super().teardown()
        except RedisError:
            log.warning("worker.left_without_goodbye")


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m portal.jobs.worker", description="Work on the outbox.")
    parser.add_argument("--queues", default=",".join(registry.QUEUES), help="in the order of their urgency")
    queues = tuple(parser.parse_args(arguments).queues.split(","))
    unknown = set(queues) - set(registry.QUEUES)
    if unknown:
        parser.error(f"no such queue: {', '.join(sorted(unknown))}")
    serve(doors.load_app(), queues)
    return 0


def serve(app: Flask, queues: Sequence[str] = registry.QUEUES) -> None:
    """Listen to Redis, or read the outbox while there is none, until asked to stop."""
    stop = threading.Event()
    _warm(app)
    while not (stop.is_set() or _Listener.stopping):
        _on_signal(stop)
        try:
            if not _listen(app, queues):
                _read_outbox(app, queues, stop)
                stop.wait(AWAY)
        except StopRequested:
            break
        except SQLAlchemyError as error:
            log.error("worker.database_away", error=type(error).__name__)
            stop.wait(AWAY)


def _warm(app: Flask) -> None:
    """Learn once what every child would have to learn anew: the mappers, the database's dialect, the statements."""
    configure_mappers()
    try:
        with app.app_context():
            runner.rehearse()
    except SQLAlchemyError:
        log.warning("worker.database_away")
    gc.collect()
    gc.freeze()  # a child's collector does not touch, and so does not copy, what is here now


def _on_signal(stop: threading.Event) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())


def _listen(app: Flask, queues: Sequence[str]) -> bool:
    """Take messages until there has been silence for a while; False when Redis is away."""
    with app.app_context():
        url = transport.redis_url()
    if not url:
        return False
    try:
        connection = Redis.from_url(url, socket_connect_timeout=CONNECT)
        connection.ping()
        listener = _Listener([transport.PREFIX + name for name in queues], connection=connection,
                             serializer=JSONSerializer, worker_ttl=60, maintenance_interval=30,
                             job_monitoring_interval=10, log_job_description=False)
        listener.app = app
        listener.work(logging_level="WARNING", max_idle_time=IDLE)
        connection.ping()
    except RedisError:
        return False
    with app.app_context():
        sweeper.sweep()
    return True


def _read_outbox(app: Flask, queues: Sequence[str], stop: threading.Event) -> None:
    while not stop.is_set():
        with app.app_context(), transaction(DOOR):
            rows = queries.due(20, queues)
        done = [_isolated(app, outbox_id, name) for outbox_id, name in rows if not stop.is_set()]
        if not any(done):
            return


def _isolated(app: Flask, outbox_id: UUID, name: str) -> bool:
    """Run one row in a child process, so that whatever it does to its process stays there."""
    limit = registry.get(name).timeout if name in registry.names() else 120
    child = os.fork()
    if child == 0:
        os._exit(_in_child(app, outbox_id, limit))
    deadline = time.monotonic() + limit + OVERDUE
    while time.monotonic() < deadline:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status == 0
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False


def _confine() -> None:
    """A file that was made to eat the machine's memory fails its own job, and leaves no core behind."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _in_child(app: Flask, outbox_id: UUID, limit: int) -> int:
    os.setpgrp()
    _confine()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        with app.app_context(), UnixSignalDeathPenalty(limit, JobTimeoutException):
            db.engine.dispose(close=False)
            return 0 if runner.run(outbox_id) else 1
    except BaseException as error:
        log.error("worker.child_failed", error=type(error).__name__)
        return 1


if __name__ == "__main__":
    sys.exit(main())
