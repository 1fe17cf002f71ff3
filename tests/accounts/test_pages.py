"""Every page of access is drawn in both languages, every letter has its words, every event its sentence."""
import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from portal.accounts import events
from portal.accounts.emails import LETTERS
from portal.accounts.models import UserSession
from portal.core.db import db, session
from portal.core.events import Event
from portal.core.i18n import FOLDER
from portal.factory import create_app
from portal.mail.render import render
from portal.web.limits import limiter
from portal.web.page import ROUTES
from tests import harness
from tests.accounts.steps import post, token_of
from tests.factories import World

ROOT = Path(__file__).resolve().parents[2]
ANONYMOUS = ("/sign-in", "/sign-in?ended=1", "/sign-in?lost=1", "/recover", "/recover/sent", "/legal/privacy",
             "/legal/terms", "/link/asked")
CLIENT = ("/people", "/people/invite", "/profile", "/profile/password", "/profile/sessions", "/settings",
          "/settings/fiscal", "/settings/fiscal/new", "/settings/organization", "/settings/passwords")
SUPPLIER = ("/people", "/people/invite", "/profile", "/settings/organization", "/settings/passwords")


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_page_is_drawn(world: World, client: FlaskClient, language: str) -> None:
    buyer = world.client()
    seller = world.supplier(buyer)
    for path in ANONYMOUS:
        _check(client.get(path, headers={"Accept-Language": language}), path, language)
    for person, paths in ((buyer.people["administrator"], CLIENT), (seller.person, SUPPLIER)):
        world.sign_in(client, person)
        post(client, f"/profile/language/{language}")
        for path in paths:
            _check(client.get(path), path, language)
    with world.owner():
        session.execute(update(UserSession).values(stepped_up_at=None))
    _check(client.get("/step-up"), "/step-up", language)


def _check(page: Any, path: str, language: str) -> None:
    assert page.status_code == 200, path
    assert f'<html lang="{language}"' in page.text and "<h1>" in page.text, path
    assert 'style="' not in page.text and "<script>" not in page.text, path
    assert page.headers["Cache-Control"] == "no-store" and "Cookie" in page.headers["Vary"], path


def test_an_unknown_text_is_not_found(client: FlaskClient) -> None:
    assert client.get("/legal/../secret").status_code == 404
    assert client.get("/legal/other").status_code == 404


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("letter", sorted(LETTERS))
def test_every_letter_has_its_words(world: World, letter: str, language: str) -> None:
    with world.app.test_request_context():
        drawn = render(letter, language, "Ana Ruiz", LETTERS[letter])
    link = "http://localhost" + LETTERS[letter]["link"]
    assert drawn.subject and "%(" not in drawn.text + drawn.html + drawn.subject
    assert link in drawn.text and link in drawn.html
    assert ("Hola" in drawn.text) == (language == "es")


def test_every_event_has_its_sentence() -> None:
    roots = {"AccessEvent", "LinkEvent", "MemberEvent", "OrganizationEvent", "Event"}
    named = {n for n, c in vars(events).items() if isinstance(c, type) and issubclass(c, Event)} - roots
    assert named == set(events.SENTENCES)


def test_every_sentence_is_in_spanish() -> None:
    known = set()
    for file in (FOLDER / "es").glob("*.po"):
        with file.open("rb") as source:
            for entry in read_po(source):
                texts = entry.string if isinstance(entry.string, tuple) else (entry.string,)
                if entry.id and all(texts) and "fuzzy" not in entry.flags:
                    known.add(entry.id[0] if isinstance(entry.id, tuple) else entry.id)
    missing = sorted(_said() - known)
    assert missing == []


def _said() -> set[str]:
    files = [*(ROOT / "portal/accounts").glob("*.py"), *(ROOT / "templates/accounts").glob("*.html"),
             *(f for name in LETTERS for f in (ROOT / "templates/email" / name).iterdir())]
    said = set()
    for file in files:
        method = "python" if file.suffix == ".py" else "jinja2.ext:babel_extract"
        for _line, text, _notes, _context in extract_from_file(
                method, file, keywords={"_": None, "lazy": None, "ngettext": (1, 2), "gettext": None}):
            said.add(text[0] if isinstance(text, tuple) else text)
    return said


@pytest.mark.parametrize(("path", "free"), [
    ("/sign-in", 30), ("/recover", 10), ("/activate", 30), ("/join", 30), ("/reset", 30),
    ("/setup", 30), ("/link/setup/again", 5)])
def test_one_address_does_not_knock_for_ever(limited: Flask, path: str, free: int) -> None:
    browser = limited.test_client()
    guard = token_of(browser)
    # The form is empty, so that nothing but the count can refuse.
    answers = [browser.post(path, data={"csrf_token": guard}).status_code for _n in range(free + 1)]
    assert 429 not in answers[:free] and answers[free] == 429


@pytest.fixture()
def limited(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """An application that counts, as in production."""
    made = create_app(harness.settings(database_url, tmp_path, PORTAL_RATE_LIMITS="1"))
    limiter.reset()
    yield made
    limiter.enabled = False
    with made.app_context():
        db.engine.dispose()


def test_only_reviewed_pages_are_public() -> None:
    public = {r.endpoint for r in ROUTES.values() if r.permission == "public" and r.endpoint.startswith("accounts")}
    assert public == {
        "accounts.sign_in", "accounts.sign_out", "accounts.recover", "accounts.recover_sent", "accounts.renew",
        "accounts.password_strength", "accounts.legal", "accounts_links.open_activate", "accounts_links.open_join",
        "accounts_links.open_reset", "accounts_links.open_setup", "accounts_links.activate", "accounts_links.join",
        "accounts_links.reset", "accounts_links.setup", "accounts_links.again", "accounts_links.asked"}


def test_no_service_knows_flask() -> None:
    for file in (ROOT / "portal/accounts").glob("*.py"):
        if file.stem in ("views", "link_views", "people_views", "profile_views", "setup_views", "forms"):
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else \
                [a.name for a in node.names] if isinstance(node, ast.Import) else []
            assert not {n.partition(".")[0] for n in names} & {"flask", "flask_login", "wtforms"}, file.name
