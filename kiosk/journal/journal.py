"""The terminal's book of record: every payment, what happened to it, and what it holds.

Blocking and thread-safe. Each call is one transaction, on disk when it returns. The clock is the
caller's: `now` is an aware instant. What comes out are frozen dataclasses of the domain.
"""

from __future__ import annotations

import re
import shutil
import threading
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self, TypedDict, Unpack
from uuid import uuid4

from sqlalchemy import (
    Connection,
    Engine,
    Executable,
    insert,
    update,
)
from sqlalchemy.exc import IntegrityError

from kiosk.cooperative.order import Order
from kiosk.cooperative.payment import (
    CREDITED,
    FINAL,
    LOOK_BACK_EVERY,
    Event,
    Payer,
    Payment,
    Review,
    State,
    after,
    settled,
)
from kiosk.cooperative.second_debit import SecondDebit
from kiosk.journal import proof
from kiosk.journal.chain import append, is_said, keys_of
from kiosk.journal.errors import JournalUnusable, ObligationHeld, Stale
from kiosk.journal.holding import hold_or_release
from kiosk.journal.intent import drawn_reference, write_prepared
from kiosk.journal.keys import NO_KEYS, Keyring
from kiosk.journal.locks import shared
from kiosk.journal.looking import Looking, heard_as, read, utc
from kiosk.journal.marks import (
    RENEWED,
    add_mark,
    begin_epoch,
    code_faults,
    key_in_force,
    last_with_code,
    mark_faults,
    why_no_payment,
)
from kiosk.journal.opening import explained, file_at, open_engine
from kiosk.journal.rows import cents, gravest, review_told
from kiosk.journal.tables import payments, pulse, second_debits
from kiosk.journal.witness import Witness

_SCHEDULE = frozenset({"asks", "next_ask_at"})
_NOT_IN_EVENTS = _SCHEDULE | {"state", "redirect_url"}  # the address opens the member's session
RETURNED = "returned"
_TRIES = 3


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
    attempt: str | None


class Journal(Looking):
    """An open journal; `Journal.open` makes one."""

    def __init__(self, engine: Engine, witness: Witness | None = None) -> None:
        super().__init__(engine)
        self._witness = witness
        with explained(self._where):
            self._unlock = weakref.finalize(self, shared(Path(self._where)))
        self._file = file_at(self._where)
        # One writer at a time in this process; other processes are kept out by the file's lock.
        self._pen = threading.Lock()

    @classmethod
    def open(cls, path: Path, keys: Keyring = NO_KEYS, witness: Witness | None = None) -> Self:
        """Open, check and where needed create or upgrade. Raises JournalUnusable with the reason."""
        return cls(open_engine(path, keys, witness), witness)

    def close(self) -> None:
        """Give the file back."""
        try:
            with suppress(JournalUnusable):
                self.rest()
        finally:
            self._engine.dispose()
            self._unlock()

    def rest(self) -> None:
        """While nobody is served: all into the file itself, as far as nobody reads, and the witness told.

        Raises JournalUnusable where the file at its place is not the one that is open.
        """
        self._refuse_another_file()
        if self._witness is not None:
            with self._reading() as connection:
                self._witness.note(connection)
        with explained(self._where), self._engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)")

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
        now = utc(now)
        refusal: IntegrityError | None = None
        for _ in range(_TRIES):
            payment = Payment(
                str(uuid4()), drawn_reference(now), terminal, gateway, order, payer, now,
                changed_at=now, account=account, expires_at=expires_at,
            )  # fmt: skip
            try:
                with self._writing() as connection:
                    if why := why_no_payment(connection, keys_of(connection)):
                        raise JournalUnusable(f"{self._where}: {why}")
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
        return self._apply(payment, event.value, outcome.state, raised, dict(facts), utc(now))

    def settle(
        self, payment: Payment, verdict: State, *, by: str, reason: str, evidence: str, now: datetime
    ) -> Payment:
        """The manager's word on a flagged payment, with why and on what evidence.

        The one way out of a final state, and only while flagged. What is said to be unpaid is looked at again
        for a while, as whatever ends so. Raises ValueError without a flag, a final verdict, a reason or
        evidence; Stale, UnknownPayment.
        """
        if not (by.strip() and reason.strip() and evidence.strip()):
            raise ValueError("a verdict needs who gives it, a reason and evidence")
        if payment.review is Review.PAID_TWICE:
            raise ValueError("its second debit is returned, the payment itself stays as it is")
        state = settled(payment.review, verdict)
        said: dict[str, object] = {"by": by, "reason": reason, "evidence": evidence}
        if left := len(self.second_debits(payment_id=payment.payment_id)):
            said["left"] = left
        look_back = {} if state in CREDITED else {"next_ask_at": utc(now) + LOOK_BACK_EVERY}
        return self._apply(payment, Event.SETTLED.value, state, None, look_back, utc(now), said=said)

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
        return self._apply(payment, "flagged", payment.state, review, {}, utc(now), said=said)

    def note_second_debit(self, payment: Payment, debit: SecondDebit, *, now: datetime) -> Payment:
        """Keep a further full debit under the reference, once, and flag the payment. Raises Stale."""
        values = {
            "payment_id": payment.payment_id, "key": debit.key, "currency": debit.amount.currency,
            "amount_cents": cents(debit.amount), "cus": debit.cus, "bank": debit.bank,
            "decided_at": debit.decided_at, "noted_at": utc(now),
        }  # fmt: skip
        told = {
            "key": debit.key, "second_currency": debit.amount.currency, "second_cents": cents(debit.amount),
            "second_cus": debit.cus, "second_bank": debit.bank, "second_at": debit.decided_at,
        }  # fmt: skip
        known = self.second_debits(open_only=False, payment_id=payment.payment_id)
        if any(each.is_same(debit) for each in known):
            with self._reading() as connection:
                return read(connection, payment)
        said = {name: value for name, value in told.items() if value is not None}
        beside = insert(second_debits).values(values)
        return self._apply(
            payment, "paid_twice", payment.state, Review.PAID_TWICE, {}, utc(now), said=said, beside=beside
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
        beside = update(second_debits).where(*this).values(returned_at=utc(now), evidence=evidence)
        return self._apply(payment, RETURNED, payment.state, None, {}, utc(now), said=said, beside=beside)

    def note_told(self, payment: Payment) -> None:
        """The member was shown how it stands, and that it was paid twice. No entry, same version."""
        with self._writing() as connection:
            this = payments.c.payment_id == payment.payment_id
            connection.execute(update(payments).where(this).values(told=heard_as(payment)))

    def note_ask(self, payment: Payment, *, now: datetime, next_ask_at: datetime | None) -> Payment:
        """Count a question and say when the next is due (None: never). No entry, same version.

        Raises Stale also where someone else has asked meanwhile: whoever gets through may act.
        """
        utc(now)
        with self._writing() as connection:
            done = connection.execute(
                _this(payment)
                .where(payments.c.asks == payment.asks)
                .values(asks=payments.c.asks + 1, next_ask_at=next_ask_at)
            )
            if done.rowcount != 1:
                raise Stale(payment.reference)
            return read(connection, payment)

    def claim(self, payment: Payment, *, until: datetime) -> Payment:
        """Take what comes next upon oneself, before doing it: nobody else may before `until`.

        Raises Stale where anything about it was written since it was read, its next time included.
        """
        seen = payments.c.next_ask_at.is_not_distinct_from(payment.next_ask_at)
        with self._writing() as connection:
            taken = _this(payment).where(payments.c.asks == payment.asks, seen)
            if connection.execute(taken.values(next_ask_at=until)).rowcount != 1:
                raise Stale(payment.reference)
            return read(connection, payment)

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
            current = read(connection, payment)
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
        quiet = beside is None and news.keys() <= {*_SCHEDULE, "review"}
        if quiet and raised and self._is_said(payment, word, told):
            news.pop("review", None)  # what staff have settled is no news
            raised = None
        if beside is None and raised is None and news.keys() <= _SCHEDULE:
            return self._reschedule(current, news) if news else current
        with self._writing() as connection:
            changes = {**news, "version": payment.version + 1, "changed_at": now}
            if connection.execute(_this(payment).values(changes)).rowcount != 1:
                raise Stale(payment.reference)
            if beside is not None:
                connection.execute(beside)
            append(connection, payment.payment_id, word, current.state, state, told, now)
            hold_or_release(connection, wanted)
            return read(connection, payment)

    def _is_said(self, payment: Payment, word: str, told: Mapping[str, Any]) -> bool:
        with self._reading() as connection:
            return is_said(connection, payment.payment_id, word, told)

    def _reschedule(self, payment: Payment, news: Mapping[str, Any]) -> Payment:
        with self._writing() as connection:
            if connection.execute(_this(payment).values(**news)).rowcount != 1:
                raise Stale(payment.reference)
            return read(connection, payment)

    # -- proving ---------------------------------------------------------------------------------

    def faults(self, limit: int = 100) -> list[str]:
        """Walk everything: what was altered, removed or moved, in sentences; none for a whole journal."""
        with self._reading() as connection:
            beside = (self._witness_faults,) if self._witness else ()
            every = (proof.file_faults, proof.chain_faults, mark_faults, code_faults, *beside,
                     proof.projection_faults)  # fmt: skip
            return list(islice(chain.from_iterable(find(connection) for find in every), limit))

    def _witness_faults(self, connection: Connection) -> Iterator[str]:
        if self._witness is not None:
            yield from self._witness.faults(connection)
            if self._witness.was_forged(connection):
                yield "the witness beside the journal was written by somebody without the key"

    def renew_key(self, *, by: str, reason: str, now: datetime) -> str:
        """The key of the settings takes the place of a lost or former one; its id. A person confirms it.

        What was written without a code meanwhile is taken as it is. Raises ValueError without a key, with
        the one in force, or without who and why.
        """
        with self._writing() as connection:
            key, former = keys_of(connection).current, key_in_force(connection)
            if not (by.strip() and reason.strip()):
                raise ValueError("a renewal needs who confirms it and why")
            if key is None or former is None or key.key_id == former:
                raise ValueError("the settings must name another key than the one in force")
            facts = {"key": key.key_id, "former": former, "by": by, "reason": reason,
                     "after": last_with_code(connection)}  # fmt: skip
            add_mark(connection, RENEWED, facts, utc(now))
            if self._witness is not None:
                self._witness.note(connection)
            return key.key_id

    def begin_epoch(self, source: str, *, least: int, now: datetime) -> tuple[int, datetime | None]:
        """This copy takes the journal's place: its new epoch, and the time of its last event."""
        with self._writing() as connection:
            epoch = begin_epoch(connection, utc(now), source, least).epoch
            return epoch, proof.last_at(connection)

    def why_no_payment(self) -> str | None:
        """Why nothing new may begin (a key that is missing); None where it may."""
        with self._reading() as connection:
            return why_no_payment(connection, keys_of(connection))

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
            return proof.rebuild(connection, utc(now))

    def beat(self, terminal: str, *, now: datetime) -> None:
        """Write something: a disk that is full, a file that is gone must show before a member starts."""
        with self._writing() as connection:
            mine = pulse.c.terminal == terminal
            done = connection.execute(update(pulse).where(mine).values(at=utc(now)))
            if done.rowcount == 0:
                connection.execute(insert(pulse).values(terminal=terminal, at=utc(now)))

    def room(self) -> int:
        """Bytes that its disk still takes."""
        with explained(self._where):
            return shutil.disk_usage(Path(self._where).parent).free

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        self._refuse_another_file()
        with self._pen, explained(self._where), self._engine.begin() as connection:
            yield connection

    def _refuse_another_file(self) -> None:
        """What is written into a file without a name is gone with this process."""
        if self._file != (now := file_at(self._where)):
            said = "replaced" if now else "removed"
            raise JournalUnusable(f"{self._where}: the file was {said} while the program had it open")


_MAY_CHANGE = ("state", *Facts.__annotations__)


def _this(payment: Payment) -> Any:
    """Compare and set: the update reaches the row only while it is the one that was read."""
    return update(payments).where(
        payments.c.payment_id == payment.payment_id, payments.c.version == payment.version
    )
