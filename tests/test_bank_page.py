"""The bank's page under the kiosk's bar: real WebEngine, real servers, real touches and keys."""

from __future__ import annotations

import os
import shutil
import signal
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from counterparts import HOLDER, MEMBER, MORNING, Clock, ScriptedCore, ScriptedGateway, order
from PySide6.QtCore import QCoreApplication, QPoint, Qt, QTimer, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from test_pse_sandbox import RETURN, Payer, running

from kiosk.cooperative.money import Money
from kiosk.cooperative.payment import State
from kiosk.journal.journal import Journal
from kiosk.lockdown import renderer_watch, web_profile
from kiosk.lockdown.web_policy import Judgement, WebPolicy
from kiosk.pse.gateway import Created, Status, Verdict
from kiosk.teller.banks import BankDirectory
from kiosk.teller.checkout import Checkout
from kiosk.teller.desk import Desk
from kiosk.teller.terminal import TerminalFacts, Timings
from kiosk.tour.hands import Hands
from kiosk.views.bank import bank, dialogs
from kiosk.views.bank.bank import BankPage
from kiosk.views.bank.bar import BankBar
from kiosk.views.frame.main_window import MainWindow
from kiosk.views.frame.pages import page_makers
from kiosk.views.parts.languages import Languages
from kiosk.views.parts.page import Place
from kiosk.views.parts.stylesheet import stylesheet
from kiosk.views.parts.theme import Theme, load_fonts
from kiosk.visit.jobs import Jobs
from kiosk.visit.steps import Step
from kiosk.visit.visit import Limits, Visit

if QCoreApplication.instance() is None:
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
if hasattr(os, "geteuid") and os.geteuid() == 0:
    os.environ.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")  # Chromium's own refuses to start as root

PATIENCE = 20_000
pytestmark = pytest.mark.qt_log_ignore("^GPUInfo not initialized", extend=True)
TERMINAL = TerminalFacts("PAM01", "Cooperativa Solidarios", "190.0.2.15", "Kiosk/1")


# -- a site of ours -----------------------------------------------------------------------


class Site(ThreadingHTTPServer):
    """Serves the pages it is given and remembers who asked for what."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.pages: dict[str, str] = {}
        self.headers: dict[str, dict[str, str]] = {}
        self.statuses: dict[str, int] = {}
        self.asked: list[str] = []
        self.bodies: list[str] = []
        self.cookies: list[str | None] = []
        self.dead_calls = 0
        """How many connections are still to be dropped without an answer."""
        self.gate = threading.Event()
        """/slow answers when this is set."""

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that hangs up is no news."""

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def page(self, body: str, path: str = "/page", status: int = 200, **headers: str) -> str:
        self.pages[path] = (
            f"<!doctype html><meta charset=utf-8><title>Banco</title><body><h1>Banco</h1>{body}"
        )
        self.statuses[path] = status
        self.headers[path] = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.base + path


class _Answer(BaseHTTPRequestHandler):
    server: Site

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        self.server.asked.append(f"{self.headers['Host'].partition(':')[0]}{self.path}")
        self.server.cookies.append(self.headers.get("Cookie"))
        if self.server.dead_calls:
            self.server.dead_calls -= 1
            self.connection.close()
            return
        if path == "/slow":
            self.server.gate.wait(30)
        page = self.server.pages.get(path)
        body = (page or "").encode()
        self.send_response(self.server.statuses.get(path, 200) if page is not None else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        for name, value in self.server.headers.get(path, {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.server.bodies.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.do_GET()


@pytest.fixture
def site() -> Iterator[Site]:
    server = Site()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.gate.set()
    server.shutdown()
    server.server_close()
    thread.join()


# -- a member at the bank's page ----------------------------------------------------------


class Stay(Hands):
    """The kiosk's window on the bank's page, and a member's hands to work it with."""

    def __init__(
        self, window: MainWindow, visit: Visit, gateway: ScriptedGateway, checkout: Checkout, journal: Journal
    ) -> None:
        super().__init__(window, visit)
        self.gateway, self.checkout, self.journal = gateway, checkout, journal

    @property
    def page(self) -> BankPage:
        page = self.window.page(Step.BANK)
        assert isinstance(page, BankPage)
        return page

    def begin(self, url: str) -> None:
        """A payment whose bank page is `url`, on its way."""
        self.gateway.creation = Created("900123", url)
        payment = self.checkout.start(order(f"OB-{len(self.gateway.charges)}"), MEMBER, HOLDER)
        assert payment.redirect_url == url
        self.visit.paying.payment, self.visit.paying.gateway = payment, self.gateway
        self.visit._stand_at(Step.BANK)

    def open(self, url: str) -> None:
        """The same, and wait until there is a page to see."""
        with self.until_seen():
            self.begin(url)
        self.wait(lambda: not self.web.page.isLoading(), "whole page")

    @contextmanager
    def until_seen(self) -> Iterator[None]:
        """Do something, and wait until the page says that there is something to see."""
        seen: list[int] = []
        mark = self.page.page_visible.connect(lambda: seen.append(1))
        yield
        self.wait(lambda: seen, "page to see")
        self.page.page_visible.disconnect(mark)

    def touch_until(self, selector: str, condition: Callable[[], bool]) -> None:
        """Once more where nothing came of it: what is painted may lag behind the page for a moment."""
        for _ in range(4):
            self.touch_web(selector)
            if self.comes(condition, 4.0):
                return
        raise AssertionError(selector)

    def when(self, condition: Callable[[], bool], act: Callable[[], object]) -> None:
        """Act once something is true, even while the page waits for an answer of ours."""
        timer = QTimer(self.window, interval=20)

        def look() -> None:
            if condition():
                timer.stop()
                act()

        timer.timeout.connect(look)
        timer.start()

    @property
    def message(self) -> str:
        return self.page.message.words if self.sees("bank_message") else ""

    @property
    def address(self) -> str:
        return self.page.web.page.url().toString() if self.page.web else ""

    def stored_state(self) -> State:
        assert self.visit.paying.payment is not None
        return self.journal.get(self.visit.paying.payment.payment_id).state


def place(**changed: object) -> Place:
    facts: dict[str, Any] = {
        "cooperative": "Cooperativa Solidarios", "agency": "Agencia Norte", "city": "Ciudad",
        "address": "Calle 1", "hours": "8 a 4", "phone": "601 000 0000", "care": "Gestión del Asociado",
        "care_phone": "601 111 1111", "care_mobile": "300 111 1111", "care_email": "gestion@correo.example",
        "website": "coop.example", "privacy_url": "https://coop.example/datos", "nit": "900.000.000-1",
        "demonstration": True,
    }  # fmt: skip
    return Place(**(facts | changed))


@pytest.fixture
def limits() -> Limits:
    return Limits(Money.of(1000), watch_every=600)


@pytest.fixture
def stay(qtbot: QtBot, tmp_path: Path, limits: Limits) -> Iterator[Stay]:
    load_fonts()
    journal, gateway = Journal.open(tmp_path / "journal.sqlite"), ScriptedGateway()
    gateway.return_url = RETURN
    core = ScriptedCore()
    checkout = Checkout(journal, gateway, core, Clock(MORNING), TERMINAL, Timings())
    banks = BankDirectory(gateway, Clock(MORNING))
    desk = Desk(core, journal, gateway, banks, checkout, None, None, None, None)  # type: ignore[arg-type]
    jobs = Jobs()
    visit = Visit(jobs, lambda: desk, limits)
    window = MainWindow(visit, Theme(1280, 720), place(), page_makers())
    qtbot.addWidget(window)
    window.resize(1280, 720)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    yield Stay(window, visit, gateway, checkout, journal)
    page = window.page(Step.BANK)
    page.leave()
    qtbot.waitUntil(lambda: not web_profile._alive, timeout=PATIENCE)
    jobs.close()
    journal.close()


# -- the policy ---------------------------------------------------------------------------

ENTRIES = frozenset({"pse.example", "Banco.Example.", "127.0.0.1", "127.0.0.2"})


@pytest.mark.parametrize(
    ("url", "judgement"),
    [
        ("https://pse.example/pay?x=1", Judgement.OPEN),
        ("https://PSE.example./pay", Judgement.OPEN),
        ("https://registro.pse.example/", Judgement.OPEN),
        ("https://clave.banco.example:8443/", Judgement.OPEN),
        ("http://pse.example/", Judgement.REFUSE),
        ("http://127.0.0.1:8000/", Judgement.OPEN),
        ("http://localhost:8000/", Judgement.REFUSE),
        ("http://192.168.0.1/", Judgement.REFUSE),
        ("https://otherpse.example/", Judgement.REFUSE),
        ("https://pse.example.evil.example/", Judgement.REFUSE),
        ("https://evil.example/?u=https://pse.example/", Judgement.REFUSE),
        ("https://evil.example/pse.example", Judgement.REFUSE),
        ("https://pse.example@evil.example/", Judgement.REFUSE),
        ("https://user:key@pse.example/", Judgement.REFUSE),
        ("https://example/", Judgement.REFUSE),
        ("https://\u0440se.example/", Judgement.REFUSE),  # looks like a p and is none
        ("file:///etc/passwd", Judgement.REFUSE),
        ("data:text/html,hola", Judgement.REFUSE),
        ("javascript:alert(1)", Judgement.REFUSE),
        ("blob:https://pse.example/1", Judgement.REFUSE),
        ("chrome://gpu", Judgement.REFUSE),
        ("view-source:https://pse.example/", Judgement.REFUSE),
        ("about:blank", Judgement.REFUSE),
        ("", Judgement.REFUSE),
        ("https://coop.example/retorno?status=ok", Judgement.RETURN),
        ("https://coop.example/otra", Judgement.REFUSE),
    ],
)
def test_addresses_are_judged_by_their_parsed_host(url: str, judgement: Judgement) -> None:
    policy = WebPolicy(ENTRIES, lambda text: text.startswith("https://coop.example/retorno"), loopback=True)
    assert policy.judge(QUrl(url)) is judgement


def test_plain_http_is_for_the_demonstration_only() -> None:
    assert WebPolicy(ENTRIES, lambda _: False).judge(QUrl("http://127.0.0.1/")) is Judgement.REFUSE


def test_frames_may_be_empty_and_never_lead_home() -> None:
    policy = WebPolicy(ENTRIES, lambda _: True)
    assert policy.judge(QUrl("about:srcdoc"), main_frame=False) is Judgement.OPEN
    assert policy.judge(QUrl("https://coop.example/retorno"), main_frame=False) is Judgement.REFUSE
    assert policy.judge(QUrl("https://coop.example/retorno")) is Judgement.RETURN


def test_user_agent_names_chrome_alone() -> None:
    system, rest = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)", "Safari/537.36"
    qt = f"{system} QtWebEngine/6.140.0 Chrome/140.0.0.0 {rest}"
    assert web_profile.plain_user_agent(qt) == f"{system} Chrome/140.0.0.0 {rest}"


# -- in the window ------------------------------------------------------------------------


def test_warming_up_twice_is_once(stay: Stay) -> None:
    web_profile.warm()
    alive = list(web_profile._alive)
    web_profile.warm()
    assert web_profile._alive == alive


def test_a_whole_payment_typed_and_touched(stay: Stay) -> None:
    with running("--outcome", "approve") as base:
        payer = Payer(base)
        stay.open(payer.created["processUrl"])
        assert stay.page.bar.host.text() == "127.0.0.1"
        assert stay.page.bar.time.text() == "7:00" or stay.page.bar.time.text().startswith("6:5")
        stay.touch_web("#start")
        stay.wait(lambda: "/pse/" in stay.address and not stay.page.web.page.isLoading())
        stay.ask_web("document.getElementById('email').value = ''")
        stay.touch_web("#email")
        stay.wait(stay.window.keyboards.bottom.isVisible)
        assert stay.window.keyboards.bottom.kind == "email"
        for key in ("a", "n", "a", "at", "c", "dotco", "dotco", "back", "back", "back"):
            stay.press(f"key_email_{key}")
        stay.wait(lambda: stay.ask_web("document.getElementById('email').value") == "ana@c.co")
        stay.press("key_email_done")
        stay.wait(lambda: not stay.window.keyboards.bottom.isVisible())
        picked = "document.getElementById('bank-1902').checked"
        stay.touch_until("label[for=bank-1902]", lambda: bool(stay.ask_web(picked)))
        stay.touch_web("#go-to-bank")
        stay.wait(lambda: "/bank/" in stay.address and not stay.page.web.page.isLoading())
        stay.touch_web("#continue")
        stay.wait(lambda: stay.visit.step is Step.WAITING)
        assert payer.words()[0][0] == "APPROVED"
    assert stay.page.web is None
    stay.wait(lambda: stay.stored_state() is State.PENDING)


def test_the_way_back_is_noticed_and_never_opened(stay: Stay, site: Site) -> None:
    site.page("", "/pay", status=302, Location=f"{RETURN}&status=APPROVED")
    stay.open(site.page("<a id=go href=/pay>Pagar</a>"))
    stay.touch_web("#go")
    stay.wait(lambda: stay.visit.step is Step.WAITING)
    # What the address claims is not believed: only the gateway decides.
    stay.wait(lambda: stay.stored_state() is State.PENDING)


def test_a_frame_is_no_way_back(stay: Stay, site: Site) -> None:
    site.page("<p id=in>dentro</p>", "/inside")
    stay.open(site.page(f"<iframe src='{RETURN}'></iframe><iframe src=/inside></iframe>"))
    stay.wait(lambda: "127.0.0.1/inside" in site.asked)
    assert stay.visit.step is Step.BANK
    assert not stay.message


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ("http://localhost:{port}/elsewhere", "localhost"),
        ("https://banco.example.org/", "banco.example.org"),
        ("http://192.0.2.1/", "192.0.2.1"),
        ("mailto:ana@correo.example", "otro programa"),
        ("bancoapp://abrir", "otro programa"),
    ],
)
def test_other_addresses_are_refused_with_a_word(stay: Stay, site: Site, link: str, words: str) -> None:
    site.page("otra", "/elsewhere")
    stay.open(site.page(f"<a id=go href='{link.format(port=site.server_port)}'>ir</a>"))
    stay.touch_web("#go")
    stay.wait(lambda: words in stay.message)
    assert stay.address == site.base + "/page"
    assert stay.page.bar.host.text() == "127.0.0.1"
    assert stay.page.trouble.isHidden()
    assert "localhost/elsewhere" not in site.asked


@pytest.mark.parametrize(
    "link", ["data:text/html,hola", "file:///etc/passwd", "chrome://version", "javascript:void 0"]
)
def test_other_schemes_lead_nowhere(stay: Stay, site: Site, link: str) -> None:
    stay.open(site.page(f"<a id=go href='{link}'>ir</a><a id=next href=/next>seguir</a>"))
    stay.touch_web("#go")
    assert "otro programa" not in stay.message
    site.page("<p id=there>sigue</p>", "/next")
    stay.touch_web("#next")  # the page is still there and works
    stay.wait(lambda: stay.address == site.base + "/next")


def test_an_empty_page_is_trouble(stay: Stay, site: Site) -> None:
    stay.open(site.page("<a id=go href='about:blank'>ir</a>"))
    stay.touch_web("#go")
    stay.wait(lambda: stay.sees("bank_trouble"))
    stay.press("retry")
    stay.wait(lambda: stay.address == site.base + "/page")


def test_a_first_address_off_the_list_is_trouble(stay: Stay) -> None:
    stay.begin("https://otro.example/pagar")
    stay.wait(lambda: stay.sees("bank_trouble"))
    assert stay.page.trouble.kind == "failed"


def test_a_new_window_opens_in_place(stay: Stay, site: Site) -> None:
    site.page("nueva", "/new")
    stay.open(site.page("<button id=go onclick=\"window.open('/new?a=1')\">abrir</button>"))
    stay.touch_web("#go")
    stay.wait(lambda: stay.address == site.base + "/new?a=1")
    assert len(stay.window.findChildren(QWidget, "bank_view")) == 1


def test_a_form_for_a_new_window_keeps_what_it_sends(stay: Stay, site: Site) -> None:
    site.page("recibido", "/post")
    field = "<input name=monto value=185000><button id=go>Pagar</button>"
    stay.open(site.page(f"<form method=post action=/post target=_blank>{field}</form>"))
    stay.touch_web("#go")
    stay.wait(lambda: stay.address == site.base + "/post")
    assert site.bodies == ["monto=185000"]


def test_a_new_window_elsewhere_is_refused(stay: Stay, site: Site) -> None:
    stay.open(site.page("<button id=go onclick=\"window.open('https://otro.example/')\">abrir</button>"))
    stay.touch_web("#go")
    stay.wait(lambda: "otro.example" in stay.message)
    assert stay.address == site.base + "/page"


def test_downloads_files_and_permissions_are_refused(stay: Stay, site: Site) -> None:
    site.page("x", "/file", Content_Disposition="attachment; filename=extracto.pdf")
    script = (
        "navigator.geolocation.getCurrentPosition(() => said('yes'), (e) => said(e.code));"
        "document.documentElement.requestFullscreen().then(() => said('full'), () => said('not full'));"
    )
    stay.open(
        site.page(
            "<script>const told = []; const said = (word) => told.push(word);</script>"
            f'<button id=ask onclick="{script}">pedir</button>'
            "<a id=load href=/file>bajar</a><input id=choose type=file>"
        )
    )
    stay.touch_web("#ask")
    stay.wait(lambda: len(stay.ask_web("told")) == 2)
    assert set(map(str, stay.ask_web("told"))) == {"1", "not full"}
    stay.touch_web("#load")
    stay.wait(lambda: "no se guardan archivos" in stay.message)
    stay.touch_web("#choose")
    stay.wait(lambda: "adjuntar" in stay.message)
    assert stay.page.web.view.contextMenuPolicy() is Qt.ContextMenuPolicy.NoContextMenu
    assert not stay.page.web.view.acceptDrops()


def test_a_server_that_asks_for_a_key_gets_none(stay: Stay, site: Site) -> None:
    stay.begin(site.page("cerrado", status=401, WWW_Authenticate='Basic realm="x"'))
    stay.wait(lambda: stay.sees("bank_trouble"))
    assert QGuiApplication.modalWindow() is None


# -- what the page says -------------------------------------------------------------------


def test_an_alert_is_ours_and_stops_nothing(stay: Stay, site: Site) -> None:
    stay.open(site.page("<button id=go onclick=\"alert('Su <b>sesión</b> vence'); done = 1\">x</button>"))
    stay.touch_web("#go")
    stay.wait(lambda: stay.sees("page_dialog"))
    assert stay.page.dialog._text.text() == "Su <b>sesión</b> vence"
    assert stay.page.dialog._text.textFormat() is Qt.TextFormat.PlainText
    assert stay.ask_web("done") == 1
    stay.press("page_dialog_yes")
    assert not stay.sees("page_dialog")


@pytest.mark.parametrize(("button", "answer"), [("page_dialog_yes", True), ("page_dialog_no", False)])
def test_a_question_waits_for_the_member(stay: Stay, site: Site, button: str, answer: bool) -> None:
    stay.open(site.page("<button id=go onclick=\"answer = confirm('¿Confirma el pago?')\">x</button>"))
    stay.when(lambda: stay.sees(button), lambda: stay.press(button))
    stay.touch_web("#go")
    stay.wait(lambda: stay.ask_web("typeof answer") == "boolean")
    assert stay.ask_web("answer") is answer


def test_a_question_nobody_answers_is_answered_with_no(
    stay: Stay, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialogs, "SECONDS", 1)
    stay.open(site.page("<button id=go onclick=\"answer = prompt('¿Nombre?', 'Ana')\">x</button>"))
    stay.touch_web("#go")
    stay.wait(lambda: stay.ask_web("typeof answer") == "object")
    assert stay.ask_web("answer") is None
    assert not stay.sees("page_dialog")


def test_a_text_is_asked_for_with_the_keyboard(stay: Stay, site: Site) -> None:
    stay.open(site.page("<button id=go onclick=\"answer = prompt('¿Apellido?', '')\">x</button>"))

    def type_it() -> None:
        for key in ("p", "e", "ñ", "a"):
            stay.press(f"key_text_{key}")
        stay.when(lambda: stay.page.dialog.edit.text() == "peña", lambda: stay.press("page_dialog_yes"))

    stay.when(lambda: stay.sees("key_text_ñ"), type_it)
    stay.touch_web("#go")
    stay.wait(lambda: stay.ask_web("typeof answer") == "string")
    assert stay.ask_web("answer") == "peña"
    assert stay.page.dialog.edit.text() == ""


def test_leaving_in_the_middle_of_a_question(stay: Stay, site: Site) -> None:
    stay.open(site.page("<button id=go onclick=\"confirm('¿Sigue ahí?')\">x</button>"))
    stay.when(lambda: stay.sees("page_dialog"), stay.visit.paying.left_bank)
    stay.touch_web("#go")
    stay.wait(lambda: stay.visit.step is Step.WAITING and not web_profile._alive)
    assert not stay.sees("page_dialog")


def test_opening_again_in_the_middle_of_a_question(stay: Stay, site: Site) -> None:
    stay.open(site.page("<button id=go onclick=\"confirm('¿Sigue ahí?')\">x</button>"))
    stay.when(lambda: stay.sees("page_dialog"), stay.page._reload)
    stay.touch_web("#go")
    stay.wait(lambda: not stay.page.dialog._loop.isRunning())
    assert not stay.sees("page_dialog")
    stay.wait(lambda: not stay.page.opening.isVisible() and stay.ask_web("typeof go") == "object")


# -- the keyboard -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("attributes", "kind"),
    [
        ("type=text", "text"),
        ("type=email", "email"),
        ("type=password", "secret"),
        ("type=password inputmode=numeric", "digits"),
        ("type=text inputmode=numeric", "digits"),
        ("type=number", "digits"),
        ("type=tel", "digits"),
    ],
)
def test_each_field_gets_its_keyboard(stay: Stay, site: Site, attributes: str, kind: str) -> None:
    stay.open(site.page(f"<input id=field {attributes}>"))
    stay.touch_web("#field")
    stay.wait(stay.window.keyboards.bottom.isVisible)
    stay.wait(lambda: stay.window.keyboards.bottom.kind == kind)
    assert not stay.window.keyboards.side.isVisible()
    stay.press(f"key_{kind}_1")
    stay.wait(lambda: stay.ask_web("field.value") == "1")


def test_accents_capitals_and_signs_arrive(stay: Stay, site: Site) -> None:
    stay.open(site.page("<textarea id=field></textarea><input id=key type=password>"))
    stay.touch_web("#field")
    stay.wait(lambda: stay.sees("key_text_ñ"))
    for key in ("shift", "ñ", "a", "space", "é", "x", "back"):
        stay.press(f"key_text_{key}")
    stay.wait(lambda: stay.ask_web("field.value") == "Ña é")
    stay.touch_web("#key")
    stay.wait(lambda: stay.sees("key_secret_$"))
    for key in ("at", "$", "shift", "q"):
        stay.press(f"key_secret_{key}")
    stay.wait(lambda: stay.ask_web("document.getElementById('key').value") == "@$Q")


def test_done_leaves_the_field_until_it_is_touched_again(stay: Stay, site: Site) -> None:
    stay.open(
        site.page("<input id=field onchange='changed = this.value'><input id=other><p id=text>texto</p>")
    )
    stay.touch_web("#field")
    stay.wait(lambda: stay.sees("key_text_a"))
    stay.press("key_text_a")
    stay.wait(lambda: stay.ask_web("field.value") == "a")
    stay.press("key_text_done")
    stay.wait(lambda: not stay.window.keyboards.bottom.isVisible())
    # The page hears that its field was left, as it would from any keyboard.
    stay.wait(lambda: stay.ask_web("typeof changed") == "string")
    assert stay.ask_web("document.activeElement.tagName") == "BODY"
    stay.touch_web("#field")
    stay.wait(stay.window.keyboards.bottom.isVisible)
    stay.touch_web("#text")
    stay.wait(lambda: not stay.window.keyboards.bottom.isVisible())


def test_the_field_stays_in_sight_when_the_keyboard_opens(stay: Stay, site: Site) -> None:
    stay.open(site.page("<div style='height:460px'></div><input id=field><div style='height:900px'></div>"))
    whole = stay.page.web.view.height()
    rect = stay.find_web("#field")
    assert rect is not None
    assert rect.top() > whole // 2
    stay.touch_web("#field")
    stay.wait(stay.window.keyboards.bottom.isVisible)
    stay.wait(lambda: stay.page.web.view.height() < whole)

    def in_sight() -> bool:
        top, height = stay.ask_web("[field.getBoundingClientRect().top, innerHeight]")
        return height <= stay.page.web.view.height() and 0 <= top < height - 20

    stay.wait(in_sight)


def test_a_field_inside_a_frame_is_typed_into(stay: Stay, site: Site) -> None:
    site.page("<input id=field style='width:280px'>", "/inside")
    stay.open(site.page("<iframe id=frame src=/inside width=300 height=150></iframe>"))
    rect = stay.find_web("#frame")
    assert rect is not None
    stay.strike(stay.glass, rect.topLeft() + QPoint(60, 90))
    stay.wait(lambda: stay.sees("key_text_ñ"))
    stay.press("key_text_ñ")
    stay.wait(lambda: stay.ask_web("frames[0].field.value") == "ñ")


def test_help_takes_the_keyboard_away(stay: Stay, site: Site) -> None:
    stay.open(site.page("<input id=field autofocus>"))
    stay.wait(stay.window.keyboards.bottom.isVisible)
    stay.press("help")
    assert stay.sees("help_card")
    stay.wait(lambda: not stay.window.keyboards.bottom.isVisible())
    words = " ".join(pair[1].text() for pair in stay.page.help._rows)
    assert "Gestión del Asociado: 601 111 1111" in words
    stay.press("help_close")
    assert not stay.sees("help_card")
    assert stay.visit.step is Step.BANK


# -- leaving ------------------------------------------------------------------------------


def test_cancel_asks_first_and_says_what_it_means(stay: Stay, site: Site) -> None:
    stay.open(site.page("banco"))
    stay.press("cancel")
    assert "Si su banco ya hizo el débito" in stay.page.leaving._debited.text()
    stay.press("keep_paying")
    assert stay.visit.step is Step.BANK
    assert not stay.sees("leave_card")
    stay.press("cancel")
    stay.press("confirm_leave")
    assert stay.visit.step is Step.WAITING
    stay.wait(lambda: stay.stored_state() is State.PENDING)


@pytest.mark.parametrize("limits", [Limits(Money.of(1000), bank_seconds=2.0, watch_every=600)])
def test_the_time_ends_the_stay(stay: Stay, site: Site) -> None:
    stay.begin(site.page("banco"))
    stay.wait(lambda: stay.visit.step is Step.WAITING)
    assert stay.page.bar.time.text() == "0:00"


@pytest.mark.parametrize("limits", [Limits(Money.of(1000), watch_every=0.1)])
def test_the_gateway_is_asked_meanwhile_and_its_answer_counts(
    stay: Stay, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bank, "_FIRST_QUESTION_AFTER", 0.5)
    stay.gateway.answers = [Verdict(Status.PENDING)]
    stay.open(site.page("banco"))
    stay.wait(lambda: len(stay.gateway.asked) >= 2)
    assert stay.visit.step is Step.BANK
    stay.gateway.answers = [Verdict(Status.REJECTED, cause="Fondos insuficientes")]
    stay.wait(lambda: stay.visit.step is Step.RESULT)
    assert stay.page.web is None


# -- trouble ------------------------------------------------------------------------------


def test_no_connection_then_again(stay: Stay, site: Site) -> None:
    site.dead_calls = 10
    stay.begin(site.page("banco"))
    stay.wait(lambda: stay.sees("bank_trouble"))
    assert stay.page.trouble.kind == "failed"
    assert "Su pago está a salvo" in stay.page.trouble._money.text()
    site.dead_calls = 0
    stay.press("retry")
    stay.wait(lambda: not stay.sees("bank_trouble") and not stay.sees("bank_opening"))
    assert stay.address == site.base + "/page"


def test_the_banks_own_failure_can_be_left(stay: Stay, site: Site) -> None:
    stay.begin(site.page("oops", status=503))
    stay.wait(lambda: stay.sees("bank_trouble"))
    stay.press("leave_bank")
    assert stay.visit.step is Step.WAITING


def test_a_late_page_is_told_and_shown_when_it_comes(stay: Stay, site: Site) -> None:
    stay.page.late_after = 0.5
    site.page("por fin", "/slow")
    stay.begin(site.base + "/slow")
    stay.wait(lambda: stay.sees("bank_trouble"))
    assert stay.page.trouble.kind == "late"
    site.gate.set()
    stay.wait(lambda: not stay.sees("bank_trouble"))
    assert "por fin" in stay.ask_web("document.body.innerText")


def test_something_to_see_is_shown_before_everything_has_come(stay: Stay, site: Site) -> None:
    site.page("", "/slow")
    with stay.until_seen():
        stay.begin(site.page("<p>banco</p><img src=/slow>"))
    assert stay.page.web.page.isLoading()
    assert not stay.sees("bank_opening")


def test_a_dead_renderer_is_told_and_replaced(stay: Stay, site: Site) -> None:
    stay.open(site.page("banco"))
    for _ in range(2):
        os.kill(stay.page.web.page.renderProcessPid(), signal.SIGKILL)
        stay.wait(lambda: stay.sees("bank_trouble"))
        assert stay.page.trouble.kind == "crashed"
        with stay.until_seen():
            stay.press("retry")
        assert not stay.sees("bank_trouble")
    os.kill(stay.page.web.page.renderProcessPid(), signal.SIGKILL)
    stay.wait(lambda: stay.sees("bank_trouble"))
    assert not stay.sees("retry"), "a page that keeps dying is not tried for ever"
    assert stay.visit.step is Step.BANK


def test_a_page_that_hangs_is_replaced_when_the_member_asks_for_it(
    stay: Stay, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renderer_watch, "_PATIENCE", 1)
    stay.open(site.page("<button id=go onclick='setTimeout(() => { for (;;); }, 100)'>Pagar</button>"))
    first = stay.page.web
    stay.touch_web("#go")
    stay.wait(lambda: not first.answers)
    stay.press("help")
    with stay.until_seen():
        stay.press("help_reload")
    assert stay.page.web is not first
    assert stay.ask_web("document.getElementById('go').textContent") == "Pagar"
    assert len(stay.window.findChildren(QWidget, "bank_view")) == 1


def test_a_page_that_was_put_down_is_not_said_to_have_closed_itself(
    stay: Stay, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renderer_watch, "SILENT_FOR", 1)
    stay.open(site.page("<button id=go onclick='setTimeout(() => { for (;;); }, 100)'>Pagar</button>"))
    stay.touch_web("#go")
    stay.wait(lambda: stay.sees("bank_trouble"))
    assert stay.page.trouble.kind == "hung"
    assert "la cerramos" in stay.page.trouble._what.text()
    with stay.until_seen():
        stay.press("retry")


def test_a_sentence_does_not_move_the_banks_page_and_can_be_taken_away(stay: Stay, site: Site) -> None:
    stay.open(site.page("<a id=go href='https://otro.example/'>ir</a>"))
    before = stay.page.web.view.geometry()
    stay.touch_web("#go")
    stay.wait(lambda: "otro.example" in stay.message)
    assert stay.page.web.view.geometry() == before
    shown = stay.page.message.geometry()
    assert stay.page.stage.rect().contains(shown)
    assert shown.height() < stay.page.stage.height() / 4
    Languages.use("en")
    try:
        stay.wait(lambda: "does not open on" in stay.message)
    finally:
        Languages.use("es")
    stay.press("bank_message_close")
    assert stay.message == ""


def test_dialogs_that_are_dropped_are_told_of_once(stay: Stay, site: Site) -> None:
    storm = "for (let i = 0; i < 6; i++) alert('Aviso ' + i)"
    stay.open(site.page(f'<button id=go onclick="setTimeout(() => {{ {storm} }})">Pagar</button>'))
    told = []
    stay.page.message.said.connect(told.append)
    stay.touch_web("#go")
    stay.wait(lambda: "insiste con avisos" in stay.message)
    assert len(told) == 1


@pytest.mark.skipif(shutil.which("openssl") is None, reason="makes its certificate with openssl")
def test_a_certificate_nobody_vouches_for_is_refused(stay: Stay, site: Site, tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    site.socket = context.wrap_socket(site.socket, server_side=True)
    stay.begin(site.page("banco").replace("http:", "https:"))
    stay.wait(lambda: stay.sees("bank_trouble"))
    assert stay.page.trouble.kind == "certificate"
    assert not stay.sees("retry")
    assert not site.asked


# -- nothing stays ------------------------------------------------------------------------


def test_three_stays_leave_nothing_behind(stay: Stay, site: Site) -> None:
    url = site.page(
        "<script>document.cookie = 'who=ana; max-age=999'; localStorage.setItem('who', 'ana')</script>"
    )
    for number in range(1, 4):
        stay.open(url)
        assert stay.page.web.profile.isOffTheRecord()
        assert "QtWebEngine" not in stay.ask_web("navigator.userAgent")
        assert "Chrome/" in stay.ask_web("navigator.userAgent")
        assert stay.ask_web("localStorage.length") == 1
        QGuiApplication.clipboard().setText("1234")
        stay.visit.paying.left_bank()
        assert stay.page.web is None
        stay.wait(lambda: not web_profile._alive)
        assert QGuiApplication.clipboard().text() == ""
        assert [cookie for cookie in site.cookies if cookie] == [], f"stay {number} was recognised"
    # pytest-qt fails the test for any warning of Qt along the way.


def test_entering_again_keeps_the_page(stay: Stay, site: Site) -> None:
    stay.open(site.page("<script>mark = 7</script>"))
    stay.page.enter()
    assert stay.ask_web("mark") == 7
    assert len(site.asked) == 1 or site.asked.count("127.0.0.1/page") == 1


def test_nothing_there_has_no_rectangle(stay: Stay, site: Site) -> None:
    stay.open(site.page("<p id=none hidden>x</p><p id=some>y</p>"))
    assert stay.find_web("#nowhere") is None
    assert stay.find_web("#none") is None
    assert stay.find_web("#some") is not None


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920), (1366, 768), (1280, 1024)])
def test_the_bar_fits_and_a_long_host_keeps_its_end(qtbot: QtBot, size: tuple[int, int], large: bool) -> None:
    load_fonts()
    theme = Theme(*size)
    theme.set_comfort(large=large, contrast=False)
    bar = BankBar(theme, lambda: None, lambda: None)
    qtbot.addWidget(bar)
    bar.setStyleSheet(stylesheet(theme))
    bar.show_origin("sucursalvirtual.transacciones.un-banco-de-nombre-muy-largo.example", locked=True)
    bar.show_time(372)
    bar.resize(size[0], bar.sizeHint().height())
    bar.show()
    assert bar.minimumSizeHint().width() <= size[0]
    assert bar.host.width() >= theme.u(300)
    assert bar.time.text() == "6:12"
