"""A double click is one act: every form carries a key that can be used once per person.

The second request waits on the unique index until the first has committed, and is then sent to where the first
one led. A form that came back with errors gives its key back.
"""
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256
from secrets import token_hex
from uuid import UUID

from flask import Response, g, redirect, request
from sqlalchemy import String, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.wrappers import Response as BaseResponse

from portal.access.actor import Actor
from portal.core.clock import now
from portal.core.db import Base, insert_once, session
from portal.core.errors import Conflict
from portal.core.i18n import _
from portal.core.tenancy import MYSELF, Rls

FIELD = "_once"


class FormSubmission(Base):
    """One use of one form's key, and where it led."""

    __tablename__ = "form_submissions"
    __table_args__ = (UniqueConstraint("user_id", "key"),)
    __rls__ = Rls(read=MYSELF, door="SELECT, DELETE")

    user_id: Mapped[UUID]
    key: Mapped[str] = mapped_column(String(64))
    location: Mapped[str | None]


def new_key() -> str:
    """Return a key for a form that is being drawn: it tells for which organization, and on which side, it was."""
    actor = g.get("actor")
    return f"{token_hex(16)}.{_seat(actor)}" if actor is not None and actor.organization_id else token_hex(16)


def require_seat(actor: Actor) -> None:
    """Raise Conflict when a form was drawn while its person acted for another organization: another window has
    switched since, and what was typed for one would be done in the other.
    """
    drawn_for = request.form.get(FIELD, "").partition(".")[2] if request.method == "POST" else ""
    if drawn_for and drawn_for != _seat(actor):
        raise Conflict(_("This page was for another organization: meanwhile you act for %(name)s. Nothing was done. "
                         "Switch back and send it again.", name=actor.organization_name))


def _seat(actor: Actor) -> str:
    return sha256(f"{actor.organization_id} {actor.side}".encode()).hexdigest()[:16]


@contextmanager
def guard(actor: Actor, key: str | None = None) -> Iterator[Response | None]:
    """Yield None when the form's key is new, or the answer that its first use led to.

    `key`: of a form that comes again from where it was kept, which has no fresh one.
    """
    key = (key or request.form.get(FIELD, ""))[:64] if request.method == "POST" else ""
    g.submission = None
    if not key or actor.user_id is None:
        yield None
        return
    row = FormSubmission(user_id=actor.user_id, key=key)
    if insert_once(row):
        g.submission = row
        yield None
    else:
        yield _where_it_led(actor.user_id, key)


def remember(response: BaseResponse) -> None:
    """Keep where the form led, or give the key back when the form is shown again."""
    row = g.get("submission")
    if row is None:
        return
    if 300 <= response.status_code < 400:
        row.location = response.headers["Location"]
    else:
        session.delete(row)


def may_come_again() -> None:
    """Give the form's key back: a step that only shows what would happen may be sent as often as one likes."""
    row = g.get("submission")
    if row is not None:
        session.delete(row)
        g.submission = None


def _where_it_led(user_id: UUID, key: str) -> Response:
    found = session.scalar(select(FormSubmission.location).filter_by(user_id=user_id, key=key))
    return redirect(found or request.path, 303)  # type: ignore[return-value]


def prune() -> int:
    """Forget keys older than two days; returns how many."""
    old = delete(FormSubmission).where(FormSubmission.created_at < now() - timedelta(days=2))
    return session.execute(old).rowcount  # type: ignore[attr-defined]
