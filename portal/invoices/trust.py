"""The certificates that reception trusts, handed in by the wiring: this feature does not know where they come from.

Certificates are imported by another process (a command, a job): when their folder has changed, the store is made
again, so that a web server or worker that has been running for weeks knows them at once.
"""
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from portal.cfdi.trust import TrustStore


@dataclass
class _Held:
    store: TrustStore
    folder: Path | None
    reload: Callable[[], TrustStore] | None
    seen: int


_held: list[_Held] = []


def set_store(store: TrustStore, *, folder: Path | None = None,
              reload: Callable[[], TrustStore] | None = None) -> None:
    """Use `store` from now on, in this process; when `folder` changes, what `reload` returns."""
    _held[:] = [_Held(store, folder, reload, _changed(folder))]


def store() -> TrustStore:
    """Return the store in use. Raises RuntimeError before the wiring gave one: nothing may be judged by chance."""
    if not _held:
        raise RuntimeError("no trust store has been handed to invoices")
    held = _held[0]
    changed = _changed(held.folder)
    if held.reload is not None and changed != held.seen:
        held.store, held.seen = held.reload(), changed
    return held.store


def importing() -> TrustStore:
    """Return a production store that keeps what it takes in the folder: what is fetched is known to every process."""
    return TrustStore.production(_held[0].folder if _held else None)


def _changed(folder: Path | None) -> int:
    """Return the folder's moment of change in nanoseconds; 0 while there is none."""
    try:
        return folder.stat().st_mtime_ns if folder is not None else 0
    except OSError:
        return 0
