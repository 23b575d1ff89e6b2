"""A payment's life: its states, its events, and the one pure function that joins them.

Nobody assigns a state. `after(state, event)` says where an event leads and whether staff must
look at it. Sources: the scheme's states (OK, NOT_AUTHORIZED, FAILED, PENDING) and the rule that
an unknown answer means pending, never failed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from kiosk.cooperative.money import Money
from kiosk.cooperative.order import Order


class State(StrEnum):
    """Where a payment stands."""

    PREPARED = "PREPARED"
    """Written here; nobody outside has heard of it."""
    REQUESTED = "REQUESTED"
    """Creation sent, answer unknown."""
    AT_BANK = "AT_BANK"
    """The gateway gave a page address; the member is paying through PSE and the bank."""
    PENDING = "PENDING"
    """The member left the bank's page, or the outcome is not known."""
    APPROVED = "APPROVED"
    """The gateway says paid; the core does not know yet."""
    POSTED = "POSTED"
    """The core has it."""
    DECLINED = "DECLINED"
    """Not authorised: no money moved."""
    FAILED = "FAILED"
    """Could not be carried out: no money moved."""


class Event(StrEnum):
    """What can happen to a payment."""

    SENT = "sent"
    OPENED = "opened"
    REFUSED = "refused"
    LEFT = "left"
    SEEN_PENDING = "seen_pending"
    SEEN_OK = "seen_ok"
    SEEN_NOT_AUTHORISED = "seen_not_authorised"
    SEEN_FAILED = "seen_failed"
    ABSENT = "absent"
    """The gateway proved that it never had this payment."""
    LAPSED = "lapsed"
    """The creation was never answered, nobody else can have the page's address, and its time is over."""
    APPLIED = "applied"
    SETTLED = "settled"
    """The manager closed a flagged case, with reason and evidence."""


class Review(StrEnum):
    """Why staff must look at a payment."""

    UNEXPECTED = "unexpected"
    """An event that is not expected in this state."""
    LATE_APPROVAL = "late_approval"
    """Approved after it had been declined or failed."""
    REVERSED = "reversed"
    """Refused after it had been approved."""
    CONTRADICTION = "contradiction"
    """Declined and failed at once."""
    NOT_OURS = "not_ours"
    """Amount, currency or reference of the gateway's answer is not ours."""
    LOST_CREATION = "lost_creation"
    """The answer to the creation never came and the gateway has no look-up."""
    NOT_APPLIED = "not_applied"
    """The core keeps part or all of the money unapplied."""
    CORE_CONFLICT = "core_conflict"
    """The core holds something else under this identifier or bank transaction."""
    STILL_PENDING = "still_pending"
    """No answer for two days. The kiosk keeps asking; an answer closes the case by itself."""
    NOT_POSTED = "not_posted"
    """Approved, and not in the core for an hour, whatever the reason."""
    OTHER_ACCOUNT = "other_account"
    """Begun at a gateway account that these settings do not name, so nobody can be asked about it."""
    PAID_TWICE = "paid_twice"
    """A second full debit stands under its reference (see `second_debit`): it must be returned."""


FINAL = frozenset({State.POSTED, State.DECLINED, State.FAILED})
LIVE = frozenset(State) - FINAL
"""Not final: still to be asked about or posted. `standing.holds` says which payments hold obligations."""
CREDITED = frozenset({State.APPROVED, State.POSTED})
"""The gateway said that the money moved, and the state still says so."""

LOOK_BACK_EVERY, LOOK_BACK_FOR = timedelta(hours=1), timedelta(hours=48)
"""How often, and for how long after its end, a payment that ended unpaid is asked about again."""

CANCELLED = "cancelled"
"""The `error` of a payment that its payer, or the kiosk at their request, closed before a bank decided."""

_S, _E, _R = State, Event, Review

_MOVES: dict[tuple[State, Event], State] = {
    (_S.PREPARED, _E.SENT): _S.REQUESTED,
    (_S.PREPARED, _E.LEFT): _S.FAILED,
    (_S.REQUESTED, _E.OPENED): _S.AT_BANK,
    (_S.REQUESTED, _E.REFUSED): _S.FAILED,
    (_S.REQUESTED, _E.LEFT): _S.PENDING,
    (_S.REQUESTED, _E.SEEN_PENDING): _S.PENDING,
    (_S.REQUESTED, _E.SEEN_OK): _S.APPROVED,
    (_S.REQUESTED, _E.SEEN_NOT_AUTHORISED): _S.DECLINED,
    (_S.REQUESTED, _E.SEEN_FAILED): _S.FAILED,
    (_S.AT_BANK, _E.LEFT): _S.PENDING,
    (_S.AT_BANK, _E.SEEN_PENDING): _S.AT_BANK,
    (_S.AT_BANK, _E.SEEN_OK): _S.APPROVED,
    (_S.AT_BANK, _E.SEEN_NOT_AUTHORISED): _S.DECLINED,
    (_S.AT_BANK, _E.SEEN_FAILED): _S.FAILED,
    (_S.PENDING, _E.LEFT): _S.PENDING,
    (_S.PENDING, _E.SEEN_PENDING): _S.PENDING,
    (_S.PENDING, _E.SEEN_OK): _S.APPROVED,
    (_S.PENDING, _E.SEEN_NOT_AUTHORISED): _S.DECLINED,
    (_S.PENDING, _E.SEEN_FAILED): _S.FAILED,
    (_S.PENDING, _E.ABSENT): _S.FAILED,
    (_S.PENDING, _E.LAPSED): _S.FAILED,
    (_S.APPROVED, _E.LEFT): _S.APPROVED,
    (_S.APPROVED, _E.SEEN_PENDING): _S.APPROVED,
    (_S.APPROVED, _E.SEEN_OK): _S.APPROVED,
    (_S.APPROVED, _E.APPLIED): _S.POSTED,
    (_S.POSTED, _E.LEFT): _S.POSTED,
    (_S.POSTED, _E.SEEN_PENDING): _S.POSTED,
    (_S.POSTED, _E.SEEN_OK): _S.POSTED,
    (_S.POSTED, _E.APPLIED): _S.POSTED,
    **{
        (state, event): state
        for state in (_S.DECLINED, _S.FAILED)
        for event in (_E.REFUSED, _E.LEFT, _E.SEEN_PENDING, _E.ABSENT, _E.LAPSED)
    },
    (_S.DECLINED, _E.SEEN_NOT_AUTHORISED): _S.DECLINED,
    (_S.FAILED, _E.SEEN_FAILED): _S.FAILED,
}

_FLAGS: dict[tuple[State, Event], Review] = {
    (_S.APPROVED, _E.SEEN_NOT_AUTHORISED): _R.REVERSED,
    (_S.APPROVED, _E.SEEN_FAILED): _R.REVERSED,
    (_S.POSTED, _E.SEEN_NOT_AUTHORISED): _R.REVERSED,
    (_S.POSTED, _E.SEEN_FAILED): _R.REVERSED,
    (_S.DECLINED, _E.SEEN_OK): _R.LATE_APPROVAL,
    (_S.FAILED, _E.SEEN_OK): _R.LATE_APPROVAL,
    (_S.DECLINED, _E.SEEN_FAILED): _R.CONTRADICTION,
    (_S.FAILED, _E.SEEN_NOT_AUTHORISED): _R.CONTRADICTION,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where an event leads, and the reason to flag it, if any."""

    state: State
    review: Review | None = None


def after(state: State, event: Event) -> Outcome:
    """Where `event` leads from `state`. Total: an unknown pair keeps the state and flags it.

    SETTLED is not decided here: it needs the manager's verdict and an open flag
    (see `settled`).
    """
    if (state, event) in _MOVES:
        return Outcome(_MOVES[state, event])
    return Outcome(state, _FLAGS.get((state, event), Review.UNEXPECTED))


def settled(review: Review | None, verdict: State) -> State:
    """The manager's way out of a flagged case. Raises ValueError without a flag or a final verdict."""
    if review is None:
        raise ValueError("only a flagged payment can be settled")
    if verdict not in FINAL:
        raise ValueError(f"{verdict} settles nothing")
    return verdict


@dataclass(frozen=True, slots=True)
class Payer:
    """All that may be stored about member and account holder, for claims; documents only masked.

    `member_id` is the core's opaque key; names are kept because a receipt shows them.
    """

    member_id: str
    member_name: str
    member_document_masked: str
    holder_name: str
    holder_document_masked: str


@dataclass(frozen=True, slots=True)
class Payment:
    """One attempt to collect an order, as the journal tells it. Instants are aware (UTC).

    `payment_id` is a UUID in lower case and the core's idempotency key; `reference` is our id at the
    gateway, `gateway_id` the gateway's own. `version` grows by one with each event, for compare and set.
    """

    payment_id: str
    reference: str
    terminal: str
    gateway: str
    order: Order
    payer: Payer
    created_at: datetime
    state: State = State.PREPARED
    version: int = 0
    review: Review | None = None
    gateway_id: str | None = None
    redirect_url: str | None = None
    cus: str | None = None
    bank: str | None = None
    cause: str | None = None
    """The bank's or the gateway's words, for people."""
    error: str | None = None
    """Why the bank gave no answer: an error kind of the gateway driver or of a rule, or CANCELLED."""
    changed_at: datetime | None = None
    decided_at: datetime | None = None
    core_receipt: str | None = None
    next_ask_at: datetime | None = None
    asks: int = 0
    account: str | None = None
    """The gateway account where it was begun (`account_of`); None for payments older than this field."""
    expires_at: datetime | None = None
    """Until when its page may be paid, as the gateway was told."""
    told: str | None = None
    """The `Standing` that the member was last shown; None if they were shown none."""
    attempt: str | None = None
    """The gateway's own id of the attempt that was approved; None where it has none."""

    @property
    def total(self) -> Money:
        """What the bank debits."""
        return self.order.total

    @property
    def live(self) -> bool:
        """Whether it has not reached a final state."""
        return self.state in LIVE
