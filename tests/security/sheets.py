"""The forms that the portal's pages show, found on the pages themselves and filled in as a person would."""
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from flask import Flask, Response
from flask.testing import FlaskClient
from lxml import html

from portal.access.policy import ROLES, Role
from portal.core.db import db
from portal.core.ids import new_id
from portal.web import once
from tests.papers import PDF
from tests.security.addresses import addresses, one_of
from tests.security.conftest import Two

# What a person would write, by the field's name; what is not here takes "Texto 12".
TYPED = {
    "email": "nueva@example.com", "contact_email": "nueva@example.com", "rfc": "EKU9003173C9",
    "tax_id": "EKU9003173C9", "postcode": "06300", "number": "032180000118359719", "max_mb": "10",
    "password": "lluvia-tractor-mandarina-89", "current": "correct horse battery staple", "regimes": "601",
    "reason": "Falta el sello de la bodega.", "amount": "10.00", "total": "11.60", "subtotal": "10.00",
    "taxes": "1.60", "min_length": "12", "no_reuse": "3", "lifetime_days": "90", "lock_after_days": "90",
    "days": "30", "minimum": "1.00", "maximum": "", "position": "1", "rate": "",
}
NONE = Response(status=204)
KEPT = {"csrf_token", once.FIELD}


@dataclass(frozen=True)
class Field:
    """One field: its kind ("text", "hidden", "choice", "file") and what it would be sent with."""

    name: str
    kind: str
    value: str


@dataclass(frozen=True)
class Sheet:
    """One form of one page, and the role that sees it."""

    role: Role
    page: str
    action: str
    fields: tuple[Field, ...]

    def send(self, browser: FlaskClient, **changes: Any) -> Any:
        """Send the form with some fields changed, as a form that has not been sent before."""
        data: dict[str, Any] = {}
        for field in self.fields:
            data[field.name] = (BytesIO(PDF), "a.pdf") if field.kind == "file" else field.value
        data.update({once.FIELD: new_id().hex}, **changes)
        kind = "multipart/form-data" if any(f.kind == "file" for f in self.fields) else None
        return browser.post(self.action, data=data, content_type=kind)


def sheets(two: Two, browser: FlaskClient, app: Flask, under: tuple[str, ...] = ("/",)) -> Iterator[Sheet]:
    """Yield every form that changes something, once, signed in as a role that is shown it; of pages `under` a path."""
    known = set()
    for role in Role:
        two.world.sign_in(browser, one_of(two, role))
        for address in addresses(app):
            if address.method != "GET" or address.permission not in {"public", *ROLES[role]}:
                continue
            path = address.at(app, two.mine.ids)
            answer = browser.get(path) if path.startswith(under) else NONE
            if answer.status_code != 200 or answer.mimetype != "text/html" or not answer.text:
                continue
            for sheet in on_page(answer.text, role, path):
                key = (sheet.action.partition("?")[0], tuple(f.name for f in sheet.fields))
                if key not in known:
                    known.add(key)
                    yield sheet


@contextmanager
def undone(app: Flask) -> Iterator[None]:
    """Undo what is done inside, so that every form meets the same world."""
    savepoint = db.engine.begin_nested()  # type: ignore[attr-defined]  # in these tests it is one connection
    try:
        yield
    finally:
        db.session.remove()
        savepoint.rollback()


def on_page(page: str, role: Role, path: str) -> Iterator[Sheet]:
    """Yield the forms of a page that `role` sees at `path`."""
    for form in html.fromstring(page).iter("form"):
        if (form.get("method") or "get").lower() == "post":
            yield Sheet(role, path, form.get("action") or path, tuple(_fields(form)))


def _fields(form: Any) -> Iterator[Field]:
    seen = set()
    for node in form.iter("input", "select", "textarea", "button"):
        name, kind = node.get("name"), (node.get("type") or "text").lower()
        if name and name not in seen | KEPT and not (node.tag == "button" and not node.get("value")):
            seen.add(name)
            yield _field(node, name, kind)


def _field(node: Any, name: str, kind: str) -> Field:
    if node.tag == "select":
        values = [o.get("value") for o in node.iter("option") if o.get("value")]
        return Field(name, "choice", values[0] if values else "")
    if kind in ("hidden", "radio", "checkbox", "submit") or node.tag == "button":
        return Field(name, "hidden" if kind in ("hidden", "submit") else "choice", node.get("value") or "y")
    if kind == "file":
        return Field(name, "file", "")
    if kind == "date":
        return Field(name, "text", "2026-11-20")
    own = node.get("value") or (node.text or "").strip()
    plain = "1" if node.get("inputmode") in ("decimal", "numeric") or kind == "number" else "Texto 12"
    return Field(name, "text", own or TYPED.get(name.rpartition("-")[2], plain))
