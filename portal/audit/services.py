"""Recording what happened: runs inside every change, so it is small."""
from portal.access.actor import Actor
from portal.audit.models import AuditEvent
from portal.audit.redaction import redact
from portal.core.clock import now
from portal.core.db import session
from portal.core.events import Event
from portal.core.ids import new_id


def record(event: Event, actor: Actor) -> None:
    """Write what `event` says, and by whom, into the trail: of its client, or of the one whose person acted."""
    session.add(AuditEvent(
        id=new_id(), at=now(), client_id=event.client_id or actor.client_id, relationship_id=event.relationship_id,
        organization_id=actor.organization_id, user_id=actor.user_id, actor_name=actor.name[:200],
        side=str(actor.side), kind=type(event).__name__, subject_kind=event.kind.partition(".")[0][:40],
        subject_id=event.subject_id, subject_label=str(event.subject_label)[:300], details=redact(event.details()),
        ip=actor.ip[:45], request_id=actor.request_id[:64]))
