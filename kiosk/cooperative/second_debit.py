"""A further full debit under a payment's reference: money that must go back to whoever paid it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from kiosk.cooperative.money import Money


@dataclass(frozen=True, slots=True)
class SecondDebit:
    """The case «pagado dos veces»; it ends as returned, with evidence. Instants are aware (UTC).

    `key` tells debits of one payment apart: the gateway's own id of the attempt, else the CUS.
    """

    payment_id: str
    key: str
    amount: Money
    cus: str | None
    bank: str | None
    decided_at: datetime | None
    noted_at: datetime
    returned_at: datetime | None = None
    evidence: str | None = None
    also: frozenset[str] = field(default=frozenset(), compare=False)
    """Further words that the gateway has for its CUS; not kept."""

    def is_same(self, other: SecondDebit) -> bool:
        """Whether both are one debit: a gateway may tell the id or the CUS later, or another CUS."""
        attempt, *rest = self.key.split("/")
        as_it_was_once = len(rest) == 2 and attempt == other.key  # id, CUS and sum
        if self.key == other.key or as_it_was_once:
            return True
        return self.cus is not None and self.cus in (other.cus, *other.also)
