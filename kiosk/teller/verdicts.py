"""What an answer of the gateway adds to a payment: pure functions of both."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

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


def chosen(payment: Payment, verdict: Verdict) -> tuple[Verdict, tuple[Approval, ...]]:
    """The approval that counts, and the further debits.

    The one the journal has already; else the gateway's first by date and CUS (`Verdict.approvals`). Where
    the journal has one that the answer does not list, all that it lists are further ones.
    """
    listed = verdict.approvals
    if len(listed) < 2:
        return verdict, ()
    known = [each for each in listed if each.cus and each.cus == payment.cus]
    counts = known[0] if payment.state in CREDITED and known else listed[0]
    others = tuple(each for each in listed if each is not counts)
    told = replace(
        verdict,
        approved_amount=counts.amount,
        cus=counts.cus,
        bank=counts.bank,
        decided_at=counts.decided_at,
    )
    return told, others


def second_debit(payment: Payment, approval: Approval, now: datetime) -> SecondDebit:
    """A further debit, as the journal keeps it."""
    return SecondDebit(
        payment.payment_id,
        approval.key,
        approval.amount,
        approval.cus,
        approval.bank,
        approval.decided_at,
        now,
    )


def date_is_off(payment: Payment, decided_at: datetime | None, now: datetime) -> bool:
    """Whether an approval is dated so that it can not be of this payment. No date says nothing."""
    if decided_at is None:
        return False
    return not payment.created_at - _DATES_AGREE_WITHIN <= decided_at <= now + _DATES_AGREE_WITHIN


def silent_on_cus(payment: Payment, verdict: Verdict) -> bool:
    """Whether a debit whose CUS was seen is not among those that this answer says have ended unpaid."""
    seen = payment.cus if payment.state not in FINAL else None
    return seen is not None and verdict.ended_cus is not None and seen not in verdict.ended_cus


def news_of(payment: Payment, verdict: Verdict, event: Event, now: datetime) -> Facts:
    """What the verdict adds. Once paid nothing changes: the core compares every repetition."""
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
