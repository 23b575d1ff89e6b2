"""One payment as the manager sees it: where it stands, what to do, and closing its case."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QVBoxLayout

from kiosk.cooperative.money import InvalidAmount, Money
from kiosk.cooperative.payment import Payment, Review, State
from kiosk.models.dates import minute_time
from kiosk.models.standing_words import standing_words
from kiosk.views.parts.controls import Button, Card, Field, Option, Picture, label, together
from kiosk.views.parts.facts import FactTable
from kiosk.views.parts.languages import Languages
from kiosk.views.parts.page import Page
from kiosk.views.parts.review_texts import review_words
from kiosk.visit.steps import Turn

_VERDICTS = (State.POSTED, State.DECLINED, State.FAILED)
_RETURNED = len(_VERDICTS)
"""Of a further debit: the payment itself stays as it is."""


class ManagerCasePage(Page):
    """A verdict needs who gives it, why, and on what evidence."""

    def build(self) -> None:
        theme = self.theme
        self.amount, self._reference = label("title", name="case_amount"), label("soft")
        self.body.addWidget(self.amount)
        self.body.addWidget(self._reference)
        self.facts = FactTable(theme)
        card = Card(theme, pad=32, gap=8)
        card.box.addWidget(self.facts)
        self.body.addWidget(card)
        self.advice = Card(theme, "pending", across=True, pad=28, gap=22)
        self.advice.box.addWidget(
            Picture(theme, "warning-circle-fill", "pending", 52), 0, Qt.AlignmentFlag.AlignTop
        )
        words = QVBoxLayout()
        self._what, self._do = label("strong"), label("body")
        words.addWidget(self._what)
        words.addWidget(self._do)
        self.advice.box.addLayout(words, 1)
        self.body.addWidget(self.advice)
        self._build_form()
        self.body.addStretch(1)
        self.back_button = Button(theme, "back", icon="arrow-left-bold",
                                  on_click=self.visit.back)  # fmt: skip
        self.print_button = Button(theme, "print_again", icon="printer-bold", on_click=self._print)
        self.action_row.addWidget(self.back_button)
        self.action_row.addWidget(self.print_button)
        self.add_go(self._settle, icon="check-bold")
        self.visit.manager.changed.connect(self._changed)
        self.visit.manager.closed.connect(self._closed)
        self.visit.manager.left_open.connect(self._left_open)

    def _build_form(self) -> None:
        theme = self.theme
        self.form = Card(theme, pad=32, gap=18)
        self._form_head = label("heading")
        self.form.box.addWidget(self._form_head)
        row = QVBoxLayout() if theme.portrait else QHBoxLayout()
        row.setSpacing(theme.u(14))
        self.verdicts = QButtonGroup(self)
        for number, state in enumerate(_VERDICTS):
            option = Option(theme, f"verdict_{state.value.lower()}")
            self.verdicts.addButton(option, number)
            row.addWidget(option)
        self.returned = Option(theme, "verdict_returned")
        self.verdicts.addButton(self.returned, _RETURNED)
        row.addWidget(self.returned)
        self.form.box.addLayout(row)
        self.by = Field(theme, "case_by", keyboard="text", most=60)
        self.reason = Field(theme, "case_reason", keyboard="text", most=160)
        self.evidence = Field(theme, "case_evidence", keyboard="text", most=160)
        for field in (self.by, self.reason, self.evidence):
            field.edited.connect(self.update_actions)
            self.form.box.addWidget(field)
        self.verdicts.idClicked.connect(lambda _: self.update_actions())
        self.body.addWidget(self.form)

    @property
    def _payment(self) -> Payment | None:
        return self.visit.manager.case

    def enter(self) -> None:
        self._clear()
        if self._payment is not None:
            self.visit.manager.look_into(self._payment)
        self.retranslate()
        self.update_actions()

    def leave(self) -> None:
        self._clear()

    def forget(self) -> None:
        super().forget()
        self.facts.show_rows([], [])
        self.retranslate()

    def _clear(self) -> None:
        self.verdicts.setExclusive(False)
        for option in self.verdicts.buttons():
            option.setChecked(False)
        self.verdicts.setExclusive(True)
        for field in (self.by, self.reason, self.evidence):
            field.clear()

    def update_actions(self) -> None:
        said = all(field.text.strip() for field in (self.by, self.reason, self.evidence))
        self.go_button.setEnabled(said and self.verdicts.checkedId() >= 0)

    def _settle(self) -> None:
        payment = self._payment
        if payment is None or self.verdicts.checkedId() < 0:
            return
        self.go_button.setEnabled(False)
        said = {
            "by": self.by.text.strip(),
            "reason": self.reason.text.strip(),
            "evidence": self.evidence.text.strip(),
        }
        chosen = self.verdicts.checkedId()
        if chosen == _RETURNED:
            self.visit.manager.return_debit(payment, **said)
        else:
            self.visit.manager.settle(payment, _VERDICTS[chosen], **said)

    def _changed(self) -> None:
        if not self.on_stage or self._payment is None:
            return
        if self._payment.review is None and self.visit.manager.debits:
            self.retranslate()  # it is a case after all
        else:
            self.facts.show_rows(*self._rows(self._payment))

    def _closed(self) -> None:
        if self.on_stage:
            self.visit.turn(Turn.CASE_CLOSED)

    def _left_open(self) -> None:
        if self.on_stage:
            self.evidence.show_problem(self.tr("No se pudo cerrar el caso: el pago cambió. Ábralo otra vez."))

    def _print(self) -> None:
        if self._payment is not None:
            self.visit.printing.print_now(self._payment, copy=True, language=Languages.current)

    def retranslate(self) -> None:
        payment = self._payment
        self._form_head.setText(self.tr("Cerrar el caso"))
        for option, words in zip(self.verdicts.buttons(), (
            self.tr("Se pagó y está aplicado"), self.tr("El banco no lo autorizó"), self.tr("No se hizo"),
            self.tr("El segundo débito se devolvió"),
        ), strict=True):  # fmt: skip
            assert isinstance(option, Option)
            option.caption(words)
        self.by.caption(self.tr("Quién lo cierra"))
        self.reason.caption(self.tr("Por qué"))
        self.evidence.caption(self.tr("Con qué soporte: carta del banco, extracto, registro"))
        self.back_button.caption(self.tr("Atrás"))
        self.print_button.caption(self.tr("Imprimir copia"))
        self.go_button.caption(self.tr("Cerrar el caso"))
        review = payment.review if payment is not None else None
        if review is None and self.visit.manager.debits:
            review = Review.PAID_TWICE
        flagged, twice = review is not None, review is Review.PAID_TWICE
        for option in self.verdicts.buttons():
            option.setVisible((option is self.returned) is twice)
        for part in (self.advice, self.form, self.go_button):
            part.setVisible(flagged)
        self._reference.setText(payment.reference if payment else "")
        self.amount.setText(
            f"{together(payment.total.shown())} · {standing_words(payment)}" if payment else ""
        )
        if payment is None:
            return
        if review is not None:
            what, rest = review_words(review)
            self._what.setText(what)
            self._do.setText(rest)
        self.facts.show_rows(*self._rows(payment))

    def _rows(self, payment: Payment) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
        ended = minute_time(payment.decided_at) if payment.decided_at else "—"
        return [
            (self.tr("Asociado"), payment.payer.member_name),
            (self.tr("Documento"), payment.payer.member_document_masked),
            (self.tr("Comenzó"), minute_time(payment.created_at)),
            (self.tr("Respuesta del banco"), ended),
        ], [
            (self.tr("CUS"), payment.cus or "—"),
            (self.tr("Banco"), payment.bank or "—"),
            (self.tr("Pasarela"), payment.gateway_id or "—"),
            (self.tr("Cuenta en la pasarela"), payment.account or payment.gateway),
            (self.tr("Recibo del sistema"), payment.core_receipt or "—"),
            *self._evidence(),
        ]

    def _evidence(self) -> list[tuple[str, str]]:
        """What the other side said and was not followed, and further debits."""
        seen, rows = self.visit.manager.seen, []
        amount, currency = seen.get("seen_amount"), seen.get("seen_currency", "COP")
        if amount:
            rows.append((self.tr("La pasarela dice: valor"), _said_amount(amount, currency)))
        if seen.get("seen_cus"):
            rows.append((self.tr("La pasarela dice: CUS"), seen["seen_cus"]))
        if seen.get("seen_bank"):
            rows.append((self.tr("La pasarela dice: banco"), seen["seen_bank"]))
        for debit in self.visit.manager.debits:
            said = (debit.amount.shown(), f"CUS {debit.cus or '—'}", debit.bank or "")
            rows.append((self.tr("Segundo débito"), " · ".join(filter(None, said))))
        return rows


def _said_amount(amount: str, currency: str) -> str:
    try:
        money = Money(Decimal(amount), currency)
    except (InvalidAmount, InvalidOperation):  # no amount of ours: as it came
        money = None
    return money.shown() if money and money.currency == "COP" else f"{currency} {amount}"
