"""What the branch manager does: find a payment, look at cases, settle them, close the day."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from kiosk.cooperative.bogota import bounds
from kiosk.cooperative.money import Money, total
from kiosk.cooperative.payment import Payment, State
from kiosk.cooperative.second_debit import SecondDebit
from kiosk.journal.chain import seen_of
from kiosk.journal.journal import Journal
from kiosk.member_core.connector import Connector, CoreError, PostingStatus, RecordedPayment
from kiosk.teller.pin import PinGate, PinLocked

_CORE_MAY_LAG = timedelta(days=30)
"""A core that was down, or a bank that answered late: posted on a later day than it was begun."""


class Gap(StrEnum):
    """How journal and core can differ about one payment."""

    MISSING_IN_CORE = "missing_in_core"
    UNKNOWN_HERE = "unknown_here"
    OTHER_AMOUNT = "other_amount"
    OTHER_CUS = "other_cus"
    NEEDS_ATTENTION = "needs_attention"
    REVERSED = "reversed"
    NOT_POSTED_HERE = "not_posted_here"
    """The core has it; here it is approved, and the core's answer never came."""
    OPEN_HERE = "open_here"
    """The core has it; here nobody knows yet whether it was paid."""
    UNREADABLE = "unreadable"
    """The core's row about it breaks the contract."""
    UNPAID_HERE = "unpaid_here"
    """The core has it; here it is said that no money moved."""


_OF_STATUS = {
    PostingStatus.NEEDS_ATTENTION: Gap.NEEDS_ATTENTION,
    PostingStatus.REVERSED: Gap.REVERSED,
}
_OF_STATE = {
    State.PREPARED: Gap.OPEN_HERE,
    State.REQUESTED: Gap.OPEN_HERE,
    State.AT_BANK: Gap.OPEN_HERE,
    State.PENDING: Gap.OPEN_HERE,
    State.APPROVED: Gap.NOT_POSTED_HERE,
    State.DECLINED: Gap.UNPAID_HERE,
    State.FAILED: Gap.UNPAID_HERE,
}


def gap_between(state: State, status: PostingStatus | None) -> Gap | None:
    """What state here and status in the core (None: it has no record) say together; None where the same.

    Approved here and absent there is the same: it is on its way, and a case of its own after an hour.
    """
    if status is None:
        return Gap.MISSING_IN_CORE if state is State.POSTED else None
    return _OF_STATE.get(state) or _OF_STATUS.get(status)


@dataclass(frozen=True, slots=True)
class Difference:
    """One payment about which the books differ; `reference` is ours, or the core's id of it."""

    gap: Gap
    reference: str
    amount: Money


@dataclass(frozen=True, slots=True)
class DayClose:
    """A Bogotá day at this terminal. `differences` is None where the core could not be asked."""

    day: date
    payments: tuple[Payment, ...]
    differences: tuple[Difference, ...] | None

    def of(self, *states: State) -> tuple[int, Money]:
        """How many payments stand there, and what they add up to."""
        found = [payment.total for payment in self.payments if payment.state in states]
        return len(found), total(found)


class Manager:
    """Blocking; usable from any thread. Whoever calls has entered the PIN, except `enter`."""

    def __init__(
        self,
        journal: Journal,
        connector: Connector,
        terminal: str,
        gate: PinGate | None,
        clock: Callable[[], datetime],
    ) -> None:
        self._journal, self._connector, self._terminal = journal, connector, terminal
        self._gate, self._clock = gate, clock

    @property
    def admits(self) -> bool:
        """Whether a PIN was set for this terminal."""
        return self._gate is not None

    def enter(self, pin: str) -> bool:
        """Whether this is still the first PIN: an own one is chosen before anything else.

        Raises WrongPin, PinLocked (for ever where no PIN was set), OSError.
        """
        return self._door.enter(pin)

    def change_pin(self, pin: str, new: str) -> None:
        """Raises WrongPin, PinLocked, ValueError for the same or an easy one, OSError."""
        self._door.change(pin, new)

    @property
    def _door(self) -> PinGate:
        if self._gate is None:
            raise PinLocked(float("inf"))
        return self._gate

    def cases(self) -> list[Payment]:
        """Flagged payments, and those with a further debit that has not gone back; the oldest first."""
        twice = {debit.payment_id for debit in self._journal.second_debits()}
        flagged = [payment for payment in self._journal.unresolved() if payment.review]
        others = twice - {payment.payment_id for payment in flagged}
        return sorted(
            [*flagged, *map(self._journal.get, sorted(others))], key=lambda payment: payment.created_at
        )

    def find(self, text: str) -> list[Payment]:
        """Payments with this reference, CUS, id, name or the end of a document."""
        return self._journal.find(text=text, limit=20) if text else []

    def settle(self, payment: Payment, verdict: State, *, by: str, reason: str, evidence: str) -> Payment:
        """Close a case. Raises ValueError, Stale."""
        return self._journal.settle(
            payment, verdict, by=by, reason=reason, evidence=evidence, now=self._clock()
        )

    def evidence(self, payment: Payment) -> tuple[dict[str, str], list[SecondDebit]]:
        """What the other side said and was not followed (`seen_…`), and further debits to be returned."""
        seen = seen_of(self._journal.events(payment.payment_id))
        return seen, self._journal.second_debits(payment_id=payment.payment_id)

    def return_debit(self, payment: Payment, key: str, *, by: str, reason: str, evidence: str) -> Payment:
        """A further debit went back to its payer. Raises ValueError, Stale."""
        return self._journal.return_debit(
            payment, key, by=by, reason=reason, evidence=evidence, now=self._clock()
        )

    def day(self, day: date) -> DayClose:
        """The payments begun on a Bogotá day, compared with the core where it can be asked."""
        since, until = bounds(day)
        payments = tuple(self._journal.between(since, until))
        try:
            latest = max(until, min(self._clock() + timedelta(minutes=1), until + _CORE_MAY_LAG))
            recorded = self._connector.recorded(since, latest)
        except CoreError:
            return DayClose(day, payments, None)
        mine = [row for row in recorded if row.kiosk_id == self._terminal]
        return DayClose(day, payments, tuple(self._differences(payments, mine, until)))

    def _differences(
        self, payments: Iterable[Payment], recorded: Iterable[RecordedPayment], until: datetime
    ) -> Iterable[Difference]:
        core = {row.payment_id: row for row in recorded}
        for payment in payments:
            row = core.pop(payment.payment_id, None)
            yield from self._of_one(payment, row)
        begun_then = [payment_id for payment_id, row in core.items() if row.received_at < until]
        for payment_id in self._journal.unknown(begun_then):
            yield Difference(Gap.UNKNOWN_HERE, payment_id, core[payment_id].total)

    @staticmethod
    def _of_one(payment: Payment, row: RecordedPayment | None) -> Iterable[Difference]:
        if row is not None and not row.readable:
            yield Difference(Gap.UNREADABLE, payment.reference, payment.total)
            return
        if gap := gap_between(payment.state, row.status if row else None):
            waits = row is not None and gap is Gap.NEEDS_ATTENTION
            amount = row.unapplied if row and waits else row.total if row else payment.total
            yield Difference(gap, payment.reference, amount)
        if row is None:
            return
        if row.total != payment.total:
            yield Difference(Gap.OTHER_AMOUNT, payment.reference, row.total)
        if None not in (row.cus, payment.cus) and row.cus != payment.cus:
            yield Difference(Gap.OTHER_CUS, payment.reference, row.total)

    def strangers(self, since: datetime) -> list[RecordedPayment] | None:
        """What the core has of this terminal's id since then and the journal does not know.

        Another terminal uses the id, or the journal has lost payments. None where the core can not be asked.
        """
        try:
            if not self._connector.status().lists_payments:
                return None
            recorded = self._connector.recorded(since, self._clock())
        except CoreError:
            return None
        mine = {row.payment_id: row for row in recorded if row.kiosk_id == self._terminal}
        return [mine[payment_id] for payment_id in self._journal.unknown(mine)]
