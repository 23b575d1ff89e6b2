"""What hands do to the window, wherever they do it, and whatever becomes of the window beneath."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QWindow
from PySide6.QtWidgets import QWidget

_HANDS = frozenset({
    QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove, QEvent.Type.KeyPress, QEvent.Type.TouchBegin,
    QEvent.Type.TouchUpdate, QEvent.Type.Wheel,
})  # fmt: skip


class Glass(QObject):
    """Hears the native window's own touches and keys; a filter on the application would see everything.

    With the first web view in it Qt makes the native window anew, on screens that are drawn by OpenGL.
    """

    touched = Signal(object)
    """The type of the event."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        window.installEventFilter(self)
        self._attach()

    def _attach(self) -> None:
        if (native := self._window.windowHandle()) is not None:
            native.installEventFilter(self)  # once more is no more than once

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(watched, QWindow):
            if event.type() in _HANDS:
                self.touched.emit(event.type())
        elif event.type() == QEvent.Type.WinIdChange:
            self._attach()
        return False
