"""The portal's processes: what the terminal shows of their logs, and that they end with all they started."""
import json
import sys
import time
from pathlib import Path

import pytest

from portal.local import processes
from portal.local.processes import Process, shown
from tests.local.test_postgres import alive, wait_until_gone


def process(tmp_path: Path, program: str) -> Process:
    """Return a process that runs a few lines of Python."""
    return Process("worker", [sys.executable, "-c", program], tmp_path, {"PATH": "/usr/bin:/bin"})


@pytest.mark.parametrize("line, expected", [
    (json.dumps({"level": "info", "event": "request"}), ""),
    (json.dumps({"level": "warning", "event": "mail.refused", "error": "Timeout"}), "warning: mail.refused Timeout"),
    (json.dumps({"level": "error", "event": "job.failed", "exception": "Trace\n  line\nValueError: 3"}),
     "error: job.failed ValueError: 3"),
    ("Traceback (most recent call last):", ""), ("[1]", ""), ("", ""),
])
def test_the_terminal_shows_warnings_and_errors_in_short(line: str, expected: str) -> None:
    assert shown(line) == expected


def test_news_are_whole_new_lines_with_the_process_name(tmp_path: Path) -> None:
    worker = process(tmp_path, "")
    (tmp_path / "worker.log").write_text(json.dumps({"level": "error", "event": "yesterday"}) + "\n")
    worker.start()
    assert worker.running is not None and worker.running.wait(10) == 0
    line = json.dumps({"level": "error", "event": "now"})
    with worker.log.open("a") as log:
        log.write(line[:5])
        log.flush()
        assert worker.news() == []
        log.write(line[5:] + "\n")
        log.flush()
    assert worker.news() == ["worker: error: now"]
    assert worker.news() == []


def test_an_overlong_log_makes_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "LARGEST_LOG", 10)
    (tmp_path / "worker.log").write_text("x" * 11)
    worker = process(tmp_path, "print('new')")
    worker.start()
    worker.running.wait(10)  # type: ignore[union-attr]
    assert worker.log.read_text() == "new\n" and (tmp_path / "worker.log.1").read_text() == "x" * 11


def test_what_does_not_end_is_ended_with_all_it_started(tmp_path: Path) -> None:
    stubborn = process(tmp_path, "import signal, subprocess, sys, time\n"
                                 "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
                                 "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
                                 "print(child.pid, flush=True); time.sleep(60)")
    stubborn.start()
    until = time.monotonic() + 10
    while not stubborn.tail() and time.monotonic() < until:
        time.sleep(0.02)
    child = int(stubborn.tail())
    assert alive(child)
    stubborn.end(0.1)
    assert stubborn.status() == -9 and wait_until_gone(child)


def test_web_ticker_and_worker_are_run_in_the_order_of_their_end(tmp_path: Path) -> None:
    made = processes.portal_processes(tmp_path, {})
    assert [p.name for p in made] == ["web", "ticker", "worker"]
    assert made[0].command[-1] == "app:app" and made[2].command[-1] == "portal.jobs.worker"
