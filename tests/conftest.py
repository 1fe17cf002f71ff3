"""The test harness: one embedded PostgreSQL for the run, one database a worker, one rolled-back transaction a test.

`app`, `client`, `world` work inside a transaction that is rolled back. `live` gives a database of its own with real
commits, for races and for servers that run beside the test. PORTAL_TEST_PG=15 runs on the distribution's PostgreSQL.
"""
import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings
from playwright.sync_api import Browser

from portal.core.db import db
from portal.factory import create_app
from portal.local.postgres import Cluster
from tests import chromium as one_chromium
from tests import harness
from tests.factories import World

settings.register_profile("acuse", deadline=None)  # what is right does not depend on how fast the machine is
settings.load_profile("acuse")


def pytest_configure(config: pytest.Config) -> None:
    """Start the cluster once, in the process that starts the workers."""
    if hasattr(config, "workerinput"):
        return
    config._home = Path(tempfile.mkdtemp(prefix="acuse-test-"))  # type: ignore[attr-defined]
    os.chmod(config._home, 0o755)  # type: ignore[attr-defined]
    config._cluster = harness.start_cluster(config._home)  # type: ignore[attr-defined]


def pytest_configure_node(node: Any) -> None:
    """Hand the cluster's address to a worker."""
    node.workerinput["cluster"] = node.config._cluster.superuser_url


def pytest_collection_finish(session: pytest.Session) -> None:
    """What every test needs is never garbage: the collector looks at what the tests themselves make."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the cluster, and leave nothing behind."""
    harness.clear()
    cluster: Cluster | None = getattr(config, "_cluster", None)
    if cluster:
        cluster.stop()
        shutil.rmtree(config._home, ignore_errors=True)  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def cluster_url(request: pytest.FixtureRequest) -> str:
    """The superuser's address of the run's cluster."""
    config = request.config
    return config.workerinput["cluster"] if hasattr(config, "workerinput") else config._cluster.superuser_url


@pytest.fixture(scope="session")
def database_url(cluster_url: str, worker_id: str) -> str:
    """A database of this worker, copied from the migrated template."""
    return harness.copy_database(cluster_url, f"portal_{worker_id}")


@pytest.fixture(scope="session")
def app(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application, on this worker's database."""
    made = create_app(harness.settings(database_url, tmp_path_factory.mktemp("home")))
    made.test_client_class = harness.Browser
    return made


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser of this process."""
    with one_chromium.opened() as browser:
        yield browser


@pytest.fixture()
def ctx(app: Flask) -> Iterator[Flask]:
    """An application context whose every transaction is undone at the end of the test."""
    with app.app_context():
        engine = db.engine
        with engine.connect() as connection:
            outer = connection.begin()
            db._app_engines[app][None] = connection  # type: ignore[assignment]
            db.session.session_factory.configure(join_transaction_mode="create_savepoint")
            try:
                yield app
            finally:
                db.session.remove()
                outer.rollback()
                db._app_engines[app][None] = engine


@pytest.fixture()
def client(ctx: Flask) -> FlaskClient:
    """A browser without JavaScript."""
    return ctx.test_client()


@pytest.fixture()
def world(ctx: Flask) -> World:
    """Makes organizations, people, suppliers and invoices for a test."""
    return World(ctx)


@pytest.fixture()
def live(cluster_url: str, tmp_path: Path, worker_id: str) -> Iterator[Flask]:
    """An application on a fresh database with real commits."""
    name = f"live_{worker_id}_{os.getpid()}_{tmp_path.name[-40:]}".lower().replace("-", "_")[:60]
    url = harness.copy_database(cluster_url, name)
    app = create_app(harness.settings(url, tmp_path))
    app.test_client_class = harness.Browser
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    harness.drop_database(cluster_url, name)


@pytest.fixture()
def live_world(live: Flask) -> World:
    """Makes things with real commits in the `live` database."""
    return World(live)

