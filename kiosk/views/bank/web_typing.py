"""Brings the on-screen keyboard to fields inside a web page, and keeps the field in sight."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QWidget

from kiosk.lockdown.web_profile import WebVisit
from kiosk.views.parts.tree import application

_LOOK_EVERY = 200
_AFTER_RESIZE = 250

_Hint = Qt.InputMethodHint
_DIGITS = _Hint.ImhDigitsOnly | _Hint.ImhFormattedNumbersOnly | _Hint.ImhDialableCharactersOnly


def keyboard_for(hints: Qt.InputMethodHint) -> str:
    """The keyboard for a field, by what the page says of it (its type and its inputmode)."""
    if hints & _DIGITS:
        return "digits"
    if hints & _Hint.ImhHiddenText:
        return "secret"
    if hints & (_Hint.ImhEmailCharactersOnly | _Hint.ImhUrlCharactersOnly):
        return "email"
    return "text"


class WebTyping(QObject):
    """Looks at what has the focus in the page and asks the window for its keyboard.

    Qt tells input methods everything needed about the focused field, in whatever frame it is; there
    is no signal for it, so it is looked at.
    """

    def __init__(self, page: QWidget) -> None:
        super().__init__(page)
        self._page = page
        self._web: WebVisit | None = None
        self._shown: tuple[QWidget, str] | None = None
        self._timer = QTimer(self, interval=_LOOK_EVERY)
        self._timer.timeout.connect(self._follow_focus)
        application().focusChanged.connect(self._follow_focus)

    def watch(self, web: WebVisit | None) -> None:
        """Serve this page from now on, or none."""
        self._web, self._shown = web, None
        if web is None:
            self._timer.stop()
        else:
            self._timer.start()

    def rest(self) -> None:
        """Take focus and keyboard from the page: something of ours comes in front of it."""
        if self._web is not None:
            proxy = self._web.view.focusProxy()
            if proxy is not None:
                proxy.clearFocus()
            self._follow_focus()

    def _field(self, web: WebVisit) -> tuple[QWidget, str] | None:
        proxy = web.view.focusProxy() if shiboken6.isValid(web.view) else None
        if proxy is None or not proxy.hasFocus():
            return None
        if not proxy.inputMethodQuery(Qt.InputMethodQuery.ImEnabled):
            return None
        hints = Qt.InputMethodHint(proxy.inputMethodQuery(Qt.InputMethodQuery.ImHints))
        return proxy, keyboard_for(hints)

    def _follow_focus(self) -> None:
        web = self._web
        if web is None:
            return
        field, before = self._field(web), self._shown
        if field == before:
            return
        self._shown = field
        keyboards = getattr(self._page.window(), "keyboards", None)
        if keyboards is None:
            return
        from kiosk.lockdown.bank_page import BLUR

        if field is None:
            keyboards.show(None)
            # A field left behind must ask for the keyboard again when it is touched again.
            web.page.run_everywhere(BLUR)
        else:
            keyboards.show(*field)
            QTimer.singleShot(_AFTER_RESIZE, self, self._keep_in_sight)

    def _keep_in_sight(self) -> None:
        if self._web is not None and self._shown is not None:
            from kiosk.lockdown.bank_page import KEEP_IN_SIGHT

            self._web.page.run_everywhere(KEEP_IN_SIGHT)
