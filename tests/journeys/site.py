"""The real application served beside the test, with the demo's people, a worker in a thread, and a browser."""
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import socket
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.serving import make_server

from portal.core import db
from portal.factory import create_app
from portal.jobs import runner
from portal.local.authority import Authority
from portal.local.demo import story
from portal.local.demo.papers import Papers
from portal.mail.models import Letter
from tests import harness
from tests.factories import OWNER

PASSWORD = "valle azul 38 nubes"


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
        self.work()
        with self.app.app_context(), db.transaction(OWNER):
            rows = db.session.scalars(select(Letter).order_by(Letter.created_at)).all()
            return [(row.name, row.subject) for row in rows if row.to_email == email]


@contextmanager
def serve(database_url: str, home: Path) -> Iterator[Site]:
    """Serve a fresh database with the demo's people until the block ends."""
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    app = create_app(harness.settings(database_url, home, PORTAL_BASE_URL=url, PORTAL_PORT=str(port)))
    with app.app_context():
        story.tell(home / "sandbox", PASSWORD)
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


def watch(page: Any, site: Site) -> list[str]:
    """Return a list that fills with what a page must never do: complain of CSP, throw, ask another host."""
    wrong: list[str] = []
    page.on("console", lambda m: wrong.append(m.text) if "Content Security Policy" in m.text else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda r: None if r.url.startswith((site.url, "data:", "blob:")) else wrong.append(r.url))
    return wrong


def _free_port() -> int:
    with socket() as made:
        made.bind(("127.0.0.1", 0))
        return int(made.getsockname()[1])
