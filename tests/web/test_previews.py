"""Pages of files: drawn once by a job, in the box; what cannot be drawn is left alone."""
from uuid import UUID

import pytest

from portal.access.actor import system
from portal.access.policy import Purpose
from portal.core import db
from portal.core.types import Upload
from portal.documents import reading
from portal.documents.box import BoxFailure
from portal.documents.problems import Refused
from portal.jobs import runner
from portal.jobs.models import OutboxRow
from portal.jobs.registry import Later
from portal.storage import services
from portal.storage.models import StoredFile
from portal.web import previews
from tests.documents import hostile
from tests.factories import World

PICTURE = hostile.picture("PNG")


def _kept(world: World, name: str = "a.png", data: bytes = PICTURE) -> UUID:
    buyer = world.client()
    with world.acting(world.actor(buyer, "accounts_payable")) as actor:
        return services.keep(Upload(name, data), purpose=Purpose.INVOICE, allowed=("png", "xml"), client_id=buyer.id,
                             actor=actor).id


def _pages(world: World, file_id: UUID) -> int | None:
    with world.owner():
        return db.session.get_one(StoredFile, file_id).pages


def test_a_kept_picture_is_drawn_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[bytes] = []
    monkeypatch.setattr(reading, "image_preview", lambda data: drawn.append(data) or b"\x89PNG")
    file_id = _kept(world)
    assert runner.drain() == 1
    with world.owner():
        client_id = db.session.get_one(StoredFile, file_id).client_id
    previews.draw(system(client_id), file_id)
    assert (drawn, _pages(world, file_id)) == ([PICTURE], 1)


def test_what_has_no_pages_is_not_even_read(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    file_id = _kept(world, "a.xml", b"<a/>")
    monkeypatch.setattr(services, "read", pytest.fail)
    assert runner.drain() == 1
    assert _pages(world, file_id) is None


def test_what_the_box_refuses_has_no_pages(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_data: bytes) -> bytes:
        raise Refused("file.unreadable")

    monkeypatch.setattr(reading, "image_preview", refuse)
    file_id = _kept(world)
    assert runner.drain() == 1
    assert _pages(world, file_id) == 0


def test_when_the_box_is_busy_the_job_waits_a_minute(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_data: bytes) -> bytes:
        raise BoxFailure("busy")

    monkeypatch.setattr(reading, "image_preview", fail)
    file_id = _kept(world)
    with world.owner():
        client_id = db.session.get_one(StoredFile, file_id).client_id
    with pytest.raises(Later) as later:
        previews.draw(system(client_id), file_id)
    assert later.value.seconds == 60
    assert runner.drain() == 0
    assert _pages(world, file_id) is None
    with world.owner():
        assert len(db.session.scalars(db.db.select(OutboxRow).filter_by(name="files.draw")).all()) == 1
