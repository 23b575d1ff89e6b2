"""Two sondas, a member's page and a journal, with anything going wrong between any two of their steps.

Two workers with a journal object each on one file, a gateway and a core that know what is true, a clock
that moves and is set. Between any two steps of one worker its power may go, the other one may make a
whole round, the member may look, time may pass. Whatever happens: no question while another sonda's
claim on the payment holds, no posting while another's lease does, always the same content to the core,
nothing that was sent fails without proof, and in the end all is posted, over or with staff.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from counterparts import HOLDER, MEMBER, PLACETOPAY_LIKE, POSTED, ZONAPAGOS_LIKE, Clock, order
from effort import examples
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from kiosk.cooperative.payment import CREDITED, Event, Payment, State
from kiosk.journal.errors import ObligationHeld
from kiosk.journal.journal import Journal
from kiosk.member_core.connector import CoreUnreachable, Posting
from kiosk.pse.gateway import (
    Abilities,
    Answer,
    Charge,
    Created,
    Creation,
    ErrorKind,
    Expected,
    NotCreated,
    NoVerdict,
    Status,
    UnknownIfCreated,
    Verdict,
)
from kiosk.teller.checkout import Checkout
from kiosk.teller.leftovers import QUESTION_LEASE
from kiosk.teller.posting import POSTING_LEASE
from kiosk.teller.sonda import Sonda
from kiosk.teller.terminal import TerminalFacts, Timings

TERMINAL = TerminalFacts("PAM01", "Cooperativa Solidarios", "190.0.2.15", "Kiosk/1", session_minutes=15)


class PowerCut(BaseException):
    """A worker ends where it stands."""


@cache
def empty_journal() -> Path:
    """A journal made once: each example starts from a copy."""
    path = Path(tempfile.mkdtemp(prefix="kiosk-two-")) / "journal.sqlite"
    Journal.open(path).close()
    return path


@dataclass
class Session:
    """A payment as the gateway knows it."""

    expected: Expected
    gateway_id: str
    outcome: Status = Status.PENDING


@dataclass
class Held:
    """What a worker has taken upon itself, and until when by a clock that nobody sets."""

    worker: str
    until: float


@dataclass
class World:
    """What is true, whoever knows of it."""

    clock: Clock = field(default_factory=Clock)
    abilities: Abilities = PLACETOPAY_LIKE
    gateway: str = "up"
    core: str = "up"
    sessions: dict[str, Session] = field(default_factory=dict)
    applied: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    put: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    questions: dict[str, list[Held]] = field(default_factory=dict)
    postings: dict[str, list[Held]] = field(default_factory=dict)
    at: Callable[[str], None] = lambda _: None
    """Called between any two steps of a worker."""
    broken: list[str] = field(default_factory=list)
    """What no step may do. A sonda survives what its neighbours raise, so it is kept here."""

    def must(self, holds: bool, what: str) -> None:
        if not holds:
            self.broken.append(what)

    def took(self, held: dict[str, list[Held]], worker: str, payment: Payment, lease: timedelta) -> None:
        held.setdefault(payment.payment_id, []).append(
            Held(worker, self.clock.passed + lease.total_seconds())
        )

    def alone(self, held: dict[str, list[Held]], worker: str, payment_id: str) -> bool:
        return not any(
            each.worker != worker and each.until > self.clock.passed for each in held.get(payment_id, [])
        )

    def let_go(self, held: dict[str, list[Held]], worker: str, payment_id: str) -> None:
        held[payment_id] = [each for each in held.get(payment_id, []) if each.worker != worker]


class Book:
    """A worker's journal: every call is a step, every lease is noted."""

    def __init__(self, journal: Journal, world: World, worker: str) -> None:
        self._journal, self._world, self._worker = journal, world, worker

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._journal, name)

        def step(*args: Any, **more: Any) -> Any:
            now = self._world.clock()  # the caller's: what comes between may set it
            self._world.at(f"{name} before")
            answer = call(*args, **more)
            self._note(name, answer, more, now)
            self._world.at(f"{name} after")
            return answer

        return step

    def _note(self, name: str, answer: Any, more: dict[str, Any], now: datetime) -> None:
        until = more.get("until", more.get("next_ask_at"))
        if until is None:
            return
        left = min(until - self._world.clock(), until - now)
        if name == "claim" and until - now == QUESTION_LEASE:
            self._world.took(self._world.questions, self._worker, answer, left)
        elif name != "claim" and until - now == POSTING_LEASE and answer.state in CREDITED:
            self._world.took(self._world.postings, self._worker, answer, left)
        elif name == "note_ask" and answer.state in CREDITED:  # given back before its time
            self._world.let_go(self._world.postings, self._worker, answer.payment_id)


class TrueGateway:
    """One worker's line to the gateway."""

    name = "scripted"
    account = "scripted@gateway.invalid#1"
    skew = None

    def __init__(self, world: World, worker: str, journal: Journal) -> None:
        self._world, self._worker, self._journal = world, worker, journal

    @property
    def abilities(self) -> Abilities:
        return self._world.abilities

    def create(self, charge: Charge) -> Creation:
        self._world.at("create before")
        if self._world.gateway in ("away", "busy"):
            return NotCreated(ErrorKind.NOT_SENT)
        self._world.must(charge.reference not in self._world.sessions, "created twice")
        made = Session(Expected(charge.reference, charge.amount), f"9{len(self._world.sessions):05}")
        self._world.sessions[charge.reference] = made
        self._world.at("create after")
        if self._world.gateway == "silent":
            return UnknownIfCreated(ErrorKind.NO_ANSWER)
        return Created(made.gateway_id, f"https://pse.example/session/{made.gateway_id}")

    def query(self, gateway_id: str, expected: Expected) -> Answer:
        known = self._world.sessions.get(expected.reference)
        self._world.must(known is not None and known.gateway_id == gateway_id, "asked by a wrong id")
        return self.find(expected)

    def find(self, expected: Expected) -> Answer:
        payment = self._journal.by_reference(expected.reference)
        assert payment
        world, key = self._world, payment.payment_id
        if self._worker != "member":
            # Whoever posts what it did not hear itself asks under the lease of its posting; whoever began its
            # question before somebody else heard the approval has the claim of the question still.
            asking = any(each.worker == self._worker for each in world.questions.get(key, []))
            posts = payment.state is State.APPROVED and not asking
            claims = world.postings if posts else world.questions
            mine = [each for each in claims.get(key, []) if each.worker == self._worker]
            world.must(bool(mine), "asked without a claim")
            world.must(world.alone(claims, self._worker, key), "asked under another's claim")
        world.at("question before")
        answer = self._answer(expected)
        world.at("question after")
        world.let_go(world.questions, self._worker, key)
        return answer

    def _answer(self, expected: Expected) -> Answer:
        if self._world.gateway == "away":
            return NoVerdict(ErrorKind.NOT_SENT)
        if self._world.gateway == "silent":
            return NoVerdict(ErrorKind.NO_ANSWER)
        if self._world.gateway == "busy":
            return NoVerdict(ErrorKind.SERVER, retry_after=600)
        session = self._world.sessions.get(expected.reference)
        if session is None:
            return NoVerdict(ErrorKind.UNKNOWN_PAYMENT)
        self._world.must(session.expected.amount == expected.amount, "asked for another amount")
        paid = session.outcome is Status.APPROVED
        return Verdict(
            session.outcome, cus=f"C{session.gateway_id}" if paid else None, gateway_id=session.gateway_id
        )


class TrueCore:
    """One worker's line to the core."""

    def __init__(self, world: World, worker: str) -> None:
        self._world, self._worker = world, worker

    def posting(self, payment_id: str) -> Posting | None:
        self._world.at("reading back")
        if self._world.core != "up":
            raise CoreUnreachable("no answer", retry_after=900 if self._world.core == "busy" else None)
        return POSTED if payment_id in self._world.applied else None

    def post(self, payment: Payment) -> Posting:
        world, key = self._world, payment.payment_id
        world.must(world.alone(world.postings, self._worker, key), "posted under another's lease")
        if not any(each.worker == self._worker for each in world.postings.get(key, [])):
            world.took(world.postings, self._worker, payment, POSTING_LEASE)
        told = (payment.reference, payment.cus, payment.bank, payment.decided_at, payment.gateway_id,
                payment.order)  # fmt: skip
        world.must(world.put.setdefault(key, told) == told, "put again with other content")
        session = world.sessions[payment.reference]
        world.must(session.outcome is Status.APPROVED, "posted what nobody paid")
        world.at("posting before")
        if world.core != "away":
            world.applied[key] = told
        answers = world.core == "up"
        world.at("posting after")
        world.let_go(world.postings, self._worker, key)
        if answers:
            return POSTED
        raise CoreUnreachable("no answer", retry_after=900 if world.core == "busy" else None)


@dataclass
class Worker:
    """A process: what it holds in memory goes with the power."""

    name: str
    journal: Journal
    world: World

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        book: Any = Book(self.journal, self.world, self.name)
        gateway: Any = TrueGateway(self.world, self.name, self.journal)
        core: Any = TrueCore(self.world, self.name)
        clock, timings = self.world.clock, Timings()
        self.checkout = Checkout(book, gateway, core, clock, TERMINAL, timings, clock.steady)
        self.sonda = Sonda(self.checkout, book, clock, timings)


DIES_AT = {"other asks and dies": "question before", "other posts and dies": "posting before"}
BETWEEN = st.sampled_from(["other", "other", *DIES_AT, "member", "wait", "sleep", "ahead", "behind"])
STEPS = [
    "prepare after 1", "record before 1", "record after 1", "record before 2", "record after 2",
    "create before 1", "create after 1", "unresolved after 1", "due after 1", "due after 2",
    "claim before 1", "claim after 1", "question before 1", "question after 1", "note_ask before 1",
    "note_ask after 1", "posting before 1", "posting after 1", "question before 2", "posting before 2",
]  # fmt: skip
"""Where something may come between, and for the how manieth time."""
PLAN = st.dictionaries(
    st.sampled_from(STEPS), st.just(["crash"]) | st.lists(BETWEEN, min_size=1, max_size=3), max_size=4
)
Plan = dict[str, list[str]]
WORKERS = st.sampled_from(["lane", "process"])


class TwoWorkers(RuleBasedStateMachine):
    """The kiosk's own lane, `kiosk sonda` beside it, and the member's page."""

    @initialize(abilities=st.sampled_from([PLACETOPAY_LIKE, ZONAPAGOS_LIKE]))
    def open(self, abilities: Abilities) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="kiosk-two-"))
        path = self.folder / "journal.sqlite"
        shutil.copy(empty_journal(), path)
        self.world = World(abilities=abilities)
        self.world.at = self.step
        self.steps, self.plan, self.who, self.dies_at = Counter[str](), Plan(), "lane", ""
        self.workers = {name: Worker(name, Journal.open(path), self.world) for name in ("lane", "process")}
        self.member = Worker("member", self.workers["lane"].journal, self.world)

    # -- between two steps ----------------------------------------------------------------------

    def step(self, label: str) -> None:
        if label == self.dies_at:
            self.dies_at = ""
            raise PowerCut
        self.steps[label] += 1
        now_at = f"{label} {self.steps[label]}"
        plan, self.plan, steps = self.plan, {}, self.steps.copy()  # the others go through without a plan
        for action in plan.pop(now_at, []):
            if action == "crash":
                raise PowerCut
            if action == "member":
                self.look()
            elif action.startswith("other"):
                self.other(action)
            else:
                self.pass_time(action)
        self.plan, self.steps = plan, steps

    def other(self, how: str) -> None:
        """The other worker makes a round, or gets as far as its first question or posting."""
        self.dies_at = DIES_AT.get(how, "")
        who = self.who
        (other,) = (worker for name, worker in self.workers.items() if name != who)
        self.who = other.name
        try:
            other.sonda.round()
        except PowerCut:
            other.start()
        finally:
            self.dies_at, self.who = "", who

    def pass_time(self, how: str) -> None:
        if how == "wait":
            self.world.clock.forward(seconds=100)  # a call that takes its time
        elif how == "sleep":
            self.world.clock.forward(hours=1)  # a suspended process
        else:
            self.set_clock(3 if how == "ahead" else -3)

    def look(self) -> None:
        """The member's page, whose own work no claim may hinder."""
        asked = self.world.gateway == "up"
        for payment in self.journal.unresolved():
            if payment.state is State.AT_BANK and payment.live:
                seen = self.member.checkout.ask(payment)
                fresh = not self.member.checkout.gateway_line.asked_to_wait
                truth = self.world.sessions[payment.reference].outcome
                if asked and fresh and truth is Status.APPROVED:
                    assert seen.state in CREDITED, "a claim hid the approval from the member"

    @property
    def journal(self) -> Journal:
        return self.workers["lane"].journal

    def run(self, worker: Worker, plan: Plan, work: Callable[[], object]) -> None:
        self.steps, self.plan, self.who = Counter(), dict(plan), worker.name
        try:
            work()
        except PowerCut:
            worker.start()
        finally:
            self.plan = {}

    # -- what happens -----------------------------------------------------------------------------

    @rule(number=st.integers(0, 3), plan=PLAN)
    def pay(self, number: int, plan: Plan) -> None:
        def start() -> None:
            with suppress(ObligationHeld):
                self.workers["lane"].checkout.start(order(f"OB-{number}"), MEMBER, HOLDER)

        self.run(self.workers["lane"], plan, start)

    @rule(number=st.integers(0, 3), paid=st.booleans())
    def one_more_waits(self, number: int, paid: bool) -> None:
        """For a question, or for the core."""
        (gateway, core), known = (self.world.gateway, self.world.core), set(self.world.sessions)
        self.world.gateway, self.world.core = "up", "away"
        self.pay(number, {})
        for reference in set(self.world.sessions) - known:
            if paid:
                self.world.sessions[reference].outcome = Status.APPROVED
                self.look()
        self.world.gateway, self.world.core = gateway, core
        for worker in self.workers.values():
            self.run(worker, {}, worker.sonda.round)
        self.world.clock.forward(minutes=7)

    @rule(who=WORKERS, plan=PLAN, minutes=st.sampled_from([0, 0.5, 3, 7, 13]))
    def round(self, who: str, plan: Plan, minutes: float) -> None:
        self.world.clock.forward(minutes=minutes)
        self.run(self.workers[who], plan, self.workers[who].sonda.round)

    @rule(plan=PLAN)
    def kiosk_starts_again(self, plan: Plan) -> None:
        lane = self.workers["lane"]
        lane.start()
        self.member.start()
        self.run(lane, plan, lambda: lane.sonda.recover(self.world.clock()))

    @rule()
    def member_looks(self) -> None:
        self.look()

    @rule(minutes=st.sampled_from([0.5, 2, 4, 7, 13, 60, 600]))
    def time_passes(self, minutes: float) -> None:
        self.world.clock.forward(minutes=minutes)

    @rule(hours=st.sampled_from([-5, -0.5, 0.5, 5]))
    def set_clock(self, hours: float) -> None:
        if hours > 0:  # by this clock every lease is over: that much nobody can know
            for held in (self.world.questions, self.world.postings):
                held.clear()
            self.forgive()
        self.world.clock.jump(hours=hours)

    def forgive(self) -> None:
        """Whoever is in the middle of a question has its claim still."""
        for payment in self.journal.unresolved():
            self.world.took(self.world.questions, self.who, payment, timedelta(0))

    @precondition(lambda self: self.world.sessions)
    @rule(data=st.data(), outcome=st.sampled_from([Status.APPROVED, Status.APPROVED, Status.REJECTED]))
    def bank_decides(self, data: st.DataObject, outcome: Status) -> None:
        # By their order: references are drawn by lot, and the same data must lead the same way again.
        session = list(self.world.sessions.values())[data.draw(st.integers(0, len(self.world.sessions) - 1))]
        if session.outcome is Status.PENDING:
            session.outcome = outcome

    @rule(how=st.sampled_from(["up", "away", "silent", "busy"]))
    def gateway_is(self, how: str) -> None:
        self.world.gateway = how

    @rule(how=st.sampled_from(["up", "away", "silent", "busy"]))
    def core_is(self, how: str) -> None:
        self.world.core = how

    @invariant()
    def nothing_was_broken(self) -> None:
        assert not hasattr(self, "world") or self.world.broken == []

    # -- and in the end -----------------------------------------------------------------------------

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        self.world.gateway = self.world.core = "up"
        for session in self.world.sessions.values():
            if session.outcome is Status.PENDING:
                session.outcome = Status.REJECTED
        for minutes in [15] * 4 + [120] * 3 + [1440] * 4:
            self.world.clock.forward(minutes=minutes)
            for worker in self.workers.values():
                self.run(worker, {}, worker.sonda.round)
        self.nothing_was_broken()
        for payment in self.journal.find():
            self.check(payment)
        assert self.journal.faults() == []
        for worker in self.workers.values():
            worker.journal.close()
        shutil.rmtree(self.folder)

    def check(self, payment: Payment) -> None:
        session = self.world.sessions.get(payment.reference)
        sent = [entry.event for entry in self.journal.events(payment.payment_id)].count(Event.SENT)
        assert not payment.live or payment.review, payment
        assert (payment.payment_id in self.world.applied) == (payment.state is State.POSTED), payment
        if session is None:
            assert payment.state is State.FAILED or not sent or payment.review, payment
        elif session.outcome is Status.APPROVED:
            assert payment.state is State.POSTED or payment.review, payment
        else:
            assert payment.state in (State.DECLINED, State.FAILED) or payment.review, payment


INCIDENTS = [["crash"], ["other"], ["behind", "other"], ["sleep", "other"], *([each] for each in DIES_AT)]


WAITS = ("for an answer", "for an approval", "for the core")


def one_incident(waits: str, step: str, incident: list[str]) -> None:
    machine = TwoWorkers()
    machine.open(PLACETOPAY_LIKE if waits == "for an answer" else ZONAPAGOS_LIKE)
    machine.one_more_waits(0, waits == "for the core")
    if waits == "for an approval":
        (session,) = machine.world.sessions.values()
        session.outcome = Status.APPROVED
    machine.round("lane", {step: incident}, 1)
    machine.pay(1, {step: incident})
    machine.teardown()


@pytest.mark.parametrize("incident", INCIDENTS[:2], ids=str)
def test_a_crash_or_another_sonda_at_every_step(incident: list[str]) -> None:
    for turn, step in enumerate(STEPS):
        one_incident(WAITS[turn % 3], step, incident)


@pytest.mark.soak
@pytest.mark.parametrize("waits", WAITS)
def test_one_incident_at_every_step_in_turn(waits: str) -> None:
    for step in STEPS:
        for incident in INCIDENTS:
            one_incident(waits, step, incident)


TestTwoWorkers = TwoWorkers.TestCase
TestTwoWorkers.pytestmark = [pytest.mark.longer]
TestTwoWorkers.settings = settings(
    max_examples=examples(40, 200),
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
