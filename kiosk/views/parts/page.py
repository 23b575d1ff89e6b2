"""What every page of the wizard has: a question on top, its content, and actions at fixed places."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QScrollArea,
    QScroller,
    QVBoxLayout,
    QWidget,
)

from kiosk.views.parts.controls import Button, Card, Field, Picture, label
from kiosk.views.parts.problem_texts import ProblemTexts
from kiosk.views.parts.theme import Theme
from kiosk.visit.problems import Problem
from kiosk.visit.visit import Visit

_AS_HIGH_AS_NEEDED = 16_777_215  # QWIDGETSIZE_MAX


NOT_OURS = frozenset({"page_dialog_text", "page_dialog_edit"})
"""Widgets that show the words of the bank's own page."""


@dataclass(frozen=True, slots=True)
class Place:
    """What pages say about where they are: cooperative, agency, whom to call."""

    cooperative: str
    agency: str
    city: str
    address: str
    hours: str
    phone: str
    care: str
    care_phone: str
    care_mobile: str
    care_email: str
    website: str
    privacy_url: str
    nit: str
    demonstration: bool = False
    guide: tuple[tuple[str, str, str, str, str, str], ...] = ()
    """Invented members to try: type, number, key, name, what it shows in Spanish and English."""
    logo: str = ""
    pse_logo: str = ""


def read_in_order(widget: QWidget) -> Iterator[QWidget]:
    """What says something on a widget, in the order of its layouts; nothing of the bank's, no keys."""
    skipped = widget.objectName() in NOT_OURS or widget.objectName() == "keyboard"
    if skipped or not widget.isVisible() or widget.inherits("QWebEngineView"):
        return
    if isinstance(widget, (QLabel, QAbstractButton, QLineEdit, QAbstractItemView)):
        yield widget
    elif isinstance(widget, QScrollArea):
        if (content := widget.widget()) is not None:
            yield from read_in_order(content)
    elif (layout := widget.layout()) is not None:
        yield from _laid_out(layout)
    else:
        for child in widget.children():
            if isinstance(child, QWidget) and not hasattr(child, "card"):
                yield from read_in_order(child)


def _laid_out(layout: QLayout) -> Iterator[QWidget]:
    for place in range(layout.count()):
        item = layout.itemAt(place)
        assert item is not None
        if (widget := item.widget()) is not None:
            yield from read_in_order(widget)
        elif (inner := item.layout()) is not None:
            yield from _laid_out(inner)


def is_secret(edit: QLineEdit) -> bool:
    """Whether what is typed there may not be said: keys, and whatever the bank's page asks."""
    hidden = edit.echoMode() != QLineEdit.EchoMode.Normal
    return hidden or edit.property("keyboard") == "secret" or edit.objectName() in NOT_OURS


class TroubleNotice(Card):
    """One trouble, said in one place: what happened, what it means for the money, what to do."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "problem", across=True, pad=26, gap=24)
        self.setObjectName("notice")
        self.box.addWidget(Picture(theme, "warning-circle-fill", "problem", 56), 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(theme.u(6))
        self._what, self._rest = label("strong", name="notice_what"), label("body", name="notice_rest")
        column.addWidget(self._what)
        column.addWidget(self._rest)
        self.box.addLayout(column, 1)
        self.hide()

    def say(self, what: str, rest: str) -> None:
        """Show; empty words hide it."""
        self._what.setText(what)
        self._rest.setText(rest)
        self._rest.setVisible(bool(rest))
        self.setAccessibleName(f"{what} {rest}".strip())
        self.setVisible(bool(what))


class Page(QWidget):
    """Base of all pages. A page knows the visit, never another page.

    Subclasses fill `self.body` in `build`, set words in `retranslate`, and refresh in `enter`.
    """

    listen = Signal()
    """«Escuchar» was touched on a page without the frame's header."""
    announced = Signal(str)
    """Words that stand above the page for a moment."""
    header = True
    keypad_side = True
    """Whether a digits keyboard may stand beside the content on a wide screen."""
    work = ""
    """The word of Visit.busy that this page shows while it lasts."""

    def __init__(self, visit: Visit, theme: Theme, place: Place) -> None:
        super().__init__()
        self.visit, self.theme, self.place = visit, theme, place
        self.setProperty("surface", "paper")
        self.setObjectName(f"page_{type(self).__name__.removesuffix('Page').lower()}")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        # The window's own ground has the look that all begin with; a page wears the one in force.
        self.setProperty("surface", "paper")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.scroller = QScrollArea()
        self.scroller.setWidgetResizable(True)
        self.scroller.setFrameShape(QFrame.Shape.NoFrame)
        self.scroller.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.scroller.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        QScroller.grabGesture(self.scroller.viewport(), QScroller.ScrollerGestureType.TouchGesture)
        content = QWidget()
        self.body = QVBoxLayout(content)
        edge = theme.u(56)
        self.body.setContentsMargins(edge, theme.u(30), edge, theme.u(10))
        self.body.setSpacing(theme.u(20))
        self.notice = TroubleNotice(theme)
        self.scroller.setWidget(content)
        self._content = content
        outer.addWidget(self.scroller, 1)
        self.footer = QWidget()
        rows = QVBoxLayout(self.footer)
        rows.setContentsMargins(edge, theme.u(14), edge, theme.u(28))
        rows.setSpacing(theme.u(14))
        self._above, self.action_row = QHBoxLayout(), QHBoxLayout()
        for row in (self._above, self.action_row):
            row.setSpacing(theme.u(20))
            rows.addLayout(row)
        outer.addWidget(self.footer)
        self.build()
        self.footer.setVisible(self.action_row.count() > 0)
        self.retranslate()
        visit.forgotten.connect(self.forget)
        visit.busy_changed.connect(self._busy_changed)
        visit.troubled.connect(self._troubled)

    # -- for subclasses -------------------------------------------------------------------

    def build(self) -> None:
        """Make the widgets."""

    def retranslate(self) -> None:
        """Set every word in the language in force."""

    def enter(self) -> None:
        """The page comes on stage."""

    def leave(self) -> None:
        """The page goes off stage: forget what must not stay."""

    def forget(self) -> None:
        """The member is gone: nothing of theirs may stay in any widget."""
        for typed in self.findChildren(Field):
            typed.clear()

    def renew_keyboard(self, edit: QWidget, kind: str) -> None:
        """Another keyboard for a field, also where it has the focus already."""
        if edit.property("keyboard") == kind:
            return
        edit.setProperty("keyboard", kind)
        if edit.hasFocus():
            edit.clearFocus()
            edit.setFocus()

    def offer_listening(self, offered: bool, reading: bool) -> None:
        """Whether there is a voice, and whether it reads; pages without the header show it themselves."""

    def problem_shown(self, problem: Problem) -> bool:
        """Whether the page shows this problem itself, beside the field it is about."""
        return False

    def next_field(self, edit: QWidget | None) -> QWidget | None:
        """The field after this one that still waits to be filled."""
        edits = [field.edit for field in self.findChildren(Field) if field.isVisible()]
        after = edits[edits.index(edit) + 1 :] if edit in edits else []
        return next((other for other in after if not other.text()), None)

    def keys_done(self) -> bool:
        """«Siguiente» or «Listo» on the keyboard; whether another field wants the keys now."""
        focused = self.focusWidget()
        following = self.next_field(focused)
        if following is not None:
            following.setFocus()
        elif focused is not None:
            focused.clearFocus()
        return following is not None

    def keep_in_sight(self, field: QWidget) -> None:
        """Scroll to a field; what went wrong matters more until the member types."""
        self.scroller.ensureWidgetVisible(field, 0, self.theme.u(60))
        if self.notice.isVisible():
            self.scroller.ensureWidgetVisible(self.notice, 0, 0)

    # -- for the frame --------------------------------------------------------------------

    def _titles(self) -> Iterator[QLabel]:
        for look in ("title", "display"):
            for found in self._content.findChildren(QLabel):
                if found.property("look") == look and not isinstance(found.parentWidget(), QAbstractButton):
                    yield found

    @property
    def title(self) -> QLabel | None:
        """The question on top, where the page asks one now."""
        return next((found for found in self._titles() if found.isVisibleTo(self) and found.text()), None)

    def lend_title(self) -> str:
        """The title's words for the band above; the page keeps no room for them (see `take_title_back`)."""
        title = self.title
        if title is None:
            return ""
        title.setMaximumHeight(0)
        return title.text()

    def take_title_back(self) -> None:
        """Show the title in its place again."""
        for title in self._titles():
            title.setMaximumHeight(_AS_HIGH_AS_NEEDED)

    # -- shared ---------------------------------------------------------------------------

    def add_back(self) -> Button:
        """The action on the left: one step back."""
        self.back_button = Button(self.theme, "back", icon="arrow-left-bold", on_click=self.visit.back)
        self.action_row.addWidget(self.back_button)
        return self.back_button

    def add_go(self, on_click: Callable[[], object], *, icon: str = "arrow-right-bold") -> Button:
        """The primary action on the right."""
        self.action_row.addStretch(1)
        self.go_button = Button(
            self.theme, "go", kind="primary", icon=icon, icon_after=True, on_click=on_click
        )
        self.action_row.addWidget(self.go_button)
        return self.go_button

    @property
    def primary(self) -> Button | None:
        """The one action that the page is for."""
        return getattr(self, "go_button", None)

    def arrange_actions(self) -> None:
        """One row where all actions fit; else the primary one stands above the others, full width."""
        go = self.primary
        if go is None:
            return
        buttons = [b for b in self.footer.findChildren(Button) if b.isVisibleTo(self.footer)]
        gaps = self.theme.u(112) + self.theme.u(20) * len(buttons)
        narrow = len(buttons) > 1 and sum(b.sizeHint().width() for b in buttons) + gaps > self.width()
        wanted, other = (self._above, self.action_row) if narrow else (self.action_row, self._above)
        if other.indexOf(go) >= 0:
            other.removeWidget(go)
            wanted.addWidget(go)
        rest = sum(b.sizeHint().width() for b in buttons if b is not go) + gaps
        down = narrow and rest > self.width()
        self.action_row.setDirection(
            QBoxLayout.Direction.TopToBottom if down else QBoxLayout.Direction.LeftToRight
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.arrange_actions()  # a keyboard came to stand beside the page

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
            self.show_problem()
        super().changeEvent(event)

    @property
    def on_stage(self) -> bool:
        """Whether the member sees this page now."""
        return self.isVisible()

    def show_problem(self) -> None:
        """Say the visit's problem, if there is one."""
        problem = self.visit.problem if self.on_stage else None
        if problem is None or self.problem_shown(problem):
            self.notice.say("", "")
            return
        self.notice.say(*self._words_of(problem))
        self.scroller.verticalScrollBar().setValue(0)

    def _words_of(self, problem: Problem) -> tuple[str, str]:
        place = self.place
        return ProblemTexts.of(problem, place.cooperative, place.care, place.care_phone, place.care_email)

    def _troubled(self) -> None:
        if self.on_stage:
            self.show_problem()

    def _busy_changed(self) -> None:
        busy = bool(self.visit.busy)
        for button in self.footer.findChildren(Button):
            button.setEnabled(not busy)
        if not busy and self.on_stage:
            self.update_actions()

    def update_actions(self) -> None:
        """Enable the actions as the page's state allows."""
