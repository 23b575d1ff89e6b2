"""A payment's first entry: the intent, its lines, what it holds and its reference, in one transaction."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from sqlalchemy import Connection, insert, select, update

from kiosk.cooperative.bogota import BOGOTA
from kiosk.cooperative.order import Order
from kiosk.cooperative.payment import Payer, Payment
from kiosk.journal.chain import append
from kiosk.journal.rows import line_values, order_facts, payment_values
from kiosk.journal.tables import held_obligations, payment_lines, payments, reference_days


def write_prepared(
    connection: Connection, order: Order, payer: Payer, terminal: str, gateway: str, now: datetime
) -> Payment:
    """Raises IntegrityError where an obligation is held. The caller's transaction is all or nothing."""
    reference = _next_reference(connection, terminal, now)
    payment = Payment(str(uuid4()), reference, terminal, gateway, order, payer, now, changed_at=now)
    connection.execute(insert(payments).values(payment_values(payment)))
    connection.execute(insert(payment_lines), line_values(payment))
    held = [{"obligation_id": key, "payment_id": payment.payment_id} for key in order.obligation_ids]
    connection.execute(insert(held_obligations), held)
    append(connection, payment.payment_id, "prepared", None, payment.state, order_facts(payment), now)
    return payment


def _next_reference(connection: Connection, terminal: str, now: datetime) -> str:
    day = now.astimezone(BOGOTA).strftime("%y%m%d")
    this_day = (reference_days.c.terminal == terminal, reference_days.c.day == day)
    counted = connection.execute(
        update(reference_days).where(*this_day).values(last=reference_days.c.last + 1)
    )
    if counted.rowcount == 0:
        connection.execute(insert(reference_days).values(terminal=terminal, day=day, last=1))
    last = connection.execute(select(reference_days.c.last).where(*this_day)).scalar_one()
    return f"{terminal}{day}{last:04d}"
