"""How the journal's work grows from a thousand payments to a million: ratios of the same run.

Rows are written in bulk by the journal's own functions, and the smallest journal proves itself; then each
operation is timed on the journal as the kiosk opens it, each try on another payment of all its years.
`python -m instruments.benchmarks.journal_growth --most 100000` prints every size.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, create_engine, insert

from instruments.benchmarks.measure import Measurement
from kiosk.cooperative.bogota import BOGOTA
from kiosk.cooperative.money import Money
from kiosk.cooperative.obligation import Choice, ObligationKind
from kiosk.cooperative.order import Order, OrderLine
from kiosk.cooperative.payment import LIVE, Event, Payer, Payment, State, after
from kiosk.cooperative.standing import holds
from kiosk.journal.chain import FIRST_HASH, canonical, event_hash, instant
from kiosk.journal.journal import Journal
from kiosk.journal.rows import line_values, order_facts, payment_values, review_after
from kiosk.journal.search import SEARCHED
from kiosk.journal.tables import events, held_obligations, metadata, payment_lines, payments

SIZES = (1_000, 3_000, 10_000, 22_000, 30_000, 100_000, 300_000, 1_000_000)
"""Every power of ten and between: what grows in the middle and shrinks again is growth too."""
_SHORT = 3_000
LIMIT_OPEN = 10.0
"""Milliseconds, at every size."""
LIMIT = 3.0
"""Times as long as with the fewest payments."""
LIMIT_PARTS = LIMIT * SEARCHED / SIZES[0]
"""A part of a word is looked for among the newest only: so many times as many as the fewest there are."""

_NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
_A_DAY = 400
"""Payments of one terminal on a busy day: all sizes have the same today."""
_A_MEMBERS = 20
"""As many payments a member at every size: what is measured is finding them, not reading more of them."""
_WAITING = 5
_FLAGGED = 12
"""Of the newest: staff closes its cases, so that there are never many."""
_A_STEP = timedelta(seconds=8)
_BULK = 2_000
_SAMPLES = 40
_NAMES = ("Marta Rincón Ávila", "José Peña", "Luz Dary Muñoz", "Wilson Cárdenas", "Ana Sofía Güiza")

_E = Event
_LIVES: dict[tuple[Event, ...], int] = {
    (_E.SENT, _E.OPENED, _E.SEEN_OK, _E.APPLIED): 72,
    (_E.SENT, _E.OPENED, _E.LEFT, _E.SEEN_OK, _E.APPLIED): 6,
    (_E.SENT, _E.OPENED, _E.SEEN_NOT_AUTHORISED): 14,
    (_E.SENT, _E.OPENED, _E.LEFT, _E.SEEN_FAILED): 5,
    (_E.SENT, _E.REFUSED): 2,
    (_E.LEFT,): 1,
}
"""What happens to payments, and to how many of a hundred."""
_HUNDRED = [life for life, share in _LIVES.items() for _ in range(share)]
_UNDER_WAY = (_E.SENT, _E.OPENED, _E.LEFT)
_FOR_STAFF = (_E.SENT, _E.OPENED, _E.SEEN_FAILED, _E.SEEN_OK)
_COLUMNS = (
    "state", "version", "review", "gateway_id", "cus", "bank", "cause", "decided_at", "core_receipt",
    "next_ask_at", "changed_at",
)  # fmt: skip


def measure(most: int = SIZES[-1], *, short: bool = False) -> Iterator[Measurement]:
    """Each operation at the size at which it takes longest, against the smallest."""
    most = _SHORT if short else most
    sizes = [size for size in SIZES if size < most] + [most]
    found: dict[str, dict[int, float]] = {}
    limits: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="journal-growth-") as folder:
        books = {size: Path(folder) / f"{size}.sqlite" for size in sizes}
        samples = {size: fill(path, size) for size, path in books.items()}
        _prove(books[sizes[0]])
        # All of them in a few seconds: the machine is as busy for the first as for the last.
        for size, path in books.items():
            for name, limit, seconds in _times(path, samples[size]):
                found.setdefault(name, {})[size], limits[name] = seconds, limit
    for name, by_size in found.items():
        detail = {f"{size:,} payments": f"{seconds * 1000:.2f} ms" for size, seconds in by_size.items()}
        grown = max(by_size.values()) / by_size[sizes[0]]
        yield Measurement(f"journal x{sizes[-1] // sizes[0]}: {name}", grown, limits[name], "times", detail)
    slowest = max(found["open"].values())
    yield Measurement(f"journal x{sizes[-1] // sizes[0]}: open, slowest", 1000 * slowest, LIMIT_OPEN, "ms")


def _prove(path: Path) -> None:
    journal = Journal.open(path)
    try:
        if faults := journal.faults(limit=1):
            raise RuntimeError(f"what is measured is no journal: {faults[0]}")
    finally:
        journal.close()


# -- filling ------------------------------------------------------------------------------


@dataclass(slots=True)
class _Book:
    """What one row needs to know of those before it."""

    count: int
    chance: random.Random = field(default_factory=lambda: random.Random(7))
    head: str = FIRST_HASH
    seq: int = 0
    held: list[dict[str, Any]] = field(default_factory=list)


def fill(path: Path, count: int) -> list[Payment]:
    """A journal of `count` payments, the newest of today; some of all its years."""
    Journal.open(path).close()  # its file, as the kiosk makes it
    book, samples = _Book(count), list[Payment]()
    engine = create_engine(f"sqlite:///{path}")
    indexes = [index for table in metadata.sorted_tables for index in table.indexes]
    try:
        with engine.connect() as connection:
            # Nobody needs this file after a power cut; a row at a time into ten indexes takes half an hour.
            for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -200000"):
                connection.exec_driver_sql(f"PRAGMA {pragma}")
            for index in indexes:
                index.drop(connection)
            for start in range(0, count, _BULK):
                numbers = range(start, min(start + _BULK, count))
                samples += _write(connection, book, numbers, every=max(1, count // _SAMPLES))
            connection.execute(insert(held_obligations), book.held)
            for index in indexes:
                index.create(connection)
            connection.commit()
    finally:
        engine.dispose()
    book.chance.shuffle(samples)
    return samples


def _write(connection: Connection, book: _Book, numbers: Iterable[int], *, every: int) -> Iterator[Payment]:
    rows: tuple[list[dict[str, Any]], ...] = ([], [], [])
    for number in numbers:
        payment, history = _lived(_prepared(number, book), _life(number, book), number)
        rows[0].append(payment_values(payment) | {name: getattr(payment, name) for name in _COLUMNS})
        rows[1].extend(line_values(payment))
        for entry in history:
            book.seq += 1
            entry |= {"seq": book.seq, "prev_hash": book.head}
            book.head = event_hash(entry)
            rows[2].append({**entry, "hash": book.head, "key_id": None, "mac": None})
        if holds(payment.state, payment.review):
            held = payment.order.obligation_ids
            book.held += [{"obligation_id": key, "payment_id": payment.payment_id} for key in held]
        if number % every == every // 2:
            yield payment
    connection.execute(insert(payments), rows[0])
    connection.execute(insert(payment_lines), rows[1])
    # Plain texts and numbers, and most of all rows: past SQLAlchemy in half the time.
    names = [column.name for column in events.columns]
    placed = ", ".join(f":{name}" for name in names)
    connection.exec_driver_sql(f"INSERT INTO events ({', '.join(names)}) VALUES ({placed})", rows[2])


def _life(number: int, book: _Book) -> tuple[Event, ...]:
    back = book.count - 1 - number
    if back < _WAITING:
        return _UNDER_WAY
    if back < _WAITING + _FLAGGED:
        return _FOR_STAFF
    return book.chance.choice(_HUNDRED)


def _prepared(number: int, book: _Book) -> Payment:
    back = book.count - 1 - number
    at = _NOW - timedelta(days=back // _A_DAY, seconds=60 + back % _A_DAY * 90)
    day = at.astimezone(BOGOTA).strftime("%y%m%d")
    amount = Money.of(book.chance.randrange(10_000, 900_000))
    line = OrderLine(
        "1", f"OB-{number % 9000}", ObligationKind.LOAN, "Crédito", "88-1204", Choice.OVERDUE, amount
    )
    member = number % max(1, book.count // _A_MEMBERS)  # who comes again comes after years
    name = _NAMES[member % len(_NAMES)]
    mask = f"CC {'*' * (2 + member // 10_000)}{member % 10_000:04d}"
    drawn = str(UUID(int=book.chance.getrandbits(128), version=4))
    return Payment(
        drawn, f"{day}{book.chance.randrange(10**14):014d}", "PAM01", "placetopay",
        Order((line,)), Payer(f"A-{member}", name, mask, name, mask), at, changed_at=at,
    )  # fmt: skip


def _lived(payment: Payment, life: Iterable[Event], number: int) -> tuple[Payment, list[dict[str, Any]]]:
    """A payment as it is after all this, and its events without the chain's links."""
    known: dict[str, Any] = {}
    state, review, at = payment.state, payment.review, payment.created_at
    history = [_entry(payment, "prepared", at, None, state, order_facts(payment))]
    for happened in life:
        before, outcome = state, after(state, happened)
        facts = _facts(happened, number, at)
        known |= facts
        state, review, at = outcome.state, review_after(review, outcome.review, outcome.state), at + _A_STEP
        told = facts | {"review": outcome.review} if outcome.review else facts
        history.append(_entry(payment, happened.value, at, before, state, told))
    if state in LIVE:
        known["next_ask_at"] = _NOW
    elif state is State.POSTED and payment.created_at > _NOW - timedelta(days=1):
        known["next_ask_at"] = payment.created_at + timedelta(days=1)
    lived = replace(payment, **known, state=state, version=len(history) - 1, review=review, changed_at=at)
    return lived, history


def _facts(happened: Event, number: int, at: datetime) -> dict[str, Any]:
    if happened is Event.OPENED:
        return {"gateway_id": str(900_000_000 + number)}
    if happened is Event.SEEN_OK:
        return {"cus": str(10_000_000 + number), "bank": "Banco Cordillera", "decided_at": at}
    if happened in (Event.SEEN_NOT_AUTHORISED, Event.SEEN_FAILED):
        return {"cause": "Fondos insuficientes", "bank": "Banco Cordillera", "decided_at": at}
    return {"core_receipt": f"R-{number}"} if happened is Event.APPLIED else {}


def _entry(
    payment: Payment, word: str, at: datetime, before: State | None, state: State, facts: dict[str, Any]
) -> dict[str, Any]:
    return {
        "payment_id": payment.payment_id, "at": instant(at), "event": word,
        "state_before": before.value if before else None, "state_after": state.value,
        "facts": canonical(facts),
    }  # fmt: skip


# -- timing -------------------------------------------------------------------------------


def _times(path: Path, samples: list[Payment]) -> Iterator[tuple[str, float, float]]:
    """Name, limit and seconds of each operation."""
    yield "open", LIMIT, _median(lambda: Journal.open(path).close())
    journal = Journal.open(path)
    today, tomorrow = _NOW - timedelta(hours=10), _NOW + timedelta(hours=1)
    to_ask = frozenset(State) - {State.APPROVED}
    paid = cycle([payment for payment in samples if payment.cus])
    some = cycle(samples)
    plain: dict[str, Callable[[], list[Payment]]] = {
        "today's list": lambda: journal.between(today, tomorrow),
        "the newest": journal.find,
        "what the sonda asks": lambda: journal.due(_NOW, 50, to_ask),
        "unresolved": journal.unresolved,
        "find by CUS": lambda: journal.find(cus=next(paid).cus),
        "find by CUS, typed as text": lambda: journal.find(text=next(paid).cus),
        "find by reference": lambda: journal.find(text=next(some).reference),
        "find by document": lambda: journal.find(text=next(some).payer.member_document_masked),
        "payments of a member": lambda: journal.of_member(next(some).payer.member_id),
    }
    parts: dict[str, Callable[[], list[Payment]]] = {
        "find by a document's end": lambda: journal.find(text=next(some).payer.member_document_masked[-4:]),
        "find nothing": lambda: journal.find(text="no such name"),
    }
    try:
        for limit, questions in ((LIMIT, plain), (LIMIT_PARTS, parts)):
            for name, ask in questions.items():
                if bool(ask()) is (name == "find nothing"):
                    raise RuntimeError(f"{name}: not what was asked for")
                yield name, limit, _median(ask)
        written = list[Payment]()
        yield "write an intent", LIMIT, _median(lambda: written.append(_intent(journal, samples[0], written)))
        sent = iter(written)
        yield "write an event", LIMIT, _median(lambda: journal.record(next(sent), Event.SENT, now=_NOW))
    finally:
        journal.close()


def _intent(journal: Journal, like: Payment, written: list[Payment]) -> Payment:
    line = replace(like.order.lines[0], obligation_id=f"NEW-{len(written)}")
    return journal.prepare(Order((line,)), like.payer, terminal="PAM01", gateway="placetopay", now=_NOW)


def _median(work: Callable[[], object], tries: int = 25) -> float:
    """Seconds, in the middle of some tries."""
    found = []
    for _ in range(tries):
        before = time.perf_counter()
        work()
        found.append(time.perf_counter() - before)
    return statistics.median(found)


def _table(found: Iterable[Measurement]) -> Iterator[str]:
    for number, each in enumerate(found):
        if not number:
            yield "".join((f"{'':<28}", *(f"{size:>20}" for size in each.detail), "   times   limit"))
        name = each.name.partition(": ")[2]
        cells = "".join(f"{cell:>20}" for cell in each.detail.values())
        yield f"{name:<28}{cells}{each.value:8.2f}{each.limit:8.1f}   {'ok' if each.ratio <= 1 else 'OVER'}"


def main() -> int:
    """Print each operation at each size."""
    parser = argparse.ArgumentParser(
        prog="python -m instruments.benchmarks.journal_growth", description=__doc__
    )
    parser.add_argument("--most", type=int, default=SIZES[-1], metavar="N", help="payments of the largest")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write everything here")
    options = parser.parse_args()
    if options.most < SIZES[0]:
        parser.error(f"--most: {SIZES[0]} at least")
    found = list(measure(options.most))
    print("\n".join(_table(found)))
    if options.json:
        options.json.write_text(json.dumps([each.row() for each in found], indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
