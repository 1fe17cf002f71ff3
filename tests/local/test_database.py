"""The database made ready: roles, version, migrations; each lack is a sentence with its remedy."""
import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, inspect, text

from portal.local import database
from portal.local.database import DatabaseError, make_embedded, prepare
from tests.harness import at, drop_database


@pytest.fixture()
def fresh(cluster_url: str, worker_id: str) -> Iterator[str]:
    """The superuser's address of an empty database."""
    name = f"fresh_{worker_id}"
    drop_database(cluster_url, name)
    yield make_embedded(cluster_url, name, lambda: None)
    drop_database(cluster_url, name)


def run(url: str, *statements: str) -> None:
    """Run statements, each committed."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def test_an_empty_database_gets_its_tables_and_they_are_the_owners(fresh: str) -> None:
    prepare(fresh, fresh)
    engine = create_engine(fresh)
    assert {"invoices", "alembic_version"} <= set(inspect(engine).get_table_names())
    with engine.connect() as connection:
        owners = set(connection.scalars(text("SELECT tableowner FROM pg_tables WHERE schemaname = 'public'")))
    engine.dispose()
    assert owners == {"portal_owner"}


def test_portals_that_start_together_migrate_once(fresh: str) -> None:
    problems: list[Exception] = []

    def one() -> None:
        try:
            prepare(fresh, fresh)
        except Exception as problem:
            problems.append(problem)

    # The programs that migrate are processes; threads would share Alembic's context, so one holds the lock here.
    engine = create_engine(fresh, isolation_level="AUTOCOMMIT")
    with engine.connect() as holder:
        holder.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": database.LOCK})
        waiting = threading.Thread(target=one)
        waiting.start()
        waiting.join(1)
        assert waiting.is_alive() and "invoices" not in inspect(engine).get_table_names()
        holder.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": database.LOCK})
        waiting.join(60)
    assert not problems and "invoices" in inspect(engine).get_table_names()
    engine.dispose()


def test_a_database_is_announced_before_it_is_made_and_made_once(cluster_url: str, worker_id: str) -> None:
    name, calls = f"announced_{worker_id}", list[bool]()
    for _ in range(2):
        make_embedded(cluster_url, name, lambda: calls.append(database.exists(cluster_url, name)))
    assert calls == [False]
    database.drop(cluster_url, name)
    assert not database.exists(cluster_url, name)


def test_a_role_that_may_not_act_for_the_portal_is_said(fresh: str, worker_id: str) -> None:
    role = f"stranger_{worker_id}"
    run(fresh, f"CREATE ROLE {role} LOGIN")
    try:
        with pytest.raises(DatabaseError, match=f"GRANT portal_app TO {role}"):
            prepare(fresh, fresh.replace("postgres@", f"{role}@"))
    finally:
        run(fresh, f"DROP ROLE {role}")


def test_an_owner_that_may_not_migrate_is_said(fresh: str) -> None:
    with pytest.raises(DatabaseError, match="(?s)could not be migrated.*PORTAL_DATABASE_OWNER_URL"):
        prepare(fresh.replace("postgres@", "portal_app@"), fresh)


def test_a_database_that_does_not_answer_is_said(cluster_url: str) -> None:
    with pytest.raises(DatabaseError, match="(?s)does not answer.*PORTAL_DATABASE_OWNER_URL"):
        prepare(at(cluster_url, "no_such_database"), cluster_url)


def test_a_server_that_is_too_old_is_said(fresh: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "OLDEST_SERVER", 99)
    with pytest.raises(DatabaseError, match="is too old: 99 or later"):
        prepare(fresh, fresh)
