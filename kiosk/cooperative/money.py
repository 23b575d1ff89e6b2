"""Exact amounts of money.

An amount is a non-negative decimal number of pesos with at most two decimals. No float gets in:
a float has already lost the cents before anyone could check it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import total_ordering

_CENT = Decimal("0.01")
_TOO_MUCH = Decimal(10) ** 13  # the wire form has 13 digits before the point
_PESOS = re.compile(r"(0|[1-9][0-9]{0,12})(\.[0-9]{1,2})?")
_WIRE = re.compile(r"(0|[1-9][0-9]{0,12})\.[0-9]{2}")


class InvalidAmount(ValueError):
    """The value is not an exact, non-negative amount with at most two decimals."""


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency; COP unless said otherwise.

    Raises InvalidAmount for negative amounts, fractions of a cent, NaN and infinities, and
    TypeError for anything that is not a Decimal or an int.
    """

    amount: Decimal
    currency: str = "COP"

    def __post_init__(self) -> None:
        if isinstance(self.amount, int) and not isinstance(self.amount, bool):
            object.__setattr__(self, "amount", Decimal(self.amount))
        if not isinstance(self.amount, Decimal):
            raise TypeError(f"money takes Decimal or int, not {type(self.amount).__name__}")
        if not self.amount.is_finite() or self.amount < 0:
            raise InvalidAmount(f"not an amount: {self.amount}")
        if self.amount >= _TOO_MUCH or self.amount != self.amount.quantize(_CENT):
            raise InvalidAmount(f"not an exact amount: {self.amount}")
        object.__setattr__(self, "amount", self.amount.quantize(_CENT).copy_abs())  # no "-0.00"

    @classmethod
    def of(cls, pesos: int | str | Decimal) -> Money:
        """Pesos from a whole number, a Decimal, or a plain decimal text such as "185000.50".

        Raises InvalidAmount for any other text ("1e3", "1_000", " 5 ", "-0", digits of other scripts), and
        TypeError for a float or a truth value.
        """
        if isinstance(pesos, str):
            if not _PESOS.fullmatch(pesos):
                raise InvalidAmount(f"not an amount: {pesos!r}")
            pesos = Decimal(pesos)
        return cls(pesos)  # type: ignore[arg-type]

    @classmethod
    def from_wire(cls, text: str, currency: str = "COP") -> Money:
        """Read the Member Core API's form: digits, a point, exactly two decimals."""
        if not isinstance(text, str) or not _WIRE.fullmatch(text):
            raise InvalidAmount(f"not an amount of the contract: {text!r}")
        return cls(Decimal(text), currency)

    def wire(self) -> str:
        """The amount as the Member Core API writes it, "185000.00"."""
        return f"{self.amount:.2f}"

    def shown(self) -> str:
        """The amount as a member reads it: "$ 1.234.567", cents only where there are any."""
        whole, cents = divmod(self.amount, 1)
        text = f"$ {int(whole):,}".replace(",", ".")
        return f"{text},{int(cents * 100):02d}" if cents else text

    def __add__(self, other: Money) -> Money:
        if self.currency != other.currency:
            raise InvalidAmount(f"{self.currency} and {other.currency} do not add up")
        return Money(self.amount + other.amount, self.currency)

    def __lt__(self, other: Money) -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        if self.currency != other.currency:
            raise InvalidAmount(f"{self.currency} and {other.currency} do not compare")
        return self.amount < other.amount

    def __bool__(self) -> bool:
        return self.amount != 0


ZERO = Money(Decimal(0))


def total(amounts: Iterable[Money]) -> Money:
    """The sum; zero pesos if there are no amounts."""
    result = ZERO
    for amount in amounts:
        result += amount
    return result
