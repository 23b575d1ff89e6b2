"""When a receipt is made, filed and printed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import pytest
from counterparts import MORNING
from pytestqt.qtbot import QtBot
from receipt_cases import PAID

from kiosk.cooperative.payment import State
from kiosk.visit import printing as module
from kiosk.visit.printing import ReceiptPrinting


class Errands:
    """Does everything at once; remembers what the desk was asked for."""

    def __init__(self) -> None:
        self.made: list[tuple[bool, str]] = []
        self.saved: list[str] = []
        self.printed: list[str] = []
        self.desk = SimpleNamespace(receipts=self, printer=SimpleNamespace(print=self.printed.append))

    def run(
        self, _lane: str, work: Callable[..., object], done: Callable[..., object], _failed: object
    ) -> None:
        done(work(self.desk))

    def of(self, payment: object, *, copy: bool, language: str) -> object:
        self.made.append((copy, language))
        return SimpleNamespace(qr_text="https://x.example", of=payment, copy=copy)

    def save(self, _payment: object, receipt: SimpleNamespace) -> None:
        assert not receipt.copy
        self.saved.append("original")


@pytest.fixture
def errands(monkeypatch: pytest.MonkeyPatch) -> Errands:
    monkeypatch.setattr(module, "_FILE_AFTER", 0)
    return Errands()


def test_a_copy_never_takes_the_place_of_the_filed_original(errands: Errands, qtbot: QtBot) -> None:
    printing = ReceiptPrinting(errands)  # type: ignore[arg-type]
    printing.prepare(PAID, copy=True, language="en")
    printing.prepare(PAID, copy=False, language="es")
    printing.prepare(PAID, copy=False, language="es")
    printing.prepare(PAID, copy=False, language="en")
    printing.prepare(PAID, copy=True, language="en")
    qtbot.wait(20)
    assert errands.made == [(True, "en"), (False, "es"), (False, "en"), (True, "en")]
    assert errands.saved == ["original"]


def test_prints_by_itself_once_and_forgets_with_the_visit(errands: Errands, qtbot: QtBot) -> None:
    printing = ReceiptPrinting(errands)  # type: ignore[arg-type]
    for _ in range(2):
        printing.print_once(PAID, language="es")
    assert (len(errands.printed), printing.phase) == (1, "printed")
    printing.print_now(PAID, copy=True, language="es")
    assert len(errands.printed) == 2
    other = replace(PAID, payment_id="another", state=State.PENDING, decided_at=MORNING)
    printing.prepare(other, copy=False, language="es")
    assert printing.phase == ""
    printing.forget()
    assert (printing.receipt, printing.phase) == (None, "")


def test_a_file_that_could_not_be_written_is_tried_again(
    errands: Errands, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def run(
        _lane: str,
        work: Callable[..., object],
        done: Callable[..., object],
        failed: Callable[[Exception], object],
    ) -> None:
        try:
            result = work(errands.desk)
        except SystemError as error:
            failed(error)
        else:
            done(result)

    def broken(*_: object) -> None:
        raise SystemError("María Rodríguez")

    monkeypatch.setattr(errands, "run", run)
    whole = errands.save
    monkeypatch.setattr(errands, "save", broken)
    printing = ReceiptPrinting(errands)  # type: ignore[arg-type]
    printing.prepare(PAID, copy=False, language="es")
    qtbot.wait(20)
    assert errands.saved == []
    assert "receipt: SystemError at " in caplog.text
    assert "printing.py:" in caplog.text
    assert "María" not in caplog.text
    monkeypatch.setattr(errands, "save", whole)
    printing.prepare(PAID, copy=False, language="en")
    qtbot.wait(20)
    assert errands.saved == ["original"]
