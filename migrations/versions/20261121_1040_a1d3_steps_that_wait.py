"""An index of the steps that wait, which says for whom: the inbox and its count read nothing else.

Revision a1d3, after a1d2, of 2026-11-21 10:40:00.
"""

import sqlalchemy as sa
from alembic import op

revision = "a1d3"
down_revision = "a1d2"
branch_labels = None
depends_on = None

BEFORE = "ix_approval_steps_client_id_state_started_at_id"
WAITING = "ix_approval_steps_waiting"


def upgrade() -> None:
    op.create_index(WAITING, "approval_steps", ["client_id", "started_at", "id"],
                    postgresql_where=sa.text("state = 'current'"),
                    postgresql_include=["relationship_id", "approver_ids", "approver_roles"])
    op.drop_index(BEFORE, "approval_steps")


def downgrade() -> None:
    op.create_index(BEFORE, "approval_steps", ["client_id", "state", "started_at", "id"])
    op.drop_index(WAITING, "approval_steps")
