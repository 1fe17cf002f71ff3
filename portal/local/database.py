"""The database made ready: roles, the database itself when it is embedded, and the migrations."""
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError, ProgrammingError

from config.settings import Settings
from portal.core.tenancy import OWNER, roles

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


class DatabaseError(Exception):
    """The database cannot be made ready; the message says why and what to do."""


def prepare(settings: Settings) -> None:
    """Make the roles and the embedded database when they are missing, then migrate. Raises DatabaseError."""
    owner = settings.database_owner_url or ""
    if make_url(owner).database == "postgres" and make_url(owner).username == "postgres":
        _make_embedded(owner)
        owner = make_url(owner).set(database="portal").render_as_string(hide_password=False)
    migrate(owner)


def migrate(owner_url: str) -> None:
    """Bring the schema of the database at `owner_url` up to date."""
    configuration = Config()
    configuration.set_main_option("script_location", str(MIGRATIONS))
    configuration.attributes["url"] = owner_url
    try:
        command.upgrade(configuration, "head")
    except (OperationalError, ProgrammingError) as problem:
        raise DatabaseError(f"The database could not be migrated: {str(problem.orig).strip()}. Check "
                            "PORTAL_DATABASE_OWNER_URL: its role must own the schema.") from problem


def make_roles(superuser_url: str) -> None:
    """Make the portal's roles; needs the right to make roles."""
    _run(superuser_url, *roles())


def _make_embedded(superuser_url: str) -> None:
    make_roles(superuser_url)
    engine = create_engine(superuser_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        if not connection.scalar(text("SELECT 1 FROM pg_database WHERE datname = 'portal'")):
            connection.execute(text(f"CREATE DATABASE portal OWNER {OWNER}"))
    engine.dispose()
    own = make_url(superuser_url).set(database="portal").render_as_string(hide_password=False)
    _run(own, f"GRANT ALL ON SCHEMA public TO {OWNER}")


def _run(url: str, *statements: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()
