"""The result in its honest outcomes: approved, rejected, failed, pending, being looked at."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from kiosk.cooperative import scheme_texts
from kiosk.cooperative.payment import CANCELLED, Payment, Review, State
from kiosk.models.dates import clock_time, minute_time
from kiosk.models.obligation_words import ObligationWords
from kiosk.models.standing_words import short_scheme_words, standing_words
from kiosk.views.parts.controls import Button, Card, Figure, Picture, breakable, label, together
from kiosk.views.parts.facts import FactTable
from kiosk.views.parts.languages import Languages
from kiosk.views.parts.outcome import LOOKS, outcome
from kiosk.views.parts.page import Page
from kiosk.views.parts.printing import PrintingCard
from kiosk.views.parts.qr import QrCode
from kiosk.views.parts.theme import Theme
from kiosk.visit.steps import Step, Turn

_PAINT_FIRST = 50
"""Milliseconds from arriving to making the receipt."""


class Advice(Card):
    """A small card with a picture, a headline and a sentence."""

    def __init__(self, theme: Theme, icon: str) -> None:
        super().__init__(theme, pad=28, gap=8)
        self.box.addWidget(Picture(theme, icon, "brand", 60))
        self._head, self._text = label("heading"), label("soft")
        self.box.addWidget(self._head)
        self.box.addWidget(self._text)
        self.box.addStretch(1)

    def say(self, head: str, text: str) -> None:
        """Words."""
        self._head.setText(head)
        self._text.setText(text)


class ResultPage(Page):
    """What became of the payment, what it means, and what to do now."""

    def build(self) -> None:
        theme = self.theme
        self.words = ObligationWords(self)
        self.printing = self.visit.printing
        self._asking = self._retry = False
        self._asked_at: datetime | None = None
        whole = QVBoxLayout() if theme.portrait else QHBoxLayout()
        whole.setSpacing(theme.u(56))
        left = QVBoxLayout()
        left.setSpacing(theme.u(20))
        self._build_head(left)
        self._facts_card = Card(theme, pad=36)
        self.facts = FactTable(theme)
        self._facts_card.box.addWidget(self.facts)
        left.addWidget(self._facts_card)
        self._call = label("soft", name="whom_to_call")
        left.addWidget(self._call)
        self._advices = QVBoxLayout() if theme.portrait else QHBoxLayout()
        self._advices.setSpacing(theme.u(28))
        self.advice = [Advice(theme, icon) for icon in
                       ("magnifying-glass-duotone", "printer-duotone", "phone-duotone")]  # fmt: skip
        for card in self.advice:
            self._advices.addWidget(card, 1)
        left.addLayout(self._advices)
        left.addStretch(1)
        whole.addLayout(left, 1)
        if theme.portrait:  # the code before the figures: it must not hide below the fold
            left.insertWidget(left.indexOf(self._facts_card), self._side())
        else:
            whole.addWidget(self._side(), 0, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(whole, 1)
        self._build_actions()
        self._ask = QTimer(self)
        self._ask.timeout.connect(self.visit.paying.ask_now)
        self.visit.paying.changed.connect(self._changed)

    def _build_head(self, left: QVBoxLayout) -> None:
        theme = self.theme
        self.badge = Card(theme, "approved", across=True, pad=22, gap=20)
        self._badge_icon = Picture(theme, "check-circle-fill", "approved", 52)
        self._state = label("heading", wrap=False, name="state")
        self.badge.box.addWidget(self._badge_icon)
        self.badge.box.addWidget(self._state)
        row = QHBoxLayout()
        row.addWidget(self.badge)
        row.addStretch(1)
        left.addLayout(row)
        self.amount, self._title = Figure("huge", "amount"), label("title")
        self._text = label("soft", name="meaning")
        for part in (self.amount, self._title, self._text):
            left.addWidget(part)

    def _side(self) -> QWidget:
        theme = self.theme
        self.side = Card(theme, across=theme.portrait, pad=24, gap=8 if not theme.portrait else 28)
        self.qr = QrCode(theme, "receipt_qr", 330)
        self._qr_head, self._qr_text = label("heading"), label("caption")
        self.side.box.addWidget(self.qr, 0, Qt.AlignmentFlag.AlignHCenter)
        words = QVBoxLayout()
        words.setSpacing(theme.u(8))
        for part in (self._qr_head, self._qr_text):
            if not theme.portrait:
                part.setAlignment(Qt.AlignmentFlag.AlignCenter)
            words.addWidget(part)
        self.paper = PrintingCard(theme, self.printing)
        words.addSpacing(theme.u(8))
        words.addWidget(self.paper)
        self.side.box.addLayout(words, 1)
        if not theme.portrait:
            self.side.setFixedWidth(theme.u(520))
        self.printing.ready.connect(self._show_code)
        return self.side

    def _build_actions(self) -> None:
        theme = self.theme
        self.again = Button(theme, "pay_again", icon="plus-bold", on_click=self.visit.paying.pay_again)
        self.ask = Button(theme, "ask_now", icon="arrows-clockwise-bold", on_click=self._ask_shown)
        self.receipt = Button(theme, "show_receipt", icon="receipt-bold",
                              on_click=lambda: self.visit.turn(Turn.RECEIPT))  # fmt: skip
        for button in (self.again, self.ask, self.receipt):
            self.action_row.addWidget(button)
        self.add_go(self._finish, icon="check-bold")

    def _finish(self) -> None:
        if self.visit.paying.reprinting:
            self.visit.paying.seen_enough()
        else:
            self.visit.finish()

    def _ask_shown(self) -> None:
        self._asking = True
        self.visit.paying.ask_now(shown=True)

    def _busy_changed(self) -> None:
        super()._busy_changed()
        if self._asking and not self.visit.busy:
            self._asking, self._asked_at = False, datetime.now(UTC)
        if self.on_stage:
            self.retranslate()

    def enter(self) -> None:
        self._asking, self._asked_at = False, None
        self._changed()

    def leave(self) -> None:
        self._ask.stop()

    def forget(self) -> None:
        super().forget()
        self.facts.show_rows([], [])
        self.qr.show_text("")
        for words in (self.amount, self._title, self._text):
            words.setText("")
        for card in self.advice:
            card.say("", "")

    def _changed(self) -> None:
        payment = self.visit.paying.payment
        if payment is None or self.visit.step is not Step.RESULT:
            return
        self.retranslate()
        self._order_actions(outcome(payment))
        self.arrange_actions()
        unsettled = payment.live
        if unsettled and not self._ask.isActive():
            self._ask.start(int(self.visit.limits.watch_every * 2000))
        elif not unsettled:
            self._ask.stop()
        what = outcome(payment)
        shows = what in ("approved", "pending", "disputed")
        self.side.setVisible(what == "approved")
        self.receipt.setVisible(shows)
        # Approved only: the core's answer is a moment away, and the paper should carry its number.
        if shows and (payment.state is not State.APPROVED or what == "disputed"):
            # The page is painted first: code, file and paper share Python's lock with it.
            QTimer.singleShot(_PAINT_FIRST, lambda: self._make_receipt(payment))

    @property
    def primary(self) -> Button:
        return self.again if self._retry else self.go_button

    def _order_actions(self, what: str) -> None:
        """One primary, on the right: after a refusal it is another try, else it is done."""
        retry = self._retry = what in ("declined", "failed") and not self.visit.paying.reprinting
        for layout in (self._above, self.action_row):
            for button in (self.again, self.go_button):
                layout.removeWidget(button)
        first, last = (self.go_button, self.again) if retry else (self.again, self.go_button)
        self.action_row.insertWidget(0, first)
        self.action_row.addWidget(last)
        self.again.turn(
            "primary" if retry else "secondary", "arrows-clockwise-bold" if retry else "plus-bold"
        )
        self.go_button.turn("secondary" if retry else "primary", "check-bold")

    def _make_receipt(self, payment: Payment) -> None:
        if self.visit.paying.payment is not payment or not self.on_stage:
            return
        copy = self.visit.paying.reprinting
        self.printing.prepare(payment, copy=copy, language=Languages.current)
        if not copy:
            self.printing.print_once(payment, language=Languages.current)

    def _show_code(self) -> None:
        if self.printing.receipt is not None:
            self.qr.show_text(self.printing.receipt.qr_text)
        self.paper.refresh()

    def retranslate(self) -> None:
        self._qr_head.setText(self.tr("Guárdelo en su celular"))
        self._qr_text.setText(self.tr("Apunte la cámara al código para tener su comprobante."))
        self.again.caption(self.tr("Hacer otro pago"))
        self.ask.caption(self.tr("Consultando…") if self._asking else self.tr("Consultar ahora"))
        self.receipt.caption(self.tr("Ver comprobante"))
        back = self.visit.paying.reprinting
        self.go_button.caption(self.tr("Volver a mis pagos") if back else self.tr("Finalizar"))
        payment = self.visit.paying.payment
        if payment is not None:
            self._say_outcome(payment, outcome(payment))

    def _say_outcome(self, payment: Payment, what: str) -> None:
        tone, icon = LOOKS[what]
        self._badge_icon.show_icon(icon, tone)
        self.badge.show_surface(tone)
        pending, disputed = what == "pending", what == "disputed"
        # The scheme's words, in Spanish in every language; the sentence after the dot stands below.
        self._state.setText(standing_words(payment) if disputed else short_scheme_words(payment))
        self.amount.setText(payment.total.shown())
        approved = what == "approved"
        self.amount.setVisible(approved)
        self._title.setVisible(not approved)
        waiting_for = (
            self.tr("Su banco aún no confirma el pago de {amount}")
            if payment.gateway_id
            else self.tr("PSE no respondió al abrir su pago de {amount}")
        )
        amount = together(payment.total.shown())
        looked_at = self.tr("Estamos revisando su pago de {amount}")
        if pending or disputed:
            self._title.setText((looked_at if disputed else waiting_for).format(amount=amount))
        else:
            self._title.setText(self.tr("No se hizo ningún débito"))
        self._text.setText(self._meaning(payment, what))
        self._facts_card.setVisible(not pending and not disputed)
        self.facts.show_rows(*self._rows(payment))
        for card in self.advice:
            card.setVisible(pending or disputed)
        self._call.setVisible(what in ("declined", "failed"))
        self._say_advice(payment)
        self.ask.setVisible(pending)
        self.again.setVisible(not pending and not disputed and not self.visit.paying.reprinting)
        if what in ("declined", "failed"):
            self.again.caption(self.tr("Intentar de nuevo"))
        if pending or disputed:
            self.receipt.caption(self.tr("Ver la constancia"))

    def _meaning(self, payment: Payment, what: str) -> str:
        if what == "disputed":
            return self.tr(
                "Lo que respondió el banco no coincide con lo que tenemos. La Cooperativa lo está revisando y le "
                "responde. No pague de nuevo estas obligaciones mientras tanto."
            )
        if what == "approved":
            return self._approved_meaning(payment)
        if what == "pending":
            fixed = scheme_texts.PENDING.split(". ", 1)[1]
            ours = (
                self.tr("No pague de nuevo: seguimos consultando y lo aplicamos apenas el banco responda.")
                if payment.gateway_id
                else self.tr(
                    "Usted no llegó a la página de su banco. No pague de nuevo: seguimos consultando."
                )
            )
            if self._asked_at is not None:
                ours += " " + self.tr("Consultamos a las {time}: todavía no hay respuesta.").format(
                    time=clock_time(self._asked_at)
                )
            return f"{fixed}\n{ours}"
        tried = self.tr("Intento de pago de {amount}.").format(amount=together(payment.total.shown()))
        if payment.error == CANCELLED:
            return f"{tried} " + self.tr("El pago se canceló. Puede intentarlo de nuevo cuando quiera.")
        said = payment.cause.rstrip(".") if payment.cause else ""
        why = f"{tried} " + self.tr("Respuesta: «{cause}».").format(cause=said) if said else tried
        if what == "declined":
            return f"{why} " + self.tr("Su banco no lo autorizó. Inténtelo de nuevo o consulte con su banco.")
        return f"{why} " + self.tr("El pago no se pudo completar. Puede intentarlo de nuevo.")

    def _approved_meaning(self, payment: Payment) -> str:
        if payment.review is Review.PAID_TWICE:
            return self.tr(
                "Su pago quedó en firme, y el banco reporta otro débito por el mismo pago. La Cooperativa está "
                "revisando cómo devolvérselo."
            )
        if payment.state is State.POSTED:
            return self.tr("Su pago quedó aplicado a sus obligaciones.")
        return self.tr("Su banco ya pagó. Estamos aplicándolo a sus obligaciones.")

    def _rows(self, payment: Payment) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
        when = payment.decided_at or payment.changed_at or payment.created_at
        facts = [
            (self.tr("CUS"), payment.cus or "—"),
            (self.tr("Referencia"), payment.reference),
            (self.tr("Banco"), payment.bank or "—"),
            (self.tr("Fecha y hora"), minute_time(when)),
        ]
        lines = [(self.words.kind(line.kind), line.amount.shown()) for line in payment.order.lines]
        if len(lines) > 6:
            rest = len(lines) - 5
            lines = [*lines[:5], (self.tr("y {count} más").format(count=rest), "")]
        return facts, lines

    def _say_advice(self, payment: Payment) -> None:
        look, take, call = self.advice
        cus = f" CUS\u00a0{payment.cus}" if payment.cus and payment.gateway_id else ""
        look.say(
            self.tr("Consulte cuando quiera"),
            self.tr("En este kiosco, en «Mis pagos», con su documento. Referencia {reference}.").format(
                reference=payment.reference
            )
            + cus,
        )
        take.say(self.tr("Llévese la constancia"),
                 self.tr("Impresa o con el código QR. No es un comprobante de pago aprobado."))  # fmt: skip
        phone, mobile = together(self.place.care_phone), together(f"Cel {self.place.care_mobile}")
        email = breakable(self.place.care_email)
        call.say(self.tr("¿Dudas?"), f"{self.place.care}\n{phone}\n{mobile}\n{email}")
        who = f"{self.place.care}: {phone} · {mobile}"
        self._call.setText(self.tr("¿Dudas? {who}").format(who=who))
