"""Blocking work off the GUI thread: three lanes, results back on the GUI thread.

`money` is one thread, strictly in order: what it does to a payment never overlaps. `ask` is a
few threads for questions, `sonda` its own. Shutdown waits; nothing is ever terminated.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal

log = logging.getLogger(__name__)
T = TypeVar("T")


def _show_as(lane: str) -> None:
    """Name the running thread for `top -H`, debuggers and the package's test; Linux only."""
    with suppress(OSError):
        Path(f"/proc/self/task/{threading.get_native_id()}/comm").write_text(lane, "ascii")


class Jobs(QObject):
    """The lanes. Callbacks run on the thread this object lives in."""

    _finished = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._lanes = {
            lane: ThreadPoolExecutor(threads, lane, _show_as, (lane,))
            for lane, threads in (("money", 1), ("ask", 3), ("sonda", 1))
        }
        self._closed = False
        self._results: SimpleQueue[Callable[[], object]] = SimpleQueue()
        # Queued signals carry no Python object: what they would hold has no owner if they are dropped.
        self._finished.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        lane: str,
        work: Callable[[], T],
        done: Callable[[T], object],
        failed: Callable[[Exception], object],
    ) -> None:
        """Do `work` in a lane; then `done(result)` or `failed(exception)` on the GUI thread."""
        if self._closed:
            return

        def deliver(future: Future[T]) -> None:
            if self._closed or future.cancelled():
                return
            error = future.exception()
            if isinstance(error, Exception):
                self._hand_over(partial(failed, error))
            elif error is None:
                self._hand_over(partial(done, future.result()))

        self._lanes[lane].submit(work).add_done_callback(deliver)

    def _hand_over(self, call: Callable[[], object]) -> None:
        self._results.put(call)
        self._finished.emit()

    def _deliver(self) -> None:
        if not self._closed:
            self._results.get_nowait()()

    def close(self) -> None:
        """Finish what runs and all of `money`, drop what else waits, deliver nothing more."""
        self._closed = True
        for name, lane in self._lanes.items():
            lane.shutdown(wait=False, cancel_futures=name != "money")
        for lane in self._lanes.values():
            lane.shutdown()
