"""A receipt laid out on a page 80 mm wide, for whatever can draw. No device and no Qt here.

All lengths are hundredths of a millimetre. The drawer lends its measure of text; what comes back
is a list of a few kinds of ink, in the order to draw them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from kiosk.receipt.blocks import (
    Amount,
    Block,
    Code,
    Heading,
    Mark,
    Note,
    OutcomeBlock,
    Receipt,
    Row,
    RuleBlock,
    Tone,
)
from kiosk.receipt.qr import QUIET_ZONE, qr_matrix

WIDTH = 8000
BRAND = "#0d5c4b"

_MARGIN = 600
_ROOM = WIDTH - 2 * _MARGIN
_INK, _SOFT, _LINE, _BLACK = "#16231f", "#55635e", "#dcd8ce", "#000000"
_ATTENTION, _ATTENTION_TINT = "#6b4000", "#fdf1db"
_TONES = {
    Tone.GOOD: ("#1b7a45", "#e3f3e9"),
    Tone.OPEN: ("#8a5200", "#fdf1db"),
    Tone.BAD: ("#a8281f", "#fbe9e7"),
}
# Tick, clock hands, cross, in a circle of radius 1: the state for those who see no colour.
_SIGNS: dict[Tone, tuple[tuple[tuple[float, float], ...], ...]] = {
    Tone.GOOD: (((-0.42, 0.02), (-0.12, 0.34), (0.44, -0.3)),),
    Tone.OPEN: (((0.0, -0.5), (0.0, 0.04), (0.36, 0.26)),),
    Tone.BAD: (((-0.34, -0.34), (0.34, 0.34)), ((0.34, -0.34), (-0.34, 0.34))),
}


class Weight(IntEnum):
    """How heavy a letter is, in the usual numbers."""

    NORMAL = 400
    SEMI = 600
    BOLD = 700
    EXTRA = 800


class Align(StrEnum):
    """Where a text stands in its room."""

    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Face:
    """A size in points and a weight of the one typeface."""

    points: float
    weight: Weight = Weight.NORMAL


@dataclass(frozen=True, slots=True)
class Words:
    """Text wrapped at `width`, its first line's top at `y`."""

    x: float
    y: float
    width: float
    height: float
    text: str
    face: Face
    colour: str
    align: Align


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle."""

    x: float
    y: float
    width: float
    height: float
    colour: str
    radius: float = 0


@dataclass(frozen=True, slots=True)
class Strokes:
    """Open lines with round ends."""

    paths: tuple[tuple[tuple[float, float], ...], ...]
    colour: str
    thickness: float


@dataclass(frozen=True, slots=True)
class Squares:
    """A QR code without its quiet zone; `module` is the side of one square."""

    x: float
    y: float
    matrix: tuple[tuple[bool, ...], ...]
    module: float
    colour: str = _BLACK


Ink = Words | Box | Strokes | Squares

Measure = Callable[[str, Face, float | None], tuple[float, float]]
"""Width and height of a text in a face, wrapped at a width (None: on one line)."""


@dataclass(frozen=True, slots=True)
class PaperPage:
    """What to draw, and how tall the paper is."""

    height: float
    ink: tuple[Ink, ...]


def lay_out(receipt: Receipt, measure: Measure, *, brand: str = BRAND) -> PaperPage:
    """The whole receipt on one page. Raises ValueError where the QR text fits no code."""
    sheet = _Sheet(receipt.qr_text, measure, brand)
    for block in receipt.blocks:
        sheet.set(block)
    return sheet.finished()


class _Sheet:
    """A page being filled from top to bottom; `_y` is where the next thing goes."""

    def __init__(self, qr_text: str, measure: Measure, brand: str) -> None:
        self._qr_text = qr_text
        self._measure = measure
        self._brand = brand
        self._ink: list[Ink] = []
        self._y = 0.0
        self._listing = self._marked = False
        self._bar(280)

    def finished(self) -> PaperPage:
        self._y += 0 if self._marked else 500
        self._bar(120)
        return PaperPage(self._y, tuple(self._ink))

    def set(self, block: Block) -> None:
        match block:
            case Row() | Amount():
                self._set_figures(block)
            case Heading(text, details, letterhead):
                self._letterhead(text, details) if letterhead else self._section(text, details)
            case Mark(text, detail):
                self._mark(text, detail)
            case OutcomeBlock(title, text, tone):
                self._outcome(title, text, tone)
            case Note(text, strong):
                self._add_note(text, strong)
            case Code(caption):
                self._code(caption)
            case RuleBlock():
                self._y += 420
        self._marked = isinstance(block, Mark)
        self._listing = isinstance(block, Row) or (isinstance(block, Amount) and not block.headline)

    # What there is on a receipt.

    def _set_figures(self, block: Row | Amount) -> None:
        if isinstance(block, Amount) and block.headline:
            self._headline(block)
        elif isinstance(block, Amount) and block.total:
            self._total(block)
        else:
            if self._listing:
                self._line(_LINE, 12)
            if isinstance(block, Amount):
                self._share(block)
            else:
                self._pair(block.label, block.value, Face(8.25), Face(8.25, Weight.SEMI), _SOFT)

    def _mark(self, text: str, detail: str) -> None:
        loud, small = Face(9, Weight.EXTRA), Face(7.25)
        height = 300 + self._height(text, loud) + (self._height(detail, small) if detail else 0)
        below_letterhead = self._y > 1000
        self._y += 420 if below_letterhead else 60 if self._marked else 0
        self._ink.append(Box(0, self._y, WIDTH, height, _ATTENTION_TINT))
        bottom = self._y + height
        self._y += 150
        self._text(text, loud, _ATTENTION, Align.CENTRE)
        if detail:
            self._text(detail, small, _ATTENTION, Align.CENTRE)
        self._y = bottom

    def _letterhead(self, text: str, details: tuple[str, ...]) -> None:
        self._y += 520
        self._text(text, Face(14, Weight.BOLD), self._brand)
        self._y += 40
        for detail in details:
            self._text(detail, Face(7.75), _SOFT)
        self._y += 400

    def _section(self, text: str, details: tuple[str, ...]) -> None:
        self._text(text, Face(9.5, Weight.BOLD), self._brand)
        self._y += 70
        self._line(_INK, 20)
        for detail in details:
            self._y += 95
            self._text(detail, Face(8.25, Weight.SEMI), _INK)

    def _outcome(self, title: str, text: str, tone: Tone) -> None:
        colour, tint = _TONES[tone]
        self._text(title, Face(9, Weight.SEMI), _INK)
        self._y += 150
        face = Face(11.5 if len(text) < 40 else 9.5, Weight.BOLD)
        left = _MARGIN + 900
        room = WIDTH - _MARGIN - 250 - left
        words = self._height(text, face, room)
        height = max(words + 380, 900)
        middle = self._y + height / 2
        self._ink += [
            Box(_MARGIN, self._y, _ROOM, height, tint, 240),
            *_sign(_MARGIN + 490, middle, 260, tone),
            Words(left, middle - words / 2, room, words, text, face, colour, Align.LEFT),
        ]
        self._y += height + 360

    def _headline(self, block: Amount) -> None:
        self._text(block.label, Face(8.25), _SOFT)
        self._y -= 60
        self._text(block.value, Face(26, Weight.EXTRA), _INK)

    def _share(self, block: Amount) -> None:
        self._pair(block.label, block.value, Face(8.75), Face(8.75, Weight.SEMI), _INK)
        if block.detail:
            self._y -= 85
            self._text(block.detail, Face(7.5), _SOFT)
            self._y += 95

    def _total(self, block: Amount) -> None:
        self._line(_INK, 20)
        self._y += 25
        bold = Face(10, Weight.BOLD)
        self._pair(block.label, block.value, bold, bold, _INK)

    def _add_note(self, text: str, strong: bool) -> None:
        self._y += 130
        face = Face(8, Weight.SEMI) if strong else Face(7.5)
        self._text(text, face, _INK if strong else _SOFT)

    def _code(self, caption: str) -> None:
        matrix = qr_matrix(self._qr_text)
        module = min(62.0, _ROOM / (len(matrix) + 2 * QUIET_ZONE))
        side = module * len(matrix)
        self._y += QUIET_ZONE * module  # the page is white and wide enough for the rest of the zone
        self._ink.append(Squares((WIDTH - side) / 2, self._y, matrix, module))
        self._y += side + QUIET_ZONE * module
        self._text(caption, Face(7.75, Weight.SEMI), _INK, Align.CENTRE)

    # How it is set.

    def _pair(self, label: str, value: str, label_face: Face, value_face: Face, label_colour: str) -> None:
        gap, (wanted, _), (taken, _) = 250, self._size(label, label_face), self._size(value, value_face)
        if wanted + gap + taken > _ROOM:
            taken = max(min(taken, _ROOM - gap - wanted), _ROOM * 0.45)
        room, value_room = _ROOM - gap - taken, taken + 20
        heights = self._height(label, label_face, room), self._height(value, value_face, value_room)
        self._y += 95
        x = WIDTH - _MARGIN - value_room
        self._ink += [
            Words(_MARGIN, self._y, room, heights[0], label, label_face, label_colour, Align.LEFT),
            Words(x, self._y, value_room, heights[1], value, value_face, _INK, Align.RIGHT),
        ]
        self._y += max(heights) + 95

    def _text(self, text: str, face: Face, colour: str, align: Align = Align.LEFT) -> None:
        height = self._height(text, face)
        self._ink.append(Words(_MARGIN, self._y, _ROOM, height, text, face, colour, align))
        self._y += height

    def _size(self, text: str, face: Face) -> tuple[float, float]:
        return self._measure(text, face, None)

    def _height(self, text: str, face: Face, room: float = _ROOM) -> float:
        return self._measure(text, face, room)[1]

    def _line(self, colour: str, thickness: float) -> None:
        self._ink.append(Box(_MARGIN, self._y - thickness / 2, _ROOM, thickness, colour))

    def _bar(self, height: float) -> None:
        self._ink.append(Box(0, self._y, WIDTH, height, self._brand))
        self._y += height


def _sign(x: float, y: float, radius: float, tone: Tone) -> tuple[Ink, Ink]:
    colour, inside = _TONES[tone]
    paths = tuple(tuple((x + a * radius, y + b * radius) for a, b in path) for path in _SIGNS[tone])
    disc = Box(x - radius, y - radius, 2 * radius, 2 * radius, colour, radius)
    return disc, Strokes(paths, inside, radius * 0.26)
