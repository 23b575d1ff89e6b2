"""The top of every page: cooperative and agency, the step, and what serves everybody."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from kiosk.models.steps import NUMBER, STEPS, Step
from kiosk.models.visit import Visit
from kiosk.views.controls import Button, Card, label
from kiosk.views.languages import Languages
from kiosk.views.page import Place
from kiosk.views.theme import Theme

_DASH, _GAP, _LONGER = 34, 9, 30


class Brandmark(QLabel):
    """The cooperative's logo file, or its initial on the brand colour."""

    def __init__(self, theme: Theme, place: Place, pixels: int = 60, *, inverse: bool = False) -> None:
        super().__init__()
        side = theme.u(pixels)
        self.setFixedSize(side, side)
        if place.logo:
            logo = QPixmap(place.logo)
            keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            self.setPixmap(logo.scaled(side, side, keep, smooth))
            return
        ground, ink = ("#ffffff", theme.colours.brand) if inverse else (theme.colours.brand, "#ffffff")
        self.setText(place.cooperative.split()[-1][:1])
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setStyleSheet(
            f"background: {ground}; color: {ink}; border-radius: {theme.u(14)}px; "
            f"font-size: {theme.u(pixels * 0.55)}px; font-weight: 800;"
        )


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
        return QSize(self._theme.u(_DASH * STEPS + _GAP * (STEPS - 1) + _LONGER), self._theme.u(14))

    def show_step(self, number: int) -> None:
        """1 to 6."""
        self._number = number
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        theme, x = self._theme, 0.0
        painter.scale(self.width() / self.sizeHint().width(), 1)
        for number in range(1, STEPS + 1):
            width = theme.u(_DASH + (_LONGER if number == self._number else 0))
            here, done = number == self._number, number < self._number
            colour = theme.colour("accent" if here else "brand" if done else "line")
            ahead = theme.high_contrast and not here and not done
            painter.setPen(QPen(colour, 1) if ahead else Qt.PenStyle.NoPen)
            painter.setBrush(Qt.BrushStyle.NoBrush if ahead else colour)
            painter.drawRoundedRect(int(x), 0, width, self.height(), self.height() / 2, self.height() / 2)
            x += width + theme.u(_GAP)


class Header(Card):
    """Brand, step, «Ver mejor», language, leave."""

    def __init__(self, visit: Visit, theme: Theme, place: Place) -> None:
        super().__init__(theme, "header", across=True, pad=0, gap=16)
        self._visit, self._theme, self._place = visit, theme, place
        edge = theme.u(56)
        self.box.setContentsMargins(edge, theme.u(18), edge, theme.u(18))
        self.box.addWidget(Brandmark(theme, place))
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
        self.comfort = Button(
            theme, "see_better", kind="quiet", size="small", icon="text-aa-bold", on_click=self._see
        )
        self.language = Button(theme, "language", kind="quiet", size="small", icon="translate-bold",
                               on_click=Languages.switch)  # fmt: skip
        self.leave = Button(
            theme, "leave", kind="quiet", size="small", icon="sign-out-bold", on_click=visit.finish
        )
        for button in (self.comfort, self.language, self.leave):
            self.box.addWidget(button)
        self.retranslate()
        theme.changed.connect(self.refresh)

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

    def _see(self) -> None:
        # One button, three looks: larger; larger with more contrast; as it was.
        large, contrast = self._theme.large, self._theme.high_contrast
        self._theme.set_comfort(large=not (large and contrast), contrast=large and not contrast)

    def refresh(self) -> None:
        """Where the visit stands."""
        number = NUMBER.get(self._visit.step, 0)
        wide_enough = not self._theme.portrait
        self._brand.setVisible(wide_enough and self._theme.roomy)
        self._step.setVisible(bool(number))
        if number:
            self.bar.show_step(number)
            tight = self._theme.portrait and not self._theme.roomy
            of = self.tr("{number} de {steps}") if tight else self.tr("{number} de {steps} · {name}")
            self._words.setText(of.format(number=number, steps=STEPS, name=self._name()))
            crowded = self._theme.portrait or self._theme.roomy  # else the brand has made way
            if crowded and self._words.sizeHint().width() > self._theme.u(_STEP_ROOM):
                self._words.setText(self.tr("{number} de {steps}").format(number=number, steps=STEPS))
        narrow = self._theme.portrait or not self._theme.roomy
        for button, words in ((self.comfort, self.tr("Ver mejor")), (self.language, Languages.other_name()),
                              (self.leave, self.tr("Salir"))):  # fmt: skip
            button.caption(words)
            if narrow and button is self.comfort:
                button.setText("")
                button.setMinimumWidth(self._theme.u(90))

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
