"""A store in a folder: `ab/cd/<sha256>`, written whole or not at all.

A file is written to `incoming/`, flushed to the disk (fsync), and renamed to its place; then the folder is flushed.
A crash at any moment leaves at most a file in `incoming/`, which the sweep removes.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from portal.storage.store import (
    SHA256,
    Known,
    Missing,
    StorageUnavailable,
    StoredObject,
    batches,
    chunks,
    copy_hashed,
    require_name,
    verify,
)


class LocalStore:
    """See `portal.storage.store.Store`; `folder` is made, private to the owner, if it is not there."""

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)
        self._incoming = self.folder / "incoming"

    def put(self, content: bytes | BinaryIO, limit: int | None = None) -> StoredObject:
        """Keep `content`. Raises TooLarge; StorageUnavailable when the disk is full or refuses."""
        try:
            return self._put(content, limit)
        except OSError as problem:
            raise StorageUnavailable() from problem

    def open(self, name: str) -> BinaryIO:
        """Return the verified object, open for reading. Raises Missing, Corrupt."""
        try:
            source = self._path(name).open("rb")
        except FileNotFoundError:
            raise Missing() from None
        except OSError as problem:
            raise StorageUnavailable() from problem
        return self._verified(name, source)

    def read(self, name: str) -> bytes:
        """Return the verified bytes. Raises Missing, Corrupt."""
        with self.open(name) as source:
            return source.read()

    def exists(self, name: str) -> bool:
        """Tell whether the object is there."""
        return self._path(name).is_file()

    def check(self) -> None:
        """Prove that the folder takes a file. Raises StorageUnavailable."""
        try:
            self._make(self._incoming)
            with tempfile.TemporaryFile(dir=self._incoming) as probe:
                probe.write(b"1")
        except OSError as problem:
            raise StorageUnavailable() from problem

    def sweep(self, known: Known, before: datetime) -> list[str]:
        """Remove unknown objects and forgotten temporary files older than `before` (aware). Returns the hashes."""
        moment = before.timestamp()
        for left in self._incoming.glob("*.part"):
            self._remove_older(left, moment)
        removed = []
        for batch in batches(self._older(moment)):
            kept = set(known(batch))
            # looked at again: a put may have touched it since, and will be mentioned by a commit
            removed += [name for name in batch if name not in kept and self._take_away(self._path(name), moment)]
        return removed

    def _put(self, content: bytes | BinaryIO, limit: int | None) -> StoredObject:
        self._make(self._incoming)
        handle, temporary = tempfile.mkstemp(suffix=".part", dir=self._incoming)
        try:
            with os.fdopen(handle, "wb") as target:
                stored = copy_hashed(chunks(content, limit), target)
                target.flush()
                os.fsync(target.fileno())
            self._settle(Path(temporary), self._path(stored.sha256))
        finally:
            Path(temporary).unlink(missing_ok=True)
        return stored

    def _settle(self, temporary: Path, place: Path) -> None:
        """Rename into place: also over an equal object, which renews its time and heals damaged bytes."""
        self._make(place.parent)
        temporary.replace(place)
        _flush_folder(place.parent)

    def _verified(self, name: str, source: BinaryIO) -> BinaryIO:
        try:
            verify(name, source)
        except OSError as problem:
            source.close()
            raise StorageUnavailable() from problem
        except BaseException:
            source.close()
            raise
        return source

    def _path(self, name: str) -> Path:
        require_name(name)
        return self.folder / name[:2] / name[2:4] / name

    def _older(self, moment: float) -> Iterator[str]:
        for path in self.folder.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*"):
            if SHA256.fullmatch(path.name) and _modified(path) < moment:
                yield path.name

    def _take_away(self, place: Path, moment: float) -> bool:
        """Remove an object that is still older: out of its place first, for a put may come between look and act."""
        if _modified(place) >= moment:
            return False
        self._make(self._incoming)
        aside = self._incoming / f"{place.name}.part"
        try:
            place.replace(aside)
        except FileNotFoundError:
            return False
        if _modified(aside) < moment:
            aside.unlink()
            return True
        with suppress(FileNotFoundError):
            aside.replace(place)
        return False

    @staticmethod
    def _remove_older(path: Path, moment: float) -> None:
        if _modified(path) < moment:
            path.unlink(missing_ok=True)

    def _make(self, folder: Path) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # mkdir gives its mode to the last folder only
        folder.parent.mkdir(mode=0o700, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)


def _modified(path: Path) -> float:
    """Return the file's time; for one that has just gone, the far future, so that nobody removes it again."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
