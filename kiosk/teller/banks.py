"""The scheme's bank list, fetched once a day and not for every member."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from kiosk.pse.gateway import Bank, Gateway, NoVerdict
from kiosk.teller.errors import NoBankList

_LIFETIME = timedelta(days=1)
_TRY_AGAIN = timedelta(minutes=5)


class BankDirectory:
    """Remembers the list of a gateway that wants the bank picked here. Usable from any thread."""

    def __init__(self, gateway: Gateway, clock: Callable[[], datetime]) -> None:
        self._gateway, self._clock, self._lock = gateway, clock, threading.Lock()
        self._banks: tuple[Bank, ...] = ()
        self._fetched: datetime | None = None
        self._renew_at: datetime | None = None

    def list(self) -> tuple[Bank, ...]:
        """The banks by name; empty where the gateway's page asks. Raises NoBankList.

        A list that could not be renewed is used for another day: banks come and go rarely.
        """
        if not self._gateway.abilities.picks_bank_here:
            return ()
        with self._lock:
            now = self._clock()
            if self._fetched is None or self._renew_at is None or now >= self._renew_at:
                found = self._gateway.banks()
                # Members do not wait each for a gateway that is away, while there is a list to show.
                self._renew_at = now + _TRY_AGAIN
                if not isinstance(found, NoVerdict) and found:
                    self._banks, self._fetched, self._renew_at = found, now, now + _LIFETIME
            if self._fetched is None or now - self._fetched >= 2 * _LIFETIME:
                raise NoBankList
            return self._banks
