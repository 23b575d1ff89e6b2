"""Whether a neighbour (gateway or core) is worth another call, learnt from the calls before.

An outage must neither flood nor starve: after a few calls without an answer nobody calls until a pause
is over, then one call tries. Pauses double up to a ceiling; the first answer ends them.
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

log = logging.getLogger(__name__)

_CALLS_BEFORE_A_PAUSE = 3
# Terminals that lost the same neighbour must not come back together. Only later: a pause that the
# neighbour asked for is a least.
_SPREAD = 0.15
LONGEST_ASKED = timedelta(hours=2)
"""What a Retry-After may ask for; a slip of theirs must not keep money waiting for days."""


def heeded(retry_after: int | None) -> timedelta:
    """How long a Retry-After (seconds) makes us wait; nothing where there was none."""
    return min(timedelta(seconds=retry_after or 0), LONGEST_ASKED)


class Line:
    """Thread-safe. A clock that is set ends a pause early at most, whichever way it is set.

    `first` and `longest` are pauses in seconds; `chance` gives a number from 0 to 1 that spreads them.
    """

    def __init__(
        self,
        name: str,
        first: float,
        longest: float,
        clock: Callable[[], datetime],
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._name, self._clock, self._chance = name, clock, chance
        self._first, self._longest = timedelta(seconds=first), timedelta(seconds=longest)
        self._lock = threading.Lock()
        self._failures = 0
        self._since = self._closed_until = self._asked_until = datetime.min.replace(tzinfo=UTC)

    @property
    def open(self) -> bool:
        """Whether a call may be tried now."""
        return not self._since <= self._clock() < self._closed_until

    @property
    def asked_to_wait(self) -> bool:
        """Whether the other side itself asked for the pause: nobody calls, not even for a member."""
        return self._since <= self._clock() < self._asked_until

    @property
    def failing(self) -> bool:
        """Whether the last call had no answer."""
        return self._failures > 0

    @property
    def pause(self) -> timedelta:
        """How long whatever just failed should wait: until a call may be tried, a first pause at least."""
        return self._first if self.open else max(self._closed_until - self._clock(), self._first)

    def answered(self) -> None:
        """The other side is there, whatever it said."""
        with self._lock:
            if self._failures >= _CALLS_BEFORE_A_PAUSE:
                log.warning("%s: answers again", self._name)
            self._failures = 0
            self._closed_until = self._asked_until = self._since

    def failed(self, retry_after: int | None = None, *, for_long: bool = False) -> None:
        """No answer, or one that asks to come back later. `for_long`: only staff can mend it."""
        with self._lock:
            self._failures += 1
            asked, pause = heeded(retry_after), self._growing()
            pause = max(asked, self._longest if for_long else pause)
            if not pause:
                return
            if self._failures == _CALLS_BEFORE_A_PAUSE or (for_long and self._failures == 1):
                log.error("%s: away; nobody asks for %.0f s", self._name, pause.total_seconds())
            self._since = self._clock()
            self._asked_until = self._since + asked
            self._closed_until = self._since + pause * (1 + _SPREAD * self._chance())

    def _growing(self) -> timedelta:
        beyond = self._failures - _CALLS_BEFORE_A_PAUSE
        if beyond < 0:
            return timedelta(0)
        return min(self._first * (1 << min(beyond, 16)), self._longest)
