"""How the journal's work grows from a thousand payments to a million: ratios of the same run.

Rows are written in bulk by the journal's own functions, so that the smallest one proves itself; then each
operation is timed on the journal as the kiosk opens it, the best of some tries.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from benchmarks.measure import Measurement
from kiosk.cooperative.bogota import BOGOTA
from kiosk.cooperative.money import Money
from kiosk.cooperative.obligation import Choice, ObligationKind
from kiosk.cooperative.order import Order, OrderLine
from kiosk.cooperative.payment import Event, Payer, Payment, State
from kiosk.journal.chain import FIRST_HASH, canonical, event_hash, instant
from kiosk.journal.journal import Journal
from kiosk.journal.rows import line_values, order_facts, payment_values
from kiosk.journal.tables import events, held_obligations, payment_lines, payments, reference_days

SIZES = (1_000, 10_000, 100_000, 1_000_000)
LIMIT = 3.0
"""Times as long as with the fewest payments."""
_NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
_A_DAY = 400
"""Payments of one terminal on a busy day: all sizes have the same today."""
_A_MEMBERS = 20
_BULK = 20_000
_TOLD = ("gateway_id", "cus", "bank", "decided_at", "next_ask_at")
"""Columns that answers of the gateway fill in."""


def measure() -> Iterator[Measurement]:
    """Each operation at the largest size against the smallest."""
    found: dict[str, dict[int, float]] = {}
    with tempfile.TemporaryDirectory(prefix="journal-growth-") as folder:
        for size in SIZES:
            path = Path(folder) / f"{size}.sqlite"
            fill(path, size)
            if size == SIZES[0]:
                _proved(path)
            for name, seconds in _times(path, size):
                found.setdefault(name, {})[size] = seconds
            path.unlink()
    for name, by_size in found.items():
        first, last = by_size[SIZES[0]], by_size[SIZES[-1]]
        detail = {f"{size:,} payments": f"{seconds * 1000:.2f} ms" for size, seconds in by_size.items()}
        yield Measurement(f"journal x{SIZES[-1] // SIZES[0]}: {name}", last / first, LIMIT, "times", detail)


def _proved(path: Path) -> None:
    journal = Journal.open(path)
    try:
        if faults := journal.faults(limit=1):
            raise RuntimeError(f"what is measured is no journal: {faults[0]}")
    finally:
        journal.close()


# -- filling ------------------------------------------------------------------------------


def fill(path: Path, count: int) -> None:
    """A journal of `count` payments: the newest ones of today, a few of them not ended."""
    journal = Journal.open(path)
    chance, chain, seq, days = random.Random(7), FIRST_HASH, 0, Counter[str]()
    try:
        for start in range(0, count, _BULK):
            rows: tuple[list[dict[str, Any]], ...] = ([], [], [])
            for number in range(start, min(start + _BULK, count)):
                payment = _payment(number, count, chance, days)
                rows[0].append(payment_values(payment) | {name: getattr(payment, name) for name in _TOLD})
                rows[1].extend(line_values(payment))
                for entry in _history(payment):
                    seq += 1
                    entry |= {"seq": seq, "prev_hash": chain}
                    chain = event_hash(entry)
                    rows[2].append({**entry, "hash": chain})
            with journal._writing() as connection:
                for table, values in zip((payments, payment_lines, events), rows, strict=True):
                    connection.execute(insert(table), values)
        _close_books(journal, count, days)
    finally:
        journal.close()


def _close_books(journal: Journal, count: int, days: Counter[str]) -> None:
    """What the newest hold, and the last number of each day."""
    live = journal.due(_NOW, limit=count)
    held = [
        {"obligation_id": key, "payment_id": each.payment_id}
        for each in live
        for key in each.order.obligation_ids
    ]
    rows = [{"terminal": "PAM01", "day": day, "last": last} for day, last in days.items()]
    with journal._writing() as connection:
        connection.execute(insert(held_obligations), held)
        connection.execute(insert(reference_days), rows)


def _payment(number: int, count: int, chance: random.Random, days: Counter[str]) -> Payment:
    back = count - 1 - number
    at = _NOW - timedelta(days=back // _A_DAY, seconds=back % _A_DAY * 90)
    day = at.astimezone(BOGOTA).strftime("%y%m%d")
    days[day] += 1
    pending = number >= count - 5
    amount = Money.of(chance.randrange(10_000, 900_000))
    line = OrderLine(
        "1", f"OB-{number % 9000}", ObligationKind.LOAN, "Crédito", "88-1204", Choice.OVERDUE, amount
    )
    # As many payments a member at every size: what is measured is finding them, not reading more of them.
    member = number // _A_MEMBERS
    mask = f"CC {'*' * (2 + member // 10_000)}{member % 10_000:04d}"
    payer = Payer(f"A-{member}", "Marta Rincón", mask, "Marta Rincón", mask)
    reference = f"PAM01{day}{days[day]:04d}"
    return Payment(
        str(UUID(int=chance.getrandbits(128), version=4)), reference, "PAM01",
        "placetopay", Order((line,)), payer, at, State.PENDING if pending else State.POSTED, version=1,
        gateway_id=str(900_000_000 + number), cus=str(10_000_000 + number), bank="Banco Cordillera",
        changed_at=at, decided_at=None if pending else at, next_ask_at=_NOW if pending else None,
    )  # fmt: skip


def _history(payment: Payment) -> Iterator[dict[str, Any]]:
    """Its events, without the chain's links."""
    told = {"gateway_id": payment.gateway_id, "cus": payment.cus, "bank": payment.bank}
    if payment.decided_at is not None:
        told["decided_at"] = instant(payment.decided_at)
    steps = (("prepared", None, State.PREPARED, order_facts(payment)),
             (Event.SEEN_PENDING.value, State.PREPARED, payment.state, told))  # fmt: skip
    for word, before, state, facts in steps:
        yield {
            "payment_id": payment.payment_id, "at": instant(payment.created_at), "event": word,
            "state_before": before.value if before else None, "state_after": state.value,
            "facts": canonical(facts),
        }  # fmt: skip


# -- timing -------------------------------------------------------------------------------


def _times(path: Path, size: int) -> Iterator[tuple[str, float]]:
    yield "open", _best(lambda: Journal.open(path).close(), 3)
    journal = Journal.open(path)
    try:
        some = journal.between(_NOW - timedelta(days=1), _NOW)[0]
        today = _NOW - timedelta(hours=10)
        yield "today's list", _best(lambda: journal.between(today, _NOW + timedelta(hours=1)))
        yield "what the sonda asks", _best(lambda: journal.due(_NOW))
        yield "unresolved", _best(journal.unresolved)
        yield "find by CUS", _best(lambda: journal.find(cus=some.cus))
        yield "find by reference", _best(lambda: journal.find(text=some.reference))
        yield "find by document", _best(lambda: journal.find(text=some.payer.member_document_masked))
        yield "payments of a member", _best(lambda: journal.of_member(some.payer.member_id))
        yield "write an intent", _best(_writer(journal, some))
    finally:
        journal.close()


def _writer(journal: Journal, like: Payment) -> Callable[[], object]:
    numbers = iter(range(10**6))

    def write() -> object:
        line = replace(like.order.lines[0], obligation_id=f"NEW-{next(numbers)}")
        return journal.prepare(Order((line,)), like.payer, terminal="PAM09", gateway="placetopay", now=_NOW)

    return write


def _best(work: Callable[[], object], tries: int = 15) -> float:
    """Seconds of the fastest try: the machine is shared."""
    found = []
    for _ in range(tries):
        before = time.perf_counter()
        work()
        found.append(time.perf_counter() - before)
    return min(found)
