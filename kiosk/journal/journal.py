"""The terminal's book of record: every payment, what happened to it, and what it holds.

Blocking and thread-safe. Each call is one transaction, on disk when it returns. The clock is the
caller's: `now` is an aware instant. What comes out are frozen dataclasses of the domain.
"""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain, groupby, islice
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self, TypedDict, Unpack
from uuid import uuid4

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Executable,
    Select,
    and_,
    case,
    insert,
    or_,
    select,
    union,
    update,
)
from sqlalchemy.exc import IntegrityError

from kiosk.cooperative.order import Order
from kiosk.cooperative.payment import FINAL, LIVE, Event, Payer, Payment, Review, State, after, settled
from kiosk.cooperative.second_debit import SecondDebit
from kiosk.cooperative.standing import standing
from kiosk.journal import proof
from kiosk.journal.chain import JournalEvent, append, event_of, last_of, says
from kiosk.journal.errors import JournalUnusable, ObligationHeld, Stale, UnknownPayment
from kiosk.journal.holding import hold_or_release
from kiosk.journal.intent import drawn_reference, write_prepared
from kiosk.journal.opening import explained, open_engine
from kiosk.journal.rows import cents, gravest, order_of, payment_of, review_told, second_debit_of
from kiosk.journal.search import in_part, named
from kiosk.journal.tables import events, held_obligations, payment_lines, payments, pulse, second_debits

__all__ = ["Facts", "Journal", "JournalEvent", "JournalUnusable", "ObligationHeld", "Stale", "UnknownPayment"]


_SCHEDULE = frozenset({"asks", "next_ask_at"})
_NOT_IN_EVENTS = _SCHEDULE | {"state", "redirect_url"}  # the address opens the member's session
TWICE = "+2"
"""Follows the standing that a member heard of, where they heard of a second debit too."""
RETURNED = "returned"
_TRIES = 3
_AT_ONCE = 10_000
"""Values in one question: a database takes some tens of thousands."""
_LIVE = payments.c.state.in_(sorted(LIVE))


class Facts(TypedDict, total=False):
    """What an event may bring. A fact given replaces the one known; None takes it away."""

    gateway_id: str | None
    redirect_url: str | None
    cus: str | None
    bank: str | None
    cause: str | None
    error: str | None
    decided_at: datetime | None
    core_receipt: str | None
    next_ask_at: datetime | None
    asks: int
    review: Review | None


class Journal:
    """An open journal; `Journal.open` makes one."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._where = str(engine.url.database)
        # One writer at a time in this process; other processes are kept out by the file's lock.
        self._pen = threading.Lock()

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open, check and where needed create or upgrade. Raises JournalUnusable with the reason."""
        return cls(open_engine(path))

    def close(self) -> None:
        """Give the file back."""
        self._engine.dispose()

    # -- writing ---------------------------------------------------------------------------------

    def prepare(
        self,
        order: Order,
        payer: Payer,
        *,
        terminal: str,
        gateway: str,
        now: datetime,
        account: str | None = None,
        expires_at: datetime | None = None,
    ) -> Payment:
        """Write the intent to collect `order`. Raises ObligationHeld, naming the payment that holds.

        The reference is drawn by lot, see `intent.drawn_reference`.
        """
        if not re.fullmatch(r"[A-Za-z0-9]{1,12}", terminal):
            raise ValueError(f"not a terminal: {terminal!r}")
        now = _utc(now)
        refusal: IntegrityError | None = None
        for _ in range(_TRIES):
            payment = Payment(
                str(uuid4()), drawn_reference(now), terminal, gateway, order, payer, now,
                changed_at=now, account=account, expires_at=expires_at,
            )  # fmt: skip
            try:
                with self._writing() as connection:
                    return write_prepared(connection, payment)
            except IntegrityError as error:
                refusal = error
            if holder := self._holder(order):
                raise ObligationHeld(holder)
            # The holder ended between the refusal and the look, or the reference was drawn before.
        raise JournalUnusable(f"{self._where}: {refusal.orig if refusal else ''}") from refusal

    def record(self, payment: Payment, event: Event, *, now: datetime, **facts: Unpack[Facts]) -> Payment:
        """Write what happened and return the payment as it is after. Raises Stale, UnknownPayment.

        Where the event leads is `cooperative.payment.after`'s word. An event that keeps the state
        and says nothing new leaves no entry. ValueError for SETTLED, which needs a verdict.
        """
        if event is Event.SETTLED:
            raise ValueError("a payment is settled by the manager's verdict")
        outcome = after(payment.state, event)
        raised = gravest(outcome.review, facts.pop("review", None))
        return self._apply(payment, event.value, outcome.state, raised, dict(facts), _utc(now))

    def settle(
        self, payment: Payment, verdict: State, *, by: str, reason: str, evidence: str, now: datetime
    ) -> Payment:
        """The manager's word on a flagged payment, with why and on what evidence.

        The one way out of a final state, and only while flagged. Raises ValueError without a flag, a
        final verdict, a reason or evidence; Stale, UnknownPayment.
        """
        if not (by.strip() and reason.strip() and evidence.strip()):
            raise ValueError("a verdict needs who gives it, a reason and evidence")
        if payment.review is Review.PAID_TWICE:
            raise ValueError("its second debit is returned, the payment itself stays as it is")
        state = settled(payment.review, verdict)
        said = {"by": by, "reason": reason, "evidence": evidence}
        return self._apply(payment, Event.SETTLED.value, state, None, {}, _utc(now), said=said)

    def flag(
        self,
        payment: Payment,
        review: Review,
        *,
        now: datetime,
        detail: str = "",
        seen: Mapping[str, str] = MappingProxyType({}),
    ) -> Payment:
        """Ask staff to look, saying why. A graver flag stays. Raises Stale, UnknownPayment.

        `seen` is what the other side said, for staff (`seen_cus`, `seen_amount`, …): in the entry only.
        """
        said = {"detail": detail, **seen} if detail else dict(seen)
        return self._apply(payment, "flagged", payment.state, review, {}, _utc(now), said=said)

    def note_second_debit(self, payment: Payment, debit: SecondDebit, *, now: datetime) -> Payment:
        """Keep a further full debit under the reference, once, and flag the payment. Raises Stale."""
        values = {
            "payment_id": payment.payment_id, "key": debit.key, "currency": debit.amount.currency,
            "amount_cents": cents(debit.amount), "cus": debit.cus, "bank": debit.bank,
            "decided_at": debit.decided_at, "noted_at": _utc(now),
        }  # fmt: skip
        told = {
            "key": debit.key, "second_currency": debit.amount.currency, "second_cents": cents(debit.amount),
            "second_cus": debit.cus, "second_bank": debit.bank, "second_at": debit.decided_at,
        }  # fmt: skip
        with self._reading() as connection:
            if connection.execute(_debit(payment, debit.key)).first() is not None:
                return _read(connection, payment)
        said = {name: value for name, value in told.items() if value is not None}
        beside = insert(second_debits).values(values)
        return self._apply(
            payment, "paid_twice", payment.state, Review.PAID_TWICE, {}, _utc(now), said=said, beside=beside
        )

    def return_debit(
        self, payment: Payment, key: str, *, by: str, reason: str, evidence: str, now: datetime
    ) -> Payment:
        """A further debit went back to its payer, on this evidence: its case is over.

        Raises ValueError where there is no such open debit or a word is missing; Stale, UnknownPayment.
        """
        if not (by.strip() and reason.strip() and evidence.strip()):
            raise ValueError("a return needs who says so, a reason and evidence")
        open_ones = [each.key for each in self.second_debits(payment_id=payment.payment_id)]
        if key not in open_ones:
            raise ValueError("no such debit waits to be returned")
        said = {"by": by, "reason": reason, "evidence": evidence, "key": key, "left": len(open_ones) - 1}
        this = (second_debits.c.payment_id == payment.payment_id, second_debits.c.key == key)
        beside = update(second_debits).where(*this).values(returned_at=_utc(now), evidence=evidence)
        return self._apply(payment, RETURNED, payment.state, None, {}, _utc(now), said=said, beside=beside)

    def second_debits(self, *, open_only: bool = True, payment_id: str | None = None) -> list[SecondDebit]:
        """Further debits, the oldest first: those that wait to be returned, or all."""
        wanted: list[ColumnElement[bool]] = [second_debits.c.returned_at.is_(None)] if open_only else []
        if payment_id is not None:
            wanted.append(second_debits.c.payment_id == payment_id)
        query = select(second_debits).where(*wanted).order_by(second_debits.c.noted_at, second_debits.c.key)
        with self._reading() as connection:
            return [second_debit_of(row) for row in connection.execute(query)]

    def note_told(self, payment: Payment) -> None:
        """The member was shown how it stands, and that it was paid twice. No entry, same version."""
        with self._writing() as connection:
            this = payments.c.payment_id == payment.payment_id
            connection.execute(update(payments).where(this).values(told=_heard_as(payment)))

    def note_ask(self, payment: Payment, *, now: datetime, next_ask_at: datetime | None) -> Payment:
        """Count a question and say when the next is due (None: never). No entry, same version.

        Raises Stale also where someone else has asked meanwhile: whoever gets through may act.
        """
        _utc(now)
        with self._writing() as connection:
            done = connection.execute(
                _this(payment)
                .where(payments.c.asks == payment.asks)
                .values(asks=payments.c.asks + 1, next_ask_at=next_ask_at)
            )
            if done.rowcount != 1:
                raise Stale(payment.reference)
            return _read(connection, payment)

    def claim(self, payment: Payment, *, until: datetime) -> Payment:
        """Take what comes next upon oneself, before doing it: nobody else may before `until`.

        Raises Stale where anything about it was written since it was read, its next time included.
        """
        seen = payments.c.next_ask_at.is_not_distinct_from(payment.next_ask_at)
        with self._writing() as connection:
            taken = _this(payment).where(payments.c.asks == payment.asks, seen)
            if connection.execute(taken.values(next_ask_at=until)).rowcount != 1:
                raise Stale(payment.reference)
            return _read(connection, payment)

    def _apply(
        self,
        payment: Payment,
        word: str,
        state: State,
        raised: Review | None,
        facts: dict[str, Any],
        now: datetime,
        *,
        said: Mapping[str, object] = MappingProxyType({}),
        beside: Executable | None = None,
    ) -> Payment:
        """`beside` is written in the same transaction."""
        with self._reading() as connection:
            current = _read(connection, payment)
            last = last_of(connection, payment.payment_id)
        if current.version != payment.version:
            raise Stale(payment.reference)
        review = review_told(word, current.review, raised, state, said)
        wanted = replace(current, state=state, review=review, **facts)
        if state in FINAL:
            # What only seems to have ended is looked at again: whoever says so says when.
            known = current.next_ask_at if current.state in FINAL else None
            wanted = replace(wanted, next_ask_at=facts.get("next_ask_at", known), redirect_url=None)
        news = {
            name: getattr(wanted, name)
            for name in _MAY_CHANGE
            if getattr(wanted, name) != getattr(current, name)
        }
        told: dict[str, object] = {name: value for name, value in news.items() if name not in _NOT_IN_EVENTS}
        if raised:
            told["review"] = raised
        told |= said
        repeated = last is not None and last.event == word and says(last, told)
        if beside is None and news.keys() <= _SCHEDULE and (raised is None or repeated):
            return self._reschedule(current, news) if news else current
        with self._writing() as connection:
            changes = {**news, "version": payment.version + 1, "changed_at": now}
            if connection.execute(_this(payment).values(changes)).rowcount != 1:
                raise Stale(payment.reference)
            if beside is not None:
                connection.execute(beside)
            append(connection, payment.payment_id, word, current.state, state, told, now)
            hold_or_release(connection, wanted)
            return _read(connection, payment)

    def _reschedule(self, payment: Payment, news: Mapping[str, Any]) -> Payment:
        with self._writing() as connection:
            if connection.execute(_this(payment).values(**news)).rowcount != 1:
                raise Stale(payment.reference)
            return _read(connection, payment)

    # -- reading ---------------------------------------------------------------------------------

    def get(self, payment_id: str) -> Payment:
        """The payment as it is now. Raises UnknownPayment."""
        found = self._find(payments.c.payment_id == payment_id, limit=1)
        if not found:
            raise UnknownPayment(payment_id)
        return found[0]

    def by_reference(self, reference: str) -> Payment | None:
        """The payment with our reference at the gateway."""
        return next(iter(self._find(payments.c.reference == reference, limit=1)), None)

    def of_member(self, member_id: str, limit: int = 50) -> list[Payment]:
        """A member's payments: those still live first, then the newest."""
        live_first = case((_LIVE, 0), else_=1)
        newest = (payments.c.created_at.desc(), payments.c.reference.desc())
        return self._find(payments.c.member_id == member_id, order=(live_first, *newest), limit=limit)

    def between(self, since: datetime, until: datetime) -> list[Payment]:
        """Payments begun from one instant to before another, the oldest first."""
        begun = (payments.c.created_at >= _utc(since), payments.c.created_at < _utc(until))
        return self._find(*begun, order=(payments.c.created_at, payments.c.reference))

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
            payments.c.changed_at >= _utc(since),
            left.exists(),
        )
        mine = self._find(payments.c.member_id == member_id, or_(ended, payments.c.told.is_not(None)))
        return [each for each in mine if each.told != _heard_as(each)]

    def due(self, now: datetime, limit: int = 50, states: Iterable[State] = LIVE) -> list[Payment]:
        """Payments in these states to be asked about or posted by `now`, the longest waiting first."""
        longest_waiting = (payments.c.next_ask_at, payments.c.reference)
        among = payments.c.state.in_(sorted(states))
        return self._find(among, payments.c.next_ask_at <= _utc(now), order=longest_waiting, limit=limit)

    def unresolved(self) -> list[Payment]:
        """Every payment that is live or flagged, the oldest first."""
        oldest = (payments.c.created_at, payments.c.reference)
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

    def faults(self, limit: int = 100) -> list[str]:
        """Walk everything: what was altered, removed or moved, in sentences; none for a whole journal."""
        with self._reading() as connection:
            every = (proof.file_faults, proof.chain_faults, proof.projection_faults)
            return list(islice(chain.from_iterable(find(connection) for find in every), limit))

    def head(self) -> proof.Head | None:
        """The last event, to be kept outside this machine; None while there is none."""
        with self._reading() as connection:
            return proof.head_of(connection)

    def holds(self, earlier: proof.Head) -> bool:
        """Whether what was written up to an earlier head is still there as it was."""
        with self._reading() as connection:
            return proof.contains(connection, earlier)

    # -- keeping ---------------------------------------------------------------------------------

    def rebuild(self, *, now: datetime) -> int:
        """Write the payments anew from the events; how many there are. The events stay as they are."""
        with self._writing() as connection:
            return proof.rebuild(connection, _utc(now))

    def beat(self, terminal: str, *, now: datetime) -> None:
        """Write something, so that a full or read-only disk shows before a member starts."""
        with self._writing() as connection:
            mine = pulse.c.terminal == terminal
            done = connection.execute(update(pulse).where(mine).values(at=_utc(now)))
            if done.rowcount == 0:
                connection.execute(insert(pulse).values(terminal=terminal, at=_utc(now)))

    def room(self) -> int:
        """Bytes that its disk still takes."""
        with explained(self._where):
            return shutil.disk_usage(Path(self._where).parent).free

    def _holder(self, order: Order) -> Payment | None:
        held = select(held_obligations.c.payment_id).where(
            held_obligations.c.obligation_id.in_(order.obligation_ids)
        )
        return next(iter(self._find(payments.c.payment_id.in_(held), limit=1)), None)

    def _find(
        self,
        *wanted: ColumnElement[bool],
        order: Sequence[ColumnElement[Any]] = (payments.c.created_at.desc(), payments.c.reference.desc()),
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

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._pen, explained(self._where), self._engine.begin() as connection:
            yield connection


def _heard_as(payment: Payment) -> str:
    """A second debit is news although the payment stands as it stood."""
    twice = payment.review is Review.PAID_TWICE
    return f"{standing(payment)}{TWICE if twice else ''}"


_MAY_CHANGE = ("state", *Facts.__annotations__)


def _utc(now: datetime) -> datetime:
    if now.tzinfo is None:
        raise ValueError("the journal takes aware instants only")
    return now.astimezone(UTC)


def _this(payment: Payment) -> Any:
    """Compare and set: the update reaches the row only while it is the one that was read."""
    return update(payments).where(
        payments.c.payment_id == payment.payment_id, payments.c.version == payment.version
    )


def _debit(payment: Payment, key: str) -> Select[Any]:
    this = (second_debits.c.payment_id == payment.payment_id, second_debits.c.key == key)
    return select(second_debits).where(*this)


def _read(connection: Connection, payment: Payment) -> Payment:
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
