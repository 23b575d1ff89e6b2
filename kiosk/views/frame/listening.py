"""Pages read aloud: looks for a voice, tells header and pages of it, and shows its bar while it reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from kiosk.views.frame.header import Header
from kiosk.views.parts.controls import Button, Card
from kiosk.views.parts.page import Page
from kiosk.views.parts.theme import Theme

if TYPE_CHECKING:
    from kiosk.views.frame.speaking import Speaker


class VoiceBar(Card):
    """Below the header while pages are read aloud: again, louder, no more."""

    def __init__(self, theme: Theme, speaker: Speaker) -> None:
        super().__init__(theme, "voice", across=True, pad=0, gap=16)
        edge = theme.u(56)
        self.box.setContentsMargins(edge, theme.u(8), edge, theme.u(8))

        def make(name: str, icon: str, deed: Callable[[], object]) -> Button:
            return Button(theme, name, kind="quiet", size="small", icon=icon, on_click=deed)

        self._again = make("speech_again", "arrows-clockwise-bold", speaker.repeat)
        self._louder = make("speech_louder", "plus-bold", speaker.louder)
        self._enough = make("speech_off", "x-bold", speaker.end)
        self.box.addStretch(1)
        self.buttons = (self._again, self._louder, self._enough)
        for button in self.buttons:
            self.box.addWidget(button)
        self.retranslate()

    def retranslate(self) -> None:
        """Words in the language in force."""
        self._again.caption(self.tr("Repetir"))
        self._louder.caption(self.tr("Volumen"))
        self._louder.setAccessibleName(self.tr("Más volumen"))
        self._enough.caption(self.tr("No leer más"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


class Listening(QObject):
    """Between the speaker, once there is one, and what the window shows of it."""

    made = Signal(QWidget)
    changed = Signal()
    """A voice came or went, or began or ceased to read."""
    heard = Signal()
    """Somebody hears a page being read: a sign of life."""

    def __init__(
        self,
        window: QWidget,
        theme: Theme,
        header: Header,
        column: QVBoxLayout,
        pages: Callable[[], Iterable[Page]],
    ) -> None:
        super().__init__(window)
        self._theme, self._header, self._column, self._pages = theme, header, column, pages
        self.speaker: Speaker | None = None
        self.bar: VoiceBar | None = None
        header.listen.clicked.connect(self._listen)

    @property
    def on(self) -> bool:
        """Whether pages are read aloud now."""
        return self.speaker is not None and self.speaker.on

    def use(self, speaker: Speaker) -> None:
        """Pages can be read aloud from now on, while there is a voice for the language in force."""
        self.speaker = speaker
        speaker.listening.connect(self.heard)
        speaker.changed.connect(self.refresh)
        self._header.offer_listening(lambda: speaker.offered, lambda: speaker.on)
        for page in self._pages():
            self.reach(page)

    def reach(self, page: Page) -> None:
        """A page of the window, also one that is made later."""
        if self.speaker is not None:
            page.listen.connect(self.speaker.read_aloud)
            page.announced.connect(self.speaker.announce)
            page.offer_listening(self.speaker.offered, self.speaker.on)

    def refresh(self) -> None:
        """Show what the speaker offers and whether it reads."""
        if self.speaker is None:
            return
        self._header.refresh()
        for page in self._pages():
            page.offer_listening(self.speaker.offered, self.speaker.on)
        if self.speaker.on and self.bar is None:
            self._build_bar(self.speaker)
        self.changed.emit()

    def _build_bar(self, speaker: Speaker) -> None:
        self.bar = VoiceBar(self._theme, speaker)
        self.made.emit(self.bar)
        self._column.insertWidget(self._column.indexOf(self._header) + 1, self.bar)
        before: QWidget = self._header.leave
        for button in self.bar.buttons:  # the Tab key comes by where the eye does
            QWidget.setTabOrder(before, button)
            before = button

    def _listen(self) -> None:
        if self.speaker is not None:
            self.speaker.listen()

    def turned(self) -> None:
        """Another page, or another language."""
        if self.speaker is not None:
            self.speaker.turned()

    def say_case(self, capitals: bool) -> None:
        """The keyboard writes capital letters from now on, or small ones again."""
        if self.speaker is not None:
            self.speaker.case(capitals)

    def close(self) -> None:
        """Let the voice's thread end."""
        if self.speaker is not None:
            self.speaker.close()
