"""Forms that somebody else's page sends, and addresses that are merely looked at: neither changes anything."""
import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.access.policy import Role
from tests.accounts.steps import token_of
from tests.security.addresses import Address, addresses, for_whom, one_of
from tests.security.conftest import Two
from tests.security.rows import prints

# What a look leaves behind on purpose.
TRACES = {"audit_events", "sessions"}


def _by_role(app: Flask, method: str) -> list[tuple[Role, Address]]:
    found = [(for_whom(a.permission), a) for a in addresses(app) if a.method == method]
    return sorted(found, key=lambda pair: pair[0].value)


@pytest.mark.parametrize("guard", ["none", "empty", "invented", "of_another_browser"])
def test_a_form_without_its_guard_changes_nothing(two: Two, client: FlaskClient, app: Flask, guard: str) -> None:
    """Signed in as somebody who may, with fresh password: only the guard is missing."""
    stranger = token_of(app.test_client(), "/sign-in")
    sent = {"none": {}, "empty": {"csrf_token": ""}, "invented": {"csrf_token": "a.b.c"},
            "of_another_browser": {"csrf_token": stranger}}[guard]
    wrong, last, found = [], None, _by_role(app, "POST")
    token_of(client, "/recover")  # this browser has a guard of its own, which is not the one that is sent
    people = {role: one_of(two, role) for role, _address in found}
    before = prints(two.world)
    for role, address in found:
        if role is not last:
            two.world.sign_in(client, people[role])
            last, before = role, prints(two.world)
        answer = client.post(address.at(app, two.mine.ids), data=sent)
        if answer.status_code != 400:
            wrong.append((address, answer.status_code))
    assert len(found) > 45 and not wrong
    assert prints(two.world) == before


def test_no_address_is_outside_the_guard(app: Flask) -> None:
    guard = app.extensions["csrf"]
    assert not guard._exempt_views and not guard._exempt_blueprints
    assert app.config["WTF_CSRF_ENABLED"] and app.config["WTF_CSRF_CHECK_DEFAULT"]


def test_the_guard_reads_where_a_form_comes_from(two: Two, client: FlaskClient, ctx: Flask,
                                                 monkeypatch: pytest.MonkeyPatch) -> None:
    """On https a right guard sent from another site's page is refused too."""
    monkeypatch.setitem(ctx.config, "SESSION_COOKIE_SECURE", True)
    page = client.get("/recover", base_url="https://localhost").text
    guard = page.split('name="csrf_token" value="')[1].split('"')[0]
    for referer, status in (("https://evil.example/", 400), ("https://localhost.evil.example/", 400), ("", 400),
                            ("https://localhost/recover", 303)):
        answer = client.post("/language", base_url="https://localhost", data={"csrf_token": guard, "lang": "en"},
                             headers={"Referer": referer} if referer else {})
        assert answer.status_code == status, referer


def test_looking_changes_nothing(two: Two, client: FlaskClient, app: Flask) -> None:
    wrong, last = [], None
    people = {role: one_of(two, role) for role, _address in _by_role(app, "GET")}
    before = prints(two.world)
    for role, address in _by_role(app, "GET"):
        if role is not last:
            two.world.sign_in(client, people[role])
            last, before = role, prints(two.world)
        client.get(address.at(app, two.mine.ids))
        after = prints(two.world)
        if changed := {t for t in after if after[t] != before[t]} - TRACES:
            wrong.append((address, changed))
        before = after
    assert not wrong
