"""The outside of the box: opens a stranger's file in a confined process of its own, so that a crash, a bomb or a
hole in a parser ends that process and nothing else.

The child gets no environment (so no secret), no terminal, no network where the system allows it, bounded time, memory
and output; it answers through files, so it can neither block nor flood us.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from portal.documents.problems import Refused

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 20.0
MAX_HEAD = 1 << 20
AT_ONCE = threading.BoundedSemaphore(4)
OVERSPENT = {-signal.SIGXCPU, -signal.SIGKILL, -signal.SIGXFSZ}


class BoxFailure(Exception):
    """The box itself could not be opened (no process, no disk): the file has not been judged; try again later."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came out: `facts` as plain JSON values, `parts` as bytes (pictures, text)."""

    facts: dict[str, Any]
    parts: list[bytes]


def run(task: str, data: bytes, seconds: float = SECONDS, **options: Any) -> Answer:
    """Do `task` (see `portal.documents.sandbox.TASKS`) on `data` in the box.

    Raises Refused with the file's problem, "file.too_heavy" when it spends too much, "file.unreadable" when the parser
    breaks on it; BoxFailure when the fault is not the file's.
    """
    try:
        with AT_ONCE, tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as answered:
            given.write(json.dumps({"task": task, "options": options}).encode() + b"\n" + data)
            given.seek(0)
            status = _child(given, answered, seconds)
            answered.seek(0)
            return _understood(answered, status)
    except OSError as problem:
        raise BoxFailure(str(problem)) from problem


def _child(given: IO[bytes], answered: IO[bytes], seconds: float) -> int:
    """Run the child to its end and return its exit status (negative: the signal that ended it)."""
    child = subprocess.Popen(
        [sys.executable, "-s", "-B", "-P", "-m", "portal.documents.sandbox"],
        stdin=given,
        stdout=answered,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env={"PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"},
        start_new_session=True,
    )
    try:
        return child.wait(seconds)
    except subprocess.TimeoutExpired:
        return -signal.SIGKILL
    finally:
        _end(child)


def _end(child: "subprocess.Popen[bytes]") -> None:
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _understood(answered: IO[bytes], status: int) -> Answer:
    if status in OVERSPENT:
        raise Refused("file.too_heavy")
    if status > 0:
        raise BoxFailure(f"the box ended with {status} before it looked at the file")
    if status < 0:
        raise Refused("file.unreadable")
    head = json.loads(answered.readline(MAX_HEAD))
    if "refused" in head:
        raise Refused(head["refused"], **head["values"])
    return Answer(head["facts"], [answered.read(size) for size in head["parts"]])
