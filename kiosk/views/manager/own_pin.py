"""The manager's own PIN: forced after the one of the installation, at any time for who wants another."""

from __future__ import annotations

from kiosk.teller.pin import usable
from kiosk.views.manager.pin import PinTexts
from kiosk.views.parts.change_secret import ChangeSecretPage


class ManagerOwnPinPage(ChangeSecretPage):
    """Whoever set the terminal up knows the first PIN: nobody should do the manager's work with it."""

    names = ("current_pin", "new_pin", "new_pin_again")
    most = 12

    def build(self) -> None:
        super().build()
        self.visit.manager.refused.connect(self._refused)

    def enter(self) -> None:
        self.retranslate()
        super().enter()

    @property
    def _busy(self) -> bool:
        return self.visit.manager.asking

    def _rule_broken(self) -> str:
        if not usable(self.new.text):
            return self.tr("De 6 a 12 cifras, y no una serie fácil de adivinar.")
        if self.new.text == self.current.text:
            return self.tr("El PIN nuevo debe ser distinto del actual.")
        return ""

    def _unequal(self) -> str:
        return self.tr("Los dos PIN nuevos no son iguales.")

    def _send(self) -> None:
        self.visit.manager.renew(self.current.text, self.new.text)
        self.update_actions()

    def _refused(self) -> None:
        if not self.on_stage:
            return
        self.current.edit.clear()
        self.current.show_problem(PinTexts(self).refusal(self.visit.manager))
        self.current.edit.setFocus()
        self.update_actions()

    def retranslate(self) -> None:
        first = self.visit.manager.first_pin
        self._title.setText(self.tr("Cree su propio PIN") if first else self.tr("Cambiar el PIN"))
        why = self.tr("El PIN actual lo conoce quien instaló el kiosco.") if first else ""
        rule = self.tr("De 6 a 12 cifras, y no una serie fácil de adivinar.")
        self._hint.setText(f"{why} {rule}".strip())
        self.current.caption(self.tr("PIN actual"))
        self.new.caption(self.tr("PIN nuevo"))
        self.again.caption(self.tr("Repita el nuevo"))
        self.back_button.caption(self.tr("Salir") if first else self.tr("Atrás"))
        self.go_button.caption(self.tr("Guardar el PIN"))
