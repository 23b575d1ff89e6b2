"""One payment through gateway and core: what is written when, and what is believed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from counterparts import (
    HOLDER,
    MEMBER,
    MORNING,
    POSTED,
    ZONAPAGOS_LIKE,
    Clock,
    ScriptedCore,
    ScriptedGateway,
    order,
    together,
)

from kiosk.cooperative.money import Money
from kiosk.cooperative.payment import CANCELLED, CREDITED, Event, Payment, Review, State
from kiosk.journal.errors import ObligationHeld
from kiosk.journal.journal import Journal
from kiosk.member_core.connector import (
    CoreMisconfigured,
    CoreUnreachable,
    Posting,
    PostingConflict,
    PostingRefused,
    PostingStatus,
)
from kiosk.pse.gateway import (
    Abilities,
    Answer,
    Bank,
    Conflict,
    Created,
    Creation,
    ErrorKind,
    ExistsAlready,
    NotCreated,
    NoVerdict,
    Status,
    UnknownIfCreated,
    Verdict,
)
from kiosk.teller.checkout import Checkout
from kiosk.teller.terminal import TerminalFacts, Timings, description

APPROVED = Verdict(Status.APPROVED, cus="55501", bank="BANCO UNO", decided_at=MORNING + timedelta(minutes=3))
PENDING = Verdict(Status.PENDING)
REJECTED = Verdict(Status.REJECTED, cause="Fondos insuficientes")
TERMINAL = TerminalFacts("PAM01", "Cooperativa Solidarios", "190.0.2.15", "Kiosk/1", session_minutes=15)
CANCELS = replace(ZONAPAGOS_LIKE, cancels=True)


@dataclass
class Counter:
    """A checkout and everything around it."""

    path: Path
    journal: Journal
    gateway: ScriptedGateway
    core: ScriptedCore
    clock: Clock
    checkout: Checkout

    def start(self, *obligations: str) -> Payment:
        return self.checkout.start(order(*obligations), MEMBER, HOLDER)

    def approved(self) -> Payment:
        """One that the core does not have yet, because it was away."""
        self.gateway.answers = [APPROVED]
        answers, self.core.answers = self.core.answers, [CoreUnreachable("no answer")]
        payment = self.checkout.ask(self.start())
        self.core.answers = answers
        assert payment.state is State.APPROVED
        self.core.received.clear()
        return payment

    def words(self, payment: Payment) -> list[str]:
        return [entry.event for entry in self.journal.events(payment.payment_id)]


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    path = tmp_path / "journal.sqlite"
    journal, gateway, core, clock = Journal.open(path), ScriptedGateway(), ScriptedCore(), Clock()
    checkout = Checkout(journal, gateway, core, clock, TERMINAL, Timings(), clock.steady)
    yield Counter(path, journal, gateway, core, clock, checkout)
    assert journal.faults() == []
    journal.close()


def on_disk(path: Path) -> list[tuple[str, str | None]]:
    """State and gateway id of every payment, as another program reads them from the file."""
    connection = sqlite3.connect(path)
    try:
        return connection.execute("SELECT state, gateway_id FROM payments").fetchall()
    finally:
        connection.close()


class TestStarting:
    def test_the_intent_is_on_disk_before_the_gateway_hears_of_it(self, counter: Counter) -> None:
        seen: list[list[tuple[str, str | None]]] = []
        counter.gateway.meanwhile = lambda: seen.append(on_disk(counter.path))
        payment = counter.start()
        assert seen == [[("REQUESTED", None)]]
        assert on_disk(counter.path) == [("AT_BANK", "900123")]
        assert payment.redirect_url == "https://pse.example/session/900123"
        assert payment.next_ask_at == MORNING + timedelta(minutes=7)
        assert counter.words(payment) == ["prepared", "sent", "opened"]

    def test_what_the_gateway_is_asked(self, counter: Counter) -> None:
        payment = counter.start("OB-1", "OB-2")
        (charge,) = counter.gateway.charges
        assert charge.reference == payment.reference
        assert charge.amount == Money.of(370000)
        assert charge.description == "2 obligaciones Cooperativa Sol"
        assert charge.holder == HOLDER
        assert charge.expires_at == MORNING + timedelta(minutes=15)
        assert (charge.ip_address, charge.user_agent) == ("190.0.2.15", "Kiosk/1")

    @pytest.mark.parametrize(
        ("creation", "state", "cause"),
        [
            (NotCreated(ErrorKind.NOT_SENT), State.FAILED, "not_sent"),
            (NotCreated(ErrorKind.LIMIT), State.FAILED, "limit"),
            (UnknownIfCreated(ErrorKind.NO_ANSWER), State.PENDING, None),
            (UnknownIfCreated(ErrorKind.GARBAGE), State.PENDING, None),
            (ExistsAlready(), State.FAILED, "duplicate_reference"),
        ],
    )
    def test_when_it_could_not_be_opened(
        self, counter: Counter, creation: Creation, state: State, cause: str | None
    ) -> None:
        counter.gateway.creation = creation
        payment = counter.start()
        assert (payment.state, payment.error) == (state, cause)
        if state is State.PENDING:
            assert payment.next_ask_at == MORNING + timedelta(minutes=7)
            with pytest.raises(ObligationHeld):
                counter.start()
        else:
            counter.gateway.creation = Created("900124", "https://pse.example/session/900124")
            assert counter.start().state is State.AT_BANK, "certainly nothing there: may try again"

    def test_a_second_payment_of_the_same_never_reaches_the_gateway(self, counter: Counter) -> None:
        first = counter.start("OB-1", "OB-2")
        with pytest.raises(ObligationHeld) as caught:
            counter.start("OB-2")
        assert caught.value.payment == first
        assert len(counter.gateway.charges) == 1

    @pytest.mark.parametrize(
        ("creation", "state", "review"),
        [
            (Created("900123", "https://pse.example/1"), State.PENDING, None),
            (NotCreated(ErrorKind.INVALID_REQUEST), State.FAILED, None),
            (UnknownIfCreated(ErrorKind.NO_ANSWER), State.PENDING, None),
        ],
    )
    def test_an_answer_to_a_creation_that_was_given_up_is_not_lost(
        self, counter: Counter, creation: Creation, state: State, review: Review | None
    ) -> None:
        def give_up() -> None:
            (payment,) = counter.journal.unresolved()
            counter.checkout.left(payment)

        counter.gateway.creation, counter.gateway.meanwhile = creation, give_up
        payment = counter.start()
        assert (payment.state, payment.review) == (state, review)
        assert payment.gateway_id == (creation.gateway_id if isinstance(creation, Created) else None)

    def test_the_disk_knows_nobodys_document_mail_or_mobile(self, counter: Counter) -> None:
        counter.gateway.answers = [APPROVED]
        counter.checkout.ask(counter.start())
        counter.journal.close()
        stored = b"".join(file.read_bytes() for file in counter.path.parent.iterdir())
        assert b"6789" in stored
        for secret in (HOLDER.document.number, HOLDER.email, HOLDER.mobile):
            assert secret.encode() not in stored


@pytest.mark.parametrize(
    ("name", "merchant", "expected"),
    [
        ("Crédito de libre inversión", "x", "Credito de libre inversion"),
        ('Aportes | "sociales" <ñ>', "x", "Aportes sociales n"),
        ("Fondo vida servicio funerario y exequial", "x", "Fondo vida servicio funerario"),
        ("漢字", "x", "Pago"),
    ],
)
def test_the_description_is_plain_and_short(name: str, merchant: str, expected: str) -> None:
    lines = order("OB-1").lines
    one = replace(order("OB-1"), lines=(replace(lines[0], name=name),))
    assert description(one, merchant) == expected


class TestAsking:
    def test_an_approval_is_written_and_posted(self, counter: Counter) -> None:
        payment = counter.start()
        counter.gateway.answers = [PENDING, APPROVED]
        waiting = counter.checkout.ask(payment)
        assert waiting == payment
        done = counter.checkout.ask(waiting)
        assert (done.state, done.cus, done.bank, done.core_receipt) == (
            State.POSTED,
            "55501",
            "BANCO UNO",
            "R-1001",
        )
        assert done.decided_at == APPROVED.decided_at
        assert counter.words(done) == ["prepared", "sent", "opened", "seen_ok", "applied"]
        (posted,) = counter.core.received
        assert (posted.state, posted.cus, posted.gateway_id) == (State.APPROVED, "55501", "900123")
        assert counter.gateway.asked[0][0] == "900123"
        assert counter.gateway.asked[0][1].amount == payment.total

    def test_the_approval_is_on_disk_before_the_core_hears_of_it(self, counter: Counter) -> None:
        seen: list[list[tuple[str, str | None]]] = []
        counter.core.meanwhile = lambda: seen.append(on_disk(counter.path))
        counter.gateway.answers = [APPROVED]
        counter.checkout.ask(counter.start())
        assert seen == [[("APPROVED", "900123")]]

    @pytest.mark.parametrize(
        ("verdict", "state"),
        [
            (REJECTED, State.DECLINED),
            (Verdict(Status.CANCELLED), State.DECLINED),
            (Verdict(Status.REJECTED, technical=True), State.FAILED),
            (Verdict(Status.EXPIRED), State.FAILED),
            (Verdict(Status.FAILED), State.FAILED),
        ],
    )
    def test_a_refusal_ends_it_and_frees_the_obligation(
        self, counter: Counter, verdict: Verdict, state: State
    ) -> None:
        counter.gateway.answers = [verdict]
        payment = counter.checkout.ask(counter.start())
        assert (payment.state, payment.cause, payment.decided_at) == (state, verdict.cause, MORNING)
        assert counter.core.received == []
        assert counter.start().state is State.AT_BANK

    @pytest.mark.parametrize("kind", list(ErrorKind))
    def test_no_verdict_changes_nothing(self, counter: Counter, kind: ErrorKind) -> None:
        counter.gateway.answers = [NoVerdict(kind)]
        at_bank = counter.start()
        assert counter.checkout.ask(at_bank) == at_bank
        pending = counter.checkout.left(at_bank)
        assert counter.checkout.ask(pending) == pending
        assert counter.words(pending) == ["prepared", "sent", "opened", "left"]

    def test_a_pause_that_the_gateway_asks_for_is_kept(self, counter: Counter) -> None:
        payment = counter.start()
        counter.gateway.answers = [NoVerdict(ErrorKind.SERVER, retry_after=60)]
        assert counter.checkout.ask(payment).next_ask_at == payment.next_ask_at, "due later anyway"
        counter.gateway.answers = [NoVerdict(ErrorKind.SERVER, retry_after=3600)]
        counter.clock.forward(seconds=59)
        assert counter.checkout.ask(payment) == payment
        assert len(counter.gateway.asked) == 1, "not even for the member in front of the screen"
        counter.clock.forward(seconds=1)
        assert counter.checkout.ask(payment).next_ask_at == MORNING + timedelta(minutes=61)

    def test_a_pause_of_days_is_a_slip(self, counter: Counter) -> None:
        counter.gateway.answers = [NoVerdict(ErrorKind.SERVER, retry_after=999_999)]
        assert counter.checkout.ask(counter.start()).next_ask_at == MORNING + timedelta(hours=2)

    def test_a_tracking_code_is_kept_as_soon_as_it_is_known(self, counter: Counter) -> None:
        counter.gateway.answers = [Verdict(Status.PENDING, cus="55501", bank="BANCO UNO")]
        payment = counter.checkout.ask(counter.checkout.left(counter.start()))
        assert (payment.state, payment.cus, payment.bank) == (State.PENDING, "55501", "BANCO UNO")
        assert counter.checkout.ask(payment) == payment

    @pytest.mark.parametrize(
        ("answer", "review"),
        [
            (Conflict(ErrorKind.AMOUNT_MISMATCH, "18500"), Review.NOT_OURS),
            (Conflict(ErrorKind.CURRENCY_MISMATCH), Review.NOT_OURS),
            (Conflict(ErrorKind.REFERENCE_MISMATCH), Review.NOT_OURS),
            (Conflict(ErrorKind.TWO_APPROVALS), Review.CONTRADICTION),
            (Verdict(Status.PARTIAL, approved_amount=Money.of(5)), Review.NOT_OURS),
            (Verdict(Status.REVERSED), Review.REVERSED),
            (Verdict(Status.APPROVED, cus="55501", approved_amount=Money.of(184999)), Review.NOT_OURS),
        ],
    )
    def test_what_does_not_fit_goes_to_staff_and_is_never_posted(
        self, counter: Counter, answer: Answer, review: Review
    ) -> None:
        counter.gateway.answers = [answer]
        payment = counter.checkout.ask(counter.checkout.ask(counter.start()))
        assert (payment.state, payment.review) == (State.AT_BANK, review)
        assert counter.words(payment) == ["prepared", "sent", "opened", "flagged"]
        counter.gateway.answers = [APPROVED]
        payment = counter.checkout.ask(payment)
        assert (payment.state, payment.review) == (State.APPROVED, review)
        assert counter.checkout.post(payment) == payment
        assert counter.core.received == []

    def test_an_approval_after_a_refusal_is_flagged_with_its_tracking_code(self, counter: Counter) -> None:
        counter.gateway.answers = [REJECTED, APPROVED]
        payment = counter.checkout.ask(counter.start())
        late = counter.checkout.ask(payment)
        assert (late.state, late.review, late.cus) == (State.DECLINED, Review.LATE_APPROVAL, "55501")
        assert counter.core.received == []
        for _ in range(3):
            late = counter.checkout.ask(late)
        assert counter.words(late) == ["prepared", "sent", "opened", "seen_not_authorised", "seen_ok"]

    def test_a_payment_of_another_driver_is_not_asked_about(self, counter: Counter) -> None:
        payment = replace(counter.start(), account="another@gateway.invalid#1")
        assert counter.checkout.ask(payment) == payment
        assert counter.gateway.asked == []


class TestAttemptOver:
    """The bank refused, but the gateway still lets the payer try again: close it, then believe the query."""

    OVER = Verdict(Status.PENDING, cus="55501", cause="Fondos insuficientes", attempt_over=True)

    def test_it_is_cancelled_and_the_refusal_becomes_final(self, counter: Counter) -> None:
        counter.gateway.abilities = CANCELS
        counter.gateway.answers = [self.OVER, Verdict(Status.CANCELLED, cause="MC")]
        payment = counter.checkout.ask(counter.start())
        assert counter.gateway.cancelled == ["900123"]
        assert (payment.state, payment.cause, payment.cus) == (
            State.DECLINED,
            "Fondos insuficientes",
            "55501",
        )

    def test_a_technical_failure_stays_one(self, counter: Counter) -> None:
        counter.gateway.abilities = CANCELS
        counter.gateway.answers = [replace(self.OVER, technical=True), Verdict(Status.CANCELLED)]
        assert counter.checkout.ask(counter.start()).state is State.FAILED

    def test_an_approval_in_between_wins(self, counter: Counter) -> None:
        counter.gateway.abilities = CANCELS
        counter.gateway.answers = [self.OVER, APPROVED]
        assert counter.checkout.ask(counter.start()).state is State.POSTED

    @pytest.mark.parametrize("second", [NoVerdict(ErrorKind.NO_ANSWER), PENDING])
    def test_without_a_final_word_it_stays_open(self, counter: Counter, second: Answer) -> None:
        counter.gateway.abilities = CANCELS
        counter.gateway.answers = [self.OVER, second]
        assert counter.checkout.ask(counter.start()).state is State.AT_BANK

    def test_a_gateway_that_can_not_cancel_is_not_asked_to(self, counter: Counter) -> None:
        counter.gateway.answers = [self.OVER]
        assert counter.checkout.ask(counter.start()).state is State.AT_BANK
        assert len(counter.gateway.asked) == 1


class TestGivenUp:
    """The member left the page for good: it is closed where nobody began to pay, and only there."""

    CREATED = Verdict(Status.CREATED)

    def test_a_page_nobody_began_on_is_closed_and_the_query_decides(self, counter: Counter) -> None:
        counter.gateway.abilities = CANCELS
        counter.gateway.answers = [self.CREATED, Verdict(Status.CANCELLED, cause="MC")]
        payment = counter.checkout.give_up(counter.start())
        assert counter.gateway.cancelled == ["900123"]
        assert (payment.state, payment.error) == (State.DECLINED, CANCELLED)

    @pytest.mark.parametrize("answer", [PENDING, NoVerdict(ErrorKind.NO_ANSWER)])
    def test_a_debit_under_way_or_no_answer_closes_nothing(self, counter: Counter, answer: Answer) -> None:
        counter.gateway.abilities = CANCELS
        counter.gateway.answers = [answer, answer]
        assert counter.checkout.give_up(counter.start()).state is State.PENDING
        assert counter.gateway.cancelled == []

    def test_money_that_moved_meanwhile_is_posted(self, counter: Counter) -> None:
        counter.gateway.abilities = CANCELS
        counter.gateway.answers = [self.CREATED, APPROVED]
        assert counter.checkout.give_up(counter.start()).state is State.POSTED

    def test_a_gateway_that_can_not_close_is_only_asked(self, counter: Counter) -> None:
        counter.gateway.answers = [self.CREATED]
        assert counter.checkout.give_up(counter.start()).state is State.PENDING
        assert counter.gateway.cancelled == []


class TestGatewaysThatSaySoLater:
    def test_without_a_page_it_is_pending_and_can_be_asked_about(self, counter: Counter) -> None:
        counter.gateway.creation = Created("900123", None)
        payment = counter.start()
        assert (payment.state, payment.gateway_id, payment.redirect_url) == (State.PENDING, "900123", None)
        counter.gateway.answers = [APPROVED]
        assert counter.checkout.ask(payment).state is State.POSTED

    def test_the_picked_bank_is_told_and_kept(self, counter: Counter) -> None:
        bank = Bank("1007", "Banco Cordillera")
        payment = counter.checkout.start(order(), MEMBER, HOLDER, bank=bank)
        assert (counter.gateway.charges[0].bank, payment.bank) == (bank, "Banco Cordillera")

    def test_a_page_never_begun_is_given_up_where_the_gateway_never_says_so(self, counter: Counter) -> None:
        counter.gateway.abilities = replace(ZONAPAGOS_LIKE, abandoned_after=timedelta(minutes=30))
        counter.gateway.answers = [Verdict(Status.CREATED)]
        payment = counter.start()
        counter.clock.forward(minutes=29, seconds=59)
        assert counter.checkout.ask(payment).state is State.AT_BANK
        counter.clock.forward(seconds=1)
        over = counter.checkout.ask(payment)
        assert (over.state, over.error) == (State.FAILED, "abandoned")

    def test_a_clock_that_jumps_gives_nothing_up(self, counter: Counter) -> None:
        counter.gateway.abilities = replace(ZONAPAGOS_LIKE, abandoned_after=timedelta(minutes=30))
        counter.gateway.answers = [Verdict(Status.CREATED)]
        payment = counter.start()
        counter.clock.jump(hours=6)
        assert counter.checkout.ask(payment).state is State.AT_BANK, "its page can still be paid"
        counter.clock.forward(minutes=30)
        assert counter.checkout.ask(payment).state is State.FAILED

    def test_what_was_begun_with_a_clock_that_was_behind_is_not_given_up(self, counter: Counter) -> None:
        counter.gateway.abilities = replace(ZONAPAGOS_LIKE, abandoned_after=timedelta(minutes=30))
        counter.gateway.answers = [Verdict(Status.CREATED)]
        counter.clock.jump(hours=-3)
        payment = counter.start()
        counter.clock.jump(hours=3)  # set right while the terminal was off
        restarted = Checkout(
            counter.journal, counter.gateway, counter.core, counter.clock, TERMINAL, Timings(),
            counter.clock.steady,
        )  # fmt: skip
        assert restarted.ask(payment).state is State.AT_BANK
        counter.clock.forward(minutes=30)
        assert restarted.ask(payment).state is State.FAILED

    def test_one_that_waits_at_the_bank_is_not(self, counter: Counter) -> None:
        counter.gateway.abilities = replace(ZONAPAGOS_LIKE, abandoned_after=timedelta(minutes=30))
        counter.gateway.answers = [PENDING]
        payment = counter.start()
        counter.clock.forward(minutes=31)
        assert counter.checkout.ask(payment).state is State.AT_BANK


class TestLostCreation:
    def lost(self, counter: Counter, abilities: Abilities) -> Payment:
        counter.gateway.abilities = abilities
        counter.gateway.creation = UnknownIfCreated(ErrorKind.NO_ANSWER)
        return counter.start()

    def test_it_is_found_by_our_reference(self, counter: Counter) -> None:
        payment = self.lost(counter, ZONAPAGOS_LIKE)
        counter.gateway.answers = [replace(APPROVED, gateway_id="900123")]
        done = counter.checkout.ask(payment)
        assert (done.state, done.core_receipt, done.gateway_id) == (State.POSTED, "R-1001", "900123")
        assert counter.gateway.asked[0][0] == payment.reference

    def test_proved_absence_ends_it(self, counter: Counter) -> None:
        payment = self.lost(counter, ZONAPAGOS_LIKE)
        counter.gateway.answers = [NoVerdict(ErrorKind.UNKNOWN_PAYMENT)]
        # It may still be on its way there.
        counter.clock.forward(seconds=119)
        assert counter.checkout.ask(payment).state is State.PENDING
        counter.clock.forward(seconds=1)
        assert counter.checkout.ask(payment).state is State.FAILED

    def test_a_clock_that_jumps_proves_no_absence(self, counter: Counter) -> None:
        payment = self.lost(counter, ZONAPAGOS_LIKE)
        counter.gateway.answers = [NoVerdict(ErrorKind.UNKNOWN_PAYMENT)]
        counter.clock.jump(hours=6)
        assert counter.checkout.ask(payment).state is State.PENDING

    @pytest.mark.parametrize("kind", [kind for kind in ErrorKind if kind is not ErrorKind.UNKNOWN_PAYMENT])
    def test_no_other_fault_is_proof(self, counter: Counter, kind: ErrorKind) -> None:
        payment = self.lost(counter, ZONAPAGOS_LIKE)
        counter.gateway.answers = [NoVerdict(kind)]
        assert counter.checkout.ask(payment) == payment

    def test_absence_is_no_proof_where_the_gateway_does_not_promise_it(self, counter: Counter) -> None:
        payment = self.lost(counter, replace(ZONAPAGOS_LIKE, absence_proves_unpaid=False))
        counter.gateway.answers = [NoVerdict(ErrorKind.UNKNOWN_PAYMENT)]
        assert counter.checkout.ask(payment) == payment

    def test_an_id_once_given_is_not_unmade_by_unknown(self, counter: Counter) -> None:
        counter.gateway.abilities = ZONAPAGOS_LIKE
        payment = counter.checkout.left(counter.start())
        counter.gateway.answers = [NoVerdict(ErrorKind.UNKNOWN_PAYMENT)]
        assert counter.checkout.ask(payment) == payment

    def test_absence_proves_nothing_while_the_creation_is_under_way(self, counter: Counter) -> None:
        counter.gateway.abilities = ZONAPAGOS_LIKE
        counter.gateway.answers = [NoVerdict(ErrorKind.UNKNOWN_PAYMENT)]
        seen: list[Payment] = []

        def someone_else_asks() -> None:
            counter.gateway.meanwhile = lambda: None
            seen.append(counter.checkout.ask(*counter.journal.unresolved()))

        counter.gateway.meanwhile = someone_else_asks
        payment = counter.start()
        assert (payment.state, payment.review) == (State.AT_BANK, None)
        assert [other.state for other in seen] == [State.REQUESTED]

    def test_a_process_that_slept_after_the_intent_sends_nothing(self, counter: Counter) -> None:
        """Suspended between its first and its second entry; a sonda ended the payment meanwhile."""
        record = counter.journal.record

        def sleep(payment: Payment, event: Event, **more: Any) -> Payment:
            counter.clock.forward(hours=2)
            counter.journal.record = record  # type: ignore[method-assign]
            counter.checkout.left(payment)
            return record(payment, event, **more)

        counter.journal.record = sleep  # type: ignore[method-assign]
        payment = counter.start()
        assert (payment.state, payment.review, counter.gateway.charges) == (State.FAILED, None, [])

    @pytest.mark.parametrize(
        ("passed", "told"), [(31, 31), (31, 0), (0, 31)], ids=["slept", "slept, clock set back", "clock only"]
    )
    def test_a_process_that_slept_before_the_creation_sends_nothing(
        self, counter: Counter, passed: float, told: float
    ) -> None:
        """A suspended machine may show it in one of its clocks only."""
        record = counter.journal.record

        def sleep(payment: Payment, event: Event, **more: Any) -> Payment:
            counter.journal.record = record  # type: ignore[method-assign]
            sent = record(payment, event, **more)
            counter.clock.forward(seconds=passed)
            counter.clock.jump(seconds=told - passed)
            return sent

        counter.journal.record = sleep  # type: ignore[method-assign]
        payment = counter.start()
        assert (payment.state, payment.error, counter.gateway.charges) == (State.FAILED, "not_sent", [])

    def test_one_created_after_its_end_is_staffs(self, counter: Counter) -> None:
        """Suspended on the way to the gateway, where a sonda then found nothing."""
        counter.gateway.abilities = ZONAPAGOS_LIKE
        counter.gateway.answers = [NoVerdict(ErrorKind.UNKNOWN_PAYMENT)]

        def sleep() -> None:
            counter.gateway.meanwhile = lambda: None
            (payment,) = counter.journal.unresolved()
            payment = counter.checkout.left(payment)
            counter.clock.forward(hours=2)
            assert counter.checkout.ask(payment).state is State.FAILED

        counter.gateway.meanwhile = sleep
        payment = counter.start()
        assert (payment.state, payment.review, payment.gateway_id) == (
            State.FAILED,
            Review.UNEXPECTED,
            "900123",
        )

    def test_it_is_never_created_again(self, counter: Counter) -> None:
        payment = self.lost(counter, ZONAPAGOS_LIKE)
        for _ in range(3):
            payment = counter.checkout.ask(payment)
        assert len(counter.gateway.charges) == 1


class TestPosting:
    @pytest.mark.parametrize(
        ("posting", "review"),
        [
            (Posting(PostingStatus.POSTED, "R-1"), None),
            (Posting(PostingStatus.RECEIVED, None), None),
            (Posting(PostingStatus.NEEDS_ATTENTION, "R-2"), Review.NOT_APPLIED),
            (Posting(PostingStatus.REVERSED, None), Review.NOT_APPLIED),
        ],
    )
    def test_the_core_has_it(self, counter: Counter, posting: Posting, review: Review | None) -> None:
        payment = counter.approved()
        counter.core.answers = [posting]
        done = counter.checkout.post(payment)
        assert (done.state, done.core_receipt, done.review) == (State.POSTED, posting.receipt_number, review)
        assert counter.start().state is State.AT_BANK, "the obligation is free again"

    def test_an_approved_payment_is_posted_without_asking_the_gateway_again(self, counter: Counter) -> None:
        payment = counter.approved()
        counter.gateway.asked.clear()
        assert counter.checkout.ask(payment) == payment, "not before it is due"
        counter.clock.forward(seconds=30)
        assert counter.checkout.ask(payment).state is State.POSTED
        assert counter.gateway.asked == []

    @pytest.mark.parametrize(
        ("error", "seconds"),
        [
            (CoreUnreachable("503"), 30),
            (CoreUnreachable("503", retry_after=10), 30),
            (CoreUnreachable("503", retry_after=300), 300),
            (CoreMisconfigured("401"), 30),
        ],
    )
    def test_a_core_that_is_away_is_tried_again(
        self, counter: Counter, error: Exception, seconds: int
    ) -> None:
        payment = counter.approved()
        counter.core.answers = [error]  # type: ignore[list-item]
        counter.clock.forward(minutes=5)
        waiting = counter.checkout.post(payment)
        assert (waiting.state, waiting.review) == (State.APPROVED, None)
        assert waiting.next_ask_at == counter.clock() + timedelta(seconds=seconds)
        with pytest.raises(ObligationHeld):
            counter.start()

    def test_every_repetition_says_the_same(self, counter: Counter) -> None:
        payment = counter.approved()
        counter.core.answers = [CoreUnreachable("no answer"), CoreUnreachable("no answer"), POSTED]
        counter.gateway.answers = [replace(APPROVED, cus="77777", bank="OTRO", decided_at=None)]
        while payment.state is State.APPROVED:
            counter.clock.forward(minutes=1)
            payment = counter.checkout.ask(payment)
        told = {
            (p.payment_id, p.reference, p.cus, p.bank, p.decided_at, p.total) for p in counter.core.received
        }
        assert len(counter.core.received) == 3
        assert len(told) == 1

    def test_a_conflict_is_staffs_and_not_repeated(self, counter: Counter) -> None:
        payment = counter.approved()
        counter.core.answers = [PostingConflict("duplicate-collection")]
        flagged = counter.checkout.post(payment)
        assert (flagged.state, flagged.review) == (State.APPROVED, Review.CORE_CONFLICT)
        counter.clock.forward(days=1)
        assert counter.checkout.ask(flagged) == flagged
        assert len(counter.core.received) == 1

    def test_a_refused_posting_is_flagged_and_tried_again_rarely(self, counter: Counter) -> None:
        payment = counter.approved()
        counter.core.answers = [PostingRefused("validation-failed"), POSTED]
        flagged = counter.checkout.post(payment)
        assert (flagged.state, flagged.review) == (State.APPROVED, Review.NOT_APPLIED)
        assert flagged.next_ask_at == MORNING + timedelta(hours=1)
        assert counter.checkout.post(flagged).state is State.POSTED

    @pytest.mark.parametrize(
        "events",
        [[], [Event.LEFT], [Event.SEEN_NOT_AUTHORISED], [Event.SEEN_FAILED], [Event.LEFT, Event.ABSENT]],
    )
    def test_nothing_but_an_approved_payment_is_posted(self, counter: Counter, events: list[Event]) -> None:
        payment = counter.start()
        for event in events:
            payment = counter.journal.record(payment, event, now=MORNING)
        assert counter.checkout.post(payment) == payment
        assert counter.core.received == []


class TestRaces:
    def test_two_that_see_the_approval_at_once_post_once(self, counter: Counter) -> None:
        payment = counter.start()
        counter.gateway.answers = [APPROVED]
        both = Barrier(2)
        counter.gateway.meanwhile = lambda: both.wait(timeout=30)
        second = Journal.open(counter.path)
        other = Checkout(second, counter.gateway, counter.core, counter.clock, TERMINAL)
        results = together(lambda: counter.checkout.ask(payment), lambda: other.ask(payment))
        second.close()
        assert all(isinstance(result, Payment) and result.state in CREDITED for result in results), results
        assert len(counter.core.received) == 1
        assert counter.journal.get(payment.payment_id).state is State.POSTED

    def test_two_that_post_at_once_post_once(self, counter: Counter) -> None:
        payment = counter.approved()
        second = Journal.open(counter.path)
        other = Checkout(second, counter.gateway, counter.core, counter.clock, TERMINAL)
        results = together(*(lambda by=by: by.post(payment) for by in [counter.checkout, other] * 3))
        second.close()
        assert all(isinstance(result, Payment) and result.state in CREDITED for result in results), results
        assert len(counter.core.received) == 1
        assert counter.journal.get(payment.payment_id).state is State.POSTED

    def test_while_one_is_posting_nobody_else_does(self, counter: Counter) -> None:
        payment = counter.approved()
        counter.clock.forward(minutes=1)
        seen: list[Payment] = []

        def someone_else_looks() -> None:
            counter.core.meanwhile = lambda: None
            seen.append(counter.checkout.ask(counter.journal.get(payment.payment_id)))

        counter.core.meanwhile = someone_else_looks
        assert counter.checkout.ask(payment).state is State.POSTED
        assert [other.state for other in seen] == [State.APPROVED]
        assert len(counter.core.received) == 1

    def test_an_older_answer_does_not_undo_a_newer_one(self, counter: Counter) -> None:
        payment = counter.start()
        counter.gateway.answers = [Verdict(Status.PENDING, cus="55501")]

        def approve() -> None:
            counter.gateway.meanwhile = lambda: None
            counter.journal.record(payment, Event.SEEN_OK, now=MORNING, cus="55502")

        counter.gateway.meanwhile = approve
        now = counter.checkout.ask(payment)
        assert (now.state, now.cus, now.review) == (State.APPROVED, "55502", None)

    def test_leaving_while_the_approval_arrives_loses_nothing(self, counter: Counter) -> None:
        payment = counter.start()
        counter.gateway.answers = [APPROVED]
        done = counter.checkout.ask(payment)
        assert counter.checkout.left(payment) == done
