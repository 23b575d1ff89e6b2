"""One member at the kiosk, from the first touch to the farewell.

The views show a visit and tell it what the member did; it knows no page. What blocks runs in a
lane; a result that comes after the visit ended is dropped: the next member must not see it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from kiosk.cooperative.member import AccountHolder, Document, MemberSession
from kiosk.cooperative.obligation import Obligation
from kiosk.cooperative.order import InvalidOrder, Order
from kiosk.cooperative.payment import Payment, State
from kiosk.cooperative.standing import Standing, standing
from kiosk.journal.errors import ObligationHeld
from kiosk.member_core.connector import Availability, CoreStatus, KeyChangeRequired, Recovery, SessionOver
from kiosk.models.banks import BanksModel
from kiosk.models.obligations import ObligationsModel
from kiosk.models.payments import PaymentsModel
from kiosk.teller.errors import AboveMaximum, BelowMinimum, DebtChanged
from kiosk.teller.limits import DebitLimits
from kiosk.visit.errands import Errands
from kiosk.visit.jobs import Jobs
from kiosk.visit.manager import ManagerDesk
from kiosk.visit.news import shown, told_now
from kiosk.visit.printing import ReceiptPrinting
from kiosk.visit.problems import NOT_OPENED, Problem, Trouble, problem_of
from kiosk.visit.steps import BACK, NEXT, Step

if TYPE_CHECKING:
    from kiosk.pse.gateway import Bank, Gateway, Terms
    from kiosk.teller.desk import Desk

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limits(DebitLimits):
    """What one debit may be, and how long each wait lasts (seconds)."""

    bank_seconds: float = 420.0
    watch_every: float = 5.0
    watch_for: float = 90.0


class Visit(Errands):
    """State and deeds of one visit. Signals carry no data: ask the visit."""

    moved = Signal()
    payment_changed = Signal()
    member_changed = Signal()
    """Who is served, or what is known of the core."""
    forgotten = Signal()
    """What pages hold of the member must go: the visit ended, or another member signed in."""
    ended = Signal()

    def __init__(self, jobs: Jobs, desk: Callable[[], Desk], limits: Limits) -> None:
        super().__init__(jobs, desk)
        self.limits = limits
        self.obligations = ObligationsModel()
        self.banks = BanksModel()
        self.payments = PaymentsModel()
        self.printing = ReceiptPrinting(self)
        self.manager = ManagerDesk(self)
        self.step = Step.WELCOME
        self.news: list[Payment] = []
        """Payments that ended while nobody watched; the newest first."""
        self.core: CoreStatus | None = None
        self.unfit: Exception | None = None
        self._forget()

    def _forget(self) -> None:
        self._serial += 1
        self.busy = ""
        self.problem: Problem | None = None
        self._whose = ""
        self.document: Document | None = None
        self.session: MemberSession | None = None
        self.recovery: Recovery | None = None
        self.order: Order | None = None
        self._held_by: Payment | None = None
        self.holder: AccountHolder | None = None
        self.terms: tuple[Terms, ...] = ()
        self.payment: Payment | None = None
        self.gateway: Gateway | None = None
        self._asking = False
        self._pays_on = Step.BANK
        self.reprinting = self.consented = False
        self._suggestion: tuple[str, str, str] | None = None

    # -- moving ---------------------------------------------------------------------------

    def go(self, step: Step) -> None:
        """Show this step; a problem shown before is over."""
        self.problem = None
        self.step = step
        self.moved.emit()
        self._result_seen()

    def _result_seen(self) -> None:
        if self.step is Step.RESULT and self.payment is not None and self.session is not None:
            self._heard_of([self.payment])

    def next(self) -> None:
        """On, by the map."""
        self.go(NEXT[self.step])

    def back(self) -> None:
        """Back, by the map; steps without a way back stay."""
        own_first = self.must_change_key or self.manager.first_pin
        if self.step in (Step.BEFORE, Step.MANAGER_PIN) or (
            self.step in (Step.CHANGE_KEY, Step.MANAGER_OWN_PIN) and own_first
        ):
            self.finish()
        elif self.step is Step.REVIEW and self.banks.rowCount():
            self.go(Step.PICK_BANK)
        elif self.step in BACK:
            self.go(BACK[self.step])

    def finish(self) -> None:
        """Farewell: sign out, forget everything, show the welcome page."""
        session = self.session
        if session is not None:
            self._jobs.run("ask", lambda: self._desk().connector.sign_out(session), _ignore, _note)
        if self.payment is not None and self.payment.state is State.AT_BANK:
            payment = self.payment
            self._jobs.run("money", lambda: self._desk().checkout.left(payment), _ignore, _note)
        self._forget()
        self.printing.forget()
        self.manager.forget()
        self._forget_member()
        self.busy_changed.emit()
        self.ended.emit()
        self.member_changed.emit()
        self.go(Step.WELCOME)

    def _forget_member(self) -> None:
        self.order = self.holder = self.payment = self._held_by = None
        self.terms, self.news = (), []
        for model in (self.obligations, self.banks, self.payments):
            model.load([])
        self.forgotten.emit()

    def suggest(self, kind: str, number: str, key: str) -> None:
        """The demonstration's invented member to fill in at the sign-in."""
        self._suggestion = (kind, number, key)

    def take_suggestion(self) -> tuple[str, str, str] | None:
        """The suggestion, once."""
        taken, self._suggestion = self._suggestion, None
        return taken

    # -- who ------------------------------------------------------------------------------

    @property
    def must_change_key(self) -> bool:
        """Whether the core lets this session do nothing but change the key."""
        return self.session is not None and self.session.must_change_key

    def begin(self) -> None:
        """The first touch; meanwhile ask the core how it is."""
        self.next()
        self._ask(lambda desk: desk.connector.status(), self._know_core, quiet=True)
        self.run("ask", lambda desk: desk.check(), _ignore, self.out_of_service)

    def out_of_service(self, error: Exception | None = None) -> None:
        """Nobody can begin here; `error` is why, for staff. Whoever is served already goes on."""
        log.error("out of service: %s", error or "the core is closed")
        if self.session is None:
            self.unfit = error
            self.go(Step.OUT_OF_SERVICE)

    def _know_core(self, status: CoreStatus) -> None:
        self.core = status
        self.member_changed.emit()
        if status.availability is Availability.UNAVAILABLE:
            self.out_of_service()  # before anyone types a key in vain

    @property
    def core_message(self) -> str:
        """What the core itself has to say to members: it is closed, or applies payments later."""
        if self.core is None or self.core.availability is Availability.AVAILABLE:
            return ""
        return self.core.message or ""

    def consent(self) -> None:
        """The privacy notice was accepted for this visit."""
        self.consented = True
        self.next()

    def sign_in(self, document: Document, key: str) -> None:
        """Cédula and clave."""
        self.document = document
        self._ask(lambda desk: desk.sign_in(document, key), self._signed_in, "signing_in")

    def _signed_in(self, session: MemberSession) -> None:
        if self._whose not in ("", session.member.member_id):
            self._forget_member()  # a session had ended, and somebody else went on
        self._whose = session.member.member_id
        self.session = session
        self.member_changed.emit()
        if session.must_change_key:
            self.go(Step.CHANGE_KEY)
        else:
            self._enter_menu()

    def _enter_menu(self) -> None:
        self.go(Step.MENU)
        self.load_payments()

    def recover_key(self, document: Document) -> None:
        """Ask for an e-mail with a way in."""
        self.document = document
        self._ask(lambda desk: desk.connector.recover_key(document), self._recovered, "recovering")

    def _recovered(self, recovery: Recovery) -> None:
        self.recovery = recovery
        self.moved.emit()

    def change_key(self, current: str, new: str) -> None:
        """Replace the key; the session goes on."""
        session = self._session()

        def done(_: None) -> None:
            if self.session is not None:
                self.session = replace(session, must_change_key=False)
            self._enter_menu()

        self._ask(lambda desk: desk.connector.change_key(session, current, new), done, "changing_key")

    # -- what -----------------------------------------------------------------------------

    def load_payments(self) -> None:
        """The member's own payments at this terminal, for the menu and its page."""
        member_id = self._session().member.member_id
        self._ask(lambda desk: desk.payments_of(member_id), self._have_payments, quiet=True)

    def _have_payments(self, found: tuple[list[Payment], list[Payment]]) -> None:
        payments, fresh = found
        self.payments.load(payments)
        told = told_now(fresh)
        self.news = shown(told, self.news)
        self.member_changed.emit()
        self._heard_of(told)

    def _heard_of(self, payments: list[Payment]) -> None:
        """The member has these before their eyes."""
        if payments:
            self._jobs.run("ask", lambda: self._desk().told(payments), _ignore, _note)

    def open_choice(self) -> None:
        """Ask the core what is owed, then choose; all that is overdue is chosen to begin with."""
        session = self._session()

        def done(found: tuple[list[Obligation], Payment | None]) -> None:
            owed, holder = found
            self.obligations.load(owed)
            self.go(Step.CHOOSE)
            self.obligations.choose_all_overdue()
            self._held_by = holder
            if not self.obligations.total:  # said last: a new total takes older sentences away
                self.explain_held()

        self._ask(lambda desk: desk.obligations(session), done, "loading_obligations")

    def explain_held(self) -> None:
        """Say the scheme's words on an obligation that a live payment collects already."""
        if self._held_by is not None:
            self._tell(problem_of(ObligationHeld(self._held_by)))

    def confirm_choice(self) -> None:
        """The choice becomes the order, if it can be paid."""
        if problem := self._choice_problem():
            self._tell(problem)
            return
        self.next()

    def _choice_problem(self) -> Problem | None:
        if not self.obligations.total:
            return Problem(Trouble.NOTHING_CHOSEN)
        try:
            self.limits.admit(self.obligations.total)
            self.order = self.obligations.order()
        except (BelowMinimum, AboveMaximum, InvalidOrder) as error:
            return problem_of(error)
        return None

    def too_many_lines(self) -> None:
        """More rows were asked for than one payment may carry."""
        self._tell(Problem(Trouble.TOO_MANY_LINES))

    def name_holder(self, holder: AccountHolder) -> None:
        """A holder without problems; then the bank, where it is not the gateway's page that asks."""
        self.holder = holder

        def done(found: tuple[tuple[Bank, ...], tuple[Terms, ...], Gateway]) -> None:
            banks, self.terms, self.gateway = found
            self.banks.load(banks)
            self.go(Step.PICK_BANK if banks else NEXT[Step.HOLDER])

        self._ask(lambda desk: (desk.banks.list(), desk.terms(), desk.gateway), done, "loading_banks")

    # -- paying ---------------------------------------------------------------------------

    @property
    def offers_phone(self) -> bool:
        """Whether the page of this payment may be opened on the member's own telephone."""
        return self.gateway is not None and self.gateway.abilities.other_device

    def pay(self, *, on_phone: bool = False) -> None:
        """Start the payment: from here on the journal knows it. `on_phone` shows its page there."""
        self._pays_on = Step.PHONE if on_phone and self.offers_phone else Step.BANK
        order, holder, session = self.order, self.holder, self._session()
        bank, document = self.banks.picked, self.document
        if order is None or holder is None or self.busy:
            return

        def work(desk: Desk) -> tuple[Payment, Gateway]:
            return desk.checkout.pay(session, order, holder, document=document, bank=bank), desk.gateway

        self._ask(work, self._started, "opening", lane="money")

    def _started(self, started: tuple[Payment, Gateway]) -> None:
        payment, self.gateway = started
        self._set_payment(payment)
        if payment.state is State.AT_BANK:
            self.go(self._pays_on)
        elif payment.state is State.FAILED:
            trouble = NOT_OPENED.get(payment.error or "", Trouble.NOT_CREATED)
            if trouble is Trouble.BANK_UNREACHABLE and self.banks.rowCount():
                self.go(Step.PICK_BANK)  # the scheme's way: another bank
            self._tell(Problem(trouble, payment=payment))
        else:
            # No page to open: nothing will come of standing here, the sonda goes on asking.
            self.go(Step.RESULT)

    def left_bank(self, *, given_up: bool = False) -> None:
        """The member came back, gave up or ran out of time: only the gateway says what happened."""
        payment = self.payment
        if payment is None or self.step not in (Step.BANK, Step.PHONE):
            return
        self.go(Step.WAITING)

        def work(desk: Desk) -> Payment:
            checkout = desk.checkout
            return checkout.give_up(payment) if given_up else checkout.ask(checkout.left(payment))

        self._ask(work, self._seen, quiet=True, lane="money")

    def continue_on_phone(self) -> None:
        """From the page in this terminal to the same page on the member's telephone."""
        if self.step is Step.BANK and self.offers_phone:
            self.go(Step.PHONE)

    def back_to_bank(self) -> None:
        """The other way."""
        if self.step is Step.PHONE:
            self.go(Step.BANK)

    def ask_now(self, *, shown: bool = False) -> None:
        """What does the gateway say? `shown` where the member asked and waits for it."""
        payment = self.payment
        if payment is None or (self._asking and not shown):
            return  # a gateway that hangs must not fill the lane with the same question
        self._asking = True
        self._ask(lambda desk: self._look(desk, payment), self._seen, "asking", quiet=not shown)

    @staticmethod
    def _look(desk: Desk, payment: Payment) -> Payment:
        # The sonda may have been there first: always start from the journal.
        return desk.checkout.ask(desk.journal.get(payment.payment_id))

    def _seen(self, payment: Payment) -> None:
        self._asking = False
        known = self.payment
        if known is None or payment.payment_id != known.payment_id or payment.version < known.version:
            return
        self._set_payment(payment)
        if self.step in (Step.BANK, Step.PHONE, Step.WAITING) and standing(payment) is not Standing.OPEN:
            self.go(Step.RESULT)

    def stop_waiting(self) -> None:
        """The honest «pending»: the sonda goes on asking."""
        if self.step is Step.WAITING:
            self.go(Step.RESULT)

    def show_payment(self, payment: Payment) -> None:
        """Look at one of my payments: its result as it stands, a copy of its receipt."""
        self.reprinting = True
        self._set_payment(payment)
        self.go(Step.RESULT)

    def pay_again(self) -> None:
        """Another payment, or the same one tried again: choose anew, with fresh figures."""
        self._set_payment(None)
        self.reprinting = False
        self.order = None
        self.open_choice()

    def _set_payment(self, payment: Payment | None) -> None:
        if (
            payment is None
            or self.payment is None
            or payment.payment_id != self.payment.payment_id
            or payment.version >= self.payment.version
        ):
            self.payment = payment
        self.payment_changed.emit()
        self._result_seen()

    def _failed(self, error: Exception, quiet: bool) -> None:
        self._asking = False
        problem = problem_of(error)
        if problem.trouble is Trouble.UNEXPECTED:
            log.error("unexpected: %s", type(error).__name__, exc_info=error)
        if quiet:
            return
        if isinstance(error, KeyChangeRequired) and self.session is not None:
            self.session = replace(self.session, must_change_key=True)
            self.go(Step.CHANGE_KEY)
            return
        if isinstance(error, DebtChanged):
            self.order = None
            self.obligations.load(error.obligations)
            self.go(Step.CHOOSE)
        if isinstance(error, SessionOver):
            self.session = None
            self.member_changed.emit()
            self.go(Step.SIGN_IN)
        self._tell(problem)

    def _session(self) -> MemberSession:
        if self.session is None:
            raise RuntimeError("nobody is signed in")
        return self.session


def _ignore(_: object) -> None:
    """A deed whose result nobody waits for."""


def _note(error: Exception) -> None:
    log.warning("after the visit: %s", type(error).__name__)
