"""The running kiosk: window, visit, lanes, and the sonda in the background."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, QRect, Qt, QTimer
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication

from kiosk.app.assembly import build_desk, now
from kiosk.app.collector import Collector
from kiosk.app.watchdog import Watchdog
from kiosk.cooperative.money import Money
from kiosk.lockdown.clipboard import forget_clipboard
from kiosk.speech.voice import SpeechPlan
from kiosk.views.frame.main_window import MainWindow
from kiosk.views.frame.pages import page_makers
from kiosk.views.parts.languages import Languages
from kiosk.views.parts.page import Place
from kiosk.views.parts.theme import FAMILY, Theme, load_fonts
from kiosk.visit.jobs import Jobs
from kiosk.visit.steps import Step
from kiosk.visit.visit import Limits, Visit

if TYPE_CHECKING:
    from kiosk.app.sandboxes import Guide
    from kiosk.settings import Settings
    from kiosk.teller.desk import Desk
    from kiosk.views.frame.inactivity import Inactivity

log = logging.getLogger(__name__)

_AFTER_FIRST_PAGE = 200
"""Milliseconds: importing database and HTTP would compete with painting the first page."""

_BUILD_EVERY = 120
"""Milliseconds between two pages built ahead."""
_A_ROUND = 40
"""Payments: an outage of the branch leaves hundreds; between a few of them the round looks whether to end."""
_LOOK_AFTER_ITSELF = 60_000
"""Milliseconds between two looks at disk and journal while nobody is served."""
_TRY_AGAIN = 15_000
"""Milliseconds until a terminal out of service looks whether it can serve again."""
_AT_REST = 700
"""Milliseconds after a farewell."""


class LazyDesk:
    """Builds the desk once, in the lane that first needs it: the first page must not wait for it."""

    def __init__(self, build: Callable[[], Desk]) -> None:
        self._build, self._lock = build, threading.Lock()
        self._desk: Desk | None = None

    def __call__(self) -> Desk:
        with self._lock:
            if self._desk is None:
                desk = self._build()
                try:
                    desk.sonda.recover(now())
                except BaseException:
                    desk.close()
                    raise
                self._desk = desk
            return self._desk

    def close(self) -> None:
        """Close what was built."""
        with self._lock:
            if self._desk is not None:
                self._desk.close()
                self._desk = None


# -- the window -------------------------------------------------------------------------------


class Application(QObject):
    """Everything that runs, joined."""

    def __init__(self, settings: Settings, guide: Guide = (), size: tuple[int, int] | None = None) -> None:
        super().__init__()
        self.settings = settings
        self.collector = Collector()
        self.jobs = Jobs()
        self.desk = LazyDesk(partial(build_desk, settings))
        payments, sonda = settings.payments, settings.sonda
        maximum = Money.of(payments.maximum) if payments.maximum is not None else None
        self.visit = Visit(
            self.jobs,
            self.desk,
            Limits(
                Money.of(payments.minimum),
                maximum,
                payments.bank_minutes * 60,
                sonda.watch_every,
                sonda.watch_for,
            ),
        )
        screen = QApplication.primaryScreen().geometry()
        width, height = size or (
            (screen.width(), screen.height())
            if settings.screen.fullscreen
            else (settings.screen.width, settings.screen.height)
        )
        brand = settings.brand
        inches = settings.screen.diagonal_inches
        self.theme = Theme(width, height, primary=brand.primary, dark=brand.dark, inches=inches)
        place = place_of(settings, guide)
        self.window = MainWindow(self.visit, self.theme, place, page_makers(), speech_of(settings))
        self.window.voice.heard.connect(self._listening)
        self.window.setGeometry(QRect(0, 0, width, height))
        self.visit.ended.connect(lambda: Languages.use("es"))
        self.visit.ended.connect(forget_clipboard)
        self.visit.ended.connect(lambda: QTimer.singleShot(_AT_REST, self.collector.rest))
        self.visit.moved.connect(self._moved)
        self.watchdog = Watchdog(self.jobs)
        self.inactivity: Inactivity | None = None
        self._sonda = QTimer(self, interval=max(200, min(5000, int(sonda.watch_every * 1000))))
        self._sonda.timeout.connect(self._round)
        self._rounding, self._round_trouble, self._closing = False, "", False
        self._fitness = QTimer(self, interval=_LOOK_AFTER_ITSELF)
        self._fitness.timeout.connect(self._look_after_itself)
        self._builder = QTimer(self, interval=_BUILD_EVERY)
        self._builder.timeout.connect(self._build_ahead)

    def show(self, *, fullscreen: bool) -> None:
        """Open the window, then start what may come after the first page."""
        if fullscreen:
            self.window.showFullScreen()
        else:
            self.window.show()
        QTimer.singleShot(_AFTER_FIRST_PAGE, self._first_page_shown)

    def _watch_over_visits(self) -> None:
        from kiosk.views.frame.inactivity import Inactivity

        screen = self.settings.screen
        self.inactivity = Inactivity(
            self.visit,
            self.theme,
            self.window,
            self.window.glass,
            idle=screen.idle_seconds,
            asks=screen.still_there_seconds,
        )
        self.inactivity.alive()

    def _listening(self) -> None:
        # A page that is being read may take longer than the time after which one is asked.
        if self.inactivity is not None and not self.inactivity.asking:
            self.inactivity.alive()

    def _first_page_shown(self) -> None:
        self.watchdog.ready()
        self._open_desk()

    def _open_desk(self) -> None:
        self.jobs.run("money", self._fit_desk, self._desk_open, self._out_of_service)

    def _fit_desk(self) -> None:
        self.desk().check()

    def _desk_open(self, _: object) -> None:
        if self.visit.step is Step.OUT_OF_SERVICE:
            self.visit.finish()
        if self.inactivity is None:
            self._watch_over_visits()
        self._sonda.start()
        self._fitness.start()
        self._builder.start()
        self._file_at_rest()

    def _build_ahead(self) -> None:
        # While nobody is in a hurry: later a page only has to be shown.
        quiet = self.visit.step in (Step.WELCOME, Step.BEFORE)
        if quiet and not self.window.build_one():
            self._builder.stop()

    def _look_after_itself(self) -> None:
        if self.visit.step is Step.WELCOME:
            self.jobs.run("ask", self._fit_desk, lambda _: None, self._unfit)
            self._file_at_rest()

    def _unfit(self, error: Exception) -> None:
        if self.visit.step is Step.WELCOME:
            self._out_of_service(error)

    def _out_of_service(self, error: Exception) -> None:
        if self.visit.step in (Step.WELCOME, Step.BEFORE):
            self.visit.out_of_service(error)
        else:  # already out of service, or a member is served: nobody is put out in the middle
            log.warning("not fit to begin: %s", error)
            self._try_again_later()

    def _try_again_later(self) -> None:
        QTimer.singleShot(_TRY_AGAIN, self._open_desk)

    def _round(self) -> None:
        if self._rounding:
            return
        self._rounding = True
        self.jobs.run("sonda", self._ask_all, self._rounded, self._round_failed)

    def _ask_all(self) -> object:
        return self.desk().sonda.round(_A_ROUND, stop=lambda: self._closing)

    def _file_at_rest(self) -> None:
        self.jobs.run("sonda", self._file_receipts, _filed, _not_filed)

    def _file_receipts(self) -> int:
        return self.desk().file_receipts(lambda: self._closing or self.visit.step is not Step.WELCOME)

    def _rounded(self, _payments: object) -> None:
        self._rounding, self._round_trouble = False, ""

    def _round_failed(self, error: Exception) -> None:
        self._rounding = False
        said = type(error).__name__
        if said != self._round_trouble:  # once, not every few seconds while a disk is full
            log.error("sonda: %s", said)
        self._round_trouble = said

    def _moved(self) -> None:
        if self.visit.step is Step.OUT_OF_SERVICE:
            self._try_again_later()
        if self.visit.step is Step.BEFORE:
            from kiosk.lockdown.web_profile import warm

            QTimer.singleShot(400, warm)

    def close(self) -> None:
        """Finish what runs, then let go of everything."""
        self._closing = True
        self.watchdog.stopping()
        self._sonda.stop()
        self._fitness.stop()
        self._builder.stop()
        self.window.close()
        self.jobs.close()
        self.desk.close()
        self.collector.close()


def _filed(count: int) -> None:
    if count:
        log.info("receipts filed at rest: %s", count)


def _not_filed(error: Exception) -> None:
    log.error("receipts at rest: %s", type(error).__name__)


def speech_of(settings: Settings) -> SpeechPlan:
    """How this terminal reads aloud."""
    said = settings.speech
    return SpeechPlan(said.engine, said.volume, said.step, said.rate)


def place_of(settings: Settings, guide: Guide = ()) -> Place:
    """What pages say about where they are."""
    c, agency, brand = settings.cooperative, settings.agency, settings.brand
    return Place(
        cooperative=c.name,
        agency=agency.name,
        city=agency.city,
        address=agency.address,
        hours=agency.hours,
        phone=agency.phone,
        care=c.care,
        care_phone=c.care_phone,
        care_mobile=c.care_mobile,
        care_email=c.care_email,
        website=c.website,
        privacy_url=c.privacy_url,
        nit=c.nit,
        demonstration=settings.terminal.demonstration,
        guide=guide,
        logo=str(brand.logo or ""),
        pse_logo=str(brand.pse_logo or ""),
    )


def qt_application(arguments: list[str]) -> QApplication:
    """The Qt application, ready for a web view that is imported only when near."""
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    # A lane may hold Python's lock for a tenth of its usual 5 ms before the GUI thread gets it.
    sys.setswitchinterval(0.0005)
    app = QApplication(arguments)
    app.setApplicationName("kiosk")
    load_fonts()
    font = QFont(FAMILY)
    font.setFeature(QFont.Tag("tnum"), 1)
    app.setFont(font)
    return app
