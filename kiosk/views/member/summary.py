"""The order before the holder's data: lines, total, form of payment."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from kiosk.cooperative.obligation import Choice
from kiosk.cooperative.order import Order, OrderLine
from kiosk.models.obligation_words import ObligationWords
from kiosk.views.member.choose import TotalCard
from kiosk.views.parts.controls import Card, Picture, ThinLine, label
from kiosk.views.parts.page import Page
from kiosk.views.parts.theme import Theme
from kiosk.views.parts.tree import empty


class PseMark(QLabel):
    """The cooperative's licensed PSE logo, or a plain wordmark until there is one."""

    def __init__(self, theme: Theme, logo: str, pixels: int = 92) -> None:
        super().__init__()
        side = theme.u(pixels)
        self.setFixedSize(side, side)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        if logo:
            keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            self.setPixmap(QPixmap(logo).scaled(side, side, keep, smooth))
            return
        self.setText("PSE")
        self.setStyleSheet(
            f"background: #1f4e9c; color: #ffffff; border-radius: {side // 2}px; "
            f"font-size: {theme.u(pixels * 0.34)}px; font-weight: 800;"
        )


class OrderTable(Card):
    """The lines of an order, one row each."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, pad=36, gap=0)
        self._theme, self.words = theme, ObligationWords(self)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(theme.u(14))
        self.box.addLayout(self._rows)

    def show_order(self, order: Order | None) -> None:
        """Fill with this order's lines."""
        empty(self._rows)
        for number, line in enumerate(order.lines if order else ()):
            if number:
                self._rows.addWidget(ThinLine(self._theme))
            self._rows.addWidget(self._row(line))

    def _row(self, line: OrderLine) -> QWidget:
        row = QWidget()
        across = QHBoxLayout(row)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(self._theme.u(20))
        names = QVBoxLayout()
        names.setSpacing(0)
        head, text = label("strong"), label("caption")
        head.setText(self.words.kind(line.kind))
        choice = {
            Choice.OVERDUE: self.tr("Valor vencido"),
            Choice.NEXT_DUE: self.tr("Próximo vencimiento"),
            Choice.OTHER: self.tr("Otro valor"),
        }[line.choice]
        text.setText(f"{choice} · {line.reference}")
        names.addWidget(head)
        names.addWidget(text)
        amount = label("heading", wrap=False)
        amount.setText(line.amount.shown())
        across.addLayout(names, 1)
        across.addWidget(amount, 0, Qt.AlignmentFlag.AlignVCenter)
        return row


class SummaryPage(Page):
    """This is what you are going to pay."""

    def build(self) -> None:
        theme = self.theme
        self._title = label("title")
        self.body.addWidget(self._title)
        self.body.addWidget(self.notice)
        whole = QVBoxLayout() if theme.portrait else QHBoxLayout()
        whole.setSpacing(theme.u(40))
        left = QVBoxLayout()
        left.setSpacing(theme.u(24))
        self.table = OrderTable(theme)
        left.addWidget(self.table)
        left.addWidget(self._form())
        left.addStretch(1)
        whole.addLayout(left, 1)
        self.total = TotalCard(theme, across=True)
        side = QVBoxLayout()
        side.addWidget(self.total)
        if not theme.portrait:
            self.total.setFixedWidth(theme.u(560))
            side.addStretch(1)
        whole.addLayout(side)
        self.body.addLayout(whole, 1)
        self.add_back()
        self.add_go(self.visit.next)

    def _form(self) -> QWidget:
        card = Card(self.theme, across=True, pad=30, gap=28)
        card.setProperty("surface", "tint")
        card.box.addWidget(PseMark(self.theme, self.place.pse_logo))
        words = QVBoxLayout()
        words.setSpacing(0)
        self._form_label, self._form_name, self._form_text = (
            label("caption"),
            label("heading"),
            label("caption"),
        )
        for part in (self._form_label, self._form_name, self._form_text):
            words.addWidget(part)
        card.box.addLayout(words, 1)
        card.box.addWidget(Picture(self.theme, "check-circle-fill", "brand", 56))
        return card

    def enter(self) -> None:
        self.retranslate()

    def forget(self) -> None:
        super().forget()
        self.retranslate()  # the visit has no order any more

    def retranslate(self) -> None:
        self._title.setText(self.tr("Esto es lo que va a pagar"))
        self._form_label.setText(self.tr("Forma de pago"))
        self._form_name.setText("Débito bancario PSE")
        self._form_text.setText(self.tr("Desde su cuenta de ahorros o corriente, en cualquier banco."))
        order = self.visit.paying.order
        self.table.show_order(order)
        self.total.say(
            self.tr("Total a pagar hoy"),
            order.total.shown() if order else "",
            [],
            self.tr("Su banco puede cobrar el 4×1000. La Cooperativa no cobra por este pago."),
        )
        self.back_button.caption(self.tr("Atrás"))
        self.go_button.caption(self.tr("Continuar con PSE"))
