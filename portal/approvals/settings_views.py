"""Where a client's administrator sets up the approval stages."""
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.access.policy import ROLE_WORDS
from portal.accounts import queries as people
from portal.approvals import configuration, queries
from portal.approvals.forms import StageForm
from portal.core.i18n import _
from portal.invoices.forms import KIND_WORDS
from portal.suppliers import queries as suppliers
from portal.web.forms import answer
from portal.web.page import page
from portal.web.pages import render, toast

bp = Blueprint("approvals_settings", __name__)


@page(bp, "/", Permission.Organization.CONFIGURE)
def index(actor: Actor) -> ResponseReturnValue:
    """The stages in their order."""
    names = {p.user_id: p.user.name or p.user.email for p in people.people(actor)}
    return render("approvals/stages.html", rules=queries.rules(actor), names=names, roles=ROLE_WORDS,
                  kinds=KIND_WORDS)


@page(bp, "/new", Permission.Organization.CONFIGURE, methods=["GET", "POST"])
def add(actor: Actor) -> ResponseReturnValue:
    """Add a stage at the end."""
    form = _form(actor)
    return answer(form, lambda: configuration.save(form.to_command(), actor), _saved, "approvals/stage.html", rule=None,
                  groups=suppliers.groups(actor))


@page(bp, "/<uuid:rule_id>", Permission.Organization.CONFIGURE, methods=["GET", "POST"])
def edit(actor: Actor, rule_id: UUID) -> ResponseReturnValue:
    """Change a stage for invoices sent from now on."""
    rule, form = queries.rule(actor, rule_id), _form(actor)
    if request.method == "GET":
        form.fill(rule)
    return answer(form, lambda: configuration.save(form.to_command(), actor, rule_id), _saved, "approvals/stage.html",
                  rule=rule, groups=suppliers.groups(actor))


@page(bp, "/<uuid:rule_id>/move", Permission.Organization.CONFIGURE, methods=["POST"])
def move(actor: Actor, rule_id: UUID) -> ResponseReturnValue:
    """Move a stage one place up or down."""
    configuration.move(rule_id, request.form.get("way") == "up", actor)
    return redirect(url_for("approvals_settings.index"), 303)


@page(bp, "/<uuid:rule_id>/archive", Permission.Organization.CONFIGURE, methods=["POST"])
def archive(actor: Actor, rule_id: UUID) -> ResponseReturnValue:
    """Take a stage out of the flow."""
    configuration.archive(rule_id, actor)
    toast(_("The stage no longer applies to invoices sent from now on."))
    return redirect(url_for("approvals_settings.index"), 303)


def _form(actor: Actor) -> StageForm:
    form = StageForm()
    form.approver_ids.choices = [(str(p.user_id), p.user.name or p.user.email) for p in configuration.approvers(actor)]
    return form


def _saved(_rule: object) -> str:
    toast(_("Saved. It applies to invoices sent from now on."))
    return url_for("approvals_settings.index")
