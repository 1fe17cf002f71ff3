"""Fields that grow old: which records have a date that is near or has come, and what becomes of them."""
from uuid import UUID

from sqlalchemy import or_, select

from portal.access.actor import Actor
from portal.core.clock import today
from portal.core.db import session
from portal.core.events import announce
from portal.core.i18n import ZONE
from portal.suppliers import engine, records, services
from portal.suppliers.events import RecordExpired
from portal.suppliers.layout import layout_for
from portal.suppliers.models import Record, RecordStatus, Relationship, ReviewState


def due() -> list[tuple[UUID, UUID]]:
    """Return (client, relationship) of the records whose next date has come, or comes soon. Runs as the door."""
    soon = (Record.status == RecordStatus.APPROVED) & (Record.next_expiry <= today(ZONE) + engine.SOON)
    query = select(Record.client_id, Record.relationship_id).where(or_(Record.next_expiry <= today(ZONE), soon))
    return [(client_id, relationship_id) for client_id, relationship_id in session.execute(query)]


def expire(relationship_id: UUID, actor: Actor) -> list[str]:
    """Expire the values of a record whose day has come; tell their names. Doing it twice changes nothing."""
    relationship = session.get_one(Relationship, relationship_id)
    records.locked(relationship_id)
    given, names = records.current_values(relationship_id), []
    for field in layout_for(relationship).fields:
        value = given.get(field.id)
        if value is not None and value.state in engine.GIVEN and not engine.usable(value, today(actor.zone)):
            value.state = ReviewState.EXPIRED
            names.append(field.label_es)
    if names:
        announce(RecordExpired(**services.about(relationship), fields=tuple(names)), actor)
    records.restate(relationship, actor)
    return names
