"""The world that is attacked."""
from dataclasses import dataclass

import pytest
from flask import Flask

from tests.factories import World
from tests.security.rows import Holding, holding


@dataclass
class Two:
    """Two clients that know nothing of each other, each with two suppliers and a row in every table."""

    world: World
    mine: Holding
    theirs: Holding


@pytest.fixture()
def two(world: World) -> Two:
    """The two of them."""
    return Two(world, holding(world, "A"), holding(world, "B"))


@pytest.fixture()
def unguarded(ctx: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the guard against forged forms away, so that what stands behind it is what answers."""
    monkeypatch.setitem(ctx.config, "WTF_CSRF_ENABLED", False)
