"""Which attempt was approved; and an answer ends the case of a lost creation: rows answered before follow."""

import json
from itertools import groupby

import sqlalchemy as sa
from alembic import op

from kiosk.cooperative.payment import Review, State
from kiosk.journal.rows import gravest, review_told

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_LOST = sa.text(
    "SELECT payment_id, event, state_after, facts FROM events WHERE payment_id IN"
    " (SELECT payment_id FROM events WHERE event = 'flagged' AND facts LIKE '%\"lost_creation\"%')"
    " ORDER BY payment_id, seq"
)
_SET = sa.text("UPDATE payments SET review = :review WHERE payment_id = :payment_id")


def upgrade() -> None:
    op.add_column("payments", sa.Column("attempt", sa.String(64)))
    _say_again(answers_end_it=True)


def downgrade() -> None:
    op.drop_column("payments", "attempt")
    _say_again(answers_end_it=False)


def _say_again(*, answers_end_it: bool) -> None:
    """The flags of payments whose creation was lost, as their events tell them."""
    connection = op.get_bind()
    rows = connection.execute(_LOST).all()
    for payment_id, entries in groupby(rows, key=lambda row: row.payment_id):
        review: Review | None = None
        for row in entries:
            facts = json.loads(row.facts)
            raised = Review(facts["review"]) if facts.get("review") else None
            told = review_told(row.event, review, raised, State(row.state_after), facts)
            lost = review is Review.LOST_CREATION and row.event not in ("settled", "returned")
            review = gravest(review, told) if lost and not answers_end_it else told
        connection.execute(_SET, {"review": review.value if review else None, "payment_id": payment_id})
