"""The manager's page: today's payments, cases to review, a search, and the way out of the program."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, QTimer
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFrame,
    QHBoxLayout,
    QListView,
    QScroller,
    QVBoxLayout,
)

from kiosk.cooperative.payment import State
from kiosk.models.dates import minute_time, short_date, today
from kiosk.models.payments import PaymentsModel
from kiosk.teller.desk import Alarms
from kiosk.teller.manager import DayClose, Difference, Gap
from kiosk.views.parts.controls import Button, Card, Field, Picture, label, together
from kiosk.views.parts.facts import FactTable
from kiosk.views.parts.page import Page
from kiosk.views.parts.payment_delegate import PaymentDelegate
from kiosk.visit.steps import Turn

_SURE_WITHIN = 4000
"""Milliseconds in which closing the program must be confirmed."""


class ManagerPage(Page):
    """Did the payment arrive? What waits for me? How was the day?"""

    def build(self) -> None:
        theme, manager = self.theme, self.visit.manager
        self._title = label("title")
        self.body.addWidget(self._title)
        whole = QVBoxLayout() if theme.portrait else QHBoxLayout()
        whole.setSpacing(theme.u(28))
        left = QVBoxLayout()
        left.setSpacing(theme.u(20))
        day = Card(theme, pad=32, gap=10)
        self._day_head, self._gaps = label("heading"), label("soft")
        self.facts = FactTable(theme)
        for part in (self._day_head, self.facts, self._gaps):
            day.box.addWidget(part)
        left.addWidget(self._build_alarms())
        left.addWidget(day)
        self.search = Field(theme, "manager_search", keyboard="text", most=60)
        self.search.edited.connect(self._look_soon)
        left.addWidget(self.search)
        self._nothing = label("soft", name="manager_nothing")
        left.addWidget(self._nothing)
        self.found = self._list(manager.found, "manager_found")
        left.addWidget(self.found, 1)
        left.addStretch(0)  # room for nobody while a list is away
        whole.addLayout(left, 1)
        right = QVBoxLayout()
        right.setSpacing(theme.u(14))
        self._cases_head, self._no_cases = label("heading", name="cases_head"), label("soft")
        self.cases = self._list(manager.cases, "manager_cases")
        for part in (self._cases_head, self._no_cases):
            right.addWidget(part)
        right.addWidget(self.cases, 1)
        right.addStretch(0)
        whole.addLayout(right, 1)
        self.body.addLayout(whole, 1)
        self._build_actions()
        self._sure = QTimer(self, interval=_SURE_WITHIN, singleShot=True)
        self._sure.timeout.connect(self.retranslate)
        self._typed = QTimer(self, interval=400, singleShot=True)
        self._typed.timeout.connect(lambda: manager.find(self.search.text.strip()))
        manager.changed.connect(self._refresh)
        theme.changed.connect(self._space)
        self._space()

    def _build_alarms(self) -> Card:
        """What concerns everybody who comes, before any single case."""
        self.alarms = Card(self.theme, "problem", across=True, pad=28, gap=22)
        self.alarms.box.addWidget(
            Picture(self.theme, "warning-circle-fill", "problem", 52), 0, Qt.AlignmentFlag.AlignTop
        )
        self._alarms = label("strong", name="manager_alarms")
        self.alarms.box.addWidget(self._alarms, 1)
        return self.alarms

    def _build_actions(self) -> None:
        theme = self.theme
        self.back_button = Button(theme, "back", icon="sign-out-bold", on_click=self.visit.finish)
        self.close_button = Button(theme, "close_kiosk", icon="x-circle-fill", on_click=self._close)
        self.pin_button = Button(theme, "change_pin", icon="key-bold",
                                 on_click=lambda: self.visit.turn(Turn.OWN_PIN))  # fmt: skip
        self.action_row.addWidget(self.back_button)
        self.action_row.addWidget(self.pin_button)
        self.action_row.addStretch(1)
        self.action_row.addWidget(self.close_button)
        self.go_button = self.close_button  # stands alone where not all fit beside each other

    def _space(self) -> None:
        for view in (self.found, self.cases):
            view.setMinimumHeight(self.theme.grown(42) * 5 + self.theme.u(64))  # one payment at least

    def _list(self, model: PaymentsModel, name: str) -> QListView:
        view = QListView()
        view.setObjectName(name)
        view.setFrameShape(QFrame.Shape.NoFrame)
        view.setResizeMode(QListView.ResizeMode.Adjust)
        view.setModel(model)
        view.setItemDelegate(PaymentDelegate(self.theme, view))
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        QScroller.grabGesture(view.viewport(), QScroller.ScrollerGestureType.TouchGesture)
        view.clicked.connect(self._show_case)
        view.activated.connect(self._show_case)
        return view

    def enter(self) -> None:
        self.visit.manager.load(today())
        self._refresh()

    def leave(self) -> None:
        self._sure.stop()
        self._typed.stop()

    def forget(self) -> None:
        super().forget()
        self.facts.show_rows([], [])

    def _look_soon(self) -> None:
        self._typed.start()

    def _show_case(self, index: QModelIndex) -> None:
        self.visit.manager.case = index.data(PaymentsModel.PAYMENT)
        self.visit.turn(Turn.CASE)

    def _close(self) -> None:
        if self._sure.isActive():
            QApplication.quit()
            return
        self._sure.start()
        self.close_button.caption(self.tr("Toque otra vez para cerrar"))

    def _refresh(self) -> None:
        manager = self.visit.manager
        count = manager.cases.rowCount()
        self.cases.setVisible(count > 0)
        self._no_cases.setVisible(count == 0)
        hits = manager.found.rowCount()
        self.found.setVisible(hits > 0)
        self._nothing.setVisible(bool(manager.sought) and hits == 0)
        self._cases_head.setText(self.tr("Casos por revisar: {count}").format(count=count))
        self._show_alarms(manager.alarms)
        self._show_day(manager.day)

    def _show_alarms(self, alarms: Alarms | None) -> None:
        said = []
        if alarms and alarms.refused:
            said.append(
                self.tr(
                    "Desde las {time} ningún pago se pudo abrir en la pasarela: {count} intentos seguidos de "
                    "{members} asociados. Llame a sistemas (código: {kind})."
                ).format(
                    time=minute_time(alarms.refused.since),
                    count=alarms.refused.payments,
                    members=alarms.refused.members,
                    kind=alarms.refused.kind,
                )
            )
        if alarms and alarms.elsewhere:
            said.append(
                self.tr(
                    "Pagos por confirmar que son de otra cuenta de la pasarela: {count}. Nadie pregunta por "
                    "ellos. Llame a sistemas."
                ).format(count=alarms.elsewhere)
            )
        self._alarms.setText("\n".join(said))
        self.alarms.setVisible(bool(said))

    def _show_day(self, day: DayClose | None) -> None:
        self._day_head.setText(self.tr("Pagos de hoy, {day}").format(day=short_date(today())))
        if day is None:
            self.facts.show_rows([], [])
            self._gaps.setText(
                self.tr("No se pudo leer la bitácora.")
                if self.visit.manager.problem
                else self.tr("Consultando…")
            )
            return
        rows = [
            (self.tr("Aprobados y aplicados"), day.of(State.POSTED)),
            (self.tr("Aprobados, por aplicar"), day.of(State.APPROVED)),
            (self.tr("Por confirmar"), day.of(State.REQUESTED, State.AT_BANK, State.PENDING)),
            (self.tr("No pagados"), day.of(State.DECLINED, State.FAILED)),
        ]
        self.facts.show_rows([(name, f"{count} · {sum_.shown()}") for name, (count, sum_) in rows], [])
        self._gaps.setText(self._differences(day))

    def _differences(self, day: DayClose) -> str:
        if day.differences is None:
            return self.tr("El sistema de la cooperativa no responde: no se pudo comparar.")
        if not day.differences:
            return self.tr("Este kiosco y el sistema de la cooperativa dicen lo mismo.")
        return "\n".join(self._difference(each) for each in day.differences[:6])

    def _difference(self, found: Difference) -> str:
        words = {
            Gap.MISSING_IN_CORE: self.tr("{reference}: no está en el sistema ({amount})"),
            Gap.UNKNOWN_HERE: self.tr("{reference}: este kiosco no lo conoce ({amount})"),
            Gap.OTHER_AMOUNT: self.tr("{reference}: en el sistema tiene otro valor ({amount})"),
            Gap.OTHER_CUS: self.tr("{reference}: en el sistema tiene otro CUS ({amount})"),
            Gap.NOT_POSTED_HERE: self.tr(
                "{reference}: el sistema ya lo tiene; aquí falta esa respuesta ({amount})"
            ),
            Gap.OPEN_HERE: self.tr(
                "{reference}: el sistema lo tiene aplicado; aquí está por confirmar ({amount})"
            ),
            Gap.UNPAID_HERE: self.tr(
                "{reference}: el sistema lo tiene aplicado; aquí figura sin pago ({amount})"
            ),
            Gap.NEEDS_ATTENTION: self.tr("{reference}: sin aplicar en el sistema ({amount})"),
            Gap.UNREADABLE: self.tr(
                "{reference}: el sistema lo muestra dañado y no se puede comparar ({amount})"
            ),
            Gap.REVERSED: self.tr("{reference}: reversado en el sistema ({amount})"),
        }[found.gap]
        return words.format(reference=found.reference, amount=together(found.amount.shown()))

    def retranslate(self) -> None:
        self._title.setText(self.tr("Gerente · {agency}").format(agency=self.place.agency))
        self.search.caption(self.tr("Buscar un pago: CUS, referencia, nombre o documento"))
        self._no_cases.setText(self.tr("Nada espera por usted."))
        self._nothing.setText(
            self.tr("Ningún pago de este kiosco coincide. Si se hizo en otro kiosco, búsquelo allí.")
        )
        self.back_button.caption(self.tr("Salir"))
        self.pin_button.caption(self.tr("Cambiar el PIN"))
        self.close_button.caption(self.tr("Cerrar el programa"))
        for view, words in (
            (self.found, self.tr("Pagos encontrados")),
            (self.cases, self.tr("Casos por revisar")),
        ):
            view.setAccessibleName(words)
        self._refresh()
