"""Who holds which obligation: kept as `cooperative.standing.holds` says, one holder each."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert

from kiosk.cooperative.payment import Payment, Review, State
from kiosk.cooperative.standing import holds
from kiosk.journal.tables import held_obligations, payment_lines, payments


def hold_or_release(connection: Connection, payment: Payment) -> None:
    """After an entry: a payment that holds takes what is free; one that does not gives all back.

    What it gives back goes to whoever else holds by rule and came second: a late approval beside a
    payment of the same debt.
    """
    if holds(payment.state, payment.review):
        _take_obligations(connection, payment.payment_id, payment.order.obligation_ids)
        return
    own = held_obligations.c.payment_id == payment.payment_id
    given = connection.execute(
        delete(held_obligations).where(own).returning(held_obligations.c.obligation_id)
    )
    if freed := list(given.scalars()):
        grant(connection, freed)


def grant(connection: Connection, obligations: list[str]) -> None:
    """Give these to the oldest payment that holds by rule, where there is one."""
    # Only what is flagged can have come second: what is live took its own when it began.
    flagged = select(payments.c.payment_id).where(payments.c.review > "")
    query = (
        select(payments.c.payment_id, payments.c.state, payments.c.review, payment_lines.c.obligation_id)
        .join(payment_lines, payment_lines.c.payment_id == payments.c.payment_id)
        .where(payments.c.payment_id.in_(flagged), payment_lines.c.payment_id.in_(flagged))
        .where(payment_lines.c.obligation_id.in_(obligations))
        .order_by(payments.c.created_at)
    )
    for row in connection.execute(query).all():
        if holds(State(row.state), Review(row.review)):
            _take_obligations(connection, row.payment_id, [row.obligation_id])


def _take_obligations(connection: Connection, payment_id: str, obligations: Sequence[str]) -> None:
    rows = [{"obligation_id": each, "payment_id": payment_id} for each in obligations]
    connection.execute(insert(held_obligations).on_conflict_do_nothing(), rows)
