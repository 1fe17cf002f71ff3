"""Keeps things running: what ends is started again, later each time it ends soon."""
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

LONGEST_PAUSE = 30.0
STEADY = 60.0  # seconds after which an end is a new story


class Watched(Protocol):
    """Something that can be started and may end."""

    name: str

    def start(self) -> None:
        """Start it; may raise."""

    def status(self) -> int | None:
        """Return its exit status when it has ended, None while it runs."""


@dataclass
class Watch:
    """The watch over one thing that has been started."""

    thing: Watched
    clock: Callable[[], float] = time.monotonic
    pause: float = 0.5
    started: float = 0.0
    again_at: float | None = None

    def __post_init__(self) -> None:
        self.started = self.clock()

    def look(self) -> str | None:
        """Start the thing again when it has ended and its pause is over; return a line about it, if any."""
        if self.again_at is not None:
            return self._again() if self.clock() >= self.again_at else None
        if (status := self.thing.status()) is None:
            return None
        steady = self.clock() - self.started > STEADY
        return self._wait(f"{self.thing.name} ended ({status})", 1.0 if steady else self.pause * 2)

    def _again(self) -> str | None:
        self.again_at = None
        self.started = self.clock()
        try:
            self.thing.start()
        except Exception as problem:  # whatever it is, the others go on and we try again
            return self._wait(f"{self.thing.name} did not start ({problem})", self.pause * 2)
        return None

    def _wait(self, what: str, pause: float) -> str:
        self.pause = min(pause, LONGEST_PAUSE)
        self.again_at = self.clock() + self.pause
        return f"{what}; starting it again in {self.pause:.0f} s"
