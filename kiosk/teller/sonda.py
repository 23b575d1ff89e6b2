"""The sonda: asks about every payment without an end, in the background, until there is one.

It decides nothing itself: it calls the checkout and says when to ask again. Its next times are in
the journal, so a power cut changes nothing.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from kiosk.cooperative.payment import Payment, Review, State
from kiosk.journal.journal import Journal, JournalUnusable, Stale
from kiosk.teller.checkout import Checkout, Timings, may_post

log = logging.getLogger(__name__)

_HOURLY_AFTER = timedelta(hours=24)
_HOUR = timedelta(hours=1)
_LOST_AFTER = timedelta(hours=48)
# Terminals that lost power together must not ask together; 12 minutes stay within 10 to 15.
_SPREAD = 0.15


class Sonda:
    """Rounds over what is due. Blocking; two may run at once. Raises JournalUnusable only.

    `clock` tells aware instants; `chance` a number from 0 to 1 that spreads the questions.
    """

    def __init__(
        self,
        checkout: Checkout,
        journal: Journal,
        clock: Callable[[], datetime],
        timings: Timings | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._checkout = checkout
        self._journal = journal
        self._clock = clock
        self._timings = timings or Timings()
        self._chance = chance

    def round(self, limit: int = 50) -> list[Payment]:
        """Ask about, or post, all due payments once; those it got through, as they are now."""
        return self._each(self._journal.due(self._clock(), limit), self._ask)

    def recover(self, now: datetime) -> list[Payment]:
        """After a start: nobody is in front of the screen, and nobody is at any gateway or core.

        Never sent fails; sent without an answer, or at the bank for too long, is pending; what is
        approved is posted in the next round. Call it before anything else uses the journal.
        """
        live = [payment for payment in self._journal.unresolved() if payment.live]
        return self._each(live, lambda payment: self._pick_up(payment, now))

    def _each(self, payments: Iterable[Payment], work: Callable[[Payment], Payment]) -> list[Payment]:
        done = []
        for payment in payments:
            try:
                done.append(work(payment))
            except JournalUnusable:
                raise
            except Exception as error:  # noqa: BLE001 - one fault must not keep the others waiting
                # The error's own text might name a member.
                log.error("%s: %s in the sonda", payment.reference, type(error).__name__)
                self._put_off(payment)
        return done

    def _ask(self, payment: Payment) -> Payment:
        if payment.state is State.REQUESTED:
            payment = self._checkout.left(payment)
        payment = self._checkout.ask(payment)
        if payment.state is State.AT_BANK and self._checkout.session_over(payment):
            payment = self._checkout.left(payment)
        if not payment.live or may_post(payment):
            return payment  # over, or the checkout said when to post again
        if payment.state is State.APPROVED:
            return self._note(payment, None)  # staff's
        if self._lost(payment):
            payment = self._journal.flag(payment, Review.LOST_CREATION, now=self._clock())
            if not self._checkout.can_look_up(payment):
                return self._note(payment, None)
        return self._note(payment, self._next(payment))

    def _lost(self, payment: Payment) -> bool:
        nothing_known = payment.gateway_id is None or not self._checkout.can_look_up(payment)
        return nothing_known and self._clock() - payment.created_at >= _LOST_AFTER

    def _next(self, payment: Payment) -> datetime:
        now = self._clock()
        rare = now - payment.created_at >= _HOURLY_AFTER
        pause = max(_HOUR, self._every) if rare else self._every
        spread = 1 + _SPREAD * (2 * self._chance() - 1)
        # The checkout may have been asked to wait longer.
        return max(now + pause * spread, payment.next_ask_at or now)

    @property
    def _every(self) -> timedelta:
        return timedelta(seconds=self._timings.every)

    def _pick_up(self, payment: Payment, now: datetime) -> Payment:
        at_bank_too_long = now - payment.created_at >= timedelta(seconds=self._timings.bank_budget)
        if payment.state in (State.PREPARED, State.REQUESTED) or (
            payment.state is State.AT_BANK and at_bank_too_long
        ):
            payment = self._checkout.left(payment)
        if not payment.live or payment.next_ask_at is None:
            return payment
        # The clock may have been wrong when the next time was written.
        if may_post(payment) or payment.next_ask_at - now > 2 * max(_HOUR, self._every):
            return self._note(payment, now)
        return payment

    def _note(self, payment: Payment, next_ask_at: datetime | None) -> Payment:
        try:
            return self._journal.note_ask(payment, now=self._clock(), next_ask_at=next_ask_at)
        except Stale:
            return self._journal.get(payment.payment_id)

    def _put_off(self, payment: Payment) -> None:
        payment = self._journal.get(payment.payment_id)
        if payment.live:
            self._note(payment, self._next(payment))
