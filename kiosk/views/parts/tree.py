"""What Qt may answer with nothing, asked where it is known to be there; and rows that are made anew."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex
from PySide6.QtWidgets import QApplication, QLayout, QWidget

Index = QModelIndex | QPersistentModelIndex
"""As the view hands it to a delegate."""


def application() -> QApplication:
    """The running application."""
    found = QApplication.instance()
    assert isinstance(found, QApplication)
    return found


def layout_of(widget: QWidget) -> QLayout:
    """The layout of a widget that was given one."""
    found = widget.layout()
    assert found is not None
    return found


def parent_of(widget: QWidget) -> QWidget:
    """The widget that a placed one stands in."""
    found = widget.parentWidget()
    assert found is not None
    return found


def empty(layout: QLayout) -> None:
    """Take everything out of a layout and let go of its widgets."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.deleteLater()
