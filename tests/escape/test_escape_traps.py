# ruff: noqa: E501 - hostile scripts read better whole
"""Pages that do not let go: storms of dialogs, unload traps, history, hung or greedy or dead renderers."""

from __future__ import annotations

import os
import signal

import pytest
from attempts import Attempt, run, show, touch_go, tries
from cell import Cell
from hostile import Reply
from PySide6.QtCore import QTimer

from kiosk.lockdown import renderer_watch
from kiosk.tour.hands import pause
from kiosk.views.bank import dialogs
from kiosk.visit.steps import Step

pytestmark = pytest.mark.qt_log_ignore("^GPUInfo not initialized", extend=True)


class Member(QTimer):
    """Touches «Aceptar» whenever something is asked, also while the page waits for it."""

    def __init__(self, cell: Cell) -> None:
        super().__init__(interval=40)
        self.cell, self.touches, self.titles, self.longest = cell, 0, set[str](), 0
        self.timeout.connect(self._look)
        self.start()

    def _look(self) -> None:
        if not self.cell.sees("page_dialog_yes"):
            return
        dialog = self.cell.page.dialog
        self.titles.add(dialog._title.text())
        self.longest = max(self.longest, len(dialog._text.text()))
        self.touches += 1
        self.cell.press("page_dialog_yes")


STORMS = {
    "alerts": "for (let i = 0; i < 200; i++) alert('Aviso ' + i)",
    "alerts-for-ever": "setInterval(() => alert('Aviso'), 10)",
    "alerts-from-frames": "for (let i = 0; i < 20; i++) document.body.append(Object.assign("
                          "document.createElement('iframe'), {srcdoc: '<script>alert(1)<\\/script>'}))",
    "confirms": "for (let i = 0; i < 50; i++) confirm('¿Seguro? ' + i)",
    "confirms-until-yes": "let i = 0; while (i++ < 500 && confirm('¿Seguro?'));",
    "prompts": "for (let i = 0; i < 50; i++) prompt('Escriba su clave', 'x')",
    "mixed": "for (let i = 0; i < 50; i++) { alert(i); confirm(i); prompt(i) }",
    "huge-alert": "alert('x'.repeat(5e6))",
    "huge-prompt": "prompt('x'.repeat(5e6), 'y'.repeat(5e6))",
    "confirms-from-timers": "for (let i = 0; i < 50; i++) setTimeout(() => confirm(i), 10 * i)",
}  # fmt: skip


@pytest.mark.parametrize("storm", STORMS)
def test_storms_of_dialogs(cell: Cell, storm: str) -> None:
    show(cell, f"<script>go.onclick = () => setTimeout(() => {{ {STORMS[storm]} }})</script>")
    member = Member(cell)
    cell.touch_web("#go")
    cell.wait(lambda: member.touches, "dialog")
    pause(900)
    member.stop()
    assert member.titles == {"La página de su banco dice:"}
    assert member.longest <= 600
    assert member.touches <= 4
    assert cell.escaped() == []


def test_a_question_is_no_cage(cell: Cell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody answers: it goes away by itself, and everything after it, too."""
    monkeypatch.setattr(dialogs, "SECONDS", 1)
    show(cell, "<script>go.onclick = () => setTimeout(() => { while (true) confirm('¿Seguro?') })</script>")
    monkeypatch.setattr(renderer_watch, "SILENT_FOR", 2)
    cell.touch_web("#go")
    cell.wait(lambda: cell.trouble == "hung", "end of the page")
    assert cell.escaped(trouble="hung") == []


UNLOAD = "addEventListener('beforeunload', (e) => {{ said('asked'); e.preventDefault(); {more} return 'No se vaya' }});"
UNLOADS = {
    "listener": UNLOAD.format(more="e.returnValue = 'x';"),
    "attribute": "onbeforeunload = (e) => { e.preventDefault(); return 'No se vaya' }",
    "in-frame": "const d = document.body.appendChild(document.createElement('iframe')).contentWindow; d.onbeforeunload "
                "= (e) => { e.preventDefault(); return 'x' }",
    "alert-inside": UNLOAD.format(more="alert('No se vaya'); confirm('¿Seguro?');"),
    "page-hide": "onpagehide = () => { alert('x'); location = '{evil}/loot'; open('{evil}/loot') }",
    "unload": "onunload = () => { alert('x'); location = '{evil}/loot' }",
    "busy": UNLOAD.format(more="const t = Date.now(); while (Date.now() - t < 3000);"),
    "moves": UNLOAD.format(more="location = '{evil}/loot';"),
}  # fmt: skip


@pytest.mark.parametrize("way", ["link", "again", "leave"])
@pytest.mark.parametrize("trap", UNLOADS)
def test_unload_traps(cell: Cell, trap: str, way: str) -> None:
    cell.town.replies["/next"] = Reply("<h1 id=there>sigue</h1>")
    show(cell, f"<p><a id=to href=/next>seguir</a><script>go.onclick = () => {{ {UNLOADS[trap]} }}</script>")
    cell.touch_web("#go")
    if way == "leave":
        cell.press("cancel")
        cell.press("confirm_leave")
        assert cell.visit.step is Step.WAITING
        return
    if way == "link":
        cell.touch_web("#to")
        cell.wait(lambda: cell.address.path() == "/next" and not cell.web.page.isLoading(), "next page", 8)
    else:
        cell.press("help")
        cell.press("help_reload")
        cell.wait(lambda: not cell.sees("bank_opening") and cell.told == [], "page again", 8)
    assert cell.escaped() == []


@tries(
    Attempt("history-back", "history.back()"),
    Attempt("history-far-back", "history.go(-5)"),
    Attempt("history-forward", "history.forward()"),
    Attempt("history-storm", "for (let i = 0; i < 400; i++) history.pushState(i, '', '/page#' + i)"),
    Attempt("history-other-host", "try { history.pushState(0, '', '{evil}/') } catch (e) { said('no') }", answers=True),
    Attempt("history-file", "try { history.replaceState(0, '', 'file:///etc') } catch (e) { said('no') }", answers=True),
    Attempt("history-trap", "history.pushState(1, '', '/page?1'); onpopstate = () => history.pushState(1, '', "
            "'/page?2'); history.back()"),
    Attempt("fragments", "setInterval(() => { location.hash = Math.random() }, 5)", settle=500),
    Attempt("frames", "for (let i = 0; i < 150; i++) document.body.append(document.createElement('iframe'))", settle=400),
    Attempt("workers", "for (let i = 0; i < 4; i++) new Worker(URL.createObjectURL(new Blob(['for (;;);'])))",
            settle=600),
    Attempt("redirect-loop", "location = '/round'", trouble="failed",
            replies=(("/round", Reply(status=302, headers={"Location": "/round"})),)),
    Attempt("busy-for-a-while", "const t = Date.now(); while (Date.now() - t < 1500);", settle=300),
    Attempt("documents", "setInterval(() => { document.body.insertAdjacentHTML('beforeend', '<p>x'.repeat(2000)) }, 30)",
            settle=500),
    Attempt("console", "for (let i = 0; i < 5000; i++) console.log('clave ' + i)", settle=300),
    Attempt("messages", "for (let i = 0; i < 20000; i++) postMessage('x'.repeat(100), '*')", settle=300),
)  # fmt: skip
def test_history_and_hurry(cell: Cell, attempt: Attempt) -> None:
    run(cell, attempt)


def test_reload_for_ever(cell: Cell) -> None:
    show(cell, "<script>if (location.hash) setTimeout(() => location.reload(), 20);"
               "go.onclick = () => { location.hash = 1; location.reload() }</script>")  # fmt: skip
    cell.touch_web("#go")
    pause(1200)
    cell.press("cancel")
    cell.press("confirm_leave")
    assert cell.visit.step is Step.WAITING
    assert cell.longest < 2.5


HANGS = {
    "loop": "for (;;);",
    "regular-expression": "/^(a+)+$/.test('a'.repeat(60) + 'b')",
    "alerts": "for (;;) alert('x')",
    "sync-request": "const x = new XMLHttpRequest(); x.open('GET', '/slow', false); x.send()",
}


@pytest.mark.parametrize("hang", HANGS)
def test_a_hung_page_is_ended_and_can_be_opened_again(
    cell: Cell, hang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renderer_watch, "SILENT_FOR", 2)
    cell.town.replies["/slow"] = Reply("tarde", after=12.0)
    show(cell, f"<script>go.onclick = () => setTimeout(() => {{ {HANGS[hang]} }})</script>")
    cell.touch_web("#go")
    cell.wait(lambda: cell.trouble == "hung", "end of the page")
    assert cell.page.trouble._what.text() == "La página de su banco dejó de funcionar y la cerramos"
    assert cell.escaped(trouble="hung") == []
    cell.press("retry")
    cell.wait(lambda: not cell.trouble and not cell.sees("bank_opening"), "page again")
    assert cell.escaped() == []


EATERS = {
    "bytes": "const all = []; setInterval(() => { all.push(new Uint8Array(6e7).fill(7)) }, 20)",
    "objects": "const all = []; setInterval(() => { for (let i = 0; i < 4e5; i++) all.push({i, s: 'x' + i}) }, 5)",
    "pictures": "const all = []; setInterval(() => { const c = document.createElement('canvas'); c.width = c.height = "
                "3000; c.getContext('2d', {willReadFrequently: true}).fillRect(0, 0, 3000, 3000); all.push(c) }, 20)",
    "worker": "new Worker(URL.createObjectURL(new Blob(['const all = []; setInterval(() => { "
              "all.push(new Uint8Array(6e7).fill(7)) }, 20)'])))",
}  # fmt: skip


@pytest.mark.parametrize("eater", EATERS)
def test_a_page_that_eats_the_memory_is_ended(
    cell: Cell, eater: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renderer_watch, "MOST_BYTES", 600_000_000)
    show(cell, f"<script>go.onclick = () => {{ {EATERS[eater]} }}</script>")
    cell.touch_web("#go")
    cell.wait(lambda: cell.trouble in ("crashed", "hung"), "end of the page")
    assert cell.escaped(trouble=cell.trouble) == []


DEATHS = {
    "while-asking": "go.onclick = () => confirm('¿Seguro?')",
    "while-typing": "document.body.append(document.createElement('input')); document.querySelector('input').focus()",
    "while-loading": "go.onclick = () => { location = '/slow' }",
    "while-choosing": "go.onclick = () => { for (let i = 0; i < 9; i++) alert(i) }",
}


@pytest.mark.parametrize("death", DEATHS)
def test_a_renderer_that_dies_at_a_bad_moment(cell: Cell, death: str) -> None:
    cell.town.replies["/slow"] = Reply("tarde", after=3.0)
    show(cell, f"<script>{DEATHS[death]}</script>")
    process = cell.web.page.renderProcessPid()
    if death == "while-asking":  # its answer is waited for inside the touch
        # Chromium hears of a death only when the question is answered, by the member or by its time.
        member = Member(cell)
        member.stop()
        QTimer.singleShot(400, lambda: os.kill(process, signal.SIGKILL))
        QTimer.singleShot(700, member.start)
        touch_go(cell)
    else:
        touch_go(cell)
        pause(250)
        os.kill(process, signal.SIGKILL)
    cell.wait(lambda: cell.trouble == "crashed", "word about the crash", 8)
    assert cell.escaped(trouble="crashed") == []
