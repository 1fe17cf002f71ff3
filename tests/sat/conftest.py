"""The misbehaving peer, as a fixture."""
from collections.abc import Iterator

import pytest

from tests.sat.peer import Peer


@pytest.fixture
def peer() -> Iterator[Peer]:
    made = Peer()
    yield made
    made.close()
