"""The audit of the three books must be able to fail; and one small run of the real thing."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from counterparts import MORNING, PAYER, order

from instruments.torture.audit import Books, Kind, audit
from instruments.torture.plans import Planner
from instruments.torture.steps import named_steps
from instruments.torture.till import abilities_of
from kiosk.cooperative.payment import Payment, Review, State
from kiosk.journal.chain import JournalEvent

ROOT = Path(__file__).resolve().parent.parent
CUS = "55501"
PAID = ("prepared", "sent", "opened", "seen_ok", "applied")
STATES = {
    "prepared": State.PREPARED, "sent": State.REQUESTED, "opened": State.AT_BANK, "left": State.PENDING,
    "seen_ok": State.APPROVED, "applied": State.POSTED, "seen_failed": State.FAILED,
    "seen_not_authorised": State.DECLINED,
}  # fmt: skip


def events(payment_id: str, words: Sequence[str], start: int = 1) -> list[JournalEvent]:
    """As the journal would tell them."""
    found: list[JournalEvent] = []
    for seq, word in enumerate(words, start=start):
        before = found[-1].after if found else None
        facts = {"review": Review.LOST_CREATION.value} if word == "flagged" else {}
        after = STATES.get(word) or before
        assert after
        found.append(JournalEvent(seq, payment_id, MORNING, word, before, after, facts, "", ""))
    return found


def payment(number: int = 1, state: State = State.POSTED, obligation: str = "OB-881", **more: Any) -> Payment:
    paid = (
        {"gateway_id": f"90012{number}", "cus": CUS, "core_receipt": "RC-1"} if state is State.POSTED else {}
    )
    return Payment(
        f"id-{number}", f"T2603020{number}", "T", "placetopay", order(obligation), PAYER, MORNING,
        state=state, decided_at=MORNING + timedelta(minutes=3), **(paid | more),
    )  # fmt: skip


def session(of: Payment, state: str = "approved", *debits: str, cus: str = CUS) -> dict[str, Any]:
    tried = debits or ((state,) if state in ("approved", "pending") else ())
    return {
        "reference": of.reference,
        "amount": of.total.wire(),
        "state": state,
        "debits": [
            {"cus": f"{cus}{number or ''}", "state": each, "due_at": None}
            for number, each in enumerate(tried)
        ],
    }


def record(of: Payment, **more: Any) -> dict[str, Any]:
    usual = {
        "paymentId": of.payment_id, "status": "posted", "totalAmount": of.total.wire(), "puts": 1,
        "coreReceiptNumber": "RC-1", "collection": {"trackingCode": CUS},
    }  # fmt: skip
    return usual | more


def movements(of: Payment) -> list[Mapping[str, Any]]:
    return [{"paymentId": of.payment_id, "lineId": line.line_id, "amount": line.amount.wire()}
            for line in of.order.lines]  # fmt: skip


def books(of: Payment | None = None, words: Sequence[str] = PAID) -> Books:
    """Three books that agree: one payment, approved and posted."""
    of = of or payment()
    return Books([of], {of.payment_id: events(of.payment_id, words)}, (), [session(of)], [record(of)],
                 movements(of))  # fmt: skip


def unpaid(state: State, words: Sequence[str], at_gateway: Sequence[dict[str, Any]], **more: Any) -> Books:
    """One payment that the core never heard of."""
    of = payment(state=state, **more)
    return Books([of], {of.payment_id: events(of.payment_id, words)}, (), at_gateway)


LEFT = ("prepared", "sent", "opened", "left")
LOST_ON_THE_WAY = ("prepared", "sent", "left", "flagged")
ONE = payment()
UNKNOWN_RECORD = record(ONE, paymentId="x", collection={}, status="needs_attention")
OTHER_DEBIT = session(ONE, "approved", "approved", cus="7")


def kinds(of: Books) -> set[Kind]:
    return {finding.kind for finding in audit(of)}


@pytest.mark.parametrize(
    "honest",
    [
        books(),
        unpaid(State.FAILED, (*LEFT, "seen_failed"), [session(ONE, "expired")]),
        unpaid(State.DECLINED, (*LEFT, "seen_not_authorised"), [session(ONE, "expired", "declined")]),
        unpaid(State.PENDING, LEFT, [session(ONE, "pending")]),
        unpaid(State.PENDING, LOST_ON_THE_WAY, [], review=Review.LOST_CREATION),
        unpaid(State.PENDING, LOST_ON_THE_WAY, [session(ONE)], review=Review.LOST_CREATION),
        unpaid(State.FAILED, (*LEFT, "seen_failed"), [session(ONE)], review=Review.LATE_APPROVAL),
        Books(
            [payment(review=Review.NOT_APPLIED)], {"id-1": events("id-1", PAID)}, (), [session(ONE)],
            [record(ONE, status="needs_attention")],
        ),
    ],
)  # fmt: skip
def test_books_that_agree_have_no_findings(honest: Books) -> None:
    assert audit(honest) == []


def test_approved_at_the_gateway_and_nowhere_else_is_lost() -> None:
    assert Kind.LOST in kinds(unpaid(State.FAILED, (*LEFT, "seen_failed"), [session(ONE)]))
    assert Kind.LOST in kinds(Books([], {}, (), [session(ONE)]))
    assert Kind.LOST in kinds(replace(books(), records=[], movements=[]))
    assert Kind.LOST in kinds(replace(books(), movements=[]))


@pytest.mark.parametrize(
    "doctored",
    [
        replace(books(), movements=movements(ONE) * 2),
        replace(books(), movements=[*movements(ONE), {**movements(ONE)[0], "lineId": "2"}]),
        replace(books(), sessions=[session(ONE), session(ONE, "expired")]),
        replace(books(), sessions=[session(ONE), OTHER_DEBIT]),
        replace(books(), sessions=[session(ONE, "approved", "approved", "approved")]),
        replace(books(), records=[record(ONE), record(ONE, paymentId="x", status="needs_attention")]),
        replace(
            books(),
            payments=[payment(), payment(2, State.FAILED)],
            events={"id-1": events("id-1", PAID), "id-2": events("id-2", (*LEFT[:2], "seen_failed"), 3)},
            sessions=[session(ONE), session(payment(2), "expired")],
        ),
    ],
)  # fmt: skip
def test_what_was_done_twice_is_duplicated(doctored: Books) -> None:
    assert Kind.DUPLICATED in kinds(doctored)


@pytest.mark.parametrize(
    "doctored",
    [
        replace(books(), broken=["event 3 was altered"]),
        replace(books(), defects=["exit code 1"]),
        replace(books(), sessions=[session(ONE, "expired", "declined")]),
        replace(books(), payments=[payment(cus="1")]),
        replace(books(), payments=[payment(core_receipt="RC-2")]),
        replace(books(), payments=[payment(review=Review.CORE_CONFLICT)]),
        replace(books(), events={"id-1": events("id-1", PAID[:-1])}),
        replace(books(), events={"id-1": [*events("id-1", PAID[:2]), *events("id-1", PAID[2:], 3)]}),
        replace(books(), events={"id-1": events("id-1", ("prepared", "opened", "seen_ok", "applied"))}),
        replace(books(), records=[record(ONE, status="received")]),
        replace(books(), records=[record(ONE, status="needs_attention")]),
        replace(books(), records=[record(ONE, totalAmount="1.00")]),
        replace(books(), sessions=[session(ONE), session(payment(2), "expired")]),
        replace(books(), records=[record(ONE), UNKNOWN_RECORD]),
        unpaid(State.FAILED, (*LEFT, "seen_failed"), [session(ONE, "open")]),
        replace(
            unpaid(State.DECLINED, (*LEFT, "seen_not_authorised"), [session(ONE, "expired", "declined")]),
            records=[record(ONE, collection={"trackingCode": None})], movements=movements(ONE),
        ),
    ],
)  # fmt: skip
def test_a_journal_that_contradicts_is_wrong(doctored: Books) -> None:
    assert kinds(doctored) == {Kind.WRONG_STATE}


@pytest.mark.parametrize(
    "doctored",
    [
        unpaid(State.PENDING, LEFT, [session(ONE, "expired", "declined")]),
        unpaid(State.PENDING, LEFT, []),
        unpaid(State.AT_BANK, LEFT[:-1], [session(ONE, "pending")]),
        unpaid(State.PREPARED, LEFT[:1], []),
        replace(
            unpaid(State.PENDING, LOST_ON_THE_WAY, [session(ONE)], review=Review.LOST_CREATION),
            finds_by_reference=True,
        ),
        unpaid(State.APPROVED, PAID[:-1], [session(ONE)], cus=CUS, review=Review.LOST_CREATION),
    ],
)
def test_what_never_ended_is_stuck(doctored: Books) -> None:
    assert Kind.STUCK in kinds(doctored)


def test_a_debit_that_the_member_would_read_was_none_is_shown_wrongly() -> None:
    hidden = unpaid(State.FAILED, (*LEFT, "seen_failed"), [session(ONE)])
    assert Kind.DISPUTED_SHOWN_AS_UNPAID in kinds(hidden)
    flagged = unpaid(State.FAILED, (*LEFT, "seen_failed"), [session(ONE)], review=Review.LATE_APPROVAL)
    assert Kind.DISPUTED_SHOWN_AS_UNPAID not in kinds(flagged)


def test_the_money_of_somebody_elses_debit_is_adopted() -> None:
    another = payment(2, State.FAILED)
    foreign = replace(books(), sessions=[session(ONE, cus="9"), session(another, cus=CUS)])
    assert Kind.ADOPTED_FOREIGN in kinds(foreign)
    assert Kind.ADOPTED_FOREIGN not in kinds(books())


def test_a_finding_tells_what_each_book_says() -> None:
    (finding,) = audit(unpaid(State.PENDING, LEFT, [session(ONE, "expired", "declined")]))
    told = finding.line()
    for said in (ONE.reference, "journal: PENDING", "gateway: [\"expired ['declined']\"]", "core: nothing"):
        assert said in told


def test_the_steps_go_round() -> None:
    steps = named_steps(abilities_of("placetopay"))
    planner = Planner(Random(3), deque(steps))
    while len(planner.reached) < len(steps):
        plan = planner.plan()
        if plan.shift.triggers:
            planner.was_killed_at(plan.shift.triggers[0].step)
    assert planner.reached == set(planner.steps) == set(steps)


def test_a_small_run_loses_nothing() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "instruments.torture",
         "--payments", "8", "--seed", "11", "--gateway", "placetopay"],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr
    assert "SEED=11" in run.stdout.splitlines()[0]
    counted = re.fullmatch(
        r"kills=(\d+) faults=\d+ payments=(\d+) lost=0 duplicated=0 wrong_state=0 stuck=0 "
        r"disputed_shown_as_unpaid=0 adopted_foreign=0",
        run.stdout.splitlines()[-1],
    )
    assert counted, run.stdout
    assert int(counted[1]) >= 1
    assert int(counted[2]) >= 8
