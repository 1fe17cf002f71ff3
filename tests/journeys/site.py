"""The real application, served from a thread beside the test, with the demo's people and with colleagues in English.

No worker runs: what waits in the outbox is done when a test asks (`Site.work`), so that nothing depends on when.
"""
import logging
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import socket
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.serving import make_server

from portal.access.policy import Role
from portal.accounts import services as accounts
from portal.accounts.models import Organization
from portal.core import db
from portal.documents import reading
from portal.factory import create_app
from portal.jobs import runner
from portal.local.authority import Authority
from portal.local.demo import cast, story
from portal.local.demo.papers import Papers
from portal.mail import sealing
from portal.mail.models import Letter
from portal.mail.render import Rendered, render
from portal.web import previews
from tests import harness
from tests.factories import OWNER

PASSWORD = "valle azul 38 nubes"
ENGLISH = {"admin": Role.ADMINISTRATOR, "payable": Role.ACCOUNTS_PAYABLE, "approver": Role.APPROVER,
           "treasury": Role.TREASURY}


class Site:
    """A running portal: its address, its application, its maker of CFDI."""

    def __init__(self, app: Flask, url: str, home: Path) -> None:
        self.app, self.url, self.home = app, url, home
        self.papers = Papers(Authority.open(home / "sandbox"))

    def work(self) -> None:
        """Do everything that waits in the outbox."""
        with self.app.app_context():
            runner.drain()

    def letters(self, email: str) -> list[tuple[str, str]]:
        """Return (name, subject) of the letters to a person, oldest first."""
        return [(row.name, row.subject) for row in self._letters_to(email)]

    def letter(self, email: str, name: str) -> tuple[str, Rendered]:
        """Return the language and the words of the newest letter of a name to a person."""
        row = [row for row in self._letters_to(email) if row.name == name][-1]
        with self.app.test_request_context():
            context = sealing.unseal(row.id, row.client_id, row.context)
            return row.locale, render(row.name, row.locale, row.to_name, context)

    def link(self, email: str, name: str = "activation") -> str:
        """Return the address in the newest letter of a name to a person, as it stands in its text."""
        found = re.search(rf"{re.escape(self.url)}/\S+", self.letter(email, name)[1].text)
        assert found, f"the letter {name} to {email} holds no link"
        return found.group()

    def read(self, statement: Any) -> list[Any]:
        """Return what is in the database, past every wall."""
        with self.app.app_context(), db.transaction(OWNER):
            return list(db.session.scalars(statement))

    def write(self, statement: Any) -> None:
        """Change what is in the database, as time or somebody else would."""
        with self.app.app_context(), db.transaction(OWNER):
            db.session.execute(statement)

    def _letters_to(self, email: str) -> list[Letter]:
        self.work()
        return self.read(select(Letter).filter_by(to_email=email).order_by(Letter.id))


@contextmanager
def serve(database_url: str, home: Path) -> Iterator[Site]:
    """Serve a fresh database with the demo's people until the block ends."""
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    app = create_app(harness.settings(database_url, home, PORTAL_BASE_URL=url, PORTAL_PORT=str(port)))
    with app.app_context():
        story.tell(home / "sandbox", PASSWORD)
        _hire_in_english()
        with _one_drawing():
            runner.drain()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Site(app, url, home)
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()
        with app.app_context():
            db.db.engine.dispose()


@contextmanager
def _one_drawing() -> Iterator[None]:
    """Draw one of the demo's PDFs for all of them: what a visitor brings is drawn itself, and so are pictures."""
    drawn: list[list[bytes]] = []

    def first(data: bytes) -> list[bytes]:
        drawn[:] = drawn or [reading.render_preview(data)]
        return drawn[0]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(previews, "reading", SimpleNamespace(render_preview=first, image_preview=reading.image_preview))
        yield


def watch(page: Any, site: Site) -> list[str]:
    """Return a list that fills with what a page must never do: break CSP, throw, lack a part, ask another host."""
    wrong: list[str] = []
    page.on("console", lambda m: wrong.append(m.text) if m.type == "error" and not _told_below(m.text) else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda r: None if r.url.startswith((site.url, "data:", "blob:")) else wrong.append(r.url))
    page.on("response", lambda r: wrong.append(f"{r.status} {r.url}") if _broken(r) else None)
    return wrong


def _told_below(text: str) -> bool:
    """Chromium writes a line for every answer of 400 and above; those that are wrong are found by `_broken`."""
    return text.startswith("Failed to load resource")


def _broken(response: Any) -> bool:
    """Say whether an answer is a fault: a page may refuse (4xx), but what it is made of is always there."""
    whole = response.request.resource_type in ("document", "xhr", "fetch")
    return response.status >= (500 if whole else 400)


def _hire_in_english() -> None:
    """Give the client and a supplier colleagues who read English: `payable.en@valle.example`, `sales.en@nandu…`."""
    with db.transaction(db.DOOR):
        for rfc, domain, roles in ((cast.CLIENT.rfc, "valle.example", ENGLISH),
                                   (cast.NANDU.company.rfc, "nandu.example", {"sales": Role.SUPPLIER_ADMINISTRATOR})):
            company = db.session.scalars(select(Organization).filter_by(tax_id=rfc)).one()
            for word, role in roles.items():
                user = accounts.create_user(f"{word}.en@{domain}", f"Alex {word.title()}", password=PASSWORD,
                                            locale="en")
                accounts.add_member(company.id, user.id, {role.value})


def _free_port() -> int:
    with socket() as made:
        made.bind(("127.0.0.1", 0))
        return int(made.getsockname()[1])
