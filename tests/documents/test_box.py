"""The box: what the child may not do, and that its end is never ours."""

import os
import socket
import subprocess
import sys
import textwrap

import pytest

from portal.documents import box
from portal.documents.problems import Refused

INSIDE = """
import json, os, resource, socket, sys
from portal.documents.confinement import confine
confine(cpu_seconds=1, memory=300 << 20)
{body}
"""


def inside(body):
    """Run `body` in a confined process; return (status, what it printed)."""
    done = subprocess.run(
        [sys.executable, "-B", "-c", INSIDE.format(body=textwrap.dedent(body))],
        env={"PYTHONPATH": str(box.ROOT)},
        capture_output=True,
        text=True,
        timeout=20,
    )
    return done.returncode, done.stdout.strip() + done.stderr.strip()


def test_time_is_bounded():
    assert inside("while True: pass")[0] < 0


def test_memory_is_bounded():
    assert "MemoryError" in inside("bytearray(400 << 20)")[1]


def test_files_cannot_grow(tmp_path):
    os.chmod(tmp_path, 0o777)
    status, said = inside(f"""
        target = open({str(tmp_path / "f")!r}, "wb")
        target.seek((64 << 20) - 1)
        target.write(b"xx")
        target.flush()
    """)
    assert status != 0 and ("too large" in said or "Permission" in said)


def test_few_files_can_be_open():
    assert "Too many open files" in inside("held = [os.dup(0) for _ in range(40)]")[1]


def test_there_is_no_network_where_the_system_lets_us_leave_it():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        outside, inside_it = network_of("pass", port), network_of("confine()", port)
    assert outside == "connected"
    assert inside_it == ("connected" if not may_leave_the_network() else "unreachable")


def network_of(before, port):
    """Say whether a process that does `before` reaches a port of this machine."""
    body = f"""
import socket
from portal.documents.confinement import confine
{before}
try:
    socket.socket().connect(("127.0.0.1", {port}))
    print("connected")
except OSError:
    print("unreachable")
"""
    environment = {"PYTHONPATH": str(box.ROOT)}
    done = subprocess.run(
        [sys.executable, "-B", "-c", body], env=environment, capture_output=True, text=True, timeout=20
    )
    return done.stdout.strip()


def may_leave_the_network():
    """Ask the kernel in a process of its own: containers and macOS may say no."""
    body = """
import ctypes, os, sys
libc = ctypes.CDLL(None)
flags = 0x40000000 if os.geteuid() == 0 else 0x50000000
sys.exit(0 if hasattr(libc, "unshare") and libc.unshare(flags) == 0 else 1)
"""
    return subprocess.run([sys.executable, "-c", body]).returncode == 0


def test_root_is_given_up():
    user = 65534 if os.geteuid() == 0 else os.geteuid()
    assert inside("print(os.geteuid())") == (0, str(user))


def test_the_environment_stays_outside(monkeypatch):
    monkeypatch.setenv("PORTAL_ENCRYPTION_KEYS", "secret")
    seen = {}
    real = subprocess.Popen

    def spy(*args, **options):
        seen.update(options)
        return real(*args, **options)

    monkeypatch.setattr(subprocess, "Popen", spy)
    with pytest.raises(Refused):
        box.run("pdf.inspect", b"")
    assert set(seen["env"]) == {"PYTHONPATH", "LANG"}


@pytest.mark.parametrize(
    ("signal", "code"), [("SEGV", "file.unreadable"), ("XCPU", "file.too_heavy"), ("KILL", "file.too_heavy")]
)
def test_a_child_that_dies_is_a_refusal(monkeypatch, signal, code):
    monkeypatch.setattr(box, "_child", lambda *given: -getattr(box.signal, f"SIG{signal}"))
    with pytest.raises(Refused) as refused:
        box.run("pdf.inspect", b"x")
    assert refused.value.code == code


def test_a_child_that_cannot_start_is_not_the_files_fault(monkeypatch, tmp_path):
    monkeypatch.setattr(box, "ROOT", tmp_path)
    with pytest.raises(box.BoxFailure):
        box.run("pdf.inspect", b"x")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "nothing"))
    with pytest.raises(box.BoxFailure):
        box.run("pdf.inspect", b"x")


def test_an_unknown_task_is_refused_without_harm():
    with pytest.raises(Refused):
        box.run("pdf.explode", b"x")
