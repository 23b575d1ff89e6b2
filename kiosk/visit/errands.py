"""Work sent behind the counter on a member's behalf, and what is said while it lasts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal

from kiosk.visit.jobs import Jobs
from kiosk.visit.problems import Problem

if TYPE_CHECKING:
    from kiosk.teller.desk import Desk

T = TypeVar("T")


class Errands(QObject):
    """One thing at a time that the member waits for, and quiet ones beside it.

    An answer that comes after `_serial` went on is dropped: it was somebody else's.
    """

    busy_changed = Signal()
    troubled = Signal()

    def __init__(self, jobs: Jobs, desk: Callable[[], Desk]) -> None:
        super().__init__()
        self._jobs, self._desk = jobs, desk
        self._serial = 0
        self.busy = ""
        self.problem: Problem | None = None

    def drop_answers(self) -> None:
        """The visit is over: what was asked for it is nobody's any more."""
        self._serial += 1
        self.busy = ""
        self.problem = None

    def run(self, lane: str, work: Callable[[Desk], T], done: Callable[[T], object],
            failed: Callable[[Exception], object]) -> None:  # fmt: skip
        """Do something at the desk; the answer is dropped when the visit has ended by then."""
        serial = self._serial

        def when_same(call: Callable[..., object]) -> Callable[..., None]:
            def guarded(result: object) -> None:
                if serial == self._serial:
                    call(result)

            return guarded

        self._jobs.run(lane, lambda: work(self._desk()), when_same(done), when_same(failed))

    def ask(
        self,
        work: Callable[[Desk], T],
        done: Callable[[T], object],
        doing: str = "",
        *,
        quiet: bool = False,
        lane: str = "ask",
    ) -> None:
        """Ask at the desk, then `done`; meanwhile `busy` is `doing`, unless the question is `quiet`."""
        if not quiet:
            if self.busy:
                return
            self.problem = None
            self._set_busy(doing)

        def finished(result: T) -> None:
            if not quiet:
                self._set_busy("")
            done(result)

        def failed(error: Exception) -> None:
            if not quiet:
                self._set_busy("")
            self._failed(error, quiet)

        self.run(lane, work, finished, failed)

    def _failed(self, error: Exception, quiet: bool) -> None:
        raise NotImplementedError

    def _set_busy(self, doing: str) -> None:
        self.busy = doing
        self.busy_changed.emit()

    def tell(self, problem: Problem) -> None:
        """Say what went wrong."""
        self.problem = problem
        self.troubled.emit()
