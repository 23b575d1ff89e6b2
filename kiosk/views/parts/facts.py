"""Facts in rows: a name and its value."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from kiosk.views.parts.controls import ThinLine, label
from kiosk.views.parts.theme import Theme
from kiosk.views.parts.tree import empty


class FactTable(QWidget):
    """Rows of name and value with thin lines between, in one or two columns."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.u(52))
        self._grid.setVerticalSpacing(0)

    def show_rows(self, left: list[tuple[str, str]], right: list[tuple[str, str]]) -> None:
        """Fill both columns; on a narrow screen they stand below each other."""
        empty(self._grid)
        stacked = self._theme.portrait or not self._theme.roomy or not right
        for number, row in enumerate(left):
            self._grid.addWidget(self._row(*row), number, 0)
        for number, row in enumerate(right):
            self._grid.addWidget(self._row(*row), number + (len(left) if stacked else 0), 0 if stacked else 1)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 0 if stacked else 1)

    def _row(self, name: str, value: str) -> QWidget:
        row = QWidget()
        column = QVBoxLayout(row)
        column.setContentsMargins(0, self._theme.u(12), 0, 0)
        column.setSpacing(self._theme.u(10))
        across = QHBoxLayout()
        left, right = label("soft", wrap=False), label("strong")
        left.setText(name)
        right.setText(value)
        right.setAlignment(Qt.AlignmentFlag.AlignRight)
        across.addWidget(left)
        across.addWidget(right, 1)
        column.addLayout(across)
        column.addWidget(ThinLine(self._theme))
        return row
