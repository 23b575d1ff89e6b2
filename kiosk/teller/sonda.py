"""The sonda: asks about every payment without an end, in the background, until there is one.

It decides nothing itself: it calls the checkout and says when to ask again. Its next times are in
the journal, so a power cut changes nothing, and so are its claims: of several sondas on one journal
(the kiosk's own lane, `kiosk sonda`) one asks, and the others pass over that payment meanwhile.

When it asks (`knowledge/pse_rules.md` A-8, `gateways.md` 1.11, 3.9 and B.4): first 7 minutes after
creation, the scheme's and every gateway's rule; then every 10 to 15 minutes (PlacetoPay: 12); hourly
after a day; after two days a payment that nobody can look up goes to staff, never to "rejected". What
ended unpaid and had a page is looked at hourly for two days more, after everything else.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta

from kiosk.cooperative.payment import (
    CREDITED,
    FINAL,
    LIVE,
    LOOK_BACK_EVERY,
    LOOK_BACK_FOR,
    Payment,
    Review,
    State,
)
from kiosk.journal.errors import JournalUnusable, Stale
from kiosk.journal.journal import Journal
from kiosk.teller.checkout import Checkout
from kiosk.teller.leftovers import QUESTION_LEASE, Leftovers, pause
from kiosk.teller.notices import Notices
from kiosk.teller.posting import may_post
from kiosk.teller.terminal import Timings

log = logging.getLogger(__name__)

_TO_ASK = LIVE - {State.APPROVED}
AT_ONCE = 6
"""Questions, as the program asks them: an outage leaves hundreds behind, and a gateway must feel no flood."""
_LOST_AFTER = _STAFFS_AFTER = timedelta(hours=48)
# Terminals that lost power together must not ask together; 12 minutes stay within 10 to 15.
_SPREAD = 0.15
_TIDY_EVERY = timedelta(minutes=10)
_FOREVER, _ALL = timedelta(days=36500), 10_000

Tell = Callable[[Payment], object]


class Sonda:
    """Rounds over what is due. Blocking; two may run at once. Raises JournalUnusable only.

    `clock` tells aware instants and may be set while it runs; `chance` gives a number from 0 to 1 that
    spreads the questions; `at_once` is how many are asked side by side, each about another payment.
    """

    def __init__(
        self,
        checkout: Checkout,
        journal: Journal,
        clock: Callable[[], datetime],
        timings: Timings | None = None,
        chance: Callable[[], float] = random.random,
        notices: Notices | None = None,
        at_once: int = 1,
    ) -> None:
        self._checkout = checkout
        self._journal = journal
        self._clock = clock
        self._timings = timings or Timings()
        self._chance = chance
        self._notices = notices
        self._at_once = at_once
        self._leftovers = Leftovers(checkout, journal, self._timings)
        self._last_round: datetime | None = None
        self._tidied: datetime | None = None

    def round(
        self,
        limit: int = 50,
        *,
        stop: Callable[[], bool] = lambda: False,
        changed: Tell = lambda _: None,
    ) -> list[Payment]:
        """Ask about, or post, what is due, once each; those it got through, as they are now.

        `stop` is looked at between two payments; `changed` is told of each that has another state or flag.
        A slow gateway keeps no approved money waiting: what can be posted goes between two questions.
        """
        self._now_and_then(changed)
        done = self._post_due(limit, stop, changed)
        for states in (_TO_ASK, FINAL):  # what ended already comes last
            due = self._journal.due(self._clock(), limit, states, passing_over=self._checkout.accounts_away())
            for some in _batches(due, self._at_once):
                if stop():
                    return done
                asked = [payment for payment in some if self._may_ask(payment)]
                done += self._each(asked, self._ask_gateway, changed, at_once=self._at_once)
                done += self._post_due(limit, stop, changed)
        return done

    def _may_ask(self, payment: Payment) -> bool:
        return self._checkout.line_of(payment).open or not self._checkout.can_look_up(payment)

    def ask_now(self, payments: Iterable[Payment]) -> list[Payment]:
        """Ask about these, due or not, or post them; those that were asked about, as they are now.

        One that another sonda is at, and one that can not be asked, is not among them.
        """
        able = [
            payment for payment in payments if payment.state in LIVE or self._checkout.can_look_up(payment)
        ]
        return self._each(able, self._ask_or_post, at_once=self._at_once)

    def _ask_or_post(self, payment: Payment) -> Payment:
        return self._checkout.post(payment) if payment.state is State.APPROVED else self._ask_gateway(payment)

    def recover(self, now: datetime) -> list[Payment]:
        """After the kiosk's own start: nobody is in front of its screen, nobody is at its gateway.

        Never sent fails; sent without an answer, or at the bank for too long, is pending. What another
        sonda has claimed stays its own. Call it before anyone can pay at this terminal.
        """
        live = [payment for payment in self._journal.unresolved() if payment.live]
        return self._each(live, lambda payment: self._leftovers.after_start(payment, now))

    def _each(
        self,
        payments: Iterable[Payment],
        work: Callable[[Payment], Payment],
        changed: Tell = lambda _: None,
        *,
        at_once: int = 1,
    ) -> list[Payment]:
        """Each payment through `work`, several at once where asked for; changes are told in order."""
        before = list(payments)
        if at_once == 1 or len(before) < 2:
            after = [self._guarded(payment, work) for payment in before]
        else:
            with ThreadPoolExecutor(at_once, "sonda") as pool:
                after = list(pool.map(lambda payment: self._guarded(payment, work), before))
        done = []
        for was, now in zip(before, after, strict=True):
            if now is not None:
                done.append(now)
                if (now.state, now.review) != (was.state, was.review):
                    changed(now)
        return done

    def _guarded(self, payment: Payment, work: Callable[[Payment], Payment]) -> Payment | None:
        """None where another sonda is at it, or a fault of this one payment kept it: staff hear of that."""
        try:
            return work(payment)
        except JournalUnusable:
            raise
        except Stale:
            return None
        except Exception as error:  # noqa: BLE001 - one fault must not keep the others waiting
            # The error's own text might name a member.
            log.error("%s: %s in the sonda", payment.reference, type(error).__name__)
            self._put_off(payment, type(error).__name__)
            return None

    def _now_and_then(self, changed: Tell) -> None:
        now, last, tidied = self._clock(), self._last_round, self._tidied
        self._last_round = now
        set_back = last is not None and now < last
        if tidied is not None and tidied <= now < tidied + _TIDY_EVERY and not set_back:
            return
        live = [payment for payment in self._journal.unresolved() if payment.live]
        self._each(live, lambda one: self._leftovers.tidied(one, now, set_back=set_back), changed)
        ended = self._journal.due(now + _FOREVER, _ALL, FINAL)
        self._each(ended, lambda one: self._leftovers.looked_at_in_time(one, now), changed)
        if self._notices is not None:
            self._notices.tell()
        self._tidied = now

    def _post_due(self, limit: int, stop: Callable[[], bool], changed: Tell) -> list[Payment]:
        done: list[Payment] = []
        for payment in self._journal.due(self._clock(), limit, (State.APPROVED,)):
            if stop():
                break
            if not may_post(payment):  # staff's: it must not fill each round
                done += self._each([payment], lambda staffs: self._write_next_question(staffs, None), changed)
            elif self._checkout.core_line.open:
                done += self._each([payment], self._checkout.post, changed)
        return done

    def _ask_gateway(self, payment: Payment) -> Payment:
        lease, had_ended = self._clock() + QUESTION_LEASE, not payment.live
        payment = self._journal.claim(payment, until=lease)
        if payment.state is State.REQUESTED:
            payment = self._checkout.left(payment)
        payment = self._checkout.ask(payment)
        if payment.state is State.AT_BANK and self._checkout.session_over(payment):
            payment = self._checkout.left(payment)
        if may_post(payment):
            return payment  # the checkout said when to post again
        if not payment.live:
            return self._look_back(payment) if had_ended else payment
        if payment.state is State.APPROVED:
            return self._write_next_question(payment, None)  # staff's
        if self._checkout.elsewhere(payment) and payment.review is None:
            payment = self._journal.flag(payment, Review.OTHER_ACCOUNT, now=self._clock())
        if self._lost(payment):
            payment = self._journal.flag(payment, Review.LOST_CREATION, now=self._clock())
            if not self._checkout.can_look_up(payment):
                return self._write_next_question(payment, None)
        if payment.review is None and self._clock() - payment.created_at >= _STAFFS_AFTER:
            payment = self._journal.flag(payment, Review.STILL_PENDING, now=self._clock())
        asked_for = payment.next_ask_at if payment.next_ask_at != lease else None
        return self._write_next_question(payment, self._next_question_at(payment, asked_for))

    def _look_back(self, payment: Payment) -> Payment:
        now = self._clock()
        ended = payment.changed_at or payment.created_at
        looked = payment.state in CREDITED and not self._checkout.line_of(payment).failing
        # Settings that name another account for a while must not end it: the account may come back.
        mute = not (self._checkout.can_look_up(payment) or self._checkout.elsewhere(payment))
        over = self._looked_long_enough(payment, now, ended) or mute
        return self._write_next_question(payment, None if looked or over else now + LOOK_BACK_EVERY)

    def _looked_long_enough(self, payment: Payment, now: datetime, ended: datetime) -> bool:
        """Not by one look under a clock set forward: by two, an hour apart whatever the clock says."""
        return now - ended >= LOOK_BACK_FOR and self._checkout.known_for(payment) >= LOOK_BACK_EVERY * 0.9

    def _lost(self, payment: Payment) -> bool:
        nothing_known = payment.gateway_id is None or not self._checkout.can_look_up(payment)
        old = self._clock() - payment.created_at >= _LOST_AFTER
        return nothing_known and old and not self._checkout.elsewhere(payment)

    def _next_question_at(self, payment: Payment, asked_for: datetime | None = None) -> datetime:
        """`asked_for`: until when the gateway itself told us to wait.

        A question without an answer has not used up its turn: again when the gateway may be back.
        """
        now, line = self._clock(), self._checkout.line_of(payment)
        wait = pause(payment, now, self._timings)
        if line.failing and self._checkout.can_look_up(payment):
            wait = min(wait, line.pause)
        return max(now + wait * (1 + _SPREAD * (2 * self._chance() - 1)), asked_for or now)

    def _write_next_question(self, payment: Payment, next_ask_at: datetime | None) -> Payment:
        try:
            return self._journal.note_ask(payment, now=self._clock(), next_ask_at=next_ask_at)
        except Stale:
            return self._journal.get(payment.payment_id)

    def _put_off(self, payment: Payment, fault: str) -> None:
        payment = self._journal.get(payment.payment_id)
        if payment.live and payment.review is None:  # a defect does not pass by waiting
            with suppress(Stale):
                detail = f"{fault} in the sonda"
                payment = self._journal.flag(payment, Review.UNEXPECTED, now=self._clock(), detail=detail)
        if payment.live:
            self._write_next_question(payment, self._next_question_at(payment))
        elif payment.next_ask_at is not None:  # looked back at: for as long as any other, no longer
            now, ended = self._clock(), payment.changed_at or payment.created_at
            over = self._looked_long_enough(payment, now, ended)
            self._write_next_question(payment, None if over else now + LOOK_BACK_EVERY)


def _batches(due: list[Payment], size: int) -> Iterable[list[Payment]]:
    return (due[start : start + size] for start in range(0, len(due), size))
