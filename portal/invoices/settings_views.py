"""What a client demands with invoices and accepts as one: the administrator's pages."""
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.core.errors import NotFound
from portal.core.i18n import _
from portal.invoices import demands, queries, services
from portal.invoices.forms import KIND_WORDS, TYPE_WORDS, RequirementForm, SettingsForm
from portal.invoices.models import InvoiceRequirement
from portal.suppliers import queries as suppliers
from portal.web.forms import answer
from portal.web.page import page
from portal.web.pages import toast

bp = Blueprint("invoices_settings", __name__)
CONFIGURE = Permission.Organization.CONFIGURE


@page(bp, "/", CONFIGURE, methods=["GET", "POST"])
def index(actor: Actor) -> ResponseReturnValue:
    """The requirements in their order, and what is accepted."""
    form, rows = SettingsForm(), demands.requirements(actor, _client(actor), archived=True)
    if not form.is_submitted():
        form.fill(queries.settings(_client(actor)))
    return answer(form, lambda: services.save_settings(form.to_command(), actor), lambda _row: _saved(),
                  "invoices/settings.html", asked=[r for r in rows if r.archived_at is None],
                  archived=[r for r in rows if r.archived_at], kind_words=KIND_WORDS, type_words=TYPE_WORDS)


@page(bp, "/requirements/new", CONFIGURE, methods=["GET", "POST"])
def add(actor: Actor) -> ResponseReturnValue:
    """Add a requirement."""
    form = RequirementForm()
    if not form.is_submitted():
        form.file_types.data = ["pdf"]
    return answer(form, lambda: services.add_requirement(form.to_command(), actor), lambda _row: _saved(),
                  "invoices/requirement_form.html", row=None, groups=suppliers.groups(actor))


@page(bp, "/requirements/<uuid:requirement_id>", CONFIGURE, methods=["GET", "POST"])
def edit(actor: Actor, requirement_id: UUID) -> ResponseReturnValue:
    """Change what a requirement asks from now on."""
    row, form = demands.requirement(actor, _client(actor), requirement_id), RequirementForm()
    if not form.is_submitted():
        form.fill(row)
    return answer(form, lambda: services.edit_requirement(requirement_id, form.to_command(), actor),
                  lambda _row: _saved(), "invoices/requirement_form.html", row=row,
                  groups=suppliers.groups(actor))


@page(bp, "/requirements/<uuid:requirement_id>/move", CONFIGURE, methods=["POST"])
def move(actor: Actor, requirement_id: UUID) -> ResponseReturnValue:
    """Move a requirement one place up or down."""
    services.move_requirement(requirement_id, request.form.get("to") == "up", actor)
    return redirect(url_for("invoices_settings.index"), 303)


@page(bp, "/requirements/<uuid:requirement_id>/archive", CONFIGURE, methods=["POST"])
def archive(actor: Actor, requirement_id: UUID) -> ResponseReturnValue:
    """Ask it no more."""
    row: InvoiceRequirement = services.archive_requirement(requirement_id, actor)
    toast(_("“%(name)s” is no longer asked for. What was given stays.", name=row.label_es),
          undo_url=url_for("invoices_settings.restore", requirement_id=requirement_id))
    return redirect(url_for("invoices_settings.index"), 303)


@page(bp, "/requirements/<uuid:requirement_id>/restore", CONFIGURE, methods=["POST"])
def restore(actor: Actor, requirement_id: UUID) -> ResponseReturnValue:
    """Ask it again."""
    services.restore_requirement(requirement_id, actor)
    return redirect(url_for("invoices_settings.index"), 303)


def _client(actor: Actor) -> UUID:
    if actor.client_id is None:
        raise NotFound
    return actor.client_id


def _saved() -> str:
    toast(_("Saved. It holds for invoices sent from now on."))
    return url_for("invoices_settings.index")
