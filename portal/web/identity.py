"""Who is asking: the door between a request's cookie and an `Actor`.

The kit lies below `accounts`, so the wiring hands it the function that turns a session's token into an actor.
Flask-Login carries the result; the portal keeps its sessions in its own table, by the hash of their token.
"""
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Request, Response, current_app, g, redirect, request, url_for
from flask_login import LoginManager, UserMixin, current_user

from portal.access.actor import ANONYMOUS, Actor
from portal.core.db import is_open
from portal.web import parking

Loader = Callable[[str, str, str], Actor | None]
manager = LoginManager()


class SignedIn(UserMixin):  # type: ignore[misc]
    """What Flask-Login holds for the length of a request."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.id = str(actor.user_id)


def install(app: Flask, loader: Loader) -> None:
    """Wire Flask-Login to `loader(token, ip, request_id)`."""
    manager.init_app(app)
    app.extensions["portal_loader"] = loader


@manager.request_loader
def _from_request(incoming: Request) -> SignedIn | None:
    token = incoming.cookies.get(cookie_name(), "")
    loader: Loader = current_app.extensions["portal_loader"]
    if not token or not is_open():  # a request refused at the door (its form was forged) is nobody's
        return None
    actor = loader(token, incoming.remote_addr or "", g.get("request_id", ""))
    return SignedIn(actor) if actor else None


def load() -> Actor:
    """Return the actor of this request, anonymous when nobody is signed in."""
    user: Any = current_user
    if user.is_authenticated:
        return user.actor  # type: ignore[no-any-return]
    return ANONYMOUS.on(ip=request.remote_addr or "", request_id=g.get("request_id", ""))


def cookie_name() -> str:
    """Return the cookie's name: `__Host-` needs https, which a demo on loopback does not have."""
    return "__Host-sid" if _secure() else "sid"


def set_token(response: Response, token: str) -> Response:
    """Put a new session's token in the browser."""
    response.set_cookie(cookie_name(), token, secure=_secure(), httponly=True, samesite="Lax", path="/")
    return response


def clear_token(response: Response) -> Response:
    """Take the token out of the browser and ask it to forget what it cached."""
    response.delete_cookie(cookie_name(), secure=_secure(), httponly=True, samesite="Lax", path="/")
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def not_inside(actor: Actor) -> Response | None:
    """Return where a visitor must go first: to sign in, or to choose the password that is due; None when inside."""
    if actor.user_id is None:
        return ask_to_sign_in()
    if actor.organization_id is None:
        return redirect(url_for("accounts.renew"), 303)  # type: ignore[return-value]
    return None


def ask_to_sign_in() -> Response:
    """Send the visitor to the sign-in page, keeping a form that was being sent."""
    if request.method == "POST":
        if parking.park_after_session_end(request.cookies.get(cookie_name(), "")):
            return redirect(url_for("accounts.sign_in", ended=1), 303)  # type: ignore[return-value]
        # Nobody's, or with a password: not kept. The page on which it stood is where to begin again.
        onward = seen_before() or request.full_path.rstrip("?")
        return redirect(url_for("accounts.sign_in", lost=1, next=onward), 303)  # type: ignore[return-value]
    return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")), 303)  # type: ignore[return-value]


def seen_before() -> str | None:
    """Return the page of this portal on which the form or the button stood, as far as the browser tells it."""
    return safe_next((request.referrer or "").removeprefix(request.host_url.rstrip("/")))


def safe_next(target: str | None) -> str | None:
    """Return `target` when it is a path of this portal, else None (no open redirects)."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc and "\\" not in target else None


def _secure() -> bool:
    return bool(current_app.config["SESSION_COOKIE_SECURE"])
