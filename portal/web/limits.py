"""How often one address may knock, and which language a visitor reads."""
from flask import Flask, Response, current_app, g, has_request_context, request
from flask import session as browser
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from werkzeug.wrappers import Response as BaseResponse

from portal.core.i18n import LOCALES
from portal.web.cookies import choose

limiter = Limiter(get_remote_address, default_limits=["1200 per minute"], strategy="fixed-window",
                  in_memory_fallback_enabled=True, headers_enabled=True)


def install(app: Flask) -> None:
    """Count in Redis when there is one; when it is away, in memory, so that a lost Redis never opens the door."""
    url = app.extensions["portal_settings"].redis_url
    address = f"redis+{url}" if url and url.startswith("unix://") else url
    app.config.update(RATELIMIT_STORAGE_URI=address or "memory://",
                      RATELIMIT_STORAGE_OPTIONS={"socket_timeout": 0.3, "socket_connect_timeout": 0.3} if url else {},
                      RATELIMIT_ENABLED=app.extensions["portal_settings"].rate_limits)
    limiter.init_app(app)
    app.after_request(_language_asked)


def language() -> str:
    """Return the language of this request: the person's own, else the one chosen, the link's, the browser's."""
    if own := _own():
        return own
    if not has_request_context():  # a job or a command: letters say for themselves in which language they speak
        return LOCALES[0]
    chosen = request.args.get("lang") or request.cookies.get("lang") or browser.get("spoken")
    if chosen in LOCALES:
        return str(chosen)
    # By the language alone: whoever prefers "es-MX" to "en" reads Spanish, though neither list says "es".
    preferred = (tag.partition("-")[0].lower() for tag, quality in request.accept_languages if quality)
    return next((tag for tag in preferred if tag in LOCALES), LOCALES[0])


def remember_language(response: BaseResponse, chosen: str) -> None:
    """Keep a visitor's choice of language for a year; a language that the portal does not speak is forgotten."""
    if chosen in LOCALES:
        choose(response, "lang", chosen)


def speak(chosen: str) -> None:
    """Read in the language of the letter whose link was opened, until this browser has chosen one itself."""
    browser["spoken"] = chosen


def _own() -> str:
    actor = g.get("actor")
    return str(actor.locale) if actor is not None and actor.user_id is not None else ""


def _language_asked(response: Response) -> Response:
    # Whoever was inside reads the own language after leaving too, and where no page is found.
    chosen = _own() or request.args.get("lang", "")
    if request.endpoint != "static" and chosen != request.cookies.get("lang"):
        remember_language(response, chosen)
    return response


def base_url() -> str:
    """Return the portal's own address, from the configuration, never from the request."""
    return str(current_app.config["BASE_URL"])
