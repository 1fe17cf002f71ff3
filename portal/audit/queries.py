"""Reading the trail: for the client's administrators and auditors, and nobody else."""
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, Text, cast, select

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.audit import sealing
from portal.audit.models import AuditEvent, AuditSeal
from portal.audit.sealing import Verification
from portal.core.db import session
from portal.core.errors import NotFound
from portal.core.types import Page
from portal.web import listing

MOST_EXPORTED = 10_000
CHECKED_ON_DEMAND = 20_000


@dataclass(frozen=True)
class Filter:
    """What somebody looks for: by whom, about what, on which days (in the reader's zone), in which words."""

    who: str = ""
    about: str = ""
    words: str = ""
    since: date | None = None
    until: date | None = None
    subject_id: UUID | None = None


def search(actor: Actor, wanted: Filter, cursor: str | None) -> Page[AuditEvent]:
    """Return a page of the client's trail, newest first. Raises NotAllowed."""
    return listing.read(_wanted(actor, wanted), (AuditEvent.at, AuditEvent.id), cursor)


def export(actor: Actor, wanted: Filter) -> Iterator[AuditEvent]:
    """Yield the newest 10,000 events that match. Raises NotAllowed."""
    query = _wanted(actor, wanted).order_by(AuditEvent.at.desc(), AuditEvent.id.desc())
    yield from session.scalars(query.limit(MOST_EXPORTED).execution_options(yield_per=500))


def get(actor: Actor, event_id: UUID) -> AuditEvent:
    """Return one event of the client's trail. Raises NotAllowed, NotFound."""
    found = session.scalar(_mine(actor).where(AuditEvent.id == event_id))
    if found is None:
        raise NotFound
    return found


def seal_of(event: AuditEvent) -> AuditSeal | None:
    """Return the link of an event in its chain; None while it waits for it."""
    return session.scalar(select(AuditSeal).filter_by(event_id=event.id))


def check(actor: Actor) -> Verification:
    """Verify the newest 20,000 links of the client's chain. Raises NotAllowed."""
    actor.require(Permission.Organization.AUDIT)
    return sealing.verify(actor.client_id, CHECKED_ON_DEMAND)


def _mine(actor: Actor) -> Select[Any]:
    actor.require(Permission.Organization.AUDIT)
    return select(AuditEvent).where(AuditEvent.client_id == actor.client_id)


def _wanted(actor: Actor, wanted: Filter) -> Select[Any]:
    query, zone = _mine(actor), ZoneInfo(actor.zone)
    if wanted.about:
        query = query.where(AuditEvent.subject_kind == wanted.about)
    if wanted.subject_id:
        query = query.where(AuditEvent.subject_id == wanted.subject_id)
    if wanted.who:
        query = query.where(AuditEvent.actor_name.icontains(wanted.who, autoescape=True))
    if wanted.words:
        query = query.where(_mentions(wanted.words))
    if wanted.since:
        query = query.where(AuditEvent.at >= datetime.combine(wanted.since, time(), zone))
    if wanted.until:
        query = query.where(AuditEvent.at < datetime.combine(wanted.until + timedelta(days=1), time(), zone))
    return query


def _mentions(words: str) -> ColumnElement[bool]:
    """What is about it, and the payments of an invoice: they name it among their details."""
    named = cast(AuditEvent.details["invoices"], Text).icontains(words, autoescape=True)
    return AuditEvent.subject_label.icontains(words, autoescape=True) | ((AuditEvent.subject_kind == "payment") & named)
