"""Receipts drawn by Qt: the file's words, its code, its page, and queues that are not there."""

from __future__ import annotations

import io
import os
import stat
import threading
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest
import zxingcpp
from pypdf import PdfReader
from PySide6.QtCore import QSize
from PySide6.QtGui import QFont, QImage, QPainter
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from receipt_cases import ISSUER, KEY, LINES, NOW, PAID

from kiosk.cooperative.order import MOST_LINES, Order
from kiosk.cooperative.payment import State
from kiosk.receipt import qt_printer
from kiosk.receipt.blocks import Receipt
from kiosk.receipt.code import check, token, token_in
from kiosk.receipt.document import receipt_of
from kiosk.receipt.page import WIDTH, Face, PaperPage, Squares, Words, lay_out
from kiosk.receipt.printer import PaperState, PrinterFault
from kiosk.receipt.qr import QUIET_ZONE, qr_matrix
from kiosk.receipt.qt_printer import SystemPrinter, print_on, qr_image, save_pdf

# Nothing here needs a screen.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

RECEIPT = receipt_of(PAID, ISSUER, now=NOW)


def words_of(path: Path) -> str:
    pages = PdfReader(io.BytesIO(path.read_bytes())).pages
    assert len(pages) == 1
    return pages[0].extract_text()


def decoded(image: QImage) -> str:
    """What a scanner reads of an image."""
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    pixels = memoryview(grey.constBits()).cast("B", (grey.height(), grey.bytesPerLine()))
    found = zxingcpp.read_barcodes(pixels)
    assert [code.format for code in found] == [zxingcpp.BarcodeFormat.QRCode]
    return str(found[0].text)


def rastered(path: Path, dots_per_mm: float) -> QImage:
    document = QPdfDocument()
    assert document.load(str(path)) == QPdfDocument.Error.None_
    size = document.pagePointSize(0)
    pixels = QSize(
        round(size.width() / 72 * 25.4 * dots_per_mm), round(size.height() / 72 * 25.4 * dots_per_mm)
    )
    image = document.render(0, pixels)
    document.close()
    paper = QImage(image.size(), QImage.Format.Format_RGB32)
    paper.fill(0xFFFFFFFF)
    painter = QPainter(paper)
    painter.drawImage(0, 0, image)
    painter.end()
    return paper


def test_the_words_can_be_read_searched_and_copied(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    path = tmp_path / "receipt.pdf"
    plain, tabular = qapp.font(), qapp.font()
    tabular.setFeature(QFont.Tag("tnum"), 1)  # as the kiosk's own font
    qapp.setFont(tabular)
    save_pdf(RECEIPT, path)
    qapp.setFont(plain)
    text = words_of(path)
    for wanted in (
        "Cooperativa Solidarios",
        "Transacción aprobada",
        "$ 412.300",
        "3501777",
        "PAM01A7K2M9Q4",
        "CC ******4417",
        "Rosa Elvira Ñáñez Quiñones",
        "¿Necesita ayuda?",
        "Este comprobante no es factura.",
    ):
        assert wanted in text, wanted
    assert "\t" not in text


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("language", ["es", "en"])
def test_every_word_of_every_document_is_on_the_page(
    qtbot: QtBot, tmp_path: Path, state: State, language: str
) -> None:
    receipt = receipt_of(
        replace(PAID, state=state), ISSUER, now=NOW, copy=True, demonstration=True, language=language
    )
    path = tmp_path / "receipt.pdf"
    save_pdf(receipt, path)
    on_page = set(words_of(path).split())
    for line in receipt.text().splitlines():
        label, colon, value = line.partition(": ")
        assert set(f"{label} {value}".split() if colon else line.split()) <= on_page, line


@pytest.mark.parametrize("url", ["", "https://verificar.example/c/"])
def test_the_code_on_the_page_leads_back_to_the_payment(qtbot: QtBot, tmp_path: Path, url: str) -> None:
    receipt = receipt_of(PAID, replace(ISSUER, verification_url=url), now=NOW)
    path = tmp_path / "receipt.pdf"
    save_pdf(receipt, path)
    scanned = decoded(rastered(path, 8))  # a thermal printer's 8 dots per millimetre
    assert scanned == receipt.qr_text
    found = token_in(scanned)
    assert found == token(PAID, KEY)
    claim = check(found, KEY)
    assert claim is not None
    assert (claim.cus, claim.total, claim.state) == (PAID.cus, PAID.total, PAID.state)


@pytest.mark.parametrize("size", [200, 333, 640])
def test_the_image_of_the_code_is_read_by_a_scanner(size: int) -> None:
    image = qr_image(RECEIPT.qr_text, size)
    assert (image.width(), image.height()) == (size, size)
    assert decoded(image) == RECEIPT.qr_text


def test_the_image_of_the_code_has_its_quiet_zone_even_where_it_is_small() -> None:
    matrix = qr_matrix(RECEIPT.qr_text)
    image = qr_image(RECEIPT.qr_text, 10)
    assert image.width() == len(matrix) + 2 * QUIET_ZONE
    for y in range(image.height()):
        for x in range(image.width()):
            inside = 0 <= (row := y - QUIET_ZONE) < len(matrix) and 0 <= (column := x - QUIET_ZONE) < len(
                matrix
            )
            dark = image.pixelColor(x, y).lightness() == 0
            assert dark == (inside and matrix[row][column])


def test_it_is_for_the_owners_eyes_and_replaces_the_old_one(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "receipt.pdf"
    path.write_text("old")
    save_pdf(RECEIPT, path)
    assert path.read_bytes().startswith(b"%PDF-")
    assert [entry.name for entry in tmp_path.iterdir()] == ["receipt.pdf"]
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_folder_that_is_not_there_is_an_error(qtbot: QtBot, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="missing"):
        save_pdf(RECEIPT, tmp_path / "missing" / "receipt.pdf")


def test_a_background_lane_may_draw(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "receipt.pdf"
    lane = threading.Thread(target=save_pdf, args=(RECEIPT, path))
    lane.start()
    lane.join(30)
    assert "3501777" in words_of(path)


def test_the_longest_order_still_fits_one_page(qtbot: QtBot, tmp_path: Path) -> None:
    lines = tuple(replace(LINES[0], line_id=str(n), obligation_id=f"o{n}") for n in range(MOST_LINES))
    path = tmp_path / "receipt.pdf"
    save_pdf(receipt_of(replace(PAID, order=Order(lines)), ISSUER, now=NOW), path)
    assert words_of(path).count("Crédito libre inversión") == MOST_LINES
    box = PdfReader(path).pages[0].mediabox
    assert abs(float(box.width) / 72 * 25.4 - WIDTH / 100) < 0.5


def test_a_system_printers_page_shows_the_same(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "printed.pdf"
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(path))
    print_on(printer, RECEIPT)
    text = words_of(path)
    assert "3501777" in text
    assert "412.300" in text
    assert decoded(rastered(path, 8)) == RECEIPT.qr_text


def test_a_queue_that_does_not_exist_is_offline(qtbot: QtBot) -> None:
    printer = SystemPrinter("no such queue")
    assert printer.state() is PaperState.OFFLINE
    with pytest.raises(PrinterFault) as fault:
        printer.print(RECEIPT)
    assert fault.value.kind is PaperState.OFFLINE
    assert not fault.value.started


def test_without_a_queue_it_is_the_systems_default(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    assert SystemPrinter("").state() is (
        PaperState.OFFLINE if QPrinterInfo.defaultPrinter().isNull() else PaperState.UNKNOWN
    )
    asked = []
    fake = SimpleNamespace(defaultPrinter=lambda: asked.append("default") or QPrinterInfo())
    monkeypatch.setattr(qt_printer, "QPrinterInfo", fake)
    assert SystemPrinter("").state() is PaperState.OFFLINE
    assert asked == ["default"]


# The layout alone, measured by a ruler of its own.


def ruled(text: str, face: Face, width: float | None) -> tuple[float, float]:
    """Every letter half as wide as it is high."""
    unit = face.points * 35.28
    whole = len(text) * unit / 2
    return whole, unit * 1.2 * (1 if width is None else max(1, -(-whole // width)))


def laid_out(receipt: Receipt) -> PaperPage:
    return lay_out(receipt, ruled)


@pytest.mark.parametrize("state", list(State))
def test_nothing_overlaps_and_nothing_leaves_the_page(state: State) -> None:
    page = laid_out(receipt_of(replace(PAID, state=state), ISSUER, now=NOW, demonstration=True, copy=True))
    words = [ink for ink in page.ink if isinstance(ink, Words)]
    for ink in words:
        assert ink.x >= 0
        assert ink.x + ink.width <= WIDTH
        assert ink.y + ink.height <= page.height
    for above, below in pairwise(words):
        beside = above.x + above.width <= below.x or below.x + below.width <= above.x
        # The headline figure's line box has air that the label above may use.
        assert beside or above.y + above.height <= below.y + 90, (above.text, below.text)


def test_the_code_has_its_quiet_zone_on_the_page() -> None:
    page = laid_out(RECEIPT)
    (code,) = [ink for ink in page.ink if isinstance(ink, Squares)]
    zone = QUIET_ZONE * code.module
    side = len(code.matrix) * code.module
    assert code.x >= zone
    assert code.x + side + zone <= WIDTH
    words = [ink for ink in page.ink if isinstance(ink, Words)]
    assert all(ink.y + ink.height <= code.y - zone + 1 or ink.y >= code.y + side + zone - 1 for ink in words)
