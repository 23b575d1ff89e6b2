"""What the sandbox is started with, and what can be switched while it runs."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal, get_args
from zoneinfo import ZoneInfo

DEMO_CLIENT_ID = "kiosk-demo"
DEMO_CLIENT_SECRET = "demo-core-secret"  # a sandbox's, worth nothing: production refuses it

Availability = Literal["available", "payments_queued", "unavailable"]
Disclosure = Literal["uniform", "informative"]
FaultKind = Literal[
    "drop_before", "drop_after", "delay", "http_500", "html_500", "garbage", "cut_body",
    "status_503", "status_429", "busy_409",
    "token_problem", "token_header", "token_json", "token_lower", "token_page",
]  # fmt: skip

AVAILABILITIES: tuple[str, ...] = get_args(Availability)
DISCLOSURES: tuple[str, ...] = get_args(Disclosure)
FAULT_KINDS: tuple[str, ...] = get_args(FaultKind)

_BOGOTA = ZoneInfo("America/Bogota")


@dataclass(frozen=True, slots=True)
class CoreFault:
    """A fault for the next `times` calls of one operation (None: until switched off).

    `operation` is an operationId of the contract, `issueToken` for the token endpoint, or `*`.
    `drop_before`, `http_500`, `html_500`, `status_503`, `status_429`, `busy_409` (the same request is
    under way) and the `token_…` (five ways to refuse a token) happen instead of the work; `drop_after`,
    `delay`, `garbage` and `cut_body` after it was done. `seconds` is how long `delay` takes, and what
    `Retry-After` says.
    """

    operation: str
    kind: FaultKind
    times: int | None = 1
    seconds: int = 2


@dataclass(frozen=True, slots=True)
class Rates:
    """Calls a minute; None for no limit.

    The contract suggests 30 and 60. Off unless asked for: a tour or a torture run calls faster
    than any member, and all of it comes from one kiosk.
    """

    sign_ins: int | None = None
    calls: int | None = None


@dataclass(frozen=True, slots=True)
class CoreSandboxSettings:
    """`data_file` is created when it does not exist. The rest is how the sandbox starts."""

    data_file: Path
    client_id: str = DEMO_CLIENT_ID
    client_secret: str = field(default=DEMO_CLIENT_SECRET, repr=False)
    disclosure: Disclosure = "informative"
    availability: Availability = "available"
    faults: tuple[CoreFault, ...] = ()
    rates: Rates = Rates()


class Switches:
    """What `POST /sandbox/settings` changes while the sandbox runs. Thread-safe."""

    def __init__(self, settings: CoreSandboxSettings) -> None:
        self._start = settings
        self._lock = threading.Lock()
        self.restore()

    def restore(self) -> None:
        """Back to how the sandbox was started; the clock is right again."""
        with self._lock:
            self.availability: Availability = self._start.availability
            self.disclosure: Disclosure = self._start.disclosure
            self.rates = self._start.rates
            self._faults = list(self._start.faults)
            self._ahead = timedelta(0)

    def now(self) -> datetime:
        """The sandbox's clock: whole seconds, Bogota time, moved ahead by `advance`."""
        return datetime.now(_BOGOTA).replace(microsecond=0) + self._ahead

    def today(self) -> date:
        """The calendar day in Bogota."""
        return self.now().date()

    def epoch(self) -> int:
        """The sandbox's clock in whole seconds since 1970, as the data file keeps instants."""
        return int(self.now().timestamp())

    def advance(self, seconds: int) -> None:
        """Move the clock ahead, so that nobody has to wait for an expiry."""
        with self._lock:
            self._ahead += timedelta(seconds=seconds)

    @property
    def faults(self) -> list[CoreFault]:
        """Those still to come."""
        with self._lock:
            return list(self._faults)

    def set_faults(self, faults: list[CoreFault]) -> None:
        """Replace the faults to come."""
        with self._lock:
            self._faults = list(faults)

    def take_fault(self, operation: str) -> CoreFault | None:
        """The first fault meant for this call, counted as used."""
        with self._lock:
            for place, fault in enumerate(self._faults):
                if fault.operation in (operation, "*"):
                    if fault.times is not None:
                        left = replace(fault, times=fault.times - 1)
                        self._faults[place : place + 1] = [left] if left.times else []
                    return fault
        return None


def instant(epoch: int) -> str:
    """RFC 3339 with Bogota's offset, from whole seconds since 1970."""
    return datetime.fromtimestamp(epoch, _BOGOTA).isoformat()
