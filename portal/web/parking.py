"""Forms that could not be finished: the session ended, or the password is needed again.

What was typed and the files that came with it are kept, encrypted, for a day, for that same person only. After
signing in (or typing the password) the form is sent again to its own page, which finds it under the id in the field
`_parked` and goes on as if nothing had happened, at its own address, in one transaction.
"""
import base64
import json
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from uuid import UUID

from flask import Flask, Response, current_app, g, redirect, request, url_for
from sqlalchemy import LargeBinary, delete, select
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.datastructures import FileStorage, ImmutableMultiDict, MultiDict

from portal.access.actor import Actor
from portal.core import vault
from portal.core.clock import now
from portal.core.crypto import Place
from portal.core.db import Base, session
from portal.core.errors import NotFound
from portal.core.ids import new_id
from portal.core.tenancy import MYSELF, Rls
from portal.storage.names import safe_name

KEPT = timedelta(days=1)
FIELD = "_parked"
DRAFT = "draft:"  # before the path of what is kept between the steps of a page: that is offered there, nowhere else
PASSWORD = "password:"  # before the path of what waits for the password: whoever leaves it has not lost it, but left it
OwnerOf = Callable[[str], UUID | None]


class ParkedForm(Base):
    """One form that waits: its path, and its fields and files as one encrypted parcel."""

    __tablename__ = "parked_forms"
    __rls__ = Rls(read=MYSELF, door="SELECT, INSERT, DELETE")

    user_id: Mapped[UUID]
    path: Mapped[str]
    parcel: Mapped[bytes] = mapped_column(LargeBinary)

    @property
    def page(self) -> str:
        """Where it goes on: its path, with the query."""
        return self.path.removeprefix(PASSWORD)


def install(app: Flask, owner_of: OwnerOf) -> None:
    """Wire the function that says whose an ended session's token was."""
    app.extensions["portal_owner_of"] = owner_of


def park_after_session_end(token: str) -> bool:
    """Keep the form of a person whose session has ended, and say whether it was; of a stranger nothing is kept."""
    owner = current_app.extensions["portal_owner_of"](token) if token else None
    if owner is None or "password" in request.form:  # a password is never kept, not even encrypted
        return False
    _park(owner)
    return True


def ask_password(actor: Actor) -> Response:
    """Keep the form, if one was sent, and ask for the password; afterwards it goes on."""
    if request.method != "POST" or actor.user_id is None:
        return redirect(url_for("accounts.step_up", next=request.full_path.rstrip("?")), 303)  # type: ignore[return-value]
    parked = going_on() or _wait_for_password(actor)
    return redirect(url_for("accounts.step_up", parked=parked), 303)  # type: ignore[return-value]


def waiting(actor: Actor) -> ParkedForm | None:
    """Return the newest form that waits for `actor` since a session ended, or None."""
    query = select(ParkedForm).filter_by(user_id=actor.user_id).where(
        ParkedForm.created_at > now() - KEPT, ParkedForm.path.not_like(f"{DRAFT}%"),
        ParkedForm.path.not_like(f"{PASSWORD}%"))
    return session.scalar(query.order_by(ParkedForm.id.desc()).limit(1))


def find(actor: Actor, parked_id: UUID) -> ParkedForm:
    """Return one of the actor's waiting forms. Raises NotFound."""
    row = session.scalar(select(ParkedForm).filter_by(id=parked_id, user_id=actor.user_id))
    if row is None or row.path.startswith(DRAFT):
        raise NotFound
    return row


def files_of(row: ParkedForm) -> list[str]:
    """Return the names of the files that a waiting form carries, so that the person recognises it."""
    return [safe_name(filename) for _name, filename, _body in _unpack(row)[1] if filename]


def going_on() -> UUID | None:
    """Return which waiting form this request sends again, or None. The page of the form itself receives it."""
    if "parked_id" not in g:
        try:
            g.parked_id = UUID(request.form.get(FIELD, "")) if request.method == "POST" else None
        except ValueError:
            g.parked_id = None
    return g.parked_id  # type: ignore[no-any-return]


def unfold(actor: Actor) -> None:
    """Put a waiting form in the place of the one that was sent, when this is its page: the view sees no difference.

    The form is forgotten together with its effect: if the act fails, it still waits. Raises NotFound when it is not
    there (any more), or is somebody else's.
    """
    parked_id = going_on()
    if parked_id is None:
        return
    row = session.scalar(select(ParkedForm).filter_by(id=parked_id, user_id=actor.user_id).with_for_update())
    if row is None:
        raise NotFound
    if row.page.partition("?")[0] != request.path:
        return
    session.delete(row)
    fields, files = _read(row)
    vars(request)["form"] = ImmutableMultiDict(fields)
    vars(request)["files"] = ImmutableMultiDict(files)
    vars(request).pop("values", None)


def discard(actor: Actor, parked_id: UUID) -> None:
    """Forget a waiting form."""
    session.execute(delete(ParkedForm).filter_by(id=parked_id, user_id=actor.user_id))


def keep(actor: Actor, path: str, files: MultiDict[str, FileStorage]) -> None:
    """Keep what was typed, with `files`, between the steps of one page; it takes the place of what was kept before."""
    assert actor.user_id is not None
    forget(actor, path)
    _park(actor.user_id, DRAFT + path, _pack(files))


def kept(actor: Actor, path: str) -> tuple[MultiDict[str, str], MultiDict[str, FileStorage]] | None:
    """Return the fields and files that the actor left at `path` last, or None."""
    query = select(ParkedForm).filter_by(user_id=actor.user_id, path=DRAFT + path).where(
        ParkedForm.created_at > now() - KEPT).order_by(ParkedForm.id.desc()).limit(1)
    row = session.scalar(query)
    return _read(row) if row is not None else None


def forget(actor: Actor, path: str) -> None:
    """Forget what the actor left at `path`."""
    session.execute(delete(ParkedForm).filter_by(user_id=actor.user_id, path=DRAFT + path))


def prune() -> None:
    """Forget forms that nobody came back for."""
    session.execute(delete(ParkedForm).where(ParkedForm.created_at < now() - KEPT))


def _wait_for_password(actor: Actor) -> UUID:
    assert actor.user_id is not None
    path = PASSWORD + request.full_path.rstrip("?")
    session.execute(delete(ParkedForm).filter_by(user_id=actor.user_id, path=path))  # left the last time
    return _park(actor.user_id, path)


def _park(owner: UUID, path: str = "", parcel: str = "") -> UUID:
    parked = ParkedForm(id=new_id(), user_id=owner, path=path or request.full_path.rstrip("?"), parcel=b"")
    parked.parcel = vault.cipher().encrypt(parcel or _pack(request.files), _place(parked)).encode()
    session.add(parked)
    session.flush()
    return parked.id


def _pack(given: MultiDict[str, FileStorage]) -> str:
    fields = {k: request.form.getlist(k) for k in request.form if k not in ("csrf_token", FIELD)}
    files = []
    for name, uploads in given.lists():
        for f in uploads:
            f.stream.seek(0)  # the view may have read it before it asked for the password
            files.append((name, f.filename, base64.b64encode(f.read()).decode()))
    return json.dumps({"fields": fields, "files": files})


def _read(row: ParkedForm) -> tuple[MultiDict[str, str], MultiDict[str, FileStorage]]:
    fields, files = _unpack(row)
    return MultiDict(fields), MultiDict([(n, FileStorage(BytesIO(body), filename, n)) for n, filename, body in files])


def _unpack(row: ParkedForm) -> tuple[dict[str, list[str]], list[tuple[str, str, bytes]]]:
    parcel = json.loads(vault.cipher().decrypt(row.parcel.decode(), _place(row)))
    return parcel["fields"], [(n, f, base64.b64decode(b)) for n, f, b in parcel["files"]]


def _place(row: ParkedForm) -> Place:
    return Place(str(row.user_id), "parked_forms", str(row.id), "parcel")
