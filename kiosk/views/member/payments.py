"""My payments: pending ones on top; touch one to see its result or print its receipt again."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QScroller

from kiosk.views.parts.contact import whom_to_ask
from kiosk.views.parts.controls import Card, Picture, label
from kiosk.views.parts.page import Page
from kiosk.views.parts.payment_delegate import PaymentDelegate


class PaymentsPage(Page):
    """My payments at this terminal."""

    def build(self) -> None:
        theme = self.theme
        self._title, self._hint = label("title"), label("soft")
        self.body.addWidget(self._title)
        self.body.addWidget(self._hint)
        self.body.addWidget(self.notice)
        self.list = QListView()
        self.list.setObjectName("payments")
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setModel(self.visit.payments)
        self.list.setItemDelegate(PaymentDelegate(theme, self.list))
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        QScroller.grabGesture(self.list.viewport(), QScroller.ScrollerGestureType.TouchGesture)
        self.list.clicked.connect(self._show_payment)
        self.list.activated.connect(self._show_payment)
        self.body.addWidget(self.list, 1)
        self._empty = Card(theme, pad=60, gap=16)
        self._empty.box.addWidget(Picture(theme, "receipt-duotone", "brand", 110))
        self._empty_head, self._empty_text = label("heading"), label("soft")
        self._empty.box.addWidget(self._empty_head)
        self._empty.box.addWidget(self._empty_text)
        self.body.addWidget(self._empty)
        self._contact = label("soft", name="contact")
        self.body.addWidget(self._contact)
        self.body.addStretch(0)
        self.add_back()
        self.action_row.addStretch(1)
        self.visit.member_changed.connect(self._refresh)

    def enter(self) -> None:
        if self.visit.signing_in.session is not None:
            self.visit.load_payments()
        self._refresh()

    def _refresh(self) -> None:
        nothing = self.visit.payments.rowCount() == 0
        self.list.setVisible(not nothing)
        self._empty.setVisible(nothing)
        self._hint.setVisible(not nothing)
        self._contact.setVisible(bool(self.visit.payments.pending))

    def _show_payment(self, index: QModelIndex) -> None:
        self.visit.paying.show_payment(self.visit.payments.payment(index.row()))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.list.viewport().update()

    def retranslate(self) -> None:
        self._title.setText(self.tr("Mis pagos"))
        self.list.setAccessibleName(self._title.text())
        self._hint.setText(self.tr("Toque un pago para ver su estado o imprimir el comprobante otra vez."))
        self._contact.setText(whom_to_ask(self.place))
        self._empty_head.setText(self.tr("Todavía no ha pagado en este kiosco"))
        self._empty_text.setText(
            self.tr("Cuando haga un pago, aquí podrá ver su estado e imprimir el comprobante.")
        )
        self.back_button.caption(self.tr("Atrás"))
