"""The named steps of a payment, and what happens to the process on reaching one."""

from __future__ import annotations

import os
import random
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, event

from kiosk.cooperative.payment import Event
from kiosk.pse.gateway import Abilities
from kiosk.transport import Reply, Timeouts, Transport

HASTE = 10.0
"""Time-outs are this many times shorter than in a branch."""

_AROUND = ("before", "during", "after")
_SOON = 0.02
"""Seconds: "during" a step is a random instant from its begin to this much later."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """What to do when a step is reached for the nth time: "kill", or "fill" the disk."""

    step: str
    nth: int = 1
    act: str = "kill"


def named_steps(can: Abilities) -> list[str]:
    """Every step at which the power can be cut, for a gateway that can do this much."""
    events = {each for each in Event if each is not Event.SETTLED}
    if not can.absence_proves_unpaid:
        events.discard(Event.ABSENT)
    writes = ["prepare", "claim", "flag", "note_ask", *(f"record.{each.value}" for each in sorted(events))]
    calls = ["gateway.create", "gateway.query", "core.post"]
    calls += ["gateway.find"] if can.finds_by_reference else []
    calls += ["gateway.cancel"] if can.cancels else []
    return [
        *(f"journal.{name} {phase}" for name in writes for phase in ("before", "commit", "after")),
        *(f"{name} {phase}" for name in calls for phase in ("before", "after")),
        *(f"{name}.request {phase}" for name in calls for phase in _AROUND),
    ]


def kill() -> None:
    """As the power goes: no handler, no flush, no farewell."""
    os.kill(os.getpid(), signal.SIGKILL)


class Steps:
    """Counts the steps of this process and pulls the triggers. Thread-safe."""

    def __init__(self, triggers: Sequence[Trigger], fill: Callable[[], None]) -> None:
        self._triggers, self._fill = triggers, fill
        self._seen: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._here = threading.local()
        # Between the last statement of a transaction and its commit.
        event.listen(Engine, "commit", lambda _: self.reach(f"{self.here} commit"))

    @property
    def here(self) -> str:
        """The step that this thread is at."""
        return getattr(self._here, "name", "start")

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        """Before, during, and, where it ends well, after."""
        outer, self._here.name = self.here, name
        try:
            self.reach(f"{name} before")
            self.reach(f"{name} during")
            yield
            self.reach(f"{name} after")
        finally:
            self._here.name = outer

    def reach(self, step: str) -> None:
        """Pull the triggers that wait for this."""
        with self._lock:
            self._seen[step] += 1
            nth = self._seen[step]
        for trigger in self._triggers:
            if (trigger.step, trigger.nth) != (step, nth):
                continue
            if trigger.act == "fill":
                self._fill()
            elif step.endswith(" during"):
                threading.Timer(random.random() * _SOON, kill).start()
            else:
                kill()


class Watched:
    """Passes everything on to `inner`; the calls named in `names` are steps."""

    def __init__(self, inner: Any, steps: Steps, prefix: str, names: frozenset[str]) -> None:
        self._inner, self._steps, self._prefix, self._names = inner, steps, prefix, names

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if name not in self._names:
            return found

        def step(*args: Any, **named: Any) -> Any:
            which = next((f".{each.value}" for each in args if isinstance(each, Event)), "")
            with self._steps(f"{self._prefix}.{name}{which}"):
                return found(*args, **named)

        return step


class WatchedTransport(Transport):
    """Each request is a step of the call that makes it; nobody waits as long as in a branch."""

    def __init__(self, base_url: str, steps: Steps) -> None:
        super().__init__(base_url)
        self._steps = steps

    def request(self, method: str, path: str, **parts: Any) -> Reply:
        """As a transport does, in haste."""
        usual: Timeouts = parts.pop("timeouts", None) or Timeouts()
        parts["timeouts"] = Timeouts(usual.connect / HASTE, usual.answer / HASTE)
        with self._steps(f"{self._steps.here}.request"):
            return super().request(method, path, **parts)
