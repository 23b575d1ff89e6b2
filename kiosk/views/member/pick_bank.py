"""Which bank to pay from, where the gateway wants it picked here and not on its own page."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QScroller,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from kiosk.models.banks import BanksModel
from kiosk.views.parts.controls import draw_tick, label, together
from kiosk.views.parts.page import Page
from kiosk.views.parts.theme import Theme
from kiosk.views.parts.tree import Index

_WRAP = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft


class BankDelegate(QStyledItemDelegate):
    """One bank as a tile: a ring to tick, and its name."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme

    def columns(self, width: int) -> int:
        """How many tiles stand side by side: a long name needs room."""
        return max(1, width // self._theme.grown(520))

    def sizeHint(self, option: QStyleOptionViewItem, _index: Index) -> QSize:
        view = option.widget
        # The list's width less its scroll bar's: whether the bar shows must not change the columns.
        width = (view.width() if isinstance(view, QWidget) else self._theme.grown(520)) - self._theme.u(28)
        return QSize(width // self.columns(width), self._theme.grown(132))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, u = self._theme, self._theme.u
        picked = bool(index.data(BanksModel.PICKED))
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        pressed = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tile = QRectF(option.rect).adjusted(u(3), u(3), -u(13), -u(13))
        edge = "ink" if focused else "brand" if picked else "edge"
        painter.setPen(QPen(theme.colour(edge), u(4 if picked or focused else 2)))
        painter.setBrush(theme.colour("tint" if picked or pressed else "card"))
        painter.drawRoundedRect(tile, u(20), u(20))
        draw_tick(painter, theme, tile.left() + u(26), tile.center().y(), picked, focused)
        painter.setFont(theme.font(34, 700 if picked else 600))
        painter.setPen(theme.colour("dark" if picked else "ink"))
        name = str(index.data(Qt.ItemDataRole.DisplayRole))
        painter.drawText(tile.adjusted(u(112), u(6), -u(20), -u(6)), _WRAP, name)
        painter.restore()


class PickBankPage(Page):
    """Touch your bank, then go on."""

    def build(self) -> None:
        self._title, self._hint = label("title"), label("soft")
        self.body.addWidget(self._title)
        self.body.addWidget(self._hint)
        self.body.addWidget(self.notice)
        self.list = QListView()
        self.list.setObjectName("banks")
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setFlow(QListView.Flow.LeftToRight)
        self.list.setWrapping(True)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setModel(self.visit.paying.banks)
        self.list.setItemDelegate(BankDelegate(self.theme, self.list))
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        QScroller.grabGesture(self.list.viewport(), QScroller.ScrollerGestureType.TouchGesture)
        self.list.clicked.connect(self._pick)
        self.list.activated.connect(self._pick)
        self.body.addWidget(self.list, 1)
        self.add_back()
        self.add_go(self.visit.next)
        self.visit.paying.banks.picked_changed.connect(self.update_actions)
        self.theme.changed.connect(self.list.doItemsLayout)

    def _pick(self, index: QModelIndex) -> None:
        self.visit.paying.banks.pick(index.row())
        self.list.clearSelection()

    def enter(self) -> None:
        self.list.clearSelection()
        self.retranslate()
        self.update_actions()

    def forget(self) -> None:
        super().forget()
        self.retranslate()

    def update_actions(self) -> None:
        self.go_button.setEnabled(self.visit.paying.banks.picked is not None)

    def retranslate(self) -> None:
        self._title.setText(self.tr("¿Desde qué banco paga?"))
        order = self.visit.paying.order
        hint = self.tr("Toque el banco del titular de la cuenta.")
        if order:
            total = together(order.total.shown())
            hint += " " + self.tr("Total a pagar hoy: {amount}.").format(amount=total)
        self._hint.setText(hint)
        self.list.setAccessibleName(self.tr("Bancos"))
        self.back_button.caption(self.tr("Atrás"))
        self.go_button.caption(self.tr("Continuar"))
