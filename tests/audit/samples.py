"""Events and actors for the tests of the trail."""
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import select

from portal.access.actor import Actor
from portal.access.policy import ROLES, Role, Side
from portal.audit.handlers import record
from portal.audit.models import AuditEvent
from portal.core.db import DOOR, session, transaction
from portal.core.events import Event
from portal.core.i18n import lazy
from portal.core.ids import new_id

ACME, OTHER = new_id(), new_id()


@dataclass(frozen=True, kw_only=True)
class TeaServed(Event):
    """Somebody had tea."""

    kind: ClassVar[str] = "tea"
    cups: int = 1
    note: str = ""
    password: str = ""


SENTENCES = {"TeaServed": lazy("%(subject)s had %(cups)s cups")}


def actor(client_id: UUID | None = ACME, role: Role = Role.AUDITOR, **more: Any) -> Actor:
    """Return a person of a client."""
    return Actor(side=Side.CLIENT, user_id=new_id(), name="Ana Núñez", organization_id=client_id,
                 permissions=ROLES[role], ip="203.0.113.7", request_id="r1", **more)


def tell(label: str = "Ana", client_id: UUID | None = ACME, by: Actor | None = None, **more: Any) -> None:
    """Record one event in a transaction of its own."""
    someone = by or actor(client_id)
    with transaction(someone.scope):
        record(TeaServed(client_id=client_id, subject_id=new_id(), subject_label=label, **more), someone)


def events(client_id: UUID | None = ACME) -> list[AuditEvent]:
    """Return a client's events, oldest first, as they are in the database."""
    with transaction(DOOR):
        query = select(AuditEvent).filter_by(client_id=client_id).order_by(AuditEvent.id)
        return list(session.scalars(query.execution_options(populate_existing=True)))
