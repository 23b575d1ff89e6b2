"""Controls within reach: a band takes the upper part of the screen, and the rest makes room for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from kiosk.views.frame.header import Header
from kiosk.views.frame.keyboards import Keyboards
from kiosk.views.frame.listening import Listening
from kiosk.views.parts.brandmark import Brandmark
from kiosk.views.parts.controls import Card, label
from kiosk.views.parts.page import Page, Place
from kiosk.views.parts.theme import Theme
from kiosk.views.parts.tree import layout_of

_TITLE_EVERY = 400
"""Milliseconds: a page's question may change while the band above shows it."""


class ReachBand(Card):
    """What the upper part of the screen shows in reach mode: nothing to touch, only where one is."""

    def __init__(self, theme: Theme, place: Place) -> None:
        super().__init__(theme, "band", pad=0, gap=14)
        self._theme = theme
        self.setObjectName("reach_band")
        self.box.setContentsMargins(theme.u(56), theme.u(24), theme.u(56), theme.u(24))
        head = QHBoxLayout()
        head.setSpacing(theme.u(24))
        head.addWidget(Brandmark(theme, place, 64, inverse=True))
        names = QVBoxLayout()
        names.setSpacing(0)
        name, where = label("strong"), label("caption")
        name.setText(place.cooperative)
        where.setText(f"{place.agency} · {place.city}")
        names.addWidget(name)
        names.addWidget(where)
        head.addLayout(names, 1)
        self._step, self._title = label("strong", name="band_step"), label("title", name="band_title")
        self.box.addLayout(head)
        self.box.addStretch(1)
        self.box.addWidget(self._step)
        self.box.addWidget(self._title)

    def say(self, step: str, title: str) -> None:
        """Where in the way, and the page's question."""
        for part, words in ((self._step, step), (self._title, title)):
            if part.text() != words:
                part.setText(words)
                part.setVisible(bool(words))


class Reach(QObject):
    """How much of the screen the page has, with the band, a keyboard or the voice's bar beside it."""

    made = Signal(QWidget)

    def __init__(
        self,
        window: QWidget,
        theme: Theme,
        place: Place,
        column: QVBoxLayout,
        around: tuple[Header, Keyboards, Listening, QWidget | None],
        page: Callable[[], Page | None],
        pages: Callable[[], Iterable[Page]],
    ) -> None:
        super().__init__(window)
        self._window, self._theme, self._place, self._column = window, theme, place, column
        self._header, self._keyboards, self._listening, self._ribbon = around
        self._page, self._pages = page, pages
        self._band: ReachBand | None = None
        self._clock = QTimer(self, interval=_TITLE_EVERY)
        self._clock.timeout.connect(self.say)
        theme.reach_changed.connect(self._changed)
        self._keyboards.changed.connect(self.make_room_if_crowded)
        self._listening.changed.connect(self.make_room)

    def _changed(self) -> None:
        on = self._theme.reach
        if on and self._band is None:
            self._band = ReachBand(self._theme, self._place)
            self.made.emit(self._band)
            self._column.insertWidget(self._column.indexOf(self._header), self._band)
        if self._band is None:
            return
        self._band.setVisible(on)
        if on:
            self._clock.start()
            self.say()
        else:
            self._clock.stop()
            self._band.say("", "")  # it may have greeted a member by name
            for page in self._pages():
                page.take_title_back()
        self._header.refresh()
        self.make_room()

    def say(self) -> None:
        """Where one is, in the band."""
        page = self._page()
        if self._theme.reach and self._band is not None and page is not None:
            self._band.say(self._header.step_words(), page.lend_title())

    def make_room_if_crowded(self) -> None:
        """The same, where the page has less of the screen than it was made for."""
        if self._theme.reach or self._listening.on:
            self.make_room()

    def make_room(self) -> None:
        """The band takes what is out of reach; words of a high card may go up there, controls may not."""
        page, theme = self._page(), self._theme
        if page is None:
            return
        cards = [
            w for w in page.children() if isinstance(w, QWidget) and hasattr(w, "card") and w.isVisible()
        ]
        keys = self._keyboards.shown
        tight = theme.reach and (bool(cards) or ("bottom" in keys and not theme.portrait))
        # What is being typed needs the header's room; «Listo» or «Cancelar» bring it back.
        self._header.setVisible(page.header and not tight)
        if self._listening.bar is not None:
            in_the_way = (theme.reach and bool(keys)) or bool(cards)
            self._listening.bar.setVisible(self._listening.on and not in_the_way)
        if theme.reach and self._band is not None:
            above = self._ribbon.height() if self._ribbon is not None else 0
            for card in cards:
                card.installEventFilter(self)
            need = max((self._height_of(card) for card in cards), default=0)
            out = round(self._window.height() * theme.out_of_reach)
            self._band.setFixedHeight(max(1, min(out, self._window.height() - need) - above))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # A card above the page may grow by a sentence.
        if event.type() == QEvent.Type.LayoutRequest and self._theme.reach:
            QTimer.singleShot(0, self, self.make_room)
        return super().eventFilter(watched, event)

    def _height_of(self, card: QWidget) -> int:
        layout = layout_of(card)
        return (
            layout.totalHeightForWidth(self._window.width())
            if layout.hasHeightForWidth()
            else layout.sizeHint().height()
        )
