"""Nobody there any more: the question, more time as often as wanted, and nothing left behind."""

from __future__ import annotations

import pytest
from kiosk_case import KioskCase
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from kiosk.tour.hands import pause
from kiosk.views.frame.inactivity import Inactivity
from kiosk.visit.steps import Step

pytestmark = pytest.mark.qt_log_ignore("^GPUInfo not initialized", extend=True)


@pytest.fixture
def case(new_case: KioskCase) -> KioskCase:
    """What is done to the window here, it keeps."""
    return new_case


def patience(case: KioskCase, idle: float = 0.2, asks: int = 20, second: int = 10_000) -> Inactivity:
    """In place of the application's own: short, and its seconds as long as the test wants."""
    case.wait(lambda: case.application.inactivity is not None)
    own = case.application.inactivity
    own._idle.stop()
    own._idle.setInterval(10**8)
    made = Inactivity(
        case.visit, case.application.theme, case.window, case.window.glass, idle=idle, asks=asks
    )
    made._second.setInterval(second)
    made.alive()
    return made


def test_whoever_needs_more_time_gets_it_again_and_again(case: KioskCase) -> None:
    case.to_step(Step.CHOOSE)
    chosen = case.visit.paying.obligations.total
    watching = patience(case)
    for number in range(12):
        case.wait(lambda: case.sees("more_time"), "question")
        assert case.says("¿Sigue ahí?", "borramos lo que escribió", "20")
        if number % 3 == 0:
            case.click("more_time")
        elif number % 3 == 1:
            QTest.keyClick(watching._question, Qt.Key.Key_Space)
        else:
            QTest.mouseClick(watching._question, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
        case.wait(lambda: not case.sees("more_time"))
    assert (case.visit.step, case.visit.paying.obligations.total) == (Step.CHOOSE, chosen)


def test_nobody_there_ends_the_visit_and_forgets_it(case: KioskCase) -> None:
    case.to_step(Step.MENU)
    patience(case, second=5)
    case.arrive(Step.WELCOME)
    assert case.visit.signing_in.session is None
    pause(600)
    assert not case.sees("more_time"), "nobody is asked at the welcome page"


def test_leaving_is_one_touch(case: KioskCase) -> None:
    case.to_step(Step.MENU)
    patience(case)
    case.wait(lambda: case.sees("leave_now"))
    case.click("leave_now")
    case.arrive(Step.WELCOME)
    assert not case.sees("leave_now")


def test_a_touch_of_the_window_starts_the_time_anew(case: KioskCase) -> None:
    case.to_step(Step.MENU)
    watching = patience(case, idle=0.6)
    for _ in range(8):
        pause(200)
        QTest.mouseClick(case.window.windowHandle(), Qt.MouseButton.LeftButton, pos=QPoint(900, 20))
        assert not watching.asking
    case.wait(lambda: watching.asking)


def test_other_clocks_count_at_the_bank_and_while_waiting(case: KioskCase) -> None:
    case.to_step(Step.REVIEW)
    watching = patience(case)
    case.wait(lambda: watching.asking)
    case.click("more_time")
    case.click("go")
    case.arrive(Step.BANK)
    pause(700)
    assert not watching.asking
    case.visit.paying.left_bank()
    case.arrive(Step.WAITING)
    pause(700)
    assert not watching.asking
    case.visit.paying.stop_waiting()
    case.arrive(Step.RESULT)
    case.wait(lambda: watching.asking)
    assert case.says("Su pago no se pierde")


def test_nobody_is_asked_while_the_kiosk_itself_is_at_work(case: KioskCase) -> None:
    case.to_step(Step.MENU)
    watching = patience(case)
    case.wait(lambda: watching.asking)
    case.click("more_time")
    case.visit._set_busy("loading_obligations")
    pause(900)
    assert not watching.asking
    case.visit._set_busy("")
    case.wait(lambda: watching.asking)
