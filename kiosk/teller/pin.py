"""The manager's PIN: argon2, and a lock that grows with every run of wrong tries."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable

_TRIES = 5
_FIRST_LOCK, _LONGEST_LOCK = 300.0, 3600.0
_FORM = re.compile(r"[0-9]{6,12}")


class WrongPin(Exception):
    """Not the PIN; `left` tries until the lock."""

    def __init__(self, left: int) -> None:
        super().__init__("wrong PIN")
        self.left = left


class PinLocked(Exception):
    """Too many wrong tries; `seconds` until the next one counts."""

    def __init__(self, seconds: float) -> None:
        super().__init__("PIN locked")
        self.seconds = seconds


def hashed(pin: str) -> str:
    """What a settings file may refer to. Raises ValueError for anything but 6 to 12 digits."""
    from argon2 import PasswordHasher

    if not _FORM.fullmatch(pin):
        raise ValueError("a PIN has 6 to 12 digits")
    if len(set(pin)) < 3 or pin in "01234567890123" or pin in "98765432109876":
        raise ValueError("this PIN is too easy to guess")
    return PasswordHasher().hash(pin)


class PinGate:
    """Thread-safe. `steady` counts seconds and never jumps: setting the clock opens nothing."""

    def __init__(self, hash_: str, steady: Callable[[], float] = time.monotonic) -> None:
        self._hash, self._steady = hash_, steady
        self._lock = threading.Lock()
        self._wrong, self._locks, self._until = 0, 0, 0.0

    def enter(self, pin: str) -> None:
        """Raises WrongPin or PinLocked."""
        from argon2 import PasswordHasher
        from argon2.exceptions import InvalidHashError, VerificationError

        with self._lock:
            if (left := self._until - self._steady()) > 0:
                raise PinLocked(left)
            try:
                PasswordHasher().verify(self._hash, pin)
            except (VerificationError, InvalidHashError):
                self._refused()
            self._wrong = self._locks = 0

    def _refused(self) -> None:
        self._wrong += 1
        if self._wrong < _TRIES:
            raise WrongPin(_TRIES - self._wrong)
        seconds = min(_FIRST_LOCK * 2**self._locks, _LONGEST_LOCK)
        self._wrong, self._locks = 0, self._locks + 1
        self._until = self._steady() + seconds
        raise PinLocked(seconds)
