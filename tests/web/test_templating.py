"""Templates are compiled once a language, with the sentences that never change already said."""
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from flask import Flask, g, request, session
from jinja2 import DictLoader
from markupsafe import Markup

from portal.core import i18n
from portal.web import pages
from portal.web.templating import Cells, SpeakingEnvironment, filled, remembered

PAGES = {
    "page.html": '{% import "parts.html" as parts %}{{ _("Inbox") }}|{{ asset("a.css") }}|{{ parts.hello(name) }}',
    "parts.html": '{% macro hello(name) %}{{ _("Account of %(name)s", name=name) }}{% endmacro %}',
    "asks.html": "{{ _(word) }}",
    "kept.html": '{% import "kept_parts.html" as parts %}{{ remembered(parts.mark, value) }}',
    "kept_parts.html": '{% macro mark(value) %}{{ _("Inbox") }} {{ value }} {{ drawn() }}{% endmacro %}',
    "curious.html": '{% import "curious_parts.html" as parts %}{{ remembered(parts.ask, "x") }}',
    "curious_parts.html": "{% macro ask(value) %}{{ asked() }}{% endmacro %}",
}


@pytest.fixture()
def environment(ctx: Flask) -> SpeakingEnvironment:
    """An environment with three templates and a count of what was asked of the catalog while drawing."""
    made = SpeakingEnvironment(ctx, loader=DictLoader(PAGES), autoescape=True)
    made.globals.update(_=i18n._, asset=lambda name: f"/static/{name}?1")
    return made


@pytest.mark.parametrize(("language", "drawn"), [
    ("es", "Bandeja|/static/a.css?1|Cuenta de &lt;b&gt;"), ("en", "Inbox|/static/a.css?1|Account of &lt;b&gt;")])
def test_each_language_has_its_own(environment: SpeakingEnvironment, language: str, drawn: str) -> None:
    for _turn in range(2):  # the second comes from what was kept
        with i18n.speaking(language):
            assert environment.get_template("page.html").render(name="<b>") == drawn


def test_nothing_is_asked_when_a_page_is_drawn(environment: SpeakingEnvironment) -> None:
    with i18n.speaking("es"):
        template = environment.get_template("page.html")
        environment.globals["_"] = environment.globals["asset"] = pytest.fail
        assert template.render(name="Ana") == "Bandeja|/static/a.css?1|Cuenta de Ana"


def test_a_text_that_is_only_known_then_is_asked_then(environment: SpeakingEnvironment) -> None:
    with i18n.speaking("es"):
        assert environment.get_template("asks.html").render(word="Inbox") == "Bandeja"


def test_the_application_draws_with_it(app: Flask) -> None:
    assert isinstance(app.jinja_env, SpeakingEnvironment)
    assert Path(app.template_folder or "").name == "templates"


def test_holes_are_filled_and_what_is_not_markup_is_escaped() -> None:
    rows = [{"name": "<b>", "cell": Markup("<i>x</i>"), "unused": object()}, {"name": "100 %s", "cell": 3}]
    drawn = filled(Markup('<td title="%(name)s">%(name)s</td>%(cell)s 5 %;'), rows)
    assert drawn == '<td title="&lt;b&gt;">&lt;b&gt;</td><i>x</i> 5 %;<td title="100 %s">100 %s</td>3 5 %;'
    assert isinstance(drawn, Markup)


def test_a_hole_without_a_value_is_told() -> None:
    with pytest.raises(KeyError):
        filled(Markup("%(name)s"), [{"nam": "x"}])


def test_a_row_that_was_escaped_once_is_not_escaped_again() -> None:
    row = Cells(name="<b>", cell=Markup("<i>x</i>"), amount=3)
    assert row["name"] == "&lt;b&gt;" and row["amount"] == 3
    assert filled(Markup("%(name)s%(cell)s%(amount)s"), [row, row]) == "&lt;b&gt;<i>x</i>3" * 2


def test_a_part_is_drawn_once_for_the_same_values_of_the_same_kind(environment: SpeakingEnvironment) -> None:
    turns = count(1)
    environment.globals.update(remembered=remembered, drawn=lambda: next(turns))

    def draw(value: object) -> str:
        return environment.get_template("kept.html").render(value=value)

    with i18n.speaking("es"):
        assert [draw("<b>"), draw("<b>"), draw(Markup("<b>"))] == [
            "Bandeja &lt;b&gt; 1", "Bandeja &lt;b&gt; 1", "Bandeja <b> 2"]
        assert [draw(["x"]), draw(["x"])] == ["Bandeja [&#39;x&#39;] 3", "Bandeja [&#39;x&#39;] 4"], "no key, no memory"
    with i18n.speaking("en"):
        assert draw("<b>") == "Inbox &lt;b&gt; 5"


@pytest.mark.parametrize("asked", [lambda: request.path, lambda: session.get("x"), lambda: g.get("actor"),
                                   pages.form_guard, lambda: pages.with_query(q="x")])
def test_what_is_remembered_cannot_ask_whose_it_is(environment: SpeakingEnvironment, app: Flask,
                                                   asked: Callable[[], object]) -> None:
    environment.globals.update(remembered=remembered, asked=asked)
    with app.test_request_context("/"), i18n.speaking("es"):
        asked()  # any other part may
        with pytest.raises(RuntimeError, match="context"):
            environment.get_template("curious.html").render()
