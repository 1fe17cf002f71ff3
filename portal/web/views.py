"""Files: given back as attachments that no browser runs, or as images of their pages. And the visitor's language."""
from uuid import UUID

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.storage import services
from portal.storage.names import content_disposition
from portal.web.headers import USER_BYTES
from portal.web.identity import safe_next
from portal.web.limits import remember_language
from portal.web.page import PUBLIC, page

bp = Blueprint("files", __name__)


@page(bp, "/files/<uuid:file_id>", Permission.Own.PROFILE)
def download(actor: Actor, file_id: UUID) -> ResponseReturnValue:
    """Give a file back: always as an attachment, under a policy in which nothing runs."""
    row, data = services.open_file(file_id, actor)
    return attachment(data, row.name, row.media_type)


@page(bp, "/files/<uuid:file_id>/pages/<int:number>", Permission.Own.PROFILE)
def preview(actor: Actor, file_id: UUID, number: int) -> ResponseReturnValue:
    """Give the image of one page of a file."""
    answer = Response(services.preview(file_id, number, actor), mimetype="image/png")
    answer.headers["Content-Security-Policy"] = USER_BYTES
    return answer


@page(bp, "/language", PUBLIC, methods=["POST"])
def language(_actor: Actor) -> ResponseReturnValue:
    """Remember a visitor's language in a cookie and go back."""
    answer = redirect(safe_next(request.form.get("next")) or "/", 303)
    remember_language(answer, request.form.get("lang", ""))
    return answer


def attachment(data: bytes, name: str, media_type: str) -> Response:
    """Return bytes as a download (RFC 6266) that a browser neither shows nor runs."""
    answer = Response(data, mimetype=media_type)
    answer.headers["Content-Disposition"] = content_disposition(name)
    answer.headers["Content-Security-Policy"] = USER_BYTES
    return answer
