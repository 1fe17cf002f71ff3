"""Keeping a file that somebody gave, and giving it back.

The bytes go into the store (by their sha256) before the commit; the row goes in with it. Bytes whose row never
came are swept by a job.

Who may open a file is decided here, by what it was given for (`access.policy.OPENS`), above row-level security. A
feature that knows more (a draft is its supplier's alone) adds its own condition: the wiring calls `also_ask`.
"""
from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import select

from portal.access.actor import Actor
from portal.access.policy import WATCHED, Purpose
from portal.core.db import session
from portal.core.errors import Invalid, NotFound
from portal.core.events import Event, announce
from portal.core.i18n import language, lazy
from portal.core.types import Upload
from portal.storage import kinds, stores
from portal.storage.models import FilePreview, FileState, StoredFile


class FileKept(Event):
    """A file was kept; previews are drawn after the commit."""

    kind = "file"


class FileOpened(Event):
    """Somebody looked at a file that carries a whole account number, or at the image of a page of it."""

    kind = "file"


SENTENCES = {"FileKept": lazy("File %(subject)s received"),
             "FileOpened": lazy("File %(subject)s, with a whole account number, was opened")}
Condition = Callable[[Actor, StoredFile], bool]
_conditions: dict[Purpose, Condition] = {}


def also_ask(conditions: Mapping[Purpose, Condition]) -> None:
    """Install what features ask beyond the permission before a file is opened; called once by the wiring."""
    _conditions.clear()
    _conditions.update(conditions)


def keep(upload: Upload, *, purpose: Purpose, allowed: Sequence[str], client_id: UUID, actor: Actor,
         relationship_id: UUID | None = None, max_mb: int = 10) -> StoredFile:
    """Check that `upload` is what it says and keep it; return its row.

    `purpose` decides who may open it. `allowed` are names of `storage.kinds` ("pdf", "xml", "png", "jpeg"…). Raises
    Invalid with a sentence that says what is wrong with the file and how to mend it.
    """
    kind = accept(upload, allowed=allowed, max_mb=max_mb)
    stored = stores.current().put(upload.data)
    row = StoredFile(client_id=client_id, relationship_id=relationship_id, uploaded_by=actor.user_id,
                     purpose=purpose, sha256=stored.sha256, size=stored.size, media_type=kind.media_type,
                     name=kinds.safe_name(upload.name), state=FileState.CLEAN)
    session.add(row)
    session.flush()
    announce(FileKept(client_id=client_id, relationship_id=relationship_id, subject_id=row.id,
                      subject_label=row.name), actor)
    return row


def accept(upload: Upload, *, allowed: Sequence[str], max_mb: int = 10) -> kinds.Kind:
    """Return the kind of `upload`, or raise Invalid: the name, the first bytes and a strict reading must agree."""
    try:
        return kinds.check(upload.name, upload.data, allowed=allowed, max_bytes=max_mb * 1024 * 1024)
    except kinds.Refused as refused:
        raise Invalid(refused.sentence(language())) from refused


def find(file_id: UUID, actor: Actor) -> StoredFile:
    """Return a file that the actor may open.

    Raises NotFound when it is absent, somebody else's or not to be seen yet, NotAllowed when it is of the actor's own
    organization and the role does not include files of its purpose.
    """
    row = session.get(StoredFile, file_id)
    if row is None or row.state is not FileState.CLEAN or not _theirs(row, actor):
        raise NotFound
    actor.require_opening(row.purpose)
    condition = _conditions.get(row.purpose)
    if condition is not None and not condition(actor, row):
        raise NotFound
    return row


def open_file(file_id: UUID, actor: Actor) -> tuple[StoredFile, bytes]:
    """Return a file and its bytes for somebody to look at. Raises as `find`, and Unavailable."""
    row = find(file_id, actor)
    _told(row, actor)
    return row, read(row)


def read(row: StoredFile) -> bytes:
    """Return the bytes of a file, checked against its sha256; raises Unavailable when the store is away."""
    return stores.current().read(row.sha256)


def preview(file_id: UUID, page: int, actor: Actor) -> bytes:
    """Return the image (PNG) of a page; raises NotFound until it has been drawn."""
    file = find(file_id, actor)
    row = session.scalar(select(FilePreview).filter_by(file_id=file_id, page=page))
    if row is None:
        raise NotFound
    _told(file, actor)
    return stores.current().read(row.sha256)


def undrawn(file_id: UUID) -> StoredFile | None:
    """Return a file whose pages have not been drawn yet, or None. For the job that draws them."""
    row = session.get(StoredFile, file_id)
    return row if row is not None and row.pages is None else None


def keep_pages(file_id: UUID, pictures: Sequence[bytes]) -> None:
    """Keep the drawn pages (PNG) of a file, in order; when they are there already, do nothing."""
    row = session.scalars(select(StoredFile).filter_by(id=file_id).with_for_update()).one()
    if row.pages is not None:
        return
    for number, picture in enumerate(pictures, start=1):
        session.add(FilePreview(client_id=row.client_id, relationship_id=row.relationship_id, file_id=row.id,
                                page=number, sha256=stores.current().put(picture).sha256))
    row.pages = len(pictures)


def _theirs(row: StoredFile, actor: Actor) -> bool:
    return row.client_id == actor.client_id or row.relationship_id in actor.relationships


def _told(row: StoredFile, actor: Actor) -> None:
    if row.purpose in WATCHED:
        announce(FileOpened(client_id=row.client_id, relationship_id=row.relationship_id, subject_id=row.id,
                            subject_label=row.name), actor)
