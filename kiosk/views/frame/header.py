"""The top of every page: cooperative and agency, the step, what serves everybody."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from kiosk.views.parts.brandmark import Brandmark
from kiosk.views.parts.controls import Button, Card, label
from kiosk.views.parts.languages import Languages
from kiosk.views.parts.page import Place
from kiosk.views.parts.theme import Theme
from kiosk.visit.steps import NUMBER, STEPS, Step
from kiosk.visit.visit import Visit

_DASH, _GAP, _LONGER = 34, 9, 30
_BAR = _DASH * STEPS + _GAP * (STEPS - 1) + _LONGER


_STEP_ROOM = 380
"""Design pixels for the step's words."""


class StepBar(QWidget):
    """Six dashes: done, here, to come; the words beside it say the same."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._number = theme, 0
        hint = self.sizeHint()
        self.setFixedHeight(hint.height())
        self.setMaximumWidth(hint.width())
        self.setMinimumWidth(hint.width() // 2)

    def sizeHint(self) -> QSize:
        return QSize(self._theme.u(_BAR), self._theme.u(14))

    def show_step(self, number: int) -> None:
        """1 to 6."""
        self._number = number
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        theme, high = self._theme, self.height()
        unit, x = self.width() / _BAR, 0.0
        for number in range(1, STEPS + 1):
            here, done = number == self._number, number < self._number
            width = unit * (_DASH + (_LONGER if here else 0))
            colour = theme.colour("accent" if here else "brand" if done else "line")
            ahead = theme.high_contrast and not here and not done
            painter.setPen(QPen(colour, 1) if ahead else Qt.PenStyle.NoPen)
            painter.setBrush(Qt.BrushStyle.NoBrush if ahead else colour)
            pen = 0.5 if ahead else 0.0
            dash = QRectF(x, 0, width, high).adjusted(pen, pen, -pen, -pen)
            painter.drawRoundedRect(dash, high / 2, high / 2)
            x += width + unit * _GAP


class Header(Card):
    """Brand, step, «Ver mejor», language, leave."""

    def __init__(self, visit: Visit, theme: Theme, place: Place) -> None:
        super().__init__(theme, "header", across=True, pad=0, gap=16)
        self._visit, self._theme, self._place = visit, theme, place
        edge = theme.u(56)
        self.box.setContentsMargins(edge, theme.u(18), edge, theme.u(18))
        self._mark = Brandmark(theme, place)
        self.box.addWidget(self._mark)
        self._brand = self._names()
        self.box.addWidget(self._brand)
        self.box.addStretch(1)
        self.bar = StepBar(theme)
        self._words = label("label", wrap=False, name="step")
        self._step = QWidget()
        steps = QVBoxLayout(self._step) if theme.portrait else QHBoxLayout(self._step)
        steps.setContentsMargins(0, 0, 0, 0)
        steps.setSpacing(theme.u(16 if not theme.portrait else 6))
        steps.addWidget(self.bar)
        steps.addWidget(self._words)
        self.box.addWidget(self._step)
        self.box.addStretch(1)
        self.listen = Button(theme, "listen", kind="quiet", size="small", icon="speaker-high-bold")
        self.listen.hide()
        self.comfort = Button(
            theme, "see_better", kind="quiet", size="small", icon="text-aa-bold", on_click=theme.next_comfort
        )
        self.language = Button(theme, "language", kind="quiet", size="small", icon="translate-bold",
                               on_click=Languages.switch)  # fmt: skip
        self.leave = Button(
            theme, "leave", kind="quiet", size="small", icon="sign-out-bold", on_click=visit.finish
        )
        for button in (self.listen, self.comfort, self.language, self.leave):
            self.box.addWidget(button)
        self._offered: Callable[[], bool] = lambda: False
        self._reads: Callable[[], bool] = lambda: False
        self.retranslate()
        theme.changed.connect(self.refresh)

    def offer_listening(self, offered: Callable[[], bool], reads: Callable[[], bool]) -> None:
        """«Escuchar» shows while a voice is `offered` for the language in force, «Callar» while it `reads`."""
        self._offered, self._reads = offered, reads
        self.refresh()

    def _names(self) -> QWidget:
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        name, where = label("strong", wrap=False), label("caption", wrap=False)
        name.setText(self._place.cooperative)
        where.setText(f"{self._place.agency} · {self._place.city}")
        column.addWidget(name)
        column.addWidget(where)
        return box

    def refresh(self) -> None:
        """Where the visit stands."""
        number = NUMBER.get(self._visit.step, 0)
        offered = self._offered()
        wide_enough = not self._theme.portrait
        self._mark.setVisible(not self._theme.reach)  # then the band above has brand and step
        self._brand.setVisible(wide_enough and self._theme.roomy and not self._theme.reach)
        self._step.setVisible(bool(number) and not self._theme.reach)
        if number:
            self.bar.show_step(number)
            tight = self._theme.portrait and (offered or not self._theme.roomy)
            of = self.tr("{number} de {steps}") if tight else self.tr("{number} de {steps} · {name}")
            self._words.setText(of.format(number=number, steps=STEPS, name=self._name()))
            crowded = self._theme.portrait or self._theme.roomy  # else the brand has made way
            if crowded and self._words.sizeHint().width() > self._theme.u(_STEP_ROOM):
                self._words.setText(self.tr("{number} de {steps}").format(number=number, steps=STEPS))
        # In reach mode brand and step have made way.
        narrow = not self._theme.reach and (self._theme.portrait or not self._theme.roomy or offered)
        for button, words in ((self.comfort, self.tr("Ver mejor")), (self.language, Languages.other_name()),
                              (self.leave, self.tr("Salir"))):  # fmt: skip
            button.caption(words)
            if narrow and button is self.comfort:
                self._picture_only(button)
        self.listen.setVisible(offered)
        self.listen.caption(self.tr("Callar") if self._reads() else self.tr("Escuchar"))
        if narrow:
            self._picture_only(self.listen)

    def _picture_only(self, button: Button) -> None:
        button.setText("")
        button.setMinimumWidth(self._theme.u(90))

    def step_words(self) -> str:
        """«3 de 6 · Resumen», or nothing."""
        number = NUMBER.get(self._visit.step, 0)
        of = self.tr("{number} de {steps} · {name}")
        return of.format(number=number, steps=STEPS, name=self._name()) if number else ""

    def _name(self) -> str:
        return {
            Step.SIGN_IN: self.tr("Identificación"),
            Step.CHOOSE: self.tr("Qué pagar"),
            Step.SUMMARY: self.tr("Resumen"),
            Step.HOLDER: self.tr("Titular"),
            Step.PICK_BANK: self.tr("Banco"),
            Step.REVIEW: self.tr("Confirmar"),
            Step.PHONE: self.tr("Su celular"),
            Step.BANK: self.tr("Banco"),
            Step.WAITING: self.tr("Respuesta"),
            Step.RESULT: self.tr("Resultado"),
            Step.RECEIPT: self.tr("Comprobante"),
        }.get(self._visit.step, "")

    def retranslate(self) -> None:
        """Words in the language in force."""
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
