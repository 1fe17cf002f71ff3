"""How a person of accounts payable is told that invoices came in: one letter each, one every morning, none.

Revision a1d5, after a1d4, of 2026-11-21 11:50:00.
"""

import sqlalchemy as sa
from alembic import op

revision = "a1d5"
down_revision = "a1d4"
branch_labels = None
depends_on = None

WANTS = sa.Enum("each", "daily", "none", name="newinvoiceletters", native_enum=False, length=32)


def upgrade() -> None:
    op.add_column("users", sa.Column("new_invoice_letters", WANTS, nullable=False, server_default="each"))


def downgrade() -> None:
    op.drop_column("users", "new_invoice_letters")
