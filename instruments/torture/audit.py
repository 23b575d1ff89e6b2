"""Three books against each other: the terminal's journal, the gateway's record, the core's record.

Read when everything has healed and the sonda had days to end what it could. "Flagged" means that the
journal asks staff to look at the payment. Every finding is one payment (or one broken book) and one of:

lost
    A debit stands approved at the gateway, the core has no record of the payment, and it is not
    flagged: nobody will ever look. Also where the core calls a payment posted but moved less than its
    amount, and where the approved reference is not in the journal at all.
duplicated
    The core moved a line twice, or more than the amount; the core has two records of one bank
    transaction or of one reference; the gateway was asked twice for one reference; two debits of one
    reference stand approved; or two payments were live at once for one obligation (by the order of the
    journal's events).
wrong_state
    The journal contradicts another book or itself, and does not say so by a flag that the other books
    explain: paid without an approval, unpaid although the core has it, posted without a record in the
    core, ended unpaid while the payer can still pay; amount, CUS or receipt number that differ; an
    outsider knows a reference that the journal does not, or that was never written as sent; a flag
    that nothing explains; a state that its events do not lead to; a broken chain of events; a process
    that ended by a defect.
disputed_shown_as_unpaid
    A debit stands approved at the gateway, and the member would be told that no money moved.
adopted_foreign
    Paid by the CUS of a debit that was made under another reference.
stuck
    Still live after the drain although the gateway has an end, or has never heard of it; or still live
    in a state that only lasts while somebody is in front of the screen. A lost creation that can not be
    looked up and is flagged is staff's, and not stuck.

A payment that its bank has not decided is pending in both books: that is right, not stuck. Flags that
the books explain: LOST_CREATION while the gateway's id was unknown, NOT_APPLIED where the core says so,
LATE_APPROVAL of an approved debit.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any

from kiosk.cooperative.money import Money, total
from kiosk.cooperative.payment import CREDITED, FINAL, Payment, Review, State
from kiosk.cooperative.standing import Standing, standing
from kiosk.journal.chain import JournalEvent

Row = Mapping[str, Any]


class Kind(StrEnum):
    """What is wrong."""

    LOST = "lost"
    DUPLICATED = "duplicated"
    WRONG_STATE = "wrong_state"
    STUCK = "stuck"
    DISPUTED_SHOWN_AS_UNPAID = "disputed_shown_as_unpaid"
    ADOPTED_FOREIGN = "adopted_foreign"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong, and what each book says of it."""

    kind: Kind
    reference: str
    why: str
    books: str

    def line(self) -> str:
        """For a reader of the run."""
        return f"{self.kind}: {self.reference}: {self.why}\n    {self.books}"


@dataclass
class Books:
    """All three, as read."""

    payments: Sequence[Payment]
    events: Mapping[str, Sequence[JournalEvent]]
    """By payment id, in their order."""
    broken: Sequence[str] = ()
    """What the journal finds wrong with itself."""
    sessions: Sequence[Row] = ()
    """The gateway's, with their debits."""
    records: Sequence[Row] = ()
    """The core's payments."""
    movements: Sequence[Row] = ()
    """What the core moved."""
    defects: Sequence[str] = ()
    """How processes ended that nobody had killed."""
    finds_by_reference: bool = False
    """Whether the gateway can be asked by our reference."""


@dataclass(frozen=True, slots=True)
class Case:
    """One reference in all three books."""

    reference: str
    payment: Payment | None
    events: Sequence[JournalEvent]
    sessions: Sequence[Row]
    records: Sequence[Row]
    movements: Sequence[Row]
    can_be_found: bool
    """Whether the gateway can be asked by our reference."""

    @property
    def approved(self) -> list[Row]:
        """Debits that the bank made."""
        return [debit for each in self.sessions for debit in each["debits"] if debit["state"] == "approved"]

    @property
    def open_at_gateway(self) -> bool:
        """Whether it can still be paid there, or its bank has not decided."""
        return any(each["state"] in ("open", "at_bank", "pending") for each in self.sessions)

    @property
    def review(self) -> Review | None:
        """The journal's flag."""
        return self.payment.review if self.payment else None

    def told(self) -> str:
        """What each book says."""
        payment = self.payment
        journal = "nothing" if payment is None else f"{payment.state}, flag {payment.review}"
        words = " ".join(event.event for event in self.events)
        debits = [f"{each['state']} {[d['state'] for d in each['debits']]}" for each in self.sessions]
        core = [f"{each['status']} put {each.get('puts')} times" for each in self.records]
        return (
            f"journal: {journal} ({words}); gateway: {debits or 'nothing'}; "
            f"core: {core or 'nothing'}, {len(self.movements)} movements"
        )


def audit(books: Books) -> list[Finding]:
    """Everything that is wrong, by payment."""
    found = [Finding(kind, case.reference, why, case.told())
             for case in cases(books)
             for kind, check in _CHECKS
             for why in check(case)]  # fmt: skip
    found += [Finding(Kind.DUPLICATED, *each) for each in _live_at_once(books)]
    found += [Finding(Kind.WRONG_STATE, *each, "") for each in _broken_books(books)]
    found += [Finding(Kind.ADOPTED_FOREIGN, *each, "") for each in _adopted(books)]
    return found


def cases(books: Books) -> Iterator[Case]:
    """Every reference that any book knows; a core's record without one goes by its id."""
    sessions, records, movements = defaultdict(list), defaultdict(list), defaultdict(list)
    by_id = {payment.payment_id: payment for payment in books.payments}
    by_cus = {debit["cus"]: each["reference"] for each in books.sessions for debit in each["debits"]}
    payments = {payment.reference: payment for payment in books.payments}
    for each in books.sessions:
        sessions[each["reference"]].append(each)
    names = {}
    for each in books.records:
        known, cus = by_id.get(each["paymentId"]), each["collection"].get("trackingCode")
        name = known.reference if known else by_cus.get(cus, each["paymentId"])
        names[each["paymentId"]] = name
        records[name].append(each)
    for each in books.movements:
        movements[names.get(each["paymentId"], each["paymentId"])].append(each)
    for reference in sorted({*payments, *sessions, *records, *movements}):
        payment = payments.get(reference)
        events = books.events.get(payment.payment_id, ()) if payment else ()
        yield Case(
            reference, payment, events, sessions[reference], records[reference], movements[reference],
            books.finds_by_reference,
        )  # fmt: skip


# -- one case -----------------------------------------------------------------------------------


def _lost(case: Case) -> Iterator[str]:
    if case.approved and not case.records and case.review is None:
        yield "approved at the gateway, not in the core, and nobody is told"
    for record in case.records:
        moved = total(_money(each) for each in case.movements if each["paymentId"] == record["paymentId"])
        if record["status"] == "posted" and moved < Money.from_wire(record["totalAmount"]):
            yield f"posted in the core, but only {moved.wire()} moved"


def _duplicated(case: Case) -> Iterator[str]:
    if len(case.sessions) > 1:
        yield "the gateway was asked for it more than once"
    if len(case.approved) > 1:
        yield "two debits are approved"
    if len(case.records) > 1:
        yield "the core has more than one record of it"
    lines = Counter((each["paymentId"], each["lineId"]) for each in case.movements)
    if any(times > 1 for times in lines.values()):
        yield "the core moved a line twice"
    elif case.payment and total(_money(each) for each in case.movements) > case.payment.total:
        yield "the core moved more than its amount"


def _wrong_state(case: Case) -> Iterator[str]:
    if case.payment is None:
        where = "gateway" if case.sessions else "core"
        yield f"the {where} knows it and the journal does not"
        return
    yield from _against_events(case, case.payment)
    yield from _against_gateway(case, case.payment)
    yield from _against_core(case, case.payment)
    if case.review and not _explained(case):
        yield f"flagged {case.review}, which the other books do not explain"


def _against_events(case: Case, payment: Payment) -> Iterator[str]:
    before: State | None = None
    for event in case.events:
        if event.before is not before:
            yield f"event {event.seq} begins at {event.before}, not at {before}"
        before = event.after
    if before is not payment.state:
        yield f"its events end at {before}"
    if case.sessions and not any(event.event == "sent" for event in case.events):
        yield "the gateway heard of it before that was on disk"


def _against_gateway(case: Case, payment: Payment) -> Iterator[str]:
    if payment.state in CREDITED and not case.approved:
        yield "paid, but the gateway has no approved debit"
    if payment.state in (State.DECLINED, State.FAILED) and case.open_at_gateway and not case.review:
        yield "ended unpaid, but it can still be paid"
    if payment.state is State.DECLINED and not case.sessions:
        yield "declined, but the gateway never heard of it"
    for session in case.sessions:
        if Money.from_wire(session["amount"]) != payment.total:
            yield f"the gateway was asked for {session['amount']}, the order is {payment.total.wire()}"
    if (
        payment.state in CREDITED
        and case.approved
        and payment.cus not in [debit["cus"] for debit in case.approved]
    ):
        yield f"its CUS {payment.cus} is not that of the approved debit"


def _against_core(case: Case, payment: Payment) -> Iterator[str]:
    if payment.state is State.POSTED and not case.records:
        yield "posted, but the core has no record of it"
    for record in case.records:
        if payment.state is not State.POSTED:
            yield "the core has it, and the journal does not say so"
        if record["status"] == "received":
            yield "the core is open and has not applied it"
        if record["status"] == "needs_attention" and case.review is not Review.NOT_APPLIED:
            yield "the core could not apply all of it, and it is not flagged"
        if Money.from_wire(record["totalAmount"]) != payment.total:
            yield f"the core has {record['totalAmount']}, the order is {payment.total.wire()}"
        if record["collection"].get("trackingCode") != payment.cus:
            yield "the core has another CUS"
        if payment.core_receipt not in (None, record["coreReceiptNumber"]):
            yield "the core has another receipt number"


def _explained(case: Case) -> bool:
    payment = case.payment
    assert payment
    if payment.review is Review.LOST_CREATION:
        return not _id_was_known(case.events)
    if payment.review in (Review.STILL_PENDING, Review.OTHER_ACCOUNT):
        return payment.state is State.PENDING and (case.open_at_gateway or not case.sessions)
    if payment.review is Review.NOT_APPLIED:
        return any(record["status"] == "needs_attention" for record in case.records)
    unpaid = payment.state in (State.DECLINED, State.FAILED)
    return payment.review is Review.LATE_APPROVAL and unpaid and bool(case.approved)


def _id_was_known(events: Sequence[JournalEvent]) -> bool:
    """When it was flagged: it may have been found since."""
    for event in events:
        if event.facts.get("review") == Review.LOST_CREATION:
            return False
        if event.facts.get("gateway_id"):
            return True
    return False


def _stuck(case: Case) -> Iterator[str]:
    payment = case.payment
    if payment is None or not payment.live:
        return
    given_up = payment.review is Review.LOST_CREATION and payment.gateway_id is None
    if given_up and payment.state is State.PENDING and not (case.can_be_found and case.sessions):
        return
    if payment.state is not State.PENDING:
        yield f"{payment.state} although days have passed"
    elif not case.sessions:
        yield "the gateway has never heard of it, and nobody is told"
    elif case.approved or not case.open_at_gateway:
        yield "the gateway has an end for it"


def _shown_as_unpaid(case: Case) -> Iterator[str]:
    if case.payment and case.approved and standing(case.payment) is Standing.UNPAID:
        yield "a debit was made, and the member would read that there was none"


_CHECKS: Sequence[tuple[Kind, Callable[[Case], Iterator[str]]]] = (
    (Kind.LOST, _lost),
    (Kind.DUPLICATED, _duplicated),
    (Kind.WRONG_STATE, _wrong_state),
    (Kind.STUCK, _stuck),
    (Kind.DISPUTED_SHOWN_AS_UNPAID, _shown_as_unpaid),
)


def _money(movement: Row) -> Money:
    return Money.from_wire(movement["amount"])


# -- all cases ----------------------------------------------------------------------------------


def _live_at_once(books: Books) -> Iterator[tuple[str, str, str]]:
    """Reference, why, what the journal says."""
    lives = defaultdict(list)
    for payment in books.payments:
        events = books.events.get(payment.payment_id, ())
        if not events:
            continue
        end = next((float(event.seq) for event in events if event.after in FINAL), float("inf"))
        for obligation in payment.order.obligation_ids:
            lives[obligation].append((events[0].seq, end, payment.reference))
    for obligation, spans in lives.items():
        spans.sort()
        for (_, end, first), (start, _, second) in pairwise(spans):
            if start < end:
                words = f"journal: {first} was live until event {end}, {second} began with event {start}"
                yield second, f"{obligation} already had the live payment {first}", words


def _adopted(books: Books) -> Iterator[tuple[str, str]]:
    """Reference and why: the money of somebody else's debit."""
    made_for = {debit["cus"]: each["reference"] for each in books.sessions for debit in each["debits"]}
    for payment in books.payments:
        owner = made_for.get(payment.cus or "", payment.reference)
        if payment.state in CREDITED and owner != payment.reference:
            yield payment.reference, f"its CUS is of a debit for {owner}"


def _broken_books(books: Books) -> Iterator[tuple[str, str]]:
    for fault in books.broken:
        yield "journal", fault
    for defect in books.defects:
        yield "program", f"it ended by itself: {defect}"
