"""Rounds of a sonda without end: what a terminal needs when nobody stands behind it."""

from __future__ import annotations

import logging
import select
import socket
from collections.abc import Callable

from kiosk.cooperative.payment import Payment
from kiosk.journal.errors import JournalUnusable
from kiosk.teller.sonda import Sonda

log = logging.getLogger(__name__)

_LONGEST_PAUSE = 60.0


class StopSign:
    """Given by a signal's handler, seen between two payments, and ends a wait at once.

    No threading.Event: its lock may be held by the very thread that the handler interrupts.
    """

    def __init__(self) -> None:
        self.given = False
        self._hears, self._tells = socket.socketpair()

    def give(self) -> None:
        """From now on."""
        self.given = True
        self._tells.send(b".")

    def wait(self, seconds: float) -> None:
        """Sleep so long, or until it is given."""
        select.select([self._hears], [], [], seconds)

    def close(self) -> None:
        """Nobody waits any more."""
        self._hears.close()
        self._tells.close()


def keep_watch(
    find: Callable[[], Sonda], every: float, stop: StopSign, changed: Callable[[Payment], object]
) -> None:
    """Round after round, `every` so many seconds, until `stop`; then the payment in hand is finished.

    A journal that is busy, full or away for a while is told of once and tried again, ever less often up
    to once a minute. `find` gives the sonda and may raise JournalUnusable too.
    """
    trouble, pause = "", every
    while not stop.given:
        try:
            find().round(stop=lambda: stop.given, changed=changed)
        except JournalUnusable as error:
            said = str(error)
        except Exception as error:  # noqa: BLE001 - whatever it is, payments wait for the next round
            said = type(error).__name__
        else:
            said = ""
        if said and not trouble:
            log.error("no round: %s", said)
        elif trouble and not said:
            log.warning("rounds go on")
        trouble, pause = said, min(pause * 2, max(_LONGEST_PAUSE, every)) if said else every
        stop.wait(pause)
