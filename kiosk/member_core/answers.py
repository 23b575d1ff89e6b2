"""The Member Core API's answers, type by type: what is not the contract's is no answer."""

from __future__ import annotations

import logging
import re
from datetime import date, datetime
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta

from kiosk.cooperative.member import Member, MemberSession
from kiosk.cooperative.money import ZERO, Money
from kiosk.cooperative.obligation import NextDue, Obligation, ObligationKind, OtherAmount
from kiosk.member_core.connector import (
    Availability,
    CoreStatus,
    CoreUnreachable,
    KeyPolicy,
    Posting,
    PostingStatus,
    RecordedPayment,
    Recovery,
)

log = logging.getLogger(__name__)

S = TypeVar("S", bound=msgspec.Struct)


def understood(shape: type[S], found: object) -> S:
    """Read what the contract promises, type by type; anything else is no answer."""
    try:
        return msgspec.convert(found, shape)
    except (msgspec.ValidationError, ValueError, OverflowError, RecursionError) as error:
        log.error("the core breaks the contract: %s: %s", shape.__name__.strip("_"), _where(error))
        raise CoreUnreachable("the answer is not the contract's") from None


def _where(error: Exception) -> str:
    """Which field, never what stands in it."""
    place = re.search(r"at `\$([\w.\[\]]{0,80})`", str(error))
    return place[1].lstrip(".") if place else "the whole"


class Shape(msgspec.Struct, frozen=True, rename="camel"):
    """What the core says: fields it need not say have a default, those it says beyond them are skipped."""


Id = Annotated[str, Meta(min_length=1, max_length=64)]
Currency = Annotated[str, Meta(pattern="^[A-Z]{3}$")]
Instant = Annotated[datetime, Meta(tz=True)]
Amount = Annotated[str, Meta(pattern=r"^(0|[1-9][0-9]{0,12})\.[0-9]{2}$")]
Years = range(1900, 9000)
"""Of a date that the kiosk can shift, show and compare."""


class _PasswordPolicy(Shape, frozen=True):
    min_length: Annotated[int, Meta(ge=1, le=128)]
    max_length: Annotated[int, Meta(ge=1, le=128)]
    alphabet: str
    requires: tuple[str, ...] = ()


class _Recovery(Shape, frozen=True):
    enabled: bool


class _Capabilities(Shape, frozen=True):
    password_policy: _PasswordPolicy
    password_recovery: _Recovery
    list_payments: bool = False
    take_notices: bool = False


class ServiceStatus(Shape, frozen=True):
    """The core on itself."""

    availability: Availability
    business_date: date
    capabilities: _Capabilities
    message: str | None = None

    def read(self) -> CoreStatus:
        """As the connector tells it."""
        can = self.capabilities
        policy = can.password_policy
        return CoreStatus(
            self.availability,
            self.message or None,
            self.business_date,
            can.password_recovery.enabled,
            KeyPolicy(policy.min_length, policy.max_length, policy.alphabet, policy.requires),
            can.list_payments,
            can.take_notices,
        )


class _Email(Shape, frozen=True):
    masked: str | None


class _Member(Shape, frozen=True):
    member_id: Id
    display_name: str
    document_number_masked: str
    email: _Email
    opening_date: date | None = None


class SessionAnswer(Shape, frozen=True):
    """A right key's answer."""

    member: _Member
    expires_at: Instant
    must_change_password: bool
    session_token: Annotated[str, Meta(min_length=1, max_length=4096)]

    def __post_init__(self) -> None:
        if self.expires_at.year not in Years:
            raise ValueError("expiresAt")
        if not (self.session_token.isascii() and self.session_token.isprintable()):
            raise ValueError("sessionToken")  # it travels in a header

    def read(self) -> MemberSession:
        """As the connector tells it."""
        who = self.member
        return MemberSession(
            Member(who.member_id, who.display_name, who.document_number_masked, who.email.masked or None,
                   who.opening_date),
            self.expires_at,
            self.must_change_password,
            token=self.session_token,
        )  # fmt: skip


class RecoveryTaken(Shape, frozen=True):
    """Where the message went, as far as the cooperative tells."""

    masked_email: str | None
    expires_in_minutes: Annotated[int, Meta(ge=0, le=100_000)] | None = None

    def read(self) -> Recovery:
        """As the connector tells it."""
        return Recovery(self.masked_email or None, self.expires_in_minutes)


class ListPage(Shape, frozen=True):
    """One page of a list; each item is read by itself."""

    next_cursor: str | None
    items: list[Any]
    currency: Currency | None = None


class _Overdue(Shape, frozen=True):
    amount: Amount
    since: date | None


class _NextDue(Shape, frozen=True):
    amount: Amount
    due_date: date


class _Balance(Shape, frozen=True):
    amount: Amount


class _OtherAmount(Shape, frozen=True):
    allowed: bool
    minimum: Amount
    maximum: Amount | None


class _Obligation(Shape, frozen=True):
    obligation_id: Id
    kind: str
    name: str
    reference: str
    payable: bool
    not_payable_reason: str | None
    overdue: _Overdue
    next_due: _NextDue | None
    balance: _Balance
    other_amount: _OtherAmount

    def read(self, currency: str) -> Obligation:
        def money(amount: str) -> Money:
            return Money.from_wire(amount, currency)

        kinds = {kind.value: kind for kind in ObligationKind}
        due, other = self.next_due, self.other_amount
        return Obligation(
            obligation_id=self.obligation_id,
            # New kinds may appear within v1: callers treat them as additional services.
            kind=kinds.get(self.kind, ObligationKind.ADDITIONAL_SERVICE),
            name=self.name,
            reference=self.reference,
            payable=self.payable,
            not_payable_reason=self.not_payable_reason or None,
            overdue=money(self.overdue.amount),
            overdue_since=self.overdue.since,
            next_due=NextDue(money(due.amount), due.due_date) if due else None,
            balance=money(self.balance.amount),
            other=OtherAmount(
                other.allowed,
                money(other.minimum),
                money(other.maximum) if other.maximum is not None else None,
            ),
        )


def read_obligations(page: ListPage, before: dict[str, Obligation]) -> int:
    """One page, added to those before it; how many rows were broken.

    A row that breaks the contract or repeats an obligation is named and left out.
    """
    if page.currency is None:
        raise CoreUnreachable("the answer is not the contract's")
    broken = 0
    for number, item in enumerate(page.items, start=1):
        try:
            each = understood(_Obligation, item).read(page.currency)
        except CoreUnreachable:
            log.error("obligation %d of %d is left out", number, len(page.items))
            broken += 1
            continue
        if before.setdefault(each.obligation_id, each) != each:
            log.error("obligation %d of %d is listed twice, with other figures", number, len(page.items))
    return broken


class _Collected(Shape, frozen=True):
    kiosk_id: str
    gateway: str
    gateway_transaction_id: str
    tracking_code: str | None = None


class _CollectedHere(Shape, frozen=True):
    tracking_code: str | None = None


class RecordedAnswer(Shape, frozen=True):
    """The core's record of one payment, as an answer to its own payment's question."""

    payment_id: str
    status: PostingStatus
    core_receipt_number: str | int | None
    total_amount: Amount | None = None
    currency: Currency = "COP"
    collection: _CollectedHere = _CollectedHere()

    def read(self, payment_id: str) -> Posting:
        """As the connector tells it; another payment's record says nothing of ours."""
        if self.payment_id != payment_id:
            raise CoreUnreachable("another payment's record")
        total = Money.from_wire(self.total_amount, self.currency) if self.total_amount else None
        cus = self.collection.tracking_code or None
        return Posting(self.status, _receipt(self.core_receipt_number), total, cus)


def _receipt(number: str | int | None) -> str | None:
    """The receipt's number; one that came as a number is no reason to lose what is posted."""
    return str(number)[:40] if number not in (None, "") else None


class Listed(Shape, frozen=True):
    """One payment of the core's list for reconciliation."""

    payment_id: str
    status: str
    core_receipt_number: str | int | None
    total_amount: Amount
    unapplied_amount: Amount
    currency: Currency
    collection: _Collected
    received_at: Instant

    def read(self) -> RecordedPayment:
        """As the connector tells it."""
        came = self.collection
        statuses = {status.value: status for status in PostingStatus}
        if self.status not in statuses:
            log.error("the core lists a payment with an unlisted status")
        return RecordedPayment(
            self.payment_id,
            # A word of a later version is staff's to look at, like money that waits there.
            PostingStatus(self.status)
            if self.status in set(PostingStatus)
            else PostingStatus.NEEDS_ATTENTION,
            _receipt(self.core_receipt_number),
            Money.from_wire(self.total_amount, self.currency),
            Money.from_wire(self.unapplied_amount, self.currency),
            came.kiosk_id,
            came.gateway,
            came.gateway_transaction_id,
            came.tracking_code or None,
            self.received_at,
        )


class _Collector(Shape, frozen=True):
    kiosk_id: str


class _Whose(Shape, frozen=True):
    payment_id: Id
    collection: _Collector


def read_listed(item: object, kiosk_id: str, since: datetime) -> RecordedPayment | None:
    """One row of the list. A broken one hides no other: another terminal's is left out (None), one of
    `kiosk_id` comes back as unreadable, received at `since` at the earliest. Raises CoreUnreachable where it
    does not say whose it is.
    """
    try:
        return understood(Listed, item).read()
    except CoreUnreachable:
        whose = understood(_Whose, item)
        if whose.collection.kiosk_id != kiosk_id:
            log.error("a row of another terminal is left out")
            return None
        status, nothing = PostingStatus.NEEDS_ATTENTION, ZERO
        return RecordedPayment(
            whose.payment_id, status, None, nothing, nothing, kiosk_id, "", "", None, since, readable=False
        )
