"""The migrations and the models are one, and no table is without its wall."""
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from portal import features
from portal.core.db import Base
from portal.core.tenancy import walls
from portal.local.database import MIGRATIONS
from tests import harness

POLICIES = """SELECT tablename, policyname, roles::text, cmd, qual, with_check FROM pg_policies
              WHERE schemaname = 'public' ORDER BY 1, 2"""
# What Alembic does not compare: checks, what an index leaves out, the order of its columns, defaults.
SHAPES = (
    """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
       WHERE connamespace = current_schema()::regnamespace ORDER BY 1, 2""",
    """SELECT tablename, indexname, regexp_replace(indexdef, ' ON [^(]* USING', ' USING') FROM pg_indexes
       WHERE schemaname = current_schema() ORDER BY 1, 2""",
    """SELECT table_name, column_name, data_type, character_maximum_length, numeric_precision, numeric_scale,
       is_nullable, column_default FROM information_schema.columns WHERE table_schema = current_schema()
       ORDER BY 1, 2""")
GRANTS = """SELECT table_name, grantee, privilege_type FROM information_schema.role_table_grants
            WHERE table_schema = 'public' AND grantee IN ('portal_app', 'portal_door') ORDER BY 1, 2, 3"""


def test_there_is_one_head() -> None:
    assert len(ScriptDirectory(str(MIGRATIONS)).get_heads()) == 1


def test_models_equal_migrations(database_url: str) -> None:
    features.load(features.TABLES)
    engine = create_engine(database_url)
    with engine.connect() as connection:
        differences = compare_metadata(
            MigrationContext.configure(connection, opts={"compare_type": True}), Base.metadata
        )
    engine.dispose()
    assert not differences, differences


def test_what_the_models_declare_is_what_the_migrations_made(cluster_url: str, worker_id: str) -> None:
    features.load(features.TABLES)
    url = harness.copy_database(cluster_url, f"twin_{worker_id}")
    engine = create_engine(url)
    with engine.connect() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
        made = [connection.execute(text(q)).all() for q in SHAPES]
        connection.execute(text("CREATE SCHEMA twin"))
        connection.execute(text("SET search_path = twin"))
        Base.metadata.create_all(connection)
        declared = [connection.execute(text(q)).all() for q in SHAPES]
    engine.dispose()
    harness.drop_database(cluster_url, f"twin_{worker_id}")
    for there, here in zip(made, declared, strict=True):
        assert len(there) > 25 and there == here


def test_the_walls_in_the_database_are_those_that_the_models_declare(cluster_url: str, worker_id: str) -> None:
    url = harness.copy_database(cluster_url, f"walls_{worker_id}")
    engine = create_engine(url)
    with engine.begin() as connection:
        before = [connection.execute(text(q)).all() for q in (POLICIES, GRANTS)]
        for statement in walls():
            connection.exec_driver_sql(statement)
        after = [connection.execute(text(q)).all() for q in (POLICIES, GRANTS)]
    engine.dispose()
    harness.drop_database(cluster_url, f"walls_{worker_id}")
    assert before == after


def test_every_table_is_behind_a_wall_and_owned_by_the_owner(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.connect() as connection:
        rows = connection.execute(text(
            "SELECT c.relname, c.relrowsecurity, pg_get_userbyid(c.relowner) FROM pg_class c JOIN pg_namespace n"
            " ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind = 'r'")).all()
    engine.dispose()
    open_tables = [r for r in rows if r[0] != "alembic_version" and (not r[1] or r[2] != "portal_owner")]
    assert len(rows) > 25 and not open_tables
