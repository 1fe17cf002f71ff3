"""Credit notes in payments: a line below zero, the invoice that it lowers, and payments of nothing (compensations).

What was approved for zero before is closed, as it is from now on when it is approved.

Revision a1d4, after a1d3, of 2026-11-21 11:05:00.
"""

import sqlalchemy as sa
from alembic import op

revision = "a1d4"
down_revision = "a1d3"
branch_labels = None
depends_on = None

PAID = ("amount > 0 AND method <> 'compensation'"
        " OR amount = 0 AND method = 'compensation' AND bank_account_id IS NULL")
SIGNED = ("amount > 0 AND settled > 0 AND against_id IS NULL"
          " OR amount < 0 AND settled = amount AND against_id IS NOT NULL AND against_id <> invoice_id")


def upgrade() -> None:
    op.drop_constraint(op.f("ck_payments_amount_positive"), "payments", type_="check")
    op.create_check_constraint(op.f("ck_payments_amount_positive"), "payments", PAID)
    op.add_column("payment_lines", sa.Column("against_id", sa.Uuid()))
    op.create_foreign_key(op.f("fk_payment_lines_against_id"), "payment_lines", "invoices", ["against_id"], ["id"])
    op.create_index(op.f("ix_payment_lines_against_id"), "payment_lines", ["against_id"])
    op.drop_constraint(op.f("uq_payment_lines_payment_id_invoice_id"), "payment_lines", type_="unique")
    op.create_index("uq_payment_lines_invoice", "payment_lines", ["payment_id", "invoice_id"], unique=True,
                    postgresql_where=sa.text("against_id IS NULL"))
    op.create_index("uq_payment_lines_credit", "payment_lines", ["payment_id", "invoice_id", "against_id"], unique=True,
                    postgresql_where=sa.text("against_id IS NOT NULL"))
    op.drop_constraint(op.f("ck_payment_lines_amounts_positive"), "payment_lines", type_="check")
    op.create_check_constraint(op.f("ck_payment_lines_amounts_signed"), "payment_lines", SIGNED)
    op.create_check_constraint(op.f("ck_payment_lines_within_balance"), "payment_lines",
                               "abs(settled) <= balance_before")
    op.execute("UPDATE invoices SET status = 'nothing_owed', scheduled_on = NULL, version = version + 1"
               " WHERE total = 0 AND status IN ('approved', 'scheduled')")


def downgrade() -> None:
    """Possible while no credit note has been applied; what was closed for zero is approved again."""
    op.execute("UPDATE invoices SET status = 'approved', version = version + 1 WHERE status = 'nothing_owed'")
    op.drop_constraint(op.f("ck_payment_lines_within_balance"), "payment_lines", type_="check")
    op.drop_constraint(op.f("ck_payment_lines_amounts_signed"), "payment_lines", type_="check")
    op.create_check_constraint(op.f("ck_payment_lines_amounts_positive"), "payment_lines", "amount > 0 AND settled > 0")
    op.drop_index("uq_payment_lines_credit", "payment_lines")
    op.drop_index("uq_payment_lines_invoice", "payment_lines")
    op.create_unique_constraint(op.f("uq_payment_lines_payment_id_invoice_id"), "payment_lines",
                                ["payment_id", "invoice_id"])
    op.drop_index(op.f("ix_payment_lines_against_id"), "payment_lines")
    op.drop_column("payment_lines", "against_id")
    op.drop_constraint(op.f("ck_payments_amount_positive"), "payments", type_="check")
    op.create_check_constraint(op.f("ck_payments_amount_positive"), "payments", "amount > 0")
