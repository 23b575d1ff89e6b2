"""How far a gateway's clock and ours are apart, as its answers tell."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from kiosk.pse.wire import usable
from kiosk.transport import NoAnswer, NotSent, Timeouts, Transport

log = logging.getLogger(__name__)

_WORTH_A_LINE = timedelta(seconds=30)
_GROWS_OLD = 900.0
"""Seconds after which a measurement says nothing any more."""
_SOON = Timeouts(connect=5, answer=5)


def _uptime() -> float:
    """Seconds, those that the machine slept included where it can tell."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)


class GatewayClock:
    """The gateway's time, carried on by a count that nobody sets. Thread-safe.

    So the difference is right also after somebody has set our clock, without asking again. `steady` counts
    seconds. Headers are those of a `transport.Reply`: names in lower case.
    """

    def __init__(self, clock: Callable[[], datetime], steady: Callable[[], float] = _uptime) -> None:
        self._clock, self._steady = clock, steady
        self._lock = threading.Lock()
        self._theirs: tuple[datetime, float] | None = None

    def heard(self, headers: Mapping[str, str]) -> None:
        """Take the Date of an answer; one that can not be used says nothing."""
        try:
            theirs = usable(parsedate_to_datetime(headers.get("date", "")))
            if theirs is None:
                return
            far = theirs - self._clock()
        except (TypeError, ValueError, OverflowError):
            return
        with self._lock:
            before, self._theirs = self._theirs, (theirs, self._steady())
        if before is None and abs(far) > _WORTH_A_LINE:
            log.warning("this clock is %d s off the gateway's", -far.total_seconds())

    def measure(self, transport: Transport) -> None:
        """Ask for nothing but the hour: whatever answers has a Date. Without an answer nothing is known."""
        with self._lock:
            self._theirs = None
        with suppress(NotSent, NoAnswer):
            self.heard(transport.request("GET", "/", timeouts=_SOON).headers)

    def ours(self) -> datetime:
        """What this terminal takes the time to be. Aware."""
        return self._clock()

    @property
    def skew(self) -> timedelta | None:
        """How far their clock is ahead of ours now; None where no answer came lately."""
        with self._lock:
            known = self._theirs
        if known is None:
            return None
        theirs, at = known
        passed = self._steady() - at
        return theirs + timedelta(seconds=passed) - self._clock() if passed < _GROWS_OLD else None

    def now(self) -> datetime:
        """The time to write on what the gateway reads: theirs where it is known, else ours. Aware."""
        skew = self.skew
        # Their Date has whole seconds: less than that is no difference.
        return self._clock() + skew if skew is not None and abs(skew) > _WORTH_A_LINE else self._clock()
