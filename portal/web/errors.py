"""The edge where errors become pages: plain words, what to do, an incident number; never a trace."""
from typing import Any

import structlog
from flask import Flask, g, render_template
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, OperationalError
from werkzeug.exceptions import HTTPException

from portal.core.errors import PortalError

log = structlog.get_logger()
SERVER = "gunicorn.http.errors"  # what the server raises while a body is read that contradicts itself or breaks off
KNOWN = {400, 403, 404, 405, 409, 413, 422, 429, 500, 503}


def install(app: Flask) -> None:
    """Map the family of errors, HTTP's own and the unforeseen to their pages."""
    app.register_error_handler(PortalError, lambda e: _page(e.status, e.message))
    app.register_error_handler(CSRFError, lambda e: _page(400, None))
    app.register_error_handler(HTTPException, lambda e: _page(e.code or 500, None, dict(e.get_headers() or ())))
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(Exception, _unforeseen)


def _page(status: int, message: object, headers: dict[str, str] | None = None) -> Any:
    shown = status if status in KNOWN else (500 if status >= 500 else 400)
    kept = {k: v for k, v in (headers or {}).items() if k in ("Allow", "Retry-After")}
    if status == 503:
        kept.setdefault("Retry-After", "10")
    page = 409 if shown == 422 else shown
    return render_template(f"errors/{page}.html", message=message, incident=g.get("request_id", "")), shown, kept


def _database_away(error: DBAPIError) -> Any:
    log.error("database.unavailable", error=type(error.orig).__name__)
    return _page(503, None)


def _unforeseen(error: Exception) -> Any:
    if type(error).__module__ == SERVER:
        return _page(400, None)
    log.exception("request.failed")
    return _page(500, None)
