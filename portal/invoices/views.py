"""The pages of invoices: bringing in, sending data, lists. The client's page of one invoice is `approvals.review`."""
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.access.policy import Side
from portal.core.i18n import _
from portal.invoices import demands, pages, queries, services, wording
from portal.invoices.forms import (
    AddForm,
    DescriptionForm,
    ForeignForm,
    ReplaceForm,
    RequirementAnswerForm,
    VersionForm,
    filters_of,
)
from portal.web.forms import answer, upload_of, uploads
from portal.web.page import page
from portal.web.pages import render, toast

bp = Blueprint("invoices", __name__)
P = Permission.Invoice


@page(bp, "/", P.READ)
def index(actor: Actor) -> ResponseReturnValue:
    """All invoices that a client received; a supplier is shown what it has in process."""
    if actor.side is Side.SUPPLIER:
        return redirect(url_for("invoices.in_process"))
    found = queries.everything(actor, filters_of(request.args), request.args.get("cursor"))
    return render("invoices/index.html", found=found, **pages.listed(actor, found, "approvals.review"))


@page(bp, "/to-send", P.SUBMIT)
def to_send(actor: Actor) -> ResponseReturnValue:
    """The supplier's drafts."""
    found = queries.to_send(actor, request.args.get("cursor"))
    return render("invoices/to_send.html", found=found, missing=demands.lacking_in(actor, [r.id for r in found.rows]),
                  **pages.listed(actor, found, "invoices.show"))


@page(bp, "/in-process", P.READ)
def in_process(actor: Actor) -> ResponseReturnValue:
    """The supplier's invoices on their way; under filters, the archive."""
    if actor.side is not Side.SUPPLIER:
        return redirect(url_for("invoices.index"))
    found = queries.in_process(actor, filters_of(request.args), request.args.get("cursor"))
    return render("invoices/in_process.html", found=found, **pages.listed(actor, found, "invoices.show"))


@page(bp, "/new", P.SUBMIT, methods=["GET", "POST"])
def add(actor: Actor) -> ResponseReturnValue:
    """Choose the client and drop the files; the verdict comes at once."""
    form = AddForm()
    form.offer(pages.clients(actor), request.args.get("client", ""))
    return answer(form, lambda: pages.bring(form, uploads("files"), actor), pages.whither, "invoices/add.html",
                  obstacle=pages.upload_obstacle(actor))


@page(bp, "/new/<uuid:relationship_id>/<uuid:file_id>", P.SUBMIT, methods=["GET", "POST"])
def add_foreign(actor: Actor, relationship_id: UUID, file_id: UUID) -> ResponseReturnValue:
    """Capture the data of a foreign invoice, prefilled from its PDF's text."""
    form = ForeignForm()
    known = pages.fill_from_pdf(form, actor, relationship_id, file_id)
    return answer(form, lambda: services.receive_foreign(form.to_command(), file_id, relationship_id, actor),
                  pages.whither, "invoices/add_foreign.html", **known)


@page(bp, "/<uuid:invoice_id>", P.READ)
def show(actor: Actor, invoice_id: UUID) -> ResponseReturnValue:
    """One invoice, for the supplier; the client's people go to its review."""
    invoice = queries.get(actor, invoice_id)
    if actor.side is not Side.SUPPLIER:
        return redirect(url_for("approvals.review", invoice_id=invoice_id))
    return render("invoices/show.html", form=VersionForm(), **pages.of_one(actor, invoice))


@page(bp, "/<uuid:invoice_id>/concepts", P.READ)
def concepts(actor: Actor, invoice_id: UUID) -> ResponseReturnValue:
    """All concepts of a long invoice, read from its XML."""
    invoice = queries.get(actor, invoice_id)
    return render("invoices/concepts.html", invoice=invoice, say=wording,
                  concepts=queries.all_concepts(actor, invoice))


@page(bp, "/<uuid:invoice_id>/files", P.SUBMIT, methods=["GET", "POST"])
def replace(actor: Actor, invoice_id: UUID) -> ResponseReturnValue:
    """Exchange the files of a draft."""
    form, invoice = ReplaceForm(), queries.get(actor, invoice_id)
    pages.fill_version(form, invoice)
    return answer(form, lambda: pages.exchange(form, uploads("files"), invoice, actor), pages.whither,
                  "invoices/replace.html", invoice=invoice)


@page(bp, "/<uuid:invoice_id>/data", P.SUBMIT, methods=["GET", "POST"])
def correct(actor: Actor, invoice_id: UUID) -> ResponseReturnValue:
    """Correct the captured data of a foreign draft."""
    form, invoice = ForeignForm(), queries.get(actor, invoice_id)
    pages.fill_captured(form, invoice)
    return answer(form, lambda: services.revise_foreign(invoice_id, form.version.data or 0, form.to_command(), actor),
                  pages.whither, "invoices/correct.html", invoice=invoice, **queries.details(actor, invoice))


@page(bp, "/<uuid:invoice_id>/description", P.SUBMIT, methods=["GET", "POST"])
def describe(actor: Actor, invoice_id: UUID) -> ResponseReturnValue:
    """Say what is invoiced when the file has no lines."""
    form, invoice = DescriptionForm(), queries.get(actor, invoice_id)
    pages.fill_description(form, invoice)
    return answer(form, lambda: services.describe(invoice_id, form.version.data, form.description.data, actor),
                  lambda row: url_for("invoices.show", invoice_id=row.id), "invoices/describe.html",
                  **pages.of_one(actor, invoice))


@page(bp, "/<uuid:invoice_id>/requirements/<uuid:requirement_id>", P.SUBMIT, methods=["GET", "POST"])
def requirement(actor: Actor, invoice_id: UUID, requirement_id: UUID) -> ResponseReturnValue:
    """One requirement: the client's instructions, and the place to give it."""
    invoice, form = queries.get(actor, invoice_id), RequirementAnswerForm()
    asked = demands.demand(actor, invoice, requirement_id)
    form.ask(asked)
    return answer(form, lambda: services.answer_requirement(invoice_id, requirement_id, form.given,
                                                            upload_of(form.file), actor),
                  lambda given: url_for("invoices.show", invoice_id=invoice_id, _anchor="sending-data"),
                  "invoices/requirement.html", invoice=invoice, demand=asked)


@page(bp, "/<uuid:invoice_id>/send", P.SUBMIT, methods=["GET", "POST"])
def send(actor: Actor, invoice_id: UUID) -> ResponseReturnValue:
    """Confirm and send for review."""
    form, invoice = VersionForm(), queries.get(actor, invoice_id)
    pages.fill_version(form, invoice)
    return answer(form, lambda: services.send(invoice_id, form.version.data, actor), pages.sent, "invoices/send.html",
                  obstacle=pages.obstacle(actor, invoice), **pages.of_one(actor, invoice))


@page(bp, "/<uuid:invoice_id>/withdraw", P.SUBMIT, methods=["POST"])
def withdraw(actor: Actor, invoice_id: UUID) -> ResponseReturnValue:
    """Take an invoice back while nobody has decided."""
    row = services.withdraw(invoice_id, _version(), actor)
    toast(_("%(number)s was withdrawn. Your client no longer reviews it.", number=row.number))
    return redirect(url_for("invoices.show", invoice_id=invoice_id), 303)


@page(bp, "/<uuid:invoice_id>/delete", P.SUBMIT, methods=["POST"])
def delete(actor: Actor, invoice_id: UUID) -> ResponseReturnValue:
    """Throw a draft away."""
    row = services.delete_draft(invoice_id, _version(), actor)
    toast(_("The draft %(number)s was deleted.", number=row.number))
    return redirect(url_for("invoices.to_send"), 303)


@page(bp, "/<uuid:invoice_id>/reopen", P.REOPEN, methods=["POST"])
def reopen(actor: Actor, invoice_id: UUID) -> ResponseReturnValue:
    """Let a finally rejected UUID come in again."""
    row = services.reopen(invoice_id, _version(), actor)
    toast(_("The supplier can send %(number)s again, as a new invoice.", number=row.number))
    return redirect(url_for("approvals.review", invoice_id=invoice_id), 303)


@page(bp, "/<uuid:invoice_id>/take-out", P.REOPEN, methods=["POST"])
def take_out(actor: Actor, invoice_id: UUID) -> ResponseReturnValue:
    """Reject what was approved before SAT said that it is cancelled."""
    row = services.take_out(invoice_id, _version(), actor)
    toast(_("%(number)s was rejected. The supplier has been told why.", number=row.number))
    return redirect(url_for("approvals.review", invoice_id=invoice_id), 303)


@page(bp, "/attempts", P.READ)
def attempts(actor: Actor) -> ResponseReturnValue:
    """Every attempt to bring an invoice in, with its verdict."""
    found = queries.attempts(actor, request.args.get("cursor"))
    return render("invoices/attempts.html", found=found, names=pages.client_names(actor))


@page(bp, "/attempts/<uuid:attempt_id>", P.READ)
def attempt(actor: Actor, attempt_id: UUID) -> ResponseReturnValue:
    """One attempt: what was found, what was expected, how to mend it."""
    row = queries.attempt(actor, attempt_id)
    return render("invoices/attempt.html", attempt=row, verdict=queries.verdict(actor, row.findings),
                  names=pages.client_names(actor), again=pages.again(row))


def _version() -> Any:
    return VersionForm().version.data
