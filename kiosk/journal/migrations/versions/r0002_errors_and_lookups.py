"""Why a payment failed in our words beside the bank's, look-ups by day and document, the last write."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_LOOKED_UP = ("created_at", "gateway_id", "member_document_masked", "holder_document_masked")


def upgrade() -> None:
    op.add_column("payments", sa.Column("error", sa.String(24)))
    _fill_errors()
    for column in _LOOKED_UP:
        op.create_index(f"ix_payments_{column}", "payments", [column])
    op.create_table(
        "pulse",
        sa.Column("terminal", sa.String(12), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("terminal", name="pk_pulse"),
    )


def _fill_errors() -> None:
    """Where this schema was left for the older one and comes back, the events still know them."""
    connection = op.get_bind()
    payments = sa.table("payments", sa.column("payment_id"), sa.column("error"))
    events = sa.table("events", sa.column("payment_id"), sa.column("seq"), sa.column("facts"))
    told = sa.select(events.c.payment_id, events.c.facts).where(events.c.facts.contains('"error":'))
    last: dict[str, str | None] = {}
    for payment_id, facts in connection.execute(told.order_by(events.c.seq)):
        try:
            last[payment_id] = json.loads(facts)["error"]
        except (ValueError, KeyError, TypeError):  # `kiosk journal verify` tells of it
            continue
    for payment_id, error in last.items():
        row = sa.update(payments).where(payments.c.payment_id == payment_id)
        connection.execute(row.values(error=error))


def downgrade() -> None:
    op.drop_table("pulse")
    for column in _LOOKED_UP:
        op.drop_index(f"ix_payments_{column}", "payments")
    op.drop_column("payments", "error")
