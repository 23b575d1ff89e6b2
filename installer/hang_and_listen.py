"""Listens as systemd does to a kiosk that is started meanwhile; hangs its lane of money, then its window.

`hang_and_listen.py SOCKET`: what becomes its NOTIFY_SOCKET, with WATCHDOG_USEC=3000000. Only one thread is
stopped (ptrace), as by a loop in it; every other goes on. Takes some three minutes. Prints a line of what
held; exit 1 where one did not. Linux, as root.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import struct
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SEIZE, _INTERRUPT, _DETACH, _ANY_THREAD = 0x4206, 0x4207, 17, 0x40000000
_PTRACE = ctypes.CDLL(None, use_errno=True).ptrace
_PTRACE.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
_CREDENTIALS = struct.Struct("3i")
_LONGEST_DEED = 120
"""Seconds, as in kiosk/app/watchdog.py, which needs what the package brings."""


class Listener:
    """The other end of $NOTIFY_SOCKET."""

    def __init__(self, place: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self._socket.bind(place)
        Path(place).chmod(0o666)
        self.sender = 0

    def hear(self, seconds: float) -> list[str]:
        """All words of so many seconds."""
        words, until = [], time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self._socket.settimeout(left)
            try:
                said, about, _, _ = self._socket.recvmsg(4096, socket.CMSG_SPACE(_CREDENTIALS.size))
            except TimeoutError:
                break
            words.append(said.decode())
            self.sender = _CREDENTIALS.unpack(about[0][2])[0]
        return words

    def wait(self, word: str, seconds: float) -> bool:
        """Whether it is said in time."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if word in self.hear(0.2):
                return True
        return False


def trace(what: int, thread: int) -> None:
    """One step of ptrace. Raises OSError."""
    if _PTRACE(what, thread, None, None) != 0:
        raise OSError(ctypes.get_errno(), "ptrace")


@contextmanager
def hung(thread: int) -> Iterator[None]:
    """Meanwhile this thread does not run."""
    trace(_SEIZE, thread)
    trace(_INTERRUPT, thread)
    os.waitpid(thread, _ANY_THREAD)
    try:
        yield
    finally:
        if Path(f"/proc/{thread}/status").exists():
            try:
                trace(_DETACH, thread)
            except OSError:  # it ended meanwhile
                os.waitpid(thread, _ANY_THREAD | os.WNOHANG)


def thread_called(name: str, process: int) -> int:
    """The one of its threads that has this name. Raises ValueError."""
    (found,) = (
        int(each.parent.name)
        for each in Path(f"/proc/{process}/task").glob("*/comm")
        if each.read_text().strip() == name
    )
    return found


def running(process: int) -> int:
    """How many of its threads are not stopped."""
    states = [
        each.read_text().rpartition(")")[2].split()[0]
        for each in Path(f"/proc/{process}/task").glob("*/stat")
    ]
    return sum(state not in "tTZ" for state in states)


def main(place: str) -> int:
    """Everything in turn."""
    listener, faults = Listener(place), 0

    def held(words: str, good: object) -> None:
        nonlocal faults
        faults += not good
        sys.stdout.write(f"{'held' if good else 'FAILED'}: {words}\n")
        sys.stdout.flush()

    held("READY=1 after the first page", listener.wait("READY=1", 60))
    fed = listener.hear(6).count("WATCHDOG=1")
    held(f"WATCHDOG=1 every second ({fed} in 6 s)", fed >= 4)
    window = listener.sender
    with hung(thread_called("money", window)):
        patient = listener.hear(_LONGEST_DEED - 5).count("WATCHDOG=1")
        held(f"a slow deed with money is no hung one ({patient} in {_LONGEST_DEED - 5} s)", patient >= 100)
        listener.hear(10)
        held("silence once the lane of money hangs, the window alive", listener.hear(6) == [])
    held("fed again when money moves on", listener.wait("WATCHDOG=1", 4))
    with hung(window):
        listener.hear(0.3)
        silence = listener.hear(6)
        others = running(window)
        held(
            f"silence while the window's thread hangs and {others} others run", silence == [] and others >= 3
        )
    held("fed again when it goes on", listener.wait("WATCHDOG=1", 4))
    with hung(window):
        os.kill(window, signal.SIGABRT)  # what systemd does after WatchdogSec
        for _ in range(100):
            if not Path(f"/proc/{window}/task").exists() or running(window) == 0:
                break
            time.sleep(0.1)
        held("SIGABRT ends a program whose window hangs", running(window) == 0)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
