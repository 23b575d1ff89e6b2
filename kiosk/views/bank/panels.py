"""What lies above or in place of the bank's page: help, the question before leaving, waiting, trouble."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from kiosk.views.parts.controls import Button, Card, Picture, label
from kiosk.views.parts.overlay import Overlay, in_the_middle
from kiosk.views.parts.page import Place
from kiosk.views.parts.spinner import Spinner
from kiosk.views.parts.theme import Theme


class HelpOverlay(Overlay):
    """What to do when the page does not answer, and whom to call."""

    def __init__(self, parent: QWidget, theme: Theme, place: Place, on_again: Callable[[], object],
                 on_phone: Callable[[], object]) -> None:  # fmt: skip
        super().__init__(parent, theme, "help_card", 1180)
        self._place = place
        self._title = label("title")
        self.card.box.addWidget(self._title)
        self._rows: list[tuple[QLabel, QLabel]] = []
        for icon in ("arrows-clockwise-bold", "key-bold", "phone-bold"):
            row = QHBoxLayout()
            row.setSpacing(theme.u(24))
            row.addWidget(Picture(theme, icon, "brand", 52), 0, Qt.AlignmentFlag.AlignTop)
            column = QVBoxLayout()
            column.setSpacing(theme.u(4))
            pair = label("strong"), label("body")
            for part in pair:
                column.addWidget(part)
            row.addLayout(column, 1)
            self._rows.append(pair)
            self.card.box.addLayout(row)
        self._again = Button(theme, "help_reload", icon="arrows-clockwise-bold", on_click=on_again)
        self.phone = Button(theme, "help_phone", icon="device-mobile-bold", on_click=on_phone)
        self._close = Button(theme, "help_close", kind="primary", on_click=self.close_it)
        self.card.box.addWidget(self.phone)  # a row of its own: with large text two fill one
        self.add_row(self._again, self._close)
        self.retranslate()

    def retranslate(self) -> None:
        place = self._place
        self._title.setText(self.tr("¿Necesita ayuda?"))
        texts = (
            (self.tr("La página no responde"),
             self.tr("Espere unos segundos: algunos bancos tardan. Si sigue igual, toque «Abrir de nuevo». "
                     "Solo se debita lo que usted autorice en su banco.")),
            (self.tr("No tiene a la mano la clave o el token"),
             self.tr("Toque «Cancelar» en la barra de arriba. Si no autorizó el pago, no se mueve dinero.")),
            (self.tr("Hable con nosotros"),
             self.tr("{care}: {phone} · Cel {mobile}. "
                     "También puede acercarse a un asesor de esta agencia.").format(
                 care=place.care, phone=place.care_phone, mobile=place.care_mobile)),
        )  # fmt: skip
        for (head, body), (strong, rest) in zip(self._rows, texts, strict=True):
            head.setText(strong)
            body.setText(rest)
        self._again.caption(self.tr("Abrir de nuevo"))
        self.phone.caption(self.tr("Continuar en mi celular"))
        self._close.caption(self.tr("Cerrar"))


class LeaveOverlay(Overlay):
    """Leaving is possible at any time, and it says what that means for the money."""

    def __init__(self, parent: QWidget, theme: Theme, on_leave: Callable[[], object]) -> None:
        super().__init__(parent, theme, "leave_card")
        self._title, self._debited, self._not_yet = label("title"), label("body"), label("body")
        for part in (self._title, self._debited, self._not_yet):
            self.card.box.addWidget(part)
        self._leave = Button(theme, "confirm_leave", kind="danger", on_click=on_leave)
        self._stay = Button(theme, "keep_paying", kind="primary", on_click=self.close_it)
        self.add_row(self._leave, self._stay)
        self.retranslate()

    def retranslate(self) -> None:
        self._title.setText(self.tr("¿Quiere dejar el pago?"))
        self._debited.setText(
            self.tr(
                "Si su banco ya hizo el débito, lo sabremos: seguimos consultando y su pago se aplica igual. "
                "Espere esa respuesta antes de pagar otra vez."
            )
        )
        self._not_yet.setText(self.tr("Si todavía no lo autorizó en su banco, no se mueve dinero."))
        self._leave.caption(self.tr("Sí, salir"))
        self._stay.caption(self.tr("Seguir pagando"))


class Panel(QWidget):
    """Stands in place of the bank's page."""

    def __init__(self, parent: QWidget, theme: Theme, name: str) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.theme = theme
        outer = QVBoxLayout(self)
        outer.setContentsMargins(*[theme.u(40)] * 4)
        self.column = QVBoxLayout()
        self.column.setSpacing(theme.u(24))
        outer.addStretch(1)
        outer.addLayout(self.column)
        outer.addStretch(1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self.theme.colour("paper"))

    def retranslate(self) -> None:
        """Words in the language in force."""

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


class OpeningPanel(Panel):
    """The bank's page is on its way."""

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent, theme, "bank_opening")
        self._spinner = Spinner(theme)
        self.column.addWidget(self._spinner, 0, Qt.AlignmentFlag.AlignHCenter)
        self._title, self._text = label("title"), label("soft")
        for part in (self._title, self._text):
            part.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self.column.addWidget(part)
        self.retranslate()
        self.hide()

    def showEvent(self, event: QShowEvent) -> None:
        self._spinner.run(True)
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._spinner.run(False)
        super().hideEvent(event)

    def retranslate(self) -> None:
        self._title.setText(self.tr("Abriendo la página de pago"))
        self._text.setText(
            self.tr(
                "Suele tardar unos segundos. Antes de escribir sus claves, mire arriba en qué página está."
            )
        )


class TroublePanel(Panel):
    """The bank's page is not there: what happened, what it means for the money, what to do now."""

    ICONS: ClassVar[dict[str, str]] = {
        "failed": "wifi-slash-bold",
        "late": "hourglass-medium-bold",
        "certificate": "shield-check-bold",
        "crashed": "warning-bold",
        "hung": "hourglass-medium-bold",
    }

    def __init__(
        self,
        parent: QWidget,
        theme: Theme,
        place: Place,
        on_again: Callable[[], object],
        on_leave: Callable[[], object],
    ) -> None:
        super().__init__(parent, theme, "bank_trouble")
        self._place = place
        self.kind = "failed"
        self._hopeless = False
        card = Card(theme, pad=48, gap=20)
        card.setFixedWidth(theme.u(1000 if theme.portrait else 1180))
        self._icon = Picture(theme, self.ICONS[self.kind], "problem", 84)
        self._what, self._money, self._now = (
            label("title"),
            label("body", name="trouble_money"),
            label("body"),
        )
        card.box.addWidget(self._icon)
        for part in (self._what, self._money, self._now):
            card.box.addWidget(part)
        row = QHBoxLayout()
        row.setSpacing(theme.u(24))
        self._leave = Button(theme, "leave_bank", on_click=on_leave)
        self._again = Button(theme, "retry", kind="primary", icon="arrows-clockwise-bold", on_click=on_again)
        row.addWidget(self._leave)
        row.addStretch(1)
        row.addWidget(self._again)
        card.box.addSpacing(theme.u(8))
        card.box.addLayout(row)
        self.column.addLayout(in_the_middle(card))
        self.retranslate()
        self.hide()

    def show_trouble(self, kind: str, *, hopeless: bool = False) -> None:
        """Say what happened; without hope there is no trying again."""
        self.kind, self._hopeless = kind, hopeless
        self._icon.show_icon(self.ICONS[kind], "problem" if kind != "late" else "pending")
        self._again.setVisible(not hopeless)
        self.retranslate()
        self.show()
        self.raise_()

    def retranslate(self) -> None:
        what, now = self._words()
        self._what.setText(what)
        self._money.setText(
            self.tr(
                "Su pago está a salvo: si alcanzó a autorizarlo, lo sabremos, porque seguimos consultando "
                "por él. Si no lo autorizó, no se mueve dinero."
            )
        )
        if self._hopeless:
            now = self.tr(
                "Toque «Salir» y espere la respuesta, o acérquese a un asesor. {care}: {phone}."
            ).format(care=self._place.care, phone=self._place.care_phone)
        self._now.setText(now)
        self._again.caption(self.tr("Abrir de nuevo"))
        self._leave.caption(self.tr("Salir"))

    def _words(self) -> tuple[str, str]:
        return {
            "failed": (
                self.tr("No pudimos abrir la página de su banco"),
                self.tr("Toque «Abrir de nuevo». Si vuelve a pasar, toque «Salir» y espere la respuesta."),
            ),
            "late": (
                self.tr("La página de su banco está tardando demasiado"),
                self.tr("Puede esperar aquí: si llega, se la mostramos. O toque «Abrir de nuevo»."),
            ),
            "certificate": (
                self.tr("No pudimos comprobar que esta sea la página de su banco"),
                self.tr("Por seguridad no la abrimos. Toque «Salir» y avise a un asesor de la agencia."),
            ),
            "crashed": (
                self.tr("La página de su banco se cerró sola"),
                self.tr("Toque «Abrir de nuevo» para continuar donde su banco lo permita."),
            ),
            "hung": (
                self.tr("La página de su banco dejó de funcionar y la cerramos"),
                self.tr("Toque «Abrir de nuevo» para continuar donde su banco lo permita."),
            ),
        }[self.kind]
