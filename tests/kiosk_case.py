"""The whole kiosk on its demonstration: real servers, the real window, a member's hands and eyes."""

from __future__ import annotations

import gc
import os
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Any, Self

import requests
from msgspec.structs import replace
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QFont, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLabel, QWidget

from kiosk.app.assembly import build_desk
from kiosk.app.demo import Demonstration
from kiosk.app.sandboxes import own_guide
from kiosk.app.window import Application
from kiosk.lockdown import web_profile
from kiosk.settings import Settings
from kiosk.tour.hands import PATIENCE, Hands, pause, plain, settle
from kiosk.transport import Reply, Timeouts, Transport
from kiosk.views.parts.languages import Languages
from kiosk.views.parts.theme import FAMILY, load_fonts
from kiosk.visit.steps import Step

if QCoreApplication.instance() is None:
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
if hasattr(os, "geteuid") and os.geteuid() == 0:
    os.environ.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")  # Chromium's own refuses to start as root

_LANES = ("money", "ask", "sonda")


def page_of(widget: QWidget) -> str:
    """The name of the page a widget is on."""
    above: QWidget | None = widget
    while above is not None and not above.objectName().startswith("page_"):
        above = above.parentWidget()
    return above.objectName() if above else "frame"


def closed_port() -> int:
    """A port of this machine on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Sandbox:
    """The demonstration's servers and what a test may switch on them."""

    def __init__(self, folder: Path) -> None:
        self._environment = dict(os.environ)
        self.demonstration = Demonstration(folder, quick=True)
        self.core_url, self.gateway_url = self.demonstration.core_url, self.demonstration.gateway_url
        self.kept: KioskCase | None = None
        """A kiosk that one test after the other stands before."""

    def __enter__(self) -> Self:
        self.demonstration.wait()
        return self

    def __exit__(self, *_: object) -> None:
        if self.kept is not None:
            self.kept.__exit__()
        self.demonstration.close()
        for name in set(os.environ) - set(self._environment):
            del os.environ[name]
        os.environ.update(self._environment)

    def settings(self, folder: Path, **changed: dict[str, object]) -> Settings:
        """A terminal's settings with a journal of its own; `changed` are keys by section."""
        own = {"journal": {"file": folder / "journal.sqlite"}, "receipts": {"folder": folder / "receipts"}}
        settings = self.demonstration.settings()
        for section, values in {**own, **changed}.items():
            part = replace(getattr(settings, section), **values)
            settings = replace(settings, **{section: part})
        return settings

    def reset(self) -> None:
        """Both servers as at the start; what the gateway has on record stays."""
        self._post(f"{self.core_url}/sandbox/reset")
        self.gateway(outcome=None, faults=None)

    def core(self, **wanted: object) -> None:
        """Switch the core."""
        self._post(f"{self.core_url}/sandbox/settings", wanted)

    def gateway(self, **wanted: object) -> None:
        """Switch the gateway."""
        self._post(f"{self.gateway_url}/sandbox/settings", wanted)

    def core_payments(self) -> dict[str, Any]:
        """What was put to the core."""
        return requests.get(f"{self.core_url}/sandbox/payments", timeout=PATIENCE).json()  # type: ignore[no-any-return]

    def sessions(self) -> list[dict[str, Any]]:
        """All sessions that the gateway ever opened."""
        return requests.get(f"{self.gateway_url}/sandbox/sessions", timeout=PATIENCE).json()  # type: ignore[no-any-return]

    def decide(self, redirect_url: str, outcome: str) -> None:
        """Walk the gateway's and the bank's pages as another device would."""
        key = redirect_url.rstrip("/").rsplit("/", 1)[1]
        form = {"email": "marta.rincon@correo.example", "person": "natural", "bank": "1902"}
        answer = self._form(f"{self.gateway_url}/pse/{key}", form)
        typed = {"outcome": outcome, "bank-user": "marta", "bank-key": "s3cr3t0"}
        self._form(self.gateway_url + answer.headers["Location"], typed)

    @staticmethod
    def _form(address: str, form: dict[str, str]) -> requests.Response:
        answer = requests.post(address, data=form, timeout=PATIENCE, allow_redirects=False)
        assert answer.status_code < 400, answer.text
        return answer

    @staticmethod
    def _post(address: str, wanted: object = None) -> None:
        answer = requests.post(address, json=wanted, timeout=PATIENCE)
        assert answer.status_code == 200, answer.text


class KioskCase(Hands):
    """A kiosk in front of one member: `visit`, `window`, `desk`, and ways to touch and to read."""

    MEMBER = ("1900100101", "4821")
    NAME, EMAIL, MOBILE = (
        "María Fernanda Ospina Castillo",
        "maria.ospina@correo.example",
        "3001234567",
    )

    def __init__(self, settings: Settings, size: tuple[int, int] = (1920, 1080)) -> None:
        load_fonts()
        font = QFont(FAMILY)
        font.setFeature(QFont.Tag("tnum"), 1)
        QApplication.setFont(font)
        # The engine is started by the bank's page itself where a test gets there.
        self._warm, web_profile.warm = web_profile.warm, lambda: None
        self._request = Transport.request
        self._threads = set(threading.enumerate())
        # What pytest keeps of a failed test is let go of at some time: never by a lane's collector.
        gc.disable()
        self.application = Application(settings, own_guide(), size)
        self.desk = self.application.desk
        super().__init__(self.application.window, self.application.visit)

    def __enter__(self) -> Self:
        self.application.show(fullscreen=False)
        return self

    def __exit__(self, *_: object) -> None:
        Transport.request = self._request  # type: ignore[method-assign]
        self.visit.finish()
        pause(0)
        self.application.close()
        self.window.deleteLater()
        settle()
        web_profile.warm = self._warm
        Languages.use("es")
        QApplication.instance().setStyleSheet("")
        QApplication.clipboard().clear()
        gc.collect()
        gc.enable()
        left = [t.name for t in set(threading.enumerate()) - self._threads if t.name.startswith(_LANES)]
        assert left == [], "lanes outlived the kiosk"

    def rest(self) -> None:
        """The member is gone, every lane is idle, and nothing is done until `serve`."""
        application = self.application
        Transport.request = self._request  # type: ignore[method-assign]
        self.visit.finish()
        for timer in (application._sonda, application._fitness, application._builder):
            timer.stop()
        idle: list[Future[int]] = []
        for lane in application.jobs._lanes.values():
            together = threading.Barrier(lane._max_workers)
            idle += [lane.submit(together.wait) for _ in range(lane._max_workers)]
        self.wait(lambda: all(future.done() for future in idle), "rest of the lanes")
        pause(0)
        self.desk.close()
        self.visit.core = self.visit.unfit = None
        application._rounding, application._round_trouble = False, ""
        Languages.use("es")
        QApplication.clipboard().clear()

    def serve(self, settings: Settings) -> None:
        """Begin anew as after a start, with another journal; the window is the same."""
        self.application.settings = settings
        self.desk._build = partial(build_desk, settings)
        self.application._open_desk()
        self.window.activateWindow()  # another kiosk's may have been the one with the keys

    def hasten(self) -> None:
        """Have every further HTTP call of this kiosk time out after a blink."""
        whole = self._request

        def request(transport: Transport, *where: str, **what: Any) -> Reply:
            return whole(transport, *where, **{**what, "timeouts": Timeouts(connect=5, answer=1)})

        Transport.request = request  # type: ignore[method-assign]

    # -- eyes -----------------------------------------------------------------------------

    def arrive(self, step: Step, seconds: float = PATIENCE) -> None:
        """Wait for a page, and for what it asked to be answered."""
        self.wait(lambda: self.visit.step is step and not self.visit.busy, f"page {step}", seconds)
        pause(0)

    def says(self, *words: str) -> bool:
        """Whether all these words are in sight."""
        texts = " ¶ ".join(self.visible_texts())
        return all(word in texts for word in words)

    def problems(self) -> list[str]:
        """What is said to be wrong: the page's notice, and sentences below fields."""
        found = []
        for widget in self.window.findChildren(QWidget):
            if not widget.isVisible():
                continue
            if widget.objectName() == "notice":
                found.append(plain(widget.accessibleName()))
            elif isinstance(widget, QLabel) and widget.objectName().endswith("_problem"):
                found.append(plain(widget.text()))
        return found

    def told(self, *words: str) -> str:
        """Wait for one sentence about what is wrong, of which these words must be part."""
        self.wait(lambda: not self.visit.busy and self.problems(), "sentence")
        found = self.problems()
        assert len(found) == 1, found
        for word in words:
            assert word in found[0], found[0]
        return found[0]

    # -- hands ----------------------------------------------------------------------------

    def type_plugged_in(self, field: str, text: str) -> None:
        """Type on a keyboard somebody plugged in (plain letters only: QTest aborts on others)."""
        QTest.keyClicks(self.focus(field), text)
        pause(0)

    def paste(self, field: str, text: str) -> None:
        """Put a text that was copied somewhere else in place of what is there."""
        edit = self.focus(field)
        edit.selectAll()
        QApplication.clipboard().setText(text)
        QTest.keySequence(edit, QKeySequence(QKeySequence.StandardKey.Paste))
        pause(0)

    def empty(self, field: str) -> None:
        """Take away what was typed."""
        edit = self.focus(field)
        edit.selectAll()
        self.tap("back")
        self.wait(lambda: not edit.text(), f"empty {field}")

    def done(self) -> None:
        """«Listo» on the keyboard, if there is one."""
        if self.sees("key_digits_done") or self.sees("key_email_done") or self.sees("key_text_done"):
            self.tap("done")

    def touch_obligation(self, obligation_id: str, part: int) -> None:
        """Touch a row: 0 the tick, 1 overdue, 2 next due, 3 another amount."""
        view: QAbstractItemView = self.find("obligations")
        model = self.visit.paying.obligations
        row = next(r for r in range(model.rowCount()) if model.obligation(r).obligation_id == obligation_id)
        view.scrollTo(model.index(row))
        pause(0)
        where = self.page.delegate.parts(view.visualRect(model.index(row)))[part].center().toPoint()
        self.strike(view.viewport(), where)
        pause(0)

    # -- the way --------------------------------------------------------------------------

    def sign_in(self, document: str = MEMBER[0], key: str = MEMBER[1], kind: str = "CC") -> None:
        """From the welcome or sign-in page as far as «Ingresar» leads."""
        if self.visit.step is not Step.SIGN_IN:
            self.to_step(Step.SIGN_IN)
        if kind != "CC":
            self.click(f"document_{kind}")
        if self.find("document_number").text():
            self.empty("document_number")
        self.type("document_number", document)
        self.type("key", key)
        self.click("go")
        self.wait(lambda: not self.visit.busy, "answer to the sign-in")

    def to_step(self, step: Step) -> None:
        """Go on by touches, all that is overdue and the member's own account, to this page."""
        while self.visit.step is not step:
            here = self.visit.step
            self._go_on(here)
            self.wait(lambda here=here: self.visit.step is not here, f"way on to {step}")
            self.wait(lambda: not self.visit.busy)
            assert not self.problems(), self.problems()

    def _go_on(self, here: Step) -> None:
        if here is Step.WELCOME:
            self.click("start")
        elif here is Step.BEFORE:
            self.click("consent")
            self.click("go")
        elif here is Step.SIGN_IN:
            self.sign_in()
        elif here is Step.MENU:
            self.click("pay")
        elif here is Step.HOLDER:
            self.fill_holder()
            self.click("go")
        else:
            self.click("go")

    def fill_holder(self, email: str = EMAIL, mobile: str = MOBILE) -> None:
        """E-mail and mobile; the rest is filled in by «la cuenta es mía»."""
        for field, text in (("holder_email", email), ("holder_mobile", mobile)):
            self.type(field, text)
            self.done()

    def leave(self) -> None:
        """«Salir», from any page that has it."""
        self.click("leave")
        self.arrive(Step.WELCOME)


def kiosk_on(sandbox: Sandbox, folder: Path, **changed: dict[str, object]) -> Iterator[KioskCase]:
    """For a fixture: servers as at the start, a fresh terminal, and everything taken down after."""
    sandbox.reset()
    with KioskCase(sandbox.settings(folder, **changed)) as case:
        yield case
        sandbox.reset()


def kept_kiosk_on(sandbox: Sandbox, folder: Path) -> Iterator[KioskCase]:
    """The same with a window that the test before stood at too: journal, visit and servers are new."""
    sandbox.reset()
    settings = sandbox.settings(folder)
    if sandbox.kept is None:
        sandbox.kept = KioskCase(settings).__enter__()
    else:
        sandbox.kept.serve(settings)
    yield sandbox.kept
    sandbox.kept.rest()
