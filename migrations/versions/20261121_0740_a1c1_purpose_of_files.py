"""What a file was given for, which decides who may open it; and the way from a file to its invoice.

Revision a1c1, after a1c0, of 2026-11-21 07:40:00.
"""

import sqlalchemy as sa
from alembic import op

revision = "a1c1"
down_revision = "a1c0"
branch_labels = None
depends_on = None

# Files that nothing mentions stay "invoice", the purpose that shows a client only what a sent invoice mentions.
MENTIONS = (
    ("record", "record_values", "file_id"),
    ("bank_proof", "bank_accounts", "proof_file_id"),
    ("payment", "payments", "evidence_file_id"),
)


def upgrade() -> None:
    op.add_column("files", sa.Column("purpose", sa.String(length=32), nullable=False, server_default="invoice"))
    for purpose, table, column in MENTIONS:
        op.execute(f"UPDATE files SET purpose = '{purpose}' FROM {table} m WHERE m.{column} = files.id")
    op.alter_column("files", "purpose", server_default=None)
    op.create_index(op.f("ix_invoices_xml_file_id"), "invoices", ["xml_file_id"])
    op.create_index(op.f("ix_invoices_pdf_file_id"), "invoices", ["pdf_file_id"])
    op.create_index(op.f("ix_requirement_answers_file_id"), "requirement_answers", ["file_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_requirement_answers_file_id"), "requirement_answers")
    op.drop_index(op.f("ix_invoices_pdf_file_id"), "invoices")
    op.drop_index(op.f("ix_invoices_xml_file_id"), "invoices")
    op.drop_column("files", "purpose")
