"""A visit: what it drops when it ends, and that nothing of a member stays on any page."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from counterparts import HOLDER, MEMBER, PAYER, order
from kiosk_case import KioskCase, Sandbox, page_of, plain
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from kiosk.cooperative.member import MemberSession
from kiosk.cooperative.money import Money
from kiosk.cooperative.obligation import Obligation, ObligationKind, OtherAmount
from kiosk.cooperative.payment import Payment, State
from kiosk.member_core.connector import Availability, CoreStatus, CoreUnreachable, KeyPolicy
from kiosk.models.banks import BanksModel
from kiosk.models.payments import PaymentsModel
from kiosk.pse.gateway import Bank
from kiosk.teller.errors import DebtChanged
from kiosk.visit.jobs import Jobs
from kiosk.visit.problems import Trouble
from kiosk.visit.steps import Step
from kiosk.visit.visit import Limits, Visit

pytestmark = pytest.mark.qt_log_ignore("^GPUInfo not initialized", extend=True)

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
SESSION = MemberSession(MEMBER, NOW, must_change_key=False, token="t" * 30)


def payment(number: int, state: State, version: int = 3) -> Payment:
    """A payment made at that minute."""
    return Payment(
        f"{number:08d}-0000-4000-8000-000000000001", f"REF{number}", "PAM01", "placetopay", order(), PAYER,
        NOW.replace(minute=number), state=state, version=version,
    )  # fmt: skip


# -- Qt models ----------------------------------------------------------------------------


def test_payments_open_ones_first_and_the_newest_of_each(qapp: object) -> None:
    model = PaymentsModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.load(
        [payment(1, State.PENDING), payment(2, State.POSTED), payment(3, State.AT_BANK),
         payment(4, State.FAILED), payment(5, State.APPROVED)]
    )  # fmt: skip
    assert [model.payment(row).reference for row in range(5)] == ["REF3", "REF1", "REF5", "REF4", "REF2"]
    assert [found.reference for found in model.pending] == ["REF3", "REF1"]
    model.load([])
    assert model.rowCount() == 0
    del tester


def test_banks_one_is_picked_and_stays_so_while_it_is_there(qapp: object) -> None:
    model = BanksModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    one, two = Bank("1901", "Banco Uno"), Bank("1902", "Banco Dos")
    model.load([one, two])
    assert model.picked is None
    model.pick(1)
    model.load([two, one])
    assert model.picked == two
    assert [model.data(model.index(row), model.PICKED) for row in range(2)] == [True, False]
    model.load([one])
    assert model.picked is None
    del tester


# -- answers that come late ---------------------------------------------------------------


OPEN = CoreStatus(Availability.AVAILABLE, None, date(2026, 3, 2), True, KeyPolicy(4, 12, "digits"))


def owed(*keys: str, pesos: int = 185000) -> list[Obligation]:
    """Obligations on which that much is overdue."""
    due, no_other = Money.of(pesos), OtherAmount(False, Money.of(0), None)
    return [
        Obligation(key, ObligationKind.LOAN, "Crédito", "881", True, None, due, None, None, due, no_other)
        for key in keys
    ]


class Desk:
    """Answers when the test lets it; remembers what it was asked."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.answer: object = None
        self.core_status = OPEN
        self.owed = owed("OB-881")
        self.asked: list[str] = []
        self.connector = self.checkout = self.journal = self.banks = self

    def __getattr__(self, name: str) -> Callable[..., object]:
        def ask(*_: object, **__: object) -> object:
            self.asked.append(name)
            assert self.open.wait(30)
            if isinstance(self.answer, Exception):
                raise self.answer
            if name == "payments_of":
                return [], []
            if name == "obligations" and self.owed:
                return self.owed
            return self.core_status if name == "status" else self.answer

        return ask


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def visit(qtbot: QtBot, desk: Desk) -> Iterator[Visit]:
    jobs = Jobs()
    yield Visit(jobs, lambda: desk, Limits(Money.of(1000)))  # type: ignore[arg-type, return-value]
    desk.open.set()
    jobs.close()


def test_the_same_question_is_not_asked_twice_at_once(visit: Visit, desk: Desk, qtbot: QtBot) -> None:
    known = visit.paying.payment = payment(1, State.PENDING, version=2)
    desk.answer = known
    for _ in range(20):
        visit.paying.ask_now()
    qtbot.waitUntil(lambda: bool(desk.asked), timeout=20_000)
    desk.open.set()
    settle(visit, qtbot)
    assert desk.asked == ["get", "ask"]
    visit.paying.ask_now()
    settle(visit, qtbot)
    assert desk.asked == ["get", "ask"] * 2
    desk.answer = CoreUnreachable("away")
    visit.paying.ask_now()
    settle(visit, qtbot)
    visit.paying.ask_now()
    settle(visit, qtbot)
    assert desk.asked == ["get", "ask"] * 2 + ["get"] * 2


def test_closing_drops_what_waits_without_a_word(qtbot: QtBot, capfd: pytest.CaptureFixture[str]) -> None:
    jobs, held, ran = Jobs(), threading.Event(), []
    for lane, count in (("ask", 3), ("sonda", 1), ("money", 1)):
        for _ in range(count):
            jobs.run(lane, lambda: held.wait(30), ran.append, ran.append)
        jobs.run(lane, lambda lane=lane: ran.append(lane), ran.append, ran.append)
    threading.Timer(0.3, held.set).start()
    jobs.close()
    assert ran == ["money"]  # a payment's next step is never dropped, a question is
    assert capfd.readouterr().err == ""


def test_a_closed_core_is_said_before_anyone_types(visit: Visit, desk: Desk, qtbot: QtBot) -> None:
    desk.core_status = replace(OPEN, availability=Availability.UNAVAILABLE, message="Estamos en cierre.")
    desk.open.set()
    visit.begin()
    settle(visit, qtbot)
    assert (visit.step, visit.core_message) == (Step.OUT_OF_SERVICE, "Estamos en cierre.")
    visit.finish()
    desk.core_status = replace(OPEN, availability=Availability.PAYMENTS_QUEUED, message="Se aplican mañana.")
    visit.begin()
    settle(visit, qtbot)
    assert (visit.step, visit.core_message) == (Step.BEFORE, "Se aplican mañana.")


def settle(visit: Visit, qtbot: QtBot) -> None:
    """Wait until whatever was handed to the lanes has been answered."""
    over: list[object] = []
    for lane in ("ask", "ask", "ask", "money"):
        visit._jobs.run(lane, lambda: None, over.append, over.append)
    qtbot.waitUntil(lambda: len(over) == 4, timeout=20_000)


@pytest.mark.parametrize("answer", [SESSION, CoreUnreachable("late")], ids=["an answer", "a failure"])
def test_what_comes_after_the_visit_is_dropped(
    visit: Visit, desk: Desk, qtbot: QtBot, answer: object
) -> None:
    desk.answer = answer
    visit.signing_in.sign_in(HOLDER.document, "4821")
    assert visit.busy == "signing_in"
    visit.finish()
    moved, troubled = QSignalSpy(visit.moved), QSignalSpy(visit.troubled)
    desk.open.set()
    settle(visit, qtbot)
    assert visit.step is Step.WELCOME
    assert (visit.signing_in.session, visit.problem, visit.signing_in.document, visit.busy) == (
        None,
        None,
        None,
        "",
    )
    assert (moved.count(), troubled.count()) == (0, 0)


def test_a_debt_that_changed_is_chosen_anew_and_nothing_is_paid(
    visit: Visit, desk: Desk, qtbot: QtBot
) -> None:
    visit.signing_in.session, visit.paying.order, visit.paying.holder = SESSION, order(), HOLDER
    visit._stand_at(Step.REVIEW)
    desk.answer = DebtChanged(owed("OB-881", pesos=90000))
    desk.open.set()
    visit.paying.pay()
    settle(visit, qtbot)
    assert desk.asked == ["pay"]
    assert (visit.step, visit.paying.order, visit.paying.payment) == (Step.CHOOSE, None, None)
    assert visit.problem is not None
    assert visit.problem.trouble is Trouble.DEBT_CHANGED
    assert visit.paying.obligations.obligation(0).overdue == Money.of(90000)
    assert visit.paying.holder == HOLDER


def test_late_obligations_are_not_the_next_members(visit: Visit, desk: Desk, qtbot: QtBot) -> None:
    visit.signing_in.session = SESSION
    visit.paying.open_choice()
    visit.finish()
    visit.begin()
    desk.open.set()
    settle(visit, qtbot)
    assert visit.step is Step.BEFORE
    assert visit.paying.obligations.rowCount() == 0


def test_a_payment_that_opens_after_the_member_left_is_nobodys_on_screen(
    visit: Visit, desk: Desk, qtbot: QtBot
) -> None:
    visit.signing_in.session, visit.paying.order, visit.paying.holder = SESSION, order(), HOLDER
    visit._stand_at(Step.REVIEW)
    desk.answer = payment(1, State.AT_BANK)
    visit.paying.pay()
    qtbot.waitUntil(lambda: "pay" in desk.asked, timeout=20_000)
    visit.finish()
    desk.open.set()
    settle(visit, qtbot)
    assert visit.step is Step.WELCOME
    assert visit.paying.payment is None


def test_one_question_at_a_time(visit: Visit, desk: Desk, qtbot: QtBot) -> None:
    visit.signing_in.session, visit.paying.order, visit.paying.holder = SESSION, order(), HOLDER
    visit._stand_at(Step.REVIEW)
    desk.answer = payment(1, State.AT_BANK)
    for _ in range(5):
        visit.paying.pay()
    desk.open.set()
    settle(visit, qtbot)
    assert desk.asked.count("pay") == 1
    assert visit.step is Step.BANK


def test_an_older_answer_does_not_take_a_newer_one_back(visit: Visit, desk: Desk, qtbot: QtBot) -> None:
    visit.paying.payment = payment(1, State.POSTED, version=6)
    visit._stand_at(Step.RESULT)
    for late in (payment(1, State.PENDING, version=5), payment(2, State.DECLINED, version=9)):
        desk.answer = late
        visit.paying.ask_now()
        desk.open.set()
        settle(visit, qtbot)
        assert visit.paying.payment.state is State.POSTED


def test_leaving_at_the_bank_raises_left_and_signs_out(visit: Visit, desk: Desk, qtbot: QtBot) -> None:
    visit.signing_in.session, visit.paying.payment = SESSION, payment(1, State.AT_BANK)
    visit._stand_at(Step.BANK)
    ended = QSignalSpy(visit.ended)
    desk.open.set()
    visit.finish()
    settle(visit, qtbot)
    assert sorted(desk.asked) == ["left", "sign_out"]
    assert ended.count() == 1


def test_a_live_payment_becomes_a_result_when_it_ends(visit: Visit, desk: Desk, qtbot: QtBot) -> None:
    visit.paying.payment = payment(1, State.PENDING)
    visit._stand_at(Step.WAITING)
    desk.open.set()
    desk.answer = replace(visit.paying.payment, state=State.DECLINED, version=4)
    visit.paying.ask_now()
    qtbot.waitUntil(lambda: visit.step is Step.RESULT, timeout=20_000)
    assert visit.paying.payment.state is State.DECLINED


# -- what stays behind --------------------------------------------------------------------

NEXT_DUE = 2


def traces(case: KioskCase, *secrets: str) -> list[str]:
    """Where any of these texts is still written, on whatever page, seen or not."""
    return [
        f"{page_of(widget)}: {widget.objectName()} «{text}»"
        for widget in case.window.findChildren(QWidget)
        if page_of(widget) != "page_welcome"  # its guide names the invented members to all
        for text in map(plain, words_of(widget))
        if any(secret in text for secret in (*secrets, UNDO))
    ]


def words_of(widget: QWidget) -> Iterator[str]:
    """Everything that a widget says, may say, or would say again."""
    yield from (widget.accessibleName(), widget.accessibleDescription(), widget.toolTip())
    if isinstance(widget, QLabel | QLineEdit | QAbstractButton):
        yield widget.text()
    if isinstance(widget, QLineEdit) and widget.isUndoAvailable():
        yield UNDO
    if isinstance(widget, QAbstractItemView) and widget.model() is not None:
        model = widget.model()
        yield from (str(model.data(model.index(row, 0))) for row in range(model.rowCount()))


UNDO = "can be undone"
SECRETS = ("María", "Ospina", "1900100101", "mafe", "maria.ospina", "3001234567", "4821", "ma***@", "88-1204")


@pytest.mark.parametrize(
    "where",
    [
        Step.SIGN_IN,
        Step.MENU,
        Step.CHOOSE,
        Step.SUMMARY,
        Step.HOLDER,
        Step.REVIEW,
    ],
)
def test_nothing_of_a_member_who_left_remains(case: KioskCase, where: Step) -> None:
    case.to_step(where)
    if where is Step.SIGN_IN:
        case.type("document_number", "1900100101")
        case.type("key", "4821")
    elif where is Step.HOLDER:
        case.fill_holder()
    assert traces(case, *SECRETS)
    case.leave()
    assert traces(case, *SECRETS) == []
    visit = case.visit
    kept = (
        visit.signing_in.document,
        visit.signing_in.session,
        visit.signing_in.recovery,
        visit.paying.order,
        visit.paying.holder,
        visit.paying.payment,
    )
    assert kept == (None,) * len(kept)


def test_nothing_of_a_member_who_paid_remains(case: KioskCase, sandbox: Sandbox) -> None:
    case.to_step(Step.BANK)
    sandbox.decide(case.visit.paying.payment.redirect_url, "approve")
    case.arrive(Step.RESULT)
    case.wait(lambda: case.visit.paying.payment.state is State.POSTED)
    payment = case.visit.paying.payment
    case.click("show_receipt")
    case.arrive(Step.RECEIPT)
    case.wait(lambda: case.says("Comprobante"))
    case.click("go")
    case.arrive(Step.WELCOME)
    assert traces(case, *SECRETS, payment.reference, payment.cus or payment.reference) == []


def test_nothing_of_a_member_who_recovered_the_key_remains(case: KioskCase) -> None:
    case.to_step(Step.SIGN_IN)
    case.click("recover_key")
    case.arrive(Step.RECOVER)
    case.type("document_number", "1900100101")
    case.click("go")
    case.wait(lambda: case.says("Revise su correo"))
    case.click("go")
    case.arrive(Step.SIGN_IN)
    case.leave()
    assert traces(case, *SECRETS) == []


def test_nothing_of_a_member_at_first_entry_remains(case: KioskCase) -> None:
    case.sign_in("1900100105", "2468")
    case.arrive(Step.CHANGE_KEY)
    case.click("back")
    case.arrive(Step.WELCOME)
    assert traces(case, "1900100105", "Valentina", "2468") == []


def test_nothing_remains_of_a_member_who_went_back_to_the_start(case: KioskCase) -> None:
    case.sign_in(key="0000")
    case.click("back")
    case.click("back")
    case.arrive(Step.WELCOME)
    assert traces(case, *SECRETS) == []
    assert case.visit.signing_in.document is None


def test_another_member_after_a_session_that_is_over(case: KioskCase, sandbox: Sandbox) -> None:
    case.to_step(Step.REVIEW)
    for _ in range(4):
        case.click("back")
    case.arrive(Step.MENU)
    sandbox.core(advance_seconds=3600)
    case.click("pay")
    case.arrive(Step.SIGN_IN)
    case.sign_in("1900100102", "1357")
    case.arrive(Step.MENU)
    case.click("pay")
    case.arrive(Step.CHOOSE)
    case.touch_obligation("FV-100102", NEXT_DUE)
    case.to_step(Step.SUMMARY)
    case.click("go")
    case.arrive(Step.HOLDER)
    assert case.text_of("holder_name") == "Gloria Inés Mosquera Riascos"
    assert traces(case, "María", "maria.ospina", "1900100101") == []


def test_leaving_while_something_is_asked_leaves_no_trace(case: KioskCase, sandbox: Sandbox) -> None:
    case.to_step(Step.SIGN_IN)
    case.type("document_number", "1900100101")
    case.type("key", "4821")
    sandbox.core(faults={"operation": "createMemberSession", "kind": "delay", "seconds": 2})
    case.click("go")
    assert case.text_of("go") == "Ingresando…"
    case.leave()
    case.to_step(Step.SIGN_IN)
    assert case.text_of("go") == "Ingresar"
    assert case.find("back").isEnabled()
