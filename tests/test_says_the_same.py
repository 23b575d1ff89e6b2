"""Every place says the same of a payment: screen, list, voice, screen reader, manager, paper, file, code.

What is expected is written out here, for the table of `test_standing`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from receipt_cases import ISSUER, KEY, NOW, PAID
from stage import Stage
from test_standing import cells

from kiosk.cooperative.payment import Payment, Review, State
from kiosk.cooperative.standing import Standing
from kiosk.models.payments import PaymentsModel
from kiosk.receipt.code import check, token_in
from kiosk.receipt.document import receipt_of
from kiosk.receipt.ticket_text import TicketLine, lines_of
from kiosk.tour.hands import settle
from kiosk.views.frame.reading import Reader
from kiosk.visit.steps import Step


@dataclass(frozen=True)
class Said:
    """The first words of it, the paper's title, the words beside its sum, and words that must be nowhere."""

    words: str
    title: str
    total: str
    never: str


APPROVED = Said(
    "Transacción aprobada", "Comprobante de pago", "Total pagado",
    r"pendiente|rechazada|fallida|En revisión|por confirmar|no pagado|no lo autorizó",
)  # fmt: skip
PENDING = Said(
    "Transacción pendiente", "Constancia de transacción pendiente", "Total por confirmar",
    r"Transacción aprobada|rechazada|fallida|En revisión|Comprobante de pago$|Total pagado|quedó aplicado",
)  # fmt: skip
REVIEW = Said(
    "En revisión", "Constancia de transacción en revisión", "Total por confirmar",
    "Transacción aprobada|rechazada|fallida|Comprobante de pago$|Total pagado|quedó aplicado|no lo autorizó|"
    "Puede intentarlo",
)  # fmt: skip
REFUSED, FAILED = (
    Said(words, "Constancia de transacción sin pago", "Total no pagado",
         "Transacción aprobada|pendiente|En revisión|Comprobante de pago$|Total pagado|por confirmar|"
         "quedó aplicado")
    for words in ("Transacción rechazada", "Transacción fallida")
)  # fmt: skip


def said_of(state: State, stands: Standing) -> Said:
    by_standing = {Standing.PAID: APPROVED, Standing.OPEN: PENDING, Standing.DISPUTED: REVIEW}
    return by_standing.get(stands, REFUSED if state is State.DECLINED else FAILED)


@pytest.fixture(scope="module")
def stage(qapp: object) -> Iterator[Stage]:
    shown = Stage(1920, 1080)
    shown.put("payments_none")
    yield shown
    shown.close()


def on_screen(root: QWidget) -> list[str]:
    labels = [each for each in root.findChildren(QLabel) if each.isVisible() and each.text()]
    # What the page offers to do with the paper is no word about the payment.
    return [re.sub("<[^>]*>", "", each.text()) for each in labels]


def case(state: State, review: Review | None) -> Payment:
    return replace(PAID, state=state, review=review, core_receipt=None)


def agree(where: str, said: Said, first: str, all_of_it: list[str]) -> None:
    assert first.startswith(said.words), where
    for text in all_of_it:
        assert not re.search(said.never, text), (where, text)


@pytest.mark.parametrize(("state", "review", "stands"), cells(), ids=str)
def test_every_place_says_the_same(
    stage: Stage, state: State, review: Review | None, stands: Standing
) -> None:
    payment, said = case(state, review), said_of(state, stands)
    visit, reader = stage.visit, Reader(stage.window)

    visit.paying.payment, visit.paying.reprinting = payment, False
    visit._stand_at(Step.RESULT)
    settle()
    page = stage.window.current
    badge = page.findChild(QLabel, "state").text()
    agree("the result", said, badge, on_screen(page))
    read = reader.page(page)
    assert any(said.words in each for each in read), "read aloud"
    agree("read aloud", said, badge, read)

    stage.payments[:] = [payment]
    visit._stand_at(Step.PAYMENTS)
    settle()
    index = visit.payments.index(0)
    for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
        row = str(index.data(role))
        agree("the list for a screen reader", said, row, [row])
    assert index.data(PaymentsModel.PAYMENT) == payment
    view = stage.window.current.list
    row = reader.row(view, index)
    assert row == index.data(Qt.ItemDataRole.AccessibleTextRole), "one text for screen reader and voice"
    agree("the list read aloud", said, row, [row])
    assert (payment in visit.payments.pending) is (stands is Standing.OPEN)

    stage.news = []
    visit.manager.case = payment
    visit._stand_at(Step.MANAGER_CASE)
    settle()
    title = stage.window.current.amount.text().split(" · ", 1)[1]
    agree("the manager's case", said, title, [title])


def test_an_obligation_says_the_same_to_screen_reader_and_voice(stage: Stage) -> None:
    stage.put("choose")
    view, reader = stage.window.current.list, Reader(stage.window)
    rows = [view.model().index(row, 0) for row in range(view.model().rowCount())]
    said = [reader.row(view, index) for index in rows]
    assert said == [index.data(Qt.ItemDataRole.AccessibleTextRole) for index in rows]
    assert any("Vencido: $" in row and "Marcado: se pagan $" in row for row in said)
    assert any(row.endswith("sin marcar") for row in said)


@pytest.mark.parametrize(("state", "review", "stands"), cells(), ids=str)
def test_what_is_taken_home_says_the_same(state: State, review: Review | None, stands: Standing) -> None:
    payment, said = case(state, review), said_of(state, stands)
    receipt = receipt_of(payment, ISSUER, now=NOW)
    assert receipt.title == said.title
    paper = [each.text for each in lines_of(receipt, 48) if isinstance(each, TicketLine)]
    whole = "\n".join(paper)
    assert re.search(re.escape(said.title).replace(r"\ ", r"\s+"), whole, re.IGNORECASE)
    assert re.search(said.total, whole, re.IGNORECASE)
    others = {each.title for each in (APPROVED, PENDING, REVIEW, REFUSED)} - {said.title}
    assert not [title for title in others if title in whole.replace("\n", " ")]
    scanned = token_in(receipt.qr_text)
    assert scanned
    claim = check(scanned, KEY)
    assert claim
    assert claim.review is (stands is Standing.DISPUTED)
    assert claim.state is state
    words = "Transacción pendiente" if stands is Standing.DISPUTED else said.words
    assert words in receipt.qr_text
