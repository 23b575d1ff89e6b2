"""The sandbox's data file: SQLite, one connection per unit of work."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, fields
from datetime import date
from pathlib import Path

from kiosk.sandbox.member_core.debts import Debt
from kiosk.sandbox.member_core.keys import hash_key
from kiosk.sandbox.member_core.members import MEMBERS

_VERSION = 1  # raise it when the tables or the invented members change: old files are replaced

_TABLES = """
CREATE TABLE members (
    member_id TEXT PRIMARY KEY, document_type TEXT NOT NULL, document_number TEXT NOT NULL,
    name TEXT NOT NULL, email TEXT, key_hash TEXT, must_change INTEGER NOT NULL, blocked INTEGER NOT NULL,
    keep_locked INTEGER NOT NULL,
    UNIQUE (document_type, document_number));
CREATE TABLE former_keys (
    id INTEGER PRIMARY KEY, member_id TEXT NOT NULL REFERENCES members, key_hash TEXT NOT NULL);
CREATE TABLE failures (document_number TEXT NOT NULL, at INTEGER NOT NULL);
CREATE TABLE locks (document_number TEXT PRIMARY KEY, until INTEGER NOT NULL);
CREATE TABLE recoveries (
    document_number TEXT NOT NULL, document_type TEXT NOT NULL, at INTEGER NOT NULL, member_id TEXT,
    temporary_hash TEXT);
CREATE TABLE tokens (
    token_hash TEXT PRIMARY KEY, client_id TEXT NOT NULL, scopes TEXT NOT NULL, expires INTEGER NOT NULL);
CREATE TABLE sessions (
    token_hash TEXT PRIMARY KEY, member_id TEXT NOT NULL REFERENCES members, client_id TEXT NOT NULL,
    started INTEGER NOT NULL, used INTEGER NOT NULL);
CREATE TABLE obligations (
    obligation_id TEXT PRIMARY KEY, member_id TEXT NOT NULL REFERENCES members, position INTEGER NOT NULL,
    kind TEXT NOT NULL, name TEXT NOT NULL, reference TEXT NOT NULL, reason TEXT, instalment INTEGER NOT NULL,
    overdue INTEGER NOT NULL, since_days INTEGER, late_count INTEGER NOT NULL, late_each INTEGER NOT NULL,
    next_amount INTEGER NOT NULL, next_days INTEGER, balance INTEGER NOT NULL, meaning TEXT NOT NULL,
    least INTEGER, paid INTEGER, total INTEGER);
CREATE TABLE payments (
    place INTEGER PRIMARY KEY AUTOINCREMENT, payment_id TEXT NOT NULL UNIQUE, request TEXT NOT NULL,
    member_id TEXT NOT NULL, gateway TEXT NOT NULL, gateway_transaction_id TEXT NOT NULL,
    status TEXT NOT NULL, received INTEGER NOT NULL, posted INTEGER, receipt TEXT, puts INTEGER NOT NULL,
    UNIQUE (gateway, gateway_transaction_id));
CREATE TABLE payment_lines (
    payment_id TEXT NOT NULL REFERENCES payments (payment_id), position INTEGER NOT NULL,
    line_id TEXT NOT NULL, obligation_id TEXT NOT NULL, choice TEXT NOT NULL, amount INTEGER NOT NULL,
    status TEXT NOT NULL, core_transaction_id TEXT, reason TEXT, PRIMARY KEY (payment_id, position));
CREATE TABLE movements (
    id INTEGER PRIMARY KEY AUTOINCREMENT, payment_id TEXT NOT NULL, line_id TEXT NOT NULL,
    obligation_id TEXT NOT NULL REFERENCES obligations, amount INTEGER NOT NULL, at INTEGER NOT NULL,
    UNIQUE (payment_id, line_id));
CREATE TABLE notices (notice_id TEXT PRIMARY KEY, request TEXT NOT NULL, received INTEGER NOT NULL);
"""
_NAMES = (
    "notices",
    "movements", "payment_lines", "payments", "obligations", "sessions", "tokens", "recoveries", "locks",
    "failures", "former_keys", "members",
)  # fmt: skip
_DEBT_COLUMNS = tuple(field.name for field in fields(Debt))


class Store:
    """The data file. Thread-safe: every transaction has a connection of its own."""

    def __init__(self, path: Path, today: date) -> None:
        """Open the file, or create and fill it; a file of another version is filled anew."""
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._connection() as db:
            db.execute("PRAGMA journal_mode = WAL")
        with self.transaction() as db:
            if db.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
                _create(db)
                _fill(db, today)

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        db = sqlite3.connect(self._path, timeout=30, isolation_level=None)
        try:
            db.row_factory = sqlite3.Row
            db.execute("PRAGMA synchronous = FULL")
            db.execute("PRAGMA foreign_keys = ON")
            yield db
        finally:
            db.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One writer at a time; committed to disk when the block ends without an exception."""
        with self._connection() as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    def reset(self, today: date) -> None:
        """The invented members as at the start. Machines keep their access tokens."""
        with self.transaction() as db:
            for name in _NAMES:
                if name != "tokens":
                    db.execute(f"DELETE FROM {name}")
            _fill(db, today)


def _create(db: sqlite3.Connection) -> None:
    for name in _NAMES:
        db.execute(f"DROP TABLE IF EXISTS {name}")
    for statement in _TABLES.split(";"):
        db.execute(statement)
    db.execute(f"PRAGMA user_version = {_VERSION}")


def _fill(db: sqlite3.Connection, today: date) -> None:
    for member in MEMBERS:
        db.execute(
            "INSERT INTO members VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                member.member_id, member.document_type, member.document_number, member.name, member.email,
                hash_key(member.key) if member.key else None, member.first_entry, member.blocked,
                member.locked,
            ),
        )  # fmt: skip
        for position, seed in enumerate(member.obligations, start=1):
            debt = Debt.seeded(member.member_id, position, seed, today)
            marks = ", ".join("?" * len(_DEBT_COLUMNS))
            values = asdict(debt)
            db.execute(
                f"INSERT INTO obligations ({', '.join(_DEBT_COLUMNS)}) VALUES ({marks})",
                [values[name] for name in _DEBT_COLUMNS],
            )


def load_debt(db: sqlite3.Connection, obligation_id: str, member_id: str | None = None) -> Debt | None:
    """One obligation (of this member), or None."""
    row = db.execute("SELECT * FROM obligations WHERE obligation_id = ?", (obligation_id,)).fetchone()
    if row is None or member_id not in (None, row["member_id"]):
        return None
    return Debt(**dict(row))


def load_debts(db: sqlite3.Connection, member_id: str, after: int, most: int) -> list[Debt]:
    """A member's obligations in their order, those behind position `after`."""
    rows = db.execute(
        "SELECT * FROM obligations WHERE member_id = ? AND position > ? ORDER BY position LIMIT ?",
        (member_id, after, most),
    )
    return [Debt(**dict(row)) for row in rows]


def save_debt(db: sqlite3.Connection, debt: Debt) -> None:
    """Write an obligation back."""
    values = asdict(debt)
    changes = ", ".join(f"{name} = :{name}" for name in _DEBT_COLUMNS)
    statement = f"UPDATE obligations SET {changes} WHERE obligation_id = :obligation_id"
    db.execute(statement, values)
