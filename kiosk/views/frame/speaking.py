"""Reads the screen aloud for whoever asks for it, until the visit ends.

What is on the screen is read from the widgets themselves, in the order of their layouts: no page has a
second text that could say something else. Of a secret only the number of characters is said, and nothing
of the bank's own page. Made when every page has been built, and Qt's text-to-speech is loaded only where
a speech service is installed: a terminal that does not speak pays nothing for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
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
    QLabel,
    QLineEdit,
    QWidget,
)

from kiosk.cooperative.obligation import Choice
from kiosk.models.obligations import ObligationsModel
from kiosk.models.payments import PaymentsModel
from kiosk.models.standing_words import standing_words
from kiosk.speech.voice import LOUDEST, SpeechPlan, ThreadedVoice, Voice, find_voice
from kiosk.speech.wording import letter, sentences, unchanging
from kiosk.views.parts.dates import long_time
from kiosk.views.parts.languages import Languages
from kiosk.views.parts.page import NOT_OURS, Page, is_secret, read_in_order

if TYPE_CHECKING:
    from kiosk.views.frame.main_window import MainWindow
    from kiosk.views.parts.theme import Theme
    from kiosk.visit.visit import Visit

LISTEN, REPEAT, LOUDER = Qt.Key.Key_F2, Qt.Key.Key_F3, Qt.Key.Key_F4
"""The keys of a keypad with a headphone jack; the first one starts and stops speech."""
_SETTLED = 150
"""Milliseconds until a page that was turned has all its words."""
_LOOK = 1000
"""Milliseconds between two looks for words that changed by themselves."""
_MOST_ROWS = 4
_LONGEST = 240.0
"""Seconds: so long at most counts listening as a sign of life."""
_ACTS = frozenset({QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin, QEvent.Type.KeyPress})


def _engines() -> type[QObject]:
    # What Qt's multimedia says of machines without PipeWire is no news here.
    QLoggingCategory.setFilterRules("qt.multimedia.*=false\nqt.speech.*=false")
    from PySide6.QtTextToSpeech import QTextToSpeech

    return QTextToSpeech


def _counts_tries(label: QLabel) -> bool:
    """Whether another number makes another sentence: what is wrong changes with each try, not by a clock."""
    return label.property("look") == "problem" or label.objectName() in ("notice_what", "notice_rest")


def thread_events() -> Callable[[], bool]:
    """What lets the events of the calling thread through: a thread of Python's has no dispatcher of its own."""
    return QEventLoop().processEvents


class Reader(QObject):
    """Puts widgets into words, in the language in force."""

    def page(self, page: Page) -> list[str]:
        """Title, what is wrong, texts and controls in order, then the actions."""
        title, notice = page.title, page.notice
        said = [self.widget(title)] if title else []
        if notice.isVisible():
            said.append(notice.accessibleName())
        actions = []
        for widget in read_in_order(page):
            if isinstance(widget, QAbstractButton) and page.footer.isAncestorOf(widget):
                actions.append(self.widget(widget))
            elif widget is not title and not notice.isAncestorOf(widget):
                said.append(self.widget(widget))
        return [*said, self._actions(actions)]

    def overlay(self, card: QWidget) -> list[str]:
        """A card above the page: its words, then what can be answered."""
        widgets = list(read_in_order(card))
        buttons = [self.widget(w) for w in widgets if isinstance(w, QAbstractButton)]
        texts = [self.widget(w) for w in widgets if not isinstance(w, QAbstractButton)]
        return [*texts, self._actions(buttons)]

    def labels(self, root: QWidget) -> dict[str, str]:
        """The texts of a page or card that may change by themselves, by what makes them others."""
        found = {w: self.widget(w) for w in read_in_order(root) if isinstance(w, QLabel)}
        return {text if _counts_tries(w) else unchanging(text): text for w, text in found.items() if text}

    def _actions(self, names: list[str]) -> str:
        return self.tr("Puede escoger: {actions}.").format(actions="; ".join(names)) if names else ""

    def widget(self, widget: QWidget) -> str:
        """One thing on a page."""
        if isinstance(widget, QLineEdit):
            return self.field(widget)
        if isinstance(widget, QAbstractButton):
            return self.button(widget)
        if isinstance(widget, QAbstractItemView):
            return self.rows(widget)
        if isinstance(widget, QLabel) and (widget.buddy() is not None or widget.inherits("Brandmark")):
            return ""
        own = widget.accessibleName()
        return own or (widget.text() if isinstance(widget, QLabel) else "")

    def button(self, button: QAbstractButton) -> str:
        """Its name and how it stands."""
        name = button.accessibleName() or button.text()
        if button.isCheckable():
            name += ", " + (self.tr("marcado") if button.isChecked() else self.tr("sin marcar"))
        return name if button.isEnabled() else name + ", " + self.tr("no disponible")

    def field(self, edit: QLineEdit) -> str:
        """Its label and what was typed; of a secret only how much."""
        text = edit.text() or self.tr("vacío")
        if edit.text() and is_secret(edit):
            text = self.tr("{count} caracteres, no se dicen").format(count=len(edit.text()))
        return f"{self.name(edit)}: {text}. {edit.accessibleDescription()}"

    def name(self, edit: QLineEdit) -> str:
        """A field's label; of what the bank's page asks for only that it asks."""
        return self.tr("Respuesta para su banco") if edit.objectName() in NOT_OURS else edit.accessibleName()

    def rows(self, view: QAbstractItemView) -> str:
        """A list: its name, how many there are, and the first ones."""
        count = view.model().rowCount()
        shown = [self.row(view, view.model().index(row, 0)) for row in range(min(count, _MOST_ROWS))]
        more = [self.tr("y {count} más").format(count=count - _MOST_ROWS)] if count > _MOST_ROWS else []
        head = self.tr("{name}, lista de {count}").format(name=view.accessibleName(), count=count)
        return ". ".join([head, *shown, *more])

    def current(self, view: QAbstractItemView) -> str:
        """The row that the keys are on."""
        return self.row(view, view.currentIndex()) if view.currentIndex().isValid() else ""

    def row(self, view: QAbstractItemView, index: QModelIndex) -> str:
        """One row of a list."""
        model = view.model()
        if isinstance(model, ObligationsModel):
            return self._obligation(view, index)
        if isinstance(model, PaymentsModel):
            payment = model.payment(index.row())
            when, reference = long_time(payment.created_at), payment.reference
            return f"{standing_words(payment)}, {payment.total.shown()}, {when}, {reference}"
        picked = view.selectionModel().isSelected(index)
        return str(index.data()) + (", " + self.tr("marcado") if picked else "")

    def _obligation(self, view: QAbstractItemView, index: QModelIndex) -> str:
        words, today = view.itemDelegate().words, view.itemDelegate().today
        owed, amount = index.data(ObligationsModel.OBLIGATION), index.data(ObligationsModel.AMOUNT)
        said = [words.kind(owed.kind), words.detail(owed), words.standing(owed, today)[0]]
        said += [self._choice(view, index, part) for part in (1, 2) if owed.payable]
        if amount:
            said.append(self.tr("Marcado: se pagan {amount}").format(amount=amount.shown()))
        elif owed.payable:
            said.append(self.tr("sin marcar"))
        return ". ".join(part for part in said if part)

    def _choice(self, view: QAbstractItemView, index: QModelIndex, part: int) -> str:
        choice = (Choice.OVERDUE, Choice.NEXT_DUE, Choice.OTHER)[part - 1]
        owed, delegate = index.data(ObligationsModel.OBLIGATION), view.itemDelegate()
        if not delegate.possible(owed, choice):
            return ""
        chosen = index.data(ObligationsModel.CHOICE) is choice
        amount = index.data(ObligationsModel.AMOUNT)
        name, value = delegate.words.chip(owed, choice, amount.shown() if chosen and amount else "")
        return f"{name}: {value}" + (", " + self.tr("marcado") if chosen else "")

    def part(self, view: QAbstractItemView) -> str:
        """The part of an obligation's row that the keys are on."""
        part, index = view.itemDelegate().focused_part, view.currentIndex()
        if part and index.isValid():
            return self._choice(view, index, part) or self.tr("no disponible")
        return self.tr("Casilla") if index.isValid() else ""


class Speaker(QObject):
    """Says what the member meets while `on`; `changed` tells of it and of `offered`."""

    changed = Signal()
    listening = Signal()
    """Once a second while something is being read that the member asked for: a sign of life."""
    _found = Signal()

    def __init__(self, window: MainWindow, visit: Visit, theme: Theme, plan: SpeechPlan) -> None:
        super().__init__(window)
        self._window, self._visit, self._plan = window, visit, plan
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
        self._watch.timeout.connect(self._look)
        self._found.connect(self.changed)
        visit.ended.connect(self.end)
        visit.paying.obligations.dataChanged.connect(self._chosen)
        theme.changed.connect(self._redressed)
        theme.reach_changed.connect(self._redressed)
        for key, deed in ((LISTEN, self.listen), (REPEAT, self.repeat), (LOUDER, self.louder)):
            shortcut = QShortcut(QKeySequence(key), window, context=Qt.ShortcutContext.ApplicationShortcut)
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
        if not self.offered:
            return
        self.on = True
        self.voice.loud(self._volume)
        QApplication.instance().focusChanged.connect(self._focus_moved)
        self._window.glass.touched.connect(self._acted)
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
        for view in self._window.findChildren(QAbstractItemView):
            view.removeEventFilter(self)
        QApplication.instance().focusChanged.disconnect(self._focus_moved)
        self._window.glass.touched.disconnect(self._acted)
        self.hush()
        self._volume, self._last, self._card = self._plan.volume, "", None
        self._known.clear()
        self.voice.loud(self._volume)
        self.changed.emit()

    def hush(self) -> None:
        """Stop what is being said."""
        self.voice.stop()

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
        self.voice.loud(self._volume)
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
        if self.on and words:
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
        self._card, page = self._card_above(), self._window.current
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
        shown = [w for w in self._window.findChildren(QWidget) if hasattr(w, "card") and w.isVisible()]
        return shown[-1].card if shown else None

    def _learn(self) -> list[str]:
        """The texts that are new since the last time."""
        root = self._card or self._window.current
        texts = self.reader.labels(root) if root is not None else {}
        known, self._known = self._known, set(texts)
        return [text for key, text in texts.items() if key not in known]

    def _look(self) -> None:
        """What changed by itself is said when nothing else is; a minute's countdown is not."""
        if self.voice.talking:
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
        self._edit = (edit, edit.text()) if isinstance(edit, QLineEdit) else None
        if self._edit is not None:
            edit.textEdited.connect(self._typed)
            edit.textChanged.connect(self._written)

    def _written(self, text: str) -> None:
        # Comes after `_typed`, and where the page empties a field by itself.
        self._edit = (self._edit[0], text)

    def _typed(self, text: str) -> None:
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
        page = self._window.current
        view = getattr(page, "list", None)
        if not self.on or view is None or view.model() is not first.model():
            return
        row = [self.reader.row(view, first)] if first.row() == last.row() else []
        total = self._visit.paying.obligations.total.shown()
        self.say(*row, self.tr("Total a pagar hoy: {amount}").format(amount=total))
        QTimer.singleShot(_SETTLED, self, self._learn)  # the page's own words follow: they were said just now

    def _redressed(self) -> None:
        if self.on:
            self.say(self._window.comfort_name(), keep=False)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(watched, QAbstractItemView) and self.on and event.type() == QEvent.Type.KeyRelease:
            self._moved_in(watched, event)
        return False

    def _acted(self, kind: QEvent.Type) -> None:
        if kind in _ACTS and self.voice.talking:
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
