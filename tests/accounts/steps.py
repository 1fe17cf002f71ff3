"""Small steps that the tests of access share."""
import re
from typing import Any
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from sqlalchemy import select

from portal.core import db
from portal.jobs import runner
from portal.mail import sealing
from portal.mail.models import Letter
from tests.factories import World

GOOD = "lluvia-tractor-mandarina-89"


def token_of(browser: FlaskClient, path: str = "/sign-in") -> str:
    """Return the guard against forgery that a page gave to this browser."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(path, follow_redirects=True).text)
    assert found, path
    return found.group(1)


def post(browser: FlaskClient, path: str, data: dict[str, Any] | None = None, page: str = "/legal/privacy",
         **more: Any) -> Any:
    """Send a form with its guard, as a browser would from `page`."""
    guard = token_of(browser, "/recover")
    return browser.post(path, data={"csrf_token": guard, **(data or {})}, **more)


def sign_in(browser: FlaskClient, email: str, password: str, **more: Any) -> Any:
    """Fill in the sign-in form."""
    return post(browser, "/sign-in", {"email": email, "password": password}, **more)


def letters(world: World, name: str | None = None) -> list[Letter]:
    """Return the letters that were posted, the oldest first."""
    with world.owner():
        query = select(Letter).order_by(Letter.id)
        return list(db.session.scalars(query.filter_by(name=name) if name else query))


def contents(letter: Letter) -> dict[str, Any]:
    """Return what a letter says."""
    return sealing.unseal(letter.id, letter.client_id, letter.context)


def secret_in(letter: Letter) -> str:
    """Return the secret of the link in a letter."""
    return urlsplit(contents(letter)["link"]).path.rsplit("/", 1)[1]


def work() -> int:
    """Do the jobs that wait."""
    return runner.drain(queues=("critical", "default"))
