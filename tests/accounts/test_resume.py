"""A form whose session ended, or that needs the password again, goes on: once, at its own page, with its files."""
from datetime import timedelta
from io import BytesIO
from uuid import UUID

import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from portal.accounts.models import FiscalProfile, Link, UserSession
from portal.core import db
from portal.core.clock import now
from portal.web import parking
from portal.web.parking import ParkedForm
from tests.accounts.steps import letters, post, sign_in
from tests.factories import PASSWORD, World

EN = {"Accept-Language": "en"}
PROFILE = {"rfc": "TVA040404GH5", "fiscal_name": "Tornillos del Valle SA de CV", "postcode": "64000",
           "regimes": ["601"]}
COLLEAGUE = {"email": "luis@valle.example", "name": "Luis", "locale": "es", "roles": ["auditor"]}


def _end_sessions(world: World) -> None:
    with world.owner():
        for row in db.session.scalars(select(UserSession)):
            row.last_seen_at = now() - timedelta(hours=2)


def _waiting(world: World) -> list[UUID]:
    with world.owner():
        return list(db.session.scalars(select(ParkedForm.id).order_by(ParkedForm.id)))


def _rfcs(world: World) -> list[str]:
    with world.owner():
        return sorted(db.session.scalars(select(FiscalProfile.rfc)))


def _lost(world: World, client: FlaskClient) -> str:
    """Send a form after the session has died, sign in again, and return the e-mail."""
    email = world.client().people["administrator"].user.email
    sign_in(client, email, PASSWORD)
    _end_sessions(world)
    sent = post(client, "/settings/fiscal/new", PROFILE)
    assert sent.status_code == 303 and "ended=1" in sent.location
    assert sign_in(client, email, PASSWORD).location == "/resume?next=/"
    return email


def test_nothing_is_lost(world: World, client: FlaskClient) -> None:
    _lost(world, client)
    page = client.get("/resume", headers=EN)
    assert page.status_code == 200 and 'action="/settings/fiscal/new"' in page.text
    done = post(client, "/settings/fiscal/new", {"_parked": str(_waiting(world)[0])})
    assert (done.status_code, done.location) == (303, "/settings/fiscal")
    assert _rfcs(world) == ["CVA010101AB1", "TVA040404GH5"]
    assert _waiting(world) == []


def test_continuing_twice_is_one_act(world: World, client: FlaskClient) -> None:
    _lost(world, client)
    parked = {"_parked": str(_waiting(world)[0])}
    first, second = post(client, "/settings/fiscal/new", parked), post(client, "/settings/fiscal/new", parked)
    assert (first.status_code, first.location) == (second.status_code, second.location)
    assert _rfcs(world) == ["CVA010101AB1", "TVA040404GH5"]


def test_what_is_refused_comes_back_filled_in(world: World, client: FlaskClient) -> None:
    email = world.client().people["administrator"].user.email
    sign_in(client, email, PASSWORD)
    _end_sessions(world)
    post(client, "/settings/fiscal/new", {**PROFILE, "postcode": "6400"})
    sign_in(client, email, PASSWORD)
    page = post(client, "/settings/fiscal/new", {"_parked": str(_waiting(world)[0])})
    assert page.status_code == 422
    assert "Tornillos del Valle" in page.text and 'id="postcode-error"' in page.text


def test_it_is_discarded_when_asked(world: World, client: FlaskClient) -> None:
    _lost(world, client)
    post(client, f"/resume/{_waiting(world)[0]}/discard")
    assert _waiting(world) == [] and _rfcs(world) == ["CVA010101AB1"]
    assert client.get("/resume").location == "/"


def test_nobody_else_sees_or_sends_it(world: World, client: FlaskClient) -> None:
    buyer = world.client("Otra Casa", "OCA030303EF3")
    thief = buyer.people["administrator"].user.email
    _lost(world, client)
    other = world.app.test_client()
    sign_in(other, thief, PASSWORD)
    parked = _waiting(world)[0]
    assert other.get("/resume").location == "/"
    assert post(other, "/settings/fiscal/new", {"_parked": str(parked)}).status_code == 404
    post(other, f"/resume/{parked}/discard")
    assert _waiting(world) == [parked] and "TVA040404GH5" not in _rfcs(world)


def test_of_a_stranger_nothing_is_kept(world: World, client: FlaskClient) -> None:
    for token in ("", "nobody"):
        client.set_cookie("sid", token, domain="localhost")
        sent = post(client, "/settings/fiscal/new", PROFILE, headers={"Referer": "http://localhost/settings/fiscal"})
        assert sent.location == "/sign-in?lost=1&next=/settings/fiscal"
        assert "did not arrive" in client.get(sent.location, headers=EN).text
    assert _waiting(world) == []


def test_a_password_is_never_kept(world: World, client: FlaskClient) -> None:
    email = world.client().people["administrator"].user.email
    sign_in(client, email, PASSWORD)
    _end_sessions(world)
    post(client, "/profile/password", {"current": PASSWORD, "password": "secreto-largo"})
    assert _waiting(world) == []


def test_what_is_kept_is_encrypted_and_for_a_day(world: World, client: FlaskClient) -> None:
    _lost(world, client)
    with world.owner():
        parcel = db.session.scalars(select(ParkedForm.parcel)).one()
    assert b"Tornillos" not in parcel and b"TVA040404GH5" not in parcel
    with time_machine.travel(now() + timedelta(hours=25), tick=False):
        assert sign_in(client, "nobody@x.example", PASSWORD).status_code == 422
        email = letters(world)[0].to_email if letters(world) else None
        assert email is None
    with world.owner():
        db.session.scalars(select(ParkedForm)).one().created_at = now() - timedelta(hours=25)
    assert client.get("/resume").location == "/"


def test_a_sensitive_act_goes_on_after_the_password(world: World, client: FlaskClient) -> None:
    email = world.client().people["administrator"].user.email
    sign_in(client, email, PASSWORD)
    with world.owner():
        db.session.scalars(select(UserSession)).one().stepped_up_at = now() - timedelta(minutes=20)
    asked = post(client, "/people/invite", COLLEAGUE)
    assert asked.status_code == 303 and asked.location.startswith("/step-up?parked=")
    assert letters(world) == []
    page = client.get(asked.location)
    assert str(_waiting(world)[0]) in page.text
    wrong = post(client, "/step-up", {"password": "wrong", "_parked": str(_waiting(world)[0])})
    assert wrong.status_code == 422 and letters(world) == []
    right = post(client, "/step-up", {"password": PASSWORD, "_parked": str(_waiting(world)[0])})
    assert (right.status_code, right.location) == (307, "/people/invite")
    done = post(client, "/people/invite", {"password": PASSWORD, "_parked": str(_waiting(world)[0])})
    assert (done.status_code, done.location) == (303, "/people")
    assert [x.to_email for x in letters(world)] == ["luis@valle.example"]
    assert _waiting(world) == []


def test_what_a_browser_sends_again_is_one_act(world: World, client: FlaskClient) -> None:
    sign_in(client, world.client().people["administrator"].user.email, PASSWORD)
    with world.owner():
        db.session.scalars(select(UserSession)).one().stepped_up_at = None
    post(client, "/people/invite", COLLEAGUE)
    body = {"password": PASSWORD, "_parked": str(_waiting(world)[0]), "_once": "the-key-of-the-password-form"}
    assert post(client, "/step-up", body).status_code == 307
    done, twice = post(client, "/people/invite", body), post(client, "/people/invite", body)
    assert done.location == twice.location == "/people"
    assert len(letters(world)) == 1


def test_an_asked_password_undoes_what_the_view_had_begun(world: World, client: FlaskClient) -> None:
    sign_in(client, world.client().people["administrator"].user.email, PASSWORD)
    with world.owner():
        db.session.scalars(select(UserSession)).one().stepped_up_at = None
    post(client, "/people/invite", {**COLLEAGUE, "_once": "the-key-of-this-form"})
    with world.owner():
        assert db.session.scalars(select(Link)).all() == []
    again = post(client, "/people/invite", {"_parked": str(_waiting(world)[0])})
    assert again.status_code == 303 and "/step-up" in again.location
    assert len(_waiting(world)) == 1  # asked again, kept once


def test_files_go_on_too(world: World, client: FlaskClient) -> None:
    email = world.client().people["administrator"].user.email
    sign_in(client, email, PASSWORD)
    _end_sessions(world)
    post(client, "/settings/fiscal/new", {**PROFILE, "proof": (BytesIO(b"%PDF-1.7 proof"), "constancia.pdf")},
         content_type="multipart/form-data")
    sign_in(client, email, PASSWORD)
    assert "constancia.pdf" in client.get("/resume").text
    assert post(client, "/settings/fiscal/new", {"_parked": str(_waiting(world)[0])}).status_code == 303


def test_what_a_page_keeps_between_its_steps_is_not_offered_after_signing_in(world: World, client: FlaskClient) -> None:
    person = world.client().people["administrator"]
    with world.app.test_request_context("/pay", method="POST", data={"amount": "10"}), world.acting(
            world.actor_of(person)) as actor:
        parking.keep(actor, "/pay", MultiDict())
        assert parking.kept(actor, "/pay")[0]["amount"] == "10"  # type: ignore[index]
        assert parking.waiting(actor) is None
    assert sign_in(client, person.user.email, PASSWORD).location == "/"
    assert client.get("/resume").location == "/"


def test_what_waits_for_the_password_is_not_offered_elsewhere(world: World, client: FlaskClient) -> None:
    email = world.client().people["administrator"].user.email
    sign_in(client, email, PASSWORD)
    with world.owner():
        db.session.scalars(select(UserSession)).one().stepped_up_at = None
    asked = post(client, "/people/invite", COLLEAGUE)
    _end_sessions(world)
    late = post(client, asked.location, {"password": PASSWORD, "_parked": str(_waiting(world)[0])})
    assert "next=/step-up?parked" in late.location, "its page is where to go on"
    assert sign_in(client, email, PASSWORD).location == "/", "whoever left it is not asked about it"
    page = client.get(asked.location)
    assert 'action="/people/invite"' in page.text and 'type="password"' not in page.text, "it was given just now"
    assert client.get("/step-up?next=/people").location == "/people"
    assert post(client, "/people/invite", {"_parked": str(_waiting(world)[0])}).location == "/people"
    assert _waiting(world) == []
