"""One member at the kiosk, from the first touch to the farewell.

The views show a visit and tell it what the member did; it knows no page. What blocks runs in a
lane; a result that comes after the visit ended is dropped: the next member must not see it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from kiosk.cooperative.payment import Payment, State
from kiosk.member_core.connector import Availability, CoreStatus, KeyChangeRequired, SessionOver
from kiosk.models.payments import PaymentsModel
from kiosk.teller.errors import DebtChanged
from kiosk.teller.limits import DebitLimits
from kiosk.visit.jobs import Jobs
from kiosk.visit.manager import ManagerDesk
from kiosk.visit.navigation import Navigation
from kiosk.visit.news import shown, told_now
from kiosk.visit.paying import Paying
from kiosk.visit.printing import ReceiptPrinting
from kiosk.visit.problems import Trouble, problem_of
from kiosk.visit.signing_in import SigningIn
from kiosk.visit.steps import Step, Turn

if TYPE_CHECKING:
    from kiosk.teller.desk import Desk

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limits(DebitLimits):
    """What one debit may be, and how long each wait lasts (seconds)."""

    bank_seconds: float = 420.0
    watch_every: float = 5.0
    watch_for: float = 90.0


class Visit(Navigation):
    """Joins the parts of a visit: where it stands (itself), who is served, what is paid, what is printed.

    Signals carry no data: ask the visit.
    """

    member_changed = Signal()
    """Who is served, or what is known of the core or of the member's payments."""
    forgotten = Signal()
    """What pages hold of the member must go: the visit ended, or another member signed in."""
    ended = Signal()

    def __init__(self, jobs: Jobs, desk: Callable[[], Desk], limits: Limits) -> None:
        super().__init__(jobs, desk)
        self.limits = limits
        self.signing_in = SigningIn(self)
        self.paying = Paying(self, self.signing_in, limits)
        self.printing = ReceiptPrinting(self)
        self.manager = ManagerDesk(self)
        self.payments = PaymentsModel()
        """The member's own payments at this terminal."""
        self.news: list[Payment] = []
        """Payments that ended while nobody watched; the newest first."""
        self.core: CoreStatus | None = None
        self.unfit: Exception | None = None
        self.signing_in.changed.connect(self.member_changed)
        self.signing_in.entered.connect(self.load_payments)
        self.signing_in.another_member.connect(self._forget_member)
        self.paying.changed.connect(self._result_seen)
        self.moved.connect(self._result_seen)
        self.manager.admitted.connect(self._manager_admitted)
        self.manager.renewed.connect(self._manager_pin_renewed)

    # -- from the first touch to the farewell ---------------------------------------------

    def begin(self) -> None:
        """The first touch; meanwhile ask the core how it is."""
        self.next()
        self.ask(lambda desk: desk.connector.status(), self._know_core, quiet=True)
        self.run("ask", lambda desk: desk.check(), _ignore, self.out_of_service)

    def out_of_service(self, error: Exception | None = None) -> None:
        """Nobody can begin here; `error` is why, for staff. Whoever is served already goes on."""
        log.error("out of service: %s", error or "the core is closed")
        if self.signing_in.session is None and self.can(Turn.UNFIT):
            self.unfit = error
            self.turn(Turn.UNFIT)

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

    def back(self) -> None:
        """Back, by the map; farewell where a key or PIN that others know has to be replaced first."""
        if (self.step is Step.CHANGE_KEY and self.signing_in.must_change_key) or (
            self.step is Step.MANAGER_OWN_PIN and self.manager.first_pin
        ):
            self.finish()
        elif self.step is Step.REVIEW and self.paying.picks_bank_here:
            self.turn(Turn.OTHER_BANK)
        else:
            self.turn(Turn.BACK)

    def finish(self) -> None:
        """Farewell: sign out, forget everything, show the welcome page."""
        self.turn(Turn.FAREWELL)

    def _forget_all(self) -> None:
        session, payment = self.signing_in.session, self.paying.payment
        if session is not None:
            self._jobs.run("ask", lambda: self._desk().connector.sign_out(session), _ignore, _log_failure)
        if payment is not None and payment.state is State.AT_BANK:
            self._jobs.run("money", lambda: self._desk().checkout.left(payment), _ignore, _log_failure)
        self.drop_answers()
        self.signing_in.forget()
        self.printing.forget()
        self.manager.forget()
        self._forget_member()
        self.busy_changed.emit()
        self.ended.emit()
        self.member_changed.emit()

    def _forget_member(self) -> None:
        self.paying.forget()
        self.news = []
        self.payments.load([])
        self.forgotten.emit()

    # -- the member's own payments --------------------------------------------------------

    def load_payments(self) -> None:
        """The member's own payments at this terminal, for the menu and its page."""
        member_id = self.signing_in.served.member.member_id
        self.ask(lambda desk: desk.payments_of(member_id), self._have_payments, quiet=True)

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
            self._jobs.run("ask", lambda: self._desk().told(payments), _ignore, _log_failure)

    def _result_seen(self) -> None:
        payment = self.paying.result
        if payment is not None and self.signing_in.session is not None:
            self._heard_of([payment])

    # -- the manager ----------------------------------------------------------------------

    def _manager_admitted(self) -> None:
        self.turn_if_possible(Turn.FIRST_PIN if self.manager.first_pin else Turn.ADMITTED)

    def _manager_pin_renewed(self) -> None:
        self.turn_if_possible(Turn.PIN_RENEWED)

    # -- what went wrong ------------------------------------------------------------------

    def _failed(self, error: Exception, quiet: bool) -> None:
        self.paying.ask_again()
        problem = problem_of(error)
        if problem.trouble is Trouble.UNEXPECTED:
            log.error("unexpected: %s", type(error).__name__, exc_info=error)
        if quiet:
            return
        if isinstance(error, KeyChangeRequired) and self.signing_in.key_to_change():
            return
        if isinstance(error, DebtChanged):
            self.paying.debt_changed(error.obligations)
        if isinstance(error, SessionOver):
            self.signing_in.over()
        self.tell(problem)


def _ignore(_: object) -> None:
    """A deed whose result nobody waits for."""


def _log_failure(error: Exception) -> None:
    log.warning("after the visit: %s", type(error).__name__)
