"""The first page, by role."""
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.access.policy import Side
from portal.approvals import queries as approvals
from portal.approvals.queries import InboxFilter
from portal.core.clock import today
from portal.dashboards import first_steps, queries
from portal.invoices import pages
from portal.invoices import queries as invoices
from portal.payments import queries as payments
from portal.suppliers import queries as suppliers
from portal.web import listing
from portal.web.page import page
from portal.web.pages import render

bp = Blueprint("dashboards", __name__)


@page(bp, "/", Permission.Own.PROFILE)
def home(actor: Actor) -> ResponseReturnValue:
    """What waits for me, what is coming, what is wrong."""
    if actor.side is Side.OPERATOR:
        return redirect(url_for("accounts_setup.clients"), 303)
    if actor.side is Side.SUPPLIER:
        return render("dashboards/supplier.html", records=queries.records(actor), expected=queries.expected(actor),
                      clients=pages.client_names(actor), to_send=listing.count(actor, invoices.DRAFTS),
                      standing=queries.by_status(actor))
    return render("dashboards/client.html", mine=_mine(actor), to_review=listing.count(actor, suppliers.TO_REVIEW),
                  due=listing.count(actor, payments.UNDATED), standing=queries.by_status(actor),
                  ageing=queries.ageing(actor), coming=queries.coming(actor), expiring=queries.expiring(actor),
                  oldest=_oldest(actor), today=today(actor.zone), steps=first_steps.left(actor))


def _mine(actor: Actor) -> str:
    return listing.count(actor, approvals.WAITING) if actor.can(Permission.Invoice.APPROVE) else ""


def _oldest(actor: Actor) -> Sequence[Any]:
    if not actor.can(Permission.Invoice.APPROVE):
        return []
    return approvals.inbox(actor, InboxFilter(), None).rows[:5]
