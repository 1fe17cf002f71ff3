"""The portal's own processes (web, worker, ticker): how each is started, watched, started again, and stopped."""
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from portal.local.children import dying_with_parent

ROOT = Path(__file__).resolve().parents[2]
LONGEST_PAUSE = 30.0


@dataclass
class Process:
    """One process that is kept running."""

    name: str
    command: list[str]
    logs: Path
    environment: dict[str, str]
    patience: float = 35.0  # seconds it may take to end
    running: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = 1.0
    again_at: float = field(default=0.0)

    def start(self) -> None:
        """Start it; its output goes to a log of its own."""
        with (self.logs / f"{self.name}.log").open("ab") as log:
            self.running = subprocess.Popen(self.command, cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, preexec_fn=dying_with_parent(signal.SIGTERM))
        self.started = time.monotonic()

    def watch(self) -> str | None:
        """Start it again when it has ended, later each time it ends soon; return a line about it, if any."""
        if self.running is None or self.running.poll() is None:
            return None
        now = time.monotonic()
        if not self.again_at:
            self.pause = 1.0 if now - self.started > 60 else min(self.pause * 2, LONGEST_PAUSE)
            self.again_at = now + self.pause
            return f"{self.name} ended ({self.running.returncode}); starting it again in {self.pause:.0f} s"
        if now >= self.again_at:
            self.again_at = 0.0
            self.start()
        return None

    def ask_to_end(self) -> None:
        """Ask it to finish what it is doing."""
        if self.running is not None and self.running.poll() is None:
            self.running.terminate()

    def end(self) -> None:
        """Wait for its end, and end it when it takes too long."""
        if self.running is None:
            return
        try:
            self.running.wait(self.patience)
        except subprocess.TimeoutExpired:
            os.killpg(self.running.pid, signal.SIGKILL)
            self.running.wait(5)


def portal_processes(host: str, port: int, logs: Path, environment: dict[str, str]) -> list[Process]:
    """Return the web server, the worker and the ticker."""
    python = sys.executable
    web = [python, "-m", "gunicorn", "--config", str(ROOT / "config" / "gunicorn.py"), "--bind",
           f"[{host}]:{port}" if ":" in host else f"{host}:{port}", "app:app"]
    return [Process("web", web, logs, environment),
            Process("worker", [python, "-m", "portal.jobs.worker"], logs, environment),
            Process("ticker", [python, "-m", "portal.jobs.ticker"], logs, environment, patience=10)]
