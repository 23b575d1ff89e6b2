"""Which debit a payment's is, whatever the gateway calls it by now, and what becomes of the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from counterparts import MORNING, POSTED, ScriptedGateway
from till import APPROVED, Till, till_at

from kiosk.cooperative.money import Money
from kiosk.cooperative.payment import Payment, Review, State
from kiosk.cooperative.second_debit import SecondDebit
from kiosk.cooperative.standing import Standing, standing
from kiosk.member_core.connector import CoreUnreachable, PostingConflict
from kiosk.pse.gateway import Answer, Approval, Conflict, ErrorKind, NoVerdict, Status, Verdict
from kiosk.teller.manager import Manager
from kiosk.teller.verdicts import Likeness, closed, likeness

FIRST = Approval("A-1", Money.of(185000), "55501", "BANCO UNO", MORNING + timedelta(minutes=3))
SECOND = Approval("A-2", Money.of(185000), "55777", "BANCO DOS", MORNING + timedelta(minutes=9))
THIRD = Approval("A-3", Money.of(185000), "55999", "BANCO TRES", MORNING + timedelta(minutes=12))


SAID = {"by": "Gerencia", "reason": "devuelto", "evidence": "carta 7"}


def approved(*debits: Approval, taken_back: tuple[Approval, ...] = ()) -> Verdict:
    first = debits[0]
    fields = {"cus": first.cus, "bank": first.bank, "decided_at": first.decided_at}
    return replace(APPROVED, approved_amount=first.amount, approvals=debits, taken_back=taken_back, **fields)


@pytest.fixture
def till(tmp_path: Path) -> Iterator[Till]:
    with till_at(tmp_path) as till:
        yield till


def posted(till: Till, *debits: Approval) -> Payment:
    till.gateway.answers = [approved(*(debits or (FIRST,)))]
    payment = till.checkout.ask(till.left())
    assert payment.state is State.POSTED
    return payment


def looked_at(till: Till, payment: Payment, answer: Verdict) -> Payment:
    till.gateway.answers = [answer]
    till.rounds(hours=30, every=1)
    return till.now(payment)


def unposted(till: Till, *debits: Approval) -> tuple[Till, Payment]:
    """Approved in a process that ended before the core could be reached; a new one begins."""
    till.gateway.answers = [approved(*debits)]
    till.core.answers = [CoreUnreachable("away")]
    payment = till.checkout.ask(till.left())
    assert payment.state is State.APPROVED
    after = till.restarted()
    after.core.answers, after.core.received = [POSTED], []
    after.clock.forward(minutes=10)
    return after, payment


@pytest.mark.parametrize(
    ("cus", "attempt", "told", "like"),
    [
        ("1", "a", Approval("a", Money.of(1), "1"), Likeness.SAME_BOTH),
        ("1", "a", Approval("b", Money.of(1), "1"), Likeness.SAME_CUS),
        ("1", "", Approval("b", Money.of(1), "2", also=frozenset({"1"})), Likeness.SAME_CUS),
        ("1", "a", Approval("a", Money.of(1), "2"), Likeness.SAME_ATTEMPT),
        ("1", "a", Approval("a", Money.of(1)), Likeness.SAME_ATTEMPT),
        ("1", "a", Approval("b", Money.of(1), "2"), Likeness.ANOTHER),
        ("1", "", Approval("b", Money.of(1), "2"), Likeness.ANOTHER),
        ("1", "a", Approval("b", Money.of(1)), Likeness.ANOTHER),
        ("1", "", Approval("", Money.of(1)), Likeness.NOTHING_AGAINST),
        (None, "", Approval("b", Money.of(1), "2"), Likeness.NOTHING_AGAINST),
        (None, "a", Approval("b", Money.of(1), "2"), Likeness.ANOTHER),
    ],
)
def test_how_sure_it_is_that_two_are_one(
    till: Till, cus: str | None, attempt: str, told: Approval, like: Likeness
) -> None:
    payment = replace(till.start(), cus=cus, attempt=attempt or None)
    assert likeness(payment, told) is like


class TestTheSameDebitInOtherWords:
    LATER = replace(FIRST, cus="99001")
    """The gateway told what stood for the CUS first, and the scheme's own now."""

    def test_it_is_no_second_one(self, till: Till) -> None:
        after = looked_at(till, posted(till, replace(FIRST, cus="000123")), approved(self.LATER))
        assert (after.state, after.review, after.cus) == (State.POSTED, None, "000123")
        assert till.journal.second_debits(open_only=False) == []

    def test_a_cus_that_is_told_later_at_all_is_no_second_one(self, till: Till) -> None:
        after = looked_at(till, posted(till, replace(FIRST, cus=None)), approved(FIRST))
        assert (after.review, till.journal.second_debits()) == (None, [])

    def test_after_a_restart_it_is_confirmed_and_posted(self, till: Till) -> None:
        after, payment = unposted(till, replace(FIRST, cus="000123"))
        after.gateway.answers = [approved(self.LATER)]
        assert after.checkout.post(payment).state is State.POSTED
        assert [each.cus for each in after.core.received] == ["000123"]

    @pytest.mark.parametrize(
        "again",
        [replace(SECOND, cus="88001"), replace(SECOND, attempt=""), replace(SECOND, attempt="B-9")],
    )
    def test_a_second_debit_is_recorded_once_however_it_is_named(self, till: Till, again: Approval) -> None:
        payment = posted(till, FIRST, SECOND)
        for answer in (approved(FIRST, again), approved(again, FIRST), approved(again)):
            till.clock.forward(days=1)
            till.gateway.answers = [answer]
            till.checkout.ask(till.now(payment))
        [debit] = till.journal.second_debits(open_only=False)
        assert (debit.key, debit.cus) == ("A-2", "55777")
        assert len(till.core.received) == 1

    def test_two_of_one_answer_under_one_id_are_two(self, till: Till) -> None:
        twin, triplet = replace(FIRST, cus="55778"), replace(FIRST, cus="55779")
        payment = posted(till, FIRST, twin, triplet)
        after = looked_at(till, payment, approved(triplet, twin, FIRST))
        assert (after.cus, after.review) == ("55501", Review.PAID_TWICE)
        assert [each.cus for each in till.journal.second_debits()] == ["55778", "55779"]


class TestOfOneThatEndedUnpaid:
    def test_another_debit_than_the_refused_one_is_its_approval(self, till: Till) -> None:
        payment = till.left()
        refused = Verdict(Status.REJECTED, cus="50001", cause="Fondos insuficientes")
        till.gateway.answers = [
            Verdict(Status.PENDING, cus="50001"),
            replace(refused, ended_cus=frozenset({"50001"})),
        ]
        till.rounds(hours=1)
        assert till.now(payment).state is State.DECLINED

        till.gateway.answers = [approved(FIRST)]
        till.rounds(hours=30)

        late = till.now(payment)
        assert (late.state, late.review, late.cus) == (State.DECLINED, Review.LATE_APPROVAL, "55501")
        assert till.journal.second_debits() == []


class TestAllAreRecorded:
    def test_where_the_gateway_lists_others_than_the_journal_has(self, till: Till) -> None:
        after = looked_at(till, posted(till), approved(SECOND, THIRD))
        assert (after.cus, after.review) == ("55501", Review.PAID_TWICE)
        assert {each.cus for each in till.journal.second_debits()} == {"55777", "55999"}

    def test_while_an_approval_is_confirmed(self, till: Till) -> None:
        after, payment = unposted(till, FIRST)
        after.gateway.answers = [approved(SECOND, THIRD)]
        disputed = after.checkout.post(payment)
        assert (disputed.state, disputed.review) == (State.APPROVED, Review.CONTRADICTION)
        assert [each.cus for each in after.journal.second_debits()] == ["55999"]
        assert after.core.received == []

    def test_an_approval_is_not_confirmed_by_one_that_does_not_say_which(self, till: Till) -> None:
        after, payment = unposted(till, replace(FIRST, attempt=""))
        after.gateway.answers = [Verdict(Status.APPROVED, approved_amount=Money.of(185000))]
        waiting = after.checkout.post(payment)
        assert (waiting.state, waiting.review, after.core.received) == (State.APPROVED, None, [])
        assert waiting.next_ask_at is not None
        assert waiting.next_ask_at > after.clock()
        after.gateway.answers = [approved(replace(FIRST, attempt=""))]
        after.rounds(hours=1)
        assert after.now(payment).state is State.POSTED


class TestTakenBack:
    def test_the_second_one_taken_back_leaves_the_payment_good(self, till: Till) -> None:
        payment = posted(till, FIRST, SECOND)
        after = looked_at(till, payment, approved(FIRST, taken_back=(SECOND,)))
        assert (after.state, after.review) == (State.POSTED, Review.PAID_TWICE)
        assert standing(after) is Standing.PAID

    def test_its_own_taken_back_is_staffs_though_another_stands(self, till: Till) -> None:
        payment = posted(till, FIRST, SECOND)
        after = looked_at(till, payment, approved(SECOND, taken_back=(FIRST,)))
        assert after.review is Review.REVERSED
        assert till.facts(payment)["seen_cus"] == "55777"

    def test_all_that_stand_but_one_are_recorded_then(self, till: Till) -> None:
        after = looked_at(till, posted(till), approved(SECOND, THIRD, taken_back=(FIRST,)))
        assert after.review is Review.REVERSED
        assert till.facts(after)["seen_cus"] == "55777"
        assert [each.cus for each in till.journal.second_debits()] == ["55999"]

    def test_a_twin_of_the_same_attempt_taken_back_is_not_its_own(self, till: Till) -> None:
        twin = replace(FIRST, cus="55778")
        payment = posted(till, FIRST, twin)
        assert looked_at(till, payment, approved(FIRST, taken_back=(twin,))).review is Review.PAID_TWICE

    def test_before_anything_was_heard_the_one_that_stands_counts(self, till: Till) -> None:
        till.gateway.answers = [approved(SECOND, taken_back=(FIRST,))]
        payment = till.checkout.ask(till.left())
        assert (payment.state, payment.review, payment.cus) == (State.POSTED, None, "55777")


class TestWhoeverHearsFirst:
    def test_a_stale_copy_makes_no_second_debit_of_what_was_posted(self, till: Till) -> None:
        payment = till.left()
        faster = Till(till.path, gateway=ScriptedGateway(approved(FIRST)), core=till.core, clock=till.clock)
        earlier = replace(SECOND, decided_at=MORNING + timedelta(minutes=1))

        def meanwhile() -> None:
            till.gateway.meanwhile = lambda: None
            faster.checkout.ask(faster.now(payment))

        till.gateway.answers, till.gateway.meanwhile = [approved(earlier, FIRST)], meanwhile
        till.checkout.ask(payment)
        faster.journal.close()
        till.rounds(hours=30, every=1)

        after = till.now(payment)
        assert (after.state, after.cus, after.review) == (State.POSTED, "55501", Review.PAID_TWICE)
        assert [each.cus for each in till.journal.second_debits()] == ["55777"]
        assert len(till.core.received) == 1


class TestAfterAVerdict:
    def late(self, till: Till, debit: Approval = FIRST) -> Payment:
        till.gateway.answers = [Verdict(Status.REJECTED)]
        payment = till.checkout.ask(till.left())
        till.gateway.answers = [approved(debit)]
        till.rounds(hours=2)
        late = till.now(payment)
        assert late.review is Review.LATE_APPROVAL
        return till.journal.settle(late, State.DECLINED, now=till.clock(), **SAID)

    @pytest.mark.parametrize(
        "again",
        [FIRST, replace(FIRST, cus="99001"), replace(FIRST, attempt=""),
         replace(FIRST, bank="OTRO", decided_at=MORNING + timedelta(minutes=30))],
    )  # fmt: skip
    def test_the_same_debit_in_any_words_is_no_news(self, till: Till, again: Approval) -> None:
        payment = self.late(till)
        till.gateway.answers = [approved(again)]
        till.rounds(hours=6)
        assert (till.now(payment).review, till.journal.second_debits()) == (None, [])
        assert till.start().state is State.AT_BANK, "nothing is held"

    def test_what_was_returned_is_never_returned_again_beside_another(self, till: Till) -> None:
        payment = self.late(till)
        earlier = replace(SECOND, decided_at=MORNING + timedelta(minutes=1))
        till.gateway.answers = [approved(earlier, FIRST)]
        till.rounds(hours=3)
        assert till.now(payment).cus == "55501"
        assert [each.cus for each in till.journal.second_debits()] == ["55777"]

    def test_a_conflict_that_was_settled_unpaid_stays_settled(self, till: Till) -> None:
        till.gateway.answers, till.core.answers = [approved(FIRST)], [PostingConflict("payment-conflict")]
        flagged = till.checkout.ask(till.left())
        assert flagged.review is Review.CORE_CONFLICT
        till.journal.settle(flagged, State.DECLINED, now=till.clock(), **SAID)
        till.rounds(hours=6)
        assert till.now(flagged).review is None

    def test_it_is_looked_at_to_the_end_with_a_further_debit_open(self, till: Till) -> None:
        till.gateway.answers = [approved(FIRST, SECOND)]
        till.core.answers = [PostingConflict("payment-conflict")]
        flagged = till.checkout.ask(till.left())
        till.journal.settle(flagged, State.DECLINED, now=till.clock(), **SAID)
        till.rounds(hours=2)
        till.journal.return_debit(till.now(flagged), "A-2", now=till.clock(), **SAID)
        till.gateway.answers = [approved(FIRST, SECOND, THIRD)]
        till.rounds(hours=40, every=1)
        assert [each.cus for each in till.journal.second_debits()] == ["55999"]

    def test_what_was_returned_is_no_new_case_under_a_better_name(self, till: Till) -> None:
        payment = posted(till, FIRST, replace(SECOND, attempt="", cus="000777"))
        [debit] = till.journal.second_debits()
        till.journal.return_debit(payment, debit.key, now=till.clock(), **SAID)
        better = replace(SECOND, attempt="", also=frozenset({"000777", "55777"}))
        assert looked_at(till, payment, approved(FIRST, better)).review is None
        once = SecondDebit("1", "A-2/000777/185000", FIRST.amount, "000777", None, None, MORNING)
        assert once.is_same(SecondDebit("1", "A-2", FIRST.amount, "55777", None, None, MORNING))
        assert not once.is_same(SecondDebit("1", "A-3", FIRST.amount, "55777", None, None, MORNING))


class TestItsCase:
    def manager(self, till: Till) -> Manager:
        return Manager(till.journal, till.core, "PAM01", None, till.clock)  # type: ignore[arg-type]

    def test_it_outlives_the_verdict_on_another_flag(self, till: Till) -> None:
        payment = posted(till, FIRST, SECOND)
        flagged = till.journal.flag(payment, Review.NOT_OURS, now=till.clock(), detail="another amount")
        manager, said = self.manager(till), {"by": "Gerencia", "reason": "r", "evidence": "e"}

        settled = manager.settle(flagged, State.POSTED, **said)

        assert settled.review is Review.PAID_TWICE
        assert [each.payment_id for each in manager.cases()] == [payment.payment_id]
        till.journal.rebuild(now=till.clock())
        assert till.now(payment).review is Review.PAID_TWICE
        returned = manager.return_debit(settled, "A-2", **said)
        assert (returned.review, manager.cases()) == (None, [])

    def test_it_is_listed_whatever_the_flag_says(self, till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
        """Settled by a version that forgot the further debit."""
        payment = posted(till, FIRST, SECOND)
        flagged = till.journal.flag(payment, Review.NOT_OURS, now=till.clock())
        with monkeypatch.context() as former:
            former.setattr(till.journal, "second_debits", lambda **_: [])
            settled = till.journal.settle(
                flagged, State.POSTED, by="Gerencia", reason="r", evidence="e", now=till.clock()
            )
        assert settled.review is None
        assert [each.payment_id for each in self.manager(till).cases()] == [payment.payment_id]


REFUSED = Verdict(Status.REJECTED, cause="Fondos insuficientes")
CANCELLED = Verdict(Status.CANCELLED)
AWAY = NoVerdict(ErrorKind.NO_ANSWER)
ODD = Conflict(ErrorKind.AMOUNT_MISMATCH)


@pytest.mark.parametrize(
    ("before", "after", "counts"),
    [
        (REFUSED, AWAY, REFUSED),
        (REFUSED, ODD, ODD),
        (AWAY, CANCELLED, CANCELLED),
        (ODD, AWAY, ODD),
        (REFUSED, APPROVED, APPROVED),
        (REFUSED, CANCELLED, REFUSED),
    ],
)
def test_which_answer_counts_after_a_cancellation(before: Answer, after: Answer, counts: Answer) -> None:
    assert closed(before, after) == counts
