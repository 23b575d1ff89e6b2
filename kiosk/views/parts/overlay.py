"""A card above a dimmed page."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from kiosk.views.parts.controls import Button, Card
from kiosk.views.parts.theme import Theme
from kiosk.views.parts.tree import parent_of

_DIM = QColor(8, 32, 26, 170)


def in_the_middle(card: QWidget) -> QHBoxLayout:
    """Centred by stretches: an alignment would cut texts of several lines."""
    row = QHBoxLayout()
    row.addStretch(1)
    row.addWidget(card)
    row.addStretch(1)
    return row


class Overlay(QWidget):
    """A card above a dimmed page. Covers its parent; `open` and `close_it` are all there is to it."""

    closing = Signal()
    """Still visible: whoever is to have the focus takes it now, or Qt hands it to the next in line."""

    def __init__(self, parent: QWidget, theme: Theme, name: str, width: float = 1080) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.theme = theme
        outer = QVBoxLayout(self)
        outer.setContentsMargins(*[theme.u(40)] * 4)
        self.card = Card(theme, pad=48, gap=22)
        self.card.setFixedWidth(theme.u(min(width, 1000) if theme.portrait else width))
        outer.addStretch(1)
        outer.addLayout(in_the_middle(self.card))
        outer.addStretch(1)
        self.row = QHBoxLayout()
        self.row.setSpacing(theme.u(24))
        self.hide()

    def open(self) -> None:
        """Cover the page."""
        self.setGeometry(parent_of(self).rect())
        self.show()
        self.raise_()
        self.setFocus()

    def close_it(self) -> None:
        """Uncover it."""
        if self.isVisible():
            self.closing.emit()
        self.hide()

    def add_row(self, *buttons: Button) -> None:
        """The actions, the last one on the right."""
        self.row.addStretch(1)
        for button in buttons:
            self.row.addWidget(button)
        self.card.box.addSpacing(self.theme.u(8))
        self.card.box.addLayout(self.row)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.accept()  # nothing typed here reaches the page below

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), _DIM)

    def retranslate(self) -> None:
        """Words in the language in force."""

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
