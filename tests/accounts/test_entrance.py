"""Signing in: neutral, held back, never fixated; the token changes when what it is worth changes."""
import re
from datetime import timedelta

import pytest
import time_machine
from argon2 import PasswordHasher
from flask.testing import FlaskClient
from sqlalchemy import select, update

from portal.access.policy import Role
from portal.accounts import attempts, sessions
from portal.accounts.models import Membership, Organization, SignInAttempt, User, UserSession
from portal.accounts.tokens import digest
from portal.core import db
from portal.core.clock import now
from tests.accounts.steps import letters, post, sign_in
from tests.factories import PASSWORD, World
from tests.forms import guard


def _email(world: World, role: str = "administrator") -> str:
    return world.client().people[role].user.email


def _without_tokens(page: str) -> str:
    return re.sub(r'value="[^"]*"|[0-9a-f]{32}', "", page)


def test_the_right_password_leads_inside(world: World, client: FlaskClient) -> None:
    answer = sign_in(client, _email(world).upper(), PASSWORD)
    assert (answer.status_code, answer.location) == (303, "/")
    assert "HttpOnly" in answer.headers["Set-Cookie"] and "SameSite=Lax" in answer.headers["Set-Cookie"]
    assert client.get("/profile").status_code == 200


def test_only_the_hash_of_the_token_is_kept(world: World, client: FlaskClient) -> None:
    sign_in(client, _email(world), PASSWORD)
    token = client.get_cookie("sid").value
    with world.owner():
        kept = db.session.scalars(select(UserSession)).one()
    assert kept.token_hash == digest(token) and token not in str(vars(kept))
    assert len(token) >= 43


def test_unknown_wrong_and_disabled_get_the_same_answer(world: World, client: FlaskClient) -> None:
    buyer = world.client()
    gone = buyer.people["auditor"].user
    with world.owner():
        db.session.get_one(User, gone.id).disabled_at = now()
    pages = [sign_in(client, email, password) for email, password in (
        ("nobody@nowhere.example", PASSWORD), (buyer.people["administrator"].user.email, "wrong"),
        (gone.email, PASSWORD))]
    assert {p.status_code for p in pages} == {422}
    assert len({_without_tokens(p.text) for p in pages}) == 1


def test_an_unknown_address_costs_a_hash_too(world: World, client: FlaskClient,
                                             monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    verify = PasswordHasher.verify
    monkeypatch.setattr(PasswordHasher, "verify", lambda self, h, p: seen.append(h) or verify(self, h, p))
    email = _email(world)
    sign_in(client, "nobody@nowhere.example", "wrong")
    sign_in(client, email, "wrong")
    assert len(seen) == 2
    assert seen[0].split("$")[3] == seen[1].split("$")[3]  # the same parameters, so the same time


def test_five_are_free_then_each_waits_longer(world: World, client: FlaskClient) -> None:
    email = _email(world)
    for _n in range(attempts.FREE):
        assert "is not right" in sign_in(client, email, "wrong", headers={"Accept-Language": "en"}).text
    blocked = sign_in(client, email, PASSWORD, headers={"Accept-Language": "en"})
    assert blocked.status_code == 422 and "Too many attempts" in blocked.text
    with time_machine.travel(now() + timedelta(seconds=16), tick=True):
        assert sign_in(client, email, PASSWORD).status_code == 303


def test_waits_double_up_to_a_quarter_of_an_hour(world: World) -> None:
    with world.app.app_context(), db.transaction(db.DOOR):
        waits = []
        for _n in range(20):
            attempts.record("ana@x.example", None, False, "10.0.0.1", "")
            waits.append(attempts.seconds_to_wait("ana@x.example", "10.0.0.1"))
    assert waits[:4] == [0, 0, 0, 0]
    assert waits[4] in (14, 15) and waits[5] in (29, 30)
    assert max(waits) <= 900 and waits[-1] >= 890


def test_a_stranger_cannot_lock_the_person_out(world: World, client: FlaskClient) -> None:
    email = _email(world)
    for _n in range(9):
        sign_in(client, email, "wrong", environ_base={"REMOTE_ADDR": "203.0.113.9"})
    assert sign_in(client, email, PASSWORD, environ_base={"REMOTE_ADDR": "203.0.113.9"}).status_code == 422
    assert sign_in(client, email, PASSWORD, environ_base={"REMOTE_ADDR": "198.51.100.4"}).status_code == 303


def test_guessing_from_many_addresses_is_paced(world: World) -> None:
    with world.app.app_context(), db.transaction(db.DOOR):
        attempts.record("ana@x.example", None, True, "10.9.9.9", "")
        for n in range(attempts.MANY):
            attempts.record("ana@x.example", None, False, f"10.0.1.{n}", "")
        assert 0 < attempts.seconds_to_wait("ana@x.example", "10.0.2.1") <= 10
        assert attempts.seconds_to_wait("ana@x.example", "10.9.9.9") == 0


def test_failed_attempts_are_kept_though_nothing_else_is(world: World, client: FlaskClient) -> None:
    sign_in(client, _email(world), "wrong")
    with world.owner():
        assert [a.succeeded for a in db.session.scalars(select(SignInAttempt))] == [False]


def test_a_planted_token_is_worth_nothing_after_signing_in(world: World, client: FlaskClient) -> None:
    client.set_cookie("sid", "planted-by-somebody", domain="localhost")
    sign_in(client, _email(world), PASSWORD)
    assert client.get_cookie("sid").value != "planted-by-somebody"
    other = world.app.test_client()
    other.set_cookie("sid", "planted-by-somebody", domain="localhost")
    assert other.get("/profile").status_code == 303


def test_signing_in_again_ends_the_session_before(world: World, client: FlaskClient) -> None:
    email = _email(world)
    sign_in(client, email, PASSWORD)
    old = client.get_cookie("sid").value
    sign_in(client, email, PASSWORD)
    assert client.get_cookie("sid").value != old
    stale = world.app.test_client()
    stale.set_cookie("sid", old, domain="localhost")
    assert stale.get("/profile").status_code == 303


def test_signing_out_kills_the_row(world: World, client: FlaskClient) -> None:
    sign_in(client, _email(world), PASSWORD)
    token = client.get_cookie("sid").value
    answer = post(client, "/sign-out")
    assert answer.status_code == 303 and "cache" in answer.headers["Clear-Site-Data"]
    client.set_cookie("sid", token, domain="localhost")
    assert client.get("/profile").status_code == 303


def test_step_up_changes_the_token(world: World, client: FlaskClient) -> None:
    sign_in(client, _email(world), PASSWORD)
    old = client.get_cookie("sid").value
    wrong = post(client, "/step-up", {"password": "wrong", "next": "/people"})
    assert wrong.status_code == 422 and client.get_cookie("sid").value == old
    right = post(client, "/step-up", {"password": PASSWORD, "next": "/people"})
    assert (right.status_code, right.location) == (303, "/people")
    assert client.get_cookie("sid").value != old
    stale = world.app.test_client()
    stale.set_cookie("sid", old, domain="localhost")
    assert stale.get("/profile").status_code == 303


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "/\\evil.example",
                                    "javascript:alert(1)",
                                    "http:evil", "\\\\evil.example"])
def test_next_never_leaves_the_portal(world: World, client: FlaskClient, target: str) -> None:
    answer = post(client, "/sign-in", {"email": _email(world), "password": PASSWORD, "next": target})
    assert (answer.status_code, answer.location) == (303, "/")


def test_next_is_followed_inside(world: World, client: FlaskClient) -> None:
    answer = post(client, "/sign-in", {"email": _email(world), "password": PASSWORD, "next": "/people?x=1"})
    assert answer.location == "/people?x=1"


def test_extra_fields_change_nothing(world: World, client: FlaskClient) -> None:
    email = _email(world, "auditor")
    post(client, "/sign-in", {"email": email, "password": PASSWORD, "roles": "administrator", "side": "operator",
                              "user_id": "1", "organization_id": "1"})
    assert client.get("/settings").status_code == 403


def test_a_new_browser_is_told(world: World, client: FlaskClient) -> None:
    email = _email(world)
    sign_in(client, email, PASSWORD, headers={"User-Agent": "Firefox"})
    sign_in(client, email, PASSWORD, headers={"User-Agent": "Firefox"})
    assert letters(world, "new_sign_in") == []
    sign_in(client, email, PASSWORD, headers={"User-Agent": "Something else"})
    assert [letter.to_email for letter in letters(world, "new_sign_in")] == [email]


def test_an_old_hash_is_made_again(world: World, client: FlaskClient) -> None:
    person = world.client().people["administrator"].user
    with world.owner():
        db.session.get_one(User, person.id).password_hash = PasswordHasher(time_cost=1, memory_cost=8192,
                                                                           parallelism=1).hash(PASSWORD)
    sign_in(client, person.email, PASSWORD)
    with world.owner():
        assert "m=19456,t=2,p=1" in db.session.get_one(User, person.id).password_hash


@pytest.mark.parametrize(("role", "idle"), [("administrator", 30), ("supplier", 60)])
def test_an_idle_session_dies(world: World, client: FlaskClient, role: str, idle: int) -> None:
    buyer = world.client()
    person = world.supplier(buyer).person if role == "supplier" else buyer.people[role]
    sign_in(client, person.user.email, PASSWORD)
    start = now()
    with time_machine.travel(start + timedelta(minutes=idle - 1), tick=False):
        assert client.get("/profile").status_code == 200
    with time_machine.travel(start + timedelta(minutes=2 * idle - 2), tick=False):
        assert client.get("/profile").status_code == 200  # it was used in between
    with time_machine.travel(start + timedelta(minutes=3 * idle), tick=False):
        assert client.get("/profile").status_code == 303


def test_no_session_outlives_its_longest(world: World, client: FlaskClient) -> None:
    sign_in(client, _email(world), PASSWORD)
    start = now()
    for minutes in range(20, 12 * 60, 20):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            assert client.get("/profile/sessions").status_code == 200
    with time_machine.travel(start + timedelta(hours=12, minutes=1), tick=False):
        assert client.get("/profile/sessions").status_code == 303


def test_presence_is_written_once_a_minute(world: World, client: FlaskClient) -> None:
    sign_in(client, _email(world), PASSWORD)
    start = now()

    def seen(after: int) -> object:
        with time_machine.travel(start + timedelta(seconds=after), tick=False):
            client.get("/profile")
        with world.owner():
            return db.session.scalars(select(UserSession.last_seen_at)).one()

    first = seen(30)
    assert seen(50) == first
    assert seen(70) != first


@pytest.mark.parametrize("end", ["user", "membership", "role"])
def test_a_session_dies_with_what_it_stands_on(world: World, client: FlaskClient, end: str) -> None:
    person = world.client().people["approver"]
    sign_in(client, person.user.email, PASSWORD)
    with world.owner():
        member = db.session.scalars(select(Membership).filter_by(user_id=person.user.id)).one()
        if end == "user":
            db.session.get_one(User, person.user.id).disabled_at = now()
        elif end == "membership":
            member.ended_at = now()
        else:
            member.roles = [Role.SUPPLIER_USER.value]  # nothing left on the side on which the session stands
    assert client.get("/profile").status_code == 303


def test_somebody_without_a_place_is_told(world: World, client: FlaskClient) -> None:
    person = world.client().people["approver"]
    with world.owner():
        db.session.scalars(select(Membership).filter_by(user_id=person.user.id)).one().ended_at = now()
    answer = sign_in(client, person.user.email, PASSWORD, headers={"Accept-Language": "en"})
    assert answer.status_code == 422 and "no organization any more" in answer.text


def test_a_person_switches_between_seats(world: World, client: FlaskClient) -> None:
    first, second = world.client(), world.client("Otra Casa", "OCA030303EF3")
    person = first.people["treasury"]
    with world.owner():
        db.session.add(Membership(user_id=person.user.id, organization_id=second.id, roles=["administrator"]))
    place = second.id
    sign_in(client, person.user.email, PASSWORD)
    assert client.get("/settings").status_code == 403
    old = client.get_cookie("sid").value
    assert post(client, f"/switch/{place}/client").status_code == 303
    assert client.get_cookie("sid").value != old
    assert "Otra Casa" in client.get("/settings").text


def test_what_was_typed_for_one_organization_is_not_done_in_another(world: World, client: FlaskClient) -> None:
    """Two windows: the form stands in one while the other switches to the second client."""
    first, second = world.client(), world.client("Otra Casa", "OCA030303EF3")
    person = first.people["administrator"]
    with world.owner():
        db.session.add(Membership(user_id=person.user.id, organization_id=second.id, roles=["administrator"]))
    sign_in(client, person.user.email, PASSWORD)
    assert post(client, f"/switch/{first.id}/client").status_code == 303
    form = client.get("/suppliers/new").text
    assert post(client, f"/switch/{second.id}/client").status_code == 303
    typed = {**guard(form), "kind": "company", "name": "Nueva", "tax_id": "NUE150101AB9", "country": "MEX",
             "contact_email": "n@nueva.example", "locale": "es"}
    refused = client.post("/suppliers/new", data=typed)
    assert refused.status_code == 409 and "Otra Casa" in refused.text and "No se hizo nada" in refused.text
    assert "Nueva" not in client.get("/suppliers/").text
    back = client.post(f"/switch/{first.id}/client", data=guard(form) | {"_once": guard(form)["_once"][::-1]})
    assert back.status_code == 303, "what is one's own goes on in any window"
    assert client.post("/suppliers/new", data=typed).status_code == 303, "and what was typed is still good"
    assert "Nueva" in client.get("/suppliers/").text


@pytest.mark.parametrize("side", ["client", "supplier", "operator", "system", "nonsense"])
def test_nobody_sits_on_a_seat_of_others(world: World, client: FlaskClient, side: str) -> None:
    mine, other = world.client(), world.client("Otra Casa", "OCA030303EF3")
    places = [other.id] if side == "client" else [other.id, mine.id]
    sign_in(client, mine.people["administrator"].user.email, PASSWORD)
    assert {post(client, f"/switch/{place}/{side}").status_code for place in places} == {404}


def test_a_session_acts_only_by_the_roles_of_its_side(world: World) -> None:
    buyer = world.client()
    both = world.colleague(buyer.organization, Role.TREASURY, Role.SUPPLIER_ADMINISTRATOR)
    with world.app.app_context(), db.transaction(db.DOOR):
        token = sessions.begin(both.user.id, organization_id=buyer.id)
        actor = sessions.actor_of(token, lambda _o: ((), ()), "", "")
        assert actor is not None and actor.roles == {"treasury"}
        assert buyer.id in actor.organizations


def test_a_due_password_comes_before_anything_else(world: World, client: FlaskClient) -> None:
    buyer = world.client()
    person = buyer.people["approver"].user
    with world.owner():
        db.session.get_one(Organization, buyer.id).password_policy = {"lifetime_days": 30}
        db.session.get_one(User, person.id).password_changed_at = now() - timedelta(days=31)
    answer = sign_in(client, person.email, PASSWORD)
    assert answer.location == "/renew"
    for path in ("/profile", "/people", "/", "/inbox/"):
        assert client.get(path).location == "/renew", path
    same = post(client, "/renew", {"password": PASSWORD})
    assert same.status_code == 422
    done = post(client, "/renew", {"password": "lluvia-tractor-mandarina-89"})
    assert done.location == "/"
    assert client.get("/profile").status_code == 200
    assert [letter.to_email for letter in letters(world, "password_changed")] == [person.email]


def test_an_account_that_lay_unused_is_locked(world: World, client: FlaskClient) -> None:
    buyer = world.client()
    person = buyer.people["approver"].user
    with world.owner():
        db.session.get_one(Organization, buyer.id).password_policy = {"lock_after_days": 90}
        db.session.get_one(User, person.id).last_seen_at = now() - timedelta(days=91)
    answer = sign_in(client, person.email, PASSWORD, headers={"Accept-Language": "en"})
    assert answer.status_code == 422 and "is locked" in answer.text


def test_the_password_again_waits_as_the_sign_in_does(world: World, client: FlaskClient) -> None:
    email = _email(world)
    sign_in(client, email, PASSWORD)
    for _n in range(attempts.FREE):
        assert "Esa no es tu contraseña" in post(client, "/step-up", {"password": "wrong"}).text
    held = post(client, "/step-up", {"password": PASSWORD})
    assert held.status_code == 422 and "Demasiados intentos" in held.text
    with time_machine.travel(now() + timedelta(seconds=16), tick=True):
        assert post(client, "/step-up", {"password": PASSWORD}).status_code == 303


def test_what_was_wrong_an_hour_ago_is_forgotten(world: World) -> None:
    email, start = _email(world), now()
    with db.transaction(db.DOOR):
        with time_machine.travel(start, tick=False):
            for _n in range(attempts.FREE):
                attempts.record(email, None, False, "192.0.2.1", "")
            assert attempts.seconds_to_wait(email, "192.0.2.1") == 15
        with time_machine.travel(start + timedelta(minutes=61), tick=False):
            attempts.record(email, None, False, "192.0.2.1", "")
            assert attempts.seconds_to_wait(email, "192.0.2.1") == 0


def test_a_right_password_wipes_the_wrong_ones_before_it(world: World) -> None:
    email, start = _email(world), now()
    with db.transaction(db.DOOR):
        for n, succeeded in enumerate((*[False] * attempts.FREE, True, False)):
            with time_machine.travel(start + timedelta(seconds=n), tick=False):
                attempts.record(email, None, succeeded, "192.0.2.1", "")
        with time_machine.travel(start + timedelta(seconds=n), tick=False):
            assert attempts.seconds_to_wait(email, "192.0.2.1") == 0


def test_a_sign_in_keeps_from_where_it_came(world: World, client: FlaskClient) -> None:
    sign_in(client, _email(world), PASSWORD, headers={"User-Agent": "x" * 400})
    with world.owner():
        attempt = db.session.scalars(select(SignInAttempt)).one()
        live = db.session.scalars(select(UserSession)).one()
    for row in (attempt, live):
        assert (row.ip, row.user_agent) == ("127.0.0.1", "x" * 300)


def test_one_acts_where_one_acted_last(world: World) -> None:
    buyer, other = world.client(), world.client("Otra Casa", "OCA030303EF3")
    user_id = buyer.people["auditor"].user.id
    with world.owner():
        db.session.add(Membership(user_id=user_id, organization_id=other.id, roles=["auditor"]))
    with db.transaction(db.DOOR):
        sessions.begin(user_id, organization_id=other.id)
        for gone, seat in ((None, other.id), (other.id, buyer.id)):
            if gone:
                db.session.execute(update(Membership).filter_by(organization_id=gone, user_id=user_id)
                                   .values(ended_at=now()))
            token = sessions.begin(user_id)
            actor = sessions.actor_of(token, lambda _id: ((), ()), "", "")
            assert actor and actor.organization_id == seat
