"""The verbs: start a run, decide a step, stop a run."""
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.accounts import queries as people
from portal.approvals import engine
from portal.approvals.events import StageDecided, StageStarted
from portal.approvals.models import ApprovalStep, Decision, StageRule, StepState, Verdict
from portal.core.clock import now
from portal.core.db import insert_once, session
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.events import announce
from portal.core.i18n import _
from portal.invoices import at_sat
from portal.invoices import queries as invoices_queries
from portal.invoices import services as invoices
from portal.invoices.events import about
from portal.invoices.models import Invoice, InvoiceStatus, StampState


@dataclass(frozen=True)
class Decide:
    """One person's verdict on the step that they saw, on the version of the invoice that they saw."""

    invoice_id: UUID
    step_id: UUID
    version: int
    verdict: Verdict
    reason: str = ""


def start(invoice: Invoice, group: str, actor: Actor) -> None:
    """Begin the run of an invoice that has just been sent (inside the same transaction)."""
    rules = session.scalars(select(StageRule).filter_by(client_id=invoice.client_id)).all()
    run = 1 + (session.scalar(select(func.max(ApprovalStep.run)).filter_by(invoice_id=invoice.id)) or 0)
    steps = [_frozen(invoice, run, position, stage)
             for position, stage in enumerate(engine.route(rules, facts_of(invoice, group)), start=1)]
    session.add_all(steps)
    session.flush()
    _begin(steps[0], invoice, actor)
    _show(invoice, steps)


def begin_run_of(invoice_id: UUID, group: str, actor: Actor) -> None:
    """Begin the run of the invoice with this id."""
    start(session.get_one(Invoice, invoice_id), group, actor)


def stop(invoice_id: UUID) -> None:
    """End the open run of an invoice that was withdrawn."""
    for step in _newest_run(invoice_id):
        if step.state in (StepState.WAITING, StepState.CURRENT):
            step.state, step.ended_at = StepState.CANCELLED, now()


def decide(command: Decide, actor: Actor) -> Invoice:
    """Record a decision on the current step and do what follows from it.

    Raises NotFound (not yours), Conflict (decided already, or the page is stale), Invalid (no reason given, or the
    stamp is not verified yet), NotAllowed (not among the approvers).
    """
    actor.require(Permission.Invoice.APPROVE)
    invoice = invoices_queries.locked(actor, command.invoice_id)
    step = _current(invoice, command, actor)
    _check(command, invoice)
    decision = Decision(client_id=invoice.client_id, relationship_id=invoice.relationship_id, invoice_id=invoice.id,
                        step_id=step.id, user_id=actor.user_id, user_name=actor.name, verdict=command.verdict,
                        reason=command.reason)
    if not insert_once(decision):
        raise Conflict(_("You have already decided on this stage."))
    announce(StageDecided(**about(invoice), stage=step.label_es, verdict=command.verdict.value,
                          reason=command.reason), actor)
    _follow(command, step, invoice, actor)
    return invoice


def advance(step: ApprovalStep, invoice: Invoice, actor: Actor) -> None:
    """Go on to the next stage, or approve the invoice, when a step has its approvals. Its invoice is held."""
    session.flush()
    approved = session.scalars(select(Decision.user_id).filter_by(step_id=step.id, verdict=Verdict.APPROVED)).all()
    able = people.able(invoice.client_id, Permission.Invoice.APPROVE)
    holders = [one for one, roles in able.items() if roles & set(step.approver_roles)]
    if not engine.is_complete(step.quorum, step.approver_ids, holders, approved):
        invoices.touch(invoice)
        return
    step.state, step.ended_at = StepState.APPROVED, now()
    steps = _newest_run(invoice.id)
    following = next((s for s in steps if s.state is StepState.WAITING), None)
    if following:
        _begin(following, invoice, actor)
        _show(invoice, steps)
    else:
        _show(invoice, steps)
        invoices.approve(invoice, actor)


def facts_of(invoice: Invoice, group: str) -> engine.Facts:
    """Return what the stage rules ask of an invoice; MXN at the rate that was frozen when it was sent."""
    rate = Decimal(1) if invoice.currency == "MXN" else invoice.exchange_rate
    return engine.Facts(in_mxn=invoice.total * rate if rate else None, currency=invoice.currency,
                        kind=invoice.kind_code, group=group)


def may(actor: Actor, step: ApprovalStep | None) -> bool:
    """Say whether the actor may decide on a step: the button and the verb ask this same question."""
    return (step is not None and step.state is StepState.CURRENT and actor.user_id is not None
            and actor.can(Permission.Invoice.APPROVE)
            and engine.may_decide(actor.user_id, actor.roles, step.approver_ids, step.approver_roles))


def _current(invoice: Invoice, command: Decide, actor: Actor) -> ApprovalStep:
    step = session.get(ApprovalStep, command.step_id, with_for_update=True)
    if step is None or step.invoice_id != invoice.id:
        raise NotFound
    if (step.state is not StepState.CURRENT or invoice.status is not InvoiceStatus.IN_REVIEW
            or invoice.version != command.version):
        raise Conflict(_("Somebody decided on this invoice before you, or it has changed. Look at it again."))
    if not may(actor, step):
        raise NotFound if not actor.can(Permission.Invoice.READ) else Invalid(
            _("This stage waits for other people. You can see the invoice, but not decide on it."))
    return step


def _check(command: Decide, invoice: Invoice) -> None:
    if command.verdict is not Verdict.APPROVED and len(command.reason.strip()) < 5:
        raise Invalid(fields={"reason": _("Say why, so that the supplier knows what to do (at least 5 letters).")})
    if command.verdict is Verdict.APPROVED and invoice.stamp in (StampState.PENDING, StampState.REFUSED):
        raise Invalid(_("The stamp of this invoice has not been verified yet, so it cannot be approved. "
                        "The portal goes on trying; you can return or reject it."))
    held = at_sat.hold(invoice) if command.verdict is Verdict.APPROVED else None
    if held:
        raise Invalid(held)


def _follow(command: Decide, step: ApprovalStep, invoice: Invoice, actor: Actor) -> None:
    if command.verdict is Verdict.APPROVED:
        advance(step, invoice, actor)
        return
    step.state, step.ended_at = StepState.REJECTED, now()
    stop(invoice.id)
    session.flush()
    _show(invoice, _newest_run(invoice.id))
    act = invoices.return_to_draft if command.verdict is Verdict.RETURNED else invoices.reject
    act(invoice, command.reason.strip(), actor)


def _begin(step: ApprovalStep, invoice: Invoice, actor: Actor) -> None:
    step.state, step.started_at = StepState.CURRENT, now()
    announce(StageStarted(**about(invoice), stage=step.label_es, position=step.position), actor)


def _show(invoice: Invoice, steps: Sequence[ApprovalStep]) -> None:
    """Keep on the invoice what its lists show of the run: the dots, and who holds it since when."""
    current = next((s for s in steps if s.state is StepState.CURRENT), None)
    dots = [{"es": s.label_es, "en": s.label_en or s.label_es, "state": s.state.value,
             "since": (s.ended_at or s.started_at or now()).isoformat()} for s in steps]
    invoices.set_stages(invoice, dots, current.label_es if current else "", current.started_at if current else None)


def _newest_run(invoice_id: UUID) -> Sequence[ApprovalStep]:
    newest = select(func.max(ApprovalStep.run)).filter_by(invoice_id=invoice_id).scalar_subquery()
    return session.scalars(select(ApprovalStep).filter_by(invoice_id=invoice_id).where(ApprovalStep.run == newest)
                           .order_by(ApprovalStep.position)).all()


def _frozen(invoice: Invoice, run: int, position: int, stage: engine.Stage) -> ApprovalStep:
    return ApprovalStep(client_id=invoice.client_id, relationship_id=invoice.relationship_id, invoice_id=invoice.id,
                        run=run, position=position, label_es=stage.label_es, label_en=stage.label_en,
                        approver_ids=list(stage.approver_ids), approver_roles=list(stage.approver_roles),
                        quorum=stage.quorum)
