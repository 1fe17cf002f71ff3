"""What every answer says to the browser: what may run, be kept and be framed; and how cookies are guarded."""
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config.settings import Settings
from portal.access.policy import Role
from portal.factory import create_app
from portal.mail.views import FRAME
from portal.web.headers import POLICY, USER_BYTES
from tests.security.addresses import Address, addresses, for_whom, one_of
from tests.security.conftest import Two

SECURE = "https://localhost"
# What is not a page of the portal: user bytes, and a letter in its frame.
OTHER_POLICY = {"files.download": USER_BYTES, "files.preview": USER_BYTES, "demo.file": USER_BYTES,
                "audit.export": USER_BYTES, "payments.remittance": USER_BYTES, "mail.look": FRAME}
SAID = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin"}


@pytest.fixture()
def https(ctx: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The application as behind https."""
    for name, value in {"SESSION_COOKIE_SECURE": True, "SESSION_COOKIE_NAME": "__Host-portal",
                        "PREFERRED_URL_SCHEME": "https", "BASE_URL": SECURE}.items():
        monkeypatch.setitem(ctx.config, name, value)
    return ctx


def _asked(two: Two, browser: FlaskClient, app: Flask) -> Iterator[tuple[Address, Any]]:
    """Ask for every address as somebody for whom it is."""
    last: Role | None = None
    for address in sorted(addresses(app), key=lambda a: for_whom(a.permission).value):
        if (role := for_whom(address.permission)) is not last:
            token = two.world.sign_in(browser, one_of(two, role)).get_cookie("sid", "localhost")
            browser.set_cookie("__Host-sid", token.value if token else "", domain="localhost", secure=True)
            last = role
        path = address.at(app, two.mine.ids)
        yield address, browser.open(path, method=address.method, base_url=SECURE, query_string={"lang": "en"})


def test_every_answer_carries_the_whole_set(two: Two, client: FlaskClient, https: Flask) -> None:
    wrong, seen = [], 0
    for address, answer in _asked(two, client, https):
        seen += answer.status_code == 200
        wanted = {**SAID, "Content-Security-Policy": OTHER_POLICY.get(address.endpoint, POLICY)
                  if answer.status_code == 200 else POLICY}
        if address.endpoint == "mail.look" and answer.status_code == 200:
            wanted["X-Frame-Options"] = "SAMEORIGIN"
        if "no-referrer" in answer.headers["Referrer-Policy"]:  # where a secret stands in the address
            wanted["Referrer-Policy"] = "no-referrer"
        wrong += [(address, name, answer.headers.get(name)) for name, value in wanted.items()
                  if answer.headers.get(name) != value]
        wrong += [(address, name) for name in ("Strict-Transport-Security", "Permissions-Policy")
                  if not answer.headers.get(name)]
        if "Cookie" not in answer.headers.get("Vary", "") or "no-store" not in answer.headers.get("Cache-Control", ""):
            wrong.append((address, "kept by caches"))
    assert seen > 60 and not wrong


def test_every_cookie_is_guarded(two: Two, client: FlaskClient, https: Flask) -> None:
    given: dict[str, set[str]] = {}
    for _address, answer in _asked(two, client, https):
        for cookie in answer.headers.getlist("Set-Cookie"):
            given.setdefault(cookie.partition("=")[0], set()).add(cookie)
    given.setdefault("lang", set()).update(_language(client))
    assert {"lang", "__Host-portal"} <= set(given)
    for name, cookies in given.items():
        for cookie in cookies:
            flags = {part.strip().lower() for part in cookie.split(";")[1:]}
            assert {"secure", "path=/"} <= flags and flags & {"samesite=lax", "samesite=strict"}, cookie
            assert "httponly" in flags or name == "theme", cookie
            assert not any(flag.startswith("domain") for flag in flags), cookie


def _language(browser: FlaskClient) -> list[str]:
    page = browser.get("/recover", base_url=SECURE).text
    guard = page.split('name="csrf_token" value="')[1].split('"')[0]
    answer = browser.post("/language", base_url=SECURE, data={"lang": "en", "csrf_token": guard},
                          headers={"Referer": f"{SECURE}/recover"})
    assert answer.status_code == 303 and answer.headers.getlist("Set-Cookie")
    return answer.headers.getlist("Set-Cookie")


def test_the_session_is_named_so_that_no_neighbour_can_plant_it(two: Two, client: FlaskClient, https: Flask) -> None:
    page = client.get("/sign-in", base_url=SECURE).text
    guard = page.split('name="csrf_token" value="')[1].split('"')[0]
    person = two.mine.buyer.people["auditor"]
    answer = client.post("/sign-in", base_url=SECURE, headers={"Referer": f"{SECURE}/sign-in"}, data={
        "csrf_token": guard, "email": person.user.email, "password": "correct horse battery staple"})
    given = next(c for c in answer.headers.getlist("Set-Cookie") if "sid=" in c)
    assert given.startswith("__Host-sid=") and {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= {
        part.strip() for part in given.split(";")}
    assert "Max-Age" not in given and "Expires" not in given


def test_plain_http_promises_no_https(two: Two, client: FlaskClient) -> None:
    assert "Strict-Transport-Security" not in client.get("/sign-in").headers


@pytest.mark.parametrize(("method", "path", "status"), [
    ("GET", "/nothing/here", 404), ("DELETE", "/sign-in", 405), ("POST", "/sign-in", 400), ("GET", "/metrics", 200),
    ("GET", "/healthz", 200), ("GET", "/readyz", 200)])
def test_errors_and_the_probes_carry_them_too(client: FlaskClient, method: str, path: str, status: int) -> None:
    answer = client.open(path, method=method)
    assert answer.status_code == status
    assert answer.headers["Content-Security-Policy"] == POLICY and "no-store" in answer.headers["Cache-Control"]
    assert {name: answer.headers.get(name) for name in SAID} == SAID


def test_an_error_that_nobody_foresaw_tells_nothing(
        client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = "postgresql://portal:hunter2@db/SELECT password_hash FROM users"
    monkeypatch.setitem(app.view_functions, "accounts.recover", lambda: 1 / int(secret))
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    answer = client.get("/recover")
    assert answer.status_code == 500 and answer.headers["Content-Security-Policy"] == POLICY
    for inside in ("hunter2", "Traceback", "invalid literal", "ValueError", "/portal/", "SELECT", "Werkzeug"):
        assert inside not in answer.text
    assert "csp" not in answer.text.lower() and "Server" not in answer.headers


def test_nothing_unsafe_is_allowed_to_run() -> None:
    rules = dict(rule.strip().partition(" ")[::2] for rule in POLICY.split(";"))
    assert rules["default-src"] == "'none'" and rules["script-src"] == rules["style-src"] == "'self'"
    assert rules["frame-ancestors"] == rules["base-uri"] == "'none'" and rules["form-action"] == "'self'"
    assert not any(word in POLICY for word in ("unsafe", "*", "http:", "blob:"))
    assert USER_BYTES.startswith("sandbox;") and "allow" not in USER_BYTES
    assert "allow-scripts" not in FRAME and "allow-same-origin" not in FRAME


@pytest.mark.parametrize(("base", "secure", "name"), [
    ("https://invoices.example.com", True, "__Host-portal"), ("http://localhost:8000", False, "portal")])
def test_the_address_decides_whether_cookies_need_https(tmp_path: Any, base: str, secure: bool, name: str) -> None:
    app = create_app(Settings.from_env({"PORTAL_HOME": str(tmp_path), "PORTAL_BASE_URL": base,
                                          "PORTAL_RATE_LIMITS": "0"}))
    assert app.config["SESSION_COOKIE_SECURE"] is secure and app.config["SESSION_COOKIE_NAME"] == name
    assert app.config["SESSION_COOKIE_HTTPONLY"] and app.config["SESSION_COOKIE_SAMESITE"] == "Lax"
