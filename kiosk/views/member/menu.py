"""The menu: pay, my payments, change the key, leave."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout

from kiosk.cooperative.bogota import BOGOTA
from kiosk.cooperative.payment import Payment, Review
from kiosk.cooperative.standing import Standing, standing, uneasy
from kiosk.models.dates import short_date
from kiosk.views.parts.contact import whom_to_ask
from kiosk.views.parts.controls import Card, Picture, label
from kiosk.views.parts.page import Page
from kiosk.views.parts.theme import Theme
from kiosk.views.parts.tree import layout_of
from kiosk.visit.steps import Turn

_ICONS = {"pending": "hourglass-fill", "approved": "check-circle-fill", "problem": "x-circle-fill"}


_NEWS_LOOKS = {
    Standing.PAID: "approved",
    Standing.UNPAID: "problem",
    Standing.OPEN: "pending",
    Standing.DISPUTED: "pending",
}


class Tile(QPushButton):
    """A large choice: picture, name, one sentence."""

    def __init__(self, theme: Theme, name: str, icon: str, *, first: bool = False) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._theme, self._first = theme, first
        box = QVBoxLayout(self) if first and not theme.portrait else QHBoxLayout(self)
        box.setSpacing(theme.u(36))
        self._picture = Picture(theme, icon, "#ffffff" if first else "brand", 176 if first else 96)
        box.addWidget(self._picture)
        words = QVBoxLayout()
        words.setSpacing(theme.u(8))
        self._head, self._text = (
            label("display" if first else "heading"),
            label("heading" if first else "soft"),
        )
        words.addStretch(1)
        words.addWidget(self._head)
        words.addWidget(self._text)
        if not first or theme.portrait:
            words.addStretch(1)
        box.addLayout(words, 1)
        for part in (self._picture, self._head, self._text):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        theme.changed.connect(self._dress)
        self._dress()

    def _dress(self) -> None:
        c, u = self._theme.colours, self._theme.u
        side, end = (64, 64 if self._theme.roomy else 40) if self._first else (36, 26)
        layout_of(self).setContentsMargins(u(side), u(end), u(side), u(end))
        ground, edge, pressed = (c.brand, c.brand, c.dark) if self._first else (c.card, c.line, c.tint)
        self.setStyleSheet(
            f"QPushButton {{ background: {ground}; border: {u(2)}px solid {edge}; border-radius: {u(28)}px; }}"
            f"QPushButton:pressed {{ background: {pressed}; }}"
            f"QPushButton:focus {{ border: {u(6)}px solid {c.accent if self._first else c.ink}; }}"
            + (
                'QLabel { color: #ffffff; } QLabel[look="heading"] { font-weight: 400; }'
                if self._first
                else ""
            )
        )

    def caption(self, head: str, text: str) -> None:
        """Name and sentence."""
        self._head.setText(head)
        self._text.setText(text)
        self.setAccessibleName(f"{head}. {text}")

    def sizeHint(self) -> QSize:
        return layout_of(self).sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()  # the height needed by words in another width

    def minimumSizeHint(self) -> QSize:
        width = self.width() or self._theme.u(600)
        return QSize(self._theme.u(300), layout_of(self).heightForWidth(width))


class MenuPage(Page):
    """What would you like to do?"""

    def build(self) -> None:
        theme = self.theme
        self._title, self._hint = label("title", name="greeting"), label("soft")
        self.body.addWidget(self._title)
        self.body.addWidget(self._hint)
        self.body.addWidget(self.notice)
        self._pending = Card(theme, "pending", across=True, pad=26, gap=24)
        self._pending_picture = Picture(theme, "hourglass-fill", "pending", 52)
        self._pending.box.addWidget(self._pending_picture, 0, Qt.AlignmentFlag.AlignTop)
        self._pending_words = label("strong")
        self._contact = label("soft", name="contact")
        said = QVBoxLayout()
        said.setSpacing(theme.u(4))
        said.addWidget(self._pending_words)
        said.addWidget(self._contact)
        self._pending.box.addLayout(said, 1)
        self.body.addWidget(self._pending)
        grid = QGridLayout()
        grid.setSpacing(theme.u(28))
        self.pay = Tile(theme, "pay", "wallet-duotone", first=True)
        self.payments = Tile(theme, "my_payments", "receipt-duotone")
        self.key = Tile(theme, "change_key", "key-duotone")
        self.leave_tile = Tile(theme, "leave_menu", "sign-out-duotone")
        self.pay.clicked.connect(lambda: self.visit.paying.open_choice())
        self.payments.clicked.connect(lambda: self.visit.turn(Turn.MY_PAYMENTS))
        self.key.clicked.connect(lambda: self.visit.turn(Turn.OWN_KEY))
        self.leave_tile.clicked.connect(lambda: self.visit.finish())
        if theme.portrait:
            for row, tile in enumerate((self.pay, self.payments, self.key, self.leave_tile)):
                grid.addWidget(tile, row, 0)
                grid.setRowStretch(row, 5 if row == 0 else 3)
        else:
            grid.addWidget(self.pay, 0, 0, 3, 1)
            for row, tile in enumerate((self.payments, self.key, self.leave_tile)):
                grid.addWidget(tile, row, 1)
            grid.setColumnStretch(0, 1)
            grid.setColumnStretch(1, 1)
        self.body.addLayout(grid, 1)
        self.body.addSpacing(theme.u(14))
        self.visit.member_changed.connect(self._refresh)
        theme.changed.connect(self._refresh)

    def enter(self) -> None:
        self._refresh()

    def forget(self) -> None:
        super().forget()
        self._refresh()

    def _refresh(self) -> None:
        session = self.visit.signing_in.session
        name = session.member.display_name.split()[0] if session else ""
        self._title.setText(self.tr("Hola, {name}").format(name=name))
        pending = self.visit.payments.pending
        news = self.visit.news
        self._pending.setVisible(bool(pending or news))
        # Wide and large there is room for two choices beside the first; leaving is in the header too.
        crowded = not self.theme.portrait and not self.theme.roomy
        self.leave_tile.setVisible(not crowded)
        self._hint.setVisible(self.theme.portrait or not (pending or news))
        looks = {_NEWS_LOOKS[standing(payment)] for payment in news}
        waits = bool(pending) or any(uneasy(payment) for payment in news)
        self._contact.setVisible(waits)
        self._contact.setText(whom_to_ask(self.place))
        said = [self._news_words(payment) for payment in news]
        if len(pending) == 1:
            said.append(
                self.tr(
                    "Tiene {count} pago por confirmar con su banco. No lo pague otra vez: mírelo en «Mis pagos»."
                ).format(count=1)
            )
        elif pending:
            said.append(
                self.tr(
                    "Tiene {count} pagos por confirmar con su banco. No los pague otra vez: mírelos en «Mis pagos»."
                ).format(count=len(pending))
            )
        self._pending_words.setText("\n".join(said))
        look = "pending" if waits or not looks else "problem" if "problem" in looks else "approved"
        self._pending_picture.show_icon(_ICONS[look], look)
        self._pending.show_surface(look)

    def _news_words(self, payment: Payment) -> str:
        day = short_date(payment.created_at.astimezone(BOGOTA).date())
        return self._news_sentence(payment).format(amount=payment.total.shown(), day=day)

    def _news_sentence(self, payment: Payment) -> str:
        if payment.review is Review.PAID_TWICE:
            return self.tr(
                "Su pago de {amount} del {day} está en firme, y el banco reporta otro débito por el mismo pago. La Cooperativa está revisando cómo devolvérselo."
            )
        match standing(payment):
            case Standing.PAID:
                return self.tr(
                    "Su pago de {amount} del {day} fue aprobado. Su comprobante está en «Mis pagos»."
                )
            case Standing.UNPAID:
                return self.tr(
                    "Su pago de {amount} del {day} no se hizo y no hubo débito. Puede intentarlo otra vez."
                )
            case Standing.DISPUTED:
                return self.tr(
                    "Su pago de {amount} del {day} está en revisión: el banco respondió algo distinto de lo que le dijimos. No lo pague otra vez antes de hablar con la Cooperativa."
                )
        return self.tr("Su pago de {amount} del {day} está por confirmar con su banco. No lo pague otra vez.")

    def _busy_changed(self) -> None:
        busy = bool(self.visit.busy)
        for tile in (self.pay, self.payments, self.key, self.leave_tile):
            tile.setEnabled(not busy)
        if self.on_stage:
            self._pay_words()

    def _pay_words(self) -> None:
        loading = self.visit.busy == "loading_obligations"
        self.pay.caption(
            self.tr("Consultando…") if loading else self.tr("Pagar"),
            self.tr("Crédito, aportes, fondo vida, servicio funerario y servicios adicionales."),
        )

    def retranslate(self) -> None:
        self._refresh()
        self._hint.setText(self.tr("¿Qué quiere hacer hoy?"))
        self._pay_words()
        self.payments.caption(
            self.tr("Mis pagos"), self.tr("Vea si ya se aplicaron o imprima el comprobante otra vez.")
        )
        self.key.caption(self.tr("Cambiar la clave"), self.tr("Recomendado si es su primer ingreso."))
        self.leave_tile.caption(
            self.tr("Salir"), self.tr("Cierra su sesión y borra sus datos de la pantalla.")
        )
