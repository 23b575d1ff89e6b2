"""The on-screen keyboard: digits, e-mail and Spanish text, docked, never covering the field.

Keys are real key events posted to whatever has the focus, so the same keyboard serves our fields
and the pages inside the web view.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent
from PySide6.QtWidgets import QApplication, QGridLayout, QPushButton, QSizePolicy, QWidget

from kiosk.views.parts.controls import Card
from kiosk.views.parts.theme import Theme

SPACE, BACK, SHIFT, DONE, MORE = "space", "back", "shift", "done", "more"

_LETTERS = ("1 2 3 4 5 6 7 8 9 0", "q w e r t y u i o p", "a s d f g h j k l ñ")
_DIGITS = [[(key, 2) for key in row.split()] for row in ("1 2 3", "4 5 6", "7 8 9")]
# rows of (key, columns it spans); a row has 20 columns, those of the pads 6
_LAYOUTS: dict[str, list[list[tuple[str, int]]]] = {
    "digits": [*_DIGITS, [(BACK, 2), ("0", 2), (DONE, 2)]],
    "amount": [*_DIGITS, [(BACK, 2), ("0", 2), ("000", 2)]],
    "email": [
        *[[(key, 2) for key in row.split()] for row in _LETTERS],
        [(SHIFT, 2), *[(key, 2) for key in "z x c v b n m".split()], (".", 2), (BACK, 2)],
        [("@", 2), ("-", 2), ("_", 2), ("+", 2), (".com", 4), (".co", 4), (DONE, 4)],
    ],
    "text": [
        *[[(key, 2) for key in row.split()] for row in _LETTERS],
        [(SHIFT, 2), *[(key, 2) for key in "z x c v b n m".split()], (".", 2), (BACK, 2)],
        [*[(key, 2) for key in "á é í ó ú".split()], (SPACE, 6), (DONE, 4)],
    ],
    "secret": [
        *[[(key, 2) for key in row.split()] for row in _LETTERS],
        [(SHIFT, 2), *[(key, 2) for key in "z x c v b n m".split()], (".", 2), (BACK, 2)],
        [*[(key, 2) for key in "@ # $ * - _ ! ?".split()], (DONE, 4)],
    ],
}
_SPECIAL = {
    SPACE: (Qt.Key.Key_Space, " "),
    BACK: (Qt.Key.Key_Backspace, "\b"),
}
_NAMES = {
    "@": "at",
    ".": "dot",
    "-": "dash",
    "_": "underscore",
    "+": "plus",
    ".com": "dotcom",
    ".co": "dotco",
}
_PADS = ("digits", "amount")


def send_text(target: QWidget, text: str, key: Qt.Key = Qt.Key.Key_unknown) -> None:
    """Type `text` into `target` as key events, one character each."""
    for letter in text:
        code = key if key != Qt.Key.Key_unknown else _code(letter)
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QCoreApplication.postEvent(target, QKeyEvent(kind, code, Qt.KeyboardModifier.NoModifier, letter))


def _code(letter: str) -> int:
    upper = letter.upper()
    return ord(upper) if upper.isascii() and upper.isprintable() else Qt.Key.Key_unknown


class Keyboard(Card):
    """Shows the layout a field asks for. `target` is set by the window that owns it."""

    finished = Signal()
    shifted = Signal(bool)
    """Capital letters from now on, or small ones again."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "keys", pad=20)
        self.setObjectName("keyboard")
        self._theme = theme
        self._target: QWidget | None = None
        self._layouts: dict[str, QWidget] = {}
        self._shifted = self._more = False
        self.kind = ""
        self.box.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def serve(self, target: QWidget | None, kind: str = "", *, more: bool = False) -> None:
        """Type into `target` with the layout `kind` (digits, amount, email, text, secret).

        `more`: another field waits, so that «Listo» is an arrow to it.
        """
        self._target, self._shifted, self._more = target, False, more
        if kind and kind != self.kind:
            if self.kind:
                self._layouts[self.kind].hide()
            self.kind = kind
            if kind not in self._layouts:
                self._layouts[kind] = self._build(kind)
                self.box.addWidget(self._layouts[kind])
            self._layouts[kind].show()
        self.retranslate()
        self._show_case()

    def retranslate(self) -> None:
        """Words on keys in the language in force."""
        done = self.tr("Siguiente") if self._more else self.tr("Listo")
        words = {SPACE: self.tr("espacio"), DONE: "" if self._more else done}
        names = {**words, DONE: done, BACK: self.tr("borrar"), SHIFT: self.tr("mayúsculas")}
        arrow = self._theme.icon("arrow-right-bold", "#ffffff", 46) if self._more else QIcon()
        for key in self.findChildren(QPushButton):
            what = key.property("key")
            if what in words:
                key.setText(words[what])
            if what == DONE:
                key.setIcon(arrow)
                key.setIconSize(self._theme.icon_size(46))
            key.setAccessibleName(names.get(what, what))

    def _build(self, kind: str) -> QWidget:
        box = QWidget()
        grid = QGridLayout(box)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(self._theme.u(12))
        wide = kind in _PADS
        width = 150 if wide else (158 if not self._theme.portrait else 104)
        for column in range(6 if wide else 20):
            grid.setColumnMinimumWidth(column, self._theme.u(width / 2 - 6))
        for line, row in enumerate(_LAYOUTS[kind]):
            column = (20 - sum(span for _, span in row)) // 2 if not wide else 0
            for what, span in row:
                grid.addWidget(self._key(kind, what), line, column, 1, span)
                column += span
        return box

    def _key(self, kind: str, what: str) -> QPushButton:
        key = QPushButton("" if what in (SPACE, BACK, SHIFT, DONE) else what)
        key.setObjectName(f"key_{kind}_{_NAMES.get(what, what)}")
        key.setProperty("kind", "key")
        key.setProperty("key", what)
        key.setProperty("done", what == DONE)
        key.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        key.setFixedHeight(self._theme.u(112 if kind in _PADS else 82))
        key.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        if what in (BACK, SHIFT):
            icon = {BACK: "backspace-bold", SHIFT: "caret-up-bold"}[what]
            key.setIcon(self._theme.icon(icon, "ink", 42))
            key.setIconSize(self._theme.icon_size(42))
        key.setAutoRepeat(what == BACK)
        key.setAutoRepeatDelay(2000)  # 508 407.4: repeat no sooner than two seconds
        key.clicked.connect(lambda: self._pressed(what))
        return key

    def _pressed(self, what: str) -> None:
        if what == DONE:
            self.finished.emit()
            return
        if what == SHIFT:
            self._shifted = not self._shifted
            self._show_case()
            self.shifted.emit(self._shifted)
            return
        target = self._target or QApplication.focusWidget()
        if target is None:
            return
        if what in _SPECIAL:
            code, text = _SPECIAL[what]
            send_text(target, text, code)
            return
        send_text(target, what.upper() if self._shifted and len(what) == 1 else what)
        if self._shifted:
            self._shifted = False
            self._show_case()

    def _show_case(self) -> None:
        if self.kind in ("", *_PADS):
            return
        for key in self._layouts[self.kind].findChildren(QPushButton):
            what = key.property("key")
            if len(what) == 1 and what.isalpha():
                key.setText(what.upper() if self._shifted else what)
