"""What a guided tour leaves behind: the receipt's files, and report.json on what they say."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from PySide6.QtPdf import QPdfDocument

from kiosk.cooperative.payment import Payment, State

EXPECTED = {
    "approved": State.POSTED,
    "late-approved": State.POSTED,
    "declined": State.DECLINED,
    "failed": State.FAILED,
    "pending": State.PENDING,
}
"""The state in which a payment of each outcome ends."""

_CUS = re.compile(rb"\bCUS\b\W*(\w+)")


def keep_receipts(out: Path, payment: Payment | None) -> None:
    """Copy the newest PDF and the thermal printer's bytes from the demonstration into `out`."""
    pdfs = sorted((out / "state" / "receipts").glob("*.pdf"), key=lambda path: path.stat().st_mtime)
    if pdfs and payment is not None:
        shutil.copyfile(pdfs[-1], out / "receipt.pdf")
    thermal = out / "state" / "receipt.escpos"
    if thermal.exists():
        shutil.copyfile(thermal, out / "receipt.escpos")


def cus_in_pdf(file: Path) -> str | None:
    """The CUS that a reader of the PDF sees; None without one, or without a file."""
    document = QPdfDocument()
    if document.load(str(file)) is not QPdfDocument.Error.None_:
        return None
    try:
        return next(
            filter(None, (_on_line_of_cus(document, page) for page in range(document.pageCount()))), None
        )
    finally:
        document.close()


def _on_line_of_cus(document: QPdfDocument, page: int) -> str | None:
    # A PDF's text has no order of reading: the value is the word to the right on the same line.
    words = [(found[0], document.getSelectionAtIndex(page, found.start(), len(found[0])).boundingRectangle())
             for found in re.finditer(r"\w+", document.getAllText(page).text())]  # fmt: skip
    for name, place in words:
        if name == "CUS":
            beside = [
                (box.left(), word)
                for word, box in words
                if box.left() > place.right() and abs(box.center().y() - place.center().y()) < place.height()
            ]
            return min(beside)[1] if beside else None
    return None


def cus_in_thermal(file: Path) -> str | None:
    """The CUS in the bytes that the thermal printer received; None without one, or without a file."""
    found = _CUS.search(file.read_bytes()) if file.exists() else None
    return found[1].decode("ascii") if found else None


def report(
    out: Path, outcome: str, payment: Payment | None, *, posted: bool, on_screen: str | None, pages: object
) -> dict[str, object]:
    """What happened, for people and scripts. `as_expected` is the tour's own judgement.

    A posted payment must show one CUS: on screen, in the PDF and in the thermal bytes.
    """
    wanted = EXPECTED[outcome]
    report: dict[str, object] = {"outcome": outcome, "as_expected": False, "state": None, "pages": pages}
    if payment is None:
        return report
    shown = {
        "screen": on_screen,
        "pdf": cus_in_pdf(out / "receipt.pdf"),
        "thermal": cus_in_thermal(out / "receipt.escpos"),
    }
    same = set(shown.values()) == {payment.cus} if wanted is State.POSTED else True
    lines = [
        {"obligation": line.obligation_id, "choice": line.choice.value, "amount": line.amount.wire()}
        for line in payment.order.lines
    ]
    return report | {
        "as_expected": payment.state is wanted and posted == (wanted is State.POSTED) and same,
        "payment_id": payment.payment_id,
        "reference": payment.reference,
        "state": payment.state.value,
        "cus": payment.cus,
        "cus_shown": shown,
        "amount": payment.total.wire(),
        "currency": payment.total.currency,
        "lines": lines,
        "core_posted": posted,
        "core_receipt": payment.core_receipt,
    }
