"""Whether a kept picture still looks like what the tour paints.

Both are laid over each other, and the difference is averaged over cells of a few letters: one cell that
differs is enough. What is another on every day is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from instruments.pictures.album import ALBUM, HEIGHT, WIDTH, NoPicture, Shown, of_tour, read

CELL = (16, 12)
"""Width and height in pixels of the small picture: two or three letters of a button."""
TOLERANCE = 8
"""Of 255, on average over a cell. A blinking caret makes up to 5, another word 20 and more."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The worst cell: how much of 255, and its upper left corner."""

    much: int
    left: int
    top: int


def difference(kept: QImage, painted: QImage, shown: Shown) -> Difference:
    """Where two small pictures of a page differ most."""
    over = kept.convertToFormat(QImage.Format.Format_RGB32)
    painter = QPainter(over)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Difference)
    painter.drawImage(0, 0, painted)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
    for area in shown.varies:
        painter.fillRect(QRect(*area), QColor("black"))
    painter.end()
    columns, rows = WIDTH // CELL[0], HEIGHT // CELL[1]
    shape, smooth = Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    cells = over.scaled(columns, rows, shape, smooth)
    return max(
        (
            Difference(_strongest(cells.pixelColor(x, y)), x * CELL[0], y * CELL[1])
            for x in range(columns)
            for y in range(rows)
        ),
        key=lambda found: found.much,
    )


def _strongest(colour: QColor) -> int:
    return max(colour.red(), colour.green(), colour.blue())


def complaints(tour: Path, folder: Path) -> list[str]:
    """What is wrong with the kept pictures, one sentence each."""
    said = []
    for shown in ALBUM:
        try:
            kept, painted = read(folder / f"{shown.name}.png"), of_tour(tour, shown.name)
        except NoPicture as error:
            said.append(str(error))
            continue
        if (kept.width(), kept.height()) != (WIDTH, HEIGHT):
            said.append(f"{shown.name}.png: {kept.width()} x {kept.height()} instead of {WIDTH} x {HEIGHT}")
            continue
        worst = difference(kept, painted, shown)
        if worst.much > TOLERANCE:
            said.append(
                f"{shown.name}.png: not what the kiosk paints now, worst at {worst.left},{worst.top} "
                f"({worst.much} of 255)"
            )
    strangers = {file.name for file in folder.iterdir()} - {f"{shown.name}.png" for shown in ALBUM}
    return said + [f"{name}: no picture of the album" for name in sorted(strangers)]
