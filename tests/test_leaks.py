"""After a member's visit: nothing of them in logs, files, processes, widgets, models or the next browser.

The first visit is the guided tour, with everything logged that can be. Each look counts as one check; the
last test prints how many.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, SignalInstance
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget

from kiosk.app.demo import Demonstration
from kiosk.app.window import Application
from kiosk.cooperative.payment import Payment, State
from kiosk.lockdown import web_profile
from kiosk.tour import HOLDER, MEMBER, Tour
from kiosk.tour.hands import pause
from kiosk.views.parts.languages import Languages
from kiosk.views.parts.theme import load_fonts
from kiosk.visit.jobs import Jobs
from kiosk.visit.paying import Paying
from kiosk.visit.signing_in import SigningIn
from kiosk.visit.steps import Step
from kiosk.visit.visit import Limits, Visit

pytestmark = pytest.mark.qt_log_ignore("^GPUInfo not initialized", extend=True)

NAME = "María Fernanda Ospina Castillo"
SECRETS = {
    "document": MEMBER[0],
    "key": MEMBER[1],
    "name": "Ospina Castillo",
    "first name": "María Fernanda",
    "e-mail": HOLDER[0],
    "telephone": HOLDER[1],
}
_checks = {"made": 0}


@dataclass
class After:
    """What a visit left: the application at rest, its folder, its log, what its processes were called."""

    application: Application
    folder: Path
    temporary: Path
    log: Path
    payment: Payment
    token: str
    commands: list[str]
    pages_seen: int

    @property
    def everything(self) -> dict[str, str]:
        """What must not be found anywhere it is not needed."""
        return {**SECRETS, "session token": self.token}


class _Watch(logging.Handler):
    """Remembers the command lines of this machine whenever something is logged, once a page."""

    def __init__(self, application: Application) -> None:
        super().__init__()
        self.commands: set[str] = set()
        self.tokens: set[str] = set()
        self._visit = application.visit
        self._visit.moved.connect(self.look)

    def look(self) -> None:
        if self._visit.signing_in.session is not None:
            self.tokens.add(self._visit.signing_in.session.token)
        for line in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                self.commands.add(line.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
            except OSError:
                continue

    def emit(self, _record: logging.LogRecord) -> None:
        return


@pytest.fixture(scope="module")
def after(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[After]:
    folder, temporary = tmp_path_factory.mktemp("tour"), tmp_path_factory.mktemp("temporary")
    environment, kept = dict(os.environ), tempfile.tempdir
    os.environ["TMPDIR"] = tempfile.tempdir = str(temporary)
    log = folder / "log"
    handler = logging.FileHandler(log, encoding="utf-8")
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    load_fonts()
    demonstration = Demonstration(folder / "state", quick=True)
    application = Application(demonstration.settings(), (), (1920, 1080))
    watch = _Watch(application)
    try:
        demonstration.wait()
        application.show(fullscreen=False)
        tour = Tour(application, folder, "approved")
        payment = tour.run()
        application.visit.finish()
        pause(300)
        handler.flush()
        token, commands = watch.tokens.pop(), sorted(watch.commands)
        yield After(application, folder, temporary, log, payment, token, commands, len(tour.pages))
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
        handler.close()
        application.close()
        demonstration.close()
        application.window.deleteLater()
        pause(50)
        tempfile.tempdir = kept
        for name in set(os.environ) - set(environment):
            del os.environ[name]
        os.environ.update(environment)
        Languages.use("es")
        QApplication.instance().setStyleSheet("")


def absent(where: str, text: str, unwanted: dict[str, str]) -> None:
    """None of these in there; one check each."""
    for what, value in unwanted.items():
        _checks["made"] += 1
        assert value not in text, f"{where} has the {what}"


def readable(data: bytes) -> str:
    """Bytes as text in the encodings that may hide in them."""
    return "\n".join(data.decode(code, errors="ignore") for code in ("utf-8", "utf-16-le", "latin-1"))


# -- what was written ---------------------------------------------------------------------


def test_the_visit_was_a_real_one(after: After) -> None:
    assert after.payment.state is State.POSTED
    assert after.pages_seen > 20
    assert after.log.read_text().count("\n") > 10, "everything was logged"


def test_the_log_of_a_whole_visit_names_nobody(after: After) -> None:
    ours = {name: os.environ[name] for name in ("KIOSK_DEMO_GATEWAY_SECRET", "KIOSK_SANDBOX_CORE_SECRET")}
    absent("the log", after.log.read_text(), {**after.everything, **ours})


def test_the_journal_keeps_the_name_for_the_receipt_and_nothing_else(after: After) -> None:
    files = sorted((after.folder / "state").glob("journal.sqlite*"))
    assert files
    needed = {"name", "first name"}
    for file in files:
        wanted = {what: value for what, value in after.everything.items() if what not in needed | {"key"}}
        absent(file.name, readable(file.read_bytes()), wanted)
    events = after.application.desk().journal.events(after.payment.payment_id)
    absent("its events", json.dumps([str(event) for event in events]), {"key": f'"{MEMBER[1]}"'})


def test_the_paper_and_the_pdf_mask_the_document(after: After) -> None:
    unwanted = {what: after.everything[what] for what in ("document", "e-mail", "telephone", "session token")}
    paper = (after.folder / "state" / "receipt.escpos").read_bytes()
    assert b"0101" in paper
    absent("the paper", readable(paper), unwanted)
    for file in (after.folder / "state" / "receipts").glob("*.pdf"):
        absent(file.name, readable(file.read_bytes()), unwanted)
        assert file.stat().st_mode & 0o077 == 0 or file.parent.stat().st_mode & 0o077 == 0


def test_nothing_is_left_in_the_temporary_folder(after: After) -> None:
    _checks["made"] += 1
    for file in after.temporary.rglob("*"):
        if file.is_file():
            absent(file.name, readable(file.read_bytes()), after.everything)


def test_no_process_was_started_with_anything_of_the_member(after: After) -> None:
    assert any("QtWebEngineProcess" in command for command in after.commands), "the browser was seen"
    wanted = {what: value for what, value in after.everything.items() if what != "key"}
    for command in after.commands:
        if "pytest" not in command:
            absent(command[:60], command, wanted)


def test_a_crash_leaves_no_image_of_the_memory() -> None:
    crashing = (
        "import os, kiosk.cli as c, resource as r; c._leave_no_core(); print(r.getrlimit(r.RLIMIT_CORE))"
    )
    done = subprocess.run([sys.executable, "-c", crashing], capture_output=True, text=True, check=True)
    _checks["made"] += 1
    assert done.stdout.strip() == "(0, 0)"


# -- what is still in memory ----------------------------------------------------------------


def test_the_visit_is_as_if_nobody_had_been_there(after: After) -> None:
    visit, fresh = after.application.visit, Visit(Jobs(), lambda: None, Limits(visit_minimum(after)))
    of_the_terminal = {"_jobs", "_desk", "_serial", "limits", "core", "_limits", "_navigation", "_signing_in"}
    for part in ("", "signing_in", "paying"):
        was, new = (getattr(each, part) if part else each for each in (visit, fresh))
        for name, value in vars(new).items():
            parts = isinstance(value, QObject | SignalInstance | SigningIn | Paying)
            if name in of_the_terminal or name.startswith("__") or parts:
                continue
            _checks["made"] += 1
            assert vars(was)[name] == value, f"visit.{part}.{name}"
    for model in (visit.paying.obligations, visit.paying.banks, visit.payments):
        _checks["made"] += 1
        assert model.rowCount() == 0


def visit_minimum(after: After) -> object:
    return after.application.visit.limits.minimum


def test_no_widget_of_any_page_still_says_anything(after: After) -> None:
    unwanted = {**after.everything, "reference": after.payment.reference, "total": "412.300",
                "CUS": str(after.payment.cus)}  # fmt: skip
    for widget in after.application.window.findChildren(QWidget):
        said = [
            widget.accessibleName(),
            widget.accessibleDescription(),
            widget.toolTip(),
            widget.windowTitle(),
        ]
        if isinstance(widget, QLabel | QAbstractButton | QLineEdit):
            said.append(widget.text())
        said += [str(getattr(widget, "text", "")) if not callable(getattr(widget, "text", "")) else ""]
        absent(f"{type(widget).__name__} {widget.objectName()}", " ".join(said), unwanted)


def test_no_field_can_be_undone_to_what_was_typed(after: After) -> None:
    fields = after.application.window.findChildren(QLineEdit)
    assert len(fields) > 8
    for field in fields:
        _checks["made"] += 1
        assert field.text() == ""
        assert not field.isUndoAvailable()
        assert not field.isRedoAvailable()


def test_the_clipboard_is_empty_after_any_visit(after: After) -> None:
    QGuiApplication.clipboard().setText(MEMBER[0])
    after.application.visit.finish()
    _checks["made"] += 1
    assert QGuiApplication.clipboard().text() == ""


# -- the next member's browser ----------------------------------------------------------------

_LOOK = """
(async () => {
  const found = {cookies: document.cookie.length, local: localStorage.length, session: sessionStorage.length};
  found.caches = window.caches ? (await caches.keys()).length : 0;
  found.databases = window.indexedDB ? (await indexedDB.databases()).length : 0;
  found.workers = navigator.serviceWorker ? (await navigator.serviceWorker.getRegistrations()).length : 0;
  found.history = history.length;
  found.form = [...document.querySelectorAll("input:not([type=radio]):not([type=hidden])")]
      .filter((field) => field.value).length;
  document.title = JSON.stringify(found);
})();
"""
_LEAVE = """
(async () => {
  document.cookie = "who=maria; max-age=9999";
  localStorage.who = sessionStorage.who = "maria";
  if (window.caches) await (await caches.open("who")).put("/who", new Response("maria"));
  const asked = indexedDB.open("who");
  await new Promise((done) => { asked.onsuccess = done; asked.onerror = done; });
  document.title = "left";
})();
"""


def at_the_bank(after: After, script: str) -> str:
    """A visit to the gateway's page by a member of their own; what the script makes of the title."""
    application = after.application
    tour = Tour(application, after.folder, "approved")
    visit = application.visit
    tour._enter()
    tour.click("pay")
    tour.arrive(Step.CHOOSE)
    tour.wait(lambda: visit.paying.obligations.rowCount() > 0, "obligations")
    if not visit.paying.obligations.total:
        visit.paying.obligations.choose(0, *_other(visit))
    tour.click("go")
    tour.arrive(Step.SUMMARY)
    tour.click("go")
    tour._name_holder()
    tour._opened()
    web = tour.page.web
    web.page.runJavaScript(script, 0)
    tour.wait(lambda: web.page.title() == "left" or web.page.title().startswith("{"), "the script")
    title = web.page.title()
    visit.finish()
    tour.wait(lambda: not web_profile._alive, "the browser's end")
    return str(title)


def _other(visit: Visit) -> tuple[object, object]:
    from kiosk.cooperative.obligation import Choice

    owed = visit.paying.obligations.obligation(0)
    return Choice.OTHER, owed.other.minimum


def test_the_next_browser_knows_nothing_of_the_last_one(after: After) -> None:
    assert at_the_bank(after, _LEAVE) == "left"
    found = json.loads(at_the_bank(after, _LOOK))
    assert set(found) == {"cookies", "local", "session", "caches", "databases", "workers", "history", "form"}
    for what, count in found.items():
        _checks["made"] += 1
        assert count == (1 if what == "history" else 0), what


def test_the_browser_writes_nothing_to_disk(after: After) -> None:
    profile = web_profile.new_profile()
    _checks["made"] += 3
    assert profile.isOffTheRecord()
    for folder in (profile.persistentStoragePath(), profile.cachePath()):
        assert not folder or not [file for file in Path(folder).rglob("*") if file.is_file()]
    profile.deleteLater()


def test_how_much_was_looked_at(capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\nleaks: checked={_checks['made']} found=0")
    assert _checks["made"] > 1000
