"""Events: what happened, said inside the transaction that made it happen.

`announce` runs the listeners at once, so they commit or fail with the change; what must wait for the commit goes
through the outbox. Who listens to what is one page: `portal/subscriptions.py`.
"""
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class Event:
    """The root of all events: frozen, in the past tense, with plain values only.

    `client_id`/`relationship_id` say to whom it belongs (None: to the installation or to a person);
    `subject_id` and `subject_label` what it is about, in a form that people recognise ("A-1023").
    """

    kind: ClassVar[str] = "something"
    client_id: UUID | None = None
    relationship_id: UUID | None = None
    subject_id: UUID | None = None
    subject_label: str = ""

    def details(self) -> dict[str, Any]:
        """Return what is particular to this event as JSON-ready values."""
        common = {f.name for f in fields(Event)}
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self) if f.name not in common}


Listener = Callable[[Any, Any], None]
"""Hears an event and who did it, inside the transaction: it commits or fails with the change."""


def subject_of(event: Event) -> UUID:
    """Return the id of what an event is about; raises ValueError when it is about nothing."""
    if event.subject_id is None:
        raise ValueError(f"{type(event).__name__} has no subject")
    return event.subject_id


_listeners: dict[type[Event], tuple[Listener, ...]] = {}


def subscribe(table: Mapping[type[Event], Iterable[Listener]]) -> None:
    """Install the page of subscriptions; called once by the wiring. A listener on `Event` hears everything."""
    _listeners.clear()
    _listeners.update({event: tuple(listeners) for event, listeners in table.items()})


def announce(event: Event, actor: Any) -> None:
    """Tell the listeners that `event` happened by `actor`; only inside a transaction."""
    for heard in (Event, type(event)):
        for listener in _listeners.get(heard, ()):
            listener(event, actor)


def _plain(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    return value if isinstance(value, (str, int, bool, float, type(None))) else str(value)
