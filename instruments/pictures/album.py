"""Which pages are shown, what on them is another on every day, and how a picture becomes small."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
WIDTH, HEIGHT = 640, 360
_COLOURS = 256

Area = tuple[int, int, int, int]
"""Left, top, width and height in the small picture."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A page by the tour's name for it. `varies`: dates, references, codes, the time that is left."""

    name: str
    varies: tuple[Area, ...] = ()


ALBUM = (
    Shown("welcome"),
    Shown("sign_in"),
    Shown("choose", ((328, 114, 37, 14), (328, 171, 37, 14), (328, 227, 37, 14), (328, 291, 37, 14))),
    Shown("choose_see_better", ((230, 221, 52, 22),)),
    Shown("bank_login", ((393, 32, 35, 18), (66, 201, 108, 14), (178, 201, 60, 14))),
    Shown(
        "result_approved", ((150, 196, 77, 14), (84, 218, 143, 13), (107, 262, 120, 15), (488, 80, 94, 94))
    ),
)


class NoPicture(Exception):
    """A picture that should be there is not, or can not be read."""


def of_tour(tour: Path, name: str) -> QImage:
    """What the tour painted of a page, small. Raises NoPicture."""
    found = sorted(tour.glob(f"[0-9]*-{name}.png"))
    if not found:
        raise NoPicture(f"{tour}: the tour has no picture called {name}")
    return small(read(found[0]))


def read(file: Path) -> QImage:
    """Raises NoPicture."""
    image = QImage(str(file))
    if image.isNull():
        raise NoPicture(f"{file}: not there, or not a picture")
    return image


def small(image: QImage) -> QImage:
    """The same in WIDTH x HEIGHT."""
    shape, smooth = Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    return image.convertToFormat(QImage.Format.Format_RGB32).scaled(WIDTH, HEIGHT, shape, smooth)


def with_palette(image: QImage) -> QImage:
    """The same in its commonest colours: a third of the bytes, and nobody sees it."""
    pixels = memoryview(image.convertToFormat(QImage.Format.Format_RGB32).constBits()).cast("I")
    shades: dict[int, Counter[int]] = {}
    for pixel, times in Counter(pixels).items():
        shades.setdefault(pixel & 0xF8F8F8, Counter())[pixel | 0xFF000000] += times
    often = sorted(shades.values(), key=lambda shade: shade.total(), reverse=True)[:_COLOURS]
    table = [shade.most_common(1)[0][0] for shade in often]
    exact = Qt.ImageConversionFlag.ThresholdDither
    return image.convertToFormat(QImage.Format.Format_Indexed8, table, exact)


def keep(tour: Path, folder: Path) -> None:
    """Write the album from a tour. Raises NoPicture before anything is written."""
    painted = {shown.name: with_palette(of_tour(tour, shown.name)) for shown in ALBUM}
    folder.mkdir(parents=True, exist_ok=True)
    for name, image in painted.items():
        image.save(str(folder / f"{name}.png"), quality=0)
