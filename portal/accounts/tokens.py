"""Secrets that travel: 256 random bits out, their SHA-256 kept. A UUID is never a secret."""
import secrets
from hashlib import sha256


def new_secret() -> str:
    """Return a new secret of 256 bits, safe in an address and in a cookie (43 characters)."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """Return what is kept of a secret: its SHA-256 in hexadecimal.

    No salt and no slow hash: 256 random bits cannot be guessed, and the row must be found by it.
    """
    return sha256(secret.encode()).hexdigest()
