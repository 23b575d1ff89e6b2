"""The manager: the PIN and its lock, cases and their end, the day against the core; and on the real pages."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from counterparts import MORNING, PAYER, Clock, order
from kiosk_case import KioskCase, plain
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from test_explain import KIOSK

from kiosk.app.demo import MANAGER_PIN
from kiosk.cooperative.bogota import bounds, day_of
from kiosk.cooperative.money import Money
from kiosk.cooperative.payment import Event, Payment, Review, State
from kiosk.cooperative.second_debit import SecondDebit
from kiosk.journal.journal import Journal
from kiosk.member_core.connector import CoreUnreachable, PostingStatus, RecordedPayment
from kiosk.teller.manager import Difference, Gap, Manager
from kiosk.teller.pin import FIRST, OwnPin, PinGate, PinLocked, WrongPin, hashed
from kiosk.visit.steps import Step

pytestmark = pytest.mark.qt_log_ignore("^GPUInfo not initialized", extend=True)

# -- the PIN -----------------------------------------------------------------------------------


class Steady:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def gate_of(folder: Path, given: str, steady: Callable[[], float] = time.monotonic) -> PinGate:
    return PinGate(OwnPin(folder / "manager-pin", given), steady)


def tried(gate: PinGate, pin: str) -> WrongPin | PinLocked | None:
    try:
        gate.enter(pin)
    except (WrongPin, PinLocked) as refused:
        return refused
    return None


def test_wrong_pins_lock_longer_each_time_and_the_right_one_forgets_them(tmp_path: Path) -> None:
    steady = Steady()
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # there are thirty tries
    gate = gate_of(tmp_path, cheap.hash("724913"), steady)
    for seconds in (300, 600, 1200, 2400, 3600, 3600):
        assert [getattr(tried(gate, "000000"), "left", None) for _ in range(4)] == [4, 3, 2, 1]
        locked = tried(gate, "000000")
        assert isinstance(locked, PinLocked)
        assert locked.seconds == seconds
        assert isinstance(tried(gate, "724913"), PinLocked), "not even the right one while it is locked"
        steady.seconds += seconds
    assert tried(gate, "724913") is None
    assert isinstance(tried(gate, "1"), WrongPin)


@pytest.mark.parametrize(
    "pin", ["", "12345", "1234567890123", "abcdef", "12 456", "111111", "123456", "901234", "098765"]
)
def test_a_pin_that_is_none_or_too_easy_is_refused(pin: str) -> None:
    with pytest.raises(ValueError, match="PIN"):
        hashed(pin)


def test_a_damaged_hash_admits_nobody(tmp_path: Path) -> None:
    assert isinstance(tried(gate_of(tmp_path, "not a hash"), "724913"), WrongPin)


def test_manager_pin_writes_a_file_that_only_we_read(tmp_path: Path) -> None:
    file = tmp_path / "pin"

    def run(typed: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [KIOSK, "manager-pin", file], input=typed, capture_output=True, text=True, check=False
        )

    assert run("724913\n724914\n").returncode == 2
    assert run("12\n12\n").returncode == 2
    assert not file.exists()
    assert run("724913\n724913\n").returncode == 0
    assert file.stat().st_mode & 0o777 == 0o600
    assert "724913" not in file.read_text()
    assert tried(gate_of(tmp_path, file.read_text().strip()), "724913") is None


def test_a_first_pin_is_to_be_changed_and_then_admits_no_more(tmp_path: Path) -> None:
    given = FIRST + hashed("724913")
    gate = gate_of(tmp_path, given)
    assert gate.enter("724913") is True
    with pytest.raises(WrongPin):
        gate.change("724914", "135790")
    for bad in ("724913", "111111", "12345"):
        with pytest.raises(ValueError, match="PIN"):
            gate.change("724913", bad)
    assert gate.enter("724913") is True
    gate.change("724913", "135790")
    for again in (gate, gate_of(tmp_path, given)):
        assert again.enter("135790") is False
        assert isinstance(tried(again, "724913"), WrongPin)
    file = tmp_path / "manager-pin"
    assert file.stat().st_mode & 0o777 == 0o600
    assert "135790" not in file.read_text()
    assert [each.name for each in tmp_path.iterdir()] == ["manager-pin"]


def test_a_new_pin_from_whoever_runs_the_terminal_ends_the_own_one(tmp_path: Path) -> None:
    given = hashed("724913")
    gate_of(tmp_path, given).change("724913", "135790")
    assert isinstance(tried(gate_of(tmp_path, given), "724913"), WrongPin)
    anew = gate_of(tmp_path, hashed("864209"))
    assert anew.enter("864209") is False
    assert isinstance(tried(anew, "135790"), WrongPin)


def test_an_own_pin_half_written_admits_by_the_one_before(tmp_path: Path) -> None:
    (tmp_path / "manager-pin").write_bytes(b"\xff\x00 half")
    assert gate_of(tmp_path, FIRST + hashed("724913")).enter("724913") is True


# -- the day -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        ("2026-03-02T04:59:59+00:00", date(2026, 3, 1)),
        ("2026-03-02T05:00:00+00:00", date(2026, 3, 2)),
        ("2026-04-01T04:59:59+00:00", date(2026, 3, 31)),
        ("2027-01-01T04:59:59+00:00", date(2026, 12, 31)),
        ("2028-03-01T04:59:59+00:00", date(2028, 2, 29)),
    ],
)
def test_days_are_bogotas(instant: str, day: date) -> None:
    moment = datetime.fromisoformat(instant)
    assert day_of(moment) == day
    since, until = bounds(day)
    assert since <= moment < until
    assert until - since == timedelta(days=1)


class Core:
    """A list of what it recorded, or no answer."""

    def __init__(self, *rows: RecordedPayment) -> None:
        self.rows: list[RecordedPayment] | None = list(rows)

    def recorded(self, since: datetime, until: datetime) -> list[RecordedPayment]:
        if self.rows is None:
            raise CoreUnreachable("away")
        return [row for row in self.rows if since <= row.received_at < until]


def recorded(payment: Payment, **changed: object) -> RecordedPayment:
    usual = RecordedPayment(
        payment.payment_id, PostingStatus.POSTED, "R-1", payment.total, Money.of(0), "PAM01", "scripted",
        "900", "55501", payment.created_at + timedelta(minutes=3),
    )  # fmt: skip
    return replace(usual, **changed)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    opened = Journal.open(tmp_path / "journal.sqlite")
    yield opened
    opened.close()


def paid(journal: Journal, key: str, now: datetime = MORNING) -> Payment:
    payment = journal.prepare(order(key), PAYER, terminal="PAM01", gateway="scripted", now=now)
    for event in (Event.SENT, Event.OPENED, Event.SEEN_OK, Event.APPLIED):
        payment = journal.record(payment, event, now=now)
    return payment


def test_the_day_is_counted_and_compared_with_the_core(journal: Journal) -> None:
    today, tomorrow = MORNING, MORNING + timedelta(days=1)
    same, missing, other, attention, reversed_ = (paid(journal, f"OB-{number}") for number in range(5))
    late = paid(journal, "OB-7", tomorrow)
    waiting = journal.prepare(order("OB-8"), PAYER, terminal="PAM01", gateway="scripted", now=today)
    journal.record(waiting, Event.SENT, now=today)
    core = Core(
        recorded(same), recorded(other, total=Money.of(5)), recorded(late),
        recorded(attention, status=PostingStatus.NEEDS_ATTENTION, unapplied=Money.of(7)),
        recorded(reversed_, status=PostingStatus.REVERSED),
        recorded(same, payment_id="somebody-elses", kiosk_id="CAL02"),
        recorded(same, payment_id="nobody-knows"),
    )  # fmt: skip
    manager = Manager(journal, core, "PAM01", None, Clock(tomorrow))  # type: ignore[arg-type]
    found = manager.day(day_of(today))
    assert found.of(State.POSTED) == (5, Money.of(5 * 185000))
    assert found.of(State.REQUESTED, State.AT_BANK, State.PENDING) == (1, Money.of(185000))
    assert found.differences is not None
    assert set(found.differences) == {
        Difference(Gap.MISSING_IN_CORE, missing.reference, missing.total),
        Difference(Gap.OTHER_AMOUNT, other.reference, Money.of(5)),
        Difference(Gap.NEEDS_ATTENTION, attention.reference, Money.of(7)),
        Difference(Gap.REVERSED, reversed_.reference, reversed_.total),
        Difference(Gap.UNKNOWN_HERE, "nobody-knows", same.total),
    }
    core.rows = None
    assert manager.day(day_of(today)).differences is None


def test_a_terminal_without_a_pin_admits_nobody(journal: Journal) -> None:
    manager = Manager(journal, Core(), "PAM01", None, Clock(MORNING))  # type: ignore[arg-type]
    with pytest.raises(PinLocked):
        manager.enter(MANAGER_PIN)


# -- on the pages ------------------------------------------------------------------------------


def knock(case: KioskCase, times: int = 7) -> None:
    for _ in range(times):
        QTest.mouseClick(case.window, Qt.MouseButton.LeftButton, pos=QPoint(20, 60))


def admitted(case: KioskCase) -> None:
    knock(case)
    case.arrive(Step.MANAGER_PIN)
    case.type("manager_pin", MANAGER_PIN)
    case.click("go")
    case.arrive(Step.MANAGER)


def flagged(case: KioskCase) -> Payment:
    journal = case.desk().journal
    payment = journal.prepare(
        order("OB-881"), PAYER, terminal="DEMO01", gateway="placetopay", now=datetime.now(UTC)
    )
    payment = journal.record(payment, Event.SENT, now=datetime.now(UTC))
    payment = journal.record(payment, Event.LEFT, now=datetime.now(UTC), cus="7788990")
    return journal.flag(payment, Review.LOST_CREATION, now=datetime.now(UTC))


def test_only_seven_knocks_while_nobody_is_served_open_the_door(case: KioskCase) -> None:
    knock(case, 6)
    assert case.visit.step is Step.WELCOME
    case.to_step(Step.MENU)
    knock(case)
    assert case.visit.step is Step.MENU


def test_a_wrong_pin_is_counted_and_says_nothing_else(case: KioskCase) -> None:
    knock(case)
    case.arrive(Step.MANAGER_PIN)
    assert not case.find("go").isEnabled()
    case.type("manager_pin", "999999")
    case.click("go")
    case.wait(lambda: case.says("El PIN no es correcto. Quedan 4 intentos."))
    assert case.find("manager_pin").text() == ""
    case.click("back")
    case.arrive(Step.WELCOME)


def test_the_first_pin_opens_nothing_until_there_is_an_own_one(case: KioskCase) -> None:
    pin = case.desk().manager._gate._own  # type: ignore[union-attr]
    pin._given = FIRST + pin._given
    knock(case)
    case.arrive(Step.MANAGER_PIN)
    case.type("manager_pin", MANAGER_PIN)
    case.click("go")
    case.arrive(Step.MANAGER_OWN_PIN)
    assert case.says("Cree su propio PIN", "Salir")
    for current, new, again, wrong in (
        (MANAGER_PIN, "123456", "123456", "no una serie fácil"),
        (MANAGER_PIN, MANAGER_PIN, MANAGER_PIN, "distinto del actual"),
        (MANAGER_PIN, "135790", "135791", "no son iguales"),
        ("999999", "135790", "135790", "El PIN no es correcto"),
    ):
        for field, words in (("current_pin", current), ("new_pin", new), ("new_pin_again", again)):
            case.find(field).clear()
            case.type(field, words)
        case.click("go")
        case.wait(lambda said=wrong: case.says(said))
    case.click("back")
    case.arrive(Step.WELCOME)
    knock(case)
    case.arrive(Step.MANAGER_PIN)
    case.type("manager_pin", MANAGER_PIN)
    case.click("go")
    case.arrive(Step.MANAGER_OWN_PIN)
    for field, words in (("current_pin", MANAGER_PIN), ("new_pin", "135790"), ("new_pin_again", "135790")):
        assert case.find(field).text() == ""
        case.type(field, words)
    case.click("go")
    case.arrive(Step.MANAGER)
    case.click("change_pin")
    case.arrive(Step.MANAGER_OWN_PIN)
    assert case.says("Cambiar el PIN", "Atrás")
    case.click("back")
    case.arrive(Step.MANAGER)


def test_a_payment_that_is_not_found_is_told_of(case: KioskCase) -> None:
    flagged(case)
    admitted(case)
    case.wait(lambda: case.says("Casos por revisar: 1"))
    assert not case.says("Ningún pago")
    case.type("manager_search", "99999")
    case.wait(lambda: case.says("Ningún pago de este kiosco coincide"))
    case.find("manager_search").clear()
    case.type("manager_search", "7788990")
    case.wait(lambda: case.visit.manager.found.rowCount() == 1)
    assert not case.says("Ningún pago")
    case.window.keyboards.show(None)
    case.click("back")
    case.arrive(Step.WELCOME)
    assert case.visit.manager.sought == ""


def test_a_case_is_found_settled_and_gone(case: KioskCase) -> None:
    payment = flagged(case)
    admitted(case)
    case.wait(lambda: case.says("Casos por revisar: 1"))
    case.wait(lambda: case.says("Por confirmar"))
    case.type("manager_search", "7788990")
    case.wait(lambda: case.visit.manager.found.rowCount() == 1)
    case.window.keyboards.show(None)
    case.touch_row("manager_cases", 0)
    case.arrive(Step.MANAGER_CASE)
    assert case.says("No se sabe si el pago llegó a existir", "Si no está, no se hizo.", "7788990")
    assert not case.find("go").isEnabled()
    case.click("verdict_failed")
    for field, words in (
        ("case_by", "gerente"),
        ("case_reason", "no existe"),
        ("case_evidence", "carta 118"),
    ):
        case.type(field, words)
        assert case.window.page(Step.MANAGER_CASE).go_button.isEnabled() is (field == "case_evidence")
    case.done()
    case.click("go")
    case.arrive(Step.MANAGER)
    case.wait(lambda: case.says("Casos por revisar: 0", "Nada espera por usted."))
    settled = case.desk().journal.get(payment.payment_id)
    assert (settled.state, settled.review) == (State.FAILED, None)
    case.click("back")
    case.arrive(Step.WELCOME)
    assert case.visit.manager.cases.rowCount() == case.visit.manager.found.rowCount() == 0
    assert plain(case.window.page(Step.MANAGER_CASE).amount.text()) == ""


def paid_twice(case: KioskCase) -> Payment:
    journal, now = case.desk().journal, datetime.now(UTC)
    account = case.desk().gateway.account
    payment = journal.prepare(
        order("OB-881"), PAYER, terminal="DEMO01", gateway="placetopay", now=now, account=account
    )
    for event, facts in (
        (Event.SENT, {}), (Event.SEEN_OK, {"cus": "55501", "decided_at": now}),
        (Event.APPLIED, {"core_receipt": "R-1"}),
    ):  # fmt: skip
        payment = journal.record(payment, event, now=now, **facts)  # type: ignore[arg-type]
    debit = SecondDebit(payment.payment_id, "A-2", payment.total, "55777", "BANCO DOS", now, now)
    return journal.note_second_debit(payment, debit, now=now)


def test_a_further_debit_ends_as_returned_on_the_page(case: KioskCase) -> None:
    payment = paid_twice(case)
    admitted(case)
    case.wait(lambda: case.says("Casos por revisar: 1"))
    case.touch_row("manager_cases", 0)
    case.arrive(Step.MANAGER_CASE)
    case.wait(lambda: case.says("Segundo débito", "55777", "BANCO DOS", str(payment.account)))
    assert not any(case.sees(f"verdict_{each}") for each in ("posted", "declined", "failed"))
    case.click("verdict_returned")
    for field, words in (("case_by", "gerente"), ("case_reason", "doble"), ("case_evidence", "carta 12")):
        case.type(field, words)
    case.done()
    case.click("go")
    case.arrive(Step.MANAGER)
    case.wait(lambda: case.says("Casos por revisar: 0", "Nada espera por usted."))
    assert case.desk().journal.second_debits() == []
    after = case.desk().journal.get(payment.payment_id)
    assert (after.state, after.review) == (State.POSTED, None)


def test_what_concerns_everybody_stands_before_the_cases(case: KioskCase) -> None:
    journal, now = case.desk().journal, datetime.now(UTC)
    admitted(case)
    case.wait(lambda: case.says("Nada espera por usted."))
    assert not case.sees("manager_alarms")
    case.click("back")
    case.arrive(Step.WELCOME)
    elsewhere = journal.prepare(
        order("OB-1"), PAYER, terminal="DEMO01", gateway="placetopay", now=now - timedelta(days=1),
        account="placetopay@another.example#1",
    )  # fmt: skip
    journal.record(elsewhere, Event.SENT, now=now)
    for number in range(3):
        who = replace(PAYER, member_id=f"M-{number}")
        refused = journal.prepare(
            order(f"OB-2{number}"), who, terminal="DEMO01", gateway="placetopay", now=now
        )
        refused = journal.record(refused, Event.SENT, now=now)
        journal.record(refused, Event.REFUSED, now=now, error="garbage")
    admitted(case)
    case.wait(lambda: case.sees("manager_alarms"))
    said = case.text_of("manager_alarms")
    assert "ningún pago se pudo abrir en la pasarela: 3 intentos seguidos de 3 asociados" in said
    assert "son de otra cuenta de la pasarela: 1." in said
