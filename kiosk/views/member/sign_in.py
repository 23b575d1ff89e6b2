"""Sign in with document and key."""

from __future__ import annotations

import sys
from functools import partial

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from kiosk.cooperative.member import Document, DocumentType
from kiosk.views.parts.controls import Button, Card, Field, Option, label
from kiosk.views.parts.page import Page
from kiosk.views.parts.problem_texts import ProblemTexts
from kiosk.views.parts.theme import Theme
from kiosk.visit.steps import Step, Turn

_UPRIGHT_ROOM = 860
"""Design pixels inside a card of a page that is 1080 wide."""


class DocumentChoice(QWidget):
    """Kinds of document as touch options; `names` come in the language in force."""

    def __init__(self, theme: Theme, types: tuple[DocumentType, ...], *, columns: int = 3) -> None:
        super().__init__()
        self._theme, self._columns = theme, columns
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(theme.u(14))
        self.group = QButtonGroup(self)
        self._types = types
        for place, kind in enumerate(types):
            option = Option(theme, f"document_{kind.value}")
            self.group.addButton(option, place)
        self._arrange()
        self.choose(types[0])

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._arrange()  # the page was dressed anew

    def _arrange(self) -> None:
        # Upright there may be no room for as many words beside each other: large ones, or longer ones.
        options, columns, gap = self.group.buttons(), self._columns, self._grid.spacing()
        widest = max(option.sizeHint().width() for option in options)
        room = self._theme.u(_UPRIGHT_ROOM) if self._theme.portrait else sys.maxsize
        while columns > 1 and columns * (widest + gap) - gap > room:
            columns -= 1
        for place, option in enumerate(options):
            self._grid.addWidget(option, place // columns, place % columns)

    def retranslate(self) -> None:
        """Names of the documents."""
        names = {
            DocumentType.CC: self.tr("Cédula"),
            DocumentType.CE: self.tr("C. extranjería"),
            DocumentType.TI: self.tr("T. identidad"),
            DocumentType.PPT: self.tr("Permiso PPT"),
            DocumentType.PA: self.tr("Pasaporte"),
            DocumentType.NIT: self.tr("NIT"),
        }
        for place, kind in enumerate(self._types):
            option = self.group.button(place)
            assert isinstance(option, Option)
            option.caption(names[kind])
        self._arrange()

    @property
    def type(self) -> DocumentType:
        """What is chosen."""
        return self._types[max(self.group.checkedId(), 0)]

    @property
    def keyboard(self) -> str:
        """The keyboard for its number: only a passport has letters."""
        return "text" if self.type is DocumentType.PA else "digits"

    def choose(self, kind: DocumentType) -> None:
        """Choose a kind; one that is not offered leaves the first."""
        self.group.button(self._types.index(kind) if kind in self._types else 0).setChecked(True)


class SignInPage(Page):
    """Document and key; the keypad stands beside them."""

    def build(self) -> None:
        theme = self.theme
        self._title, self._hint = label("title"), label("soft")
        self.body.setSpacing(theme.u(14))
        self.body.addWidget(self._title)
        self.body.addWidget(self._hint)
        self.body.addWidget(self.notice)
        card = Card(theme, pad=36, gap=20)
        self._kind_label = label("label")
        self.kind = DocumentChoice(theme, tuple(DocumentType))
        self.number = Field(theme, "document_number", keyboard="digits", most=20)
        self.key = Field(theme, "key", keyboard="digits", secret=True, most=64)
        self.kind.group.idClicked.connect(self._kind_chosen)
        for field in (self.number, self.key):
            field.edited.connect(partial(self._typed, field))
        self.number.edit.returnPressed.connect(self.key.edit.setFocus)
        self.key.edit.returnPressed.connect(self._sign_in)
        card.box.addWidget(self._kind_label)
        card.box.addWidget(self.kind)
        fields = QVBoxLayout() if theme.portrait else QHBoxLayout()
        fields.setSpacing(theme.u(28))
        for field in (self.number, self.key):
            fields.addWidget(field, 1, Qt.AlignmentFlag.AlignTop)
        card.box.addLayout(fields)
        self.body.addWidget(card)
        self.forgot = Button(theme, "recover_key", kind="link", size="small", icon="question-bold",
                             on_click=lambda: self.visit.turn(Turn.FORGOT_KEY))  # fmt: skip
        self.body.addStretch(1)
        self.add_back()
        self.action_row.addWidget(self.forgot)  # in sight at any size of text
        self.add_go(self._sign_in)

    def enter(self) -> None:
        suggestion = self.visit.signing_in.take_suggestion()
        if suggestion is not None:
            kind, number, key = suggestion
            self.kind.choose(DocumentType(kind))
            self.number.edit.setText(number)
            self.key.edit.setText(key)
        policy = self.visit.core.key_policy if self.visit.core else None
        letters = policy is not None and policy.alphabet != "digits"
        self.key.edit.setProperty("keyboard", "secret" if letters else "digits")
        self.forgot.setVisible(self.visit.core is None or self.visit.core.recovery_enabled)
        self._kind_chosen()
        self.update_actions()
        (self.key if self.number.text else self.number).edit.setFocus()

    def leave(self) -> None:
        self.key.clear()
        if self.visit.step is Step.MENU:
            self.number.clear()
            self.kind.choose(DocumentType.CC)

    def forget(self) -> None:
        super().forget()
        self.kind.choose(DocumentType.CC)

    def _kind_chosen(self) -> None:
        self.renew_keyboard(self.number.edit, self.kind.keyboard)
        self.number.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        self.number.show_problem("")

    def _typed(self, field: Field) -> None:
        self.notice.say("", "")
        self.keep_in_sight(field.edit)
        self.update_actions()

    def _sign_in(self) -> None:
        document = Document.cleaned(self.kind.type, self.number.text)
        problem = document.problem()
        if problem:
            self.number.show_problem(ProblemTexts.document(problem))
            self.number.edit.setFocus()
            return
        if not self.key.text:
            self.key.show_problem(self.tr("Escriba su clave."))
            self.key.edit.setFocus()
            return
        self.visit.signing_in.sign_in(document, self.key.text)

    def show_problem(self) -> None:
        super().show_problem()
        if self.visit.problem is not None and self.on_stage:
            self.key.clear()
            self.key.edit.setFocus()
            self.update_actions()

    def update_actions(self) -> None:
        self.go_button.setEnabled(bool(self.number.text and self.key.text) and not self.visit.busy)

    def _busy_changed(self) -> None:
        super()._busy_changed()
        self.go_button.caption(
            self.tr("Ingresando…") if self.visit.busy == "signing_in" else self.tr("Ingresar")
        )

    def retranslate(self) -> None:
        self._title.setText(self.tr("Ingrese con su documento y su clave"))
        self._hint.setText(self.tr("Es la clave de asociado de la Cooperativa, no la de su banco."))
        self._kind_label.setText(self.tr("Tipo de documento"))
        self.kind.retranslate()
        self.number.caption(self.tr("Número de documento"))
        self.key.caption(self.tr("Clave"))
        self.forgot.caption(self.tr("Es mi primera vez u olvidé la clave"))
        self.back_button.caption(self.tr("Atrás"))
        self.go_button.caption(self.tr("Ingresar"))
