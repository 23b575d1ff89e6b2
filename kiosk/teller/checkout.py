"""One payment from the intent to the core's record, each step on disk before the next.

The gateway's own answer to our own query is the only thing believed. What can not be known stays
pending; what does not fit goes to staff and is never posted by itself.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from kiosk.cooperative.member import AccountHolder, Document, Member, MemberSession
from kiosk.cooperative.order import Order
from kiosk.cooperative.payment import Event, Payment, Review, State
from kiosk.cooperative.refusals import LOOKED_AT, refused_alike
from kiosk.journal.errors import Stale
from kiosk.journal.journal import Facts, Journal
from kiosk.member_core.connector import Connector
from kiosk.pse.gateway import (
    OF_ALL_PAYMENTS,
    Bank,
    Created,
    Creation,
    ErrorKind,
    ExistsAlready,
    Gateway,
    NotCreated,
    Status,
    Verdict,
)
from kiosk.teller.asking import Inquiry, note_on
from kiosk.teller.errors import DebtChanged
from kiosk.teller.line import Line
from kiosk.teller.pen import Pen
from kiosk.teller.terminal import TerminalFacts, Timings, charge_of, payer_of
from kiosk.teller.verdicts import expected_of

log = logging.getLogger(__name__)

_SENT_WITHIN = 30.0
"""Seconds from the intent to the creation; a process that slept longer sends nothing any more."""


class Checkout:
    """Carries payments through gateway and core. Blocking; usable from any thread.

    `clock` tells aware instants and may be set while it runs; `steady` counts seconds and never jumps.
    `former` are gateways' accounts that nothing is begun at any more: they are only asked, each about its
    own payments. Raises what the journal raises; gateway and core do not raise.
    """

    def __init__(
        self,
        journal: Journal,
        gateway: Gateway,
        connector: Connector,
        clock: Callable[[], datetime],
        terminal: TerminalFacts,
        timings: Timings | None = None,
        steady: Callable[[], float] = time.monotonic,
        *,
        former: Iterable[Gateway] = (),
    ) -> None:
        self._journal = journal
        self._gateway = gateway
        self._connector = connector
        self._clock = clock
        self._terminal = terminal
        self._timings = timings or Timings()
        self._steady = steady
        self._limits = terminal.limits
        self._pen = Pen(journal, clock)
        self._inquiry = Inquiry(journal, (*former, gateway), connector, clock, self._timings, steady)
        self.core_line = self._inquiry.poster.line

    # -- beginning --------------------------------------------------------------------------------

    def pay(
        self,
        session: MemberSession,
        order: Order,
        holder: AccountHolder,
        *,
        document: Document | None = None,
        bank: Bank | None = None,
    ) -> Payment:
        """The same as `start`, after asking the core once more: another terminal may have been faster.

        Raises DebtChanged with the figures of now, and what `Connector.obligations` and `start` raise.
        """
        self._limits.admit(order.total)
        owed = self._connector.obligations(session)
        if order.outdated(owed):
            raise DebtChanged(owed)
        return self.start(order, session.member, holder, document=document, bank=bank)

    def start(
        self,
        order: Order,
        member: Member,
        holder: AccountHolder,
        *,
        document: Document | None = None,
        bank: Bank | None = None,
    ) -> Payment:
        """Ask the gateway to collect `order`. `document` is the member's own, whoever pays.

        Raises ObligationHeld, BelowMinimum and AboveMaximum before anyone hears of it.
        AT_BANK: go to `redirect_url`. FAILED: certainly nothing there, `error` says why.
        PENDING: it may exist; the sonda finds out, and the obligations stay held.
        """
        self._limits.admit(order.total)
        payment, created = self._begun(order, member, holder, document, bank)
        if not isinstance(created, ExistsAlready):
            return payment
        # Nobody but this call ever used the reference: what the gateway knows under it is somebody else's.
        log.error("%s: the gateway knows this reference already; beginning anew", payment.reference)
        return self._begun(order, member, holder, document, bank)[0]

    def _begun(
        self,
        order: Order,
        member: Member,
        holder: AccountHolder,
        document: Document | None,
        bank: Bank | None,
    ) -> tuple[Payment, Creation | None]:
        now, begun = self._clock(), self._steady()
        payment = self._journal.prepare(
            order,
            payer_of(member, holder),
            terminal=self._terminal.terminal,
            gateway=self._gateway.name,
            account=self._gateway.account,
            expires_at=now + timedelta(minutes=self._terminal.session_minutes),
            now=now,
        )
        first_ask = now + timedelta(seconds=self._timings.first_after)
        facts = Facts(next_ask_at=first_ask)
        if bank is not None:
            facts["bank"] = bank.name
        try:
            payment = self._journal.record(payment, Event.SENT, now=now, **facts)
        except Stale:  # this process slept, and a sonda has ended what nobody had sent
            return self._pen.again(payment), None
        self._inquiry.begun(payment)
        if self._steady() - begun > _SENT_WITHIN or self._clock() - now > timedelta(seconds=_SENT_WITHIN):
            refused = Facts(error=ErrorKind.NOT_SENT.value)
            return self._answered(payment, Event.REFUSED, Event.ABSENT, refused), None
        charge = charge_of(payment, holder, bank, self._terminal, now, member=member, document=document)
        created = self._gateway.create(charge)
        payment = self._created(payment, created)
        self._note_refusals(payment)
        return payment, created

    def _note_refusals(self, payment: Payment) -> None:
        """One line where beginnings fail alike for everybody, when the member comes who makes it sure."""
        now = self._clock()
        lately = self._journal.between(now - LOOKED_AT, now + timedelta(hours=1))
        found = refused_alike(lately, OF_ALL_PAYMENTS)
        before = [each for each in lately if each.payment_id != payment.payment_id]
        known = refused_alike(before, OF_ALL_PAYMENTS)
        if found and found.alarms and not (known and known.alarms):
            log.error("no payment can be begun: %d members in a row (%s)", found.members, found.kind)

    def _created(self, payment: Payment, created: Creation) -> Payment:
        if isinstance(created, Created):
            facts = Facts(gateway_id=created.gateway_id, redirect_url=created.redirect_url)
            if created.redirect_url is None:
                log.warning("%s: created, but there is no page to open", payment.reference)
                return self._answered(payment, Event.LEFT, Event.LEFT, facts)
            payment = self._answered(payment, Event.OPENED, Event.SEEN_PENDING, facts)
            if payment.state is State.FAILED:  # this process slept, and a sonda found nothing there
                return self._pen.flag(payment, Review.UNEXPECTED, "created after its end")
            return payment
        if isinstance(created, NotCreated | ExistsAlready):
            return self._answered(payment, Event.REFUSED, Event.ABSENT, Facts(error=created.kind.value))
        log.warning("%s: no telling whether it was created (%s)", payment.reference, created.kind)
        return self._answered(payment, Event.LEFT, Event.LEFT, Facts())

    def _answered(self, payment: Payment, event: Event, moved: Event, facts: Facts) -> Payment:
        """The answer to a creation; `moved` tells the same where a sonda had given it up as lost."""
        try:
            return self._journal.record(payment, event, now=self._clock(), **facts)
        except Stale:
            return self._pen.tell(self._pen.again(payment), moved, lambda _: facts)[0]

    def left(self, payment: Payment) -> Payment:
        """The member left the bank's page, or nobody knows where they are."""
        return self._pen.tell(payment, Event.LEFT, lambda _: Facts())[0]

    def give_up(self, payment: Payment) -> Payment:
        """The member left the page for good: closed at the gateway where nobody began to pay, then asked.

        Only a page that no attempt was made on is closed: what becomes of a debit whose page is closed
        meanwhile no contract says.
        """
        payment = self.left(payment)
        gateway, line = self._inquiry.gateway_of(payment), self.line_of(payment)
        if payment.gateway_id and gateway and gateway.abilities.cancels and not line.asked_to_wait:
            answer = gateway.query(payment.gateway_id, expected_of(payment))
            note_on(line, answer)
            if isinstance(answer, Verdict) and answer.status is Status.CREATED:
                gateway.cancel(payment.gateway_id)
        return self.ask(payment)

    def session_over(self, payment: Payment) -> bool:
        """Whether the gateway's page can no longer be paid."""
        usual = payment.created_at + timedelta(minutes=self._terminal.session_minutes)
        return self._clock() >= (payment.expires_at or usual)

    # -- asking and posting -----------------------------------------------------------------------

    @property
    def gateway_line(self) -> Line:
        """Whether the gateway that payments are begun at is there."""
        return self._inquiry.gateway_line

    def line_of(self, payment: Payment) -> Line:
        """The same of the account this payment belongs to."""
        return self._inquiry.line_of(payment)

    def accounts_away(self) -> frozenset[str]:
        """Accounts that nobody asks now: their gateway is away."""
        return self._inquiry.accounts_away()

    def elsewhere(self, payment: Payment) -> bool:
        """Whether it belongs to an account that the settings do not name: nobody here can be asked."""
        return self._inquiry.gateway_of(payment) is None

    def can_look_up(self, payment: Payment) -> bool:
        """Whether its gateway can be asked about it at all."""
        return self._inquiry.can_look_up(payment)

    def known_for(self, payment: Payment) -> timedelta:
        """How long this process has asked about it, by a count that nobody sets."""
        return self._inquiry.known_for(payment)

    def ask(self, payment: Payment) -> Payment:
        """Ask the gateway and write what it said; see `Inquiry.ask`."""
        return self._inquiry.ask(payment)

    def post(self, payment: Payment) -> Payment:
        """Put an approved payment to the core; see `Poster.post`."""
        return self._inquiry.poster.post(payment)
