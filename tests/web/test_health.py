"""What load balancers and Prometheus are told, and who may ask."""
import dataclasses
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import RedisError
from sqlalchemy.exc import OperationalError

from portal.core import db
from portal.core.clock import now
from portal.jobs.models import OutboxRow, WorkState
from portal.web import health


def _settings(app: Flask, monkeypatch: pytest.MonkeyPatch, **changes: str) -> None:
    monkeypatch.setitem(app.extensions, "portal_settings",
                        dataclasses.replace(app.extensions["portal_settings"], **changes))


@pytest.mark.parametrize(("given", "status"), [("Bearer secret", 200), ("Bearer secre", 404), ("", 404),
                                               ("secret", 404), ("Bearer señal", 404)])
def test_with_a_token_only_its_holder_reads_the_metrics(client: FlaskClient, ctx: Flask,
                                                        monkeypatch: pytest.MonkeyPatch, given: str,
                                                        status: int) -> None:
    _settings(ctx, monkeypatch, metrics_token="secret")
    assert client.get("/metrics", headers={"Authorization": given}).status_code == status


@pytest.mark.parametrize(("address", "headers", "status"), [
    ("127.0.0.1", {}, 200), ("::1", {}, 200), ("192.0.2.7", {}, 404),
    ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, 404)])
def test_without_a_token_only_this_machine_reads_them(client: FlaskClient, address: str, headers: dict[str, str],
                                                      status: int) -> None:
    answer = client.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": address})
    assert answer.status_code == status


def test_the_metrics_say_how_the_outbox_stands(client: FlaskClient, ctx: Flask) -> None:
    assert "outbox_oldest_seconds 0.0" in client.get("/metrics").text
    common = {"name": "files.sweep", "queue": "bulk", "payload": {}}
    with db.transaction(db.Scope(role="portal_owner")):
        db.session.add_all([OutboxRow(state=WorkState.PARKED, available_at=now(), **common) for _n in range(2)])
        db.session.add(OutboxRow(state=WorkState.PENDING, available_at=now() - timedelta(hours=1), **common))
    said = dict(line.split(" ") for line in client.get("/metrics").text.splitlines() if line.startswith("outbox"))
    assert float(said["outbox_parked"]) == 2 and float(said["outbox_oldest_seconds"]) >= 3600


def test_ready_without_redis_and_not_without_a_database(client: FlaskClient, ctx: Flask,
                                                        monkeypatch: pytest.MonkeyPatch) -> None:
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json["status"], ready.json["database"], ready.json["redis"]) == (
        200, "ok", True, False)

    def away(*_given: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("away"))

    monkeypatch.setattr(db.session, "execute", away)
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json["status"], ready.json["database"]) == (503, "unavailable", False)


@pytest.mark.parametrize("answers", [True, False])
def test_redis_is_asked_when_there_is_one(client: FlaskClient, ctx: Flask, monkeypatch: pytest.MonkeyPatch,
                                          answers: bool) -> None:
    class Server:
        @classmethod
        def from_url(cls, url: str, **_options: float) -> "Server":
            assert url == "redis://there"
            return cls()

        def ping(self) -> bool:
            if not answers:
                raise RedisError
            return True

    monkeypatch.setattr(health, "Redis", Server)
    _settings(ctx, monkeypatch, redis_url="redis://there")
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json["redis"]) == (200, answers)
