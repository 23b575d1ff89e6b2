"""The list of obligations and its total: the model by itself, and under the member's finger."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from kiosk_case import KioskCase
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy, QTest

from kiosk.cooperative.money import ZERO, Money
from kiosk.cooperative.obligation import Choice, NextDue, Obligation, ObligationKind, OtherAmount
from kiosk.cooperative.order import MOST_LINES, InvalidOrder
from kiosk.models.obligations import ObligationsModel
from kiosk.visit.steps import Step

TICK, OVERDUE, NEXT_DUE, OTHER = range(4)


def owed(key: str, overdue: int = 0, due: int = 0, *, payable: bool = True, free: bool = True) -> Obligation:
    """An obligation of these pesos."""
    return Obligation(
        key,
        ObligationKind.LOAN,
        f"Crédito {key}",
        key,
        payable,
        None if payable else "legal_collection",
        Money.of(overdue),
        date(2026, 1, 5) if overdue else None,
        NextDue(Money.of(due), date(2026, 12, 5)) if due else None,
        Money.of(1_000_000),
        OtherAmount(free, Money.of(10_000), Money.of(1_000_000)),
    )


@pytest.fixture
def model(qapp: object) -> Iterator[ObligationsModel]:
    """Watched by Qt's own tester all the time."""
    made = ObligationsModel()
    tester = QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal)
    yield made
    del tester


def test_payable_ones_first_overdue_before_the_rest(model: ObligationsModel) -> None:
    model.load([owed("d", 5, payable=False), owed("c", 0, 7), owed("a", 3), owed("b", 4, 9)])
    assert [model.obligation(row).obligation_id for row in range(model.rowCount())] == ["a", "b", "c", "d"]
    assert model.total == ZERO
    model.load([])
    assert model.rowCount() == 0


def test_a_list_has_no_rows_below_rows(model: ObligationsModel) -> None:
    model.load([owed("a", 3)])
    assert model.rowCount(model.index(0)) == 0
    assert model.data(QModelIndex()) is None
    assert model.data(model.index(0), Qt.ItemDataRole.DecorationRole) is None
    assert model.data(model.index(0)) == "Crédito a"


def test_the_total_is_the_sum_of_the_choices(model: ObligationsModel) -> None:
    model.load([owed("a", 3000, 500), owed("b", 200, 700)])
    changed = QSignalSpy(model.chosen)
    model.choose(0, Choice.OVERDUE)
    model.choose(1, Choice.NEXT_DUE)
    assert model.total == Money.of(3700)
    model.choose(0, Choice.NEXT_DUE)
    assert model.total == Money.of(1200), "one way to pay takes the place of the other"
    model.choose(0, Choice.OTHER, Money.of("12345.00"))
    assert model.total == Money.of(13045)
    model.leave_out(1)
    assert model.total == Money.of(12345)
    assert changed.count() == 5
    assert model.data(model.index(0), model.CHOICE) is Choice.OTHER
    assert model.data(model.index(0), model.AMOUNT) == Money.of(12345)
    assert model.data(model.index(1), model.CHOICE) is None


def test_the_order_is_what_was_chosen(model: ObligationsModel) -> None:
    model.load([owed("a", 3000), owed("b", 0, 700), owed("c", 50)])
    model.choose(2, Choice.NEXT_DUE)
    model.choose(0, Choice.OVERDUE)
    order = model.order()
    assert order.total == model.total == Money.of(3700)
    assert [(line.line_id, line.obligation_id) for line in order.lines] == [("1", "a"), ("2", "b")]


def test_nothing_chosen_is_no_order(model: ObligationsModel) -> None:
    model.load([owed("a", 3000)])
    with pytest.raises(InvalidOrder):
        model.order()


def test_loading_again_forgets_the_choice(model: ObligationsModel) -> None:
    model.load([owed("a", 3000)])
    model.choose_all_overdue()
    model.load([owed("a", 1000)])
    assert model.total == ZERO
    assert model.lines == []


@pytest.mark.parametrize(
    ("row", "choice"),
    [
        (owed("a", 3000, 500, payable=False), Choice.OVERDUE),
        (owed("a", 3000, 500, payable=False), Choice.NEXT_DUE),
        (owed("a", 0, 500), Choice.OVERDUE),
        (owed("a", 3000, 0), Choice.NEXT_DUE),
        (owed("a", 3000, 500), Choice.OTHER),
    ],
)
def test_a_choice_with_nothing_to_pay_changes_nothing(
    model: ObligationsModel, row: Obligation, choice: Choice
) -> None:
    model.load([row])
    model.choose(0, choice)
    assert model.total == ZERO
    assert model.choice(0) is None


def test_another_amount_of_a_row_not_payable_here(model: ObligationsModel) -> None:
    model.load([owed("a", 3000, payable=False), owed("b", 10, free=False)])
    model.choose(0, Choice.OTHER, Money.of(20_000))
    model.choose(1, Choice.OTHER, Money.of(20_000))
    assert model.total == ZERO


def test_ticking_takes_overdue_else_next_due(model: ObligationsModel) -> None:
    model.load([owed("a", 3000, 500), owed("b", 0, 700), owed("c", 0, 0), owed("d", 9, payable=False)])
    for row in range(4):
        model.toggle(row)
    assert [model.choice(row) for row in range(4)] == [Choice.OVERDUE, Choice.NEXT_DUE, None, None]
    model.toggle(0)
    assert model.choice(0) is None


def test_all_overdue_takes_the_place_of_everything(model: ObligationsModel) -> None:
    model.load([owed("a", 3000, 500), owed("b", 200), owed("c", 0, 700), owed("d", 9, payable=False)])
    assert not model.pays_all_overdue
    model.choose(2, Choice.NEXT_DUE)
    model.choose_all_overdue()
    assert model.total == model.overdue_total == Money.of(3200)
    assert model.pays_all_overdue
    model.choose(0, Choice.OTHER, Money.of(30_000))
    assert not model.pays_all_overdue
    model.choose_nothing()
    assert model.total == ZERO
    assert not model.pays_all_overdue


def test_thirty_rows_and_no_more_lines_than_a_payment_carries(model: ObligationsModel) -> None:
    model.load([owed(f"{n:02d}", 1000 + n) for n in range(30)])
    refused = QSignalSpy(model.refused)
    model.choose_all_overdue()
    assert refused.count() == 1
    assert len(model.lines) == MOST_LINES
    assert model.total == Money.of(sum(1000 + n for n in range(MOST_LINES)))
    model.choose(MOST_LINES, Choice.OVERDUE)
    assert refused.count() == 2
    assert model.choice(MOST_LINES) is None
    model.choose(0, Choice.OTHER, Money.of(20_000))
    assert refused.count() == 2, "a row already chosen may change"
    model.leave_out(0)
    model.choose(29, Choice.OVERDUE)
    assert len(model.order().lines) == MOST_LINES


# -- under the member's finger ------------------------------------------------------------


def to_choose(case: KioskCase, number: str, key: str) -> None:
    case.sign_in(number, key)
    case.click("pay")
    case.arrive(Step.CHOOSE)


def test_the_list_by_keys(case: KioskCase) -> None:
    case.to_step(Step.CHOOSE)
    case.click("by_hand")
    view = case.find("obligations")
    view.setFocus()
    view.setCurrentIndex(case.visit.paying.obligations.index(0))
    QTest.keyClick(view, Qt.Key.Key_Space)
    assert case.text_of("total") == "$ 318.300"
    QTest.keyClick(view, Qt.Key.Key_Down)
    QTest.keyClick(view, Qt.Key.Key_Right)
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert case.text_of("total") == "$ 378.300"


def test_nothing_owed_is_said(case: KioskCase) -> None:
    to_choose(case, "1900100108", "3905")
    assert case.says("Usted no tiene valores por pagar")
    assert not case.sees("obligations")
    assert not case.find("go").isEnabled()


def test_thirty_rows_and_those_not_payable_here(case: KioskCase) -> None:
    to_choose(case, "1900100109", "9417")
    assert case.visit.paying.obligations.rowCount() == 30
    case.touch_obligation("SA-9116", NEXT_DUE)
    assert case.visit.paying.obligations.total == case.page.model.total
    assert case.text_of("total") == case.visit.paying.obligations.total.shown()


def test_rows_not_payable_here_do_nothing(case: KioskCase) -> None:
    to_choose(case, "1900100110", "6582")
    before = case.text_of("total")
    assert before == "$ 205.700"
    for key in ("CR-610455", "SA-7720", "CR-550921", "FV-100110", "SA-7733"):
        for part in (TICK, OVERDUE, NEXT_DUE, OTHER):
            case.touch_obligation(key, part)
            assert case.text_of("total") == before
            assert not case.sees("amount_entry")


def test_the_twenty_first_line_is_refused_in_words(case: KioskCase) -> None:
    to_choose(case, "1900100109", "9417")
    case.click("by_hand")
    keys = [case.visit.paying.obligations.obligation(row).obligation_id for row in range(30)]
    for key in keys[:MOST_LINES]:
        case.touch_obligation(key, TICK)
    before = case.text_of("total")
    assert case.problems() == []
    case.touch_obligation(keys[MOST_LINES], TICK)
    case.told("caben máximo 20 obligaciones", "luego puede hacer otro pago")
    assert case.text_of("total") == before
    case.touch_obligation(keys[0], TICK)
    assert case.problems() == []


@pytest.mark.parametrize("touched", [False, True], ids=["on entering", "all overdue touched"])
def test_more_overdue_than_one_payment_carries_is_said(case: KioskCase, touched: bool) -> None:
    to_choose(case, "1900100109", "9417")
    case.visit.paying.obligations.load([owed(f"{n:02d}", 1000 + n) for n in range(30)])
    case.visit._stand_at(Step.CHOOSE)
    case.visit.paying.obligations.choose_all_overdue()
    if touched:
        case.click("by_hand")
        case.click("all_overdue")
    assert len(case.visit.paying.obligations.lines) == MOST_LINES
    assert len(case.problems()) == 1
