"""PostgreSQL's programs: the fitting version, never a password on a command line, and what older servers refuse."""
from pathlib import Path

import pytest

from portal.local import pgtools
from portal.local.pgtools import ToolError, tools


def programs(folder: Path, version: int, script: str = "") -> Path:
    """Make stand-ins that say they are of a version, and run a script when asked for anything else."""
    folder.mkdir(parents=True)
    for name in pgtools.NEEDED:
        told = f'[ "$1" = --version ] && echo "x (PostgreSQL) {version}.3" && exit'
        (folder / name).write_text(f"#!/bin/sh\n{told}\n{script}\n")
        (folder / name).chmod(0o755)
    return folder


def test_the_lowest_version_that_fits_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for version in (14, 16, 18):
        programs(tmp_path / str(version) / "bin", version)
    monkeypatch.setattr(pgtools, "DISTRIBUTION", tmp_path)
    monkeypatch.setattr(pgtools.shutil, "which", lambda name: None)
    assert tools(15).version == 16
    assert tools(16).folder == tmp_path / "16" / "bin"
    with pytest.raises(ToolError, match="apt install postgresql-client-90"):
        tools(90)


def test_a_half_installed_version_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (programs(tmp_path / "16" / "bin", 16) / "psql").unlink()
    programs(tmp_path / "17" / "bin", 17)
    monkeypatch.setattr(pgtools, "DISTRIBUTION", tmp_path)
    monkeypatch.setattr(pgtools.shutil, "which", lambda name: None)
    assert tools(16).version == 17


def test_where_to_connect_is_told_by_variables_only(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    made = pgtools.Tools(programs(tmp_path / "bin", 16, f'echo "$@" > {seen}; env >> {seen}'), 16)
    made.dump("postgresql+psycopg://u:s3cret@db.example:5433/acuse?sslmode=require", tmp_path / "dump", "portal_owner")
    command, _, environment = seen.read_text().partition("\n")
    assert "s3cret" not in command and "db.example" not in command
    for told in ("PGHOST=db.example", "PGPORT=5433", "PGUSER=u", "PGPASSWORD=s3cret", "PGDATABASE=acuse",
                 "PGSSLMODE=require"):
        assert told in environment.splitlines()


def test_a_failure_says_what_the_program_said(tmp_path: Path) -> None:
    made = pgtools.Tools(programs(tmp_path / "bin", 16, "echo permission denied >&2; exit 1"), 16)
    with pytest.raises(ToolError, match="pg_dump failed: permission denied"):
        made.dump("postgresql://db.example/acuse", tmp_path / "dump", "portal_owner")


@pytest.mark.parametrize("server, kept", [(15, "a\nb\nSET transaction_timeout = 0;\n"),
                                          (18, "a\nSET transaction_timeout = 0;\nb\nSET transaction_timeout = 0;\n")])
def test_what_older_servers_do_not_know_is_taken_out_once(tmp_path: Path, server: int, kept: str) -> None:
    given = "a\\nSET transaction_timeout = 0;\\nb\\nSET transaction_timeout = 0;\\n"
    write = f'for a in "$@"; do case $a in --file=*) printf "{given}" > "${{a#--file=}}";; esac; done'
    keep = f'for a in "$@"; do last=$a; done; cp "$last" "{tmp_path / "ran"}"'
    script = f'case "$*" in *--file=*) {write};; *) {keep};; esac'
    made = pgtools.Tools(programs(tmp_path / "bin", 18, script), 18)
    made.restore("postgresql://db.example/x", tmp_path / "x.dump", server, "portal_owner", tmp_path)
    assert (tmp_path / "ran").read_text() == kept
    assert {path.name for path in tmp_path.iterdir()} == {"bin", "ran"}, "the script was left"


def test_a_server_that_does_not_answer_is_said() -> None:
    with pytest.raises(ToolError, match="does not answer"):
        pgtools.server_version("postgresql+psycopg://u@127.0.0.1:1/x")
