"""The doors: the demo's when there is no demo, strange hosts, redirects that lead away, sessions, smuggled fields."""
import logging
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.accounts.models import Membership, User
from portal.core.db import session
from portal.factory import create_app
from tests import harness
from tests.factories import PASSWORD
from tests.forms import guard
from tests.security.conftest import Two

AWAY = ("//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example/", "https:evil.example",
        "javascript:alert(1)", "/\t/evil.example", "/\n/evil.example",
        "////evil.example", "http:///evil.example", " //evil.example")


def post(browser: FlaskClient, address: str, page: str = "", **sent: Any) -> Any:
    """Send a form of `page` (the address itself when it is its own form) as a browser would."""
    return browser.post(address, data={**guard(browser.get(page or address).text), **sent})


def sign_in(browser: FlaskClient, two: Two, role: str = "treasury", address: str = "/sign-in") -> Any:
    """Sign in by the form."""
    person = two.mine.buyer.people[role]
    return post(browser, address, email=person.user.email, password=PASSWORD)


def test_the_demo_is_closed_where_there_is_none(database_url: str, tmp_path: Path) -> None:
    closed = create_app(harness.settings(database_url, tmp_path, PORTAL_DEMO="0"))
    browser = closed.test_client()
    for address in ("/demo/mail", "/demo/files", "/demo/files/xml", "/demo/mail/00000000-0000-0000-0000-000000000000"):
        assert browser.get(address).status_code == 404, address
    assert "demo" not in browser.get("/sign-in").text.casefold()


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "evil.example:80", "a@evil.example"])
def test_a_strange_host_is_nobody(client: FlaskClient, host: str) -> None:
    assert client.get("/sign-in", headers={"Host": host}).status_code == 400


def test_what_a_stranger_forwards_is_not_believed(client: FlaskClient, two: Two) -> None:
    forged = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "gopher", "X-Forwarded-For": "6.6.6.6",
              "Forwarded": "host=evil.example"}
    page = client.get("/sign-in", headers=forged)
    assert page.status_code == 200 and "evil" not in page.text
    sign_in(client, two)
    away = client.get("/payments/", headers=forged)
    assert away.status_code == 200 and "evil" not in away.text and "6.6.6.6" not in client.get("/profile/sessions").text


@pytest.mark.parametrize("away", AWAY)
def test_no_door_leads_away(client: FlaskClient, two: Two, away: str) -> None:
    person = two.mine.buyer.people["treasury"]
    entered = post(client, "/sign-in", email=person.user.email, password=PASSWORD, next=away)
    spoken = post(client, "/language", "/profile", locale="en", next=away)
    turned = client.get("/sign-in", query_string={"next": away})
    resumed = client.get("/resume", query_string={"next": away})
    for answer in (entered, spoken, turned, resumed):
        if answer.status_code in (301, 302, 303, 307, 308):
            target = answer.headers["Location"]
            assert target.startswith("/") and not target.startswith(("//", "/\\")), (away, target)
            assert "evil" not in target, (away, target)
    assert entered.status_code == 303 and turned.status_code == 303


def test_signing_in_gives_a_session_of_its_own(client: FlaskClient, two: Two) -> None:
    client.set_cookie("sid", "given-by-a-stranger-before-signing-in-0000000", domain="localhost")
    sign_in(client, two)
    first = client.get_cookie("sid")
    assert first is not None and not first.value.startswith("given-by")
    assert client.get("/payments/").status_code == 200
    post(client, "/sign-out", "/profile")
    thief = client.application.test_client()
    thief.set_cookie("sid", first.value, domain="localhost")
    assert thief.get("/payments/").status_code == 303  # the old session is dead for whoever kept it


def test_a_form_carries_only_its_own_fields(client: FlaskClient, two: Two) -> None:
    sign_in(client, two)
    person = two.mine.buyer.people["treasury"]
    smuggled = {"id": str(two.theirs.buyer.people["administrator"].user.id), "email": "evil@evil.example",
                "roles": "administrator", "is_client": "1", "organization_id": str(two.theirs.buyer.id),
                "client_id": str(two.theirs.buyer.id), "permissions": "installation:operate",
                "disabled_at": "2020-01-01", "password_hash": "x",
                "user_id": str(two.theirs.buyer.people["administrator"].user.id)}
    answer = post(client, "/profile", name="Otro Nombre", locale="en", zone="America/Tijuana", theme="dark", **smuggled)
    assert answer.status_code == 303
    with two.world.owner():
        row = session.get_one(User, person.user.id, populate_existing=True)
        seat = session.scalars(select(Membership).filter_by(user_id=person.user.id)).one()
        assert (row.name, row.email, row.disabled_at) == ("Otro Nombre", person.user.email, None)
        assert row.password_hash != "x"
        assert (seat.roles, seat.organization_id) == (["treasury"], two.mine.buyer.id)
    assert client.get("/settings/").status_code in (403, 404)


def test_a_password_is_in_no_log(client: FlaskClient, two: Two, caplog: pytest.LogCaptureFixture,
                                 capfd: pytest.CaptureFixture[str]) -> None:
    with caplog.at_level(logging.DEBUG):
        person = two.mine.buyer.people["treasury"]
        post(client, "/sign-in", email=person.user.email, password="wrong-but-secret-77")
        sign_in(client, two)
        token = client.get_cookie("sid")
        client.get("/payments/", headers={"Authorization": "Bearer very-secret-99"})
    written = caplog.text + "".join(capfd.readouterr())
    assert token is not None and written
    for secret in (PASSWORD, "wrong-but-secret-77", token.value, "very-secret-99"):
        assert secret not in written
