"""What the bank's page says or asks by itself, in a card of ours that never stays for ever."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QLineEdit, QWidget

from kiosk.views.parts.controls import Button, label
from kiosk.views.parts.overlay import Overlay
from kiosk.views.parts.theme import Theme

SECONDS = 60
"""How long a page's words wait for the member; then they go, and a question is answered with no."""
_MOST_CHARACTERS = 600
_MOST_WAITING = 4


@dataclass(frozen=True, slots=True)
class _Saying:
    kind: str  # tell, confirm, prompt
    text: str
    suggested: str = ""


class DialogOverlay(Overlay):
    """alert, confirm and prompt. While a question is open everything else goes on."""

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent, theme, "page_dialog")
        self._waiting: deque[_Saying] = deque(maxlen=_MOST_WAITING)
        self._now: _Saying | None = None
        self._loop = QEventLoop()
        self._yes = False
        self._left = 0
        self._title = label("caption")
        self._text = label("strong", name="page_dialog_text")
        self.edit = QLineEdit()
        self.edit.setObjectName("page_dialog_edit")
        self.edit.setProperty("keyboard", "text")
        self._time = label("caption")
        for part in (self._title, self._text, self.edit, self._time):
            self.card.box.addWidget(part)
        self.refuse = Button(theme, "page_dialog_no", on_click=lambda: self._answer(False))
        self.accept = Button(theme, "page_dialog_yes", kind="primary", on_click=lambda: self._answer(True))
        self.add_row(self.refuse, self.accept)
        self._tick = QTimer(self, interval=1000)
        self._tick.timeout.connect(self._second)
        self.retranslate()

    # -- the page's side ------------------------------------------------------------------

    def tell(self, text: str) -> None:
        """Show and return at once: the page goes on."""
        said = _Saying("tell", text)
        if self._now is None:
            self._show_dialog(said)
        else:
            self._waiting.append(said)

    def confirm(self, text: str) -> bool:
        """The member's answer, or no."""
        return self._ask_member(_Saying("confirm", text))

    def prompt(self, text: str, suggested: str) -> tuple[bool, str]:
        """The member's text, or nothing."""
        yes = self._ask_member(_Saying("prompt", text, suggested))
        typed = self.edit.text()
        self.edit.clear()
        return (True, typed) if yes else (False, "")

    def _ask_member(self, question: _Saying) -> bool:
        # The page stands still until it is answered; the kiosk does not: clocks and buttons go on.
        if self._loop.isRunning():
            return False
        if self._now is not None:
            self._waiting.appendleft(self._now)
        self._yes = False
        self._show_dialog(question)
        self._loop.exec()
        return self._yes

    # -- the member's side ----------------------------------------------------------------

    def _show_dialog(self, said: _Saying) -> None:
        self._now, self._left = said, SECONDS
        self._text.setText(said.text[:_MOST_CHARACTERS])
        self.edit.setText(said.suggested)
        self.edit.setVisible(said.kind == "prompt")
        self.refuse.setVisible(said.kind != "tell")
        self.retranslate()
        self._tick.start()
        self.open()
        if said.kind == "prompt":
            self.edit.setFocus()

    def _answer(self, yes: bool) -> None:
        self._tick.stop()
        said, self._now = self._now, None
        if said is not None and said.kind != "tell":
            self._yes = yes
            self._loop.quit()
        if self._waiting:
            self._show_dialog(self._waiting.popleft())
        else:
            self.close_it()

    def dismiss(self) -> None:
        """Everything said or asked is over; questions are answered with no."""
        self._waiting.clear()
        self._answer(False)

    def _second(self) -> None:
        self._left -= 1
        self.retranslate()
        if self._left <= 0:
            self._answer(False)

    def retranslate(self) -> None:
        self._title.setText(self.tr("La página de su banco dice:"))
        self._time.setText(self.tr("Este aviso se cierra en {seconds} s").format(seconds=self._left))
        self.edit.setAccessibleName(self._text.text())
        self.accept.caption(self.tr("Aceptar"))
        self.refuse.caption(self.tr("Cancelar"))
