"""Choose what to pay: all that is overdue in one touch, or by hand."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QBoxLayout,
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QListView,
    QScroller,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from kiosk.cooperative.obligation import Choice
from kiosk.models.dates import today
from kiosk.models.obligations import ObligationsModel
from kiosk.views.member.amount_entry import AmountEntry
from kiosk.views.parts.controls import Card, Figure, Option, Picture, ThinLine, label
from kiosk.views.parts.obligation_delegate import ObligationDelegate
from kiosk.views.parts.page import Page
from kiosk.views.parts.theme import Theme
from kiosk.views.parts.tree import empty, parent_of


class ObligationsView(QListView):
    """The list, operable by touch and by keys: arrows move, left and right pick a part, space acts."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        delegate, model = self.itemDelegate(), self.model()
        assert isinstance(delegate, ObligationDelegate)
        assert isinstance(model, ObligationsModel)
        key = event.key()
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            step = 1 if key == Qt.Key.Key_Right else -1
            delegate.focused_part = (delegate.focused_part + step) % 4
            self.viewport().update()
        elif key in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            delegate.act(model, self.currentIndex().row(), delegate.focused_part)
        else:
            super().keyPressEvent(event)


class TotalCard(Card):
    """The total always in sight, with what it is made of."""

    def __init__(self, theme: Theme, *, across: bool = False) -> None:
        super().__init__(theme, pad=36, gap=10)
        self._theme = theme
        self.setObjectName("total_card")
        self._title, self.amount = label("soft"), Figure("amount", "total")
        self.box.addWidget(self._title)
        self.box.addWidget(self.amount)
        self._lines_box = QWidget()
        self._lines = QVBoxLayout(self._lines_box)
        self._lines.setContentsMargins(0, theme.u(8), 0, 0)
        self._lines.setSpacing(theme.u(10))
        self._rule = ThinLine(theme)
        self._lists = not across
        if self._lists:
            self.box.addWidget(self._rule)
            self.box.addWidget(self._lines_box)
        self._note = Card(theme, "tint", across=True, pad=22, gap=16)
        self._note.box.addWidget(Picture(theme, "info-fill", "brand", 38), 0, Qt.AlignmentFlag.AlignTop)
        self._note_words = label("label")
        self._note_words.setStyleSheet("font-weight: 400;")
        self._note.box.addWidget(self._note_words, 1)
        self.box.addSpacing(theme.u(8))
        self.box.addWidget(self._note)

    def say(self, title: str, amount: str, lines: list[tuple[str, str]], note: str) -> None:
        """Words, amounts as text; `lines` are (name, amount)."""
        self._title.setText(title)
        self.amount.setText(amount)
        self._note_words.setText(note)
        empty(self._lines)
        if not self._lists:  # without a place in the card they would be windows of their own
            return
        shown = lines if len(lines) <= 4 else lines[:3]
        for name, value in shown:
            self._lines.addWidget(self._line(name, value))
        if len(lines) > len(shown):
            self._lines.addWidget(self._line(self.more.format(count=len(lines) - len(shown)), ""))
        roomy = self._theme.roomy  # large text has the lines in the list beside it
        self._lines_box.setVisible(roomy and bool(lines))
        self._rule.setVisible(roomy and bool(lines))

    more = "+ {count}"

    def _line(self, name: str, value: str) -> QWidget:
        row = QWidget()
        across = QHBoxLayout(row)
        across.setContentsMargins(0, 0, 0, 0)
        left, right = label("body"), label("strong", wrap=False)
        left.setText(name)
        right.setText(value)
        across.addWidget(left, 1)
        across.addWidget(right, 0, Qt.AlignmentFlag.AlignTop)
        return row


class ChoosePage(Page):
    """What do you want to pay today?"""

    def build(self) -> None:
        theme = self.theme
        self._title = label("title")
        self._head = head = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        head.setSpacing(theme.u(20))
        head.addWidget(self._title, 1)
        head.addWidget(self._modes())
        self._build_list()
        left = QVBoxLayout()
        left.setSpacing(theme.u(20))
        left.addLayout(head)
        left.addWidget(self.notice)
        left.addWidget(self.list, 1)
        left.addWidget(self._empty)
        self._lay_out(left)
        self.add_back()
        self.add_go(self.visit.paying.confirm_choice)
        self.entry = AmountEntry(theme, self)
        self.entry.taken.connect(lambda row, amount: self.model.choose(row, Choice.OTHER, amount))
        self.model.chosen.connect(self._refresh)
        self.model.refused.connect(self.visit.paying.too_many_lines)
        theme.changed.connect(self._relayout)
        self._fit_head()

    def _build_list(self) -> None:
        theme = self.theme
        self.model = self.visit.paying.obligations
        self.list = ObligationsView()
        self.list.setObjectName("obligations")
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setModel(self.model)
        self.delegate = ObligationDelegate(theme, today(), self.list)
        self.list.setItemDelegate(self.delegate)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.list.setMouseTracking(False)
        QScroller.grabGesture(self.list.viewport(), QScroller.ScrollerGestureType.TouchGesture)
        self.delegate.other_wanted.connect(self._ask_other)
        self.delegate.held_touched.connect(self.visit.paying.explain_held)
        self._empty, self._empty_words, self._empty_more = (
            Card(theme, pad=60),
            label("heading"),
            label("soft"),
        )
        self._empty.box.addWidget(Picture(theme, "check-circle-fill", "approved", 90))
        self._empty.box.addWidget(self._empty_words)
        self._empty.box.addWidget(self._empty_more)

    def _lay_out(self, left: QVBoxLayout) -> None:
        theme = self.theme
        self.total = TotalCard(theme, across=theme.portrait)
        whole = QVBoxLayout() if theme.portrait else QHBoxLayout()
        whole.setSpacing(theme.u(44 if not theme.portrait else 20))
        whole.addLayout(left, 1)
        side = QVBoxLayout()
        side.addWidget(self.total)
        if not theme.portrait:
            side.addStretch(1)
            self._fit_total()
        whole.addLayout(side)
        self.body.addLayout(whole, 1)

    def _modes(self) -> QWidget:
        box = Card(self.theme, "", across=True, pad=8, gap=8)
        box.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        box.setStyleSheet(
            f"QFrame {{ background: {self.theme.colours.disabled}; border-radius: {self.theme.u(24)}px; }}"
        )
        self._mode = QButtonGroup(self)
        self.all_overdue, self.by_hand = (
            Option(self.theme, "all_overdue"),
            Option(self.theme, "by_hand"),
        )
        for number, button in enumerate((self.all_overdue, self.by_hand)):
            self._mode.addButton(button, number)
            box.box.addWidget(button)
        self.all_overdue.clicked.connect(lambda: self.model.choose_all_overdue())
        self.by_hand.clicked.connect(self._choose_by_hand)
        return box

    def _choose_by_hand(self) -> None:
        self.model.choose_nothing()
        self.by_hand.setChecked(True)

    def _ask_other(self, row: int) -> None:
        obligation = self.model.obligation(row)
        words = self.delegate.words
        self.entry.ask(row, obligation, f"{words.kind(obligation.kind)} · {words.detail(obligation)}")

    def enter(self) -> None:
        self.delegate.today = today()
        self.list.scrollToTop()
        self._refresh()
        self._fit_list()

    def leave(self) -> None:
        self.entry.hide()

    def _fit_total(self) -> None:
        if not self.theme.portrait:
            self.total.setFixedWidth(min(self.theme.grown(440), self.theme.u(540)))

    def _fit_head(self) -> None:
        below = self.theme.portrait or not self.theme.roomy
        self._head.setDirection(
            QBoxLayout.Direction.TopToBottom if below else QBoxLayout.Direction.LeftToRight
        )

    def _relayout(self) -> None:
        self._fit_head()
        self._fit_total()
        self._refresh()
        self.list.doItemsLayout()
        self._fit_list()

    def _fit_list(self) -> None:
        # A row must be whole in sight; where there is no room for it the page scrolls.
        rows = [self.list.sizeHintForRow(row) for row in range(self.model.rowCount())]
        self.list.setMinimumHeight(max(rows, default=0))

    def _refresh(self) -> None:
        nothing = self.model.rowCount() == 0
        self.list.setVisible(not nothing)
        self._empty.setVisible(nothing)
        self.total.setVisible(not nothing)
        self._mode.setExclusive(False)
        self.all_overdue.setChecked(self.model.pays_all_overdue)
        self.by_hand.setChecked(not self.model.pays_all_overdue)
        self._mode.setExclusive(True)
        self.all_overdue.setEnabled(bool(self.model.overdue_total))
        parent_of(self.all_overdue).setVisible(not nothing)
        if self.visit.problem is not None and self.on_stage:
            self.visit.problem = None
            self.show_problem()
        words = self.delegate.words
        lines = [(words.kind(line.kind), line.amount.shown()) for line in self.model.lines]
        self.total.more = self.tr("y {count} más")
        self.total.say(
            self.tr("Total a pagar hoy"),
            self.model.total.shown(),
            lines,
            self.tr("Su banco puede cobrar el 4×1000. La Cooperativa no cobra por este pago."),
        )
        amount = self.model.total
        self.go_button.caption(
            self.tr("Continuar con {amount}").format(amount=amount.shown())
            if amount
            else self.tr("Escoja qué pagar")
        )
        self.update_actions()

    def update_actions(self) -> None:
        self.go_button.setEnabled(bool(self.model.total))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_list()
        if self.entry.isVisible():
            self.entry.setGeometry(self.rect())

    def retranslate(self) -> None:
        self._title.setText(self.tr("¿Qué quiere pagar?"))
        self.list.setAccessibleName(self._title.text())
        self.all_overdue.caption(self.tr("Todo lo vencido"))
        self.by_hand.caption(self.tr("Elegir uno por uno"))
        self._empty_words.setText(self.tr("Usted no tiene valores por pagar"))
        self._empty_more.setText(
            self.tr("Si cree que falta una obligación, consulte con un asesor de la agencia.")
        )
        self.back_button.caption(self.tr("Atrás"))
        self.entry.retranslate()
        self._refresh()
