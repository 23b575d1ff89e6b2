"""Reach mode: whatever is touched lies low on the screen, on every page, and nothing is lost by it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QLabel,
    QLineEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot
from stage import Stage
from test_layout import SIZES, faults, said

from kiosk.speech.voice import SpeechPlan


class Recorder:
    """A voice that only writes down."""

    talking = False

    def __init__(self) -> None:
        self.said: list[str] = []

    def speaks(self, language: str) -> bool:
        return language in ("es", "en")

    def say(self, text: str, language: str) -> None:
        self.said.append(text)

    def stop(self) -> None: ...

    def loud(self, percent: int) -> None: ...


@pytest.fixture(scope="module", params=SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def stage(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[Stage]:
    made = Stage(*request.param)
    made.window.offer_speech(SpeechPlan(engine="off")).voice = Recorder()
    made.window.speaking.changed.emit()
    yield made
    made.close()


def seen(widget: QWidget) -> QRect:
    """Where in the window a widget can be seen and touched."""
    part = widget.visibleRegion().boundingRect()
    return QRect(widget.mapTo(widget.window(), part.topLeft()), part.size())


def too_high(stage: Stage) -> list[str]:
    """Controls that a seated member may not reach."""
    out = round(stage.window.height() * stage.theme.out_of_reach)
    touched = (QAbstractButton, QLineEdit, QAbstractItemView)
    shown = [w for w in stage.window.findChildren(QWidget) if isinstance(w, touched) and w.isVisible()]
    return [f"{said(w)} at {seen(w).top()} of {out}" for w in shown
            if on_top(stage, w) and seen(w).top() < out]  # fmt: skip


def on_top(stage: Stage, widget: QWidget) -> bool:
    """Whether it can be touched at all: not scrolled away, no card above it."""
    found = stage.window.childAt(seen(widget).center())
    hidden = widget.visibleRegion().isEmpty()
    return not hidden and found is not None and (found is widget or widget.isAncestorOf(found))


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_control_is_in_reach_and_every_page_fits(stage: Stage, qtbot: QtBot, language: str) -> None:
    stage.look(large=False, contrast=False, language=language)
    stage.theme.set_comfort(large=False, contrast=False, reach=True)
    found = []
    for scene in stage.scenes:
        stage.put(scene)
        stage.settle()
        lent = [w for w in stage.window.findChildren(QLabel) if w.isVisible() and not w.maximumHeight()]
        kept = [f for f in faults(stage) if not any(f.startswith(said(w)) for w in lent)]
        found += [f"{scene}: {fault}" for fault in [*kept, *too_high(stage)]]
    assert not found, "\n".join(["", *found])
