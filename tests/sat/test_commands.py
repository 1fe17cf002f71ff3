"""`flask sat fetch-lists` and `flask sat lists`."""
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from portal.sat import asking
from portal.sat.asking import Asking
from tests.sat.papers import efos, row, sat_bytes
from tests.sat.peer import Peer, answer

GOOD = sat_bytes(efos([row(1, "AAA010101AA1"), row(2, "XXXXXXXXXXXX")]))


def test_from_a_folder(ctx: Flask, tmp_path: Path) -> None:
    runner = ctx.test_cli_runner()
    assert "nothing loaded: nobody is checked" in runner.invoke(args=["sat", "lists"]).output
    none = runner.invoke(args=["sat", "fetch-lists", "--from", str(tmp_path)])
    assert none.exit_code == 1 and "no list of SAT is in" in none.output
    (tmp_path / "LISTADO_Completo_69-B.csv").write_bytes(GOOD)
    few = runner.invoke(args=["sat", "fetch-lists", "--from", str(tmp_path)])
    assert few.exit_code == 1 and "refused" in few.output and "2 rows" in few.output
    assert "REFUSED on" in runner.invoke(args=["sat", "lists"]).output
    done = runner.invoke(args=["sat", "fetch-lists", "--from", str(tmp_path), "--accept-smaller"])
    assert done.exit_code == 0 and done.output.split() == ["69b", "loaded", "2"]
    shown = runner.invoke(args=["sat", "lists"]).output
    assert "of 2026-05-31, 2 rows, 1 without RFC by court order" in shown and "OLD" not in shown
    with time_machine.travel(datetime.now(UTC) + timedelta(days=8)):
        assert "OLD: who is not on it counts as not checked" in runner.invoke(args=["sat", "lists"]).output


def test_from_the_network_only_when_told(ctx: Flask, peer: Peer) -> None:
    before = asking.current()
    asking.install(Asking(lists=peer.url))
    peer.data = answer(b"gone", status="404 Not Found")
    try:
        result = ctx.test_cli_runner().invoke(args=["sat", "fetch-lists", "--only", "69b"])
    finally:
        asking.install(before)
    assert result.exit_code == 1 and "HTTP 404" in result.output and "1 not loaded" in result.output
    assert len(peer.requests) == 1


@pytest.mark.parametrize("command", ["lists", "fetch-lists"])
def test_help(ctx: Flask, command: str) -> None:
    assert ctx.test_cli_runner().invoke(args=["sat", command, "--help"]).exit_code == 0
