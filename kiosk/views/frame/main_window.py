"""The one window: who and where on top, the page below; it turns pages as the visit moves.

The keyboards, what is read aloud, and the band of reach mode have modules of their own beside this one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QChildEvent, QEvent, QRect, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from kiosk.views.frame.dressing import Dresser
from kiosk.views.frame.glass import Glass
from kiosk.views.frame.header import Header
from kiosk.views.frame.keyboards import Keyboards
from kiosk.views.frame.listening import Listening
from kiosk.views.frame.reach import Reach
from kiosk.views.parts.controls import Card, label
from kiosk.views.parts.page import Page, Place
from kiosk.views.parts.theme import Theme
from kiosk.visit.steps import Step, Turn
from kiosk.visit.visit import Visit

if TYPE_CHECKING:
    from kiosk.speech.voice import SpeechPlan
    from kiosk.views.frame.speaking import Speaker

_KNOCKS, _KNOCK_WITHIN = 7, 5.0
PageMaker = Callable[[Visit, Theme, Place], Page]


class MainWindow(QMainWindow):
    """Shows the page of the visit's step. Pages are made when first needed and kept."""

    def __init__(
        self,
        visit: Visit,
        theme: Theme,
        place: Place,
        makers: Mapping[Step, Callable[[], PageMaker]],
        speech: SpeechPlan | None = None,
    ) -> None:
        super().__init__()
        self.glass = Glass(self)
        self._speech = speech
        self._visit, self._theme, self._place, self._makers = visit, theme, place, makers
        self._pages: dict[Step, Page] = {}
        self._current: Page | None = None
        self._knocks: list[float] = []
        self.setWindowTitle(place.cooperative)
        # First of all: widgets measure themselves by the style sheet in force.
        self._dresser = Dresser(theme)
        theme.changed.connect(self._dress)
        self._frame = frame = QWidget()
        frame.setObjectName("frame")
        frame.setMinimumSize(1, 1)  # the screen decides how large we are, never a long word
        column = QVBoxLayout(frame)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        ribbon = self._ribbon() if place.demonstration else None
        if ribbon is not None:
            column.addWidget(ribbon)
        self.header = Header(visit, theme, place)
        column.addWidget(self.header)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        self.stack = QStackedWidget()
        self.stack.setSizePolicy(
            self.stack.sizePolicy().horizontalPolicy(), self.stack.sizePolicy().Policy.Ignored
        )
        middle.addWidget(self.stack, 1)
        column.addLayout(middle, 1)
        self.setCentralWidget(frame)
        here, pages = lambda: self._current, self._pages.values
        self.keyboards = Keyboards(self, theme, middle, column, here)
        self.voice = Listening(self, theme, self.header, column, pages)
        around = (self.header, self.keyboards, self.voice, ribbon)
        self._reach = Reach(self, theme, place, column, around, here, pages)
        for part in (self.keyboards, self.voice, self._reach):
            part.made.connect(self._dresser.dress)
        self.keyboards.shifted.connect(self.voice.say_case)
        theme.reach_changed.connect(self._arrange_soon)
        visit.moved.connect(self._turn)
        visit.ended.connect(self._comfort_over)
        self.retranslate()
        self._turn()

    def _ribbon(self) -> QWidget:
        ribbon = Card(self._theme, "demo", pad=0)
        ribbon.setMinimumHeight(self._theme.u(40))
        self._ribbon_words = label("caption", wrap=False)
        self._ribbon_words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        ribbon.box.addWidget(self._ribbon_words)
        return ribbon

    def retranslate(self) -> None:
        """Words of the frame."""
        if self._place.demonstration:
            self._ribbon_words.setText(self.tr("DEMOSTRACIÓN · datos inventados, no se mueve dinero"))
        self.keyboards.retranslate()
        self.voice.refresh()
        self.voice.turned()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
            self._arrange_soon()
        super().changeEvent(event)

    def page(self, step: Step) -> Page:
        """The page of a step, made now if need be."""
        if step not in self._pages:
            made = self._makers[step]()(self._visit, self._theme, self._place)
            self._pages[step] = made
            self.stack.addWidget(made)
            self.voice.reach(made)
        return self._pages[step]

    def build_one(self) -> bool:
        """Make one keyboard or page that nobody asked for yet; False when all are there."""
        if self.keyboards.build_one():
            return True
        missing = next((step for step in self._makers if step not in self._pages), None)
        if missing is not None:
            self.page(missing)
        elif self._speech is not None and self.speaking is None and self._speech.engines:
            self.offer_speech(self._speech)
            return True
        return missing is not None

    @property
    def current(self) -> Page | None:
        """The page on stage."""
        return self._current

    def _turn(self) -> None:
        page = self.page(self._visit.step)
        self.stack.setFocus()  # or hiding the old page would hand its focus to some button
        if self._current is not None and self._current is not page:
            self._current.leave()
        if self._dresser.dress(page):
            self._arrange_soon()
        self.keyboards.show(None)
        self._current = page
        self.header.setVisible(page.header)
        self.header.refresh()
        self._reach.make_room_if_crowded()
        page.footer.setVisible(page.action_row.count() > 0)
        self.stack.setCurrentWidget(page)
        page.scroller.verticalScrollBar().setValue(0)
        page.enter()
        page.show_problem()
        page.arrange_actions()
        self._reach.say()
        self.voice.turned()

    def _dress(self) -> None:
        self._dresser.change()
        self._dresser.dress(self._current, *self._around())
        QTimer.singleShot(0, self._arrange)

    def _around(self) -> Iterator[QWidget]:
        """What stands around the page, and cards above it."""
        yield from (w for w in self.children() if isinstance(w, QWidget) and w is not self.centralWidget())
        yield from (w for w in self._frame.children() if isinstance(w, QWidget) and w is not self.stack)

    def childEvent(self, event: QChildEvent) -> None:
        """A card that comes to lie above the page is made when it is needed."""
        child = event.child()
        if event.polished() and isinstance(child, QWidget) and child is not self.centralWidget():
            self._dresser.dress(child)
        super().childEvent(event)

    def _arrange_soon(self) -> None:
        QTimer.singleShot(0, self._arrange)

    def _arrange(self) -> None:
        if self._current is not None:
            self._current.arrange_actions()

    def _comfort_over(self) -> None:
        self._theme.set_comfort(large=False, contrast=False)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Only the manager leaves: Alt+F4 and a window manager's wish close no terminal."""
        if event.spontaneous() and self.isFullScreen():
            event.ignore()
        else:
            self.voice.close()
            super().closeEvent(event)

    # -- speech ---------------------------------------------------------------------------

    @property
    def speaking(self) -> Speaker | None:
        """What reads pages aloud, once it was looked for."""
        return self.voice.speaker

    def offer_speech(self, plan: SpeechPlan) -> Speaker:
        """Look for a voice; where there is one, pages can be read aloud from then on."""
        from kiosk.views.frame.speaking import Speaker, Surroundings

        around = Surroundings(self, self.glass, lambda: self._current, self.comfort_name)
        made = Speaker(around, self._visit, self._theme, plan)
        self.voice.use(made)
        return made

    def comfort_name(self) -> str:
        """The look in force, as «Ver mejor» names it."""
        theme = self._theme
        if theme.reach:
            return self.tr("Controles en la parte de abajo")
        if theme.large:
            return self.tr("Letra grande y más contraste") if theme.high_contrast else self.tr("Letra grande")
        return self.tr("Vista normal")

    # -- the manager ----------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Seven touches of the upper left corner while nobody is served open the manager's door."""
        super().mousePressEvent(event)
        where = event.position().toPoint()
        corner = QRect(0, 0, self._theme.u(260), self._theme.u(200))
        if not self._visit.can(Turn.KNOCKED) or not corner.contains(where):
            self._knocks.clear()
            return
        now = time.monotonic()
        self._knocks = [*(knock for knock in self._knocks if now - knock < _KNOCK_WITHIN), now]
        if len(self._knocks) >= _KNOCKS:
            self._knocks.clear()
            self._visit.turn(Turn.KNOCKED)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """By the Tab key the actions can be reached also while the keyboard has their room."""
        if self._current is not None and self._current.action_row.count():
            self._current.footer.show()
        return super().focusNextPrevChild(forward)
