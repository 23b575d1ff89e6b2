"""What a member reads above the menu of payments that ended otherwise than they last heard."""

from __future__ import annotations

from collections.abc import Sequence

from kiosk.cooperative.payment import Payment
from kiosk.cooperative.standing import uneasy

_AT_ONCE = 2
"""As many sentences as a member reads above the menu; what does not fit is told next time."""


def told_now(fresh: Sequence[Payment]) -> list[Payment]:
    """Of what is new, what is told now: the uneasy ones first."""
    return sorted(fresh, key=lambda payment: not uneasy(payment))[:_AT_ONCE]


def shown(told: Sequence[Payment], earlier: Sequence[Payment]) -> list[Payment]:
    """What stands above the menu: what is told now, then what was told before in this visit."""
    known = {payment.payment_id for payment in told}
    return [*told, *(payment for payment in earlier if payment.payment_id not in known)][:_AT_ONCE]
