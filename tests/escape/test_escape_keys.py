# ruff: noqa: E501 - hostile scripts read better whole
"""Every key with every modifier, on the page and on our own bar; plugged-in keyboards do exist."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from attempts import show
from cell import SECRET, Cell
from hostile import HOST, Reply, Town
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from kiosk.tour.hands import pause

pytestmark = pytest.mark.qt_log_ignore("^GPUInfo not initialized", extend=True)
_Key, _With = Qt.Key, Qt.KeyboardModifier
MODIFIERS = {
    "": _With.NoModifier, "ctrl": _With.ControlModifier, "alt": _With.AltModifier, "shift": _With.ShiftModifier,
    "meta": _With.MetaModifier, "ctrl-shift": _With.ControlModifier | _With.ShiftModifier,
    "ctrl-alt": _With.ControlModifier | _With.AltModifier, "alt-shift": _With.AltModifier | _With.ShiftModifier,
}  # fmt: skip
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
NAMED = (
    "Escape Tab Backtab Backspace Return Insert Delete Pause Print SysReq Home End Left Up Right Down PageUp "
    "PageDown Space Menu Help Plus Minus Equal Comma Period Slash QuoteLeft F1 F2 F3 F4 F5 F6 F7 F8 F9 F10 F11 "
    "F12 F13 F24 Super_L"
).split()
SPECIAL = (
    "Back Forward Stop Refresh HomePage Favorites Search OpenUrl LaunchMail LaunchMedia Launch0 "
    "ZoomIn ZoomOut Calculator Explorer Terminal WWW Sleep PowerOff Standby Eject ScreenSaver Copy Cut Paste Save "
    "Open Close New Find Reload Documents Messenger Phone Camera ContextMenu MediaPlay Select Cancel Printer Execute"
).split()
KEYS = {
    name: getattr(_Key, f"Key_{name}")
    for name in (*LETTERS, *NAMED, *SPECIAL)
    if hasattr(_Key, f"Key_{name}")
}
PLAIN = {name: key for name, key in KEYS.items() if name not in LETTERS}
COMBINATIONS = {
    "-".join(filter(None, (with_name, name))): (key, with_keys)
    for with_name, with_keys in MODIFIERS.items()
    for name, key in (PLAIN if with_name in ("", "shift") else KEYS).items()
}
ALL = "ESCAPE_ALL" in os.environ
"""Two minutes more; otherwise what browsers and desktops are known to listen to."""
if not ALL:
    COMBINATIONS = {
        name: what
        for name, what in COMBINATIONS.items()
        if (with_name := name.rpartition("-")[0]) in ("", "ctrl")
        or (with_name == "ctrl-shift" and name[-2] == "-")
        or (with_name in ("alt", "meta", "shift") and name.rpartition("-")[2] in NAMED)
    }
    COMBINATIONS = {
        name: what
        for name, what in COMBINATIONS.items()
        if not (name.rpartition("-")[0] and name.rpartition("-")[2] in SPECIAL)
    }


@pytest.fixture(scope="module")
def at_the_keys(kiosk_cell: Cell, town: Town) -> Iterator[Cell]:
    """A page with something behind it, and with what keys could open, start or send."""
    town.replies["/next"] = Reply("<h1>Segunda</h1><p>texto<p><a id=to href='{evil}/loot'>fuera</a>")
    show(kiosk_cell, "<script>go.onclick = () => { location = '/next' }</script>")
    kiosk_cell.touch_web("#go")
    kiosk_cell.wait(
        lambda: kiosk_cell.address.path() == "/next" and not kiosk_cell.web.page.isLoading(), "second page"
    )
    yield kiosk_cell
    kiosk_cell.leave()
    town.forget()


@pytest.fixture
def keys(at_the_keys: Cell, request: pytest.FixtureRequest) -> Cell:
    request.node.user_properties.append(("escape", request.node.name))
    QGuiApplication.clipboard().setText(SECRET)
    at_the_keys.rest()
    return at_the_keys


def press(target: QWidget, name: str) -> None:
    """Down and up, by QTest (which asks shortcuts first) where it knows the key."""
    key, modifiers = COMBINATIONS[name]
    if name.rpartition("-")[2] not in SPECIAL:
        QTest.keyClick(target, key, modifiers)
        return
    for kind in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QApplication.sendEvent(target, QKeyEvent(kind, key, modifiers))


@pytest.mark.parametrize("name", COMBINATIONS)
def test_a_combination_on_the_page(keys: Cell, name: str) -> None:
    keys.ask_web("(getSelection().empty(), document.getElementById('to').focus(), 0)")
    press(keys.glass, name)
    pause(12)
    assert keys.address.path() == "/next"
    assert keys.address.host() == HOST
    assert keys.escaped(way_out=name.endswith("Escape")) == []


ON_OURS = [name for name in COMBINATIONS if name.rpartition("-")[2] in (
    "Escape", "F1", "F4", "F5", "F11", "F12", "Q", "W", "N", "T", "Tab", "Menu", "Delete", "Super_L", "Print", "Space")
    and not name.endswith("Tab") and name not in ("Space", "shift-Space")]  # fmt: skip


@pytest.mark.parametrize("name", ON_OURS)
def test_a_combination_on_our_own_window(keys: Cell, name: str) -> None:
    press(keys.window, name)
    press(keys.page.bar, name)
    pause(5)
    assert not keys.sees("help_card")
    assert keys.escaped() == []
