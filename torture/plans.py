"""What befalls each shift, drawn by lot: which step the power is cut at is taken in turn."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from torture.shift import Role, Shift, Spell, Step
from torture.steps import Trigger
from torture.wires import Trouble

_RARE = ("journal.record.absent", "journal.record.refused", "journal.record.seen_failed",
         "journal.record.seen_not_authorised", "journal.flag", "gateway.cancel", "gateway.find")  # fmt: skip
"""Steps that a shift may see once, if at all."""

_GATEWAY_FAULTS = ("drop_before", "drop_after", "delay", "http_500", "html_500", "garbage", "cut_body")
_CORE_FAULTS = (*_GATEWAY_FAULTS, "status_503", "status_429")
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
    """A shift, who works beside it, and what happens around them."""

    shift: Shift
    beside: Shift | None = None
    mishaps: tuple[Mishap, ...] = ()


@dataclass
class Planner:
    """Draws plans. The steps go round: one that was not reached comes again later."""

    chance: random.Random
    steps: deque[str]
    queues: bool = False
    """Whether the core may be closed and queue what it is given."""
    reached: set[str] = field(default_factory=set)

    def plan(self) -> Plan:
        """The next shift."""
        chance, mishaps = self.chance, self._mishaps()
        shift = self._shift(Role.CASHIER)
        beside = None
        if chance.random() < 0.35:
            beside = self._shift(Role.SONDA if chance.random() < 0.65 else Role.CASHIER, in_turn=False)
        if any(trigger.act == "kill" for trigger in shift.triggers):
            mishaps = (*mishaps, *self._help(shift.triggers[0].step))
        return Plan(shift, beside, tuple(sorted(mishaps, key=lambda each: each.after)))

    def was_killed_at(self, step: str) -> None:
        """It was reached and need not come again soon."""
        self.reached.add(step)

    def _shift(self, role: Role, *, in_turn: bool = True) -> Shift:
        chance = self.chance
        triggers: tuple[Trigger, ...] = ()
        kill_after = None
        if in_turn and chance.random() < 0.85:
            triggers = (self._next_step(),)
        elif chance.random() < 0.6 or role is Role.SONDA:
            kill_after = chance.uniform(0.05, 4.0)
        spells: tuple[Spell, ...] = ()
        if chance.random() < 0.15:
            lasts = chance.uniform(0.1, 1.0)
            if chance.random() < 0.5:
                spells = (Spell(chance.uniform(0.1, 2.0), lasts),)
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

    def _next_step(self) -> Trigger:
        # Those that no process was killed at yet come first.
        step = next((each for each in self.steps if each not in self.reached), self.steps[0])
        self.steps.remove(step)
        self.steps.append(step)
        rare = step.startswith(_RARE)
        return Trigger(step, 1 if rare else self.chance.choice([1, 1, 2, 3, 4]))

    def _skew(self) -> float:
        draw = self.chance.uniform
        kinds = [0.0, draw(-90, 90), draw(3600, 6 * 3600), draw(-3 * 3600, -600)]
        return self.chance.choices(kinds, [45, 30, 15, 10])[0]

    def _clock_steps(self) -> tuple[Step, ...]:
        if self.chance.random() > 0.25:
            return ()
        by = self.chance.choice([self._skew(), self.chance.uniform(-10, 10), self.chance.uniform(60, 900)])
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
        return tuple(found)

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

    def _help(self, step: str) -> tuple[Mishap, ...]:
        """What makes a rare step likely."""
        if step.startswith("journal.record.refused"):
            return (Mishap(0.0, "gateway", Trouble.REFUSED, 0.6),)
        if step.startswith(("journal.record.absent", "gateway.find")):
            fault = {"operation": "create", "kind": "drop_before", "times": 2}
            return (Mishap(0.0, "gateway", faults=(fault,)),)
        return ()
