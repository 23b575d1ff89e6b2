"""Where the visit stands: the step, what is under way, what went wrong. It moves by the map, and only so."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from kiosk.visit.errands import Errands
from kiosk.visit.jobs import Jobs
from kiosk.visit.steps import MAP, Step, Turn, after

if TYPE_CHECKING:
    from kiosk.teller.desk import Desk


class Navigation(Errands):
    """Interprets the map of `kiosk.visit.steps`; nothing else sets the step."""

    moved = Signal()

    def __init__(self, jobs: Jobs, desk: Callable[[], Desk]) -> None:
        super().__init__(jobs, desk)
        self._step = Step.WELCOME

    @property
    def step(self) -> Step:
        """The page on stage."""
        return self._step

    def can(self, turn: Turn) -> bool:
        """Whether the map leads on from here by this turn."""
        return (self._step, turn) in MAP

    def turn(self, turn: Turn) -> None:
        """Go where the map leads; a problem shown before is over. Raises OutOfMap where there is no way."""
        step = after(self._step, turn)
        if step is Step.WELCOME:
            self._forget_all()
        self._stand_at(step)

    def turn_if_possible(self, turn: Turn) -> None:
        """Go where the map leads, or stay: for answers that may come when the page has been left."""
        if self.can(turn):
            self.turn(turn)

    def next(self) -> None:
        """On, by the map."""
        self.turn(Turn.NEXT)

    def _stand_at(self, step: Step) -> None:
        self.problem = None
        self._step = step
        self.moved.emit()

    def _forget_all(self) -> None:
        """Whoever comes to the welcome page has been forgotten."""
        raise NotImplementedError
