"""The outbox is tested with real commits: `base` is an application context on a database of its own."""
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from portal.jobs import transport
from tests.jobs import samples
from tests.jobs.valkey import Valkey


@pytest.fixture()
def base(live: Flask) -> Iterator[Flask]:
    samples.SEEN.clear()
    samples.FAULTS.clear()
    with live.app_context():
        yield live
    samples.FAULTS.clear()


@pytest.fixture()
def valkey(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Valkey]:
    """A server that answers; the bell knows its address."""
    server = Valkey(tmp_path)
    server.start()
    monkeypatch.setattr(transport, "redis_url", lambda: server.url)
    monkeypatch.setattr(transport, "_away_until", 0.0)
    yield server
    server.kill()
