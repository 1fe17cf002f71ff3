"""The outbox is tested with real commits: `base` is an application context on a database of its own."""
from collections.abc import Iterator

import pytest
from flask import Flask

from tests.jobs import samples


@pytest.fixture()
def base(live: Flask) -> Iterator[Flask]:
    samples.SEEN.clear()
    samples.FAULTS.clear()
    with live.app_context():
        yield live
    samples.FAULTS.clear()
