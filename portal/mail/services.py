"""Posting letters, and the small steps of their delivery. `post` is what features call."""
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select, update

from portal.access.actor import system
from portal.core.clock import now
from portal.core.db import session
from portal.core.events import announce
from portal.core.i18n import LOCALES
from portal.core.ids import new_id
from portal.jobs import outbox
from portal.mail import environment, sealing
from portal.mail.events import LetterFailed
from portal.mail.models import Letter, LetterState

log = structlog.get_logger()

MOST_ATTEMPTS = 14  # with the job's pauses: about two days
KEPT = timedelta(days=30)
MOST_DOUBTS = 1  # a letter is repeated once when the server's answer was lost


@dataclass(frozen=True)
class Recipient:
    """Who reads a letter, and in which language ("es" or "en")."""

    email: str
    name: str = ""
    locale: str = LOCALES[0]


@dataclass(frozen=True)
class Draft:
    """A letter that is to be handed to the server now."""

    id: UUID
    name: str
    to: Recipient
    context: dict[str, Any]
    message_id: str


def post(letter: str, to: Recipient, context: dict[str, Any], *, client_id: UUID | None = None,
         relationship_id: UUID | None = None) -> UUID:
    """Write the letter `letter` (a folder of templates/email) in the open transaction; it leaves after the commit.

    `context` is what its templates read. `client` in it is the client's name: it stands in the sender's name.
    `link`, and what ends in `_link`, are paths of the portal ("/activate/…"). Returns the letter's id.
    Raises TypeError when the context holds what is not a plain value.
    """
    letter_id = new_id()
    session.add(Letter(
        id=letter_id, name=letter, locale=to.locale if to.locale in LOCALES else LOCALES[0], to_name=to.name[:200],
        to_email=to.email, client_id=client_id, relationship_id=relationship_id,
        context=sealing.seal(letter_id, client_id, context), message_id=f"<{letter_id}@{environment.host()}>"))
    session.flush()
    outbox.defer("mail.deliver", client_id=client_id, letter_id=letter_id)
    return letter_id


def begin(letter_id: UUID) -> Draft | None:
    """Mark a letter as being sent and return it; None when there is nothing (more) to do.

    A letter found as "sending" belonged to a worker that died, perhaps after the server took it: that is a doubt.
    """
    row = session.execute(select(Letter).filter_by(id=letter_id).with_for_update()).scalar_one_or_none()
    if row is None or row.state in (LetterState.SENT, LetterState.FAILED):
        return None
    if row.state is LetterState.SENDING:
        row.doubts += 1
    if row.doubts > MOST_DOUBTS:
        row.state = LetterState.UNKNOWN
        log.warning("letter.unknown", letter_id=str(row.id), letter=row.name)
        return None
    row.state, row.attempts = LetterState.SENDING, row.attempts + 1
    return _draft(row)


def sent(letter_id: UUID, subject: str) -> None:
    """Mark a letter as sent. What it said is forgotten, except in a demonstration, where it is read in the portal."""
    values: dict[str, Any] = {"state": LetterState.SENT, "sent_at": now(), "subject": subject[:300], "error": ""}
    if not environment.is_demo():
        values["context"] = ""
    session.execute(update(Letter).filter_by(id=letter_id).values(**values))


def put_back(letter_id: UUID, reason: str) -> bool:
    """Let a letter wait because the server cannot take it now; after too many attempts it has failed.

    Returns whether another attempt makes sense.
    """
    row = _locked(letter_id)
    if row.attempts >= MOST_ATTEMPTS:
        refused(letter_id, reason)
        return False
    row.state, row.error = LetterState.PENDING, reason[:500]
    return True


def doubted(letter_id: UUID, reason: str) -> bool:
    """Note that the server's answer was lost. Returns whether the letter may be repeated (once, same Message-ID)."""
    row = _locked(letter_id)
    row.state, row.error, row.doubts = LetterState.UNKNOWN, reason[:500], row.doubts + 1
    return row.doubts <= MOST_DOUBTS


def refused(letter_id: UUID, reason: str) -> None:
    """Mark a letter as failed and say so."""
    row = _locked(letter_id)
    row.state, row.error, row.context = LetterState.FAILED, reason[:500], ""
    announce(LetterFailed(client_id=row.client_id, relationship_id=row.relationship_id, subject_id=row.id,
                          subject_label=row.to_email, letter=row.name, reason=reason[:200]), system(row.client_id))


def forget() -> int:
    """Forget what old letters said (a month; links have long expired). Returns how many."""
    old = update(Letter).where(Letter.created_at < now() - KEPT, Letter.context != "").values(context="")
    return int(session.execute(old).rowcount)  # type: ignore[attr-defined]


def _locked(letter_id: UUID) -> Letter:
    return session.execute(select(Letter).filter_by(id=letter_id).with_for_update()).scalar_one()


def _draft(row: Letter) -> Draft:
    return Draft(row.id, row.name, Recipient(row.to_email, row.to_name, row.locale),
                 sealing.unseal(row.id, row.client_id, row.context), row.message_id)
