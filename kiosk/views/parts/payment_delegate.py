"""Draws a payment as a touch row."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from kiosk.cooperative.payment import Payment
from kiosk.cooperative.standing import Standing, standing
from kiosk.models.dates import long_time
from kiosk.models.obligation_words import ObligationWords
from kiosk.models.payments import PaymentsModel
from kiosk.models.standing_words import standing_words
from kiosk.views.parts.controls import fitted
from kiosk.views.parts.outcome import LOOKS, outcome
from kiosk.views.parts.theme import Theme
from kiosk.views.parts.tree import Index

_WAITS = (Standing.OPEN, Standing.DISPUTED)


class PaymentDelegate(QStyledItemDelegate):
    """One payment as a touch row: state in words and picture, amount, when, reference."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._words = ObligationWords(self)

    def sizeHint(self, option: QStyleOptionViewItem, _index: Index) -> QSize:
        view = option.widget
        width = view.viewport().width() if isinstance(view, QAbstractItemView) else 0
        rows = 5 if self._narrow(width) else 3
        return QSize(self._theme.u(300), self._theme.grown(42) * rows + self._theme.u(50))

    def _narrow(self, width: int) -> bool:
        """Whether state and amount need a line each."""
        return width < self._theme.grown(1100)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, u = self._theme, self._theme.u
        payment: Payment = index.data(PaymentsModel.PAYMENT)
        tone, icon = LOOKS[outcome(payment)]
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        card = QRectF(option.rect).adjusted(u(2), u(2), -u(2), -u(14))
        pressed = bool(option.state & QStyle.StateFlag.State_Selected)
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        painter.setPen(
            QPen(
                theme.colour("ink" if focused else tone if standing(payment) in _WAITS else "line"),
                u(4 if focused else 3),
            )
        )
        painter.setBrush(theme.colour("tint" if pressed else "card"))
        painter.drawRoundedRect(card, u(24), u(24))
        mark = theme.pixmap(icon, tone, 64)
        painter.drawPixmap(QPointF(card.left() + u(36), card.center().y() - mark.height() / 2), mark)
        arrow = theme.pixmap("caret-right-bold", "soft", 44)
        painter.drawPixmap(QPointF(card.right() - u(76), card.center().y() - arrow.height() / 2), arrow)
        left, right = card.left() + u(136), card.right() - u(100)
        names = self._names(payment, right - left)
        when, ours = long_time(payment.created_at), payment.reference
        details = [names, when, ours] if self._narrow(option.rect.width()) else [names, f"{when} · {ours}"]
        rows = [(detail, 29, 400, "soft") for detail in details]
        if self._narrow(option.rect.width()):
            rows.insert(0, (payment.total.shown(), 40, 800, "ink"))
        y = card.center().y() - theme.grown(42) * (len(rows) + 1) / 2
        box = QRectF(left, y, right - left, theme.grown(42))
        self._write(painter, box, standing_words(payment), 34, 700, tone)
        if not self._narrow(option.rect.width()):
            self._write(painter, box, payment.total.shown(), 40, 800, "ink", after=True)
        for row in rows:
            box.translate(0, theme.grown(42))
            self._write(painter, box, *row)
        painter.restore()

    def _names(self, payment: Payment, width: float) -> str:
        """As many kinds of obligation as fit, and how many more."""
        kinds = list(dict.fromkeys(self._words.kind(line.kind) for line in payment.order.lines))
        metrics = QFontMetrics(self._theme.font(29))
        for count in range(len(kinds), 1, -1):
            more = f" +{len(kinds) - count}" if count < len(kinds) else ""
            if metrics.horizontalAdvance(", ".join(kinds[:count]) + more) <= width:
                return ", ".join(kinds[:count]) + more
        return kinds[0] + (f" +{len(kinds) - 1}" if len(kinds) > 1 else "")

    def _write(self, painter: QPainter, box: QRectF, text: str, size: int, weight: int, ink: str,
               *, after: bool = False) -> None:  # fmt: skip
        painter.setFont(fitted(self._theme.font(size, weight), text, box.width()))
        painter.setPen(self._theme.colour(ink))
        side = Qt.AlignmentFlag.AlignRight if after else Qt.AlignmentFlag.AlignLeft
        painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, text)
