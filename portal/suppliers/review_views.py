"""The client's review of records: which wait, and one record item by item."""
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.cfdi import words
from portal.core.db import savepoint
from portal.core.errors import Invalid
from portal.core.i18n import _, language, ngettext
from portal.suppliers import bank_accounts, queries, reviews
from portal.suppliers.board import board_of, rows_of
from portal.suppliers.forms import DecideItemForm
from portal.web.page import page
from portal.web.pages import render, toast

bp = Blueprint("suppliers_review", __name__)


@page(bp, "/", Permission.Supplier.READ)
def index(actor: Actor) -> ResponseReturnValue:
    """Records by status, those that wait for review first."""
    status = request.args.get("status", "sent")
    found = queries.records_to_review(actor, request.args.get("cursor"), status)
    return render("suppliers/reviews.html", found=found, status=status, suppliers=queries.names(found.rows))


@page(bp, "/<uuid:relationship_id>", Permission.Supplier.READ, methods=["GET", "POST"])
def show(actor: Actor, relationship_id: UUID) -> ResponseReturnValue:
    """One record, item by item; POST decides on one."""
    form = DecideItemForm()
    if request.method == "POST" and form.validate():
        try:
            with savepoint():
                reviews.decide(form.to_command(relationship_id), actor)
            toast(_("Approved.") if form.verdict.data == "approve" else _("Rejected. The supplier will be told why."))
            return redirect(url_for("suppliers_review.show", relationship_id=relationship_id,
                                    _anchor=f"item-{form.item_id.data}"), 303)
        except Invalid as refused:
            form.explain(refused)
    return _page(actor, relationship_id, form), 422 if request.method == "POST" else 200


@page(bp, "/<uuid:relationship_id>/approve", Permission.Supplier.REVIEW, methods=["POST"])
def approve_all(actor: Actor, relationship_id: UUID) -> ResponseReturnValue:
    """Approve every field that waits."""
    queries.relationship(actor, relationship_id)
    count = reviews.approve_all(relationship_id, actor)
    toast(ngettext("%(num)d field approved.", "%(num)d fields approved.", count))
    return redirect(url_for("suppliers_review.show", relationship_id=relationship_id), 303)


@page(bp, "/<uuid:relationship_id>/accounts/<uuid:account_id>", Permission.Supplier.REVEAL_BANK, methods=["POST"],
      step_up=["POST"])
def reveal(actor: Actor, relationship_id: UUID, account_id: UUID) -> ResponseReturnValue:
    """Show a full account number, once, and write down who looked."""
    account, number = reviews.reveal(relationship_id, account_id, actor)
    return render("suppliers/number.html", account=account, number=number,
                  supplier=queries.relationship(actor, relationship_id))


def _page(actor: Actor, relationship_id: UUID, form: DecideItemForm) -> str:
    board = board_of(queries.relationship(actor, relationship_id), actor)
    elsewhere = {a.id: bank_accounts.same_elsewhere(a) for a in board.accounts}
    return render("suppliers/review.html", board=board, sections=rows_of(board), form=form, elsewhere=elsewhere,
                  countries={a.country: words.describe("Pais", a.country, language()) for a in board.accounts})
