"""The one window: who and where on top, the page, the keyboard; it turns pages as the visit moves."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QChildEvent, QEvent, QObject, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QMouseEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QMainWindow,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from kiosk.views.frame.dressing import Dresser
from kiosk.views.frame.glass import Glass
from kiosk.views.frame.header import Header, ReachBand, VoiceBar
from kiosk.views.parts.controls import Card, label
from kiosk.views.parts.keyboard import Keyboard
from kiosk.views.parts.page import Page, Place
from kiosk.views.parts.theme import Theme
from kiosk.visit.steps import Step, Turn
from kiosk.visit.visit import Visit

if TYPE_CHECKING:
    from kiosk.speech.voice import SpeechPlan
    from kiosk.views.frame.speaking import Speaker

_TITLE_EVERY = 400
"""Milliseconds: a page's question may change while the band above shows it."""
_KNOCKS, _KNOCK_WITHIN = 7, 5.0
PageMaker = Callable[[Visit, Theme, Place], Page]


class MainWindow(QMainWindow):
    """Shows the page of the visit's step. Pages are made when first needed and kept."""

    listening = Signal()
    """Somebody hears a page being read: a sign of life."""

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
        self.speaking: Speaker | None = None
        self._voice_bar: VoiceBar | None = None
        self._band: ReachBand | None = None
        self._visit, self._theme, self._place, self._makers = visit, theme, place, makers
        self._pages: dict[Step, Page] = {}
        self._keyboards: dict[str, Keyboard] = {}
        self._current: Page | None = None
        self._knocks: list[float] = []
        self.setWindowTitle(place.cooperative)
        # First of all: widgets measure themselves by the style sheet in force.
        self._dresser = Dresser(theme)
        theme.changed.connect(self._dress)
        theme.reach_changed.connect(self._reach)
        frame = QWidget()
        frame.setObjectName("frame")
        frame.setMinimumSize(1, 1)  # the screen decides how large we are, never a long word
        column = self._column = QVBoxLayout(frame)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        if place.demonstration:
            column.addWidget(self._ribbon())
        self.header = Header(visit, theme, place)
        column.addWidget(self.header)
        middle = self._middle = QHBoxLayout()
        middle.setSpacing(0)
        self.stack = QStackedWidget()
        self.stack.setSizePolicy(
            self.stack.sizePolicy().horizontalPolicy(), self.stack.sizePolicy().Policy.Ignored
        )
        middle.addWidget(self.stack, 1)
        column.addLayout(middle, 1)
        self.setCentralWidget(frame)
        visit.moved.connect(self._turn)
        visit.ended.connect(self._comfort_over)
        QApplication.instance().focusChanged.connect(self._focus_moved)
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
        for keyboard in self._keyboards.values():
            keyboard.retranslate()
        if self.speaking is not None:
            self._speech_changed()
            self.speaking.turned()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
            QTimer.singleShot(0, self._arrange)
        super().changeEvent(event)

    def page(self, step: Step) -> Page:
        """The page of a step, made now if need be."""
        if step not in self._pages:
            made = self._makers[step]()(self._visit, self._theme, self._place)
            self._pages[step] = made
            self.stack.addWidget(made)
            if self.speaking is not None:
                self._let_listen(made, self.speaking)
        return self._pages[step]

    @property
    def side(self) -> Keyboard:
        """The digits beside the page."""
        return self._keyboard("side")

    @property
    def bottom(self) -> Keyboard:
        """The keyboard below the page."""
        return self._keyboard("bottom")

    def _keyboard(self, name: str) -> Keyboard:
        # The first page needs none.
        if name not in self._keyboards:
            made = self._keyboards[name] = Keyboard(self._theme)
            made.hide()
            self._dresser.dress(made)
            made.finished.connect(self._keys_done)
            made.shifted.connect(self._say_case)
            if name == "side":
                made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
                self._middle.addWidget(made)
            else:
                self._column.addWidget(made)
        return self._keyboards[name]

    def build_one(self) -> bool:
        """Make one keyboard or page that nobody asked for yet; False when all are there."""
        if len(self._keyboards) < 2:
            self._keyboard("bottom" if self._keyboards else "side")
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
            QTimer.singleShot(0, self._arrange)
        self.show_keyboard(None)
        self._current = page
        self.header.setVisible(page.header)
        self.header.refresh()
        if self._crowded:
            self._make_room()
        page.footer.setVisible(page.actions.count() > 0)
        self.stack.setCurrentWidget(page)
        page.scroll.verticalScrollBar().setValue(0)
        page.enter()
        page.show_problem()
        page.arrange_actions()
        if self._theme.reach:
            self._say_band()
        if self.speaking is not None:
            self.speaking.turned()

    def _dress(self) -> None:
        self._dresser.change()
        self._dresser.dress(self._current, *self._around())
        QTimer.singleShot(0, self._arrange)

    def _around(self) -> Iterator[QWidget]:
        """What stands around the page, and cards above it."""
        yield from (w for w in self.children() if isinstance(w, QWidget) and w is not self.centralWidget())
        yield from (
            w for w in self.centralWidget().children() if isinstance(w, QWidget) and w is not self.stack
        )

    def childEvent(self, event: QChildEvent) -> None:
        """A card that comes to lie above the page is made when it is needed."""
        if (
            event.polished()
            and isinstance(event.child(), QWidget)
            and event.child() is not self.centralWidget()
        ):
            self._dresser.dress(event.child())
        super().childEvent(event)

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
            if self.speaking is not None:
                self.speaking.close()
            super().closeEvent(event)

    # -- speech ---------------------------------------------------------------------------

    def offer_speech(self, plan: SpeechPlan) -> Speaker:
        """Look for a voice; where there is one, pages can be read aloud from then on."""
        from kiosk.views.frame.speaking import Speaker

        made = self.speaking = Speaker(self, self._visit, self._theme, plan)
        made.listening.connect(self.listening)
        made.changed.connect(self._speech_changed)
        self.header.offer_listening(made)
        for page in self._pages.values():
            self._let_listen(page, made)
        return made

    def _let_listen(self, page: Page, speaker: Speaker) -> None:
        page.listen.connect(speaker.read_aloud)
        page.announced.connect(speaker.announce)
        page.offer_listening(speaker.offered, speaker.on)

    def _say_case(self, capitals: bool) -> None:
        if self.speaking is not None:
            self.speaking.case(capitals)

    def _speech_changed(self) -> None:
        speaker = self.speaking
        self.header.refresh()
        for page in self._pages.values():
            page.offer_listening(speaker.offered, speaker.on)
        if speaker.on and self._voice_bar is None:
            self._voice_bar = VoiceBar(self._theme, speaker)
            self._dresser.dress(self._voice_bar)
            self._column.insertWidget(self._column.indexOf(self.header) + 1, self._voice_bar)
            before: QWidget = self.header.leave
            for button in self._voice_bar.buttons:  # the Tab key comes by where the eye does
                QWidget.setTabOrder(before, button)
                before = button
        self._make_room()

    def comfort_name(self) -> str:
        """The look in force, as «Ver mejor» names it."""
        theme = self._theme
        if theme.reach:
            return self.tr("Controles en la parte de abajo")
        if theme.large:
            return self.tr("Letra grande y más contraste") if theme.high_contrast else self.tr("Letra grande")
        return self.tr("Vista normal")

    # -- reach ----------------------------------------------------------------------------

    def _reach(self) -> None:
        on = self._theme.reach
        if on and self._band is None:
            self._band = ReachBand(self._theme, self._place)
            self._dresser.dress(self._band)
            self._column.insertWidget(self._column.indexOf(self.header), self._band)
            self._band_clock = QTimer(self, interval=_TITLE_EVERY)
            self._band_clock.timeout.connect(self._say_band)
        self._band.setVisible(on)
        if on:
            self._band_clock.start()
            self._say_band()
        else:
            self._band_clock.stop()
            self._band.say("", "")  # it may have greeted a member by name
            for page in self._pages.values():
                page.take_title_back()
        self.header.refresh()
        self._make_room()
        QTimer.singleShot(0, self._arrange)

    def _say_band(self) -> None:
        if self._current is not None:
            self._band.say(self.header.step_words(), self._current.lend_title())

    @property
    def _crowded(self) -> bool:
        """Whether the page has less of the screen than it was made for."""
        return self._theme.reach or (self.speaking is not None and self.speaking.on)

    def _make_room(self) -> None:
        """The band takes what is out of reach; words of a high card may go up there, controls may not."""
        page, theme = self._current, self._theme
        if page is None:
            return
        cards = [w for w in page.children() if hasattr(w, "card") and w.isVisible()]
        below = "bottom" in self._keyboards and self.bottom.isVisible()
        tight = theme.reach and (bool(cards) or (below and not theme.portrait))
        # What is being typed needs the header's room; «Listo» or «Cancelar» bring it back.
        self.header.setVisible(page.header and not tight)
        if self._voice_bar is not None:
            keys = theme.reach and any(keyboard.isVisible() for keyboard in self._keyboards.values())
            self._voice_bar.setVisible(self.speaking.on and not keys and not cards)
        if theme.reach:
            above = self._ribbon_words.parentWidget().height() if self._place.demonstration else 0
            for card in cards:
                card.installEventFilter(self)
            need = max((self._height_of(card) for card in cards), default=0)
            out = round(self.height() * theme.out_of_reach)
            self._band.setFixedHeight(max(1, min(out, self.height() - need) - above))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # A card above the page may grow by a sentence.
        if event.type() == QEvent.Type.LayoutRequest and self._theme.reach:
            QTimer.singleShot(0, self, self._make_room)
        return super().eventFilter(watched, event)

    def _height_of(self, card: QWidget) -> int:
        layout = card.layout()
        return (
            layout.totalHeightForWidth(self.width())
            if layout.hasHeightForWidth()
            else layout.sizeHint().height()
        )

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

    # -- keyboard -------------------------------------------------------------------------

    def _focus_moved(self, _old: QObject | None, new: QObject | None) -> None:
        kind = new.property("keyboard") if isinstance(new, QWidget) else None
        if kind:
            self.show_keyboard(new, kind)
        elif isinstance(new, QWidget) and self._current is not None and self._current.isAncestorOf(new):
            self.show_keyboard(None)
        if self._crowded:
            QTimer.singleShot(0, self, self._make_room)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """By the Tab key the actions can be reached also while the keyboard has their room."""
        if self._current is not None and self._current.actions.count():
            self._current.footer.show()
        return super().focusNextPrevChild(forward)

    def show_keyboard(self, target: QWidget | None, kind: str = "") -> None:
        """Dock the keyboard `kind` for `target`, or take it away; the field stays in sight."""
        page = self._current
        beside = kind == "digits" and not self._theme.portrait and page is not None and page.keypad_side
        for name, wanted in (("side", beside), ("bottom", not beside)):
            shown = target is not None and wanted
            if shown:
                more = page is not None and page.next_field(target) is not None
                self._keyboard(name).serve(target, kind, more=more)
            if name in self._keyboards:
                self._keyboards[name].setVisible(shown)
        if page is None:
            return
        # Below the page of a wide screen the keyboard needs the actions' room; upright there is enough.
        roomy = self._theme.portrait and not self._theme.reach
        in_the_way = target is not None and not beside and not roomy
        page.footer.setVisible(page.actions.count() > 0 and not in_the_way)
        if self._crowded:
            self._make_room()
        if target is not None:
            QTimer.singleShot(0, lambda: page.keep_in_sight(target))

    def _keys_done(self) -> None:
        if self._current is None or not self._current.keys_done():
            self.show_keyboard(None)
