"""The second wall: row-level security, declared beside each table and turned into SQL here.

Every table says `__rls__ = Rls(...)`. The expressions read the settings that `core.db.Scope` puts on the
transaction. A test walks all tables: none may be without a policy.
"""
from collections.abc import Iterator
from dataclasses import dataclass

from portal.core.db import Base

APP, DOOR, OWNER = "portal_app", "portal_door", "portal_owner"


def among(setting: str) -> str:
    """Return the right side of `column = …` for one of the lists that `core.db.Scope` puts on a transaction."""
    # The sub-select makes PostgreSQL read the setting once per query, not once per row.
    return f"ANY ((SELECT portal_ids('portal.{setting}'))::uuid[])"


MY_CLIENTS = f"client_id = {among('clients')}"
MY_PARTNERS = f"client_id = {among('partners')}"
MY_RELATIONSHIPS = f"relationship_id = {among('relationships')}"
MY_ORGANIZATIONS = f"organization_id = {among('organizations')}"
MYSELF = "user_id = (SELECT portal_user())"
ANYBODY = "true"


@dataclass(frozen=True)
class Rls:
    """Who may read and who may write a table's rows, as SQL conditions; what the door may do with it."""

    read: str
    write: str | None = None
    grants: str = "SELECT, INSERT, UPDATE, DELETE"
    door: str = ""


CLIENT = Rls(read=MY_CLIENTS)
CLIENT_CONFIG = Rls(read=f"{MY_CLIENTS} OR {MY_PARTNERS}", write=MY_CLIENTS)
SHARED = Rls(read=f"{MY_CLIENTS} OR {MY_RELATIONSHIPS}")
SHARED_APPEND_ONLY = Rls(read=f"{MY_CLIENTS} OR {MY_RELATIONSHIPS}", grants="SELECT, INSERT")
DOOR_ONLY = Rls(read="false", door="SELECT, INSERT, UPDATE, DELETE", grants="INSERT", write=ANYBODY)

FUNCTIONS = (
    "CREATE OR REPLACE FUNCTION portal_ids(setting text) RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE AS"
    " $$ SELECT coalesce(nullif(current_setting(setting, true), ''), '{}')::uuid[] $$",
    "CREATE OR REPLACE FUNCTION portal_user() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS"
    " $$ SELECT nullif(current_setting('portal.user_id', true), '')::uuid $$",
)


def roles() -> Iterator[str]:
    """Yield the statements that make the roles, for whoever may make roles (idempotent)."""
    for role, options in ((OWNER, "LOGIN"), (APP, "LOGIN NOINHERIT"), (DOOR, "NOLOGIN")):
        yield (f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN"
               f" CREATE ROLE {role} {options} NOSUPERUSER NOBYPASSRLS; END IF; END $$")
    yield f"GRANT {DOOR} TO {APP}"


def walls() -> Iterator[str]:
    """Yield the statements that put every table behind its policy; run after the tables exist."""
    yield from grounds()
    for mapper in sorted(Base.registry.mappers, key=lambda m: m.local_table.name):  # type: ignore[attr-defined]
        yield from wall(mapper.local_table.name, mapper.class_.__rls__)  # type: ignore[attr-defined]


def grounds() -> Iterator[str]:
    """Yield the statements that the walls stand on: the functions that read the scope, and the way into the schema."""
    yield from FUNCTIONS
    yield f"GRANT USAGE ON SCHEMA public TO {APP}, {DOOR}"


def wall(table: str, rls: Rls) -> Iterator[str]:
    """Yield the statements for one table; migrations that add a table call this."""
    seen, written = _opaque(rls.read), _opaque(rls.write or rls.read)
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
    yield f"DROP POLICY IF EXISTS app_read ON {table}"
    yield f"DROP POLICY IF EXISTS door ON {table}"
    yield f"GRANT {rls.grants} ON {table} TO {APP}"
    yield f"CREATE POLICY app_read ON {table} FOR SELECT TO {APP} USING ({seen})"
    for verb, clause in (("INSERT", f"WITH CHECK ({written})"), ("UPDATE", f"USING ({written}) WITH CHECK ({written})"),
                         ("DELETE", f"USING ({written})")):
        if verb in rls.grants:
            yield f"DROP POLICY IF EXISTS app_{verb.lower()} ON {table}"
            yield f"CREATE POLICY app_{verb.lower()} ON {table} FOR {verb} TO {APP} {clause}"
    if rls.door:
        yield f"GRANT {rls.door} ON {table} TO {DOOR}"
        yield f"CREATE POLICY door ON {table} TO {DOOR} USING (true) WITH CHECK (true)"


def _opaque(condition: str) -> str:
    """Return `condition` in a form about which PostgreSQL's planner makes no guess.

    It would guess that a list of unknown length leaves almost no row of a table, and then read and sort all rows of a
    large client instead of walking the index that the first wall's own condition has. A CASE counts as one half.
    """
    return f"CASE WHEN {condition} THEN true ELSE false END"
