"""What the kiosk asks of a payment gateway, and what it may believe of the answers.

Three kinds of answer never mix: a *verdict* about this payment, a *conflict* (the answer is not
ours, or contradicts itself: staff), and *no verdict* (any fault: the stored state stays). A 401,
a 500, an HTML page or an unknown word says nothing about the money.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, Protocol
from urllib.parse import urlsplit

from kiosk.cooperative.member import AccountHolder, Document
from kiosk.cooperative.money import Money
from kiosk.cooperative.payment import Event, Payment
from kiosk.pse.declaration import Declaration

if TYPE_CHECKING:
    from kiosk.transport import Transport


class Status(StrEnum):
    """The unified words for what a gateway says of a payment."""

    CREATED = "CREATED"
    PENDING = "PENDING"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"
    FAILED = "FAILED"
    PARTIAL = "PARTIAL"
    REVERSED = "REVERSED"

    @property
    def final(self) -> bool:
        """Whether the gateway will not change its mind."""
        return self not in (Status.CREATED, Status.PENDING, Status.PARTIAL)


class ErrorKind(StrEnum):
    """Why there is no verdict, or what the conflict is."""

    NOT_SENT = "not_sent"
    NO_ANSWER = "no_answer"
    AUTHENTICATION = "authentication"
    CLOCK = "clock"
    INVALID_REQUEST = "invalid_request"
    DUPLICATE_REFERENCE = "duplicate_reference"
    LIMIT = "limit"
    BANK_UNREACHABLE = "bank_unreachable"
    SERVER = "server"
    GARBAGE = "garbage"
    UNKNOWN_STATUS = "unknown_status"
    UNKNOWN_PAYMENT = "unknown_payment"
    AMOUNT_MISMATCH = "amount_mismatch"
    CURRENCY_MISMATCH = "currency_mismatch"
    REFERENCE_MISMATCH = "reference_mismatch"
    TWO_APPROVALS = "two_approvals"
    CONTRADICTION = "contradiction"
    OTHER_PAYER = "other_payer"

    @property
    def staff_must_act(self) -> bool:
        """Whether waiting will not mend it."""
        passing = (ErrorKind.NOT_SENT, ErrorKind.NO_ANSWER, ErrorKind.SERVER, ErrorKind.GARBAGE)
        return self not in passing


OF_ONE_PAYMENT = frozenset({ErrorKind.LIMIT, ErrorKind.BANK_UNREACHABLE, ErrorKind.DUPLICATE_REFERENCE})
"""Why one payment may not begin while every other may."""
OF_ALL_PAYMENTS = frozenset(kind.value for kind in ErrorKind if kind not in OF_ONE_PAYMENT)


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a driver's gateway can do. Nothing is assumed that its contract does not say."""

    picks_bank_here: bool
    """The kiosk must show the bank list itself."""
    finds_by_reference: bool
    absence_proves_unpaid: bool
    """Whether "no such payment" proves that none will appear."""
    idempotent_create: bool
    cancels: bool
    other_device: bool
    """The page may be opened on the member's own phone."""
    wants_terms: bool = False
    """The payer must accept the gateway's own documents before each payment."""
    abandoned_after: timedelta | None = None
    """A page that was never begun for this long can no longer be paid, though the gateway says no end."""
    address_only_ours: bool = False
    """Nobody but us can hold the address of a page, so one that never reached us is never paid: a creation
    without an answer ends when its time is over. False where the gateway may send it to the payer itself."""
    names_beneficiary: bool = False
    """Its contract has a place for what PSE wants of merchants of «Servicios Financieros»."""


@dataclass(frozen=True, slots=True)
class Terms:
    """A document of the gateway that the payer must be offered and must accept."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Connection:
    """What a driver is built from: the gateway's section of the settings, with secrets revealed.

    `option` and `secret_named` raise ValueError naming what the settings lack.
    """

    transport: Transport
    login: str
    secret: str = field(repr=False)
    return_url: str
    page_hosts: frozenset[str]
    clock: Callable[[], datetime] = field(repr=False)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    options: Mapping[str, str] = field(default_factory=dict)
    financial_services: bool = False
    """The merchant is of PSE's category «Servicios Financieros»: each charge names the beneficiary."""

    def option(self, name: str) -> str:
        """A setting that only this driver has."""
        if value := self.options.get(name, ""):
            return value
        raise ValueError(f"gateway.options.{name} is missing")

    def secret_named(self, name: str) -> str:
        """A secret that only this driver has."""
        if value := self.secrets.get(name, ""):
            return value
        raise ValueError(f"gateway.secrets.{name} is missing")


def account_of(driver: str, base_url: str, identity: str) -> str:
    """Which account of which gateway: driver, host and a fingerprint of its merchant or login.

    Evidence from one account says nothing of a payment that was begun at another.
    """
    digest = hashlib.sha256(f"{driver}\n{identity}".encode()).hexdigest()[:12]
    return f"{driver}@{urlsplit(base_url).netloc.lower()}#{digest}"


@dataclass(frozen=True, slots=True)
class Bank:
    """A financial institution of the scheme's list. Codes are text, not always of four digits."""

    code: str
    name: str


def bank_list(entries: Iterable[tuple[str, str]]) -> tuple[Bank, ...]:
    """Real banks by name, from a gateway's (code, name) pairs.

    Code 0 is the list's own prompt, not a bank (rules of the scheme's bank list).
    """
    named = {code.strip(): name.strip() for code, name in entries}
    real = [Bank(code, name) for code, name in named.items() if code.strip("0") and name]
    return tuple(sorted(real, key=lambda bank: bank.name.casefold()))


@dataclass(frozen=True, slots=True)
class Charge:
    """What the gateway is asked to collect. `reference` is ours: letters and digits, at most 30."""

    reference: str
    amount: Money
    description: str
    holder: AccountHolder
    expires_at: datetime
    ip_address: str
    user_agent: str
    bank: Bank | None = None
    """Where the gateway wants it picked here."""
    opened_on: date | None = None
    """Since when the member is one; wanted of merchants of «Servicios Financieros» only."""
    beneficiary: Document | None = None
    """The member's own document, whoever pays; wanted of the same merchants."""


@dataclass(frozen=True, slots=True)
class Created:
    """The payment exists at the gateway and can be paid at this address, where it gave one in time."""

    gateway_id: str
    redirect_url: str | None


@dataclass(frozen=True, slots=True)
class NotCreated:
    """Certainly nothing there: the member may try again."""

    kind: ErrorKind


@dataclass(frozen=True, slots=True)
class UnknownIfCreated:
    """It may exist: never create again blindly."""

    kind: ErrorKind


@dataclass(frozen=True, slots=True)
class ExistsAlready:
    """The gateway knows this reference: look it up."""

    kind: ErrorKind = ErrorKind.DUPLICATE_REFERENCE


Creation = Created | NotCreated | UnknownIfCreated | ExistsAlready


@dataclass(frozen=True, slots=True)
class Approval:
    """One full debit that the gateway reports. `attempt`: its own id of it, empty where it has none.

    `also` are further words that it has for the CUS: it may tell one first and the scheme's own later.
    """

    attempt: str
    amount: Money
    cus: str | None = None
    bank: str | None = None
    decided_at: datetime | None = None
    also: frozenset[str] = field(default=frozenset(), compare=False)

    @property
    def key(self) -> str:
        """What tells it from others of one payment: the gateway's id of the attempt, else its CUS."""
        return (self.attempt or self.cus or "?")[:64]


def in_order(approvals: Iterable[Approval]) -> list[Approval]:
    """The earliest usable date first, then the lower CUS: which of several debits counts is no accident."""
    never = datetime.max.replace(tzinfo=UTC)
    return sorted(approvals, key=lambda each: (each.decided_at or never, each.cus or "~", each.attempt))


@dataclass(frozen=True, slots=True)
class Verdict:
    """The gateway's own word on this payment; amount, currency and reference were checked.

    `technical` tells a failure (scheme: FAILED) from a refusal (NOT_AUTHORIZED) where the
    unified word is the same. `attempt_over` says that the last attempt ended unpaid although
    the gateway still lets the payer try again; `closed` that a partial payment will not grow.
    `gateway_id` and `redirect_url` are what the answer itself carries. `approvals` lists the different
    full debits, by date and CUS; the fields above are then those of the first. `taken_back` are approved
    ones that went back to their payer since, where others still stand.
    """

    status: Status
    cus: str | None = None
    bank: str | None = None
    approved_amount: Money | None = None
    decided_at: datetime | None = None
    cause: str | None = None
    technical: bool = False
    attempt_over: bool = False
    closed: bool = False
    gateway_id: str | None = None
    redirect_url: str | None = None
    refused: ErrorKind | None = None
    """Why the scheme would not even begin it, where the answer has the scheme's own code."""
    approvals: tuple[Approval, ...] = field(default=(), compare=False)
    taken_back: tuple[Approval, ...] = field(default=(), compare=False)
    ended_cus: frozenset[str] | None = field(default=None, compare=False)
    """CUS of the attempts that this answer itself says have ended unpaid; None where the answer is about
    the only attempt there can be. A CUS that was seen and is not among them is a debit nobody spoke of."""

    @property
    def final(self) -> bool:
        """Whether the gateway will not change its mind about this payment."""
        return self.status.final or self.closed

    def event(self) -> Event | None:
        """The event in the payment's life; None where only staff can say (partial, reversed)."""
        if self.status in (Status.CREATED, Status.PENDING):
            return Event.SEEN_PENDING
        if self.status is Status.APPROVED:
            return Event.SEEN_OK
        if self.status in (Status.PARTIAL, Status.REVERSED):
            return None
        failed = self.technical or self.status in (Status.FAILED, Status.EXPIRED)
        return Event.SEEN_FAILED if failed else Event.SEEN_NOT_AUTHORISED


@dataclass(frozen=True, slots=True)
class Conflict:
    """Not ours or contradicting itself: stop automatic posting, tell staff."""

    kind: ErrorKind
    detail: str = ""
    cus: str | None = field(default=None, compare=False)
    bank: str | None = field(default=None, compare=False)
    amount: Money | None = field(default=None, compare=False)
    """What the answer says was paid, for staff; in whatever currency it names. What it is, is its kind."""
    decided_at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class NoVerdict:
    """Nothing was learnt. `retry_after` in seconds where the server asked for a pause."""

    kind: ErrorKind
    retry_after: int | None = None


Answer = Verdict | Conflict | NoVerdict


@dataclass(frozen=True, slots=True)
class Expected:
    """What an answer must agree with before it may be believed."""

    reference: str
    amount: Money
    payer_ends: str = ""
    """The last characters of the payer's document that we named, where known; an answer that names another
    is not ours."""


def gateway_of(payment: Payment, gateways: Sequence[Gateway]) -> Gateway | None:
    """The account that a payment belongs to; None where it is none of these.

    The last is where payments are begun: those of the time before accounts were kept are its own, by driver.
    """
    if payment.account is None:
        return gateways[-1] if payment.gateway == gateways[-1].name else None
    return next((each for each in gateways if each.account == payment.account), None)


class Gateway(Protocol):
    """One driver. Blocking; usable from any thread; raises nothing but programming errors.

    The `read_…` functions say what one raw answer means. They are the very code that `create`,
    `query` and `find` decide by, so that support can ask about a recorded answer.
    """

    def __init__(self, connection: Connection) -> None:
        """Raises ValueError where the settings lack something this driver needs."""

    declares: ClassVar[Declaration]
    """Its settings, secrets, hosts and limits, for everybody who must not know gateways by name."""

    @property
    def name(self) -> str:
        """The driver's registered name, as in `drivers.DRIVERS`."""

    @property
    def account(self) -> str:
        """Whose book this is: `account_of`."""

    @property
    def skew(self) -> timedelta | None:
        """How far the gateway's clock is ahead of ours; None where it has not answered lately."""

    def measure_skew(self) -> None:
        """Ask once for nothing but the hour; afterwards `skew` is of now, or None."""

    @property
    def abilities(self) -> Abilities:
        """What its contract promises."""

    def banks(self) -> tuple[Bank, ...] | NoVerdict:
        """Where the payer may pay from; empty where the gateway's own page asks."""

    def terms(self) -> tuple[Terms, ...] | NoVerdict:
        """Documents the payer must accept; empty where there are none."""

    def create(self, charge: Charge) -> Creation:
        """Ask for one collection. Never retried inside."""

    def query(self, gateway_id: str, expected: Expected) -> Answer:
        """What the gateway says of this payment now."""

    def find(self, expected: Expected) -> Answer:
        """Look up by our reference; NoVerdict(UNKNOWN_PAYMENT) where it is absent or impossible."""

    def cancel(self, gateway_id: str) -> None:
        """Ask to close an unpaid payment; only a later query says what became of it."""

    @staticmethod
    def read_creation(status: int, body: bytes, reference: str) -> Creation:
        """What an HTTP answer to a creation means."""

    @staticmethod
    def read_query(status: int, body: bytes, expected: Expected) -> Answer:
        """What an HTTP answer to a query by the gateway's id means."""

    @staticmethod
    def read_found(status: int, body: bytes, expected: Expected) -> Answer:
        """What an HTTP answer to a query by our reference means."""

    def is_return(self, url: str) -> bool:
        """Whether the browser reached our return address. Its parameters are never believed."""

    def allowed_hosts(self) -> frozenset[str]:
        """Hosts (with port where not the default) the member's browser may visit to pay."""
