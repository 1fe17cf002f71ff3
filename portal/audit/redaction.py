"""What an audit trail must not know. Pure."""
import re
from collections.abc import Mapping
from typing import Any

HIDDEN = "•••"
# Words of a key's name: "password_hash", "newToken", "api-key" are hidden; "keyboard", "numbers" are not.
SECRETS = frozenset(("password", "passphrase", "secret", "token", "cookie", "authorization", "key", "xml", "sello",
                     "certificado"))
NUMBERS = frozenset(("clabe", "iban", "account", "card", "account_number"))
LONG_NUMBER = re.compile(r"(?<![\w-])\d{14,20}(?![\w-])")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
LONGEST = 2000


def redact(details: Mapping[str, Any]) -> dict[str, Any]:
    """Return `details` without secrets, by the names of their keys; account numbers keep their last four digits."""
    return {str(k): _value(str(k), v) for k, v in details.items()}


def _value(key: str, value: Any) -> Any:
    words = {w.lower() for w in _WORD.findall(key)}
    if words & SECRETS and not isinstance(value, bool) and value is not None:
        return HIDDEN
    if isinstance(value, Mapping):
        return redact(value)
    if isinstance(value, (list, tuple)):
        return [_value(key, v) for v in value]
    if isinstance(value, str):
        return _last_four(value) if words & NUMBERS and _is_number(value) else _text(value)
    return value


def _text(value: str) -> str:
    return LONG_NUMBER.sub(lambda found: _last_four(found[0]), value)[:LONGEST]


def _is_number(value: str) -> bool:
    return sum(c.isdigit() for c in value) >= 6


def _last_four(value: str) -> str:
    return HIDDEN + value[-4:]
