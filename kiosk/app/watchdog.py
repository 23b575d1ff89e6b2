"""Tells systemd that the terminal is ready and alive: the window's thread and the lane that moves money.

Protocol: sd_notify(3), datagrams to $NOTIFY_SOCKET; without it nothing is done.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable
from contextlib import suppress

from PySide6.QtCore import QObject, QTimer

from kiosk.visit.jobs import Jobs

LONGEST_DEED = 120.0
"""Seconds that the money lane may be busy with one thing: longer than any gateway or core may take."""


class Watchdog(QObject):
    """Feeds as long as both answer: a slow gateway is no dead terminal, a lane that hangs is one."""

    def __init__(self, jobs: Jobs, steady: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._jobs, self._steady = jobs, steady
        # Taken away: programs that we start must not speak for us.
        self._address = os.environ.pop("NOTIFY_SOCKET", "").replace("@", "\0", 1)
        every = int(os.environ.pop("WATCHDOG_USEC", "0") or 0)
        self._asked: float | None = None
        self._timer = QTimer(self, interval=max(1000, every // 3000))
        self._timer.timeout.connect(self._ask_window)
        self._feeds = bool(every and self._address)

    def ready(self) -> None:
        """The first page is there; out of service counts, it is a page too."""
        self._tell_systemd("READY=1")
        if self._feeds:
            self._ask_window()
            self._timer.start()

    def stopping(self) -> None:
        """What is closed on purpose is not dead."""
        self._timer.stop()
        self._tell_systemd("STOPPING=1")

    def _ask_window(self) -> None:
        if self._asked is None:
            self._asked = self._steady()
            self._jobs.run("money", lambda: None, self._answered, self._answered)
        if self._steady() - self._asked <= LONGEST_DEED:
            self._tell_systemd("WATCHDOG=1")

    def _answered(self, _: object) -> None:
        self._asked = None

    def _tell_systemd(self, word: str) -> None:
        if not self._address:
            return
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
            systemd.sendto(word.encode(), self._address)
