"""Receipts through Qt: the PDF file, a printer of the operating system, and the QR as an image.

The only module below the models that knows Qt. Fonts live in a QGuiApplication (offscreen will
do), so one must exist to draw words; any thread may draw.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QFontMetricsF,
    QGuiApplication,
    QImage,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QPen,
)
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

from kiosk.durable import write_whole
from kiosk.receipt.blocks import Receipt
from kiosk.receipt.page import (
    BRAND,
    WIDTH,
    Align,
    Box,
    Face,
    Ink,
    PaperPage,
    Squares,
    Strokes,
    Words,
    lay_out,
)
from kiosk.receipt.printer import PaperState, PrinterFault, PrintResult
from kiosk.receipt.qr import QUIET_ZONE, qr_matrix
from kiosk.resources import resource

_RESOLUTION = 2540  # dots per inch: one dot of the page is one unit of the layout
_HAND_OVER_WITHIN = 20.0  # seconds
_FAMILY = "Atkinson Hyperlegible Next"
_ALIGN = {
    Align.LEFT: Qt.AlignmentFlag.AlignLeft,
    Align.CENTRE: Qt.AlignmentFlag.AlignHCenter,
    Align.RIGHT: Qt.AlignmentFlag.AlignRight,
}
_CHARACTER_MAP = re.compile(rb"beginbfrange\s.*?\sendbfrange", re.DOTALL)
_MAPPED = re.compile(rb"\[[0-9A-Fa-f<> ]*\]")
_fonts_lock = threading.Lock()


def save_pdf(receipt: Receipt, path: Path, *, brand: str = BRAND) -> None:
    """Write the receipt as one PDF page, readable by the owner only; a file there is replaced whole.

    Any thread. Raises OSError where the file can not be drawn or written, RuntimeError without a
    QGuiApplication.
    """
    page = _page(receipt, brand)
    written = QBuffer()
    written.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(written)
    writer.setTitle(receipt.title)
    writer.setCreator("Kiosk")
    writer.setResolution(_RESOLUTION)
    size = QSizeF(WIDTH / 100, page.height / 100)
    paper = QPageSize(size, QPageSize.Unit.Millimeter, "receipt", QPageSize.SizeMatchPolicy.ExactMatch)
    writer.setPageSize(paper)
    writer.setPageMargins(QMarginsF(0, 0, 0, 0), QPageLayout.Unit.Millimeter)
    painter = QPainter()
    if not painter.begin(writer):
        raise OSError("the receipt's page takes no painting")
    _draw(painter, page)
    if not painter.end():
        raise OSError("the receipt's page was not finished")
    write_whole(path, _with_spaces(bytes(written.data().data())))


def print_on(printer: QPrinter, receipt: Receipt, *, brand: str = BRAND) -> None:
    """Paint the receipt on one page of a printer that is set up: top, centred, never enlarged.

    Raises PrinterFault where the printer takes no painting.
    """
    page = _page(receipt, brand)
    painter = QPainter()
    if not painter.begin(printer):
        raise PrinterFault(PaperState.OFFLINE, "the printer takes no job")
    area = printer.pageLayout().paintRectPixels(printer.resolution())
    unit = printer.resolution() / _RESOLUTION
    scale = min(unit, area.width() / WIDTH, area.height() / page.height)
    painter.translate((area.width() - WIDTH * scale) / 2, 0)
    painter.scale(scale, scale)
    _draw(painter, page)
    if not painter.end() or printer.printerState() == QPrinter.PrinterState.Error:
        raise PrinterFault(PaperState.OFFLINE, "the job could not be handed over", started=True)


class SystemPrinter:
    """A print queue of the operating system, by name; without one the system's default.

    A queue tells whether it takes jobs, not whether there is paper: at best UNKNOWN, and a result
    is never confirmed. Where the printer speaks ESC/POS, prefer that.
    """

    def __init__(self, queue: str, *, brand: str = BRAND) -> None:
        self._queue = queue
        self._brand = brand
        self._lock = threading.Lock()

    def state(self) -> PaperState:
        """OFFLINE for a missing or stopped queue, else UNKNOWN. Never raises."""
        info = self._info()
        stopped = (QPrinter.PrinterState.Error, QPrinter.PrinterState.Aborted)
        return PaperState.OFFLINE if info.isNull() or info.state() in stopped else PaperState.UNKNOWN

    def _info(self) -> QPrinterInfo:
        return QPrinterInfo.printerInfo(self._queue) if self._queue else QPrinterInfo.defaultPrinter()

    def print(self, receipt: Receipt, copies: int = 1) -> PrintResult:
        """Hand the job to the queue within 20 s. Raises PrinterFault."""
        with self._lock:
            state = self.state()
            if not state.can_print:
                raise PrinterFault(state, self._queue)
            faults: list[Exception] = []
            # The print system's own call has no time-out.
            worker = threading.Thread(target=self._work, args=(receipt, copies, faults), daemon=True)
            worker.start()
            worker.join(_HAND_OVER_WITHIN)
            if worker.is_alive():
                raise PrinterFault(PaperState.OFFLINE, "the queue does not answer", started=True)
            if faults:
                raise faults[0]
            return PrintResult(state, confirmed=False)

    def _work(self, receipt: Receipt, copies: int, faults: list[Exception]) -> None:
        try:
            printer = QPrinter(self._info(), QPrinter.PrinterMode.HighResolution)
            printer.setDocName(receipt.title)
            printer.setCopyCount(copies)
            print_on(printer, receipt, brand=self._brand)
        except Exception as error:  # noqa: BLE001 - raised again in the caller's thread
            faults.append(error)


def qr_image(text: str, size: int) -> QImage:
    """The QR code black on white with its quiet zone, `size` pixels square where the code fits.

    Modules are whole pixels; a code that needs more than `size` gets an image as large as it
    needs. Needs no QGuiApplication. Raises ValueError for more text than a code holds.
    """
    matrix = qr_matrix(text)
    modules = len(matrix) + 2 * QUIET_ZONE
    side, module = max(size, modules), max(1, size // modules)
    before = (side - len(matrix) * module) // 2
    after = side - before - len(matrix) * module
    blank = b"\xff" * side
    rows = [blank] * before
    for row in matrix:
        dots = b"".join((b"\x00" if dark else b"\xff") * module for dark in row)
        rows += [b"\xff" * before + dots + b"\xff" * after] * module
    rows += [blank] * after
    # The image borrows these bytes, so it must take its own copy before they go.
    return QImage(b"".join(rows), side, side, side, QImage.Format.Format_Grayscale8).copy()


def _with_spaces(pdf: bytes) -> bytes:
    """The same file, whose text is searched and copied with spaces between words.

    Qt writes into the fonts' character maps the lowest character of each glyph, and the shipped
    typeface draws a tab like a space.
    """

    def mended(mapped: re.Match[bytes]) -> bytes:
        return mapped.group().replace(b"<0009>", b"<0020>")

    return _CHARACTER_MAP.sub(lambda ranges: _MAPPED.sub(mended, ranges.group()), pdf)


def _page(receipt: Receipt, brand: str) -> PaperPage:
    if QGuiApplication.instance() is None:
        raise RuntimeError("drawing a receipt needs a QGuiApplication")
    with _fonts_lock:
        _load_fonts()
    return lay_out(receipt, _measured, brand=brand)


@cache
def _load_fonts() -> None:
    # The application has them already; adding a font on a lane would pull the font database from under
    # whatever the GUI thread is painting.
    if _FAMILY in QFontDatabase.families():
        return
    for file in sorted(resource("fonts").glob("AtkinsonHyperlegibleNext-*.ttf")):
        QFontDatabase.addApplicationFont(str(file))


def _font(face: Face) -> QFont:
    font = QFont(_FAMILY)
    font.setPixelSize(round(face.points * _RESOLUTION / 72))
    font.setWeight(QFont.Weight(face.weight))
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    # The application's own font has tabular figures; in a PDF those glyphs name no characters, and
    # nobody could search or copy an amount.
    font.setFeature(QFont.Tag("tnum"), 0)
    return font


def _measured(text: str, face: Face, width: float | None) -> tuple[float, float]:
    metrics = QFontMetricsF(_font(face))
    if width is None:
        return metrics.horizontalAdvance(text), metrics.height()
    wrapped = metrics.boundingRect(QRectF(0, 0, width, 10**6), Qt.TextFlag.TextWordWrap.value, text)
    return wrapped.width(), wrapped.height()


def _draw(painter: QPainter, page: PaperPage) -> None:
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    for ink in page.ink:
        _paint_ink(painter, ink)


def _paint_ink(painter: QPainter, ink: Ink) -> None:
    match ink:
        case Words():
            painter.setFont(_font(ink.face))
            painter.setPen(QColor(ink.colour))
            # A little taller than measured: rounding must not swallow the last line.
            where = QRectF(ink.x, ink.y, ink.width, ink.height + 50)
            flags = _ALIGN[ink.align].value | Qt.AlignmentFlag.AlignTop.value | Qt.TextFlag.TextWordWrap.value
            painter.drawText(where, flags, ink.text)
        case Box(x, y, width, height, colour, radius):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(QRectF(x, y, width, height), radius, radius)
        case Strokes(paths, colour, thickness):
            round_ends = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
            painter.setPen(QPen(QColor(colour), thickness, Qt.PenStyle.SolidLine, *round_ends))
            for path in paths:
                painter.drawPolyline([QPointF(x, y) for x, y in path])
        case Squares():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(ink.colour))
            painter.drawRects(list(_dark(ink)))


def _dark(code: Squares) -> Iterator[QRectF]:
    """The dark runs of each row; rows overlap by a hair against seams in viewers."""
    for y, row in enumerate(code.matrix):
        x = 0
        while x < len(row):
            run = next((i for i, dark in enumerate(row[x:]) if not dark), len(row) - x)
            if run:
                left, top = code.x + x * code.module, code.y + y * code.module
                yield QRectF(left, top, run * code.module, code.module + 1.5)
            x += run + 1
