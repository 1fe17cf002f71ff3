"""The context of a letter at rest: encrypted, for it may carry a single-use link; with its types, to be drawn later."""
import json
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from portal.core import vault
from portal.core.crypto import Place

_READERS: dict[str, Callable[[str], Any]] = {
    "datetime": datetime.fromisoformat, "date": date.fromisoformat, "decimal": Decimal,
}


def seal(letter_id: UUID, client_id: UUID | None, context: dict[str, Any]) -> str:
    """Return `context` encrypted for this letter. Takes texts, numbers, dates, Decimals, UUIDs, lists, dictionaries.

    Raises TypeError for anything else.
    """
    return vault.cipher().encrypt(json.dumps(context, default=_write), _place(letter_id, client_id))


def unseal(letter_id: UUID, client_id: UUID | None, sealed: str) -> dict[str, Any]:
    """Return what was sealed; empty when it has been forgotten."""
    if not sealed:
        return {}
    text = vault.cipher().decrypt(sealed, _place(letter_id, client_id))
    return json.loads(text, object_hook=_read)  # type: ignore[no-any-return]


def _place(letter_id: UUID, client_id: UUID | None) -> Place:
    return Place(str(client_id or "installation"), "letters", str(letter_id), "context")


def _write(value: object) -> Any:
    if isinstance(value, datetime):
        return {"$datetime": value.isoformat()}
    if isinstance(value, date):
        return {"$date": value.isoformat()}
    if isinstance(value, Decimal):
        return {"$decimal": str(value)}
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"a letter's context takes plain values, not {type(value).__name__}")


def _read(found: dict[str, Any]) -> Any:
    if len(found) == 1:
        (name, value), = found.items()
        if name.startswith("$") and name[1:] in _READERS:
            return _READERS[name[1:]](value)
    return found
