"""What one debit may be."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.cooperative.money import ZERO, Money
from kiosk.teller.errors import AboveMaximum, BelowMinimum


@dataclass(frozen=True, slots=True)
class DebitLimits:
    """The channel's least and the cooperative's most; no most where None."""

    minimum: Money = ZERO
    maximum: Money | None = None

    def admit(self, total: Money) -> None:
        """Raises BelowMinimum or AboveMaximum with the limit that was passed."""
        if total < self.minimum:
            raise BelowMinimum(self.minimum)
        if self.maximum is not None and total > self.maximum:
            raise AboveMaximum(self.maximum)
