"""The box: what the child may not do, and that its end is never ours."""

import os
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


@pytest.mark.skipif(sys.platform != "linux", reason="name spaces are Linux's")
def test_there_is_no_network():
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        body = f"socket.create_connection(('127.0.0.1', {port}), 2); print('connected')"
        assert "connected" not in inside(body)[1]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can give root up")
def test_root_is_given_up():
    assert inside("print(os.getuid(), os.geteuid(), os.getgroups())") == (0, "65534 65534 []")


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
