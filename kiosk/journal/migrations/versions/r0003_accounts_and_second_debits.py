"""The account, the end of the page, what the member heard; second debits; holds of what is disputed."""

import json
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_OPEN = ("PREPARED", "REQUESTED", "AT_BANK", "PENDING", "APPROVED")
_ENDED_DISPUTED = (
    "unexpected", "late_approval", "reversed", "contradiction", "not_ours", "not_applied", "core_conflict",
)  # fmt: skip
"""Of payments that ended unpaid: as `cooperative.standing` has it when this was written."""


_PAYMENTS = sa.table(
    "payments", *(sa.column(name) for name in ("payment_id", "state", "review", "created_at"))
)
_LINES = sa.table("payment_lines", sa.column("payment_id"), sa.column("obligation_id"))
_HELD = sa.table("held_obligations", sa.column("payment_id"), sa.column("obligation_id"))


def upgrade() -> None:
    op.add_column("payments", sa.Column("account", sa.String(120)))
    op.add_column("payments", sa.Column("expires_at", sa.DateTime(timezone=True)))
    op.add_column("payments", sa.Column("told", sa.String(10)))
    op.create_table(
        "second_debits",
        sa.Column("payment_id", sa.String(36), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("amount_cents", sa.BigInteger, nullable=False),
        sa.Column("cus", sa.String(64)),
        sa.Column("bank", sa.Text),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True)),
        sa.Column("evidence", sa.Text),
        sa.PrimaryKeyConstraint("payment_id", "key", name="pk_second_debits"),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments.payment_id"], name="fk_second_debits_payment_id_payments"
        ),
    )
    _fill_from_events()
    _hold_what_is_disputed()


def _instant(said: object) -> datetime | None:
    if not isinstance(said, str):
        return None
    return datetime.strptime(said, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def _fill_from_events() -> None:
    """Where this schema was left for the older one and comes back, the events still know them."""
    connection = op.get_bind()
    payments = sa.table("payments", *(sa.column(name) for name in ("payment_id", "account", "expires_at")))
    events = sa.table("events", *(sa.column(name) for name in ("payment_id", "seq", "facts", "event", "at")))
    debits = sa.table(
        "second_debits",
        *(sa.column(name) for name in ("payment_id", "key", "currency", "amount_cents", "cus", "bank",
                                       "decided_at", "noted_at", "returned_at", "evidence")),
    )  # fmt: skip
    wanted = sa.or_(events.c.event.in_(("paid_twice", "returned")), events.c.facts.contains('"account":'))
    for row in connection.execute(sa.select(events).where(wanted).order_by(events.c.seq)).all():
        try:
            facts, at = json.loads(row.facts), _instant(row.at)
            if row.event == "paid_twice":
                values = {"payment_id": row.payment_id, "key": facts["key"], "cus": facts.get("second_cus"),
                          "currency": facts["second_currency"], "bank": facts.get("second_bank"),
                          "amount_cents": facts["second_cents"], "noted_at": at,
                          "decided_at": _instant(facts.get("second_at"))}  # fmt: skip
                connection.execute(sa.insert(debits).values(**values))
            elif row.event == "returned":
                this = (debits.c.payment_id == row.payment_id, debits.c.key == facts["key"])
                done = {"returned_at": at, "evidence": facts["evidence"]}
                connection.execute(sa.update(debits).where(*this).values(**done))
            else:
                values = {"account": facts["account"], "expires_at": _instant(facts.get("expires_at"))}
                this = payments.c.payment_id == row.payment_id
                connection.execute(sa.update(payments).where(this).values(**values))
        except (ValueError, KeyError, TypeError):  # `kiosk journal verify` tells of it
            continue


def _hold_what_is_disputed() -> None:
    """A payment that ended unpaid and is disputed holds its debts, where nobody else does."""
    connection = op.get_bind()
    rows = connection.execute(
        sa.select(_LINES.c.obligation_id, _LINES.c.payment_id)
        .join(_PAYMENTS, _PAYMENTS.c.payment_id == _LINES.c.payment_id)
        .where(_PAYMENTS.c.state.in_(("DECLINED", "FAILED")), _PAYMENTS.c.review.in_(_ENDED_DISPUTED))
        .order_by(_PAYMENTS.c.created_at)
    ).all()
    taken = set(connection.execute(sa.select(_HELD.c.obligation_id)).scalars())
    for row in rows:
        if row.obligation_id not in taken:
            taken.add(row.obligation_id)
            values = {"obligation_id": row.obligation_id, "payment_id": row.payment_id}
            connection.execute(sa.insert(_HELD).values(**values))


def downgrade() -> None:
    ended = sa.select(_PAYMENTS.c.payment_id).where(_PAYMENTS.c.state.not_in(_OPEN))
    op.get_bind().execute(sa.delete(_HELD).where(_HELD.c.payment_id.in_(ended)))
    op.drop_table("second_debits")
    for column in ("told", "expires_at", "account"):
        op.drop_column("payments", column)
