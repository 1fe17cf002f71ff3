"""The trail on the screen."""
import csv
import re
from io import StringIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from portal.access.policy import Role
from portal.audit import sealing
from portal.core.db import DOOR, session, transaction
from portal.core.events import announce
from tests.audit.samples import TeaServed
from tests.factories import OWNER, Buyer, World


def happen(world: World, client: Buyer, label: str, **more: object) -> None:
    actor = world.actor(client, Role.TREASURY)
    with transaction(actor.scope):
        announce(TeaServed(client_id=client.id, subject_id=client.id, subject_label=label, **more), actor)  # type: ignore[arg-type]


def check(client: FlaskClient, **more: Any) -> Any:
    """Press the button, with the token that its form carries."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/profile").text)
    assert token is not None
    return client.post("/audit/check", data={"csrf_token": token[1]}, **more)


@pytest.fixture()
def acme(world: World, client: FlaskClient) -> Buyer:
    """A client whose auditor is signed in."""
    made = world.client()
    world.sign_in(client, made.people[Role.AUDITOR])
    return made


def test_the_auditor_reads_what_happened(world: World, client: FlaskClient, acme: Buyer) -> None:
    happen(world, acme, "A-1023", cups=3)
    other = world.client("Otra", "OTR010101AA1")
    happen(world, other, "B-9")
    page = client.get("/audit?lang=en")
    assert page.status_code == 200
    assert "A-1023" in page.text and "B-9" not in page.text


@pytest.mark.parametrize("role", [Role.ACCOUNTS_PAYABLE, Role.APPROVER, Role.TREASURY])
def test_others_are_refused(world: World, client: FlaskClient, role: Role) -> None:
    made = world.client()
    world.sign_in(client, made.people[role])
    for address in ("/audit", "/audit/export.csv", "/audit/01a1fc7b-e5ec-742e-bc5a-54aa31f1ac2f"):
        assert client.get(address).status_code == 403
    assert check(client).status_code == 403


def test_one_event_in_full(world: World, client: FlaskClient, acme: Buyer) -> None:
    happen(world, acme, "A-1023", note="con <b>leche</b>")
    with transaction(DOOR):
        sealing.seal()
        event_id = session.scalar(text("SELECT id FROM audit_events WHERE kind = 'TeaServed'"))
        digest = session.scalar(text("SELECT digest FROM audit_seals WHERE event_id = :id"), {"id": event_id})
    page = client.get(f"/audit/{event_id}")
    assert page.status_code == 200
    assert "con &lt;b&gt;leche&lt;/b&gt;" in page.text and str(digest) in page.text


def test_another_clients_event_is_not_there(world: World, client: FlaskClient, acme: Buyer) -> None:
    happen(world, world.client("Otra", "OTR010101AA1"), "B-9")
    with transaction(DOOR):
        event_id = session.scalar(text("SELECT id FROM audit_events WHERE subject_label = 'B-9'"))
    assert client.get(f"/audit/{event_id}").status_code == 404


def test_filters_live_in_the_address(world: World, client: FlaskClient, acme: Buyer) -> None:
    happen(world, acme, "A-1023")
    happen(world, acme, "Z-7")
    page = client.get("/audit?q=Z-7&about=tea&since=2020-01-01&until=garbage")
    assert "Z-7" in page.text and "A-1023" not in page.text
    assert client.get("/audit?q=nothing").status_code == 200
    assert client.get("/audit?cursor=junk&subject=junk").status_code == 200


def test_the_file_holds_the_filtered_trail(world: World, client: FlaskClient, acme: Buyer) -> None:
    happen(world, acme, "=A-1023")
    happen(world, acme, "Z-7")
    answer = client.get("/audit/export.csv?q=A-1023")
    assert answer.mimetype == "text/csv" and "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.reader(StringIO(answer.data.decode("utf-8-sig"))))
    assert [row[5] for row in rows[1:]] == ["'=A-1023"]


def test_the_check_says_what_it_found(world: World, client: FlaskClient, acme: Buyer) -> None:
    happen(world, acme, "A-1023")
    with transaction(DOOR):
        sealing.seal()
    answer = check(client, follow_redirects=True)
    assert "íntegros" in answer.text or "íntegro" in answer.text
    with transaction(OWNER):
        session.execute(text("SET LOCAL ROLE none"))
        session.execute(text("UPDATE audit_events SET actor_name = 'x' WHERE kind = 'TeaServed'"))
    assert "alteró" in check(client, follow_redirects=True).text


def test_a_check_that_was_not_asked_for_here_is_refused(client: FlaskClient, acme: Buyer) -> None:
    assert client.post("/audit/check").status_code == 400
