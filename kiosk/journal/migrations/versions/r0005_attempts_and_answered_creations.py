"""Which attempt was approved; and an answer ends the case of a lost creation: rows answered before follow."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("payments", sa.Column("attempt", sa.String(64)))
    op.execute(
        """UPDATE payments SET review = NULL
        WHERE review = 'lost_creation' AND state IN ('APPROVED', 'POSTED', 'DECLINED', 'FAILED')"""
    )


def downgrade() -> None:
    op.drop_column("payments", "attempt")
    op.execute(
        """UPDATE payments SET review = 'lost_creation'
        WHERE review IS NULL AND state IN ('APPROVED', 'POSTED', 'DECLINED', 'FAILED')
        AND EXISTS (SELECT 1 FROM events AS lost WHERE lost.payment_id = payments.payment_id
            AND lost.event = 'flagged' AND lost.facts LIKE '%"review":"lost_creation"%'
            AND NOT EXISTS (SELECT 1 FROM events AS over WHERE over.payment_id = lost.payment_id
                AND over.event = 'settled' AND over.seq > lost.seq))"""
    )
