"""What SAT answered about each invoice, with the evidence.

Revision a1d1, after a1d0, of 2026-11-21 08:35:00.
"""

import sqlalchemy as sa
from alembic import op

from portal.core.tenancy import Rls, wall

revision = "a1d1"
down_revision = "a1d0"
branch_labels = None
depends_on = None

CLIENTS = "ANY ((SELECT portal_ids('portal.clients'))::uuid[])"
RELATIONSHIPS = "ANY ((SELECT portal_ids('portal.relationships'))::uuid[])"
ANSWERS = Rls(read=f"client_id = {CLIENTS} OR relationship_id = {RELATIONSHIPS}", write=f"client_id = {CLIENTS}",
              grants="SELECT, INSERT", door="SELECT")


def upgrade() -> None:
    op.create_table(
        "sat_statuses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("relationship_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expression", sa.String(length=600), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("code", sa.String(length=200), nullable=False),
        sa.Column("cancelable", sa.String(length=40), nullable=False),
        sa.Column("cancellation", sa.String(length=40), nullable=False),
        sa.Column("efos", sa.String(length=32), nullable=False),
        sa.Column("evidence", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["organizations.id"], name=op.f("fk_sat_statuses_client_id")),
        sa.ForeignKeyConstraint(["relationship_id"], ["relationships.id"],
                                name=op.f("fk_sat_statuses_relationship_id")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_sat_statuses_invoice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sat_statuses")),
    )
    op.create_index(op.f("ix_sat_statuses_invoice_id"), "sat_statuses", ["invoice_id"])
    for statement in wall("sat_statuses", ANSWERS):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("sat_statuses")
