"""How the teller writes to the journal: again and again where somebody else was faster, never over them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime

from kiosk.cooperative.payment import Event, Payment, Review
from kiosk.journal.errors import Stale
from kiosk.journal.journal import Facts, Journal

log = logging.getLogger(__name__)


class Pen:
    """Thread-safe. Raises what the journal raises, Stale excepted."""

    def __init__(self, journal: Journal, clock: Callable[[], datetime]) -> None:
        self._journal, self._clock = journal, clock

    def tell(self, payment: Payment, event: Event, news: Callable[[Payment], Facts]) -> tuple[Payment, bool]:
        """Record an event with its news of the payment as it stands; whether it moved by this."""
        while True:
            try:
                told = self._journal.record(payment, event, now=self._clock(), **news(payment))
            except Stale:
                payment = self.again(payment)
            else:
                return told, told.state is not payment.state

    def flag(
        self, payment: Payment, review: Review, detail: str = "", seen: Mapping[str, str] | None = None
    ) -> Payment:
        """Ask staff to look; `seen` is what the other side said, for them."""
        log.error("%s: staff must look: %s %s", payment.reference, review, detail[:80])
        while True:
            try:
                return self._journal.flag(
                    payment, review, now=self._clock(), detail=detail[:200], seen=seen or {}
                )
            except Stale:
                payment = self.again(payment)

    def not_before(self, payment: Payment, later: datetime) -> Payment:
        """Count a question; the next one is due then."""
        try:
            return self._journal.note_ask(payment, now=self._clock(), next_ask_at=later)
        except Stale:
            return self.again(payment)

    def again(self, payment: Payment) -> Payment:
        """The payment as the journal has it now."""
        return self._journal.get(payment.payment_id)
