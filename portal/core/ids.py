"""Ids are UUIDs of version 7 (RFC 9562): made in Python, sortable by the moment of their making."""
from uuid import UUID

import uuid6


def new_id() -> UUID:
    """Return a new UUIDv7 as a plain `uuid.UUID`."""
    return UUID(bytes=uuid6.uuid7().bytes)
