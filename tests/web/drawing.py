"""What the tests of the screen kit share: a small application, one sample of everything, and strict reading."""
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import html5lib
from flask import Flask, render_template_string
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
from portal.web import assets, pages, templating

ROOT = Path(__file__).resolve().parents[2]
HOSTILE = """"'><svg onload=alert(1)></title></script><script>alert(1)</script>{{ 7*7 }}"""
DAY, INSTANT = date(2026, 11, 26), datetime(2026, 11, 26, 18, 30, tzinfo=UTC)
STATES = ("done", "current", "waiting", "rejected")
Draw = Callable[..., str]


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


class Kit(Flask):
    """Flask, with templates that are compiled for each language."""

    jinja_environment = templating.SpeakingEnvironment


def make_kit() -> Flask:
    """An application with the kit's filters and nothing else: no database, no sign-in."""
    bare = Kit("bare", static_folder=None, template_folder=str(ROOT / "templates"))
    bare.config.update(SECRET_KEY="x" * 32, SPOKEN="es", DEMO=False)
    CSRFProtect(bare)
    Babel(bare, locale_selector=lambda: bare.config["SPOKEN"])
    assets.install(bare)
    bare.jinja_env.filters.update(money=i18n.money, plain_money=i18n.plain_money, date=i18n.day, datetime=i18n.moment,
                                  ago=i18n.ago, distance=i18n.distance)
    bare.jinja_env.globals.update(_=i18n._, gettext=i18n._, ngettext=i18n.ngettext, form_guard=pages.form_guard,
                                  remembered=templating.remembered)
    return bare


def drawer(kit: Flask, language: str) -> Draw:
    def run(source: str, **context: Any) -> str:
        kit.config["SPOKEN"] = language
        with kit.test_request_context("/"):
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
            "{{ ui.facts([(x, x)]) }}{% endcall %}{% call ui.panel(x, x, id='f', fold='closed') %}{{ x }}{% endcall %}"
            "{{ ui.figure(x, x, x, '/x', 'inbox') }}{{ ui.figure(x, 3) }}"
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
