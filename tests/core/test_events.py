"""What happened is told at once, to those who hear this event and to those who hear all."""
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from portal.core import events
from portal.core.events import Event, announce, subject_of, subscribe

ID = UUID("0190a1b2-0000-7000-8000-000000000001")


@dataclass(frozen=True, kw_only=True)
class ThingPaid(Event):
    """An event for these tests."""

    amount: Decimal
    on: date
    codes: tuple[Any, ...] = ()
    final: bool = True


class ThingLost(Event):
    """Another one."""


def refuse(event: Event, _actor: object) -> None:
    """A listener that cannot do its part."""
    raise LookupError(event)


@pytest.fixture(autouse=True)
def page(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page of subscriptions of their own."""
    monkeypatch.setattr(events, "_listeners", {ThingLost: (refuse,)})


def test_listeners_hear_in_order_and_those_of_all_first() -> None:
    heard: list[tuple[str, Event, object]] = []
    subscribe({ThingPaid: [lambda e, a: heard.append(("first", e, a)), lambda e, a: heard.append(("second", e, a))],
               Event: [lambda e, a: heard.append(("all", e, a))]})
    paid, lost = ThingPaid(amount=Decimal(1), on=date(2026, 11, 26)), ThingLost()
    announce(paid, "Ana")
    announce(lost, "Luis")
    assert heard == [("all", paid, "Ana"), ("first", paid, "Ana"), ("second", paid, "Ana"), ("all", lost, "Luis")]


def test_a_listener_that_fails_fails_the_change() -> None:
    with pytest.raises(LookupError):
        announce(ThingLost(), None)


def test_details_are_what_is_particular_as_plain_values() -> None:
    event = ThingPaid(client_id=ID, subject_id=ID, subject_label="A-1", amount=Decimal("1.50"), on=date(2026, 11, 26),
                      codes=("x", 2, None, [ID]))
    assert event.details() == {"amount": "1.50", "on": "2026-11-26", "codes": ["x", 2, None, [str(ID)]], "final": True}


def test_an_event_about_nothing_has_no_subject() -> None:
    assert subject_of(ThingLost(subject_id=ID)) == ID
    with pytest.raises(ValueError, match="ThingLost"):
        subject_of(ThingLost())
