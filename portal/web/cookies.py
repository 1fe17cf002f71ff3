"""The small cookies in which a browser keeps what a visitor chose: the language, the appearance. Never who it is."""
from flask import current_app
from werkzeug.wrappers import Response

YEAR = 31_536_000


def choose(response: Response, name: str, value: str, *, script: bool = False) -> None:
    """Put a choice in the browser, as guarded as the session itself. `script`: a script of ours writes it too."""
    response.set_cookie(name, value, max_age=YEAR, httponly=not script, samesite="Lax",
                        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]))
