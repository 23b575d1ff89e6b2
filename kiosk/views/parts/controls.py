"""The few widgets every page is made of. Looks come from the style sheet, sizes from the theme."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import ClassVar

from PySide6.QtCore import QEvent, QMargins, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QIcon, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsDropShadowEffect,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from kiosk.views.parts.theme import TOUCH, Theme
from kiosk.views.parts.tree import layout_of


def restyle(widget: QWidget) -> None:
    """Apply the style sheet again after a dynamic property changed."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def label(text_kind: str, *, wrap: bool = True, name: str = "") -> QLabel:
    """A text. Plain always: words from core, gateway or bank must never become markup."""
    made = QLabel()
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("look", text_kind)
    made.setWordWrap(wrap)
    if name:
        made.setObjectName(name)
    return made


def breakable(text: str) -> str:
    """Let a long address or number wrap at its dots and signs."""
    return re.sub(r"(?<=[._/-])(?=\w)|(?=@)", "\u200b", text)


def together(text: str) -> str:
    """Keep an amount or a telephone number on one line."""
    return text.replace(" ", "\u00a0")


def fitted(font: QFont, text: str, width: float) -> QFont:
    """The font, smaller where the text would not fit into `width`."""
    font = QFont(font)
    while font.pixelSize() > 12 and QFontMetrics(font).horizontalAdvance(text) > width:
        font.setPixelSize(font.pixelSize() - 1)
    return font


class Figure(QLabel):
    """An amount on one line, written smaller where a long one would not fit."""

    def __init__(self, text_kind: str, name: str) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("look", text_kind)
        self.setObjectName(name)

    def fitted(self) -> QFont:
        """The font for the room there is."""
        return fitted(self.font(), self.text(), self.contentsRect().width())

    def minimumSizeHint(self) -> QSize:
        return QSize(1, super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self.fitted())
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.contentsRect(), self.alignment(), self.text())


class Picture(QLabel):
    """An icon that follows the theme."""

    def __init__(self, theme: Theme, icon: str, colour: str, pixels: float) -> None:
        super().__init__()
        self._theme, self._what = theme, (icon, colour, pixels)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._draw)
        self._draw()

    def show_icon(self, icon: str, colour: str) -> None:
        """Another icon at the same size."""
        self._what = (icon, colour, self._what[2])
        self._draw()

    def _draw(self) -> None:
        self.setPixmap(self._theme.pixmap(*self._what))


class Button(QPushButton):
    """A touch button: `kind` and `size` choose its look, the icon may stand behind the text."""

    HEIGHTS: ClassVar = {"normal": 100, "small": TOUCH, "big": 148}

    def __init__(
        self,
        theme: Theme,
        name: str,
        *,
        kind: str = "secondary",
        size: str = "normal",
        icon: str = "",
        icon_after: bool = False,
        on_click: Callable[[], object] | None = None,
    ) -> None:
        super().__init__()
        self._theme, self._icon, self._kind, self._size = theme, icon, kind, size
        self.setObjectName(name)
        self.setProperty("kind", kind)
        self.setProperty("scale", size)
        # A touch must not leave a focus ring behind: only the Tab key gives buttons the focus.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if icon_after:
            self.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        if on_click:
            self.clicked.connect(lambda: on_click())
        self._cast_shadow()
        theme.changed.connect(self._draw)
        self._draw()

    def caption(self, text: str) -> None:
        """Set the words, for eyes and for assistive technology."""
        # An en space keeps the icon off the word; style sheets know no such gap.
        gap = "\u2002" if self._icon and text else ""
        after = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        # The mark keeps a trailing space from jumping to the other end of a right-to-left button.
        self.setText(f"{text}{gap}\u200e" if after else f"{gap}{text}")
        self.setAccessibleName(text)
        self._fit()

    def turn(self, kind: str, icon: str) -> None:
        """Another look: what the page is for has changed."""
        if (kind, icon) == (self._kind, self._icon):
            return
        self._kind, self._icon = kind, icon
        self.setProperty("kind", kind)
        restyle(self)
        self._cast_shadow()
        self._draw()

    def _cast_shadow(self) -> None:
        shadow = None
        if self._kind in ("primary", "accent"):
            shadow = QGraphicsDropShadowEffect(self)
            shadow.setBlurRadius(self._theme.u(36))
            shadow.setOffset(0, self._theme.u(10))
            shadow.setColor(QColor(10, 40, 32, 70))
        self.setGraphicsEffect(shadow)  # type: ignore[arg-type]  # Qt takes a null as «none»

    def _fit(self) -> None:
        """Leave room between icon and words and never cut a word."""
        self.ensurePolished()
        self.setMinimumWidth(self.sizeHint().width())

    def sizeHint(self) -> QSize:
        self.ensurePolished()
        hint = super().sizeHint()
        return QSize(hint.width() + self._theme.u(10), self.minimumHeight())

    def changeEvent(self, event: QEvent) -> None:
        shadow = self.graphicsEffect()
        if event.type() == QEvent.Type.EnabledChange and shadow is not None:
            shadow.setEnabled(self.isEnabled())
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._fit()  # the page was dressed anew

    def _draw(self) -> None:
        height = self.HEIGHTS[self._size]
        self.setMinimumHeight(max(self._theme.u(height), self._theme.grown(height * 0.74)))
        if self._icon:
            inks = {"primary": "#ffffff", "glass": "#ffffff", "danger": "problem", "accent": "#1b1503"}
            pixels = {"normal": 40, "small": 34, "big": 56}[self._size]
            self.setIcon(self._theme.icon(self._icon, inks.get(self._kind, "ink"), pixels))
            self.setIconSize(self._theme.icon_size(pixels))
        self._fit()


class Card(QFrame):
    """A rounded surface with a column (or row) of things on it."""

    def __init__(
        self, theme: Theme, surface: str = "card", *, across: bool = False, pad: float = 36, gap: float = 16
    ) -> None:
        super().__init__()
        self.setProperty("surface", surface)
        self.box = QHBoxLayout(self) if across else QVBoxLayout(self)
        inset = theme.u(pad)
        self.box.setContentsMargins(QMargins(inset, inset, inset, inset))
        self.box.setSpacing(theme.u(gap))

    def show_surface(self, surface: str) -> None:
        """Another look: approved, pending, problem, tint or card."""
        self.setProperty("surface", surface)
        for widget in (self, *self.findChildren(QLabel)):
            restyle(widget)


class ThinLine(QFrame):
    """A thin line between rows."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("surface", "line")
        self.setFixedHeight(theme.u(2))


class Field(QWidget):
    """A labelled text field that names its keyboard and shows what is wrong below itself."""

    edited = Signal()

    def __init__(
        self, theme: Theme, name: str, *, keyboard: str, secret: bool = False, most: int = 80
    ) -> None:
        super().__init__()
        self._label = label("label")
        self.edit = QLineEdit()
        self.edit.setObjectName(name)
        self.edit.setProperty("keyboard", keyboard)
        self.edit.setMaxLength(most)
        self.edit.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.edit.setDragEnabled(False)
        if secret:
            self.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self._label.setBuddy(self.edit)
        self._wrong = label("problem", name=f"{name}_problem")
        self._wrong.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.u(8))
        column.setAlignment(Qt.AlignmentFlag.AlignTop)  # fields beside each other keep one line
        for part in (self._label, self.edit, self._wrong):
            column.addWidget(part)
        self.edit.textEdited.connect(self._on_edit)

    def _on_edit(self) -> None:
        self.show_problem("")
        self.edited.emit()

    def caption(self, text: str, hint: str = "") -> None:
        """The label, and an example inside the empty field."""
        self._label.setText(text)
        self.edit.setAccessibleName(text)
        self.edit.setPlaceholderText(hint)

    def show_problem(self, text: str) -> None:
        """One sentence below the field; empty takes it away. What was typed stays."""
        self._wrong.setText(text)
        self._wrong.setVisible(bool(text))
        self.edit.setProperty("wrong", bool(text))
        self.edit.setAccessibleDescription(text)
        restyle(self.edit)

    @property
    def text(self) -> str:
        """What was typed."""
        return self.edit.text()

    def clear(self) -> None:
        """Forget text, undo history and problem."""
        self.edit.setText("")
        self.show_problem("")


class Option(QPushButton):
    """One of several things to choose from; the chosen one has tick, border, tint and weight."""

    def __init__(self, theme: Theme, name: str, height: float = 84) -> None:
        super().__init__()
        self._theme = theme
        self.setObjectName(name)
        self.setProperty("kind", "option")
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMinimumHeight(theme.u(height))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.toggled.connect(self._mark)
        theme.changed.connect(self._mark)
        self._mark()

    def _mark(self) -> None:
        ink = "#ffffff" if self._theme.high_contrast else "brand"  # that of the words of the chosen one
        tick = self._theme.pixmap("check-bold", ink, 28)
        room = QPixmap(tick.width() + self._theme.u(10), tick.height())  # a gap before the words
        room.fill(Qt.GlobalColor.transparent)
        painter = QPainter(room)
        painter.drawPixmap(0, 0, tick)
        painter.end()
        self.setIconSize(room.size())
        self.setIcon(QIcon(room) if self.isChecked() else QIcon())

    def caption(self, text: str) -> None:
        """Set the words, for eyes and for assistive technology."""
        self.setText(text)
        self.setAccessibleName(text)

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()  # the chosen one is bolder and has a thicker border
        mark = 0 if self.isChecked() else self.iconSize().width() + self._theme.u(4)
        return QSize(hint.width() + mark + self._theme.u(8), hint.height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()


class Tick(QPushButton):
    """A large check box whose whole row is the target."""

    def __init__(self, theme: Theme, name: str, look: str = "body") -> None:
        super().__init__()
        self._theme = theme
        self.setObjectName(name)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMinimumHeight(theme.u(88))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self._words = label(look)
        self._words.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.u(96), theme.u(18), theme.u(20), theme.u(18))
        row.addWidget(self._words)
        self.setStyleSheet("QPushButton { border: 0; background: transparent; }")

    def caption(self, text: str) -> None:
        """The sentence that is ticked."""
        self._words.setText(text)
        self.setAccessibleName(text)

    def sizeHint(self) -> QSize:
        return layout_of(self).sizeHint()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return max(layout_of(self).heightForWidth(width), self._theme.u(88))

    def minimumSizeHint(self) -> QSize:
        return layout_of(self).minimumSize()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_tick(
            painter, self._theme, self._theme.u(14), self.height() / 2, self.isChecked(), self.hasFocus()
        )


def draw_tick(
    painter: QPainter, theme: Theme, left: float, middle: float, checked: bool, focused: bool = False
) -> None:
    """The product's one check mark, 60 design pixels, also drawn by delegates."""
    side = theme.u(60)
    top = middle - side / 2
    painter.setPen(
        QPen(theme.colour("ink" if focused else "brand" if checked else "edge"), theme.u(5 if focused else 3))
    )
    painter.setBrush(theme.colour("brand") if checked else theme.colour("card"))
    painter.drawRoundedRect(int(left), int(top), side, side, theme.u(14), theme.u(14))
    if checked:
        mark = theme.pixmap("check-bold", "#ffffff", 40)
        painter.drawPixmap(int(left + (side - mark.width()) / 2), int(top + (side - mark.height()) / 2), mark)
