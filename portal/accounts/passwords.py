"""Passwords at rest: argon2id. The parameters are OWASP's second choice (19 MiB, two passes, one lane)."""
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from portal.accounts.tokens import new_secret

HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
# Verified when the person is unknown, so that both answers take the same time. Its password is thrown away.
_NOBODY = HASHER.hash(new_secret())


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password, compared byte for byte (never trimmed, never folded)."""
    return HASHER.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Say whether `password` is the one that was stored; takes as long when nothing is stored."""
    try:
        HASHER.verify(stored or _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return bool(stored)


def outdated(stored: str) -> bool:
    """Say whether a hash was made with other parameters than today's and should be made again."""
    return HASHER.check_needs_rehash(stored)
