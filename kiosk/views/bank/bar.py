"""The kiosk's own bar above the bank's page: whose page it is, the time left, help and the way out."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from kiosk.views.parts.controls import Button, Card, Picture, label
from kiosk.views.parts.theme import Theme
from kiosk.views.parts.tree import parent_of

_SAY_MS = 9000
_SHOW_LOADING_AFTER_MS = 300


class HostLabel(QLabel):
    """A host, read-only. Where room is short its beginning goes: the end says who it is."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("bank_host")
        self.setProperty("look", "heading")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        self.ensurePolished()
        return QSize(0, self.fontMetrics().height())

    minimumSizeHint = sizeHint

    def paintEvent(self, _event: QPaintEvent) -> None:
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideLeft, self.width())
        QPainter(self).drawText(
            self.rect(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown
        )


class LoadingLine(QWidget):
    """A thin line that grows while a page loads; its height is always taken, so nothing moves."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._share = theme, 0
        self._shown = False
        self.setFixedHeight(theme.u(6))
        self._soon = QTimer(self, singleShot=True, interval=_SHOW_LOADING_AFTER_MS)
        self._soon.timeout.connect(lambda: self._show_bar(True))

    def begin(self) -> None:
        """Loading begins; what is over soon is not shown at all."""
        self._share = 5
        self._soon.start()

    def grow(self, percent: int) -> None:
        """0 to 100."""
        self._share = max(self._share, percent)
        self.update()

    def end(self) -> None:
        """Nothing more comes."""
        self._soon.stop()
        self._show_bar(False)

    def _show_bar(self, shown: bool) -> None:
        self._shown = shown
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.colour("dark"))
        if self._shown:
            width = self.width() * self._share // 100
            painter.fillRect(0, 0, width, self.height(), self._theme.colour("accent"))


class BankBar(Card):
    """Never under the page's control: every word on it is ours or the parsed host."""

    def __init__(self, theme: Theme, on_help: Callable[[], object], on_cancel: Callable[[], object]) -> None:
        super().__init__(theme, "bar", pad=0, gap=0)
        self.setObjectName("bank_bar")
        self._theme = theme
        self._seconds, self._locked = 0, False
        side, lid = theme.u(40), theme.u(16)
        rows = QVBoxLayout() if theme.portrait else QHBoxLayout()
        rows.setContentsMargins(side, lid, side, lid)
        rows.setSpacing(theme.u(20 if theme.portrait else 48))
        first = QHBoxLayout()
        first.setSpacing(theme.u(24))
        self._add_origin(first)
        self._add_time(first)
        rows.addLayout(first, 1)
        rows.addLayout(self._buttons(on_help, on_cancel))
        self.box.addLayout(rows)
        self.line = LoadingLine(theme)
        self.box.addWidget(self.line)
        self.retranslate()

    def _add_origin(self, row: QBoxLayout) -> None:
        theme = self._theme
        tile = QFrame()
        tile.setFixedSize(theme.u(72), theme.u(72))
        tile.setStyleSheet(
            f"QFrame {{ background: rgba(255, 255, 255, 36); border-radius: {theme.u(16)}px; }}"
            "QLabel { background: transparent; }"
        )
        inside = QHBoxLayout(tile)
        inside.setContentsMargins(0, 0, 0, 0)
        self._lock = Picture(theme, "bank-bold", "#ffffff", 40)
        inside.addWidget(self._lock, 0, Qt.AlignmentFlag.AlignCenter)
        row.addWidget(tile)
        self._where = label("caption", wrap=False, name="bank_where")
        self.host = HostLabel()
        row.addLayout(self._pair(self._where, self.host), 1)

    def _add_time(self, row: QBoxLayout) -> None:
        row.addWidget(Picture(self._theme, "timer-bold", "#ffffff", 48))
        self._time_words = label("caption", wrap=False)
        self.time = label("heading", wrap=False, name="bank_time")
        row.addLayout(self._pair(self._time_words, self.time))

    @staticmethod
    def _pair(above: QLabel, below: QLabel) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addStretch(1)
        column.addWidget(above)
        column.addWidget(below)
        column.addStretch(1)
        return column

    def _buttons(self, on_help: Callable[[], object], on_cancel: Callable[[], object]) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(self._theme.u(24))
        self.help = Button(
            self._theme, "help", kind="quiet", size="small", icon="question-bold", on_click=on_help
        )
        self.cancel = Button(self._theme, "cancel", kind="danger", size="small", on_click=on_cancel)
        for button in (self.help, self.cancel):
            row.addWidget(button, 1 if self._theme.portrait else 0)
        return row

    # -- what it says ---------------------------------------------------------------------

    def show_origin(self, host: str, *, locked: bool) -> None:
        """The page's parsed host, and whether the connection is encrypted and proved."""
        self.host.setText(host)
        self.host.update()
        self._locked = locked
        icon = "bank-bold" if not host else "lock-simple-fill" if locked else "info-bold"
        self._lock.show_icon(icon, "#ffffff")
        self.retranslate()

    def show_time(self, seconds: float) -> None:
        """Seconds left, shown as minutes and seconds."""
        self._seconds = max(0, int(seconds))
        self.time.setText(f"{self._seconds // 60}:{self._seconds % 60:02d}")
        self.time.setAccessibleName(f"{self._time_words.text()} {self.time.text()}")

    def retranslate(self) -> None:
        """Words in the language in force."""
        host = self.host.text()
        self._where.setText(
            self.tr("Está en la página de pago") if host else self.tr("Abriendo la página de pago")
        )
        lock = self.tr("Conexión cifrada") if self._locked else self.tr("Conexión sin cifrar")
        self.host.setAccessibleName(f"{host}. {lock}" if host else "")
        narrow = self._theme.portrait and self._theme.text_scale > 1
        self._time_words.setText(self.tr("Tiempo") if narrow else self.tr("Tiempo para terminar"))
        self.help.caption(self.tr("Ayuda"))
        self.cancel.caption(self.tr("Cancelar"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


class BankMessage(Card):
    """A sentence above the edge of the bank's page for some seconds: the page does not move for it."""

    said = Signal(str)

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(theme, "pending", across=True, pad=18, gap=18)
        self.setParent(parent)
        self.setObjectName("bank_message")
        self._theme = theme
        self._text: Callable[[], str] = str
        self._words = label("strong", name="bank_message_words")
        self._close = Button(
            theme, "bank_message_close", kind="quiet", size="small", icon="x-bold", on_click=self.hush
        )
        self.box.addWidget(Picture(theme, "warning-circle-fill", "pending", 44))
        self.box.addWidget(self._words, 1)
        self.box.addWidget(self._close)
        self._quiet = QTimer(self, singleShot=True, interval=_SAY_MS)
        self._quiet.timeout.connect(self.hush)
        self.retranslate()
        self.hide()

    @property
    def words(self) -> str:
        """What it says."""
        return self._words.text()

    def say(self, text: Callable[[], str]) -> None:
        """Show a sentence; it is asked for again when the language changes."""
        self._text = text
        self._words.setText(text())
        self.place()
        self.show()
        self.raise_()
        self._quiet.start()
        self.said.emit(self.words)

    def hush(self) -> None:
        """Take the sentence away."""
        self._text = str
        self.hide()

    def place(self) -> None:
        """Along the upper edge of what it stands before."""
        edge = self._theme.u(24)
        width = parent_of(self).width() - 2 * edge
        self.setGeometry(edge, edge, width, self.box.totalHeightForWidth(width))

    def retranslate(self) -> None:
        """Words in the language in force."""
        self._words.setText(self._text())
        self._close.setAccessibleName(self.tr("Cerrar"))
        if self.isVisible():
            self.place()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
