"""The inbox of what waits for me, and the review of one invoice."""
from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.access.policy import Side
from portal.approvals import queries, rows, services
from portal.approvals.forms import DecideForm
from portal.approvals.models import Verdict
from portal.approvals.queries import InboxFilter
from portal.core.db import savepoint
from portal.core.errors import Invalid, PortalError
from portal.core.i18n import _, ngettext
from portal.invoices import at_sat, sending
from portal.invoices import queries as invoices
from portal.invoices.models import Invoice, InvoiceStatus
from portal.payments import queries as payments
from portal.sat import wording as sat
from portal.suppliers import queries as suppliers
from portal.web.forms import as_uuid
from portal.web.page import page
from portal.web.pages import render, toast

NOWHERE = UUID(int=0)
bp = Blueprint("approvals", __name__)
SAID = {InvoiceStatus.IN_REVIEW: lambda n: _("%(n)s: stage approved.", n=n),
        InvoiceStatus.DRAFT: lambda n: _("%(n)s returned to the supplier, with your reason.", n=n),
        InvoiceStatus.REJECTED: lambda n: _("%(n)s rejected. The supplier has been told why.", n=n)}


@page(bp, "/", Permission.Invoice.APPROVE)
def inbox(actor: Actor) -> ResponseReturnValue:
    """What waits for this person, oldest first."""
    wanted = InboxFilter(request.args.get("q", "").strip(), request.args.get("stage", ""),
                         request.args.get("sort", "oldest"))
    found = queries.inbox(actor, wanted, request.args.get("cursor"))
    address = url_for("approvals.review", invoice_id=NOWHERE).removesuffix(str(NOWHERE))
    return render("approvals/inbox.html", found=found, rows=rows.drawn(found.rows, actor.zone, address),
                  wanted=wanted, stages=queries.stages_of(actor, found))


@page(bp, "/<uuid:invoice_id>", Permission.Invoice.READ, methods=["GET", "POST"])
def review(actor: Actor, invoice_id: UUID) -> ResponseReturnValue:
    """One invoice with all that a decision needs, for the client's people; POST decides."""
    invoice = invoices.get(actor, invoice_id)
    if actor.side is Side.SUPPLIER:
        return redirect(url_for("invoices.show", invoice_id=invoice_id))
    form = DecideForm()
    if request.method == "POST" and form.validate():
        try:
            with savepoint():
                decided = services.decide(form.to_command(invoice_id), actor)
            toast(SAID.get(decided.status, _approved)(decided.number))
            return redirect(_onwards(actor, invoice_id, as_uuid(form.step_id.data)), 303)
        except Invalid as refused:
            form.explain(refused)
    status = 422 if request.method == "POST" else 200
    return render("approvals/review.html", form=form, **_shown(actor, invoice)), status


@page(bp, "/approve", Permission.Invoice.APPROVE, methods=["POST"])
def approve_many(actor: Actor) -> ResponseReturnValue:
    """Show what approving the selected invoices would do, then do it: each for itself, none half."""
    steps = queries.steps_by_id(actor, [as_uuid(i) for i in request.form.getlist("selected")[:100]])
    if request.form.get("action") != "confirmed" or not steps:
        return render("approvals/approve_many.html", steps=steps)
    done, left = _approve_each(actor, steps)
    toast(ngettext("%(num)d invoice approved.", "%(num)d invoices approved.", done), "success" if done else "warning")
    for line in left:
        toast(line, "warning")
    return redirect(url_for("approvals.inbox"), 303)


def _approve_each(actor: Actor, steps: Sequence[queries.ApprovalStep]) -> tuple[int, list[str]]:
    done, left = 0, []
    # Read before the first decision: what a refusal undoes lets go of the rows.
    wanted = [(step.invoice.number, services.Decide(step.invoice_id, step.id, step.invoice.version, Verdict.APPROVED))
              for step in steps]
    for number, command in wanted:
        try:
            with savepoint():
                services.decide(command, actor)
            done += 1
        except PortalError as refused:
            left.append(f"{number}: {refused.message}")
    return done, left


def _shown(actor: Actor, invoice: Invoice) -> dict[str, object]:
    return {
        "invoice": invoice, "review": queries.review(actor, invoice), **invoices.details(actor, invoice),
        "relationship": suppliers.relationship(actor, invoice.relationship_id),
        "record": suppliers.record_of(actor, invoice.relationship_id),
        "accounts": suppliers.approved_accounts(actor, invoice.relationship_id),
        "sat_lists": sat.about(invoice.supplier_tax_id), "at_sat": at_sat.shown(invoice, actor.zone),
        "removable": sending.removable(invoice),
        "payments": payments.payments_of(invoice), "dates": payments.dates_of(invoice),
    }


def _approved(number: str) -> str:
    return _("%(n)s approved: this was its last stage.", n=number)


def _onwards(actor: Actor, invoice_id: UUID, step_id: UUID) -> str:
    if request.form.get("then") != "next":
        return url_for("approvals.review", invoice_id=invoice_id)
    following = queries.next_for(actor, step_id)
    return url_for("approvals.review", invoice_id=following) if following else url_for("approvals.inbox")
