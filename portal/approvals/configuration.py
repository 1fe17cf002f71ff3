"""How a client sets up its stages: add, change, move, archive. Runs that have begun keep the stages they began with."""
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.access.policy import holding, permissions_of
from portal.accounts import queries as people
from portal.accounts.models import Membership
from portal.approvals import queries
from portal.approvals.events import StagesConfigured
from portal.approvals.models import Quorum, StageRule
from portal.core.clock import now
from portal.core.db import session
from portal.core.errors import Invalid
from portal.core.events import announce
from portal.core.i18n import _
from portal.core.ordering import shift
from portal.core.types import columns


@dataclass(frozen=True)
class SaveStage:
    """A stage as the form gives it; its fields are columns of `StageRule`."""

    label_es: str
    label_en: str
    approver_ids: tuple[UUID, ...]
    approver_roles: tuple[str, ...]
    quorum: Quorum
    minimum: Decimal | None
    maximum: Decimal | None
    currencies: tuple[str, ...]
    kinds: tuple[str, ...]
    groups: tuple[str, ...]


def save(command: SaveStage, actor: Actor, rule_id: UUID | None = None) -> StageRule:
    """Add a stage at the end, or change one. Raises Invalid when nobody could approve or the amounts cross."""
    actor.require(Permission.Organization.CONFIGURE)
    _check(command, actor)
    existing = queries.rules(actor)
    row = queries.rule(actor, rule_id) if rule_id else StageRule(
        client_id=actor.client_id, position=1 + max((r.position for r in existing), default=0))
    for name, value in columns(command).items():
        setattr(row, name, value)
    session.add(row)
    session.flush()
    _tell(row, "changed" if rule_id else "added", actor)
    return row


def move(rule_id: UUID, up: bool, actor: Actor) -> None:
    """Exchange a stage with its neighbour."""
    actor.require(Permission.Organization.CONFIGURE)
    row = queries.rule(actor, rule_id)
    if shift(queries.rules(actor), row, up=up):
        _tell(row, "moved", actor)


def archive(rule_id: UUID, actor: Actor) -> None:
    """Take a stage out of the flow of invoices sent from now on."""
    actor.require(Permission.Organization.CONFIGURE)
    row = queries.rule(actor, rule_id)
    row.archived_at = now()
    _tell(row, "archived", actor)


def approvers(actor: Actor) -> list[Membership]:
    """Return the people of the actor's client whose roles let them approve: only they can be named in a stage."""
    return [p for p in people.people(actor) if Permission.Invoice.APPROVE in permissions_of(p.roles)]


def _check(command: SaveStage, actor: Actor) -> None:
    if not command.approver_ids and not command.approver_roles:
        raise Invalid(fields={"approver_ids": _("Choose at least one person or one role: without them nobody "
                                                "could approve and the invoices would wait for ever.")})
    if not set(command.approver_ids) <= {p.user_id for p in approvers(actor)}:
        raise Invalid(fields={"approver_ids": _("One of these people cannot approve invoices any more. Choose again.")})
    if not set(command.approver_roles) <= set(holding(Permission.Invoice.APPROVE)):
        raise Invalid(fields={"approver_roles": _("One of these roles does not approve invoices. Choose again.")})
    if command.minimum is not None and command.maximum is not None and command.minimum > command.maximum:
        raise Invalid(fields={"maximum": _("The upper amount is below the lower one.")})


def _tell(row: StageRule, act: str, actor: Actor) -> None:
    announce(StagesConfigured(client_id=row.client_id, subject_id=row.id, subject_label=row.label_es, act=act), actor)
