"""The world that is attacked: made once in a database of its own, and given back as it was after every test."""
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url

from portal.core.db import db
from portal.factory import create_app
from tests import harness
from tests.boxes import remembering
from tests.factories import World
from tests.security.rows import Holding, holding, real

__all__ = ["remembering"]


@dataclass
class Two:
    """Two clients that know nothing of each other, each with two suppliers and a row in every table."""

    world: World
    mine: Holding
    theirs: Holding


@pytest.fixture(scope="session")
def database_url(cluster_url: str, worker_id: str) -> str:
    """A database of this worker for these tests alone."""
    return harness.copy_database(cluster_url, f"security_{worker_id}")


@pytest.fixture(scope="session")
def app(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application, on that database."""
    made = create_app(harness.settings(database_url, tmp_path_factory.mktemp("security")))
    made.test_client_class = harness.Browser
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def settled(app: Flask) -> tuple[Holding, Holding]:
    """What the two clients have, committed."""
    with app.app_context():
        world = World(app)
        return holding(world, "A"), holding(world, "B")


@pytest.fixture()
def world(settled: tuple[Holding, Holding], ctx: Flask) -> World:
    """Makes what one test needs besides."""
    made = World(ctx)
    made._count = 1000
    return made


@pytest.fixture()
def two(world: World, settled: tuple[Holding, Holding]) -> Two:
    """The two of them. What is encrypted is written anew: another test of this process may have had other keys."""
    for held in settled:
        with world.owner():
            real(held.ids)
    return Two(world, *settled)


@pytest.fixture()
def unguarded(ctx: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the guard against forged forms away, so that what stands behind it is what answers."""
    monkeypatch.setitem(ctx.config, "WTF_CSRF_ENABLED", False)


@pytest.fixture()
def engine(cluster_url: str, database_url: str) -> Iterator[Engine]:
    """A connection that signs in as the application's role itself, as in production."""
    superuser = create_engine(cluster_url, isolation_level="AUTOCOMMIT")
    with superuser.connect() as connection:
        # the role is the cluster's, so the workers of one run take turns
        connection.execute(text("SELECT pg_advisory_lock(7401)"))
        connection.execute(text("ALTER ROLE portal_app PASSWORD 'for this test'"))
        connection.execute(text("SELECT pg_advisory_unlock(7401)"))
    made = create_engine(make_url(database_url).set(username="portal_app", password="for this test"))
    yield made
    made.dispose()
    superuser.dispose()
