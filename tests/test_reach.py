"""Reach mode: whatever is touched lies low on the screen, on every page, and nothing is lost by it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from _pytest.mark import ParameterSet
from PySide6.QtCore import QRect
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
from kiosk.tour.hands import settle
from kiosk.views.frame.inactivity import StillThere
from kiosk.views.frame.reach import ReachBand

MAY_BE = "the welcome must not scroll"


class Recorder:
    """A voice that only writes down."""

    talking = False

    def __init__(self) -> None:
        self.said: list[str] = []

    def speaks(self, language: str) -> bool:
        return language in ("es", "en")

    def say(self, text: str, _language: str) -> None:
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
    part = widget.visibleRegion().boundingRect().intersected(widget.rect())  # a shadow is no target
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


def all_faults(stage: Stage) -> list[str]:
    """What does not fit; a title that the band shows needs no room on the page."""
    labels = stage.window.findChildren(QLabel)
    lent = tuple(said(label) for label in labels if label.isVisible() and not label.maximumHeight())
    return [fault for fault in faults(stage) if not fault.startswith((MAY_BE, *lent))]


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_control_is_in_reach_and_every_page_fits(stage: Stage, qtbot: QtBot, language: str) -> None:
    stage.look(large=False, contrast=False, language=language, reach=True)
    found = []
    for scene in stage.scenes:
        stage.put(scene)
        settle()
        found += [f"{scene}: {fault}" for fault in [*all_faults(stage), *too_high(stage)]]
        if scene == "welcome":
            start = stage.window.current.start
            assert start.visibleRegion().contains(start.rect()), "the first touch is in sight"
    assert not found, "\n".join(["", *found])


def test_what_lies_above_a_page_is_in_reach_too(stage: Stage, qtbot: QtBot) -> None:
    stage.look(large=False, contrast=False, language="es", reach=True)
    question = StillThere(stage.window, stage.theme, lambda: None, lambda: None)
    question.say(paying=True)
    question.open()
    settle()
    found = too_high(stage)
    question.close_it()
    question.deleteLater()
    stage.put("phone")
    stage.window.current.leaving.open()
    settle()
    found += too_high(stage)
    stage.window.current.leaving.close_it()
    assert not found, "\n".join(["", *found])


def test_reach_is_one_of_the_looks_and_ends_with_the_visit(stage: Stage, qtbot: QtBot) -> None:
    stage.look(large=False, contrast=False, language="es")
    theme, window = stage.theme, stage.window
    stage.put("summary")
    title = window.current.title
    assert title is not None
    high = title.height()
    looks = []
    for _ in range(4):
        theme.next_comfort()
        looks.append((theme.large, theme.high_contrast, theme.reach))
    assert looks == [(True, False, False), (True, True, False), (False, False, True), (False, False, False)]
    theme.set_comfort(large=False, contrast=False, reach=True)
    settle()
    band = window.findChild(ReachBand)
    assert band.isVisible()
    assert band.height() >= window.height() * theme.out_of_reach - theme.u(60)
    assert window.findChild(QLabel, "band_title").text() == title.text()
    assert title.height() == 0
    stage.visit.ended.emit()
    settle()
    assert not theme.reach
    assert not band.isVisible()
    assert window.findChild(QLabel, "band_title").text() == ""
    assert title.height() == high


def looks_aloud() -> Iterator[ParameterSet]:
    """Every pair of size, look and language; the other halves are soaked."""
    looks = {"normal": (False, False, False), "contrast": (True, True, False), "reach": (False, False, True)}
    for at, (width, height) in enumerate(SIZES):
        for turn, (name, look) in enumerate(looks.items()):
            for language in ("es", "en"):
                first = language == ("es", "en")[(at + turn) % 2]
                marks = () if first else pytest.mark.soak
                yield pytest.param((width, height), *look, language,
                                   id=f"{width}x{height}-{name}-{language}", marks=marks)  # fmt: skip


@pytest.mark.parametrize(
    ("stage", "large", "contrast", "reach", "language"), list(looks_aloud()), indirect=["stage"]
)
def test_every_page_fits_while_it_is_read_aloud(
    stage: Stage, qtbot: QtBot, large: bool, contrast: bool, reach: bool, language: str
) -> None:
    stage.look(large=large, contrast=contrast, language=language, reach=reach)
    stage.window.speaking.listen()
    found = []
    for scene in stage.scenes:
        stage.put(scene)
        settle()
        found += [f"{scene}: {fault}" for fault in all_faults(stage)]
        if reach:
            found += [f"{scene}: {fault}" for fault in too_high(stage)]
    stage.window.speaking.end()
    assert not found, "\n".join(["", *found])
