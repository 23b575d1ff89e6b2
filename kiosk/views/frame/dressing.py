"""Gives each part of the window the look in force when it comes into sight, and not before."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from PySide6.QtWidgets import QWidget

from kiosk.views.parts.stylesheet import stylesheet
from kiosk.views.parts.theme import Theme
from kiosk.views.parts.tree import application


class Dresser:
    """The style sheet of every part.

    The look that all begin with is the application's: whatever is made measures itself by it. Another
    look is put on part by part: to dress all pages, most of them hidden, takes half a second in which
    nothing else happens, the one in sight a twentieth of that.
    """

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._first = self._sheet = stylesheet(theme)
        self._worn: WeakKeyDictionary[QWidget, str] = WeakKeyDictionary()
        application().setStyleSheet(self._first)

    def change(self) -> None:
        """The theme has another look from now on; nothing wears it yet."""
        self._sheet = stylesheet(self._theme)

    def dress(self, *parts: QWidget | None) -> bool:
        """Have these wear the look in force; whether one of them wore another."""
        worn = [p for p in parts if p is not None and self._worn.get(p, self._first) != self._sheet]
        for part in worn:
            self._worn[part] = self._sheet
            part.setStyleSheet(self._sheet)
        return bool(worn)
