"""A member who walks the real pages like the guided tour, with a stopwatch on the GUI thread."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint
from PySide6.QtWidgets import QWidget

from kiosk.app.demo import Demonstration
from kiosk.app.window import Application
from kiosk.tour import Tour
from kiosk.visit.steps import Step

_IDLE = 0.0001
"""Seconds: turns of the event loop below this found nothing to do."""
_NAP = 0.001
_ENGINE_STARTS_WITHIN = 4.0
"""Seconds after the advice came on."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of the GUI thread's event loop (or one touch): seconds by the clock and of the CPU."""

    began: float
    wall: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Change:
    """One step change. Milliseconds of the GUI thread; `elapsed` has the waits in it."""

    before: str
    step: str
    first: bool
    work: float
    cpu: float
    longest: float
    elapsed: float
    stall_after: float
    """The longest turn between this page and the next touch: how late that touch might have been heard."""


class Walk(Tour):
    """The tour without pictures; `changes` has what each step cost."""

    def __init__(self, application: Application, out: Path, outcome: str) -> None:
        super().__init__(application, out, outcome)
        self.changes: list[Change] = []
        self.painted_at, self.painted_step = 0.0, application.visit.step
        self._turns: list[Turn] = []
        self._since: int | None = None
        self._moved_in = 0
        self._came_from = self._known = application.visit.step
        self._met: set[Step] = {application.visit.step}
        self._eye = _Eye(self)
        self._waits_for_paint = self._first_paint = False
        self.longest, self.longest_at = Turn(0.0, 0.0, 0.0), application.visit.step
        """The longest that the window's thread heard nothing, and where."""
        self.engine_start: Turn | None = None
        """The longest while the web engine started."""
        self.see_better: list[Turn] = []
        """Each touch on «Ver mejor»."""
        application.visit.moved.connect(self._moved)

    # -- the stopwatch --------------------------------------------------------------------

    def turn(self) -> None:
        """One turn of the event loop; a nap where there was nothing to do."""
        self._timed(QCoreApplication.processEvents)
        if self._turns and self._turns[-1].wall < _IDLE:
            self._turns.pop()
            time.sleep(_NAP)  # lanes need Python's lock

    def _timed(self, deed: Callable[[], object]) -> None:
        began, cpu = time.perf_counter(), time.thread_time()
        deed()
        turn = Turn(began, time.perf_counter() - began, time.thread_time() - cpu)
        self._turns.append(turn)
        if turn.wall > self.longest.wall:
            self.longest, self.longest_at = turn, self._app.visit.step
        if self._first_paint:  # the event comes before the painting; this turn finished it
            self._first_paint = False
            self.painted_at, self.painted_step = time.time(), self._known

    def _moved(self) -> None:
        # Connected after the window's own slot: the page is made, and not yet painted.
        self._came_from, self._known = self._known, self._app.visit.step
        self._moved_in = len(self._turns)
        self._eye.watch(self.page)
        self._waits_for_paint = True

    def painted(self, page: QObject) -> None:
        """The eye saw a page's paint event."""
        if page is self._app.window.current and self._waits_for_paint:
            self._waits_for_paint = False
            self._first_paint = True

    def dwell(self, seconds: float) -> None:
        """Look at the page for a while."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.turn()

    # -- the tour's hands -----------------------------------------------------------------

    def let_run(self) -> None:
        self.turn()

    def touch(self, target: QWidget, where: QPoint | None = None) -> None:
        self.dwell(0.03)  # what is still going on belongs to the former page
        self._end_of_former()
        self._turns.clear()
        self._since = 0
        super().touch(target, where)

    def strike(self, target: QWidget, where: QPoint) -> None:
        deed = super().strike
        self._timed(lambda: deed(target, where))
        if target.objectName() == "see_better":
            self.see_better.append(self._turns[-1])

    def touch_web(self, selector: str, *how: Any) -> None:
        super().touch_web(selector, *how)
        self._end_of_former()
        self._turns.clear()
        self._since = None  # what follows starts where the page moves, not at this touch

    def arrive(self, step: Step, seconds: float = 30.0) -> None:
        there = lambda: self._app.visit.step is step and not self._waits_for_paint  # noqa: E731
        self.wait(there, f"page {step.value}", seconds)
        if self._known is not step or not self._turns or self._came_from is step:
            return
        turns = self._turns[self._moved_in if self._since is None else self._since :]
        self.changes.append(
            Change(
                self._came_from.value, step.value, step not in self._met,
                1000 * sum(turn.wall for turn in turns), 1000 * sum(turn.cpu for turn in turns),
                1000 * max(turn.wall for turn in turns),
                1000 * (turns[-1].began + turns[-1].wall - turns[0].began), 0.0,
            )
        )  # fmt: skip
        self._met.add(step)
        self._came_from = step  # counted
        self._turns.clear()
        self._since, self._moved_in = None, 0

    def _end_of_former(self) -> None:
        """The longest turn since the last page was painted belongs to it."""
        if self.changes and self._turns and not self.changes[-1].stall_after:
            last = self.changes[-1]
            stall = 1000 * max(turn.wall for turn in self._turns)
            self.changes[-1] = Change(
                last.before, last.step, last.first, last.work, last.cpu, last.longest, last.elapsed, stall
            )

    def picture(self, name: str, settle: int = 0) -> None:
        """No picture: a member looks at the page."""
        del settle
        if name == "before" and self.engine_start is None:
            # The web engine starts while the advice is read, once: how long does it hold the window up?
            before, self.longest = self.longest, Turn(0.0, 0.0, 0.0)
            self.dwell(_ENGINE_STARTS_WITHIN)
            self.engine_start, longest = self.longest, max(before, self.longest, key=lambda each: each.wall)
            self.longest = longest
        self.dwell(0.05)


class _Eye(QObject):
    """Sees pages being painted."""

    def __init__(self, walk: Walk) -> None:
        super().__init__()
        self._walk = walk
        self._watched: set[int] = set()

    def watch(self, page: QObject) -> None:
        if id(page) not in self._watched:  # pages live as long as the window
            self._watched.add(id(page))
            page.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self._walk.painted(watched)
        return False


def owe_again(demonstration: Demonstration) -> None:
    """The core's members owe what they owed at the start."""
    requests.post(f"{demonstration.core_url}/sandbox/reset", json={}, timeout=20).raise_for_status()
