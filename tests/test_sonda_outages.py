"""The sonda in bad weather: neighbours that are away or slow, clocks that are set, other sondas, crashes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from counterparts import (
    HOLDER,
    MEMBER,
    MORNING,
    PAYER,
    POSTED,
    Clock,
    ScriptedCore,
    ScriptedGateway,
    order,
    together,
)

from kiosk.cooperative.payment import Event, Payment, State
from kiosk.journal.errors import JournalUnusable
from kiosk.journal.journal import Journal
from kiosk.member_core.connector import CoreMisconfigured, CoreUnreachable
from kiosk.pse.gateway import ErrorKind, NoVerdict, Status, Verdict
from kiosk.teller.checkout import Checkout
from kiosk.teller.leftovers import QUESTION_LEASE
from kiosk.teller.line import Line, heeded
from kiosk.teller.posting import POSTING_LEASE
from kiosk.teller.sonda import Sonda
from kiosk.teller.terminal import TerminalFacts, Timings
from kiosk.teller.watch import StopSign, keep_watch
from kiosk.transport import Timeouts

APPROVED = Verdict(Status.APPROVED, cus="55501")
PENDING = Verdict(Status.PENDING)
AWAY = NoVerdict(ErrorKind.NO_ANSWER)
TERMINAL = TerminalFacts("PAM01", "Cooperativa Solidarios", "190.0.2.15", "Kiosk/1", session_minutes=15)


class Terminal:
    """A sonda, what it works with, and a second one on a journal object of its own."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "journal.sqlite"
        self.gateway, self.core, self.clock = ScriptedGateway(PENDING), ScriptedCore(), Clock()
        self.journal, self.checkout, self.sonda = self.process()

    def process(self) -> tuple[Journal, Checkout, Sonda]:
        journal = Journal.open(self.path)
        checkout = Checkout(
            journal, self.gateway, self.core, self.clock, TERMINAL, Timings(), self.clock.steady
        )  # type: ignore[arg-type]
        return journal, checkout, Sonda(checkout, journal, self.clock, Timings(), lambda: 0.5)

    def pending(self, number: int = 1) -> list[Payment]:
        """Payments nobody stands in front of."""
        made = [self.checkout.start(order(f"OB-{each}"), MEMBER, HOLDER) for each in range(number)]
        return [self.checkout.left(payment) for payment in made]

    def approved(self, number: int = 1) -> list[Payment]:
        """Paid, but the core was away: due in half a minute."""
        payments = self.pending(number)
        for payment in payments:
            self.journal.record(
                payment, Event.SEEN_OK, now=self.clock(), next_ask_at=self.clock() + timedelta(seconds=30)
            )
            self.checkout._inquiry.poster.heard(payment)  # by this very process
        return payments

    def now(self, payment: Payment) -> Payment:
        return self.journal.get(payment.payment_id)

    def states(self, *payments: Payment) -> set[State]:
        return {self.now(payment).state for payment in payments}

    def rounds(self, *, minutes: float, every: float = 5) -> None:
        """As the lane does them: one each few seconds."""
        for _ in range(round(minutes * 60 / every)):
            self.sonda.round()
            self.clock.forward(seconds=every)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    made = Terminal(tmp_path)
    yield made
    assert made.journal.faults() == []
    made.journal.close()


class TestOneAtATime:
    def test_the_claim_is_on_disk_before_the_gateway_is_asked(self, terminal: Terminal) -> None:
        (payment,) = terminal.pending()
        terminal.clock.forward(minutes=7)
        other, _, second = terminal.process()
        seen: list[object] = []

        def meanwhile() -> None:
            terminal.gateway.meanwhile = lambda: None
            seen.append(terminal.now(payment).next_ask_at)
            seen.append(second.round())

        terminal.gateway.meanwhile = meanwhile
        terminal.sonda.round()
        other.close()
        assert seen == [terminal.clock() + QUESTION_LEASE, []]
        assert len(terminal.gateway.asked) == 1

    def test_of_many_rounds_at_once_each_question_is_asked_once(self, terminal: Terminal) -> None:
        payments = terminal.pending(5)
        terminal.clock.forward(minutes=7)
        other, _, second = terminal.process()
        results = together(terminal.sonda.round, second.round, terminal.sonda.round, second.round)
        other.close()
        assert all(isinstance(result, list) for result in results), results
        assert len(terminal.gateway.asked) == 5
        assert [terminal.now(payment).asks for payment in payments] == [1] * 5

    def test_what_died_with_its_claim_is_asked_by_the_other_when_the_lease_is_over(
        self, terminal: Terminal
    ) -> None:
        terminal.pending()
        terminal.clock.forward(minutes=7)

        def die() -> None:
            raise KeyboardInterrupt

        terminal.gateway.meanwhile = die
        with pytest.raises(KeyboardInterrupt):
            terminal.sonda.round()
        terminal.gateway.meanwhile = lambda: None
        other, _, second = terminal.process()
        terminal.clock.forward(seconds=QUESTION_LEASE.total_seconds() - 1)
        assert second.round() == []
        terminal.clock.forward(seconds=1)
        assert len(second.round()) == 1
        other.close()

    def test_the_members_own_page_waits_for_no_claim(self, terminal: Terminal) -> None:
        (payment,) = terminal.pending()
        terminal.clock.forward(minutes=7)
        seen: list[Payment] = []

        def member_looks() -> None:
            terminal.gateway.meanwhile = lambda: None
            seen.append(terminal.checkout.ask(terminal.now(payment)))

        terminal.gateway.answers, terminal.gateway.meanwhile = [APPROVED], member_looks
        terminal.sonda.round()
        assert [each.state for each in seen] == [State.POSTED]
        assert len(terminal.core.received) == 1, "both saw the approval; one acted"

    def test_leases_outlive_the_longest_calls(self) -> None:
        call = timedelta(seconds=Timeouts().connect + Timeouts().answer)
        assert 5 * call < QUESTION_LEASE, "query, cancellation, query; each query may be two"
        assert 5 * call < POSTING_LEASE, "token and posting, twice, behind another's token"
        assert QUESTION_LEASE < timedelta(minutes=10), "a crash must not cost a turn"

    def test_a_payment_being_prepared_is_left_alone_and_a_forgotten_one_ends(
        self, terminal: Terminal
    ) -> None:
        payment = terminal.journal.prepare(
            order(), PAYER, terminal="PAM01", gateway="scripted", now=terminal.clock()
        )
        terminal.sonda.round()
        assert terminal.now(payment).state is State.PREPARED
        told: list[Payment] = []
        terminal.clock.forward(minutes=11)
        terminal.sonda.round(changed=told.append)
        assert terminal.states(payment) == {State.FAILED}
        assert told == [terminal.now(payment)]
        assert terminal.gateway.charges == []
        assert terminal.pending()[0].live, "the obligation is free again"

    def test_it_stops_between_two_payments(self, terminal: Terminal) -> None:
        terminal.pending(4)
        terminal.clock.forward(minutes=7)
        terminal.sonda.round(stop=lambda: len(terminal.gateway.asked) == 2)
        assert len(terminal.gateway.asked) == 2

    def test_only_changes_are_told(self, terminal: Terminal) -> None:
        first, second = terminal.pending(2)
        terminal.gateway.answers = [PENDING, APPROVED]
        terminal.clock.forward(minutes=7)
        told: list[Payment] = []
        terminal.sonda.round(changed=told.append)
        assert [(each.payment_id, each.state) for each in told] == [(second.payment_id, State.POSTED)]
        assert terminal.states(first) == {State.PENDING}


class TestGatewayAway:
    def test_after_three_time_outs_the_others_are_put_off(self, terminal: Terminal) -> None:
        terminal.pending(20)
        terminal.gateway.answers = [AWAY]
        terminal.clock.forward(minutes=7)
        terminal.sonda.round()
        assert len(terminal.gateway.asked) == 3
        terminal.sonda.round()
        assert len(terminal.gateway.asked) == 3

    def test_a_night_without_gateway_neither_floods_nor_starves(self, terminal: Terminal) -> None:
        payments = terminal.pending(10)
        terminal.gateway.answers = [AWAY]
        terminal.clock.forward(minutes=7)
        terminal.rounds(minutes=8 * 60, every=60)
        asked = len(terminal.gateway.asked)
        assert asked <= 3 + 8 * 60 / 6 + 5, "a question each six minutes, not ten every twelve"
        assert asked >= 8 * 60 / 8
        assert {key for key, _ in terminal.gateway.asked} == {"900123"}
        assert all(terminal.now(payment).asks for payment in payments), "each had its turn"
        terminal.gateway.answers = [APPROVED]
        terminal.rounds(minutes=8)
        assert terminal.states(*payments) == {State.POSTED}, "recovered within one pause"

    def test_approved_money_goes_on_to_the_core_meanwhile(self, terminal: Terminal) -> None:
        payments = terminal.approved(3)
        others = [
            terminal.checkout.left(terminal.checkout.start(order(f"OTHER-{each}"), MEMBER, HOLDER))
            for each in range(6)
        ]
        terminal.gateway.answers = [AWAY]
        terminal.clock.forward(minutes=7)
        terminal.sonda.round()
        assert terminal.states(*payments) == {State.POSTED}
        assert terminal.states(*others) == {State.PENDING}

    def test_a_slow_gateway_keeps_no_approved_money_waiting(self, terminal: Terminal) -> None:
        """Each question takes 20 seconds; what becomes due meanwhile is posted before the next one."""
        (payment,) = terminal.approved()
        for each in range(6):
            terminal.checkout.left(terminal.checkout.start(order(f"OTHER-{each}"), MEMBER, HOLDER))
        later = terminal.clock() + timedelta(minutes=7, seconds=30)
        terminal.journal.claim(terminal.now(payment), until=later)
        posted_after: list[int] = []
        terminal.gateway.meanwhile = lambda: terminal.clock.forward(seconds=20)
        terminal.core.meanwhile = lambda: posted_after.append(len(terminal.gateway.asked))
        terminal.clock.forward(minutes=7)
        terminal.sonda.round()
        assert (posted_after, len(terminal.gateway.asked)) == ([2], 6)

    def test_a_full_list_of_questions_does_not_hide_what_can_be_posted(self, terminal: Terminal) -> None:
        terminal.pending(5)
        late = terminal.checkout.left(terminal.checkout.start(order("PAID"), MEMBER, HOLDER))
        terminal.journal.record(late, Event.SEEN_OK, now=terminal.clock(), next_ask_at=MORNING)
        terminal.journal.claim(terminal.now(late), until=MORNING + timedelta(minutes=9))
        terminal.checkout._inquiry.poster.heard(late)
        terminal.clock.forward(minutes=10)
        terminal.sonda.round(limit=1)
        assert terminal.states(late) == {State.POSTED}

    def test_what_it_asked_to_wait_holds_for_all_questions(self, terminal: Terminal) -> None:
        terminal.pending(4)
        terminal.gateway.answers = [NoVerdict(ErrorKind.SERVER, retry_after=1800), PENDING]
        terminal.clock.forward(minutes=7)
        terminal.rounds(minutes=29, every=10)
        assert len(terminal.gateway.asked) == 1
        terminal.rounds(minutes=7, every=10)
        assert len(terminal.gateway.asked) >= 4

    def test_refused_credentials_are_not_hammered(self, terminal: Terminal) -> None:
        """`gateways.md` B.4, rule 8: on 401-like answers stop sweeping that gateway."""
        terminal.pending(4)
        terminal.gateway.answers = [NoVerdict(ErrorKind.AUTHENTICATION)]
        terminal.clock.forward(minutes=7)
        terminal.rounds(minutes=5)
        assert len(terminal.gateway.asked) == 1

    @pytest.mark.parametrize("kind", [ErrorKind.UNKNOWN_STATUS, ErrorKind.UNKNOWN_PAYMENT])
    def test_what_it_does_not_know_of_one_payment_stops_no_other(
        self, terminal: Terminal, kind: ErrorKind
    ) -> None:
        terminal.pending(8)
        terminal.gateway.answers = [NoVerdict(kind)]
        terminal.clock.forward(minutes=7)
        terminal.sonda.round()
        assert len(terminal.gateway.asked) == 8

    def test_one_answer_in_front_of_the_member_ends_the_pause(self, terminal: Terminal) -> None:
        payments = terminal.pending(6)
        terminal.gateway.answers = [AWAY]
        terminal.clock.forward(minutes=7)
        terminal.sonda.round()
        terminal.gateway.answers = [PENDING]
        terminal.checkout.ask(terminal.now(payments[0]))
        terminal.sonda.round()
        assert len(terminal.gateway.asked) == 3 + 1 + 3


class TestCoreAway:
    def test_after_three_time_outs_the_others_are_put_off(self, terminal: Terminal) -> None:
        payments = terminal.approved(10)
        terminal.core.answers = [CoreUnreachable("no answer")]
        terminal.clock.forward(minutes=1)
        terminal.sonda.round()
        assert len(terminal.core.received) == 3
        terminal.rounds(minutes=60, every=20)
        assert len(terminal.core.received) <= 3 + 60 / 5 + 5
        terminal.core.answers = [POSTED]
        terminal.rounds(minutes=7, every=10)
        assert terminal.states(*payments) == {State.POSTED}

    def test_questions_go_on_and_their_approvals_wait_for_nobodys_time_out(self, terminal: Terminal) -> None:
        terminal.approved(3)
        asked = [
            terminal.checkout.left(terminal.checkout.start(order(f"OTHER-{each}"), MEMBER, HOLDER))
            for each in range(4)
        ]
        terminal.core.answers, terminal.gateway.answers = [CoreUnreachable("no answer")], [APPROVED]
        terminal.clock.forward(minutes=7)
        terminal.sonda.round()
        assert terminal.states(*asked) == {State.APPROVED}
        assert len(terminal.core.received) == 3
        terminal.core.answers = [POSTED]
        terminal.rounds(minutes=7, every=10)
        assert terminal.journal.unresolved() == []

    def test_what_it_asked_to_wait_holds_for_all_postings(self, terminal: Terminal) -> None:
        terminal.approved(4)
        terminal.core.answers = [CoreUnreachable("503", retry_after=1800), POSTED]
        terminal.clock.forward(minutes=1)
        terminal.rounds(minutes=29, every=10)
        assert len(terminal.core.received) == 1
        terminal.rounds(minutes=7, every=10)
        assert terminal.journal.unresolved() == []

    def test_a_terminal_that_it_does_not_know_is_not_hammered(self, terminal: Terminal) -> None:
        terminal.approved(10)
        terminal.core.answers = [CoreMisconfigured("401")]
        terminal.clock.forward(minutes=1)
        terminal.rounds(minutes=60, every=20)
        assert len(terminal.core.received) <= 3 + 60 / 5 + 5


class TestClocks:
    def test_a_clock_set_back_while_it_runs_delays_nothing_for_hours(self, terminal: Terminal) -> None:
        (payment,) = terminal.pending()
        terminal.clock.forward(minutes=7)
        terminal.sonda.round()
        terminal.clock.jump(hours=-5)
        terminal.sonda.round()
        terminal.clock.forward(minutes=14)
        terminal.gateway.answers = [APPROVED]
        terminal.sonda.round()
        assert terminal.states(payment) == {State.POSTED}

    def test_nor_the_posting_of_approved_money(self, terminal: Terminal) -> None:
        (payment,) = terminal.approved()
        terminal.sonda.round()
        terminal.clock.jump(hours=-5)
        terminal.sonda.round()
        terminal.clock.forward(minutes=6)
        terminal.sonda.round()
        assert terminal.states(payment) == {State.POSTED}

    def test_nor_one_that_was_hours_ahead_before_a_restart(self, terminal: Terminal) -> None:
        terminal.clock.jump(days=3)
        (payment,) = terminal.pending()
        terminal.clock.jump(days=-3)
        _, _, sonda = started = terminal.process()
        sonda.round()
        terminal.clock.forward(minutes=14)
        terminal.gateway.answers = [APPROVED]
        sonda.round()
        started[0].close()
        assert terminal.states(payment) == {State.POSTED}

    def test_setting_it_back_breaks_no_claim(self, terminal: Terminal) -> None:
        terminal.pending()
        terminal.clock.forward(minutes=7)
        other, _, second = terminal.process()
        second.round(limit=0)

        def meanwhile() -> None:
            terminal.gateway.meanwhile = lambda: None
            terminal.clock.jump(hours=-5)
            second.round()
            terminal.clock.forward(minutes=4, seconds=59)
            second.round()

        terminal.gateway.meanwhile = meanwhile
        terminal.sonda.round()
        other.close()
        assert len(terminal.gateway.asked) == 1

    def test_a_clock_set_forward_asks_early_once_and_ends_nothing(self, terminal: Terminal) -> None:
        payments = terminal.pending(3)
        terminal.clock.jump(hours=20)
        terminal.rounds(minutes=5)
        assert len(terminal.gateway.asked) == 3
        assert terminal.states(*payments) == {State.PENDING}

    def test_a_closed_line_opens_whichever_way_the_clock_is_set(self) -> None:
        for hours in (-5, 5):
            clock = Clock()
            line = Line("gateway", 60, 360, clock, lambda: 0.0)
            for _ in range(3):
                line.failed(3600)
            assert not line.open
            clock.jump(hours=hours)
            assert line.open
            assert not line.asked_to_wait


class TestLine:
    def test_pauses_grow_to_a_ceiling_and_end_with_the_first_answer(self) -> None:
        clock = Clock()
        line = Line("gateway", 60, 360, clock, lambda: 0.0)
        pauses = []
        for _ in range(8):
            line.failed()
            pauses.append(0 if line.open else line.pause.total_seconds())
            clock.forward(hours=1)
        assert pauses == [0, 0, 60, 120, 240, 360, 360, 360]
        line.failed()
        line.answered()
        assert line.open
        assert not line.failing

    def test_the_spread_is_only_ever_later(self) -> None:
        for chance, seconds in ((0.0, 600), (1.0, 690)):
            line = Line("core", 30, 300, Clock(), lambda chance=chance: chance)
            line.failed(600)
            assert line.pause.total_seconds() == pytest.approx(seconds)

    def test_away_and_back_are_told_once_each(self, caplog: pytest.LogCaptureFixture) -> None:
        line = Line("core", 30, 300, Clock())
        for _ in range(50):
            line.failed()
        line.answered()
        line.answered()
        assert [record.getMessage() for record in caplog.records] == [
            "core: away; nobody asks for 30 s",
            "core: answers again",
        ]

    @pytest.mark.parametrize(
        ("asked", "minutes"), [(None, 0), (0, 0), (60, 1), (7200, 120), (999_999, 120), (10**12, 120)]
    )
    def test_a_retry_after_is_heeded_within_reason(self, asked: int | None, minutes: int) -> None:
        assert heeded(asked) == timedelta(minutes=minutes)


class Rounds:
    """A sonda that does as told, and the sleep of whoever watches it."""

    def __init__(self, *results: Exception | None) -> None:
        self.results, self.slept = list(results), list[float]()
        self.given = False

    def round(self, **_: object) -> list[Payment]:
        result = self.results.pop(0)
        self.given = not self.results
        if result is not None:
            raise result
        return []

    def wait(self, seconds: float) -> None:
        self.slept.append(seconds)


class TestWatch:
    def watch(self, rounds: Rounds) -> None:
        keep_watch(lambda: rounds, 5.0, rounds, print)  # type: ignore[arg-type, return-value]

    def test_trouble_is_told_of_once_and_looked_at_ever_less_often(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        rounds = Rounds(None, *[JournalUnusable("database is locked")] * 6, None, None)
        self.watch(rounds)
        assert rounds.slept == [5, 10, 20, 40, 60, 60, 60, 5, 5]
        assert [record.getMessage() for record in caplog.records] == [
            "no round: database is locked",
            "rounds go on",
        ]

    def test_a_defect_ends_nothing_and_is_not_told_with_its_text(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        self.watch(Rounds(ZeroDivisionError("Marta Rincón"), None))
        assert [record.getMessage() for record in caplog.records] == [
            "no round: ZeroDivisionError",
            "rounds go on",
        ]

    def test_a_sign_given_ends_the_wait(self) -> None:
        sign = StopSign()
        sign.give()
        sign.wait(3600)
        assert sign.given
        sign.close()
