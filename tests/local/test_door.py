"""The side door: `flask cfdi` reads nothing but the core, however it is called; everything else gets the whole."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from portal.local import door

HEAVY = ("portal.cfdi.check", "portal.factory", "sqlalchemy", "alembic", "satcfdi", "xmlschema", "typst")
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("flask cfdi check a.xml", "cfdi"),
        ("/x/.venv/bin/flask cfdi", "cfdi"),
        ("/x/site-packages/flask/__main__.py cfdi check", "cfdi"),
        ("flask --app app cfdi check", "cfdi"),
        ("flask -A app --env-file cfdi cfdi check", "cfdi"),
        ("flask --debug cfdi check", "cfdi"),
        ("flask --app=app cfdi", "cfdi"),
        ("flask sat cfdi", "sat"),
        ("flask run cfdi", "run"),
        ("flask", ""),
        ("flask --help", ""),
        ("gunicorn cfdi", ""),
        ("pytest cfdi", ""),
        ("", ""),
    ],
)
def test_the_command_that_was_given(words: str, expected: str) -> None:
    assert door.command(words.split()) == expected


def flask(tmp_path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """`flask` in a process of its own, which tells on the error stream what it read of what is heavy."""
    code = (
        f"HEAVY = {HEAVY}\nimport sys; sys.argv[0] = 'flask'\nfrom flask.cli import main\ntry:\n    main()\nfinally:\n"
        "    print('READ', *(m for m in HEAVY if m in sys.modules), file=sys.stderr)"
    )
    environment = {**os.environ, "PORTAL_HOME": str(tmp_path)}
    return subprocess.run([sys.executable, "-c", code, *words], cwd=ROOT, env=environment, capture_output=True,
                          text=True, check=False)  # fmt: skip


def test_judging_reads_the_core_alone(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(b"%PDF")
    result = flask(tmp_path, "cfdi", "check", "--json", str(tmp_path / "a.xml"))
    assert result.returncode == 0, result.stderr
    assert '"verdict":"rejected"' in result.stdout
    assert result.stderr.partition("READ")[2].split() == ["portal.cfdi.check"]


def test_wrong_use_is_said(tmp_path: Path) -> None:
    assert flask(tmp_path, "cfdi", "check").returncode == 2
    assert flask(tmp_path, "cfdi", "nothing").returncode == 2


def test_every_other_command_is_there(tmp_path: Path) -> None:
    shown = flask(tmp_path, "--help").stdout
    assert all(f"\n  {name} " in shown for name in ("audit", "cfdi", "db", "jobs", "mail", "run", "sat", "setup-token"))
    assert all(f"\n  {name} " in flask(tmp_path, "cfdi", "--help").stdout for name in ("check", "pdf", "show"))
