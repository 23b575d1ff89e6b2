"""What PlacetoPay's answers say of one session: all of its attempts, never only the newest."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from kiosk.cooperative.money import Money
from kiosk.pse.gateway import (
    Answer,
    Approval,
    Conflict,
    ErrorKind,
    Expected,
    NoVerdict,
    Status,
    Verdict,
    in_order,
)
from kiosk.pse.wire import (
    instant,
    mapping,
    money,
    rows,
    text,
    yes,
)

# Reasons that mean "could not be carried out", against those that mean "was refused".
_TECHNICAL = frozenset({"?5", "?1", "X2", "EX"})
_CANCELLED = frozenset({"?C", "MC"})
_ENDED_UNPAID = "REJECTED"
"""The one word that ends an attempt without money. What no document lists (UNKNOWN, ERROR, OK, FAILED are
known from the vendor's own programs) ends nothing: a debit may be under way."""
_AUTHENTICATION = re.compile(
    r"\W*(?:(?:autenticaci[oó]n fallida|authentication failed|failed authentication)\W*)?(10[0-7])\W*",
    re.IGNORECASE,
)
"""The whole message, in the forms that are known: a number within a sentence is no code."""


@dataclass(frozen=True, slots=True)
class Said:
    """A `status` object."""

    word: str
    reason: str
    message: str

    @classmethod
    def of(cls, owner: object) -> Said:
        status = mapping(mapping(owner).get("status"))
        return cls(
            text(status.get("status")).upper(), text(status.get("reason")), text(status.get("message"))
        )

    @property
    def expired(self) -> bool:
        return self.reason == "EX" or "expir" in self.message.lower() or "caduc" in self.message.lower()


def failure(status: int, body: Mapping[str, Any] | None) -> ErrorKind:
    """Why there is no verdict in an answer."""
    if status == 429:  # asked too often: it says nothing of the payment, and passes
        return ErrorKind.SERVER
    if body is None:
        return ErrorKind.SERVER if status >= 500 else ErrorKind.GARBAGE
    said = Said.of(body)
    code = _AUTHENTICATION.fullmatch(said.message)
    if status == 401 or (said.word == "FAILED" and (code or said.reason == "401")):
        return ErrorKind.CLOCK if code and code.group(1) == "103" else ErrorKind.AUTHENTICATION
    if status >= 500:
        return ErrorKind.SERVER
    if status == 404:
        return ErrorKind.UNKNOWN_PAYMENT
    return ErrorKind.LIMIT if said.reason == "XA" else ErrorKind.INVALID_REQUEST


def not_ours(request: Mapping[str, Any], expected: Expected) -> ErrorKind | None:
    """Why a session's request is not the one we made; None where it is."""
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


def attempts_of(payments: object) -> list[Mapping[str, Any]]:
    """Attempts, newest first; very old answers nest them."""
    if isinstance(payments, dict):
        payments = payments.get("transaction")
    if isinstance(payments, dict):
        payments = [payments]
    return rows(payments)


def session_verdict(said: Said, attempts: list[Mapping[str, Any]], expected: Expected) -> Answer:
    """What a session's status and all its attempts say together."""
    newest = attempts[0] if attempts else {}
    last = Said.of(newest)
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
    return Said.of(attempt).word


def _going(attempts: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """All attempts that no word has ended, whichever is the newest: open, approved, or nobody knows."""
    return [each for each in attempts if _word(each) != _ENDED_UNPAID]


def _paid(attempt: Mapping[str, Any]) -> Money | None:
    return _amount(mapping(mapping(attempt.get("amount")).get("from")))


def conflict(kind: ErrorKind, attempts: list[Mapping[str, Any]]) -> Conflict:
    """With what the answer says was paid, for staff."""
    paid = next((each for each in attempts if _word(each) == "APPROVED"), attempts[0] if attempts else {})
    said = _verdict(Status.APPROVED, paid, attempts, amount=_paid(paid))
    return Conflict(kind, "", said.cus, said.bank, said.approved_amount, said.decided_at)


def _approved(attempts: list[Mapping[str, Any]], expected: Expected) -> Answer:
    approved = [attempt for attempt in attempts if _word(attempt) == "APPROVED"]
    if not approved:
        return NoVerdict(ErrorKind.UNKNOWN_STATUS)
    # Also shown after a part went back: how much, the session does not say.
    back = [attempt for attempt in approved if yes(attempt.get("refunded"))]
    stands = [attempt for attempt in approved if not yes(attempt.get("refunded"))]
    if not stands:
        return _verdict(Status.REVERSED, back[0], attempts, amount=_paid(back[0]))
    debits = {_key(attempt): attempt for attempt in reversed(stands)}  # listed twice it is one
    for attempt in debits.values():
        paid = mapping(mapping(attempt.get("amount")).get("from"))
        if text(paid.get("currency")) != expected.amount.currency:
            return conflict(ErrorKind.CURRENCY_MISMATCH, [attempt])
        if _amount(paid) != expected.amount:
            return conflict(ErrorKind.AMOUNT_MISMATCH, [attempt])
    told = in_order(_approval(attempt, attempts, expected.amount) for attempt in debits.values())
    return Verdict(
        status=Status.APPROVED,
        cus=told[0].cus,
        bank=told[0].bank,
        approved_amount=expected.amount,
        decided_at=told[0].decided_at,
        approvals=tuple(told),
        taken_back=tuple(_approval(attempt, attempts, expected.amount) for attempt in back),
        ended_cus=_ended(attempts),
    )


def _approval(attempt: Mapping[str, Any], attempts: list[Mapping[str, Any]], amount: Money) -> Approval:
    said = _verdict(Status.APPROVED, attempt, attempts)
    number = text(attempt.get("internalReference"))[:40]
    return Approval(number, amount, said.cus, said.bank, said.decided_at, _words(attempt))


def _key(attempt: Mapping[str, Any]) -> tuple[str, str | None, str]:
    """In one answer two debits differ where the gateway's own number, the CUS or the sum does."""
    paid = mapping(mapping(attempt.get("amount")).get("from")).get("total")
    return text(attempt.get("internalReference")), _cus(attempt), text(paid)


def _rejected(said: Said, attempts: list[Mapping[str, Any]]) -> Answer:
    newest = attempts[0] if attempts else {}
    last = Said.of(newest)
    if any(_word(attempt) == "APPROVED" for attempt in attempts):
        return conflict(ErrorKind.CONTRADICTION, attempts)
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
    return next(_said_cus(attempt), None)


def _words(attempt: Mapping[str, Any]) -> frozenset[str]:
    """All that may have been taken for its CUS in one answer or another."""
    return frozenset(_said_cus(attempt))


def _said_cus(attempt: Mapping[str, Any]) -> Iterator[str]:
    """The scheme's own first; the authorization stands for it where it was not told yet."""
    fields = _fields(attempt.get("processorFields"))
    said = (fields.get("trazabilyCode"), fields.get("trazabilityCode"), text(attempt.get("authorization")))
    return (cus for cus in said if cus and cus != "000000" and len(cus) <= 32)


def _ended(attempts: list[Mapping[str, Any]]) -> frozenset[str]:
    return frozenset(cus for each in attempts if _word(each) == _ENDED_UNPAID for cus in _said_cus(each))


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
    return Verdict(
        status=status,
        cus=_cus(attempt),
        bank=text(attempt.get("issuerName"))[:80] or None,
        approved_amount=amount,
        decided_at=instant(mapping(attempt.get("status")).get("date")) if status.final else None,
        cause=cause[:200] if cause else None,
        technical=technical,
        attempt_over=attempt_over,
        ended_cus=_ended(attempts),
    )


def _fields(found: object) -> dict[str, str]:
    items = found.get("item") if isinstance(found, dict) else found
    pairs = items if isinstance(items, list) else []
    return {text(mapping(pair).get("keyword")): text(mapping(pair).get("value")) for pair in pairs}
