"""Amounts are exact, and no float gets in."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.cooperative.money import ZERO, InvalidAmount, Money, total

amounts = st.integers(min_value=0, max_value=10**14).map(lambda cents: Money(Decimal(cents).scaleb(-2)))


@given(amounts)
def test_the_wire_form_comes_back_the_same(amount: Money) -> None:
    assert Money.from_wire(amount.wire()) == amount


@given(st.lists(amounts, max_size=20))
def test_sums_lose_nothing(parts: list[Money]) -> None:
    cents = sum(int(part.amount * 100) for part in parts)
    if cents < 10**15:
        assert total(parts) == Money(Decimal(cents).scaleb(-2))


@given(amounts)
def test_what_is_shown_says_the_same_amount(amount: Money) -> None:
    digits = amount.shown().removeprefix("$ ").replace(".", "").replace(",", ".")
    assert Decimal(digits) == amount.amount


@pytest.mark.parametrize(
    ("pesos", "shown"),
    [
        (0, "$ 0"),
        (999, "$ 999"),
        (1000, "$ 1.000"),
        (1234567, "$ 1.234.567"),
        ("1234567.50", "$ 1.234.567,50"),
        ("0.05", "$ 0,05"),
        (9999999999999, "$ 9.999.999.999.999"),
    ],
)
def test_shown_as_colombians_write_it(pesos: int | str, shown: str) -> None:
    assert Money.of(pesos).shown() == shown


@pytest.mark.parametrize("value", [1.0, 0.1, float("nan"), "100", None, True])
def test_only_exact_types_are_money(value: object) -> None:
    with pytest.raises(TypeError):
        Money(value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "value", ["-1", "-0.01", "0.001", "1e-3", "NaN", "Infinity", "1e13", "", "abc", "1,5"]
)
def test_what_is_no_amount_is_refused(value: str) -> None:
    with pytest.raises(InvalidAmount):
        Money.of(value)


@pytest.mark.parametrize(
    "wire",
    ["1", "1.0", "1.000", "01.00", "-1.00", "+1.00", " 1.00", "1.00\n", "1,00", "1e2", "٣.00", ".50", ""],
)
def test_the_contracts_form_is_taken_to_the_letter(wire: str) -> None:
    with pytest.raises(InvalidAmount):
        Money.from_wire(wire)


@pytest.mark.parametrize("wire", [1, 1.0, Decimal(1), None])
def test_a_json_number_is_no_amount_of_the_contract(wire: object) -> None:
    with pytest.raises(InvalidAmount):
        Money.from_wire(wire)  # type: ignore[arg-type]


def test_equal_amounts_are_equal_however_they_were_written() -> None:
    assert Money.of(100) == Money.of("100.00") == Money(Decimal("1E2")) == Money.from_wire("100.00")
    assert len({Money.of(100), Money.of("100.0")}) == 1


def test_currencies_do_not_mix() -> None:
    with pytest.raises(InvalidAmount):
        Money.of(1) + Money(Decimal(1), "USD")
    assert Money.of(1) != Money(Decimal(1), "USD")


def test_nothing_is_false_and_the_sum_of_nothing() -> None:
    assert not ZERO
    assert Money.of("0.01")
    assert total([]) == ZERO


@pytest.mark.parametrize(
    "text", ["1e3", "1_000", "١٢", " 5 ", "5 ", "-0", "-5", "+5", "0x10", "", ".5", "5.", "1.234", "NaN",
             "Infinity", "00", "01.00", "1,5", "1.000,00", "\u00b2"],
)  # fmt: skip
def test_a_text_is_an_amount_in_one_form_only(text: str) -> None:
    with pytest.raises(InvalidAmount):
        Money.of(text)


@pytest.mark.parametrize("pesos", [0.5, 5.0, True, False, None, b"5", [5], float("nan")])
def test_nothing_but_whole_numbers_texts_and_decimals_is_money(pesos: object) -> None:
    with pytest.raises(TypeError):
        Money.of(pesos)  # type: ignore[arg-type]


def test_whole_numbers_and_decimals_are_taken_as_they_are() -> None:
    assert Money(5).amount == Decimal("5.00")  # type: ignore[arg-type]
    assert isinstance(Money(5).amount, Decimal)  # type: ignore[arg-type]
    assert Money.of(Decimal("5.25")) == Money.of("5.25")
    assert Money.of("5.2").wire() == "5.20"


def test_nothing_is_written_without_a_sign() -> None:
    assert Money(Decimal("-0")).wire() == "0.00"
    assert Money(Decimal("-0.00")).shown() == "$ 0"


def test_other_currencies_do_not_compare() -> None:
    dollars, pesos = Money(Decimal(5), "USD"), Money.of(5)
    assert dollars != pesos
    for compare in (lambda: dollars < pesos, lambda: dollars > pesos, lambda: dollars <= pesos,
                    lambda: dollars >= pesos, lambda: dollars + pesos):  # fmt: skip
        with pytest.raises(InvalidAmount):
            compare()
    with pytest.raises(TypeError):
        assert pesos < 6  # type: ignore[operator]
