"""What the kiosk asks of a receipt printer, whatever its make.

All calls block, for a bounded time; they belong in a background lane. A printer that can not be
read is UNKNOWN, which is neither OK nor OUT: it may be asked to print, but nothing is promised.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from kiosk.receipt.blocks import Receipt


class PaperState(StrEnum):
    """What is known of paper and printer, most telling fact first."""

    OK = "ok"
    LOW = "low"
    OUT = "out"
    COVER_OPEN = "cover_open"
    OFFLINE = "offline"
    """Not reachable, or it says itself that it can not print."""
    UNKNOWN = "unknown"
    """Reachable, but it tells nothing about its paper."""
    NONE = "none"
    """This terminal has no printer."""

    @property
    def can_print(self) -> bool:
        """Whether a receipt may be offered on paper."""
        return self in (PaperState.OK, PaperState.LOW, PaperState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class PrintResult:
    """The job was handed over. `confirmed`: the printer itself said that it is printed."""

    paper: PaperState
    confirmed: bool


class PrinterFault(Exception):
    """Nothing, or not everything, was printed. `started`: some paper may have come out.

    `kind` is the state that prevented it. The text is for logs and carries no receipt content.
    """

    def __init__(self, kind: PaperState, detail: str = "", *, started: bool = False) -> None:
        super().__init__(f"{kind}: {detail}" if detail else str(kind))
        self.kind = kind
        self.started = started


class Printer(Protocol):
    """One printer. Thread-safe: calls wait for each other."""

    def state(self) -> PaperState:
        """Ask the device now. Never raises."""

    def print(self, receipt: Receipt, copies: int = 1) -> PrintResult:
        """Print that many times. Raises PrinterFault; never prints twice by itself."""


class NoPrinter:
    """A terminal without paper: receipts go by QR and file only."""

    def state(self) -> PaperState:
        """Always NONE."""
        return PaperState.NONE

    def print(self, receipt: Receipt, copies: int = 1) -> PrintResult:  # noqa: ARG002 - the protocol's
        """Raises PrinterFault(NONE)."""
        raise PrinterFault(PaperState.NONE)
