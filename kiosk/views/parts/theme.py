"""Every colour, size and face of the interface in one place.

Lengths are design pixels of a 1920 x 1080 (or 1080 x 1920) screen; `u` turns them into pixels of
the real one and `t` does the same for text, larger when the member asks. Sources of the numbers:
508 402.4 (capital I at least 4.8 mm: a caption of 29 px on a 21.5-inch Full HD screen) and WCAG
contrast; see docs/decisions.md.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import hypot

from PySide6.QtCore import QByteArray, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from kiosk.resources import resource

FAMILY = "Atkinson Hyperlegible Next"
LARGE = 1.5
DESIGN_INCHES = 21.5
_DESIGN_PIXEL = DESIGN_INCHES * 25.4 / hypot(1920, 1080)
"""Millimetres of a design pixel on the screen that the sizes are made for."""
TOUCH = 81
"""The least side of what a finger must hit: 20 mm on a 21.5-inch Full HD screen."""
_LARGE_ALREADY, _HUGE_ALREADY, _CROWDED = 50, 80, 1.2


@dataclass(frozen=True, slots=True)
class Colours:
    """The palette. Contrast of ink, soft and every state on its ground is at least 4.5:1."""

    brand: str = "#0d5c4b"
    dark: str = "#0a4438"
    tint: str = "#e4f0ec"
    accent: str = "#f4b63f"
    ink: str = "#16231f"
    soft: str = "#55635e"
    paper: str = "#f6f4ef"
    card: str = "#ffffff"
    line: str = "#dcd8ce"
    edge: str = "#8d948f"
    approved: str = "#1b7a45"
    approved_tint: str = "#e3f3e9"
    pending: str = "#8a5200"
    pending_tint: str = "#fdf1db"
    problem: str = "#a8281f"
    problem_tint: str = "#fbe9e7"
    disabled: str = "#e9e6df"
    disabled_ink: str = "#6d7570"
    keys: str = "#dedad0"


def _contrast(colours: Colours) -> Colours:
    return replace(
        colours, ink="#000000", soft="#000000", paper="#ffffff", line="#000000", edge="#000000",
        brand="#00382c", dark="#00251d", tint="#ffffff", approved="#00501f", approved_tint="#ffffff",
        pending="#5a3300", pending_tint="#ffffff", problem="#7d0b05", problem_tint="#ffffff",
        disabled="#ffffff", disabled_ink="#4a4a4a", keys="#ffffff",
    )  # fmt: skip


class Theme(QObject):
    """The look in force; `changed` says when the member asked for larger text or more contrast."""

    changed = Signal()
    reach_changed = Signal()
    """Controls go down into reach, or back: what is drawn stays as it is."""

    def __init__(
        self, width: int, height: int, *, primary: str = "", dark: str = "", inches: float = DESIGN_INCHES
    ) -> None:
        super().__init__()
        self.portrait = height > width
        self.unit = min(width / 1080, height / 1920) if self.portrait else min(width / 1920, height / 1080)
        millimetres = self.unit * inches * 25.4 / hypot(width, height)
        # Letters of the same pixels are smaller on a smaller screen: give back what is lost.
        self._least_text = min(LARGE, max(1.0, _DESIGN_PIXEL / millimetres))
        self._plain = replace(Colours(), **{k: v for k, v in (("brand", primary), ("dark", dark)) if v})
        self.colours = self._plain
        self.large = False
        self.text_scale = self._least_text
        self.high_contrast = self.reach = False
        self._icons: dict[tuple[str, str, int], QPixmap] = {}

    @property
    def roomy(self) -> bool:
        """Whether words are small enough to stand beside each other as designed."""
        return self.text_scale < _CROWDED

    def u(self, pixels: float) -> int:
        """A length in real pixels."""
        return max(1, round(pixels * self.unit))

    def t(self, pixels: float) -> int:
        """A text height in real pixels. What is large already grows less when the member asks."""
        share = 0 if pixels >= _HUGE_ALREADY else 0.4 if pixels >= _LARGE_ALREADY else 1
        return max(1, round(pixels * self.unit * (1 + (self.text_scale - 1) * share)))

    def grown(self, pixels: float) -> int:
        """A length that follows the text: the height of what holds words."""
        return max(1, round(pixels * self.unit * self.text_scale))

    def next_comfort(self) -> None:
        """The next of the looks that «Ver mejor» goes through."""
        looks = ((False, False, False), (True, False, False), (True, True, False), (False, False, True))
        now = (self.large, self.high_contrast, self.reach)
        after = looks[(looks.index(now) + 1) % len(looks)] if now in looks else looks[0]
        large, contrast, reach = after
        self.set_comfort(large=large, contrast=contrast, reach=reach)

    @property
    def out_of_reach(self) -> float:
        """The share of the screen's height that holds no control in reach mode.

        EN 301 549 8.3.2.1-2 and 8.3.3.1-2 (= 508 407.8) want whatever is operated between 380 and 1220 mm
        above the floor. A 21.5-inch screen is 476 mm high upright: with its lower edge at 800 mm, where
        somebody standing still reads it well, its upper edge is at 1276 mm, but the middle at 1038 mm, and
        so the lower half is in reach of a seated member with room to spare, even over an obstruction
        (1120 mm). Across it is 268 mm high: its lower two thirds end at 979 mm from the same edge, and at
        1219 mm where the edge is as high as 1040 mm. The text above needs to be seen only.
        """
        return 0.5 if self.portrait else 1 / 3

    def set_comfort(self, *, large: bool, contrast: bool, reach: bool = False) -> None:
        """Text, contrast and reach as the member wants them, until the visit ends."""
        self.large = large
        if reach != self.reach:
            self.reach = reach
            self.reach_changed.emit()
        scale = LARGE if large else self._least_text
        if (scale, contrast) == (self.text_scale, self.high_contrast):
            return
        self.text_scale, self.high_contrast = scale, contrast
        self.colours = _contrast(self._plain) if contrast else self._plain
        self.changed.emit()

    def colour(self, name: str) -> QColor:
        """A colour of the palette by its name."""
        return QColor(getattr(self.colours, name))

    def font(self, pixels: float, weight: int = 400) -> QFont:
        """The one typeface at a text height, figures of equal width."""
        font = QFont(FAMILY)
        font.setPixelSize(self.t(pixels))
        font.setWeight(QFont.Weight(weight))
        font.setFeature(QFont.Tag("tnum"), 1)  # said here, or measuring and painting would differ
        return font

    def pixmap(self, name: str, colour: str, pixels: float) -> QPixmap:
        """A shipped icon in a palette (or #rrggbb) colour, `pixels` high in design pixels."""
        size = self.u(pixels)
        ink = colour if colour.startswith("#") else getattr(self.colours, colour)
        key = (name, ink, size)
        if key not in self._icons:
            source = resource("icons", f"{name}.svg").read_text(encoding="utf-8")
            renderer = QSvgRenderer(QByteArray(source.replace("currentColor", ink).encode()))
            pixmap = QPixmap(size, size)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            renderer.render(painter, QRectF(0, 0, size, size))
            painter.end()
            self._icons[key] = pixmap
        return self._icons[key]

    def icon(self, name: str, colour: str, pixels: float, disabled: str = "disabled_ink") -> QIcon:
        """The same as an icon, with its disabled look."""
        icon = QIcon(self.pixmap(name, colour, pixels))
        icon.addPixmap(self.pixmap(name, disabled, pixels), QIcon.Mode.Disabled)
        return icon

    def icon_size(self, pixels: float) -> QSize:
        """For setIconSize."""
        return QSize(self.u(pixels), self.u(pixels))


def load_fonts() -> None:
    """Register the shipped typeface; a missing file leaves the system's sans serif."""
    for path in sorted(resource("fonts").glob("*.ttf")):
        QFontDatabase.addApplicationFont(str(path))
