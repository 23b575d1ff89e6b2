"""What a payment is to people, and what it holds: the design's table written out by hand."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from counterparts import PAYER, order

from kiosk.cooperative.payment import Payment, Review, State
from kiosk.cooperative.standing import Standing, holds, standing_of, uneasy
from kiosk.teller.posting import may_post

NOTHING = "none"
GROUPS = {
    "quiet": (NOTHING, "still_pending"),
    "unexpected": ("unexpected",),
    "lost": ("lost_creation",),
    "elsewhere": ("other_account",),
    "late": ("late_approval",),
    "against": ("reversed", "contradiction", "not_ours"),
    "core": ("not_applied", "not_posted"),
    "conflict": ("core_conflict",),
    "twice": ("paid_twice",),
}
# What can not arise is disputed.
TABLE = """
            quiet  unexpected lost     elsewhere late     against  core     conflict twice
PREPARED    open   open       open     open      disputed disputed disputed disputed disputed
REQUESTED   open   open       open     open      disputed disputed disputed disputed disputed
AT_BANK     open   open       open     open      disputed disputed disputed disputed disputed
PENDING     open   open       open     open      disputed disputed disputed disputed disputed
APPROVED    paid   paid       disputed paid      disputed disputed paid     disputed paid
POSTED      paid   paid       disputed paid      disputed disputed paid     disputed paid
DECLINED    unpaid disputed   unpaid   unpaid    disputed disputed disputed disputed disputed
FAILED      unpaid disputed   unpaid   unpaid    disputed disputed disputed disputed disputed
"""


def cells() -> list[tuple[State, Review | None, Standing]]:
    head, *rows = [line.split() for line in TABLE.strip().splitlines()]
    return [
        (State(state), None if word == NOTHING else Review(word), Standing(cell))
        for state, *row in rows
        for group, cell in zip(head, row, strict=True)
        for word in GROUPS[group]
    ]


@pytest.mark.parametrize(("state", "review", "expected"), cells(), ids=str)
def test_every_cell_of_the_table(state: State, review: Review | None, expected: Standing) -> None:
    assert standing_of(state, review) is expected


@pytest.mark.parametrize(("state", "review", "stands"), cells(), ids=str)
def test_who_holds_an_obligation(state: State, review: Review | None, stands: Standing) -> None:
    by_rule = state is State.APPROVED or stands in (Standing.OPEN, Standing.DISPUTED)
    assert holds(state, review) is (by_rule and state is not State.POSTED)


@pytest.mark.parametrize(("state", "review", "stands"), cells(), ids=str)
def test_the_kiosk_posts_only_what_it_calls_paid(
    state: State, review: Review | None, stands: Standing
) -> None:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    payment = Payment("1", "2", "PAM01", "scripted", order(), PAYER, now, state=state, review=review)
    assert may_post(payment) is (state is State.APPROVED and stands is Standing.PAID)


# Whether a second payment of the same obligation must wait.
HOLDS = """
            quiet  unexpected lost  elsewhere late  against  core  conflict twice
PREPARED    yes    yes        yes   yes       yes   yes      yes   yes      yes
REQUESTED   yes    yes        yes   yes       yes   yes      yes   yes      yes
AT_BANK     yes    yes        yes   yes       yes   yes      yes   yes      yes
PENDING     yes    yes        yes   yes       yes   yes      yes   yes      yes
APPROVED    yes    yes        yes   yes       yes   yes      yes   yes      yes
POSTED      no     no         no    no        no    no       no    no       no
DECLINED    no     yes        no    no        yes   yes      yes   yes      yes
FAILED      no     yes        no    no        yes   yes      yes   yes      yes
"""


def test_the_table_of_who_holds_is_the_rule() -> None:
    head, *rows = [line.split() for line in HOLDS.strip().splitlines()]
    for state, *row in rows:
        for group, cell in zip(head, row, strict=True):
            for word in GROUPS[group]:
                review = None if word == NOTHING else Review(word)
                assert holds(State(state), review) is (cell == "yes"), (state, word)


def test_the_table_is_whole() -> None:
    assert {(state, review) for state, review, _ in cells()} == {
        (state, review) for state in State for review in (None, *Review)
    }


@pytest.mark.parametrize(("state", "review", "expected"), cells())
def test_whose_member_needs_somebody_to_speak_with(
    state: State, review: Review | None, expected: Standing
) -> None:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    payment = Payment("1", "2", "PAM01", "scripted", order(), PAYER, now, state=state, review=review)
    assert uneasy(payment) is (expected is Standing.DISPUTED or review is Review.PAID_TWICE)
