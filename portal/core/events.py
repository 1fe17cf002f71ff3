"""Events: what happened, said inside the transaction that made it happen.

`announce` runs the listeners marked *within* at once (they commit or fail with the change) and keeps those
marked *after* until the commit. Who listens to what is one page: `portal/subscriptions.py`.
"""
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from functools import partial
from typing import Any, ClassVar
from uuid import UUID

from portal.core import db


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


@dataclass(frozen=True)
class Within:
    """A listener that runs inside the transaction: it commits or fails with the change."""

    run: Callable[[Any, Any], None]


@dataclass(frozen=True)
class After:
    """A listener that runs once the change is committed; its failure is logged, never seen by the person."""

    run: Callable[[Any, Any], None]


Listener = Within | After


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
            if isinstance(listener, Within):
                listener.run(event, actor)
            else:
                db.after_commit(partial(listener.run, event, actor))


def _plain(value: Any) -> Any:
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(v) for v in value]
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    return value if isinstance(value, (str, int, bool, float, type(None))) else str(value)
