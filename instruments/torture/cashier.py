"""The process under torture: one visit after the other, and the sonda beside it.

It ends as its shift says, by its own hand at a step, by somebody else's at any instant, or by itself.
"""

from __future__ import annotations

import logging
import random
import resource
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

from instruments.torture.shift import Place, Role, Shift, ShiftClock
from instruments.torture.steps import Steps
from instruments.torture.till import BANK_BUDGET, Till, open_till
from kiosk.cooperative.member import AccountHolder, Document, DocumentType, HolderKind, Member
from kiosk.cooperative.money import Money
from kiosk.cooperative.obligation import Choice, ObligationKind
from kiosk.cooperative.order import Order, OrderLine
from kiosk.cooperative.payment import Payment, State
from kiosk.journal.errors import JournalUnusable, ObligationHeld, Stale
from kiosk.member_core.connector import CoreError
from kiosk.pse.gateway import Bank
from kiosk.sandbox.member_core.members import MEMBERS, SeedMember
from kiosk.sandbox.pse.banks import BANKS
from kiosk.teller.errors import DebtChanged

_HOLDER = AccountHolder(
    HolderKind.NATURAL,
    Document(DocumentType.CC, "1023456789"),
    "Marta Rincón Ávila",
    "marta.rincon@correo.example",
    "3001112233",
)
_ROUND_EVERY = 0.1
_LOOK_EVERY = 0.12
_A_ROUND = 20
_OTHER_CHOICES = 5
_DAYS_PASS = (0.0, 0.3, 0.3, 0.3, 0.6, 1.1, 1.1, 3, 6, 12, 24, 36, 1.1)
"""Hours between the rounds of a drain: first the usual spacing, in the end what takes two days."""
_PAGE = 4096

Tell = Callable[[str, str], None]


def work(place: Place, shift: Shift, wire: Connection) -> None:
    """The life of the process. Tells (what, detail) along the wire."""
    logging.disable(logging.CRITICAL)
    random.seed(shift.seed)
    lock = threading.Lock()

    def tell(what: str, detail: str = "") -> None:
        with lock, suppress(OSError):
            wire.send((what, detail))

    try:
        _Cashier(place, shift, tell).live()
    except JournalUnusable as error:  # as the program does: out of service
        tell("out of service", str(error))
    except BaseException:
        tell("crash", traceback.format_exc())
        raise


class _Cashier:
    """One process at one till."""

    def __init__(self, place: Place, shift: Shift, tell: Tell) -> None:
        self._place, self._shift, self._tell = place, shift, tell
        self._disk = _Disk(place.journal, tell)
        self._clock = ShiftClock(shift)
        self._steps = Steps(shift.triggers, lambda: self._disk.full_for(shift.disk_lasts))
        self._over = threading.Event()

    def live(self) -> None:
        """From opening the journal to closing it."""
        for spell in self._shift.disk:
            self._disk.full_later(spell.after, spell.lasts)
        till = open_till(self._place, self._steps, self._clock)
        try:
            if self._shift.role is Role.DRAIN:
                self._drain(till)
            elif self._shift.role is Role.SONDA:
                self._rounds(till)
            else:
                self._serve(till)
        finally:
            till.close()

    def _serve(self, till: Till) -> None:
        till.sonda.recover(self._clock())
        beside = threading.Thread(target=self._in_the_background, args=(till,), daemon=True)
        beside.start()
        for _ in range(self._shift.orders):
            try:
                if not any(self._visit(till) for _ in range(_OTHER_CHOICES)):
                    break
            except (JournalUnusable, Stale) as error:  # the member reads that it is out of service
                self._tell("visit failed", f"{type(error).__name__} {error}")
                time.sleep(_LOOK_EVERY)
        self._over.set()
        beside.join()

    def _in_the_background(self, till: Till) -> None:
        try:
            self._rounds(till)
        except BaseException:
            self._tell("crash", traceback.format_exc())
            raise

    def _rounds(self, till: Till) -> None:
        while not self._over.wait(_ROUND_EVERY * random.uniform(0.5, 1.5)):
            try:
                till.sonda.round(_A_ROUND)
            except JournalUnusable as error:
                self._tell("round failed", str(error))

    def _visit(self, till: Till) -> bool:
        """As a member goes through it: start, bank's page, look, look again, leave. False: held already."""
        member = random.choice(_PAYING)
        who = Member(member.member_id, member.name, "CC ******6789", member.email)
        at = random.choice(BANKS)
        bank = Bank(at.code, at.name) if till.gateway.abilities.picks_bank_here else None
        order = _order(member, self._place.unpayable)
        try:
            payment = self._begin(till, member, who, order, bank)
        except ObligationHeld:
            self._tell("held", "")
            return False
        except (CoreError, DebtChanged) as error:  # nothing was begun; the member reads why
            self._tell("not begun", type(error).__name__)
            return False
        self._tell("started", payment.reference)
        if payment.state is State.AT_BANK and payment.redirect_url:
            self._tell("page", payment.redirect_url)
            time.sleep(random.uniform(0, BANK_BUDGET / 2))
            self._watch(till, till.checkout.left(payment))
        return True

    def _begin(self, till: Till, member: SeedMember, who: Member, order: Order, bank: Bank | None) -> Payment:
        """As the page does, by way of limits and a second look at the debts; or past that look."""
        if self._place.unpayable or random.random() < 0.5:
            return till.checkout.start(order, who, _HOLDER, bank=bank)
        document = Document(DocumentType(member.document_type), member.document_number)
        session = till.connector.sign_in(document, member.key or "")
        return till.checkout.pay(session, order, _HOLDER, document=document, bank=bank)

    def _watch(self, till: Till, payment: Payment) -> None:
        patience = time.monotonic() + random.uniform(0, 1.2)
        while payment.live and time.monotonic() < patience:
            payment = till.checkout.ask(till.journal.get(payment.payment_id))
            time.sleep(_LOOK_EVERY)

    def _drain(self, till: Till) -> None:
        till.sonda.recover(self._clock())
        for hours in _DAYS_PASS[: self._shift.orders or None]:
            self._clock.forward(hours)
            for _ in range(20):
                if not till.sonda.round(_A_ROUND):
                    break
        self._tell("drained", "")


class _Disk:
    """Fills the disk under this process's files and frees it again."""

    def __init__(self, journal: Path, tell: Tell) -> None:
        self._journal, self._tell = journal, tell
        self._usual = resource.getrlimit(resource.RLIMIT_FSIZE)

    def full_later(self, after: float, lasts: float) -> None:
        """From then on, for so many seconds."""
        timer = threading.Timer(after, self.full_for, (lasts,))
        timer.daemon = True
        timer.start()

    def full_for(self, lasts: float) -> None:
        """From now on: what is written may still change, within limits, but nothing grows."""
        log = self._journal.with_name(self._journal.name + "-wal")
        room = random.choice([0, log.stat().st_size if log.exists() else 0])
        room += random.choice([0, 1, 3]) * _PAGE
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, self._usual[1]))
        self._tell("disk full", str(room))
        free = threading.Timer(lasts, resource.setrlimit, (resource.RLIMIT_FSIZE, self._usual))
        free.daemon = True
        free.start()


_PAYING = [
    member for member in MEMBERS
    if any(obligation.reason is None for obligation in member.obligations)
]  # fmt: skip


def _order(member: SeedMember, unpayable: bool) -> Order:
    rows = [row for row in member.obligations if row.reason is None]
    if unpayable and random.random() < 0.5:
        rows = list(member.obligations)
    lines = min(len(rows), random.choices([1, 2, 3], [75, 20, 5])[0])
    return Order(
        tuple(
            OrderLine(
                str(number),
                row.obligation_id,
                ObligationKind.CONTRIBUTION,
                row.name,
                row.reference,
                Choice.OTHER,
                Money.of(random.randint(100, 900)),
            )
            for number, row in enumerate(random.sample(rows, lines), start=1)
        )
    )
