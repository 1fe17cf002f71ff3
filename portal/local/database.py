"""The database made ready: version and roles checked, the embedded database made, and the migrations run."""
import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError
from sqlalchemy.pool import NullPool

from portal.core.tenancy import APP, DOOR, OWNER, roles

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
OLDEST_SERVER = 15
LOCK = 0x6163757365  # one migration at a time, however many portals start together


class DatabaseError(Exception):
    """The database cannot be made ready; the message says why and what to do."""


def prepare(owner_url: str, application_url: str) -> None:
    """Check the server and the roles, then migrate. Raises DatabaseError."""
    require(owner_url)
    with _connected(owner_url, "PORTAL_DATABASE_OWNER_URL") as connection:
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
        migrate(owner_url)
    with _connected(application_url, "PORTAL_DATABASE_URL") as connection:
        if not connection.scalar(text("SELECT pg_has_role(current_user, :role, 'MEMBER')"), {"role": APP}):
            who = connection.scalar(text("SELECT current_user"))
            raise DatabaseError(f"the role of PORTAL_DATABASE_URL may not act as {APP}. As a superuser: "
                                f"GRANT {APP} TO {who};")


def require(owner_url: str) -> str:
    """Require a server that will do, and the portal's roles, made if need be. Raises DatabaseError.

    Returns the role that the schema belongs to: the owner's, where whoever connects may act as it.
    """
    with _connected(owner_url, "PORTAL_DATABASE_OWNER_URL") as connection:
        version = int(connection.scalar(text("SHOW server_version_num"))) // 10_000
        if version < OLDEST_SERVER:
            raise DatabaseError(f"PostgreSQL {version} is too old: {OLDEST_SERVER} or later is needed.")
        _require_roles(connection)
        may = connection.scalar(text("SELECT pg_has_role(current_user, :role, 'MEMBER')"), {"role": OWNER})
        return OWNER if may else str(connection.scalar(text("SELECT current_user")))


def migrate(owner_url: str) -> None:
    """Bring the schema of the database at `owner_url` up to date. Raises DatabaseError."""
    configuration = Config()
    configuration.set_main_option("script_location", str(MIGRATIONS))
    configuration.attributes["url"] = owner_url
    try:
        command.upgrade(configuration, "head")
    except (OperationalError, ProgrammingError) as problem:
        raise DatabaseError(f"the database could not be migrated: {str(problem.orig).strip()}. Check "
                            "PORTAL_DATABASE_OWNER_URL: its role must own the schema.") from problem


def make_embedded(superuser_url: str, name: str, before: Callable[[], None]) -> str:
    """Make the roles and the database `name` in a cluster of ours; return its address for the superuser.

    `before` is called just before a database is made that was not there.
    """
    own = make_url(superuser_url).set(database=name).render_as_string(hide_password=False)
    with _connected(superuser_url, "") as connection:
        make_roles(connection)
    if not exists(superuser_url, name):
        before()
        with _connected(superuser_url, "") as connection:
            connection.execute(text(f"CREATE DATABASE {name} OWNER {OWNER}"))
    with _connected(own, "") as connection:
        connection.execute(text(f"GRANT ALL ON SCHEMA public TO {OWNER}"))
    return own


def exists(superuser_url: str, name: str) -> bool:
    """Say whether a cluster of ours has the database `name`."""
    with _connected(superuser_url, "") as connection:
        return bool(connection.scalar(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name}))


def drop(superuser_url: str, name: str) -> None:
    """Drop a database in a cluster of ours, if it is there."""
    with _connected(superuser_url, "") as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))


def make_roles(connection: Connection) -> None:
    """Make the portal's roles; needs the right to make roles."""
    for statement in roles():
        connection.execute(text(statement))


def _require_roles(connection: Connection) -> None:
    there = set(connection.scalars(text("SELECT rolname FROM pg_roles WHERE rolname LIKE 'portal%'")))
    if {APP, DOOR, OWNER} <= there:
        return
    try:
        make_roles(connection)
    except DBAPIError as problem:
        wanted = ";\n  ".join(roles())
        raise DatabaseError("the portal's roles are missing, and PORTAL_DATABASE_OWNER_URL may not make them. Run "
                            f"this once as a superuser:\n  {wanted};") from problem


@contextlib.contextmanager
def _connected(url: str, variable: str) -> Iterator[Connection]:
    engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool,
                           connect_args={"connect_timeout": 10})
    try:
        connection = engine.connect()
    except DBAPIError as problem:
        raise DatabaseError(f"the database does not answer: {str(problem.orig).strip()}. Check {variable}.") \
            from problem
    with connection:
        yield connection
