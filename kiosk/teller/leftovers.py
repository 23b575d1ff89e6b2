"""What crashes and wrong clocks leave in the journal, and how it is put right."""

from __future__ import annotations

from datetime import datetime, timedelta

from kiosk.cooperative.payment import LOOK_BACK_EVERY, Payment, Review, State
from kiosk.journal.journal import Journal
from kiosk.teller.checkout import Checkout
from kiosk.teller.line import LONGEST_ASKED
from kiosk.teller.posting import LOOK_AFTER_POSTING, POSTING_LEASE, may_post
from kiosk.teller.terminal import Timings

QUESTION_LEASE = timedelta(minutes=5)
"""How long a question is its asker's. Longer than the longest: a query, a cancellation and a second
query, each query twice where our clock was wrong (8 s to connect, 15 s to answer: two minutes at
most), and the time that names take to resolve. Shorter than a sonda's pause: a crash costs nothing."""

NOT_POSTED_AFTER = timedelta(hours=1)
_HOURLY_AFTER = timedelta(hours=24)
_HOUR = timedelta(hours=1)
_NEVER_SENT_AFTER = timedelta(minutes=2)


def pause(payment: Payment, now: datetime, timings: Timings) -> timedelta:
    """Between two questions: 10 to 15 minutes, hourly after a day (`gateways.md` 3.9 and B.4)."""
    every = timedelta(seconds=timings.every)
    return max(_HOUR, every) if now - payment.created_at >= _HOURLY_AFTER else every


class Leftovers:
    """Safe beside whoever still works on the payment: all that is written compares and sets.

    Raises what the journal raises; Stale where somebody else was faster.
    """

    def __init__(self, checkout: Checkout, journal: Journal, timings: Timings) -> None:
        self._checkout, self._journal, self._timings = checkout, journal, timings

    def after_start(self, payment: Payment, now: datetime) -> Payment:
        """When the kiosk starts: nobody is in front of its screen, nobody is at its gateway."""
        too_long = now - payment.created_at >= timedelta(seconds=self._timings.bank_budget)
        gone = payment.state in (State.PREPARED, State.REQUESTED)
        if gone or (payment.state is State.AT_BANK and too_long):
            payment = self._checkout.left(payment)
        return self._in_time(payment, now, set_back=False)

    def tidied(self, payment: Payment, now: datetime, *, set_back: bool) -> Payment:
        """At any time, whoever else may be running. `set_back`: somebody has just set the clock back.

        What was prepared and never sent has failed. If its process only sleeps, then its own next step
        finds another version, and it sends nothing.
        """
        age = now - payment.created_at
        if payment.state is State.PREPARED and not timedelta(0) <= age < _NEVER_SENT_AFTER:
            return self._checkout.left(payment)
        return self._in_time(self._known_to_staff(payment, now), now, set_back=set_back)

    def _known_to_staff(self, payment: Payment, now: datetime) -> Payment:
        """Approved money that is not in the core for an hour is a case, whatever keeps it."""
        since = payment.changed_at or payment.created_at
        waits = payment.state is State.APPROVED and payment.review in (None, Review.STILL_PENDING)
        if not (waits and now - since >= NOT_POSTED_AFTER):
            return payment
        return self._journal.flag(payment, Review.NOT_POSTED, now=now)

    def _in_time(self, payment: Payment, now: datetime, *, set_back: bool) -> Payment:
        """A next time that only a wrong clock can have written becomes a usual one, never within a lease."""
        if not payment.live or payment.next_ask_at is None:
            return payment
        usual = now + self._longest_usual(payment, now)
        latest = usual if set_back else max(usual, now + LONGEST_ASKED)
        return payment if payment.next_ask_at <= latest else self._journal.claim(payment, until=usual)

    def looked_at_in_time(self, payment: Payment, now: datetime) -> Payment:
        """The same for what has ended and is looked back at."""
        latest = now + LOOK_AFTER_POSTING + LOOK_BACK_EVERY
        if payment.next_ask_at is None or payment.next_ask_at <= latest:
            return payment
        return self._journal.claim(payment, until=now + LOOK_BACK_EVERY)

    def _longest_usual(self, payment: Payment, now: datetime) -> timedelta:
        if not may_post(payment):
            return max(pause(payment, now, self._timings), QUESTION_LEASE)
        if payment.review in (Review.NOT_APPLIED, Review.OTHER_ACCOUNT):
            return _HOUR
        return max(POSTING_LEASE, timedelta(seconds=10 * self._timings.post_every))
