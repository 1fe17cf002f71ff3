"""Work spread over processes: everything once, in order, by copies that need no pickling of the work."""

import os
from collections.abc import Iterator
from itertools import islice
from threading import Lock

import pytest

from portal.local import spreading
from portal.local.spreading import spread


def test_everything_once_and_in_order() -> None:
    lock = Lock()  # cannot be pickled: the helpers are copies

    def work(number: int) -> tuple[int, int]:
        with lock:
            return number, os.getpid()

    done = list(spread(work, range(500), processors=2))
    assert [number for number, _ in done] == list(range(500))
    assert {pid for _, pid in done[: spreading.ALONE]} == {os.getpid()}
    assert os.getpid() not in {pid for _, pid in done[spreading.ALONE :]}


@pytest.mark.parametrize("count", [0, 1, spreading.ALONE, spreading.ALONE + 1, spreading.ALONE + spreading.TOGETHER])
@pytest.mark.parametrize("processors", [1, 2])
def test_few_things(count: int, processors: int) -> None:
    assert list(spread(abs, range(count), processors=processors)) == list(range(count))


@pytest.mark.parametrize("processors", [1, 2])
def test_only_a_few_are_taken_ahead(processors: int) -> None:
    taken = 0

    def things() -> Iterator[int]:
        nonlocal taken
        while True:
            taken += 1
            yield taken

    results = spread(abs, things(), processors=processors)
    assert list(islice(results, 1000)) == list(range(1, 1001))
    assert taken < 1000 + 10 * spreading.TOGETHER
    results.close()  # type: ignore[attr-defined]


def test_what_goes_wrong_is_raised() -> None:
    def work(number: int) -> int:
        if number == 300:
            raise KeyError(number)
        return number

    with pytest.raises(KeyError):
        list(spread(work, range(500), processors=2))
