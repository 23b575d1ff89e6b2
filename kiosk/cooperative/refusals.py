"""Whether payment after payment fails before it begins: no matter of one member, but of all who come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from kiosk.cooperative.payment import Payment, State

LOOKED_AT = timedelta(hours=2)
"""How far back refusals are counted."""
ALARM_AT = 3
"""Different members in a row: a wrong document or a bank that is away fails one and then not the next."""

_GIVEN_UP = ("lapsed", "unknown_payment")
"""Errors of what was created without an answer and has ended since."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The newest payments, none of which could be begun. `kind` is the newest one's error."""

    kind: str
    payments: int
    members: int
    since: datetime

    @property
    def alarms(self) -> bool:
        """Whether staff must hear of it."""
        return self.members >= ALARM_AT


def refused_alike(payments: Iterable[Payment], general: frozenset[str]) -> Refused | None:
    """The run of failed beginnings that the newest payment ends; None where that one could be begun.

    `general`: errors that say something of gateway or line and nothing of the one payment. A creation that
    had no answer counts, what is on its way counts neither way.
    """
    run: list[tuple[str, Payment]] = []
    for payment in sorted(payments, key=lambda each: each.created_at, reverse=True):
        if payment.state in (State.PREPARED, State.REQUESTED):
            continue
        unknown = payment.state is State.PENDING or payment.error in _GIVEN_UP
        unanswered = payment.gateway_id is None and unknown
        kind = "no_answer" if unanswered else payment.error or ""
        failed = payment.gateway_id is None and payment.state is State.FAILED and kind in general
        if not (unanswered or failed):
            break
        run.append((kind, payment))
    if not run:
        return None
    members = {payment.payer.member_id for _, payment in run}
    return Refused(run[0][0], len(run), len(members), run[-1][1].created_at)
