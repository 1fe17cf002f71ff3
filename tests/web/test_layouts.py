"""The frames of a page, the error pages, and the Spanish of all of them."""
import re
from typing import Any

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask import Flask, render_template, render_template_string
from lxml import html

from tests.web.drawing import HOSTILE, ROOT, strict

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


def whole(kit: Flask, layout: str, **context: Any) -> str:
    kit.config["SPOKEN"] = "es"
    with kit.test_request_context("/", headers=context.pop("headers", None)):
        return render_template_string(PAGE.replace("LAYOUT", layout), **context)


@pytest.mark.parametrize("layout", ["app", "plain"])
@pytest.mark.parametrize("frame", [{}, FRAME, dict.fromkeys(FRAME)], ids=["bare", "full", "none"])
def test_a_layout_is_a_valid_page_whatever_it_is_given(kit: Flask, layout: str, frame: dict[str, Any]) -> None:
    markup = whole(kit, layout, **frame)
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


def test_the_frame_shows_where_i_am_and_what_waits(kit: Flask) -> None:
    root = html.fromstring(whole(kit, "app", **FRAME).strip())
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
        kit: Flask, cookie: str | None, profile: str, shown: str | None) -> None:
    headers = {"Cookie": f"theme={cookie}"} if cookie else {}
    root = html.fromstring(whole(kit, "app", theme=profile, headers=headers).strip())
    assert root.get("data-bs-theme") == shown
    pressed = root.xpath("//button[@data-theme][@aria-pressed='true']/@data-theme")
    assert not pressed, "without a viewer there is no menu"


def test_the_menu_marks_the_appearance_that_is_shown(kit: Flask) -> None:
    root = html.fromstring(whole(kit, "app", **FRAME, headers={"Cookie": "theme=light"}).strip())
    assert root.xpath("//button[@data-theme][@aria-pressed='true']/@data-theme") == ["light"]
    assert len(root.xpath("//button[@data-theme]")) == 3


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 413, 429, 500, 503])
def test_an_error_page_says_what_to_do(kit: Flask, status: int, language: str) -> None:
    kit.config["SPOKEN"] = language
    with kit.test_request_context("/"):
        markup = render_template(f"errors/{status}.html", incident="01939f", locale=language)
        told = render_template(f"errors/{status}.html", message=HOSTILE)
    strict(markup)
    root = html.fromstring(markup.strip())
    assert "01939f" in root.text_content()
    assert root.xpath("//main//p[@class='lead']/text()")
    assert root.xpath("//main//a[contains(@class, 'btn-primary')]/@href") == ["/"]
    assert not html.fromstring(told.strip()).xpath("//@onload")
    assert str(status) not in root.xpath("//h1")[0].text_content()


@pytest.mark.parametrize(("came", "method", "page", "leads"), [
    ("http://localhost/invoices/new", "POST", 413, "http://localhost/invoices/new"),
    ("http://elsewhere.example/", "POST", 413, "/"),
    ("http://localhost.elsewhere.example/", "POST", 409, "/"),
    ("http://localhost/record/", "GET", 503, "/due?q=a"),
    ("http://localhost/record/", "GET", 404, "/"),
])
def test_an_error_page_leads_back_to_where_it_happened(kit: Flask, came: str, method: str, page: int,
                                                       leads: str) -> None:
    with kit.test_request_context("/due?q=a", method=method, headers={"Referer": came}):
        root = html.fromstring(render_template(f"errors/{page}.html").strip())
    assert root.xpath("//main//a[contains(@class, 'btn-primary')]/@href") == [leads]
    assert root.xpath("//main//a[contains(@class, 'btn')]/@href")[-1] == "/"


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
