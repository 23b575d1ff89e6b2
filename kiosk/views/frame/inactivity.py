"""Nobody touches the screen any more: ask, count down, then close the visit and forget it.

A public screen must not show a member's matters to the next one. The question lasts 20 seconds at
least and can be answered any number of times (law_and_accessibility.md C). At the bank and while the
answer is awaited other clocks count: the bank page's own and the one of the waiting page.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from kiosk.cooperative.standing import Standing, standing
from kiosk.views.frame.glass import Glass
from kiosk.views.parts.controls import Button, Picture, label
from kiosk.views.parts.overlay import Overlay
from kiosk.views.parts.theme import Theme
from kiosk.visit.steps import Step
from kiosk.visit.visit import Visit

_ELSEWHERE = frozenset({Step.WELCOME, Step.OUT_OF_SERVICE, Step.BANK, Step.PHONE, Step.WAITING})


class StillThere(Overlay):
    """The question, with the seconds that are left."""

    def __init__(
        self, parent: QWidget, theme: Theme, on_stay: Callable[[], object], on_leave: Callable[[], object]
    ) -> None:
        super().__init__(parent, theme, "still_there", 1080)
        self._stayed = on_stay
        self.card.box.addWidget(
            Picture(theme, "hourglass-fill", "brand", 96), 0, Qt.AlignmentFlag.AlignHCenter
        )
        self._title, self._text, self._seconds = (
            label("title"),
            label("body"),
            label("amount", name="seconds"),
        )
        for part in (self._title, self._seconds, self._text):
            part.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self.card.box.addWidget(part)
        self.leave = Button(theme, "leave_now", icon="sign-out-bold", on_click=on_leave)
        self.stay = Button(theme, "more_time", kind="primary", icon="check-bold", on_click=on_stay)
        self.add_row(self.leave, self.stay)
        self.retranslate()

    def show_seconds(self, left: int) -> None:
        """How long it still asks."""
        self._seconds.setText(str(left))
        self._seconds.setAccessibleName(self.tr("Quedan {seconds} segundos").format(seconds=left))

    def say(self, paying: bool) -> None:
        """What closing means: a payment under way is never lost by it."""
        self._text.setText(
            self.tr(
                "Su pago no se pierde: seguimos consultando a su banco. Por su seguridad cerramos esta pantalla."
            )
            if paying
            else self.tr("Por su seguridad cerramos su sesión y borramos lo que escribió.")
        )

    def retranslate(self) -> None:
        self._title.setText(self.tr("¿Sigue ahí?"))
        self.stay.caption(self.tr("Necesito más tiempo"))
        self.leave.caption(self.tr("Salir"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.accept()
        self._stayed()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()  # beside the buttons a touch is a sign of life, too
        self._stayed()


class Inactivity(QObject):
    """Watches the window's own input. Seconds: `idle` before the question, `asks` for it."""

    def __init__(
        self, visit: Visit, theme: Theme, window: QWidget, glass: Glass, *, idle: float, asks: int
    ) -> None:
        super().__init__(window)
        self._visit, self._theme, self._window, self._asks = visit, theme, window, asks
        self._question: StillThere | None = None
        self._left = 0
        self._idle = QTimer(self, interval=int(idle * 1000), singleShot=True)
        self._idle.timeout.connect(self._ask_still_there)
        self._second = QTimer(self, interval=1000)
        self._second.timeout.connect(self._count)
        visit.moved.connect(self._moved)
        visit.busy_changed.connect(self.alive)
        glass.touched.connect(self._touched)

    def _touched(self) -> None:
        if not self.asking:
            self.alive()

    @property
    def asking(self) -> bool:
        """Whether the question is on screen."""
        return self._second.isActive()

    def alive(self) -> None:
        """Somebody is there, or something is under way."""
        if self._visit.step in _ELSEWHERE:
            self._idle.stop()
        else:
            self._idle.start()

    def _moved(self) -> None:
        self._stop_asking()
        self.alive()

    def _ask_still_there(self) -> None:
        if self._visit.busy:
            self.alive()
            return
        if self._question is None:
            self._question = StillThere(self._window, self._theme, self._stay, self._visit.finish)
        payment = self._visit.paying.payment
        self._left = self._asks
        self._question.say(payment is not None and standing(payment) is Standing.OPEN)
        self._question.show_seconds(self._left)
        self._question.open()
        self._second.start()

    def _count(self) -> None:
        self._left -= 1
        if self._left <= 0:
            self._visit.finish()
        elif self._question is not None:
            self._question.show_seconds(self._left)

    def _stay(self) -> None:
        self._stop_asking()
        self.alive()

    def _stop_asking(self) -> None:
        self._second.stop()
        if self._question is not None:
            self._question.close_it()
