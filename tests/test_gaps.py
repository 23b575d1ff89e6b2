"""What state here and status in the core say together: the table written out by hand."""

from __future__ import annotations

import pytest

from kiosk.cooperative.payment import Review, State
from kiosk.member_core.connector import PostingStatus
from kiosk.teller.manager import Gap, gap_between
from kiosk.views.parts.review_texts import review_words

# "." where both say the same.
TABLE = """
           nothing          received        posted          needs_attention reversed
PREPARED   .                open_here       open_here       open_here       open_here
REQUESTED  .                open_here       open_here       open_here       open_here
AT_BANK    .                open_here       open_here       open_here       open_here
PENDING    .                open_here       open_here       open_here       open_here
APPROVED   .                not_posted_here not_posted_here not_posted_here not_posted_here
POSTED     missing_in_core  .               .               needs_attention reversed
DECLINED   .                unpaid_here     unpaid_here     unpaid_here     unpaid_here
FAILED     .                unpaid_here     unpaid_here     unpaid_here     unpaid_here
"""


def cells() -> list[tuple[State, PostingStatus | None, Gap | None]]:
    head, *rows = [line.split() for line in TABLE.strip().splitlines()]
    return [
        (
            State(state),
            None if status == "nothing" else PostingStatus(status),
            None if cell == "." else Gap(cell),
        )
        for state, *row in rows
        for status, cell in zip(head, row, strict=True)
    ]


@pytest.mark.parametrize(("state", "status", "gap"), cells(), ids=str)
def test_every_pair(state: State, status: PostingStatus | None, gap: Gap | None) -> None:
    assert gap_between(state, status) is gap


def test_the_table_is_whole() -> None:
    assert {(state, status) for state, status, _ in cells()} == {
        (state, status) for state in State for status in (None, *PostingStatus)
    }


@pytest.mark.parametrize("review", list(Review))
def test_staff_are_told_what_each_case_is_and_what_to_do(review: Review) -> None:
    what, rest = review_words(review)
    assert what.strip()
    assert rest.strip().endswith(".")
