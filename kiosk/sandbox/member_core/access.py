"""Members at the door: sign-in, lockout, sessions, change of key."""

from __future__ import annotations

import secrets
import sqlite3
from dataclasses import dataclass

from kiosk.sandbox.member_core.keys import HISTORY, hash_key, matches, violations
from kiosk.sandbox.member_core.machines import token_hash
from kiosk.sandbox.member_core.problems import ProblemAnswer
from kiosk.sandbox.member_core.settings import instant

IDLE_SECONDS = 600
LIFE_SECONDS = 1800
MOST_FAILURES = 5
WINDOW_SECONDS = 900
LOCK_SECONDS = 900
RECOVERY_SECONDS = 1800

CONTACT_PHONE = "6015550100"
_BLOCKED = {"text": "Acérquese a la ventanilla de atención de su agencia.", "phone": CONTACT_PHONE}


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A live session. `key_only`: it may only change the key."""

    token_hash: str
    member_id: str
    document_number: str
    key_only: bool


class AccessVerdict:
    """An answer that must be given after the transaction is kept (a failure counts)."""

    def __init__(self, problem: ProblemAnswer) -> None:
        self.problem = problem


def sign_in(
    db: sqlite3.Connection, document_type: str, number: str, key: str, client_id: str, now: int
) -> dict[str, object] | AccessVerdict:
    """The contract's MemberSession, or the verdict. Counts as an attempt."""
    row = db.execute(
        "SELECT * FROM members WHERE document_type = ? AND document_number = ?", (document_type, number)
    ).fetchone()
    locked = _lock_verdict(db, number, now)
    if locked:
        return locked
    if not _right_key(db, row, key, now):
        return _failure(db, number, now)
    db.execute("DELETE FROM failures WHERE document_number = ?", (number,))
    if row["blocked"]:
        return AccessVerdict(ProblemAnswer(403, "member-blocked", extra={"contact": _BLOCKED}))
    return _open_session(db, row["member_id"], client_id, now)


def _right_key(db: sqlite3.Connection, row: sqlite3.Row | None, key: str, now: int) -> bool:
    """Check the key and a recovery's temporary one; always both, for the same time."""
    member_id = row["member_id"] if row else None
    temporary = db.execute(
        "SELECT temporary_hash FROM recoveries"
        " WHERE member_id = ? AND at > ? AND temporary_hash IS NOT NULL ORDER BY at DESC LIMIT 1",
        (member_id, now - RECOVERY_SECONDS),
    ).fetchone()
    own = matches(key, row["key_hash"] if row else None)
    recovered = matches(key, temporary["temporary_hash"] if temporary else None)
    if recovered:  # from here on the old key is no longer one
        db.execute("UPDATE recoveries SET temporary_hash = NULL WHERE member_id = ?", (member_id,))
        _store_key(db, str(member_id), temporary["temporary_hash"], must_change=True)
    return own or recovered


def _store_key(db: sqlite3.Connection, member_id: str, key_hash: str, must_change: bool) -> None:
    db.execute(
        "INSERT INTO former_keys (member_id, key_hash)"
        " SELECT member_id, key_hash FROM members WHERE member_id = ? AND key_hash IS NOT NULL",
        (member_id,),
    )
    db.execute(
        "UPDATE members SET key_hash = ?, must_change = ? WHERE member_id = ?",
        (key_hash, must_change, member_id),
    )


def _open_session(db: sqlite3.Connection, member_id: str, client_id: str, now: int) -> dict[str, object]:
    row = db.execute("SELECT * FROM members WHERE member_id = ?", (member_id,)).fetchone()
    token = secrets.token_urlsafe(24)
    db.execute(
        "DELETE FROM sessions WHERE used <= ? OR started <= ?", (now - IDLE_SECONDS, now - LIFE_SECONDS)
    )
    db.execute(
        "INSERT INTO sessions VALUES (?, ?, ?, ?, ?)", (token_hash(token), member_id, client_id, now, now)
    )
    number = row["document_number"]
    return {
        "sessionToken": token,
        "expiresAt": instant(now + IDLE_SECONDS),
        "mustChangePassword": bool(row["must_change"]),
        "member": {
            "memberId": member_id,
            "displayName": row["name"],
            "documentNumberMasked": "*" * (len(number) - 4) + number[-4:],
            "openingDate": _JOINED,
            "email": {"registered": row["email"] is not None, "masked": masked_email(row["email"])},
        },
    }


_JOINED = "2014-03-17"
"""Since when everybody here is a member."""


def masked_email(email: str | None) -> str | None:
    """`lu***@correo.example`; None when none is on file."""
    if email is None:
        return None
    name, _, domain = email.partition("@")
    return f"{name[:2]}***@{domain}"


def _lock_verdict(db: sqlite3.Connection, number: str, now: int) -> AccessVerdict | None:
    row = db.execute(
        "SELECT until FROM locks WHERE document_number = ? AND until > ?", (number, now)
    ).fetchone()
    if row is None:
        kept = db.execute(
            "SELECT 1 FROM members WHERE document_number = ? AND keep_locked", (number,)
        ).fetchone()
        if kept is None:
            return None
        _lock(db, number, now)
        return _lock_verdict(db, number, now)
    wait = row["until"] - now
    extra = {"lockedUntil": instant(row["until"])}
    return AccessVerdict(ProblemAnswer(429, "member-temporarily-locked", retry_after=wait, extra=extra))


def _lock(db: sqlite3.Connection, number: str, now: int) -> None:
    db.execute("DELETE FROM failures WHERE document_number = ?", (number,))
    db.execute("INSERT OR REPLACE INTO locks VALUES (?, ?)", (number, now + LOCK_SECONDS))


def _failure(db: sqlite3.Connection, number: str, now: int) -> AccessVerdict:
    db.execute("DELETE FROM failures WHERE at <= ?", (now - WINDOW_SECONDS,))
    db.execute("INSERT INTO failures VALUES (?, ?)", (number, now))
    count = db.execute("SELECT count(*) FROM failures WHERE document_number = ?", (number,)).fetchone()[0]
    if count >= MOST_FAILURES:
        _lock(db, number, now)
    remaining = max(MOST_FAILURES - count, 0)
    return AccessVerdict(ProblemAnswer(401, "invalid-credentials", extra={"remainingAttempts": remaining}))


def find_session(db: sqlite3.Connection, token: str | None, client_id: str, now: int) -> OpenSession:
    """The live session of this machine, its idle time started anew. Raises session-expired."""
    row = db.execute(
        "SELECT s.token_hash, s.member_id, m.document_number, m.must_change FROM sessions s"
        " JOIN members m USING (member_id)"
        " WHERE s.token_hash = ? AND s.client_id = ? AND s.used > ? AND s.started > ?",
        (token_hash(token or ""), client_id, now - IDLE_SECONDS, now - LIFE_SECONDS),
    ).fetchone()
    if row is None:
        raise ProblemAnswer(401, "session-expired")
    db.execute("UPDATE sessions SET used = ? WHERE token_hash = ?", (now, row["token_hash"]))
    return OpenSession(row["token_hash"], row["member_id"], row["document_number"], bool(row["must_change"]))


def end_session(db: sqlite3.Connection, token: str | None, client_id: str) -> None:
    """The token no longer works; one that is gone already, or another machine's, is no error."""
    if token is None:
        raise ProblemAnswer(401, "session-expired", "The Member-Session header is needed.")
    db.execute("DELETE FROM sessions WHERE token_hash = ? AND client_id = ?", (token_hash(token), client_id))


def change_key(
    db: sqlite3.Connection, session: OpenSession, current: str, new: str, now: int
) -> AccessVerdict | None:
    """Change the key, or the verdict: wrong key (counts), locked, policy."""
    locked = _lock_verdict(db, session.document_number, now)
    if locked:
        return locked
    row = db.execute("SELECT key_hash FROM members WHERE member_id = ?", (session.member_id,)).fetchone()
    if not matches(current, row["key_hash"]):
        return _failure(db, session.document_number, now)
    db.execute("DELETE FROM failures WHERE document_number = ?", (session.document_number,))
    former = db.execute(
        "SELECT key_hash FROM former_keys WHERE member_id = ? ORDER BY id DESC LIMIT ?",
        (session.member_id, HISTORY),
    ).fetchall()
    broken = violations(new, [row["key_hash"], *(old["key_hash"] for old in former)])
    if broken:
        return AccessVerdict(ProblemAnswer(422, "password-policy-violation", errors=broken))
    _store_key(db, session.member_id, hash_key(new), must_change=False)
    db.execute("UPDATE recoveries SET temporary_hash = NULL WHERE member_id = ?", (session.member_id,))
    db.execute(
        "DELETE FROM sessions WHERE member_id = ? AND token_hash <> ?",
        (session.member_id, session.token_hash),
    )
    return None
