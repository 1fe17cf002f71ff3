"""What every answer says to the browser about safety, and what every request is known by in the logs."""
import time

import structlog
from flask import Flask, Response, g, request

from portal.core.ids import new_id

log = structlog.get_logger()

POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
          "connect-src 'self'; manifest-src 'self'; form-action 'self'; frame-src 'self'; frame-ancestors 'none'; "
          "base-uri 'none'; require-trusted-types-for 'script'")
SAFETY = (
    ("Content-Security-Policy", POLICY), ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"), ("Cross-Origin-Resource-Policy", "same-origin"),
    ("X-Frame-Options", "DENY"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
)
USER_BYTES = "sandbox; default-src 'none'"


def install(app: Flask) -> None:
    """Put the headers on every answer; user files and mails carry a stricter policy that is kept."""

    @app.before_request
    def begin() -> None:
        g.request_id, g.started = new_id().hex, time.perf_counter()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)

    @app.after_request
    def finish(response: Response) -> Response:
        _protect(response)
        if request.endpoint != "static":
            response.headers.setdefault("Cache-Control", "no-store")
            response.vary.add("Cookie")
        log.info("request", method=request.method, path=request.path, status=response.status_code,
                 ms=round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1))
        structlog.contextvars.clear_contextvars()
        return response


def _protect(response: Response) -> None:
    given = {name.lower() for name, _value in response.headers}
    for name, value in SAFETY:
        if name.lower() not in given:
            response.headers.add(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
