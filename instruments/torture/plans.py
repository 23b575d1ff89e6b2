"""What befalls each shift, drawn by lot: which step the power is cut at is taken in turn."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from instruments.torture.shift import Role, Shift, Spell, Step
from instruments.torture.steps import Trigger
from instruments.torture.wires import Trouble

_QUIET = 0.65
_QUIET_AT_MOST = 12.0
_WIRE_FAULTS = ("drop_before", "drop_after", "delay", "http_500", "html_500", "garbage", "cut_body")
_GATEWAY_FAULTS = (*_WIRE_FAULTS, "firewall", "busy", "zero_date", "unlisted_word")
_CORE_FAULTS = (
    *_WIRE_FAULTS, "status_503", "status_429", "busy_409",
    "token_problem", "token_header", "token_json", "token_lower", "token_page",
)  # fmt: skip
_GATEWAY_CALLS = ("create", "query", "query", "query", "query", "cancel")
_CORE_CALLS = ("putPayment", "putPayment", "putPayment", "issueToken", "*")


@dataclass(frozen=True, slots=True)
class Mishap:
    """At this second of the shift something happens to a neighbour or to the wire that leads there."""

    after: float
    where: str
    """ "gateway" or "core"."""
    trouble: Trouble | None = None
    lasts: float = 0.0
    """Of the trouble."""
    faults: tuple[dict[str, Any], ...] = ()
    closed: bool | None = None
    """Of a core that queues payments: whether it does."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A shift, who works beside it, what happens around them, and what its payers do.

    `quiet`: nothing but what leads to the step at which the power is cut, and perhaps a clock that is ahead.
    """

    shift: Shift
    beside: Shift | None = None
    mishaps: tuple[Mishap, ...] = ()
    habit: tuple[str, ...] | None = None
    quiet: bool = False


@dataclass
class Planner:
    """Draws plans. The steps go round: one that was not reached comes again later."""

    chance: random.Random
    steps: deque[str]
    queues: bool = False
    """Whether the core may be closed and queue what it is given."""
    reached: set[str] = field(default_factory=set)

    def plan(self) -> Plan:
        """The next shift: quietly to the next step that no process was killed at, or a wild one."""
        if len(self.reached) < len(self.steps) and self.chance.random() < _QUIET:
            return self._quiet(next(step for step in self._turn() if step not in self.reached))
        shift, chance = self._wild(Role.CASHIER), self.chance
        beside = None
        if chance.random() < 0.35:
            beside = self._wild(Role.SONDA if chance.random() < 0.65 else Role.CASHIER, in_turn=False)
        return Plan(shift, beside, self._mishaps())

    def was_killed_at(self, step: str) -> None:
        """It was reached."""
        self.reached.add(step)

    def _turn(self) -> list[str]:
        """All steps, each call with another one in front."""
        self.steps.rotate(-1)
        return list(self.steps)

    def _quiet(self, step: str) -> Plan:
        while self.steps[0] != step:
            self.steps.rotate(-1)
        faults, clock_steps, habit = _way_to(step)
        mishaps = (Mishap(0.0, "gateway", faults=faults),) if faults else ()
        if step.startswith("journal.record.refused"):
            mishaps = (Mishap(0.0, "gateway", Trouble.REFUSED, 0.6),)
        shift = Shift(
            Role.CASHIER,
            self.chance.getrandbits(32),
            orders=5,
            triggers=(Trigger(step),),
            skew=self.chance.choice([0.0, 0.0, self.chance.uniform(60, 6 * 3600)]),
            clock_steps=clock_steps,
            longest=_QUIET_AT_MOST,
        )
        return Plan(shift, None, mishaps, habit, quiet=True)

    def _wild(self, role: Role, *, in_turn: bool = True) -> Shift:
        chance = self.chance
        triggers: tuple[Trigger, ...] = ()
        kill_after = None
        if in_turn and chance.random() < 0.6:
            triggers = (Trigger(self._turn()[0], chance.choice([1, 1, 2, 3, 4])),)
        elif chance.random() < 0.6 or role is Role.SONDA:
            kill_after = chance.uniform(0.05, 4.0)
        spells: tuple[Spell, ...] = ()
        if chance.random() < 0.2:
            if chance.random() < 0.5:
                spells = (Spell(chance.uniform(0.1, 2.0), chance.uniform(0.1, 1.0)),)
            else:
                write = chance.choice(["sent", "opened", "left", "seen_ok", "applied"])
                triggers = (*triggers, Trigger(f"journal.record.{write} before", 1, "fill"))
        return Shift(
            role,
            chance.getrandbits(32),
            orders=chance.randint(3, 7),
            triggers=triggers,
            kill_after=kill_after,
            skew=self._skew(),
            clock_steps=self._clock_steps(),
            disk=spells,
            disk_lasts=chance.uniform(0.1, 1.0),
        )

    def _skew(self) -> float:
        draw = self.chance.uniform
        kinds = [0.0, draw(-90, 90), draw(3600, 6 * 3600), draw(-3 * 3600, -600), -720.0]
        return self.chance.choices(kinds, [40, 30, 15, 8, 7])[0]

    def _clock_steps(self) -> tuple[Step, ...]:
        if self.chance.random() > 0.5:
            return ()
        # Minutes: what a killed process had claimed is free again.
        by = self.chance.choice([self._skew(), self.chance.uniform(-10, 10), self.chance.uniform(300, 900)])
        return (Step(self.chance.uniform(0.2, 2.0), by),)

    def _mishaps(self) -> tuple[Mishap, ...]:
        chance = self.chance
        found = [self._fault("gateway"), self._fault("core")] if chance.random() < 0.5 else []
        for where in ("gateway", "core"):
            if chance.random() < 0.25:
                trouble, lasts = chance.choice(list(Trouble)), chance.uniform(0.1, 1.2)
                found.append(Mishap(chance.uniform(0, 2.0), where, trouble, lasts))
        if self.queues and chance.random() < 0.4:
            found += [
                Mishap(0.0, "core", closed=True),
                Mishap(chance.uniform(0.5, 2.0), "core", closed=False),
            ]
        return tuple(sorted(found, key=lambda each: each.after))

    def _fault(self, where: str) -> Mishap:
        calls, kinds = (
            (_GATEWAY_CALLS, _GATEWAY_FAULTS) if where == "gateway" else (_CORE_CALLS, _CORE_FAULTS)
        )
        return Mishap(
            0.0,
            where,
            faults=tuple(
                {
                    "operation": self.chance.choice(calls),
                    "kind": self.chance.choice(kinds),
                    "times": self.chance.randint(1, 2),
                    "seconds": self.chance.choice([1, 2]),
                }
                for _ in range(self.chance.randint(1, 3))
            ),
        )


_HABITS = {
    "journal.record.seen_not_authorised": ("decline",),
    "gateway.cancel": ("decline",),
    "journal.record.seen_failed": ("fail",),
    "journal.record.seen_pending": ("late",),
    "journal.record.seen_ok": ("approve",),
    "journal.record.applied": ("approve",),
    "core.post": ("approve",),
}


def _way_to(step: str) -> tuple[tuple[dict[str, Any], ...], tuple[Step, ...], tuple[str, ...] | None]:
    """What makes a step likely: faults of the gateway, what the clock does, what payers do."""
    habit = next((habit for start, habit in _HABITS.items() if step.startswith(start)), None)
    if step.startswith(("journal.record.absent", "gateway.find")):
        never_there = {"operation": "create", "kind": "drop_before", "times": 3, "seconds": 0}
        return (never_there,), (Step(1.0, 150.0, passes=True),), habit
    if step.startswith("journal.flag"):  # a creation whose answer is lost for two days
        lost = {"operation": "create", "kind": "drop_after", "times": 3, "seconds": 0}
        mute = {"operation": "query", "kind": "http_500", "times": 99, "seconds": 0}
        return (lost, mute), (Step(1.0, 49 * 3600.0),), habit
    return (), (), habit
