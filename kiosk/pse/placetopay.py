"""PlacetoPay WebCheckout (Evertec), restricted to PSE.

Sources: placetopay-org/placetopay-docs (checkout API, authentication, create session, query,
cancel) and the fixtures of dnetix/redirection. Where they are silent: the reason of an expired
session is known by its message only (`EX` is a guess), nothing says what happens to a debit that
still waits at the bank when its session expires, a repeated `reference` is not refused, and the
codes of PPT documents are unknown (such a document is left out of the buyer's data). A lost
creation can not be looked up: there is no search by reference.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from kiosk.cooperative.bogota import BOGOTA
from kiosk.cooperative.member import AccountHolder, DocumentType, HolderKind
from kiosk.cooperative.money import Money
from kiosk.pse.clock import GatewayClock
from kiosk.pse.gateway import (
    Abilities,
    Answer,
    Approval,
    Bank,
    Charge,
    Conflict,
    Connection,
    Created,
    Creation,
    ErrorKind,
    Expected,
    NotCreated,
    NoVerdict,
    Status,
    Terms,
    UnknownIfCreated,
    Verdict,
    account_of,
    in_order,
)
from kiosk.pse.wire import (
    instant,
    mapping,
    money,
    read_object,
    rows,
    same_place,
    text,
    web_address,
    written,
    yes,
)
from kiosk.transport import NoAnswer, NotSent, Reply, Timeouts

log = logging.getLogger(__name__)

_CREATE = Timeouts(connect=8, answer=30)
_ASK = Timeouts(connect=8, answer=15)
_DOCUMENTS = {
    DocumentType.CC: "CC",
    DocumentType.CE: "CE",
    DocumentType.TI: "TI",
    DocumentType.NIT: "NIT",
    DocumentType.PA: "PPN",
}
# Reasons that mean "could not be carried out", against those that mean "was refused".
_TECHNICAL = frozenset({"?5", "?1", "X2", "EX"})
_CANCELLED = frozenset({"?C", "MC"})
_ENDED_UNPAID = "REJECTED"
"""The one word that ends an attempt without money. What no document lists (UNKNOWN, ERROR, OK, FAILED are
known from the vendor's own programs) ends nothing: a debit may be under way."""
_MAY_EXIST = frozenset({408, 409, 499})
"""Refusals after which the session may be there all the same: cut off in the middle, or a conflict."""
_AUTHENTICATION = re.compile(
    r"\W*(?:(?:autenticaci[oó]n fallida|authentication failed|failed authentication)\W*)?(10[0-7])\W*",
    re.IGNORECASE,
)
"""The whole message, in the forms that are known: a number within a sentence is no code."""


class PlacetoPay:
    """One merchant at one PlacetoPay site. `clock` tells aware instants; secrets never leave `_auth`."""

    name = "placetopay"
    abilities = Abilities(
        picks_bank_here=False,
        finds_by_reference=False,
        absence_proves_unpaid=False,
        idempotent_create=False,
        cancels=True,
        other_device=True,
        address_only_ours=True,  # processUrl is in the answer to us and nowhere else
    )

    def __init__(self, connection: Connection) -> None:
        self._transport = connection.transport
        self._login, self._secret = connection.login, connection.secret
        self._return_url = connection.return_url
        self._hosts = connection.page_hosts
        self._clock = GatewayClock(connection.clock)
        self._financial_services = connection.financial_services
        self.account = account_of(self.name, self._transport.base_url, self._login)

    def __repr__(self) -> str:
        return f"PlacetoPay({self._transport.base_url})"

    @property
    def skew(self) -> timedelta | None:
        """How far the gateway's clock is ahead of ours; None before its first answer."""
        return self._clock.skew

    def banks(self) -> tuple[Bank, ...]:
        """None: the payer picks the bank on the hosted page."""
        return ()

    def terms(self) -> tuple[Terms, ...]:
        """None: the hosted page shows its own."""
        return ()

    def create(self, charge: Charge) -> Creation:
        """Open a session. Repeated once only where a refusal says that our clock is wrong."""
        return self._create(charge, again=False)

    def _create(self, charge: Charge, *, again: bool) -> Creation:
        if self._financial_services and (charge.opened_on is None or charge.beneficiary is None):
            log.error("%s: the core must name openingDate and document of the member", charge.reference)
            return NotCreated(ErrorKind.INVALID_REQUEST)
        try:
            reply = self._send("/api/session", self._session(charge), _CREATE)
        except NotSent:
            return NotCreated(ErrorKind.NOT_SENT)
        except NoAnswer:
            return UnknownIfCreated(ErrorKind.NO_ANSWER)
        created = self.read_creation(reply.status, reply.body, charge.reference)
        if created == NotCreated(ErrorKind.CLOCK) and not again:
            return self._create(charge, again=True)
        return created

    def query(self, gateway_id: str, expected: Expected) -> Answer:
        """The session's state. A clock fault is corrected by the server's date, once."""
        path = f"/api/session/{quote(gateway_id, safe='')}"
        answer = self._ask(path, expected)
        return self._ask(path, expected) if answer == NoVerdict(ErrorKind.CLOCK) else answer

    def _ask(self, path: str, expected: Expected) -> Answer:
        try:
            reply = self._send(path, {}, _ASK)
        except NotSent:
            return NoVerdict(ErrorKind.NOT_SENT)
        except NoAnswer:
            return NoVerdict(ErrorKind.NO_ANSWER)
        answer = self.read_query(reply.status, reply.body, expected)
        if not isinstance(answer, NoVerdict):
            return answer
        return answer if answer.kind is ErrorKind.CLOCK else NoVerdict(answer.kind, reply.retry_after)

    def find(self, expected: Expected) -> Answer:  # noqa: ARG002 - the contract has no such search
        """There is no search by reference."""
        return NoVerdict(ErrorKind.UNKNOWN_PAYMENT)

    def cancel(self, gateway_id: str) -> None:
        """Ask to close an open session; refused while a debit waits at the bank."""
        try:
            self._send(f"/api/session/{quote(gateway_id, safe='')}/cancel", {}, _ASK)
        except (NotSent, NoAnswer):
            log.warning("cancel: no answer")

    @staticmethod
    def read_creation(status: int, body: bytes, reference: str) -> Creation:  # noqa: ARG004 - not in it
        """What an answer to a creation means.

        A refusal says that nothing was made, whoever wrote it: the gateway, its framework, or a firewall in
        front of it. Only where the request may have been carried out all the same nobody knows.
        """
        found = read_object(body)
        said = _Said.of(found)
        if found is not None and status < 300 and said.word == "OK":
            gateway_id, url = text(found.get("requestId")), web_address(found.get("processUrl"))
            if gateway_id and url:
                return Created(gateway_id, url)
            return UnknownIfCreated(ErrorKind.GARBAGE)
        kind = _failure(status, found)
        refused = 300 <= status < 500 and status not in _MAY_EXIST
        if refused or (found is not None and said.word == "FAILED" and status < 500):
            return NotCreated(ErrorKind.INVALID_REQUEST if kind is ErrorKind.UNKNOWN_PAYMENT else kind)
        return UnknownIfCreated(kind if status >= 400 else ErrorKind.GARBAGE)

    @staticmethod
    def read_query(status: int, body: bytes, expected: Expected) -> Answer:
        """What an answer to a query says of our payment. Never raises; never believes what is not ours."""
        found = read_object(body)
        if found is None or status != 200:
            return NoVerdict(_failure(status, found))
        said = _Said.of(found)
        if said.word in ("FAILED", "OK", ""):
            return NoVerdict(_failure(status, found) if said.word == "FAILED" else ErrorKind.UNKNOWN_STATUS)
        attempts = _attempts(found.get("payment"))
        if kind := _not_ours(mapping(found.get("request")), expected):
            return _conflict(kind, attempts)
        answer = _session_verdict(said, attempts, expected)
        if isinstance(answer, Verdict):
            return replace(answer, gateway_id=text(found.get("requestId")) or None)
        return answer

    @staticmethod
    def read_found(status: int, body: bytes, expected: Expected) -> Answer:  # noqa: ARG004
        """No such answer exists: there is no search by reference."""
        return NoVerdict(ErrorKind.UNKNOWN_PAYMENT)

    def is_return(self, url: str) -> bool:
        """Whether it is our return address; parameters are not looked at."""
        return same_place(url, self._return_url)

    def allowed_hosts(self) -> frozenset[str]:
        """The gateway's own host and those of PSE and banks in the settings."""
        return self._hosts | {urlsplit(self._transport.base_url).netloc.lower()}

    # -- wire -----------------------------------------------------------------------------

    def _send(self, path: str, content: Mapping[str, object], timeouts: Timeouts) -> Reply:
        body = written({"auth": self._auth(), **content})
        reply = self._transport.request("POST", path, content=body, timeouts=timeouts)
        self._clock.heard(reply.headers)
        return reply

    def _auth(self) -> dict[str, str]:
        seed = self._clock.now().astimezone(BOGOTA).isoformat(timespec="seconds")
        return authentication(self._login, self._secret, secrets.token_hex(16), seed)

    def _session(self, charge: Charge) -> dict[str, object]:
        back = f"{self._return_url}?ref={quote(charge.reference, safe='')}"
        ends = charge.expires_at + (self._clock.now() - self._clock.ours())
        return {
            "locale": "es_CO",
            "buyer": _buyer(charge.holder),
            "payment": {
                "reference": charge.reference,
                "description": charge.description,
                "amount": {"currency": charge.amount.currency, "total": charge.amount},
                "allowPartial": False,
            },
            "paymentMethod": "pse",
            "expiration": ends.astimezone(BOGOTA).isoformat(timespec="seconds"),
            "skipResult": True,
            "returnUrl": back,
            "cancelUrl": back,
            "ipAddress": charge.ip_address,
            "userAgent": charge.user_agent,
            **self._metadata(charge),
        }

    def _metadata(self, charge: Charge) -> dict[str, object]:
        """What PSE wants of merchants of «Servicios Financieros» (checkout/metadata of the documentation)."""
        if not (self._financial_services and charge.opened_on and charge.beneficiary):
            return {}
        opened, owner = charge.opened_on.isoformat(), charge.beneficiary.number
        return {"metadata": {"openingDate": opened, "beneficiaryId": owner}}


def authentication(login: str, secret_key: str, raw: str, seed: str) -> dict[str, str]:
    """The `auth` member: tranKey = Base64(SHA-256(raw nonce + seed + secret)), nonce in Base64."""
    digest = hashlib.sha256((raw + seed + secret_key).encode()).digest()
    return {
        "login": login,
        "tranKey": base64.b64encode(digest).decode(),
        "nonce": base64.b64encode(raw.encode()).decode(),
        "seed": seed,
    }


def _buyer(holder: AccountHolder) -> dict[str, str]:
    words = holder.name.split()
    middle = max(1, len(words) // 2)
    company = holder.kind is HolderKind.COMPANY or len(words) < 2
    buyer = {
        "name": (holder.name if company else " ".join(words[:middle]))[:60],
        "email": holder.email,
        "mobile": holder.mobile,
    }
    if not company:
        buyer["surname"] = " ".join(words[middle:])[:60]
    if holder.document.type in _DOCUMENTS:
        buyer["documentType"] = _DOCUMENTS[holder.document.type]
        buyer["document"] = holder.document.number
    return buyer


# -- reading ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Said:
    """A `status` object."""

    word: str
    reason: str
    message: str

    @classmethod
    def of(cls, owner: object) -> _Said:
        status = mapping(mapping(owner).get("status"))
        return cls(
            text(status.get("status")).upper(), text(status.get("reason")), text(status.get("message"))
        )

    @property
    def expired(self) -> bool:
        return self.reason == "EX" or "expir" in self.message.lower() or "caduc" in self.message.lower()


def _failure(status: int, body: Mapping[str, Any] | None) -> ErrorKind:
    if status == 429:  # asked too often: it says nothing of the payment, and passes
        return ErrorKind.SERVER
    if body is None:
        return ErrorKind.SERVER if status >= 500 else ErrorKind.GARBAGE
    said = _Said.of(body)
    code = _AUTHENTICATION.fullmatch(said.message)
    if status == 401 or (said.word == "FAILED" and (code or said.reason == "401")):
        return ErrorKind.CLOCK if code and code.group(1) == "103" else ErrorKind.AUTHENTICATION
    if status >= 500:
        return ErrorKind.SERVER
    if status == 404:
        return ErrorKind.UNKNOWN_PAYMENT
    return ErrorKind.LIMIT if said.reason == "XA" else ErrorKind.INVALID_REQUEST


def _not_ours(request: Mapping[str, Any], expected: Expected) -> ErrorKind | None:
    payment = mapping(request.get("payment"))
    if text(payment.get("reference")) != expected.reference:
        return ErrorKind.REFERENCE_MISMATCH
    asked = mapping(payment.get("amount"))
    if text(asked.get("currency")) != expected.amount.currency:
        return ErrorKind.CURRENCY_MISMATCH
    if _amount(asked) != expected.amount:
        return ErrorKind.AMOUNT_MISMATCH
    buyer = text(mapping(request.get("buyer")).get("document"))
    return ErrorKind.OTHER_PAYER if buyer and not buyer.endswith(expected.payer_ends) else None


def _amount(side: Mapping[str, Any]) -> Money | None:
    return money(side.get("total"), text(side.get("currency")))


def _attempts(payments: object) -> list[Mapping[str, Any]]:
    """Attempts, newest first; very old answers nest them."""
    if isinstance(payments, dict):
        payments = payments.get("transaction")
    if isinstance(payments, dict):
        payments = [payments]
    return rows(payments)


def _session_verdict(said: _Said, attempts: list[Mapping[str, Any]], expected: Expected) -> Answer:
    newest = attempts[0] if attempts else {}
    last = _Said.of(newest)
    match said.word:
        case "APPROVED":
            return _approved(attempts, expected)
        case "REJECTED":
            return _rejected(said, attempts)
        case "PENDING" | "PENDING_CONFIRMATION" | "PENDING_VALIDATION":
            if going := _going(attempts):
                return _verdict(Status.PENDING, going[0], attempts)
            over = bool(attempts)
            return _verdict(
                Status.PENDING if over else Status.CREATED,
                newest,
                attempts,
                attempt_over=over,
                technical=over and last.reason in _TECHNICAL,
                cause=last.message if over else None,
            )
        case "APPROVED_PARTIAL" | "PARTIAL_EXPIRED":
            paid = next((each for each in attempts if _word(each) == "APPROVED"), newest)
            partial = _verdict(Status.PARTIAL, paid, attempts, amount=_paid(paid))
            return replace(partial, closed=said.word == "PARTIAL_EXPIRED")
    return NoVerdict(ErrorKind.UNKNOWN_STATUS)


def _word(attempt: Mapping[str, Any]) -> str:
    return _Said.of(attempt).word


def _going(attempts: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """All attempts that no word has ended, whichever is the newest: open, approved, or nobody knows."""
    return [each for each in attempts if _word(each) != _ENDED_UNPAID]


def _paid(attempt: Mapping[str, Any]) -> Money | None:
    return _amount(mapping(mapping(attempt.get("amount")).get("from")))


def _conflict(kind: ErrorKind, attempts: list[Mapping[str, Any]]) -> Conflict:
    """With what the answer says was paid, for staff."""
    paid = next((each for each in attempts if _word(each) == "APPROVED"), attempts[0] if attempts else {})
    said = _verdict(Status.APPROVED, paid, attempts, amount=_paid(paid))
    return Conflict(kind, "", said.cus, said.bank, said.approved_amount, said.decided_at)


def _approved(attempts: list[Mapping[str, Any]], expected: Expected) -> Answer:
    approved = [attempt for attempt in attempts if _word(attempt) == "APPROVED"]
    if not approved:
        return NoVerdict(ErrorKind.UNKNOWN_STATUS)
    # Also shown after a part went back: how much, the session does not say.
    if back := next((attempt for attempt in approved if yes(attempt.get("refunded"))), None):
        return _verdict(Status.REVERSED, back, attempts, amount=_paid(back))
    debits = {_key(attempt): attempt for attempt in reversed(approved)}  # listed twice it is one
    for attempt in debits.values():
        paid = mapping(mapping(attempt.get("amount")).get("from"))
        if text(paid.get("currency")) != expected.amount.currency:
            return _conflict(ErrorKind.CURRENCY_MISMATCH, [attempt])
        if _amount(paid) != expected.amount:
            return _conflict(ErrorKind.AMOUNT_MISMATCH, [attempt])
    told = [
        Approval(key, expected.amount, said.cus, said.bank, said.decided_at)
        for key, attempt in debits.items()
        for said in [_verdict(Status.APPROVED, attempt, attempts)]
    ]
    first, *others = in_order(told)
    verdict = _verdict(Status.APPROVED, debits[first.key], attempts, amount=expected.amount)
    return replace(verdict, approvals=(first, *others) if others else ())


def _key(attempt: Mapping[str, Any]) -> str:
    """Two debits differ where the gateway's own number, the CUS or the sum does."""
    paid = mapping(mapping(attempt.get("amount")).get("from")).get("total")
    return f"{text(attempt.get('internalReference'))[:20]}/{_cus(attempt) or ''}/{text(paid)[:10]}"


def _rejected(said: _Said, attempts: list[Mapping[str, Any]]) -> Answer:
    newest = attempts[0] if attempts else {}
    last = _Said.of(newest)
    if any(_word(attempt) == "APPROVED" for attempt in attempts):
        return _conflict(ErrorKind.CONTRADICTION, attempts)
    if going := _going(attempts):  # nothing says what becomes of a debit that outlives its session
        return _verdict(Status.PENDING, going[0], attempts)
    technical = last.reason in _TECHNICAL
    if said.reason in _CANCELLED:
        # We close sessions whose attempt failed: what the bank said of it is the better word.
        status = Status.REJECTED if last.word == "REJECTED" else Status.CANCELLED
    elif said.expired:
        status, technical = Status.EXPIRED, True
    else:
        status, technical = Status.REJECTED, technical or said.reason in _TECHNICAL
    cause = last.message or said.message or said.reason
    return _verdict(status, newest, attempts, technical=technical, cause=cause)


def _cus(attempt: Mapping[str, Any]) -> str | None:
    fields = _fields(attempt.get("processorFields"))
    cus = fields.get("trazabilyCode") or fields.get("trazabilityCode") or text(attempt.get("authorization"))
    return cus if cus and cus != "000000" and len(cus) <= 32 else None


def _verdict(
    status: Status,
    attempt: Mapping[str, Any],
    attempts: list[Mapping[str, Any]],
    *,
    amount: Money | None = None,
    technical: bool = False,
    attempt_over: bool = False,
    cause: str | None = None,
) -> Verdict:
    """`attempt` is the one that counts among all."""
    ended = (_cus(each) for each in attempts if _word(each) == _ENDED_UNPAID)
    return Verdict(
        status=status,
        cus=_cus(attempt),
        bank=text(attempt.get("issuerName"))[:80] or None,
        approved_amount=amount,
        decided_at=instant(mapping(attempt.get("status")).get("date")) if status.final else None,
        cause=cause[:200] if cause else None,
        technical=technical,
        attempt_over=attempt_over,
        ended_cus=frozenset(filter(None, ended)),
    )


def _fields(found: object) -> dict[str, str]:
    items = found.get("item") if isinstance(found, dict) else found
    pairs = items if isinstance(items, list) else []
    return {text(mapping(pair).get("keyword")): text(mapping(pair).get("value")) for pair in pairs}
