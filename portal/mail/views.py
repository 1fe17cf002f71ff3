"""The demo's mailbox: letters that have nowhere else to go. It exists in a demonstration only."""
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue

from portal.access.actor import Actor
from portal.core.i18n import lazy
from portal.mail import queries
from portal.mail.models import Letter, LetterState
from portal.mail.render import render as draw
from portal.web.page import PUBLIC, page
from portal.web.pages import render

bp = Blueprint("mail", __name__)

# A letter's HTML stands in a frame of its own in which nothing runs; a click on a link leaves the frame.
FRAME = ("default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; "
         "sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation")

STATES = {
    LetterState.PENDING: {"word": lazy("Waiting"), "kind": "neutral"},
    LetterState.SENDING: {"word": lazy("Being sent"), "kind": "info"},
    LetterState.SENT: {"word": lazy("Sent"), "kind": "success"},
    LetterState.FAILED: {"word": lazy("Failed"), "kind": "danger"},
    LetterState.UNKNOWN: {"word": lazy("Perhaps sent"), "kind": "warning"},
}


@page(bp, "/demo/mail", PUBLIC)
def mailbox(_actor: Actor) -> ResponseReturnValue:
    """List the demo's letters."""
    words = request.args.get("q", "")[:100]
    found = queries.mailbox(words, request.args.get("cursor"))
    return render("mail/mailbox.html", page=found, rows=[_row(found_letter) for found_letter in found.rows], q=words)


@page(bp, "/demo/mail/<uuid:letter_id>", PUBLIC)
def letter(_actor: Actor, letter_id: UUID) -> ResponseReturnValue:
    """Show one letter, as text and as it looks."""
    found, context = queries.in_mailbox(letter_id)
    drawn = draw(found.name, found.locale, found.to_name, context) if context else None
    return render("mail/letter.html", letter=found, row=_row(found), drawn=drawn, client=context.get("client", ""))


@page(bp, "/demo/mail/<uuid:letter_id>/look", PUBLIC)
def look(_actor: Actor, letter_id: UUID) -> ResponseReturnValue:
    """Give a letter's HTML for the frame."""
    found, context = queries.in_mailbox(letter_id)
    html = draw(found.name, found.locale, found.to_name, context).html if context else ""
    answer = Response(html.replace("<head>", '<head><base target="_top">', 1), mimetype="text/html")
    answer.headers.update({"Content-Security-Policy": FRAME, "X-Frame-Options": "SAMEORIGIN"})
    return answer


def _row(letter: Letter) -> dict[str, Any]:
    return {"url": url_for("mail.letter", letter_id=letter.id), "subject": letter.subject or letter.name,
            "to": letter.to_email, "name": letter.to_name, "at": letter.created_at, "state": STATES[letter.state]}
