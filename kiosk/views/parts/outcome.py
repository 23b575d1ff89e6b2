"""How a payment stands, as a colour and a picture."""

from __future__ import annotations

from kiosk.cooperative.payment import Payment, State
from kiosk.cooperative.standing import Standing, standing

LOOKS = {
    "approved": ("approved", "check-circle-fill"),
    "pending": ("pending", "hourglass-fill"),
    "disputed": ("pending", "warning-circle-fill"),
    "declined": ("problem", "x-circle-fill"),
    "failed": ("problem", "warning-circle-fill"),
}
"""Outcome -> (colour, icon)."""


def outcome(payment: Payment) -> str:
    """approved, pending, disputed, declined or failed: how it stands, and why it is unpaid."""
    match standing(payment):
        case Standing.PAID:
            return "approved"
        case Standing.OPEN:
            return "pending"
        case Standing.DISPUTED:
            return "disputed"
    return "declined" if payment.state is State.DECLINED else "failed"
