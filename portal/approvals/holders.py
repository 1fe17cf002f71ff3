"""Who holds an invoice: telling them, and finding somebody else when they are gone. On the client's side, in jobs."""
from collections.abc import Mapping
from contextlib import suppress
from uuid import UUID

from sqlalchemy import select

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.access.policy import Role
from portal.accounts import queries as people
from portal.accounts.models import Organization
from portal.approvals import emails, engine, services
from portal.approvals.events import StageHandedOver
from portal.approvals.models import ApprovalStep, Decision, StepState, Verdict
from portal.core.db import savepoint, session
from portal.core.errors import Invalid
from portal.core.events import announce
from portal.invoices.events import about
from portal.invoices.models import Invoice, InvoiceStatus

Able = Mapping[UUID, frozenset[str]]


def tell(invoice_id: UUID, actor: Actor, position: int | None = None) -> int:
    """Post the letters to the approvers of an invoice's current step; none when it has moved on. Returns how many.

    `position`: of the step that they are told of. Those who were named and are gone are stood in for.
    """
    held = _held(invoice_id, actor)
    if held is None or position not in (None, held[1].position):
        return 0
    able = people.able(held[0].client_id, Permission.Invoice.APPROVE)
    _hand_over(*held, able, actor)
    return _write(*held, {one for one in able if engine.may_decide(one, able[one], held[1].approver_ids,
                                                                   held[1].approver_roles)})


def hand_over(invoice_id: UUID, actor: Actor) -> bool:
    """Let an administrator decide on an invoice's step when somebody it waited for is gone; say whether so.

    The administrators are told. Doing it twice changes nothing.
    """
    held = _held(invoice_id, actor)
    able = people.able(held[0].client_id, Permission.Invoice.APPROVE) if held else {}
    if held is None or not _hand_over(*held, able, actor):
        return False
    _write(*held, {one for one, roles in able.items() if Role.ADMINISTRATOR in roles})
    return True


def orphans(actor: Actor) -> list[UUID]:
    """Return the invoices of the actor's client whose step waits for somebody who is gone."""
    able = people.able(actor.client_id, Permission.Invoice.APPROVE) if actor.client_id else {}
    columns = ApprovalStep.quorum, ApprovalStep.approver_ids, ApprovalStep.approver_roles
    waiting = select(*columns).where(ApprovalStep.client_id == actor.client_id,
                                     ApprovalStep.state == StepState.CURRENT)
    found: list[UUID] = []
    for kept in session.execute(waiting.distinct()).all():
        if engine.successors(*kept, able) is not None:
            alike = [column == value for column, value in zip(columns, kept, strict=True)]
            found += session.scalars(waiting.with_only_columns(ApprovalStep.invoice_id).where(*alike))
    return found


def _held(invoice_id: UUID, actor: Actor) -> tuple[Invoice, ApprovalStep] | None:
    """Return an invoice in review and its current step, both rows held: the invoice's first, as a decision does."""
    invoice = session.scalar(select(Invoice).filter_by(
        id=invoice_id, client_id=actor.client_id, status=InvoiceStatus.IN_REVIEW).with_for_update())
    step = session.scalar(select(ApprovalStep).filter_by(
        invoice_id=invoice_id, state=StepState.CURRENT).with_for_update()) if invoice is not None else None
    return None if invoice is None or step is None else (invoice, step)


def _hand_over(invoice: Invoice, step: ApprovalStep, able: Able, actor: Actor) -> bool:
    approved = session.scalars(select(Decision.user_id).filter_by(step_id=step.id, verdict=Verdict.APPROVED)).all()
    found = engine.successors(step.quorum, step.approver_ids, step.approver_roles, able, approved)
    if found is None:
        return False
    step.approver_ids, step.approver_roles = found
    announce(StageHandedOver(**about(invoice), stage=step.label_es), actor)
    if approved:  # those who are left may all have approved already
        with suppress(Invalid), savepoint():  # what holds the invoice holds it here too
            services.advance(step, invoice, actor.on(permissions=frozenset((Permission.Invoice.APPROVE,))))
    return True


def _write(invoice: Invoice, step: ApprovalStep, wanted: set[UUID]) -> int:
    if step.state is not StepState.CURRENT:
        return 0
    client = session.get_one(Organization, invoice.client_id).name
    addressed = [r for r in map(people.recipient, sorted(wanted)) if r is not None]
    for person in addressed:
        emails.stage_started(person, invoice, step.label_es, client)
    return len(addressed)
