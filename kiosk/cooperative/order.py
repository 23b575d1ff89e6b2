"""What a member decides to pay: an order of one or more lines, collected by one PSE debit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kiosk.cooperative.money import Money, total
from kiosk.cooperative.obligation import Choice, Obligation, ObligationKind

# The Member Core API posts at most 20 lines in one payment.
MOST_LINES = 20


class InvalidOrder(ValueError):
    """The order is empty, too long, names an obligation twice, or has a line that pays nothing."""


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One obligation's share; `name` and `reference` are as the member saw them."""

    line_id: str
    obligation_id: str
    kind: ObligationKind
    name: str
    reference: str
    choice: Choice
    amount: Money

    @classmethod
    def of(cls, line_id: str, obligation: Obligation, choice: Choice, amount: Money) -> OrderLine:
        """A line that pays `amount` of this obligation."""
        return cls(
            line_id,
            obligation.obligation_id,
            obligation.kind,
            obligation.name,
            obligation.reference,
            choice,
            amount,
        )


@dataclass(frozen=True, slots=True)
class Order:
    """All lines to collect at once. Raises InvalidOrder."""

    lines: tuple[OrderLine, ...]

    def __post_init__(self) -> None:
        if not 0 < len(self.lines) <= MOST_LINES:
            raise InvalidOrder(f"{len(self.lines)} lines")
        if len({line.obligation_id for line in self.lines}) != len(self.lines):
            raise InvalidOrder("an obligation is named twice")
        if not all(line.amount for line in self.lines):
            raise InvalidOrder("a line pays nothing")

    @property
    def total(self) -> Money:
        """The one amount the bank will debit."""
        return total(line.amount for line in self.lines)

    def outdated(self, obligations: Iterable[Obligation]) -> bool:
        """Whether the debt has changed since the member decided, for instance by a payment on the web."""
        now = {obligation.obligation_id: obligation for obligation in obligations}
        return any(
            line.obligation_id not in now or not _still_due(line, now[line.obligation_id])
            for line in self.lines
        )

    @property
    def obligation_ids(self) -> Sequence[str]:
        """The core's ids of the obligations that it pays."""
        return [line.obligation_id for line in self.lines]


def _still_due(line: OrderLine, obligation: Obligation) -> bool:
    if line.choice is Choice.OTHER:
        return obligation.other_problem(line.amount) is None
    return obligation.amount_of(line.choice) == line.amount
