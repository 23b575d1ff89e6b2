"""What the gateway says of a payment, and what follows from it.

Only its own answer to our own question decides. What does not fit goes to staff with all that was seen.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from kiosk.cooperative.payment import CREDITED, FINAL, LOOK_BACK_EVERY, Event, Payment, Review, State
from kiosk.journal.errors import Stale
from kiosk.journal.journal import Facts, Journal
from kiosk.member_core.connector import Connector
from kiosk.pse.gateway import (
    Answer,
    Approval,
    Conflict,
    ErrorKind,
    Gateway,
    NoVerdict,
    Status,
    Verdict,
    gateway_of,
)
from kiosk.teller.line import Line, heeded
from kiosk.teller.pen import Pen
from kiosk.teller.posting import Poster, may_post
from kiosk.teller.terminal import Timings
from kiosk.teller.verdicts import (
    Likeness,
    closed,
    date_is_off,
    debits_of,
    expected_of,
    likest,
    news_of,
    second_debits,
    seen_facts,
    told_of,
    went_back,
)

log = logging.getLogger(__name__)

_AWAY = frozenset(
    {
        ErrorKind.NOT_SENT, ErrorKind.NO_ANSWER, ErrorKind.SERVER, ErrorKind.GARBAGE, ErrorKind.CLOCK,
        ErrorKind.AUTHENTICATION,
    }
)  # fmt: skip
"""What says something of the gateway as a whole; any other answer is about the one payment."""
_UNPAID = frozenset({Event.SEEN_NOT_AUTHORISED, Event.SEEN_FAILED})
_ABSENCE_COUNTS_AFTER = timedelta(minutes=2)
"""A creation still on its way is absent too: longer than any of its time-outs."""
LAPSES_AFTER = timedelta(minutes=10)
"""Beyond the end of a page that nobody can hold the address of: clocks differ, and a gateway may be slow."""
_CUS_WITHOUT_END_IS_A_CASE_AFTER = timedelta(hours=1)


class Inquiry:
    """Asks the accounts that payments belong to. Blocking; usable from any thread.

    The last of `gateways` is the one that payments are begun at; the others are former accounts, only
    asked, each about its own payments. Raises what the journal raises.
    """

    def __init__(
        self,
        journal: Journal,
        gateways: Iterable[Gateway],
        connector: Connector,
        clock: Callable[[], datetime],
        timings: Timings,
        steady: Callable[[], float],
    ) -> None:
        self._journal, self._clock, self._timings, self._steady = journal, clock, timings, steady
        self._gateways = list(gateways)
        self._lines = {each.account: self._new_line(each.name) for each in self._gateways}
        self._pen = Pen(journal, clock)
        self.poster = Poster(journal, connector, clock, timings, self._asked_again)
        self._known_since: dict[str, float] = {}

    def _new_line(self, name: str) -> Line:
        return Line(f"gateway {name}", self._timings.every / 12, self._timings.every / 2, self._clock)

    def begun(self, payment: Payment) -> None:
        """From now on this process knows it."""
        self._known_since[payment.payment_id] = self._steady()

    @property
    def gateway_line(self) -> Line:
        """Whether the gateway that payments are begun at is there."""
        return self._lines[self._gateways[-1].account]

    def line_of(self, payment: Payment) -> Line:
        """The same of the account this payment belongs to."""
        gateway = self.gateway_of(payment)
        return self._lines[gateway.account] if gateway else self.gateway_line

    def accounts_away(self) -> frozenset[str]:
        """Accounts that nobody asks now: their gateway is away."""
        return frozenset(account for account, line in self._lines.items() if not line.open)

    def can_look_up(self, payment: Payment) -> bool:
        """Whether its gateway can be asked about it at all."""
        gateway = self.gateway_of(payment)
        return gateway is not None and (
            payment.gateway_id is not None or gateway.abilities.finds_by_reference
        )

    def gateway_of(self, payment: Payment) -> Gateway | None:
        """The account it belongs to; None where the settings do not name it."""
        return gateway_of(payment, self._gateways)

    def ask(self, payment: Payment) -> Payment:
        """Ask the gateway and write what it said; go on to the core when the money has moved.

        An approved payment is posted, when due. Of a final payment the answer can only raise a flag.
        Nothing is written where nothing was learnt.
        """
        self._known_since.setdefault(payment.payment_id, self._steady())
        asked = self._ask_gateway(payment)
        if not asked.live and asked.next_ask_at is None:
            self._known_since.pop(payment.payment_id, None)  # another thread may have been here
        return asked

    def known_for(self, payment: Payment) -> timedelta:
        """How long this process has asked about it, by a count that nobody sets."""
        return timedelta(seconds=self._steady() - self._known_since.get(payment.payment_id, self._steady()))

    def _ask_gateway(self, payment: Payment) -> Payment:
        if payment.state is State.APPROVED:
            # Not due: the core asked for a pause, or someone is posting it right now.
            waits = payment.next_ask_at is not None and payment.next_ask_at > self._clock()
            return payment if waits else self.poster.post(payment)
        gateway = self.gateway_of(payment)
        if payment.state is State.PREPARED or gateway is None:
            return payment
        if not self.can_look_up(payment):
            if not self._has_lapsed(payment, gateway):
                return payment
            left = self._debits_without_end(payment, frozenset())
            return self._cus_without_end(payment, "lapsed", left) if left else self._lapse(payment, gateway)
        if self.line_of(payment).asked_to_wait:
            return payment
        return self._believed(payment, gateway, self._answer(payment, gateway))

    def _asked_again(self, payment: Payment) -> Payment:
        """An approval that this process did not hear: posted only when the gateway says it once more."""
        gateway, line = self.gateway_of(payment), self.line_of(payment)
        wait = timedelta(seconds=self._timings.every)
        if gateway is None:
            payment = self._pen.flag(payment, Review.OTHER_ACCOUNT, payment.account or payment.gateway)
            wait = timedelta(hours=1)
        elif self.can_look_up(payment) and line.open and not line.asked_to_wait:
            answer = self._answer(payment, gateway)
            payment = self._believed(payment, gateway, answer, confirming=True)
            wait = line.pause if line.failing else wait
        else:
            wait = max(line.pause, timedelta(seconds=self._timings.post_every))
        if self.poster.has_heard(payment) or not may_post(payment):
            return payment
        return self._pen.not_before(payment, self._clock() + wait)

    def _answer(self, payment: Payment, gateway: Gateway) -> Answer:
        expected = expected_of(payment)
        if payment.gateway_id is None:
            return gateway.find(expected)
        answer = gateway.query(payment.gateway_id, expected)
        over = isinstance(answer, Verdict) and answer.attempt_over and not answer.status.final
        unpaid = payment.live and payment.state not in CREDITED
        if not (over and unpaid and gateway.abilities.cancels):
            return answer
        gateway.cancel(payment.gateway_id)
        return closed(answer, gateway.query(payment.gateway_id, expected))

    def _believed(
        self, payment: Payment, gateway: Gateway, answer: Answer, *, confirming: bool = False
    ) -> Payment:
        note_on(self._lines[gateway.account], answer)
        if isinstance(answer, Conflict):
            twice = answer.kind in (ErrorKind.TWO_APPROVALS, ErrorKind.CONTRADICTION)
            review = Review.CONTRADICTION if twice else Review.NOT_OURS
            detail = f"{answer.kind.value} {answer.detail}".strip()
            return self._pen.flag(payment, review, detail, seen_facts(answer))
        if isinstance(answer, NoVerdict):
            return self._no_verdict(payment, gateway, answer)
        return self._verdict(payment, gateway, answer, confirming=confirming)

    def _verdict(self, payment: Payment, gateway: Gateway, verdict: Verdict, *, confirming: bool) -> Payment:
        if verdict.status is Status.CREATED and self._abandoned(payment, gateway):
            if left := self._debits_without_end(payment, verdict.ended_cus or frozenset()):
                return self._cus_without_end(payment, "abandoned", left)
            return self._inferred_end(payment, Event.SEEN_FAILED, "abandoned")
        event = verdict.event()
        if event is None:
            review = Review.REVERSED if verdict.status is Status.REVERSED else Review.NOT_OURS
            return self._pen.flag(payment, review, verdict.status.value, seen_facts(verdict))
        if event is Event.SEEN_OK:
            return self._approved(payment, verdict, confirming=confirming)
        if event in _UNPAID and payment.state not in CREDITED:
            return self._unpaid(payment, gateway, verdict, event)
        return self._pen.tell(payment, event, lambda known: news_of(known, verdict, event, self._clock()))[0]

    def _approved(self, payment: Payment, answer: Verdict, *, confirming: bool) -> Payment:
        listed = debits_of(payment, answer)
        if self._has_debit(payment):
            if went_back(payment, answer.taken_back, listed):
                payment = self._journal_seconds(payment, listed, listed[0])
                return self._pen.flag(payment, Review.REVERSED, "another debit stands", seen_facts(listed[0]))
            counts, like = likest(payment, listed)
        else:
            counts, like = listed[0], Likeness.SAME_BOTH
        if payment.state in FINAL - CREDITED and like > Likeness.NOTHING_AGAINST and self._has_debit(payment):
            payment = self._journal_seconds(payment, listed, counts)
            if payment.review is None:  # staff gave their verdict on this very debit
                return payment
        if confirming and like is Likeness.NOTHING_AGAINST and payment.cus is not None:
            log.warning("%s: approved, but not said with which CUS", payment.reference)
            return self._journal_seconds(payment, listed, counts)
        verdict, now = told_of(answer, counts), self._clock()
        if verdict.approved_amount not in (None, payment.total):
            mismatch = ErrorKind.AMOUNT_MISMATCH.value
            return self._pen.flag(payment, Review.NOT_OURS, mismatch, seen_facts(verdict))
        skew = gateway.skew if (gateway := self.gateway_of(payment)) else None
        if date_is_off(payment, verdict.decided_at, now, now + (skew or timedelta())):
            return self._pen.flag(payment, Review.NOT_OURS, "dated before it was begun", seen_facts(verdict))
        if like is Likeness.ANOTHER:
            return self._other_debits(payment, listed, confirming=confirming)
        return self._credited(payment, verdict, counts, listed, confirming=confirming)

    def _has_debit(self, payment: Payment) -> bool:
        """Whether an approval was heard, so that the journal knows its debit, whatever came then."""
        return payment.state in CREDITED or (
            payment.state in FINAL and self._journal.was_approved(payment.payment_id)
        )

    def _credited(
        self,
        payment: Payment,
        verdict: Verdict,
        counts: Approval,
        listed: tuple[Approval, ...],
        *,
        confirming: bool,
    ) -> Payment:
        checked = payment if confirming else self.poster.checked(payment)
        if checked is not payment:
            return checked
        now = self._clock()

        def news(known: Payment) -> Facts:
            facts = news_of(known, verdict, Event.SEEN_OK, now, counts.attempt)
            if facts:
                facts["next_ask_at"] = now + self.poster.lease
            return facts

        payment, moved = self._pen.tell(payment, Event.SEEN_OK, news)
        if not moved:  # somebody may have heard another one first
            found, like = likest(payment, listed)
            payment = self._journal_seconds(payment, listed, None if like is Likeness.ANOTHER else found)
        else:
            payment = self._journal_seconds(payment, listed, counts)
        if moved or confirming:
            self.poster.heard(payment)
        # Only whoever wrote or confirmed the approval posts; another would put the same thing twice.
        return self.poster.put(payment) if (moved or confirming) and may_post(payment) else payment

    def _other_debits(self, payment: Payment, listed: tuple[Approval, ...], *, confirming: bool) -> Payment:
        """The gateway says approved, and the debit that the journal has is not among those it lists."""
        if not confirming:
            return self._journal_seconds(payment, listed, None)
        # Which of the two is true nobody here can say; one of those listed may be what the journal has.
        payment = self._journal_seconds(payment, listed, listed[0])
        return self._pen.flag(payment, Review.CONTRADICTION, "another CUS", seen_facts(listed[0]))

    def _journal_seconds(
        self, payment: Payment, listed: tuple[Approval, ...], counts: Approval | None
    ) -> Payment:
        now = self._clock()
        for debit in second_debits(payment, listed, counts, now):
            while True:
                try:
                    payment = self._journal.note_second_debit(payment, debit, now=now)
                    break
                except Stale:
                    payment = self._pen.again(payment)
        return payment

    def _unpaid(self, payment: Payment, gateway: Gateway, verdict: Verdict, event: Event) -> Payment:
        if payment.state in FINAL:
            return payment  # looked at again, and still unpaid, whatever the word for it
        ended = verdict.ended_cus
        if ended is not None and (left := self._debits_without_end(payment, ended)):
            return self._cus_without_end(payment, verdict.status.value, left)
        now = self._clock()
        known = payment.redirect_url is not None or payment.gateway_id is not None or verdict.gateway_id
        may_turn = known or not gateway.abilities.address_only_ours  # somebody may hold its page's address

        def news(known: Payment) -> Facts:
            facts = news_of(known, verdict, event, now)
            if facts and may_turn:
                facts["next_ask_at"] = now + LOOK_BACK_EVERY
            return facts

        return self._pen.tell(payment, event, news)[0]

    def _debits_without_end(self, payment: Payment, ended: frozenset[str]) -> frozenset[str]:
        """CUS of debits that were under way, ever heard, of which the gateway does not say the end."""
        if payment.state in FINAL:
            return frozenset()
        return self._journal.cus_seen(payment.payment_id) - ended

    def _cus_without_end(self, payment: Payment, said: str, left: frozenset[str]) -> Payment:
        """What was heard of a debit outlives any end that does not speak of it: it stays open."""
        log.warning("%s: ended without a word on its CUS (%s)", payment.reference, said)
        if self._clock() - payment.created_at < _CUS_WITHOUT_END_IS_A_CASE_AFTER:
            return payment
        return self._pen.flag(payment, Review.STILL_PENDING, f"{said} without its CUS",
                              {"seen_cus": ", ".join(sorted(left))})  # fmt: skip

    # -- without an answer ------------------------------------------------------------------------

    def _no_verdict(self, payment: Payment, gateway: Gateway, answer: NoVerdict) -> Payment:
        if answer.kind is ErrorKind.UNKNOWN_PAYMENT and payment.state is State.PENDING:
            ends, lapses = self._absence_proves_unpaid(payment, gateway), self._has_lapsed(payment, gateway)
            if (ends or lapses) and (left := self._debits_without_end(payment, frozenset())):
                return self._cus_without_end(payment, answer.kind.value, left)
            if ends:
                return self._inferred_end(payment, Event.ABSENT, answer.kind.value)
            if lapses:
                return self._lapse(payment, gateway)
        log.warning("%s: no verdict (%s)", payment.reference, answer.kind)
        later = self._clock() + heeded(answer.retry_after)
        if (
            not answer.retry_after
            or not payment.live
            or (payment.next_ask_at and payment.next_ask_at >= later)
        ):
            return payment
        return self._pen.not_before(payment, later)

    def _inferred_end(self, payment: Payment, event: Event, error: str) -> Payment:
        """Ended by a rule, not by the gateway's word: it is looked at again for a while."""
        look_back = self._clock() + LOOK_BACK_EVERY if self.can_look_up(payment) else None
        return self._pen.tell(payment, event, lambda _: Facts(error=error, next_ask_at=look_back))[0]

    def _lapse(self, payment: Payment, gateway: Gateway) -> Payment:
        log.warning("%s: lapsed, its address never reached anybody (%s)", payment.reference, gateway.name)
        return self._inferred_end(payment, Event.LAPSED, "lapsed")

    def _has_lapsed(self, payment: Payment, gateway: Gateway) -> bool:
        """Whether its creation had no answer, and nobody can pay the page that may exist any more."""
        nobody_has_it = payment.gateway_id is None and gateway.abilities.address_only_ours
        if payment.state is not State.PENDING or not nobody_has_it or payment.expires_at is None:
            return False
        return self._is_old(payment, payment.expires_at - payment.created_at + LAPSES_AFTER)

    def _abandoned(self, payment: Payment, gateway: Gateway) -> bool:
        after = gateway.abilities.abandoned_after
        return after is not None and self._is_old(payment, after)

    def _absence_proves_unpaid(self, payment: Payment, gateway: Gateway) -> bool:
        if not gateway.abilities.absence_proves_unpaid:
            return False
        if payment.gateway_id is not None:  # the page exists, so a payer may still begin
            return self._abandoned(payment, gateway)
        return self._is_old(payment, _ABSENCE_COUNTS_AFTER)

    def _is_old(self, payment: Payment, least: timedelta) -> bool:
        """By the clock, and by as long as this process has known it: a clock set forward ends nothing."""
        return self._clock() - payment.created_at >= least and self.known_for(payment) >= least


def note_on(line: Line, answer: Answer) -> None:
    """Refused credentials stop all questions until staff mend them, instead of hammering."""
    if isinstance(answer, NoVerdict) and (answer.retry_after or answer.kind in _AWAY):
        line.failed(answer.retry_after, for_long=answer.kind is ErrorKind.AUTHENTICATION)
    else:
        line.answered()
