"""The wiring: one function that puts the features together. It may import all; only `app.py` and tests import it."""

import os
from pathlib import Path
from typing import Any

from alembic.config import Config
from flask import Flask
from flask_babel import Babel
from flask_compress import Compress
from flask_migrate import Migrate
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from config.settings import Settings
from portal import features, logs, navigation, subscriptions
from portal.accounts import sessions
from portal.cli import register
from portal.core import i18n, vault
from portal.core.crypto import Cipher, parse_keys
from portal.core.db import db
from portal.core.events import subscribe
from portal.invoices import trust as invoice_trust
from portal.local.demo import views as demo
from portal.local.embedded import located
from portal.local.wiring import sat_asking, trust
from portal.sat import asking
from portal.storage import services as files
from portal.storage import stores
from portal.suppliers.queries import reach
from portal.web import assets, cookies, errors, headers, health, identity, junk, limits, pages, parking, templating

ROOT = Path(__file__).resolve().parents[1]


class Portal(Flask):
    """Flask, with templates that are compiled for each language."""

    jinja_environment = templating.SpeakingEnvironment


def create_app(settings: Settings | None = None) -> Flask:
    """Return the application, wired from `settings` (default: the environment). Opens no connection."""
    settings = located(settings or Settings.from_env(os.environ))
    app = Portal("portal", root_path=str(ROOT), template_folder="templates", static_folder=None)
    app.config.from_mapping(_configuration(settings))
    logs.install(settings)
    features.load(features.TABLES + features.JOBS)
    _install_libraries(app, settings)
    _install_kit(app, settings)
    for blueprint, prefix in features.blueprints():
        app.register_blueprint(blueprint, url_prefix=prefix or None)
    if settings.demo:
        app.register_blueprint(demo.bp)
    subscribe(subscriptions.TABLE)
    files.also_ask(subscriptions.FILES)
    register(app)
    return app


def _install_libraries(app: Flask, settings: Settings) -> None:
    db.init_app(app)
    Migrate(app, db, directory=str(ROOT / "migrations")).configure(_name_migrations)
    CSRFProtect(app)
    Compress(app)
    Babel(app, default_locale="es", default_timezone=i18n.ZONE, locale_selector=limits.language,
          default_domain="messages")
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=0)  # type: ignore[method-assign]


def _name_migrations(config: Config) -> Config:
    # `flask db revision` makes a file that sorts by its day, as the others do.
    day, moment = "%%(year)d%%(month).2d%%(day).2d", "%%(hour).2d%%(minute).2d"
    config.set_main_option("file_template", f"{day}_{moment}_%%(rev)s_%%(slug)s")
    return config


def _install_kit(app: Flask, settings: Settings) -> None:
    app.session_interface = cookies.SignedCookies()
    app.extensions["portal_settings"] = settings
    vault.install(app, Cipher(parse_keys(settings.encryption_keys)))
    stores.install(app, stores.from_settings(settings))
    app.extensions["portal_trust"] = trust(settings)
    invoice_trust.set_store(app.extensions["portal_trust"], folder=settings.sat_certificates,
                            reload=lambda: trust(settings))
    asking.install(sat_asking(settings))
    headers.install(app)
    junk.install(app)
    limits.install(app)
    assets.install(app, settings.home / "static")
    errors.install(app)
    health.install(app)
    identity.install(app, lambda token, ip, request_id: sessions.actor_of(token, reach, ip, request_id))
    parking.install(app, sessions.owner_of)
    pages.install(app, navigation.of, navigation.viewer)


def _configuration(settings: Settings) -> dict[str, Any]:
    https = settings.base_url.startswith("https://")
    return {
        "SECRET_KEY": settings.secret_keys[0],
        "SECRET_KEY_FALLBACKS": list(settings.secret_keys[1:]),
        "SESSION_COOKIE_NAME": "__Host-portal" if https else "portal",
        "SESSION_COOKIE_SECURE": https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        # Without a database the commands that need none still work; the rest says that nobody answers.
        "SQLALCHEMY_DATABASE_URI": settings.database_url or "postgresql+psycopg://localhost/none",
        "SQLALCHEMY_ENGINE_OPTIONS": {
            "pool_size": 8, "max_overflow": 4, "pool_timeout": 10,
            "connect_args": {"connect_timeout": 5, "options": "-c statement_timeout=30000 -c timezone=UTC"},
        },
        "MAX_CONTENT_LENGTH": settings.max_upload_mb * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "MAX_FORM_PARTS": 2000,
        "TRUSTED_HOSTS": settings.trusted_hosts,
        "WTF_CSRF_TIME_LIMIT": None,
        "PREFERRED_URL_SCHEME": "https" if https else "http",
        "DEMO": settings.demo,
        "BASE_URL": settings.base_url,
        "COMPRESS_MIMETYPES": ["text/html", "text/css", "text/javascript", "application/json", "image/svg+xml"],
    }
