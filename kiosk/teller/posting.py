"""From approved to posted: the core learns of a payment once, and only of what the gateway vouches for."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from kiosk.cooperative.order import Order
from kiosk.cooperative.payment import Event, Payment, Review, State
from kiosk.cooperative.standing import Standing, standing
from kiosk.journal.errors import Stale
from kiosk.journal.journal import Facts, Journal
from kiosk.member_core.connector import (
    Connector,
    CoreError,
    CoreUnreachable,
    Posting,
    PostingConflict,
    PostingRefused,
    PostingStatus,
)
from kiosk.teller.line import Line, heeded
from kiosk.teller.pen import Pen
from kiosk.teller.terminal import Timings

log = logging.getLogger(__name__)

# Nobody else posts while one of us does. Token and posting, both twice where a token had run out (23 s
# each to connect and answer), behind another thread's token, the same for reading it back, a question to
# the gateway before it (two minutes at most), and the time that names take to resolve.
POSTING_LEASE = timedelta(minutes=6)
_AFTER_REFUSED_POSTING = timedelta(hours=1)
LOOK_AFTER_POSTING = timedelta(days=1)
"""Once: a gateway may take an approval back."""


_Heard = tuple[str, str, Order, str | None]


def _what_is_posted(payment: Payment) -> _Heard:
    return payment.reference, payment.payer.member_id, payment.order, payment.cus


def may_post(payment: Payment) -> bool:
    """Whether the kiosk itself may put it to the core: approved, and what is known contradicts it nowhere."""
    return payment.state is State.APPROVED and standing(payment) is Standing.PAID


class Poster:
    """Puts approved payments to the core. Blocking; usable from any thread.

    An approval that this process did not hear itself may have been written by anybody who can write the
    journal's file: the core is read by the payment's id first, then `confirm` asks the gateway once more.
    Raises what the journal raises; the core does not raise.
    """

    def __init__(
        self,
        journal: Journal,
        connector: Connector,
        clock: Callable[[], datetime],
        timings: Timings,
        confirm: Callable[[Payment], Payment],
    ) -> None:
        self._journal, self._connector, self._clock = journal, connector, clock
        self._timings = timings
        self._confirm = confirm
        self._pen = Pen(journal, clock)
        self.line = Line("core", timings.post_every, timings.post_every * 10, clock)
        self._heard: dict[str, _Heard] = {}

    @property
    def lease(self) -> timedelta:
        """How long a posting is its poster's."""
        return max(timedelta(seconds=self._timings.post_every), POSTING_LEASE)

    def heard(self, payment: Payment) -> None:
        """The gateway itself told this process that it is approved, with this CUS and amount."""
        self._heard[payment.payment_id] = _what_is_posted(payment)

    def has_heard(self, payment: Payment) -> bool:
        """Whether `heard` was told of this very debit, member and sum, and it is not posted yet."""
        return self._heard.get(payment.payment_id) == _what_is_posted(payment)

    def checked(self, payment: Payment) -> Payment:
        """The same payment; flagged, where its row asks for something else than its events tell."""
        if self._journal.is_as_written(payment):
            return payment
        return self._pen.flag(payment, Review.CONTRADICTION, "its row is not what its events tell")

    def post(self, payment: Payment) -> Payment:
        """Put an approved payment to the core; anything else, or one that staff must see, stays.

        APPROVED afterwards: core or gateway could not be reached, `next_ask_at` says when to try again.
        """
        if not may_post(payment) or not self.line.open:
            return payment
        checked = self.checked(payment)  # before the lease: nothing may come between it and the posting
        if checked is not payment:
            return checked
        now = self._clock()
        try:
            payment = self._journal.note_ask(payment, now=now, next_ask_at=now + self.lease)
        except Stale:  # someone else is at it
            return self._pen.again(payment)
        return self.put(payment) if self.has_heard(payment) else self._confirmed(payment)

    def put(self, payment: Payment) -> Payment:
        """The same for whoever holds the lease and heard the approval."""
        return self._carried(payment, self._connector.post)

    def _confirmed(self, payment: Payment) -> Payment:
        """The core may have it already: then it is posted, whatever the gateway says by now."""

        def read_back(known: Payment) -> Posting | None:
            return self._connector.posting(known.payment_id)

        return self._carried(payment, read_back)

    def _carried(self, payment: Payment, ask: Callable[[Payment], Posting | None]) -> Payment:
        if not self.line.open:
            return self._pen.not_before(payment, self._clock() + self.line.pause)
        wait = timedelta(seconds=self._timings.post_every)
        try:
            posting = self._asked(payment, ask)
        except PostingConflict as error:
            return self._pen.flag(payment, Review.CORE_CONFLICT, str(error))
        except PostingRefused as error:
            payment = self._pen.flag(payment, Review.NOT_APPLIED, str(error))
            wait = _AFTER_REFUSED_POSTING
        except CoreUnreachable as error:
            log.warning("%s: not posted yet (%s)", payment.reference, type(error).__name__)
            wait = max(wait, heeded(error.retry_after) or self.line.pause)
        except CoreError as error:
            log.error("%s: not posted (%s)", payment.reference, type(error).__name__)
        else:
            return self._confirm(payment) if posting is None else self._applied(payment, posting)
        return self._pen.not_before(payment, self._clock() + wait)

    def _applied(self, payment: Payment, posting: Posting) -> Payment:
        other_total = posting.total is not None and posting.total != payment.total
        other_cus = posting.cus is not None and payment.cus is not None and posting.cus != payment.cus
        if other_total or other_cus:
            return self._pen.flag(payment, Review.CORE_CONFLICT, "the core holds another amount or CUS")
        facts = Facts(next_ask_at=self._clock() + LOOK_AFTER_POSTING)
        if posting.receipt_number is not None:
            facts["core_receipt"] = posting.receipt_number
        if posting.status in (PostingStatus.NEEDS_ATTENTION, PostingStatus.REVERSED):
            facts["review"] = Review.NOT_APPLIED
        self._heard.pop(payment.payment_id, None)
        return self._pen.tell(payment, Event.APPLIED, lambda _: facts)[0]

    def _asked(self, payment: Payment, ask: Callable[[Payment], Posting | None]) -> Posting | None:
        """Ask, and note whether the core is there."""
        try:
            posting = ask(payment)
        except CoreUnreachable as error:
            self.line.failed(error.retry_after)
            raise
        except (PostingConflict, PostingRefused):
            self.line.answered()
            raise
        except CoreError:
            self.line.failed()
            raise
        self.line.answered()
        return posting
