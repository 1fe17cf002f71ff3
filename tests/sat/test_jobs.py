"""The clock's side: nothing is asked unless the settings say so; what comes bad is an alarm, what does not, waits."""
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import select

from portal.core.db import DOOR, Scope, session, transaction
from portal.jobs import runner
from portal.jobs.models import OutboxRow, WorkState
from portal.jobs.outbox import defer
from portal.sat import asking, kinds, queries
from portal.sat.asking import Asking
from portal.sat.kinds import Kind
from portal.sat.queries import Said
from tests.sat.papers import efos, row, sat_bytes
from tests.sat.peer import Peer, answer

pytestmark = pytest.mark.usefixtures("ctx")
GOOD = sat_bytes(efos([row(1, "AAA010101AA1")]))


@pytest.fixture(autouse=True)
def asked(peer: Peer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Asking]:
    """The lists and the certificates are asked for, of the peer."""
    before = asking.current()
    monkeypatch.setitem(kinds.PUBLISHED, Kind.EFOS, replace(kinds.PUBLISHED[Kind.EFOS], least=1))
    made = Asking(frozenset(("lists", "certificates")), lists=peer.url, authorities=peer.url,
                  certificates_folder=tmp_path / "sat")
    asking.install(made)
    yield made
    asking.install(before)


def run(name: str, **ids: str) -> OutboxRow:
    with transaction(DOOR):
        defer(name, **ids)
    runner.drain()
    with transaction(DOOR):
        return session.scalars(select(OutboxRow).filter_by(name=name)).one()


def said() -> Said:
    with transaction(Scope()):
        return queries.standing(["AAA010101AA1"])["AAA010101AA1"].efos.said


def test_by_itself_nothing_is_asked(peer: Peer, tmp_path: Path) -> None:
    asking.install(Asking(lists=peer.url, authorities=peer.url, certificates_folder=tmp_path / "sat"))
    assert run("sat.fetch_lists").state is WorkState.DONE
    assert run("sat.fetch_authorities").state is WorkState.DONE
    with time_machine.travel(datetime.now(UTC) + timedelta(days=1)):
        runner.drain()
    assert peer.requests == []


def test_each_list_is_asked_for_at_a_moment_of_its_own(peer: Peer) -> None:
    run("sat.fetch_lists")
    with transaction(DOOR):
        rows = session.scalars(select(OutboxRow).filter_by(name="sat.fetch_list")).all()
    assert {one.payload["kind"] for one in rows} == {kind.value for kind in Kind}
    assert len({one.available_at for one in rows}) == len(Kind) and peer.requests == []


def test_a_list_is_fetched_and_loaded(peer: Peer) -> None:
    peer.data = answer(GOOD, headers="Content-Type: application/octet-stream\r\n")
    assert run("sat.fetch_list", kind="69b").state is WorkState.DONE
    assert peer.requests[0].startswith(b"GET /file/Documents_AGAFF/Listado_completo_69-B.csv ")
    assert said() is Said.LISTED


@pytest.mark.parametrize("data", [
    answer(b"no", status="503 Service Unavailable"), answer(GOOD, length=len(GOOD) + 1), answer(b""),
    answer(GOOD, headers="Content-Type: text/html; charset=utf-8\r\n"),
    answer(GOOD, headers="Content-Encoding: gzip\r\n"),
    b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + GOOD,
])
def test_a_list_that_does_not_come_is_asked_for_again(peer: Peer, data: bytes) -> None:
    peer.data = data
    waiting = run("sat.fetch_list", kind="69b")
    assert waiting.state is WorkState.PENDING and waiting.last_error
    assert said() is Said.UNKNOWN


@pytest.mark.parametrize("body", [b"<html>Mantenimiento</html>\n", GOOD[:-40], GOOD.replace(b"RFC", b"X")])
def test_a_list_that_comes_damaged_is_an_alarm(peer: Peer, body: bytes) -> None:
    peer.data = answer(GOOD)
    assert run("sat.fetch_list", kind="69b").state is WorkState.DONE
    peer.data = answer(body)
    with transaction(DOOR):
        defer("sat.fetch_list", kind="69b")
    runner.drain()
    with transaction(DOOR):
        parked = session.scalars(select(OutboxRow).filter_by(name="sat.fetch_list", state=WorkState.PARKED)).one()
    assert parked.last_error.startswith("69b: ") and said() is Said.LISTED


def test_the_authorities_are_believed_only_when_pinned(peer: Peer, asked: Asking) -> None:
    peer.data = answer(b"not a bundle")
    assert run("sat.fetch_authorities").state is WorkState.PARKED
    assert asked.certificates_folder is not None and not asked.certificates_folder.exists()


def test_authorities_that_do_not_come_are_asked_for_again(peer: Peer) -> None:
    peer.data = answer(b"", status="500 Oops")
    assert run("sat.fetch_authorities").state is WorkState.PENDING
