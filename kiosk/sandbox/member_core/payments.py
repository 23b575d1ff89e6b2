"""Posting collected payments, once each, and reading them back."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import date
from typing import Any

from kiosk.sandbox.member_core.problems import ProblemAnswer, Violation
from kiosk.sandbox.member_core.settings import instant
from kiosk.sandbox.member_core.shapes import amount, cents, read_instant
from kiosk.sandbox.member_core.store import load_debt, save_debt


def check_sums(request: dict[str, Any]) -> None:
    """The total is the sum of the lines, whose ids differ. Raises ProblemAnswer 422."""
    errors = []
    total = sum(cents(line["amount"]) for line in request["lines"])
    if total != cents(request["totalAmount"]):
        errors.append(Violation("/totalAmount", "sum-mismatch", f"Lines add up to {amount(total)}."))
    seen = set()
    for place, line in enumerate(request["lines"]):
        if line["lineId"] in seen:
            errors.append(Violation(f"/lines/{place}/lineId", "not-unique", "Is used by another line."))
        seen.add(line["lineId"])
    if errors:
        raise ProblemAnswer(422, "validation-failed", errors=errors)


def put(
    db: sqlite3.Connection, payment_id: str, request: dict[str, Any], apply_now: bool, now: int, today: date
) -> tuple[dict[str, object], bool]:
    """Store a payment; the record as it is now, and whether it had been stored before.

    Raises ProblemAnswer 409 payment-conflict or duplicate-collection. Never refuses for a business
    reason: what can not be applied stays unapplied for staff.
    """
    stored = db.execute("SELECT request FROM payments WHERE payment_id = ?", (payment_id,)).fetchone()
    if stored is not None:
        _same_content(json.loads(stored["request"]), request)
        db.execute("UPDATE payments SET puts = puts + 1 WHERE payment_id = ?", (payment_id,))
        return read(db, payment_id), True
    collection = request["collection"]
    transaction = (collection["gateway"], collection["gatewayTransactionId"])
    if db.execute(
        "SELECT 1 FROM payments WHERE gateway = ? AND gateway_transaction_id = ?", transaction
    ).fetchone():
        raise ProblemAnswer(409, "duplicate-collection", f"{transaction[1]} belongs to another payment.")
    db.execute(
        "INSERT INTO payments"
        " (payment_id, request, member_id, gateway, gateway_transaction_id, status, received, puts)"
        " VALUES (?, ?, ?, ?, ?, 'received', ?, 1)",
        (payment_id, json.dumps(request, ensure_ascii=False), request["memberId"], *transaction, now),
    )
    for place, line in enumerate(request["lines"]):
        db.execute(
            "INSERT INTO payment_lines VALUES (?, ?, ?, ?, ?, ?, 'pending', NULL, NULL)",
            (payment_id, place, line["lineId"], line["obligationId"], line["choice"], cents(line["amount"])),
        )
    if apply_now:
        _apply(db, payment_id, now, today)
    return read(db, payment_id), False


def _same_content(stored: dict[str, Any], request: dict[str, Any]) -> None:
    """Compare field by field after parsing. Raises ProblemAnswer 409 naming each difference."""
    old, new = dict(_leaves(stored, "")), dict(_leaves(request, ""))
    errors = [
        Violation(where, "differs", f"Stored as {old.get(where, 'absent')}.")
        for where in sorted(old.keys() | new.keys())
        if _comparable(where, old.get(where)) != _comparable(where, new.get(where))
    ]
    if errors:
        raise ProblemAnswer(409, "payment-conflict", errors=errors)


def _leaves(value: object, pointer: str) -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            escaped = name.replace("~", "~0").replace("/", "~1")
            yield from _leaves(inner, f"{pointer}/{escaped}")
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _leaves(inner, f"{pointer}/{place}")
    else:
        yield pointer, value


def _comparable(pointer: str, value: object) -> object:
    """The same instant may be written with another offset."""
    return read_instant(value) if pointer == "/collection/approvedAt" and isinstance(value, str) else value


def apply_received(db: sqlite3.Connection, now: int, today: date) -> None:
    """Post what waited for the core to open again, in the order it came."""
    waiting = db.execute(
        "SELECT payment_id FROM payments WHERE status = 'received' ORDER BY place"
    ).fetchall()
    for row in waiting:
        _apply(db, row["payment_id"], now, today)


def _apply(db: sqlite3.Connection, payment_id: str, now: int, today: date) -> None:
    payment = db.execute("SELECT * FROM payments WHERE payment_id = ?", (payment_id,)).fetchone()
    currency = json.loads(payment["request"])["currency"]
    lines = db.execute(
        "SELECT * FROM payment_lines WHERE payment_id = ? ORDER BY position", (payment_id,)
    ).fetchall()
    reasons = [
        _apply_line(db, line, payment["member_id"], currency, now, today)
        for line in lines
    ]  # fmt: skip
    any_posted = None in reasons
    receipt = f"RC-{today.year}-{payment['place']:06d}" if any_posted else None
    db.execute(
        "UPDATE payments SET status = ?, posted = ?, receipt = ? WHERE payment_id = ?",
        ("needs_attention" if any(reasons) else "posted", now if any_posted else None, receipt, payment_id),
    )


def _apply_line(
    db: sqlite3.Connection, line: sqlite3.Row, member_id: str, currency: str, now: int, today: date
) -> str | None:
    """Apply one line to its obligation; why not, or None."""
    debt = load_debt(db, line["obligation_id"], member_id)
    reason = "obligation_not_found" if debt is None else debt.refusal(line["amount"])
    if currency != "COP":
        reason = "accounting_error"
    transaction = None
    if debt is not None and reason is None:
        debt.apply(line["amount"], line["choice"], today)
        save_debt(db, debt)
        movement = db.execute(
            "INSERT INTO movements (payment_id, line_id, obligation_id, amount, at) VALUES (?, ?, ?, ?, ?)",
            (line["payment_id"], line["line_id"], line["obligation_id"], line["amount"], now),
        )
        transaction = f"M-{movement.lastrowid:06d}"
    db.execute(
        "UPDATE payment_lines SET status = ?, core_transaction_id = ?, reason = ?"
        " WHERE payment_id = ? AND position = ?",
        ("unapplied" if reason else "posted", transaction, reason, line["payment_id"], line["position"]),
    )
    return reason


def reverse(db: sqlite3.Connection, payment_id: str) -> dict[str, object]:
    """Undo what was posted or waits; the record as it is now. Raises ProblemAnswer 404."""
    lines = db.execute(
        "SELECT * FROM payment_lines WHERE payment_id = ? AND status = 'posted'", (payment_id,)
    ).fetchall()
    for line in lines:
        debt = load_debt(db, line["obligation_id"])
        if debt is not None:
            debt.take_back(line["amount"])
            save_debt(db, debt)
    db.execute(
        "UPDATE payment_lines SET status = 'reversed', reason = 'reversed_by_staff'"
        " WHERE payment_id = ? AND status IN ('posted', 'pending')",
        (payment_id,),
    )
    db.execute("UPDATE payments SET status = 'reversed' WHERE payment_id = ?", (payment_id,))
    return read(db, payment_id)


def read(db: sqlite3.Connection, payment_id: str) -> dict[str, object]:
    """The contract's Payment as it is now. Raises ProblemAnswer 404."""
    row = db.execute("SELECT * FROM payments WHERE payment_id = ?", (payment_id,)).fetchone()
    if row is None:
        raise ProblemAnswer(404, "payment-not-found")
    lines = db.execute(
        "SELECT * FROM payment_lines WHERE payment_id = ? ORDER BY position", (payment_id,)
    ).fetchall()
    request = json.loads(row["request"])
    sums = {
        status: sum(line["amount"] for line in lines if line["status"] == status)
        for status in ("posted", "unapplied", "reversed")
    }
    return {
        "paymentId": payment_id,
        "memberId": row["member_id"],
        "status": row["status"],
        "currency": request["currency"],
        "totalAmount": request["totalAmount"],
        "postedAmount": amount(sums["posted"]),
        "unappliedAmount": amount(sums["unapplied"] + sums["reversed"]),
        "valueDate": request["valueDate"],
        "receivedAt": instant(row["received"]),
        "postedAt": instant(row["posted"]) if row["posted"] else None,
        "coreReceiptNumber": row["receipt"],
        "collection": request["collection"],
        "lines": [_line_wire(line) for line in lines],
    }


def _line_wire(line: sqlite3.Row) -> dict[str, object]:
    return {
        "lineId": line["line_id"],
        "obligationId": line["obligation_id"],
        "choice": line["choice"],
        "amount": amount(line["amount"]),
        "status": line["status"],
        "coreTransactionId": line["core_transaction_id"],
        "reason": line["reason"],
    }


def listed(
    db: sqlite3.Connection, since: int, until: int, status: str | None, after: int, most: int
) -> list[tuple[int, dict[str, object]]]:
    """Payments received in [since, until), oldest first, each with its place for the cursor."""
    # The clock may be set back, so the order is that of receipt, with the place as tie-break.
    rows = db.execute(
        "SELECT place, payment_id FROM payments WHERE received >= ? AND received < ?"
        " AND (? IS NULL OR status = ?)"
        " AND (received, place) > (SELECT coalesce(max(received), -1), ? FROM payments WHERE place = ?)"
        " ORDER BY received, place LIMIT ?",
        (since, until, status, status, after, after, most),
    ).fetchall()
    return [(row["place"], read(db, row["payment_id"])) for row in rows]


def audit(db: sqlite3.Connection) -> dict[str, object]:
    """Every payment with how often it was put, and every movement it made."""
    rows = db.execute("SELECT payment_id, puts FROM payments ORDER BY place").fetchall()
    movements = db.execute("SELECT * FROM movements ORDER BY id").fetchall()
    return {
        "items": [read(db, row["payment_id"]) | {"puts": row["puts"]} for row in rows],
        "movements": [
            {
                "paymentId": row["payment_id"],
                "lineId": row["line_id"],
                "obligationId": row["obligation_id"],
                "amount": amount(row["amount"]),
            }
            for row in movements
        ],
    }
