"""The small cookies in which a browser keeps what a visitor chose: the language, the appearance. Never who it is."""
from flask import Flask, current_app
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer
from werkzeug.wrappers import Response

YEAR = 31_536_000


def choose(response: Response, name: str, value: str, *, script: bool = False) -> None:
    """Put a choice in the browser, as guarded as the session itself. `script`: a script of ours writes it too."""
    response.set_cookie(name, value, max_age=YEAR, httponly=not script, samesite="Lax",
                        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]))


class SignedCookies(SecureCookieSessionInterface):
    """Flask's own cookie, whose signer is made once in the life of the process: its keys do not change meanwhile."""

    _signer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Return what signs and reads the cookie of `app`."""
        self._signer = self._signer or super().get_signing_serializer(app)
        return self._signer
