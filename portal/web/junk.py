"""Requests that no browser of a person sends are refused at the door, before any feature reads them."""
from collections.abc import Iterable

from flask import Flask, abort, request

NOTHING = "\x00"


def install(app: Flask) -> None:
    """Refuse (400) what carries a NUL anywhere: nobody can type one, and PostgreSQL keeps none in a text."""

    @app.before_request
    def refuse() -> None:
        if NOTHING in request.path or _holds(request.args.items(multi=True)):
            abort(400)
        if request.content_type and _holds(request.form.items(multi=True)):  # without one nothing is read as a form
            abort(400)


def _holds(pairs: Iterable[tuple[str, str]]) -> bool:
    return any(NOTHING in name or NOTHING in value for name, value in pairs)
