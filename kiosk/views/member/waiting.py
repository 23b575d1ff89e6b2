"""Waiting for the bank's answer: what is happening, and that nothing is lost."""

from __future__ import annotations

import time

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from kiosk.views.parts.contact import whom_to_ask
from kiosk.views.parts.controls import Button, Card, Picture, label, together
from kiosk.views.parts.page import Page
from kiosk.views.parts.spinner import Spinner


class WaitingPage(Page):
    """Asks every few seconds until there is an answer or the honest «pending»."""

    def build(self) -> None:
        theme = self.theme
        self.body.addStretch(1)
        self.spinner = Spinner(theme)
        self.body.addWidget(self.spinner, 0, Qt.AlignmentFlag.AlignHCenter)
        self._title, self._text = label("title"), label("soft")
        self._time = label("strong", name="waited")
        for part in (self._title, self._text, self._time):
            part.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self.body.addWidget(part)
        card = Card(theme, across=True, pad=30, gap=24)
        card.box.addWidget(Picture(theme, "shield-check-duotone", "brand", 72))
        words = QVBoxLayout()
        words.setSpacing(theme.u(4))
        self._amount = label("heading", name="waiting_amount")
        self._safe, self._reference = label("strong"), label("soft", name="reference")
        words.addWidget(self._amount)
        words.addWidget(self._safe)
        words.addWidget(self._reference)
        self._contact = label("soft", name="contact")
        words.addWidget(self._contact)
        card.box.addLayout(words, 1)
        card.setFixedWidth(theme.u(1240 if not theme.portrait else 920))
        row = QHBoxLayout()  # stretches, not an alignment: the card's height must follow its words
        row.addStretch(1)
        row.addWidget(card)
        row.addStretch(1)
        self.body.addLayout(row)
        self.body.addStretch(2)
        self.go_button = Button(
            theme, "do_not_wait", icon="sign-out-bold", on_click=self.visit.paying.stop_waiting
        )
        self.action_row.addWidget(
            self.go_button
        )  # on the left: where one goes on nobody shall leave by habit
        self.action_row.addStretch(1)
        self._clock = QTimer(self, interval=1000)
        self._clock.timeout.connect(self._show_time)
        self._ask = QTimer(self)
        self._ask.timeout.connect(self._tick)
        self._since = 0.0

    def enter(self) -> None:
        self._since = time.monotonic()
        self.spinner.run(True)
        self._ask.start(int(self.visit.limits.watch_every * 1000))
        self._clock.start()
        self.retranslate()

    def forget(self) -> None:
        super().forget()
        for words in (self._reference, self._amount):
            words.setText("")

    def leave(self) -> None:
        self.spinner.run(False)
        self._ask.stop()
        self._clock.stop()

    def _show_time(self) -> None:
        seconds = int(time.monotonic() - self._since)
        self._time.setText(self.tr("Lleva {seconds} s").format(seconds=seconds))

    def _tick(self) -> None:
        if time.monotonic() - self._since >= self.visit.limits.watch_for:
            self.visit.paying.stop_waiting()
        else:
            self.visit.paying.ask_now()

    def retranslate(self) -> None:
        payment = self.visit.paying.payment
        self._title.setText(self.tr("Esperando la respuesta de su banco"))
        self._text.setText(self.tr("Suele tardar menos de un minuto. No se retire y no pague otra vez."))
        self._safe.setText(
            self.tr("Su pago está registrado: si sale o se va la luz, lo seguimos consultando.")
        )
        self._reference.setText(
            self.tr("Referencia {reference}").format(reference=payment.reference) if payment else ""
        )
        self._contact.setText(whom_to_ask(self.place))
        self._amount.setText(together(payment.total.shown()) if payment else "")
        self._show_time()
        self.go_button.caption(self.tr("Salir sin esperar"))
