"""Links: single use under a race, bound to their address, dead on time; and what they say when they are dead."""
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from portal.access.policy import Role
from portal.accounts import joining, links
from portal.accounts.models import Consent, Link, LinkKind, Membership, Organization, User, UserSession
from portal.accounts.tokens import digest
from portal.core import db
from portal.core.clock import now
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from portal.suppliers.models import Relationship, SupplierKind
from portal.suppliers.services import InviteSupplier, invite, revoke
from tests.accounts.steps import GOOD, contents, letters, post, secret_in, sign_in
from tests.factories import PASSWORD, Buyer, World

NEW = {"name": "Ana Ruiz", "locale": "es", "password": GOOD, "accepted": "y"}


def _invite(world: World, buyer: Buyer, email: str = "ana@papeleria.example", tax_id: str = "PRU010203AB4") -> str:
    """Invite a supplier and return the secret of its letter."""
    with world.acting(world.actor(buyer, "administrator")) as actor:
        invite(InviteSupplier("Papelería Ruiz", SupplierKind.COMPANY, tax_id, "MEX", "Ana", email, "es"), actor)
    return secret_in(letters(world, "activation")[-1])


def _colleague(world: World, buyer: Buyer, email: str = "luis@valle.example", *roles: str) -> str:
    with world.acting(world.actor(buyer, "administrator")) as actor:
        links.issue(LinkKind.COLLEAGUE_INVITATION, email, actor=actor, roles=roles or ("approver",), name="Luis")
    return secret_in(letters(world, "colleague_invitation")[-1])


def _of(world: World, model: Any, **what: Any) -> list[Any]:
    with world.owner():
        return list(db.session.scalars(select(model).filter_by(**what)))


def test_an_invitation_leads_inside(world: World, client: FlaskClient) -> None:
    secret = _invite(world, world.client())
    opened = client.get(f"/activate/{secret}")
    assert (opened.status_code, opened.location) == (303, "/activate")
    assert opened.headers["Referrer-Policy"] == "no-referrer"
    page = client.get("/activate")
    assert "Comercializadora del Valle" in page.text and "ana@papeleria.example" in page.text
    assert secret not in page.text
    done = post(client, "/activate", NEW)
    assert (done.status_code, done.location) == (303, "/")
    assert client.get("/profile").status_code == 200
    assert [x.to_email for x in letters(world, "registered")] == ["ana@papeleria.example"]
    member = _of(world, Membership, roles=["supplier_administrator"])[0]
    assert _of(world, Relationship)[0].organization_id == member.organization_id
    assert sorted(c.document for c in _of(world, Consent)) == ["privacy", "terms"]


def test_the_row_remembers_each_step_but_not_the_secret(world: World, client: FlaskClient) -> None:
    secret = _invite(world, world.client())
    row = _of(world, Link)[0]
    assert (row.secret_hash, links.state(row)) == (digest(secret), "sent")
    client.get(f"/activate/{secret}", follow_redirects=True)
    assert links.state(_of(world, Link)[0]) == "opened"
    post(client, "/activate", NEW)
    row = _of(world, Link)[0]
    assert links.state(row) == "accepted" and row.user_id
    assert secret not in str(vars(row))


def test_what_a_link_gives_comes_from_its_row(world: World, client: FlaskClient) -> None:
    buyer, other = world.client(), world.client("Otra Casa", "OCA030303EF3")
    secret, mine = _colleague(world, buyer), buyer.id
    client.get(f"/join/{secret}")
    post(client, "/join", {**NEW, "roles": "administrator", "email": "evil@x.example", "organization_id": str(other.id),
                           "relationship_id": "1", "is_client": "1", "must_change_password": "0"})
    luis = _of(world, User, email_key="luis@valle.example")[0]
    assert [(m.organization_id, m.roles) for m in _of(world, Membership, user_id=luis.id)] == [(mine, ["approver"])]
    assert [u.email for u in _of(world, User, email_key="evil@x.example")] == []


@pytest.mark.parametrize("state", ["expired", "accepted", "revoked", "unknown"])
def test_a_dead_link_has_its_own_page_and_remedy(world: World, client: FlaskClient, state: str) -> None:
    secret = _invite(world, world.client()) if state != "unknown" else "nobody-ever-sent-this"
    with world.owner():
        for row in db.session.scalars(select(Link)):
            row.expires_at = now() - timedelta(seconds=1) if state == "expired" else row.expires_at
            row.used_at = now() if state == "accepted" else None
            row.revoked_at = now() if state == "revoked" else None
    page = client.get(f"/activate/{secret}?lang=en", follow_redirects=True)
    assert page.status_code == (404 if state == "unknown" else 410)
    title = {"expired": "This link has expired", "accepted": "already used", "revoked": "replaced or revoked",
             "unknown": "do not know this link"}[state]
    assert title in page.text
    assert ("Ask for another link" in page.text) == (state in ("expired", "revoked"))
    assert post(client, "/activate", NEW).status_code == page.status_code
    assert _of(world, User, email_key="ana@papeleria.example") == []


def test_each_link_speaks_its_letters_language_until_one_is_chosen(world: World, client: FlaskClient) -> None:
    first, second = _invite(world, world.client()), _invite(world, world.client("Otra", "OTR010101AB1"),
                                                            "ann@wolfe.example", "TWO020202CD2")
    with world.owner():
        db.session.scalars(select(Link).where(Link.email == "ann@wolfe.example")).one().locale = "en"
    for address, spoken in ((first, "es"), (second, "en"), (f"{second}?lang=es", "es"), (second, "es")):
        assert f'<html lang="{spoken}"' in client.get(f"/activate/{address}", follow_redirects=True).text


def test_an_expired_link_is_dead_without_any_clean_up(world: World, client: FlaskClient) -> None:
    secret = _invite(world, world.client())
    client.get(f"/activate/{secret}")
    with time_machine.travel(now() + timedelta(days=7, seconds=1), tick=False):
        assert post(client, "/activate", NEW).status_code == 410


def test_a_new_link_kills_the_one_before(world: World, client: FlaskClient) -> None:
    buyer = world.client()
    first = _colleague(world, buyer)
    second = _colleague(world, buyer)
    assert client.get(f"/join/{first}", follow_redirects=True).status_code == 410
    assert client.get(f"/join/{second}", follow_redirects=True).status_code == 200


def test_who_used_it_is_led_inside(world: World, client: FlaskClient) -> None:
    secret = _invite(world, world.client())
    client.get(f"/activate/{secret}")
    post(client, "/activate", NEW)
    assert post(client, "/activate", NEW).location == "/"
    assert client.get(f"/activate/{secret}", follow_redirects=False).location == "/activate"
    assert client.get("/activate").location == "/"
    stranger = world.app.test_client()
    stranger.get(f"/activate/{secret}")
    assert stranger.get("/activate").status_code == 410


def test_a_revoked_invitation_is_dead(world: World, client: FlaskClient) -> None:
    buyer = world.client()
    secret = _invite(world, buyer)
    with world.acting(world.actor(buyer, "administrator")) as actor:
        revoke(db.session.scalars(select(Relationship.id)).one(), actor)
    assert client.get(f"/activate/{secret}", follow_redirects=True).status_code == 410


def test_asking_for_another_reaches_those_who_can_send_it(world: World, client: FlaskClient) -> None:
    secret = _invite(world, world.client(roles=(Role.ADMINISTRATOR, Role.TREASURY)))
    with world.owner():
        db.session.scalars(select(Link)).one().expires_at = now()
    client.get(f"/activate/{secret}")
    known = post(client, "/link/supplier_invitation/again")
    stranger = world.app.test_client()
    unknown = post(stranger, "/link/supplier_invitation/again")
    assert (known.status_code, known.location) == (unknown.status_code, unknown.location) == (303, "/link/asked")
    asked = letters(world, "new_link_asked")
    assert [x.to_email.split(".")[0] for x in asked] == ["administrator"]
    assert contents(asked[0])["email"] == "ana@papeleria.example"


@pytest.mark.parametrize(("data", "field"), [
    ({"password": "corta"}, "password"), ({"password": "password1234"}, "password"),
    ({"password": "comercializadora-2026"}, "password"), ({"accepted": ""}, "accepted"), ({"name": " "}, "name")])
def test_what_is_wrong_is_said_beside_the_field(world: World, client: FlaskClient, data: dict[str, str],
                                                field: str) -> None:
    client.get(f"/activate/{_invite(world, world.client())}")
    page = post(client, "/activate", {**NEW, **data})
    assert page.status_code == 422 and f'id="{field}-error"' in page.text
    assert _of(world, User, email_key="ana@papeleria.example") == []
    assert post(client, "/activate", NEW).status_code == 303  # the link was not used up


def test_somebody_who_has_an_account_only_accepts(world: World, client: FlaskClient) -> None:
    first, second = world.client(), world.client("Otra Casa", "OCA030303EF3")
    seller = world.supplier(first, rfc="PNA020202CD2")
    email, organization = seller.person.user.email, seller.organization.id
    secret = _invite(world, second, email, "PNA020202CD2")
    page = client.get(f"/activate/{secret}?lang=en", follow_redirects=True)
    assert "Sign in to accept" in page.text and 'name="password"' not in page.text
    assert post(client, "/activate", NEW).status_code == 200  # nothing but the same page
    sign_in(client, email, PASSWORD)
    old = client.get_cookie("sid").value
    done = post(client, "/activate")
    assert done.status_code == 303 and client.get_cookie("sid").value != old
    assert {r.organization_id for r in _of(world, Relationship)} == {organization}
    assert len(_of(world, User, email=email)) == 1


def test_an_invitation_is_not_for_whoever_is_signed_in(world: World, client: FlaskClient) -> None:
    first, second = world.client(), world.client("Otra Casa", "OCA030303EF3")
    invited, other = world.supplier(first), world.supplier(first, "Tornillos SA", "TOR020202CD2")
    secret = _invite(world, second, invited.person.user.email, "PNA020202CD2")
    world.sign_in(client, other.person)
    page = client.get(f"/activate/{secret}", follow_redirects=True)
    assert other.person.user.email in page.text and "/sign-out" in page.text
    post(client, "/activate")
    assert _of(world, Link)[0].used_at is None
    with world.acting(world.actor(other, session_id=other.id)) as actor, pytest.raises(NotAllowed):
        with db.door():
            row = db.session.scalars(select(Link)).one()
        joining.accept_signed_in(row, actor)


def test_an_account_is_never_shared_with_a_stranger_of_the_same_rfc(world: World, client: FlaskClient) -> None:
    first, second = world.client(), world.client("Otra Casa", "OCA030303EF3")
    theirs = world.supplier(first, rfc="PRU010203AB4").organization.id
    client.get(f"/activate/{_invite(world, second, 'thief@x.example', 'PRU010203AB4')}")
    post(client, "/activate", NEW)
    thief = _of(world, User, email_key="thief@x.example")[0]
    assert [m.organization_id for m in _of(world, Membership, user_id=thief.id)] != [theirs]


def test_a_link_of_one_kind_opens_no_other_door(world: World, client: FlaskClient) -> None:
    secret = _colleague(world, world.client())
    for kind in ("activate", "reset", "setup"):
        assert client.get(f"/{kind}/{secret}", follow_redirects=True).status_code == 404


@pytest.mark.parametrize("headers", [
    {"Host": "evil.example"}, {"Host": "evil.example:80"}, {"X-Forwarded-Host": "evil.example"},
    {"Forwarded": "host=evil.example"}, {"X-Forwarded-Server": "evil.example"}])
def test_no_header_turns_a_link_elsewhere(world: World, client: FlaskClient, headers: dict[str, str]) -> None:
    buyer = world.client()
    answer = client.get("/recover", headers=headers)
    assert answer.status_code == (400 if "Host" in headers else 200)
    assert "evil" not in answer.text
    _invite(world, buyer)
    giver = world.actor(buyer, "administrator")
    with world.app.test_request_context("/", headers=headers), world.acting(giver) as actor:
        _row, url = links.issue(LinkKind.COLLEAGUE_INVITATION, "luis@valle.example", actor=actor, roles=("approver",))
    assert url.startswith("http://localhost/join/")


def test_the_address_is_made_from_the_configuration(world: World) -> None:
    buyer = world.client()
    with world.acting(world.actor(buyer, "administrator")) as actor:
        _row, url = links.issue(LinkKind.COLLEAGUE_INVITATION, "luis@valle.example", actor=actor, roles=("approver",))
    assert re.fullmatch(r"http://localhost/join/[\w-]{43}", url)


def test_another_organization_cannot_revoke_or_see_it(world: World) -> None:
    mine, other = world.client(), world.client("Otra Casa", "OCA030303EF3")
    _colleague(world, mine)
    row = _of(world, Link)[0]
    with world.acting(world.actor(other, "administrator")):
        assert db.session.scalars(select(Link)).all() == []
    assert _of(world, Link)[0].revoked_at is None
    assert row.organization_id == mine.id


def test_of_twenty_at_once_one_wins(live: Flask, live_world: World) -> None:
    with live.app_context():
        secret = _invite(live_world, live_world.client())
    start = Barrier(20)

    def try_it(_n: int) -> str:
        with live.app_context():
            start.wait()
            try:
                with db.transaction(db.DOOR):
                    link = joining.look_quietly(secret, LinkKind.SUPPLIER_INVITATION)
                    assert link is not None
                    joining.accept(link, joining.Newcomer("Ana", GOOD, "es", True))
                return "in"
            except Conflict:
                return "refused"
            finally:
                db.session.remove()

    with ThreadPoolExecutor(20) as crowd:
        results = list(crowd.map(try_it, range(20)))
    assert sorted(set(results)) == ["in", "refused"] and results.count("in") == 1
    with live_world.owner():
        counts = [db.session.scalar(select(func.count()).select_from(model).filter_by(**what)) for model, what in (
            (User, {"email_key": "ana@papeleria.example"}), (UserSession, {}), (Organization, {"is_client": False}))]
    assert counts == [1, 1, 1]


def _as_link(world: World, secret: str, kind: LinkKind = LinkKind.COLLEAGUE_INVITATION) -> Link:
    link = joining.look_quietly(secret, kind)
    assert link is not None
    return link


def test_an_address_that_registered_meanwhile_signs_in(world: World) -> None:
    buyer = world.client()
    secret = _colleague(world, buyer, buyer.people["auditor"].user.email)
    with db.transaction(db.DOOR):
        with pytest.raises(Conflict, match="Ya hay una cuenta"):
            joining.accept(_as_link(world, secret), joining.Newcomer("Luis", GOOD, "es", True))
    assert _of(world, Link)[0].used_at is None


@pytest.mark.parametrize(("changes", "fields"), [
    ({"name": " "}, ["name"]), ({"accepted": False}, ["accepted"]), ({"password": "corta"}, ["password"]),
    ({"password": "comercializadora del valle 7 nubes"}, ["password"]),  # the words of who invites
    ({"password": "luis@valle.example lluvia"}, ["password"]), ({"name": "Mandarina"}, ["password"])])
def test_what_a_newcomer_gives_is_judged_by_the_service_too(world: World, changes: dict[str, Any],
                                                            fields: list[str]) -> None:
    secret = _colleague(world, world.client())
    given = {"name": "Luis", "password": GOOD, "locale": "es", "accepted": True, **changes}
    with db.transaction(db.DOOR):
        with pytest.raises(Invalid) as refused:
            joining.accept(_as_link(world, secret), joining.Newcomer(**given))
        assert list(refused.value.fields) == fields
        assert links.is_open(_as_link(world, secret))


def test_a_newcomer_speaks_one_of_our_languages(world: World) -> None:
    secret = _colleague(world, world.client())
    with db.transaction(db.DOOR):
        joining.accept(_as_link(world, secret), joining.Newcomer("Luis", GOOD, "fr", True, ip="192.0.2.7"))
    luis = _of(world, User, email_key="luis@valle.example")[0]
    assert luis.locale == "es"
    assert {c.ip for c in _of(world, Consent, user_id=luis.id)} == {"192.0.2.7"}


@pytest.mark.parametrize("gone", ["used_at", "revoked_at", "expires_at"])
def test_a_link_that_is_over_is_not_taken_back(world: World, gone: str) -> None:
    buyer = world.client()
    _colleague(world, buyer)
    with world.owner():
        row = db.session.scalars(select(Link)).one()
        setattr(row, gone, now() - timedelta(seconds=1))
        link_id = row.id
    with world.acting(world.actor(buyer, "administrator")) as actor, pytest.raises(NotFound):
        links.revoke(link_id, actor)


def test_a_link_is_used_once_and_only_while_it_is_open(world: World) -> None:
    _colleague(world, world.client())
    for gone in ("revoked_at", "expires_at", "used_at"):
        with world.owner():
            row = db.session.scalars(select(Link)).one()
            row.revoked_at, row.used_at, row.expires_at = None, None, now() + timedelta(days=1)
            db.session.flush()
            setattr(row, gone, now() - timedelta(seconds=1))
        with db.transaction(db.DOOR), pytest.raises(Conflict):
            links.redeem(db.session.scalars(select(Link)).one())


def test_a_link_to_one_supplier_leaves_those_to_others(world: World) -> None:
    buyer = world.client()
    first = _invite(world, buyer)
    second = _invite(world, buyer, tax_id="PRU020304AB5")
    with db.transaction(db.DOOR):
        assert links.is_open(_as_link(world, first, LinkKind.SUPPLIER_INVITATION))
        assert links.is_open(_as_link(world, second, LinkKind.SUPPLIER_INVITATION))


def test_a_reset_leaves_an_invitation_alone(world: World) -> None:
    buyer = world.client()
    person = buyer.people["auditor"].user
    secret = _colleague(world, world.client("Otra Casa", "OCA030303EF3"), person.email)
    with db.transaction(db.DOOR):
        for _n in range(2):
            links.issue(LinkKind.PASSWORD_RESET, person.email, user_id=person.id)
        assert links.is_open(_as_link(world, secret))
        opened = [links.is_open(x) for x in db.session.scalars(
            select(Link).filter_by(kind=LinkKind.PASSWORD_RESET).order_by(Link.id))]
    assert opened == [False, True]


def test_a_setup_link_lasts_as_long_as_was_asked(world: World) -> None:
    with db.transaction(db.DOOR):
        row, _url = links.issue(LinkKind.SETUP, "", days=9)
        usual, _url = links.issue(LinkKind.SETUP, "ana@x.example")
    assert row.expires_at - row.sent_at == timedelta(days=9)
    assert usual.expires_at - usual.sent_at == timedelta(days=2)
