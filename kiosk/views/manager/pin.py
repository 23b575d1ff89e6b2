"""The manager's way in: a PIN, and what happens after too many wrong ones."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt

from kiosk.views.parts.controls import Card, Field, Picture, label
from kiosk.views.parts.page import Page
from kiosk.visit.manager import ManagerDesk


class PinTexts(QObject):
    """Why a PIN was not taken."""

    def refusal(self, manager: ManagerDesk) -> str:
        """In a sentence or two."""
        if manager.locked_minutes is not None:
            return self.tr("Demasiados intentos. Espere {minutes} min.").format(
                minutes=manager.locked_minutes
            )
        if manager.tries_left is not None:
            return self.tr("El PIN no es correcto. Quedan {left} intentos.").format(left=manager.tries_left)
        if manager.problem:
            return self.tr("El PIN no se pudo leer o guardar. Avise a sistemas.")
        return self.tr("Este kiosco no tiene PIN de gerente. Pídalo a sistemas.")


class ManagerPinPage(Page):
    """Nothing here tells a member anything."""

    def build(self) -> None:
        theme = self.theme
        self._title, self._hint = label("title"), label("soft")
        self.body.addWidget(self._title)
        self.body.addWidget(self._hint)
        card = Card(theme, across=True, pad=44, gap=36)
        card.box.addWidget(Picture(theme, "key-duotone", "brand", 120), 0, Qt.AlignmentFlag.AlignTop)
        self.pin = Field(theme, "manager_pin", keyboard="digits", secret=True, most=12)
        self.pin.edited.connect(self.update_actions)
        self.pin.edit.returnPressed.connect(self._enter)
        card.box.addWidget(self.pin, 1)
        self.body.addWidget(card)
        self.body.addStretch(1)
        self.add_back()
        self.add_go(self._enter)
        self.visit.manager.refused.connect(self._refused)

    def enter(self) -> None:
        self.update_actions()
        self.pin.edit.setFocus()

    def leave(self) -> None:
        self.pin.clear()

    def keys_done(self) -> bool:
        self._enter()
        return True  # a wrong PIN is typed again at once

    def update_actions(self) -> None:
        self.go_button.setEnabled(len(self.pin.text) >= 6 and not self.visit.manager.asking)

    def _enter(self) -> None:
        if len(self.pin.text) >= 6:
            self.visit.manager.enter(self.pin.text)
            self.update_actions()

    def _refused(self) -> None:
        if self.on_stage:
            self.pin.edit.clear()
            self.pin.show_problem(PinTexts(self).refusal(self.visit.manager))
            self.update_actions()

    def retranslate(self) -> None:
        self._title.setText(self.tr("Gerente de la agencia"))
        self._hint.setText(self.tr("Esta parte es solo para el personal de la cooperativa."))
        self.pin.caption(self.tr("PIN"))
        self.back_button.caption(self.tr("Salir"))
        self.go_button.caption(self.tr("Entrar"))
