"""A forgotten password: a neutral answer, one link for one hour, every other session ended, the person told."""
from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select, update

from portal.accounts import passwords, recovery
from portal.accounts.models import Link, LinkKind, Membership, Organization, User, UserSession
from portal.core import db
from portal.core.clock import now
from portal.core.errors import Conflict
from portal.jobs.models import OutboxRow
from tests.accounts.steps import GOOD, letters, post, secret_in, sign_in, token_of, work
from tests.factories import PASSWORD, World

EN = {"Accept-Language": "en"}


def _asked(world: World, client: FlaskClient, email: str) -> str:
    assert post(client, "/recover", {"email": email}).status_code == 303
    work()
    return secret_in(letters(world, "reset")[-1])


def test_known_and_unknown_get_the_same_answer(world: World, client: FlaskClient) -> None:
    email = world.client().people["treasury"].user.email
    guard = token_of(client, "/recover")
    answers = [client.post("/recover", data={"csrf_token": guard, "email": e}) for e in (email, "nobody@x.example")]
    assert {(a.status_code, a.location, a.text, a.headers["Content-Length"]) for a in answers} == {
        (303, "/recover/sent", answers[0].text, answers[0].headers["Content-Length"])}
    with world.owner():
        waiting = db.session.scalars(select(OutboxRow).filter_by(name="accounts.send_reset")).all()
    assert len(waiting) == 2  # the same work in the request; who it is, a job finds out
    assert letters(world) == []
    work()
    assert [x.to_email for x in letters(world)] == [email]


def test_what_is_no_address_is_said_twice(world: World, client: FlaskClient) -> None:
    page = post(client, "/recover", {"email": "ana.at.x"}, headers=EN)
    assert page.status_code == 422
    assert 'id="email-error"' in page.text and "toast-danger" in page.text and "ana.at.x" in page.text


def test_a_new_password_by_the_link(world: World, client: FlaskClient) -> None:
    person = world.client().people["treasury"].user
    user_id, email = person.id, person.email
    elsewhere = world.app.test_client()
    sign_in(elsewhere, email, PASSWORD)
    secret = _asked(world, client, email.upper())
    opened = client.get(f"/reset/{secret}")
    assert opened.location == "/reset"
    done = post(client, "/reset", {"password": GOOD})
    assert (done.status_code, done.location) == (303, "/")
    assert client.get("/profile").status_code == 200
    assert elsewhere.get("/profile").status_code == 303
    assert [x.to_email for x in letters(world, "password_changed")] == [email]
    assert sign_in(world.app.test_client(), email, PASSWORD).status_code == 422
    assert sign_in(world.app.test_client(), email, GOOD).status_code == 303
    again = world.app.test_client()
    assert again.get(f"/reset/{secret}", follow_redirects=True).status_code == 410
    with world.owner():
        alive = db.session.scalars(select(UserSession).filter_by(user_id=user_id, ended_at=None)).all()
    assert len(alive) == 2


def test_a_refused_password_does_not_use_up_the_link(world: World, client: FlaskClient) -> None:
    email = world.client().people["treasury"].user.email
    client.get(f"/reset/{_asked(world, client, email)}")
    assert post(client, "/reset", {"password": "corta"}).status_code == 422
    assert post(client, "/reset", {"password": PASSWORD}).status_code == 422  # the one it already is
    assert post(client, "/reset", {"password": GOOD}).status_code == 303


def test_the_link_lasts_an_hour_and_the_newest_counts(world: World, client: FlaskClient) -> None:
    email = world.client().people["treasury"].user.email
    first, second = _asked(world, client, email), _asked(world, client, email)
    assert client.get(f"/reset/{first}", follow_redirects=True).status_code == 410
    with time_machine.travel(now() + timedelta(minutes=61), tick=False):
        late = client.get(f"/reset/{second}?lang=en", follow_redirects=True)
    assert late.status_code == 410 and "expired" in late.text and "/recover" in late.text


def test_a_disabled_person_gets_no_link_and_no_entrance(world: World, client: FlaskClient) -> None:
    person = world.client().people["treasury"].user
    user_id, email = person.id, person.email
    secret = _asked(world, client, email)
    with world.owner():
        db.session.get_one(User, user_id).disabled_at = now()
    client.get(f"/reset/{secret}")
    assert post(client, "/reset", {"password": GOOD}).status_code == 409
    post(client, "/recover", {"email": email})
    work()
    assert len(letters(world, "reset")) == 1


def test_five_a_day_are_enough(world: World) -> None:
    email = world.client().people["treasury"].user.email
    with world.app.app_context(), db.transaction(db.DOOR):
        for _n in range(8):
            recovery.send_reset(email)
    with world.owner():
        sent = db.session.scalars(select(Link).filter_by(kind=LinkKind.PASSWORD_RESET)).all()
    assert len(sent) == recovery.PER_DAY


def test_changing_needs_the_current_one(world: World, client: FlaskClient) -> None:
    person = world.client().people["treasury"].user
    email = person.email
    elsewhere = world.app.test_client()
    sign_in(client, email, PASSWORD)
    sign_in(elsewhere, email, PASSWORD)
    old = client.get_cookie("sid").value
    wrong = post(client, "/profile/password", {"current": "wrong", "password": GOOD})
    assert wrong.status_code == 422 and 'id="current-error"' in wrong.text
    done = post(client, "/profile/password", {"current": PASSWORD, "password": GOOD})
    assert done.status_code == 303
    assert client.get_cookie("sid").value != old and client.get("/profile").status_code == 200
    assert elsewhere.get("/profile").status_code == 303
    assert [x.to_email for x in letters(world, "password_changed")] == [email]


def test_earlier_passwords_are_refused_where_that_is_asked(world: World, client: FlaskClient) -> None:
    buyer = world.client()
    email, other = buyer.people["treasury"].user.email, "cactus-violeta-trompeta-31"
    with world.owner():
        db.session.get_one(Organization, buyer.id).password_policy = {"no_reuse": 3}
    sign_in(client, email, PASSWORD)
    assert post(client, "/profile/password", {"current": PASSWORD, "password": GOOD}).status_code == 303
    assert post(client, "/profile/password", {"current": GOOD, "password": other}).status_code == 303
    assert post(client, "/profile/password", {"current": other, "password": GOOD}).status_code == 422


def test_advice_while_typing(world: World, client: FlaskClient) -> None:
    guard = token_of(client)
    weak = client.post("/password-strength", data={"csrf_token": guard, "password": "password"}).get_json()
    good = client.post("/password-strength", data={"csrf_token": guard, "password": GOOD}).get_json()
    none = client.post("/password-strength", data={"csrf_token": guard}).get_json()
    assert weak["score"] < 3 and weak["advice"] and weak["word"]
    assert good["score"] >= 3 and good["advice"] == []
    assert none["score"] == 0
    assert client.post("/password-strength", data={"csrf_token": guard, "password": "x" * 5000}).status_code == 200


def test_who_works_nowhere_does_not_enter_by_a_reset(world: World, client: FlaskClient) -> None:
    person = world.client().people["treasury"].user
    user_id, email = person.id, person.email
    client.get(f"/reset/{_asked(world, client, email)}")
    with world.owner():
        db.session.scalars(select(Membership).filter_by(user_id=user_id)).one().ended_at = now()
    assert post(client, "/reset", {"password": GOOD}).status_code == 403
    with world.owner():
        assert passwords.matches(db.session.get_one(User, user_id).password_hash, PASSWORD)
        assert db.session.scalars(select(Link).filter_by(kind=LinkKind.PASSWORD_RESET)).one().used_at is None


def test_a_password_that_is_not_due_is_changed_with_the_current_one(world: World) -> None:
    buyer = world.client()
    with world.acting(world.actor(buyer, "treasury")) as actor, pytest.raises(Conflict):
        recovery.renew(GOOD, actor, "")


def test_a_reset_that_was_sent_yesterday_is_not_counted(world: World) -> None:
    email = world.client().people["treasury"].user.email
    with db.transaction(db.DOOR):
        for _n in range(recovery.PER_DAY):
            recovery.send_reset(email)
        db.session.execute(update(Link).values(created_at=now() - timedelta(hours=25)))
        recovery.send_reset(email)
    assert len(letters(world, "reset")) == recovery.PER_DAY + 1


def test_what_others_asked_for_does_not_count(world: World) -> None:
    people = world.client().people
    with db.transaction(db.DOOR):
        for _n in range(recovery.PER_DAY):
            recovery.send_reset(people["treasury"].user.email)
        recovery.send_reset(people["auditor"].user.email)
    assert [x.to_email for x in letters(world, "reset")][-1] == people["auditor"].user.email


def test_an_address_without_a_password_gets_no_reset(world: World) -> None:
    person = world.client().people["treasury"].user
    with world.owner():
        db.session.get_one(User, person.id).password_hash = None
    with db.transaction(db.DOOR):
        recovery.send_reset(person.email)
    assert letters(world) == []


def test_a_reset_counts_as_a_sign_in_and_ends_the_wait(world: World, client: FlaskClient) -> None:
    email = world.client().people["treasury"].user.email
    for _n in range(6):
        sign_in(client, email, "wrong")
    assert sign_in(client, email, PASSWORD).status_code == 422
    client.get(f"/reset/{_asked(world, client, email)}")
    assert post(client, "/reset", {"password": GOOD}).status_code == 303
    assert sign_in(world.app.test_client(), email, GOOD).status_code == 303


def test_only_as_many_earlier_passwords_are_remembered_as_was_asked(world: World, client: FlaskClient) -> None:
    buyer = world.client()
    email = buyer.people["treasury"].user.email
    with world.owner():
        db.session.get_one(Organization, buyer.id).password_policy = {"no_reuse": 2}
    sign_in(client, email, PASSWORD)
    known = [PASSWORD, GOOD, "cactus-violeta-trompeta-31", "montana-queso-ventilador-52"]
    for before, after in zip(known, known[1:], strict=False):
        assert post(client, "/profile/password", {"current": before, "password": after}).status_code == 303
    assert post(client, "/profile/password", {"current": known[3], "password": known[2]}).status_code == 422
    assert post(client, "/profile/password", {"current": known[3], "password": GOOD}).status_code == 303
