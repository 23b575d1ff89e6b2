"""A secret replaced: the base of the pages for the key and for the PIN."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

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
        return bool(self.visit.busy)

    def update_actions(self) -> None:
        filled = all(field.text for field in self._fields())
        self.go_button.setEnabled(filled and not self._busy)
