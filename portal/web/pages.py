"""Drawing pages: what every template knows, and the small things that views say."""
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Flask, current_app, flash, g, get_flashed_messages, render_template, request, url_for
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup, escape

from portal.access.actor import ANONYMOUS, Actor
from portal.core import i18n
from portal.core.db import is_open
from portal.core.money import written
from portal.web import once
from portal.web.templating import filled, remembered

THEMES = ("auto", "light", "dark")
Navigation = Callable[[Actor], Sequence[Any]]


def render(template: str, **context: Any) -> str:
    """Draw a template for the actor of this request."""
    return render_template(template, **context)


def toast(text: object, kind: str = "success", undo_url: str | None = None) -> None:
    """Say something in the corner of the next page."""
    said: Any = {"text": str(text), "kind": kind, "undo_url": undo_url}
    flash(said, "toast")


def form_guard() -> Markup:
    """Return the hidden fields that every form carries: against forgery, and against the double click."""
    token = g.get("csrf_token") or generate_csrf()  # which keeps it there, after asking for its settings each time
    return Markup(f'<input type="hidden" name="csrf_token" value="{escape(token)}">'
                  f'<input type="hidden" name="{once.FIELD}" value="{once.new_key()}">')


def with_query(**changes: Any) -> str:
    """Return this page's address with some of its query changed; None takes one out.

    The query is a stranger's: it is only ever written after the "?", never handed to `url_for`, to which a name like
    `_scheme` or `endpoint` means something.
    """
    asked = urlencode({k: v for k, v in {**request.args.to_dict(), **changes}.items() if v not in (None, "")})
    page = url_for(request.endpoint or "", **(request.view_args or {}))
    return f"{page}?{asked}" if asked else page


def install(app: Flask, navigation: Navigation, viewer: Callable[[Actor], dict[str, Any] | None]) -> None:
    """Give the templates their filters and what the layouts ask for."""
    app.jinja_env.filters.update(money=i18n.money, plain_money=i18n.plain_money, rate=written, date=_day,
                                 datetime=_moment, ago=i18n.ago, distance=_distance, filled=filled)
    app.jinja_env.globals.update(form_guard=form_guard, with_query=with_query, remembered=remembered, _=i18n._,
                                 gettext=i18n._, ngettext=i18n.ngettext, pgettext=i18n.pgettext)

    @app.context_processor
    def known() -> dict[str, Any]:
        actor = current_actor()
        signed_in = actor.user_id is not None
        reading = signed_in and is_open()  # an error page is drawn after its transaction
        return {
            "actor": actor, "can": actor.can, "locale": i18n.language(), "theme": _theme(actor),
            "languages": _languages(signed_in),
            "viewer": viewer(actor) if reading else None,
            "navigation": navigation(actor) if reading else (),
            "toasts": get_flashed_messages(category_filter=["toast"]),
            "demo": current_app.config["DEMO"], "incident": g.get("request_id", ""),
        }


def current_actor() -> Actor:
    """Return the actor of this request, for the layouts; views are handed theirs."""
    return g.get("actor", ANONYMOUS)  # type: ignore[no-any-return]


def _theme(actor: Actor) -> str:
    # The cookie is this browser's own choice; the profile's is for browsers that have made none.
    chosen = request.cookies.get("theme")
    return chosen if chosen in THEMES else actor.theme


def _languages(signed_in: bool) -> list[dict[str, Any]]:
    spoken = i18n.language()
    return [{"code": code, "label": word, "active": code == spoken,
             "url": f"/profile/language/{code}" if signed_in else _here(code),
             "method": "post" if signed_in else "get"} for code, word in i18n.LANGUAGES.items()]


def _here(code: str) -> str:
    return with_query(lang=code) if request.endpoint else f"?lang={code}"


def _zone() -> str:
    return current_actor().zone


def _day(value: Any) -> str:
    return i18n.day(value, _zone())


def _moment(value: Any) -> str:
    return i18n.moment(value, _zone())


def _distance(value: Any) -> str:
    return i18n.distance(value, _zone())


