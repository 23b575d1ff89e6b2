"""Draws an obligation as a touch row: tick, icon, name, and the three ways to pay it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QObject,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QFontMetrics, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from kiosk.cooperative.obligation import PAYMENT_LIVE, Choice, Obligation, ObligationKind
from kiosk.models.obligation_words import CHOICES, ObligationWords, possible
from kiosk.models.obligations import ObligationsModel
from kiosk.views.parts.controls import draw_tick, fitted
from kiosk.views.parts.theme import Theme
from kiosk.views.parts.tree import Index

ICONS = {
    ObligationKind.LOAN: "hand-coins-duotone",
    ObligationKind.CONTRIBUTION: "piggy-bank-duotone",
    ObligationKind.LIFE_FUND: "heartbeat-duotone",
    ObligationKind.FUNERAL_FUND: "flower-lotus-duotone",
    ObligationKind.ADDITIONAL_SERVICE: "first-aid-kit-duotone",
}
_CHIP = 233
_WRAP = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop


class ObligationDelegate(QStyledItemDelegate):
    """Paints rows and turns touches into choices.

    `other_wanted(row)` asks for an amount; `held_touched` wants to pay what is being paid already.
    """

    other_wanted = Signal(int)
    held_touched = Signal()

    def __init__(self, theme: Theme, today: date, parent: QObject) -> None:
        super().__init__(parent)
        self._theme, self.today = theme, today
        self.words = ObligationWords(self)
        self._pressed: tuple[int, int] | None = None
        self.focused_part = 0

    # -- geometry -------------------------------------------------------------------------

    def _card(self, row: QRect) -> QRectF:
        u = self._theme.u
        return QRectF(row).adjusted(u(2), u(2), -u(2), -u(14))

    def _stacked(self, width: float) -> bool:
        return width < self._theme.grown(1200) or not self._theme.roomy

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        theme, u = self._theme, self._theme.u
        obligation: Obligation = index.data(ObligationsModel.OBLIGATION)
        view = option.widget
        width = view.viewport().width() if isinstance(view, QAbstractItemView) else u(1300)
        text = self._text_height(obligation, self._text_width(width, obligation))
        height = text + u(30)
        if obligation.payable and self._stacked(width):
            height += theme.grown(98) + u(18)
        return QSize(u(300), round(max(height, u(148))) + u(16))

    def _text_width(self, width: float, obligation: Obligation) -> float:
        u = self._theme.u
        chips = 0 if self._stacked(width) or not obligation.payable else 3 * u(_CHIP) + 2 * u(12) + u(22)
        return width - u(200) - chips - u(24)

    def _text_height(self, obligation: Obligation, width: float) -> float:
        return sum(height for *_, height in self._rows(obligation, width))

    def _rows(self, obligation: Obligation, width: float) -> list[tuple[str, QFont, str, float]]:
        """(words, font, colour, height) of kind, detail and standing; a long kind or detail wraps."""
        words, colour = self.words.standing(obligation, self.today)
        rows = []
        for text, size, weight, ink in (
            (self.words.kind(obligation.kind), 36, 700, "ink"),
            (self.words.detail(obligation), 29, 400, "soft"),
            (words, 29, 700, colour),
        ):
            font = self._theme.font(size, weight)
            box = QFontMetrics(font).boundingRect(QRect(0, 0, int(width), 10_000), _WRAP, text)
            rows.append((text, font, ink, float(box.height())))
        return rows

    def parts(self, row: QRect) -> list[QRectF]:
        """The touch targets of a row: tick, then the three choices."""
        u, theme = self._theme.u, self._theme
        card = self._card(row)
        if self._stacked(row.width()):
            gap, height = u(12), theme.grown(98)
            width = (card.width() - 2 * u(24) - 2 * gap) / 3
            top = card.bottom() - height - u(18)
            chips = [QRectF(card.left() + u(24) + n * (width + gap), top, width, height) for n in range(3)]
            tick = QRectF(card.left(), card.top(), u(110), top - card.top())
        else:
            width, height, gap = u(_CHIP), max(u(96), theme.grown(98)), u(12)
            left = card.right() - u(22) - 3 * width - 2 * gap
            top = card.center().y() - height / 2
            chips = [QRectF(left + n * (width + gap), top, width, height) for n in range(3)]
            tick = QRectF(card.left(), card.top(), u(110), card.height())
        return [tick, *chips]

    # -- painting -------------------------------------------------------------------------

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, u = self._theme, self._theme.u
        obligation: Obligation = index.data(ObligationsModel.OBLIGATION)
        choice = index.data(ObligationsModel.CHOICE)
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        card = self._card(option.rect)
        painter.setPen(QPen(theme.colour("brand" if choice else "line"), u(4 if choice else 2)))
        painter.setBrush(theme.colour("card" if obligation.payable else "paper"))
        painter.drawRoundedRect(card, u(24), u(24))
        parts = self.parts(option.rect)
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        middle = (parts[0] if obligation.payable else card).center().y()
        if obligation.payable:
            draw_tick(
                painter,
                theme,
                card.left() + u(26),
                middle,
                choice is not None,
                focused and self.focused_part == 0,
            )
            for number, part in enumerate(CHOICES, 1):
                self._chip(
                    painter, parts[number], obligation, part, index, focused and self.focused_part == number
                )
        icon = theme.pixmap(ICONS[obligation.kind], "ink" if obligation.payable else "edge", 68)
        painter.drawPixmap(QPointF(card.left() + u(108), middle - icon.height() / 2), icon)
        for text, font, ink, box in self._description(option.rect, obligation):
            painter.setFont(font)
            painter.setPen(theme.colour(ink))
            painter.drawText(box, _WRAP, text)
        painter.restore()

    def _description(self, row: QRect, obligation: Obligation) -> list[tuple[str, QFont, str, QRectF]]:
        """(words, font, colour, where) of what a row says beside its chips."""
        card = self._card(row)
        width, place = self._text_width(row.width(), obligation), self.parts(row)[0]
        if not obligation.payable:
            place = card
        rows = self._rows(obligation, width)
        y = place.center().y() - sum(height for *_, height in rows) / 2
        placed = []
        for text, font, ink, height in rows:
            placed.append((text, font, ink, QRectF(card.left() + self._theme.u(200), y, width, height)))
            y += height
        return placed

    def layout_of(self, row: QRect, index: QModelIndex) -> list[tuple[str, QFont, QRectF]]:
        """(words, font, where) of all that a row says."""
        obligation: Obligation = index.data(ObligationsModel.OBLIGATION)
        words = [(text, font, box) for text, font, _, box in self._description(row, obligation)]
        if obligation.payable:
            for number, box in enumerate(self.parts(row)[1:]):
                words += self._chip_lines(box, number, index)
        return words

    def _chip_words(self, obligation: Obligation, choice: Choice, index: Index) -> tuple[str, str]:
        amount = index.data(ObligationsModel.AMOUNT)
        chosen = index.data(ObligationsModel.CHOICE) == choice
        return self.words.chip(obligation, choice, amount.shown() if chosen and amount else "")

    def _chip(self, painter: QPainter, box: QRectF, obligation: Obligation, choice: Choice, index: Index,
              focused: bool) -> None:  # fmt: skip
        theme, u = self._theme, self._theme.u
        chosen = index.data(ObligationsModel.CHOICE) == choice
        can = possible(obligation, choice)
        pressed = self._pressed == (index.row(), CHOICES.index(choice) + 1)
        full = chosen and theme.high_contrast  # there a border alone is too little
        ground = "brand" if full else "tint" if chosen or pressed else "card" if can else "paper"
        edge = "ink" if focused else "brand" if chosen else "edge" if can else "line"
        painter.setPen(QPen(theme.colour(edge), u(5 if focused else 3 if chosen else 2)))
        painter.setBrush(theme.colour(ground))
        painter.drawRoundedRect(box, u(18), u(18))
        ink = "card" if full else "dark" if chosen else "ink" if can else "disabled_ink"
        lines = self._chip_lines(box, CHOICES.index(choice), index)
        for (text, font, line), colour in zip(lines, (ink if chosen else "soft", ink), strict=True):
            painter.setFont(font)
            painter.setPen(theme.colour(colour))
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)

    def _chip_lines(self, box: QRectF, number: int, index: Index) -> list[tuple[str, QFont, QRectF]]:
        """(words, font, where) of a chip's caption and value, of one size in all chips of a row."""
        u, obligation = self._theme.u, index.data(ObligationsModel.OBLIGATION)
        captions, values = zip(*(self._chip_words(obligation, c, index) for c in CHOICES), strict=True)
        inner = box.adjusted(u(16), u(6), -u(12), -u(6))
        share = inner.height() * 0.47
        upper, lower = inner.adjusted(0, 0, 0, share - inner.height()), inner.adjusted(0, share, 0, 0)
        return [
            (captions[number], self._common(captions, 29, 600, inner.width()), upper),
            (values[number], self._common(values, 33, 700, inner.width()), lower),
        ]

    def _common(self, texts: Iterable[str], size: int, weight: int, width: float) -> QFont:
        font = self._theme.font(size, weight)
        for text in texts:
            font = fitted(font, text, width)
        return font

    # -- touching -------------------------------------------------------------------------

    def editorEvent(self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem,
                    index: Index) -> bool:  # fmt: skip
        if not isinstance(event, QMouseEvent) or not isinstance(model, ObligationsModel):
            return False
        held = model.obligation(index.row()).not_payable_reason == PAYMENT_LIVE
        parts = [self._card(option.rect)] if held else self.parts(option.rect)
        touched = next((n for n, part in enumerate(parts) if part.contains(event.position())), None)
        if event.type() == QEvent.Type.MouseButtonPress:
            self._pressed = (index.row(), touched) if touched is not None else None
            self._repaint()
            return touched is not None
        if event.type() == QEvent.Type.MouseButtonRelease:
            same = self._pressed == (index.row(), touched)
            self._pressed = None
            self._repaint()
            if same and touched is not None:
                self.act(model, index.row(), touched)
                return True
        return False

    def _repaint(self) -> None:
        view = self.parent()
        assert isinstance(view, QAbstractItemView)
        view.viewport().update()

    def act(self, model: ObligationsModel, row: int, part: int) -> None:
        """Do what touching a part of a row does."""
        obligation = model.obligation(row)
        if obligation.not_payable_reason == PAYMENT_LIVE:
            self.held_touched.emit()
            return
        if part == 0:
            if obligation.payable:
                if model.choice(row) is None and not any(
                    obligation.amount_of(c) for c in (Choice.OVERDUE, Choice.NEXT_DUE)
                ):
                    self.other_wanted.emit(row)
                else:
                    model.toggle(row)
            return
        choice = CHOICES[part - 1]
        if not possible(obligation, choice):
            return
        if choice is Choice.OTHER:
            self.other_wanted.emit(row)
        elif model.choice(row) is choice:
            model.leave_out(row)
        else:
            model.choose(row, choice)
