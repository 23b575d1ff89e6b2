"""What can keep a payment from being asked for."""

from __future__ import annotations

from collections.abc import Sequence

from kiosk.cooperative.money import Money
from kiosk.cooperative.obligation import Obligation


class NoBankList(Exception):
    """The list cannot be had, or has no bank in it."""


class GatewayAway(Exception):
    """The gateway did not say what is needed before a payment can be asked for."""


class TooManyTries(Exception):
    """Wrong keys were typed too often here; `seconds` until the next one counts."""

    def __init__(self, seconds: float) -> None:
        super().__init__("too many wrong keys")
        self.seconds = seconds


class DebtChanged(Exception):
    """What is owed is no longer what the member chose to pay; `obligations` are the figures of now."""

    def __init__(self, obligations: Sequence[Obligation]) -> None:
        super().__init__("the debt has changed")
        self.obligations = obligations


class BelowMinimum(Exception):
    """Less than the channel takes; `limit` is the least."""

    def __init__(self, limit: Money) -> None:
        super().__init__(f"below {limit.wire()}")
        self.limit = limit


class AboveMaximum(Exception):
    """More than one debit may be; `limit` is the most."""

    def __init__(self, limit: Money) -> None:
        super().__init__(f"above {limit.wire()}")
        self.limit = limit


class ClockOff(Exception):
    """This terminal's clock is known to be minutes off: what it would sign, date and end is wrong.

    `minutes`: how far it is ahead of the gateway's; negative where it is behind.
    """

    def __init__(self, minutes: float) -> None:
        super().__init__(f"this clock is {minutes:+.0f} minutes off the gateway's")
        self.minutes = minutes
