"""Key recovery by e-mail. The messages go to an outbox instead of the post."""

from __future__ import annotations

import sqlite3
import threading
from collections import deque
from dataclasses import asdict, dataclass

from kiosk.sandbox.member_core.access import CONTACT_PHONE, RECOVERY_SECONDS, masked_email
from kiosk.sandbox.member_core.keys import hash_key, temporary_key
from kiosk.sandbox.member_core.problems import ProblemAnswer
from kiosk.sandbox.member_core.settings import instant

MOST_AN_HOUR = 3
RESEND_SECONDS = 300

_NO_EMAIL = {
    "text": "Acérquese a su oficina más cercana con su documento para registrar su correo electrónico.",
    "phone": CONTACT_PHONE,
}


@dataclass(frozen=True, slots=True)
class Message:
    """An e-mail that a real core would have sent."""

    to: str
    text: str
    temporary_key: str
    sent_at: str


class Outbox:
    """The last messages, in memory only. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._messages: deque[Message] = deque(maxlen=100)

    def add(self, message: Message) -> None:
        with self._lock:
            self._messages.append(message)

    def clear(self) -> None:
        with self._lock:
            self._messages.clear()

    def wire(self) -> list[dict[str, str]]:
        """Oldest first."""
        with self._lock:
            return [asdict(message) for message in self._messages]


def recover(
    db: sqlite3.Connection, document_type: str, number: str, informative: bool, now: int
) -> tuple[dict[str, object], Message | None]:
    """The contract's PasswordRecovery, and the message to send once this is kept.

    Raises ProblemAnswer 429 over three an hour (known document or not) and, when informative, 409 for
    a member without e-mail. A repeat within five minutes counts and sends nothing.
    """
    member = db.execute(
        "SELECT * FROM members WHERE document_type = ? AND document_number = ?", (document_type, number)
    ).fetchone()
    email = member["email"] if member else None
    if member and email is None and informative:
        raise ProblemAnswer(409, "email-not-registered", extra={"contact": _NO_EMAIL})
    message = None
    if not _repeated(db, document_type, number, now):
        _count(db, number, now)
        key = temporary_key()
        hashed = hash_key(key)  # also for nobody: the same time
        db.execute(
            "INSERT INTO recoveries VALUES (?, ?, ?, ?, ?)",
            (number, document_type, now, member["member_id"] if email else None, hashed if email else None),
        )
        if email:
            text = f"Su clave temporal es {key}. Vence en {RECOVERY_SECONDS // 60} minutos."
            message = Message(email, text, key, instant(now))
    shown = masked_email(email) if informative else None
    body: dict[str, object] = {
        "status": "accepted",
        "maskedEmail": shown,
        "expiresInMinutes": RECOVERY_SECONDS // 60,
    }
    return body, message


def _repeated(db: sqlite3.Connection, document_type: str, number: str, now: int) -> bool:
    row = db.execute(
        "SELECT 1 FROM recoveries WHERE document_type = ? AND document_number = ? AND at > ?",
        (document_type, number, now - RESEND_SECONDS),
    ).fetchone()
    return row is not None


def _count(db: sqlite3.Connection, number: str, now: int) -> None:
    db.execute("DELETE FROM recoveries WHERE at <= ?", (now - 3600,))
    count, oldest = db.execute(
        "SELECT count(*), min(at) FROM recoveries WHERE document_number = ?", (number,)
    ).fetchone()
    if count >= MOST_AN_HOUR:
        raise ProblemAnswer(429, "too-many-requests", retry_after=max(oldest + 3600 - now, 1))
