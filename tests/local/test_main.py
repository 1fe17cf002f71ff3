"""`python -m portal.local`: the real portal from the first start to the last process, and the words beside it."""
import json
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.local.__main__ import main
from tests.local.session import ROOT, Session, gone

OWN = {"PORTAL_DATABASE_URL": "postgresql://portal_app@127.0.0.1:1/portal"}


@pytest.fixture()
def session(tmp_path: Path) -> Iterator[Session]:
    """A session of the real portal; whatever a test leaves of it is killed."""
    made = Session(tmp_path / "home", module="portal.local")
    yield made
    if made.process and made.process.poll() is None:
        made.process.kill()
        made.process.wait()


@pytest.fixture()
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """PORTAL_HOME of the commands that run in this process."""
    monkeypatch.setenv("PORTAL_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def get(session: Session, path: str) -> str:
    """Return what the portal answers."""
    with urllib.request.urlopen(f"http://127.0.0.1:{session.port}{path}", timeout=20) as response:
        return str(response.read().decode())


def test_a_newcomer_gets_a_portal_with_people_and_leaves_nothing_running(session: Session) -> None:
    session.start()
    terminal = session.terminal
    assert f"Acuse está listo · Acuse is ready:  http://localhost:{session.port}" in terminal
    assert re.search(r"\w@valle\.example", terminal), "nobody is said who could sign in"
    ready = json.loads(get(session, "/readyz"))
    assert ready["database"] is True and ready["redis"] is True
    assert "<form" in get(session, "/")
    command = [sys.executable, "-m", "flask", "--app", "app", "setup-token"]
    found = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True,
                           env={"PORTAL_HOME": str(session.home), "PATH": "/usr/bin:/bin"})
    assert found.returncode == 0 and "http://localhost:8000/" in found.stdout, found.stderr
    children = session.children()
    assert {"postgres", "valkey", "web"} <= set(children)
    assert session.end(signal.SIGINT) == 0
    assert gone(children) == []
    assert "Traceback" not in session.terminal


def test_a_setting_that_cannot_be_used_is_one_sentence(own_home: Path, monkeypatch: pytest.MonkeyPatch,
                                                       capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PORTAL_PORT", "eighty")
    assert main([]) == 1
    assert capsys.readouterr().err == "Acuse: PORTAL_PORT is 'eighty': write a whole number from 1 to 65535.\n"
    assert not own_home.exists()


def test_secrets_are_printed_and_differ(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["secrets"]) == 0 and main(["secrets"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4 and len(set(lines)) == 4


def test_the_embedded_database_is_not_migrated_by_hand(own_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["migrate"]) == 1
    assert "PORTAL_DATABASE_OWNER_URL" in capsys.readouterr().err


def test_a_database_that_does_not_answer_is_said(own_home: Path, monkeypatch: pytest.MonkeyPatch,
                                                 capsys: pytest.CaptureFixture[str]) -> None:
    for name, value in {**OWN, "PORTAL_DEMO": "1"}.items():
        monkeypatch.setenv(name, value)
    assert main(["migrate"]) == 1
    assert "the database does not answer" in capsys.readouterr().err


def test_backup_and_restore_say_what_they_refuse(own_home: Path, tmp_path: Path,
                                                 capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backup", str(tmp_path / "new")]) == 1
    assert main(["restore", str(tmp_path / "none")]) == 1
    said = capsys.readouterr().err
    assert "there is no portal in" in said and "is not a backup of Acuse" in said
