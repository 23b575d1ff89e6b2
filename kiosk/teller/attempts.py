"""How often a key may be tried at this terminal, besides the core's own lock.

Two counts: of one document, and of the terminal as a whole, which stops whoever tries one key on many
documents. Each pause doubles; what is older than an hour is forgiven.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from kiosk.cooperative.member import Document
from kiosk.teller.errors import TooManyTries

_FORGIVEN_AFTER = 3600.0
_LONGEST = 900.0


@dataclass(frozen=True, slots=True)
class Rule:
    """`free` wrong keys without a pause, then `first` seconds, doubled with each further one."""

    free: int
    first: float

    def pause(self, wrong: int) -> float:
        """Seconds to wait after this many wrong keys."""
        return min(self.first * 2.0 ** min(wrong - self.free - 1, 20), _LONGEST) if wrong > self.free else 0.0


OF_DOCUMENT = Rule(free=2, first=5.0)
OF_TERMINAL = Rule(free=9, first=30.0)


class Attempts:
    """Thread-safe and in memory only; documents are kept as salted digests.

    `steady` counts seconds and never jumps: setting the clock opens nothing.
    """

    def __init__(self, steady: Callable[[], float] = time.monotonic) -> None:
        self._steady = steady
        self._salt = secrets.token_bytes(16)
        self._lock = threading.Lock()
        self._wrong: dict[bytes, list[float]] = {}
        """Instants of wrong keys by document; those of the terminal under the empty key."""

    def admit(self, document: Document) -> None:
        """Raises TooManyTries while this document or this terminal has to wait."""
        with self._lock:
            now = self._steady()
            waits = (self._wait(self._key(document), OF_DOCUMENT, now), self._wait(b"", OF_TERMINAL, now))
            if max(waits) > 0:
                raise TooManyTries(max(waits))

    def failed(self, document: Document) -> None:
        """One more wrong key."""
        with self._lock:
            for key in (self._key(document), b""):
                self._wrong.setdefault(key, []).append(self._steady())

    def succeeded(self, document: Document) -> None:
        """The right key: this document starts anew. The terminal does not, or one key would open many."""
        with self._lock:
            self._wrong.pop(self._key(document), None)

    def _wait(self, key: bytes, rule: Rule, now: float) -> float:
        kept = [instant for instant in self._wrong.get(key, ()) if now - instant < _FORGIVEN_AFTER]
        if not kept:
            self._wrong.pop(key, None)
            return 0.0
        self._wrong[key] = kept
        return rule.pause(len(kept)) - (now - kept[-1])

    def _key(self, document: Document) -> bytes:
        said = f"{document.type.value} {document.number}".encode()
        return hashlib.blake2b(said, key=self._salt, digest_size=16).digest()
