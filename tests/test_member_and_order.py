"""Documents, account holders, typed amounts, what an obligation allows, and orders."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.cooperative.member import (
    AccountHolder,
    Document,
    DocumentProblem,
    DocumentType,
    HolderKind,
    HolderProblem,
    email_problem,
    mobile_problem,
)
from kiosk.cooperative.money import ZERO, Money
from kiosk.cooperative.obligation import (
    AmountProblem,
    Choice,
    NextDue,
    Obligation,
    ObligationKind,
    OtherAmount,
    typed_amount,
)
from kiosk.cooperative.order import MOST_LINES, InvalidOrder, Order, OrderLine

T, P = DocumentType, DocumentProblem


@pytest.mark.parametrize(
    ("type_", "number", "problem"),
    [
        (T.CC, "1023456789", None),
        (T.CC, "4567", None),
        (T.CC, "", P.EMPTY),
        (T.CC, "456", P.TOO_SHORT),
        (T.CC, "10234567891", P.TOO_LONG),
        (T.CC, "0234567", P.LEADING_ZERO),
        (T.CC, "10A3456", P.NOT_DIGITS),
        (T.CC, "\uff11\uff12\uff13\uff14\uff15", P.NOT_DIGITS),
        (T.CE, "456789", None),
        (T.TI, "1023456", P.TOO_SHORT),
        (T.TI, "10234567891", None),
        (T.PPT, "1234", P.TOO_SHORT),
        (T.PA, "AV123456", None),
        (T.PA, "0123456", None),
        (T.PA, "AV 12", P.CHARACTERS),
        (T.PA, "ÑV12345", P.CHARACTERS),
        (T.NIT, "900123456", None),
        (T.NIT, "1023456789", None),
        (T.NIT, "900123", P.TOO_SHORT),
        (T.NIT, "90012345678", P.TOO_LONG),
    ],
)
def test_documents(type_: DocumentType, number: str, problem: DocumentProblem | None) -> None:
    assert Document(type_, number).problem() is problem


@pytest.mark.parametrize(
    ("typed", "number", "problem"),
    [
        ("900.123.456-8", "900123456", None),
        ("9001234568", "900123456", None),
        ("900.123.456-7", "900123456-7", P.CHECK_DIGIT),
        ("9001234567", "900123456-7", P.CHECK_DIGIT),
        ("1.023.456.789", "1023456789", None),
    ],
)
def test_a_nit_goes_without_its_check_digit(typed: str, number: str, problem: DocumentProblem | None) -> None:
    cleaned = Document.cleaned(T.NIT, typed)
    assert (cleaned.number, cleaned.problem()) == (number, problem)


def test_what_was_typed_is_cleaned() -> None:
    assert Document.cleaned(T.CC, " 1.023.456-789 ") == Document(T.CC, "1023456789")
    assert Document.cleaned(T.PA, "av-123 456").number == "AV123456"


@given(st.sampled_from(DocumentType), st.text(max_size=20))
def test_any_text_at_all_is_judged(type_: DocumentType, typed: str) -> None:
    document = Document.cleaned(type_, typed)
    if document.problem() is None:
        assert document.number.isascii()
        assert document.number.isalnum()


@given(st.from_regex(r"[1-9][0-9]{4,9}", fullmatch=True))
def test_a_masked_document_shows_four_digits_only(number: str) -> None:
    masked, shown = Document(T.CC, number).masked(), min(4, len(number) // 2)
    assert masked == f"CC {'*' * (len(number) - shown)}{number[len(number) - shown :]}"
    assert sum(character.isdigit() for character in masked) == shown


def holder(
    kind: HolderKind = HolderKind.NATURAL, document: Document | None = None, **changes: str
) -> AccountHolder:
    values = {
        "name": "Marta Rincón Ávila",
        "email": "marta@correo.example",
        "mobile": "3001112233",
        **changes,
    }
    return AccountHolder(kind, document or Document(T.CC, "1023456789"), **values)


@pytest.mark.parametrize("type_", list(DocumentType))
@pytest.mark.parametrize("kind", list(HolderKind))
def test_a_company_has_a_nit_and_a_person_never(kind: HolderKind, type_: DocumentType) -> None:
    found = holder(kind, Document(type_, "90012345")).problems()
    if kind is HolderKind.NATURAL and type_ is T.NIT:
        assert found == {"document": P.PERSON_WITH_NIT}
    elif kind is HolderKind.COMPANY and type_ is not T.NIT:
        assert found == {"document": P.COMPANY_WITHOUT_NIT}
    else:
        assert found == {}


def test_every_wrong_field_is_named_at_once() -> None:
    wrong = holder(document=Document(T.CC, "12"), name=" ", email="marta", mobile="6011234567")
    assert wrong.problems() == {
        "document": P.TOO_SHORT,
        "name": HolderProblem.EMPTY,
        "email": HolderProblem.NOT_AN_EMAIL,
        "mobile": HolderProblem.NOT_A_MOBILE,
    }


@pytest.mark.parametrize("character", ["|", '"', "<", ">", ";"])
def test_characters_that_break_the_schemes_fraud_engine(character: str) -> None:
    assert holder(name=f"Marta {character} Rincón").problems() == {"name": HolderProblem.FORBIDDEN_CHARACTERS}


def test_names_have_an_end() -> None:
    assert holder(name="M" * 100).problems() == {}
    assert holder(name="M" * 101).problems() == {"name": HolderProblem.TOO_LONG}


@pytest.mark.parametrize(
    ("email", "problem"),
    [
        ("a@b.co", None),
        ("marta.rincon+kiosko@sub.correo.example", None),
        ("", HolderProblem.EMPTY),
        ("marta@correo", HolderProblem.NOT_AN_EMAIL),
        ("marta@@correo.example", HolderProblem.NOT_AN_EMAIL),
        ("marta..r@correo.example", HolderProblem.NOT_AN_EMAIL),
        ("marta r@correo.example", HolderProblem.NOT_AN_EMAIL),
        ("mártá@correo.example", HolderProblem.NOT_AN_EMAIL),
        ("m@correo.example\n", HolderProblem.NOT_AN_EMAIL),
        ("m" * 56 + "@correo.example", HolderProblem.TOO_LONG),
        ("m" * 55 + "@correo.example", None),
    ],
)
def test_emails(email: str, problem: HolderProblem | None) -> None:
    assert email_problem(email) is problem


@pytest.mark.parametrize(
    "mobile", ["300111223", "30011122334", "2001112233", "300 111 2233", "+573001112233", "٣001112233"]
)
def test_mobiles_are_ten_digits_that_start_with_three(mobile: str) -> None:
    assert mobile_problem(mobile) is HolderProblem.NOT_A_MOBILE
    assert mobile_problem("3001112233") is None
    assert mobile_problem("") is HolderProblem.EMPTY


A = AmountProblem


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("100", Money.of(100)),
        ("1.234.567", Money.of(1234567)),
        ("$ 185.000", Money.of(185000)),
        ("  50000  ", Money.of(50000)),
        ("000100", Money.of(100)),
        ("0", ZERO),
        ("", A.EMPTY),
        ("   ", A.EMPTY),
        ("$", A.EMPTY),
        ("100,50", A.DECIMALS),
        ("100.50", A.DECIMALS),
        ("1.5", A.DECIMALS),
        ("1234.567", A.DECIMALS),
        ("1..000", A.DECIMALS),
        (".500", A.NOT_A_NUMBER),
        ("-100", A.NOT_A_NUMBER),
        ("+100", A.NOT_A_NUMBER),
        ("cien", A.NOT_A_NUMBER),
        ("1e5", A.NOT_A_NUMBER),
        ("\uff11\uff10\uff10", A.NOT_A_NUMBER),
        ("1 000", A.NOT_A_NUMBER),
        ("9" * 12, Money.of(999_999_999_999)),
        ("9" * 13, A.NOT_A_NUMBER),
    ],
)
def test_what_a_member_types_as_an_amount(typed: str, expected: Money | AmountProblem) -> None:
    assert typed_amount(typed) == expected


@given(st.text(max_size=30))
def test_any_typed_text_is_an_amount_or_a_problem(typed: str) -> None:
    assert isinstance(typed_amount(typed), Money | AmountProblem)


@given(st.integers(min_value=0, max_value=10**12 - 1))
def test_an_amount_typed_as_it_is_shown_is_that_amount(pesos: int) -> None:
    assert typed_amount(Money.of(pesos).shown()) == Money.of(pesos)


def obligation(**changes: object) -> Obligation:
    values: dict[str, object] = {
        "obligation_id": "OB-881",
        "kind": ObligationKind.LOAN,
        "name": "Crédito de consumo",
        "reference": "881",
        "payable": True,
        "not_payable_reason": None,
        "overdue": Money.of(185000),
        "overdue_since": date(2026, 2, 5),
        "next_due": NextDue(Money.of(92500), date(2026, 3, 5)),
        "balance": Money.of(4_000_000),
        "other": OtherAmount(allowed=True, minimum=Money.of(100), maximum=Money.of(4_000_000)),
        **changes,
    }
    return Obligation(**values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("pesos", "problem"),
    [
        ("100", None),
        ("99", A.BELOW_MINIMUM),
        ("0", A.ZERO),
        ("4000000", None),
        ("4000001", A.ABOVE_MAXIMUM),
        ("150.50", A.DECIMALS),
    ],
)
def test_limits_of_another_amount_are_inclusive(pesos: str, problem: AmountProblem | None) -> None:
    assert obligation().other_problem(Money.of(pesos)) is problem


def test_another_amount_may_have_no_upper_limit() -> None:
    open_ended = obligation(other=OtherAmount(allowed=True, minimum=Money.of(1), maximum=None))
    assert open_ended.other_problem(Money.of(10**12)) is None


@pytest.mark.parametrize(
    "closed",
    [
        obligation(payable=False, not_payable_reason="legal_collection"),
        obligation(other=OtherAmount(allowed=False, minimum=ZERO, maximum=None)),
    ],
)
def test_another_amount_is_not_always_allowed(closed: Obligation) -> None:
    assert closed.other_problem(Money.of(100)) is A.NOT_ALLOWED


def test_the_three_choices_and_their_amounts() -> None:
    owed = obligation()
    assert owed.amount_of(Choice.OVERDUE) == Money.of(185000)
    assert owed.amount_of(Choice.NEXT_DUE) == Money.of(92500)
    assert owed.amount_of(Choice.OTHER) is None
    assert obligation(overdue=ZERO).amount_of(Choice.OVERDUE) is None
    assert obligation(next_due=None).amount_of(Choice.NEXT_DUE) is None
    assert obligation(next_due=NextDue(ZERO, date(2026, 3, 5))).amount_of(Choice.NEXT_DUE) is None
    assert obligation(payable=False).amount_of(Choice.OVERDUE) is None


def line(number: int, pesos: int = 1000) -> OrderLine:
    return OrderLine.of(str(number), obligation(obligation_id=f"OB-{number}"), Choice.OTHER, Money.of(pesos))


def test_an_order_adds_up_and_names_its_obligations() -> None:
    order = Order((line(1, 185000), line(2, 100)))
    assert order.total == Money.of(185100)
    assert list(order.obligation_ids) == ["OB-1", "OB-2"]
    assert order.lines[0].name == "Crédito de consumo"


def test_an_order_has_one_to_twenty_lines() -> None:
    assert len(Order(tuple(map(line, range(MOST_LINES)))).lines) == 20
    with pytest.raises(InvalidOrder):
        Order(tuple(map(line, range(MOST_LINES + 1))))
    with pytest.raises(InvalidOrder):
        Order(())


def test_an_order_names_no_obligation_twice_and_pays_something_on_each_line() -> None:
    with pytest.raises(InvalidOrder, match="twice"):
        Order((line(1), line(1)))
    with pytest.raises(InvalidOrder, match="nothing"):
        Order((line(1), line(2, 0)))


# -- an order and what is owed by the time it is paid --------------------------------------------


def owed(**changed: object) -> Obligation:
    usual = Obligation(
        "OB-1", ObligationKind.LOAN, "Crédito", "881", True, None, Money.of(900), None,
        NextDue(Money.of(300), date(2026, 3, 9)), Money.of(5000),
        OtherAmount(True, Money.of(10), Money.of(5000)),
    )  # fmt: skip
    return replace(usual, **changed)


@pytest.mark.parametrize(
    ("choice", "pesos", "now", "outdated"),
    [
        (Choice.OVERDUE, 900, owed(), False),
        (Choice.OVERDUE, 900, owed(overdue=Money.of(0)), True),
        (Choice.OVERDUE, 900, owed(overdue=Money.of(901)), True),
        (Choice.OVERDUE, 900, owed(payable=False), True),
        (Choice.NEXT_DUE, 300, owed(overdue=Money.of(0)), False),
        (Choice.NEXT_DUE, 300, owed(next_due=None), True),
        (Choice.OTHER, 4000, owed(), False),
        (Choice.OTHER, 4000, owed(other=OtherAmount(True, Money.of(10), Money.of(3999))), True),
        (Choice.OTHER, 4000, owed(other=OtherAmount(False, Money.of(10), None)), True),
        (Choice.OVERDUE, 900, owed(obligation_id="OB-2"), True),
    ],
)
def test_an_order_is_outdated_where_the_core_says_otherwise(
    choice: Choice, pesos: int, now: Obligation, outdated: bool
) -> None:
    order = Order((OrderLine.of("1", owed(), choice, Money.of(pesos)),))
    assert order.outdated([owed(obligation_id="OB-9"), now]) is outdated
