"""Watches the process that draws a page: one that hangs or eats the memory is ended.

Chromium tells nobody of the first and lets the second grow until the whole machine stands still. The
end of the process is heard by the load watch, and the member is told.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from kiosk.lockdown.bank_page import ISOLATED, BankWebPage

SILENT_FOR = 20
"""Looks without an answer after which a page hangs; there is one every second."""
MOST_BYTES = 1_200_000_000
"""Of memory in use. Pages of banks need a fifth of it."""
_LOOK_EVERY = 1000
_PATIENCE = 4
"""Looks without an answer after which it is no use to ask the page for anything."""


class RendererWatch(QObject):
    """Belongs to one page and dies with it. Frames of other sites have processes of their own."""

    def __init__(self, page: BankWebPage) -> None:
        super().__init__(page)
        self._page = page
        self._unanswered = 0
        self._timer = QTimer(self, interval=_LOOK_EVERY)
        self._timer.timeout.connect(self._ask_renderer)
        self._timer.start()
        page.renderProcessPidChanged.connect(lambda _: self._answered())
        page.talked.connect(self._answered)

    @property
    def answers(self) -> bool:
        """Whether the page still does: a few seconds of silence may be work."""
        return self._unanswered < _PATIENCE

    def _answered(self, _: object = None) -> None:
        self._unanswered = 0

    def _ask_renderer(self) -> None:
        process = self._page.renderProcessPid()
        if process <= 0:
            return
        if memory_of(process) > MOST_BYTES:
            self._end_renderer(process)
        elif self._page.talking:  # it stands still until it is answered
            self._answered()
        elif self._unanswered >= SILENT_FOR:
            self._end_renderer(process)
        else:
            self._unanswered += 1
            self._page.runJavaScript("1", ISOLATED, self._answered)

    def _end_renderer(self, process: int) -> None:
        self._answered()
        self._page.put_down = True
        with suppress(OSError):  # gone by itself
            os.kill(process, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)


def memory_of(process: int) -> int:
    """Bytes of memory a process has in use; 0 where that can not be told."""
    if sys.platform == "win32":
        return _memory_on_windows(process)
    try:
        pages = Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1]
    except OSError:
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


class _MemoryCounters(ctypes.Structure):
    """PROCESS_MEMORY_COUNTERS of Windows."""

    _fields_ = (
        ("cb", ctypes.c_uint32),
        ("faults", ctypes.c_uint32),
        *((name, ctypes.c_size_t) for name in ("peak", "working_set", "b", "c", "d", "e", "pagefile", "f")),
    )


def _memory_on_windows(process: int) -> int:
    if sys.platform != "win32":
        return 0
    kernel = ctypes.WinDLL("kernel32")
    kernel.OpenProcess.restype = ctypes.c_void_p
    handle = ctypes.c_void_p(kernel.OpenProcess(0x1000, False, process))  # may be asked, no more
    if not handle:
        return 0
    counters = _MemoryCounters(cb=ctypes.sizeof(_MemoryCounters))
    try:
        known = kernel.K32GetProcessMemoryInfo(handle, ctypes.byref(counters), counters.cb)
        return int(counters.working_set) if known else 0
    finally:
        kernel.CloseHandle(handle)
