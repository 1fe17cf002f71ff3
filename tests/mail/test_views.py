"""The demo's mailbox: open to all in a demonstration, absent elsewhere."""
import re
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.core.db import DOOR, Scope, session, transaction
from portal.core.ids import new_id
from portal.jobs import runner
from portal.mail import services
from portal.mail.models import Letter
from portal.mail.services import Recipient


def posted(to: str = "ana@proveedor.example", link: str = "/activate/abc") -> UUID:
    with transaction(Scope()):
        return services.post("mail_check", Recipient(to, to.partition("@")[0], "es"), {"link": link})


def test_letters_are_read_and_their_links_lead_on(client: FlaskClient) -> None:
    letter = posted()
    posted("beto@otro.example")
    runner.drain()
    page = client.get("/demo/mail")
    assert page.status_code == 200
    assert "Los correos de Acuse llegan" in page.text and "ana@proveedor.example" in page.text
    assert "beto@" not in client.get("/demo/mail?q=ana").text
    shown = client.get(f"/demo/mail/{letter}")
    assert '<a href="http://localhost/activate/abc"' in shown.text
    assert f'src="/demo/mail/{letter}/look"' in shown.text


def test_the_frame_runs_nothing(client: FlaskClient) -> None:
    letter = posted()
    runner.drain()
    frame = client.get(f"/demo/mail/{letter}/look")
    policy = frame.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "sandbox" in policy and "allow-scripts" not in policy
    assert frame.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert '<base target="_top">' in frame.text
    shown = client.get(f"/demo/mail/{letter}").text
    sandbox = re.search(r'<iframe[^>]*sandbox="([^"]*)"', shown)
    assert sandbox is not None and "allow-scripts" not in sandbox[1] and "allow-same-origin" not in sandbox[1]


def test_a_letter_that_waits_or_is_forgotten_is_shown_too(client: FlaskClient) -> None:
    letter = posted()
    assert client.get(f"/demo/mail/{letter}").status_code == 200
    with transaction(DOOR):
        session.get_one(Letter, letter).context = ""
    assert "ya se olvidó" in client.get(f"/demo/mail/{letter}").text
    assert client.get(f"/demo/mail/{letter}/look").status_code == 200
    assert client.get(f"/demo/mail/{new_id()}").status_code == 404


def test_outside_a_demo_there_is_no_mailbox(client: FlaskClient, ctx: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    letter = posted()
    monkeypatch.setitem(ctx.config, "DEMO", False)
    for address in ("/demo/mail", f"/demo/mail/{letter}", f"/demo/mail/{letter}/look"):
        assert client.get(address).status_code == 404


def test_an_empty_mailbox_says_how_to_fill_it(client: FlaskClient) -> None:
    assert "Invita a un proveedor" in client.get("/demo/mail").text
    assert client.get("/demo/mail?q=nobody").status_code == 200
