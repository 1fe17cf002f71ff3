"""Files: given back as attachments that no browser runs, or as images of their pages. And the visitor's language."""
from urllib.parse import quote
from uuid import UUID

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.core.i18n import LOCALES
from portal.storage import services
from portal.web.headers import USER_BYTES
from portal.web.identity import safe_next
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
    answer.headers.update({"Content-Security-Policy": USER_BYTES, "Cache-Control": "private, max-age=600"})
    return answer


@page(bp, "/language", PUBLIC, methods=["POST"])
def language(_actor: Actor) -> ResponseReturnValue:
    """Remember a visitor's language in a cookie and go back."""
    answer = redirect(safe_next(request.form.get("next")) or "/", 303)
    chosen = request.form.get("lang", "")
    if chosen in LOCALES:
        answer.set_cookie("lang", chosen, max_age=31536000, httponly=True, samesite="Lax")
    return answer


def attachment(data: bytes, name: str, media_type: str) -> Response:
    """Return bytes as a download (RFC 6266) that a browser neither shows nor runs."""
    answer = Response(data, mimetype=media_type)
    plain = name.encode("ascii", "ignore").decode().replace('"', "").replace("\\", "") or "file"
    answer.headers["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    answer.headers["Content-Security-Policy"] = USER_BYTES
    return answer
