"""What the small scripts do, in a real browser under the portal's own security policy, and what works without."""
from collections.abc import Iterator
from contextlib import suppress
from threading import Thread
from time import sleep
from typing import Any

import pytest
from flask import Flask, Response, redirect, render_template_string, request
from playwright.sync_api import Browser, Error, Page, expect
from werkzeug.serving import make_server
from wtforms import FileField, Form, StringField
from wtforms.validators import DataRequired

from portal.web.headers import POLICY

expect.set_options(timeout=20_000)

pytestmark = pytest.mark.browser
SKIPPED = "ViewTransition opt-in disabled"  # Chromium's word when the style sheets come late
NAMES = ("Empaques", "Papelería", "Transportes")
FRAME = ('{% extends "layout/app.html" %}{% import "components/ui.html" as ui %}{% block title %}TITLE{% endblock %}'
         '{% block content %}BODY{% endblock %}')
LIST = """{% call ui.filter_bar(request.args.q, live="results", result=rows|length ~ " filas") %}
{{ ui.filter_select("kind", "Tipo", [("", "Todos"), ("long", "Largos")], request.args.kind) }}{% endcall %}
<div id="results">{% call ui.table_form("/bulk", [{"label": "Aprobar…", "value": "approve"}]) %}
{{ ui.table(rows, [{"key": "name", "label": "Nombre", "main": true}], "Filas", select="name") }}{% endcall %}</div>"""
UPLOAD = """{% call ui.form(form, "Subir", upload=true) %}
{{ ui.field(form.name) }}{{ ui.field(form.proof) }}{% endcall %}"""
REVIEW = """<textarea id="why" data-shortcut="m" aria-label="Por qué"></textarea>
{{ ui.stage_dots([{"name": "Área", "state": "current", "sentence": "con Compras"}]) }}
{% call ui.confirm("reject", "Rechazar", "¿Rechazar?", "/reject", shortcut="r") %}
<label for="reason">Motivo</label><input id="reason" name="reason">{% endcall %}"""
AMOUNTS = """<form data-amounts><input id="whole" data-whole aria-label="Importe"><button type="button"
data-fill="first" data-of="MXN">Todo</button><select name="currency" aria-label="Moneda"><option>MXN</option>
<option>USD</option></select><input id="first" data-part="1" data-balance="1160.00" aria-label="Uno"><input id="note"
data-part="-1" aria-label="Nota"><output data-sum data-even="justo" data-left="faltan {n}" data-over="sobran {n}">
</output></form>"""


class Proof(Form):
    name = StringField("Nombre", [DataRequired("Escribe el nombre.")])
    proof = FileField("Comprobante")


def pages_of(site: Flask, sent: list[str]) -> None:
    """Give `site` a list, a form with a file, a review, and a memory of what was posted."""
    def draw(title: str, body: str, **context: Any) -> str:
        viewer = {"name": "Guadalupe", "email": "g@b.mx", "organization": "Lácteos", "side": "client", "initials": "G",
                  "url_profile": "/", "url_sign_out": "/out"}
        navigation = [{"label": "", "items": [{"label": "Lista", "url": "/list", "icon": "inbox"}]}]
        return render_template_string(FRAME.replace("TITLE", title).replace("BODY", body), viewer=viewer,
                                      navigation=navigation, **context)

    def listed() -> str:
        wanted = request.args.get("q", "").lower()
        return draw("Lista", LIST, rows=[{"name": n, "url": f"/review?{n}"} for n in NAMES
                                        if wanted in n.lower() and (not request.args.get("kind") or len(n) > 8)])

    def upload() -> Any:
        form = Proof(request.form)
        if request.method == "POST":
            sent.append("upload")
            sleep(0.2)  # long enough for a second click
            if form.validate():
                return redirect("/review?done", 303)
            return draw("Subir", UPLOAD, form=form), 422
        return draw("Subir", UPLOAD, form=form)

    def reject() -> Any:
        sent.append(request.form["reason"])
        return redirect("/list", 303)

    def guarded(answer: Response) -> Response:
        answer.headers.setdefault("Content-Security-Policy", POLICY)
        return answer

    site.add_url_rule("/list", view_func=listed)
    site.add_url_rule("/upload", view_func=upload, methods=["GET", "POST"])
    site.add_url_rule("/review", "review", lambda: draw("Revisar", REVIEW))
    site.add_url_rule("/amounts", "amounts", lambda: draw("Pago", AMOUNTS))
    site.add_url_rule("/reject", view_func=reject, methods=["POST"])
    site.after_request(guarded)


@pytest.fixture(scope="module")
def sent() -> list[str]:
    return []


@pytest.fixture(scope="module")
def address(kit: Flask, sent: list[str]) -> Iterator[str]:
    kit.config["SPOKEN"] = "es"
    pages_of(kit, sent)
    server = make_server("127.0.0.1", 0, kit, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def visit(browser: Browser, address: str, **how: Any) -> Iterator[Page]:
    """Yield a page; afterwards nothing may have failed in it or broken the content security policy."""
    context = browser.new_context(base_url=address, **how)
    page, complaints = context.new_page(), []
    page.on("pageerror", lambda error: None if SKIPPED in str(error) else complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if "ontent Security Policy" in said.text else None)
    yield page
    context.close()
    assert not complaints


@pytest.fixture()
def page(chromium: Browser, address: str) -> Iterator[Page]:
    yield from visit(chromium, address)


@pytest.fixture()
def plain(chromium: Browser, address: str) -> Iterator[Page]:
    """A browser without scripts."""
    yield from visit(chromium, address, java_script_enabled=False)


@pytest.fixture()
def phone(chromium: Browser, address: str) -> Iterator[Page]:
    yield from visit(chromium, address, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)


PDF = {"name": "comprobante.pdf", "mimeType": "application/pdf", "buffer": b"x" * 2500}


def test_a_refused_upload_comes_back_with_what_was_typed_and_the_eye_on_the_errors(page: Page) -> None:
    page.goto("/upload")
    page.set_input_files("#proof", PDF)
    assert page.inner_text("[data-chosen]") == "comprobante.pdf · 2.5 kB"
    page.click("text=Subir >> nth=-1")
    page.wait_for_selector("[data-error-summary]:focus")
    page.fill("#name", "Lo que ya escribí")
    page.click("[data-error-summary] a")
    page.wait_for_timeout(300)
    assert page.input_value("#name") == "Lo que ya escribí", "moving inside the page must not load it again"


def test_an_accepted_upload_goes_where_the_server_leads(page: Page) -> None:
    page.goto("/upload")
    page.fill("#name", "Recibo")
    page.set_input_files("#proof", PDF)
    page.click("form button[type=submit] >> text=Subir")
    page.wait_for_url("**/review?done")
    assert page.inner_text("h1") == "Revisar" and page.title() == "Revisar · Acuse"
    page.go_back()
    page.wait_for_selector("#proof", state="attached")


def test_an_unreachable_server_is_told_and_the_form_can_be_sent_again(page: Page) -> None:
    page.goto("/upload")
    page.set_input_files("#proof", PDF)
    page.route("**/upload", lambda route: route.abort())
    page.click("form button[type=submit] >> text=Subir")
    page.wait_for_selector(".toast-danger")
    page.unroute("**/upload")
    page.click("form button[type=submit] >> text=Subir")
    page.wait_for_selector("[data-error-summary]")


def test_a_double_click_sends_once(page: Page, sent: list[str]) -> None:
    page.goto("/upload")
    before = sent.count("upload")
    page.dblclick("form button[type=submit] >> text=Subir")
    page.wait_for_selector("[data-error-summary]")
    assert sent.count("upload") == before + 1


def test_a_confirm_is_modal_takes_the_reason_and_closes_on_escape(page: Page, sent: list[str]) -> None:
    page.goto("/review")
    page.keyboard.press("r")
    assert page.locator("dialog:modal").count() == 1
    assert page.evaluate("document.activeElement.id") == "reason"
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0
    page.click("[data-confirm=reject]")
    page.fill("#reason", "No coincide")
    page.click("dialog button[type=submit]")
    page.wait_for_url("**/list")
    assert sent[-1] == "No coincide"


def test_a_confirm_works_without_scripts(plain: Page, sent: list[str]) -> None:
    plain.goto("/review")
    plain.click("[data-confirm=reject]")
    plain.fill("#reason", "Sin guion")
    plain.click("dialog button[type=submit]")
    plain.wait_for_url("**/list")
    assert sent[-1] == "Sin guion"


def test_the_list_follows_what_is_typed_and_the_address_stays_true(page: Page) -> None:
    page.goto("/list")
    page.keyboard.press("/")
    page.keyboard.type("papel")
    expect(page.locator("tbody tr")).to_have_count(1)
    assert page.url.endswith("/list?q=papel")
    assert page.inner_text(".filter-result") == "1 filas"
    assert page.evaluate("document.activeElement.id") == "filter-q"


def test_a_late_answer_does_not_take_the_place_of_a_newer_one(page: Page) -> None:
    held: list[Any] = []
    page.route("**/list?q=p", lambda route: held.append(route))
    page.goto("/list")
    with page.expect_request("**/list?q=p"):
        page.keyboard.press("/")
        page.keyboard.type("p")
    page.keyboard.type("apel")
    expect(page.locator("tbody tr")).to_have_count(1)
    with suppress(Error):  # it was given up
        held[0].continue_()
    page.evaluate("fetch('/list')")  # as long as an answer takes
    assert page.url.endswith("/list?q=papel") and page.locator("tbody tr").count() == 1


def test_what_is_typed_before_the_script_arrives_is_not_lost(page: Page) -> None:
    page.route("**/js/filter.js", lambda route: (sleep(0.5), route.continue_()))
    page.goto("/list")
    page.keyboard.press("/")
    page.keyboard.type("papel")
    expect(page.locator("tbody tr")).to_have_count(1)


def test_the_list_is_filtered_without_scripts(plain: Page) -> None:
    plain.goto("/list")
    plain.fill("#filter-q", "papel")
    plain.click(".filter-bar button")
    plain.wait_for_url("**/list?q=papel&kind=")
    assert plain.locator("tbody tr").count() == 1


def test_on_a_phone_filters_fold_behind_one_control_that_counts_them(plain: Page) -> None:
    plain.set_viewport_size({"width": 360, "height": 740})
    plain.goto("/list")
    expect(plain.locator("#filter-q")).to_be_visible()
    expect(plain.locator("#filter-kind")).to_be_hidden()
    plain.click(".filter-bar summary")
    plain.select_option("#filter-kind", "long")
    plain.click(".filter-bar button")
    expect(plain.locator("tbody tr")).to_have_count(2)
    expect(plain.locator(".filter-bar summary")).to_have_text("Filtros (1)")
    expect(plain.locator("#filter-kind")).to_be_hidden()


def test_with_room_filters_stand_beside_the_search_and_follow_what_is_chosen(page: Page) -> None:
    page.goto("/list")
    expect(page.locator(".filter-bar summary")).to_be_hidden()
    page.select_option("#filter-kind", "long")
    expect(page.locator("tbody tr")).to_have_count(2)
    page.set_viewport_size({"width": 360, "height": 740})
    expect(page.locator(".filter-bar summary")).to_have_text("Filtros (1)")


def test_a_key_leads_to_a_field_instead_of_pressing_it(page: Page) -> None:
    page.goto("/review")
    page.keyboard.press("m")
    expect(page.locator("#why")).to_be_focused()
    page.keyboard.type("no")
    expect(page.locator("#why")).to_have_value("no")


def test_rows_are_walked_chosen_and_opened_by_keys(page: Page) -> None:
    page.goto("/list")
    for key in ("j", "j", "x"):
        page.keyboard.press(key)
    assert page.inner_text("[data-selected-count]") == "1 elegida"
    assert page.locator(".bulk-bar").is_visible()
    page.keyboard.press("Enter")
    page.wait_for_url("**/review?Papeler*")


def test_a_row_opens_on_click_and_its_box_does_not(page: Page) -> None:
    page.goto("/list")
    page.click("tbody input >> nth=0")
    assert page.url.endswith("/list")
    page.click("tbody td.cell-main >> nth=2", position={"x": 200, "y": 10})
    page.wait_for_url("**/review?Transportes")


def test_the_shortcuts_are_shown_and_typing_is_left_alone(page: Page) -> None:
    page.goto("/list")
    page.keyboard.press("?")
    assert page.locator("#shortcuts:modal").count() == 1
    page.keyboard.press("Escape")
    page.focus("#filter-q")
    page.keyboard.type("j?x")
    assert page.input_value("#filter-q") == "j?x"
    assert page.locator("#shortcuts:modal").count() == 0


def test_a_stage_speaks_on_hover_on_focus_and_falls_silent_on_escape(page: Page) -> None:
    page.goto("/review")
    tip = page.locator(".tip")
    assert not tip.is_visible()
    page.hover(".stage-mark")
    assert tip.is_visible()
    page.mouse.move(0, 0)
    page.focus(".stage-mark")
    assert tip.is_visible()
    page.keyboard.press("Escape")
    assert not tip.is_visible()


def test_a_stage_speaks_on_tap(phone: Page) -> None:
    phone.goto("/review")
    phone.tap(".stage-mark")
    box = phone.locator(".tip").bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390


def test_the_appearance_is_remembered_by_the_next_page(page: Page) -> None:
    page.goto("/review")
    page.click("[popovertarget=account]")
    page.click("[data-theme=dark]")
    page.goto("/list")
    assert page.get_attribute("html", "data-bs-theme") == "dark"


def test_the_menu_of_the_phone_opens_without_scripts(chromium: Browser, address: str) -> None:
    for narrow in visit(chromium, address, viewport={"width": 390, "height": 844}, java_script_enabled=False):
        narrow.goto("/review")
        assert not narrow.locator(".nav-link").is_visible()
        narrow.click("[popovertarget=app-nav] >> nth=0")
        narrow.click(".nav-link")
        narrow.wait_for_url("**/list")


@pytest.mark.parametrize("path", ["/list", "/upload", "/review"])
def test_no_page_is_wider_than_its_window(page: Page, path: str) -> None:
    page.goto(path)
    for width in (360, 768, 1280, 2560):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_parts_of_a_payment_are_added_while_they_are_typed(page: Page) -> None:
    page.goto("/amounts")
    expect(said := page.locator("[data-sum]")).to_have_text("$0.00")
    page.click("text=Todo")
    expect(said).to_have_text("$1,160.00 · sobran $1,160.00")
    page.fill("#whole", "$1,000.00")
    page.fill("#note", "160")
    expect(said).to_have_text("$1,000.00 · justo")
    page.fill("#note", "200.5")
    expect(said).to_have_text("$959.50 · faltan $40.50")
    page.select_option("[name=currency]", "USD")
    expect(page.get_by_role("button", name="Todo")).to_be_hidden()
    page.select_option("[name=currency]", "MXN")
    expect(page.get_by_role("button", name="Todo")).to_be_visible()
    page.fill("#whole", "123456789.5")
    page.press("#whole", "Tab")
    expect(page.locator("#whole")).to_have_value("123,456,789.50")
    page.fill("#note", "0.125")
    page.press("#note", "Tab")
    expect(page.locator("#note")).to_have_value("0.125")
    for no_amount in ("1,60", "-1", "1.000,00"):
        page.fill("#note", no_amount)
        page.press("#note", "Tab")
        expect(page.locator("#note")).to_have_value(no_amount)
        expect(said).to_contain_text("$1,160.00 · faltan")
