"""Recover the key: an e-mail with a way in, or the office to visit."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout

from kiosk.cooperative.member import Document, DocumentType
from kiosk.views.member.sign_in import DocumentChoice
from kiosk.views.parts.controls import Card, Field, Picture, label
from kiosk.views.parts.page import Page
from kiosk.views.parts.problem_texts import ProblemTexts
from kiosk.visit.problems import Problem, Trouble


class RecoverPage(Page):
    """Ask, then say where the e-mail went, or which office to visit."""

    def build(self) -> None:
        theme = self.theme
        self._title, self._hint = label("title"), label("soft")
        self.body.addWidget(self._title)
        self.body.addWidget(self._hint)
        self.body.addWidget(self.notice)
        self._ask = Card(theme, pad=40, gap=24)
        self._kind_label = label("label")
        self.kind = DocumentChoice(theme, tuple(DocumentType))
        self.number = Field(theme, "document_number", keyboard="digits", most=20)
        self.number.edited.connect(self.update_actions)
        self.number.edit.returnPressed.connect(self._send)
        self.kind.group.idClicked.connect(self._kind_chosen)
        for part in (self._kind_label, self.kind, self.number):
            self._ask.box.addWidget(part)
        self.body.addWidget(self._ask)
        self._answer = Card(theme, across=True, pad=44, gap=36)
        self._picture = Picture(theme, "envelope-simple-duotone", "brand", 120)
        self._answer.box.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(theme.u(14))
        self._head, self._text, self._more = label("heading"), label("body"), label("soft")
        for part in (self._head, self._text, self._more):
            words.addWidget(part)
        self._answer.box.addLayout(words, 1)
        self.body.addWidget(self._answer)
        self.body.addStretch(1)
        self.add_back()
        self.add_go(self._ask_for_key)
        self.visit.moved.connect(self._refresh)

    def enter(self) -> None:
        if self.visit.signing_in.document is not None:
            self.kind.choose(self.visit.signing_in.document.type)
            self.number.edit.setText(self.visit.signing_in.document.number)
        self.renew_keyboard(self.number.edit, self.kind.keyboard)
        self._refresh()
        if self._ask.isVisibleTo(self):
            self.number.edit.setFocus()

    def leave(self) -> None:
        self.visit.signing_in.recovery = None  # not on entering: the answer itself turns to this page again

    def forget(self) -> None:
        super().forget()
        self.kind.choose(DocumentType.CC)
        for words in (self._text, self._more):
            words.setText("")

    def _kind_chosen(self) -> None:
        self.renew_keyboard(self.number.edit, self.kind.keyboard)
        self.number.edit.setFocus()

    def problem_shown(self, problem: Problem) -> bool:
        return problem.trouble is Trouble.NO_EMAIL

    def _no_email(self) -> bool:
        problem = self.visit.problem
        return problem is not None and problem.trouble is Trouble.NO_EMAIL

    def show_problem(self) -> None:
        super().show_problem()
        self._refresh()

    def _refresh(self) -> None:
        sent, office = self.visit.signing_in.recovery is not None, self._no_email()
        if sent or office:
            self.scroller.setFocus()  # before the field goes: no button gets the focus, and the keys go too
        self._ask.setVisible(not sent and not office)
        self._hint.setVisible(not sent and not office)
        self._answer.setVisible(sent or office)
        if sent:
            self._say_sent()
        elif office:
            self._say_office()
        self.go_button.caption(self.tr("Volver a ingresar") if sent or office else self.tr("Enviar la clave"))
        self.update_actions()

    def _say_sent(self) -> None:
        recovery = self.visit.signing_in.recovery
        self._picture.show_icon("envelope-simple-duotone", "brand")
        self._head.setText(self.tr("Revise su correo"))
        if recovery is not None and recovery.email_masked:
            self._text.setText(
                self.tr("Le enviamos las instrucciones a {email}.").format(email=recovery.email_masked)
            )
        else:
            self._text.setText(self.tr("Si su correo está registrado, allí encontrará las instrucciones."))
        minutes = recovery.minutes if recovery else None
        wait = self.tr("Sirven durante {minutes} minutos. ").format(minutes=minutes) if minutes else ""
        self._more.setText(
            wait + self.tr("Mire también la carpeta de correo no deseado. Su clave anterior sigue sirviendo.")
        )

    def _say_office(self) -> None:
        self._picture.show_icon("map-pin-duotone", "brand")
        self._head.setText(self.tr("No tenemos un correo electrónico suyo"))
        self._text.setText(
            self.tr("Acérquese con su documento a un asesor para actualizar sus datos:\n{agency}, {city}\n{address}\n"
                    "Teléfono {phone}").format(agency=self.place.agency, city=self.place.city,
                                               address=self.place.address, phone=self.place.phone)
        )  # fmt: skip
        self._more.setText(
            self.tr("Horario: {hours}").format(hours=self.place.hours.replace(". m.", ".\u00a0m."))
        )

    def _ask_for_key(self) -> None:
        if self.visit.signing_in.recovery is not None or self._no_email():
            self.visit.next()
        else:
            self._send()

    def _send(self) -> None:
        document = Document.cleaned(self.kind.type, self.number.text)
        problem = document.problem()
        if problem:
            self.number.show_problem(ProblemTexts.document(problem))
        else:
            self.visit.signing_in.recover_key(document)

    def update_actions(self) -> None:
        done = self.visit.signing_in.recovery is not None or self._no_email()
        self.go_button.setEnabled((done or bool(self.number.text)) and not self.visit.busy)

    def retranslate(self) -> None:
        self._title.setText(self.tr("Recuperar la clave"))
        self._hint.setText(self.tr("La enviamos al correo electrónico que usted registró en la Cooperativa."))
        self._kind_label.setText(self.tr("Tipo de documento"))
        self.kind.retranslate()
        self.number.caption(self.tr("Número de documento"))
        self.back_button.caption(self.tr("Atrás"))
        self._refresh()
