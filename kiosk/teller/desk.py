"""Everything a visit needs behind the counter, built once by the application."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from kiosk.cooperative.member import Document, MemberSession
from kiosk.cooperative.obligation import PAYMENT_LIVE, Obligation
from kiosk.cooperative.payment import Payment, State
from kiosk.cooperative.refusals import LOOKED_AT, Refused, refused_alike
from kiosk.cooperative.standing import Standing, holds, standing
from kiosk.journal.errors import JournalUnusable
from kiosk.journal.journal import Journal
from kiosk.member_core.connector import Connector, MemberLocked, WrongKey
from kiosk.pse.gateway import OF_ALL_PAYMENTS, Gateway, NoVerdict, Terms
from kiosk.receipt.blocks import Receipt
from kiosk.receipt.document import Issuer, receipt_of
from kiosk.receipt.printer import Printer
from kiosk.teller.attempts import Attempts
from kiosk.teller.banks import BankDirectory
from kiosk.teller.checkout import Checkout
from kiosk.teller.errors import ClockOff, GatewayAway
from kiosk.teller.manager import Manager
from kiosk.teller.sonda import Sonda

_NEWS_FOR = timedelta(days=3)
"""Of what the member never heard anything; what they heard otherwise is told whenever they come."""
_FILED_WITHIN = timedelta(days=3)
"""Older files may have been carried away on purpose."""
CLOCK_MAY_BE_OFF = timedelta(minutes=2)
"""Gateways sign with the hour and take some five minutes; what is dated here is compared by others."""
_LEAST_ROOM = 50 * 2**20
"""Bytes. A payment takes some ten thousand; the rest is for what else writes on that disk meanwhile."""


@dataclass(frozen=True, slots=True)
class Receipts:
    """Makes receipts of payments and keeps them as files.

    `write_pdf(receipt, path)` writes a file whole or not at all.
    """

    issuer: Issuer
    folder: Path
    demonstration: bool
    clock: Callable[[], datetime]
    write_pdf: Callable[[Receipt, Path], None]

    def of(self, payment: Payment, *, copy: bool = False, language: str = "es") -> Receipt:
        """The receipt of a payment as it stands now."""
        return receipt_of(
            payment,
            self.issuer,
            now=self.clock(),
            copy=copy,
            demonstration=self.demonstration,
            language=language,
        )

    def save(self, payment: Payment, receipt: Receipt) -> Path:
        """Write the PDF; its name is the payment's reference and state. Raises OSError."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self.file_of(payment)
        self.write_pdf(receipt, path)
        return path

    def file_of(self, payment: Payment) -> Path:
        """Where the receipt of a payment as it stands is kept."""
        return self.folder / f"{payment.reference}-{payment.state.value.lower()}.pdf"


@dataclass(frozen=True, slots=True)
class Alarms:
    """What the manager must see before all cases. `elsewhere`: open payments of an account that the settings
    do not name; nobody asks about them. `refused`: nobody's payment can be begun."""

    elsewhere: int = 0
    refused: Refused | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """The parts, already joined. All of them block: call them in a lane, never on the GUI thread."""

    connector: Connector
    journal: Journal
    gateway: Gateway
    banks: BankDirectory
    checkout: Checkout
    sonda: Sonda
    printer: Printer
    receipts: Receipts
    manager: Manager
    attempts: Attempts = field(default_factory=Attempts)

    def sign_in(self, document: Document, key: str) -> MemberSession:
        """Ask the core, unless too many wrong keys were typed here. Raises TooManyTries, CoreError."""
        self.attempts.admit(document)
        try:
            session = self.connector.sign_in(document, key)
        except (WrongKey, MemberLocked):
            self.attempts.failed(document)
            raise
        self.attempts.succeeded(document)
        return session

    def terms(self) -> tuple[Terms, ...]:
        """What the payer must accept for this gateway. Raises GatewayAway."""
        if not self.gateway.abilities.wants_terms:
            return ()
        terms = self.gateway.terms()
        if isinstance(terms, NoVerdict):
            raise GatewayAway(terms.kind)
        return terms

    def obligations(self, session: MemberSession) -> tuple[list[Obligation], Payment | None]:
        """What the member owes, as the core says, and a payment that holds some of it already.

        That is not payable for the reason PAYMENT_LIVE. Raises what `Connector.obligations` does.
        """
        member = session.member.member_id
        holding = [
            payment
            for payment in self.journal.unresolved()
            if payment.payer.member_id == member and holds(payment.state, payment.review)
        ]
        holders = {key: payment for payment in holding for key in payment.order.obligation_ids}
        owed = self.connector.obligations(session)
        marked = [
            replace(each, payable=False, not_payable_reason=PAYMENT_LIVE)
            if each.obligation_id in holders
            else each
            for each in owed
        ]
        held = next((holders[each.obligation_id] for each in owed if each.obligation_id in holders), None)
        return marked, held

    def payments_of(self, member_id: str) -> tuple[list[Payment], list[Payment]]:
        """A member's payments at this terminal, and those that ended otherwise than they last heard."""
        since = self.receipts.clock() - _NEWS_FOR
        return self.journal.of_member(member_id), self.journal.news(member_id, since)

    def unfiled(self) -> list[Payment]:
        """Posted payments of the last three days whose receipt has no file, the oldest first."""
        now = self.receipts.clock()
        return [
            payment
            for payment in self.journal.between(now - _FILED_WITHIN, now)
            if payment.state is State.POSTED
            and standing(payment) is Standing.PAID
            and not self.receipts.file_of(payment).exists()
        ]

    def file_receipts(self, stop: Callable[[], bool] = lambda: False) -> int:
        """File what `unfiled` finds: posted by the sonda, or cut off by a power cut. Raises OSError.

        Returns how many were filed; `stop` is asked between two.
        """
        done = 0
        for payment in self.unfiled():
            if stop():
                break
            self.receipts.save(payment, self.receipts.of(payment))
            done += 1
        return done

    def told(self, payments: Iterable[Payment]) -> None:
        """The member has just been shown how these stand."""
        for payment in payments:
            self.journal.note_told(payment)

    def check(self) -> None:
        """Whether a payment could be begun and written down to its end. Raises JournalUnusable, ClockOff.

        A disk without room, or a clock that signs the wrong hour, must be found before a member starts.
        """
        if self._clock_is_off():
            self.gateway.measure_skew()  # one odd answer, or one from before a sleep, is no proof
        if self._clock_is_off() and (skew := self.gateway.skew):
            raise ClockOff(-skew.total_seconds() / 60)
        if why := self.journal.why_no_payment():
            raise JournalUnusable(why)
        self.journal.beat(self.receipts.issuer.terminal, now=self.receipts.clock())
        if self.journal.room() < _LEAST_ROOM:
            raise JournalUnusable(f"less than {_LEAST_ROOM // 2**20} MiB free for the journal")

    def _clock_is_off(self) -> bool:
        return abs(self.gateway.skew or timedelta()) > CLOCK_MAY_BE_OFF

    def alarms(self) -> Alarms:
        """What concerns all payments. Raises JournalUnusable."""
        now = self.receipts.clock()
        lately = self.journal.between(now - LOOKED_AT, now + timedelta(hours=1))
        refused = refused_alike(lately, OF_ALL_PAYMENTS)
        elsewhere = [
            each for each in self.journal.unresolved() if each.live and self.checkout.elsewhere(each)
        ]
        return Alarms(len(elsewhere), refused if refused and refused.alarms else None)

    def close(self) -> None:
        """Let go of the journal's file."""
        self.journal.close()
