"""What the documents name is there: files, functions, settings, commands, and each other."""
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from flask import Flask

from config.settings import VARIABLES
from tests.meta.source import ROOT

DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
FOLDERS = ("app.py", "config", "docs", "migrations", "portal", "scripts", "static", "templates", "tests", ".ci")
FILES = [path.relative_to(ROOT).as_posix() for top in FOLDERS for path in (ROOT / top).rglob("*") if path.is_file()]
FILE = re.compile(r"^[\w./-]+\.(py|html|css|js|po|md|json|txt|svg)$")
MEMBER = re.compile(r"^([a-z_]+(?:/[a-z_]+)*)(?:\.py:|\.|:)([A-Za-z_]\w*)(?:\(\))?$")


def named(text: str) -> Iterator[str]:
    """Yield what stands between backticks, outside blocks of code."""
    yield from re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda p: p.name)
def test_files_and_their_members_that_it_names_are_there(document: Path) -> None:
    missing = []
    for name in named(document.read_text()):
        if FILE.match(name):
            there = any(f"/{file}".endswith(f"/{name}") for file in FILES) or (ROOT / name).is_file()
        elif member := MEMBER.match(name):
            homes = [file for file in FILES if f"/{file}".endswith(f"/{member[1]}.py")]
            there = not homes or any(re.search(rf"\b{member[2]}\b", (ROOT / home).read_text()) for home in homes)
        else:
            there = True
        if not there:
            missing.append(name)
    assert not missing


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda p: p.name)
def test_settings_that_it_names_are_there(document: Path) -> None:
    known = {name for name, _default, _what in VARIABLES} | {"PORTAL_APP"}
    said = set(re.findall(r"PORTAL_[A-Z0-9_]*[A-Z0-9]", document.read_text()))
    assert not {name for name in said - known if not any(k.startswith(f"{name}_") for k in known)
                and not name.startswith("PORTAL_TEST_")}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda p: p.name)
def test_commands_that_it_names_are_there(document: Path, app: Flask) -> None:
    for words in re.findall(r"\bflask ([a-z][a-z -]*)", document.read_text()):
        group, *rest = words.split()
        command = app.cli.get_command(click.Context(app.cli), group)
        assert command is not None, words
        if isinstance(command, click.Group) and rest:
            assert command.get_command(click.Context(command), rest[0]) is not None, words


def test_every_page_is_found_from_the_first() -> None:
    reached = "".join(document.read_text() for document in DOCUMENTS)
    assert not [document.name for document in DOCUMENTS[1:] if f"{document.name})" not in reached]
