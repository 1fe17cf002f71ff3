"""The gate: whether a client's policy lets a supplier upload or send invoices with its record as it stands."""
from uuid import UUID

from sqlalchemy import select

from portal.core.db import session
from portal.core.i18n import _
from portal.suppliers.models import (
    Record,
    RecordGate,
    RecordPolicy,
    RecordStatus,
    Relationship,
    RelationshipStatus,
)

SENT_IS_ENOUGH = (RecordStatus.SENT, RecordStatus.APPROVED, RecordStatus.EXPIRING)
APPROVED = (RecordStatus.APPROVED, RecordStatus.EXPIRING)


def refusal(relationship_id: UUID, act: str) -> str | None:
    """Return why a supplier may not `act` ("upload" or "send") now, as a sentence, or None when it may."""
    relationship = session.get_one(Relationship, relationship_id)
    if relationship.status is RelationshipStatus.BLOCKED:
        return _("This client is not taking invoices from you at the moment. Write to your contact there.")
    policy = session.scalar(select(RecordPolicy).filter_by(client_id=relationship.client_id))
    if policy is None or not _asks(policy.gate, act):
        return None
    status = session.scalar(select(Record.status).filter_by(relationship_id=relationship_id))
    return _sentence(policy, status or RecordStatus.EMPTY)


def _asks(gate: RecordGate, act: str) -> bool:
    return gate is RecordGate.BEFORE_UPLOAD or (gate is RecordGate.BEFORE_SENDING and act == "send")


def _sentence(policy: RecordPolicy, status: RecordStatus) -> str | None:
    if status in (APPROVED if policy.approved else SENT_IS_ENOUGH):
        return None
    if status is RecordStatus.EXPIRED:
        return _("Part of your digital record has expired. Bring it up to date before you go on.")
    if status is RecordStatus.SENT:
        return _("This client is still reviewing your digital record. You can go on once it is approved.")
    if status is RecordStatus.CORRECTIONS:
        return _("This client asked you to correct your digital record. Do it before you go on.")
    return _("This client needs your digital record first. Complete it and send it.")
