"""The archive of payments, for both sides: list, one payment, its remittance."""
from datetime import date
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.core.i18n import language
from portal.invoices import facts
from portal.payments import queries, remittances
from portal.payments.forms import VoidForm
from portal.payments.queries import ArchiveFilter
from portal.web.page import page
from portal.web.pages import render
from portal.web.views import attachment

bp = Blueprint("payments", __name__)


@page(bp, "/", Permission.Payment.READ)
def archive(actor: Actor) -> ResponseReturnValue:
    """All payments, newest first."""
    wanted = ArchiveFilter(request.args.get("q", "").strip(), as_date("since"), as_date("until"))
    found = queries.archive(actor, wanted, request.args.get("cursor"))
    return render("payments/archive.html", found=found, wanted=wanted, names=queries.suppliers_of(found.rows),
                  clients=queries.clients_of(found.rows))


@page(bp, "/<uuid:payment_id>", Permission.Payment.READ)
def show(actor: Actor, payment_id: UUID) -> ResponseReturnValue:
    """One payment with its invoices."""
    payment = queries.get(actor, payment_id)
    return render("payments/show.html", payment=payment, contents=queries.contents(payment),
                  withheld=facts.withheld, form=VoidForm(), evidence=queries.evidence(payment),
                  names=queries.suppliers_of([payment]), clients=queries.clients_of([payment]))


@page(bp, "/<uuid:payment_id>/remittance", Permission.Payment.READ)
def remittance(actor: Actor, payment_id: UUID) -> ResponseReturnValue:
    """The payment's remittance advice as a PDF, in the reader's language."""
    payment = queries.get(actor, payment_id)
    name = f"{'aviso-de-pago' if language() == 'es' else 'remittance'}-{payment.number}.pdf"
    return attachment(remittances.draw(payment, queries.contents(payment), language()), name, "application/pdf")


def as_date(name: str) -> date | None:
    """Return a date of the page's query, or None when it is absent or no date."""
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
