"""Connections that rested are tried before they are used; the database may have gone away meanwhile."""
import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from portal.core import db
from tests import harness

ENDING = text("SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity WHERE datname = :name")


def answer(app: Flask) -> int:
    """Ask the database something in a transaction of its own; return which of its processes answered."""
    with app.app_context(), db.transaction(db.DOOR):
        return int(db.session.scalar(text("SELECT pg_backend_pid()")))


def end(app: Flask, cluster_url: str) -> None:
    """End the server's side of all connections of `app`, as a restart does."""
    with app.app_context():
        name = db.db.engine.url.database
    engine = create_engine(harness.at(cluster_url, "postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        ended = connection.scalars(ENDING, {"name": name}).all()
    assert ended and all(ended)
    engine.dispose()


def test_a_connection_that_died_while_it_rested_is_replaced(
        live: Flask, cluster_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db, "_RESTED", 0.0)
    first = answer(live)
    end(live, cluster_url)
    assert answer(live) != first


def test_a_connection_that_did_not_rest_is_not_tried(
        live: Flask, cluster_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db, "_RESTED", 3600.0)
    answer(live)
    end(live, cluster_url)
    with pytest.raises(OperationalError):  # told as 503; the pool is emptied, so that the next one goes well
        answer(live)
    assert answer(live)


def test_a_scope_ends_with_its_transaction(live: Flask) -> None:
    answer(live)
    with live.app_context(), db.transaction(db.Scope()):
        assert db.session.scalar(text("SELECT current_user")) == "portal_app"
