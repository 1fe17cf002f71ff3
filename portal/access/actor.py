"""The actor: a person (or the system) acting for one organization, as plain values.

Made once per request by the kit, handed to every service and query. It carries the scope that the database's
row-level policies read, so a forgotten condition in a query still shows nothing of another tenant.
"""
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from portal.access.policy import OPENS, STEP_UP_MINUTES, Purpose, Side
from portal.core.clock import now
from portal.core.db import Scope
from portal.core.errors import NotAllowed, StepUpNeeded
from portal.core.i18n import lazy

OUTSIDE_THE_ROLE = lazy("Your role does not include this. Ask your administrator.")


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who acts, for whom, with what permissions, seen from where."""

    side: Side
    user_id: UUID | None = None
    name: str = ""
    email: str = ""
    organization_id: UUID | None = None
    organization_name: str = ""
    roles: frozenset[str] = frozenset()
    permissions: frozenset[str] = frozenset()
    relationships: tuple[UUID, ...] = ()
    partners: tuple[UUID, ...] = ()
    organizations: tuple[UUID, ...] = ()
    several_seats: bool = True  # whether it may be elsewhere to act: the switcher asks
    session_id: UUID | None = None
    stepped_up_at: datetime | None = None
    locale: str = "es"
    zone: str = "America/Mexico_City"
    theme: str = "auto"
    ip: str = ""
    request_id: str = ""

    @property
    def client_id(self) -> UUID | None:
        """The client it acts for, when it stands on the client's side."""
        return self.organization_id if self.side in (Side.CLIENT, Side.SYSTEM) else None

    @property
    def scope(self) -> Scope:
        """Whose rows its transaction may touch."""
        clients = (self.client_id,) if self.client_id else ()
        own = (self.organization_id,) if self.organization_id else ()
        return Scope(user_id=self.user_id, organizations=tuple(dict.fromkeys((*own, *self.organizations))),
                     clients=clients, relationships=self.relationships, partners=self.partners)

    def can(self, permission: str) -> bool:
        """Say whether the actor holds `permission`; buttons and verbs ask the same question."""
        return permission in self.permissions

    def require(self, permission: str) -> None:
        """Raise NotAllowed unless the actor holds `permission`."""
        if not self.can(permission):
            raise NotAllowed(OUTSIDE_THE_ROLE)

    def require_opening(self, purpose: Purpose) -> None:
        """Raise NotAllowed unless the actor may open files given for `purpose`."""
        if not self.can_open(purpose):
            raise NotAllowed(OUTSIDE_THE_ROLE)

    def can_open(self, purpose: Purpose) -> bool:
        """Say whether the actor may open files given for `purpose`; links and downloads ask the same question."""
        return not self.permissions.isdisjoint(OPENS[purpose])

    @property
    def is_stepped_up(self) -> bool:
        """Whether the password was given in the last minutes."""
        return self.stepped_up_at is not None and now() - self.stepped_up_at <= timedelta(minutes=STEP_UP_MINUTES)

    def step_up(self) -> None:
        """Raise StepUpNeeded unless the password was given in the last minutes. The one door to sensitive acts."""
        if self.side is not Side.SYSTEM and not self.is_stepped_up:
            raise StepUpNeeded(lazy("Confirm it is you: type your password again."))

    def on(self, **changes: object) -> "Actor":
        """Return the same actor with `changes`."""
        return replace(self, **changes)  # type: ignore[arg-type]


ANONYMOUS = Actor(side=Side.ANONYMOUS)


def system(client_id: UUID | None = None) -> Actor:
    """Return the actor of jobs: the portal itself, on behalf of one client."""
    return Actor(side=Side.SYSTEM, name="Acuse", organization_id=client_id)
