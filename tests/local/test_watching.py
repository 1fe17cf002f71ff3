"""What ends is started again, later each time, and never takes the rest with it."""
from portal.local.watching import LONGEST_PAUSE, Watch


class Thing:
    """Something that ends when told to."""

    name = "thing"

    def __init__(self) -> None:
        self.ended: int | None = None
        self.starts = 0
        self.fails = False

    def start(self) -> None:
        if self.fails:
            raise RuntimeError("no room")
        self.starts, self.ended = self.starts + 1, None

    def status(self) -> int | None:
        return self.ended


class Clock:
    """A clock that is set by hand."""

    at = 0.0

    def __call__(self) -> float:
        return self.at


def test_what_runs_is_left_alone() -> None:
    thing = Thing()
    assert Watch(thing, Clock()).look() is None and thing.starts == 0


def test_what_ended_is_started_again_after_a_pause() -> None:
    thing, clock = Thing(), Clock()
    watch = Watch(thing, clock)
    thing.ended = -9
    assert watch.look() == "thing ended (-9); starting it again in 1 s"
    clock.at = 0.9
    assert watch.look() is None and thing.starts == 0
    clock.at = 1.0
    watch.look()
    assert thing.starts == 1


def test_the_pauses_grow_up_to_a_limit_and_shrink_when_it_was_steady() -> None:
    thing, clock = Thing(), Clock()
    watch, pauses = Watch(thing, clock), []
    for _ in range(8):
        thing.ended = 1
        watch.look()
        pauses.append(watch.pause)
        clock.at += watch.pause
        watch.look()
    assert pauses == [1, 2, 4, 8, 16, LONGEST_PAUSE, LONGEST_PAUSE, LONGEST_PAUSE]
    clock.at += 61
    thing.ended = 1
    watch.look()
    assert watch.pause == 1


def test_what_cannot_be_started_is_tried_again() -> None:
    thing, clock = Thing(), Clock()
    watch = Watch(thing, clock)
    thing.ended, thing.fails = 1, True
    watch.look()
    clock.at += 1
    assert watch.look() == "thing did not start (no room); starting it again in 2 s"
    thing.fails = False
    clock.at += 2
    watch.look()
    assert thing.starts == 1
