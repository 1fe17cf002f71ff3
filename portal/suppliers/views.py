"""A client's suppliers: list, one supplier, register, send the link again, take it back, block."""
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.accounts import links
from portal.cfdi import words
from portal.core.clock import now
from portal.core.folding import fold
from portal.core.i18n import _, language
from portal.invoices import queries as invoices
from portal.invoices.queries import Filters
from portal.sat import wording as sat
from portal.suppliers import queries, records, services
from portal.suppliers.forms import ChangeForm, InviteForm, ReasonForm
from portal.suppliers.models import Relationship, RelationshipStatus
from portal.suppliers.queries import SupplierFilter
from portal.web.forms import answer
from portal.web.page import page
from portal.web.pages import render, toast

bp = Blueprint("suppliers", __name__)


@page(bp, "/", Permission.Supplier.READ)
def index(actor: Actor) -> ResponseReturnValue:
    """The client's suppliers."""
    wanted = SupplierFilter(fold(request.args.get("q", "")), request.args.get("status", ""))
    found = queries.listed(actor, wanted, request.args.get("cursor"))
    return render("suppliers/index.html", found=found, wanted=wanted, typed=request.args.get("q", ""),
                  states=queries.record_states(found.rows))


@page(bp, "/new", Permission.Supplier.INVITE, methods=["GET", "POST"])
def invite(actor: Actor) -> ResponseReturnValue:
    """Register a supplier and send it the link."""
    form = InviteForm()
    return answer(form, lambda: services.invite(form.to_command(), actor), _invited, "suppliers/invite.html",
                  groups=queries.groups(actor))


@page(bp, "/<uuid:relationship_id>", Permission.Supplier.READ)
def show(actor: Actor, relationship_id: UUID) -> ResponseReturnValue:
    """One supplier: its invitation, its record, its accounts, its latest invoices."""
    row = queries.relationship(actor, relationship_id)
    return render(
        "suppliers/show.html",
        supplier=row,
        country=words.describe("Pais", row.country, language()) or row.country,
        link=links.latest([row.id], actor).get(row.id),
        link_now=now(),
        record=queries.record_of(actor, row.id),
        accounts=records.accounts(row.id),
        sat_lists=sat.about(row.tax_id),
        latest=invoices.everything(actor, Filters(relationship_id=row.id)).rows[:5],
    )


@page(bp, "/<uuid:relationship_id>/change", Permission.Supplier.INVITE, methods=["GET", "POST"])
def change(actor: Actor, relationship_id: UUID) -> ResponseReturnValue:
    """Change what the client keeps of a supplier."""
    row = queries.relationship(actor, relationship_id)
    form, before = ChangeForm(obj=row), row.contact_email
    return answer(form, lambda: services.change(row.id, form.name.data, form.group.data or "",
                                                form.contact_email.data, actor),
                  lambda changed: _changed(changed, before), "suppliers/change.html", supplier=row,
                  groups=queries.groups(actor))


@page(bp, "/<uuid:relationship_id>/resend", Permission.Supplier.INVITE, methods=["POST"])
def resend(actor: Actor, relationship_id: UUID) -> ResponseReturnValue:
    """Send a new link."""
    row = services.resend(relationship_id, actor)
    toast(_("Sent again to %(email)s. Ask them to look in the spam folder too.", email=row.contact_email))
    return redirect(url_for("suppliers.show", relationship_id=row.id), 303)


@page(bp, "/<uuid:relationship_id>/revoke", Permission.Supplier.INVITE, methods=["POST"])
def revoke(actor: Actor, relationship_id: UUID) -> ResponseReturnValue:
    """Take an invitation back."""
    services.revoke(relationship_id, actor)
    toast(_("The invitation was taken back; its link no longer works."))
    return redirect(url_for("suppliers.show", relationship_id=relationship_id), 303)


@page(bp, "/<uuid:relationship_id>/block", Permission.Supplier.INVITE, methods=["GET", "POST"])
def block(actor: Actor, relationship_id: UUID) -> ResponseReturnValue:
    """Take no more invoices from a supplier."""
    row, form = queries.relationship(actor, relationship_id), ReasonForm()
    return answer(form, lambda: services.block(row.id, form.reason.data or "", actor), _blocked,
                  "suppliers/block.html", supplier=row)


@page(bp, "/<uuid:relationship_id>/unblock", Permission.Supplier.INVITE, methods=["POST"])
def unblock(actor: Actor, relationship_id: UUID) -> ResponseReturnValue:
    """Take invoices from a supplier again."""
    services.unblock(relationship_id, actor)
    toast(_("Unblocked. The supplier can send invoices again."))
    return redirect(url_for("suppliers.show", relationship_id=relationship_id), 303)


def _invited(row: Relationship) -> str:
    toast(_("Invitation sent to %(email)s.", email=row.contact_email))
    return url_for("suppliers.show", relationship_id=row.id)


def _changed(row: Relationship, address: str) -> str:
    sent_anew = row.status is RelationshipStatus.INVITED and row.contact_email != address
    toast(_("Saved. A new link was sent to %(email)s; the earlier one no longer works.", email=row.contact_email)
          if sent_anew else _("Saved."))
    return url_for("suppliers.show", relationship_id=row.id)


def _blocked(row: Relationship) -> str:
    toast(_("Blocked. No more invoices are taken from this supplier; what is in process goes on."))
    return url_for("suppliers.show", relationship_id=row.id)
