"""What the client's people see of approvals: their inbox, one invoice under review, the configured stages."""
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Select,
    String,
    Text,
    bindparam,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import contains_eager

from portal.access import binds
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.approvals import services
from portal.approvals.models import ApprovalStep, Decision, StageRule, StepState
from portal.core.db import ask, session
from portal.core.errors import NotFound
from portal.core.types import Page
from portal.invoices import queries as invoices
from portal.invoices.models import Invoice, InvoiceStatus
from portal.web import listing

SORTS = {
    "oldest": ((ApprovalStep.started_at, ApprovalStep.id), False),
    "newest": ((ApprovalStep.started_at, ApprovalStep.id), True),
    "amount": ((Invoice.total, ApprovalStep.id), True),
    "supplier": ((Invoice.supplier_name, ApprovalStep.id), False),
}
# Written out, not bound: only then does PostgreSQL know, whatever plan it keeps, that the index of what waits will do.
_CURRENT = ApprovalStep.state == literal_column(f"'{StepState.CURRENT}'")


def _held(query: Select[Any]) -> Select[Any]:
    """Return `query` narrowed to the steps that wait for the actor of `portal.access.binds`."""
    mine = or_(ApprovalStep.approver_ids.contains(array([binds.USER])),
               ApprovalStep.approver_roles.overlap(binds.ROLES))
    decided = select(Decision.id).where(Decision.step_id == ApprovalStep.id, Decision.user_id == binds.USER)
    return query.where(ApprovalStep.client_id == binds.CLIENT, _CURRENT, mine, ~decided.exists())


# Built once: what is counted beside the navigation, the stages of the oldest thousand steps, and the inbox's rows, each
# with those stages: two answers for one journey to the database.
WAITING = _held(select(ApprovalStep.id))
ROW: tuple[Any, ...] = (
    ApprovalStep.id, ApprovalStep.label_es, ApprovalStep.label_en, ApprovalStep.started_at, ApprovalStep.invoice_id,
    Invoice.number, Invoice.supplier_name, Invoice.total, Invoice.currency, Invoice.verdict, Invoice.stamp)
_OLDEST = _held(select(ApprovalStep.label_es)).order_by(ApprovalStep.started_at).limit(1000).subquery()
_NAMES = select(_OLDEST.c.label_es).distinct().order_by(_OLDEST.c.label_es).scalar_subquery()
_STAGES = cast(func.array_to_json(func.array(_NAMES)), Text).label("stages")
STAGES = select(_STAGES)
INBOX = _held(select(*ROW, _STAGES).join(ApprovalStep.invoice))


@dataclass(frozen=True)
class InboxFilter:
    """What the inbox is narrowed to; lives in the page's address."""

    search: str = ""
    stage: str = ""
    sort: str = "oldest"


@dataclass(frozen=True)
class Review:
    """Everything of an invoice's approval that its review page shows."""

    steps: Sequence[ApprovalStep]
    decisions: Sequence[Decision]
    current: ApprovalStep | None
    may_decide: bool


def inbox(actor: Actor, wanted: InboxFilter, cursor: str | None) -> Page[Any]:
    """Return what the rows of the inbox show: the steps that wait for this person, each with its invoice."""
    actor.require(Permission.Invoice.APPROVE)
    keys, descending = SORTS.get(wanted.sort, SORTS["oldest"])
    return listing.read(_inbox(bool(wanted.search), bool(wanted.stage)), keys, cursor, descending=descending, values={
        **binds.values(actor), "words": invoices.patterns(wanted.search), "stage": wanted.stage})


@cache
def _inbox(searched: bool, staged: bool) -> Select[Any]:
    query = INBOX.where(invoices.MATCHES) if searched else INBOX
    return query.where(ApprovalStep.label_es == bindparam("stage", type_=String())) if staged else query


def next_for(actor: Actor, after: UUID | None) -> UUID | None:
    """Return the invoice of the step that waits for this person next, by age, after the step with the id `after`.

    After the last one it is the oldest again: what was passed over comes back at the end, not at every step.
    """
    query = _held(select(ApprovalStep.invoice_id)).order_by(ApprovalStep.started_at, ApprovalStep.id).limit(1)
    step = session.get(ApprovalStep, after) if after else None
    later = query if step is None else query.where(
        tuple_(ApprovalStep.started_at, ApprovalStep.id) > tuple_(literal(step.started_at), literal(step.id)))
    return session.scalar(later, binds.values(actor)) or session.scalar(query, binds.values(actor))


def stages_of(actor: Actor, found: Page[Any]) -> list[str]:
    """Return the names of the stages that wait for this person (of the oldest thousand steps), for the filter.

    `found`: a page of the inbox.
    """
    row = found.rows[0] if found.rows else ask(STAGES, binds.values(actor))[0]
    return list(json.loads(row.stages))


def review(actor: Actor, invoice: Invoice) -> Review:
    """Return the run of an invoice: its steps (newest run), all decisions, and whether this person may decide."""
    steps = session.scalars(select(ApprovalStep).filter_by(invoice_id=invoice.id)
                            .order_by(ApprovalStep.run, ApprovalStep.position)).all()
    newest = [s for s in steps if s.run == steps[-1].run] if steps else []
    decisions = session.scalars(select(Decision).filter_by(invoice_id=invoice.id).order_by(Decision.id)).all()
    current = next((s for s in newest if s.state is StepState.CURRENT), None)
    decided = current is not None and any(d.step_id == current.id and d.user_id == actor.user_id for d in decisions)
    open_ = invoice.status is InvoiceStatus.IN_REVIEW and not decided
    return Review(newest, decisions, current, open_ and services.may(actor, current))


def steps_by_id(actor: Actor, step_ids: Sequence[UUID]) -> Sequence[ApprovalStep]:
    """Return those of the steps that wait for this person, with their invoices: for the bulk preview."""
    query = _held(select(ApprovalStep)).where(ApprovalStep.id.in_(step_ids)).join(ApprovalStep.invoice).options(
        contains_eager(ApprovalStep.invoice))
    return session.scalars(query.order_by(ApprovalStep.started_at), binds.values(actor)).all()


def rules(actor: Actor) -> Sequence[StageRule]:
    """Return the client's configured stages in their order."""
    return session.scalars(select(StageRule).filter_by(client_id=actor.client_id, archived_at=None)
                           .order_by(StageRule.position, StageRule.id)).all()


def rule(actor: Actor, rule_id: UUID) -> StageRule:
    """Return one configured stage; raises NotFound."""
    found = session.scalar(select(StageRule).filter_by(id=rule_id, client_id=actor.client_id, archived_at=None))
    if found is None:
        raise NotFound
    return found
