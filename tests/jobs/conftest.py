"""The outbox is tested with real commits, and with a Valkey that can be killed."""
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.jobs import transport
from tests.jobs import samples
from tests.jobs.valkey import Valkey
from tests.kept import base, kept

__all__ = ["base", "kept"]


@pytest.fixture(autouse=True)
def healthy() -> Iterator[None]:
    """No fault is left over from the test before."""
    samples.SEEN.clear()
    samples.FAULTS.clear()
    yield
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
