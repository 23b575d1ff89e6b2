"""A QR code as a widget."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from kiosk.receipt.qr import qr_matrix
from kiosk.views.parts.theme import Theme


class QrCode(QWidget):
    """Black on white with its quiet zone, whatever the theme: cameras need the contrast."""

    def __init__(self, theme: Theme, name: str, pixels: float) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setFixedSize(theme.u(pixels), theme.u(pixels))
        self.text = ""
        self._squares: tuple[tuple[bool, ...], ...] = ()

    def show_text(self, text: str) -> None:
        """Encode this; empty shows nothing."""
        self.text = text
        self._squares = qr_matrix(text) if text else ()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.white)
        if not self._squares:
            return
        quiet = 4
        cell = self.width() // (len(self._squares) + 2 * quiet)
        offset = (self.width() - cell * len(self._squares)) // 2
        for y, row in enumerate(self._squares):
            for x, dark in enumerate(row):
                if dark:
                    painter.fillRect(offset + x * cell, offset + y * cell, cell, cell, Qt.GlobalColor.black)
