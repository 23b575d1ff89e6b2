"""The Member Core API over HTTP, as the cooperative's contract has it (docs/contracts)."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from kiosk.cooperative.member import Document, MemberSession
from kiosk.cooperative.obligation import Obligation
from kiosk.cooperative.payment import Payment
from kiosk.member_core import answers, wire
from kiosk.member_core.connector import (
    CoreMisconfigured,
    CoreStatus,
    CoreUnreachable,
    Notice,
    Posting,
    RecordedPayment,
    Recovery,
)
from kiosk.transport import NoAnswer, NotSent, Reply, Timeouts, Transport

_TIMEOUTS = Timeouts(connect=8, answer=15)
_SCOPES = "status.read member.session member.recovery payments.write payments.read"
_RENEW_BEFORE = 60.0
_LONGEST_TOKEN = 86_400
"""Seconds. Whatever a token server promises, a new one is asked for each day."""
_CONFLICTS = ("payment-conflict", "duplicate-collection")
"""The contract's own; any other refusal of this kind says nothing final of the payment."""
_PAGE = "100"
_MOST_OBLIGATION_PAGES = 50
_MOST_PAYMENT_PAGES = 1000
_LONGEST_WINDOW = timedelta(days=31)


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
        return answers.understood(answers.ServiceStatus, self._call("GET", "/status")).read()

    def sign_in(self, document: Document, key: str) -> MemberSession:
        """WrongKey, MemberLocked, MemberBlocked. One attempt, never repeated here."""
        body = {
            "documentType": document.type.value,
            "documentNumber": document.number,
            "password": key,
            "kioskId": self._kiosk_id,
        }
        return answers.understood(answers.SessionAnswer, self._call("POST", "/member-sessions", body)).read()

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
        return answers.understood(
            answers.RecoveryTaken, self._call("POST", "/password-recoveries", body)
        ).read()

    def change_key(self, session: MemberSession, current: str, new: str) -> None:
        """WrongKey, KeyRefused, SessionOver."""
        body = {"currentPassword": current, "newPassword": new}
        self._call("PUT", "/members/me/password", body, session=session)

    def obligations(self, session: MemberSession) -> list[Obligation]:
        """All pages of what the member owes."""
        found: dict[str, Obligation] = {}
        pages = self._pages("/members/me/obligations", _MOST_OBLIGATION_PAGES, session=session)
        broken = sum(answers.read_obligations(page, found) for page in pages)
        if broken and not found:
            raise CoreUnreachable("no row of the answer is the contract's")
        return list(found.values())

    def post(self, payment: Payment) -> Posting:
        """Put an approved payment; repeating it changes nothing."""
        path = f"/payments/{payment.payment_id}"
        reply = self._send("PUT", path, wire.payment_body(payment))
        if reply.status == 409 and wire.code_of(reply) not in _CONFLICTS:
            return self._read_back(payment, reply)
        return answers.understood(answers.RecordedAnswer, self._checked(reply)).read(payment.payment_id)

    def _read_back(self, payment: Payment, reply: Reply) -> Posting:
        """A refusal whose code we do not know, such as that the same request is under way: what is there?"""
        known = self.posting(payment.payment_id)
        if known is None or known.total not in (None, payment.total):
            raise CoreUnreachable("HTTP 409", reply.retry_after)
        return known

    def posting(self, payment_id: str) -> Posting | None:
        """Read it back; None when it never arrived."""
        reply = self._send("GET", f"/payments/{payment_id}")
        # Any other 404 says something of an address, nothing of the payment.
        if reply.status == 404 and wire.code_of(reply) == "payment-not-found":
            return None
        return answers.understood(answers.RecordedAnswer, self._checked(reply)).read(payment_id)

    def tell_member(self, notice: Notice) -> None:
        """Have the cooperative tell a member; the same notice twice is one."""
        self._call("PUT", f"/notices/{notice.notice_id}", wire.notice_body(notice))

    def recorded(self, since: datetime, until: datetime) -> list[RecordedPayment]:
        """What the core received in [since, until), asked for in windows that the contract allows."""
        rows: list[RecordedPayment] = []
        while since < until:
            end = min(since + _LONGEST_WINDOW, until)
            window = {"receivedFrom": wire.rfc3339(since), "receivedTo": wire.rfc3339(end)}
            for page in self._pages("/payments", _MOST_PAYMENT_PAGES, window):
                read = (answers.read_listed(item, self._kiosk_id, since) for item in page.items)
                rows += [row for row in read if row is not None]
            since = end
        return rows

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

    def _pages(
        self,
        path: str,
        most: int,
        query: Mapping[str, str] | None = None,
        *,
        session: MemberSession | None = None,
    ) -> Iterator[answers.ListPage]:
        """Page after page of a list; a list that turns in circles or never ends is no answer."""
        seen: set[str] = set()
        asked = {"limit": _PAGE, **(query or {})}
        for _ in range(most):
            page = answers.understood(answers.ListPage, self._call("GET", path, session=session, query=asked))
            yield page
            cursor = page.next_cursor
            if not cursor:
                return
            if cursor in seen:
                break
            seen.add(cursor)
            asked["cursor"] = cursor
        raise CoreUnreachable("the list has no end")

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
            token = self._machine()
            headers = {"Request-Id": f"{self._kiosk_id}-{uuid.uuid4().hex[:16]}"}
            if token:
                headers["Authorization"] = f"Bearer {token}"
            if session is not None:
                headers["Member-Session"] = session.token
            try:
                reply = self._transport.request(
                    method, path, json=body, query=query, headers=headers, timeouts=_TIMEOUTS
                )
            except (NotSent, NoAnswer) as error:
                raise CoreUnreachable(type(error).__name__) from None
            if last or not token or not wire.wants_a_new_token(reply):
                return reply
            self._forget(token)
        raise AssertionError("unreachable")

    def _machine(self) -> str:
        """The access token; none where the certificate is enough."""
        if not self._client[1]:
            return ""
        with self._lock:
            if time.monotonic() >= self._token_until:
                self._renew()
            return self._token

    def _forget(self, token: str) -> None:
        """The core does not know this token; another thread may have a new one already."""
        with self._lock:
            if self._token == token:
                self._token_until = 0.0

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
        found = wire.parsed(reply)
        token, lasts = found.get("access_token"), found.get("expires_in", 3600)
        if reply.status in (400, 401, 403):
            raise CoreMisconfigured("the token server does not know this terminal")
        if reply.status != 200 or not isinstance(token, str) or not token:
            raise CoreUnreachable("no token", reply.retry_after)
        if not (token.isascii() and token.isprintable()):
            raise CoreUnreachable("no token that a header can hold")
        known = isinstance(lasts, int) and not isinstance(lasts, bool)
        seconds = min(lasts, _LONGEST_TOKEN) if known else 3600
        self._token, self._token_until = token, time.monotonic() + max(seconds - _RENEW_BEFORE, 1)

    def _checked(self, reply: Reply) -> Mapping[str, Any]:
        if reply.status == 204:
            return {}
        if reply.status in (200, 201, 202):
            found = wire.parsed(reply)
            if not found:
                raise CoreUnreachable("the answer is not the contract's")
            return found
        raise wire.error_of(reply)
