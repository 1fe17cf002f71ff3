"""The building blocks: people, and who works where with what roles."""
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal.access.actor import ANONYMOUS, Actor
from portal.access.policy import Role
from portal.accounts import configuration, entrance, profile, queries, recovery, services
from portal.accounts.models import Membership, Organization, User
from portal.accounts.policy import PasswordPolicy
from portal.core import db
from portal.core.clock import now
from portal.core.errors import Invalid, NotAllowed, NotFound
from portal.core.ids import new_id
from tests.factories import World


def _member(world: World, user_id: Any) -> Membership:
    with world.owner():
        return db.session.scalars(select(Membership).filter_by(user_id=user_id)).one()


def test_an_address_has_one_account_however_it_is_written(world: World) -> None:
    with db.transaction(db.DOOR):
        row = services.create_user(" Ana@Valle.example ", " Ana ", password=None)
        assert (row.email, row.email_key, row.name) == ("Ana@valle.example", "ana@valle.example", "Ana")
        assert (row.password_hash, row.password_changed_at) == (None, None)
        with pytest.raises(Invalid) as refused:
            services.create_user("ana@VALLE.example")
        assert list(refused.value.fields) == ["email"]


def test_roles_are_added_to_those_of_before(world: World) -> None:
    buyer = world.client()
    user_id = buyer.people["auditor"].user.id
    with db.transaction(db.DOOR):
        services.add_member(buyer.id, user_id, [Role.TREASURY])
    assert _member(world, user_id).roles == ["auditor", "treasury"]


def test_who_comes_back_has_only_the_roles_that_are_given_now(world: World) -> None:
    buyer = world.client()
    user_id = buyer.people["administrator"].user.id
    with world.owner():
        db.session.scalars(select(Membership).filter_by(user_id=user_id)).one().ended_at = now()
    with db.transaction(db.DOOR):
        services.add_member(buyer.id, user_id, [Role.AUDITOR])
    row = _member(world, user_id)
    assert (row.roles, row.ended_at) == (["auditor"], None)


def test_a_role_that_does_not_exist_is_not_given(world: World) -> None:
    buyer = world.client()
    with db.transaction(db.DOOR), pytest.raises(ValueError):
        services.add_member(buyer.id, buyer.people["auditor"].user.id, ["owner"])


@pytest.mark.parametrize(("asks", "seen", "due"), [(True, True, True), (True, False, False), (False, True, False)])
def test_who_brings_a_password_chooses_a_new_one_where_that_is_asked(world: World, asks: bool, seen: bool,
                                                                      due: bool) -> None:
    buyer, other = world.client(), world.client("Otra Casa", "OCA030303EF3")
    user_id = other.people["auditor"].user.id
    with world.owner():
        db.session.get_one(Organization, buyer.id).password_policy = {"change_at_first": asks}
        db.session.get_one(User, user_id).last_seen_at = now() - timedelta(days=1) if seen else None
    with db.transaction(db.DOOR):
        services.add_member(buyer.id, user_id, [Role.AUDITOR])
    with world.owner():
        assert db.session.get_one(User, user_id).must_change_password is due


@pytest.mark.parametrize("act", [
    lambda actor: entrance.switch(new_id(), "client", actor),
    lambda actor: recovery.end_others(actor),
    lambda actor: recovery.end_one(new_id(), actor)])
def test_a_stranger_has_nothing_to_end_or_to_switch(world: World, act: Any) -> None:
    with db.transaction(db.Scope()), pytest.raises(NotAllowed):
        act(ANONYMOUS)


def test_a_session_without_a_row_is_nobodys(world: World) -> None:
    person = world.client().people["auditor"]
    with world.acting(world.actor_of(person, user_id=new_id())) as actor, pytest.raises(NotFound):
        profile.get(actor)
    with world.acting(world.actor_of(person, organization_id=new_id())) as actor, pytest.raises(NotFound):
        queries.organization(actor)
    with world.acting(world.actor_of(person, organization_id=None)) as actor, pytest.raises(NotFound):
        queries.organization(actor)


@pytest.mark.parametrize(("given", "field"), [
    ((" ", "es", "UTC", "auto"), "name"), (("Ana", "fr", "UTC", "auto"), ""), (("Ana", "es", "UTC", "pink"), ""),
    (("Ana", "es", "Mars/Base", "auto"), "zone")])
def test_a_profile_takes_what_is_on_the_lists(world: World, given: tuple[str, str, str, str], field: str) -> None:
    person = world.client().people["auditor"]
    with world.acting(world.actor_of(person)) as actor:
        with pytest.raises(Invalid) as refused:
            profile.change(*given, actor)
        assert list(refused.value.fields) == ([field] if field else [])
        assert bool(str(refused.value.message)) == (not field)
        with pytest.raises(NotFound):
            profile.speak("fr", actor)


@pytest.mark.parametrize(("act", "fields"), [
    (lambda actor: configuration.change_organization(" ", "es", "UTC", actor), ["name"]),
    (lambda actor: configuration.change_policy(PasswordPolicy(11, ("digit",)), actor), ["min_length"]),
    (lambda actor: configuration.change_policy(PasswordPolicy(65, ("emoji",)), actor), ["min_length", "classes"]),
    (lambda actor: configuration.add_profile(configuration.Profile("x", " , ", "6300", ("999",)), actor),
     ["rfc", "fiscal_name", "postcode", "regimes"])])
def test_each_wrong_field_has_its_sentence(world: World, act: Any, fields: list[str]) -> None:
    with world.acting(world.actor(world.client(), "administrator")) as actor:
        with pytest.raises(Invalid) as refused:
            act(actor)
        assert list(refused.value.fields) == fields and all(str(s) for s in refused.value.fields.values())


def _keeper(world: World) -> Actor:
    return world.actor(world.client(), "administrator")


def test_an_organization_keeps_its_language_when_an_unknown_one_is_given(world: World) -> None:
    with world.acting(_keeper(world)) as actor:
        row = configuration.change_organization(" Valle ", "fr", "America/Tijuana", actor)
        assert (row.name, row.locale, row.zone) == ("Valle", "es", "America/Tijuana")


@pytest.mark.parametrize(("roles", "ended", "same", "after"), [
    (["supplier_user"], False, True, ["supplier_user"]), (["administrator"], False, True, ["administrator",
                                                                                           "supplier_administrator"]),
    (["supplier_administrator"], True, False, ["supplier_administrator"]),  # one who left makes an account of their own
    (["auditor"], False, False, ["auditor"])])
def test_a_person_brings_an_account_only_as_one_of_its_own(world: World, roles: list[str], ended: bool, same: bool,
                                                           after: list[str]) -> None:
    buyer = world.client()
    user_id = buyer.people["auditor"].user.id
    with world.owner():
        row = db.session.scalars(select(Membership).filter_by(user_id=user_id)).one()
        row.roles, row.ended_at = roles, now() if ended else None
    with db.transaction(db.Scope()):
        found = services.supplier_account(user_id, name="Otra", tax_id=" cva010101ab1 ")
        assert (found.id == buyer.id) is same
        assert services.supplier_account(user_id, name="Otra", tax_id="CVA010101AB1").id == found.id
        abroad = services.supplier_account(user_id, name="Otra", tax_id="CVA010101AB1", country="USA")
        assert abroad.id not in (buyer.id, found.id)
    with world.owner():
        kept = db.session.scalars(select(Membership).filter_by(user_id=user_id, organization_id=buyer.id)).one()
        assert (sorted(kept.roles), bool(kept.ended_at)) == (after, ended)
        other = db.session.scalars(select(Membership).filter_by(user_id=user_id, organization_id=abroad.id)).one()
        assert other.roles == ["supplier_administrator"]
