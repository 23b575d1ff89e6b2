"""The sonda: when it asks, what it picks up after a start, and that a crash anywhere posts once."""

from __future__ import annotations

import json
import multiprocessing
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from counterparts import (
    HOLDER,
    MEMBER,
    MORNING,
    PAYER,
    POSTED,
    ZONAPAGOS_LIKE,
    Clock,
    ScriptedCore,
    ScriptedGateway,
    order,
    together,
)
from sqlalchemy import Engine, event

from kiosk.cooperative.payment import Event, Payment, Review, State
from kiosk.journal.errors import JournalUnusable
from kiosk.journal.journal import Journal
from kiosk.member_core.connector import CoreUnreachable, Posting
from kiosk.pse.gateway import (
    Answer,
    Charge,
    Conflict,
    Created,
    Creation,
    ErrorKind,
    Expected,
    NoVerdict,
    Status,
    UnknownIfCreated,
    Verdict,
)
from kiosk.teller.checkout import Checkout
from kiosk.teller.posting import POSTING_LEASE
from kiosk.teller.sonda import Sonda
from kiosk.teller.terminal import TerminalFacts, Timings

APPROVED = Verdict(Status.APPROVED, cus="55501", bank="BANCO UNO", decided_at=MORNING + timedelta(minutes=3))
PENDING = Verdict(Status.PENDING)
TERMINAL = TerminalFacts("PAM01", "Cooperativa Solidarios", "190.0.2.15", "Kiosk/1", session_minutes=15)


@dataclass
class Night:
    """A terminal that nobody stands in front of."""

    path: Path
    journal: Journal
    gateway: ScriptedGateway
    core: ScriptedCore
    clock: Clock
    checkout: Checkout
    sonda: Sonda

    def pending(self, *obligations: str) -> Payment:
        return self.checkout.left(self.checkout.start(order(*obligations), MEMBER, HOLDER))

    def now(self, payment: Payment) -> Payment:
        return self.journal.get(payment.payment_id)

    def minutes_to_next(self, payment: Payment) -> float:
        next_ask = self.now(payment).next_ask_at
        assert next_ask is not None
        return (next_ask - self.clock()).total_seconds() / 60


def night_at(
    path: Path, gateway: ScriptedGateway, core: ScriptedCore, clock: Clock, chance: float = 0.5
) -> Night:
    journal = Journal.open(path)
    checkout = Checkout(journal, gateway, core, clock, TERMINAL, Timings(), clock.steady)
    return Night(
        path,
        journal,
        gateway,
        core,
        clock,
        checkout,
        Sonda(checkout, journal, clock, Timings(), lambda: chance),
    )


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    made = night_at(tmp_path / "journal.sqlite", ScriptedGateway(PENDING), ScriptedCore(), Clock())
    yield made
    assert made.journal.faults() == []
    made.journal.close()


class TestWhenItAsks:
    def test_first_after_seven_minutes_then_every_twelve(self, night: Night) -> None:
        payment = night.pending()
        night.clock.forward(minutes=7, seconds=-1)
        assert night.sonda.round() == []
        night.clock.forward(seconds=1)
        assert [asked.payment_id for asked in night.sonda.round()] == [payment.payment_id]
        assert night.minutes_to_next(payment) == pytest.approx(12)
        assert night.sonda.round() == [], "not due again"
        night.clock.forward(minutes=12)
        night.sonda.round()
        assert night.minutes_to_next(payment) == pytest.approx(12)
        assert night.now(payment).asks == 2
        assert len(night.gateway.asked) == 2

    @pytest.mark.parametrize(("chance", "minutes"), [(0.0, 10.2), (1.0, 13.8)])
    def test_spread_between_ten_and_fifteen(self, tmp_path: Path, chance: float, minutes: float) -> None:
        night = night_at(tmp_path / "j.sqlite", ScriptedGateway(PENDING), ScriptedCore(), Clock(), chance)
        payment = night.pending()
        night.clock.forward(minutes=7)
        night.sonda.round()
        assert night.minutes_to_next(payment) == pytest.approx(minutes)
        night.journal.close()

    def test_hourly_after_a_day_and_never_rejected_by_itself(self, night: Night) -> None:
        payment = night.pending()
        night.clock.forward(hours=24)
        night.sonda.round()
        assert night.minutes_to_next(payment) == pytest.approx(60)
        night.clock.forward(days=60)
        night.sonda.round()
        assert (night.now(payment).state, night.now(payment).review) == (State.PENDING, Review.STILL_PENDING)
        night.gateway.answers = [APPROVED]
        night.clock.forward(hours=1)
        night.sonda.round()
        assert (night.now(payment).state, night.now(payment).review) == (State.POSTED, None)

    def test_a_pause_that_was_asked_for_is_kept(self, night: Night) -> None:
        payment = night.pending()
        night.gateway.answers = [NoVerdict(ErrorKind.SERVER, retry_after=7200)]
        night.clock.forward(minutes=7)
        night.sonda.round()
        assert night.minutes_to_next(payment) == pytest.approx(120)

    def test_its_next_time_survives_a_restart(self, night: Night) -> None:
        payment = night.pending()
        night.clock.forward(minutes=7)
        night.sonda.round()
        night.journal.close()
        again = night_at(night.path, night.gateway, night.core, night.clock)
        assert again.sonda.recover(night.clock()) == [again.now(payment)]
        assert again.minutes_to_next(payment) == pytest.approx(12)
        again.journal.close()

    def test_a_round_has_a_limit(self, night: Night) -> None:
        for number in range(4):
            night.pending(f"OB-{number}")
        night.clock.forward(minutes=7)
        assert [len(night.sonda.round(limit=3)), len(night.sonda.round(limit=3))] == [3, 1]


class TestWhatItDoes:
    def test_an_approval_at_night_is_posted(self, night: Night) -> None:
        payment = night.pending()
        night.gateway.answers = [PENDING, APPROVED]
        night.clock.forward(minutes=7)
        night.sonda.round()
        night.clock.forward(minutes=12)
        (done,) = night.sonda.round()
        assert (done.payment_id, done.state, done.cus) == (payment.payment_id, State.POSTED, "55501")
        night.clock.forward(days=1)
        assert night.sonda.round() == [night.now(payment)], "looked at once more"
        night.clock.forward(days=30)
        assert night.sonda.round() == []

    def test_money_taken_back_after_it_was_posted_is_staffs(self, night: Night) -> None:
        payment = night.pending()
        night.gateway.answers = [APPROVED, Verdict(Status.REVERSED)]
        night.clock.forward(minutes=7)
        night.sonda.round()
        night.clock.forward(days=1)
        night.sonda.round()
        assert (night.now(payment).state, night.now(payment).review) == (State.POSTED, Review.REVERSED)

    def test_posted_money_is_looked_at_again_where_the_gateway_was_away(self, night: Night) -> None:
        payment = night.pending()
        night.gateway.answers = [APPROVED, NoVerdict(ErrorKind.NO_ANSWER), Verdict(Status.REVERSED)]
        for days in (7 / 1440, 1, 1 / 24):
            night.clock.forward(days=days)
            night.sonda.round()
        assert night.now(payment).review is Review.REVERSED

    def test_a_defect_while_looking_back_is_put_off_too(self, night: Night) -> None:
        payment = night.pending()
        night.gateway.answers = [APPROVED, ZeroDivisionError("a defect in a driver")]
        for days in (7 / 1440, 1):
            night.clock.forward(days=days)
            night.sonda.round()
        assert night.minutes_to_next(payment) == pytest.approx(60)
        for _ in range(40):
            night.clock.forward(hours=1)
            night.sonda.round()
        assert night.now(payment).next_ask_at is None, "a defect does not pass by waiting"

    def test_an_end_that_was_only_inferred_is_looked_at_for_two_days(self, night: Night) -> None:
        night.gateway.abilities = ZONAPAGOS_LIKE
        night.gateway.creation = UnknownIfCreated(ErrorKind.NO_ANSWER)
        night.gateway.answers = [NoVerdict(ErrorKind.UNKNOWN_PAYMENT)]
        payment = night.pending()
        night.sonda.round()
        night.clock.forward(minutes=7)
        night.sonda.round()
        assert (night.now(payment).state, night.now(payment).error) == (State.FAILED, "unknown_payment")
        for _ in range(60):
            night.clock.forward(hours=1)
            night.sonda.round()
        assert (len(night.gateway.asked), night.now(payment).next_ask_at) == (1 + 48, None)

    def test_a_refusal_on_a_page_that_stays_open_is_looked_at_again(self, night: Night) -> None:
        night.gateway.abilities = replace(ZONAPAGOS_LIKE, abandoned_after=timedelta(minutes=30))
        payment = night.pending()
        refused, failed = Verdict(Status.REJECTED), Verdict(Status.FAILED)
        night.gateway.answers = [refused, failed, PENDING, APPROVED]
        night.clock.forward(minutes=7)
        night.sonda.round()
        assert night.now(payment).state is State.DECLINED
        for _ in range(2):
            night.clock.forward(hours=1)
            night.sonda.round()
            assert (night.now(payment).state, night.now(payment).review) == (State.DECLINED, None)
        night.clock.forward(hours=1)
        night.sonda.round()
        late = night.now(payment)
        assert (late.state, late.review) == (State.DECLINED, Review.LATE_APPROVAL)

    def test_a_refusal_is_the_end_where_the_page_is_closed(self, night: Night) -> None:
        payment = night.pending()
        night.gateway.answers = [Verdict(Status.REJECTED)]
        night.clock.forward(minutes=7)
        night.sonda.round()
        assert night.now(payment).state is State.DECLINED
        assert night.minutes_to_next(payment) == pytest.approx(60), "looked at again for two days"

    def test_an_approval_after_an_inferred_end_is_staffs(self, night: Night) -> None:
        night.gateway.abilities = ZONAPAGOS_LIKE
        night.gateway.creation = UnknownIfCreated(ErrorKind.NO_ANSWER)
        night.gateway.answers = [NoVerdict(ErrorKind.UNKNOWN_PAYMENT), APPROVED]
        payment = night.pending()
        night.clock.forward(minutes=7)
        night.sonda.round()
        night.clock.forward(hours=1)
        night.sonda.round()
        late = night.now(payment)
        assert (late.state, late.review) == (State.FAILED, Review.LATE_APPROVAL)
        assert late.next_ask_at is not None, "another debit may follow: it is looked at as long as any other"
        assert night.core.received == []

    def test_the_core_away_all_night_gets_it_once_in_the_morning(self, night: Night) -> None:
        night.pending()
        night.gateway.answers = [APPROVED]
        night.core.answers = [*[CoreUnreachable("503", retry_after=600)] * 3, POSTED]
        night.clock.forward(minutes=7)
        for _ in range(200):
            night.sonda.round()
            night.clock.forward(seconds=30)
        assert len(night.core.received) == 4
        assert len(night.gateway.asked) == 1
        assert night.journal.unresolved() == []

    def test_one_fault_does_not_keep_the_others_waiting(self, night: Night) -> None:
        first, second, third = (night.pending(f"OB-{number}") for number in range(3))
        night.gateway.answers = [APPROVED, ZeroDivisionError("a defect in a driver"), APPROVED]
        night.clock.forward(minutes=7)
        assert [done.payment_id for done in night.sonda.round()] == [first.payment_id, third.payment_id]
        assert night.now(third).state is State.POSTED
        assert (night.now(second).state, night.minutes_to_next(second)) == (State.PENDING, pytest.approx(12))

    def test_a_journal_that_can_not_be_written_stops_it(self, tmp_path: Path) -> None:
        night = night_at(tmp_path / "journal.sqlite", ScriptedGateway(PENDING), ScriptedCore(), Clock())
        night.pending()
        night.clock.forward(minutes=7)
        stranger = sqlite3.connect(night.path)
        stranger.execute("DROP TABLE payment_lines")
        stranger.commit()
        stranger.close()
        with pytest.raises(JournalUnusable):
            night.sonda.round()
        night.journal.close()

    def test_whoever_is_still_at_the_bank_when_the_page_has_expired_has_left(self, night: Night) -> None:
        payment = night.checkout.start(order(), MEMBER, HOLDER)
        night.clock.forward(minutes=7)
        night.sonda.round()
        assert night.now(payment).state is State.AT_BANK, "may still be paying"
        night.clock.forward(minutes=12)
        night.sonda.round()
        assert night.now(payment).state is State.PENDING

    def test_a_flagged_approval_is_left_to_staff(self, night: Night) -> None:
        payment = night.pending()
        night.gateway.answers = [Conflict(ErrorKind.AMOUNT_MISMATCH), APPROVED]
        for minutes in (7, 12, 60, 60):
            night.clock.forward(minutes=minutes)
            night.sonda.round()
        now = night.now(payment)
        assert (now.state, now.review, now.next_ask_at) == (State.APPROVED, Review.NOT_OURS, None)
        assert night.core.received == []
        assert night.journal.unresolved() == [now]


class TestLostCreation:
    @pytest.fixture
    def lost(self, night: Night) -> Payment:
        night.gateway.creation = UnknownIfCreated(ErrorKind.NO_ANSWER)
        return night.pending()

    def test_where_nothing_can_be_looked_up_staff_are_told_after_two_days(
        self, night: Night, lost: Payment
    ) -> None:
        for _ in range(47):
            night.clock.forward(hours=1)
            night.sonda.round()
        assert night.now(lost).review is None
        night.clock.forward(hours=2)
        night.sonda.round()
        now = night.now(lost)
        assert (now.state, now.review, now.next_ask_at) == (State.PENDING, Review.LOST_CREATION, None)
        assert night.gateway.asked == []
        assert len(night.gateway.charges) == 1, "never created again"

    def test_where_it_can_be_looked_up_it_is_asked_on(self, night: Night, lost: Payment) -> None:
        night.gateway.abilities = ZONAPAGOS_LIKE
        night.gateway.answers = [NoVerdict(ErrorKind.NO_ANSWER)]
        night.clock.forward(hours=49)
        night.sonda.round()
        assert night.now(lost).review is Review.LOST_CREATION
        night.gateway.answers = [APPROVED]
        night.clock.forward(hours=1)
        night.sonda.round()
        assert night.now(lost).state is State.POSTED, "late, but the member's money"

    def test_found_absent_it_ends(self, night: Night, lost: Payment) -> None:
        night.gateway.abilities = ZONAPAGOS_LIKE
        night.gateway.answers = [NoVerdict(ErrorKind.UNKNOWN_PAYMENT)]
        night.clock.forward(minutes=7)
        night.sonda.round()
        assert night.now(lost).state is State.FAILED


class TestAfterAStart:
    def prepared(self, night: Night, *events: Event, next_ask_at: datetime | None = None) -> Payment:
        payment = night.journal.prepare(order(), PAYER, terminal="PAM01", gateway="scripted", now=MORNING)
        for happened in events:
            payment = night.journal.record(payment, happened, now=MORNING)
        if next_ask_at:
            payment = night.journal.note_ask(payment, now=MORNING, next_ask_at=next_ask_at)
        return payment

    @pytest.mark.parametrize(
        ("events", "minutes", "state"),
        [
            ([], 0, State.FAILED),
            ([Event.SENT], 0, State.PENDING),
            ([Event.SENT, Event.OPENED], 6, State.AT_BANK),
            ([Event.SENT, Event.OPENED], 7, State.PENDING),
            ([Event.SENT, Event.LEFT], 60, State.PENDING),
            ([Event.SENT, Event.SEEN_OK], 60, State.APPROVED),
        ],
    )
    def test_what_was_going_on_is_picked_up(
        self, night: Night, events: list[Event], minutes: int, state: State
    ) -> None:
        payment = self.prepared(night, *events)
        night.clock.forward(minutes=minutes)
        assert [done.state for done in night.sonda.recover(night.clock())] == [state]
        assert night.now(payment).review is None
        assert night.gateway.asked == [], "it only tidies up; the round asks"

    def test_what_has_ended_is_left_alone(self, night: Night) -> None:
        payment = self.prepared(night, Event.SENT, Event.SEEN_FAILED, Event.SEEN_OK)
        assert night.sonda.recover(night.clock()) == []
        assert night.now(payment) == payment

    def test_an_approved_payment_is_posted_when_whoever_was_at_it_must_be_gone(self, night: Night) -> None:
        """It may be the other sonda's, which did not end; the gateway must say it to this one, too."""
        night.gateway.abilities = ZONAPAGOS_LIKE
        payment = self.prepared(night, Event.SENT, Event.SEEN_OK, next_ask_at=MORNING + POSTING_LEASE)
        night.clock.forward(seconds=1)
        night.sonda.recover(night.clock())
        assert night.sonda.round() == []
        night.clock.forward(minutes=6)
        night.gateway.answers = [APPROVED]
        night.sonda.round()
        assert night.now(payment).state is State.POSTED

    def test_a_next_time_written_by_a_wrong_clock_is_mended(self, night: Night) -> None:
        payment = self.prepared(night, Event.SENT, Event.LEFT, next_ask_at=MORNING + timedelta(days=3650))
        night.sonda.recover(night.clock())
        night.sonda.round()
        assert len(night.gateway.asked) == 0, "there is no id to ask by"
        assert night.minutes_to_next(payment) == pytest.approx(12)

    def test_one_that_the_core_did_not_apply_is_put_right_within_the_hour(self, night: Night) -> None:
        payment = self.prepared(night, Event.SENT, Event.SEEN_OK, next_ask_at=MORNING + timedelta(days=3650))
        night.journal.flag(night.now(payment), Review.NOT_APPLIED, now=night.clock())
        night.sonda.recover(night.clock())
        night.sonda.round()
        assert night.minutes_to_next(payment) == pytest.approx(60)

    def test_a_request_whose_answer_never_came_is_left_by_the_round_too(self, night: Night) -> None:
        payment = self.prepared(night, Event.SENT, next_ask_at=MORNING)
        night.sonda.round()
        assert night.now(payment).state is State.PENDING


class TestTwoAtOnce:
    def test_two_sondas_on_one_journal_post_each_payment_once(self, night: Night) -> None:
        payments = [night.pending(f"OB-{number}") for number in range(6)]
        night.gateway.answers = [APPROVED]
        night.clock.forward(minutes=7)
        other = night_at(night.path, night.gateway, night.core, night.clock)
        results = together(night.sonda.round, other.sonda.round, night.sonda.round, other.sonda.round)
        other.journal.close()
        assert all(isinstance(result, list) for result in results), results
        assert sorted(p.payment_id for p in night.core.received) == sorted(p.payment_id for p in payments)
        assert {night.now(payment).state for payment in payments} == {State.POSTED}

    # A power cut: the other sides live in files and go on; the kiosk's process ends where it stands.

    def test_one_that_was_overtaken_goes_on_with_what_the_journal_says(self, night: Night) -> None:
        payment = night.pending()
        night.gateway.answers = [PENDING]

        ask = night.checkout.ask

        def overtaken(before: Payment) -> Payment:
            seen = ask(before)
            night.journal.note_ask(seen, now=night.clock(), next_ask_at=night.clock() + timedelta(hours=1))
            return seen

        night.checkout.ask = overtaken  # type: ignore[method-assign]
        (asked,) = night.sonda.ask_now([payment])

        assert asked == night.now(payment)
        assert night.minutes_to_next(payment) == 60


class Bank(ScriptedGateway):
    """Remembers in a file what was created, and approves it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(abilities=ZONAPAGOS_LIKE)
        self.file = folder / "bank.json"

    def create(self, charge: Charge) -> Creation:
        assert not self.file.exists(), "created twice"
        self.meanwhile()
        self.file.write_text(json.dumps({"reference": charge.reference, "amount": charge.amount.wire()}))
        return Created("900123", "https://pse.example/session/900123")

    def query(self, gateway_id: str, expected: Expected) -> Answer:
        assert gateway_id == "900123"
        return self.find(expected)

    def find(self, expected: Expected) -> Answer:
        if not self.file.exists():
            return NoVerdict(ErrorKind.UNKNOWN_PAYMENT)
        known = json.loads(self.file.read_text())
        assert known == {"reference": expected.reference, "amount": expected.amount.wire()}
        return APPROVED


class Core(ScriptedCore):
    """Remembers in a file what was put, line by line."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.file = folder / "core.txt"

    def post(self, payment: Payment) -> Posting:
        told = (
            payment.payment_id,
            payment.reference,
            payment.cus,
            str(payment.decided_at),
            payment.total.wire(),
        )
        with self.file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(told) + "\n")
        self.meanwhile()
        return POSTED

    def puts(self) -> list[str]:
        return self.file.read_text(encoding="utf-8").splitlines() if self.file.exists() else []


def power_cut() -> None:
    os._exit(86)


def pay_until_the_lights_go_out(folder: Path, where: str) -> None:
    bank, core = Bank(folder), Core(folder)
    if where.startswith("commit "):
        left = [int(where.removeprefix("commit "))]

        @event.listens_for(Engine, "commit")
        def count(_connection: object) -> None:
            left[0] -= 1
            if left[0] == 0:
                power_cut()

    elif where == "while creating":
        bank.meanwhile = power_cut
    elif where == "while posting":
        core.meanwhile = power_cut
    night = night_at(folder / "journal.sqlite", bank, core, Clock())
    night.checkout.ask(night.checkout.start(order(), MEMBER, HOLDER))
    night.journal.close()


@pytest.mark.parametrize(
    ("where", "left_behind"),
    [
        ("commit 1", None),
        ("commit 2", State.PREPARED),
        ("while creating", State.REQUESTED),
        ("commit 3", State.REQUESTED),
        ("commit 4", State.AT_BANK),
        ("while posting", State.APPROVED),
        ("commit 5", State.APPROVED),
        ("nowhere", State.POSTED),
    ],
)
def test_a_power_cut_between_any_two_steps(tmp_path: Path, where: str, left_behind: State | None) -> None:
    Journal.open(tmp_path / "journal.sqlite").close()
    process = multiprocessing.get_context("spawn").Process(
        target=pay_until_the_lights_go_out, args=(tmp_path, where)
    )
    process.start()
    process.join()
    assert process.exitcode == (0 if where == "nowhere" else 86)

    bank, core, clock = Bank(tmp_path), Core(tmp_path), Clock(MORNING + timedelta(minutes=2))
    night = night_at(tmp_path / "journal.sqlite", bank, core, clock)
    found = night.journal.find()
    assert [payment.state for payment in found] == ([left_behind] if left_behind else [])
    for _ in range(3):
        night.sonda.recover(clock())
        night.sonda.round()
        clock.forward(minutes=15)
    ended = night.journal.find()
    assert all(payment.state is (State.POSTED if bank.file.exists() else State.FAILED) for payment in ended)
    assert len(set(core.puts())) == len(core.puts()[:1]) == int(bank.file.exists())
    assert [payment.review for payment in ended] == [None] * len(ended)
    assert night.journal.faults() == []
    assert night.journal.prepare(order(), PAYER, terminal="PAM01", gateway="scripted", now=clock())
    night.journal.close()
