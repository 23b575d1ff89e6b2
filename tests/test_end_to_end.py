"""A whole terminal against real servers: what became of the money, at the gateway and in the core."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from counterparts import HOLDER, together
from msgspec.structs import replace
from sandbox_servers import (
    MARIA,
    MARIAS_KEY,
    PATIENCE,
    fault,
    line,
    movements,
    pay,
    puts,
    sessions,
    setting,
    to_bank,
    until,
)  # fmt: skip

from kiosk.app import assembly
from kiosk.app.demo import Demonstration
from kiosk.app.sandboxes import OwnSandboxes
from kiosk.cooperative.money import Money, total
from kiosk.cooperative.order import Order
from kiosk.cooperative.payment import CANCELLED, Payment, Review, State
from kiosk.journal.errors import ObligationHeld
from kiosk.teller.desk import Desk

APORTES = ("AP-100101", "60000.00")


class Terminal:
    """A desk on the demonstration's servers, with a journal and a clock of its own."""

    def __init__(self, servers: Demonstration, folder: Path) -> None:
        self.core, self.gateway = servers.core_url, servers.gateway_url
        settings = servers.settings()
        journal = replace(settings.journal, file=folder / "journal.sqlite")
        own = replace(settings.terminal, id=f"T{uuid.uuid4().hex[:8].upper()}")
        # Times that only this clock passes, however slow the machine is.
        sonda = replace(settings.sonda, first_after=60.0, every=30.0, post_every=20.0)
        receipts = replace(settings.receipts, folder=folder / "receipts")
        self._settings = replace(settings, journal=journal, terminal=own, sonda=sonda, receipts=receipts)
        self._ahead = timedelta(0)

    def open(self) -> None:
        self.desk: Desk = assembly.build_desk(self._settings)
        self._member = self.desk.connector.sign_in(MARIA, MARIAS_KEY).member

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def close(self) -> None:
        self.desk.close()

    def restart(self) -> None:
        """As after a power cut."""
        self.desk.close()
        self.desk = assembly.build_desk(self._settings)
        self.desk.sonda.recover(self.now())

    def start(self, *lines: tuple[str, str]) -> Payment:
        order = Order(tuple(line(*each) for each in lines or [APORTES]))
        return self.desk.checkout.start(order, self._member, HOLDER)

    def get(self, payment: Payment) -> Payment:
        return self.desk.journal.get(payment.payment_id)

    def ask(self, payment: Payment) -> Payment:
        return self.desk.checkout.ask(self.get(payment))

    def later(self, payment: Payment, **time: float) -> Payment:
        """Some time passes, and the sonda makes its round."""
        self._ahead += timedelta(**time)
        self.desk.sonda.round()
        return self.get(payment)

    def session(self, payment: Payment) -> str:
        """The state of the payment's one and only session at the gateway."""
        (found,) = sessions(self.gateway, payment.reference)
        return str(found["state"])

    def moved(self, payment: Payment) -> list[tuple[str, str]]:
        return movements(self.core, payment.payment_id)

    def assert_posted_once(self, payment: Payment, *lines: tuple[str, str]) -> None:
        """Approved, in the core's books once, and no way to get there twice."""
        payment = self.get(payment)
        assert (payment.state, payment.review) == (State.POSTED, None)
        assert payment.core_receipt
        assert self.moved(payment) == list(lines or [APORTES])
        self.ask(payment)
        self.desk.checkout.post(payment)
        self.restart()
        assert self.later(payment, minutes=2).version == payment.version
        assert self.moved(payment) == list(lines or [APORTES])
        assert len(sessions(self.gateway, payment.reference)) == 1
        assert self.desk.journal.faults() == []

    def assert_books_agree(self) -> None:
        """The core has moved what this journal has as posted, to the cent, and nothing else."""
        posted = [each for each in self.desk.journal.of_member(self._member.member_id) if each.core_receipt]
        moved = total(Money.of(amount) for _, amount in movements(self.core))
        assert moved == total(each.total for each in posted)


@pytest.fixture
def servers(demonstration: Demonstration) -> Iterator[Demonstration]:
    yield demonstration
    setting(demonstration.gateway_url, faults=None, late_seconds=8)
    requests.post(f"{demonstration.core_url}/sandbox/reset", timeout=PATIENCE).raise_for_status()


@pytest.fixture
def terminal(servers: Demonstration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    one = Terminal(servers, tmp_path)
    monkeypatch.setattr(assembly, "now", one.now)
    with closing(one):
        one.open()
        yield one
        one.assert_books_agree()


def page(payment: Payment) -> str:
    assert payment.state is State.AT_BANK
    assert payment.redirect_url
    return payment.redirect_url


# -- what the bank decides -------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", ["approve", "never"])
def test_approved_payment_is_applied_exactly_once(terminal: Terminal, outcome: str) -> None:
    payment = terminal.start()
    assert terminal.ask(payment).state is State.AT_BANK
    pay(page(payment), outcome)
    assert terminal.get(payment).state is State.AT_BANK, "only our own question moves it"
    done = terminal.ask(payment)
    assert done.state is State.POSTED
    (debit,) = sessions(terminal.gateway, payment.reference)[0]["debits"]
    assert (done.cus, done.bank) == (debit["cus"], "Banco del Valle Andino")
    assert puts(terminal.core, payment.payment_id) == 1
    terminal.assert_posted_once(payment)
    session = terminal.desk.connector.sign_in(MARIA, MARIAS_KEY)
    owed = {each.obligation_id: each for each in terminal.desk.connector.obligations(session)}
    assert not owed["AP-100101"].overdue


def test_several_obligations_with_cents_are_one_debit(terminal: Terminal) -> None:
    lines = [("AP-100101", "60000.10"), ("CR-881204", "318300.89"), ("FV-100101", "34000.00")]
    payment = terminal.start(*lines)
    assert sessions(terminal.gateway, payment.reference)[0]["amount"] == "412300.99"
    pay(page(payment))
    assert terminal.ask(payment).state is State.POSTED
    terminal.assert_posted_once(payment, *lines)


@pytest.mark.parametrize(
    ("outcome", "state", "cause"),
    [
        ("decline", State.DECLINED, "Rechazada por la entidad financiera"),
        ("funds", State.DECLINED, "Fondos insuficientes"),
        ("fail", State.FAILED, "La transacción no se realizó en el banco"),
    ],
)
def test_unpaid_attempt_is_closed_and_may_be_tried_again(
    terminal: Terminal, outcome: str, state: State, cause: str
) -> None:
    payment = terminal.start()
    pay(page(payment), outcome)
    done = terminal.ask(payment)
    assert (done.state, done.cause, done.review) == (state, cause, None)
    assert terminal.session(payment) == "cancelled_by_merchant", "nobody can pay it any more"
    assert terminal.later(payment, minutes=2).version == done.version
    assert puts(terminal.core, payment.payment_id) == 0
    again = terminal.start()
    pay(page(again))
    terminal.ask(again)
    terminal.assert_posted_once(again)
    assert terminal.get(payment).state is state
    assert terminal.moved(payment) == []


def test_pending_payment_stays_pending_and_is_not_applied(terminal: Terminal) -> None:
    payment = terminal.start()
    pay(page(payment), "pending")
    assert terminal.desk.checkout.left(terminal.get(payment)).state is State.PENDING
    for _ in range(3):
        assert terminal.ask(payment).state is State.PENDING
        assert terminal.later(payment, seconds=61).state is State.PENDING
    assert terminal.get(payment).cus
    assert puts(terminal.core, payment.payment_id) == 0


def test_late_approval_is_found_by_the_sonda(terminal: Terminal) -> None:
    setting(terminal.gateway, late_seconds=1)
    payment = terminal.start()
    pay(page(payment), "late")
    terminal.desk.checkout.left(terminal.get(payment))
    until(lambda: terminal.session(payment) == "approved")
    assert terminal.later(payment).state is State.PENDING, "its time has not come"
    assert terminal.later(payment, seconds=61).state is State.POSTED
    assert puts(terminal.core, payment.payment_id) == 1
    terminal.assert_posted_once(payment)


def test_payer_who_cancels_or_never_comes_has_not_paid(terminal: Terminal) -> None:
    cancelled = terminal.start()
    key = page(cancelled).rsplit("/", 1)[1]
    requests.post(f"{terminal.gateway}/pse/{key}/cancel", timeout=PATIENCE, allow_redirects=False)
    assert terminal.ask(cancelled).state is State.DECLINED
    absent = terminal.start()
    number = terminal.get(absent).gateway_id
    requests.post(f"{terminal.gateway}/sandbox/sessions/{number}/expire", timeout=PATIENCE)
    assert terminal.later(absent, seconds=61).state is State.FAILED
    assert terminal.moved(cancelled) + terminal.moved(absent) == []


def test_a_page_given_up_before_anything_was_begun_is_closed_at_once(terminal: Terminal) -> None:
    given_up = terminal.desk.checkout.give_up(terminal.get(terminal.start()))
    assert (given_up.state, given_up.error) == (State.DECLINED, CANCELLED)
    begun = terminal.start()
    pay(page(begun), "pending")
    assert terminal.desk.checkout.give_up(terminal.get(begun)).state is State.PENDING


# -- one live payment per obligation ---------------------------------------------------------------


@pytest.mark.parametrize("outcome", [None, "pending"])
def test_second_payment_of_an_obligation_is_refused_while_one_lives(
    terminal: Terminal, outcome: str | None
) -> None:
    first = terminal.start()
    if outcome:
        pay(page(first), outcome)
        terminal.ask(terminal.desk.checkout.left(terminal.get(first)))
    known = len(sessions(terminal.gateway))
    for lines in ([APORTES], [("FV-100101", "34000.00"), ("AP-100101", "100.00")]):
        with pytest.raises(ObligationHeld) as held:
            terminal.start(*lines)
        assert held.value.payment.payment_id == first.payment_id
    assert len(sessions(terminal.gateway)) == known, "the gateway never heard of them"
    assert terminal.start(("FV-100101", "34000.00")).state is State.AT_BANK


def test_paid_obligation_may_be_paid_again(terminal: Terminal) -> None:
    first = terminal.start()
    pay(page(first))
    terminal.ask(first)
    second = terminal.start()
    assert second.reference != first.reference
    pay(page(second))
    terminal.ask(second)
    terminal.assert_posted_once(first)
    terminal.assert_posted_once(second)


# -- power cuts and servers that are away ----------------------------------------------------------


@pytest.mark.parametrize("paid_first", [True, False])
def test_restart_recovers_a_payment_at_the_bank(terminal: Terminal, paid_first: bool) -> None:
    payment = terminal.start()
    bank = to_bank(page(payment))
    if paid_first:
        requests.post(bank, data={"outcome": "approve"}, timeout=PATIENCE, allow_redirects=False)
    terminal.restart()
    assert terminal.get(payment).state is State.AT_BANK
    if not paid_first:
        assert terminal.later(payment, seconds=61).state is State.AT_BANK
        requests.post(bank, data={"outcome": "approve"}, timeout=PATIENCE, allow_redirects=False)
    assert terminal.later(payment, seconds=61).state is State.POSTED
    terminal.assert_posted_once(payment)


def own(servers: Demonstration) -> OwnSandboxes:
    assert isinstance(servers.sandboxes, OwnSandboxes)
    return servers.sandboxes


def stopped(servers: Demonstration, index: int) -> None:
    process = own(servers)._processes[index]
    process.terminate()
    process.communicate(timeout=PATIENCE)


def started(servers: Demonstration, index: int) -> None:
    """The core (0) or the gateway (1) again, on its old port and file."""
    both = own(servers)
    which, port = (("core", both.core_port), ("gateway", both.gateway_port))[index]
    both._start(which, port, "--data", str(servers.folder / f"{which}.sqlite"))
    both._processes[index] = both._processes.pop()
    servers.wait()


@pytest.mark.parametrize("power_cut", [False, True])
def test_core_that_was_down_gets_the_payment_exactly_once(
    terminal: Terminal, servers: Demonstration, power_cut: bool
) -> None:
    payment = terminal.start()
    pay(page(payment))
    stopped(servers, 0)
    try:
        assert terminal.ask(payment).state is State.APPROVED
        assert terminal.later(payment, seconds=21).state is State.APPROVED
        if power_cut:
            terminal.restart()
        with pytest.raises(ObligationHeld):
            terminal.start()
    finally:
        started(servers, 0)
    assert terminal.moved(payment) == []
    assert terminal.later(payment, seconds=21).state is State.POSTED
    assert puts(terminal.core, payment.payment_id) == 1
    terminal.assert_posted_once(payment)


@pytest.mark.parametrize(
    ("kind", "given"),
    [("drop_after", 2), ("cut_body", 2), ("http_500", 1), ("status_503", 1)],
)
def test_core_whose_answer_is_lost_applies_once(terminal: Terminal, kind: str, given: int) -> None:
    payment = terminal.start()
    pay(page(payment))
    fault(terminal.core, "putPayment", kind, seconds=30)
    assert terminal.ask(payment).state is State.APPROVED
    assert terminal.later(payment).state is State.APPROVED, "not before its time"
    assert terminal.later(payment, seconds=40).state is State.POSTED
    assert puts(terminal.core, payment.payment_id) == given
    terminal.assert_posted_once(payment)


def test_gateway_that_was_down_changes_nothing(terminal: Terminal, servers: Demonstration) -> None:
    payment = terminal.start()
    pay(page(payment))
    stopped(servers, 1)
    try:
        assert terminal.ask(payment).state is State.AT_BANK
        assert terminal.later(payment, seconds=61).state is State.AT_BANK
        other = terminal.start(("FV-100101", "34000.00"))
        assert (other.state, other.error) == (State.FAILED, "not_sent")
    finally:
        started(servers, 1)
    assert sessions(terminal.gateway, other.reference) == []
    assert terminal.later(payment, seconds=61).state is State.POSTED
    terminal.assert_posted_once(payment)


@pytest.mark.parametrize("kind", ["http_500", "html_500", "garbage", "drop_before", "drop_after", "cut_body"])
def test_query_without_sense_changes_nothing(terminal: Terminal, kind: str) -> None:
    payment = terminal.start()
    pay(page(payment))
    fault(terminal.gateway, "query", kind)
    assert terminal.ask(payment).state is State.AT_BANK
    assert terminal.ask(payment).state is State.POSTED
    terminal.assert_posted_once(payment)


def test_member_and_sonda_who_ask_at_once_post_once(terminal: Terminal) -> None:
    payment = terminal.start()
    pay(page(payment))
    terminal._ahead += timedelta(seconds=61)
    answers = together(
        lambda: terminal.ask(payment), terminal.desk.sonda.round, lambda: terminal.ask(payment),
        terminal.desk.sonda.round,
    )  # fmt: skip
    assert [each for each in answers if isinstance(each, Exception)] == []
    assert puts(terminal.core, payment.payment_id) == 1
    terminal.assert_posted_once(payment)


# -- creations without an answer -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "made"),
    [("drop_after", 1), ("cut_body", 1), ("garbage", 1), ("drop_before", 0), ("http_500", 0)],
)
def test_lost_creation_is_pending_and_never_made_again(terminal: Terminal, kind: str, made: int) -> None:
    fault(terminal.gateway, "create", kind)
    payment = terminal.start()
    assert (payment.state, payment.gateway_id, payment.redirect_url) == (State.PENDING, None, None)
    with pytest.raises(ObligationHeld):
        terminal.start()
    for _ in range(3):
        assert terminal.ask(payment).state is State.PENDING
        assert terminal.later(payment, seconds=61).state is State.PENDING
        terminal.restart()
    assert terminal.later(payment, hours=49).review is Review.LOST_CREATION
    assert terminal.get(payment).state is State.PENDING
    assert len(sessions(terminal.gateway, payment.reference)) == made
    assert puts(terminal.core, payment.payment_id) == 0
    assert terminal.desk.journal.faults() == []


def test_what_ended_while_nobody_watched_is_told_at_the_next_sign_in(terminal: Terminal) -> None:
    payment = terminal.start()
    terminal.desk.checkout.left(payment)
    member = payment.payer.member_id
    assert terminal.desk.payments_of(member) == ([terminal.get(payment)], [])
    pay(page(payment))
    done = terminal.later(terminal.get(payment), minutes=8)
    assert done.state is State.POSTED
    assert terminal.desk.payments_of(member)[1] == [done]
    terminal._ahead += timedelta(days=4)
    assert terminal.desk.payments_of(member)[1] == []


def test_what_ended_in_front_of_the_member_is_no_news(terminal: Terminal) -> None:
    payment = terminal.start()
    pay(page(payment))
    assert terminal.ask(payment).state is State.POSTED
    assert terminal.desk.payments_of(payment.payer.member_id)[1] == []


@pytest.mark.usefixtures("qapp")
def test_a_receipt_that_nobody_filed_is_filed_at_rest(terminal: Terminal) -> None:
    payment = terminal.start()
    pay(page(payment), "approve")
    payment = terminal.ask(payment)
    assert payment.state is State.POSTED
    file = terminal.desk.receipts.file_of(payment)
    assert terminal.desk.unfiled() == [payment]
    assert terminal.desk.file_receipts(stop=lambda: True) == 0
    assert not file.exists()
    assert terminal.desk.file_receipts() == 1
    assert file.read_bytes().startswith(b"%PDF")
    written = file.stat().st_mtime_ns
    assert (terminal.desk.unfiled(), terminal.desk.file_receipts()) == ([], 0)
    assert file.stat().st_mtime_ns == written
