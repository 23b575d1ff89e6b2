"""What the kiosk asks of the cooperative's core (the Member Core API), and how it can fail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from kiosk.cooperative.member import Document, MemberSession
from kiosk.cooperative.money import Money
from kiosk.cooperative.obligation import Obligation
from kiosk.cooperative.payment import Payment


class CoreError(Exception):
    """The core did not do what was asked. Subclasses say what the member can do about it."""


class CoreUnreachable(CoreError):
    """Not sent, no answer, 5xx, 429 of the channel, or an answer that is not the contract's.

    `retry_after` in seconds where the core asked for a pause. Every call but the sign-in may be
    repeated.
    """

    def __init__(self, reason: str, retry_after: int | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class CoreMisconfigured(CoreError):
    """The terminal itself is not recognised or not allowed: IT must act."""


class WrongKey(CoreError):
    """Document or key is wrong; `remaining` attempts, None when the core does not say."""

    def __init__(self, remaining: int | None) -> None:
        super().__init__("invalid credentials")
        self.remaining = remaining


class MemberLocked(CoreError):
    """Too many attempts; `until` an aware instant, None when unknown."""

    def __init__(self, until: datetime | None) -> None:
        super().__init__("locked")
        self.until = until


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom the core sends the member to; shown as plain text."""

    text: str
    phone: str | None


class MemberBlocked(CoreError):
    """The cooperative closed this channel for this member."""

    def __init__(self, contact: Contact | None) -> None:
        super().__init__("blocked")
        self.contact = contact


class EmailNotRegistered(CoreError):
    """No e-mail on file: the member must visit the office."""

    def __init__(self, contact: Contact | None) -> None:
        super().__init__("no e-mail on file")
        self.contact = contact


class SessionOver(CoreError):
    """The member must sign in again."""


class KeyChangeRequired(CoreError):
    """The session may only change the key."""


class KeyRefused(CoreError):
    """The new key breaks the policy; `codes` are the core's (too-short, used-before, …)."""

    def __init__(self, codes: Sequence[str]) -> None:
        super().__init__(", ".join(codes))
        self.codes = tuple(codes)


class PostingConflict(CoreError):
    """The core holds something else under this identifier or bank transaction: staff."""


class PostingRefused(CoreError):
    """The core says that the request breaks the contract (400, 422): a defect, staff."""


class PostingStatus(StrEnum):
    """What became of a posted payment in the core."""

    RECEIVED = "received"
    POSTED = "posted"
    NEEDS_ATTENTION = "needs_attention"
    REVERSED = "reversed"


@dataclass(frozen=True, slots=True)
class Posting:
    """The core's record of a payment, as far as the kiosk needs it."""

    status: PostingStatus
    receipt_number: str | None
    total: Money | None = field(default=None, compare=False)
    """What the core holds under this id, where its answer says it."""
    cus: str | None = field(default=None, compare=False)


class NoticeKind(StrEnum):
    """What ended otherwise than a member heard at the terminal."""

    LATE_APPROVAL = "late_approval"
    PAID_TWICE = "paid_twice"


@dataclass(frozen=True, slots=True)
class Notice:
    """What the core is asked to tell a member by its own means; repeatable by `notice_id`."""

    notice_id: str
    member_id: str
    payment_id: str
    kind: NoticeKind
    amount: Money
    cus: str | None


@dataclass(frozen=True, slots=True)
class RecordedPayment:
    """A payment as the core lists it for reconciliation, whichever terminal collected it.

    `gateway_transaction_id` is unique within `gateway`; `unapplied` is what waits for staff.
    """

    payment_id: str
    status: PostingStatus
    receipt_number: str | None
    total: Money
    unapplied: Money
    kiosk_id: str
    gateway: str
    gateway_transaction_id: str
    cus: str | None
    received_at: datetime
    readable: bool = True
    """False where the core's row breaks the contract: nothing but whose it is can be believed."""


@dataclass(frozen=True, slots=True)
class KeyPolicy:
    """What a key must look like; lengths in characters. `alphabet`: digits, alphanumeric, any."""

    shortest: int
    longest: int
    alphabet: str
    requires: tuple[str, ...] = ()


class Availability(StrEnum):
    """Whether members can be served now."""

    AVAILABLE = "available"
    PAYMENTS_QUEUED = "payments_queued"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class CoreStatus:
    """The core's own word on itself; `message` is for members, in Spanish."""

    availability: Availability
    message: str | None
    business_date: date
    recovery_enabled: bool
    key_policy: KeyPolicy
    lists_payments: bool = False
    """Whether `recorded` can be asked; a core may leave it out."""
    takes_notices: bool = False
    """Whether `tell_member` can be asked; a core may leave it out."""


@dataclass(frozen=True, slots=True)
class Recovery:
    """A recovery was taken. `email_masked` is None when the cooperative discloses nothing."""

    email_masked: str | None
    minutes: int | None


class Connector(Protocol):
    """The core. Blocking; usable from any thread. Raises CoreError only."""

    def status(self) -> CoreStatus:
        """Version, availability, key policy."""

    def sign_in(self, document: Document, key: str) -> MemberSession:
        """WrongKey, MemberLocked, MemberBlocked. Counts as an attempt: never repeated inside."""

    def sign_out(self, session: MemberSession) -> None:
        """End the session; a session already gone is no error."""

    def recover_key(self, document: Document) -> Recovery:
        """EmailNotRegistered where the cooperative tells."""

    def change_key(self, session: MemberSession, current: str, new: str) -> None:
        """WrongKey, KeyRefused, SessionOver."""

    def obligations(self, session: MemberSession) -> list[Obligation]:
        """All pages. SessionOver, KeyChangeRequired."""

    def post(self, payment: Payment) -> Posting:
        """Put an approved payment, once per payment id. PostingConflict, PostingRefused."""

    def posting(self, payment_id: str) -> Posting | None:
        """Read it back; None when it never arrived."""

    def recorded(self, since: datetime, until: datetime) -> list[RecordedPayment]:
        """All payments the core received from `since` on and before `until` (aware), oldest first."""

    def tell_member(self, notice: Notice) -> None:
        """Have the cooperative tell a member; the same notice twice is one. Only where `takes_notices`."""
