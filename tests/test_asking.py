"""What the gateway says of a payment, and what follows: late words, lost words, words of somebody else."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from counterparts import HOLDER, MEMBER, MORNING, PLACETOPAY_LIKE, ZONAPAGOS_LIKE, ScriptedGateway, order
from till import APPROVED, ONLY_OURS, PENDING, REJECTED, Till, till_at

from kiosk.cooperative.money import Money
from kiosk.cooperative.payment import Event, Payment, Review, State
from kiosk.cooperative.standing import Standing, holds, standing
from kiosk.journal.errors import ObligationHeld
from kiosk.pse.gateway import (
    Abilities,
    Answer,
    Approval,
    Conflict,
    Created,
    Creation,
    ErrorKind,
    ExistsAlready,
    NoVerdict,
    Status,
    UnknownIfCreated,
    Verdict,
)
from kiosk.teller.errors import AboveMaximum, BelowMinimum
from kiosk.teller.limits import DebitLimits
from kiosk.teller.sonda import Sonda
from kiosk.teller.terminal import Timings

FINDS_AND_OURS = replace(ONLY_OURS, finds_by_reference=True)
LOST = UnknownIfCreated(ErrorKind.NO_ANSWER)
ABSENT = NoVerdict(ErrorKind.UNKNOWN_PAYMENT)


@pytest.fixture
def till(tmp_path: Path) -> Iterator[Till]:
    with till_at(tmp_path) as till:
        yield till


def with_abilities(till: Till, abilities: Abilities, creation: Creation = LOST) -> Till:
    till.gateway.abilities = abilities
    till.gateway.creation = creation
    return till


class TestALostCreation:
    @pytest.mark.parametrize("abilities", [ONLY_OURS, FINDS_AND_OURS])
    def test_it_ends_and_frees_its_debts_when_nobody_can_pay_it_any_more(
        self, till: Till, abilities: Abilities
    ) -> None:
        with_abilities(till, abilities).gateway.answers = [ABSENT]
        payment = till.start()

        till.rounds(hours=0.3, every=0.05)  # 18 minutes: its page is over, the margin is not
        assert till.now(payment).state is State.PENDING
        till.rounds(hours=0.4, every=0.05)

        lapsed = till.now(payment)
        assert (lapsed.state, lapsed.review, lapsed.error) == (State.FAILED, None, "lapsed")
        assert [each.event for each in till.journal.events(payment.payment_id)][-1] == Event.LAPSED
        assert till.start().state is State.PENDING  # the same debt again: not held

    def test_an_approval_that_comes_later_is_never_posted_by_itself(self, till: Till) -> None:
        with_abilities(till, FINDS_AND_OURS).gateway.answers = [ABSENT]
        payment = till.start()
        till.rounds(hours=1)
        till.gateway.answers = [APPROVED]

        till.rounds(hours=3)

        late = till.now(payment)
        assert (late.state, late.review) == (State.FAILED, Review.LATE_APPROVAL)
        assert standing(late) is Standing.DISPUTED
        assert till.core.received == []
        with pytest.raises(ObligationHeld):
            till.start()

    def test_a_clock_set_forward_ends_nothing(self, till: Till) -> None:
        with_abilities(till, ONLY_OURS)
        payment = till.start()

        till.clock.jump(hours=3)
        till.sonda.round()

        assert till.now(payment).state is State.PENDING

    def test_a_new_process_waits_as_long_itself(self, till: Till) -> None:
        with_abilities(till, ONLY_OURS)
        payment = till.start()
        after = till.restarted()
        after.clock.jump(hours=3)

        after.sonda.round()
        assert after.now(payment).state is State.PENDING
        after.rounds(hours=1)

        assert after.now(payment).state is State.FAILED

    def test_an_answer_ends_its_case(self, till: Till) -> None:
        till.gateway.creation = LOST
        payment = till.start()
        till.rounds(hours=49, every=1)
        assert till.now(payment).review is Review.LOST_CREATION
        till.gateway.abilities = replace(PLACETOPAY_LIKE, finds_by_reference=True)
        till.gateway.answers = [APPROVED]
        till.sonda.ask_now([till.now(payment)])
        assert (till.now(payment).state, till.now(payment).review) == (State.POSTED, None)
        assert standing(till.now(payment)) is Standing.PAID

    def test_where_the_gateway_may_mail_the_page_it_ends_as_a_case(self, till: Till) -> None:
        with_abilities(till, PLACETOPAY_LIKE)
        payment = till.start()

        till.rounds(hours=49, every=1)

        lost = till.now(payment)
        assert (lost.state, lost.review) == (State.PENDING, Review.LOST_CREATION)
        assert holds(lost.state, lost.review)

    def test_two_sondas_end_it_once(self, till: Till) -> None:
        with_abilities(till, ONLY_OURS)
        payment = till.start()
        other = Till(till.path, gateway=till.gateway, core=till.core, clock=till.clock)
        for _ in range(20):
            till.clock.forward(minutes=5)
            till.sonda.round()
            other.sonda.round()
        other.journal.close()

        words = [each.event for each in till.journal.events(payment.payment_id)]
        assert words.count("lapsed") == 1


class TestAReferenceThatSomebodyElseUsed:
    def test_a_first_creation_that_exists_already_is_not_ours_and_begins_anew(
        self, till: Till, caplog: pytest.LogCaptureFixture
    ) -> None:
        till.gateway.creation = ExistsAlready()
        made = iter([ExistsAlready(), Created("900124", "https://pse.example/s/900124")])
        till.gateway.meanwhile = lambda: setattr(till.gateway, "creation", next(made))

        payment = till.start()

        first, second = till.gateway.charges
        assert first.reference != second.reference
        assert (payment.state, payment.reference) == (State.AT_BANK, second.reference)
        refused = till.journal.by_reference(first.reference)
        assert refused is not None
        assert (refused.state, refused.error) == (State.FAILED, "duplicate_reference")
        assert till.gateway.asked == []  # never looked up: what is found there is somebody else's
        assert "knows this reference already" in caplog.text

    def test_twice_in_a_row_it_is_given_up_and_nothing_is_held(self, till: Till) -> None:
        till.gateway.creation = ExistsAlready()

        payment = till.start()

        assert payment.state is State.FAILED
        assert len(till.gateway.charges) == 2
        till.gateway.creation = Created("900124", "https://pse.example/s/900124")
        assert till.start().state is State.AT_BANK

    @pytest.mark.parametrize(
        "decided_at",
        [MORNING - timedelta(days=2), datetime(1970, 1, 1, tzinfo=UTC), MORNING + timedelta(days=365),
         MORNING - timedelta(hours=25), MORNING + timedelta(hours=26)],
    )  # fmt: skip
    def test_an_approval_of_another_day_is_a_case_with_all_that_was_seen(
        self, till: Till, decided_at: datetime
    ) -> None:
        payment = till.left()
        till.gateway.answers = [replace(APPROVED, decided_at=decided_at, approved_amount=payment.total)]

        till.rounds(hours=1)

        case = till.now(payment)
        assert (case.state, case.review) == (State.PENDING, Review.NOT_OURS)
        assert till.core.received == []
        facts = till.facts(payment)
        assert (facts["seen_cus"], facts["seen_bank"], facts["seen_amount"]) == (
            "55501", "BANCO UNO", "185000.00",
        )  # fmt: skip

    @pytest.mark.parametrize("hours", [-23, -5, 1, 5, 23])
    def test_clocks_and_zones_may_differ_by_less_than_a_day(self, till: Till, hours: int) -> None:
        payment = till.left()
        till.gateway.answers = [replace(APPROVED, decided_at=MORNING + timedelta(hours=hours))]
        till.rounds(hours=1)
        assert (till.now(payment).state, till.now(payment).review) == (State.POSTED, None)

    @pytest.mark.parametrize("set_right", [True, False], ids=["clock set right", "clock still ahead"])
    def test_what_began_under_a_clock_days_ahead_is_no_case_for_it(self, till: Till, set_right: bool) -> None:
        till.clock.forward(days=2)
        payment = till.left()
        till.gateway.answers = [replace(APPROVED, decided_at=MORNING + timedelta(minutes=3))]
        if set_right:
            till.clock.now = MORNING + timedelta(minutes=4)
            till.journal.note_ask(payment, now=till.clock(), next_ask_at=till.clock())
        else:
            till.gateway.skew = -timedelta(days=2)  # as its answers tell

        till.rounds(hours=1)

        assert (till.now(payment).state, till.now(payment).review) == (State.POSTED, None)

    def test_a_clock_ahead_makes_nothing_of_last_week_ours(self, till: Till) -> None:
        till.clock.forward(days=2)
        payment = till.left()
        till.gateway.skew = -timedelta(days=2)
        till.gateway.answers = [replace(APPROVED, decided_at=MORNING - timedelta(hours=26))]

        till.rounds(hours=1)

        assert till.now(payment).review is Review.NOT_OURS

    def test_no_date_at_all_proves_nothing_and_hinders_nothing(self, till: Till) -> None:
        payment = till.left()
        till.gateway.answers = [replace(APPROVED, decided_at=None)]

        assert till.checkout.ask(payment).state is State.POSTED


class TestLookingBack:
    @pytest.mark.parametrize("end", [REJECTED, Verdict(Status.EXPIRED, technical=True)])
    def test_a_refusal_that_becomes_an_approval_within_two_days_is_seen(
        self, till: Till, end: Verdict
    ) -> None:
        till.gateway.answers = [end]
        payment = till.checkout.ask(till.left())
        till.rounds(hours=20, every=0.5)
        till.gateway.answers = [APPROVED]

        till.rounds(hours=2, every=0.5)

        late = till.now(payment)
        assert late.review is Review.LATE_APPROVAL
        assert late.cus == "55501"
        assert till.core.received == []
        with pytest.raises(ObligationHeld):
            till.start()

    def test_a_lost_creation_whose_page_the_payer_may_have_is_looked_at_again(self, till: Till) -> None:
        with_abilities(till, ZONAPAGOS_LIKE).gateway.answers = [REJECTED]
        payment = till.start()
        till.rounds(hours=1)
        assert till.now(payment).state is State.DECLINED
        till.gateway.answers = [APPROVED]
        till.rounds(hours=3)
        assert till.now(payment).review is Review.LATE_APPROVAL

    def test_what_staff_say_is_unpaid_is_looked_at_again_and_heard_once(self, till: Till) -> None:
        payment = till.left()
        till.gateway.answers = [Conflict(ErrorKind.AMOUNT_MISMATCH, cus="55501", amount=Money.of(5))]
        flagged = till.checkout.ask(payment)
        assert flagged.review is Review.NOT_OURS
        said = {"by": "Gerencia", "reason": "r", "evidence": "e"}
        till.journal.settle(flagged, State.FAILED, now=till.clock(), **said)
        till.rounds(hours=5)
        assert till.now(payment).review is None, "staff need not hear again what they settled"

        till.gateway.answers = [APPROVED]
        till.rounds(hours=5)
        late = till.now(payment)
        assert (late.state, late.review) == (State.FAILED, Review.LATE_APPROVAL)
        till.journal.settle(late, State.FAILED, now=till.clock(), **said)
        till.rounds(hours=5)
        assert till.now(payment).review is None
        till.gateway.answers = [replace(APPROVED, cus="55777")]
        till.rounds(hours=5)
        assert till.now(payment).review is Review.PAID_TWICE, "another debit is news"
        assert [each.cus for each in till.journal.second_debits()] == ["55777"]

    def test_rows_that_were_lost_are_looked_at_again_too(self, till: Till) -> None:
        till.gateway.answers = [REJECTED]
        payment = till.checkout.ask(till.left())
        with sqlite3.connect(till.path) as book:
            for table in ("held_obligations", "payment_lines", "payments"):
                book.execute(f"DELETE FROM {table}")
        till.journal.rebuild(now=till.clock())
        till.gateway.answers = [APPROVED]
        till.rounds(hours=2)
        assert till.now(payment).review is Review.LATE_APPROVAL

    def test_it_stops_two_days_after_the_end(self, till: Till) -> None:
        payment = till.left()
        till.rounds(hours=30, every=1)  # no answer for a day and more
        till.gateway.answers = [REJECTED]
        till.rounds(hours=47, every=1)
        asked = len(till.gateway.asked)
        till.rounds(hours=3, every=1)

        till.rounds(hours=24, every=1)

        assert len(till.gateway.asked) <= asked + 4
        assert till.now(payment).next_ask_at is None

    @pytest.mark.parametrize("ended", ["before", "meanwhile"])
    def test_a_clock_set_forward_for_a_while_does_not_end_it(self, till: Till, ended: str) -> None:
        till.gateway.answers = [REJECTED]
        payment = till.left()
        days = 3 if ended == "before" else 30
        if ended == "before":
            payment = till.checkout.ask(payment)
        till.clock.jump(days=days)
        if ended == "meanwhile":
            till.checkout.ask(payment)
        till.sonda.round()
        till.clock.jump(days=-days)
        till.gateway.answers = [APPROVED]

        till.rounds(hours=5, every=0.5)

        assert till.now(payment).review is Review.LATE_APPROVAL

    def test_another_word_for_unpaid_changes_nothing(self, till: Till) -> None:
        till.gateway.answers = [REJECTED]
        payment = till.checkout.ask(till.left())
        till.gateway.answers = [Verdict(Status.EXPIRED, technical=True)]

        till.rounds(hours=5)

        assert (till.now(payment).state, till.now(payment).review) == (State.DECLINED, None)
        assert till.start().state is State.AT_BANK

    def test_what_is_open_comes_first_and_a_pause_drops_it(self, till: Till) -> None:
        till.gateway.answers = [REJECTED]
        over = till.checkout.ask(till.left("OB-1"))
        till.gateway.answers = [PENDING]
        till.clock.forward(hours=1.1)
        waiting = till.left("OB-2")
        till.clock.forward(minutes=8)
        till.gateway.asked.clear()
        till.gateway.answers = [NoVerdict(ErrorKind.SERVER, retry_after=1800)]

        till.sonda.round()

        assert {each.reference for _, each in till.gateway.asked} == {waiting.reference}
        assert over.reference not in [each.reference for _, each in till.gateway.asked]


class TestACusThatWasSeen:
    def test_an_end_that_does_not_speak_of_it_is_not_believed_and_becomes_a_case(self, till: Till) -> None:
        payment = till.left()
        till.gateway.answers = [replace(PENDING, cus="70001")]
        till.checkout.ask(payment)
        till.gateway.answers = [Verdict(Status.EXPIRED, technical=True, ended_cus=frozenset())]

        till.rounds(hours=0.6)
        assert (till.now(payment).state, till.now(payment).review) == (State.PENDING, None)
        till.rounds(hours=1)

        case = till.now(payment)
        assert (case.state, case.review) == (State.PENDING, Review.STILL_PENDING)
        assert till.facts(payment)["seen_cus"] == "70001"
        till.gateway.answers = [replace(APPROVED, cus="70001")]
        till.rounds(hours=1)
        assert till.now(payment).state is State.POSTED

    def test_its_own_final_word_ends_it(self, till: Till) -> None:
        payment = till.left()
        till.gateway.answers = [replace(PENDING, cus="70001")]
        till.checkout.ask(payment)
        till.gateway.answers = [replace(REJECTED, ended_cus=frozenset({"70001", "70002"}))]

        assert till.checkout.ask(till.now(payment)).state is State.DECLINED

    def seen(self, till: Till, *cus: str) -> Payment:
        payment = till.left()
        for each in cus:
            till.gateway.answers = [replace(PENDING, cus=each)]
            till.checkout.ask(till.now(payment))
        return till.now(payment)

    def stays_open_and_becomes_a_case(self, till: Till, payment: Payment) -> None:
        till.rounds(hours=0.6)
        assert (till.now(payment).state, till.now(payment).review) == (State.PENDING, None)
        till.rounds(hours=1)
        case = till.now(payment)
        assert (case.state, case.review) == (State.PENDING, Review.STILL_PENDING)
        assert standing(case) is Standing.OPEN
        with pytest.raises(ObligationHeld):
            till.start()

    @pytest.mark.parametrize("answer", [ABSENT, Verdict(Status.CREATED)])
    def test_neither_absence_nor_an_abandoned_page_outweighs_it(self, till: Till, answer: Answer) -> None:
        till.gateway.abilities = replace(ZONAPAGOS_LIKE, abandoned_after=timedelta(minutes=30))
        payment = self.seen(till, "70001")
        till.gateway.answers = [answer]
        self.stays_open_and_becomes_a_case(till, payment)

    def test_a_lost_creation_with_one_never_lapses(self, till: Till) -> None:
        with_abilities(till, FINDS_AND_OURS)
        payment = self.seen(till, "70001")
        till.gateway.answers = [ABSENT]
        self.stays_open_and_becomes_a_case(till, payment)

    def test_nor_a_lapse_where_nobody_can_be_asked(self, till: Till) -> None:
        with_abilities(till, FINDS_AND_OURS)
        payment = self.seen(till, "70001")
        till.gateway.abilities = ONLY_OURS
        self.stays_open_and_becomes_a_case(till, payment)

    def test_an_end_must_speak_of_every_one_that_was_heard(self, till: Till) -> None:
        payment = self.seen(till, "70001", "70002")
        till.gateway.answers = [replace(REJECTED, ended_cus=frozenset({"70002"}))]
        self.stays_open_and_becomes_a_case(till, payment)
        assert till.facts(payment)["seen_cus"] == "70001", "the one of which nobody said the end"
        till.gateway.answers = [replace(REJECTED, ended_cus=frozenset({"70001", "70002"}))]
        till.rounds(hours=1)
        assert (till.now(payment).state, till.now(payment).review) == (State.DECLINED, None)


class TestTwoDebitsOfOneReference:
    FIRST = Approval("A-1", Money.of(185000), "55501", "BANCO UNO", MORNING + timedelta(minutes=3))
    SECOND = Approval("A-2", Money.of(185000), "55777", "BANCO DOS", MORNING + timedelta(minutes=9))

    def twice(self, *approvals: Approval) -> Verdict:
        first = approvals[0]
        fields = {"cus": first.cus, "bank": first.bank, "decided_at": first.decided_at}
        return replace(APPROVED, approved_amount=first.amount, approvals=approvals, **fields)

    def test_one_is_posted_and_the_other_is_a_case_of_its_own(self, till: Till) -> None:
        payment = till.left()
        till.gateway.answers = [self.twice(self.FIRST, self.SECOND)]

        posted = till.checkout.ask(payment)

        assert (posted.state, posted.cus, posted.review) == (State.POSTED, "55501", Review.PAID_TWICE)
        assert standing(posted) is Standing.PAID
        [debit] = till.journal.second_debits()
        assert (debit.cus, debit.bank, debit.amount) == ("55777", "BANCO DOS", Money.of(185000))
        assert len(till.core.received) == 1

    def test_what_the_journal_has_never_changes(self, till: Till) -> None:
        till.gateway.answers = [replace(APPROVED, cus="55777", bank="BANCO DOS")]
        payment = till.checkout.ask(till.left())
        till.gateway.answers = [self.twice(self.FIRST, self.SECOND)]

        till.rounds(hours=30, every=1)

        assert (till.now(payment).state, till.now(payment).cus) == (State.POSTED, "55777")
        assert [each.cus for each in till.journal.second_debits()] == ["55501"]
        assert len(till.core.received) == 1

    def test_it_ends_as_returned_with_evidence(self, till: Till) -> None:
        payment = till.left()
        till.gateway.answers = [self.twice(self.FIRST, self.SECOND)]
        posted = till.checkout.ask(payment)

        after = till.journal.return_debit(
            posted, "A-2", by="Gerencia", reason="doble débito", evidence="carta 12", now=till.clock()
        )

        assert (after.state, after.review) == (State.POSTED, None)
        assert till.journal.second_debits() == []


class TestAccounts:
    def other(self, *answers: Verdict) -> ScriptedGateway:
        gateway = ScriptedGateway(*answers, abilities=ZONAPAGOS_LIKE)
        gateway.account = "scripted@gateway.invalid#2"
        return gateway

    def test_another_account_of_the_same_driver_proves_nothing(self, till: Till) -> None:
        payment = till.left()
        after = till.restarted(gateway=self.other(REJECTED))

        after.rounds(hours=2)

        waiting = after.now(payment)
        assert (waiting.state, waiting.review) == (State.PENDING, Review.OTHER_ACCOUNT)
        assert after.gateway.asked == []
        assert holds(waiting.state, waiting.review)

    def test_a_former_account_is_asked_about_its_own_only(self, till: Till) -> None:
        payment = till.left()
        till.gateway.answers = [APPROVED]
        new = self.other(PENDING)
        after = till.restarted(gateway=new, former=[till.gateway])
        begun = after.left("OB-2")

        after.rounds(hours=1)

        assert after.now(payment).state is State.POSTED
        assert after.now(begun).state is State.PENDING
        assert {each.reference for _, each in new.asked} == {begun.reference}
        assert {each.reference for _, each in till.gateway.asked} == {payment.reference}
        assert len(new.charges) == 1

    def test_naming_it_again_ends_the_case(self, till: Till) -> None:
        payment = till.left()
        old = till.gateway
        between = till.restarted(gateway=self.other(PENDING))
        between.rounds(hours=1)
        old.answers = [APPROVED]
        after = between.restarted(former=[old])

        after.rounds(hours=2)

        assert (after.now(payment).state, after.now(payment).review) == (State.POSTED, None)

    def test_looking_back_outlives_settings_that_named_another_for_a_while(self, till: Till) -> None:
        payment = till.left()
        till.gateway.answers = [REJECTED]
        till.rounds(hours=1)
        assert till.now(payment).state is State.DECLINED
        old = till.gateway
        between = till.restarted(gateway=self.other(PENDING))
        between.rounds(hours=5)
        assert (between.now(payment).review, between.gateway.asked) == (None, [])
        old.answers = [APPROVED]
        after = between.restarted(gateway=old)

        after.rounds(hours=3)

        late = after.now(payment)
        assert (late.state, late.review) == (State.DECLINED, Review.LATE_APPROVAL)

    def test_a_dead_former_account_takes_nobodys_place(self, till: Till) -> None:
        for number in range(60):
            till.left(f"OB-OLD-{number}")
        dead = till.gateway
        dead.answers = [NoVerdict(ErrorKind.NOT_SENT)]
        after = till.restarted(gateway=self.other(APPROVED), former=[dead])
        after.clock.forward(minutes=1)
        begun = after.left("OB-2")
        after.clock.forward(minutes=10)

        after.sonda.round()  # the dead one's line closes
        after.sonda.round()

        assert after.now(begun).state is State.POSTED

    @pytest.mark.parametrize("at_once", [1, 6])
    def test_many_are_asked_side_by_side_and_each_once(self, till: Till, at_once: int) -> None:
        payments = [till.left(f"OB-{number}") for number in range(20)]
        till.gateway.answers = [PENDING]
        till.gateway.asked.clear()
        till.sonda = Sonda(
            till.checkout, till.journal, till.clock, Timings(), chance=lambda: 0.5, at_once=at_once
        )
        till.clock.forward(hours=0.2)

        done = till.sonda.round()

        references = [each.reference for each in payments]
        assert sorted(each.reference for each in done) == sorted(references)
        assert sorted(each.reference for _, each in till.gateway.asked) == sorted(references)
        assert till.journal.faults() == []


class TestLimits:
    def test_too_little_and_too_much_are_refused_before_anyone_hears(self, tmp_path: Path) -> None:
        limits = DebitLimits(Money.of(1600), Money.of(2_000_000))
        with till_at(tmp_path, limits=limits) as till:
            with pytest.raises(BelowMinimum) as little:
                till.checkout.start(order(pesos=1), MEMBER, HOLDER)
            with pytest.raises(AboveMaximum) as much:
                till.checkout.start(order(pesos=999_999_999), MEMBER, HOLDER)
            till.checkout.start(order("OB-1", pesos=1600), MEMBER, HOLDER)
            till.checkout.start(order("OB-2", pesos=2_000_000), MEMBER, HOLDER)

            assert (little.value.limit, much.value.limit) == (Money.of(1600), Money.of(2_000_000))
            assert [each.amount.wire() for each in till.gateway.charges] == ["1600.00", "2000000.00"]
            assert len(till.journal.find()) == 2


class TestWhatHasEndedIsLookedAtInVain:
    def test_a_defect_ends_the_looking_two_days_after_the_end_and_not_after_the_beginning(
        self, till: Till
    ) -> None:
        payment = till.left()
        till.gateway.answers = [PENDING]
        till.rounds(hours=10)
        till.gateway.answers = [REJECTED]
        till.rounds(hours=1)
        assert till.now(payment).state is State.DECLINED

        till.gateway.answers = [RuntimeError("a defect of ours")]
        till.rounds(hours=42)
        assert till.now(payment).next_ask_at is not None
        till.rounds(hours=8)

        assert till.now(payment).next_ask_at is None
        assert till.now(payment).review is None

    def test_a_line_without_answers_is_tried_every_six_minutes_in_the_end(self, till: Till) -> None:
        payment = till.left()
        till.gateway.answers = [NoVerdict(ErrorKind.NO_ANSWER)]
        pauses = []
        for _ in range(12):
            till.rounds(hours=0.2)  # longer than any pause
            pauses.append(till.checkout.line_of(payment).pause.total_seconds())

        assert 360 <= max(pauses) <= 360 * 1.15
