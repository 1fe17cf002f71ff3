"""Templates are compiled once a language, with the sentences that never change already said."""
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import DictLoader
from markupsafe import Markup

from portal.core import i18n
from portal.web.templating import SpeakingEnvironment, filled

PAGES = {
    "page.html": '{% import "parts.html" as parts %}{{ _("Inbox") }}|{{ asset("a.css") }}|{{ parts.hello(name) }}',
    "parts.html": '{% macro hello(name) %}{{ _("Account of %(name)s", name=name) }}{% endmacro %}',
    "asks.html": "{{ _(word) }}",
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
