"""The order that people give to a short list."""
from types import SimpleNamespace

import pytest

from portal.core.ordering import shift


@pytest.mark.parametrize(("name", "up", "expected"), [
    ("a", True, "abc"), ("a", False, "bac"), ("b", True, "bac"), ("b", False, "acb"), ("c", False, "abc")])
def test_neighbours_change_places_and_the_ends_stay(name: str, up: bool, expected: str) -> None:
    rows = [SimpleNamespace(name=each, position=place) for place, each in enumerate("abc", start=5)]
    row = next(r for r in rows if r.name == name)
    moved = shift(rows, row, up=up)
    assert "".join(r.name for r in sorted(rows, key=lambda r: r.position)) == expected
    assert moved == (expected != "abc")
    assert sorted(r.position for r in rows) == ([1, 2, 3] if moved else [5, 6, 7])
