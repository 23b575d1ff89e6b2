"""The pictures in docs/pictures: small, shown, and found out as soon as a page looks different.

Whether they are what the kiosk paints today is asked in .ci/run, of the pictures of its own tour.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from instruments.pictures.__main__ import main
from instruments.pictures.album import ALBUM, FOLDER, HEIGHT, WIDTH, keep
from instruments.pictures.compare import complaints
from kiosk.views.parts.theme import FAMILY, load_fonts

ROOT = Path(__file__).resolve().parent.parent
TOO_MANY_BYTES = 600_000

Alter = Callable[[QPainter], None]


@pytest.fixture
def tour(tmp_path: Path) -> Path:
    """What a tour would have left that painted exactly the kept pictures."""
    folder = tmp_path / "tour"
    folder.mkdir()
    for number, shown in enumerate(ALBUM, 1):
        image = QImage(str(FOLDER / f"{shown.name}.png")).convertToFormat(QImage.Format.Format_RGB32)
        assert image.save(str(folder / f"{number:02d}-{shown.name}.png"))
    return folder


def alter(tour: Path, name: str, *alterations: Alter) -> None:
    file = next(tour.glob(f"*-{name}.png"))
    image = QImage(str(file)).convertToFormat(QImage.Format.Format_RGB32)
    painter = QPainter(image)
    for each in alterations:
        each(painter)
    painter.end()
    assert image.save(str(file))


def words(text: str, area: tuple[int, int, int, int], pixels: int, ground: str, ink: str) -> Alter:
    """Paint other words over what stands in an area."""

    def paint(painter: QPainter) -> None:
        painter.fillRect(QRect(*area), QColor(ground))
        font = painter.font()
        font.setFamily(FAMILY)
        font.setPixelSize(pixels)
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(ink))
        painter.drawText(QRect(*area), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)

    return paint


def moved(area: tuple[int, int, int, int], by: int, ground: str) -> Alter:
    """The same thing some pixels further."""

    def paint(painter: QPainter) -> None:
        device = painter.device()
        assert isinstance(device, QImage)
        piece = device.copy(QRect(*area))
        painter.fillRect(QRect(*area), QColor(ground))
        painter.drawImage(QPoint(area[0] + by, area[1]), piece)

    return paint


def noise(area: tuple[int, int, int, int], seed: int) -> Alter:
    """Black and white at random, as another code or date would be at its worst."""

    def paint(painter: QPainter) -> None:
        draw = random.Random(seed)
        for x in range(area[0], area[0] + area[2]):
            for y in range(area[1], area[1] + area[3]):
                painter.fillRect(x, y, 1, 1, QColor("black" if draw.random() < 0.5 else "white"))

    return paint


def caret(x: int, y: int) -> Alter:
    """One that was not there, as thin as a third of the real one is."""
    return lambda painter: painter.fillRect(x, y, 1, 11, QColor(22, 35, 31, 85))


def test_the_pictures_of_the_album_agree_with_themselves(tour: Path) -> None:
    assert complaints(tour, FOLDER) == []


@pytest.mark.parametrize(
    ("name", "alteration"),
    [
        ("choose", words("¿Qué desea pagar?", (18, 66, 180, 30), 20, "#f6f4ef", "#16231f")),
        ("choose", words("Seguir con $ 412.300", (450, 326, 140, 16), 11, "#0d5c4b", "#ffffff")),
        ("choose", words("Regresar", (50, 326, 44, 16), 11, "#ffffff", "#16231f")),
        ("choose", moved((18, 316, 78, 36), 8, "#f6f4ef")),
        ("sign_in", words("Ingrese con su cédula y su clave", (18, 66, 360, 30), 20, "#f6f4ef", "#16231f")),
        ("sign_in", words("5", (518, 96, 8, 12), 11, "#ffffff", "#16231f")),
        ("welcome", words("Empezar", (48, 238, 176, 22), 17, "#f4b63f", "#16231f")),
        ("welcome", lambda painter: painter.fillRect(28, 312, 78, 30, QColor("#0d5c4b"))),
        ("bank_login", words("Pagar ahora", (415, 266, 60, 18), 12, "#9c2334", "#ffffff")),
        ("result_approved", words("Pago aprobado", (50, 70, 134, 20), 13, "#e3f3e9", "#1b7a45")),
        ("choose_see_better", words("Volver", (50, 324, 54, 18), 15, "#ffffff", "#000000")),
    ],
    ids=["title", "main button", "back button", "button moved", "another title", "a key of the keypad",
         "start button", "button gone", "the bank's button", "the state", "large text"],
)  # fmt: skip
def test_another_title_or_button_is_found(qapp: object, tour: Path, name: str, alteration: Alter) -> None:
    load_fonts()
    alter(tour, name, alteration)

    found = complaints(tour, FOLDER)

    assert len(found) == 1, found
    assert found[0].startswith(f"{name}.png: not what the kiosk paints now"), found


def test_dates_references_codes_and_a_caret_may_differ(tour: Path) -> None:
    for shown in ALBUM:
        alter(tour, shown.name, *(noise(area, seed) for seed, area in enumerate(shown.varies)))
    alter(tour, "sign_in", caret(282, 158))

    assert complaints(tour, FOLDER) == []


def test_what_may_differ_is_a_small_part_of_a_picture() -> None:
    for shown in ALBUM:
        free = sum(width * height for _, _, width, height in shown.varies)
        assert free < 0.06 * WIDTH * HEIGHT, shown.name


def test_a_missing_a_foreign_and_a_large_picture_are_named(tour: Path, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    keep(tour, folder)
    (folder / "welcome.png").unlink()
    (folder / "left_over.png").write_bytes(b"")
    large = QImage(str(folder / "choose.png")).scaled(2 * WIDTH, 2 * HEIGHT)
    assert large.save(str(folder / "choose.png"))

    found = "\n".join(complaints(tour, folder))

    assert "welcome.png: not there" in found
    assert "left_over.png: no picture of the album" in found
    assert "choose.png: 1280 x 720 instead of 640 x 360" in found


def test_a_tour_without_a_page_changes_nothing(
    tour: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    next(tour.glob("*-sign_in.png")).unlink()

    assert main(["keep", str(tour), "--folder", str(tmp_path / "pictures")]) == 1
    assert "no picture called sign_in" in capsys.readouterr().err
    assert not (tmp_path / "pictures").exists()


def test_keeping_is_what_checking_wants(
    tour: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(tmp_path / "pictures")

    assert main(["keep", str(tour), "--folder", folder]) == 0
    assert main(["check", str(tour), "--folder", folder]) == 0
    assert f"shown={len(ALBUM)} stale=0" in capsys.readouterr().out


def test_the_pictures_are_small_and_all_in_the_readme() -> None:
    files = sorted(FOLDER.iterdir())

    assert [file.stem for file in files] == sorted(shown.name for shown in ALBUM)
    assert sum(file.stat().st_size for file in files) < TOO_MANY_BYTES
    assert {QImage(str(file)).format() for file in files} == {QImage.Format.Format_Indexed8}
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = re.findall(r"docs/pictures/(\w+)\.png", readme)
    assert sorted(set(shown)) == sorted(each.name for each in ALBUM)
