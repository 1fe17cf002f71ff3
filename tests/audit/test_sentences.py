"""Every event has a sentence, in both languages."""
from dataclasses import fields
from importlib import import_module
from pathlib import Path

import pytest
from flask import Flask

from portal.audit import sentences
from portal.core.events import Event
from portal.core.i18n import speaking
from tests.audit.samples import TeaServed

ROOT = Path(__file__).resolve().parents[2] / "portal"


def announced() -> list[type[Event]]:
    """Return the events of the features that can be announced: those that are not the root of others."""
    for path in sorted(ROOT.glob("*/events.py")):
        import_module(f"portal.{path.parent.name}.events")
    found = {e for e in sentences.every_event() if e.__module__.startswith("portal.")}
    return sorted((e for e in found if not e.__subclasses__()), key=lambda e: e.__name__)


def test_every_event_has_a_sentence_in_both_languages(app: Flask) -> None:
    assert len(announced()) > 10
    known = sentences.table()
    assert [e.__name__ for e in announced() if e.__name__ not in known] == []
    with app.app_context():
        for event in announced():
            with speaking("es"):
                spanish = str(known[event.__name__])
            with speaking("en"):
                english = str(known[event.__name__])
            assert spanish != english, f"{event.__name__} has no Spanish"
            names = {name for text in (spanish, english) for name in _names(text)}
            assert names <= {f.name for f in fields(event)} | {"subject"}, event.__name__


def test_names_of_events_are_unique_and_kinds_can_be_filtered(app: Flask) -> None:
    names = [e.__name__ for e in announced()]
    assert len(set(names)) == len(names)
    assert {e.kind for e in announced()} <= set(sentences.SUBJECTS)


@pytest.mark.parametrize("table", [sentences.WORDS, sentences.SUBJECTS, sentences.LABELS])
def test_words_are_translated(app: Flask, table: dict[str, object]) -> None:
    same = {"UUID", "RFC", "Roles", "Total", "no"}
    with app.app_context():
        for word in table.values():
            with speaking("es"):
                spanish = str(word)
            with speaking("en"):
                assert spanish != str(word) or spanish in same, spanish


def test_sentences_are_told_in_words(app: Flask) -> None:
    with app.app_context(), speaking("en"):
        assert sentences.sentence("TeaServed", "Ana", {"cups": 2}) == "Ana had 2 cups"
        assert sentences.sentence("TeaServed", "", {}) == "— had — cups"
        assert sentences.sentence("LongGone", "Ana", {}) == "LongGone: Ana"
        assert sentences.sentence("TeaServed", "100% Ana", {"cups": ["approved", True]}) == (
            "100% Ana had approved, yes cups")
        assert sentences.word({"act": "added"}) == "What was done: added"
    assert TeaServed.__name__ in sentences.table()


def _names(text: str) -> set[str]:
    return {part.split(")")[0] for part in text.split("%(")[1:]}


@pytest.mark.parametrize(("name", "value", "spoken"), [
    ("amount", "1234567.500000", "$1,234,567.50"), ("amount", "", "—"), ("number", "1234.5", "1234.5"),
    ("pay_on", "2026-12-11", "11 dic 2026"), ("before", "2026-13-45", "2026-13-45"), ("before", "", "—"),
    ("invoices", ["A-1", "A-2"], "A-1, A-2")])
def test_amounts_and_days_are_told_as_people_write_them(app: Flask, name: str, value: object, spoken: str) -> None:
    with app.app_context(), speaking("es"):
        assert sentences.said(name, value) == spoken
