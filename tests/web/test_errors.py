"""What goes wrong becomes a page that says what to do, with the right number."""
import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import TooManyRequests

from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound, Unavailable
from portal.storage.store import Missing, TooLarge


@pytest.mark.parametrize(("error", "status", "retry"), [
    (NotFound(), 404, None), (NotAllowed("no"), 403, None), (Conflict("stale"), 409, None), (Invalid("odd"), 422, None),
    (Unavailable(), 503, "10"), (TooLarge(), 413, None), (Missing(), 500, None),
    (OperationalError("", {}, None), 503, "10"), (TooManyRequests(retry_after=7), 429, "7"),
    (KeyError("x"), 500, None)])
def test_each_error_has_its_page(client: FlaskClient, ctx: Flask, monkeypatch: pytest.MonkeyPatch, error: Exception,
                                 status: int, retry: str | None) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setitem(ctx.view_functions, "accounts.recover", fail)
    monkeypatch.setitem(ctx.config, "PROPAGATE_EXCEPTIONS", False)
    answer = client.get("/recover")
    assert (answer.status_code, answer.headers.get("Retry-After")) == (status, retry)
    assert str(getattr(error, "message", "")) in answer.text
    assert '<html lang="es"' in answer.text


@pytest.mark.parametrize(("code", "status"), [(418, 400), (501, 500), (415, 400)])
def test_an_error_without_a_page_has_its_family_s(client: FlaskClient, ctx: Flask, monkeypatch: pytest.MonkeyPatch,
                                                  code: int, status: int) -> None:
    monkeypatch.setitem(ctx.view_functions, "accounts.recover", lambda: abort(code))
    assert client.get("/recover").status_code == status


def test_what_is_not_offered_says_what_is(client: FlaskClient) -> None:
    refused = client.delete("/recover")
    assert refused.status_code == 405 and "POST" in refused.headers["Allow"]
