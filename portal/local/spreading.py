"""Work on many things by all the processors, in order, a few at a time so that memory stays flat."""

import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import chain, islice
from multiprocessing import get_context
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")
ALONE = 100  # so many are done before others are called to help: to start them takes as long
TOGETHER = 16


def spread(work: Callable[[T], R], things: Iterable[T], *, processors: int | None = None) -> Iterator[R]:
    """What `work` makes of each thing, in their order. The helpers are copies of this process, where it can be copied.

    Things, and what is made of them, go between processes and must be such that they can (bytes, texts).
    """
    rest = iter(things)
    for thing in islice(rest, ALONE):
        yield work(thing)
    processors = processors or _processors()
    first = list(islice(rest, TOGETHER))
    if not first or processors < 2:
        yield from map(work, chain(first, rest))
        return
    with ProcessPoolExecutor(processors, get_context("fork"), _take, (work,)) as helpers:
        waiting: deque[Future[list[R]]] = deque()
        while first or waiting:
            if first:
                waiting.append(helpers.submit(_several, first))
                first = list(islice(rest, TOGETHER))
            if not first or len(waiting) > 3 * processors:
                yield from waiting.popleft().result()


_taken: list[Callable[[Any], Any]] = []


def _take(work: Callable[[Any], Any]) -> None:
    """In a helper: keep what it was copied for, which need not be such that it can travel."""
    _taken[:] = [work]


def _several(things: list[T]) -> list[Any]:
    return [_taken[0](thing) for thing in things]


def _processors() -> int:
    """How many processors this process may use; one where processes cannot safely be copied."""
    return min(len(os.sched_getaffinity(0)), 8) if sys.platform == "linux" else 1
