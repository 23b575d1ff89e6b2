"""A fullscreen Qt window with one button, to its first paint: what Qt and Python cost by themselves."""

import time

MARKS = {"python": time.monotonic_ns()}

import json  # noqa: E402
import os  # noqa: E402

from PySide6.QtCore import QTimer  # noqa: E402
from PySide6.QtGui import QPaintEvent  # noqa: E402
from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget  # noqa: E402


def done() -> None:
    """The button is on screen and the event loop takes touches."""
    MARKS["painted"] = time.monotonic_ns()
    print(json.dumps(MARKS), flush=True)
    os._exit(0)


class Start(QPushButton):
    """Says when it was painted."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        QTimer.singleShot(0, done)


MARKS["imported"] = time.monotonic_ns()
app = QApplication([])
MARKS["application"] = time.monotonic_ns()
window = QWidget()
QVBoxLayout(window).addWidget(Start("Toque para comenzar"))
MARKS["built"] = time.monotonic_ns()
window.showFullScreen()
app.exec()
