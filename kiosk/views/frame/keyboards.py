"""The window's two keyboards: digits beside the page, letters below it, docked for the field that has the focus."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from kiosk.views.parts.keyboard import Keyboard
from kiosk.views.parts.page import Page
from kiosk.views.parts.theme import Theme
from kiosk.views.parts.tree import application


class Keyboards(QObject):
    """Made when first needed: the first page needs none."""

    made = Signal(QWidget)
    changed = Signal()
    """One was shown or taken away, or the focus went on: the page may have another size."""
    shifted = Signal(bool)

    def __init__(
        self,
        window: QWidget,
        theme: Theme,
        beside: QHBoxLayout,
        below: QVBoxLayout,
        page: Callable[[], Page | None],
    ) -> None:
        super().__init__(window)
        self._theme, self._beside, self._below, self._page = theme, beside, below, page
        self._made: dict[str, Keyboard] = {}
        application().focusChanged.connect(self._focus_moved)

    @property
    def side(self) -> Keyboard:
        """The digits beside the page."""
        return self._keyboard("side")

    @property
    def bottom(self) -> Keyboard:
        """The keyboard below the page."""
        return self._keyboard("bottom")

    @property
    def shown(self) -> list[str]:
        """Which of the two are in sight: side, bottom."""
        return [name for name, keyboard in self._made.items() if keyboard.isVisible()]

    def _keyboard(self, name: str) -> Keyboard:
        if name not in self._made:
            made = self._made[name] = Keyboard(self._theme)
            made.hide()
            self.made.emit(made)
            made.finished.connect(self._finished)
            made.shifted.connect(self.shifted)
            if name == "side":
                made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
                self._beside.addWidget(made)
            else:
                self._below.addWidget(made)
        return self._made[name]

    def build_one(self) -> bool:
        """Make one that nobody asked for yet; False when both are there."""
        if len(self._made) == 2:
            return False
        self._keyboard("bottom" if self._made else "side")
        return True

    def retranslate(self) -> None:
        """Words of the keys."""
        for keyboard in self._made.values():
            keyboard.retranslate()

    def show(self, target: QWidget | None, kind: str = "") -> None:
        """Dock the keyboard `kind` for `target`, or take it away; the field stays in sight."""
        page = self._page()
        beside = kind == "digits" and not self._theme.portrait and page is not None and page.keypad_side
        for name, wanted in (("side", beside), ("bottom", not beside)):
            shown = target is not None and wanted
            if shown:
                more = page is not None and page.next_field(target) is not None
                self._keyboard(name).serve(target, kind, more=more)
            if name in self._made:
                self._made[name].setVisible(shown)
        if page is None:
            return
        # Below the page of a wide screen the keyboard needs the actions' room; upright there is enough.
        roomy = self._theme.portrait and not self._theme.reach
        in_the_way = target is not None and not beside and not roomy
        page.footer.setVisible(page.action_row.count() > 0 and not in_the_way)
        self.changed.emit()
        if target is not None:
            QTimer.singleShot(0, lambda: page.keep_in_sight(target))

    def _focus_moved(self, _old: QObject | None, new: QObject | None) -> None:
        page = self._page()
        kind = new.property("keyboard") if isinstance(new, QWidget) else None
        if kind and isinstance(new, QWidget):
            self.show(new, kind)
        elif isinstance(new, QWidget) and page is not None and page.isAncestorOf(new):
            self.show(None)
        QTimer.singleShot(0, self, self.changed.emit)

    def _finished(self) -> None:
        page = self._page()
        if page is None or not page.keys_done():
            self.show(None)
