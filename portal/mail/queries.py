"""Reading letters: the demo's mailbox."""
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from portal.core.db import door, session
from portal.core.errors import NotFound
from portal.core.types import Page
from portal.mail import environment, sealing
from portal.mail.models import Letter
from portal.web import listing


def mailbox(words: str, cursor: str | None) -> Page[Letter]:
    """Return the demo's letters, newest first, found by address, name or subject. Raises NotFound outside a demo."""
    _only_in_a_demo()
    query = select(Letter)
    for word in words.split()[:5]:
        query = query.where(or_(*(column.icontains(word, autoescape=True)
                                  for column in (Letter.to_email, Letter.to_name, Letter.subject))))
    with door():
        return listing.read(query, (Letter.id,), cursor)


def in_mailbox(letter_id: UUID) -> tuple[Letter, dict[str, Any]]:
    """Return one letter of the demo and what it says. Raises NotFound outside a demo."""
    _only_in_a_demo()
    with door():
        found = session.scalar(select(Letter).filter_by(id=letter_id))
    if found is None:
        raise NotFound
    return found, sealing.unseal(found.id, found.client_id, found.context)


def _only_in_a_demo() -> None:
    if not environment.is_demo():
        raise NotFound
