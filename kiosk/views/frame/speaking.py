"""Reads the screen aloud for whoever asks for it, until the visit ends.

What is on the screen is read from the widgets themselves, in the order of their layouts: no page has a
second text that could say something else. Of a secret only the number of characters is said, and nothing
of the bank's own page. Made when every page has been built, and Qt's text-to-speech is loaded only where
a speech service is installed: a terminal that does not speak pays nothing for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QEvent,
    QEventLoop,
    QLoggingCategory,
    QModelIndex,
    QObject,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QLineEdit,
    QWidget,
)

from kiosk.models.obligations import ObligationsModel
from kiosk.speech.voice import LOUDEST, SpeechPlan, ThreadedVoice, Voice, find_voice
from kiosk.speech.wording import letter, sentences
from kiosk.views.frame.glass import Glass
from kiosk.views.frame.reading import Reader
from kiosk.views.parts.languages import Languages
from kiosk.views.parts.page import Page, is_secret
from kiosk.views.parts.tree import application

if TYPE_CHECKING:
    from kiosk.views.parts.theme import Theme
    from kiosk.visit.visit import Visit

LISTEN, REPEAT, LOUDER = Qt.Key.Key_F2, Qt.Key.Key_F3, Qt.Key.Key_F4
"""The keys of a keypad with a headphone jack; the first one starts and stops speech."""
_SETTLED = 150
"""Milliseconds until a page that was turned has all its words."""
_LOOK = 1000
"""Milliseconds between two looks for words that changed by themselves."""
_LONGEST = 240.0
"""Seconds: so long at most counts listening as a sign of life."""
_ACTS = frozenset({QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin, QEvent.Type.KeyPress})


def _engines() -> type[QObject]:
    # What Qt's multimedia says of machines without PipeWire is no news here.
    QLoggingCategory.setFilterRules("qt.multimedia.*=false\nqt.speech.*=false")
    from PySide6.QtTextToSpeech import QTextToSpeech

    return QTextToSpeech


def thread_events() -> Callable[[], bool]:
    """What lets the events of the calling thread through: a thread of Python's has no dispatcher of its own."""
    return QEventLoop().processEvents


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a speaker has to do with: widgets, hands, the page on stage, the name of the look in force."""

    root: QWidget
    glass: Glass
    page: Callable[[], Page | None]
    look: Callable[[], str]


class Speaker(QObject):
    """Says what the member meets while `on`; `changed` tells of it and of `offered`."""

    changed = Signal()
    listening = Signal()
    """Once a second while something is being read that the member asked for: a sign of life."""
    _found = Signal()

    def __init__(self, around: Surroundings, visit: Visit, theme: Theme, plan: SpeechPlan) -> None:
        super().__init__(around.root)
        self._around, self._visit, self._plan = around, visit, plan
        self.reader = Reader(self)
        self.on, self._volume = False, plan.volume
        self.voice: Voice | None = None
        self._last, self._since = "", 0.0
        self._known: set[str] = set()
        self._card: QWidget | None = None
        self._edit: tuple[QLineEdit, str] | None = None
        self._soon = QTimer(self, interval=_SETTLED, singleShot=True)
        self._soon.timeout.connect(self.read)
        self._watch = QTimer(self, interval=_LOOK)
        self._watch.timeout.connect(self._say_what_changed)
        self._found.connect(self.changed)
        visit.ended.connect(self.end)
        visit.paying.obligations.dataChanged.connect(self._chosen)
        theme.changed.connect(self._redressed)
        theme.reach_changed.connect(self._redressed)
        for key, deed in ((LISTEN, self.listen), (REPEAT, self.repeat), (LOUDER, self.louder)):
            shortcut = QShortcut(
                QKeySequence(key), around.root, context=Qt.ShortcutContext.ApplicationShortcut
            )
            shortcut.activated.connect(deed)
        if plan.engines:
            make = lambda: find_voice(plan, _engines())  # noqa: E731
            self.voice = ThreadedVoice(make, thread_events, self._found.emit)

    @property
    def offered(self) -> bool:
        """Whether there is a voice for the language in force."""
        return self.voice is not None and self.voice.speaks(Languages.current)

    # -- what the member wants ------------------------------------------------------------

    def listen(self) -> None:
        """«Escuchar»: begin to read; once it reads, be silent."""
        if self.on:
            self.hush()
            return
        if self.voice is None or not self.offered:
            return
        self.on = True
        self.voice.loud(self._volume)
        application().focusChanged.connect(self._focus_moved)
        self._around.glass.touched.connect(self._acted)
        self._watch.start()
        self.changed.emit()
        self.read()

    def read_aloud(self) -> None:
        """Begin to read, or read the page once more."""
        if self.on:
            self.read()
        else:
            self.listen()

    def end(self) -> None:
        """Silent again, and as loud as at first: the visit ended, or the member has heard enough."""
        if not self.on:
            return
        self.on = False
        self._soon.stop()
        self._watch.stop()
        self._follow(None)
        for view in self._around.root.findChildren(QAbstractItemView):
            view.removeEventFilter(self)
        application().focusChanged.disconnect(self._focus_moved)
        self._around.glass.touched.disconnect(self._acted)
        self.hush()
        self._volume, self._last, self._card = self._plan.volume, "", None
        self._known.clear()
        self._be_loud()
        self.changed.emit()

    def hush(self) -> None:
        """Stop what is being said."""
        if self.voice is not None:
            self.voice.stop()

    def _be_loud(self) -> None:
        if self.voice is not None:
            self.voice.loud(self._volume)

    @property
    def _talks(self) -> bool:
        return self.voice is not None and self.voice.talking

    def repeat(self) -> None:
        """Say the last thing again."""
        if self.on:
            self._utter(self._last)

    def louder(self) -> None:
        """One step louder; after the loudest as at first."""
        if not self.on:
            return
        more = self._volume + self._plan.step
        self._volume = more if more <= LOUDEST else self._plan.volume
        self._be_loud()
        self.say(self.tr("Volumen {percent} por ciento").format(percent=self._volume), keep=False)

    # -- saying ---------------------------------------------------------------------------

    def say(self, *texts: str, keep: bool = True) -> None:
        """Say this instead of what is being said; `keep` it for «Repetir»."""
        words = sentences(texts, Languages.current)
        self._last = words if keep and words else self._last
        self._utter(words)

    def announce(self, text: str) -> None:
        """What came above the page for a moment."""
        self.say(text, keep=False)
        QTimer.singleShot(_SETTLED, self, self._learn)

    def _utter(self, words: str) -> None:
        if self.on and words and self.voice is not None:
            self._since = time.monotonic()
            self.voice.say(words, Languages.current)

    def turned(self) -> None:
        """Another page, or another language: read it when its words are there."""
        if self.on and not self.offered:
            self.end()
        elif self.on:
            self.hush()
            self._card = None
            self._soon.start()

    def read(self) -> None:
        """The card above the page, or the page; then the field that waits for the keys."""
        self._soon.stop()
        self._card, page = self._card_above(), self._around.page()
        if page is None:
            return
        texts = self.reader.page(page) if self._card is None else self.reader.overlay(self._card)
        focus = QApplication.focusWidget()
        self._follow(focus)
        if isinstance(focus, QLineEdit):
            texts.append(self.tr("Escriba: {field}").format(field=self.reader.name(focus)))
        self._learn()
        self.say(*texts)

    def _card_above(self) -> QWidget | None:
        shown = [w for w in self._around.root.findChildren(QWidget) if hasattr(w, "card") and w.isVisible()]
        return shown[-1].card if shown else None

    def _learn(self) -> list[str]:
        """The texts that are new since the last time."""
        root = self._card or self._around.page()
        texts = self.reader.labels(root) if root is not None else {}
        known, self._known = self._known, set(texts)
        return [text for key, text in texts.items() if key not in known]

    def _say_what_changed(self) -> None:
        """What changed by itself is said when nothing else is; a minute's countdown is not."""
        if self._talks:
            if time.monotonic() - self._since < _LONGEST:
                self.listening.emit()
        elif not self._soon.isActive():
            self._card = self._card_above()
            if fresh := self._learn():
                self.say(*fresh)
                self._since -= _LONGEST  # nobody asked for this: it keeps no visit open

    # -- keys and focus -------------------------------------------------------------------

    def _focus_moved(self, _old: QObject | None, new: QObject | None) -> None:
        self._follow(new)
        if not isinstance(new, QWidget) or self._soon.isActive():
            return
        card = self._card_above()
        if card is not None and card is not self._card:
            self.read()
            return
        self._card = card
        if isinstance(new, QAbstractItemView):
            self.say(new.accessibleName(), self.reader.current(new))
        elif isinstance(new, (QLineEdit, QAbstractButton)):
            self.say(self.reader.widget(new))

    def _follow(self, edit: QObject | None) -> None:
        """Hear what is typed there, and nowhere else; and in a list the keys that move in it."""
        if isinstance(edit, QAbstractItemView):
            edit.installEventFilter(self)
        if self._edit is not None:
            self._edit[0].textEdited.disconnect(self._typed)
            self._edit[0].textChanged.disconnect(self._written)
        self._edit = None
        if isinstance(edit, QLineEdit):
            self._edit = (edit, edit.text())
            edit.textEdited.connect(self._typed)
            edit.textChanged.connect(self._written)

    def _written(self, text: str) -> None:
        # Comes after `_typed`, and where the page empties a field by itself.
        if self._edit is not None:
            self._edit = (self._edit[0], text)

    def _typed(self, text: str) -> None:
        if self._edit is None:
            return
        edit, before = self._edit
        if len(text) < len(before):
            words = self.tr("borrado")
        elif is_secret(edit):
            words = self.tr("punto")
        else:
            piece = text.removeprefix(before)
            words = " ".join(letter(sign, Languages.current) for sign in piece) if len(piece) < 3 else piece
        self._utter(words)

    def case(self, capitals: bool) -> None:
        """The keyboard writes capital letters from now on, or small ones again."""
        if self._edit is None or not is_secret(self._edit[0]):
            self._utter(self.tr("mayúsculas") if capitals else self.tr("minúsculas"))

    def _chosen(self, first: QModelIndex, last: QModelIndex) -> None:
        page = self._around.page()
        view = getattr(page, "list", None)
        if not self.on or view is None or view.model() is not first.model():
            return
        row = [self.reader.row(view, first)] if first.row() == last.row() else []
        total = self._visit.paying.obligations.total.shown()
        self.say(*row, self.tr("Total a pagar hoy: {amount}").format(amount=total))
        QTimer.singleShot(_SETTLED, self, self._learn)  # the page's own words follow: they were said just now

    def _redressed(self) -> None:
        if self.on:
            self.say(self._around.look(), keep=False)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        released = event.type() == QEvent.Type.KeyRelease and self.on
        if released and isinstance(watched, QAbstractItemView) and isinstance(event, QKeyEvent):
            self._moved_in(watched, event)
        return False

    def _acted(self, kind: QEvent.Type) -> None:
        if kind in _ACTS and self._talks:
            self.hush()

    def _moved_in(self, view: QAbstractItemView, event: QKeyEvent) -> None:
        key, parts = event.key(), isinstance(view.model(), ObligationsModel)
        if parts and key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.say(self.reader.part(view))
        elif Qt.Key.Key_Home <= key <= Qt.Key.Key_PageDown:
            self.say(self.reader.current(view))

    def close(self) -> None:
        """Let the voice's thread end."""
        self.end()
        if isinstance(self.voice, ThreadedVoice):
            self.voice.close()
