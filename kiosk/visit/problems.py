"""What can go wrong in front of a member, as data. The sentences are the views' business."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from kiosk.cooperative.bogota import BOGOTA
from kiosk.cooperative.payment import Payment
from kiosk.cooperative.standing import Standing, standing
from kiosk.journal.errors import JournalUnusable, ObligationHeld
from kiosk.member_core.connector import (
    Contact,
    CoreMisconfigured,
    CoreUnreachable,
    EmailNotRegistered,
    KeyChangeRequired,
    KeyRefused,
    MemberBlocked,
    MemberLocked,
    SessionOver,
    WrongKey,
)
from kiosk.teller.errors import AboveMaximum, BelowMinimum, DebtChanged, GatewayAway, NoBankList, TooManyTries


class Trouble(StrEnum):
    """Kinds of trouble a member can be told of."""

    WRONG_KEY = "wrong_key"
    LOCKED = "locked"
    BLOCKED = "blocked"
    NO_EMAIL = "no_email"
    CORE_AWAY = "core_away"
    TERMINAL_REFUSED = "terminal_refused"
    SESSION_OVER = "session_over"
    KEY_REFUSED = "key_refused"
    NOTHING_CHOSEN = "nothing_chosen"
    TOO_MANY_LINES = "too_many_lines"
    BELOW_MINIMUM = "below_minimum"
    ABOVE_MAXIMUM = "above_maximum"
    TOO_MANY_TRIES = "too_many_tries"
    PAYMENT_PENDING = "payment_pending"
    PAID_ALREADY = "paid_already"
    NO_BANK_LIST = "no_bank_list"
    NOT_CREATED = "not_created"
    LIMIT = "limit"
    BANK_UNREACHABLE = "bank_unreachable"
    GATEWAY_AWAY = "gateway_away"
    JOURNAL = "journal"
    DEBT_CHANGED = "debt_changed"
    UNEXPECTED = "unexpected"


NOT_OPENED = {
    "limit": Trouble.LIMIT,
    "not_sent": Trouble.GATEWAY_AWAY,
    "bank_unreachable": Trouble.BANK_UNREACHABLE,
}
"""Errors of a payment that was certainly not created; any other is NOT_CREATED."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One trouble and the facts its sentence needs."""

    trouble: Trouble
    number: int | None = None
    amount: str = ""
    until: str = ""
    contact: Contact | None = None
    codes: tuple[str, ...] = ()
    payment: Payment | None = None


def problem_of(error: Exception) -> Problem:
    """What a failure means to the member. Anything unknown is UNEXPECTED, never silence."""
    plain = {
        CoreUnreachable: Trouble.CORE_AWAY,
        CoreMisconfigured: Trouble.TERMINAL_REFUSED,
        SessionOver: Trouble.SESSION_OVER,
        KeyChangeRequired: Trouble.SESSION_OVER,
        JournalUnusable: Trouble.JOURNAL,
        NoBankList: Trouble.NO_BANK_LIST,
        GatewayAway: Trouble.GATEWAY_AWAY,
        DebtChanged: Trouble.DEBT_CHANGED,
    }
    match error:
        case WrongKey():
            return Problem(Trouble.WRONG_KEY, number=error.remaining)
        case TooManyTries():
            return Problem(Trouble.TOO_MANY_TRIES, number=max(1, math.ceil(error.seconds)))
        case MemberLocked():
            until = error.until.astimezone(BOGOTA).strftime("%H:%M") if error.until else ""
            return Problem(Trouble.LOCKED, until=until)
        case MemberBlocked():
            return Problem(Trouble.BLOCKED, contact=error.contact)
        case EmailNotRegistered():
            return Problem(Trouble.NO_EMAIL, contact=error.contact)
        case KeyRefused():
            return Problem(Trouble.KEY_REFUSED, codes=error.codes)
        case ObligationHeld() | BelowMinimum() | AboveMaximum():
            return _not_begun(error)
    return Problem(plain.get(type(error), Trouble.UNEXPECTED))


def _not_begun(error: ObligationHeld | BelowMinimum | AboveMaximum) -> Problem:
    """Why a payment was refused before anyone outside heard of it."""
    if isinstance(error, ObligationHeld):
        paid = standing(error.payment) is Standing.PAID
        return Problem(Trouble.PAID_ALREADY if paid else Trouble.PAYMENT_PENDING, payment=error.payment)
    below = isinstance(error, BelowMinimum)
    return Problem(Trouble.BELOW_MINIMUM if below else Trouble.ABOVE_MAXIMUM, amount=error.limit.shown())
