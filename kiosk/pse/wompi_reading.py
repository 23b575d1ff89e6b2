"""What Wompi's answers say of transactions, and where they contradict themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
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
from kiosk.pse.wire import instant, mapping, money, text, web_address

_STATUS = {
    "APPROVED": Status.APPROVED,
    "DECLINED": Status.REJECTED,
    "ERROR": Status.FAILED,
    "VOIDED": Status.REVERSED,
}
UNPAID = frozenset({"DECLINED", "ERROR"})


def failure(status: int, body: Mapping[str, Any] | None) -> ErrorKind:
    """Why there is no verdict in an answer."""
    if status >= 500 or status == 429:  # asked too often: it says nothing of the payment, and passes
        return ErrorKind.SERVER
    error = mapping(mapping(body).get("error"))
    if not error:
        return ErrorKind.AUTHENTICATION if status == 401 else ErrorKind.GARBAGE
    said = text(error.get("type"))
    if (
        status in (401, 403)
        or said == "INVALID_ACCESS_TOKEN"
        or "signature" in mapping(error.get("messages"))
    ):
        return ErrorKind.AUTHENTICATION
    if status == 404 or said == "NOT_FOUND_ERROR":
        return ErrorKind.UNKNOWN_PAYMENT
    return ErrorKind.INVALID_REQUEST


def said_of(error: Mapping[str, Any], field: str) -> str:
    """What a refusal says of one field, in one text."""
    said = mapping(error.get("messages")).get(field)
    return " ".join(text(each) for each in said) if isinstance(said, list) else text(said)


def word_of(transaction: Mapping[str, Any]) -> str:
    """Its status, in capitals."""
    return text(transaction.get("status")).upper()


def extra_of(transaction: Mapping[str, Any]) -> Mapping[str, Any]:
    """PSE's own block of it."""
    return mapping(mapping(transaction.get("payment_method")).get("extra"))


def page_of(transaction: Mapping[str, Any]) -> str | None:
    """Where the bank is opened; None while it has no address."""
    return web_address(extra_of(transaction).get("async_payment_url"))


def cus_of(transaction: Mapping[str, Any]) -> str | None:
    """Its CUS; None where it has none that could be one."""
    return next(said_cus(transaction), None)


def said_cus(transaction: Mapping[str, Any]) -> Iterator[str]:
    """All that may be taken for its CUS in one answer or another, the scheme's own first."""
    extra = extra_of(transaction)
    said = (text(extra.get("traceability_code")), text(extra.get("external_identifier")))
    return (cus for cus in said if 0 < len(cus) <= 32)


def _not_ours(transaction: Mapping[str, Any], expected: Expected) -> ErrorKind | None:
    if text(transaction.get("reference")) != expected.reference:
        return ErrorKind.REFERENCE_MISMATCH
    if text(transaction.get("currency")) != expected.amount.currency:
        return ErrorKind.CURRENCY_MISMATCH
    if _amount(transaction, expected.amount.currency) != expected.amount:
        return ErrorKind.AMOUNT_MISMATCH
    payer = text(mapping(transaction.get("payment_method")).get("user_legal_id"))
    return ErrorKind.OTHER_PAYER if payer and not payer.endswith(expected.payer_ends) else None


def _contradiction(transaction: Mapping[str, Any], expected: Expected) -> ErrorKind | None:
    """Where Wompi's word and what PSE told it, in its own block, can not both be true."""
    extra, approved = extra_of(transaction), word_of(transaction) == "APPROVED"
    scheme = text(extra.get("transaction_state")).upper()
    if scheme and approved != (scheme == "OK") and (approved or word_of(transaction) in UNPAID):
        said_unpaid = approved or scheme == "OK"
        return ErrorKind.CONTRADICTION if said_unpaid else None
    if not approved:
        return None
    if text(extra.get("return_code")).startswith("FAIL_"):
        return ErrorKind.CONTRADICTION
    value = text(extra.get("transaction_value"))
    differs = value and money(value, expected.amount.currency) != expected.amount
    return ErrorKind.AMOUNT_MISMATCH if differs else None


def transaction_verdict(transaction: Mapping[str, Any], expected: Expected) -> Answer:
    """What one transaction says of our payment."""
    amount = _amount(transaction, text(transaction.get("currency")) or expected.amount.currency)
    if kind := _not_ours(transaction, expected) or _contradiction(transaction, expected):
        decided = instant(transaction.get("finalized_at"))
        return Conflict(kind, "", cus_of(transaction), None, amount, decided)
    word, page = word_of(transaction), page_of(transaction)
    if word == "PENDING":
        status = Status.PENDING if page else Status.CREATED
    elif word in _STATUS:
        status = _STATUS[word]
    else:
        return NoVerdict(ErrorKind.UNKNOWN_STATUS)
    unpaid = word in UNPAID
    stands = amount is not None and status is Status.APPROVED
    return Verdict(
        status=status,
        cus=cus_of(transaction),
        approved_amount=amount if status in (Status.APPROVED, Status.REVERSED) else None,
        decided_at=instant(transaction.get("finalized_at")) if status.final else None,
        cause=text(transaction.get("status_message"))[:200] or None if unpaid else None,
        technical=status is Status.FAILED,
        gateway_id=text(transaction.get("id")) or None,
        redirect_url=page,
        refused=_refusal(text(extra_of(transaction).get("return_code"))) if status is Status.FAILED else None,
        approvals=(_approval(transaction, expected.amount),) if stands else (),
    )


def _approval(transaction: Mapping[str, Any], amount: Money) -> Approval:
    decided = instant(transaction.get("finalized_at"))
    known_as = frozenset(said_cus(transaction))
    return Approval(text(transaction.get("id"))[:64], amount, cus_of(transaction), None, decided, known_as)


def _key(transaction: Mapping[str, Any]) -> tuple[str, ...]:
    """In one answer two debits differ where Wompi's id, the CUS or the sum does."""
    parts = (transaction.get("id"), cus_of(transaction), transaction.get("amount_in_cents"))
    return tuple(text(each) for each in parts)


def approved_of(
    approved: list[Mapping[str, Any]], voided: list[Mapping[str, Any]], expected: Expected
) -> Answer:
    """All approved transactions of one reference, the same one listed twice is one; and those taken back."""
    told: list[tuple[Approval, Verdict]] = []
    for each in {_key(each): each for each in approved}.values():
        answer = transaction_verdict(each, expected)
        if not isinstance(answer, Verdict):
            return answer
        told.append((_approval(each, expected.amount), answer))
    debits = tuple(in_order(approval for approval, _ in told))
    first = next(verdict for approval, verdict in told if approval == debits[0])
    back = tuple(_approval(each, expected.amount) for each in voided)
    return replace(first, approvals=debits, taken_back=back)


def _refusal(code: str) -> ErrorKind | None:
    """The scheme's return code to a creation (rules of PSE, creation errors); spelt both ways."""
    if not code.startswith("FAIL_"):
        return None
    kinds = {
        "FAIL_EXCEEDEDLIMIT": ErrorKind.LIMIT,
        "FAIL_BANKUNREACHEABLE": ErrorKind.BANK_UNREACHABLE,
        "FAIL_BANKUNREACHABLE": ErrorKind.BANK_UNREACHABLE,
    }
    return kinds.get(code, ErrorKind.INVALID_REQUEST)


def _amount(transaction: Mapping[str, Any], currency: str) -> Money | None:
    cents = re.fullmatch(r"(\d*?)(\d{1,2})(\.0+)?", text(transaction.get("amount_in_cents")), re.ASCII)
    return money(f"{cents[1] or 0}.{cents[2]:0>2}", currency) if cents else None
