"""The bytes that are hashed: written down here, because every seal that was ever made depends on them."""
import hashlib
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest

from portal.audit import chain

ID, CLIENT = UUID("0199c1de-0000-7000-8000-000000000001"), UUID("0199c1de-0000-7000-8000-000000000002")
EVENT: dict[str, Any] = {
    "id": ID, "at": datetime(2026, 11, 21, 17, 0, 0, 5, tzinfo=UTC), "client_id": CLIENT, "relationship_id": None,
    "organization_id": CLIENT, "user_id": None, "actor_name": "Ana Núñez", "side": "client", "kind": "InvoiceSent",
    "subject_kind": "invoice", "subject_id": ID, "subject_label": "A-1", "details": {"z": 1, "a": ["ñ", True]},
    "ip": "203.0.113.7", "request_id": "r1"}
WRITTEN = (
    '{"actor_name":"Ana Núñez","at":"2026-11-21T17:00:00.000005+00:00","client_id":'
    '"0199c1de-0000-7000-8000-000000000002","details":{"a":["ñ",true],"z":1},"id":'
    '"0199c1de-0000-7000-8000-000000000001","ip":"203.0.113.7","kind":"InvoiceSent","organization_id":'
    '"0199c1de-0000-7000-8000-000000000002","relationship_id":null,"request_id":"r1","side":"client","subject_id":'
    '"0199c1de-0000-7000-8000-000000000001","subject_kind":"invoice","subject_label":"A-1","user_id":null}')


def test_an_event_has_one_way_of_being_written() -> None:
    assert chain.canonical(EVENT).decode() == WRITTEN
    elsewhere = EVENT["at"].astimezone(timezone(timedelta(hours=-6)))
    assert chain.canonical({**EVENT, "at": elsewhere, "created_at": elsewhere}).decode() == WRITTEN


def test_a_link_hangs_on_the_one_before() -> None:
    first = chain.link(chain.START, EVENT)
    assert first == hashlib.sha256(b"0" * 64 + WRITTEN.encode()).hexdigest()
    assert chain.link(first, EVENT) == hashlib.sha256(first.encode() + WRITTEN.encode()).hexdigest()


@pytest.mark.parametrize("name", sorted(EVENT))
def test_whatever_is_changed_changes_the_digest(name: str) -> None:
    assert chain.link(chain.START, {**EVENT, name: "other"}) != chain.link(chain.START, EVENT)
