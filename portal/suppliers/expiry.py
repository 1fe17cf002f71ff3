"""Fields that grow old: which records have a date that has come, and what becomes of them."""
from uuid import UUID

from sqlalchemy import select

from portal.access.actor import Actor
from portal.core.clock import today
from portal.core.db import session
from portal.core.events import announce
from portal.core.i18n import ZONE
from portal.suppliers import records, services
from portal.suppliers.events import RecordExpired
from portal.suppliers.layout import layout_for
from portal.suppliers.models import Record, Relationship, ReviewState


def due() -> list[tuple[UUID, UUID]]:
    """Return (client, relationship) of the records whose next date has come. Runs as the door."""
    query = select(Record.client_id, Record.relationship_id).where(Record.next_expiry <= today(ZONE))
    return [(client_id, relationship_id) for client_id, relationship_id in session.execute(query)]


def expire(relationship_id: UUID, actor: Actor) -> list[str]:
    """Expire the values of a record whose day has come; tell their names. Doing it twice changes nothing."""
    relationship = session.get_one(Relationship, relationship_id)
    records.locked(relationship_id)
    labels = {f.id: f.label_es for f in layout_for(relationship).fields}
    gone = [v for v in records.current_values(relationship_id).values()
            if v.expires_on and v.expires_on <= today(actor.zone) and v.state is not ReviewState.EXPIRED]
    for value in gone:
        value.state = ReviewState.EXPIRED
    names = [labels[v.field_id] for v in gone if v.field_id in labels]
    if names:
        announce(RecordExpired(**services.about(relationship), fields=tuple(names)), actor)
    records.restate(relationship, actor)
    return names
