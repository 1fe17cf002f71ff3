"""Every letter of every feature, in both languages, from the sample beside it (see docs/letters.md)."""
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jinja2 import UndefinedError

from portal.mail.dress import dress
from portal.mail.render import Rendered, render

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = sorted(p.name for p in (ROOT / "templates" / "email").iterdir() if p.is_dir())
BASE = "https://acuse.example"
VOID = {"meta", "br", "hr", "img", "link", "base", "input"}


def samples() -> dict[str, dict[str, Any]]:
    """Return the sample context of every letter, from `LETTERS` of each feature's emails.py."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted((ROOT / "portal").glob("*/emails.py")):
        mine = import_module(f"portal.{path.parent.name}.emails").LETTERS
        assert not set(mine) & set(found), f"two features have a letter of the same name: {set(mine) & set(found)}"
        found.update(mine)
    return found


@pytest.fixture()
def letters(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, dict[str, Any]]]:
    monkeypatch.setitem(app.config, "BASE_URL", BASE)
    with app.app_context():
        yield samples()


def both(name: str, context: dict[str, Any]) -> tuple[Rendered, Rendered]:
    return render(name, "es", "Ana Núñez", context), render(name, "en", "Ana Núñez", context)


def test_every_folder_has_a_sample_and_every_sample_a_folder(letters: dict[str, Any]) -> None:
    assert set(letters) == set(FOLDERS)


@pytest.mark.parametrize("name", FOLDERS)
def test_a_letter_is_complete_in_both_languages(letters: dict[str, Any], name: str) -> None:
    spanish, english = both(name, letters[name])
    assert spanish.subject != english.subject, "the subject is not translated"
    assert not _shared_sentences(spanish.text, english.text), "sentences without a translation"
    for drawn in (spanish, english):
        assert 0 < len(drawn.subject) <= 120 and "\n" not in drawn.subject
        assert len(drawn.text.splitlines()) >= 3
        assert "%(" not in drawn.text + drawn.html + drawn.subject and "None" not in drawn.text
        assert not _Tags.unbalanced(drawn.html)


@pytest.mark.parametrize("name", FOLDERS)
def test_a_letter_has_one_act_in_text_and_html(letters: dict[str, Any], name: str) -> None:
    context = letters[name]
    drawn = render(name, "es", "Ana", context)
    for key, value in context.items():
        if key == "link" or key.endswith("_link"):
            assert BASE + value in drawn.text, "many people read the text only"
            assert f'href="{BASE}{value}"' in drawn.html
    outside = [a for a in re.findall(r'(?:href|src)="([^"]*)"', drawn.html) if not a.startswith(BASE)]
    assert outside == [], "a letter leads to the portal and loads nothing"
    assert "<script" not in drawn.html and "class=" not in drawn.html


@pytest.mark.parametrize("name", FOLDERS)
def test_what_strangers_typed_is_only_text(letters: dict[str, Any], name: str) -> None:
    evil = '"><img src=x onerror=alert(1)> class="page"'
    hostile = {k: evil if isinstance(v, str) and not k.endswith("link") else v for k, v in letters[name].items()}
    html = render(name, "es", evil, hostile).html
    assert "<img" not in html


def test_a_letter_with_a_hole_is_not_drawn(letters: dict[str, Any]) -> None:
    with pytest.raises(UndefinedError):
        render("mail_check", "es", "Ana", {})


def test_unknown_classes_are_found() -> None:
    with pytest.raises(KeyError):
        dress('<p class="nowhere">')
    assert dress('<p class="line">') == '<p style="margin:0 0 16px">'
    assert dress("<p title=\"class=&quot;x&quot;\">") == "<p title=\"class=&quot;x&quot;\">"


def test_links_start_with_the_configured_address(letters: dict[str, Any], app: Flask) -> None:
    with app.test_request_context("/", base_url="http://evil.example"):
        drawn = render("mail_check", "en", "", {"link": "/x"})
    assert "evil" not in drawn.text + drawn.html and f"{BASE}/x" in drawn.text


def _shared_sentences(one: str, other: str) -> set[str]:
    """Return lines of several words that both have; facts, names and addresses are the same in both."""
    def lines(text: str) -> set[str]:
        return {line for line in text.split("--\n")[0].splitlines()
                if line.count(" ") >= 4 and not re.search(r"[:>] ?\S|https?:", line) and not line.startswith("- ")}
    return lines(one) & lines(other)


class _Tags(HTMLParser):
    """Finds elements that are not closed, or closed out of order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []

    @classmethod
    def unbalanced(cls, html: str) -> list[str]:
        parser = cls()
        parser.feed(html)
        return parser.wrong + parser.open

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)
