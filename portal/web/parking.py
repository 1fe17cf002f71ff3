"""Forms that could not be finished: the session ended, or the password is needed again.

What was typed and the files that came with it are kept, encrypted, for a day, for that same person only. After
signing in (or typing the password) the person is asked, and the form goes on as if nothing had happened.
"""
import base64
import json
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

from flask import Flask, Response, current_app, redirect, request, url_for
from flask_wtf.csrf import generate_csrf
from sqlalchemy import LargeBinary, delete, select
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.test import EnvironBuilder

from portal.access.actor import Actor
from portal.core import vault
from portal.core.clock import now
from portal.core.crypto import Place
from portal.core.db import Base, session
from portal.core.errors import NotFound
from portal.core.ids import new_id
from portal.core.tenancy import MYSELF, Rls

KEPT = timedelta(days=1)
OwnerOf = Callable[[str], UUID | None]


class ParkedForm(Base):
    """One form that waits: its path, and its fields and files as one encrypted parcel."""

    __tablename__ = "parked_forms"
    __rls__ = Rls(read=MYSELF, door="SELECT, INSERT, DELETE")

    user_id: Mapped[UUID]
    path: Mapped[str]
    parcel: Mapped[bytes] = mapped_column(LargeBinary)


def install(app: Flask, owner_of: OwnerOf) -> None:
    """Wire the function that says whose an ended session's token was."""
    app.extensions["portal_owner_of"] = owner_of


def park_after_session_end(token: str) -> None:
    """Keep the form of a person whose session has ended; of a stranger nothing is kept."""
    owner = current_app.extensions["portal_owner_of"](token) if token else None
    if owner:
        _park(owner)


def ask_password(actor: Actor) -> Response:
    """Keep the form, if one was sent, and ask for the password; afterwards it goes on."""
    if request.method != "POST" or actor.user_id is None:
        return redirect(url_for("accounts.step_up", next=request.full_path.rstrip("?")), 303)  # type: ignore[return-value]
    return redirect(url_for("accounts.step_up", parked=_park(actor.user_id)), 303)  # type: ignore[return-value]


def waiting(actor: Actor) -> ParkedForm | None:
    """Return the newest form that waits for `actor`, or None."""
    query = select(ParkedForm).filter_by(user_id=actor.user_id).where(ParkedForm.created_at > now() - KEPT)
    return session.scalar(query.order_by(ParkedForm.id.desc()).limit(1))


def take(actor: Actor, parked_id: UUID) -> EnvironBuilder:
    """Take the form out and return the request that it was, ready to be sent again by this person.

    Raises NotFound when it is not there, or is somebody else's.
    """
    row = session.scalar(select(ParkedForm).filter_by(id=parked_id, user_id=actor.user_id).with_for_update())
    if row is None:
        raise NotFound
    session.delete(row)
    fields, files = _unpack(row)
    data: dict[str, Any] = {**fields, "csrf_token": [generate_csrf()]}
    for name, filename, body in files:
        data.setdefault(name, []).append((BytesIO(body), filename))
    return EnvironBuilder(path=row.path.partition("?")[0], query_string=row.path.partition("?")[2], method="POST",
                          base_url=request.host_url, data=data, headers={"Cookie": request.headers.get("Cookie", "")},
                          environ_base={"REMOTE_ADDR": request.remote_addr or ""})


def discard(actor: Actor, parked_id: UUID) -> None:
    """Forget a waiting form."""
    session.execute(delete(ParkedForm).filter_by(id=parked_id, user_id=actor.user_id))


def send_again(app: Flask, builder: EnvironBuilder) -> Response:
    """Dispatch a parked form as a request of its own, in its own transaction."""
    with app.request_place(builder.get_environ()):
        return app.full_dispatch_request()


def prune() -> None:
    """Forget forms that nobody came back for."""
    session.execute(delete(ParkedForm).where(ParkedForm.created_at < now() - KEPT))


def _park(owner: UUID) -> UUID:
    parked = ParkedForm(id=new_id(), user_id=owner, path=request.full_path.rstrip("?"), parcel=b"")
    parked.parcel = vault.cipher().encrypt(_pack(), _place(parked)).encode()
    session.add(parked)
    session.flush()
    return parked.id


def _pack() -> str:
    fields = {k: request.form.getlist(k) for k in request.form if k not in ("csrf_token",)}
    files = [(name, f.filename, base64.b64encode(f.read()).decode())
             for name, uploads in request.files.lists() for f in uploads]
    return json.dumps({"fields": fields, "files": files})


def _unpack(row: ParkedForm) -> tuple[dict[str, Any], list[tuple[str, str, bytes]]]:
    parcel = json.loads(vault.cipher().decrypt(row.parcel.decode(), _place(row)))
    return parcel["fields"], [(n, f, base64.b64decode(b)) for n, f, b in parcel["files"]]


def _place(row: ParkedForm) -> Place:
    return Place(str(row.user_id), "parked_forms", str(row.id), "parcel")
