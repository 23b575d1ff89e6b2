"""The card that asks for another amount, within the obligation's limits."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from kiosk.cooperative.money import Money
from kiosk.cooperative.obligation import AmountProblem, Obligation, typed_amount
from kiosk.views.parts.controls import Button, Card, Field, label
from kiosk.views.parts.keyboard import Keyboard
from kiosk.views.parts.problem_texts import ProblemTexts
from kiosk.views.parts.theme import Theme
from kiosk.views.parts.tree import parent_of


class CardLayer(QWidget):
    """A dimmed layer over its parent with one card in the middle; touching outside does nothing."""

    def __init__(self, theme: Theme, parent: QWidget, width: float) -> None:
        super().__init__(parent)
        self._theme = theme
        outer = QVBoxLayout(self)
        outer.setContentsMargins(theme.u(40), theme.u(24), theme.u(40), theme.u(24))
        self.card = Card(theme, pad=44, gap=22)
        self.card.setMaximumWidth(theme.u(width))
        self.card.setMinimumWidth(min(theme.u(width), max(parent.width() - theme.u(80), theme.u(600))))
        outer.addWidget(self.card, 0, Qt.AlignmentFlag.AlignCenter)
        self.hide()

    def open(self) -> None:
        """Cover the parent."""
        self.setGeometry(parent_of(self).rect())
        self.show()
        self.raise_()

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), QColor(10, 26, 22, 150))


class AmountEntry(CardLayer):
    """Digits only; the limits are said before and after."""

    taken = Signal(int, object)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, parent, 1420)
        self._row = -1
        self._obligation: Obligation | None = None
        self._dots = 0
        self.setObjectName("amount_entry")
        across = QHBoxLayout() if not theme.portrait else QVBoxLayout()
        across.setSpacing(theme.u(40))
        left = QVBoxLayout()
        left.setSpacing(theme.u(14))
        self._title, self._limits = label("heading"), label("soft")
        self.field = Field(theme, "other_amount", keyboard="", most=15)
        self.field.edit.setProperty("keyboard", "")
        self.field.edited.connect(self._group)
        self.field.edit.returnPressed.connect(self._take_amount)
        left.addWidget(self._title)
        left.addWidget(self._limits)
        left.addWidget(self.field)
        left.addStretch(1)
        buttons = QHBoxLayout()
        self._cancel = Button(theme, "amount_cancel", on_click=self._close)
        self._ok = Button(theme, "amount_ok", kind="primary", on_click=self._take_amount)
        buttons.addWidget(self._cancel)
        buttons.addStretch(1)
        buttons.addWidget(self._ok)
        left.addLayout(buttons)
        across.addLayout(left, 1)
        self.keys = Keyboard(theme)
        self.keys.setProperty("surface", "")
        across.addWidget(self.keys)
        self.card.box.addLayout(across)

    def ask(self, row: int, obligation: Obligation, name: str) -> None:
        """Ask how much of this obligation to pay."""
        self._row, self._obligation = row, obligation
        self._dots = 0
        self.field.clear()
        self.retranslate()
        self._title.setText(name)
        low, high = obligation.other.minimum, obligation.other.maximum
        self._limits.setText(
            self.tr("Entre {low} y {high}").format(low=low.shown(), high=high.shown())
            if high is not None
            else self.tr("Desde {low}").format(low=low.shown())
        )
        self.open()
        self.keys.serve(self.field.edit, "amount")
        self.field.edit.setFocus()

    def retranslate(self) -> None:
        """Words in the language in force."""
        self.field.caption(self.tr("¿Cuánto quiere pagar?"), "$ 0")
        self._cancel.caption(self.tr("Cancelar"))
        self._ok.caption(self.tr("Usar este valor"))
        self.keys.retranslate()

    def _group(self) -> None:
        # Thousands separators while typing; anything that is no amount stays as typed, to be told.
        text = self.field.text
        amount = typed_amount(text.replace(".", ""))
        if not isinstance(amount, Money) or "," in text or text.count(".") > self._dots:
            return  # a dot of the member's own asks for cents
        grouped = amount.shown().removeprefix("$ ")
        self.field.edit.setText(grouped)
        self._dots = grouped.count(".")

    def _take_amount(self) -> None:
        if self._obligation is None:
            return
        amount = typed_amount(self.field.text)
        problem = amount if isinstance(amount, AmountProblem) else self._obligation.other_problem(amount)
        if problem is not None:
            limits = self._obligation.other
            most = limits.maximum.shown() if limits.maximum else ""
            self.field.show_problem(ProblemTexts.amount(problem, limits.minimum.shown(), most))
            return
        self._close()
        self.taken.emit(self._row, amount)

    def _close(self) -> None:
        self.hide()
        self.field.clear()
