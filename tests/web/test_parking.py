"""What is kept between two requests: found by its own person, at its own place, for a day."""
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from uuid import UUID

import pytest
from flask import Flask, request
from sqlalchemy import update
from werkzeug.datastructures import FileStorage, MultiDict

from portal.access.actor import Actor
from portal.core import db
from portal.core.clock import now
from portal.core.errors import NotFound
from portal.core.ids import new_id
from portal.web import parking
from portal.web.parking import ParkedForm
from tests.factories import OWNER, World


@pytest.fixture()
def two(world: World) -> tuple[Actor, Actor]:
    """Two people of one client."""
    buyer = world.client()
    return world.actor(buyer, "treasury"), world.actor(buyer, "auditor")


@pytest.fixture()
def sent(ctx: Flask) -> Iterator[None]:
    """A form that is being sent, with a file that was read already."""
    data = {"total": ["1", "2"], "csrf_token": "secret", "_parked": "x", "paper": (BytesIO(b"%PDF"), "a.pdf")}
    with ctx.test_request_context("/pay?step=2", method="POST", data=data):
        request.files["paper"].read()
        yield


def files() -> MultiDict[str, FileStorage]:
    """The files of a page that looks ahead."""
    return MultiDict([("paper", FileStorage(BytesIO(b"later"), "b.pdf", "paper"))])


def told(found: tuple[MultiDict[str, str], MultiDict[str, FileStorage]] | None) -> object:
    """What was kept, as plain values."""
    return found and (found[0].to_dict(flat=False), [(n, f.filename, f.read()) for n, f in found[1].items(multi=True)])


def test_what_a_step_keeps_comes_back_whole_and_alone(two: tuple[Actor, Actor], sent: None) -> None:
    ana, luis = two
    with db.transaction(ana.scope):
        parking.keep(ana, "/pay", MultiDict())
        parking.keep(ana, "/pay", files())  # takes the other's place
        parking.keep(ana, "/else", MultiDict())
        assert told(parking.kept(ana, "/pay")) == ({"total": ["1", "2"]}, [("paper", "b.pdf", b"later")])
        assert told(parking.kept(ana, "/else")) == ({"total": ["1", "2"]}, [])
        assert parking.kept(ana, "/pa") is None and parking.waiting(ana) is None
        parking.forget(ana, "/pay")
        assert parking.kept(ana, "/pay") is None and parking.kept(ana, "/else") is not None
    with db.transaction(OWNER):  # even where the database would show it
        assert parking.kept(luis, "/else") is None
        parking.forget(luis, "/else")
        assert parking.kept(ana, "/else") is not None
        db.session.execute(update(ParkedForm).values(created_at=now() - timedelta(hours=25)))
        assert parking.kept(ana, "/else") is None


def test_a_form_that_waits_is_its_persons_even_where_the_database_would_show_it(two: tuple[Actor, Actor],
                                                                                 sent: None) -> None:
    ana, luis = two
    with db.transaction(ana.scope):
        parked = parking._park(ana.user_id)  # type: ignore[arg-type]
    with db.transaction(OWNER):
        row = parking.find(ana, parked)
        assert (row.path, parking.files_of(row), parking.waiting(ana)) == ("/pay?step=2", ["a.pdf"], row)
        assert parking._unpack(row)[1] == [("paper", "a.pdf", b"%PDF")]
        assert parking.waiting(luis) is None
        parking.discard(luis, parked)
        for who, what in ((luis, parked), (ana, new_id())):
            with pytest.raises(NotFound):
                parking.find(who, what)
        parking.discard(ana, parked)
        with pytest.raises(NotFound):
            parking.find(ana, parked)


def test_what_a_step_keeps_is_not_found_as_a_form_that_waits(two: tuple[Actor, Actor], sent: None) -> None:
    ana, _luis = two
    with db.transaction(ana.scope):
        parking.keep(ana, "/pay", files())
        row = db.session.scalars(db.db.select(ParkedForm)).one()
        with pytest.raises(NotFound):
            parking.find(ana, row.id)


def test_a_form_opens_to_its_own_person_only(ctx: Flask, two: tuple[Actor, Actor], sent: None) -> None:
    ana, luis = two
    with db.transaction(ana.scope):
        parked = parking._park(ana.user_id)  # type: ignore[arg-type]
    for who, path, opens in ((luis, "/pay", None), (ana, "/elsewhere", False), (ana, "/pay", True)):
        with ctx.test_request_context(path, method="POST", data={"_parked": str(parked)}), db.transaction(OWNER):
            if opens is None:
                with pytest.raises(NotFound):
                    parking.unfold(who)
            else:
                parking.unfold(who)
                assert request.form.getlist("total") == (["1", "2"] if opens else [])
                assert bool(request.files) is opens
    with ctx.test_request_context("/pay", method="POST", data={"_parked": str(parked)}), db.transaction(ana.scope), \
            pytest.raises(NotFound):  # it went on once
        parking.unfold(ana)


@pytest.mark.parametrize(("method", "path", "to"), [
    ("GET", "/record/account?x=1", "/step-up?next=/record/account?x%3D1"),
    ("POST", "/record/account", "/step-up?parked=")])
def test_the_password_is_asked_and_then_it_goes_on(ctx: Flask, two: tuple[Actor, Actor], method: str, path: str,
                                                   to: str) -> None:
    ana, _luis = two
    with ctx.test_request_context(path, method=method), db.transaction(ana.scope):
        asked = parking.ask_password(ana)
        assert (asked.status_code, asked.location.startswith(to)) == (303, True), asked.location
        assert parking.waiting(ana) is None, "it was left, not lost: it waits at its password only"
        if method == "POST":
            first = UUID(asked.location.removeprefix(to))
            assert parking.find(ana, first).page == path
            assert (again := UUID(parking.ask_password(ana).location.removeprefix(to))) != first
            assert parking.find(ana, again), "the newest takes the place of the one before"
            with pytest.raises(NotFound):
                parking.find(ana, first)
