"""Fixtures of the screen kit's tests."""
import pytest
from flask import Flask

from tests.web.drawing import Draw, drawer, make_kit


@pytest.fixture(scope="module")
def kit() -> Flask:
    """An application with the kit's filters and nothing else: no database, no sign-in."""
    return make_kit()


@pytest.fixture(params=["es", "en"])
def draw(kit: Flask, request: pytest.FixtureRequest) -> Draw:
    """Draw a snippet of a page with `ui` at hand, in both languages."""
    return drawer(kit, request.param)


@pytest.fixture()
def spanish(kit: Flask) -> Draw:
    """Draw a snippet in Spanish."""
    return drawer(kit, "es")
