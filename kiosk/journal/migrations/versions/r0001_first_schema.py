"""First schema: payments, lines, events that only grow, held obligations, references."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime()

_GUARD = tuple(
    f"CREATE TRIGGER events_no_{verb} BEFORE {verb} ON events "
    "BEGIN SELECT RAISE(ABORT, 'events only grow'); END"
    for verb in ("update", "delete")
)


def upgrade() -> None:
    _create_payments()
    _create_payment_lines()
    _create_events()
    op.create_table(
        "held_obligations",
        sa.Column("obligation_id", sa.String(64), nullable=False),
        sa.Column("payment_id", sa.String(36), nullable=False),
        sa.PrimaryKeyConstraint("obligation_id", name="pk_held_obligations"),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments.payment_id"], name="fk_held_obligations_payment_id"
        ),
    )
    op.create_index("ix_held_obligations_payment_id", "held_obligations", ["payment_id"])
    op.create_table(
        "reference_days",
        sa.Column("terminal", sa.String(12), nullable=False),
        sa.Column("day", sa.String(6), nullable=False),
        sa.Column("last", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("terminal", "day", name="pk_reference_days"),
    )


def _create_payments() -> None:
    op.create_table(
        "payments",
        sa.Column("payment_id", sa.String(36), nullable=False),
        sa.Column("reference", sa.String(30), nullable=False),
        sa.Column("terminal", sa.String(12), nullable=False),
        sa.Column("gateway", sa.String(40), nullable=False),
        sa.Column("member_id", sa.String(64), nullable=False),
        sa.Column("member_name", sa.Text, nullable=False),
        sa.Column("member_document_masked", sa.String(40), nullable=False),
        sa.Column("holder_name", sa.Text, nullable=False),
        sa.Column("holder_document_masked", sa.String(40), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("total_cents", sa.BigInteger, nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("review", sa.String(20)),
        sa.Column("gateway_id", sa.String(64)),
        sa.Column("redirect_url", sa.Text),
        sa.Column("cus", sa.String(64)),
        sa.Column("bank", sa.Text),
        sa.Column("cause", sa.Text),
        sa.Column("changed_at", _INSTANT, nullable=False),
        sa.Column("decided_at", _INSTANT),
        sa.Column("core_receipt", sa.String(40)),
        sa.Column("next_ask_at", _INSTANT),
        sa.Column("asks", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("payment_id", name="pk_payments"),
        sa.UniqueConstraint("reference", name="uq_payments_reference"),
    )
    op.create_index("ix_payments_state_next_ask_at", "payments", ["state", "next_ask_at"])
    op.create_index("ix_payments_member_id_created_at", "payments", ["member_id", "created_at"])
    op.create_index("ix_payments_review", "payments", ["review"])
    op.create_index("ix_payments_cus", "payments", ["cus"])


def _create_payment_lines() -> None:
    op.create_table(
        "payment_lines",
        sa.Column("payment_id", sa.String(36), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("line_id", sa.String(20), nullable=False),
        sa.Column("obligation_id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("choice", sa.String(10), nullable=False),
        sa.Column("amount_cents", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("payment_id", "position", name="pk_payment_lines"),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.payment_id"], name="fk_payment_lines_payment_id"),
    )


def _create_events() -> None:
    op.create_table(
        "events",
        sa.Column("seq", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("payment_id", sa.String(36), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("event", sa.String(24), nullable=False),
        sa.Column("state_before", sa.String(12)),
        sa.Column("state_after", sa.String(12), nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("prev_hash", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_events"),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.payment_id"], name="fk_events_payment_id"),
    )
    op.create_index("ix_events_payment_id", "events", ["payment_id"])
    for statement in _GUARD:
        op.execute(statement)


def downgrade() -> None:
    for table in ("reference_days", "held_obligations", "events", "payment_lines", "payments"):
        op.drop_table(table)
