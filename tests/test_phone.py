"""The payment's page on the member's own telephone: code, answer, release, giving up, coming back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import zxingcpp
from kiosk_case import KioskCase, Sandbox, kiosk_on
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from kiosk.cooperative.payment import CANCELLED, State
from kiosk.tour.hands import pause
from kiosk.visit.steps import Step

pytestmark = pytest.mark.qt_log_ignore("^GPUInfo not initialized", extend=True)


@pytest.fixture
def case(sandbox: Sandbox, qtbot: QtBot, tmp_path: Path) -> Iterator[KioskCase]:
    for at_review in kiosk_on(sandbox, tmp_path):
        at_review.to_step(Step.REVIEW)
        at_review.click("pay_on_phone")
        at_review.arrive(Step.PHONE)
        yield at_review


def read(case: KioskCase) -> str:
    """What a telephone's camera makes of the screen."""
    pause(50)
    image = case.window.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    found = zxingcpp.read_barcodes(
        memoryview(image.constBits()).cast("B", (image.height(), image.bytesPerLine()))
    )
    assert len(found) == 1
    return str(found[0].text)


def stored(case: KioskCase, payment_id: str) -> State:
    return case.desk().journal.get(payment_id).state


def test_the_code_is_the_gateways_page_and_the_answer_comes_here(case: KioskCase, sandbox: Sandbox) -> None:
    address = case.visit.paying.payment.redirect_url
    assert read(case) == address
    assert case.says("127.0.0.1", case.visit.paying.payment.reference)
    sandbox.decide(address, "approve")
    case.arrive(Step.RESULT)
    assert case.text_of("state") == "Transacción aprobada"
    case.wait(lambda: stored(case, case.visit.paying.payment.payment_id) is State.POSTED)


def test_the_terminal_may_be_released_while_the_member_pays(case: KioskCase, sandbox: Sandbox) -> None:
    payment = case.visit.paying.payment
    case.click("go")
    case.arrive(Step.WELCOME)
    assert case.visit.paying.payment is None
    case.wait(lambda: stored(case, payment.payment_id) is State.PENDING)
    sandbox.decide(payment.redirect_url, "approve")
    desk = case.desk()
    desk.checkout.ask(desk.journal.get(payment.payment_id))  # what the sonda does in time
    assert stored(case, payment.payment_id) is State.POSTED
    page = case.window.page(Step.PHONE)
    assert (page.qr.text, page._host.text(), page._about.text()) == ("", "", "")


def test_giving_up_closes_what_nobody_began(case: KioskCase) -> None:
    case.click("give_up")
    case.click("keep_paying")
    assert case.visit.step is Step.PHONE
    case.click("give_up")
    case.click("confirm_leave")
    case.arrive(Step.RESULT)
    assert (case.visit.paying.payment.state, case.visit.paying.payment.error) == (State.DECLINED, CANCELLED)
    assert case.says("No se hizo ningún débito", "El pago se canceló")


def test_the_page_may_be_opened_here_after_all_and_moved_again(case: KioskCase) -> None:
    case.click("pay_here")
    case.arrive(Step.BANK)
    case.wait(lambda: case.page.web is not None and case.page.web.view.isVisible(), "the gateway's page")
    case.click("help")
    case.click("help_phone")
    case.arrive(Step.PHONE)
    assert read(case) == case.visit.paying.payment.redirect_url
    assert case.window.page(Step.BANK).web is None


def test_nobody_who_pays_at_the_telephone_is_asked_whether_they_are_there(case: KioskCase) -> None:
    assert not case.application.inactivity._idle.isActive(), "other clocks count here"


def test_the_time_here_ends_in_waiting_not_in_an_answer(
    case: KioskCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    case.page._since -= case.visit.limits.bank_seconds
    case.page._tick()
    assert case.visit.step is Step.WAITING
    case.wait(lambda: stored(case, case.visit.paying.payment.payment_id) is State.PENDING)
