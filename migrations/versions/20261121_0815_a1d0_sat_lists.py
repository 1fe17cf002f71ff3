"""SAT's lists of taxpayers (articles 69-B and 69), as loaded: reference data of no tenant.

Revision a1d0, after a1c1, of 2026-11-21 08:15:00.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from portal.core.tenancy import Rls, wall

revision = "a1d0"
down_revision = "a1c1"
branch_labels = None
depends_on = None

REFERENCE = Rls(read="true", grants="SELECT", door="SELECT, INSERT, UPDATE, DELETE")


def upgrade() -> None:
    op.create_table(
        "sat_lists",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("listed_on", sa.Date()),
        sa.Column("published_at", sa.DateTime(timezone=True)),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.String(length=500), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("suppressed", sa.Integer(), nullable=False),
        sa.Column("unreadable", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(length=500), nullable=False),
        sa.Column("original", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sat_lists")),
    )
    op.create_index("uq_sat_lists_current", "sat_lists", ["kind"], unique=True,
                    postgresql_where=sa.text("state = 'current'"))
    op.create_table(
        "sat_list_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("rfc", sa.String(length=13), nullable=False),
        sa.Column("situation", sa.String(length=32), nullable=False),
        sa.Column("since", sa.Date()),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["list_id"], ["sat_lists.id"], name=op.f("fk_sat_list_entries_list_id"),
                                ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sat_list_entries")),
    )
    op.create_index(op.f("ix_sat_list_entries_list_id"), "sat_list_entries", ["list_id"])
    op.create_index(op.f("ix_sat_list_entries_rfc"), "sat_list_entries", ["rfc"])
    for table in ("sat_lists", "sat_list_entries"):
        for statement in wall(table, REFERENCE):
            op.execute(statement)


def downgrade() -> None:
    op.drop_table("sat_list_entries")
    op.drop_table("sat_lists")
