"""Texts that mean to be something else: markup, queries, templates, formulas, a letter's headers, nothing at all."""
import csv
import re
from datetime import timedelta
from io import StringIO
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.access.policy import ROLES, Role
from portal.accounts.models import Link, LinkKind
from portal.accounts.tokens import digest
from portal.core import db
from portal.core.clock import now
from tests.factories import World
from tests.security.addresses import addresses, for_whom, one_of
from tests.security.conftest import Two
from tests.security.rows import holding, prints
from tests.security.sheets import Field, Sheet, on_page, sheets, undone

MARKUP = "\"'><svg onload=alert(1)>{{7*7}}${7*7}<script>alert(1)</script>' OR 1=1;--\u202efdp.exe\u200b😀\u0301"
HOSTILE = {
    "markup": MARKUP,
    "nothing": "a\x00b",
    "lines": "x\r\nBcc: evil@example.com\r\n\r\n<script>alert(1)</script>",
    "long": "ñ" * 10_000,
    "formula": "=cmd|' /C calc'!A0",
    "number": "1e999999",
}
RAW = ("<svg onload", "<script>alert", "'><svg")
# Every form once; those of invoices again where an invoice in another state shows other forms.
STATES = (("approved", ("/",)), ("draft", ("/invoices",)), ("in_review", ("/invoices", "/inbox")))
POINTERS = {"client": "organizations", "organization": "organizations", "user": "users", "invoice": "invoices",
            "relationship": "relationships", "payment": "payments", "file": "files", "pdf_file": "files"}
ACTORS = ("created_by", "approved_by", "decided_by", "uploaded_by", "given_by", "registered_by", "voided_by")
AMOUNTS = ("paid", "balance", "total", "amount_paid", "subtotal", "settled")
PAGES = {LinkKind.SUPPLIER_INVITATION: "activate", LinkKind.COLLEAGUE_INVITATION: "join",
         LinkKind.PASSWORD_RESET: "reset", LinkKind.SETUP: "setup"}


@pytest.fixture()
def hostile(world: World) -> Two:
    """A world in which whoever could type anything typed markup."""
    made = holding(world, "H", typed=MARKUP)
    return Two(world, made, made)


@pytest.mark.parametrize("role", [r.value for r in Role])
def test_what_was_typed_is_only_ever_shown(hostile: Two, client: FlaskClient, app: Flask, role: str) -> None:
    hostile.world.sign_in(client, one_of(hostile, Role(role)))
    wrong, escaped = [], 0
    for address in (a for a in addresses(app) if a.method == "GET" and a.permission in {"public", *ROLES[Role(role)]}):
        answer = client.get(address.at(app, hostile.mine.ids), follow_redirects=True)
        shown = answer.text if answer.mimetype == "text/html" else ""
        escaped += "&lt;svg onload" in shown and "{{7*7}}" in shown
        if answer.status_code >= 500 or any(raw in shown for raw in RAW) or "49$" in shown:
            wrong.append((address, answer.status_code))
    assert not wrong, wrong
    assert escaped >= (1 if role == "operator" else 8)


def test_a_spreadsheet_calculates_nothing(world: World, client: FlaskClient) -> None:
    made = holding(world, "H", typed="=cmd|' /C calc'!A0")
    world.sign_in(client, made.buyer.people["auditor"])
    answer = client.get("/audit/export.csv")
    cells = [cell for row in csv.reader(StringIO(answer.text.lstrip("\ufeff"))) for cell in row]
    assert any(cell.startswith("'=cmd|") for cell in cells)
    assert not [cell for cell in cells if cell.lstrip().startswith(("=", "+", "-", "@", "＝", "\t"))]


@pytest.mark.parametrize(("state", "under"), STATES)
def test_every_field_takes_it_or_refuses_it(
        world: World, client: FlaskClient, ctx: Flask, unguarded: None, state: str, under: tuple[str, ...]) -> None:
    made, foreign = holding(world, "H", state=state), holding(world, "Z").ids
    two = Two(world, made, made)
    wrong, tried, last, before = [], 0, None, _counted(two.world, _marks(foreign))
    for sheet in list(sheets(two, client, ctx, under)):
        if sheet.role is not last:
            world.sign_in(client, one_of(two, sheet.role))
            last = sheet.role
        problems, number = _all_tried(sheet, client, ctx)
        wrong, tried = wrong + problems + _smuggled(sheet, client, two, foreign, before), tried + number
    assert not wrong, wrong
    assert tried > 20


@pytest.mark.parametrize("kind", list(LinkKind))
def test_so_does_everything_that_a_link_opens(
        two: Two, client: FlaskClient, ctx: Flask, unguarded: None, kind: LinkKind) -> None:
    """And the way in itself, as somebody whom nobody knows."""
    with two.world.owner():
        link = db.session.get_one(Link, two.mine.ids["links"])
        link.kind, link.secret_hash, link.email = kind, digest("0" * 43), "nueva@example.com"
        link.expires_at, link.user_id = now() + timedelta(days=1), None
        if kind is LinkKind.PASSWORD_RESET:
            link.user_id = two.mine.ids["users"]
    opened = client.get(f"/{PAGES[kind]}/{'0' * 43}", follow_redirects=True)
    found = [*on_page(opened.text, Role.OPERATOR, f"/{PAGES[kind]}"),
             *on_page(client.get("/sign-in").text, Role.OPERATOR, "/sign-in")]
    assert len({s.page for s in found if any(f.name == "password" for f in s.fields)}) == 2
    assert not [problem for sheet in found for problem in _all_tried(sheet, client, ctx)[0]]


def _all_tried(sheet: Sheet, client: FlaskClient, app: Flask) -> tuple[list[Any], int]:
    """Each field alone with what may be kept, and with a number where a number may be taken; the rest all at once."""
    tries = [({field.name: HOSTILE["markup"]}, "markup") for field in sheet.fields]
    tries += [({field.name: HOSTILE["number"]}, "number") for field in sheet.fields if _may_count(field)]
    free = [field.name for field in sheet.fields if field.kind != "choice"]
    tries += [(dict.fromkeys(free, HOSTILE[name]), name) for name in ("number", "lines", "long") if free]
    found = [(sheet.action, [*changes], name, _tried(sheet, client, app, changes)) for changes, name in tries]
    return [problem for problem in found if problem[-1]], len(tries)


def _may_count(field: Field) -> bool:
    """Say whether a field may hold a number: nobody would put a word, a date or an identifier there."""
    return field.kind != "file" and re.fullmatch(r"[\d.,\s]*", field.value) is not None


def _smuggled(sheet: Sheet, client: FlaskClient, two: Two, foreign: dict[str, UUID],
              before: dict[str, int]) -> list[Any]:
    """Send the form with fields that it does not have: somebody else's ids, amounts, states. None of them is taken."""
    own = {f.name for f in sheet.fields}
    more = {f"{name}_id": foreign[table] for name, table in POINTERS.items()}
    more |= {name: foreign["users"] for name in ACTORS} | dict.fromkeys(AMOUNTS, "987654.32")
    more |= {"status": "smuggled-state", "state": "smuggled-state", "created_at": "1999-01-02", "is_client": "1"}
    with undone(two.world.app):
        sheet.send(client, **{name: str(value) for name, value in more.items() if name not in own})
        after = _counted(two.world, list(before))
    return [(sheet.action, "smuggled", mark) for mark in before if after[mark] != before[mark]]


def _marks(foreign: dict[str, UUID]) -> list[str]:
    return [*map(str, foreign.values()), "987654.32", "smuggled-state", "1999-01-02"]


def _counted(world: World, marks: list[str]) -> dict[str, int]:
    everything = "".join(prints(world).values())
    return {mark: everything.count(mark) for mark in marks}


def _tried(sheet: Sheet, client: FlaskClient, app: Flask, changes: dict[str, str]) -> str:
    with undone(app):
        answer = sheet.send(client, **changes)
        if answer.status_code >= 500:
            return str(answer.status_code)
        if any("\n" in value or "\r" in value for value in answer.headers.values()):
            return "a header of its own"
        page = client.get(sheet.page) if answer.status_code == 303 else answer
        if page.status_code >= 500:
            return f"{page.status_code} on {sheet.page}"
        return "raw" if page.mimetype == "text/html" and any(raw in page.text for raw in RAW) else ""


@pytest.mark.parametrize("role", ["administrator", "treasury", "supplier_administrator", "operator"])
def test_every_address_bears_any_question(two: Two, client: FlaskClient, app: Flask, role: str) -> None:
    two.world.sign_in(client, one_of(two, Role(role)))
    names = ("q", "cursor", "status", "since", "until", "min", "max", "client", "supplier", "section", "next", "lang",
             "sort", "stage", "parked", "kind", "user", "name", "rfc", "amount", "ended", "subject", "date", "id",
             "endpoint", "_external", "_scheme", "_anchor", "_method", "invoice_id", "number", "values")
    wrong = []
    for address in (a for a in addresses(app) if a.method == "GET" and for_whom(a.permission) is Role(role)):
        for text in (*HOSTILE.values(), "%ff%fe", "-1", "[]", "javascript", "//evil.example"):
            value = text if text.startswith("%") else quote(text[:200])
            asked = "&".join(f"{name}={value}" for name in names)
            answer = client.get(f"{address.at(app, two.mine.ids)}?{asked}")
            shown = answer.text if answer.mimetype == "text/html" else ""
            if answer.status_code >= 500 or any(r in shown for r in (*RAW, 'href="javascript', 'href="//evil')):
                wrong.append((address.endpoint, text[:20], answer.status_code))
    assert not wrong, wrong


@pytest.mark.parametrize("body", [b"email=%ff%fe&password=%00", b"\xff\xfe\x00", b"&&&===&;;", b"a" * 100_000,
                                  b"x=1&" * 5_000])
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
                                  "multipart/form-data", "application/json", "text/plain", ""])
def test_junk_is_refused_and_never_an_accident(client: FlaskClient, unguarded: None, body: bytes, kind: str) -> None:
    assert client.post("/sign-in", data=body, content_type=kind).status_code in (400, 413, 422)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("place", ["/sign-in?next=%00", "/legal/%00", "/activate/a%00b", "/sign-in?%00=1"])
def test_nothing_carries_a_nul(client: FlaskClient, unguarded: None, method: str, place: str) -> None:
    assert client.open(place, method=method).status_code in (400, 405)


@pytest.mark.parametrize("data", [{"email": "a\x00b"}, {"\x00": "b"}])
def test_no_form_carries_a_nul(client: FlaskClient, unguarded: None, data: dict[str, str]) -> None:
    assert client.post("/recover", data=data).status_code == 400
