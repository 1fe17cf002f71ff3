"""Where a client's administrator sets up the record: its policy, its sections and its fields."""
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.core.i18n import _
from portal.suppliers import layout
from portal.suppliers.forms import LayoutFieldForm, PolicyForm, SectionForm
from portal.web.forms import answer, as_uuid
from portal.web.page import page
from portal.web.pages import toast

bp = Blueprint("suppliers_layout", __name__)


@page(bp, "/", Permission.Organization.CONFIGURE, methods=["GET", "POST"])
def index(actor: Actor) -> ResponseReturnValue:
    """The whole layout, and whether the record is needed."""
    form = PolicyForm(obj=layout.policy_of(actor.client_id))
    return answer(form, lambda: layout.save_policy(form.gate.data, form.approved.data, form.bank_account.data, actor),
                  _saved, "suppliers/layout.html", layout=layout.whole(actor))


@page(bp, "/sections/new", Permission.Organization.CONFIGURE, methods=["GET", "POST"])
def add_section(actor: Actor) -> ResponseReturnValue:
    """Add a section."""
    form = SectionForm()
    return answer(form, lambda: layout.save_section(form.title_es.data, form.title_en.data or "", actor), _saved,
                  "suppliers/section.html", section=None)


@page(bp, "/sections/<uuid:section_id>", Permission.Organization.CONFIGURE, methods=["GET", "POST"])
def edit_section(actor: Actor, section_id: UUID) -> ResponseReturnValue:
    """Rename a section."""
    section = layout.find_section(section_id, actor)
    form = SectionForm(obj=section)
    return answer(form, lambda: layout.save_section(form.title_es.data, form.title_en.data or "", actor, section_id),
                  _saved, "suppliers/section.html", section=section)


@page(bp, "/fields/new", Permission.Organization.CONFIGURE, methods=["GET", "POST"])
def add_field(actor: Actor) -> ResponseReturnValue:
    """Add a field."""
    form = LayoutFieldForm(section_id=request.args.get("section")).offer(list(layout.whole(actor).sections))
    return answer(form, lambda: layout.save_field(form.to_command(), actor), _saved, "suppliers/layout_field.html",
                  field=None)


@page(bp, "/fields/<uuid:field_id>", Permission.Organization.CONFIGURE, methods=["GET", "POST"])
def edit_field(actor: Actor, field_id: UUID) -> ResponseReturnValue:
    """Change a field."""
    field, form = layout.find_field(field_id, actor), LayoutFieldForm().offer(list(layout.whole(actor).sections))
    if request.method == "GET":
        form.fill(field)
    return answer(form, lambda: layout.save_field(form.to_command(), actor, field_id), _saved,
                  "suppliers/layout_field.html", field=field)


@page(bp, "/move", Permission.Organization.CONFIGURE, methods=["POST"])
def move(actor: Actor) -> ResponseReturnValue:
    """Move a section or a field one place."""
    layout.move(request.form.get("kind", ""), as_uuid(request.form.get("id")), request.form.get("way") == "up", actor)
    return redirect(url_for("suppliers_layout.index"), 303)


@page(bp, "/archive", Permission.Organization.CONFIGURE, methods=["POST"])
def archive(actor: Actor) -> ResponseReturnValue:
    """Stop demanding a section or a field."""
    layout.archive(request.form.get("kind", ""), as_uuid(request.form.get("id")), actor)
    toast(_("It is no longer demanded. What was given stays in the history."))
    return redirect(url_for("suppliers_layout.index"), 303)


def _saved(_row: object) -> str:
    toast(_("Saved."))
    return url_for("suppliers_layout.index")
