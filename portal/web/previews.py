"""Pages of files as images, drawn after the commit by a job, inside the box: no browser ever opens a given file."""
from uuid import UUID

from portal.access.actor import Actor
from portal.documents import reading
from portal.documents.box import BoxFailure
from portal.documents.problems import Refused
from portal.jobs.outbox import defer
from portal.jobs.registry import Later, job, step
from portal.storage import services
from portal.storage.services import FileKept

PICTURED = ("application/pdf", "image/png", "image/jpeg")


def draw_later(event: FileKept, _actor: Actor) -> None:
    """Ask for a kept file's pages; a file that has none is left alone by the job."""
    defer("files.draw", client_id=event.client_id, file_id=event.subject_id)


@job("files.draw", outside=True, attempts=4)
def draw(actor: Actor, file_id: UUID) -> None:
    """Draw the first pages of a file and keep them. Doing it twice draws nothing again."""
    with step(actor):
        row = services.undrawn(file_id)
        data = services.read(row) if row is not None and row.media_type in PICTURED else None
    if row is None or data is None:
        return
    pictures = _drawn(data, row.media_type)
    with step(actor):
        services.keep_pages(file_id, pictures)


def _drawn(data: bytes, media_type: str) -> list[bytes]:
    try:
        return reading.render_preview(data) if media_type == "application/pdf" else [reading.image_preview(data)]
    except Refused:
        return []
    except BoxFailure as busy:
        raise Later("the box is busy", 60) from busy
