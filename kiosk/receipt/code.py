"""The receipt's proof: a signed token that anyone at the cooperative can check without a network.

It carries the facts of the payment and no personal data. Form: `K1.<payload>.<signature>`, both
base64url without padding; the signature is HMAC-SHA256 over prefix and payload, cut to 16 bytes
(RFC 2104 allows half). Nothing is read from the payload before the signature was found right.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from kiosk.cooperative.money import InvalidAmount, Money
from kiosk.cooperative.payment import Payment, State
from kiosk.cooperative.standing import Standing, standing

_VERSION = "K1"
_SIGNATURE_BYTES = 16
_SHORTEST_KEY = 16
_TOKEN = re.compile(r"K1\.[A-Za-z0-9_-]{1,800}\.[A-Za-z0-9_-]{22}")


@dataclass(frozen=True, slots=True)
class Claim:
    """What a genuine receipt says. `decided_at` is aware (UTC), to the second; None while undecided.

    `review` says that the payment was disputed when the receipt was made: it proves nothing.
    """

    reference: str
    cus: str | None
    total: Money
    state: State
    decided_at: datetime | None
    review: bool = False


def token(payment: Payment, key: bytes) -> str:
    """The signed facts of this payment as they stand. Raises ValueError for a key under 16 bytes."""
    decided = payment.decided_at
    facts = [
        payment.reference,
        payment.cus,
        payment.total.wire(),
        payment.total.currency,
        payment.state.value,
        int(decided.timestamp()) if decided else None,
        int(standing(payment) is Standing.DISPUTED),
    ]
    payload = _encoded(json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode("utf-8"))
    return f"{_VERSION}.{payload}.{_signature(payload, key)}"


def check(token: str, key: bytes) -> Claim | None:
    """What a token claims, or None where it was not signed with this key. Never raises for a token."""
    if not _TOKEN.fullmatch(token):
        return None
    _, payload, signature = token.split(".")
    if not hmac.compare_digest(signature, _signature(payload, key)):
        return None
    try:
        return _claim(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (ValueError, InvalidAmount, TypeError, OverflowError):
        # Signed with our key by some other version: genuine perhaps, but not readable here.
        return None


def token_in(scanned: str) -> str | None:
    """The token at the end of what a camera read (a bare token, a link or the short text)."""
    found = re.search(_TOKEN.pattern + r"\Z", scanned.strip())
    return found.group() if found else None


def _claim(payload: bytes) -> Claim:
    reference, cus, amount, currency, state, decided, review = json.loads(payload)
    return Claim(
        reference,
        cus,
        Money.from_wire(amount, currency),
        State(state),
        None if decided is None else datetime.fromtimestamp(decided, UTC),
        bool(review),
    )


def _signature(payload: str, key: bytes) -> str:
    if len(key) < _SHORTEST_KEY:
        raise ValueError(f"a signing key has at least {_SHORTEST_KEY} bytes")
    whole = hmac.new(key, f"{_VERSION}.{payload}".encode("ascii"), hashlib.sha256).digest()
    return _encoded(whole[:_SIGNATURE_BYTES])


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
