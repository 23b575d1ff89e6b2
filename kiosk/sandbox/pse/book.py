"""The gateway's own record: what is to be paid, and every debit tried for it.

Speaks no gateway's wire format. A *session* is one thing to be paid, a *debit* one attempt at a
bank. A debit waiting at the bank outlives the session's time: nobody but the bank decides it.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from kiosk.cooperative.money import Money

MOST_ATTEMPTS = 10


class DebitState(StrEnum):
    """Where one attempt stands."""

    AT_BANK = "at_bank"
    PENDING = "pending"
    APPROVED = "approved"
    DECLINED = "declined"
    NO_FUNDS = "no_funds"
    FAILED = "failed"
    ABANDONED = "abandoned"
    CANCELLED = "cancelled"


class SessionState(StrEnum):
    """Where the whole stands. Only OPEN, AT_BANK and PENDING can still change."""

    OPEN = "open"
    AT_BANK = "at_bank"
    PENDING = "pending"
    APPROVED = "approved"
    CANCELLED_BY_PAYER = "cancelled_by_payer"
    CANCELLED_BY_MERCHANT = "cancelled_by_merchant"
    EXPIRED = "expired"
    EXHAUSTED = "exhausted"


_UNPAID = {DebitState.DECLINED, DebitState.NO_FUNDS, DebitState.FAILED, DebitState.ABANDONED}
_DECIDED_BY_BANK = _UNPAID - {DebitState.ABANDONED} | {DebitState.PENDING, DebitState.APPROVED}


class NotPayable(Exception):
    """No debit can begin: the session is over, or one is waiting for the bank's word."""


@dataclass(frozen=True, slots=True)
class NewSession:
    """What a merchant asks for. `request` is the gateway's own echo of it, kept as it is."""

    reference: str
    description: str
    amount: Money
    return_url: str
    cancel_url: str
    expires_at: datetime
    email: str
    company: bool
    request: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Debit:
    """One attempt. `due_at` is when a pending one will be approved, if ever. Times are UTC."""

    number: int
    cus: str
    bank: str
    company: bool
    state: DebitState
    started_at: datetime
    decided_at: datetime | None
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class PaymentSession:
    """A session as of now, its debits newest first. `since` is when its state began."""

    number: int
    page_key: str
    asked: NewSession
    created_at: datetime
    debits: tuple[Debit, ...]
    state: SessionState
    since: datetime

    @property
    def return_url(self) -> str:
        """Where the payer goes when done; `{number}` in what was asked for becomes this session's."""
        return self.asked.return_url.replace("{number}", str(self.number))

    @property
    def cancel_url(self) -> str:
        """Where the payer goes when giving up."""
        return self.asked.cancel_url.replace("{number}", str(self.number))


_SCHEMA = """
CREATE TABLE IF NOT EXISTS sessions (
    number INTEGER PRIMARY KEY, page_key TEXT NOT NULL UNIQUE, reference TEXT NOT NULL,
    description TEXT NOT NULL, amount TEXT NOT NULL, currency TEXT NOT NULL, return_url TEXT NOT NULL,
    cancel_url TEXT NOT NULL, email TEXT NOT NULL, company INTEGER NOT NULL, request TEXT NOT NULL,
    created_at TEXT NOT NULL, expires_at TEXT NOT NULL, closed TEXT, closed_at TEXT);
CREATE TABLE IF NOT EXISTS debits (
    number INTEGER PRIMARY KEY, session INTEGER NOT NULL REFERENCES sessions, cus TEXT NOT NULL UNIQUE,
    bank TEXT NOT NULL, company INTEGER NOT NULL, state TEXT NOT NULL, started_at TEXT NOT NULL,
    decided_at TEXT, due_at TEXT);
CREATE INDEX IF NOT EXISTS debits_of_session ON debits (session);
"""


_REFUSED = (DebitState.DECLINED, DebitState.NO_FUNDS, DebitState.FAILED)


class Book:
    """Sessions and debits in SQLite: a file, or memory without one. Thread-safe."""

    def __init__(self, path: Path | None, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._db.close()

    def open(self, asked: NewSession) -> PaymentSession:
        """Write a new session down."""
        with self._writing() as now:
            number = self._next_number("sessions")
            values = (
                number, secrets.token_hex(16), asked.reference, asked.description, asked.amount.wire(),
                asked.amount.currency, asked.return_url, asked.cancel_url, asked.email, asked.company,
                json.dumps(asked.request), _text(now), _text(asked.expires_at),
            )  # fmt: skip
            self._db.execute(f"INSERT INTO sessions VALUES ({','.join('?' * 13)}, NULL, NULL)", values)
            return self._loaded("number = ?", number)[0]

    def session(self, number: int) -> PaymentSession | None:
        """The session of this number as of now."""
        if number >= 2**63:  # more than SQLite's integers hold
            return None
        return next(iter(self._read_sessions("number = ?", number)), None)

    def session_of_page(self, page_key: str) -> PaymentSession | None:
        """The session whose pages carry this key."""
        return next(iter(self._read_sessions("page_key = ?", page_key)), None)

    def sessions(self) -> list[PaymentSession]:
        """All of them, oldest first."""
        return self._read_sessions("number > ?", 0)

    def begin_debit(self, number: int, bank: str, company: bool) -> Debit:
        """Take the payer to a bank. Raises NotPayable.

        The same choice twice is one debit; another choice ends the undecided one before it.
        """
        with self._writing() as now:
            session = self._loaded("number = ?", number)[0]
            if session.state not in (SessionState.OPEN, SessionState.AT_BANK):
                raise NotPayable(session.state)
            if session.state is SessionState.AT_BANK:
                undecided = session.debits[0]
                if (undecided.bank, undecided.company) == (bank, company):
                    return undecided
                self._end_debit(undecided, DebitState.CANCELLED, now)
                if now >= session.asked.expires_at:
                    raise NotPayable(SessionState.EXPIRED)  # undoes the line above
            self._db.execute(
                "INSERT INTO debits VALUES (?, ?, ?, ?, ?, ?, ?, NULL, NULL)",
                (self._next_number("debits"), number, self._new_cus(), bank, company, DebitState.AT_BANK,
                 _text(now)),
            )  # fmt: skip
            return self._loaded("number = ?", number)[0].debits[0]

    def decide(self, debit: Debit, state: DebitState, after_seconds: int | None = None) -> bool:
        """The bank's word; False where it came too late and another one stands.

        PENDING with `after_seconds` becomes APPROVED by itself that much later.
        """
        if state not in _DECIDED_BY_BANK:
            raise ValueError(f"not a bank's decision: {state}")
        with self._writing() as now:
            due = None if after_seconds is None else now + timedelta(seconds=after_seconds)
            return self._end_debit(debit, state, now, due)

    def cancel_by_payer(self, number: int) -> bool:
        """The payer gives up before the bank decided; False where that is no longer possible."""
        with self._writing() as now:
            session = self._loaded("number = ?", number)[0]
            if session.state is SessionState.AT_BANK:
                self._end_debit(session.debits[0], DebitState.CANCELLED, now)
            elif session.state is not SessionState.OPEN:
                return False
            return self._shut(number, SessionState.CANCELLED_BY_PAYER, now)

    def cancel_by_merchant(self, number: int) -> bool:
        """The merchant takes it back; False once a debit is at a bank or the session is over."""
        with self._writing() as now:
            if self._loaded("number = ?", number)[0].state is not SessionState.OPEN:
                return False
            return self._shut(number, SessionState.CANCELLED_BY_MERCHANT, now)

    def expire(self, number: int) -> None:
        """Let the session's time be over now instead of later, for tests and the tour."""
        with self._writing() as now:
            self._db.execute(
                "UPDATE sessions SET expires_at = ? WHERE number = ? AND expires_at > ?",
                (_text(now), number, _text(now)),
            )

    def overturn(self, number: int) -> bool:
        """A bank takes its last refusal back: the debit was made. Whether there was one to take back."""
        with self._writing() as now:
            changed = self._db.execute(
                "UPDATE debits SET state = ?, decided_at = ? WHERE state IN (?, ?, ?) "
                "AND number = (SELECT max(number) FROM debits WHERE session = ?)",
                (DebitState.APPROVED, _text(now), *_REFUSED, number),
            )
            if changed.rowcount:
                self._db.execute(
                    "UPDATE sessions SET closed = NULL, closed_at = NULL WHERE number = ?", (number,)
                )
            return changed.rowcount == 1

    def abandon_undecided(self, after_seconds: int) -> None:
        """End debits whose payer has left the bank's page open for too long."""
        with self._writing() as now:
            self._db.execute(
                "UPDATE debits SET state = ?, decided_at = ? WHERE state = ? AND started_at <= ?",
                (DebitState.ABANDONED, _text(now), DebitState.AT_BANK,
                 _text(now - timedelta(seconds=after_seconds))),
            )  # fmt: skip

    @contextmanager
    def _writing(self) -> Iterator[datetime]:
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                now = self._now()
                self._approve_due(now)
                yield now
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def _read_sessions(self, where: str, value: object) -> list[PaymentSession]:
        with self._writing():
            return self._loaded(where, value)

    def _approve_due(self, now: datetime) -> None:
        self._db.execute(
            "UPDATE debits SET state = ?, decided_at = due_at WHERE state = ? AND due_at <= ?",
            (DebitState.APPROVED, DebitState.PENDING, _text(now)),
        )

    def _end_debit(self, debit: Debit, state: DebitState, now: datetime, due: datetime | None = None) -> bool:
        changed = self._db.execute(
            "UPDATE debits SET state = ?, decided_at = ?, due_at = ? WHERE number = ? AND state = ?",
            (state, None if state is DebitState.PENDING else _text(now), due and _text(due), debit.number,
             DebitState.AT_BANK),
        )  # fmt: skip
        return changed.rowcount == 1

    def _shut(self, number: int, state: SessionState, now: datetime) -> bool:
        self._db.execute(
            "UPDATE sessions SET closed = ?, closed_at = ? WHERE number = ?", (state, _text(now), number)
        )
        return True

    def _next_number(self, table: str) -> int:
        # A fresh book starts anywhere: a forgotten book's numbers must not come back as others.
        (last,) = self._db.execute(f"SELECT max(number) FROM {table}").fetchone()
        return int(last) + 1 if last else 1_000_000 + secrets.randbelow(800_000_000)

    def _new_cus(self) -> str:
        while True:
            cus = str(1_000_000 + secrets.randbelow(10**10 - 1_000_000))
            if not self._db.execute("SELECT 1 FROM debits WHERE cus = ?", (cus,)).fetchone():
                return cus

    def _loaded(self, where: str, value: object) -> list[PaymentSession]:
        rows = self._db.execute(f"SELECT * FROM sessions WHERE {where} ORDER BY number", (value,)).fetchall()
        return [self._session(row) for row in rows]

    def _session(self, row: sqlite3.Row) -> PaymentSession:
        asked = NewSession(
            reference=row["reference"],
            description=row["description"],
            amount=Money.from_wire(row["amount"], row["currency"]),
            return_url=row["return_url"],
            cancel_url=row["cancel_url"],
            expires_at=_time(row["expires_at"]),
            email=row["email"],
            company=bool(row["company"]),
            request=json.loads(row["request"]),
        )
        found = self._db.execute(
            "SELECT * FROM debits WHERE session = ? ORDER BY number DESC", (row["number"],)
        )
        debits = tuple(_debit(each) for each in found)
        created = _time(row["created_at"])
        if row["closed"]:
            state, since = SessionState(row["closed"]), _time(row["closed_at"])
        else:
            state, since = _standing(debits, created, asked.expires_at, self._now())
        return PaymentSession(row["number"], row["page_key"], asked, created, debits, state, since)


def _standing(
    debits: tuple[Debit, ...], created: datetime, expires: datetime, now: datetime
) -> tuple[SessionState, datetime]:
    newest = debits[0] if debits else None
    if newest and newest.state in (DebitState.APPROVED, DebitState.PENDING, DebitState.AT_BANK):
        return SessionState(newest.state), newest.decided_at or newest.started_at
    last = (newest.decided_at if newest else None) or created
    if sum(debit.state in _UNPAID for debit in debits) >= MOST_ATTEMPTS:
        return SessionState.EXHAUSTED, last
    if now >= expires:
        return SessionState.EXPIRED, max(expires, last)
    return SessionState.OPEN, last


def _debit(row: sqlite3.Row) -> Debit:
    return Debit(
        number=row["number"],
        cus=row["cus"],
        bank=row["bank"],
        company=bool(row["company"]),
        state=DebitState(row["state"]),
        started_at=_time(row["started_at"]),
        decided_at=_time(row["decided_at"]) if row["decided_at"] else None,
        due_at=_time(row["due_at"]) if row["due_at"] else None,
    )


def _text(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="microseconds")  # one width: sorts as text


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
