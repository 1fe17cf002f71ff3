"""Encryption of single fields: bank accounts, keys of certificates, anything that a stolen dump must not tell.

A field is stored as `v1.<kid>.<nonce>.<ciphertext>` (base64url): AES-256-GCM, a fresh 96-bit nonce per write, and
the place (tenant, table, row, column) as associated data, so a value copied into another row does not open.
The master keys live in the configuration, outside the database; each tenant's key is derived from them by HKDF
(RFC 5869). The first master key encrypts; the others only read, until `rotate` has passed over every row.
Equality searches go through a blind index: an HMAC under a key of its own.
"""

import base64
import binascii
import hmac
import os
import re
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = "v1"
KEY_BYTES = 32
NONCE_BYTES = 12
KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")


class CryptoError(Exception):
    """The root of what can go wrong here; a page shows it as an incident, never its text."""


class BadKey(CryptoError):
    """The configured keys cannot be used: none, too short, too simple, or a wrong name."""


class UnknownKey(CryptoError):
    """The field was written with a master key that is not configured (lost, or revoked)."""


class Tampered(CryptoError):
    """The field was changed, cut, or moved to another tenant, table, row or column."""


class Place(NamedTuple):
    """Where a field lives. It is bound to the ciphertext; none of the four may hold a `|`."""

    tenant: str
    table: str
    row: str
    column: str

    def bound(self) -> bytes:
        """Return the associated data, `tenant|table|row|column`. Raises ValueError for an empty or ambiguous part."""
        parts = [str(part) for part in self]
        if not all(parts) or any("|" in part for part in parts):
            raise ValueError("a place needs four parts without '|'")
        return "|".join(parts).encode()


class Cipher:
    """Encrypts and decrypts fields with `keys`: name → 32 bytes, the current one first."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        """Raise BadKey when a key is missing, short or trivially simple."""
        for name, key in keys.items():
            _require_good_key(name, key)
        if not keys:
            raise BadKey("no encryption key is configured")
        self._keys = dict(keys)
        self.current = next(iter(self._keys))
        self._derived = lru_cache(maxsize=4096)(self._derive)

    def __repr__(self) -> str:
        return f"Cipher(current={self.current!r}, keys={list(self._keys)!r})"

    def encrypt(self, text: str, place: Place) -> str:
        """Return the token to store for `text` at `place`; two calls never give the same token."""
        nonce = os.urandom(NONCE_BYTES)
        key = self._derived(self.current, "field", str(place.tenant))
        sealed = AESGCM(key).encrypt(nonce, text.encode(), place.bound())
        return f"{VERSION}.{self.current}.{_to_text(nonce)}.{_to_text(sealed)}"

    def decrypt(self, token: str, place: Place) -> str:
        """Return the text of `token`. Raises UnknownKey, or Tampered when anything but a key is wrong."""
        name, nonce, sealed = _parts(token)
        if name not in self._keys:
            raise UnknownKey(f"no key named {name!r} is configured")
        key = self._derived(name, "field", str(place.tenant))
        try:
            return AESGCM(key).decrypt(nonce, sealed, place.bound()).decode()
        except InvalidTag:
            raise Tampered(f"a field of {place.table}.{place.column} does not open at its place") from None

    def is_current(self, token: str) -> bool:
        """Tell whether `token` was written with the current key, so needs no rotation. Raises Tampered."""
        return _parts(token)[0] == self.current

    def rotate(self, token: str, place: Place) -> str:
        """Return `token` under the current key: itself if it already is. Raises UnknownKey, Tampered."""
        return token if self.is_current(token) else self.encrypt(self.decrypt(token, place), place)

    def blind_index(self, text: str, tenant: str) -> str:
        """Return 64 hex digits that are equal for equal texts of one tenant, and tell nothing else."""
        return self._blind(self.current, text, tenant)

    def blind_indexes(self, text: str, tenant: str) -> tuple[str, ...]:
        """Return the index of `text` under every configured key, current first: search with these while rotating."""
        return tuple(self._blind(name, text, tenant) for name in self._keys)

    def _blind(self, name: str, text: str, tenant: str) -> str:
        return hmac.new(self._derived(name, "blind", str(tenant)), text.encode(), sha256).hexdigest()

    def _derive(self, name: str, purpose: str, tenant: str) -> bytes:
        info = f"acuse/{purpose}/{VERSION}/{tenant}".encode()
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=info).derive(self._keys[name])


def new_key() -> str:
    """Return a fresh master key as base64url text, for the configuration."""
    return base64.urlsafe_b64encode(os.urandom(KEY_BYTES)).decode()


def parse_keys(text: str) -> dict[str, bytes]:
    """Read `name:base64[,name:base64…]`, current first, as the configuration writes it. Raises BadKey."""
    keys: dict[str, bytes] = {}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        name, _, encoded = entry.partition(":")
        if name in keys:
            raise BadKey(f"the key name {name!r} is used twice")
        keys[name] = _key_bytes(name, encoded)
        _require_good_key(name, keys[name])
    return keys


def _key_bytes(name: str, encoded: str) -> bytes:
    try:
        return _from_text(encoded)
    except (ValueError, binascii.Error):
        raise BadKey(f"the key {name!r} is not base64") from None


def _require_good_key(name: str, key: bytes) -> None:
    if not KEY_ID.fullmatch(name):
        raise BadKey("a key's name has 1 to 32 letters, digits, '-' or '_'")
    if len(key) != KEY_BYTES:
        raise BadKey(f"the key {name!r} has {len(key)} bytes instead of {KEY_BYTES}")
    # 32 random bytes repeat so much with a chance below 1e-20; typed-in keys do it always
    if len(set(key)) < 12:
        raise BadKey(f"the key {name!r} is not random")


def _parts(token: str) -> tuple[str, bytes, bytes]:
    pieces = token.split(".")
    if len(pieces) != 4 or pieces[0] != VERSION:
        raise Tampered("not an encrypted field")
    try:
        nonce, sealed = _from_text(pieces[2]), _from_text(pieces[3])
    except (ValueError, binascii.Error):
        raise Tampered("an encrypted field is damaged") from None
    if len(nonce) != NONCE_BYTES:
        raise Tampered("an encrypted field is damaged")
    return pieces[1], nonce, sealed


def _to_text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _from_text(text: str) -> bytes:
    padded = text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4)
    return base64.b64decode(padded.encode(), altchars=b"-_", validate=True)
