"""The calling machine: client credentials or a certificate, scopes, calls a minute."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import sqlite3
import threading
from collections import defaultdict, deque
from dataclasses import dataclass

from kiosk.sandbox.member_core.problems import ProblemAnswer

SCOPES = ("status.read", "member.session", "member.recovery", "payments.write", "payments.read")
TOKEN_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Machine:
    """A recognised caller."""

    client_id: str
    scopes: frozenset[str]


class TokenRefused(Exception):
    """RFC 6749 section 5.2; `error` is its word."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status = status
        self.error = error


def token_hash(token: str) -> str:
    """What the data file keeps of an access or session token."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


def same(one: str, other: str) -> bool:
    """Compare secrets in constant time; any text."""
    return hmac.compare_digest(
        one.encode("utf-8", "surrogateescape"), other.encode("utf-8", "surrogateescape")
    )


def issue(db: sqlite3.Connection, client_id: str, scope: str | None, now: int) -> dict[str, object]:
    """A token for a client that has proved itself. Raises TokenRefused for an unknown scope."""
    scopes = list(SCOPES) if scope is None else scope.split()
    if not scopes or not set(scopes) <= set(SCOPES):
        raise TokenRefused(400, "invalid_scope")
    token = secrets.token_urlsafe(32)
    db.execute("DELETE FROM tokens WHERE expires <= ?", (now,))
    db.execute(
        "INSERT INTO tokens VALUES (?, ?, ?, ?)",
        (token_hash(token), client_id, " ".join(scopes), now + TOKEN_SECONDS),
    )
    return {
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": TOKEN_SECONDS,
        "scope": " ".join(scopes),
    }


def recognise(db: sqlite3.Connection, authorization: str | None, client_id: str, now: int) -> Machine:
    """The machine behind a bearer token. Raises ProblemAnswer 401 client-unauthorized."""
    kind, _, token = (authorization or "").partition(" ")
    if kind.lower() != "bearer" or not token:
        raise _unauthorized("An access token is needed.", "Bearer")
    row = db.execute(
        "SELECT client_id, scopes FROM tokens WHERE token_hash = ? AND expires > ? AND client_id = ?",
        (token_hash(token.strip()), now, client_id),
    ).fetchone()
    if row is None:
        raise _unauthorized("The access token is unknown or ended.", 'Bearer error="invalid_token"')
    return Machine(row["client_id"], frozenset(row["scopes"].split()))


def certified(name: str) -> Machine:
    """The machine behind a client certificate; its subject carries all rights."""
    return Machine(name, frozenset(SCOPES))


def require_scope(machine: Machine, scope: str, forbidden: bool) -> None:
    """Raises client-forbidden, or client-unauthorized where the contract has no 403."""
    if scope in machine.scopes:
        return
    detail = f"Scope {scope} is needed."
    challenge = f'Bearer error="insufficient_scope", scope="{scope}"'
    if not forbidden:
        raise _unauthorized(detail, challenge)
    raise ProblemAnswer(403, "client-forbidden", detail, headers={"WWW-Authenticate": challenge})


def _unauthorized(detail: str, challenge: str) -> ProblemAnswer:
    return ProblemAnswer(401, "client-unauthorized", detail, headers={"WWW-Authenticate": challenge})


class Gate:
    """Calls a minute, counted per kiosk. In memory: a restart forgets."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: dict[str, deque[int]] = defaultdict(deque)

    def pass_or_wait(self, caller: str, most: int | None, now: int) -> None:
        """Count a call. Raises ProblemAnswer 429 too-many-requests over `most` in the last minute."""
        if most is None:
            return
        with self._lock:
            calls = self._calls[caller]
            while calls and calls[0] <= now - 60:
                calls.popleft()
            if len(calls) >= most:
                wait = calls[0] + 60 - now if calls else 60
                raise ProblemAnswer(429, "too-many-requests", retry_after=max(wait, 1))
            calls.append(now)

    def forget(self) -> None:
        """Start counting anew."""
        with self._lock:
            self._calls.clear()
