"""The account holder: whose bank account pays. «La cuenta es mía» fills it in."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QButtonGroup, QGridLayout, QHBoxLayout, QVBoxLayout

from kiosk.cooperative.member import AccountHolder, Document, DocumentProblem, DocumentType, HolderKind
from kiosk.views.member.sign_in import DocumentChoice
from kiosk.views.parts.controls import Card, Field, Option, Tick, label
from kiosk.views.parts.page import Page
from kiosk.views.parts.problem_texts import ProblemTexts

_PERSON = tuple(kind for kind in DocumentType if kind is not DocumentType.NIT)


class HolderPage(Page):
    """Natural person or company, document, name, e-mail, mobile."""

    keypad_side = False

    def build(self) -> None:
        theme = self.theme
        self._begun = False
        self.body.addLayout(self._head())
        self.body.addWidget(self.notice)
        top = QHBoxLayout() if not theme.portrait else QVBoxLayout()
        top.setSpacing(theme.u(20))
        self.mine = Tick(theme, "account_is_mine")
        self.mine.clicked.connect(self._mine_clicked)
        top.addWidget(self.mine, 1)
        kinds = QHBoxLayout()
        kinds.setSpacing(theme.u(14))
        self._kinds = QButtonGroup(self)
        self.natural, self.company = Option(theme, "natural"), Option(theme, "company")
        for number, button in enumerate((self.natural, self.company)):
            self._kinds.addButton(button, number)
            kinds.addWidget(button)
        self._kinds.idClicked.connect(self._kind_changed)
        top.addLayout(kinds)
        self.body.addLayout(top)
        self.body.addWidget(self._fields())
        self.body.addStretch(1)
        self.add_back()
        self.add_go(self._name_holder)

    def _head(self) -> QBoxLayout:
        theme = self.theme
        self._title, self._total_label = label("title"), label("soft", wrap=False)
        self.total = label("heading", wrap=False, name="total")
        head = QVBoxLayout() if theme.portrait else QHBoxLayout()
        head.setSpacing(theme.u(14))
        head.addWidget(self._title, 1)
        sum_up = QHBoxLayout()
        for part in (self._total_label, self.total):
            sum_up.addWidget(part, 0, Qt.AlignmentFlag.AlignBottom)
        sum_up.addStretch(0)
        head.addLayout(sum_up)
        return head

    def _fields(self) -> Card:
        theme = self.theme
        card = Card(theme, pad=36, gap=20)
        self.document_kind = DocumentChoice(theme, _PERSON, columns=5 if not theme.portrait else 3)
        self.document_kind.group.idClicked.connect(self._renew)
        card.box.addWidget(self.document_kind)
        self.number = Field(theme, "holder_document", keyboard="digits", most=20)
        self.name = Field(theme, "holder_name", keyboard="text", most=100)
        self.email = Field(theme, "holder_email", keyboard="email", most=80)
        self.mobile = Field(theme, "holder_mobile", keyboard="digits", most=10)
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.u(28))
        grid.setVerticalSpacing(theme.u(18))
        for place, field in enumerate((self.number, self.name, self.email, self.mobile)):
            grid.addWidget(field, *(divmod(place, 2) if not theme.portrait else (place, 0)))
            field.edited.connect(self.update_actions)
        card.box.addLayout(grid)
        return card

    def enter(self) -> None:
        if not self._begun:  # what was typed stays, whichever way the member goes
            self._begun = True
            self.mine.setChecked(True)
            self._fill_mine()
        order = self.visit.paying.order
        self.total.setText(order.total.shown() if order else "")
        self.update_actions()

    def forget(self) -> None:
        super().forget()
        self._begun = False
        self.total.setText("")

    def _mine_clicked(self) -> None:
        if self.mine.isChecked():
            self._fill_mine()
        else:
            for field in (self.number, self.name):
                field.clear()
        self.update_actions()

    def _fill_mine(self) -> None:
        document, session = self.visit.signing_in.document, self.visit.signing_in.session
        if document is None or session is None:
            return
        is_company = document.type is DocumentType.NIT
        (self.company if is_company else self.natural).setChecked(True)
        self._kind_changed()
        if not is_company:
            self.document_kind.choose(document.type)
        self._renew()
        self.number.edit.setText(document.number)
        self.name.edit.setText(session.member.display_name)
        self.name.edit.setCursorPosition(0)  # of a long name the beginning
        for field in (self.number, self.name):
            field.show_problem("")

    def _kind_changed(self) -> None:
        self.document_kind.setVisible(self.natural.isChecked())
        self._renew()
        self._field_words()
        self.number.show_problem("")

    def _renew(self) -> None:
        kind = self.document_kind.keyboard if self.natural.isChecked() else "digits"
        self.renew_keyboard(self.number.edit, kind)

    def _typed(self) -> AccountHolder:
        natural = self.natural.isChecked()
        document_type = self.document_kind.type if natural else DocumentType.NIT
        return AccountHolder(
            HolderKind.NATURAL if natural else HolderKind.COMPANY,
            Document.cleaned(document_type, self.number.text),
            " ".join(self.name.text.split()),
            self.email.text.strip(),
            self.mobile.text.strip(),
        )

    def _name_holder(self) -> None:
        holder = self._typed()
        problems = holder.problems()
        fields = {"document": self.number, "name": self.name, "email": self.email, "mobile": self.mobile}
        for name, field in fields.items():
            problem = problems.get(name)
            words = ""
            if isinstance(problem, DocumentProblem):
                words = ProblemTexts.document(problem)
            elif problem is not None:
                words = ProblemTexts.holder(problem)
            field.show_problem(words)
        if problems:
            fields[next(iter(problems))].edit.setFocus()
        else:
            self.visit.paying.name_holder(holder)

    def update_actions(self) -> None:
        self.go_button.setEnabled(not self.visit.busy)  # what is missing is said beside its field

    def _field_words(self) -> None:
        natural = self.natural.isChecked()
        self.number.caption(
            self.tr("Número de documento") if natural else self.tr("NIT, sin dígito de verificación")
        )
        self.name.caption(self.tr("Nombre completo") if natural else self.tr("Razón social"))

    def retranslate(self) -> None:
        self._title.setText(self.tr("¿De quién es la cuenta del banco?"))
        self._total_label.setText(self.tr("Total a pagar hoy"))
        self.mine.caption(self.tr("La cuenta es mía"))
        self.natural.caption(self.tr("Persona"))
        self.company.caption(self.tr("Empresa"))
        self.document_kind.retranslate()
        self._field_words()
        self.email.caption(self.tr("Correo registrado en PSE"), self.tr("nombre@correo.com"))
        self.mobile.caption(self.tr("Celular"), self.tr("10 dígitos"))
        self.back_button.caption(self.tr("Atrás"))
        self.go_button.caption(self.tr("Continuar"))
