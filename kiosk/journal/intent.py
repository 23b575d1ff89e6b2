"""A payment's first entry: the intent, its lines, what it holds and its reference, in one transaction."""

from __future__ import annotations

import json
import secrets
from datetime import datetime

from sqlalchemy import Connection, insert, select

from kiosk.cooperative.bogota import BOGOTA
from kiosk.cooperative.payment import Payment
from kiosk.journal.chain import append, canonical
from kiosk.journal.rows import line_values, order_facts, payment_values
from kiosk.journal.tables import events, held_obligations, payment_lines, payments

_DRAWN = 14
"""Decimal digits. With two thousand payments of one merchant a day, one in fifty million days has a pair."""


def write_prepared(connection: Connection, payment: Payment) -> Payment:
    """Raises IntegrityError where an obligation is held. The caller's transaction is all or nothing."""
    connection.execute(insert(payments).values(payment_values(payment)))
    connection.execute(insert(payment_lines), line_values(payment))
    held = [{"obligation_id": key, "payment_id": payment.payment_id} for key in payment.order.obligation_ids]
    connection.execute(insert(held_obligations), held)
    facts = order_facts(payment)
    append(connection, payment.payment_id, "prepared", None, payment.state, facts, payment.created_at)
    return payment


def is_as_written(connection: Connection, payment: Payment) -> bool:
    """Whether a payment is what its entries tell: of whom, what for, how much, and by which debit."""
    entries = select(events.c.facts).where(events.c.payment_id == payment.payment_id).order_by(events.c.seq)
    written = [json.loads(facts) for facts in connection.execute(entries).scalars()]
    if not written:
        return False
    now = json.loads(canonical(order_facts(payment)))
    cus = [each["cus"] for each in written if "cus" in each]
    return all(written[0].get(name) == now[name] for name in _ASKED) and (cus or [None])[-1] == payment.cus


_ASKED = ("reference", "member_id", "currency", "total_cents", "lines")


def drawn_reference(now: datetime) -> str:
    """Our name of a payment at gateway and bank: the Bogotá day (YYMMDD) and digits drawn by lot, 20 in all.

    Nothing that can be lost or copied with a disk decides it. Digits alone, because the banks' files of
    collections (Asobancaria 2001 and 1998) declare the reference numeric; every gateway takes twenty.
    """
    return f"{now.astimezone(BOGOTA):%y%m%d}{secrets.randbelow(10**_DRAWN):0{_DRAWN}d}"
