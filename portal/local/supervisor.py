"""`make run`: everything on one machine under one supervisor.

Starts what is embedded (PostgreSQL, Valkey), migrates, seeds the demo once, starts web, worker and ticker, and says
where to look. Ctrl-C and SIGTERM stop all of it in order; a kill leaves no orphan, since every child asks the
kernel to be ended with its parent.
"""
import contextlib
import errno
import fcntl
import os
import shutil
import signal
import socket
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from config.settings import Settings, loopback
from portal.local.database import DatabaseError, prepare
from portal.local.postgres import Cluster, ClusterError
from portal.local.processes import Process, portal_processes
from portal.local.valkey import Valkey, ValkeyError

LEAST_DISK = 300 * 1024 * 1024
Seed = Callable[[Settings], str]


class CannotStart(Exception):
    """The portal cannot start here; the message says why and what to do."""


def main(settings: Settings, seed: Seed) -> int:
    """Run until asked to stop; returns the exit status. `seed` prepares the demo and returns how to sign in."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        with _home(settings), contextlib.ExitStack() as stack:
            _run(settings, seed, stop, stack)
    except (CannotStart, ClusterError, DatabaseError, ValkeyError) as problem:
        print(f"\nAcuse: {problem}\n", file=sys.stderr)
        return 1
    return 0


def _run(settings: Settings, seed: Seed, stop: threading.Event, stack: contextlib.ExitStack) -> None:
    _require_port(settings.host, settings.port)
    ready = _embedded(settings, stack)
    prepare(ready)
    how = seed(ready) if ready.demo else ""
    logs = ready.home / "logs"
    logs.mkdir(exist_ok=True)
    processes = portal_processes(ready.host, ready.port, logs, _environment(ready))
    stack.callback(_end_all, processes)
    for process in processes:
        process.start()
    _wait_for_web(ready, processes[0], stop)
    if not stop.is_set():
        print(_banner(ready, how), flush=True)
    while not stop.wait(0.5):
        for line in filter(None, (process.watch() for process in processes)):
            print(f"Acuse: {line}. Its log: {logs}", file=sys.stderr, flush=True)
    print("\nAcuse: stopping…", flush=True)


def _embedded(settings: Settings, stack: contextlib.ExitStack) -> Settings:
    ready = settings
    cluster: Cluster | None = None
    if settings.database_url is None:
        cluster = Cluster.open(settings.home / "postgres")
        cluster.start()
        stack.callback(cluster.stop)
        ready = replace(ready, database_url=cluster.url("portal", "portal_app"),
                        database_owner_url=cluster.superuser_url)
    if settings.redis_url is None:
        valkey = Valkey(settings.home / "valkey", cluster.sockets if cluster else _sockets(settings.home))
        valkey.start()
        stack.callback(valkey.stop)
        ready = replace(ready, redis_url=valkey.url)
    return ready


def _sockets(home: Path) -> Path:
    folder = home / "valkey"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


@contextlib.contextmanager
def _home(settings: Settings) -> Iterator[None]:
    """Hold PORTAL_HOME for this supervisor alone; say clearly when it cannot be used."""
    try:
        settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = (settings.home / "running").open("a+")
    except OSError as problem:
        raise CannotStart(f"{settings.home} cannot be written ({problem.strerror}). Give this user the right, or set "
                          "PORTAL_HOME to a folder that it may write.") from problem
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as problem:
            lock.seek(0)
            raise CannotStart(f"another portal is running on {settings.home} (process {lock.read().strip()}). Stop "
                              "it, or set PORTAL_HOME and PORTAL_PORT to run a second one.") from problem
        if shutil.disk_usage(settings.home).free < LEAST_DISK:
            raise CannotStart(f"there is less than 300 MB of free space at {settings.home}. Make room first.")
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield
        lock.truncate(0)


def _require_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            reason = {errno.EADDRINUSE: "another program is using it", errno.EACCES: "this user may not use it"}
            raise CannotStart(f"port {port} of {host} is not free: {reason.get(problem.errno or 0, problem.strerror)}. "
                              f"Choose another one: PORTAL_PORT={port + 1} make run") from problem


def _wait_for_web(settings: Settings, web: Process, stop: threading.Event) -> None:
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "localhost") else settings.host
    address, until = f"http://{host}:{settings.port}/healthz", time.monotonic() + 60
    while not stop.is_set():
        if web.running is None or web.running.poll() is not None or time.monotonic() > until:
            tail = (web.logs / "web.log").read_text(errors="replace")[-1500:]
            raise CannotStart(f"the web server did not start. The end of its log:\n{tail}")
        with contextlib.suppress(OSError):
            request = urllib.request.Request(address, headers={"Host": settings.trusted_hosts[0]})
            with urllib.request.urlopen(request, timeout=2):
                return
        stop.wait(0.1)


def _end_all(processes: list[Process]) -> None:
    for process in processes:
        process.ask_to_end()
    for process in processes:
        process.end()


def _environment(settings: Settings) -> dict[str, str]:
    # The children are told all that was decided, so that none decides otherwise.
    return {**os.environ, "PORTAL_HOME": str(settings.home), "PORTAL_DATABASE_URL": settings.database_url or "",
            "PORTAL_DATABASE_OWNER_URL": settings.database_owner_url or "",
            "PORTAL_REDIS_URL": settings.redis_url or "", "PORTAL_SECRET_KEY": ",".join(settings.secret_keys),
            "PORTAL_ENCRYPTION_KEYS": settings.encryption_keys, "PORTAL_DEMO": "1" if settings.demo else "0",
            "PORTAL_PORT": str(settings.port), "PORTAL_HOST": settings.host, "PYTHONUNBUFFERED": "1"}


def _banner(settings: Settings, how: str) -> str:
    where = settings.base_url if not loopback(settings.host) else f"http://localhost:{settings.port}"
    line = "─" * 72
    return f"\n{line}\n  Acuse · {where}\n{line}\n{how}\n  Ctrl-C: detener · stop\n"
