"""One database with real commits for the tests that need them, emptied before each: for races, crashes and processes.

A conftest takes it by `from tests.kept import base, kept`. It holds nothing but what these packages write themselves.
"""
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import text

from portal.core.db import db
from portal.factory import create_app
from tests import harness

TABLES = "outbox, schedule_slots, letters, audit_events, audit_seals"


@pytest.fixture(scope="session")
def kept(cluster_url: str, worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An application on a database of this worker that stays for the whole run."""
    name = f"kept_{worker_id}"
    app = create_app(harness.settings(harness.copy_database(cluster_url, name), tmp_path_factory.mktemp("kept")))
    yield app
    with app.app_context():
        db.engine.dispose()
    harness.drop_database(cluster_url, name)


@pytest.fixture()
def base(kept: Flask) -> Iterator[Flask]:
    """An application context on the emptied database."""
    with kept.app_context():
        with db.engine.begin() as connection:
            connection.execute(text(f"TRUNCATE {TABLES}"))
        yield kept
        db.session.remove()
