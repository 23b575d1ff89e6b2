"""The payment's life through journal and checkout: any answers in any order, restarts in between.

`test_payment_life.py` holds the table itself; here the parts that live by it are driven together and
what they wrote is read back: the entries of the book, the obligations held, what the core was given.
"""

from __future__ import annotations

import shutil
import tempfile
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from counterparts import HOLDER, MEMBER, ZONAPAGOS_LIKE, Clock, ScriptedCore, ScriptedGateway, order
from effort import examples
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from kiosk.cooperative.money import Money
from kiosk.cooperative.payment import CREDITED, FINAL, Event, Payment, Review, State, after
from kiosk.cooperative.standing import holds
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
    Answer,
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
from kiosk.teller.sonda import Sonda
from kiosk.teller.terminal import TerminalFacts, Timings

TERMINAL = TerminalFacts("PAM01", "Cooperativa Solidarios", "190.0.2.15", "Kiosk/1", session_minutes=15)
OWED = Money.of(185000)

CREATIONS: list[Creation] = [
    Created("900123", "https://pse.example/session/900123"),
    Created("900123", None),
    NotCreated(ErrorKind.LIMIT),
    UnknownIfCreated(ErrorKind.NO_ANSWER),
    ExistsAlready(),
]
ANSWERS: list[Answer] = [
    *(Verdict(status) for status in Status),
    Verdict(Status.APPROVED, cus="55501", approved_amount=OWED),
    Verdict(Status.APPROVED, approved_amount=Money.of(5)),
    Verdict(Status.REJECTED, technical=True),
    *(NoVerdict(kind) for kind in ErrorKind),
    NoVerdict(ErrorKind.SERVER, retry_after=60),
    Conflict(ErrorKind.AMOUNT_MISMATCH),
    Conflict(ErrorKind.TWO_APPROVALS),
]
POSTINGS = [
    *(Posting(status, "R-1") for status in PostingStatus),
    CoreUnreachable("no answer"),
    CoreUnreachable("503", retry_after=60),
    CoreMisconfigured("401"),
    PostingConflict("payment-conflict"),
    PostingRefused("validation-failed"),
]


@cache
def empty_journal() -> Path:
    """A journal made once: each example starts from a copy."""
    path = Path(tempfile.mkdtemp(prefix="kiosk-life-")) / "journal.sqlite"
    Journal.open(path).close()
    return path


class Life(RuleBasedStateMachine):
    """Payments of three obligations, one live payment each at most."""

    started = Bundle("started")

    @initialize()
    def open(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="kiosk-life-"))
        shutil.copy(empty_journal(), self.folder / "journal.sqlite")
        self.clock, self.gateway, self.core = Clock(), ScriptedGateway(), ScriptedCore()
        self.gateway.abilities = ZONAPAGOS_LIKE
        self.approved: set[str] = set()
        self.seen: dict[str, Payment] = {}
        self.boot()

    def boot(self) -> None:
        self.journal = Journal.open(self.folder / "journal.sqlite")
        self.checkout = Checkout(
            self.journal, self.gateway, self.core, self.clock, TERMINAL, Timings(), self.clock.steady
        )  # type: ignore[arg-type]
        self.sonda = Sonda(self.checkout, self.journal, self.clock, Timings())

    def answer(self, answer: Answer, posting: object) -> None:
        self.gateway.answers, self.core.answers = [answer], [posting]  # type: ignore[list-item]

    def hear(self, answer: Answer, *payments: Payment) -> None:
        """The gateway's own word that this much money is ours."""
        if (
            isinstance(answer, Verdict)
            and answer.status is Status.APPROVED
            and answer.approved_amount in (None, OWED)
        ):
            self.approved |= {payment.payment_id for payment in payments}

    # -- what can happen ------------------------------------------------------------------------

    @rule(target=started, number=st.integers(0, 2), creation=st.sampled_from(CREATIONS))
    def start(self, number: int, creation: Creation) -> str:
        self.gateway.creation = creation
        lines = order(f"OB-{number}")
        holders = [
            each
            for each in self.journal.unresolved()
            if each.order.obligation_ids == lines.obligation_ids and holds(each.state, each.review)
        ]
        if not holders:
            return self.checkout.start(lines, MEMBER, HOLDER).payment_id
        with pytest.raises(ObligationHeld) as refused:
            self.checkout.start(lines, MEMBER, HOLDER)
        assert refused.value.payment.payment_id in [each.payment_id for each in holders]
        return refused.value.payment.payment_id

    @rule(payment_id=started, answer=st.sampled_from(ANSWERS), posting=st.sampled_from(POSTINGS))
    def ask(self, payment_id: str, answer: Answer, posting: object) -> None:
        self.answer(answer, posting)
        payment = self.journal.get(payment_id)
        asked = len(self.gateway.asked)
        self.checkout.ask(payment)
        if len(self.gateway.asked) > asked:
            self.hear(answer, payment)

    @rule(payment_id=started, posting=st.sampled_from(POSTINGS))
    def post(self, payment_id: str, posting: object) -> None:
        self.core.answers = [posting]  # type: ignore[list-item]
        payment, asked = self.journal.get(payment_id), len(self.gateway.asked)
        self.checkout.post(payment)
        if len(self.gateway.asked) > asked and self.gateway.answers:
            self.hear(self.gateway.answers[0], payment)  # type: ignore[arg-type]

    @rule(payment_id=started)
    def leave(self, payment_id: str) -> None:
        self.checkout.left(self.journal.get(payment_id))

    @rule(payment_id=consumes(started))
    def forget(self, payment_id: str) -> None:
        """Nobody at the terminal looks at it any more."""

    @rule(answer=st.sampled_from(ANSWERS), posting=st.sampled_from(POSTINGS))
    def round(self, answer: Answer, posting: object) -> None:
        self.answer(answer, posting)
        self.hear(answer, *self.live())
        self.sonda.round()

    @rule(minutes=st.sampled_from([0.5, 3, 15, 61, 3000]))
    def time_passes(self, minutes: float) -> None:
        self.clock.forward(minutes=minutes)

    @rule()
    def power_cut(self) -> None:
        self.journal.close()
        self.boot()
        self.sonda.recover(self.clock())

    # -- what holds at any time -----------------------------------------------------------------

    def live(self) -> list[Payment]:
        return [payment for payment in self.journal.unresolved() if payment.live]

    @invariant()
    def nothing_ended_moves_again(self) -> None:
        for payment in self.journal.find():
            before = self.seen.get(payment.payment_id)
            self.seen[payment.payment_id] = payment
            if before is None:
                continue
            assert payment.version >= before.version
            assert before.state not in FINAL or payment.state is before.state
            passing = (
                Review.STILL_PENDING,
                Review.OTHER_ACCOUNT,
                Review.NOT_POSTED,
                Review.LOST_CREATION,
            )
            kept = payment.review or before.review in passing
            assert not before.review or kept, "a flag goes by staff's verdict, or by the answer it waits for"
            if before.state in CREDITED:
                told = ("cus", "bank", "decided_at", "gateway_id", "order", "payer")
                assert [getattr(payment, name) for name in told] == [getattr(before, name) for name in told]

    @invariant()
    def nothing_is_paid_without_the_gateways_word(self) -> None:
        for payment in self.journal.find():
            assert payment.state not in CREDITED or payment.payment_id in self.approved
        assert {payment.payment_id for payment in self.core.received} <= self.approved

    @invariant()
    def every_repetition_tells_the_core_the_same(self) -> None:
        told = {
            (each.payment_id, each.reference, each.gateway_id, each.cus, each.bank, each.decided_at)
            for each in self.core.received
        }
        assert len(told) == len({each.payment_id for each in self.core.received})

    @invariant()
    def what_staff_must_decide_is_not_posted(self) -> None:
        for payment in self.journal.find():
            if payment.review in (Review.NOT_OURS, Review.CONTRADICTION) and payment.state is State.APPROVED:
                assert payment.payment_id not in {each.payment_id for each in self.core.received} or (
                    self.flagged_after_approval(payment)
                )

    def flagged_after_approval(self, payment: Payment) -> bool:
        words = [entry.event for entry in self.journal.events(payment.payment_id)]
        return Event.SEEN_OK in words and "flagged" in words[words.index(Event.SEEN_OK) :]

    def teardown(self) -> None:
        if not hasattr(self, "journal"):
            return
        for payment in self.journal.find():
            self.check_entries(payment)
        assert self.journal.faults() == []
        self.journal.close()
        shutil.rmtree(self.folder)

    def check_entries(self, payment: Payment) -> None:
        """The book tells the whole life, each step where the table says that it leads."""
        entries = self.journal.events(payment.payment_id)
        assert entries[0].event == "prepared"
        assert entries[-1].after is payment.state
        assert payment.version == len(entries) - 1
        for one, next_one in pairwise(entries):
            assert next_one.before is one.after
            if next_one.event in ("flagged", "paid_twice"):
                assert next_one.after is one.after
            else:
                assert next_one.after is after(one.after, Event(next_one.event)).state


TestLife = Life.TestCase
TestLife.pytestmark = [pytest.mark.longer]
TestLife.settings = settings(
    max_examples=examples(25, 100),
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
