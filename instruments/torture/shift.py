"""What one process under torture is told: where it works, and what befalls it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from time import monotonic

from instruments.torture.steps import Trigger


class Role(StrEnum):
    """What a process does."""

    CASHIER = "cashier"
    """A kiosk: recovers, serves one visit after the other, with its sonda in the background."""
    SONDA = "sonda"
    """`kiosk sonda` beside it: rounds on the same journal."""
    DRAIN = "drain"
    """A kiosk that nobody visits for days."""


@dataclass(frozen=True, slots=True)
class Place:
    """Terminal and neighbours. The addresses are those of the wires, not of the servers."""

    journal: Path
    gateway: str
    gateway_url: str
    gateway_secret: str = field(repr=False)
    core_url: str
    core_secret: str = field(repr=False)
    journal_key: str = field(repr=False)
    terminal: str = "TORT01"
    unpayable: bool = False
    """Whether members also pay what the core can only keep unapplied."""


@dataclass(frozen=True, slots=True)
class Spell:
    """From when on, in seconds of the shift, the disk takes no more, and for how long."""

    after: float
    lasts: float


@dataclass(frozen=True, slots=True)
class Step:
    """At this second of the shift the clock jumps by so much; `passes`: because so much time goes by."""

    after: float
    by: float
    passes: bool = False


@dataclass(frozen=True, slots=True)
class Shift:
    """A process's life. `skew` is how far its clock is off at the start, in seconds."""

    role: Role
    seed: int
    orders: int = 0
    triggers: tuple[Trigger, ...] = ()
    kill_after: float | None = None
    skew: float = 0.0
    clock_steps: tuple[Step, ...] = ()
    disk: tuple[Spell, ...] = ()
    disk_lasts: float = 0.5
    """Of a spell that begins at a step."""
    longest: float = 30.0


class ShiftClock:
    """The terminal's clock: the right time, off by what the shift says."""

    def __init__(self, shift: Shift) -> None:
        self._shift, self._start = shift, monotonic()
        self._ahead = timedelta(0)

    def __call__(self) -> datetime:
        """An aware instant."""
        off = self._shift.skew + sum(step.by for step in self._taken())
        return datetime.now(UTC) + timedelta(seconds=off) + self._ahead

    def steady(self) -> float:
        """Seconds that nobody can set."""
        passed = sum(step.by for step in self._taken() if step.passes)
        return monotonic() + passed + self._ahead.total_seconds()

    def _taken(self) -> list[Step]:
        age = monotonic() - self._start
        return [step for step in self._shift.clock_steps if step.after <= age]

    def forward(self, hours: float) -> None:
        """Let that much time pass at once."""
        self._ahead += timedelta(hours=hours)
