"""The supplier's digital record: one page per client, one tab per section, one page per field."""
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.core.i18n import _
from portal.suppliers import bank_accounts, queries, records
from portal.suppliers.board import BANK, board_of
from portal.suppliers.forms import AccountForm, FieldValueForm
from portal.suppliers.layout import layout_for
from portal.web.forms import answer
from portal.web.page import page
from portal.web.pages import render, toast

bp = Blueprint("suppliers_record", __name__)


@page(bp, "/", Permission.Record.READ)
def index(actor: Actor) -> ResponseReturnValue:
    """The records that my clients ask for; with one client, straight to it."""
    clients = queries.my_clients(actor)
    if len(clients) == 1:
        return redirect(url_for("suppliers_record.show", relationship_id=clients[0][0].id), 303)
    return render("suppliers/records.html", clients=clients,
                  states=queries.record_states([r for r, _organization in clients]))


@page(bp, "/<uuid:relationship_id>", Permission.Record.READ)
def show(actor: Actor, relationship_id: UUID) -> ResponseReturnValue:
    """One client's record, by sections."""
    board = board_of(records.mine(relationship_id, actor), actor, request.args.get("section"))
    return render("suppliers/record.html", board=board, client_name=queries.client_name(board.relationship))


@page(bp, "/<uuid:relationship_id>/fields/<uuid:field_id>", Permission.Record.EDIT, methods=["GET", "POST"])
def give(actor: Actor, relationship_id: UUID, field_id: UUID) -> ResponseReturnValue:
    """Give one field: the client's instructions, the file or the value, and what was given before."""
    relationship = records.mine(relationship_id, actor)
    field = layout_for(relationship).field(field_id)
    history = records.history(relationship_id, field_id)
    form = FieldValueForm().shape(field, history[0].value if history else "")
    return answer(form, lambda: records.give(form.to_command(relationship_id, field), actor),
                  lambda value: _given(relationship_id, field.section_id), "suppliers/field.html", field=field,
                  relationship=relationship, history=history)


@page(bp, "/<uuid:relationship_id>/accounts/new", Permission.Record.BANK, methods=["GET", "POST"],
      step_up=["GET", "POST"])
def give_account(actor: Actor, relationship_id: UUID) -> ResponseReturnValue:
    """Give a bank account."""
    relationship, form = records.mine(relationship_id, actor), AccountForm()
    return answer(form, lambda: bank_accounts.give(form.to_command(relationship_id), actor),
                  lambda row: _given(relationship_id, BANK), "suppliers/account.html", relationship=relationship)


@page(bp, "/<uuid:relationship_id>/accounts/<uuid:account_id>/remove", Permission.Record.BANK, methods=["POST"],
      step_up=["POST"])
def remove_account(actor: Actor, relationship_id: UUID, account_id: UUID) -> ResponseReturnValue:
    """Take out a bank account."""
    bank_accounts.remove(relationship_id, account_id, actor)
    toast(_("The account was taken out."))
    return redirect(url_for("suppliers_record.show", relationship_id=relationship_id, section=BANK), 303)


@page(bp, "/<uuid:relationship_id>/send", Permission.Record.EDIT, methods=["POST"])
def send(actor: Actor, relationship_id: UUID) -> ResponseReturnValue:
    """Send the record for review."""
    records.send(relationship_id, actor)
    toast(_("Your record was sent for review. We will write to you when it has been reviewed."))
    return redirect(url_for("suppliers_record.show", relationship_id=relationship_id), 303)


def _given(relationship_id: UUID, section: object) -> str:
    toast(_("Saved. It is sent for review when you press “Send for review”."))
    return url_for("suppliers_record.show", relationship_id=relationship_id, section=section)
