"""The manager's PIN: argon2, a lock that grows with every run of wrong tries, an own one after a first."""

from __future__ import annotations

import hashlib
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path

from kiosk.durable import write_whole

FIRST = "first:"
"""Begins what is kept of a PIN that whoever set the terminal up knows too: its manager changes it."""
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


def usable(pin: str) -> bool:
    """Whether these are 6 to 12 digits and no series that everybody tries first."""
    rising = "0123456789" * 3
    easy = len(set(pin)) < 3 or pin in rising or pin in rising[::-1]
    return _FORM.fullmatch(pin) is not None and not easy


def hashed(pin: str) -> str:
    """What a settings file may refer to. Raises ValueError for one that is not `usable`."""
    from argon2 import PasswordHasher

    if not usable(pin):
        raise ValueError("a PIN has 6 to 12 digits and is not easy to guess")
    return PasswordHasher().hash(pin)


class OwnPin:
    """The PIN that a manager chose, in a file of the kiosk's user: the secrets of /etc are not its to write.

    It holds for the PIN it was chosen in place of, and no longer: a new one by `kiosk manager-pin` lets in
    whoever forgot theirs.
    """

    def __init__(self, file: Path, given: str) -> None:
        self._file, self._given = file, given
        self._for = hashlib.sha256(given.encode()).hexdigest()

    @property
    def hash(self) -> str:
        """What the PIN in force is checked against. Raises OSError where the file can not be read."""
        return self._chosen or self._given.removeprefix(FIRST)

    @property
    def first(self) -> bool:
        """Whether it is still the one of the installation. Raises OSError."""
        return self._given.startswith(FIRST) and not self._chosen

    @property
    def _chosen(self) -> str:
        try:
            words = self._file.read_text(encoding="ascii", errors="replace")
        except FileNotFoundError:
            return ""
        given, _, chosen = words.strip().partition(" ")
        return chosen if given == self._for else ""

    def choose(self, pin: str) -> None:
        """This one from now on, on the disk. Raises ValueError (see `hashed`), OSError."""
        words = f"{self._for} {hashed(pin)}\n"
        write_whole(self._file, words.encode("ascii"))


class PinGate:
    """Thread-safe. `steady` counts seconds and never jumps: setting the clock opens nothing."""

    def __init__(self, own: OwnPin, steady: Callable[[], float] = time.monotonic) -> None:
        self._own, self._steady = own, steady
        self._lock = threading.Lock()
        self._wrong, self._locks, self._until = 0, 0, 0.0

    def enter(self, pin: str) -> bool:
        """Whether it is still the first one. Raises WrongPin, PinLocked, OSError."""
        with self._lock:
            self._check(pin)
            return self._own.first

    def change(self, pin: str, new: str) -> None:
        """Raises WrongPin, PinLocked, ValueError for the same or an easy one, OSError."""
        with self._lock:
            self._check(pin)
            if new == pin:
                raise ValueError("the same PIN")
            self._own.choose(new)

    def _check(self, pin: str) -> None:
        from argon2 import PasswordHasher
        from argon2.exceptions import InvalidHashError, VerificationError

        if (left := self._until - self._steady()) > 0:
            raise PinLocked(left)
        try:
            PasswordHasher().verify(self._own.hash, pin)
        except (VerificationError, InvalidHashError):
            self._refused()
        self._wrong = self._locks = 0

    def _refused(self) -> None:
        self._wrong += 1
        if self._wrong < _TRIES:
            raise WrongPin(_TRIES - self._wrong)
        seconds = min(_FIRST_LOCK * 2 ** min(self._locks, 8), _LONGEST_LOCK)
        self._wrong, self._locks = 0, self._locks + 1
        self._until = self._steady() + seconds
        raise PinLocked(seconds)
