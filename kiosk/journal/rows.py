"""Between rows and the domain: payments and their lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Row

from kiosk.cooperative.money import Money
from kiosk.cooperative.obligation import Choice, ObligationKind
from kiosk.cooperative.order import Order, OrderLine
from kiosk.cooperative.payment import LIVE, Payer, Payment, Review, State
from kiosk.cooperative.second_debit import SecondDebit

_GRAVITY = (
    Review.STILL_PENDING,
    Review.UNEXPECTED,
    Review.OTHER_ACCOUNT,
    Review.NOT_POSTED,
    Review.LOST_CREATION,
    Review.PAID_TWICE,
    Review.CONTRADICTION,
    Review.NOT_APPLIED,
    Review.CORE_CONFLICT,
    Review.LATE_APPROVAL,
    Review.REVERSED,
    Review.NOT_OURS,
)


def gravest(*reviews: Review | None) -> Review | None:
    """The flag that staff must see first; a lesser one does not hide it."""
    return max((review for review in reviews if review), key=_GRAVITY.index, default=None)


_WAITS = frozenset({Review.STILL_PENDING, Review.OTHER_ACCOUNT, Review.LOST_CREATION})
"""Flags that say no more than that an answer is missing."""


def review_after(known: Review | None, raised: Review | None, state: State) -> Review | None:
    """The flag after an event that led to this state: an answer ends the wait for one."""
    answered = state not in LIVE or state is State.APPROVED
    over = (known in _WAITS and answered) or (known is Review.NOT_POSTED and state is State.POSTED)
    return gravest(None if over else known, raised)


def review_told(
    word: str, known: Review | None, raised: Review | None, state: State, said: Mapping[str, object]
) -> Review | None:
    """The flag after an entry with this word: a verdict ends it, and so does the last return of a debit.

    A verdict says nothing of a further debit: while one is not returned («left») its own case stays.
    """
    if word == "settled":
        return Review.PAID_TWICE if said.get("left") else None
    if word == "returned":
        return None if known is Review.PAID_TWICE and not said.get("left") else known
    return review_after(known, raised, state)


def cents(money: Money) -> int:
    """Exact: an amount never has more than two decimals."""
    return int(money.amount.scaleb(2))


def order_facts(payment: Payment) -> dict[str, Any]:
    """What the chain must vouch for from the first entry on. No people's names: those may be erased."""
    return {
        "reference": payment.reference,
        "terminal": payment.terminal,
        "gateway": payment.gateway,
        "member_id": payment.payer.member_id,
        "currency": payment.total.currency,
        "total_cents": cents(payment.total),
        **({"account": payment.account} if payment.account else {}),
        **({"expires_at": payment.expires_at} if payment.expires_at else {}),
        "lines": [
            [
                line.obligation_id,
                line.choice,
                cents(line.amount),
                line.line_id,
                line.kind,
                line.name,
                line.reference,
            ]
            for line in payment.order.lines
        ],
    }


def payment_values(payment: Payment) -> dict[str, Any]:
    """A new payment's columns."""
    columns = ("payment_id", "reference", "terminal", "gateway", "created_at", "state", "version",
               "changed_at", "asks", "account", "expires_at")  # fmt: skip
    payer = ("member_id", "member_name", "member_document_masked", "holder_name", "holder_document_masked")
    return {
        **{name: getattr(payment, name) for name in columns},
        **{name: getattr(payment.payer, name) for name in payer},
        "currency": payment.total.currency,
        "total_cents": cents(payment.total),
    }


def line_values(payment: Payment) -> list[dict[str, Any]]:
    """The columns of its lines, in order."""
    return [
        {
            "payment_id": payment.payment_id,
            "position": position,
            "line_id": line.line_id,
            "obligation_id": line.obligation_id,
            "kind": line.kind,
            "name": line.name,
            "reference": line.reference,
            "choice": line.choice,
            "amount_cents": cents(line.amount),
        }
        for position, line in enumerate(payment.order.lines)
    ]


def payment_of(row: Row[Any], order: Order) -> Payment:
    """The payment a row holds; its order never changes and is read once."""
    return Payment(
        payment_id=row.payment_id,
        reference=row.reference,
        terminal=row.terminal,
        gateway=row.gateway,
        order=order,
        payer=Payer(
            member_id=row.member_id,
            member_name=row.member_name,
            member_document_masked=row.member_document_masked,
            holder_name=row.holder_name,
            holder_document_masked=row.holder_document_masked,
        ),
        created_at=row.created_at,
        state=State(row.state),
        version=row.version,
        review=Review(row.review) if row.review else None,
        gateway_id=row.gateway_id,
        redirect_url=row.redirect_url,
        cus=row.cus,
        bank=row.bank,
        cause=row.cause,
        error=row.error,
        changed_at=row.changed_at,
        decided_at=row.decided_at,
        core_receipt=row.core_receipt,
        next_ask_at=row.next_ask_at,
        asks=row.asks,
        account=row.account,
        expires_at=row.expires_at,
        told=row.told,
        attempt=row.attempt,
    )


def second_debit_of(row: Row[Any]) -> SecondDebit:
    """The further debit a row holds."""
    return SecondDebit(
        row.payment_id,
        row.key,
        Money(Decimal(row.amount_cents).scaleb(-2), row.currency),
        row.cus,
        row.bank,
        row.decided_at,
        row.noted_at,
        row.returned_at,
        row.evidence,
    )


def order_of(rows: Sequence[Row[Any]], currency: str) -> Order:
    """The order its line rows hold, given in their order."""
    return Order(
        tuple(
            OrderLine(
                row.line_id,
                row.obligation_id,
                ObligationKind(row.kind),
                row.name,
                row.reference,
                Choice(row.choice),
                Money(Decimal(row.amount_cents).scaleb(-2), currency),
            )
            for row in rows
        )
    )
