"""Files with their rows: pages drawn once, behind the file's own door."""
from collections.abc import Iterator

import pytest

from portal.access.actor import Actor
from portal.access.policy import Purpose
from portal.core.db import session
from portal.core.errors import Invalid, NotFound, Unavailable
from portal.core.types import Upload
from portal.storage import services, stores
from portal.storage.models import FileState, StoredFile
from tests.factories import World

XML = b"<a/>"


@pytest.fixture()
def payables(world: World) -> Iterator[Actor]:
    """Somebody of a client who may open files of payments, in an open transaction."""
    with world.acting(world.actor(world.client(), "accounts_payable")) as actor:
        yield actor


def keep(actor: Actor, **more: object) -> StoredFile:
    """Keep a small file of the actor's client."""
    assert actor.client_id
    values: dict[str, object] = {"purpose": Purpose.PAYMENT, "allowed": ("xml",), "client_id": actor.client_id,
                                 "actor": actor, **more}
    return services.keep(Upload("../f.xml", XML), **values)  # type: ignore[arg-type]


def test_a_kept_file_is_what_came(payables: Actor) -> None:
    row = keep(payables)
    assert (row.name, row.size, row.media_type, row.uploaded_by, row.state) == (
        "f.xml", 4, "application/xml", payables.user_id, FileState.CLEAN)
    assert services.open_file(row.id, payables) == (row, XML)


def test_a_limit_counts_in_megabytes(payables: Actor) -> None:
    big = Upload("f.xml", b"<a>" + b" " * (1 << 20) + b"</a>")
    with pytest.raises(Invalid):
        services.accept(big, allowed=("xml",), max_mb=1)
    assert services.accept(big, allowed=("xml",), max_mb=2).name == "xml"
    with pytest.raises(Invalid):
        services.accept(Upload("f.xml", b" " * (10 << 20) + XML), allowed=("xml",))


@pytest.mark.parametrize("state", [s for s in FileState if s is not FileState.CLEAN])
def test_a_file_that_is_not_clean_opens_to_nobody(payables: Actor, state: FileState) -> None:
    row = keep(payables)
    row.state = state
    for act in (services.find, services.open_file):
        with pytest.raises(NotFound):
            act(row.id, payables)


def test_pages_are_kept_once_and_in_order(payables: Actor) -> None:
    row = keep(payables)
    assert services.undrawn(row.id) is row
    with pytest.raises(NotFound):
        services.preview(row.id, 1, payables)
    services.keep_pages(row.id, [b"one", b"two"])
    services.keep_pages(row.id, [b"other"])
    session.flush()
    assert [services.preview(row.id, page, payables) for page in (1, 2)] == [b"one", b"two"]
    assert (row.pages, services.undrawn(row.id)) == (2, None)
    with pytest.raises(NotFound):
        services.preview(row.id, 3, payables)


def test_a_condition_of_a_feature_is_asked_too(payables: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    row = keep(payables)
    for answer in (True, False):
        monkeypatch.setattr(services, "_conditions", {Purpose.PAYMENT: lambda _actor, _row, said=answer: said})
        if answer:
            assert services.find(row.id, payables) is row
        else:
            with pytest.raises(NotFound):
                services.find(row.id, payables)


def test_bytes_that_were_changed_are_not_given(payables: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    row = keep(payables)
    monkeypatch.setattr(stores.current(), "read", lambda _name: (_ for _ in ()).throw(Unavailable()))
    with pytest.raises(Unavailable):
        services.open_file(row.id, payables)
