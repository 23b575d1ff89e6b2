"""One payment from the intent to the core's record, each step on disk before the next.

The gateway's own answer to our own query is the only thing believed. What can not be known stays
pending; what does not fit goes to staff and is never posted by itself.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from kiosk.cooperative.member import AccountHolder, Member
from kiosk.cooperative.order import Order
from kiosk.cooperative.payment import CANCELLED, FINAL, Event, Payment, Review, State
from kiosk.journal.journal import Facts, Journal, Stale
from kiosk.member_core.connector import (
    Connector,
    CoreError,
    CoreUnreachable,
    Posting,
    PostingConflict,
    PostingRefused,
    PostingStatus,
)
from kiosk.pse.gateway import (
    Answer,
    Bank,
    Conflict,
    Created,
    Creation,
    ErrorKind,
    Expected,
    Gateway,
    NotCreated,
    NoVerdict,
    Status,
    Verdict,
)
from kiosk.teller.line import Line, heeded
from kiosk.teller.terminal import TerminalFacts, Timings, charge_of, description, payer_of

__all__ = ["Checkout", "TerminalFacts", "Timings", "description", "may_post", "payer_of"]

log = logging.getLogger(__name__)

_HANDS_OFF = frozenset({Review.NOT_OURS, Review.CONTRADICTION, Review.REVERSED, Review.CORE_CONFLICT})
"""Flags under which only staff may let money be posted."""

# Nobody else posts while one of us does. Token and posting, both twice where a token had run out (23 s
# each to connect and answer), behind another thread's token, and the time that names take to resolve.
POSTING_LEASE = timedelta(minutes=3)
_AFTER_REFUSED_POSTING = timedelta(hours=1)
_AWAY = frozenset(
    {
        ErrorKind.NOT_SENT, ErrorKind.NO_ANSWER, ErrorKind.SERVER, ErrorKind.GARBAGE, ErrorKind.CLOCK,
        ErrorKind.AUTHENTICATION,
    }
)  # fmt: skip
"""What says something of the gateway as a whole; any other answer is about the one payment."""
_UNPAID = frozenset({Event.SEEN_NOT_AUTHORISED, Event.SEEN_FAILED})
_SENT_WITHIN = 30.0
"""Seconds from the intent to the creation; a process that slept longer sends nothing any more."""
LOOK_BACK_EVERY = timedelta(hours=1)
_LOOK_AFTER_POSTING = timedelta(days=1)
"""Once: a gateway may take an approval back."""
_ABSENCE_COUNTS_AFTER = timedelta(minutes=2)
"""A creation still on its way is absent too: longer than any of its time-outs."""


def may_post(payment: Payment) -> bool:
    """Whether the kiosk itself may put it to the core: approved, and no flag forbids it."""
    return payment.state is State.APPROVED and payment.review not in _HANDS_OFF


class Checkout:
    """Carries payments through gateway and core. Blocking; usable from any thread.

    `clock` tells aware instants and may be set while it runs; `steady` counts seconds and never jumps.
    Raises what the journal raises; gateway and core do not raise.
    """

    def __init__(
        self,
        journal: Journal,
        gateway: Gateway,
        connector: Connector,
        clock: Callable[[], datetime],
        terminal: TerminalFacts,
        timings: Timings | None = None,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._journal = journal
        self._gateway = gateway
        self._connector = connector
        self._clock = clock
        self._terminal = terminal
        self._timings = timings or Timings()
        self._steady = steady
        pace = self._timings
        self.gateway_line = Line("gateway", pace.every / 12, pace.every / 2, clock)
        self.core_line = Line("core", pace.post_every, pace.post_every * 10, clock)
        self._known_since: dict[str, float] = {}

    def start(
        self, order: Order, member: Member, holder: AccountHolder, *, bank: Bank | None = None
    ) -> Payment:
        """Ask the gateway to collect `order`. Raises ObligationHeld before anyone hears of it.

        AT_BANK: go to `redirect_url`. FAILED: certainly nothing there, `error` says why.
        PENDING: it may exist; the sonda finds out, and the obligations stay held.
        """
        now, begun = self._clock(), self._steady()
        payment = self._journal.prepare(
            order,
            payer_of(member, holder),
            terminal=self._terminal.terminal,
            gateway=self._gateway.name,
            now=now,
        )
        first_ask = now + timedelta(seconds=self._timings.first_after)
        facts = Facts(next_ask_at=first_ask)
        if bank is not None:
            facts["bank"] = bank.name
        try:
            payment = self._journal.record(payment, Event.SENT, now=now, **facts)
        except Stale:  # this process slept, and a sonda has ended what nobody had sent
            return self._again(payment)
        self._known_since[payment.payment_id] = self._steady()
        if self._steady() - begun > _SENT_WITHIN or self._clock() - now > timedelta(seconds=_SENT_WITHIN):
            refused = Facts(error=ErrorKind.NOT_SENT.value)
            return self._answered(payment, Event.REFUSED, Event.ABSENT, refused)
        created = self._gateway.create(charge_of(payment, holder, bank, self._terminal, now))
        return self._created(payment, created)

    def _created(self, payment: Payment, created: Creation) -> Payment:
        if isinstance(created, Created):
            facts = Facts(gateway_id=created.gateway_id, redirect_url=created.redirect_url)
            if created.redirect_url is None:
                log.warning("%s: created, but there is no page to open", payment.reference)
                return self._answered(payment, Event.LEFT, Event.LEFT, facts)
            payment = self._answered(payment, Event.OPENED, Event.SEEN_PENDING, facts)
            if payment.state is State.FAILED:  # this process slept, and a sonda found nothing there
                return self._flag(payment, Review.UNEXPECTED, "created after its end")
            return payment
        if isinstance(created, NotCreated):
            return self._answered(payment, Event.REFUSED, Event.ABSENT, Facts(error=created.kind.value))
        log.warning("%s: no telling whether it was created (%s)", payment.reference, created.kind)
        return self._answered(payment, Event.LEFT, Event.LEFT, Facts())

    def left(self, payment: Payment) -> Payment:
        """The member left the bank's page, or nobody knows where they are."""
        return self._tell(payment, Event.LEFT, lambda _: Facts())[0]

    def give_up(self, payment: Payment) -> Payment:
        """The member left the page for good: closed at the gateway where nobody began to pay, then asked.

        Only a page that no attempt was made on is closed: what becomes of a debit whose page is closed
        meanwhile no contract says.
        """
        payment = self.left(payment)
        if payment.gateway_id and self._gateway.abilities.cancels and not self.gateway_line.asked_to_wait:
            answer = self._gateway.query(payment.gateway_id, Expected(payment.reference, payment.total))
            self._heard(answer)
            if isinstance(answer, Verdict) and answer.status is Status.CREATED:
                self._gateway.cancel(payment.gateway_id)
        return self.ask(payment)

    def session_over(self, payment: Payment) -> bool:
        """Whether the gateway's page can no longer be paid."""
        return self._clock() >= payment.created_at + timedelta(minutes=self._terminal.session_minutes)

    def _answered(self, payment: Payment, event: Event, moved: Event, facts: Facts) -> Payment:
        """The answer to a creation; `moved` tells the same where a sonda had given it up as lost."""
        try:
            return self._journal.record(payment, event, now=self._clock(), **facts)
        except Stale:
            return self._tell(self._again(payment), moved, lambda _: facts)[0]

    def can_look_up(self, payment: Payment) -> bool:
        """Whether this gateway can be asked about it at all."""
        known = payment.gateway_id is not None or self._gateway.abilities.finds_by_reference
        return known and payment.gateway == self._gateway.name

    def ask(self, payment: Payment) -> Payment:
        """Ask the gateway and write what it said; go on to the core when the money has moved.

        An approved payment is posted, when due, without a further question. Of a final payment the answer
        can only raise a flag. Nothing is written where nothing was learnt.
        """
        self._known_since.setdefault(payment.payment_id, self._steady())
        asked = self._ask(payment)
        if not asked.live:
            self._known_since.pop(payment.payment_id, None)  # another thread may have been here
        return asked

    def _ask(self, payment: Payment) -> Payment:
        if payment.state is State.APPROVED:
            # Not due: the core asked for a pause, or someone is posting it right now.
            waits = payment.next_ask_at is not None and payment.next_ask_at > self._clock()
            return payment if waits else self.post(payment)
        if payment.state is State.PREPARED or not self.can_look_up(payment):
            return payment
        if self.gateway_line.asked_to_wait:
            return payment
        answer = self._answer(payment)
        self._heard(answer)
        if isinstance(answer, Conflict):
            return self._conflict(payment, answer)
        if isinstance(answer, NoVerdict):
            return self._no_verdict(payment, answer)
        return self._verdict(payment, answer)

    def _answer(self, payment: Payment) -> Answer:
        expected = Expected(payment.reference, payment.total)
        if payment.gateway_id is None:
            return self._gateway.find(expected)
        answer = self._gateway.query(payment.gateway_id, expected)
        over = isinstance(answer, Verdict) and answer.attempt_over and not answer.status.final
        if not (over and payment.live and self._gateway.abilities.cancels):
            return answer
        self._gateway.cancel(payment.gateway_id)
        return _closed(answer, self._gateway.query(payment.gateway_id, expected))

    def _heard(self, answer: Answer) -> None:
        """Refused credentials stop all questions until staff mend them, instead of hammering."""
        if isinstance(answer, NoVerdict) and (answer.retry_after or answer.kind in _AWAY):
            self.gateway_line.failed(answer.retry_after, for_long=answer.kind is ErrorKind.AUTHENTICATION)
        else:
            self.gateway_line.answered()

    def _verdict(self, payment: Payment, verdict: Verdict) -> Payment:
        if verdict.status is Status.CREATED and self._abandoned(payment):
            return self._inferred_end(payment, Event.SEEN_FAILED, "abandoned")
        event = verdict.event()
        if event is None:
            review = Review.REVERSED if verdict.status is Status.REVERSED else Review.NOT_OURS
            return self._flag(payment, review, verdict.status.value)
        if event is Event.SEEN_OK and verdict.approved_amount not in (None, payment.total):
            return self._flag(payment, Review.NOT_OURS, ErrorKind.AMOUNT_MISMATCH.value)
        if event in _UNPAID and payment.state in FINAL and not payment.paid and self._page_stays_open:
            return payment  # the payer tried again, and it ended unpaid again
        payment, moved = self._tell(payment, event, lambda known: self._news(known, verdict, event))
        # Only whoever wrote the approval posts; the other one would put the same thing twice.
        return self._put(payment) if moved and may_post(payment) else payment

    @property
    def _page_stays_open(self) -> bool:
        """Whether a payer who was refused may try again behind our back."""
        can = self._gateway.abilities
        return can.abandoned_after is not None and not can.cancels

    def _abandoned(self, payment: Payment) -> bool:
        after = self._gateway.abilities.abandoned_after
        return after is not None and self._is_old(payment, after)

    def _absence_proves_unpaid(self, payment: Payment) -> bool:
        if not self._gateway.abilities.absence_proves_unpaid:
            return False
        if payment.gateway_id is not None:  # the page exists, so a payer may still begin
            return self._abandoned(payment)
        return self._is_old(payment, _ABSENCE_COUNTS_AFTER)

    def _is_old(self, payment: Payment, least: timedelta) -> bool:
        """By the clock, and by as long as this process has known it: a clock set forward ends nothing."""
        known = self._steady() - self._known_since.get(payment.payment_id, self._steady())
        return self._clock() - payment.created_at >= least and known >= least.total_seconds()

    def _news(self, payment: Payment, verdict: Verdict, event: Event) -> Facts:
        """What the verdict adds. Once paid nothing changes: the core compares every repetition."""
        if payment.paid or (payment.state in FINAL and event is not Event.SEEN_OK):
            return Facts()
        facts = Facts()
        if payment.gateway_id is None and verdict.gateway_id:
            facts["gateway_id"] = verdict.gateway_id
        if verdict.cus:
            facts["cus"] = verdict.cus
        if verdict.bank:
            facts["bank"] = verdict.bank
        if event is Event.SEEN_PENDING:
            return facts
        now = self._clock()
        facts["decided_at"] = verdict.decided_at or payment.decided_at or now
        if event is Event.SEEN_OK:
            facts["cause"] = facts["error"] = None
            facts["next_ask_at"] = now + self._lease
        else:
            facts["error"] = CANCELLED if verdict.status is Status.CANCELLED else None
            if verdict.cause:
                facts["cause"] = verdict.cause
        if event in _UNPAID and self._page_stays_open:
            facts["next_ask_at"] = now + LOOK_BACK_EVERY
        return facts

    def _conflict(self, payment: Payment, conflict: Conflict) -> Payment:
        twice = conflict.kind in (ErrorKind.TWO_APPROVALS, ErrorKind.CONTRADICTION)
        detail = f"{conflict.kind.value} {conflict.detail}".strip()
        return self._flag(payment, Review.CONTRADICTION if twice else Review.NOT_OURS, detail)

    def _inferred_end(self, payment: Payment, event: Event, error: str) -> Payment:
        """Ended by a rule, not by the gateway's word: it is looked at again for a while."""
        look_back = self._clock() + LOOK_BACK_EVERY
        return self._tell(payment, event, lambda _: Facts(error=error, next_ask_at=look_back))[0]

    def _no_verdict(self, payment: Payment, answer: NoVerdict) -> Payment:
        unknown = answer.kind is ErrorKind.UNKNOWN_PAYMENT and payment.state is State.PENDING
        if unknown and self._absence_proves_unpaid(payment):
            return self._inferred_end(payment, Event.ABSENT, answer.kind.value)
        log.warning("%s: no verdict (%s)", payment.reference, answer.kind)
        later = self._clock() + heeded(answer.retry_after)
        if (
            not answer.retry_after
            or not payment.live
            or (payment.next_ask_at and payment.next_ask_at >= later)
        ):
            return payment
        return self._not_before(payment, later)

    def post(self, payment: Payment) -> Payment:
        """Put an approved payment to the core; anything else, or one that staff must see, stays.

        APPROVED afterwards: the core could not be reached, `next_ask_at` says when to try again.
        """
        if not may_post(payment) or not self.core_line.open:
            return payment
        now = self._clock()
        try:
            payment = self._journal.note_ask(payment, now=now, next_ask_at=now + self._lease)
        except Stale:  # someone else is at it
            return self._again(payment)
        return self._put(payment)

    @property
    def _lease(self) -> timedelta:
        return max(timedelta(seconds=self._timings.post_every), POSTING_LEASE)

    def _put(self, payment: Payment) -> Payment:
        if not self.core_line.open:
            return self._not_before(payment, self._clock() + self.core_line.pause)
        wait = timedelta(seconds=self._timings.post_every)
        try:
            posting = self._posting(payment)
        except PostingConflict as error:
            return self._flag(payment, Review.CORE_CONFLICT, str(error))
        except PostingRefused as error:
            payment = self._flag(payment, Review.NOT_APPLIED, str(error))
            wait = _AFTER_REFUSED_POSTING
        except CoreUnreachable as error:
            log.warning("%s: not posted yet (%s)", payment.reference, type(error).__name__)
            wait = max(wait, heeded(error.retry_after) or self.core_line.pause)
        except CoreError as error:
            log.error("%s: not posted (%s)", payment.reference, type(error).__name__)
        else:
            facts = Facts(next_ask_at=self._clock() + _LOOK_AFTER_POSTING)
            if posting.receipt_number is not None:
                facts["core_receipt"] = posting.receipt_number
            if posting.status in (PostingStatus.NEEDS_ATTENTION, PostingStatus.REVERSED):
                facts["review"] = Review.NOT_APPLIED
            return self._tell(payment, Event.APPLIED, lambda _: facts)[0]
        return self._not_before(payment, self._clock() + wait)

    def _posting(self, payment: Payment) -> Posting:
        """Put it, and note whether the core is there."""
        try:
            posting = self._connector.post(payment)
        except CoreUnreachable as error:
            self.core_line.failed(error.retry_after)
            raise
        except (PostingConflict, PostingRefused):
            self.core_line.answered()
            raise
        except CoreError:
            self.core_line.failed()
            raise
        self.core_line.answered()
        return posting

    def _tell(self, payment: Payment, event: Event, news: Callable[[Payment], Facts]) -> tuple[Payment, bool]:
        """Record, reading again as often as someone else was faster; whether it moved by this."""
        while True:
            try:
                told = self._journal.record(payment, event, now=self._clock(), **news(payment))
            except Stale:
                payment = self._again(payment)
            else:
                return told, told.state is not payment.state

    def _flag(self, payment: Payment, review: Review, detail: str) -> Payment:
        log.error("%s: staff must look: %s", payment.reference, review)
        while True:
            try:
                return self._journal.flag(payment, review, now=self._clock(), detail=detail[:200])
            except Stale:
                payment = self._again(payment)

    def _not_before(self, payment: Payment, later: datetime) -> Payment:
        try:
            return self._journal.note_ask(payment, now=self._clock(), next_ask_at=later)
        except Stale:
            return self._again(payment)

    def _again(self, payment: Payment) -> Payment:
        return self._journal.get(payment.payment_id)


def _closed(before: Answer, after: Answer) -> Answer:
    """The answer after a cancellation, with the reason that the ended attempt gave."""
    if not isinstance(after, Verdict) or not isinstance(before, Verdict):
        return before if isinstance(after, NoVerdict) else after
    if after.event() not in (Event.SEEN_NOT_AUTHORISED, Event.SEEN_FAILED):
        return after
    return replace(
        after,
        status=Status.REJECTED if after.status is Status.CANCELLED else after.status,
        cus=after.cus or before.cus,
        bank=after.bank or before.bank,
        cause=before.cause or after.cause,
        technical=before.technical,
    )
