"""The receipt on paper and in a file: prints in the background and says how it is going."""

from __future__ import annotations

import logging

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout

from kiosk.cooperative.payment import Payment
from kiosk.models.visit import Visit
from kiosk.receipt.document import Receipt
from kiosk.receipt.printer import PaperState, PrinterFault
from kiosk.receipt.qr import forget_codes, qr_matrix
from kiosk.teller.desk import Desk
from kiosk.views.controls import Card, Picture, label
from kiosk.views.languages import Languages
from kiosk.views.theme import Theme

_FILE_AFTER = 700
"""Milliseconds until the receipt's file is drawn."""
log = logging.getLogger(__name__)


class ReceiptPrinting(QObject):
    """One receipt at a time; never blocks, never prints the same payment twice by itself.

    `phase`: "" (idle), printing, printed, no_paper, no_printer, failed.
    """

    changed = Signal()
    ready = Signal()

    def __init__(self, visit: Visit) -> None:
        super().__init__()
        self._visit = visit
        self.phase = ""
        self.receipt: Receipt | None = None
        self._printed: set[tuple[str, str]] = set()
        self._for: tuple[str, str, str] | None = None
        visit.ended.connect(self._forget)

    def _forget(self) -> None:
        self.phase, self.receipt, self._for = "", None, None
        forget_codes()

    def prepare(self, payment: Payment, *, copy: bool) -> None:
        """Make the receipt; `ready` tells when it can be shown. Its PDF follows."""
        wanted = (payment.payment_id, payment.state.value, Languages.current)
        if self._for == wanted:
            self.ready.emit()
            return
        self._for, self.receipt = wanted, None
        language = Languages.current

        def have(receipt: Receipt) -> None:
            self.receipt = receipt
            self.ready.emit()

            def save(desk: Desk) -> object:
                return desk.receipts.save(payment, receipt)

            # Drawing the file holds Python's lock: not while the page is being painted.
            QTimer.singleShot(_FILE_AFTER, lambda: self._visit.run("ask", save, _saved, _not_saved))

        def make(desk: Desk) -> Receipt:
            receipt = desk.receipts.of(payment, copy=copy, language=language)
            qr_matrix(receipt.qr_text)  # computed here, kept for the page
            return receipt

        self._visit.run("ask", make, have, _not_saved)

    def print_once(self, payment: Payment) -> None:
        """Print by itself, once per payment and state."""
        mark = (payment.payment_id, payment.state.value)
        if mark not in self._printed:
            self._printed.add(mark)
            self.print_now(payment, copy=False)

    def print_now(self, payment: Payment, *, copy: bool) -> None:
        """Print, as the original or as a marked copy."""
        if self.phase == "printing":
            return
        self._set("printing")
        language = Languages.current

        def work(desk: Desk) -> PaperState:
            result = desk.printer.print(desk.receipts.of(payment, copy=copy, language=language))
            return result.paper

        self._visit.run("ask", work, lambda _: self._set("printed"), self._failed)

    def _failed(self, error: Exception) -> None:
        kind = error.kind if isinstance(error, PrinterFault) else PaperState.OFFLINE
        self._set({PaperState.NONE: "no_printer", PaperState.OUT: "no_paper"}.get(kind, "failed"))

    def _set(self, phase: str) -> None:
        self.phase = phase
        self.changed.emit()


def _saved(_path: object) -> None:
    """Nobody waits for the file."""


def _not_saved(error: Exception) -> None:
    log.error("receipt: %s", type(error).__name__)


class PrintingCard(Card):
    """How the printing goes, in words and picture."""

    def __init__(self, theme: Theme, printing: ReceiptPrinting) -> None:
        super().__init__(theme, "tint", across=True, pad=22, gap=18)
        self._printing = printing
        self._picture = Picture(theme, "printer-fill", "brand", 52)
        self.box.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignVCenter)
        words = QVBoxLayout()
        words.setSpacing(0)
        self._head, self._text = label("strong", name="printing"), label("caption")
        words.addWidget(self._head)
        words.addWidget(self._text)
        self.box.addLayout(words, 1)
        printing.changed.connect(self.refresh)

    def refresh(self) -> None:
        """Say where the printing stands."""
        said = {
            "printing": (self.tr("Imprimiendo…"), self.tr("Tómelo abajo a la derecha")),
            "printed": (self.tr("Ya está impreso"), self.tr("Tómelo abajo a la derecha")),
            "no_paper": (self.tr("La impresora no tiene papel"), self.tr("Guárdelo con el código QR")),
            "no_printer": (self.tr("Este kiosco no imprime"), self.tr("Guárdelo con el código QR")),
            "failed": (
                self.tr("No se pudo imprimir"),
                self.tr("Guárdelo con el código QR o intente otra vez"),
            ),
        }.get(self._printing.phase)
        self.setVisible(said is not None)
        if said is not None:
            self._head.setText(said[0])
            self._text.setText(said[1])
            good = self._printing.phase in ("printing", "printed")
            self._picture.show_icon(
                "printer-fill" if good else "warning-circle-fill", "brand" if good else "pending"
            )
            self.show_surface("tint" if good else "pending")
