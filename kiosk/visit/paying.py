"""What is paid, from whose account, at which bank, and what has become of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from kiosk.cooperative.member import AccountHolder
from kiosk.cooperative.obligation import Obligation
from kiosk.cooperative.order import InvalidOrder, Order
from kiosk.cooperative.payment import Payment, State
from kiosk.cooperative.standing import Standing, standing
from kiosk.journal.errors import ObligationHeld
from kiosk.models.banks import BanksModel
from kiosk.models.obligations import ObligationsModel
from kiosk.teller.errors import AboveMaximum, BelowMinimum
from kiosk.teller.limits import DebitLimits
from kiosk.visit.navigation import Navigation
from kiosk.visit.problems import NOT_OPENED, Problem, Trouble, problem_of
from kiosk.visit.signing_in import SigningIn
from kiosk.visit.steps import Step, Turn

if TYPE_CHECKING:
    from kiosk.pse.gateway import Bank, Gateway, Terms
    from kiosk.teller.desk import Desk


class Paying(QObject):
    """One payment after another. Signals carry no data: ask here."""

    changed = Signal()
    """The payment is another one, or stands otherwise."""

    def __init__(self, navigation: Navigation, signing_in: SigningIn, limits: DebitLimits) -> None:
        super().__init__()
        self._navigation, self._signing_in, self._limits = navigation, signing_in, limits
        self.obligations = ObligationsModel()
        self.banks = BanksModel()
        self._forget_state()

    def _forget_state(self) -> None:
        self.order: Order | None = None
        self._held_by: Payment | None = None
        self.holder: AccountHolder | None = None
        self.terms: tuple[Terms, ...] = ()
        self.payment: Payment | None = None
        self.gateway: Gateway | None = None
        self.reprinting = False
        self._asking = False
        self._opened = Turn.PAGE_OPENED

    def forget(self) -> None:
        """The visit is over, or another member signed in."""
        self._forget_state()
        self.obligations.load([])
        self.banks.load([])

    # -- what -----------------------------------------------------------------------------

    def open_choice(self) -> None:
        """Ask the core what is owed, then choose; all that is overdue is chosen to begin with."""
        session = self._signing_in.served

        def done(found: tuple[list[Obligation], Payment | None]) -> None:
            owed, holder = found
            self.obligations.load(owed)
            self._navigation.turn(Turn.DEBT_KNOWN)
            self.obligations.choose_all_overdue()
            self._held_by = holder
            if not self.obligations.total:  # said last: a new total takes older sentences away
                self.explain_held()

        self._navigation.ask(lambda desk: desk.obligations(session), done, "loading_obligations")

    def explain_held(self) -> None:
        """Say the scheme's words on an obligation that a live payment collects already."""
        if self._held_by is not None:
            self._navigation.tell(problem_of(ObligationHeld(self._held_by)))

    def too_many_lines(self) -> None:
        """More rows were asked for than one payment may carry."""
        self._navigation.tell(Problem(Trouble.TOO_MANY_LINES))

    def confirm_choice(self) -> None:
        """The choice becomes the order, if it can be paid."""
        if problem := self._choice_problem():
            self._navigation.tell(problem)
        else:
            self._navigation.next()

    def _choice_problem(self) -> Problem | None:
        if not self.obligations.total:
            return Problem(Trouble.NOTHING_CHOSEN)
        try:
            self._limits.admit(self.obligations.total)
            self.order = self.obligations.order()
        except (BelowMinimum, AboveMaximum, InvalidOrder) as error:
            return problem_of(error)
        return None

    def debt_changed(self, obligations: Sequence[Obligation]) -> None:
        """The core's figures are others than the order's: choose anew."""
        self.order = None
        self.obligations.load(obligations)
        self._navigation.turn(Turn.DEBT_CHANGED)

    # -- from whose account ---------------------------------------------------------------

    def name_holder(self, holder: AccountHolder) -> None:
        """A holder without problems; then the bank, where it is not the gateway's page that asks."""
        self.holder = holder

        def done(found: tuple[tuple[Bank, ...], tuple[Terms, ...], Gateway]) -> None:
            banks, self.terms, self.gateway = found
            self.banks.load(banks)
            self._navigation.turn(Turn.BANK_ASKED_HERE if banks else Turn.BANK_ASKED_THERE)

        self._navigation.ask(
            lambda desk: (desk.banks.list(), desk.terms(), desk.gateway), done, "loading_banks"
        )

    @property
    def picks_bank_here(self) -> bool:
        """Whether the bank is picked in this terminal, not on the gateway's page."""
        return bool(self.banks.rowCount())

    # -- at the bank ----------------------------------------------------------------------

    @property
    def offers_phone(self) -> bool:
        """Whether the page of this payment may be opened on the member's own telephone."""
        return self.gateway is not None and self.gateway.abilities.other_device

    def pay(self, *, on_phone: bool = False) -> None:
        """Start the payment: from here on the journal knows it. `on_phone` shows its page there."""
        self._opened = Turn.PHONE_OPENED if on_phone and self.offers_phone else Turn.PAGE_OPENED
        order, holder, session = self.order, self.holder, self._signing_in.served
        bank, document = self.banks.picked, self._signing_in.document
        if order is None or holder is None or self._navigation.busy:
            return

        def work(desk: Desk) -> tuple[Payment, Gateway]:
            return desk.checkout.pay(session, order, holder, document=document, bank=bank), desk.gateway

        self._navigation.ask(work, self._started, "opening", lane="money")

    def _started(self, started: tuple[Payment, Gateway]) -> None:
        payment, self.gateway = started
        self._know(payment)
        if payment.state is State.AT_BANK:
            self._navigation.turn(self._opened)
        elif payment.state is State.FAILED:
            trouble = NOT_OPENED.get(payment.error or "", Trouble.NOT_CREATED)
            if trouble is Trouble.BANK_UNREACHABLE and self.picks_bank_here:
                self._navigation.turn(Turn.BANK_UNREACHABLE)
            self._navigation.tell(Problem(trouble, payment=payment))
        else:
            # No page to open: nothing will come of standing here, the sonda goes on asking.
            self._navigation.turn(Turn.NO_PAGE)

    def continue_on_phone(self) -> None:
        """From the page in this terminal to the same page on the member's telephone."""
        if self.offers_phone:
            self._navigation.turn_if_possible(Turn.TO_PHONE)

    def back_to_bank(self) -> None:
        """The other way."""
        self._navigation.turn_if_possible(Turn.TO_TERMINAL)

    def left_bank(self, *, given_up: bool = False) -> None:
        """The member came back, gave up or ran out of time: only the gateway says what happened."""
        payment = self.payment
        if payment is None or not self._navigation.can(Turn.LEFT_BANK):
            return
        self._navigation.turn(Turn.LEFT_BANK)

        def work(desk: Desk) -> Payment:
            checkout = desk.checkout
            return checkout.give_up(payment) if given_up else checkout.ask(checkout.left(payment))

        self._navigation.ask(work, self._seen, quiet=True, lane="money")

    # -- what has become of it ------------------------------------------------------------

    def ask_now(self, *, shown: bool = False) -> None:
        """What does the gateway say? `shown` where the member asked and waits for it."""
        payment = self.payment
        if payment is None or (self._asking and not shown):
            return  # a gateway that hangs must not fill the lane with the same question
        self._asking = True
        self._navigation.ask(lambda desk: _ask_about(desk, payment), self._seen, "asking", quiet=not shown)

    def _seen(self, payment: Payment) -> None:
        self.ask_again()
        known = self.payment
        if known is None or payment.payment_id != known.payment_id or payment.version < known.version:
            return
        self._know(payment)
        if standing(payment) is not Standing.OPEN:
            self._navigation.turn_if_possible(Turn.ENDED)

    def ask_again(self) -> None:
        """An answer or a failure came: the same question may be asked again."""
        self._asking = False

    def stop_waiting(self) -> None:
        """The honest «pending»: the sonda goes on asking."""
        self._navigation.turn_if_possible(Turn.WAITED_ENOUGH)

    def show_payment(self, payment: Payment) -> None:
        """Look at one of my payments: its result as it stands, a copy of its receipt."""
        self.reprinting = True
        self._know(payment)
        self._navigation.turn(Turn.ONE_PAYMENT)

    def seen_enough(self) -> None:
        """Back to my payments."""
        self.reprinting = False
        self._navigation.turn(Turn.MY_PAYMENTS)

    def pay_again(self) -> None:
        """Another payment, or the same one tried again: choose anew, with fresh figures."""
        self._know(None)
        self.reprinting = False
        self.order = None
        self.open_choice()

    def _know(self, payment: Payment | None) -> None:
        known = self.payment
        older = (
            payment is not None
            and known is not None
            and payment.payment_id == known.payment_id
            and payment.version < known.version
        )
        if not older:
            self.payment = payment
        self.changed.emit()

    @property
    def result(self) -> Payment | None:
        """The payment whose result the member has before their eyes."""
        return self.payment if self._navigation.step is Step.RESULT else None


def _ask_about(desk: Desk, payment: Payment) -> Payment:
    # The sonda may have been there first: always start from the journal.
    return desk.checkout.ask(desk.journal.get(payment.payment_id))
