"""The audit trail on the screen: a list to search, one event in full, a file to take away, a check of the chain."""
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.audit import queries, sentences
from portal.audit.forms import to_filter
from portal.audit.models import AuditEvent
from portal.audit.sealing import Verification
from portal.audit.spreadsheet import csv_of
from portal.core.i18n import _, ngettext
from portal.web.headers import USER_BYTES
from portal.web.page import page
from portal.web.pages import render, toast

bp = Blueprint("audit", __name__)


@page(bp, "", Permission.Organization.AUDIT)
def index(actor: Actor) -> ResponseReturnValue:
    """List what happened, newest first."""
    wanted = to_filter(request.args)
    found = queries.search(actor, wanted, request.args.get("cursor"))
    return render("audit/index.html", page=found, rows=[_row(e) for e in found.rows], wanted=wanted,
                  subjects=sentences.SUBJECTS)


@page(bp, "/<uuid:event_id>", Permission.Organization.AUDIT)
def show(actor: Actor, event_id: UUID) -> ResponseReturnValue:
    """Show one event with all that is known of it."""
    event = queries.get(actor, event_id)
    details = [(sentences.label(k), sentences.said(k, v)) for k, v in event.details.items()]
    return render("audit/show.html", event=event, row=_row(event), details=details, seal=queries.seal_of(event))


@page(bp, "/export.csv", Permission.Organization.AUDIT)
def export(actor: Actor) -> ResponseReturnValue:
    """Give the filtered trail as a file for a spreadsheet."""
    answer = Response(csv_of(queries.export(actor, to_filter(request.args)), actor.zone), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="audit.csv"'
    answer.headers["Content-Security-Policy"] = USER_BYTES
    return answer


@page(bp, "/check", Permission.Organization.AUDIT, methods=["POST"])
def check(actor: Actor) -> ResponseReturnValue:
    """Compute the chain again and say whether it holds."""
    outcome = queries.check(actor)
    toast(_verdict(outcome), "success" if outcome.whole else "danger")
    return redirect(url_for("audit.index"), 303)


def _row(event: AuditEvent) -> dict[str, Any]:
    return {"url": url_for("audit.show", event_id=event.id), "at": event.at, "who": event.actor_name or "—",
            "side": sentences.word(event.side), "label": event.subject_label,
            "what": sentences.sentence(event.kind, event.subject_label, event.details),
            "about": str(sentences.SUBJECTS.get(event.subject_kind, event.subject_kind))}


def _verdict(outcome: Verification) -> str:
    if outcome.whole:
        return ngettext("%(num)d link checked: it holds.", "%(num)d links checked: all hold.", outcome.checked)
    return _("The trail was tampered with: link %(position)s, event %(event)s.",
             position=outcome.broken[0].position or "—", event=outcome.broken[0].event_id)
