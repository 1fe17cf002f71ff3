"""An actor: what it may, whose rows it sees, and when the password is asked again."""
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from portal.access import binds
from portal.access.actor import ANONYMOUS, Actor, system
from portal.access.permissions import Permission as P
from portal.access.policy import Purpose, Side
from portal.core.errors import NotAllowed, StepUpNeeded
from portal.core.ids import new_id

NOW = datetime(2026, 11, 26, 18, tzinfo=UTC)
MINE, OTHER, PERSON = new_id(), new_id(), new_id()


def actor(side: Side = Side.CLIENT, **more: object) -> Actor:
    """Somebody of an organization."""
    return Actor(side=side, user_id=PERSON, organization_id=MINE).on(**more)


@pytest.mark.parametrize(("ago", "asked"), [(None, True), (0, False), (15 * 60, False), (15 * 60 + 1, True)])
def test_the_password_holds_for_a_quarter_of_an_hour(ago: int | None, asked: bool) -> None:
    given = None if ago is None else NOW - timedelta(seconds=ago)
    with time_machine.travel(NOW, tick=False):
        if asked:
            with pytest.raises(StepUpNeeded):
                actor(stepped_up_at=given).step_up()
        else:
            actor(stepped_up_at=given).step_up()


def test_the_portal_itself_has_no_password() -> None:
    system(MINE).step_up()
    with pytest.raises(StepUpNeeded):
        ANONYMOUS.step_up()


@pytest.mark.parametrize(("side", "client"), [(Side.CLIENT, MINE), (Side.SYSTEM, MINE), (Side.SUPPLIER, None),
                                              (Side.OPERATOR, None), (Side.ANONYMOUS, None)])
def test_only_a_client_s_side_acts_for_the_client(side: Side, client: object) -> None:
    scope = actor(side).scope
    assert actor(side).client_id == client
    assert scope.clients == ((client,) if client else ())
    assert (scope.user_id, scope.organizations, scope.role) == (PERSON, (MINE,), "portal_app")


def test_a_scope_holds_what_the_actor_was_given() -> None:
    scope = actor(Side.SUPPLIER, relationships=(OTHER,), partners=(PERSON,), organizations=(OTHER, MINE)).scope
    assert (scope.relationships, scope.partners, scope.organizations) == ((OTHER,), (PERSON,), (MINE, OTHER))
    nobody = ANONYMOUS.scope
    assert (nobody.user_id, nobody.organizations, nobody.clients, nobody.relationships) == (None, (), (), ())


def test_what_is_not_held_is_refused() -> None:
    one = actor(permissions=frozenset((P.Invoice.READ,)))
    one.require(P.Invoice.READ)
    one.require_opening(Purpose.INVOICE)
    assert one.can(P.Invoice.READ) and not one.can(P.Invoice.SUBMIT)
    assert one.can_open(Purpose.INVOICE) and not one.can_open(Purpose.RECORD)
    for act in (lambda: one.require(P.Invoice.SUBMIT), lambda: one.require_opening(Purpose.RECORD),
                lambda: ANONYMOUS.require(P.Invoice.READ)):
        with pytest.raises(NotAllowed):
            act()


def test_statements_that_are_built_once_have_the_same_values() -> None:
    one = actor(roles=frozenset(("b", "a")), relationships=(OTHER,))
    assert binds.values(one) == {"actor_client": MINE, "actor_user": PERSON, "actor_roles": ["a", "b"],
                                 "actor_relationship": OTHER, "actor_relationships": [OTHER]}
    several = binds.values(actor(relationships=(OTHER, MINE)))
    assert (several["actor_relationship"], several["actor_relationships"]) == (None, [OTHER, MINE])
