"""A kiosk with a member at the bank's page, the hostile page in it, and a look at what got out."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from counterparts import HOLDER, MEMBER, MORNING, Clock, ScriptedCore, ScriptedGateway, order
from hostile import BANK, HOST, Town
from PySide6.QtCore import QPoint, QRect, Qt, QTimer, QUrl
from PySide6.QtGui import QGuiApplication, QInputDevice
from PySide6.QtTest import QTest
from PySide6.QtWebEngineCore import QWebEnginePermission
from PySide6.QtWidgets import QApplication, QWidget
from test_bank_page import TERMINAL, place

from kiosk.cooperative.money import Money
from kiosk.journal.journal import Journal
from kiosk.lockdown import web_profile
from kiosk.pse.gateway import Created
from kiosk.teller.banks import BankDirectory
from kiosk.teller.checkout import Checkout
from kiosk.teller.desk import Desk
from kiosk.teller.terminal import Timings
from kiosk.tour.hands import Hands, Stuck, pause
from kiosk.views.bank.bank import BankPage
from kiosk.views.frame.main_window import MainWindow
from kiosk.views.frame.pages import page_makers
from kiosk.views.parts.theme import Theme, load_fonts
from kiosk.visit.jobs import Jobs
from kiosk.visit.steps import Step
from kiosk.visit.visit import Limits, Visit

PATIENCE = 20.0
SECRET = "1023456789"
"""On the clipboard before the page opens; nothing may read or replace it."""
SLUGGISH = 2.5
"""Seconds the kiosk's own clock may stand still on a busy machine with two cores."""
RETURN = "https://kiosco.invalid/retorno"


class _Gateway(ScriptedGateway):
    return_url = RETURN

    def allowed_hosts(self) -> frozenset[str]:
        return frozenset({HOST})


@dataclass
class _Before:
    """How the world was before the page opened."""

    windows: set[str]
    files: set[Path]
    geometry: QRect
    zoom: float


class Cell(Hands):
    """One window for all attempts, as in an agency: what one leaves behind the next one meets."""

    def __init__(self, folder: Path, town: Town) -> None:
        load_fonts()
        self.town = town
        self._places = {folder / "cell", Path.home()}
        (folder / "cell").mkdir()
        self.journal, self.gateway, core = Journal.open(folder / "journal"), _Gateway(), ScriptedCore()
        self.checkout = Checkout(self.journal, self.gateway, core, Clock(MORNING), TERMINAL, Timings())
        banks = BankDirectory(self.gateway, Clock(MORNING))
        desk = Desk(core, self.journal, self.gateway, banks, self.checkout, None, None, None, None)  # type: ignore[arg-type]
        self.jobs = Jobs()
        visit = Visit(self.jobs, lambda: desk, Limits(Money.of(1000), watch_every=600))
        # As in an agency: https only.
        window = MainWindow(visit, Theme(1280, 720), place(demonstration=False), page_makers())
        super().__init__(window, visit)
        self.window.setGeometry(0, 0, 1280, 720)
        self.window.show()
        self.window.activateWindow()
        self.finger = QTest.createTouchDevice(QInputDevice.DeviceType.TouchScreen)
        self._beats = QTimer(interval=25)
        self._beats.timeout.connect(self._beat)
        self._last, self.longest = time.monotonic(), 0.0
        self._before: _Before | None = None

    def close(self) -> None:
        self.leave()
        self.window.close()
        self.window.deleteLater()
        pause(0)
        self.jobs.close()
        self.journal.close()

    # -- coming and going -----------------------------------------------------------------

    @property
    def page(self) -> BankPage:
        page = self.window.page(Step.BANK)
        assert isinstance(page, BankPage)
        return page

    def begin(self, url: str) -> None:
        """A payment whose bank page is `url`, on its way."""
        self.gateway.creation = Created("900123", url)
        payment = self.checkout.start(order(f"OB-{len(self.gateway.charges)}"), MEMBER, HOLDER)
        self.visit.paying.payment, self.visit.paying.gateway = payment, self.gateway
        QGuiApplication.clipboard().setText(SECRET)
        self.visit._stand_at(Step.BANK)
        self.wait(lambda: self.page.web, "browser")
        self._before = _Before(
            self._windows(), self._files(), self.window.geometry(), self.web.view.zoomFactor()
        )
        self.rest()

    def open(self, url: str) -> None:
        """The same, and wait until there is a page to see."""
        seen: list[int] = []
        mark = self.page.page_visible.connect(lambda: seen.append(1))
        self.begin(url)
        self.wait(lambda: seen and not self.web.page.isLoading(), "page to see")
        self.page.page_visible.disconnect(mark)
        self.rest()

    def rest(self) -> None:
        """From here on the kiosk must not stand still."""
        self._last, self.longest = time.monotonic(), 0.0
        self._beats.start()

    def leave(self) -> None:
        """Whatever happened: the member goes, and the browser with all its parts."""
        self._beats.stop()
        self.visit.finish()
        self.wait(lambda: not web_profile._alive, "end of the browser")

    def _beat(self) -> None:
        now = time.monotonic()
        self._last, self.longest = now, max(self.longest, now - self._last)

    # -- eyes -----------------------------------------------------------------------------

    def describe(self) -> object:
        return f"the bar says {self.message!r}, told {self.told}"

    @property
    def message(self) -> str:
        """What our bar says."""
        return self.page.message.words if self.sees("bank_message") else ""

    @property
    def trouble(self) -> str:
        """What our panel in place of the page says went wrong."""
        return self.page.trouble.kind if self.page.trouble.isVisible() else ""

    @property
    def address(self) -> QUrl:
        return self.web.page.url()

    @property
    def told(self) -> list[str]:
        """What the hostile page boasts of."""
        if self.page.web is None:
            return []
        try:
            return self.ask_web("typeof told === 'undefined' ? [] : told", 2.0) or []
        except Stuck:  # some pages hang
            return []

    def place_of(self, selector: str) -> QRect:
        """Where something in the page is; it is there."""
        place = self.find_web(selector)
        assert place is not None, selector
        return place

    # -- hands ----------------------------------------------------------------------------

    def drag(self, selector: str, to: QPoint) -> None:
        """Press on something, move, let go."""
        start = self.place_of(selector).center()
        QTest.mousePress(self.glass, Qt.MouseButton.LeftButton, pos=start)
        for step in range(1, 9):
            QTest.mouseMove(self.glass, start + (to - start) * step / 8)
            pause(20)
        QTest.mouseRelease(self.glass, Qt.MouseButton.LeftButton, pos=to)

    def hold(self, selector: str, seconds: float = 1.0) -> None:
        """A finger that stays."""
        where = self.place_of(selector).center()
        QTest.touchEvent(self.glass, self.finger).press(0, where, self.glass).commit()
        pause(int(seconds * 1000))
        QTest.touchEvent(self.glass, self.finger).release(0, where, self.glass).commit()

    # -- what got out ---------------------------------------------------------------------

    @staticmethod
    def _windows() -> set[str]:
        widgets = [w for w in QApplication.topLevelWidgets() if w.isVisible()]
        windows = [w for w in QGuiApplication.topLevelWindows() if w.isVisible()]
        return {f"{type(w).__name__} {w.objectName()}" for w in (*widgets, *windows)}

    def _files(self) -> set[Path]:
        places = set(self._places)
        if self.page.web is not None:
            places.add(Path(self.web.profile.downloadPath()))
        # The engine's own store of authorities, made in a new home at its first TLS: no page writes there.
        store = Path.home() / ".pki"
        return {file for folder in places if folder.is_dir() for file in folder.iterdir()} - {store}

    def escaped(self, *, trouble: str = "", sluggish: float = SLUGGISH, way_out: bool = True) -> list[str]:
        """Everything that is not as it must be; empty where the attempt was held.

        `trouble` is what our own panel must say in place of the page.
        """
        before = self._before
        assert before is not None
        if self.visit.step is not Step.BANK or self.page.web is None:
            return [f"the page left the stage for {self.visit.step}"]
        host, scheme = self.address.host(), self.address.scheme()
        found = {
            "new windows": self._windows() - before.windows,
            "files": self._files() - before.files,
            "modal": QApplication.activeModalWidget() or QGuiApplication.modalWindow(),
            "popup": QApplication.activePopupWidget(),
            "views": len(self.window.findChildren(QWidget, "bank_view")) != 1,
            "menus": [c for c in self.web.view.children() if isinstance(c, QWidget) and c.isWindow()],
            "address": "" if not host or (host in (HOST, BANK) and scheme == "https") else self.address,
            "origin in the bar": self.page.bar.host.text() if self.page.bar.host.text() != host else "",
            "pages from elsewhere": [a for site in self.town.sites for a in site.escaped()],
            "keys sent": [a for site in self.town.sites for a in site.asked if a.authorised],
            "clipboard": QGuiApplication.clipboard().text() not in ("", SECRET),
            "permissions": [
                p for p in self.web.profile.listAllPermissions()
                if p.state() is QWebEnginePermission.State.Granted
            ],
            "window": self.window.geometry() != before.geometry or self.window.isFullScreen(),
            "zoom": self.web.view.zoomFactor() != before.zoom,
            "boasts": [said for said in ([] if trouble else self.told) if said.startswith("yes")],
            "trouble": self.trouble if self.trouble != trouble else "",
            "trouble missing": trouble and not self.trouble,
            "stood still": self.longest if self.longest > sluggish else 0,
        }  # fmt: skip
        return [f"{what}: {said}" for what, said in found.items() if said] + (
            self._shut_in() if way_out else []
        )

    def _shut_in(self) -> list[str]:
        """Whether the member can still leave by a touch."""
        if self.sees("page_dialog"):
            return ["shut in behind a dialog"]
        if self.trouble:
            return [] if self.sees("leave_bank") else ["no way out of the trouble"]
        self.press("cancel")
        pause(0)
        if not self.sees("leave_card"):
            return ["the way out is shut"]
        self.press("keep_paying")
        return []
