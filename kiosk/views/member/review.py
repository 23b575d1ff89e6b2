"""The last look before the bank: what, from whose account, how much."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout

from kiosk.views.member.summary import OrderTable, PseMark
from kiosk.views.member.terms import TermsCard
from kiosk.views.parts.controls import Button, Card, Figure, Picture, breakable, label
from kiosk.views.parts.page import Page


class ReviewPage(Page):
    """Verify, then pay. The button is disabled at the first touch."""

    def build(self) -> None:
        theme = self.theme
        self._title = label("title")
        self.body.addWidget(self._title)
        self.body.addWidget(self.notice)
        whole = QVBoxLayout() if theme.portrait else QHBoxLayout()
        whole.setSpacing(theme.u(32))
        left = QVBoxLayout()
        left.setSpacing(theme.u(24))
        head = Card(theme, across=True, pad=32, gap=28)
        head.box.addWidget(PseMark(theme, self.place.pse_logo, 110))
        words = QVBoxLayout()
        words.setSpacing(0)
        self._total_label, self.total = label("soft"), Figure("amount", "total")
        words.addWidget(self._total_label)
        words.addWidget(self.total)
        head.box.addLayout(words, 1)
        left.addWidget(head)
        self.table = OrderTable(theme)
        left.addWidget(self.table)
        left.addStretch(1)
        whole.addLayout(left, 1)
        right = QVBoxLayout()
        right.setSpacing(theme.u(24))
        right.addWidget(self._holder_card())
        note = self.note = Card(theme, "tint", across=True, pad=26, gap=20)
        note.box.addWidget(Picture(theme, "info-fill", "brand", 46), 0, Qt.AlignmentFlag.AlignTop)
        self._note = label("body")
        note.box.addWidget(self._note, 1)
        right.addWidget(note)
        self.terms = TermsCard(theme)
        self.terms.changed.connect(self.update_actions)
        right.addWidget(self.terms)
        right.addStretch(1)
        whole.addLayout(right, 1)
        self.body.addLayout(whole, 1)
        self.add_back()
        self.on_phone = Button(
            theme,
            "pay_on_phone",
            icon="device-mobile-bold",
            on_click=lambda: self.visit.paying.pay(on_phone=True),
        )
        self.action_row.addWidget(self.on_phone)
        self.add_go(lambda: self.visit.paying.pay())

    def _holder_card(self) -> Card:
        card = Card(self.theme, pad=36, gap=16)
        self._holder_title = label("heading")
        card.box.addWidget(self._holder_title)
        grid = QGridLayout()
        grid.setVerticalSpacing(self.theme.u(12))
        grid.setHorizontalSpacing(self.theme.u(24))
        self._rows: list[tuple[QLabel, QLabel]] = []
        for row in range(5):
            name, value = label("soft", wrap=False), label("strong")
            value.setAlignment(Qt.AlignmentFlag.AlignRight)
            grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, row, 1)
            self._rows.append((name, value))
        grid.setColumnStretch(1, 1)
        card.box.addLayout(grid)
        return card

    def enter(self) -> None:
        self.retranslate()
        self.terms.show_terms(self.visit.paying.terms)
        self.on_phone.setVisible(self.visit.paying.offers_phone)
        self.note.setVisible(
            not self.visit.paying.terms or bool(self.visit.core_message) or self.visit.paying.offers_phone
        )
        self.update_actions()

    def forget(self) -> None:
        super().forget()
        self.terms.show_terms(())
        self.retranslate()  # the visit has neither order nor holder any more

    def update_actions(self) -> None:
        for button in (self.go_button, self.on_phone):
            button.setEnabled(not self.visit.busy and self.terms.accepted)

    def _busy_changed(self) -> None:
        super()._busy_changed()
        self._go_words()

    def _go_words(self) -> None:
        order = self.visit.paying.order
        amount = order.total.shown() if order else ""
        opening = self.visit.busy == "opening"
        self.go_button.caption(
            self.tr("Abriendo PSE…") if opening else self.tr("Pagar {amount}").format(amount=amount)
        )

    def retranslate(self) -> None:
        order, holder = self.visit.paying.order, self.visit.paying.holder
        self._title.setText(self.tr("Verifique y pague"))
        self._total_label.setText(self.tr("Total a pagar hoy con Débito bancario PSE"))
        self.total.setText(order.total.shown() if order else "")
        self.table.show_order(order)
        self._holder_title.setText(self.tr("Titular de la cuenta"))
        bank = self.visit.paying.banks.picked
        values = (
            (self.tr("Nombre"), holder.name if holder else ""),
            (self.tr("Documento"), f"{holder.document.type} {holder.document.number}" if holder else ""),
            (self.tr("Correo"), holder.email if holder else ""),
            (self.tr("Celular"), holder.mobile if holder else ""),
            (self.tr("Banco"), bank.name if bank else ""),
        )
        for (name, value), words in zip(self._rows, values, strict=True):
            name.setText(words[0])
            value.setText(breakable(words[1]))
        for part in self._rows[-1]:
            part.setVisible(bank is not None)
        self.terms.retranslate()
        note = self.visit.core_message or self.tr(
            "Al tocar «Pagar» se abre la página de PSE y luego la de su banco. "
            "El débito se hace cuando usted lo confirme allí."
        )
        if self.visit.paying.offers_phone:
            phone = self.tr("¿No quiere escribir sus claves aquí? Toque «Pagar en mi celular».")
            note = f"{note} {phone}"
        self._note.setText(note)
        self.back_button.caption(self.tr("Atrás"))
        self.on_phone.caption(self.tr("Pagar en mi celular"))
        self._go_words()
