# ruff: noqa: E501 - hostile scripts read better whole
"""Fingers and mice: long press, context menus, drags, middle and modified clicks, pinch and wheel."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from attempts import NO_FILES, NOT_HERE, Attempt, private_file, run, tries
from cell import Cell
from hostile import EVIL
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from kiosk.tour.hands import pause

pytestmark = pytest.mark.qt_log_ignore("^GPUInfo not initialized", extend=True)
_Button, _Key = Qt.MouseButton, Qt.KeyboardModifier
PIXEL = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA="
THINGS = {
    "text": "<p id=to>Un texto largo de su banco</p>",
    "link": "<p><a id=to href='{evil}/loot'>Un enlace largo</a>",
    "field": "<input id=to value='una palabra'>",
    "key-field": "<input id=to type=password value=clave>",
    "image": f"<img id=to src='{PIXEL}' width=300 height=200>",
    "video": "<video id=to controls width=300 height=200></video>",
    "canvas": "<canvas id=to width=300 height=200></canvas>",
    "editable": "<div id=to contenteditable>Un texto que se cambia</div>",
    "frame": "<iframe id=to srcdoc='<p>Un texto en un marco, bastante largo</p>'></iframe>",
    "list": "<select id=to size=4><option>uno<option>dos</select>",
}


@tries(*(Attempt(f"long-press-{name}", body=body, act=lambda c: c.hold("#to"), settle=350)
         for name, body in THINGS.items()))  # fmt: skip
def test_a_finger_that_stays(cell: Cell, attempt: Attempt) -> None:
    run(cell, attempt)


@tries(*(Attempt(f"right-click-{name}", body=body, act=lambda c: c.touch_web("#to", _Button.RightButton), settle=200)
         for name, body in THINGS.items()))  # fmt: skip
def test_context_menus(cell: Cell, attempt: Attempt) -> None:
    run(cell, attempt)


LINK = "<p><a id=to href='{evil}/loot'>Un enlace largo</a>"
FILE_LINK = "<p><a id=to href='data:text/plain,x'>Un enlace largo</a>"


def click(name: str, button: Qt.MouseButton, keys: Qt.KeyboardModifier, words: str) -> Attempt:
    return Attempt(name, body=LINK, words=words, act=lambda c: c.touch_web("#to", button, keys), settle=200)


TOLD = NOT_HERE + EVIL


@tries(
    click("middle-click", _Button.MiddleButton, _Key.NoModifier, TOLD),
    click("ctrl-click", _Button.LeftButton, _Key.ControlModifier, TOLD),
    click("shift-click", _Button.LeftButton, _Key.ShiftModifier, TOLD),
    click("ctrl-shift-click", _Button.LeftButton, _Key.ControlModifier | _Key.ShiftModifier, TOLD),
    click("ctrl-middle-click", _Button.MiddleButton, _Key.ControlModifier, TOLD),
    click("shift-middle-click", _Button.MiddleButton, _Key.ShiftModifier, TOLD),
    click("alt-click", _Button.LeftButton, _Key.AltModifier, NO_FILES),
    click("meta-click", _Button.LeftButton, _Key.MetaModifier, TOLD),
    Attempt("middle-click-data", body=FILE_LINK, act=lambda c: c.touch_web("#to", _Button.MiddleButton)),
    Attempt("middle-click-text", body=THINGS["text"], act=lambda c: c.touch_web("#to", _Button.MiddleButton)),
    Attempt("middle-click-field", body=THINGS["field"], act=lambda c: c.touch_web("#to", _Button.MiddleButton)),
    Attempt("back-button", body=LINK, act=lambda c: c.touch_web("#to", _Button.BackButton)),
    Attempt("forward-button", body=LINK, act=lambda c: c.touch_web("#to", _Button.ForwardButton)),
)  # fmt: skip
def test_other_clicks(cell: Cell, attempt: Attempt) -> None:
    run(cell, attempt)


WATCHED = "<script>addEventListener('dragend', () => said('yes, dragged'))</script>"
FRAME = (
    "<iframe id=to width=300 height=200></iframe><script>const d = to.contentDocument;"
    "d.body.innerHTML = '<div draggable=true style=\"height:150px\">arrastre</div>';"
    "d.addEventListener('dragend', () => said('yes, dragged'))</script>"
)


def pull(cell: Cell) -> None:
    cell.drag("#to", QPoint(600, 400))


def pull_out(cell: Cell) -> None:
    """Up onto our own bar."""
    cell.drag("#to", QPoint(600, -40))


def pull_text(cell: Cell) -> None:
    cell.ask_web("getSelection().selectAllChildren(document.getElementById('to'))")
    pause(60)
    pull(cell)


@tries(
    Attempt("drag-link", body=LINK + WATCHED, act=pull),
    Attempt("drag-link-out", body=LINK + WATCHED, act=pull_out),
    Attempt("drag-image", body=THINGS["image"] + WATCHED, act=pull),
    Attempt("drag-text", body="<b id=to>Un texto marcado</b>" + WATCHED, act=pull_text),
    Attempt("drag-element", body="<p id=to draggable=true>arrastre</p>" + WATCHED, act=pull),
    Attempt("drag-from-frame", body=FRAME, act=pull),
    Attempt("drag-file", body="<p id=to draggable=true>arrastre</p>" + WATCHED + "<script>addEventListener("
            "'dragstart', (e) => e.dataTransfer.setData('DownloadURL', 'text/plain:x.exe:{evil}/loot'), true)"
            "</script>", act=pull),
)  # fmt: skip
def test_drags(cell: Cell, attempt: Attempt) -> None:
    run(cell, attempt)


def drop(make: Callable[[], QMimeData]) -> Callable[[Cell], object]:
    """Something from outside is dropped on the page, on whatever takes drops there."""

    def act(cell: Cell) -> None:
        data, what = make(), Qt.DropAction.CopyAction
        no_keys = (Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
        for widget in (cell.web.view, cell.glass):
            assert not widget.acceptDrops()
            enter = QDragEnterEvent(QPointF(300, 200), what, data, *no_keys)
            QApplication.sendEvent(widget, enter)
            QApplication.sendEvent(widget, QDropEvent(QPointF(300, 200), what, data, *no_keys))
        data.deleteLater()

    return act


def _urls(text: str) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl(text)])
    return data


def _text(text: str) -> QMimeData:
    data = QMimeData()
    data.setText(text)
    return data


UPLOAD = (
    "<input id=to type=file style='width:900px;height:400px' onchange='said(\"yes \" + this.files[0].name)'>"
)
TAKES = (
    "<script>for (const k of ['dragover', 'drop']) document.addEventListener(k, (e) => {"
    "e.preventDefault(); if (k === 'drop') said('yes ' + e.dataTransfer.files.length) })</script>"
)


def test_a_file_dropped(cell: Cell, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = private_file(tmp_path_factory.mktemp("own"))
    run(cell, Attempt("", body=UPLOAD + TAKES, act=drop(lambda: _urls(file.as_uri())), settle=300))


@tries(
    Attempt("drop-address", body=TAKES, act=drop(lambda: _urls("https://evil.localhost/loot"))),
    Attempt(
        "drop-text", body=THINGS["field"] + TAKES, act=drop(lambda: _text("https://evil.localhost/loot"))
    ),
)
def test_drops(cell: Cell, attempt: Attempt) -> None:
    run(cell, attempt)


def wheel(keys: Qt.KeyboardModifier) -> Callable[[Cell], object]:
    def act(cell: Cell) -> None:
        where = QPointF(300, 300)
        for turn in (240, 240, -600):
            event = QWheelEvent(
                where, cell.glass.mapToGlobal(where), QPoint(0, turn), QPoint(0, turn), Qt.MouseButton.NoButton,
                keys, Qt.ScrollPhase.NoScrollPhase, False,
            )  # fmt: skip
            QApplication.sendEvent(cell.glass, event)
            pause(60)

    return act


def fingers(count: int, spread: int, hold: int = 0) -> Callable[[Cell], object]:
    """Several fingers at once, moving apart or staying."""

    def act(cell: Cell) -> None:
        glass = cell.glass
        starts = [QPoint(500 + 40 * finger, 300) for finger in range(count)]
        for moment in range(6):
            touches = QTest.touchEvent(glass, cell.finger)
            for finger, start in enumerate(starts):
                where = start + QPoint((finger * 2 - count + 1) * spread * moment, 0)
                (touches.press if moment == 0 else touches.move)(finger, where, glass)
            touches.commit()
            pause(25 + hold // 6)
        touches = QTest.touchEvent(glass, cell.finger)
        for finger in range(count):
            touches.release(finger, starts[finger], glass)
        touches.commit()

    return act


def double_tap(cell: Cell) -> None:
    where = cell.place_of("#to").center()
    QTest.mouseDClick(cell.glass, Qt.MouseButton.LeftButton, pos=where)


def edge_swipe(cell: Cell) -> None:
    """From the left edge inwards: «back» on other machines."""
    glass = cell.glass
    QTest.touchEvent(glass, cell.finger).press(0, QPoint(1, 300), glass).commit()
    for step in range(1, 10):
        QTest.touchEvent(glass, cell.finger).move(0, QPoint(step * 90, 300), glass).commit()
        pause(15)
    QTest.touchEvent(glass, cell.finger).release(0, QPoint(820, 300), glass).commit()


@tries(
    Attempt("ctrl-wheel", body=THINGS["text"], act=wheel(_Key.ControlModifier)),
    Attempt("shift-wheel", body=THINGS["text"], act=wheel(_Key.ShiftModifier)),
    Attempt("alt-wheel", body=THINGS["text"], act=wheel(_Key.AltModifier)),
    Attempt("pinch", body=THINGS["text"], act=fingers(2, 12)),
    Attempt("two-fingers", body=LINK, act=fingers(2, 0, 900), settle=300),
    Attempt("three-fingers", body=LINK, act=fingers(3, 4)),
    Attempt("five-fingers", body=LINK, act=fingers(5, 8, 600)),
    Attempt("double-tap", body=THINGS["text"], act=double_tap),
    Attempt("double-tap-field", body=THINGS["field"], act=double_tap),
    Attempt("edge-swipe", "history.pushState(1, '', '/page?2')", THINGS["text"], act=edge_swipe),
)  # fmt: skip
def test_gestures(cell: Cell, attempt: Attempt) -> None:
    run(cell, attempt)


PICKERS = {
    "touched": ("<p><input id=to type=color>", lambda c: c.touch_web("#to")),
    "by-label": ("<label id=to for=c>color</label><input id=c type=color>", lambda c: c.touch_web("#to")),
    "by-script": ("<input id=c type=color><button id=to onclick='c.showPicker()'>color</button>",
                  lambda c: c.touch_web("#to")),
    "closed-shadow": (("<div id=to></div><script>to.attachShadow({mode: 'closed'}).innerHTML = "
                      "'<input type=color style=\"width:100%;height:90px\">'</script>"), lambda c: c.touch_web("#to")),
    "in-frame": (("<iframe id=to></iframe><script>to.contentDocument.body.innerHTML = "
                 "'<input type=color style=\"width:270px;height:120px\">'</script>"), lambda c: c.touch_web("#to")),
    "datalist": ("<input id=to type=color list=l><datalist id=l><option value='#ff0000'></datalist>",
                 lambda c: c.touch_web("#to")),
}  # fmt: skip


@tries(*(Attempt(f"colours-{name}", body=body, act=act, settle=250) for name, (body, act) in PICKERS.items()))
def test_colour_choosers(cell: Cell, attempt: Attempt) -> None:
    run(cell, attempt)
