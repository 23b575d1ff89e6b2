"""Codes beside the events' hashes, the journal's own marks, and which journal it is."""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_GUARD = "CREATE TRIGGER marks_{0} BEFORE {1} ON marks BEGIN SELECT RAISE(ABORT, 'marks only grow'); END"


def upgrade() -> None:
    op.add_column("events", sa.Column("key_id", sa.String(16)))
    op.add_column("events", sa.Column("mac", sa.String(64)))
    op.create_table(
        "marks",
        sa.Column("seq", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("mark", sa.String(24), nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("prev_hash", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("key_id", sa.String(16)),
        sa.Column("mac", sa.String(64)),
        sa.PrimaryKeyConstraint("seq", name="pk_marks"),
    )
    identity = op.create_table(
        "identity",
        sa.Column("journal_id", sa.String(32), nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("journal_id", name="pk_identity"),
    )
    op.bulk_insert(identity, [{"journal_id": uuid4().hex, "epoch": 1}])
    op.execute(_GUARD.format("never_change", "UPDATE"))
    op.execute(_GUARD.format("never_go", "DELETE"))


def downgrade() -> None:
    op.drop_table("identity")
    op.drop_table("marks")
    for column in ("mac", "key_id"):
        op.drop_column("events", column)
