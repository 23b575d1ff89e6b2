"""What is asked of the journal: payments by what is known of them, events, further debits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import groupby, islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, and_, case, literal_column, or_, select, union

from kiosk.cooperative.order import Order
from kiosk.cooperative.payment import FINAL, LIVE, Event, Payment, Review, State
from kiosk.cooperative.second_debit import SecondDebit
from kiosk.cooperative.standing import standing
from kiosk.journal.chain import JournalEvent, event_of
from kiosk.journal.errors import UnknownPayment
from kiosk.journal.intent import is_as_written
from kiosk.journal.opening import explained
from kiosk.journal.rows import order_of, payment_of, second_debit_of
from kiosk.journal.search import in_part, named
from kiosk.journal.tables import events, held_obligations, payment_lines, payments, second_debits

TWICE = "+2"
"""Follows the standing that a member heard of, where they heard of a second debit too."""
_AT_ONCE = 10_000
"""Values in one question: a database takes some tens of thousands."""
_WRITTEN: ColumnElement[int] = literal_column("payments.rowid")
"""The order in which payments were written: references are drawn by lot and have none."""
_LIVE = payments.c.state.in_(sorted(LIVE))


class Looking:
    """The questions. Blocking and thread-safe; each is one transaction. Raises JournalUnusable."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._where = str(engine.url.database)

    def get(self, payment_id: str) -> Payment:
        """The payment as it is now. Raises UnknownPayment."""
        found = self._find(payments.c.payment_id == payment_id, limit=1)
        if not found:
            raise UnknownPayment(payment_id)
        return found[0]

    def by_reference(self, reference: str) -> Payment | None:
        """The payment with our reference at the gateway."""
        return next(iter(self._find(payments.c.reference == reference, limit=1)), None)

    def unknown(self, payment_ids: Iterable[str]) -> list[str]:
        """Which of these are no payments of this journal, in their order."""
        asked = list(payment_ids)
        known = {payment.payment_id for payment in self._find(payments.c.payment_id.in_(asked))}
        return [payment_id for payment_id in asked if payment_id not in known]

    def of_member(self, member_id: str, limit: int = 50) -> list[Payment]:
        """A member's payments: those still live first, then the newest."""
        live_first = case((_LIVE, 0), else_=1)
        newest = (payments.c.created_at.desc(), _WRITTEN.desc())
        return self._find(payments.c.member_id == member_id, order=(live_first, *newest), limit=limit)

    def between(self, since: datetime, until: datetime) -> list[Payment]:
        """Payments begun from one instant to before another, the oldest first."""
        begun = (payments.c.created_at >= utc(since), payments.c.created_at < utc(until))
        return self._find(*begun, order=(payments.c.created_at, _WRITTEN))

    def news(self, member_id: str, since: datetime) -> list[Payment]:
        """A member's payments that stand otherwise than they last heard, the newest first.

        Of those that nobody told them of: what was left pending and has ended since `since`.
        """
        left = select(events.c.payment_id).where(
            events.c.payment_id == payments.c.payment_id, events.c.state_after == State.PENDING.value
        )
        ended = and_(
            payments.c.told.is_(None),
            payments.c.state.in_(sorted(FINAL)),
            payments.c.changed_at >= utc(since),
            left.exists(),
        )
        mine = self._find(payments.c.member_id == member_id, or_(ended, payments.c.told.is_not(None)))
        return [each for each in mine if each.told != heard_as(each)]

    def due(
        self,
        now: datetime,
        limit: int = 50,
        states: Iterable[State] = LIVE,
        *,
        passing_over: Iterable[str] = (),
    ) -> list[Payment]:
        """Payments in these states to be asked about or posted by `now`, the longest waiting first.

        Those of accounts that nobody can ask now are passed over: they must not take the others' places.
        """
        wanted = [payments.c.state.in_(sorted(states)), payments.c.next_ask_at <= utc(now)]
        if over := sorted(passing_over):
            wanted.append(or_(payments.c.account.is_(None), payments.c.account.not_in(over)))
        return self._find(*wanted, order=(payments.c.next_ask_at, _WRITTEN), limit=limit)

    def unresolved(self) -> list[Payment]:
        """Every payment that is live or flagged, the oldest first."""
        oldest = (payments.c.created_at, _WRITTEN)
        # Each half by its own index; "review IS NOT NULL" would read every payment.
        among = union(select(payments.c.payment_id).where(_LIVE),
                      select(payments.c.payment_id).where(payments.c.review > ""))  # fmt: skip
        return self._find(payments.c.payment_id.in_(among), order=oldest)

    def find(self, cus: str | None = None, text: str | None = None, limit: int = 100) -> list[Payment]:
        """The newest payments with this CUS, and this text.

        `text` is a whole reference, id, CUS or document; where it is none of any payment, a document's last
        four or, among the newest payments, a part of any of these or of a name.
        """
        wanted = [payments.c.cus == cus] if cus is not None else []
        if text is None:
            return self._find(*wanted, limit=limit)
        if found := self._find(*wanted, named(text), limit=limit):
            return found
        with self._reading() as connection:
            wanted.append(in_part(connection, text))
        return self._find(*wanted, limit=limit)

    def events(self, payment_id: str) -> list[JournalEvent]:
        """What happened to a payment, in order."""
        query = select(events).where(events.c.payment_id == payment_id).order_by(events.c.seq)
        with self._reading() as connection:
            return [event_of(row) for row in connection.execute(query)]

    def cus_seen(self, payment_id: str) -> frozenset[str]:
        """Every CUS that was ever heard of a payment, whichever came after it."""
        return frozenset(str(cus) for each in self.events(payment_id) if (cus := each.facts.get("cus")))

    def was_approved(self, payment_id: str) -> bool:
        """Whether the gateway's approval was ever heard of it, whatever was decided later."""
        return any(each.event == Event.SEEN_OK for each in self.events(payment_id))

    def is_as_written(self, payment: Payment) -> bool:
        """Whether member, lines, sum and CUS are those that the events tell, whatever the rows say by now.

        Of a copy that is not the newest nothing is said: whoever writes by it is refused.
        """
        with self._reading() as connection:
            connection.exec_driver_sql("BEGIN")  # row and events of one moment: others write meanwhile
            stale = read(connection, payment).version != payment.version
            return stale or is_as_written(connection, payment)

    def second_debits(self, *, open_only: bool = True, payment_id: str | None = None) -> list[SecondDebit]:
        """Further debits, the oldest first: those that wait to be returned, or all."""
        wanted: list[ColumnElement[bool]] = [second_debits.c.returned_at.is_(None)] if open_only else []
        if payment_id is not None:
            wanted.append(second_debits.c.payment_id == payment_id)
        query = select(second_debits).where(*wanted).order_by(second_debits.c.noted_at, second_debits.c.key)
        with self._reading() as connection:
            return [second_debit_of(row) for row in connection.execute(query)]

    def _holder(self, order: Order) -> Payment | None:
        held = select(held_obligations.c.payment_id).where(
            held_obligations.c.obligation_id.in_(order.obligation_ids)
        )
        return next(iter(self._find(payments.c.payment_id.in_(held), limit=1)), None)

    def _find(
        self,
        *wanted: ColumnElement[bool],
        order: Sequence[ColumnElement[Any]] = (payments.c.created_at.desc(), _WRITTEN.desc()),
        limit: int | None = None,
    ) -> list[Payment]:
        query = select(payments).where(*wanted).order_by(*order).limit(limit)
        with self._reading() as connection:
            rows = connection.execute(query).all()
            orders = _orders(connection, {row.payment_id: row.currency for row in rows})
        return [payment_of(row, orders[row.payment_id]) for row in rows]

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with explained(self._where), self._engine.connect() as connection:
            yield connection


def utc(now: datetime) -> datetime:
    """An instant in UTC. Raises ValueError for a naive one."""
    if now.tzinfo is None:
        raise ValueError("the journal takes aware instants only")
    return now.astimezone(UTC)


def heard_as(payment: Payment) -> str:
    """A second debit is news although the payment stands as it stood."""
    twice = payment.review is Review.PAID_TWICE
    return f"{standing(payment)}{TWICE if twice else ''}"


def read(connection: Connection, payment: Payment) -> Payment:
    """A payment anew, whose order is known already. Raises UnknownPayment."""
    row = connection.execute(
        select(payments).where(payments.c.payment_id == payment.payment_id)
    ).one_or_none()
    if row is None:
        raise UnknownPayment(payment.payment_id)
    return payment_of(row, payment.order)


def _orders(connection: Connection, currencies: Mapping[str, str]) -> dict[str, Order]:
    found: dict[str, Order] = {}
    left = iter(currencies)
    while some := list(islice(left, _AT_ONCE)):
        lines = select(payment_lines).where(payment_lines.c.payment_id.in_(some))
        rows = connection.execute(lines.order_by(payment_lines.c.payment_id, payment_lines.c.position))
        for payment_id, own in groupby(rows.all(), key=lambda row: str(row.payment_id)):
            found[payment_id] = order_of(list(own), currencies[payment_id])
    return found
