"""What a member owes or contributes, and the three ways to pay it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kiosk.cooperative.money import InvalidAmount, Money


class ObligationKind(StrEnum):
    """crédito, aportes, fondo vida, fondo vida servicio funerario, servicios adicionales."""

    LOAN = "loan"
    CONTRIBUTION = "contribution"
    LIFE_FUND = "life_fund"
    FUNERAL_FUND = "funeral_fund"
    ADDITIONAL_SERVICE = "additional_service"


class Choice(StrEnum):
    """What the member pays of an obligation."""

    OVERDUE = "overdue"
    NEXT_DUE = "next_due"
    OTHER = "other"


PAYMENT_LIVE = "payment_live"
"""The kiosk's own `not_payable_reason`: a payment that has not ended already collects it."""


class AmountProblem(StrEnum):
    """Why another amount can not be paid."""

    NOT_ALLOWED = "not_allowed"
    EMPTY = "empty"
    NOT_A_NUMBER = "not_a_number"
    DECIMALS = "decimals"
    ZERO = "zero"
    BELOW_MINIMUM = "below_minimum"
    ABOVE_MAXIMUM = "above_maximum"


@dataclass(frozen=True, slots=True)
class OtherAmount:
    """Limits of the free amount, both inclusive; no maximum means no upper limit."""

    allowed: bool
    minimum: Money
    maximum: Money | None


@dataclass(frozen=True, slots=True)
class NextDue:
    """The next instalment that is not yet late."""

    amount: Money
    due_date: date


@dataclass(frozen=True, slots=True)
class Obligation:
    """One row of what the member can see; figures are true for the instant the core answered.

    `overdue` is zero when nothing is late; `not_payable_reason` is the core's word
    (nothing_due, legal_collection, payroll_deduction_only, closed, other), PAYMENT_LIVE or None.
    """

    obligation_id: str
    kind: ObligationKind
    name: str
    reference: str
    payable: bool
    not_payable_reason: str | None
    overdue: Money
    overdue_since: date | None
    next_due: NextDue | None
    balance: Money
    other: OtherAmount

    def amount_of(self, choice: Choice) -> Money | None:
        """The amount of overdue or next due; None where that choice has nothing to pay."""
        if not self.payable:
            return None
        if choice is Choice.OVERDUE:
            return self.overdue or None
        if choice is Choice.NEXT_DUE:
            return self.next_due.amount if self.next_due and self.next_due.amount else None
        return None

    def other_problem(self, amount: Money) -> AmountProblem | None:
        """Why this amount can not be paid as "another amount"; None when it can."""
        if not self.payable or not self.other.allowed:
            return AmountProblem.NOT_ALLOWED
        if not amount:
            return AmountProblem.ZERO
        if amount.amount % 1:
            return AmountProblem.DECIMALS
        if amount < self.other.minimum:
            return AmountProblem.BELOW_MINIMUM
        if self.other.maximum is not None and amount > self.other.maximum:
            return AmountProblem.ABOVE_MAXIMUM
        return None


def typed_amount(text: str) -> Money | AmountProblem:
    """Read what a member typed: digits, with dots only as thousands separators.

    A comma asks for cents, which a member can not pay; a sign or a letter is no number.
    """
    text = text.strip().removeprefix("$").strip()
    if not text:
        return AmountProblem.EMPTY
    if "," in text:
        return AmountProblem.DECIMALS
    groups = text.split(".")
    if len(groups) > 1 and not (0 < len(groups[0]) <= 3 and all(len(g) == 3 for g in groups[1:])):
        return (
            AmountProblem.DECIMALS
            if groups[0].isascii() and groups[0].isdigit()
            else AmountProblem.NOT_A_NUMBER
        )
    digits = "".join(groups)
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 12:
        return AmountProblem.NOT_A_NUMBER
    try:
        return Money.of(int(digits))
    except InvalidAmount:
        return AmountProblem.NOT_A_NUMBER
