"""The order that people give to a short list: each row's `position`, from 1 on."""
from collections.abc import Sequence
from typing import Any


def shift(rows: Sequence[Any], row: Any, *, up: bool) -> bool:
    """Exchange `row` with its neighbour among `rows`, which stand in their order, and number them anew.

    Returns whether anything moved: at the end of the list nothing does.
    """
    here = rows.index(row)
    there = here - 1 if up else here + 1
    if not 0 <= there < len(rows):
        return False
    order = list(rows)
    order[here], order[there] = order[there], order[here]
    for position, each in enumerate(order, start=1):
        each.position = position
    return True
