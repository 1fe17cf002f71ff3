"""The arithmetic of the chain: what is hashed, and how links hang together. Pure.

digest(n) = SHA-256(digest(n-1) ‖ canonical JSON of event n). The first link hangs on 64 zeros.
"""
import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

START = "0" * 64
FIELDS = ("id", "at", "client_id", "relationship_id", "organization_id", "user_id", "actor_name", "side", "kind",
          "subject_kind", "subject_id", "subject_label", "details", "ip", "request_id")


def link(previous: str, event: Mapping[str, Any]) -> str:
    """Return the digest of an event (its `FIELDS`) that follows the digest `previous`, as 64 hex digits."""
    return hashlib.sha256(previous.encode() + canonical(event)).hexdigest()


def canonical(event: Mapping[str, Any]) -> bytes:
    """Return the event's one way of being written: keys sorted, no blanks, instants in UTC, UTF-8."""
    plain = {name: _plain(event[name]) for name in FIELDS}
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value if isinstance(value, (str, int, bool, dict, list, type(None))) else str(value)
