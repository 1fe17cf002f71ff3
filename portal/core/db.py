"""The database: one session, one transaction at a time, one place that commits.

Two walls between tenants. The first is in the queries. The second is PostgreSQL's row-level security: every
transaction runs as the role `portal_app`, which owns nothing, and tells the database whose rows it may see
(`Scope`). A few doors (sign-in, links, the outbox) must look before anybody is known: they run as the narrow
role `portal_door`, which is granted only the tables it needs. See `portal/core/tenancy.py`.
"""
from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from time import monotonic
from typing import Any
from uuid import UUID

import structlog
from flask_sqlalchemy import SQLAlchemy
from psycopg import Error as DriverError
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.sql import SQL, Literal
from sqlalchemy import Connection, DateTime, Enum, MetaData, Numeric, Select, Uuid, event
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.exc import DBAPIError, DisconnectionError, IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, ORMExecuteState, Session, mapped_column
from sqlalchemy.pool import ConnectionPoolEntry, Pool

from portal.core.clock import now
from portal.core.ids import new_id

log = structlog.get_logger()

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The root of all tables: a UUIDv7 key and the moment of creation."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: DateTime(timezone=True), UUID: Uuid()}

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-10)
    created_at: Mapped[datetime] = mapped_column(default=now, sort_order=-9)


db = SQLAlchemy(metadata=Base.metadata, session_options={"expire_on_commit": False})
session = db.session
Money = Numeric(18, 6)


def choice(kind: type[StrEnum], length: int = 32) -> Enum:
    """Return a column type that keeps a `StrEnum` as its lower-case value in plain text."""
    return Enum(kind, native_enum=False, length=length, values_callable=lambda e: [m.value for m in e],
                create_constraint=False)


@dataclass(frozen=True)
class Scope:
    """Whose rows a transaction may touch; the row-level policies read it.

    `clients`: organizations it acts for as a buyer. `relationships`: pairs supplier-client it acts for as a
    supplier. `partners`: clients whose configuration such a supplier may read. `organizations`: its own.
    """

    user_id: UUID | None = None
    organizations: tuple[UUID, ...] = ()
    clients: tuple[UUID, ...] = ()
    relationships: tuple[UUID, ...] = ()
    partners: tuple[UUID, ...] = ()
    role: str = "portal_app"


DOOR = Scope(role="portal_door")
_SET = SQL("SELECT set_config('role', {role}, true), set_config('portal.user_id', {user}, true),"
           " set_config('portal.organizations', {organizations}, true),"
           " set_config('portal.clients', {clients}, true),"
           " set_config('portal.relationships', {relationships}, true),"
           " set_config('portal.partners', {partners}, true)")
_RESTED = 2.0  # seconds after which a connection is tried before it is used


@contextmanager
def transaction(scope: Scope) -> Iterator[None]:
    """Open the one transaction of a request, job or command; commit at its end, then run what waits for it.

    Raises RuntimeError when one is already open: a service never commits, so it never needs its own.
    """
    info = session().info
    if "scope" in info:
        raise RuntimeError("a transaction is already open")
    info["scope"], info["after"] = scope, []
    try:
        yield
        session.commit()
    except BaseException:
        session.rollback()
        info["after"] = []
        raise
    finally:
        del info["scope"]
    _run_after(info.pop("after"))


def after_commit(action: Callable[[], None]) -> None:
    """Keep `action` until the open transaction has been committed; it never runs if it is not."""
    session().info["after"].append(action)


def rescope(scope: Scope) -> None:
    """Change whose rows the open transaction sees (a person signs in, a link turns out to be valid)."""
    session.flush()  # what was changed so far is written under the scope in which it was changed
    connection = session.connection()  # begun under that scope too: a savepoint that fails goes back to it
    session().info["scope"] = scope
    _enter(connection, scope)


@contextmanager
def door() -> Iterator[None]:
    """Look as the door for a moment inside the open transaction, then see again what it saw.

    For what must be known of people outside the actor's walls (an address for a letter, a link); the caller answers
    for what it lets out.
    """
    before = session().info["scope"]
    rescope(DOOR)
    try:
        yield
    except BaseException:
        session().info["scope"] = before
        # A transaction that the database has given up takes no more statements; its rollback restores the settings.
        with suppress(DBAPIError):
            rescope(before)
        raise
    rescope(before)


def ask(query: Select[*tuple[Any, ...]], values: Mapping[str, Any]) -> list[Any]:
    """Return the rows of a query that is built once and asked all day, as named tuples.

    `values`: those of its own names. The driver answers, past the layers whose price is several times that of the
    answer; values go and come as it writes and reads them (a status is the text that is kept).
    """
    session.flush()
    connection = session.connection()
    driver: Any = connection.connection.driver_connection
    sql, fixed, row = _written(query)
    given = {**fixed, **values}
    try:
        found = driver.execute(sql, given).fetchall()
    except DriverError as error:
        raise _told(connection, error, sql) from error
    return [row(values) for values in found]


@lru_cache(maxsize=512)
def _written(query: Select[*tuple[Any, ...]]) -> tuple[str, dict[str, Any], Callable[[Any], Any]]:
    """Return the SQL of a query, the values that are its own, and what makes a named tuple of a row."""
    compiled = query.compile(dialect=psycopg.dialect())
    later = {name: None for name, bind in compiled.binds.items() if bind.required}
    written = compiled.construct_expanded_state(later)  # each value of an IN has its own name
    fixed = {name: value.value if isinstance(value, StrEnum) else value for name, value in written.parameters.items()}
    named = namedtuple("Row", [column.key for column in query.selected_columns], rename=True)  # type: ignore[misc]
    return written.statement, fixed, named._make


def is_open() -> bool:
    """Say whether a transaction is open."""
    return "scope" in session().info


@contextmanager
def savepoint() -> Iterator[None]:
    """Do the inner writes (and what waits for the commit) or none of them, inside the open transaction."""
    waiting = session().info["after"]
    before = len(waiting)
    try:
        with session.begin_nested():
            yield
    except BaseException:
        del waiting[before:]
        raise


def insert_once(row: Base) -> bool:
    """Insert `row` unless a unique rule refuses it; return whether it went in. The transaction goes on."""
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return False
    return True


@event.listens_for(Session, "after_begin")
def _apply_scope(opened: Session, _transaction: Any, connection: Connection) -> None:
    scope = opened.info.get("scope")
    if scope is None:
        raise RuntimeError("the database is used outside core.db.transaction(...)")
    _enter(connection, scope)


@event.listens_for(Session, "do_orm_execute")
def _read_anew_what_is_held(state: ORMExecuteState) -> None:
    """A row that is held is shown as it is now, not as it was when this transaction first looked and did not hold it.

    Without this, whoever waited for the row of somebody faster would go on with what that one has changed.
    """
    if getattr(state.statement, "_for_update_arg", None) is not None:
        state.update_execution_options(populate_existing=True)


@event.listens_for(Pool, "checkin")
def _rest(_connection: Any, record: ConnectionPoolEntry) -> None:
    record.info["rested"] = monotonic()


@event.listens_for(Pool, "checkout")
def _try(connection: Any, record: ConnectionPoolEntry, _proxy: Any) -> None:
    """Try a connection that has rested, and have a new one made when the database has gone away meanwhile.

    The pool's own way asks before every request; under load that is one round trip in eight for nothing.
    """
    if monotonic() - record.info.get("rested", monotonic()) < _RESTED:
        return
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except DriverError as gone:
        raise DisconnectionError from gone


def _enter(connection: Connection, scope: Scope) -> None:
    """Put `scope` on the connection's transaction, which is begun in the same round trip if it has not begun.

    Every request does this twice, so it goes past the layers whose price is many times that of the statement itself.
    """
    driver: Any = connection.connection.driver_connection
    beginning = b"BEGIN; " if driver.pgconn.transaction_status == TransactionStatus.IDLE else b""
    result = driver.pgconn.exec_(beginning + _entering(scope))
    if result.status != ExecStatus.TUPLES_OK:
        raise _told(connection, error_from_result(result), _entering(scope).decode())


def _told(connection: Connection, error: DriverError, sql: str) -> BaseException:
    """Return an error of the driver as SQLAlchemy tells it. Of a lost connection it raises its own, and forgets it."""
    driver: Any = connection.connection.driver_connection
    if driver.closed:
        connection.exec_driver_sql("SELECT 1")
    return DBAPIError.instance(sql, None, error, DriverError, dialect=connection.dialect)


@lru_cache(maxsize=256)
def _entering(scope: Scope) -> bytes:
    """Return the statement that puts `scope` on a transaction, its values quoted by the driver."""
    values = {"role": scope.role, "user": str(scope.user_id or ""), "organizations": _array(scope.organizations),
              "clients": _array(scope.clients), "relationships": _array(scope.relationships),
              "partners": _array(scope.partners)}
    return _SET.format(**{name: Literal(value) for name, value in values.items()}).as_bytes(None)


def _array(ids: tuple[UUID, ...]) -> str:
    return "{" + ",".join(str(i) for i in ids) + "}"


def _run_after(actions: list[Callable[[], None]]) -> None:
    for action in actions:
        try:
            action()
        except Exception:
            log.exception("after_commit.failed")
