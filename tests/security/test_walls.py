"""The database's own wall, tried in raw SQL as the role that the portal runs as."""
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from portal.core import db
from portal.core.db import Base, Scope
from tests.factories import World
from tests.security.conftest import Two


@contextmanager
def _seen_as(world: World, scope: Scope) -> Iterator[Connection]:
    with world.app.app_context(), db.transaction(scope):
        yield db.session.connection()


def _counts(connection: Connection) -> dict[str, int]:
    return {name: connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar_one()
            for name in _readable(connection)}


def _readable(connection: Connection) -> list[str]:
    may = text("SELECT has_table_privilege(current_user, :name, 'SELECT')")
    return [t.name for t in Base.metadata.sorted_tables if connection.execute(may, {"name": t.name}).scalar_one()]


# What SAT publishes for everybody is nobody's: every client may read it, and only the door may write it.
PUBLISHED = {"sat_lists", "sat_list_entries"}


def _shown(connection: Connection, ids: dict[str, UUID]) -> set[str]:
    """Return the tables in which the row of `ids` is seen."""
    return {name for name in _readable(connection) if connection.execute(
        text(f"SELECT 1 FROM {name} WHERE id = :id"), {"id": ids[name]}).first()}


def test_every_table_holds_rows_to_be_hidden(two: Two) -> None:
    with two.world.owner():
        assert not [name for name, count in _counts(db.session.connection()).items() if count < 1]


def test_without_a_scope_no_table_shows_a_row(two: Two) -> None:
    with _seen_as(two.world, Scope()) as connection:
        counts = _counts(connection)
    assert len(counts) > 30 and {name for name, count in counts.items() if count} <= PUBLISHED


def test_another_clients_scope_shows_no_row_of_this_one(two: Two) -> None:
    stranger = two.world.actor(two.theirs.buyer, "administrator")
    with _seen_as(two.world, stranger.scope) as connection:
        assert _shown(connection, two.mine.ids) <= PUBLISHED


def test_another_supplier_of_the_same_client_sees_no_row_of_the_first(two: Two) -> None:
    rival = two.world.actor(two.mine.other)
    with _seen_as(two.world, rival.scope) as connection:
        shown = _shown(connection, two.mine.ids)
    assert not {t.name for t in Base.metadata.sorted_tables if "relationship_id" in t.c} & shown


def test_the_owner_of_the_rows_sees_them(two: Two) -> None:
    """The control: the walls above are not merely shut for all."""
    with _seen_as(two.world, two.world.actor(two.mine.buyer, "administrator").scope) as connection:
        shown = _shown(connection, two.mine.ids)
    assert {"invoices", "payments", "bank_accounts", "files", "audit_events", "record_values", "decisions"} <= shown


@pytest.mark.parametrize("verb", ["UPDATE {t} SET created_at = now()", "DELETE FROM {t}"])
def test_another_client_changes_no_row(two: Two, verb: str) -> None:
    stranger = two.world.actor(two.theirs.buyer, "administrator").scope
    changed = []
    for table in Base.metadata.sorted_tables:
        where = f" WHERE id = '{two.mine.ids[table.name]}'"
        try:
            with _seen_as(two.world, stranger) as connection:
                if connection.exec_driver_sql(verb.format(t=table.name) + where).rowcount:
                    changed.append(table.name)
        except DBAPIError as refused:
            assert "permission denied" in str(refused)
    assert not changed


def test_a_row_cannot_be_written_into_another_client(two: Two) -> None:
    mine = two.world.actor(two.mine.buyer, "administrator").scope
    moved = f"UPDATE invoices SET client_id = '{two.theirs.buyer.id}' WHERE id = '{two.mine.ids['invoices']}'"
    with pytest.raises(DBAPIError, match="row-level security"), _seen_as(two.world, mine) as connection:
        connection.exec_driver_sql(moved)


@pytest.mark.parametrize("role", ["portal_app", "portal_door"])
@pytest.mark.parametrize("verb", ["UPDATE {t} SET kind = 'x'", "DELETE FROM {t}", "TRUNCATE {t}",
                                  "ALTER TABLE {t} DISABLE ROW LEVEL SECURITY", "DROP TABLE {t}"])
def test_what_the_audit_says_stays_said(two: Two, role: str, verb: str) -> None:
    scope = Scope(clients=(two.mine.buyer.id,), role=role)
    with pytest.raises(DBAPIError, match="permission denied|must be owner"), _seen_as(two.world, scope) as connection:
        connection.exec_driver_sql(verb.format(t="audit_events"))


def test_the_application_owns_nothing_and_stands_above_no_wall(engine: Engine) -> None:
    with engine.connect() as connection:
        owned = connection.execute(text("SELECT relname FROM pg_class WHERE pg_get_userbyid(relowner)"
                                        " IN ('portal_app', 'portal_door')")).all()
        mighty = connection.execute(text(
            "SELECT rolname FROM pg_roles WHERE rolname IN ('portal_app', 'portal_door')"
            " AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)")).all()
        member = connection.execute(text("SELECT pg_has_role('portal_app', 'portal_owner', 'MEMBER')")).scalar_one()
    assert not owned and not mighty and not member


@pytest.mark.parametrize("statement", [
    "SET ROLE portal_owner", "SET ROLE postgres", "SET SESSION AUTHORIZATION portal_owner",
    "CREATE TABLE public.mine (id int)", "ALTER ROLE portal_app BYPASSRLS", "CREATE ROLE more SUPERUSER",
    "COPY (SELECT 1) TO PROGRAM 'true'", "SELECT pg_read_file('/etc/hostname')",
])
def test_the_application_cannot_rise(engine: Engine, statement: str) -> None:
    with engine.connect() as connection, pytest.raises(DBAPIError, match="permission denied|must be|Only roles"):
        connection.exec_driver_sql(statement)


def test_turning_row_security_off_shows_nothing(engine: Engine) -> None:
    with engine.connect() as connection, pytest.raises(DBAPIError, match="row-level security"):
        connection.exec_driver_sql("SET row_security = off")
        connection.exec_driver_sql("SELECT * FROM invoices")
