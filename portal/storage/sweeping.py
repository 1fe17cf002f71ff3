"""Removing bytes that no row mentions: those of a request that died between keeping a file and its commit."""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import select, union

from portal.core.clock import now
from portal.core.db import DOOR, session, transaction
from portal.storage import stores
from portal.storage.models import FilePreview, StoredFile

# far longer than any request or job may last between keeping bytes and committing their row
GRACE = timedelta(days=2)


def sweep() -> int:
    """Remove what was put more than two days ago and is mentioned nowhere; return how many objects went.

    Opens its own short transactions, a batch of names each, and none while the store is spoken to.
    """
    return len(stores.current().sweep(mentioned, now() - GRACE))


def mentioned(names: Collection[str]) -> set[str]:
    """Return those of the hashes that a file or a preview of any client mentions. Every table with a hash of the
    store must be asked here: what it forgets would be lost."""
    rows = union(
        select(StoredFile.sha256).where(StoredFile.sha256.in_(names)),
        select(FilePreview.sha256).where(FilePreview.sha256.in_(names)),
    )
    with transaction(DOOR):
        return set(session.scalars(rows))
