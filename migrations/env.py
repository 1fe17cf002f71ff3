"""Runs the migrations, as the owner of the schema. The address comes from the caller, or from the environment."""

import os

from alembic import context
from sqlalchemy import create_engine

from config.settings import Settings
from portal import features
from portal.core.db import Base
from portal.core.tenancy import OWNER

features.load(features.TABLES)


def run() -> None:
    """Migrate in one transaction per revision; never wait long for a lock that the running portal holds."""
    url = context.config.attributes.get("url") or Settings.from_env(os.environ).database_owner_url
    engine = create_engine(url, connect_args={"options": "-c lock_timeout=4000 -c timezone=UTC"})
    with engine.connect() as connection:
        # A superuser migrates as the owner, so that the tables are never the superuser's.
        if connection.exec_driver_sql("SELECT pg_has_role(current_user, %s, 'MEMBER')", (OWNER,)).scalar():
            connection.exec_driver_sql(f"SET ROLE {OWNER}")
        connection.commit()
        context.configure(
            connection=connection, target_metadata=Base.metadata, compare_type=True, transaction_per_migration=True
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
