"""What a driver makes of one recorded raw answer: support asks, the driver's own readings answer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kiosk.cooperative.money import ZERO, Money
from kiosk.pse.gateway import (
    Answer,
    Conflict,
    Created,
    Creation,
    ErrorKind,
    ExistsAlready,
    Expected,
    Gateway,
    NotCreated,
    NoVerdict,
    Status,
    UnknownIfCreated,
    Verdict,
)


class Operation(StrEnum):
    """The question that was answered."""

    CREATE = "create"
    QUERY = "query"
    QUERY_BY_REFERENCE = "query-by-reference"


class Silence(StrEnum):
    """How no answer came."""

    CONNECT = "connect_timeout"
    READ = "read_timeout"


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """One HTTP answer as it was recorded."""

    status: int
    body: bytes


class _AnyReference(str):
    """Stands for a reference that was not given: agrees with every other."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False

    __hash__ = str.__hash__


class _AnyAmount(Money):
    """Stands for an amount that was not given: agrees with every other."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return True

    def __lt__(self, other: object) -> bool:
        return False

    __gt__ = __le__ = __ge__ = __lt__  # type: ignore[assignment]
    __hash__ = Money.__hash__


def explain(
    driver: type[Gateway],
    operation: Operation,
    answered: RecordedCall | Silence,
    *,
    reference: str = "",
    amount: Money | None = None,
    gateway_id: str | None = None,
) -> dict[str, object]:
    """One flat object for people and scripts; keys are those of the design's `pse explain`.

    Where `reference` or `amount` is missing it is not compared, and nothing may be credited.
    """
    if operation is Operation.CREATE:
        return _of_creation(_created(driver, answered, reference), gateway_id)
    expected = Expected(reference or _AnyReference(), amount or _AnyAmount(ZERO.amount))
    answer = _answered(driver, operation, answered, expected)
    compared = bool(reference) and amount is not None
    return _of_answer(answer, gateway_id, by_reference=operation is not Operation.QUERY, compared=compared)


def _created(driver: type[Gateway], answered: RecordedCall | Silence, reference: str) -> Creation:
    if isinstance(answered, RecordedCall):
        return driver.read_creation(answered.status, answered.body, reference)
    if answered is Silence.CONNECT:
        return NotCreated(ErrorKind.NOT_SENT)
    return UnknownIfCreated(ErrorKind.NO_ANSWER)


def _answered(
    driver: type[Gateway], operation: Operation, answered: RecordedCall | Silence, expected: Expected
) -> Answer:
    if isinstance(answered, Silence):
        return NoVerdict(ErrorKind.NOT_SENT if answered is Silence.CONNECT else ErrorKind.NO_ANSWER)
    read = driver.read_query if operation is Operation.QUERY else driver.read_found
    return read(answered.status, answered.body, expected)


def _row(answer: str, **known: object) -> dict[str, object]:
    row: dict[str, object] = {
        "answer": answer,
        "status": None,
        "final": False,
        "credit_obligation": False,
        "ask_again": True,
        "alert_staff": False,
        "error_kind": None,
        "approved_amount": None,
        "cus": None,
        "bank_name": None,
        "gateway_payment_id": None,
        "redirect_url": None,
        "further_debits": [],
    }
    return row | known


def _of_creation(creation: Creation, gateway_id: str | None) -> dict[str, object]:
    match creation:
        case Created():
            return _row(
                "created",
                status=Status.CREATED.value,
                gateway_payment_id=creation.gateway_id or gateway_id,
                redirect_url=creation.redirect_url,
            )
        case NotCreated():
            kind = creation.kind
            alert = kind.staff_must_act
            return _row("not_created", final=True, ask_again=False, alert_staff=alert, error_kind=kind.value)
        case ExistsAlready():
            return _row("exists_already", error_kind=creation.kind.value, gateway_payment_id=gateway_id)
    kind = creation.kind
    return _row("unknown_if_created", alert_staff=kind.staff_must_act, error_kind=kind.value)


def _of_answer(
    answer: Answer, gateway_id: str | None, *, by_reference: bool, compared: bool
) -> dict[str, object]:
    if isinstance(answer, Verdict):
        approved = answer.status is Status.APPROVED
        return _row(
            "verdict",
            status=answer.status.value,
            final=answer.final,
            credit_obligation=approved and compared,
            ask_again=not answer.final,
            alert_staff=answer.status in (Status.PARTIAL, Status.REVERSED) or len(answer.approvals) > 1,
            approved_amount=answer.approved_amount.wire() if answer.approved_amount else None,
            cus=answer.cus,
            bank_name=answer.bank,
            gateway_payment_id=answer.gateway_id or gateway_id,
            redirect_url=answer.redirect_url,
            further_debits=[
                {"amount": each.amount.wire(), "cus": each.cus, "bank_name": each.bank}
                for each in answer.approvals[1:]
            ],
        )
    kind = answer.kind
    if isinstance(answer, Conflict):
        return _row(
            "conflict",
            ask_again=False,
            alert_staff=True,
            error_kind=kind.value,
            approved_amount=answer.amount.wire() if answer.amount else None,
            cus=answer.cus,
            bank_name=answer.bank,
            gateway_payment_id=gateway_id,
        )
    # Looking for a lost creation may well find nothing.
    looked_for = by_reference and kind is ErrorKind.UNKNOWN_PAYMENT
    alert = kind.staff_must_act and not looked_for
    return _row("no_verdict", alert_staff=alert, error_kind=kind.value, gateway_payment_id=gateway_id)
