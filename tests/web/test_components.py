"""The components: valid markup, nothing inline, hostile strings inert, states in words, and all of it in Spanish."""
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import html5lib
import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask import Flask, render_template, render_template_string
from flask_babel import Babel
from flask_wtf.csrf import CSRFProtect
from lxml import html
from wtforms import (
    BooleanField,
    DateField,
    FileField,
    Form,
    FormField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired
from wtforms.widgets import CheckboxInput, ListWidget

from portal.core import i18n
from portal.web import assets, pages

ROOT = Path(__file__).resolve().parents[2]
HOSTILE = """"'><svg onload=alert(1)></title></script><script>alert(1)</script>{{ 7*7 }}"""
DAY, INSTANT = date(2026, 11, 26), datetime(2026, 11, 26, 18, 30, tzinfo=UTC)
STATES = ("done", "current", "waiting", "rejected")


class Inner(Form):
    clabe = StringField("CLABE", [DataRequired(HOSTILE)])


class Checks(SelectMultipleField):  # type: ignore[misc]
    """A feature's own kind of field, as forms have them: the macro goes by its widget, not by its name."""

    widget, option_widget = ListWidget(prefix_label=False), CheckboxInput()


class Secret(PasswordField):  # type: ignore[misc]
    """A password by another name."""


class Sample(Form):
    """One field of every kind."""

    name = StringField("Nombre", [DataRequired("Escribe el nombre.")], description="Como aparece en la constancia.")
    kind = SelectField("Tipo", choices=[("m", "Empresa"), ("f", HOSTILE)])
    language = RadioField("Idioma", choices=[("es", "Español"), ("en", "Inglés")], validators=[DataRequired("Elige.")])
    day = DateField("Fecha", [DataRequired("Escribe la fecha.")])
    notes = TextAreaField("Notas", default=HOSTILE)
    proof = FileField("Comprobante", [DataRequired("Elige un archivo.")], description="PDF")
    terms = BooleanField("Acepto", [DataRequired("Acepta para continuar.")])
    password = Secret("Contraseña")
    roles = Checks("Roles", choices=[("ap", "Cuentas por pagar"), ("td", "Tesorería")])
    account = FormField(Inner)


@pytest.fixture(scope="module")
def app() -> Flask:
    """An application with the kit's filters and nothing else: no database, no sign-in."""
    bare = Flask("bare", static_folder=None, template_folder=str(ROOT / "templates"))
    bare.config.update(SECRET_KEY="x" * 32, SPOKEN="es", DEMO=False)
    CSRFProtect(bare)
    Babel(bare, locale_selector=lambda: bare.config["SPOKEN"])
    assets.install(bare)
    bare.jinja_env.filters.update(money=i18n.money, plain_money=i18n.plain_money, date=i18n.day, datetime=i18n.moment,
                                  ago=i18n.ago, distance=i18n.distance)
    bare.jinja_env.globals.update(_=i18n._, gettext=i18n._, ngettext=i18n.ngettext, form_guard=pages.form_guard)
    return bare


Draw = Callable[..., str]


@pytest.fixture(params=["es", "en"])
def draw(app: Flask, request: pytest.FixtureRequest) -> Draw:
    """Draw a snippet of a page with `ui` at hand, in both languages."""
    return drawer(app, request.param)


@pytest.fixture()
def spanish(app: Flask) -> Draw:
    return drawer(app, "es")


def drawer(app: Flask, language: str) -> Draw:
    def run(source: str, **context: Any) -> str:
        app.config["SPOKEN"] = language
        with app.test_request_context("/"):
            return render_template_string('{% import "components/ui.html" as ui %}' + source, **context)
    return run


def refused() -> Sample:
    """The form as it comes back: everything that could be wrong is."""
    form = Sample()
    form.validate()
    form.name.errors = ["Escribe el nombre.", HOSTILE]  # type: ignore[assignment]
    form.form_errors.append("No coincide.")
    return form


def rows(text: str = "A-1042") -> list[dict[str, Any]]:
    return [{"id": 7, "url": "/invoices/7", "folio": text, "rfc": text, "total": Decimal("18432.50"), "currency": "USD",
             "day": DAY, "at": INSTANT, "none": None, "stages": text}]


COLUMNS = [
    {"key": "folio", "label": "Folio", "main": True, "note": "rfc", "sort_url": "?s", "sorted": "asc"},
    {"key": "total", "label": "Total", "kind": "money", "currency": "currency"},
    {"key": "day", "label": "Fecha", "kind": "date"}, {"key": "at", "label": "Cambio", "kind": "ago"},
    {"key": "none", "label": "Nada"}, {"key": "stages", "label": "Etapas", "kind": "custom"},
]

SNIPPETS: dict[str, str] = {
    "icon": "{{ ui.icon('check', label=x) }}{{ ui.brand() }}",
    "values": "<p>{{ ui.money(amount, x) }}{{ ui.day(day) }}{{ ui.moment(at) }}{{ ui.ago(at) }}"
              "{{ ui.due(day, x, 'late') }}"
              "{{ ui.code(x) }}{{ ui.money(none) }}{{ ui.day(none) }}{{ ui.due(none) }}</p>",
    "buttons": "{{ ui.button(x, 'primary', name='a', value=x, icon_name='check', shortcut='a') }}"
               "{{ ui.link_button(x, '/x') }}{{ ui.post_button(x, '/x', fields={'id': x}) }}{{ ui.copy_button(x) }}",
    "menu": "{{ ui.menu('m', x, [{'label': x, 'url': '/x', 'icon': 'trash', 'note': x}, '-',"
            " {'label': x, 'url': '/y', 'post': true, 'danger': true, 'fields': {'id': x}, 'current': true}]) }}",
    "confirm": "{% call ui.confirm('c', x, x, '/x', x, [(x, x)], fields={'id': x}, kind='danger', open=true) %}"
               "<p>hi</p>{% endcall %}",
    "dialog": "{{ ui.dialog_button('d', x) }}{% call ui.dialog('d', x) %}<p>hi</p>{% endcall %}{{ ui.shortcuts() }}",
    "page": "{% call ui.page_header(x, x, [(x, '/x')], ui.status(x)) %}{{ ui.button(x) }}{% endcall %}"
            "{% call ui.panel(x, x, foot=x, id='p') %}{{ ui.facts([(x, x), (x, none)], 'grid') }}"
            "{{ ui.facts([(x, x)]) }}{% endcall %}{{ ui.figure(x, x, x, '/x', 'inbox') }}{{ ui.figure(x, 3) }}"
            "{{ ui.tabs([{'label': x, 'url': '/x', 'active': true, 'missing': true, 'count': 0}]) }}",
    "notices": "{{ ui.notice('danger', x, x) }}{% call ui.empty_state(x, x) %}{{ ui.button(x) }}{% endcall %}"
               "{{ ui.steps([{'label': x, 'state': 'done'}, {'label': x, 'state': 'rejected'}]) }}{{ ui.tip(x) }}",
    "states": "{{ ui.status(x, 'success') }}{{ ui.stage_dots(stages) }}"
              "{{ ui.timeline([{'text': x, 'who': x, 'at': at, 'kind': 'danger', 'quote': x}]) }}",
    "requirements": "{% call(item) ui.requirement_list(items) %}<i>{{ item.name }}</i>{% endcall %}",
    "findings": "{{ ui.findings(fail=[f], warn=[f], open=[f], passed=[f, f]) }}",
    "table": "{% call ui.table_form('/bulk', [{'label': x, 'value': x}]) %}"
             "{% call(row, key) ui.table(rows, columns, x, select='id', select_label='folio') %}<i>{{ row[key] }}</i>"
             "{% endcall %}{% endcall %}{{ ui.pager('/p', '/n', x) }}",
    "filters": "{% call ui.filter_bar(x, x, live='results', result=x, clear_url='/x', keep={'sort': x}) %}"
               "{{ ui.filter_select('stage', x, [('', x), (x, x)], x) }}{{ ui.filter_date('from', x, day) }}"
               "{% endcall %}{{ ui.chips([{'label': x, 'url': '/x', 'active': true, 'count': 3}]) }}",
    "form": "{% call ui.form(form, x, cancel_url='/x', upload=true) %}{% for f in form if f.type != 'FormField' %}"
            "{{ ui.field(f) }}{% endfor %}{{ ui.field(form.account.form.clabe, prefix=x, suffix=x) }}{% endcall %}"
            "{{ ui.password_strength('/s', score=2, word=x, advice=[x]) }}"
            "{% call ui.fieldset(x, x) %}<p>hi</p>{% endcall %}",
    "charts": "{{ ui.bars(x, data) }}{{ ui.ageing(x, data, x) }}{{ ui.columns(x, data) }}",
    "toasts": "{{ ui.toast_region([{'kind': 'success', 'text': x, 'undo_url': '/u'}]) }}",
}


def context(text: str) -> dict[str, Any]:
    finding = {key: text for key in ("text", "code", "found", "expected", "where", "remedy", "url_text")}
    return {
        "x": text, "amount": Decimal("-1234.5"), "day": DAY, "at": INSTANT, "rows": rows(text), "columns": COLUMNS,
        "form": refused(), "f": {**finding, "url": "/x"},
        "stages": [{"name": text, "state": state, "sentence": text} for state in STATES],
        "items": [{"name": text, "state": state, "mandatory": must, "note": text, "value": text, "url": "/x",
                   "action": text} for state in ("missing", "given", "rejected") for must in (True, False)],
        "data": [{"label": text, "value": Decimal("12"), "text": text, "url": "/x"}, {"label": "0", "value": 0}],
    }


def strict(markup: str) -> None:
    """Raise when `markup` is not valid HTML."""
    head = "<!doctype html><html lang='es'><head><title>t</title></head><body>"
    page = markup if "<!doctype" in markup else f"{head}{markup}</body></html>"
    html5lib.HTMLParser(strict=True).parse(page.strip())


def tree(markup: str) -> Any:
    return html.fromstring(f"<main>{markup}</main>")


@pytest.mark.parametrize("name", SNIPPETS)
def test_markup_is_valid_and_nothing_is_inline(draw: Draw, name: str) -> None:
    markup = draw(SNIPPETS[name], **context("Empaques & Cartones"))
    strict(markup)
    root = tree(markup)
    assert not root.xpath("//@style | //script | //style | //@*[starts-with(name(), 'on')]")
    assert not root.xpath("//@*[(name()='href' or name()='src' or name()='action') and contains(., '://')]")
    ids = root.xpath("//@id")
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", SNIPPETS)
def test_hostile_strings_stay_strings(draw: Draw, name: str) -> None:
    markup = draw(SNIPPETS[name], **context(HOSTILE))
    strict(markup)
    root = tree(markup)
    assert not root.xpath("//script | //@onload")
    assert "{{ 7*7 }}" in "".join(root.itertext()) + "".join(root.xpath("//@*"))


@pytest.mark.parametrize("name", SNIPPETS)
def test_what_names_or_describes_points_to_something(draw: Draw, name: str) -> None:
    root = tree(draw(SNIPPETS[name], **context("x")))
    ids = set(root.xpath("//@id"))
    for attribute in ("for", "aria-describedby", "aria-labelledby", "popovertarget", "data-confirm"):
        for value in root.xpath(f"//@{attribute}"):
            assert set(value.split()) <= ids, (attribute, value)
    for link in root.xpath("//*[@data-error-summary]//a/@href"):
        assert link.removeprefix("#") in ids, link


@pytest.mark.parametrize("name", SNIPPETS)
def test_every_control_has_a_name(draw: Draw, name: str) -> None:
    root = tree(draw(SNIPPETS[name], **context("x")))
    labelled = set(root.xpath("//label/@for"))
    for control in root.xpath("//input[not(@type='hidden')] | //select | //textarea | //progress | //meter"):
        assert control.get("aria-label") or control.get("id") in labelled, html.tostring(control)
    for button in root.xpath("//button | //a"):
        assert button.get("aria-label") or button.text_content().strip(), html.tostring(button)


@pytest.mark.parametrize("name", SNIPPETS)
def test_every_form_that_posts_is_guarded_once(draw: Draw, name: str) -> None:
    for form in tree(draw(SNIPPETS[name], **context("x"))).xpath("//form[@method='post']"):
        assert len(form.xpath(".//input[@name='csrf_token']")) == 1
        assert len(form.xpath(".//input[@name='_once']")) == 1


def test_money_is_written_with_its_currency(spanish: Draw) -> None:
    text = tree(spanish("{{ ui.money(a, 'MXN') }}", a=Decimal("1234.56"))).text_content()
    assert text == "$1,234.56 MXN"


def test_a_due_day_carries_its_distance(spanish: Draw, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(i18n, "today", lambda zone: date(2026, 11, 21))
    text = " ".join(tree(spanish("{{ ui.due(day, 'vence') }}", day=DAY)).text_content().split())
    assert text.startswith("26 nov 2026 · vence ")
    assert "5" in text


@pytest.mark.parametrize("state", STATES)
def test_a_stage_says_its_sentence_to_eyes_and_to_readers(spanish: Draw, state: str) -> None:
    stages = [{"name": "Área", "state": state, "sentence": "con Compras desde hace 2 días"}]
    root = tree(spanish("{{ ui.stage_dots(stages) }}", stages=stages))
    sentence = "Área · con Compras desde hace 2 días"
    assert root.xpath("//button[@type='button']/@aria-label") == [sentence]
    assert root.xpath("//*[@class='tip']/text()") == [sentence]
    assert bool(root.xpath("//*[@aria-current='step']")) == (state == "current")
    assert bool(root.xpath("//use")) == (state in ("done", "rejected"))


def test_a_stage_without_a_sentence_still_says_its_state(spanish: Draw) -> None:
    markup = spanish("{{ ui.stage_dots([{'name': 'Área', 'state': 'rejected'}]) }}")
    assert "Área · rechazada" in markup


@pytest.mark.parametrize(("state", "mandatory", "kind", "word"), [
    ("missing", True, "missing", "Falta"), ("missing", False, "optional", "Opcional"),
    ("given", True, "given", "Entregado"), ("rejected", True, "rejected", "Por corregir"),
])
def test_a_requirement_reads_without_colour(spanish: Draw, state: str, mandatory: bool, kind: str, word: str) -> None:
    item = {"name": "Orden de compra", "state": state, "mandatory": mandatory}
    root = tree(spanish("{{ ui.requirement_list([item]) }}", item=item))
    assert root.xpath(f"//li[contains(@class, 'requirement-{kind}')]")
    assert word in root.text_content()
    assert root.xpath("//*[@class='requirement-mark']//use")
    assert ("requerido" in root.text_content()) == mandatory
    assert bool(root.xpath("//*[@class='required-mark']")) == mandatory


def test_findings_are_grouped_and_the_good_ones_folded(spanish: Draw) -> None:
    finding = {"text": "El sello", "code": "CFDI40102"}
    root = tree(spanish("{{ ui.findings(fail=[f], warn=[f], passed=[f, f]) }}", f=finding))
    heads = [" ".join(head.text_content().split()) for head in root.xpath("//*[contains(@class, 'findings-head')]")]
    assert heads == ["Hay que corregir (1)", "Conviene revisar (1)", "Todo bien (2)"]
    folded = root.xpath("//details")
    assert len(folded) == 1 and folded[0].get("open") is None
    assert len(folded[0].xpath(".//li")) == 2


def test_a_finding_shows_found_expected_where_and_the_remedy(spanish: Draw) -> None:
    finding = {"text": "T", "code": "C", "found": "F", "expected": "E", "where": "W", "remedy": "R", "url": "/x",
               "url_text": "U"}
    root = tree(spanish("{{ ui.findings(fail=[f]) }}", f=finding))
    assert root.xpath("//dt/text()") == ["Se encontró", "Se esperaba", "Dónde"]
    assert root.xpath("//dd/text()") == ["F", "E", "W"]
    assert root.xpath("//a[@href='/x']/text()") == ["U"]


def test_a_row_links_from_its_main_cell_and_names_its_columns(spanish: Draw) -> None:
    source = "{% call(row, key) ui.table(rows, columns, 'Facturas') %}{{ key }}!{% endcall %}"
    root = tree(spanish(source, rows=rows(), columns=COLUMNS))
    assert root.xpath("//tr[@data-row]//a[@class='row-link']/@href") == ["/invoices/7"]
    assert root.xpath("//td/@data-label") == [column["label"] for column in COLUMNS]
    cells = [" ".join(cell.text_content().split()) for cell in root.xpath("//td")]
    assert cells[0] == "A-1042A-1042" and cells[1] == "$18,432.50 USD" and cells[4] == "—" and cells[5] == "stages!"
    assert root.xpath("//th/@aria-sort") == ["ascending"]
    assert root.xpath("//caption/text()") == ["Facturas"]


def test_rows_may_be_objects_without_an_address(spanish: Draw) -> None:
    class Row:
        folio = "A-1"
    columns = [{"key": "folio", "label": "Folio", "main": True}]
    root = tree(spanish("{{ ui.table(rows, columns, 'c') }}", rows=[Row()], columns=columns))
    assert root.xpath("//td//text()[normalize-space()]") == ["A-1"]
    assert not root.xpath("//a | //tr[@data-row]")


def test_a_pager_without_neighbours_is_not_drawn(spanish: Draw) -> None:
    assert spanish("{{ ui.pager() }}").strip() == ""
    root = tree(spanish("{{ ui.pager(next_url='/n') }}"))
    assert root.xpath("//a/@href") == ["/n"]


def test_errors_stand_above_the_form_and_beside_the_field(spanish: Draw) -> None:
    root = tree(spanish(SNIPPETS["form"], **context("x")))
    summary = root.xpath("//*[@data-error-summary]")[0]
    assert "Escribe el nombre." in summary.text_content()
    assert "No coincide." in summary.text_content()
    assert summary.xpath(".//a[@href='#account-clabe']"), "errors of inner forms are told too"
    field = root.xpath("//input[@id='name']")[0]
    assert field.get("aria-invalid") == "true"
    assert field.get("aria-describedby") == "name-hint name-error"
    assert "Escribe el nombre." in root.xpath("//*[@id='name-error']")[0].text_content()
    form = root.xpath("//form")[0]
    assert form.get("enctype") == "multipart/form-data" and form.get("novalidate") is not None


def test_a_field_is_drawn_by_its_widget_not_by_its_name(spanish: Draw) -> None:
    root = tree(spanish(SNIPPETS["form"], **context("x")))
    assert root.xpath("//fieldset[@id='roles']/legend")
    assert len(root.xpath("//fieldset[@id='roles']//input[@type='checkbox']")) == 2
    assert root.xpath("//div[@class='password-field']/input[@type='password'][@id='password']")
    assert root.xpath("//div[@data-drop]/input[@type='file'][@id='proof']")
    assert not root.xpath("//ul[contains(@class, 'form-control')]")


def test_a_form_without_errors_is_quiet(spanish: Draw) -> None:
    root = tree(spanish("{% call ui.form(form, 'Guardar') %}{{ ui.field(form.name) }}{% endcall %}", form=Sample()))
    assert not root.xpath("//*[@data-error-summary] | //*[@aria-invalid]")
    assert root.xpath("//input[@id='name']/@aria-describedby") == ["name-hint"]


def test_a_confirm_works_without_scripts(spanish: Draw) -> None:
    root = tree(spanish(SNIPPETS["confirm"], **context("x")))
    opener = root.xpath("//button[@popovertarget='c']")[0]
    dialog = root.xpath("//dialog[@id='c']")[0]
    assert opener.get("type") == "button" and dialog.get("popover") is not None
    assert dialog.xpath(".//form[@action='/x']//button[@type='submit']")
    assert dialog.xpath(".//button[@popovertargetaction='hide']")


def test_a_confirm_can_submit_a_form_of_the_page(spanish: Draw) -> None:
    root = tree(spanish("{{ ui.confirm('c', 'Pagar', '¿Pagar?', form='pay', name='go', value='1') }}"))
    assert not root.xpath("//form")
    assert root.xpath("//button[@type='submit'][@form='pay'][@name='go']")


def test_bars_are_in_proportion(spanish: Draw) -> None:
    data = [{"label": "a", "value": Decimal(50)}, {"label": "b", "value": Decimal(100)}, {"label": "c", "value": 0}]
    root = tree(spanish("{{ ui.bars('t', data) }}", data=data))
    assert root.xpath("//rect[contains(@class, 'fill')]/@width") == ["50.0%", "100.0%", "0.0%"]
    empty = tree(spanish("{{ ui.bars('t', []) }}{{ ui.ageing('t', []) }}{{ ui.columns('t', []) }}"))
    assert not empty.xpath("//rect[contains(@class, 'fill')]")


# --- layouts and errors ---------------------------------------------------------------------------------------------

VIEWER = {
    "name": HOSTILE, "email": "a@b.mx", "organization": HOSTILE, "side": "client", "initials": "GH",
    "url_profile": "/p", "url_sign_out": "/out",
    "organizations": [{"name": HOSTILE, "side": "client", "url": "/o/1", "active": True},
                      {"name": "B", "side": "supplier", "url": "/o/2", "method": "post"}],
}
FRAME = {
    "locale": "es", "theme": "dark", "viewer": VIEWER, "search_url": "/search",
    "notifications": {"url": "/n", "count": 3}, "toasts": [{"kind": "success", "text": HOSTILE}],
    "navigation": [{"label": HOSTILE, "items": [
        {"label": HOSTILE, "url": "/a", "icon": "inbox", "count": "99+", "active": True}]}],
    "languages": [{"code": "es", "label": "Español", "url": "?lang=es", "active": True}],
}
PAGE = '{% extends "layout/LAYOUT.html" %}{% block title %}Bandeja{% endblock %}' \
       '{% block content %}<p>hola</p>{% endblock %}'


def whole(app: Flask, layout: str, **context: Any) -> str:
    app.config["SPOKEN"] = "es"
    with app.test_request_context("/", headers=context.pop("headers", None)):
        return render_template_string(PAGE.replace("LAYOUT", layout), **context)


@pytest.mark.parametrize("layout", ["app", "plain"])
@pytest.mark.parametrize("frame", [{}, FRAME, dict.fromkeys(FRAME)], ids=["bare", "full", "none"])
def test_a_layout_is_a_valid_page_whatever_it_is_given(app: Flask, layout: str, frame: dict[str, Any]) -> None:
    markup = whole(app, layout, **frame)
    strict(markup)
    root = html.fromstring(markup.strip())
    assert root.xpath("//title/text()") == ["Bandeja · Acuse"]
    assert root.xpath("//h1/text()") == ["Bandeja"]
    assert root.xpath("//main//p/text()").count("hola") == 1
    assert root.get("lang") == "es"
    assert not root.xpath("//@style | //style | //@onload | //script[not(@src)]")
    assert root.xpath("//script/@type") == ["module"]
    assert all(address.startswith("/static/") for address in root.xpath("//script/@src | //link/@href"))
    first = root.xpath("//body//a")[0]
    assert first.get("href") == "#main" and root.xpath("//*[@id='main']")


def test_the_frame_shows_where_i_am_and_what_waits(app: Flask) -> None:
    root = html.fromstring(whole(app, "app", **FRAME).strip())
    current = root.xpath("//nav//a[@aria-current='page']")
    assert len(current) == 1 and "99+" in current[0].text_content()
    assert root.xpath("//form[@action='/out'][@method='post']//input[@name='csrf_token']")
    assert root.xpath("//form[@action='/o/2'][@method='post']//input[@name='csrf_token']")
    assert root.xpath("//a[@href='/o/1']")


@pytest.mark.parametrize(("cookie", "profile", "shown"), [
    (None, "dark", "dark"), ("light", "dark", "light"), ("auto", "dark", None), (None, "auto", None),
    ("purple", "light", "light"), (None, HOSTILE, None),
])
def test_the_theme_is_this_devices_choice_else_the_profiles(
        app: Flask, cookie: str | None, profile: str, shown: str | None) -> None:
    headers = {"Cookie": f"theme={cookie}"} if cookie else {}
    root = html.fromstring(whole(app, "app", theme=profile, headers=headers).strip())
    assert root.get("data-bs-theme") == shown
    pressed = root.xpath("//button[@data-theme][@aria-pressed='true']/@data-theme")
    assert not pressed, "without a viewer there is no menu"


def test_the_menu_marks_the_appearance_that_is_shown(app: Flask) -> None:
    root = html.fromstring(whole(app, "app", **FRAME, headers={"Cookie": "theme=light"}).strip())
    assert root.xpath("//button[@data-theme][@aria-pressed='true']/@data-theme") == ["light"]
    assert len(root.xpath("//button[@data-theme]")) == 3


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 413, 429, 500, 503])
def test_an_error_page_says_what_to_do(app: Flask, status: int, language: str) -> None:
    app.config["SPOKEN"] = language
    with app.test_request_context("/"):
        markup = render_template(f"errors/{status}.html", incident="01939f", locale=language)
        told = render_template(f"errors/{status}.html", message=HOSTILE)
    strict(markup)
    root = html.fromstring(markup.strip())
    assert "01939f" in root.text_content()
    assert root.xpath("//main//p[@class='lead']/text()")
    assert root.xpath("//main//a[contains(@class, 'btn-primary')]/@href") == ["/"]
    assert not html.fromstring(told.strip()).xpath("//@onload")
    assert str(status) not in root.xpath("//h1")[0].text_content()


# --- words ----------------------------------------------------------------------------------------------------------

def our_words() -> set[str]:
    """Return every sentence that the layouts, components and error pages say."""
    found: set[str] = set()
    for folder in ("layout", "components", "errors"):
        for _name, _line, message, _comments, _context in extract_from_dir(
                str(ROOT / "templates" / folder), [("**.html", "jinja2.ext:babel_extract")]):
            found.add(message if isinstance(message, str) else message[0])
    return found


def spanish_words() -> dict[str, str]:
    with (ROOT / "portal/translations/es/web.po").open("rb") as source:
        return {str(entry.id): str(entry.string) for entry in read_po(source, locale="es") if entry.id}


def test_every_sentence_has_its_spanish_and_nothing_is_left_over() -> None:
    words = spanish_words()
    assert len(our_words()) > 80
    assert our_words() <= set(words), our_words() - set(words)
    assert set(words) <= our_words(), set(words) - our_words()
    assert not [word for word, spanish in words.items() if not spanish.strip()]


def test_spanish_keeps_the_blanks_to_fill() -> None:
    for word, spanish in spanish_words().items():
        assert re.findall(r"%\(\w+\)s|\{\w+\}", word) == re.findall(r"%\(\w+\)s|\{\w+\}", spanish), word


def test_spanish_is_addressed_as_tu() -> None:
    for word, spanish in spanish_words().items():
        assert not re.search(r"\b(usted|haga|ingrese|escriba|seleccione|intente)\b", spanish, re.I), word
