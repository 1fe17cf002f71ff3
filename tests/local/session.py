"""A supervisor in a process of its own, as `make run` has it: start it, read its terminal, see what it leaves."""
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.local.test_postgres import alive, wait_until_gone

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Session:
    """One run of a supervisor module on a folder."""

    home: Path
    module: str = "tests.local.standin"
    port: int = field(default_factory=free_port)
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def terminal(self) -> str:
        """What it has printed."""
        return self.home.with_suffix(".terminal").read_text()

    def start(self, until: str = "Ctrl-C") -> "Session":
        """Start it, and return when it has printed `until` (or has ended)."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("PORTAL_") and k != "MAKELEVEL"}
        told = {"PORTAL_HOME": str(self.home), "PORTAL_PORT": str(self.port), **self.environment}
        with self.home.with_suffix(".terminal").open("wb") as terminal:
            self.process = subprocess.Popen([sys.executable, "-m", self.module], cwd=ROOT, env={**kept, **told},
                                            stdin=subprocess.DEVNULL, stdout=terminal, stderr=terminal,
                                            preexec_fn=_heeding_the_terminal)
        self.wait_for(until)
        return self

    def wait_for(self, text: str, seconds: float = 90) -> None:
        """Wait until it has printed `text`, or has ended."""
        deadline = time.monotonic() + seconds
        while text not in self.terminal and self.process.poll() is None:  # type: ignore[union-attr]
            assert time.monotonic() < deadline, self.terminal
            time.sleep(0.05)

    def children(self) -> dict[str, int]:
        """Return what it runs: the name of the program or log, and its process id."""
        mine = str(self.process.pid)  # type: ignore[union-attr]
        found = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
                if fields[1] == mine and fields[0] != "Z":
                    found[_name(stat.parent)] = int(stat.parent.name)
            except OSError:
                continue
        return found

    def end(self, number: int = signal.SIGTERM, seconds: float = 40) -> int:
        """Send a signal and return the exit status."""
        self.process.send_signal(number)  # type: ignore[union-attr]
        return self.process.wait(seconds)  # type: ignore[union-attr]


def _heeding_the_terminal() -> None:
    # The tests themselves may have been started with nohup, which what they start would inherit.
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def _name(folder: Path) -> str:
    output = Path(os.readlink(folder / "fd" / "2")).stem
    return output if output else folder.name


def gone(children: dict[str, int]) -> list[str]:
    """Return the names of those that do not go away."""
    return [name for name, pid in children.items() if alive(pid) and not wait_until_gone(pid)]
