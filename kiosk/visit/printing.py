"""The receipt on paper and in a file: made and printed in the background, told how it is going."""

from __future__ import annotations

import logging
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from kiosk.cooperative.payment import Payment
from kiosk.visit.errands import Errands

if TYPE_CHECKING:
    from kiosk.receipt.blocks import Receipt
    from kiosk.teller.desk import Desk

_FILE_AFTER = 700
"""Milliseconds until the receipt's file is drawn."""
log = logging.getLogger(__name__)


class ReceiptPrinting(QObject):
    """One receipt at a time; never blocks, never prints the same payment twice by itself.

    `phase`: "" (idle), printing, printed, no_paper, no_printer, failed.
    """

    changed = Signal()
    ready = Signal()

    def __init__(self, errands: Errands) -> None:
        super().__init__()
        self._errands = errands
        self._clear()

    def _clear(self) -> None:
        self.phase = ""
        self.receipt: Receipt | None = None
        self._payment_id = ""
        self._for: tuple[str, str, str, bool] | None = None
        self._printed: set[tuple[str, str]] = set()
        self._filed: set[tuple[str, str]] = set()

    def forget(self) -> None:
        """The visit is over."""
        from kiosk.receipt.qr import forget_codes

        self._clear()
        forget_codes()

    def prepare(self, payment: Payment, *, copy: bool, language: str) -> None:
        """Make the receipt; `ready` tells when it can be shown. The file of an original follows."""
        if payment.payment_id != self._payment_id:
            self._payment_id, self.phase = payment.payment_id, ""
        wanted = (*_stands(payment), language, copy)
        if self._for == wanted:
            self.ready.emit()
            return
        self._for, self.receipt = wanted, None

        def have(receipt: Receipt) -> None:
            if self._for != wanted:
                return  # another one was asked for meanwhile
            self.receipt = receipt
            self.ready.emit()
            if not copy:
                self._file(payment, receipt)

        def make(desk: Desk) -> Receipt:
            from kiosk.receipt.qr import qr_matrix

            receipt = desk.receipts.of(payment, copy=copy, language=language)
            qr_matrix(receipt.qr_text)  # computed here, kept for the page
            return receipt

        self._errands.run("ask", make, have, _not_saved)

    def _file(self, payment: Payment, receipt: Receipt) -> None:
        mark = _stands(payment)
        if mark in self._filed:
            return
        self._filed.add(mark)

        def save(desk: Desk) -> object:
            return desk.receipts.save(payment, receipt)

        def not_saved(error: Exception) -> None:
            self._filed.discard(mark)  # what has no file is filed by whoever shows it next, or at rest
            _not_saved(error)

        # Drawing the file holds Python's lock: not while the page is being painted.
        QTimer.singleShot(_FILE_AFTER, lambda: self._errands.run("ask", save, _saved, not_saved))

    def print_once(self, payment: Payment, *, language: str) -> None:
        """Print by itself, once per payment and state."""
        mark = _stands(payment)
        if mark not in self._printed:
            self._printed.add(mark)
            self.print_now(payment, copy=False, language=language)

    def print_now(self, payment: Payment, *, copy: bool, language: str) -> None:
        """Print, as the original or as a marked copy."""
        if self.phase == "printing":
            return
        self._enter_phase("printing")

        def work(desk: Desk) -> object:
            return desk.printer.print(desk.receipts.of(payment, copy=copy, language=language))

        self._errands.run("ask", work, lambda _: self._enter_phase("printed"), self._failed)

    def _failed(self, error: Exception) -> None:
        from kiosk.receipt.printer import PaperState, PrinterFault

        kind = error.kind if isinstance(error, PrinterFault) else PaperState.OFFLINE
        self._enter_phase({PaperState.NONE: "no_printer", PaperState.OUT: "no_paper"}.get(kind, "failed"))

    def _enter_phase(self, phase: str) -> None:
        self.phase = phase
        self.changed.emit()


def _stands(payment: Payment) -> tuple[str, str]:
    """What makes another receipt: whose it is, and how it stands."""
    return payment.payment_id, f"{payment.state.value} {payment.review or ''}"


def _saved(_path: object) -> None:
    """Nobody waits for the file."""


def _not_saved(error: Exception) -> None:
    # Where it went wrong, never its words: they may name a member.
    where = traceback.extract_tb(error.__traceback__)[-4:]
    steps = ", ".join(f"{Path(step.filename).name}:{step.lineno}" for step in where)
    log.error("receipt: %s at %s", type(error).__name__, steps)
