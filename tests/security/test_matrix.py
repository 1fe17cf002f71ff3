"""Every address of the portal as everybody who must not."""
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.access.policy import ROLES, Role
from portal.web.page import PUBLIC, ROUTES
from tests.factories import Person
from tests.security.addresses import CLIENT_ROLES, Address, addresses, one_of, table_of
from tests.security.conftest import Two
from tests.security.rows import prints

# They forget something of one's own and do not say whether it was there: 303, and nothing of others is changed.
QUIET = {"accounts.discard", "accounts_profile.end_session"}
# Refused for what the pair is (it sends CFDI), before the other id is looked at.
EARLIER = {("invoices.add_foreign", "file_id")}


def _ask(browser: FlaskClient, app: Flask, address: Address, ids: dict[str, UUID]) -> int:
    return browser.open(address.at(app, ids), method=address.method).status_code


def test_the_only_addresses_outside_the_kit_are_known(app: Flask) -> None:
    assert {r.endpoint for r in app.url_map.iter_rules()} - set(ROUTES) <= {"healthz", "readyz", "metrics", "static"}


def test_what_is_public_is_known(app: Flask) -> None:
    public = {a.endpoint.partition(".")[0] for a in addresses(app) if a.permission == PUBLIC}
    assert public == {"accounts", "accounts_links", "demo", "files", "mail"}


def test_strangers_are_asked_to_sign_in(two: Two, client: FlaskClient, app: Flask, unguarded: None) -> None:
    before, wrong = prints(two.world), []
    for address in (a for a in addresses(app) if a.permission != PUBLIC):
        answer = client.open(address.at(app, two.mine.ids), method=address.method)
        if answer.status_code != 303 or not answer.location.startswith("/sign-in"):
            wrong.append((address, answer.status_code))
    assert not wrong
    assert prints(two.world) == before


@pytest.mark.parametrize("role", [r.value for r in Role])
def test_a_role_reaches_no_page_that_it_was_not_given(
        two: Two, client: FlaskClient, app: Flask, unguarded: None, role: str) -> None:
    two.world.sign_in(client, one_of(two, Role(role)))
    before, wrong = prints(two.world), []
    forbidden = [a for a in addresses(app) if a.permission not in {PUBLIC, *ROLES[Role(role)]}]
    for address in forbidden:
        if (status := _ask(client, app, address, two.mine.ids)) not in (403, 404):
            wrong.append((address, status))
    assert len(forbidden) > 30 and not wrong
    assert prints(two.world) == before


@pytest.mark.parametrize("role", [*CLIENT_ROLES, "supplier_administrator", "supplier_user"])
def test_what_is_another_clients_is_not_there(
        two: Two, client: FlaskClient, app: Flask, unguarded: None, role: str) -> None:
    _refused(two, client, app, one_of(two, Role(role)), two.theirs.ids)


@pytest.mark.parametrize("role", ["supplier_administrator", "supplier_user"])
def test_what_is_another_suppliers_is_not_there(
        two: Two, client: FlaskClient, app: Flask, unguarded: None, role: str) -> None:
    """Of the same client: whose configuration both may read, so only what names a pair is asked for."""
    person = two.world.colleague(two.mine.other.organization, Role(role))
    _refused(two, client, app, person, two.mine.ids)


def _refused(two: Two, client: FlaskClient, app: Flask, person: Person, ids: dict[str, UUID]) -> None:
    two.world.sign_in(client, person)
    before, wrong = prints(two.world), []
    allowed = {p for role in person.roles for p in ROLES[Role(role)]}
    for address in (a for a in addresses(app) if a.foreign and a.permission in allowed):
        status = _ask(client, app, address, ids)
        if status != 404 and not (address.endpoint in QUIET and status == 303):
            wrong.append((address, status))
    assert not wrong
    assert prints(two.world) == before


def test_my_key_does_not_open_a_neighbours_drawer(
        two: Two, client: FlaskClient, app: Flask, unguarded: None) -> None:
    """Addresses with two ids: the first one's own, the second somebody else's, and the other way round."""
    pairs = [a for a in addresses(app) if sum(n.endswith("_id") for n in a.carries) == 2]
    wrong = []
    for person in (*two.mine.buyer.people.values(), two.mine.seller.person):
        two.world.sign_in(client, person)
        before = prints(two.world)
        allowed = {p for role in person.roles for p in ROLES[Role(role)]}
        for address in (a for a in pairs if a.permission in allowed):
            for carried in address.carries:
                table = table_of(address.endpoint, carried)
                status = _ask(client, app, address, {**two.mine.ids, table: two.theirs.ids[table]})
                if status != 404 and not (status == 422 and (address.endpoint, carried) in EARLIER):
                    wrong.append((person.roles, address, carried, status))
        assert prints(two.world) == before
    assert len(pairs) > 5 and not wrong


@pytest.mark.parametrize("role", [*CLIENT_ROLES, "supplier_administrator"])
def test_what_is_mine_is_there(two: Two, client: FlaskClient, app: Flask, role: str) -> None:
    """The control: the same addresses answer the one to whom they belong."""
    person = one_of(two, Role(role))
    two.world.sign_in(client, person)
    reached = [a for a in addresses(app) if a.method == "GET" and a.foreign and a.permission in ROLES[Role(role)]]
    shown = {a.endpoint for a in reached if _ask(client, app, a, two.mine.ids) in (200, 302, 303)}
    assert shown >= ({"invoices.show", "payments.show"} | (
        {"suppliers.show", "suppliers_review.show"} if person.organization.is_client else {"suppliers_record.show"}))


def test_an_act_is_not_done_by_asking_for_it(two: Two, client: FlaskClient, app: Flask) -> None:
    """What changes something answers to POST alone, and nothing answers to methods that it does not know."""
    two.world.sign_in(client, two.mine.buyer.people["administrator"])
    before, wrong = prints(two.world), []
    for rule in (r for r in app.url_map.iter_rules() if r.endpoint in ROUTES):
        address = Address(rule.endpoint, "", "", tuple(sorted(rule.arguments)))
        path = address.at(app, two.mine.ids)
        for method in ({"GET", "PUT", "DELETE", "PATCH", "TRACE"} - set(rule.methods or ())):
            answer = client.open(path, method=method, headers={"X-HTTP-Method-Override": "POST"})
            if answer.status_code not in (404, 405, 400):
                wrong.append((method, path, answer.status_code))
    assert not wrong
    assert prints(two.world) == before
