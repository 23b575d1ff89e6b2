"""That something is under way."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from kiosk.views.parts.theme import Theme


class Spinner(QWidget):
    """A slow, calm ring."""

    def __init__(self, theme: Theme, pixels: float = 150) -> None:
        super().__init__()
        self._theme, self._angle = theme, 0
        self.setFixedSize(theme.u(pixels), theme.u(pixels))
        self._timer = QTimer(self, interval=40)
        self._timer.timeout.connect(self._turn)

    def run(self, running: bool) -> None:
        """Turn, or stand still when nobody looks."""
        if running:
            self._timer.start()
        else:
            self._timer.stop()

    def _turn(self) -> None:
        self._angle = (self._angle - 6) % 360
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        thick = self._theme.u(14)
        box = self.rect().adjusted(thick, thick, -thick, -thick)
        painter.setPen(QPen(self._theme.colour("line"), thick))
        painter.drawEllipse(box)
        painter.setPen(
            QPen(self._theme.colour("brand"), thick, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
        )
        painter.drawArc(box, self._angle * 16, 100 * 16)
