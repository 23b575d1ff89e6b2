"""Approved money reaches the core once, and only when the gateway itself vouches for it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from counterparts import POSTED
from till import APPROVED, PENDING, REJECTED, Till, till_at

from kiosk.cooperative.money import Money
from kiosk.cooperative.payment import Payment, Review, State
from kiosk.cooperative.standing import Standing, standing
from kiosk.member_core.connector import (
    CoreError,
    CoreUnreachable,
    Posting,
    PostingConflict,
    PostingRefused,
    PostingStatus,
)
from kiosk.pse.gateway import Answer, Conflict, ErrorKind, NoVerdict
from kiosk.teller.terminal import Timings


@pytest.fixture
def till(tmp_path: Path) -> Iterator[Till]:
    with till_at(tmp_path) as till:
        yield till


def approved_before(till: Till) -> tuple[Till, Payment]:
    """Approved in a process that ended before the core could be reached; a new one begins."""
    till.gateway.answers = [APPROVED]
    till.core.answers = [CoreUnreachable("away")]
    payment = till.checkout.ask(till.left())
    assert payment.state is State.APPROVED
    after = till.restarted()
    after.core.answers, after.core.received = [POSTED], []
    after.gateway.asked.clear()
    after.clock.forward(minutes=10)
    return after, payment


class TestHeardByAnotherProcess:
    def test_the_core_is_read_first_and_what_it_has_is_posted(self, till: Till) -> None:
        after, payment = approved_before(till)
        after.core.holds[payment.payment_id] = Posting(PostingStatus.POSTED, "R-7", payment.total, "55501")
        after.gateway.answers = [REJECTED]

        posted = after.checkout.post(payment)

        assert (posted.state, posted.core_receipt) == (State.POSTED, "R-7")
        assert after.core.received == []
        assert after.gateway.asked == []

    @pytest.mark.parametrize(
        "held", [Posting(PostingStatus.POSTED, "R-7", Money.of(1), "55501"),
                 Posting(PostingStatus.POSTED, "R-7", Money.of(185000), "99999")]
    )  # fmt: skip
    def test_another_amount_or_cus_in_the_core_is_a_conflict(self, till: Till, held: Posting) -> None:
        after, payment = approved_before(till)
        after.core.holds[payment.payment_id] = held

        disputed = after.checkout.post(payment)

        assert (disputed.state, disputed.review) == (State.APPROVED, Review.CORE_CONFLICT)
        assert standing(disputed) is Standing.DISPUTED

    def test_a_gateway_that_does_not_answer_is_asked_again_as_soon_as_it_may_be_back(
        self, till: Till
    ) -> None:
        after, payment = approved_before(till)
        after.gateway.answers = [NoVerdict(ErrorKind.NO_ANSWER)]

        waits = after.checkout.post(payment)

        assert waits.next_ask_at is not None
        assert waits.next_ask_at - after.clock() == timedelta(seconds=Timings().every / 12)

    def test_a_gateway_that_says_less_is_asked_again_at_the_usual_pace(self, till: Till) -> None:
        after, payment = approved_before(till)
        after.gateway.answers = [PENDING]

        waits = after.checkout.post(payment)

        assert waits.next_ask_at is not None
        assert waits.next_ask_at - after.clock() == timedelta(seconds=Timings().every)

    def test_the_gateway_says_it_again_and_it_is_posted_once(self, till: Till) -> None:
        after, payment = approved_before(till)
        after.gateway.answers = [APPROVED]

        posted = after.checkout.post(payment)

        assert posted.state is State.POSTED
        assert [each.payment_id for each in after.core.received] == [payment.payment_id]
        assert after.core.read == [payment.payment_id]

    @pytest.mark.parametrize(
        ("answer", "review"),
        [
            (REJECTED, Review.REVERSED),
            (replace(APPROVED, cus="66666"), Review.CONTRADICTION),
            (replace(APPROVED, approved_amount=Money.of(5)), Review.NOT_OURS),
            (Conflict(ErrorKind.AMOUNT_MISMATCH, cus="55501", amount=Money.of(5)), Review.NOT_OURS),
        ],
    )
    def test_anything_else_is_never_posted_and_staff_hear_of_it(
        self, till: Till, answer: Answer, review: Review
    ) -> None:
        after, payment = approved_before(till)
        after.gateway.answers = [answer]

        asked = after.checkout.post(payment)
        after.rounds(hours=30, every=1)

        assert (asked.state, asked.review) == (State.APPROVED, review)
        assert after.core.received == []
        assert standing(after.now(payment)) is Standing.DISPUTED

    @pytest.mark.parametrize("answer", [PENDING, NoVerdict(ErrorKind.SERVER), NoVerdict(ErrorKind.NO_ANSWER)])
    def test_without_a_clear_word_it_waits_and_is_a_case_after_an_hour(
        self, till: Till, answer: Answer
    ) -> None:
        after, payment = approved_before(till)
        after.gateway.answers = [answer]

        after.rounds(hours=0.6)
        assert after.now(payment).review is None
        after.rounds(hours=1.2)

        waiting = after.now(payment)
        assert (waiting.state, waiting.review) == (State.APPROVED, Review.NOT_POSTED)
        assert standing(waiting) is Standing.PAID
        assert after.core.received == []

    def test_it_goes_on_by_itself_when_the_gateway_is_back(self, till: Till) -> None:
        after, payment = approved_before(till)
        after.gateway.answers = [NoVerdict(ErrorKind.SERVER)]
        after.rounds(hours=2)
        after.gateway.answers = [APPROVED]

        after.rounds(hours=2)

        assert (after.now(payment).state, after.now(payment).review) == (State.POSTED, None)
        assert len(after.core.received) == 1


class TestRowsThatSomebodyChanged:
    @pytest.mark.parametrize(
        "change",
        [
            "UPDATE payments SET total_cents = 5, member_id = member_id",
            "UPDATE payment_lines SET amount_cents = 5",
            "UPDATE payment_lines SET obligation_id = 'OB-999'",
            "UPDATE payments SET member_id = 'M-0666'",
            "UPDATE payments SET cus = '66666'",
        ],
    )
    @pytest.mark.parametrize("restarted", [False, True])
    def test_nothing_goes_to_the_core(self, tmp_path: Path, change: str, restarted: bool) -> None:
        till = Till(tmp_path / "journal.sqlite")
        till.gateway.answers, till.core.answers = [APPROVED], [CoreUnreachable("away"), POSTED]
        payment = till.checkout.ask(till.left())
        assert (payment.state, len(till.core.received)) == (State.APPROVED, 1)
        with sqlite3.connect(till.path) as book:
            book.execute(change)
        after = till.restarted() if restarted else till
        after.rounds(hours=3)
        told = after.now(payment)
        if "total_cents" in change:  # the sum that is asked for and posted is that of the lines
            assert told.state is State.POSTED
            assert [each.total for each in after.core.received] == [payment.total] * 2
        else:
            assert (told.state, told.review) == (State.APPROVED, Review.CONTRADICTION)
            assert len(after.core.received) == 1
        assert after.journal.faults() != []
        after.journal.close()


class TestWhateverKeepsIt:
    def test_a_core_that_stays_away_for_an_hour_makes_a_case_that_ends_by_itself(self, till: Till) -> None:
        till.gateway.answers = [APPROVED]
        till.core.answers = [CoreUnreachable("away")]
        payment = till.checkout.ask(till.left())

        till.rounds(hours=1.5)
        assert till.now(payment).review is Review.NOT_POSTED
        till.core.answers = [POSTED]
        till.rounds(hours=1)

        assert (till.now(payment).state, till.now(payment).review) == (State.POSTED, None)

    @pytest.mark.parametrize("answer", [PostingConflict("payment-conflict"), PostingRefused("no")])
    def test_a_core_that_refuses_is_there(self, till: Till, answer: CoreError) -> None:
        till.gateway.answers = [APPROVED]
        away = CoreUnreachable("away")
        till.core.answers = [away, away, away, answer]
        for number in range(4):
            till.checkout.ask(till.left(f"OB-{number}"))
        assert not till.checkout.core_line.open  # the fourth was not even tried
        till.clock.forward(hours=2)
        till.sonda.round()
        assert till.checkout.core_line.open
        assert not till.checkout.core_line.failing

    def test_a_defect_of_one_payment_is_a_case_and_is_not_retried_in_silence(
        self, till: Till, caplog: pytest.LogCaptureFixture
    ) -> None:
        payment = till.left()
        till.gateway.answers = [OverflowError("date value out of range")]

        till.rounds(hours=0.4)

        waiting = till.now(payment)
        assert (waiting.state, waiting.review) == (State.PENDING, Review.UNEXPECTED)
        assert till.facts(payment)["detail"] == "OverflowError in the sonda"
        assert "OverflowError" in caplog.text
        till.gateway.answers = [APPROVED]
        till.rounds(hours=1)
        assert till.now(payment).state is State.POSTED

    def test_a_flagged_approval_does_not_fill_each_round(self, till: Till) -> None:
        after, payment = approved_before(till)
        after.gateway.answers = [REJECTED]
        after.checkout.post(payment)
        after.rounds(hours=2)

        assert after.now(payment).next_ask_at is None
        assert after.sonda.round() == []
