"""The Member Core API over HTTP, as the cooperative's contract has it (docs/contracts)."""

from __future__ import annotations

import json
import logging
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from kiosk.cooperative.member import Document, Member, MemberSession
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
    Recovery,
    SessionOver,
    WrongKey,
)
from kiosk.transport import NoAnswer, NotSent, Reply, Timeouts, Transport

log = logging.getLogger(__name__)

_BOGOTA = ZoneInfo("America/Bogota")
_TIMEOUTS = Timeouts(connect=8, answer=15)
_SCOPES = "status.read member.session member.recovery payments.write payments.read"
_RENEW_BEFORE = 60.0
_MOST_PAGES = 50
T = TypeVar("T")


class CoreApi:
    """One terminal at one core. Thread-safe. The key and all tokens stay out of logs and errors.

    With `client_secret` empty the machine is known by its client certificate (mutual TLS).
    """

    def __init__(
        self,
        transport: Transport,
        token_transport: Transport,
        *,
        client_id: str,
        client_secret: str,
        kiosk_id: str,
    ) -> None:
        self._transport, self._token_transport = transport, token_transport
        self._client, self._kiosk_id = (client_id, client_secret), kiosk_id
        self._lock = threading.Lock()
        self._token, self._token_until = "", 0.0

    def __repr__(self) -> str:
        return f"CoreApi({self._transport.base_url})"

    def status(self) -> CoreStatus:
        """Version, availability, key policy."""
        return _contract(_status, self._call("GET", "/status"))

    def sign_in(self, document: Document, key: str) -> MemberSession:
        """WrongKey, MemberLocked, MemberBlocked. One attempt, never repeated here."""
        body = {
            "documentType": document.type.value,
            "documentNumber": document.number,
            "password": key,
            "kioskId": self._kiosk_id,
        }
        return _contract(_session, self._call("POST", "/member-sessions", body))

    def sign_out(self, session: MemberSession) -> None:
        """End the session; one already gone is fine."""
        self._call("DELETE", "/member-sessions/current", session=session)

    def recover_key(self, document: Document) -> Recovery:
        """EmailNotRegistered where the cooperative tells."""
        body = {
            "documentType": document.type.value,
            "documentNumber": document.number,
            "kioskId": self._kiosk_id,
        }
        return _contract(
            lambda found: Recovery(_optional(found["maskedEmail"]), found.get("expiresInMinutes")),
            self._call("POST", "/password-recoveries", body),
        )

    def change_key(self, session: MemberSession, current: str, new: str) -> None:
        """WrongKey, KeyRefused, SessionOver."""
        body = {"currentPassword": current, "newPassword": new}
        self._call("PUT", "/members/me/password", body, session=session)

    def obligations(self, session: MemberSession) -> list[Obligation]:
        """All pages of what the member owes."""
        rows: list[Obligation] = []
        cursor = ""
        for _ in range(_MOST_PAGES):
            query = {"limit": "100", **({"cursor": cursor} if cursor else {})}
            found = self._call("GET", "/members/me/obligations", session=session, query=query)
            page, cursor = _contract(_obligation_page, found)
            rows += page
            if not cursor:
                return rows
        raise CoreUnreachable("the list of obligations has no end")

    def post(self, payment: Payment) -> Posting:
        """Put an approved payment; repeating it changes nothing."""
        path = f"/payments/{payment.payment_id}"
        return _contract(_posting, self._call("PUT", path, payment_body(payment, self._kiosk_id)))

    def posting(self, payment_id: str) -> Posting | None:
        """Read it back; None when it never arrived."""
        reply = self._send("GET", f"/payments/{payment_id}")
        if reply.status == 404:
            return None
        return _contract(_posting, self._checked(reply))

    # -- HTTP -----------------------------------------------------------------------------

    def _call(
        self,
        method: str,
        path: str,
        body: Mapping[str, object] | None = None,
        *,
        session: MemberSession | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Mapping[str, Any]:
        return self._checked(self._send(method, path, body, session=session, query=query))

    def _send(
        self,
        method: str,
        path: str,
        body: Mapping[str, object] | None = None,
        *,
        session: MemberSession | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Reply:
        for last in (False, True):
            headers = {"Request-Id": f"{self._kiosk_id}-{uuid.uuid4().hex[:16]}", **self._machine()}
            if session is not None:
                headers["Member-Session"] = session.token
            try:
                reply = self._transport.request(
                    method, path, json=body, query=query, headers=headers, timeouts=_TIMEOUTS
                )
            except (NotSent, NoAnswer) as error:
                raise CoreUnreachable(type(error).__name__) from None
            if last or reply.status != 401 or _problem(reply).get("code") != "client-unauthorized":
                return reply
            with self._lock:
                self._token_until = 0.0  # the core forgot our token: one new one
        raise AssertionError("unreachable")

    def _machine(self) -> dict[str, str]:
        if not self._client[1]:
            return {}
        with self._lock:
            if time.monotonic() >= self._token_until:
                self._renew()
            return {"Authorization": f"Bearer {self._token}"}

    def _renew(self) -> None:
        try:
            reply = self._token_transport.request(
                "POST",
                "",
                form={"grant_type": "client_credentials", "scope": _SCOPES},
                basic=self._client,
                timeouts=_TIMEOUTS,
            )
        except (NotSent, NoAnswer) as error:
            raise CoreUnreachable(type(error).__name__) from None
        found = _json(reply)
        token, lasts = found.get("access_token"), found.get("expires_in", 3600)
        if reply.status in (400, 401, 403):
            raise CoreMisconfigured("the token server does not know this terminal")
        if reply.status != 200 or not isinstance(token, str) or not token:
            raise CoreUnreachable("no token", reply.retry_after)
        seconds = lasts if isinstance(lasts, int) else 3600
        self._token, self._token_until = token, time.monotonic() + max(seconds - _RENEW_BEFORE, 1)

    def _checked(self, reply: Reply) -> Mapping[str, Any]:
        if reply.status == 204:
            return {}
        if reply.status in (200, 201, 202):
            found = _json(reply)
            if not found:
                raise CoreUnreachable("the answer is not the contract's")
            return found
        raise _error(reply)


def _json(reply: Reply) -> Mapping[str, Any]:
    try:
        found = json.loads(reply.body, parse_float=str)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _problem(reply: Reply) -> Mapping[str, Any]:
    return _json(reply) if "json" in reply.headers.get("content-type", "") else {}


def _error(reply: Reply) -> CoreError:
    """The contract's problem as the connector's error; by code first, then by HTTP status."""
    found = _problem(reply)
    code = str(found.get("code"))
    if code in _ERRORS:
        return _ERRORS[code](found)
    if code in _PLAIN:
        return _PLAIN[code](code)
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


def _contract(read: Callable[[Mapping[str, Any]], T], found: Mapping[str, Any]) -> T:
    """Read what the contract promises; anything else is no answer."""
    try:
        return read(found)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        log.error("the core breaks the contract: %s", type(error).__name__)
        raise CoreUnreachable("the answer is not the contract's") from None


def _status(found: Mapping[str, Any]) -> CoreStatus:
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
    )


def _session(found: Mapping[str, Any]) -> MemberSession:
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


def _obligation_page(found: Mapping[str, Any]) -> tuple[list[Obligation], str]:
    currency = str(found["currency"])
    return [_obligation(item, currency) for item in found["items"]], found["nextCursor"] or ""


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


def _posting(found: Mapping[str, Any]) -> Posting:
    return Posting(PostingStatus(found["status"]), _optional(found["coreReceiptNumber"]))


def payment_body(payment: Payment, kiosk_id: str) -> dict[str, object]:
    """The contract's PaymentRequest. The same payment always gives the same body."""
    decided = payment.decided_at or payment.created_at
    collection = {
        "channel": "kiosk",
        "kioskId": kiosk_id,
        "rail": "PSE",
        "gateway": payment.gateway,
        "gatewayTransactionId": payment.gateway_id or payment.reference,
        "approvedAt": decided.astimezone(_BOGOTA).isoformat(timespec="seconds"),
    }
    if payment.cus:
        collection["trackingCode"] = payment.cus
    if payment.bank:
        collection["bankName"] = payment.bank
    return {
        "memberId": payment.payer.member_id,
        "currency": payment.total.currency,
        "totalAmount": payment.total.wire(),
        "valueDate": decided.astimezone(_BOGOTA).date().isoformat(),
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
