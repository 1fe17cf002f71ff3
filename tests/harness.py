"""The parts of the harness that are plain functions: clusters, databases, settings."""
import atexit
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from flask import g, has_app_context
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from config.settings import Settings
from portal.core.tenancy import roles
from portal.local import database
from portal.local.authority import Authority
from portal.local.postgres import Cluster
from portal.web import assets


class Browser(FlaskClient):
    """A browser whose requests know nothing of each other, though they share the test's application context."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Send one request, with nothing left in `g` by the one before."""
        for name in list(g) if has_app_context() else ():
            g.pop(name)
        return super().open(*args, **kwargs)


TEMPLATE = "portal_template"
DEBIAN_15 = Path("/usr/lib/postgresql/15/bin")


def start_cluster(home: Path) -> Cluster:
    """Start the run's cluster (fast, unsafe: for tests) and make the template database in it."""
    bin_dir = DEBIAN_15 if os.environ.get("PORTAL_TEST_PG") == "15" else None
    cluster = Cluster.open(home / "pg", fast=True, bin_dir=bin_dir)
    cluster.start()
    _make_template(cluster.superuser_url)
    return cluster


def _make_template(superuser_url: str) -> None:
    _run(superuser_url, *roles(), f"CREATE DATABASE {TEMPLATE} OWNER portal_owner")
    template = at(superuser_url, TEMPLATE)
    _run(template, "GRANT ALL ON SCHEMA public TO portal_owner")
    database.migrate(template)


def copy_database(superuser_url: str, name: str) -> str:
    """Return the address of a new database `name`, copied from the template."""
    _run(superuser_url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    return at(superuser_url, name)


def drop_database(superuser_url: str, name: str) -> None:
    """Drop a database, ending its connections."""
    _run(superuser_url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def at(url: str, database: str) -> str:
    """Return `url` with another database."""
    return make_url(url).set(database=database).render_as_string(hide_password=False)


def settings(database_url: str, home: Path, **more: str) -> Settings:
    """Return the settings of a test: no Redis, no SMTP, files in `home`."""
    return Settings.from_env(environment(database_url, home, **more))


def environment(database_url: str, home: Path, **more: str) -> dict[str, str]:
    """Return the same as variables, for a process of its own."""
    shutil.copytree(_furniture(), home, dirs_exist_ok=True)
    return {
        "PORTAL_HOME": str(home), "PORTAL_DATABASE_URL": database_url, "PORTAL_DEMO": "1",
        "PORTAL_BASE_URL": "http://localhost", "PORTAL_SECRET_KEY": "test-" + "0123456789abcdef" * 4,
        "PORTAL_ENCRYPTION_KEYS": "k1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=", "PORTAL_RATE_LIMITS": "0",
        "PORTAL_LOG_LEVEL": "ERROR", **more,
    }


@cache
def _furniture() -> Path:
    """Make what an application makes at its first start, compressed files and keys, once; each home gets a copy."""
    folder = Path(tempfile.mkdtemp(prefix=f"acuse-furniture-{os.getpid()}-"))
    atexit.register(clear)
    assets.compressed(assets.collect(), folder / "static")
    Authority.open(folder / "sandbox")
    return folder


def clear() -> None:
    """Take away what this process, and none that it came from, has made for its homes."""
    if _furniture.cache_info().currsize and f"-{os.getpid()}-" in _furniture().name:
        shutil.rmtree(_furniture(), ignore_errors=True)


def _run(url: str, *statements: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()
