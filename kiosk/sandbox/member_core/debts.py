"""An obligation in the sandbox: what it shows, and what a payment does to it.

Days are kept relative to today, so that what is 18 days late today is 18 days late in a year.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from kiosk.sandbox.member_core.rows import SeedObligation
from kiosk.sandbox.member_core.shapes import amount

_MOST = 10**15 - 1  # cents; the contract's amounts have 13 digits before the point


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or its last day where the month is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@dataclass(slots=True)
class Debt:
    """Amounts in cents; `since_days` and `next_days` are days from today (the past is negative)."""

    obligation_id: str
    member_id: str
    position: int
    kind: str
    name: str
    reference: str
    reason: str | None
    instalment: int
    overdue: int
    since_days: int | None
    late_count: int
    late_each: int
    next_amount: int
    next_days: int | None
    balance: int
    meaning: str
    least: int | None
    paid: int | None
    total: int | None

    @classmethod
    def seeded(cls, member_id: str, position: int, seed: SeedObligation, today: date) -> Debt:
        """The obligation as the sandbox starts it, with its calendar worked out for today."""
        instalment = seed.instalment * 100
        debt = cls(
            obligation_id=seed.obligation_id, member_id=member_id, position=position, kind=seed.kind,
            name=seed.name, reference=seed.reference, reason=seed.reason, instalment=instalment,
            overdue=0, since_days=None, late_count=0, late_each=0, next_amount=0, next_days=seed.due_in,
            balance=seed.balance * 100, meaning=seed.meaning,
            least=None if seed.least is None else seed.least * 100, paid=seed.paid, total=seed.total,
        )  # fmt: skip
        if seed.late_days is not None:
            since = today - timedelta(days=seed.late_days)
            late = 1
            while months_later(since, late) < today:
                late += 1
            debt.since_days, debt.late_count = -seed.late_days, late
            debt.overdue = late * instalment + seed.charges * 100
            debt.late_each = -(-debt.overdue // late)
            debt.next_days = (months_later(since, late) - today).days
        if debt.next_days is not None:
            debt.next_amount = min(instalment, debt._room())
        return debt

    def _room(self) -> int:
        """How much the next instalment can be at most."""
        return self.instalment if self.meaning == "saved" else max(self.balance - self.overdue, 0)

    def wire(self, today: date) -> dict[str, object]:
        """The contract's Obligation."""
        since = None if self.since_days is None else today + timedelta(days=self.since_days)
        body: dict[str, object] = {
            "obligationId": self.obligation_id,
            "kind": self.kind,
            "name": self.name,
            "reference": self.reference,
            "payable": self.reason is None,
            "notPayableReason": self.reason,
            "overdue": {
                "amount": amount(self.overdue),
                "since": since.isoformat() if since else None,
                "installments": self.late_count,
            },
            "nextDue": self._next_due(today),
            "balance": {"amount": amount(self.balance), "meaning": self.meaning},
            "otherAmount": self._other_amount(),
        }
        if self.paid is not None and self.total is not None:
            body["installments"] = {"paid": self.paid, "total": self.total}
        return body

    def _next_due(self, today: date) -> dict[str, str] | None:
        if self.next_days is None:
            return None
        due = today + timedelta(days=self.next_days)
        return {"amount": amount(self.next_amount), "dueDate": due.isoformat()}

    def _other_amount(self) -> dict[str, object]:
        if self.least is None or self.reason is not None:
            return {"allowed": False, "minimum": "0.00", "maximum": "0.00"}
        if self.meaning == "saved":
            return {"allowed": True, "minimum": amount(self.least), "maximum": None}
        least = min(self.least, self.balance)  # the last pesos of a loan can always be paid
        return {"allowed": True, "minimum": amount(least), "maximum": amount(self.balance)}

    def refusal(self, paid: int) -> str | None:
        """Why this many cents can not be applied (the contract's word), or None."""
        if self.reason == "closed":
            return "obligation_closed"
        if self.reason is not None:
            return "not_payable"
        if paid == 0 or (self.meaning == "saved" and self.balance + paid > _MOST):
            return "accounting_error"
        return "exceeds_balance" if self.meaning == "owed" and paid > self.balance else None

    def apply(self, paid: int, choice: str, today: date) -> None:
        """Apply cents that `refusal` let through.

        The member's choice says what is paid first; the rest goes to what is late, then to the
        next instalment, then to the balance.
        """
        rest = paid
        self.balance += paid if self.meaning == "saved" else -paid
        if choice == "next_due":
            rest = self._pay_overdue(self._pay_next(rest, today), today)
        else:
            rest = self._pay_next(self._pay_overdue(rest, today), today)
        self._settle()

    def take_back(self, paid: int) -> None:
        """A payment that staff reversed is owed again, together with the next instalment."""
        self.balance = max(self.balance - paid, 0) if self.meaning == "saved" else self.balance + paid
        self.next_amount += paid
        self.next_days = self.next_days or 0
        self.reason = None

    def _pay_overdue(self, rest: int, today: date) -> int:
        part = min(rest, self.overdue)
        if part == 0:
            return rest
        self.overdue -= part
        left = -(-self.overdue // self.late_each)
        self._count_paid(self.late_count - left)
        if self.overdue == 0:
            self.since_days = None
        elif self.since_days is not None:
            since = months_later(today + timedelta(days=self.since_days), self.late_count - left)
            self.since_days = (since - today).days
        self.late_count = left
        return rest - part

    def _pay_next(self, rest: int, today: date) -> int:
        part = min(rest, self.next_amount)
        if part == 0 or self.next_days is None:
            return rest
        self.next_amount -= part
        if self.next_amount == 0:
            due = months_later(today + timedelta(days=self.next_days), 1)
            self.next_days = (due - today).days
            self.next_amount = self.instalment
            self._count_paid(1)
        return rest - part

    def _count_paid(self, instalments: int) -> None:
        if self.paid is not None and self.total is not None:
            self.paid = min(self.paid + instalments, self.total)

    def _settle(self) -> None:
        """No more can be due than is owed; what is owed no more can not be paid any more."""
        if self.meaning == "saved":
            return
        self.next_amount = min(self.next_amount, self._room())
        if self.next_amount == 0:
            self.next_days = None
        if self.balance == 0:
            self.close()

    def close(self) -> None:
        """Settled, here or at the counter: a loan is closed, anything else has nothing due."""
        self.overdue = self.late_count = self.next_amount = 0
        self.since_days = self.next_days = None
        if self.meaning == "owed":
            self.balance = 0
        self.reason = "closed" if self.kind == "loan" else "nothing_due"
        self._count_paid(self.total or 0)
