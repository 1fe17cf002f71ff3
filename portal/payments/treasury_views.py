"""Treasury's pages: what is due, giving dates, registering payments, voiding them."""
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.core.clock import today
from portal.core.i18n import _, day, ngettext, weekday
from portal.invoices import facts
from portal.invoices import queries as invoices
from portal.invoices.models import Invoice
from portal.payments import crediting, drafts, effects, engine, queries, services
from portal.payments.drafts import Draft
from portal.payments.forms import ScheduleForm, UnscheduleForm, VoidForm
from portal.payments.models import Payment
from portal.payments.queries import DueFilter
from portal.payments.views import as_date
from portal.suppliers import queries as suppliers
from portal.web import once
from portal.web.forms import answer, as_uuid
from portal.web.page import page
from portal.web.pages import render, toast

bp = Blueprint("payments_treasury", __name__)


@page(bp, "/", Permission.Payment.SCHEDULE)
def due(actor: Actor) -> ResponseReturnValue:
    """Approved invoices that still owe."""
    wanted = DueFilter(request.args.get("q", "").strip(), request.args.get("state", ""), until=as_date("until"))
    found = queries.due(actor, wanted, request.args.get("cursor"))
    return render("payments/due.html", found=found, wanted=wanted, today=today(actor.zone),
                  totals=engine.totals((i.currency, i.balance) for i in found.rows))


@page(bp, "/schedule", Permission.Payment.SCHEDULE, methods=["POST"])
def schedule(actor: Actor) -> ResponseReturnValue:
    """Show the chosen invoices and their sums, then give them the date."""
    ids = [as_uuid(i) for i in request.form.getlist("selected")[:200]]
    rows, form = queries.chosen(actor, ids), ScheduleForm()
    shown: dict[str, Any] = {"rows": rows, "today": today(actor.zone), "withheld": facts.withheld, "here": _here(),
             "late": len(set(ids)) - len(rows), "totals": engine.totals((i.currency, i.balance) for i in rows),
             "notes": queries.applicable(actor, {i.relationship_id for i in rows})}
    if "pay_on" not in request.form:
        return render("payments/schedule.html", form=ScheduleForm(formdata=None), **shown)
    return answer(form, lambda: services.schedule(ids, form.pay_on.data, actor), _scheduled, "payments/schedule.html",
                  **shown)


@page(bp, "/pay", Permission.Payment.REGISTER, methods=["POST"])
def pay(actor: Actor) -> ResponseReturnValue:
    """Go to the payment of the chosen invoices, which are one supplier's: a payment has one beneficiary."""
    rows = queries.chosen(actor, [as_uuid(i) for i in request.form.getlist("selected")[:200]])
    to = {row.relationship_id for row in rows}
    if len(to) != 1:
        toast(_("A payment is to one supplier: choose invoices of one only.") if rows
              else _("Mark the invoices in the list first."), "warning")
        return redirect(_list(), 303)
    if len({row.currency for row in rows}) > 1:
        toast(_("They are in several currencies, so nothing is filled in: write what each gets."), "warning")
    return redirect(url_for("payments_treasury.register", relationship_id=to.pop(), invoice=[i.id for i in rows],
                            **_here()), 303)


@page(bp, "/unschedule/<uuid:invoice_id>", Permission.Payment.SCHEDULE, methods=["GET", "POST"])
def unschedule(actor: Actor, invoice_id: UUID) -> ResponseReturnValue:
    """Take a date away, saying why."""
    form, rows = UnscheduleForm(), [invoices.get(actor, invoice_id)]
    return answer(form, lambda: services.unschedule(invoice_id, form.note.data or "", actor), _unscheduled,
                  "payments/unschedule.html", rows=rows, here=_here())


@page(bp, "/pay/<uuid:relationship_id>", Permission.Payment.REGISTER, methods=["GET", "POST"])
def register(actor: Actor, relationship_id: UUID) -> ResponseReturnValue:
    """Type a payment to one supplier; what was begun is still there. Sending it leads to its confirmation."""
    if request.method == "GET":
        wanted = {as_uuid(i) for i in request.args.getlist("invoice")[:200]}
        return _typing(actor, drafts.begun(actor, relationship_id)
                       or drafts.suggested(actor, relationship_id, wanted)), 200
    once.may_come_again()
    draft = drafts.sent(actor, relationship_id)
    if drafts.tried(draft, actor, lambda command: services.preview(command, actor)) is None:
        return _typing(actor, draft), 422
    return redirect(url_for("payments_treasury.confirm", relationship_id=relationship_id, **_here()), 303)


@page(bp, "/pay/<uuid:relationship_id>/confirm", Permission.Payment.REGISTER, methods=["GET", "POST"],
      step_up=["POST"])
def confirm(actor: Actor, relationship_id: UUID) -> ResponseReturnValue:
    """Show what the payment would do, in numbers; sending this, with the password, does it."""
    suppliers.relationship(actor, relationship_id)
    draft = drafts.begun(actor, relationship_id)
    if draft is None:
        toast(_("There is nothing left to confirm here: it was registered, or begun anew, in another window. Look in "
                "the archive before you pay again."), "warning")
        return redirect(url_for("payments_treasury.register", relationship_id=relationship_id, **_here()), 303)
    seen = request.form.get("seen", "")
    if request.method == "POST" and (paid := drafts.tried(draft, actor, lambda c: services.register(c, actor, seen))):
        drafts.forget(actor, relationship_id)
        return redirect(_registered(paid), 303)
    return _confirming(actor, draft)


@page(bp, "/pay/<uuid:relationship_id>/forget", Permission.Payment.REGISTER, methods=["POST"])
def start_over(actor: Actor, relationship_id: UUID) -> ResponseReturnValue:
    """Forget what was begun."""
    suppliers.relationship(actor, relationship_id)
    drafts.forget(actor, relationship_id)
    wanted = request.args.getlist("invoice")  # what was chosen in the list when another payment was found begun
    return redirect(url_for("payments_treasury.register", relationship_id=relationship_id, invoice=wanted, **_here()),
                    303)


@page(bp, "/void/<uuid:payment_id>", Permission.Payment.VOID, methods=["GET", "POST"], step_up=["POST"])
def void(actor: Actor, payment_id: UUID) -> ResponseReturnValue:
    """Void a payment after showing what its invoices would owe again."""
    payment, form = queries.get(actor, payment_id), VoidForm()
    return answer(form, lambda: services.void(payment_id, form.reason.data or "", actor), _voided,
                  "payments/void.html", payment=payment, contents=queries.contents(payment),
                  names=queries.suppliers_of([payment]))


def _here() -> dict[str, Any]:
    """Return what the list was narrowed to when its act began: it goes from page to page, so that one comes back."""
    return {name: request.args[name] for name in ("q", "state", "until") if request.args.get(name)}


def _list() -> str:
    return url_for("payments_treasury.due", **_here())


def _typing(actor: Actor, draft: Draft) -> str:
    relationship = suppliers.relationship(actor, draft.relationship_id)
    payable = draft.payable(actor)
    return render("payments/register.html", withheld=facts.withheld, draft=draft, form=draft.form,
                  relationship=relationship, typed=draft.typed, payable=payable, here=_here(),
                  offers=crediting.offers(queries.applicable(actor, [relationship.id]), payable),
                  accounts=suppliers.approved_accounts(actor, relationship.id))


def _confirming(actor: Actor, draft: Draft) -> ResponseReturnValue:
    effect = drafts.tried(draft, actor, lambda command: services.preview(command, actor))
    if effect is None:
        return _typing(actor, draft), 422
    changed = bool(draft.form.form_errors)
    notes = queries.applicable(actor, [draft.relationship_id])
    return render("payments/confirm.html", effect=effect, withheld=facts.withheld, draft=draft,
                  twins=effects.twins(effect), here=_here(),
                  forgotten=crediting.forgotten(effect.credits, notes, [x.invoice for x in effect.lines]),
                  ), 409 if changed else 200


def _scheduled(rows: list[Invoice]) -> str:
    if not rows:
        toast(_("They had that date already, so nobody was told again."), "info")
    elif pay_on := rows[0].scheduled_on:
        toast(ngettext("%(num)d invoice scheduled for %(weekday)s, %(day)s. Its supplier has been told.",
                       "%(num)d invoices scheduled for %(weekday)s, %(day)s. Their suppliers have been told.",
                       len(rows), weekday=weekday(pay_on), day=day(pay_on)))
    return _list()


def _unscheduled(_invoice: object) -> str:
    toast(_("The date was taken away. The supplier has been told why."))
    return _list()


def _registered(payment: Payment) -> str:
    toast(_("Payment %(number)s registered. The supplier has been told.", number=payment.number))
    return url_for("payments.show", payment_id=payment.id)


def _voided(payment: Payment) -> str:
    toast(_("Payment %(number)s voided. Its invoices owe again.", number=payment.number))
    return url_for("payments.show", payment_id=payment.id)

