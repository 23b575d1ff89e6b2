"""The manager at the terminal: the PIN, the cases, a search, the day. State for the manager's pages."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from kiosk.cooperative.bogota import day_of
from kiosk.cooperative.payment import Payment, State
from kiosk.cooperative.second_debit import SecondDebit
from kiosk.models.payments import PaymentsModel

if TYPE_CHECKING:
    from kiosk.teller.desk import Alarms, Desk
    from kiosk.teller.manager import DayClose
    from kiosk.visit.errands import Errands

    _Found = tuple[list[Payment], DayClose, Alarms]


class ManagerDesk(QObject):
    """What the manager sees. Signals carry no data: ask here."""

    admitted = Signal()
    renewed = Signal()
    refused = Signal()
    changed = Signal()
    closed = Signal()
    left_open = Signal()
    """A case could not be closed; `problem` says why."""

    def __init__(self, errands: Errands) -> None:
        super().__init__()
        self._errands = errands
        self.cases, self.found = PaymentsModel(), PaymentsModel()
        self._clear()

    def _clear(self) -> None:
        self.day: DayClose | None = None
        self.alarms: Alarms | None = None
        self.case: Payment | None = None
        self.tries_left: int | None = None
        self.locked_minutes: int | None = None
        self.asking = self.first_pin = False
        self.problem = self.sought = ""
        self.seen: dict[str, str] = {}
        self.debits: list[SecondDebit] = []

    def forget(self) -> None:
        """The manager has left."""
        self._clear()
        for model in (self.cases, self.found):
            model.load([])

    def enter(self, pin: str) -> None:
        """`admitted` or `refused` follows."""
        if self.asking:
            return
        self.asking = True
        self._errands.run("ask", lambda desk: desk.manager.enter(pin), self._admitted, self._refused)

    def _admitted(self, first: bool) -> None:
        self._clear()
        self.first_pin = first
        self.admitted.emit()

    def renew(self, pin: str, new: str) -> None:
        """An own PIN in place of the one that holds; `renewed` or `refused` follows."""
        if self.asking:
            return
        self.asking = True
        self._errands.run("ask", lambda desk: desk.manager.change_pin(pin, new), self._renewed, self._refused)

    def _renewed(self, _: object) -> None:
        self.asking = self.first_pin = False
        self.renewed.emit()

    def _refused(self, error: Exception) -> None:
        from kiosk.teller.pin import PinLocked, WrongPin

        self.asking = False
        self.tries_left = error.left if isinstance(error, WrongPin) else None
        self.locked_minutes = _minutes(error.seconds) if isinstance(error, PinLocked) else None
        self.problem = "" if isinstance(error, (PinLocked, WrongPin)) else type(error).__name__
        self.refused.emit()

    def load(self, today: date) -> None:
        """Cases and the day; `changed` when they are there."""

        def work(desk: Desk) -> _Found:
            return _found(desk, today)

        self._errands.run("ask", work, self._loaded, self._failed)

    def _loaded(self, found: _Found) -> None:
        cases, self.day, self.alarms = found
        self.cases.load(cases)
        self.problem = ""
        self.changed.emit()

    def find(self, text: str) -> None:
        """Payments that fit; `changed` when they are there, and `sought` is what they fit."""

        def have(found: list[Payment]) -> None:
            self.sought = text
            self.found.load(found)
            self.changed.emit()

        self._errands.run("ask", lambda desk: desk.manager.find(text), have, self._failed)

    def look_into(self, payment: Payment) -> None:
        """What the other side said of a case, and further debits; `changed` when they are there."""
        self.seen, self.debits = {}, []

        def have(found: tuple[dict[str, str], list[SecondDebit]]) -> None:
            if self.case is not None and self.case.payment_id == payment.payment_id:
                self.seen, self.debits = found
                self.changed.emit()

        self._errands.run("ask", lambda desk: desk.manager.evidence(payment), have, self._failed)

    def return_debit(self, payment: Payment, *, by: str, reason: str, evidence: str) -> None:
        """The further debit went back: `closed`, with the cases that are left, or `left_open`."""
        if not self.debits:
            return
        key = self.debits[0].key
        day = day_of(payment.created_at) if self.day is None else self.day.day

        def work(desk: Desk) -> _Found:
            desk.manager.return_debit(payment, key, by=by, reason=reason, evidence=evidence)
            return _found(desk, day)

        self._errands.run("money", work, self._case_closed, self._case_left)

    def _case_closed(self, found: _Found) -> None:
        self._loaded(found)
        self.closed.emit()

    def _case_left(self, error: Exception) -> None:
        self._failed(error)
        self.left_open.emit()

    def settle(self, payment: Payment, verdict: State, *, by: str, reason: str, evidence: str) -> None:
        """Close a case: `closed`, with the cases that are left, or `left_open`."""

        day = day_of(payment.created_at) if self.day is None else self.day.day

        def work(desk: Desk) -> _Found:
            desk.manager.settle(payment, verdict, by=by, reason=reason, evidence=evidence)
            return _found(desk, day)

        self._errands.run("money", work, self._case_closed, self._case_left)

    def _failed(self, error: Exception) -> None:
        self.problem = type(error).__name__
        self.changed.emit()


def _found(desk: Desk, day: date) -> _Found:
    return desk.manager.cases(), desk.manager.day(day), desk.alarms()


def _minutes(seconds: float) -> int | None:
    """Whole minutes, rounded up; None for ever."""
    return None if seconds == float("inf") else -int(-seconds // 60)
