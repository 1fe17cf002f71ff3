"""The sweep over all clients: what any row mentions stays, what none does goes."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from portal.access.policy import Purpose
from portal.core.db import Base, session, transaction
from portal.core.ids import new_id
from portal.jobs import registry
from portal.schedule import TABLE
from portal.storage import stores, sweeping
from portal.storage.models import FilePreview, StoredFile
from tests.factories import OWNER

# tables that keep the hash of something that is not in the store
ELSEWHERE = {"intake_attempts", "sat_lists"}


def store_of(app):
    """The store of an application, from outside."""
    return app.extensions[stores.PLACE]


@pytest.fixture
def kept(live, live_world):
    """A store with a file and a preview of two clients, and an orphan; all older than the grace."""
    store = store_of(live)
    names = {what: store.put(what.encode()).sha256 for what in ("file", "preview", "orphan")}
    clients = [live_world.client().organization.id for _ in range(2)]
    with live.app_context(), transaction(OWNER):
        file_id = new_id()
        common = {"size": 1, "media_type": "application/pdf", "name": "a.pdf", "purpose": Purpose.RECORD}
        session.add(StoredFile(id=file_id, client_id=clients[0], sha256=names["file"], **common))
        session.flush()
        session.add(FilePreview(client_id=clients[1], file_id=file_id, page=1, sha256=names["preview"]))
    return names


def test_only_orphans_go(live, kept, monkeypatch):
    monkeypatch.setattr(sweeping, "now", lambda: datetime.now(UTC) + timedelta(days=3))
    with live.app_context():
        assert sweeping.sweep() == 1
        assert sweeping.sweep() == 0
    assert [what for what, name in kept.items() if store_of(live).exists(name)] == ["file", "preview"]


def test_what_is_young_stays(live, kept):
    with live.app_context():
        assert sweeping.sweep() == 0
    assert all(store_of(live).exists(name) for name in kept.values())


def test_the_job_runs_every_night_and_without_a_transaction_of_its_own(live, kept, monkeypatch):
    monkeypatch.setattr(sweeping, "now", lambda: datetime.now(UTC) + timedelta(days=3))
    assert "files.sweep" in [entry.job for entry in TABLE]
    job = registry.get("files.sweep")
    assert job.outside
    with live.app_context():
        job.call(None, {})
    assert not store_of(live).exists(kept["orphan"])


def test_every_table_with_a_hash_is_asked():
    """A new table that mentions objects of the store must be added to `sweeping.mentioned`, or its bytes would go."""
    tables = {table.name for table in Base.metadata.sorted_tables if "sha256" in table.columns}
    source = Path(sweeping.__file__).read_text()
    models = (StoredFile, FilePreview)
    asked = {model.__tablename__ for model in models if re.search(rf"\b{model.__name__}\.sha256", source)}
    assert tables - ELSEWHERE == asked
