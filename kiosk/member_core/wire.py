"""The Member Core API's JSON: what the core's answers and problems mean, and what it is told."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from kiosk.cooperative.bogota import BOGOTA
from kiosk.cooperative.payment import Payment
from kiosk.member_core.connector import (
    Contact,
    CoreError,
    CoreMisconfigured,
    CoreUnreachable,
    EmailNotRegistered,
    KeyChangeRequired,
    KeyRefused,
    MemberBlocked,
    MemberLocked,
    Notice,
    PostingConflict,
    PostingRefused,
    SessionOver,
    WrongKey,
)
from kiosk.transport import Reply

log = logging.getLogger(__name__)

_CODE = re.compile(r"[a-z][a-z0-9-]{0,39}")
"""What a code looks like. Anything else stays out of logs and journal: it may forge lines."""


def parsed(reply: Reply) -> Mapping[str, Any]:
    """A JSON object; empty for anything else. Numbers stay exact; every file can hold the texts."""
    try:
        found = json.loads(reply.body, parse_float=str)
        return _clean(found) if isinstance(found, dict) else {}
    except (ValueError, RecursionError):
        return {}


def _clean(value: Any) -> Any:
    """Without halves of letters, which no file and no database takes."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_clean(each) for each in value]
    if isinstance(value, dict):
        return {_clean(key): _clean(each) for key, each in value.items()}
    return value


def problem(reply: Reply) -> Mapping[str, Any]:
    """The problem details of an answer, if it has any."""
    return parsed(reply) if "json" in reply.headers.get("content-type", "").lower() else {}


def code_of(reply: Reply) -> str:
    """The contract's word for what is wrong; empty for none, and for what no such word looks like."""
    code = problem(reply).get("code")
    return code if isinstance(code, str) and _CODE.fullmatch(code) else ""


def wants_a_new_token(reply: Reply) -> bool:
    """Whether the machine's token was refused, in the words of whoever stands in front of the core.

    A 401 of the contract's own (a wrong key, a session that is over) is not about the token. RFC 6750 has
    the challenge in a header, with or without a body.
    """
    if reply.status != 401:
        return False
    code = code_of(reply)
    if code == "client-unauthorized":
        return True
    challenged = "bearer" in reply.headers.get("www-authenticate", "").lower()
    return challenged and code not in _ERRORS and code not in _PLAIN


def error_of(reply: Reply) -> CoreError:
    """The contract's problem as the connector's error; by code first, then by HTTP status."""
    found, code = problem(reply), code_of(reply)
    if code in _ERRORS:
        return _ERRORS[code](found)
    if code in _PLAIN:
        return _PLAIN[code](code)
    if wants_a_new_token(reply):  # also with a fresh one
        return CoreMisconfigured("the core refuses this terminal's token")
    if code and reply.status in _BY_STATUS:  # a code that v1 learnt after us
        return _BY_STATUS[reply.status](code)
    log.warning("the core answered %s %s", reply.status, code)
    return CoreUnreachable(f"HTTP {reply.status}", reply.retry_after)


def _wrong_key(found: Mapping[str, Any]) -> WrongKey:
    remaining = found.get("remainingAttempts")
    known = isinstance(remaining, int) and not isinstance(remaining, bool) and 0 <= remaining < 1000
    return WrongKey(remaining if known else None)


def _key_refused(found: Mapping[str, Any]) -> KeyRefused:
    errors = found.get("errors")
    rows = errors if isinstance(errors, list) else []
    codes = [row.get("code") for row in rows if isinstance(row, dict)]
    return KeyRefused([code for code in codes if isinstance(code, str) and _CODE.fullmatch(code)])


_ERRORS: Mapping[str, Callable[[Mapping[str, Any]], CoreError]] = {
    "invalid-credentials": _wrong_key,
    "member-temporarily-locked": lambda found: MemberLocked(_instant_or_none(found.get("lockedUntil"))),
    "member-blocked": lambda found: MemberBlocked(_contact(found)),
    "email-not-registered": lambda found: EmailNotRegistered(_contact(found)),
    "password-policy-violation": _key_refused,
}
_PLAIN: Mapping[str, Callable[[str], CoreError]] = {
    "session-expired": SessionOver,
    "password-change-required": KeyChangeRequired,
    "payment-conflict": PostingConflict,
    "duplicate-collection": PostingConflict,
    "client-unauthorized": CoreMisconfigured,
    "client-forbidden": CoreMisconfigured,
    "malformed-request": PostingRefused,
    "validation-failed": PostingRefused,
}

_BY_STATUS: Mapping[int, Callable[[str], CoreError]] = {
    400: PostingRefused,
    422: PostingRefused,
}


def _contact(found: Mapping[str, Any]) -> Contact | None:
    contact = found.get("contact")
    if not isinstance(contact, dict) or not isinstance(contact.get("text"), str):
        return None
    return Contact(contact["text"][:300], _optional(contact.get("phone")))


def _optional(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _instant_or_none(value: object) -> datetime | None:
    try:
        instant = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return instant if instant.tzinfo else None


class _Request(msgspec.Struct, frozen=True, rename="camel"):
    """What the core is told: fields by their names in the contract; what is unset is left out."""

    def body(self) -> dict[str, object]:
        """As JSON's own types, in the order of the fields."""
        told: dict[str, object] = msgspec.to_builtins(self)
        return told


class _NoticeRequest(_Request, frozen=True):
    member_id: str
    payment_id: str
    kind: str
    amount: str
    currency: str
    tracking_code: str | msgspec.UnsetType = msgspec.UNSET


class _Collection(_Request, frozen=True):
    channel: str
    kiosk_id: str
    rail: str
    gateway: str
    gateway_transaction_id: str
    approved_at: str
    tracking_code: str | msgspec.UnsetType = msgspec.UNSET
    bank_name: str | msgspec.UnsetType = msgspec.UNSET


class _Line(_Request, frozen=True):
    line_id: str
    obligation_id: str
    choice: str
    amount: str


class _PaymentRequest(_Request, frozen=True):
    member_id: str
    currency: str
    total_amount: str
    value_date: str
    collection: _Collection
    lines: tuple[_Line, ...]


def notice_body(notice: Notice) -> dict[str, object]:
    """The contract's NoticeRequest."""
    return _NoticeRequest(
        notice.member_id,
        notice.payment_id,
        notice.kind.value,
        notice.amount.wire(),
        notice.amount.currency,
        notice.cus or msgspec.UNSET,
    ).body()


def rfc3339(moment: datetime) -> str:
    """An aware instant in Bogotá's time. Raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("an aware instant is needed")
    return moment.astimezone(BOGOTA).isoformat()


def payment_body(payment: Payment) -> dict[str, object]:
    """The contract's PaymentRequest. The same payment always gives the same body, whatever is set today."""
    decided = payment.decided_at or payment.created_at
    collection = _Collection(
        channel="kiosk",
        kiosk_id=payment.terminal,
        rail="PSE",
        gateway=payment.gateway,
        gateway_transaction_id=payment.gateway_id or payment.reference,
        approved_at=decided.astimezone(BOGOTA).isoformat(timespec="seconds"),
        tracking_code=payment.cus or msgspec.UNSET,
        # A gateway's long name must not stop the posting.
        bank_name=payment.bank[:80] if payment.bank else msgspec.UNSET,
    )
    return _PaymentRequest(
        payment.payer.member_id,
        payment.total.currency,
        payment.total.wire(),
        decided.astimezone(BOGOTA).date().isoformat(),
        collection,
        tuple(
            _Line(line.line_id, line.obligation_id, line.choice.value, line.amount.wire())
            for line in payment.order.lines
        ),
    ).body()
