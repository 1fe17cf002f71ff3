"""What the small scripts do with fields, lists, dialogs, toasts and files: each by itself, in a real browser."""
import json
from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest
from flask import Flask, Response, render_template_string, request
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server
from wtforms import FileField, Form, MultipleFileField, PasswordField, StringField
from wtforms.validators import DataRequired

from portal.web.headers import POLICY
from tests.chromium import until
from tests.web.test_scripts import visit

expect.set_options(timeout=20_000)

pytestmark = pytest.mark.browser
FRAME = ('{% extends "layout/app.html" %}{% import "components/ui.html" as ui %}{% block title %}Todo{% endblock %}'
         '{% block content %}BODY{% endblock %}')
FIELDS = """<form method="post" action="/late">{{ ui.field(form.password) }}
{{ ui.password_strength("/judge", "password") }}<input type="hidden" name="csrf_token" value="abc">
{% for mask in ("upper", "rfc", "digits", "money") %}<input id="{{ mask }}" data-mask="{{ mask }}">{% endfor %}
<input id="free">{{ ui.copy_button("ABC-123", "Copiar") }}<button type="submit" name="how" value="now">Enviar</button>
</form>"""
LIST = """{% call ui.table_form("/late", [{"label": "Aprobar…", "value": "approve"}]) %}
{{ ui.table(rows, [{"key": "name", "label": "Nombre", "main": true}], "Filas", select="name") }}{% endcall %}"""
DIALOGS = """{% call ui.confirm("plain", "Abrir", "¿Seguro?", "/late") %}
<input id="first"><input id="second">{% endcall %}
{% call ui.confirm("open", "Otra", "¿Otra?", "/late", open=true) %}<input id="fine">
<input id="wrong" aria-invalid="true">{% endcall %}"""
FILES = """{% call ui.form(form, "Subir", upload=true, action="/send", name="how", value="now") %}
{{ ui.field(form.one) }}{{ ui.field(form.many) }}{% endcall %}"""
TIPS = "".join(f'<span class="has-tip tip-{n}"><button type="button" class="at" data-tip>?</button>'
               f'<span class="tip">{"una frase larga " * 4}</span></span>' for n in ("left", "middle", "right"))


class Fields(Form):
    password = PasswordField("Contraseña")
    one = FileField("Uno")
    many = MultipleFileField("Varios")
    wanted = StringField("Nombre", [DataRequired()])


@pytest.fixture(scope="module")
def sent() -> list[Any]:
    return []


@pytest.fixture(scope="module")
def address(kit: Flask, sent: list[Any]) -> Iterator[str]:
    def draw(body: str) -> str:
        viewer = {"name": "G", "email": "g@b.mx", "organization": "L", "side": "client", "initials": "G",
                  "url_profile": "/", "url_sign_out": "/out"}
        toasts = [{"kind": kind, "text": kind, "undo_url": "/late" if kind == "success" else None}
                  for kind in ("success", "info", "warning", "danger")] if body == "" else []
        rows = [{"name": name, "url": f"/list?{name}"} for name in "abc"]
        return render_template_string(FRAME.replace("BODY", body), viewer=viewer, form=Fields(), rows=rows,
                                      toasts=toasts, search_url="/list", locale=request.args.get("in", "es"))

    def judge() -> Response:
        sent.append((request.form["password"], request.form["csrf_token"]))
        weak = len(request.form["password"]) < 5
        verdict = {"score": 1 if weak else 4, "word": "Débil" if weak else "Fuerte",
                   "advice": ["<b>Más</b> larga", "Otra"] if weak else []}
        return Response(json.dumps(verdict), mimetype="application/json")

    def send() -> Any:
        files = [one.filename for name in ("one", "many") for one in request.files.getlist(name) if one.filename]
        sent.append((request.form.get("how"), request.headers.get("Accept"), files))
        return Response("no", 503, mimetype="text/plain") if "odd" in (request.referrer or "") else draw(FIELDS)

    def guarded(answer: Response) -> Response:
        answer.headers.setdefault("Content-Security-Policy", POLICY)
        return answer

    for path, body in (("fields", FIELDS), ("list", LIST), ("dialogs", DIALOGS), ("files", FILES), ("tips", TIPS),
                       ("toasts", "")):
        kit.add_url_rule(f"/{path}", path, lambda body=body: draw(body))
    kit.add_url_rule("/judge", view_func=judge, methods=["POST"])
    kit.add_url_rule("/send", view_func=send, methods=["POST"])
    for view in (judge, send):
        kit.extensions["csrf"].exempt(view)
    kit.after_request(guarded)
    server = make_server("127.0.0.1", 0, kit, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture()
def page(chromium: Browser, address: str) -> Iterator[Page]:
    yield from visit(chromium, address)


def at(page: Page, path: str, *modules: str) -> Page:
    """Open `path` and wait until the scripts have begun, and those of `modules`, which come later."""
    page.goto(path)
    page.wait_for_selector("html.scripted")
    for name in modules:
        fetched(page, f"{name}.js")
    return page


def fetched(page: Page, module: str) -> None:
    """Wait until a module has been carried out; the same address again is the same module."""
    page.evaluate("name => import(new URL(name, document.querySelector('script[type=module]').src))", f"./{module}")


def _still(page: Page) -> None:
    """Stop the page's clock: time passes when a test says so."""
    page.clock.install(time=0)
    page.clock.pause_at(1000)


def test_a_password_is_shown_and_hidden_again(page: Page) -> None:
    at(page, "/fields")
    for kind, pressed in (("text", "true"), ("password", "false")):
        page.click("[data-reveal]")
        assert (page.get_attribute("#password", "type"), page.get_attribute("[data-reveal]", "aria-pressed")) == (
            kind, pressed)


def test_codes_are_tidied_on_leaving_the_field_and_never_while_typing(page: Page) -> None:
    at(page, "/fields")
    for mask, typed, left in (("upper", " ab-1 ", "AB-1"), ("rfc", "ñan-010101 a&1", "ÑAN010101A&1"),
                              ("digits", "01 2a-3", "0123"), ("money", "$1,234.50 ", "1234.50")):
        page.focus(f"#{mask}")
        page.keyboard.type(typed)
        assert page.input_value(f"#{mask}") == typed
        page.focus("#free")
        assert page.input_value(f"#{mask}") == left
    page.focus("#free")
    page.keyboard.type(" a b ")
    page.focus("#upper")
    assert page.input_value("#free") == " a b "


def test_a_password_is_judged_while_it_is_chosen(page: Page, sent: list[Any]) -> None:
    at(page, "/fields", "strength")
    page.fill("#password", "abc")
    expect(page.locator("[data-strength-word]")).to_have_text("Débil")
    assert page.locator("[data-strength-advice] li").all_inner_texts() == ["<b>Más</b> larga", "Otra"]
    assert page.evaluate("document.querySelector('meter').value") == 1
    assert sent[-1] == ("abc", "abc")
    page.fill("#password", "abc de fg")
    expect(page.locator("[data-strength-word]")).to_have_text("Fuerte")
    assert page.evaluate("document.querySelector('meter').value") == 4
    assert page.get_attribute("[data-strength-advice]", "hidden") == ""


def test_what_was_typed_before_the_judge_arrived_is_judged(page: Page) -> None:
    at(page, "/fields", "strength")
    page.evaluate("document.getElementById('password').value = 'abc'")
    fetched(page, "strength.js?late")
    expect(page.locator("[data-strength-word]")).to_have_text("Débil")


def test_a_code_is_copied_and_the_button_says_so_for_a_moment(page: Page, address: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
    _still(page)
    at(page, "/fields", "copy")
    page.click("[data-copy]")
    expect(button := page.locator("[data-copy]")).to_have_text("Copiado")
    assert "copied" in (button.get_attribute("class") or "").split()
    assert page.evaluate("navigator.clipboard.readText()") == "ABC-123"
    page.clock.run_for(2000)
    expect(button).to_have_text("Copiar")
    assert "copied" not in (button.get_attribute("class") or "").split()


def _notes(page: Page) -> list[str]:
    return page.locator("#toasts [data-toast]").evaluate_all("all => all.map((one) => one.dataset.toast)")


def test_what_only_informs_leaves_by_itself_and_what_is_wrong_stays(page: Page) -> None:
    _still(page)
    at(page, "/toasts")
    assert _notes(page) == ["success", "info", "warning", "danger"]
    page.clock.run_for(6500)
    assert len(_notes(page)) == 4
    page.clock.run_for(1000)
    assert _notes(page) == ["success", "warning", "danger"], "what can be undone stays twice as long"
    page.clock.run_for(7000)
    assert _notes(page) == ["warning", "danger"]
    page.clock.run_for(60_000)
    page.click("[data-toast=danger] [data-dismiss]")
    assert _notes(page) == ["warning"]


@pytest.mark.parametrize(("enter", "leave"), [("pointerenter", "pointerleave"), ("focusin", "focusout")])
def test_a_toast_waits_while_it_is_read(page: Page, enter: str, leave: str) -> None:
    _still(page)
    at(page, "/toasts")
    page.dispatch_event("[data-toast=info]", enter)
    page.clock.run_for(60_000)
    assert "info" in _notes(page)
    page.dispatch_event("[data-toast=info]", leave)
    page.clock.run_for(6500)
    assert "info" in _notes(page)
    page.clock.run_for(1000)
    assert "info" not in _notes(page)


def test_the_appearance_changes_at_once_and_the_system_decides_again(page: Page) -> None:
    at(page, "/fields")
    scheme = "document.querySelector('meta[name=color-scheme]').content"
    for theme, shown, content in (("dark", "dark", "dark"), ("light", "light", "light"), ("auto", None, "light dark")):
        page.evaluate(f"document.querySelector('[data-theme={theme}]').click()")
        assert page.get_attribute("html", "data-bs-theme") == shown
        assert page.evaluate(scheme) == content
        assert page.locator("[data-theme][aria-pressed=true]").evaluate_all("a => a.map(b => b.dataset.theme)") == [
            theme]
        kept = next(c for c in page.context.cookies() if c["name"] == "theme")
        assert (kept["value"], kept["path"], kept["sameSite"]) == (theme, "/", "Lax")
        assert kept["expires"] - page.evaluate("Date.now() / 1000") > 300 * 24 * 3600


def test_all_rows_are_chosen_at_once_and_counted(page: Page) -> None:
    at(page, "/list")
    words, every = page.locator("[data-selected-count]"), page.locator("[data-select-all]")
    state = "box => [box.checked, box.indeterminate]"
    page.check("tbody input >> nth=0")
    assert (words.inner_text(), every.evaluate(state)) == ("1 elegida", [False, True])
    page.check("tbody input >> nth=1")
    assert words.inner_text() == "2 elegidas"
    page.check("tbody input >> nth=2")
    assert every.evaluate(state) == [True, False]
    every.uncheck()
    assert page.locator("tbody input:checked").count() == 0 and every.evaluate(state) == [False, False]
    every.check()
    assert page.locator("tbody input:checked").count() == 3 and words.inner_text() == "3 elegidas"


def test_a_row_with_a_held_key_opens_beside_and_not_while_text_is_chosen(page: Page) -> None:
    at(page, "/list")
    with page.context.expect_page() as beside:
        page.click("tbody td.cell-main >> nth=1", position={"x": 200, "y": 10}, modifiers=["Control"])
    assert beside.value.url.endswith("/list?b") and page.url.endswith("/list")
    beside.value.close()
    page.evaluate("""() => {
      window.opened = [];
      for (const link of document.querySelectorAll('.row-link')) {
        link.addEventListener('click', (event) => { event.preventDefault(); window.opened.push(link.textContent); });
      }
    }""")
    page.dispatch_event("tbody td.cell-main >> nth=1", "click")
    page.evaluate("getSelection().selectAllChildren(document.querySelector('thead'))")
    page.dispatch_event("tbody td.cell-main >> nth=2", "click")
    assert page.evaluate("window.opened") == ["b"]


def test_keys_move_both_ways_and_stop_at_the_ends(page: Page) -> None:
    at(page, "/list")
    here = "[...document.querySelectorAll('tr[data-row]')].map((r) => +r.classList.contains('is-current')).join('')"
    for key, shown in (("x", "000"), ("k", "100"), ("j", "010"), ("j", "001"), ("j", "001"), ("k", "010"),
                       ("Control+j", "010"), ("Alt+k", "010"), ("Meta+j", "010")):
        page.keyboard.press(key)
        assert page.evaluate(here) == shown, key
    assert page.locator("tbody input:checked").count() == 0
    assert page.evaluate("document.activeElement.getAttribute('href')") == "/list?b"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.matches('[data-search-all]')")


def test_keys_are_left_alone_under_a_dialog(page: Page) -> None:
    at(page, "/list")
    page.keyboard.press("?")
    page.wait_for_selector("#shortcuts:modal")
    page.keyboard.press("j")
    assert page.locator("tr.is-current").count() == 0
    page.click("#shortcuts [data-close]")
    assert page.locator("#shortcuts[open]").count() == 0
    page.keyboard.press("?")
    page.wait_for_selector("#shortcuts:modal")


def test_what_was_refused_opens_again_on_what_is_wrong_and_a_dialog_closes_by_its_button(page: Page) -> None:
    at(page, "/dialogs")
    page.wait_for_selector("#open:modal")
    assert page.evaluate("document.activeElement.id") == "wrong"
    page.click("#open [data-close]")
    assert page.locator("dialog[open]").count() == 0
    page.click("[data-confirm=plain]")
    page.wait_for_selector("#plain:modal")
    assert page.evaluate("document.activeElement.id") == "first"


def test_a_form_on_its_way_is_not_sent_again_until_the_page_comes_back(page: Page) -> None:
    at(page, "/fields")
    page.evaluate("""() => {
      window.went = [];
      addEventListener('submit', (event) => { window.went.push(!event.defaultPrevented); event.preventDefault(); });
      const button = document.querySelector('main [type=submit]');
      for (let time = 0; time < 2; time += 1) button.form.requestSubmit(button);
    }""")
    assert page.evaluate("window.went") == [True, False]
    busy = "[...document.querySelectorAll('[aria-busy=true]')].map((one) => one.textContent)"
    assert page.evaluate(busy) == ["Enviar"]
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: false}))")
    assert page.evaluate(busy) == ["Enviar"]
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    assert page.evaluate(busy) == []
    page.evaluate("document.querySelector('main [type=submit]').form.requestSubmit()")
    assert page.evaluate("window.went") == [True, False, True]


DRAG = """([kind, place, names]) => {
  const held = new DataTransfer();
  for (const name of names) held.items.add(new File(['x'.repeat(1500000)], name));
  const event = new DragEvent(kind, {bubbles: true, cancelable: true, dataTransfer: held});
  document.querySelector(place).dispatchEvent(event);
  return event.defaultPrevented;
}"""


def _drag(page: Page, kind: str, place: str, *names: str) -> Any:
    return page.evaluate(DRAG, [kind, place, names])


def test_files_are_dropped_where_they_are_wanted(page: Page) -> None:
    at(page, "/files", "upload")
    one, many = (f"[data-drop]:has(#{name})" for name in ("one", "many"))
    for kind in ("dragenter", "dragover"):
        assert _drag(page, kind, one) is True
        assert page.locator(".is-dragging").count() == 1
        assert _drag(page, kind, "h1") is False
        assert page.locator(".is-dragging").count() == 0
    _drag(page, "dragenter", one)
    assert _drag(page, "drop", one, "a.xml", "b.xml") is True
    assert page.locator(".is-dragging").count() == 0
    assert page.inner_text(f"{one} [data-chosen]") == "a.xml · 1.5 MB"
    assert page.locator(".has-file").count() == 1
    assert _drag(page, "drop", many, "c.xml", "d.xml") is True
    assert page.inner_text(f"{many} [data-chosen]") == "c.xml · 1.5 MB\nd.xml · 1.5 MB"
    assert _drag(page, "drop", many) is False
    page.set_input_files("#one", [])
    assert page.locator(".has-file").count() == 1


FILE = {"name": "a.xml", "mimeType": "text/xml", "buffer": b"x" * 900}


def test_a_file_goes_with_the_button_that_sent_it_and_the_answer_takes_the_pages_place(page: Page,
                                                                                       sent: list[Any]) -> None:
    at(page, "/files?in=en", "upload")
    page.set_input_files("#one", FILE)
    page.evaluate("""() => {
      window.same = true;
      document.documentElement.style.minHeight = '5000px';
      scrollTo(0, 50);
      window.shares = [];
      const bar = document.querySelector('[data-progress]');
      const note = () => { if (!bar.hidden) window.shares.push(bar.querySelector('progress').value,
                                                               bar.querySelector('output').value); };
      new MutationObserver(note).observe(bar, {attributes: true, childList: true, subtree: true, characterData: true});
    }""")
    page.click("main form button[type=submit]")
    page.wait_for_selector("#password")
    assert page.evaluate("window.same") and page.url.endswith("/send")
    until(page, "scrollY === 0")
    assert sent[-1] == ("now", "text/html", ["a.xml"])
    assert page.get_attribute("html", "lang") == "es", "the answer's language is the page's"
    assert page.evaluate("window.shares").count("100 %") >= 1 and 100 in page.evaluate("window.shares")
    page.fill("#password", "abc")
    expect(page.locator("[data-strength-word]")).to_have_text("Débil")  # what the new page needs was fetched


@pytest.mark.parametrize(("query", "said"), [("odd", "El servidor no pudo recibir"),
                                             ("odd&in=en", "The server could not take")])
def test_an_answer_that_is_no_page_is_told_in_the_readers_language(page: Page, query: str, said: str) -> None:
    at(page, f"/files?{query}", "upload")
    page.set_input_files("#one", FILE)
    page.click("main form button[type=submit]")
    expect(page.locator(".toast-danger")).to_contain_text(said)
    assert page.locator(".toast-danger svg use").get_attribute("href", timeout=1000).endswith("#cross-circle")
    assert not page.locator("[data-progress]").is_visible()
    assert page.locator("[aria-busy]").count() == 0


def test_a_tip_stays_inside_the_window(page: Page) -> None:
    at(page, "/tips")
    found = page.evaluate("""() => [...document.querySelectorAll('main .has-tip')].map((host, place) => {
      host.style.position = 'fixed';
      host.style[place === 2 ? 'right' : 'left'] = place === 1 ? '50%' : '0';
      host.style.top = place === 1 ? '0' : '300px';
      host.querySelector('.at').focus();
      return ['tip-start', 'tip-end', 'tip-below'].filter((one) => host.querySelector('.tip').classList.contains(one));
    })""")
    assert found == [["tip-start"], ["tip-below"], ["tip-end"]]
