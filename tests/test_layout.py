"""Every page at every size, text and language: nothing clipped, nothing overlaps, all in reach."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import pytest
from _pytest.mark import ParameterSet
from PySide6.QtCore import QModelIndex, QPoint, QRect, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QApplication,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QScrollBar,
    QStyle,
    QStyleOptionButton,
    QStyleOptionFrame,
    QWidget,
)
from pytestqt.qtbot import QtBot
from stage import Stage

from kiosk.models.obligations import ObligationsModel
from kiosk.tour.hands import settle
from kiosk.views.member.amount_entry import CardLayer
from kiosk.views.member.welcome import WelcomePage
from kiosk.views.parts.controls import Figure
from kiosk.views.parts.obligation_delegate import ObligationDelegate
from kiosk.views.parts.theme import TOUCH

SIZES = ((1920, 1080), (1080, 1920), (1366, 768), (1280, 1024))
LOOKS = {
    "normal-es": (False, False, "es"),
    "large-es": (True, False, "es"),
    "large-en": (True, False, "en"),
    "normal-en": (False, False, "en"),
    "contrast-es": (True, True, "es"),
    "stretched": (False, False, "stretched"),
}
FIRST = ("contrast-es", "stretched")
"""At every size: with one in English they have every pair of size, text, contrast and language."""


def scenes() -> Iterator[ParameterSet]:
    """Sizes and looks; those beyond every pair are soaked."""
    for at, (width, height) in enumerate(SIZES):
        first = {*FIRST, ("large-en", "normal-en")[at % 2]}
        for look in LOOKS:
            marks = () if look in first else pytest.mark.soak
            yield pytest.param((width, height), look, id=f"{width}x{height}-{look}", marks=marks)


@pytest.fixture(scope="module", params=SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def stage(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[Stage]:
    made = Stage(*request.param)
    yield made
    made.close()


def said(widget: QWidget) -> str:
    """How a fault names a widget."""
    text = getattr(widget, "text", str)() or ""
    return f"{type(widget).__name__} {widget.objectName()} «{text[:40]}»"


def inside_viewport(widget: QWidget) -> bool:
    area = widget.parentWidget().parentWidget() if widget.parentWidget() else None
    return isinstance(area, QAbstractScrollArea) and widget.parentWidget() is area.viewport()


def text_fault(widget: QWidget) -> str:
    """What is clipped of a label's, button's or field's words."""
    if isinstance(widget, QLabel):
        return _label_fault(widget)
    if isinstance(widget, QLineEdit):
        option = QStyleOptionFrame()
        widget.initStyleOption(option)
        room = widget.style().subElementRect(QStyle.SubElement.SE_LineEditContents, option, widget)
        words = widget.placeholderText() or ""
        return _room_fault(widget.fontMetrics(), words, room.adjusted(2, 0, -2, 0))
    if isinstance(widget, QPushButton) and widget.text():
        option = QStyleOptionButton()
        widget.initStyleOption(option)
        room = widget.style().subElementRect(QStyle.SubElement.SE_PushButtonContents, option, widget)
        if not widget.icon().isNull():
            room.setWidth(room.width() - widget.iconSize().width() - 4)
        return _room_fault(widget.fontMetrics(), widget.text(), room)
    return ""


def _room_fault(metrics: QFontMetrics, text: str, room: QRect) -> str:
    wide, high = metrics.horizontalAdvance(text), metrics.height()
    if wide > room.width() + 1 or (text and high > room.height() + 2):
        return f"needs {wide}x{high}, has {room.width()}x{room.height()}"
    return ""


def _label_fault(widget: QLabel) -> str:
    if not widget.text():
        return ""
    room, metrics = widget.contentsRect(), widget.fontMetrics()
    if isinstance(widget, Figure):
        metrics = QFontMetrics(widget.fitted())
    flags = int(Qt.TextFlag.TextWordWrap) if widget.wordWrap() else 0
    need = metrics.boundingRect(QRect(0, 0, room.width(), 0), flags, widget.text())
    if need.width() > room.width() + 1 or need.height() > room.height() + 1:
        return f"needs {need.width()}x{need.height()}, has {room.width()}x{room.height()}"
    return ""


def place_fault(widget: QWidget) -> str:
    """Whether a widget reaches out of its parent."""
    parent = widget.parentWidget()
    if parent is None or isinstance(widget, QScrollBar):
        return ""
    if inside_viewport(widget):
        wide, room = widget.width(), parent.width()
        return f"{wide} wide in a view of {room}" if wide > room else ""
    box, room = widget.geometry(), parent.rect()
    return "" if room.contains(box) else f"{box.getRect()} reaches out of {room.getRect()}"


def overlap_faults(parent: QWidget) -> Iterator[str]:
    """Visible children that cover each other; a layer over a page may."""
    shown = [
        child
        for child in parent.children()
        if isinstance(child, QWidget) and child.isVisible() and not isinstance(child, CardLayer)
    ]
    for one, other in combinations(shown, 2):
        common = one.geometry().intersected(other.geometry())
        if common.width() > 1 and common.height() > 1:
            yield f"{said(one)} and {said(other)} overlap by {common.width()}x{common.height()}"


def touch_fault(stage: Stage, widget: QWidget) -> str:
    """Whether a target is smaller than a finger, or nameless."""
    least = stage.theme.u(TOUCH)
    if widget.height() < least or (isinstance(widget, QAbstractButton) and widget.width() < least):
        return f"is {widget.width()}x{widget.height()}, a finger needs {least}"
    if not widget.objectName() or not widget.accessibleName():
        return f"has no name: {widget.objectName()!r} {widget.accessibleName()!r}"
    return ""


def scroll_fault(area: QScrollArea) -> str:
    """Whether the end of a scrolled page can be reached."""
    content, view, bar = area.widget(), area.viewport(), area.verticalScrollBar()
    beyond = max(0, content.height() - view.height())
    if bar.maximum() < beyond or content.height() < content.minimumSizeHint().height():
        return f"scrolls {bar.maximum()} of {beyond}"
    return ""


def list_faults(stage: Stage, view: QAbstractItemView) -> Iterator[str]:
    """Rows reachable and whole; the words and targets painted on obligations fit."""
    model, seen = view.model(), view.viewport().rect()
    if not view.accessibleName():
        yield f"{view.objectName()} has no name"
    for row in range(model.rowCount()):
        index = model.index(row, 0)
        view.scrollTo(index)
        box = view.visualRect(index)
        if not seen.contains(box.adjusted(1, 1, -1, -1)):
            yield f"row {row} is {box.getRect()} in a view of {seen.getRect()}"
            break
        delegate = view.itemDelegate()
        if isinstance(delegate, ObligationDelegate):
            yield from _row_faults(stage, delegate, box, index)
    view.scrollToTop()


def _row_faults(stage: Stage, delegate: ObligationDelegate, box: QRect, index: QModelIndex) -> Iterator[str]:
    least = stage.theme.u(TOUCH)
    for part in delegate.parts(box) if index.data(ObligationsModel.OBLIGATION).payable else ():
        if part.height() < least or part.width() < least or not box.toRectF().contains(part):
            yield f"part {part.getRect()} of row {box.getRect()}, a finger needs {least}"
    for text, font, room in delegate.layout_of(box, index):
        metrics = QFontMetrics(font)
        need = metrics.boundingRect(QRect(0, 0, int(room.width()), 0), int(Qt.TextFlag.TextWordWrap), text)
        if need.width() > room.width() + 1 or need.height() > room.height() + 1:
            yield f"«{text}» needs {need.width()}x{need.height()}, has {room.width()}x{room.height()}"
        if font.pixelSize() < stage.theme.u(26) and not stage.stretched:
            yield f"«{text}» is only {font.pixelSize()} high"


def action_fault(stage: Stage) -> str:
    """Whether the primary button is wholly in sight."""
    page = stage.window.current
    if isinstance(page, WelcomePage) and not stage.stretched and page.scroller.verticalScrollBar().maximum():
        return "the welcome must not scroll"
    button = getattr(page, "go_button", None) or getattr(page, "start", None)
    if button is None or not page.isVisible() or stage.window.keyboards.bottom.isVisible():
        return ""
    where = QRect(button.mapTo(stage.window, QPoint(0, 0)), button.size()).adjusted(2, 2, -2, -2)
    corners = (where.topLeft(), where.topRight(), where.bottomLeft(), where.bottomRight())
    covered = page.findChild(CardLayer) is not None and page.findChild(CardLayer).isVisible()
    seen = covered or all(stage.window.childAt(corner) is button for corner in corners)
    return "" if seen and stage.window.rect().contains(where) else f"{said(button)} is not wholly in sight"


def faults(stage: Stage) -> Iterator[str]:
    """Everything wrong with what is on stage."""
    if fault := action_fault(stage):
        yield fault
    # A widget shown before it has a place in a page is a window that steals the keyboard.
    yield from (f"{said(w)} is a window of its own" for w in QApplication.topLevelWidgets()
                if w.isVisible() and w is not stage.window)  # fmt: skip
    for widget in stage.window.findChildren(QWidget):
        if not widget.isVisible():
            continue
        found = [text_fault(widget), place_fault(widget)]
        if isinstance(widget, (QAbstractButton, QLineEdit)):
            found.append(touch_fault(stage, widget))
        if isinstance(widget, QScrollArea):
            found.append(scroll_fault(widget))
        yield from (f"{said(widget)} {fault}" for fault in found if fault)
        yield from overlap_faults(widget)
        if isinstance(widget, QAbstractItemView):
            yield from list_faults(stage, widget)


@pytest.mark.parametrize(("stage", "look"), list(scenes()), indirect=["stage"])
def test_every_page_fits(stage: Stage, qtbot: QtBot, look: str) -> None:
    large, contrast, language = LOOKS[look]
    stage.look(large=large, contrast=contrast, language=language)
    found = []
    for scene in stage.scenes:
        stage.put(scene)
        found += [f"{scene}: {fault}" for fault in faults(stage)]
    assert not found, "\n".join(["", *found])


def test_actions_make_room_for_keys_that_come_to_stand_beside_them(stage: Stage, qtbot: QtBot) -> None:
    stage.look(large=True, contrast=False, language="es")
    stage.put("sign_in")
    window, page = stage.window, stage.window.current
    window.keyboards.show(None)
    settle()
    page.arrange_actions()
    window.keyboards.show(page.number.edit, "digits")
    settle()
    assert not list(faults(stage))


def test_the_answer_to_a_recovery_is_shown_without_keys(stage: Stage, qtbot: QtBot) -> None:
    stage.look(large=False, contrast=False, language="es")
    stage.put("recover_sent")
    page = stage.window.current
    assert page._answer.isVisible()
    assert not page._ask.isVisible()
    assert not stage.window.keyboards.side.isVisible()
    assert not stage.window.keyboards.bottom.isVisible()
