"""What can be measured of a page on a screen of a known size. Lengths in millimetres, contrast as a ratio.

Letters are measured by the height of a capital; contrast is taken from the picture that a member sees, not
from the palette.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QColor, QFont, QFontMetricsF, QImage
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QListView, QWidget

from kiosk.models.obligations import ObligationsModel
from kiosk.views.member.summary import PseMark
from kiosk.views.parts.brandmark import Brandmark
from kiosk.views.parts.controls import Figure
from kiosk.views.parts.keyboard import Keyboard
from kiosk.views.parts.obligation_delegate import ObligationDelegate
from kiosk.views.parts.tree import parent_of

CAPITAL = 4.8
"""Millimetres of a capital letter in one mode of the kiosk (revised 508 standards, 402.4)."""
CAPITAL_NORMAL = 3.6
"""The same before anyone asks for larger text: our own floor, three quarters of the above."""
TARGET = 11.6
"""Millimetres of a target's shorter side: 44 CSS pixels (WCAG 2.5.5)."""
TEXT, LARGE_TEXT = 4.5, 3.0
"""Contrast of letters (WCAG 1.4.3); the lower one for those of 24 CSS pixels and more."""
SHAPES = 3.0
"""Contrast of what tells a control's state (WCAG 1.4.11)."""
_STATES = ("approved", "pending", "problem")
_LARGE = 6.35
"""Millimetres of 24 CSS pixels."""


@dataclass(frozen=True, slots=True)
class Measure:
    """The worst of one kind on one page; `where` says whose it is."""

    check: str
    value: float
    limit: float
    unit: str
    where: str
    at_least: bool = True

    @property
    def well(self) -> bool:
        """Whether it keeps its limit."""
        return self.value >= self.limit if self.at_least else self.value <= self.limit


@dataclass(frozen=True, slots=True)
class Words:
    """Some text in sight: its letters and the place in the window."""

    text: str
    font: QFont
    place: QRect
    whose: str


def measure(window: QWidget, page: QWidget, millimetres: float, *, large: bool) -> list[Measure]:
    """Everything about what is on stage; `millimetres` is the width of a pixel."""
    words = list(_words(window))
    controls = list(_controls(window))
    image = window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    return [
        _letters(words, millimetres, large=large),
        _targets(window, controls, millimetres),
        _contrast(words, image, millimetres),
        _named(controls),
        _reached(window, page, controls),
        _told_in_grey(window, controls),
        _colour_alone(window),
    ]


def highest(window: QWidget, out_of_reach: float) -> Measure:
    """How far below the upper edge the highest control begins, in percent of the screen's height."""
    tops = {
        widget.mapTo(
            window, widget.visibleRegion().boundingRect().intersected(widget.rect()).topLeft()
        ).y(): widget
        for widget in _controls(window)
        if not _covered(window, widget, widget.mapTo(window, widget.visibleRegion().boundingRect().center()))
    }
    top = min(tops, default=window.height())
    where = tops[top].objectName() if tops else ""
    return Measure("highest control", 100 * top / window.height(), round(100 * out_of_reach), "%", where)


# -- what is there ------------------------------------------------------------------------


def _words(window: QWidget) -> Iterator[Words]:
    for widget in window.findChildren(QWidget):
        if not widget.isVisible() or widget.visibleRegion().isEmpty() or not widget.isEnabled():
            continue
        place = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
        whole = widget.visibleRegion().boundingRect() == widget.rect()
        if isinstance(widget, Brandmark | PseMark) or _covered(window, widget, place.center()):
            continue
        if not whole and not isinstance(widget, QListView):
            continue  # scrolled half out of sight: it is measured where it is whole
        if isinstance(widget, QLabel | QAbstractButton) and widget.text():
            font = widget.fitted() if isinstance(widget, Figure) else widget.font()
            yield Words(widget.text(), font, place, widget.objectName() or type(widget).__name__)
        elif isinstance(widget, QListView):
            yield from _painted(window, widget)


def _covered(window: QWidget, widget: QWidget, place: QPoint) -> bool:
    """Whether something else lies over it there."""
    top = window.childAt(place)
    return top is not None and not (top is widget or widget.isAncestorOf(top) or top.isAncestorOf(widget))


def _painted(window: QWidget, view: QListView) -> Iterator[Words]:
    delegate, seen = view.itemDelegate(), view.viewport().rect()
    if not isinstance(delegate, ObligationDelegate):
        return
    model, corner = view.model(), view.viewport().mapTo(window, QPoint(0, 0))
    for row in range(model.rowCount()):
        index = model.index(row, 0)
        box = view.visualRect(index)
        if seen.contains(box) and index.data(ObligationsModel.OBLIGATION).payable:
            for text, font, room in delegate.layout_of(box, index):
                place = room.toRect().translated(corner)
                on_top = window.childAt(place.center()) is view.viewport()
                if on_top and text != "—":  # nothing to choose there: as good as disabled
                    yield Words(text, font, place, f"row {row}")


def _controls(window: QWidget) -> Iterator[QWidget]:
    for widget in window.findChildren(QWidget):
        touched = isinstance(widget, QAbstractButton | QLineEdit)
        if touched and widget.isVisible() and widget.isEnabled() and not widget.visibleRegion().isEmpty():
            yield widget


# -- the checks ---------------------------------------------------------------------------


def _letters(words: list[Words], millimetres: float, *, large: bool) -> Measure:
    found = [(QFontMetricsF(each.font).capHeight() * millimetres, each) for each in words]
    height, worst = min(found, key=lambda pair: pair[0])
    limit = CAPITAL if large else CAPITAL_NORMAL
    return Measure("capital letter", height, limit, "mm", f"{worst.whose}: {worst.text[:30]}")


def _targets(window: QWidget, controls: list[QWidget], millimetres: float) -> Measure:
    sides = [(min(each.width(), each.height()) * millimetres, each.objectName()) for each in controls]
    for view in window.findChildren(QListView):
        delegate = view.itemDelegate()
        if view.isVisible() and isinstance(delegate, ObligationDelegate) and view.model().rowCount():
            box = view.visualRect(view.model().index(0, 0))
            sides += [(min(p.width(), p.height()) * millimetres, "obligation") for p in delegate.parts(box)]
    side, worst = min(sides, default=(math.inf, "no control here"))
    return Measure("target", side, TARGET, "mm", worst)


def _contrast(words: list[Words], image: QImage, millimetres: float) -> Measure:
    worst, share, limit = "", 99.0, TEXT
    for each in words:
        ratio = painted_contrast(image, each.place)
        needs = LARGE_TEXT if QFontMetricsF(each.font).height() * millimetres >= _LARGE * 1.2 else TEXT
        if ratio is not None and ratio / needs < share / limit:
            worst, share, limit = f"{each.whose}: {each.text[:30]}", ratio, needs
    return Measure("contrast", share, limit, ": 1", worst)


def _named(controls: list[QWidget]) -> Measure:
    nameless = []
    for each in controls:
        interface = QAccessible.queryAccessibleInterface(each)
        if (
            interface is None
            or interface.role() == QAccessible.Role.NoRole
            or not interface.text(QAccessible.Text.Name).strip()
        ):
            nameless.append(each.objectName())
    return Measure("controls without name or role", len(nameless), 0, "", ", ".join(nameless), at_least=False)


def _reached(window: QWidget, page: QWidget, controls: list[QWidget]) -> Measure:
    """Controls that Tab never comes to; keys of the on-screen keyboard are for those who have none.

    Of several things of which one is chosen Tab comes to one, and arrows lead to the others.
    """
    reached, at = set(), page.nextInFocusChain()
    while at is not None and at not in reached:
        reached.add(at)
        at = at.nextInFocusChain()
    lost = [
        each.objectName()
        for each in controls
        if not _on_keyboard(each, window)
        and not any(
            one in reached and one.focusPolicy() & Qt.FocusPolicy.TabFocus for one in _alternatives(each)
        )
    ]
    return Measure("controls out of reach of keys", len(lost), 0, "", ", ".join(lost), at_least=False)


def _alternatives(control: QWidget) -> list[QWidget]:
    group = control.group() if isinstance(control, QAbstractButton) else None
    if group is None or not group.exclusive():
        return [control]
    return [each for each in group.buttons() if each.isEnabled()]


def _told_in_grey(window: QWidget, controls: list[QWidget]) -> Measure:
    """How far chosen and not chosen differ without colours, at the control that differs least."""
    found = [
        (grey_difference(each), each.objectName())
        for each in controls
        if isinstance(each, QAbstractButton) and each.isCheckable() and not _on_keyboard(each, window)
    ]
    least, worst = min(found, default=(21.0, "nothing to choose here"))
    return Measure("chosen, told in grey", least, SHAPES, ": 1", worst)


def grey_difference(button: QAbstractButton) -> float:
    """The greatest contrast, in grey, between a button chosen and not; a handful of pixels must have it."""
    group, was, silent = button.group(), button.isChecked(), button.signalsBlocked()
    alone = group is not None and group.exclusive()
    looks = []
    if alone:
        group.setExclusive(False)  # or another one would change as well
    mark = getattr(button, "_mark", None)
    button.blockSignals(True)
    for chosen in (False, True, was):
        button.setChecked(chosen)
        if mark is not None:
            mark()
        grey = button.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
        looks.append(grey.convertToFormat(QImage.Format.Format_RGB32))
    button.blockSignals(silent)
    if alone:
        group.setExclusive(True)
    pairs = zip(
        *(memoryview(look.constBits()).cast("B").cast("I").tolist() for look in looks[:2]), strict=True
    )
    changed = Counter(pair for pair in pairs if pair[0] != pair[1])
    return max((ratio(*pair) for pair, count in changed.items() if count >= 6), default=1.0)


def _colour_alone(window: QWidget) -> Measure:
    """States shown by a ground's or a field's colour with neither a word nor a picture in sight."""
    alone = []
    for widget in window.findChildren(QWidget):
        if widget.isVisible() and not widget.visibleRegion().isEmpty():
            coloured = widget.property("surface") in _STATES
            said = widget.findChildren(QLabel)
            if isinstance(widget, QLineEdit) and widget.property("wrong"):
                coloured, said = True, _beside(widget)
            if coloured and not any(_says(each) for each in said):
                alone.append(widget.objectName() or type(widget).__name__)
    return Measure("states by colour alone", len(alone), 0, "", ", ".join(alone), at_least=False)


def _beside(edit: QLineEdit) -> list[QLabel]:
    return parent_of(edit).findChildren(QLabel, f"{edit.objectName()}_problem")


def _says(found: QLabel) -> bool:
    return found.isVisible() and bool(found.text().strip() or not found.pixmap().isNull())


def _on_keyboard(widget: QWidget, window: QWidget) -> bool:
    parent = widget.parentWidget()
    while parent is not None and parent is not window:
        if isinstance(parent, Keyboard):
            return True
        parent = parent.parentWidget()
    return False


# -- contrast -----------------------------------------------------------------------------


def painted_contrast(image: QImage, place: QRect) -> float | None:
    """Ratio of the ground (its commonest colour) and the ink that differs most; None where nothing is drawn.

    Ink counts where at least a handful of pixels has it: edges of letters are blends.
    """
    part = image.copy(place & image.rect())
    if part.isNull():
        return None
    colours = Counter(memoryview(part.constBits()).cast("B").cast("I").tolist())
    (ground, _), *others = colours.most_common()
    ratios = [ratio(ground, colour) for colour, count in others if count >= 6]
    return max(ratios, default=None)


def ratio(one: int, other: int) -> float:
    """Contrast of two 0xRRGGBB colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: int) -> float:
    of = QColor(colour & 0xFFFFFF)

    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(of.redF()) + 0.7152 * linear(of.greenF()) + 0.0722 * linear(of.blueF())
