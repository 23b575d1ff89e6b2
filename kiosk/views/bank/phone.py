"""The payment's page on the member's own telephone: its address as a code, and what happens meanwhile."""

from __future__ import annotations

import time

from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout

from kiosk.lockdown.web_policy import Judgement, WebPolicy, shown_host
from kiosk.views.bank.panels import LeaveOverlay
from kiosk.views.parts.contact import whom_to_ask
from kiosk.views.parts.controls import Button, Card, Picture, breakable, label, together
from kiosk.views.parts.page import Page
from kiosk.views.parts.qr import QrCode
from kiosk.views.parts.spinner import Spinner

_STEPS = ("qr-code-bold", "lock-key-bold", "check-bold")


class PhonePage(Page):
    """Bank keys stay on the member's telephone; this screen waits for the answer and prints."""

    def build(self) -> None:
        theme = self.theme
        self._title = label("title")
        self.body.addWidget(self._title)
        whole = QVBoxLayout() if theme.portrait else QHBoxLayout()
        whole.setSpacing(theme.u(44))
        left = QVBoxLayout()
        left.setSpacing(theme.u(20))
        left.addWidget(self._how())
        left.addWidget(self._state_card())
        self._free = label("soft", name="may_leave")
        left.addWidget(self._free)
        self._contact = label("soft", name="contact")
        left.addWidget(self._contact)
        left.addStretch(1)
        if theme.portrait:
            whole.addWidget(self._code(), 0, Qt.AlignmentFlag.AlignHCenter)
            whole.addLayout(left, 1)
        else:
            whole.addLayout(left, 1)
            whole.addWidget(self._code(), 0, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(whole, 1)
        self.give_up = Button(theme, "give_up", icon="x-bold", on_click=lambda: self.leaving.open())
        self.here = Button(theme, "pay_here", icon="bank-bold", on_click=self.visit.paying.back_to_bank)
        for button in (self.give_up, self.here):
            self.action_row.addWidget(button)
        self.go_button = Button(theme, "go", icon="check-bold", icon_after=True, on_click=self.visit.finish)
        self.action_row.addStretch(1)
        self.action_row.addWidget(self.go_button)
        self.leaving = LeaveOverlay(self, theme, self._give_up)
        self._ask = QTimer(self)
        self._ask.timeout.connect(self._tick)
        self._clock = QTimer(self, interval=1000)
        self._clock.timeout.connect(self._show_time)
        self._since = 0.0

    def _how(self) -> Card:
        theme = self.theme
        card = Card(theme, pad=32, gap=18)
        self._hows: list[QLabel] = []
        for icon in _STEPS:
            row = QHBoxLayout()
            row.setSpacing(theme.u(22))
            row.addWidget(Picture(theme, icon, "brand", 48), 0, Qt.AlignmentFlag.AlignTop)
            words = label("body")
            row.addWidget(words, 1)
            self._hows.append(words)
            card.box.addLayout(row)
        return card

    def _state_card(self) -> Card:
        theme = self.theme
        card = Card(theme, "tint", across=True, pad=26, gap=26)
        self.spinner = Spinner(theme, 84)
        card.box.addWidget(self.spinner, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(theme.u(4))
        self._state, self._about = label("strong", name="phone_state"), label("soft", name="phone_about")
        self._time = label("soft", name="phone_time")
        for part in (self._state, self._about, self._time):
            words.addWidget(part)
        card.box.addLayout(words, 1)
        return card

    def _code(self) -> Card:
        card = Card(self.theme, pad=28, gap=10)
        self.qr = QrCode(self.theme, "phone_qr", 400 if self.theme.portrait else 520)
        self._host = label("strong", name="phone_host")
        self._host.setAlignment(Qt.AlignmentFlag.AlignCenter)
        card.box.addWidget(self.qr, 0, Qt.AlignmentFlag.AlignHCenter)
        card.box.addWidget(self._host)
        return card

    # -- coming and going -----------------------------------------------------------------

    def enter(self) -> None:
        self._since = time.monotonic()
        self.setFocus()  # the browser's focus would go to the first button, which gives up
        self.spinner.run(True)
        self._ask.start(max(1, int(self.visit.limits.watch_every * 1000)))
        self._clock.start()
        self._show_code()
        self.retranslate()

    def leave(self) -> None:
        self.spinner.run(False)
        self._ask.stop()
        self._clock.stop()
        self.leaving.close_it()

    def forget(self) -> None:
        super().forget()
        self.qr.show_text("")
        for words in (self._title, self._host, self._about, self._free):
            words.setText("")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.leaving.setGeometry(self.rect())

    def _show_code(self) -> None:
        """The gateway's address, if it is one that this terminal would open itself."""
        payment, gateway = self.visit.paying.payment, self.visit.paying.gateway
        address = payment.redirect_url if payment is not None else None
        if address is None or gateway is None:
            return
        policy = WebPolicy(gateway.allowed_hosts(), gateway.is_return, self.place.demonstration)
        url = QUrl(address)
        if policy.judge(url) is not Judgement.OPEN:
            QTimer.singleShot(
                0, self, self.visit.paying.back_to_bank
            )  # it says what is wrong with the address
            return
        self.qr.show_text(address)
        self._host.setText(breakable(shown_host(url)))

    def _give_up(self) -> None:
        self.visit.paying.left_bank(given_up=True)

    def _tick(self) -> None:
        if time.monotonic() - self._since >= self.visit.limits.bank_seconds:
            self.visit.paying.left_bank()
        else:
            self.visit.paying.ask_now()

    def _show_time(self) -> None:
        left = max(0, int(self.visit.limits.bank_seconds - (time.monotonic() - self._since)))
        self._time.setText(
            self.tr("Este kiosco lo espera {time}").format(time=f"{left // 60}:{left % 60:02d}")
        )

    def retranslate(self) -> None:
        payment, holder = self.visit.paying.payment, self.visit.paying.holder
        amount = together(payment.total.shown()) if payment else ""
        self._title.setText(self.tr("Pague {amount} desde su celular").format(amount=amount))
        for words, text in zip(
            self._hows,
            (
                self.tr("Abra la cámara de su celular, apunte al código y toque la dirección."),
                self.tr("Pague allí: sus claves solo las escribe en su propio celular."),
                self.tr("Esta pantalla se entera sola y le imprime el comprobante."),
            ),
            strict=True,
        ):
            words.setText(text)
        self._state.setText(self.tr("Esperando la respuesta de su banco"))
        reference = payment.reference if payment else ""
        self._about.setText(self.tr("Referencia {reference}").format(reference=reference))
        self._free.setText(
            self.tr(
                "¿Prefiere no esperar? Toque «Terminar aquí»: PSE le confirma a {email} y su comprobante "
                "queda en «Mis pagos»."
            ).format(email=breakable(holder.email) if holder else "")
        )
        self._contact.setText(whom_to_ask(self.place))
        self._show_time()
        self.give_up.caption(self.tr("Cancelar"))
        self.here.caption(self.tr("Pagar en este kiosco"))
        self.go_button.caption(self.tr("Terminar aquí"))
