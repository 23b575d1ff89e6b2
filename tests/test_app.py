"""How the application opens its desk, and what it does when it can not."""

from __future__ import annotations

import shutil
from collections import namedtuple
from datetime import datetime

import pytest
from kiosk_case import KioskCase
from PySide6.QtGui import QCloseEvent

from kiosk.app.window import LazyDesk
from kiosk.journal.errors import JournalUnusable
from kiosk.tour.hands import pause
from kiosk.visit.steps import Step

pytestmark = pytest.mark.qt_log_ignore("^GPUInfo not initialized", extend=True)


@pytest.fixture
def case(new_case: KioskCase) -> KioskCase:
    """What is done to the window here, it keeps."""
    return new_case


class Desk:
    """Fails to recover as often as told."""

    def __init__(self, failures: int) -> None:
        self.failures, self.recovered, self.closed = failures, 0, 0
        self.sonda = self

    def recover(self, _now: datetime) -> None:
        if self.failures:
            self.failures -= 1
            raise JournalUnusable("disk full")
        self.recovered += 1

    def close(self) -> None:
        self.closed += 1


def test_a_desk_that_could_not_recover_is_not_used() -> None:
    desk = Desk(failures=2)
    lazy = LazyDesk(lambda: desk)  # type: ignore[arg-type, return-value]
    for _ in range(2):
        with pytest.raises(JournalUnusable):
            lazy()
    assert (desk.recovered, desk.closed) == (0, 2)
    assert lazy() is desk
    assert lazy() is desk
    assert desk.recovered == 1
    lazy.close()
    assert desk.closed == 3


def small_disk(monkeypatch: pytest.MonkeyPatch, mebibytes: int) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(0, 0, mebibytes * 2**20))


def test_a_disk_without_room_takes_it_out_of_service_and_back(
    case: KioskCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_disk(monkeypatch, 10)
    case.click("start")
    case.arrive(Step.OUT_OF_SERVICE)
    case.application._open_desk()  # what its timer does
    pause(300)
    assert case.visit.step is Step.OUT_OF_SERVICE
    small_disk(monkeypatch, 1000)
    case.application._open_desk()
    case.arrive(Step.WELCOME)


def test_a_disk_that_fills_up_disturbs_nobody_who_is_served(
    case: KioskCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    case.to_step(Step.MENU)
    small_disk(monkeypatch, 10)
    case.application._look_after_itself()
    pause(300)
    assert case.visit.step is Step.MENU
    case.leave()
    case.application._look_after_itself()
    case.arrive(Step.OUT_OF_SERVICE)


def test_a_desk_that_can_not_open_puts_out_nobody_who_is_served(
    case: KioskCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    case.to_step(Step.MENU)
    small_disk(monkeypatch, 10)
    case.application._open_desk()  # as after a slow start, or when its timer says so
    pause(300)
    assert case.visit.step is Step.MENU


def test_a_menu_built_ahead_is_laid_out_for_the_screen(case: KioskCase) -> None:
    while case.window.build_one():
        pause(0)
    case.to_step(Step.MENU)
    pause(50)
    assert case.window.current.scroller.verticalScrollBar().maximum() == 0


class WindowManagersWish(QCloseEvent):
    """A close request that came from outside."""

    def spontaneous(self) -> bool:
        return True


def test_only_the_manager_closes_a_fullscreen_terminal(case: KioskCase) -> None:
    case.window.showFullScreen()
    pause(50)
    wish = WindowManagersWish()
    case.window.closeEvent(wish)
    assert not wish.isAccepted()
    own = QCloseEvent()
    case.window.closeEvent(own)
    assert own.isAccepted()
