"""Reading letters: how one stands (for those who may see it), and the demo's mailbox."""
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from portal.core.db import door, session
from portal.core.errors import NotFound
from portal.core.types import Page
from portal.mail import environment, sealing
from portal.mail.models import Letter
from portal.web import listing


def last_to(relationship_id: UUID, names: Sequence[str]) -> Letter | None:
    """Return the newest letter of a relationship with one of `names`; None when there is none, or it is not yours."""
    query = select(Letter).filter_by(relationship_id=relationship_id).where(Letter.name.in_(names))
    return session.scalar(query.order_by(Letter.id.desc()).limit(1))


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
