"""What a payment is to people, and whether it holds what it collects: two pure functions of state and flag.

Everything that a person sees, hears or takes home asks `standing`; whether a second payment of the same
obligation may begin asks `holds`. No other place reads state and flag for that.
"""

from __future__ import annotations

from enum import StrEnum

from kiosk.cooperative.payment import CREDITED, FINAL, Payment, Review, State


class Standing(StrEnum):
    """What people are told."""

    PAID = "paid"
    """The bank paid; proof of it may be handed out, also while the core does not know yet."""
    UNPAID = "unpaid"
    """No money moved: the member may try again."""
    OPEN = "open"
    """Nobody knows yet."""
    DISPUTED = "disputed"
    """What is known contradicts itself: it proves nothing and is being looked at."""


_OPEN_STILL = frozenset(
    {None, Review.STILL_PENDING, Review.UNEXPECTED, Review.LOST_CREATION, Review.OTHER_ACCOUNT}
)
_PAID_STILL = frozenset(
    {
        None, Review.STILL_PENDING, Review.UNEXPECTED, Review.OTHER_ACCOUNT, Review.NOT_APPLIED,
        Review.NOT_POSTED, Review.PAID_TWICE,
    }
)  # fmt: skip
_UNPAID_STILL = frozenset({None, Review.STILL_PENDING, Review.LOST_CREATION, Review.OTHER_ACCOUNT})


def standing_of(state: State, review: Review | None) -> Standing:
    """Total: a pair that can not arise is disputed."""
    if state in CREDITED:
        return Standing.PAID if review in _PAID_STILL else Standing.DISPUTED
    if state in FINAL:
        return Standing.UNPAID if review in _UNPAID_STILL else Standing.DISPUTED
    return Standing.OPEN if review in _OPEN_STILL else Standing.DISPUTED


def standing(payment: Payment) -> Standing:
    """What this payment is to people."""
    return standing_of(payment.state, payment.review)


def holds(state: State, review: Review | None) -> bool:
    """Whether its obligations must not be paid a second time meanwhile.

    What the core has (POSTED) never holds: its debts show it already, and a dispute about a past debit must
    not keep a member from the next instalment.
    """
    if state is State.POSTED:
        return False
    return state is State.APPROVED or standing_of(state, review) in (Standing.OPEN, Standing.DISPUTED)


def uneasy(payment: Payment) -> bool:
    """Whether its member needs somebody to speak with: it is disputed, or was debited twice."""
    return standing(payment) is Standing.DISPUTED or payment.review is Review.PAID_TWICE
