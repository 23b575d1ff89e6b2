"""Hands and eyes at the kiosk's window: find, touch, type and wait, as a person would.

Whoever works the window by program has these: the guided tour, the tests, the benchmarks. Nothing here knows
a test runner. What does not come or cannot be seen raises `Stuck`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any, NoReturn

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QPoint, QRect, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QLabel, QLineEdit, QWidget

from kiosk.lockdown.web_profile import WebVisit
from kiosk.views.frame.main_window import MainWindow
from kiosk.views.parts.page import Page
from kiosk.visit.steps import Step
from kiosk.visit.visit import Visit

PATIENCE = 60.0
"""Seconds that something may take to come, on a machine busy with other things."""
_LOOK_AGAIN = 20
"""Milliseconds between two looks at what is waited for."""
_UNSEEN = dict.fromkeys(map(ord, "\u200b\u200e\u2002"))


class Stuck(Exception):
    """The hands could not go on; the text says at which page and what was awaited."""


def pause(milliseconds: int) -> None:
    """Let the program run. (QTest.qWait keeps Python's lock, so that the lanes would starve.)"""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def settle() -> None:
    """Let layouts, timers of no delay and deferred deletions do their work."""
    for _ in range(6):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QCoreApplication.processEvents()


def plain(text: str) -> str:
    """A text as it is read aloud: no marks that only help to lay it out."""
    return text.translate(_UNSEEN).replace("\u00a0", " ").strip()


class Hands:
    """One person in front of one window."""

    def __init__(self, window: MainWindow, visit: Visit) -> None:
        self.window, self.visit = window, visit

    # -- waiting --------------------------------------------------------------------------

    def let_run(self) -> None:
        """Let the program run for a moment, between two looks at what is waited for."""
        pause(_LOOK_AGAIN)

    def comes(self, condition: Callable[[], object], seconds: float) -> bool:
        """Whether something becomes true in time."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                return False
            self.let_run()
        return True

    def wait(self, condition: Callable[[], object], what: str = "change", seconds: float = PATIENCE) -> None:
        """Let the program run until something is true."""
        if not self.comes(condition, seconds):
            self.give_up(f"no {what} in {seconds:.0f} s; in sight: {self.describe()}")

    def give_up(self, why: str) -> NoReturn:
        """Say where the way ended."""
        raise Stuck(f"{self.visit.step.value}: {why}")

    def describe(self) -> object:
        """What is told beside what was awaited in vain."""
        return self.visible_texts()

    def arrive(self, step: Step, seconds: float = PATIENCE) -> None:
        """Wait for a page."""
        self.wait(lambda: self.visit.step is step, f"page {step.value}", seconds)
        pause(0)

    # -- eyes -----------------------------------------------------------------------------

    @property
    def page(self) -> Page:
        """The page on stage."""
        page = self.window.current
        if page is None:
            self.give_up("no page is on stage")
        return page

    def find(self, name: str, kind: type[QWidget] = QWidget) -> Any:
        """The widget of a name and kind that can be seen."""
        found = [w for w in self.window.findChildren(kind, name) if w.isVisible()]
        if not found:
            self.give_up(f"nothing called {name} is in sight")
        return found[-1]

    def sees(self, name: str) -> bool:
        """Whether a widget of this name can be seen."""
        return any(w.isVisible() for w in self.window.findChildren(QWidget, name))

    def text_of(self, name: str) -> str:
        """The words of a widget that can be seen."""
        return plain(self.find(name).text())

    def visible_texts(self) -> list[str]:
        """Every text in sight."""
        kinds = (QLabel, QAbstractButton, QLineEdit)
        shown = [w for w in self.window.findChildren(QWidget) if isinstance(w, kinds) and w.isVisible()]
        return [plain(w.text()) for w in shown if w.text()]

    # -- hands ----------------------------------------------------------------------------

    def touch(self, target: QWidget, where: QPoint | None = None) -> None:
        """Press and lift a finger on a widget once nothing lies over it there; its middle by default."""
        spot = target.rect().center() if where is None else where

        def on_top() -> bool:
            self.page.scroller.ensureWidgetVisible(target)  # what comes in later may move it away again
            found = self.window.childAt(target.mapTo(self.window, spot))
            return found is not None and (found is target or target.isAncestorOf(found))

        self.wait(on_top, f"finger's way to {target.objectName()}")
        self.strike(target, spot)

    def strike(self, target: QWidget, where: QPoint) -> None:
        """Press and lift on a widget, whatever lies over it."""
        QTest.mouseClick(target, Qt.MouseButton.LeftButton, pos=where)

    def click(self, name: str) -> None:
        """Touch a button as soon as it can be touched."""
        self.wait(lambda: self.find(name, QAbstractButton).isEnabled(), f"enabled {name}")
        self.touch(self.find(name, QAbstractButton))

    def press(self, name: str) -> None:
        """Touch a button now, without waiting: also from within something that the program waits for."""
        button = self.find(name, QAbstractButton)
        self.strike(button, button.rect().center())

    def touch_row(self, name: str, row: int) -> None:
        """Touch the middle of a list's row."""
        view: QAbstractItemView = self.find(name)
        view.scrollTo(view.model().index(row, 0))
        pause(0)
        self.strike(view.viewport(), view.visualRect(view.model().index(row, 0)).center())
        pause(0)

    @property
    def keyboard_in_sight(self) -> bool:
        """Whether an on-screen keyboard can be touched."""
        return self.sees("keyboard")

    def tap(self, key: str) -> None:
        """Touch a key of the on-screen keyboard: a letter, or space, back, shift, done."""
        keys = [w for w in self.window.findChildren(QAbstractButton) if w.property("key") == key]
        shown = [w for w in keys if w.isVisible()]
        if not shown:
            self.give_up(f"the keyboard in sight has no {key}")
        self.strike(shown[-1], shown[-1].rect().center())
        pause(0)

    def focus(self, field: str) -> QLineEdit:
        """Touch a field and wait for its keyboard."""
        edit: QLineEdit = self.find(field, QLineEdit)
        self.touch(edit)
        self.wait(lambda: self.keyboard_in_sight, "keyboard")
        return edit

    def type(self, field: str, text: str) -> None:
        """Touch a field and type on the on-screen keyboard, behind what is there."""
        edit = self.focus(field)
        before = edit.text()
        self._type(text)
        self.wait(lambda: edit.text() != before, f"typed {field}")

    def _type(self, text: str) -> None:
        for letter in text:
            self.tap("space" if letter == " " else letter)

    # -- the bank's page ------------------------------------------------------------------

    @property
    def web(self) -> WebVisit:
        """The browser of the page on stage."""
        web: WebVisit | None = getattr(self.page, "web", None)
        if web is None:
            self.give_up("no browser is on stage")
        return web

    @property
    def glass(self) -> QWidget:
        """What takes touches and keys for the bank's page."""
        proxy = self.web.view.focusProxy()
        if proxy is None:
            self.give_up("the browser takes no touches")
        return proxy

    def ask_web(self, script: str, seconds: float = PATIENCE) -> Any:
        """What a script of the bank's page itself gives."""
        answers: list[str] = []
        self.web.page.runJavaScript(f"JSON.stringify({script})", 0, answers.append)
        if not self.comes(lambda: answers, seconds):
            self.give_up("the bank's page answers no script")
        return json.loads(answers[0]) if answers[0] else None

    def find_web(self, selector: str) -> QRect | None:
        """Where the first element that fits a CSS selector is in the view. It is scrolled into sight.

        None where there is none, or none that has a size.
        """
        found: list[QRect | None] = []
        self.page.find_rect(selector, found.append)  # type: ignore[attr-defined] # only the bank's page has it
        self.wait(lambda: found, f"answer about {selector}")
        return found[0]

    def rest_web(self, selector: str) -> QRect:
        """Where an element is once scrolling and resizing do not move it any more."""
        seen: list[QRect | None] = [None]

        def at_rest() -> bool:
            seen.append(self.find_web(selector))
            if seen[-1] is not None and seen[-1] == seen[-2]:
                return True
            pause(60)
            return False

        self.wait(at_rest, f"{selector} at rest")
        place = seen[-1]
        assert place is not None
        return place

    def touch_web(
        self,
        selector: str,
        button: Qt.MouseButton = Qt.MouseButton.LeftButton,
        keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> None:
        """Press and lift in the middle of an element of the bank's page."""
        place = self.find_web(selector)
        if place is None:
            self.give_up(f"no {selector} on the bank's page")
        QTest.mouseClick(self.glass, button, keys, place.center())

    def type_web(self, text: str) -> None:
        """Type into the field that was touched on the bank's page, on the on-screen keyboard."""
        self.wait(lambda: self.keyboard_in_sight, "keyboard over the bank's page")
        pause(300)  # the page makes room for it
        self._type(text)
