"""Python's cyclic collector, on the GUI thread only."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_EVERY = 1000
"""Milliseconds between two looks."""


class Collector(QObject):
    """Takes the collector over from Python, which runs it on whichever thread allocates.

    A lane that freed a cycle with a Qt object in it would delete that object outside the GUI thread,
    which ends the process. Young generations are collected when their thresholds are passed; the
    oldest one, which takes longest, in `rest`, when nobody waits.
    """

    def __init__(self) -> None:
        super().__init__()
        gc.disable()
        self._timer = QTimer(self, interval=_EVERY)
        self._timer.timeout.connect(self._collect_if_due)
        self._timer.start()

    def _collect_if_due(self) -> None:
        young, middle, _ = gc.get_count()
        most_young, most_middle, _ = gc.get_threshold()
        if middle > most_middle:
            gc.collect(1)
        elif young > most_young:
            gc.collect(0)

    def rest(self) -> None:
        """Nobody stands in front of the screen: the long one."""
        gc.collect()

    def close(self) -> None:
        """Python may collect again where it likes."""
        self._timer.stop()
        gc.collect()
        gc.enable()
