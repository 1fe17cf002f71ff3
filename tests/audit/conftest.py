"""The trail is tested with real commits."""
from collections.abc import Iterator

import pytest
from flask import Flask


@pytest.fixture()
def base(live: Flask) -> Iterator[Flask]:
    """An application context on a database of its own."""
    with live.app_context():
        yield live
