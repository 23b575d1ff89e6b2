"""The Member Core API's JSON: what the core's answers and problems mean, and what it is told."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from kiosk.cooperative.bogota import BOGOTA
from kiosk.cooperative.member import Member, MemberSession
from kiosk.cooperative.money import Money
from kiosk.cooperative.obligation import NextDue, Obligation, ObligationKind, OtherAmount
from kiosk.cooperative.payment import Payment
from kiosk.member_core.connector import (
    Availability,
    Contact,
    CoreError,
    CoreMisconfigured,
    CoreStatus,
    CoreUnreachable,
    EmailNotRegistered,
    KeyChangeRequired,
    KeyPolicy,
    KeyRefused,
    MemberBlocked,
    MemberLocked,
    Posting,
    PostingConflict,
    PostingRefused,
    PostingStatus,
    RecordedPayment,
    Recovery,
    SessionOver,
    WrongKey,
)
from kiosk.transport import Reply

log = logging.getLogger(__name__)

T = TypeVar("T")


def parsed(reply: Reply) -> Mapping[str, Any]:
    """A JSON object; empty for anything else. Numbers stay exact."""
    try:
        found = json.loads(reply.body, parse_float=str)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def problem(reply: Reply) -> Mapping[str, Any]:
    """The problem details of an answer, if it has any."""
    return parsed(reply) if "json" in reply.headers.get("content-type", "") else {}


def error_of(reply: Reply) -> CoreError:
    """The contract's problem as the connector's error; by code first, then by HTTP status."""
    found = problem(reply)
    code = str(found.get("code"))
    if code in _ERRORS:
        return _ERRORS[code](found)
    if code in _PLAIN:
        return _PLAIN[code](code)
    if "code" in found and reply.status in _BY_STATUS:  # a code that v1 learnt after us
        return _BY_STATUS[reply.status](code)
    log.warning("the core answered %s %s", reply.status, code)
    return CoreUnreachable(f"HTTP {reply.status}", reply.retry_after)


def _wrong_key(found: Mapping[str, Any]) -> WrongKey:
    remaining = found.get("remainingAttempts")
    return WrongKey(remaining if isinstance(remaining, int) else None)


def _key_refused(found: Mapping[str, Any]) -> KeyRefused:
    errors = found.get("errors")
    rows = errors if isinstance(errors, list) else []
    return KeyRefused([str(row.get("code")) for row in rows if isinstance(row, dict)])


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
    409: PostingConflict,
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


def understood(read: Callable[[Mapping[str, Any]], T], found: Mapping[str, Any]) -> T:
    """Read what the contract promises; anything else is no answer."""
    try:
        return read(found)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        log.error("the core breaks the contract: %s", type(error).__name__)
        raise CoreUnreachable("the answer is not the contract's") from None


def read_status(found: Mapping[str, Any]) -> CoreStatus:
    """ServiceStatus."""
    capabilities = found["capabilities"]
    policy = capabilities["passwordPolicy"]
    return CoreStatus(
        Availability(found["availability"]),
        _optional(found.get("message")),
        date.fromisoformat(found["businessDate"]),
        bool(capabilities["passwordRecovery"]["enabled"]),
        KeyPolicy(
            int(policy["minLength"]),
            int(policy["maxLength"]),
            str(policy["alphabet"]),
            tuple(str(kind) for kind in policy.get("requires", ())),
        ),
        capabilities.get("listPayments") is True,
    )


def read_session(found: Mapping[str, Any]) -> MemberSession:
    """MemberSession."""
    member = found["member"]
    expires = datetime.fromisoformat(found["expiresAt"])
    if expires.tzinfo is None or not isinstance(found["mustChangePassword"], bool):
        raise ValueError("not the contract's session")
    return MemberSession(
        Member(
            str(member["memberId"]),
            str(member["displayName"]),
            str(member["documentNumberMasked"]),
            _optional(member["email"]["masked"]),
        ),
        expires,
        found["mustChangePassword"],
        token=str(found["sessionToken"]),
    )


def read_recovery(found: Mapping[str, Any]) -> Recovery:
    """Where the message went, as far as the cooperative tells."""
    return Recovery(_optional(found["maskedEmail"]), found.get("expiresInMinutes"))


def read_cursor(found: Mapping[str, Any]) -> str:
    """Where the next page begins; nothing on the last one."""
    cursor = found["nextCursor"]
    if cursor is not None and not isinstance(cursor, str):
        raise TypeError("not a cursor")
    return cursor or ""


def read_obligations(found: Mapping[str, Any]) -> list[Obligation]:
    """One page."""
    currency = str(found["currency"])
    return [_obligation(item, currency) for item in found["items"]]


def _obligation(item: Mapping[str, Any], currency: str) -> Obligation:
    kinds = {kind.value: kind for kind in ObligationKind}
    due, other = item["nextDue"], item["otherAmount"]
    since = item["overdue"]["since"]
    return Obligation(
        obligation_id=str(item["obligationId"]),
        # New kinds may appear within v1: callers treat them as additional services.
        kind=kinds.get(item["kind"], ObligationKind.ADDITIONAL_SERVICE),
        name=str(item["name"]),
        reference=str(item["reference"]),
        payable=bool(item["payable"]),
        not_payable_reason=_optional(item["notPayableReason"]),
        overdue=Money.from_wire(item["overdue"]["amount"], currency),
        overdue_since=date.fromisoformat(since) if since else None,
        next_due=NextDue(Money.from_wire(due["amount"], currency), date.fromisoformat(due["dueDate"]))
        if due
        else None,
        balance=Money.from_wire(item["balance"]["amount"], currency),
        other=OtherAmount(
            bool(other["allowed"]),
            Money.from_wire(other["minimum"], currency),
            Money.from_wire(other["maximum"], currency) if other["maximum"] is not None else None,
        ),
    )


def read_posting(payment_id: str, found: Mapping[str, Any]) -> Posting:
    """The record of this payment; another one's says nothing of ours."""
    if found["paymentId"] != payment_id:
        raise ValueError("another payment's record")
    return Posting(PostingStatus(found["status"]), _optional(found["coreReceiptNumber"]))


def read_recorded(found: Mapping[str, Any]) -> list[RecordedPayment]:
    """One page."""
    return [_recorded_payment(item) for item in found["items"]]


def _recorded_payment(item: Mapping[str, Any]) -> RecordedPayment:
    collection, currency = item["collection"], str(item["currency"])
    received = datetime.fromisoformat(item["receivedAt"])
    if received.tzinfo is None:
        raise ValueError("an instant without an offset")
    return RecordedPayment(
        str(item["paymentId"]),
        PostingStatus(item["status"]),
        _optional(item["coreReceiptNumber"]),
        Money.from_wire(item["totalAmount"], currency),
        Money.from_wire(item["unappliedAmount"], currency),
        str(collection["kioskId"]),
        str(collection["gateway"]),
        str(collection["gatewayTransactionId"]),
        _optional(collection.get("trackingCode")),
        received,
    )


def rfc3339(moment: datetime) -> str:
    """An aware instant in Bogotá's time. Raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("an aware instant is needed")
    return moment.astimezone(BOGOTA).isoformat()


def payment_body(payment: Payment, kiosk_id: str) -> dict[str, object]:
    """The contract's PaymentRequest. The same payment always gives the same body."""
    decided = payment.decided_at or payment.created_at
    collection = {
        "channel": "kiosk",
        "kioskId": kiosk_id,
        "rail": "PSE",
        "gateway": payment.gateway,
        "gatewayTransactionId": payment.gateway_id or payment.reference,
        "approvedAt": decided.astimezone(BOGOTA).isoformat(timespec="seconds"),
    }
    if payment.cus:
        collection["trackingCode"] = payment.cus
    if payment.bank:
        collection["bankName"] = payment.bank[:80]  # a gateway's long name must not stop the posting
    return {
        "memberId": payment.payer.member_id,
        "currency": payment.total.currency,
        "totalAmount": payment.total.wire(),
        "valueDate": decided.astimezone(BOGOTA).date().isoformat(),
        "collection": collection,
        "lines": [
            {
                "lineId": line.line_id,
                "obligationId": line.obligation_id,
                "choice": line.choice.value,
                "amount": line.amount.wire(),
            }
            for line in payment.order.lines
        ],
    }
