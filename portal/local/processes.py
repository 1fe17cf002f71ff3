"""The portal's own processes (web, worker, ticker): how each is started, listened to, and ended."""
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from portal.local.children import dying_with_parent

ROOT = Path(__file__).resolve().parents[2]
LARGEST_LOG = 20 * 1024 * 1024
LEVELS = ("warning", "error", "critical")


@dataclass
class Process:
    """One process; its output goes to a file of its own, of which the terminal is shown what is wrong."""

    name: str
    command: list[str]
    logs: Path
    environment: Mapping[str, str]
    patience: float = 35.0  # seconds it may take to finish what it is doing
    running: subprocess.Popen[bytes] | None = None
    _read: int = 0

    @property
    def log(self) -> Path:
        """The file of its output."""
        return self.logs / f"{self.name}.log"

    def start(self) -> None:
        """Start it; an overlong log makes room first (the one before it is kept)."""
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
            self.log.rename(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            self._read = log.tell()
            self.running = subprocess.Popen(self.command, cwd=ROOT, env=dict(self.environment),
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            preexec_fn=dying_with_parent(signal.SIGTERM))

    def status(self) -> int | None:
        """Return the exit status of a process that has ended, None while it runs."""
        return self.running.poll() if self.running else None

    def alive(self) -> bool:
        """Say whether it has been started and runs."""
        return self.running is not None and self.running.poll() is None

    def news(self) -> list[str]:
        """Return the warnings and errors written since the last look, one line each."""
        if self.running is None:
            return []
        with self.log.open("rb") as log:
            log.seek(self._read)
            new = log.read()
        whole = new[:new.rfind(b"\n") + 1]
        self._read += len(whole)
        lines = (shown(line) for line in whole.decode(errors="replace").splitlines())
        return [f"{self.name}: {line}" for line in lines if line]

    def tail(self) -> str:
        """Return the end of its log."""
        return self.log.read_text(errors="replace")[-1500:]

    def ask_to_end(self) -> None:
        """Ask it to finish what it is doing."""
        if self.running is not None and self.alive():
            self.running.terminate()

    def end(self, patience: float | None = None) -> None:
        """Wait for its end, and end it with all it started when it takes too long."""
        if self.running is None:
            return
        self.ask_to_end()
        try:
            self.running.wait(self.patience if patience is None else patience)
        except subprocess.TimeoutExpired:
            pass
        try:
            os.killpg(self.running.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        self.running.wait(5)


def shown(line: str) -> str:
    """Return what the terminal shows of a line of a log: a warning or an error in short, else nothing."""
    try:
        entry = json.loads(line)
    except ValueError:
        return ""
    if not isinstance(entry, dict) or str(entry.get("level")) not in LEVELS:
        return ""
    about = entry.get("error") or str(entry.get("exception", "")).strip().rsplit("\n", 1)[-1]
    return f"{entry['level']}: {entry.get('event', '')} {about}".rstrip()[:300]


def portal_processes(logs: Path, environment: Mapping[str, str]) -> list[Process]:
    """Return the web server, the ticker and the worker, in the order in which they are ended."""
    python = sys.executable
    web = [python, "-m", "gunicorn", "--config", str(ROOT / "config" / "gunicorn.py"), "app:app"]
    return [Process("web", web, logs, environment),
            Process("ticker", [python, "-m", "portal.jobs.ticker"], logs, environment, patience=10),
            Process("worker", [python, "-m", "portal.jobs.worker"], logs, environment)]

