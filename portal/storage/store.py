"""What a store promises, whatever lies behind it."""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import IO, BinaryIO, Protocol

from portal.core.errors import PortalError, Unavailable

CHUNK = 1 << 20
SHA256 = re.compile(r"[0-9a-f]{64}")

Known = Callable[[Collection[str]], Collection[str]]
"""Asked with some hashes, answers which of them a row still mentions."""


class StorageUnavailable(Unavailable):
    """The store does not answer, or has no room; nothing of the file was kept."""


class TooLarge(PortalError):
    """The stream went past the limit that the caller set; nothing of it was kept."""

    status = 413


class Missing(PortalError):
    """No object has this hash, though a row says so: an incident, never "not found" of a person's making."""

    status = 500


class Corrupt(PortalError):
    """The bytes that came back do not have the hash they were asked by; they are not handed out."""

    status = 500


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object that is safely kept: 64 hex digits and its size in bytes."""

    sha256: str
    size: int


class Store(Protocol):
    """A place for files. All methods raise StorageUnavailable when the place does not answer."""

    def put(self, content: bytes | BinaryIO, limit: int | None = None) -> StoredObject:
        """Keep `content` and return its name and size; once, however often it is given. Raises TooLarge."""
        ...

    def open(self, name: str) -> BinaryIO:
        """Return the whole object, already verified, from its beginning. Raises Missing, Corrupt."""
        ...

    def read(self, name: str) -> bytes:
        """Return the object's bytes, verified. Raises Missing, Corrupt."""
        ...

    def exists(self, name: str) -> bool:
        """Tell whether the object is there (its bytes are not read)."""
        ...

    def sweep(self, known: Known, before: datetime) -> list[str]:
        """Remove the objects last put before `before` that `known` does not name; return their hashes."""
        ...

    def check(self) -> None:
        """Prove that the place answers. Raises StorageUnavailable."""
        ...


def require_name(name: str) -> str:
    """Return `name` if it is a SHA-256 in hex. Raises ValueError: anything else must never reach a path or a key."""
    if not SHA256.fullmatch(name):
        raise ValueError("an object is named by its SHA-256")
    return name


def chunks(content: bytes | BinaryIO, limit: int | None = None) -> Iterator[bytes]:
    """Yield `content` in pieces of at most 1 MiB. Raises TooLarge as soon as it passes `limit` bytes."""
    total = 0
    for piece in _pieces(content):
        total += len(piece)
        if limit is not None and total > limit:
            raise TooLarge()
        yield piece


def _pieces(content: bytes | BinaryIO) -> Iterator[bytes]:
    if isinstance(content, (bytes, bytearray, memoryview)):
        yield from (bytes(content[start : start + CHUNK]) for start in range(0, len(content), CHUNK))
        return
    while piece := content.read(CHUNK):
        yield piece


def copy_hashed(pieces: Iterator[bytes], target: IO[bytes]) -> StoredObject:
    """Write the pieces to `target` and return their hash and size."""
    digest, size = sha256(), 0
    for piece in pieces:
        target.write(piece)
        digest.update(piece)
        size += len(piece)
    return StoredObject(digest.hexdigest(), size)


def verify(name: str, source: BinaryIO) -> None:
    """Read `source` to its end, require the hash `name`, and go back to the beginning. Raises Corrupt."""
    digest = sha256()
    for piece in _pieces(source):
        digest.update(piece)
    if digest.hexdigest() != name:
        raise Corrupt()
    source.seek(0)


def batches(names: Iterator[str], size: int = 500) -> Iterator[list[str]]:
    """Yield the names in lists of at most `size`, so that a sweep asks the database a bounded question."""
    batch: list[str] = []
    for name in names:
        batch.append(name)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
