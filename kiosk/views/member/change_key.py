"""Change the key: suggested at first, forced when the core says so."""

from __future__ import annotations

import re
from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from kiosk.member_core.connector import KeyPolicy
from kiosk.views.parts.controls import Card, Field, label
from kiosk.views.parts.page import Page


class ChangeSecretPage(Page):
    """The one that holds, and the new one twice. Subclasses say the rules and send it."""

    names: ClassVar[tuple[str, str, str]]
    """Of the three fields."""
    most = 64
    """Characters."""

    def build(self) -> None:
        theme = self.theme
        self._title, self._hint = label("title"), label("soft")
        self.body.addWidget(self._title)
        self.body.addWidget(self._hint)
        self.body.addWidget(self.notice)
        card = Card(theme, pad=40, gap=22)
        self.current, self.new, self.again = (
            Field(theme, name, keyboard="digits", secret=True, most=self.most) for name in self.names
        )
        # Side by side the keyboard covers none of them.
        fields = QVBoxLayout() if theme.portrait else QHBoxLayout()
        fields.setSpacing(theme.u(22))
        for field in self._fields():
            field.edited.connect(self.update_actions)
            fields.addWidget(field, 1, Qt.AlignmentFlag.AlignTop)
        card.box.addLayout(fields)
        self.body.addWidget(card)
        self.body.addStretch(1)
        self.add_back()
        self.add_go(self._change)

    def _fields(self) -> tuple[Field, Field, Field]:
        return self.current, self.new, self.again

    def enter(self) -> None:
        self.update_actions()
        self.current.edit.setFocus()

    def leave(self) -> None:
        for field in self._fields():
            field.clear()

    def _rule_broken(self) -> str:
        """What is wrong with the new one, in a sentence; empty where nothing is."""
        raise NotImplementedError

    def _unequal(self) -> str:
        """That the two new ones are not the same."""
        raise NotImplementedError

    def _send(self) -> None:
        raise NotImplementedError

    def _change(self) -> None:
        if broken := self._rule_broken():
            self.new.show_problem(broken)
            self.new.edit.setFocus()
        elif self.new.text != self.again.text:
            self.again.show_problem(self._unequal())
            self.again.edit.setFocus()
        else:
            self._send()

    @property
    def _busy(self) -> bool:
        return self.visit.busy

    def update_actions(self) -> None:
        filled = all(field.text for field in self._fields())
        self.go_button.setEnabled(filled and not self._busy)


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
