"""Change the key: suggested at first, forced when the core says so."""

from __future__ import annotations

import re

from kiosk.member_core.connector import KeyPolicy
from kiosk.views.parts.change_secret import ChangeSecretPage


class ChangeKeyPage(ChangeSecretPage):
    """The rules are the core's."""

    names = ("current_key", "new_key", "new_key_again")

    def build(self) -> None:
        super().build()
        self.visit.member_changed.connect(self._know_policy)

    @property
    def _policy(self) -> KeyPolicy:
        return self.visit.core.key_policy if self.visit.core else KeyPolicy(4, 64, "any")

    def enter(self) -> None:
        self._know_policy()
        super().enter()

    def _know_policy(self) -> None:
        """The core's rules may be known only after the page is there."""
        kind = "digits" if self._policy.alphabet == "digits" else "secret"
        for field in self._fields():
            self.renew_keyboard(field.edit, kind)
        self.retranslate()

    def _rule_broken(self) -> str:
        policy, new = self._policy, self.new.text
        if not policy.shortest <= len(new) <= policy.longest:
            return self.tr("Debe tener entre {least} y {most} caracteres.").format(
                least=policy.shortest, most=policy.longest
            )
        if policy.alphabet == "digits" and not re.fullmatch("[0-9]+", new):
            return self.tr("Use solo números.")
        if new == self.current.text:
            return self.tr("La clave nueva debe ser distinta de la actual.")
        return ""

    def _unequal(self) -> str:
        return self.tr("Las dos claves nuevas no son iguales.")

    def _send(self) -> None:
        self.visit.signing_in.change_key(self.current.text, self.new.text)

    def retranslate(self) -> None:
        forced = self.visit.signing_in.must_change_key
        self._title.setText(self.tr("Cree su propia clave") if forced else self.tr("Cambiar la clave"))
        policy = self._policy
        digits = self.tr("números") if policy.alphabet == "digits" else self.tr("caracteres")
        rule = self.tr("Entre {least} y {most} {what}.").format(
            least=policy.shortest, most=policy.longest, what=digits
        )
        why = self.tr("Por seguridad debe cambiar la clave que recibió.") if forced else self.tr(
            "Se recomienda cambiarla la primera vez que entra.")  # fmt: skip
        self._hint.setText(f"{why} {rule}")
        self.current.caption(self.tr("Clave actual"))
        self.new.caption(self.tr("Clave nueva"))
        self.again.caption(self.tr("Repita la clave nueva"))
        self.back_button.caption(self.tr("Salir") if forced else self.tr("Atrás"))
        self.go_button.caption(self.tr("Guardar la clave"))
