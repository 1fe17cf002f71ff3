"""`make run`, with a stand-in for the portal: all starts, all ends, whatever ends it, and every refusal is clear."""
import os
import signal
import socket
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.local.children import end_with_parent
from tests.harness import copy_database, drop_database
from tests.local.session import Session, gone
from tests.local.test_postgres import alive

EVERYTHING = {"postgres", "valkey", "web", "worker"}


@pytest.fixture()
def session(tmp_path: Path) -> Iterator[Session]:
    """A session that has not been started; whatever a test leaves of it is killed."""
    made = Session(tmp_path / "home")
    yield made
    if made.process and made.process.poll() is None:
        made.process.kill()
        made.process.wait()


def answers(session: Session) -> bool:
    """Say whether the web server answers."""
    with urllib.request.urlopen(f"http://127.0.0.1:{session.port}/healthz", timeout=5) as response:
        return response.status == 200


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_starts_all_says_where_and_a_signal_ends_all(session: Session, number: int) -> None:
    session.start()
    assert f"http://localhost:{session.port}" in session.terminal and "start number 1" in session.terminal
    assert answers(session)
    session.wait_for("worker: warning: worker.began")
    children = session.children()
    assert set(children) == EVERYTHING
    assert session.end(number) == 0
    assert gone(children) == []
    assert (session.home / "running").read_text() == ""


def test_the_next_start_keeps_the_data(session: Session) -> None:
    session.start()
    session.end()
    session.start()
    assert "start number 2" in session.terminal
    assert session.end() == 0


def test_a_kill_leaves_nothing_behind_and_the_next_start_works(session: Session) -> None:
    session.start()
    session.wait_for("worker.began")
    children = session.children()
    session.end(signal.SIGKILL)
    assert set(children) == EVERYTHING and gone(children) == []
    session.start()
    assert "start number 2" in session.terminal
    session.end()


def test_what_is_killed_is_started_again(session: Session) -> None:
    session.start()
    session.wait_for("worker.began")
    before = session.children()
    for pid in before.values():
        os.kill(pid, signal.SIGKILL)
    until = time.monotonic() + 30
    while set(session.children()) != EVERYTHING or set(session.children().values()) & set(before.values()):
        assert time.monotonic() < until, session.terminal
        time.sleep(0.1)
    for name in EVERYTHING:
        session.wait_for(f"Acuse: {name} ended (-9); starting it again in 1 s", 20)
    assert session.end() == 0


def test_a_first_start_that_was_interrupted_is_made_anew(session: Session) -> None:
    session.environment = {"STANDIN": "interrupted"}
    session.start()
    assert session.process is not None and session.process.wait(10) == -signal.SIGKILL
    session.environment = {}
    session.start()
    assert "start number 1" in session.terminal, "the half-made database was kept"
    session.end()


def test_a_second_signal_does_not_wait(session: Session) -> None:
    session.environment = {"STANDIN": "stubborn"}
    session.start()
    session.wait_for("worker.began")
    children = session.children()
    session.process.send_signal(signal.SIGTERM)  # type: ignore[union-attr]
    session.wait_for("stopping")
    time.sleep(0.3)
    assert alive(children["worker"])
    assert session.end(signal.SIGTERM, 10) == 0
    assert gone(children) == []


def test_a_taken_port_starts_nothing(session: Session) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", session.port))
        other.listen()
        session.start()
        assert session.process is not None and session.process.wait(10) == 1
    assert f"port {session.port} of 127.0.0.1 cannot be used" in session.terminal
    assert not (session.home / "postgres").exists()


def test_a_folder_that_another_holds_is_said(session: Session) -> None:
    session.start()
    holder = session.process.pid  # type: ignore[union-attr]
    second = Session(session.home).start()
    assert second.process is not None and second.process.wait(10) == 1
    assert f"another portal is running on {session.home} (process {holder})" in second.terminal
    assert answers(session)
    session.end()


def test_a_web_server_with_a_fault_is_shown_and_ends_the_rest(session: Session) -> None:
    session.environment = {"STANDIN": "broken"}
    session.start()
    assert session.process is not None and session.process.wait(20) == 1
    assert "the web server did not start" in session.terminal and "has a fault" in session.terminal
    assert not (session.home / "postgres" / "data" / "postmaster.pid").exists()


def test_services_of_ones_own_are_not_embedded(session: Session, cluster_url: str, worker_id: str) -> None:
    name = f"own_{worker_id}"
    url = copy_database(cluster_url, name)
    session.environment = {
        "PORTAL_DATABASE_URL": url, "PORTAL_DATABASE_OWNER_URL": url, "PORTAL_REDIS_URL": "redis://127.0.0.1:1",
        "PORTAL_SECRET_KEY": "0f9A-kq8LmZ2xWc7Rt5YbNh4Jd6Gs1PeU3Ti",
        "PORTAL_ENCRYPTION_KEYS": "k1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="}
    session.start()
    session.wait_for("worker.began")
    assert set(session.children()) == {"web", "worker"}
    assert "start number" not in session.terminal, "the demo was seeded into a real database"
    assert session.end() == 0
    assert "owner: None" in (session.home / "logs" / "worker.log").read_text(), "the web must not know the owner"
    drop_database(cluster_url, name)


def test_a_killed_make_takes_the_portal_with_it() -> None:
    reader, writer = os.pipe()
    make = os.fork()
    if make == 0:
        supervisor = os.fork()
        if supervisor == 0:
            end_with_parent(signal.SIGKILL)
            os.write(writer, b"%d" % os.getpid())
            time.sleep(60)
            os._exit(0)
        time.sleep(60)
        os._exit(0)
    pid = int(os.read(reader, 20))
    os.kill(make, signal.SIGKILL)
    os.waitpid(make, 0)
    assert gone({"supervisor": pid}) == []
