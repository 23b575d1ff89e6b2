"""Whether the journal is what was written: the chain of events, and every payment against its events.

The chain alone proves that no event was altered, removed or moved, except at its end; the payments'
versions prove the end of each that is still there. Whoever takes payments away with all their events, or
rewrites all of it together, is found by the head of an earlier day, which belongs outside this machine
(`kiosk journal verify` prints it).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby, islice
from typing import Any

from sqlalchemy import Connection, Row, Table, delete, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from kiosk.cooperative.payment import FINAL, LIVE, LOOK_BACK_FOR, Review, State
from kiosk.cooperative.standing import holds
from kiosk.journal.chain import FIRST_HASH, event_hash
from kiosk.journal.errors import JournalUnusable
from kiosk.journal.rows import review_told
from kiosk.journal.tables import (
    events,
    held_obligations,
    payment_lines,
    payments,
    reference_days,
    second_debits,
)

_FROM_ORDER = ("reference", "terminal", "gateway", "member_id", "currency", "total_cents", "account",
               "expires_at")  # fmt: skip
_FROM_NEWS = ("gateway_id", "cus", "bank", "cause", "error", "decided_at", "core_receipt", "attempt")
_ERASED = "—"
"""Stands where a name was that the events do not keep."""


@dataclass(frozen=True, slots=True)
class Head:
    """The last event: its number and hash vouch for all before it."""

    seq: int
    hash: str


def head_of(connection: Connection) -> Head | None:
    """The chain's end; None while nothing was written."""
    row = connection.execute(
        select(events.c.seq, events.c.hash).order_by(events.c.seq.desc()).limit(1)
    ).one_or_none()
    return Head(row.seq, row.hash) if row else None


def last_at(connection: Connection) -> datetime | None:
    """When the last event was written; None while there is none."""
    at = connection.execute(select(events.c.at).order_by(events.c.seq.desc()).limit(1)).scalar()
    return _instant(at) if at else None


def contains(connection: Connection, earlier: Head) -> bool:
    """Whether an earlier head is still part of the chain."""
    found = connection.execute(select(events.c.hash).where(events.c.seq == earlier.seq)).scalar()
    return found == earlier.hash


def file_faults(connection: Connection) -> Iterator[str]:
    """What the database itself finds wrong with its file; rows that an index has lost, too.

    An opening does not look for those: a payment would be in the books and in no list.
    """
    for said in connection.execute(text("PRAGMA integrity_check(20)")).scalars():
        if said != "ok":
            yield f"the file is damaged: {said}"


def chain_faults(connection: Connection) -> Iterator[str]:
    """What is wrong with the chain, event by event; nothing for a whole one."""
    expected, previous = 1, FIRST_HASH
    for row in connection.execute(select(events).order_by(events.c.seq).execution_options(yield_per=500)):
        values = row._asdict()
        seq = values["seq"]
        if seq != expected:
            yield f"{seq - expected} events are missing before event {seq}"
        if values["hash"] != event_hash(values):
            yield f"event {seq} was altered"
        elif seq == expected and values["prev_hash"] != previous:
            yield f"event {seq} does not follow event {seq - 1}: one of them was altered, moved or replaced"
        expected, previous = seq + 1, values["hash"]


# -- the projection ------------------------------------------------------------------------------


def told(entries: Iterable[Row[Any]]) -> dict[str, Any]:
    """The columns of one payment as its events tell them, given in their order."""
    found: dict[str, Any] = dict.fromkeys(_FROM_NEWS)
    review: Review | None = None
    for number, row in enumerate(entries):
        facts = json.loads(row.facts)
        at = _instant(row.at)
        if number == 0:
            found |= {name: facts.get(name) for name in _FROM_ORDER}
            found |= {"created_at": at, "lines": facts.get("lines", [])}
        raised = Review(facts["review"]) if facts.get("review") else None
        review = review_told(row.event, review, raised, State(row.state_after), facts)
        found |= {name: facts[name] for name in _FROM_NEWS if name in facts}
        found |= {"state": row.state_after, "version": number, "changed_at": at}
    found["review"] = review.value if review else None
    for name in ("decided_at", "expires_at"):
        if isinstance(found[name], str):
            found[name] = _instant(found[name])
    return found


def _instant(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


_COMPARED = (*_FROM_ORDER, *_FROM_NEWS, "state", "version", "review", "created_at")


def _by_payment(connection: Connection) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """Each payment's columns by its events; None where these can not be read."""
    query = select(events).order_by(events.c.payment_id, events.c.seq).execution_options(yield_per=500)
    for payment_id, entries in groupby(connection.execute(query), key=lambda row: str(row.payment_id)):
        try:
            yield payment_id, told(entries)
        except (ValueError, TypeError, KeyError, AttributeError):
            yield payment_id, None


def projection_faults(connection: Connection) -> Iterator[str]:
    """Where payments, lines, holds, further debits or numbers say anything else than the events."""
    every = _by_payment(connection)
    seen: set[str] = set()
    while batch := dict(islice(every, 400)):
        seen |= batch.keys()
        yield from _batch_faults(connection, batch)
    for row in connection.execute(select(payments.c.payment_id, payments.c.reference)):
        if row.payment_id not in seen:
            yield f"payment {row.reference} has no events"
    yield from _number_faults(connection)
    yield from _debit_faults(connection)


def _batch_faults(connection: Connection, batch: Mapping[str, dict[str, Any] | None]) -> Iterator[str]:
    rows = {str(row.payment_id): row for row in _rows_of(connection, payments, batch)}
    lines: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    held: dict[str, set[str]] = defaultdict(set)
    for row in _rows_of(connection, payment_lines, batch):
        lines[row.payment_id].append(_line_of(row))
    for row in _rows_of(connection, held_obligations, batch):
        held[row.payment_id].add(row.obligation_id)
    wished = {key for wanted in batch.values() if wanted for key in _held(wanted)}
    taken = _taken(connection, wished)  # by these or by others: one that came second has to wait
    for payment_id, wanted in batch.items():
        found = rows.get(payment_id)
        if wanted is None:
            yield f"payment {found.reference if found else payment_id}: its events can not be read"
            continue
        if found is None:
            yield f"payment {wanted['reference'] or payment_id} is missing; its events are there"
            continue
        who = f"payment {found.reference}"
        for name in _COMPARED:
            if getattr(found, name) != wanted[name]:
                yield f"{who}: {name} is {getattr(found, name)}, its events say {wanted[name]}"
        if lines[payment_id] != [tuple(line) for line in wanted["lines"]]:
            yield f"{who}: its lines are not those that were written"
        by_rule = _held(wanted)
        if not held[payment_id] <= by_rule or not by_rule - held[payment_id] <= taken:
            yield f"{who}: it does not hold the obligations that it should"


def _rows_of(connection: Connection, table: Table, batch: Iterable[str]) -> Iterable[Row[Any]]:
    query = select(table).where(table.c.payment_id.in_(list(batch)))
    return connection.execute(query.order_by(*table.primary_key.columns)).all()


def _taken(connection: Connection, obligations: Iterable[str]) -> set[str]:
    held = held_obligations.c.obligation_id
    return set(connection.execute(select(held).where(held.in_(list(obligations)))).scalars())


_DEBIT = ("currency", "amount_cents", "cus", "bank", "decided_at", "returned_at", "evidence")


def _debits_told(connection: Connection) -> dict[tuple[str, str], dict[str, Any]]:
    """Further debits as the events tell them, by payment and key. Raises KeyError, ValueError."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    words = events.c.event.in_(("paid_twice", "returned"))
    for row in connection.execute(select(events).where(words).order_by(events.c.seq)):
        facts = json.loads(row.facts)
        this = str(row.payment_id), facts["key"]
        if row.event == "returned":
            found[this] |= {"returned_at": _instant(row.at), "evidence": facts["evidence"]}
            continue
        decided = facts.get("second_at")
        found[this] = {
            "currency": facts["second_currency"], "amount_cents": facts["second_cents"],
            "cus": facts.get("second_cus"), "bank": facts.get("second_bank"),
            "decided_at": _instant(decided) if decided else None, "noted_at": _instant(row.at),
            "returned_at": None, "evidence": None,
        }  # fmt: skip
    return found


def _debit_faults(connection: Connection) -> Iterator[str]:
    try:
        told_of = _debits_told(connection)
    except (KeyError, ValueError, TypeError):
        yield "the events of second debits can not be read"
        return
    there = {(row.payment_id, row.key): row for row in connection.execute(select(second_debits))}
    for this in sorted({*told_of, *there}):
        wanted, row = told_of.get(this), there.get(this)
        if wanted is None or row is None or any(getattr(row, name) != wanted[name] for name in _DEBIT):
            yield f"second debit {this[1]} of payment {this[0]}: it is not as its events say"


def _number_faults(connection: Connection) -> Iterator[str]:
    """References were numbered without a gap once: one that is gone was removed with its payment."""
    for day in connection.execute(select(reference_days)):
        prefix = f"{day.terminal}{day.day}"
        numbered = (
            payments.c.terminal == day.terminal, payments.c.reference.between(f"{prefix}0", f"{prefix}:"),
        )  # fmt: skip
        count = connection.execute(select(func.count()).select_from(payments).where(*numbered)).scalar_one()
        if count != day.last:
            yield f"references {prefix}…: {day.last} were given, {count} payments are there"


_LINE = ("obligation_id", "choice", "amount_cents", "line_id", "kind", "name", "reference")
"""What a line of the first event vouches for, in its order."""


def _line_of(row: Row[Any]) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in _LINE)


def _lines_of(connection: Connection, payment_id: str) -> list[tuple[Any, ...]]:
    query = select(payment_lines).where(payment_lines.c.payment_id == payment_id)
    return [_line_of(row) for row in connection.execute(query.order_by(payment_lines.c.position))]


def _held(wanted: Mapping[str, Any]) -> set[str]:
    review = Review(wanted["review"]) if wanted["review"] else None
    return {line[0] for line in wanted["lines"]} if holds(State(wanted["state"]), review) else set()


# -- rebuilding ----------------------------------------------------------------------------------


def rebuild(connection: Connection, now: datetime) -> int:
    """Write payments, lines, holds and numbers anew from the events; how many payments there are.

    Raises JournalUnusable where the events themselves are not whole: nothing is written then.

    Names, addresses of bank pages and the next questions are not in the events: they stay where a row
    is left, and what is live is asked about at once where none is.
    """
    if fault := next(chain_faults(connection), None):
        raise JournalUnusable(f"the events can not be believed: {fault}")
    try:
        connection.execute(text("REINDEX"))  # rows are written by way of the indexes
    except IntegrityError as error:
        raise JournalUnusable(f"rows that no index allows: {error.orig}") from error
    connection.execute(delete(held_obligations))
    count, holding = 0, list[tuple[datetime, str, list[str]]]()
    for payment_id, wanted in list(_by_payment(connection)):
        if wanted is None:
            raise JournalUnusable(f"the events of payment {payment_id} can not be read")
        count += 1
        lines = wanted.pop("lines")
        live = State(wanted["state"]) not in FINAL
        known = connection.execute(
            select(payments.c.next_ask_at).where(payments.c.payment_id == payment_id)
        ).one_or_none()
        if known is None:
            names = ("member_name", "member_document_masked", "holder_name", "holder_document_masked")
            lately = wanted["changed_at"] > now - LOOK_BACK_FOR  # what has ended since is looked at again
            fresh = {"payment_id": payment_id, "asks": 0, "next_ask_at": now if live or lately else None}
            connection.execute(insert(payments).values(**wanted, **fresh, **dict.fromkeys(names, _ERASED)))
        else:
            connection.execute(update(payments).where(payments.c.payment_id == payment_id).values(**wanted))
        _rebuild_lines(connection, payment_id, lines)
        held = _held({**wanted, "lines": lines})
        if held:
            holding.append((wanted["created_at"], payment_id, sorted(held)))
    # What is live took its obligations when it began; what is disputed takes what is left.
    _rebuild_holds(connection, holding)
    _rebuild_debits(connection)
    _rebuild_numbers(connection)
    return count


def _rebuild_holds(connection: Connection, holding: list[tuple[datetime, str, list[str]]]) -> None:
    live = set(
        connection.execute(select(payments.c.payment_id).where(payments.c.state.in_(sorted(LIVE)))).scalars()
    )
    taken: dict[str, str] = {}
    for _, payment_id, obligations in sorted(holding, key=lambda one: (one[1] not in live, one)):
        for each in obligations:
            taken.setdefault(each, payment_id)
    rows = [{"obligation_id": key, "payment_id": payment_id} for key, payment_id in taken.items()]
    if rows:
        connection.execute(insert(held_obligations), rows)


def _rebuild_debits(connection: Connection) -> None:
    connection.execute(delete(second_debits))
    rows = [
        {"payment_id": payment_id, "key": key, **told_of}
        for (payment_id, key), told_of in _debits_told(connection).items()
    ]
    if rows:
        connection.execute(insert(second_debits), rows)


def _rebuild_lines(connection: Connection, payment_id: str, lines: list[list[Any]]) -> None:
    if _lines_of(connection, payment_id) == [tuple(line) for line in lines]:
        return
    connection.execute(delete(payment_lines).where(payment_lines.c.payment_id == payment_id))
    rows = [
        {"payment_id": payment_id, "position": position, **dict(zip(_LINE, line, strict=True))}
        for position, line in enumerate(lines)
    ]
    connection.execute(insert(payment_lines), rows)


def _rebuild_numbers(connection: Connection) -> None:
    connection.execute(delete(reference_days))
    highest: dict[tuple[str, str], int] = {}
    for row in connection.execute(select(payments.c.reference, payments.c.terminal)):
        if not row.reference.startswith(row.terminal):  # drawn, not numbered
            continue
        day, number = row.reference[len(row.terminal) :][:6], int(row.reference[len(row.terminal) + 6 :])
        highest[row.terminal, day] = max(number, highest.get((row.terminal, day), 0))
    rows = [{"terminal": who, "day": day, "last": last} for (who, day), last in highest.items()]
    if rows:
        connection.execute(insert(reference_days), rows)
