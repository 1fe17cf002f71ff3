"""`make run`: everything on one machine under one supervisor.

Starts what is embedded (PostgreSQL, Valkey), migrates, seeds the demo once, starts web, ticker and worker, and says
where to look. Ctrl-C and SIGTERM stop all of it in order; a kill leaves no orphan, since every child asks the
kernel to be ended with its parent. What ends by itself is started again.
"""
import contextlib
import os
import signal
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path

from config.settings import Settings
from portal.local import embedded, ports
from portal.local.children import end_with_parent
from portal.local.database import DatabaseError, prepare
from portal.local.holding import HomeError, held
from portal.local.postgres import ClusterError
from portal.local.processes import Process, portal_processes
from portal.local.valkey import ValkeyError
from portal.local.watching import Watch

Prepare = Callable[[str, str], None]
Seed = Callable[[Settings], str]
Make = Callable[[Path, Mapping[str, str]], list[Process]]
LONGEST_START = 60.0
KNOWN = (ClusterError, DatabaseError, HomeError, ValkeyError, ports.PortError)


class CannotStart(Exception):
    """The web server did not start; the message says why."""


class Stop(threading.Event):
    """Set by the first signal; a second one says not to wait."""

    hurry = False

    def listen(self) -> None:
        """Take the signals, before any child exists."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup
                signal.signal(number, self._heard)
        if os.environ.get("MAKELEVEL"):
            end_with_parent()  # a killed `make` takes the portal with it

    def _heard(self, *_: object) -> None:
        self.hurry = self.is_set()
        self.set()


def main(settings: Settings, seed: Seed, prepare: Prepare = prepare, make: Make = portal_processes) -> int:
    """Run until asked to stop; returns the exit status.

    `seed` prepares the demo and returns how to sign in; `prepare` and `make` are replaced in tests.
    """
    stop = Stop()
    stop.listen()
    try:
        with held(settings.home), contextlib.ExitStack() as stack:
            _run(settings, seed, prepare, make, stop, stack)
    except (*KNOWN, CannotStart) as problem:
        print(f"\nAcuse: {problem}\n", file=sys.stderr)
        return 1
    except OSError as problem:
        print(f"\nAcuse: {problem.strerror or problem}: {problem.filename or settings.home}. Is the disk full, or does "
              "the folder belong to somebody else?\n", file=sys.stderr)
        return 1
    return 0


def _run(settings: Settings, seed: Seed, prepare: Prepare, make: Make, stop: Stop,
         stack: contextlib.ExitStack) -> None:
    ports.require(settings.host, settings.port)
    ready, services = embedded.start(settings, stack)
    prepare(ready.database_owner_url or "", ready.database_url or "")
    used = settings.database_url is None and not embedded.unfinished(settings)
    how = seed(ready) if ready.demo and not used else ""
    embedded.finished(settings)
    logs = ready.home / "logs"
    logs.mkdir(exist_ok=True)
    processes = make(logs, environment(ready))
    stack.callback(_end_all, processes, stop)
    web, *others = processes
    web.start()
    how = seed(ready) if ready.demo and used else how  # nothing is left to seed: both get ready at once
    _wait_for_web(ready, web, stop)  # without the others: the machine is for the page that somebody waits for
    if not stop.is_set():
        print(banner(ready, how), flush=True)
        for process in others:
            process.start()
    _watch([Watch(thing) for thing in (*services, *processes)], processes, stop)
    print("\nAcuse: deteniendo… · stopping…", flush=True)


def _watch(watches: list[Watch], processes: list[Process], stop: Stop) -> None:
    while not stop.wait(0.3):
        for watch in watches:
            if line := watch.look():
                print(f"Acuse: {line}", file=sys.stderr, flush=True)
        for process in processes:
            for line in process.news():
                print(line, file=sys.stderr, flush=True)


def _wait_for_web(settings: Settings, web: Process, stop: Stop) -> None:
    near = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)
    request = urllib.request.Request(f"http://{ports.written(near, settings.port)}/healthz",
                                     headers={"Host": settings.trusted_hosts[0]})
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    until = time.monotonic() + LONGEST_START
    while not stop.is_set():
        if web.status() is not None or time.monotonic() > until:
            raise CannotStart(f"the web server did not start. The end of its log ({web.log}):\n{web.tail()}")
        with contextlib.suppress(OSError), direct.open(request, timeout=2):
            return
        stop.wait(0.05)


def _end_all(processes: list[Process], stop: Stop) -> None:
    for process in processes:
        process.ask_to_end()
    for process in processes:
        _end(process, stop)


def _end(process: Process, stop: Stop) -> None:
    until = time.monotonic() + process.patience
    while process.alive() and time.monotonic() < until and not stop.hurry:
        time.sleep(0.02)
    process.end(0)


def environment(settings: Settings) -> dict[str, str]:
    """Return the environment of the portal's processes: they are told all that was decided, so none decides otherwise.

    The address of the schema's owner is not among it: only migrations need it.
    """
    told = {"PORTAL_HOME": str(settings.home), "PORTAL_DATABASE_URL": settings.database_url or "",
            "PORTAL_REDIS_URL": settings.redis_url or "", "PORTAL_SECRET_KEY": ",".join(settings.secret_keys),
            "PORTAL_ENCRYPTION_KEYS": settings.encryption_keys, "PORTAL_DEMO": "1" if settings.demo else "0",
            "PORTAL_HOST": settings.host, "PORTAL_PORT": str(settings.port), "PORTAL_BASE_URL": settings.base_url,
            "PYTHONUNBUFFERED": "1"}
    kept = {k: v for k, v in os.environ.items() if k != "PORTAL_DATABASE_OWNER_URL"}
    return {**kept, **told}


def banner(settings: Settings, how: str) -> str:
    """Return what is printed when the portal answers: its address, and how to sign in."""
    line = "─" * 76
    return (f"\n{line}\n  Acuse está listo · Acuse is ready:  {settings.base_url}\n{line}\n{how}\n"
            f"  Bitácoras · logs: {settings.home / 'logs'}\n  Ctrl-C: detener · stop\n")
