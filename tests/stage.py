"""A window of any size on which every page can be put with real-looking, long content."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from types import SimpleNamespace

from PySide6.QtCore import QCoreApplication, QTranslator
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication
from receipt_cases import ISSUER, PAID

from kiosk.app.sandboxes import own_guide
from kiosk.app.window import place_of
from kiosk.cooperative.member import (
    AccountHolder,
    Document,
    DocumentType,
    HolderKind,
    Member,
    MemberSession,
)
from kiosk.cooperative.money import Money
from kiosk.cooperative.obligation import NextDue, Obligation, ObligationKind, OtherAmount
from kiosk.cooperative.payment import Payer, Payment, Review, State
from kiosk.cooperative.refusals import Refused
from kiosk.cooperative.second_debit import SecondDebit
from kiosk.member_core.connector import Recovery
from kiosk.receipt.document import receipt_of
from kiosk.receipt.printer import PaperState
from kiosk.settings import Settings
from kiosk.teller.desk import Alarms
from kiosk.teller.manager import DayClose, Difference, Gap
from kiosk.tour.hands import settle
from kiosk.views.frame.main_window import MainWindow
from kiosk.views.frame.pages import page_makers
from kiosk.views.member import result
from kiosk.views.member.amount_entry import CardLayer
from kiosk.views.parts.languages import Languages
from kiosk.views.parts.theme import DESIGN_INCHES, FAMILY, Theme, load_fonts
from kiosk.visit.problems import Problem, Trouble
from kiosk.visit.steps import Step
from kiosk.visit.visit import Limits, Visit

NOW = datetime(2026, 11, 23, 15, 42, 18, tzinfo=UTC)
LATE = date(2026, 1, 23)
NAME = "María Fernanda de los Ángeles Rodríguez-Castañeda Zúñiga"
DOCUMENT = Document(DocumentType.CC, "1900100101")
SESSION = MemberSession(
    Member("A-1", NAME, "******0101", "ma***@correo.example"), NOW, must_change_key=False, token="x" * 30
)
HOLDER = AccountHolder(
    HolderKind.NATURAL, DOCUMENT, NAME, "maria.fernanda.rodriguez.castaneda@correo.example", "3001234567"
)
PAYER = Payer("A-1", NAME, "CC ******0101", NAME, "CC ******0101")
SEEN = {
    "seen_amount": "98765433", "seen_currency": "COP", "seen_cus": "3501778",
    "seen_bank": "Banco Cooperativo Coopcentral de Occidente",
}  # fmt: skip
DEBIT = SecondDebit(
    "00000000-0000-4000-8000-000000000001", "1190001", Money.of(98_765_433), "3501779",
    "Banco Cooperativo Coopcentral de Occidente", NOW, NOW,
)  # fmt: skip
GATEWAY = SimpleNamespace(
    abilities=SimpleNamespace(other_device=True),
    allowed_hosts=lambda: frozenset({"checkout.example"}),
    is_return=lambda _: False,
)
OWED = (
    (ObligationKind.LOAN, "Crédito libre inversión compra de cartera", "88-1204-000317", 12_345_678),
    (ObligationKind.CONTRIBUTION, "Aportes sociales", "004512", 60_000),
    (ObligationKind.FUNERAL_FUND, "Fondo vida servicio funerario", "004512", 0),
    (ObligationKind.ADDITIONAL_SERVICE, "Plan odontológico familiar", "7701", 0),
    (ObligationKind.LIFE_FUND, "Fondo vida", "004512", 34_000),
)


@cache
def obligations(count: int = 30) -> tuple[Obligation, ...]:
    """Many rows: large figures, long names, nothing due, not payable here."""
    made = []
    for number in range(count):
        kind, name, reference, overdue = OWED[number % len(OWED)]
        payable = kind is not ObligationKind.ADDITIONAL_SERVICE
        due = NextDue(Money.of(12_345_678), date(2026, 12, 28)) if payable else None
        made.append(
            Obligation(
                str(number), kind, name, reference, payable, None if payable else "legal_collection",
                Money.of(overdue), LATE if overdue else None, due, Money.of(98_765_432),
                OtherAmount(payable, Money.of(10_000), Money.of(98_765_432)),
            )
        )  # fmt: skip
    return tuple(made)


class Stretched(QTranslator):
    """A language of no country whose words are a fifth longer than the Spanish ones: each vowel twice.

    What stands in braces stays; accents tell at once which text went by the catalogue.
    """

    def translate(self, _context: str, text: str, *_: object) -> str:
        parts = re.split(r"(\{[^}]*\}|<[^>]*>)", text)
        return "".join(part if n % 2 else re.sub("([aeo])", r"\1\1", part) for n, part in enumerate(parts))

    def isEmpty(self) -> bool:
        return False


class Jobs:
    """Answers the questions at once; what moves money is never answered."""

    def run(self, lane: str, work: Callable, done: Callable, _failed: Callable) -> None:  # type: ignore[type-arg]
        if lane == "ask":
            done(work())


class Stage:
    """One window and its visit; `put` shows a page, `scenes` names them all."""

    def __init__(self, width: int, height: int, inches: float = DESIGN_INCHES) -> None:
        app = QApplication.instance()
        self._stretched: Stretched | None = None
        load_fonts()
        result._PAINT_FIRST = 0  # or what is printed would be said after a scene was looked at
        font = QFont(FAMILY)
        font.setFeature(QFont.Tag("tnum"), 1)
        app.setFont(font)
        self._paid: Payment | None = None
        self.news: list[Payment] = []
        self.payments = [self.payment(state) for state in (State.POSTED, State.PENDING, State.DECLINED)]
        self.visit = Visit(Jobs(), self._desk, Limits(Money.of(1000)))
        self.theme = Theme(width, height, inches=inches)
        settings = Settings.of({"terminal": {"demonstration": True}})
        self.window = MainWindow(self.visit, self.theme, place_of(settings, own_guide()), page_makers())
        self.window.resize(width, height)
        self.window.show()
        self.scenes: dict[str, Callable[[], object]] = {
            **{
                step.value: lambda step=step: self.visit._stand_at(step)
                for step in Step
                if step not in (Step.BANK, Step.RESULT)
            },
            **{
                state.name.lower(): lambda state=state: self._result(state)
                for state in (State.POSTED, State.PENDING, State.DECLINED, State.FAILED)
            },
            "sign_in_wrong": self._sign_in_wrong,
            "sign_in_keys": lambda: self._keys(Step.SIGN_IN, "number", "digits"),
            "own_pin_keys": lambda: self._keys(Step.MANAGER_OWN_PIN, "new", "digits"),
            "recover_sent": self._recover_sent,
            "recover_office": self._recover_office,
            "choose_other": self._choose_other,
            "choose_too_many": self._choose_too_many,
            "choose_nothing": lambda: (
                self.visit.paying.obligations.load([]),
                self.visit._stand_at(Step.CHOOSE),
            ),
            "holder_wrong": self._holder_wrong,
            "holder_keys": lambda: self._keys(Step.HOLDER, "email", "email"),
            "result_disputed": lambda: self._result(State.DECLINED, Review.LATE_APPROVAL),
            "menu_late_news": lambda: self._news(self.payment(State.POSTED)),
            "menu_twice_news": lambda: self._news(self.payment(State.POSTED), Review.PAID_TWICE),
            "manager_case_twice": self._case_twice,
            "payments_none": lambda: (
                self.payments.clear(),
                self.visit._stand_at(Step.PAYMENTS),
                self.visit.payments.load([]),
            ),
        }

    def close(self) -> None:
        self.look(large=False, contrast=False, language="es")
        self.window.close()
        self.window.deleteLater()
        settle()
        Languages.use("es")
        QApplication.instance().setStyleSheet("")

    def look(self, *, large: bool, contrast: bool, language: str, reach: bool = False) -> None:
        """Text, contrast, language and reach, changed live as a member changes them."""
        if self._stretched is not None:
            QCoreApplication.removeTranslator(self._stretched)
            self._stretched = None
        Languages.use("es" if language == "stretched" else language)
        if language == "stretched":
            self._stretched = Stretched()
            QCoreApplication.installTranslator(self._stretched)
        self.theme.set_comfort(large=large, contrast=contrast, reach=reach)
        settle()

    @property
    def stretched(self) -> bool:
        """Whether every word is longer than in any language that is shipped."""
        return self._stretched is not None

    def put(self, scene: str) -> None:
        """Fill the visit anew and show a scene."""
        visit = self.visit
        visit.signing_in.document, visit.signing_in.session, visit.signing_in.recovery = (
            DOCUMENT,
            SESSION,
            None,
        )
        visit.paying.holder = None if scene.startswith("holder") else HOLDER
        page = self.window.current
        if page.findChild(CardLayer) is not None:
            page.findChild(CardLayer).hide()
        visit.paying.obligations.load(obligations())
        visit.paying.obligations.choose_all_overdue()
        visit.problem = None
        visit.paying.order = visit.paying.obligations.order()
        self.payments[:] = [self.payment(state) for state in (State.POSTED, State.PENDING, State.DECLINED)]
        visit.payments.load(self.payments)
        visit.news, self.news = [], []
        visit.member_changed.emit()
        visit.manager.case = self._case()
        visit.manager.find("x")
        visit.paying.payment = self.payment(State.PENDING if scene in ("waiting", "phone") else State.POSTED)
        visit.paying.payment = replace(
            visit.paying.payment, redirect_url="https://checkout.example/spa/session/1/abc"
        )
        visit.paying.gateway = GATEWAY
        self.scenes[scene]()
        settle()

    def payment(self, state: State) -> Payment:
        """A payment of twenty lines."""
        if self._paid is None:
            chosen = Visit(Jobs(), self._desk, Limits(Money.of(1000))).paying.obligations
            chosen.load(obligations(50))
            chosen.choose_all_overdue()
            self._paid = replace(
                PAID,
                reference="DEMO012611230042",
                order=chosen.order(),
                payer=PAYER,
                bank="Banco Cooperativo Coopcentral de Occidente",
            )
        return replace(
            self._paid,
            payment_id=f"{list(State).index(state):08d}-0000-4000-8000-000000000001",
            state=state,
            cus="3501777" if state is not State.FAILED else None,
        )

    def _desk(self) -> SimpleNamespace:
        receipts = SimpleNamespace(
            of=lambda payment, *, copy, language: receipt_of(
                payment, ISSUER, now=NOW, copy=copy, demonstration=True, language=language
            ),
            save=lambda *_: None,
        )
        printed = SimpleNamespace(paper=PaperState.OK)
        return SimpleNamespace(
            receipts=receipts,
            printer=SimpleNamespace(print=lambda _: printed),
            journal=SimpleNamespace(of_member=lambda _: list(self.payments)),
            payments_of=lambda _: (list(self.payments), list(self.news)),
            told=lambda _: None,
            alarms=lambda: Alarms(12, Refused("invalid_request", 123, 45, NOW)),
            manager=SimpleNamespace(
                cases=lambda: [self._case()],
                day=self._day,
                find=lambda _: self.payments,
                evidence=lambda _: (dict(SEEN), [DEBIT]),
            ),
        )

    def _case(self) -> Payment:
        return replace(self.payment(State.PENDING), review=Review.NOT_OURS, gateway_id="1190001-1795427546")

    def _day(self, day: date) -> DayClose:
        gaps = tuple(Difference(gap, "DEMO012611230042", Money.of(98765433)) for gap in Gap)
        return DayClose(day, tuple(self.payments), gaps)

    # -- scenes ---------------------------------------------------------------------------

    def _trouble(self, step: Step, problem: Problem) -> None:
        self.visit._stand_at(step)
        self.visit.problem = problem
        self.visit.troubled.emit()

    def _result(self, state: State, review: Review | None = None) -> None:
        self.visit.paying.payment = replace(self.payment(state), review=review)
        self.visit._stand_at(Step.RESULT)

    def _news(self, payment: Payment, review: Review | None = None) -> None:
        self.news = [replace(payment, review=review)]
        self.visit._stand_at(Step.MENU)
        self.visit._have_payments((list(self.payments), list(self.news)))

    def _case_twice(self) -> None:
        self.visit.manager.case = replace(self.payment(State.POSTED), review=Review.PAID_TWICE)
        self.visit._stand_at(Step.MANAGER_CASE)

    def _sign_in_wrong(self) -> None:
        self._trouble(Step.SIGN_IN, Problem(Trouble.LOCKED, until="16:45"))
        self.window.current.number.show_problem("El número no puede tener más de 10 cifras.")

    def _recover_sent(self) -> None:
        self.visit._stand_at(Step.RECOVER)
        self.visit.signing_in._recovered(Recovery("maria.fer***@correo.example", 30))

    def _recover_office(self) -> None:
        self._trouble(Step.RECOVER, Problem(Trouble.NO_EMAIL))

    def _choose_other(self) -> None:
        self.visit._stand_at(Step.CHOOSE)
        page = self.window.current
        page._ask_other(0)
        page.entry.field.edit.setText("98.765.433")
        page.entry._take_amount()

    def _choose_too_many(self) -> None:
        self._trouble(Step.CHOOSE, Problem(Trouble.TOO_MANY_LINES))

    def _holder_wrong(self) -> None:
        self.visit._stand_at(Step.HOLDER)
        page = self.window.current
        for field in (page.number, page.email, page.mobile):
            field.edit.setText("0")
        page._name_holder()
        self.window.keyboards.show(None)

    def _keys(self, step: Step, field: str, keyboard: str) -> None:
        self.visit._stand_at(step)
        edit = getattr(self.window.current, field).edit
        edit.setFocus()
        self.window.keyboards.show(edit, keyboard)
