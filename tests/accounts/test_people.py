"""An administrator's acts: on the own people, on the own side, with the password given lately; at once."""
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from portal.access.actor import Actor
from portal.access.policy import Role
from portal.accounts import configuration, joining, people, queries
from portal.accounts.models import Link, Membership, User
from portal.accounts.policy import PasswordPolicy
from portal.core import db
from portal.core.clock import now
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound, StepUpNeeded
from tests.accounts.steps import GOOD, letters, post, secret_in, sign_in
from tests.factories import PASSWORD, World


def _roles(world: World, user_id: object) -> list[str]:
    with world.owner():
        return list(db.session.scalars(select(Membership.roles).filter_by(user_id=user_id)).one())


def test_a_colleague_is_invited_and_joins(world: World, client: FlaskClient) -> None:
    buyer = world.client()
    world.sign_in(client, buyer.people["administrator"])
    done = post(client, "/people/invite", {"email": "luis@valle.example", "name": "Luis", "locale": "en",
                                           "roles": ["treasury", "auditor"]})
    assert done.status_code == 303
    letter = letters(world, "colleague_invitation")[0]
    assert (letter.to_email, letter.locale) == ("luis@valle.example", "en")
    assert "luis@valle.example" in client.get("/people").text
    newcomer = world.app.test_client()
    newcomer.get(f"/join/{secret_in(letter)}")
    assert post(newcomer, "/join", {"name": "Luis", "locale": "en", "password": GOOD, "accepted": "y"}).location == "/"
    assert "Luis" in client.get("/people").text
    with world.owner():
        luis = db.session.scalars(select(User).filter_by(email_key="luis@valle.example")).one()
    assert _roles(world, luis.id) == ["auditor", "treasury"]


@pytest.mark.parametrize("roles", [["operator"], ["supplier_administrator"], ["administrator", "operator"], ["owner"],
                                   []])
def test_nobody_gives_more_than_the_own_side_has(world: World, roles: list[str]) -> None:
    buyer = world.client()
    target = buyer.people["auditor"].user.id
    with world.acting(world.actor(buyer, "administrator")) as actor:
        with pytest.raises(Invalid):
            people.change_roles(target, roles, actor)
        with pytest.raises(Invalid):
            people.invite("luis@valle.example", "", roles, "es", actor)
    assert _roles(world, target) == ["auditor"]


def test_a_supplier_gives_its_own_roles_only(world: World) -> None:
    seller = world.supplier(world.client())
    with world.acting(world.actor(seller)) as actor:
        assert {r.value for r in people.roles_for(actor)} == {"supplier_administrator", "supplier_user"}
        with pytest.raises(Invalid):
            people.invite("luis@x.example", "", ["administrator"], "es", actor)
        link = people.invite("luis@x.example", "", ["supplier_user"], "es", actor)
        assert link.organization_id == actor.organization_id


@pytest.mark.parametrize("role", ["accounts_payable", "approver", "treasury", "auditor"])
def test_only_administrators_keep_people(world: World, client: FlaskClient, role: str) -> None:
    buyer = world.client()
    target = buyer.people["auditor"].user.id
    with world.acting(world.actor(buyer, role)) as actor:
        for act in (lambda: people.invite("x@x.example", "", ["auditor"], "es", actor),
                    lambda: people.change_roles(target, ["administrator"], actor),
                    lambda: people.disable(target, actor), lambda: people.enable(target, actor),
                    lambda: people.start_reset(target, actor), lambda: people.resend(target, actor),
                    lambda: people.revoke(target, actor), lambda: queries.invitations(actor),
                    lambda: queries.member(actor, target), lambda: configuration.change_policy(PasswordPolicy(), actor),
                    lambda: configuration.change_organization("X", "es", "UTC", actor), lambda: queries.clients(actor),
                    lambda: joining.invite_client("x@x.example", "", "es", actor)):
            with pytest.raises(NotAllowed):
                act()
    world.sign_in(client, buyer.people[role])
    assert client.get("/people").status_code == 403


def test_the_password_is_asked_again(world: World) -> None:
    buyer = world.client()
    late = world.actor(buyer, "administrator", stepped_up_at=now() - timedelta(minutes=16))
    with world.acting(late) as actor:
        target = buyer.people["auditor"].user.id
        for act in (lambda: people.invite("x@x.example", "", ["auditor"], "es", actor),
                    lambda: people.change_roles(target, ["treasury"], actor), lambda: people.resend(target, actor),
                    lambda: people.revoke(target, actor), lambda: people.disable(target, actor),
                    lambda: people.enable(target, actor), lambda: people.start_reset(target, actor)):
            with pytest.raises(StepUpNeeded):
                act()


def test_other_organizations_people_do_not_exist(world: World, client: FlaskClient) -> None:
    mine, other = world.client(), world.client("Otra Casa", "OCA030303EF3")
    stranger = other.people["auditor"].user.id
    with world.acting(world.actor(other, "administrator")) as actor:
        people.invite("luis@otra.example", "", ["auditor"], "es", actor)
    with world.owner():
        link_id = db.session.scalars(select(Link.id)).one()
    world.sign_in(client, mine.people["administrator"])
    assert client.get(f"/people/{stranger}").status_code == 404
    for path in (f"{stranger}", f"{stranger}/disable", f"{stranger}/enable", f"{stranger}/reset",
                 f"invitations/{link_id}/resend", f"invitations/{link_id}/revoke"):
        assert post(client, f"/people/{path}", {"roles": ["auditor"]}).status_code == 404, path
    with world.owner():
        row = db.session.scalars(select(Membership).filter_by(user_id=stranger)).one()
        assert (row.roles, row.ended_at) == (["auditor"], None)
        assert db.session.scalars(select(Link)).one().revoked_at is None
    assert letters(world, "reset") == []


def test_new_roles_hold_from_the_next_request(world: World, client: FlaskClient) -> None:
    buyer = world.client()
    person = buyer.people["auditor"]
    user_id, administrator = person.user.id, world.actor(buyer, "administrator")
    world.sign_in(client, person)
    assert client.get("/settings").status_code == 403
    with world.acting(administrator) as actor:
        people.change_roles(user_id, ["administrator"], actor)
    assert client.get("/settings").status_code == 200
    assert len(letters(world, "roles_changed")) == 1


def test_disabling_ends_every_session_at_once(world: World, client: FlaskClient) -> None:
    buyer = world.client()
    person = buyer.people["approver"]
    user_id, email = person.user.id, person.user.email
    world.sign_in(client, person)
    administrator = world.actor(buyer, "administrator")
    with world.acting(administrator) as actor:
        people.disable(user_id, actor)
    assert client.get("/profile").status_code == 303
    assert sign_in(world.app.test_client(), email, PASSWORD).status_code == 422
    with world.acting(administrator) as actor:
        people.enable(user_id, actor)
    assert client.get("/profile").status_code == 303  # what was ended stays ended
    assert sign_in(client, email, PASSWORD).status_code == 303


def test_roles_of_the_other_side_stay(world: World) -> None:
    buyer = world.client()
    both = world.colleague(buyer.organization, Role.TREASURY, Role.SUPPLIER_USER)
    user_id = both.user.id
    with world.acting(world.actor(buyer, "administrator")) as actor:
        people.change_roles(user_id, ["auditor"], actor)
    assert _roles(world, user_id) == ["auditor", "supplier_user"]


def test_the_last_word_is_kept_by_somebody(world: World) -> None:
    buyer = world.client()
    mine = buyer.people["administrator"].user.id
    with world.acting(world.actor(buyer, "administrator")) as actor:
        with pytest.raises(Conflict):
            people.disable(mine, actor)
        with pytest.raises(Invalid):
            people.change_roles(mine, ["auditor"], actor)


def test_a_reset_is_a_letter_never_a_password(world: World, client: FlaskClient) -> None:
    buyer = world.client()
    person = buyer.people["approver"].user
    user_id, email = person.id, person.email
    world.sign_in(client, buyer.people["administrator"])
    assert post(client, f"/people/{user_id}/reset").status_code == 303
    letter = letters(world, "reset")[0]
    assert letter.to_email == email
    other = world.app.test_client()
    other.get(f"/reset/{secret_in(letter)}")
    assert post(other, "/reset", {"password": GOOD}).status_code == 303


def test_an_invitation_is_sent_again_or_revoked(world: World, client: FlaskClient) -> None:
    buyer = world.client()
    world.sign_in(client, buyer.people["administrator"])
    post(client, "/people/invite", {"email": "luis@valle.example", "name": "", "locale": "es", "roles": ["auditor"]})

    def newest() -> Link:
        with world.owner():
            return db.session.scalars(select(Link).order_by(Link.id.desc()).limit(1)).one()

    post(client, f"/people/invitations/{newest().id}/resend")
    first, second = (secret_in(x) for x in letters(world, "colleague_invitation"))
    visitor = world.app.test_client()
    assert visitor.get(f"/join/{first}", follow_redirects=True).status_code == 410
    assert visitor.get(f"/join/{second}", follow_redirects=True).status_code == 200
    post(client, f"/people/invitations/{newest().id}/revoke")
    assert visitor.get(f"/join/{second}", follow_redirects=True).status_code == 410
    assert "luis@valle.example" not in client.get("/people").text


def test_somebody_who_works_here_is_not_invited_again(world: World) -> None:
    buyer = world.client()
    email = buyer.people["auditor"].user.email
    with world.acting(world.actor(buyer, "administrator")) as actor, pytest.raises(Invalid):
        people.invite(email.upper(), "", ["auditor"], "es", actor)


def test_the_second_wall_stands_alone(world: World) -> None:
    """Even a query that forgot every condition shows and changes nothing of others."""
    mine, other = world.client(), world.client("Otra Casa", "OCA030303EF3")
    seller = world.supplier(mine)
    with world.acting(world.actor(mine, "administrator")):
        seen = set(db.session.scalars(select(Membership.organization_id)))
        assert seen == {mine.id}
        emails = set(db.session.scalars(select(User.email)))
        assert other.people["auditor"].user.email not in emails and seller.person.user.email not in emails
        changed = db.session.query(Membership).filter_by(organization_id=other.id).update({"roles": []})
        assert changed == 0


def test_contacts_are_found_from_any_side(world: World) -> None:
    buyer = world.client()
    seller = world.supplier(buyer)
    organization, email = seller.organization.id, seller.person.user.email
    with world.acting(world.actor(buyer, "accounts_payable")):
        assert [c.email for c in queries.contacts_of(organization)] == [email]
        assert queries.contacts_of(organization, [Role.TREASURY]) == []
        assert db.session.scalars(select(Membership).filter_by(organization_id=organization)).all() == []


def test_a_person_who_is_missing_is_not_found(world: World) -> None:
    buyer = world.client()
    with world.acting(world.actor(buyer, "administrator")) as actor, pytest.raises(NotFound):
        people.change_roles(buyer.id, ["auditor"], actor)


def test_access_is_taken_and_given_back_on_the_page(world: World, client: FlaskClient) -> None:
    buyer = world.client()
    user_id, other = buyer.people["auditor"].user.id, buyer.people["treasury"].user.id
    world.sign_in(client, buyer.people["administrator"])
    for act, ended in (("disable", True), ("enable", False)):
        done = post(client, f"/people/{user_id}/{act}")
        assert (done.status_code, done.location) == (303, "/people")
        with world.owner():
            rows = db.session.scalars(select(Membership).where(Membership.user_id.in_([user_id, other]))).all()
            assert {row.user_id: bool(row.ended_at) for row in rows} == {user_id: ended, other: False}
        assert post(client, f"/people/{user_id}/{act}").status_code == 404  # it is so already


def _invited(world: World, actor: Actor, **changes: Any) -> UUID:
    with world.acting(actor):
        link_id = people.invite("luis@valle.example", "", ["auditor"], "es", actor).id
    with world.owner():
        db.session.execute(update(Link).filter_by(id=link_id).values(**changes))
    return link_id


def test_an_expired_invitation_is_taken_off_the_list(world: World) -> None:
    administrator = world.actor(world.client(), "administrator")
    link_id = _invited(world, administrator, expires_at=now() - timedelta(days=1))
    with world.acting(administrator) as actor:
        assert [i.state for i in queries.invitations(actor)] == ["expired"]
        people.revoke(link_id, actor)
        assert queries.invitations(actor) == []


@pytest.mark.parametrize("gone", ["used_at", "revoked_at"])
def test_an_invitation_that_is_over_is_not_sent_again(world: World, gone: str) -> None:
    administrator = world.actor(world.client(), "administrator")
    link_id = _invited(world, administrator, **{gone: now()})
    with world.acting(administrator) as actor:
        assert queries.invitations(actor) == []
        for act in (people.resend, people.revoke):
            with pytest.raises(Conflict):
                act(link_id, actor)
    assert len(letters(world, "colleague_invitation")) == 1


def test_an_invitation_is_sent_again_with_what_it_gave(world: World) -> None:
    administrator = world.actor(world.client(), "administrator")
    with world.acting(administrator) as actor:
        first = people.invite("luis@valle.example", " Luis ", ["auditor", "treasury"], "en", actor)
        again = people.resend(first.id, actor)
        assert again.id != first.id
        assert (again.email, again.name, set(again.roles), again.locale, again.organization_id) == (
            "luis@valle.example", "Luis", {"auditor", "treasury"}, "en", actor.organization_id)
