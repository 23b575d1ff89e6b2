"""The window's own touches and keys are heard, also after its native window was made anew."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from kiosk.views.frame.glass import Glass


def test_hands_are_heard_also_by_another_native_window(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    heard: list[object] = []
    Glass(window).touched.connect(heard.append)
    window.show()
    first = window.windowHandle()
    QTest.mouseClick(first, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert heard.count(QEvent.Type.MouseButtonPress) == 1
    gone: list[object] = []
    first.destroyed.connect(lambda: gone.append(first))
    holder = QWidget()
    qtbot.addWidget(holder)
    window.setParent(holder)
    window.setParent(None)
    window.show()
    assert gone, "as the first web view does where OpenGL draws: the native window is another one"
    heard.clear()
    QTest.mouseClick(window.windowHandle(), Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert heard.count(QEvent.Type.MouseButtonPress) == 1
