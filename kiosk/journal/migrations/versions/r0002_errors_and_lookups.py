"""Why a payment failed in our words beside the bank's, look-ups by day and document, the last write."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_LOOKED_UP = ("created_at", "gateway_id", "member_document_masked", "holder_document_masked")


def upgrade() -> None:
    op.add_column("payments", sa.Column("error", sa.String(24)))
    for column in _LOOKED_UP:
        op.create_index(f"ix_payments_{column}", "payments", [column])
    op.create_table(
        "pulse",
        sa.Column("terminal", sa.String(12), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("terminal", name="pk_pulse"),
    )


def downgrade() -> None:
    op.drop_table("pulse")
    for column in _LOOKED_UP:
        op.drop_index(f"ix_payments_{column}", "payments")
    op.drop_column("payments", "error")
