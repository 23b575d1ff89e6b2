"""What a journal can refuse; known to those who must not wait for its database."""

from __future__ import annotations

from kiosk.cooperative.payment import Payment


class JournalUnusable(Exception):
    """The book of record can not be read or written; the text says why. Nobody may pay."""


class Stale(Exception):
    """The payment has moved since it was read: read it again."""


class UnknownPayment(LookupError):
    """The journal has no such payment."""


class ObligationHeld(Exception):
    """An obligation of the order is held by a live payment, given as `payment`."""

    def __init__(self, payment: Payment) -> None:
        super().__init__(f"held by {payment.reference}")
        self.payment = payment
