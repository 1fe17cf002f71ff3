"""What can be said about letters."""
from dataclasses import dataclass
from typing import ClassVar

from portal.core.events import Event
from portal.core.i18n import lazy


@dataclass(frozen=True, kw_only=True)
class LetterFailed(Event):
    """A letter will not arrive: the mail server refused it for good, or for too long. `reason` is the server's."""

    kind: ClassVar[str] = "letter"
    letter: str
    reason: str


SENTENCES = {
    "LetterFailed": lazy("A letter to %(subject)s could not be delivered: %(reason)s"),
}
