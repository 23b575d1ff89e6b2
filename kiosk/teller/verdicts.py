"""What an answer of the gateway adds to a payment: pure functions of both."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from enum import IntEnum

from kiosk.cooperative.payment import CANCELLED, CREDITED, FINAL, Event, Payment
from kiosk.cooperative.second_debit import SecondDebit
from kiosk.journal.journal import Facts
from kiosk.pse.gateway import Answer, Approval, Conflict, Expected, NoVerdict, Status, Verdict

_DATES_AGREE_WITHIN = timedelta(hours=24)
"""A payment can not have been decided before it was begun; clocks and zones may be a day apart."""


def expected_of(payment: Payment) -> Expected:
    """What an answer must agree with. The journal keeps the end of the payer's document at most."""
    shown = payment.payer.holder_document_masked
    return Expected(payment.reference, payment.total, shown.rpartition("*")[2] if "*" in shown else "")


def seen_facts(answer: Verdict | Conflict | Approval) -> dict[str, str]:
    """What an answer that is not followed said, for staff."""
    paid = answer.approved_amount if isinstance(answer, Verdict) else answer.amount
    said = {
        "seen_cus": answer.cus,
        "seen_bank": answer.bank,
        "seen_amount": paid.wire() if paid else None,
        "seen_currency": paid.currency if paid else None,
        "seen_at": answer.decided_at.isoformat() if answer.decided_at else None,
    }
    return {name: value for name, value in said.items() if value}


class Likeness(IntEnum):
    """How sure it is that an approval is the one the journal has."""

    ANOTHER = 0
    NOTHING_AGAINST = 1
    """One side has neither the gateway's id nor a CUS that the other could differ from."""
    SAME_ATTEMPT = 2
    SAME_CUS = 3
    SAME_BOTH = 4


def likeness(payment: Payment, approval: Approval) -> Likeness:
    """Whether this is the debit that the journal has. A CUS may be told late, or in better words."""
    same_cus = payment.cus is not None and payment.cus in (approval.cus, *approval.also)
    same_attempt = payment.attempt is not None and payment.attempt == approval.attempt
    if same_cus:
        return Likeness.SAME_BOTH if same_attempt else Likeness.SAME_CUS
    if same_attempt:
        return Likeness.SAME_ATTEMPT
    other_cus = payment.cus is not None and approval.cus is not None
    other_attempt = payment.attempt is not None and bool(approval.attempt)
    return Likeness.ANOTHER if other_cus or other_attempt else Likeness.NOTHING_AGAINST


def likest(payment: Payment, listed: tuple[Approval, ...]) -> tuple[Approval, Likeness]:
    """The one of these that is most surely the debit that the journal has, and how sure that is."""
    found = max(listed, key=lambda each: likeness(payment, each))
    return found, likeness(payment, found)


def went_back(payment: Payment, back: tuple[Approval, ...], listed: tuple[Approval, ...]) -> bool:
    """Whether the debit that the journal has was taken back, and is not liker to one that stands."""
    if not back:
        return False
    sure = likest(payment, back)[1]
    return sure > Likeness.NOTHING_AGAINST and sure >= likest(payment, listed)[1]


def debits_of(payment: Payment, verdict: Verdict) -> tuple[Approval, ...]:
    """All full debits of an approval; one at least."""
    amount = verdict.approved_amount or payment.total
    return verdict.approvals or (Approval("", amount, verdict.cus, verdict.bank, verdict.decided_at),)


def told_of(verdict: Verdict, approval: Approval) -> Verdict:
    """The verdict as it is about this one of its debits."""
    return replace(
        verdict,
        approved_amount=approval.amount if verdict.approvals else verdict.approved_amount,
        cus=approval.cus,
        bank=approval.bank,
        decided_at=approval.decided_at,
    )


def second_debits(
    payment: Payment, listed: tuple[Approval, ...], counts: Approval | None, now: datetime
) -> list[SecondDebit]:
    """All that are listed beside the one that counts, as the journal keeps them."""
    keys = Counter(each.key for each in listed)
    return [
        SecondDebit(
            payment.payment_id,
            each.key if keys[each.key] == 1 else f"{each.key[:31]}/{each.cus or number}"[:64],
            each.amount,
            each.cus,
            each.bank,
            each.decided_at,
            now,
            also=each.also,
        )
        for number, each in enumerate(listed)
        if each is not counts
    ]


def date_is_off(payment: Payment, decided_at: datetime | None, *now: datetime) -> bool:
    """Whether an approval is dated so that it can not be of this payment. No date says nothing.

    `now` by our clock and, where it is known, by the gateway's: a payment that would begin only after now
    was begun by a clock that was ahead, and when it really began is not known.
    """
    if decided_at is None:
        return False
    begun = min(payment.created_at, *now)
    return not begun - _DATES_AGREE_WITHIN <= decided_at <= max(now) + _DATES_AGREE_WITHIN


def news_of(payment: Payment, verdict: Verdict, event: Event, now: datetime, attempt: str = "") -> Facts:
    """What the verdict adds, `attempt` of an approval too. Once paid nothing changes: the core compares
    every repetition."""
    if payment.state in CREDITED or (payment.state in FINAL and event is not Event.SEEN_OK):
        return Facts()
    facts = Facts()
    if payment.gateway_id is None and verdict.gateway_id:
        facts["gateway_id"] = verdict.gateway_id
    if verdict.cus:
        facts["cus"] = verdict.cus
    if verdict.bank:
        facts["bank"] = verdict.bank
    if event is Event.SEEN_PENDING:
        return facts
    facts["decided_at"] = verdict.decided_at or payment.decided_at or now
    if event is Event.SEEN_OK:
        facts["cause"] = facts["error"] = None
        facts["attempt"] = attempt or payment.attempt
    else:
        facts["error"] = CANCELLED if verdict.status is Status.CANCELLED else None
        if verdict.cause:
            facts["cause"] = verdict.cause
    return facts


def closed(before: Answer, after: Answer) -> Answer:
    """The answer after a cancellation, with the reason that the ended attempt gave."""
    if not isinstance(after, Verdict) or not isinstance(before, Verdict):
        return before if isinstance(after, NoVerdict) else after
    ended = after.ended_cus
    if ended is not None:
        after = replace(after, ended_cus=ended | (before.ended_cus or frozenset()))
    if after.event() not in (Event.SEEN_NOT_AUTHORISED, Event.SEEN_FAILED):
        return after
    return replace(
        after,
        status=Status.REJECTED if after.status is Status.CANCELLED else after.status,
        cus=after.cus or before.cus,
        bank=after.bank or before.bank,
        cause=before.cause or after.cause,
        technical=before.technical,
    )
