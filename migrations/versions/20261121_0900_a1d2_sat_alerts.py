"""Which situations on the 69-B a client has been told of.

Revision a1d2, after a1d1, of 2026-11-21 09:00:00.
"""

import sqlalchemy as sa
from alembic import op

from portal.core.tenancy import Rls, wall

revision = "a1d2"
down_revision = "a1d1"
branch_labels = None
depends_on = None

OF_THE_CLIENT = Rls(read="client_id = ANY ((SELECT portal_ids('portal.clients'))::uuid[])", grants="SELECT, INSERT")


def upgrade() -> None:
    op.create_table(
        "sat_alerts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("relationship_id", sa.Uuid(), nullable=False),
        sa.Column("situation", sa.String(length=32), nullable=False),
        sa.Column("since", sa.Date()),
        sa.Column("listed_on", sa.Date()),
        sa.ForeignKeyConstraint(["client_id"], ["organizations.id"], name=op.f("fk_sat_alerts_client_id")),
        sa.ForeignKeyConstraint(["relationship_id"], ["relationships.id"], name=op.f("fk_sat_alerts_relationship_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sat_alerts")),
    )
    op.create_index("uq_sat_alerts", "sat_alerts", ["relationship_id", "situation"], unique=True)
    for statement in wall("sat_alerts", OF_THE_CLIENT):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("sat_alerts")
