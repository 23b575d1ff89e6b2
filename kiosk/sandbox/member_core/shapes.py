"""What the contract's request bodies and query parameters must look like.

A body that is not JSON or has a value of a wrong type is malformed (400); one that parses but
misses, adds or misspells something breaks the contract (422).
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from kiosk.sandbox.member_core.problems import ProblemAnswer, Violation, malformed

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_AMOUNT = r"(0|[1-9][0-9]{0,12})\.[0-9]{2}"

PAYMENT_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

Shape = Mapping[str, "ShapeField"]


@dataclass(frozen=True, slots=True)
class ShapeField:
    """A member of a JSON object. Text, unless `shape` (an object) or `items` (a list) is set."""

    shortest: int = 0
    longest: int = 100_000
    pattern: str | None = None
    one_of: tuple[str, ...] = ()
    check: Callable[[str], bool] | None = None
    required: bool = True
    shape: Shape | None = None
    items: Shape | None = None
    closed: bool = True


def read_instant(text: str) -> datetime | None:
    """RFC 3339 with an offset, or None."""
    if not _INSTANT.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text.upper())
    except ValueError:
        return None


def read_bound(name: str, text: str | None) -> int:
    """A bound of a time window in seconds since 1970, rounded up: stored instants are whole seconds.

    Raises ProblemAnswer 400 when it is missing or no instant.
    """
    moment = None if text is None else read_instant(text)
    if moment is None:
        raise malformed(f"{name} must be an RFC 3339 instant with an offset.")
    return -((_EPOCH - moment) // timedelta(seconds=1))


def _is_instant(text: str) -> bool:
    return read_instant(text) is not None


def _is_date(text: str) -> bool:
    try:
        return bool(_DATE.fullmatch(text) and date.fromisoformat(text))
    except ValueError:
        return False


_DOCUMENT: dict[str, ShapeField] = {
    "documentType": ShapeField(one_of=("CC", "CE", "TI", "PPT", "PA", "NIT")),
    "documentNumber": ShapeField(pattern=r"[0-9A-Z]{3,20}"),
}
_KIOSK_ID = ShapeField(pattern=r"[A-Za-z0-9_-]+", shortest=1, longest=40)
_PASSWORD = ShapeField(shortest=1, longest=128)
_ID = ShapeField(shortest=1, longest=64)

MEMBER_SESSION: Shape = {**_DOCUMENT, "password": _PASSWORD, "kioskId": _KIOSK_ID}
PASSWORD_RECOVERY: Shape = {**_DOCUMENT, "kioskId": _KIOSK_ID}
PASSWORD_CHANGE: Shape = {"currentPassword": _PASSWORD, "newPassword": _PASSWORD}
_COLLECTION: Shape = {
    "channel": ShapeField(one_of=("kiosk",)),
    "kioskId": _KIOSK_ID,
    "rail": ShapeField(one_of=("PSE",)),
    "gateway": ShapeField(shortest=1, longest=40),
    "gatewayTransactionId": _ID,
    "trackingCode": ShapeField(longest=32, required=False),
    "bankCode": ShapeField(longest=10, required=False),
    "bankName": ShapeField(longest=80, required=False),
    "approvedAt": ShapeField(check=_is_instant),
}
_LINE: Shape = {
    "lineId": ShapeField(pattern=r"[A-Za-z0-9_-]+", shortest=1, longest=20),
    "obligationId": _ID,
    "choice": ShapeField(one_of=("overdue", "next_due", "other")),
    "amount": ShapeField(pattern=_AMOUNT),
}
PAYMENT: Shape = {
    "memberId": _ID,
    "currency": ShapeField(pattern=r"[A-Z]{3}"),
    "totalAmount": ShapeField(pattern=_AMOUNT),
    "valueDate": ShapeField(check=_is_date),
    "collection": ShapeField(shape=_COLLECTION, closed=False),
    "lines": ShapeField(items=_LINE, shortest=1, longest=20),
}

NOTICE: Shape = {
    "memberId": _ID,
    "paymentId": ShapeField(pattern=PAYMENT_ID.pattern),
    "kind": ShapeField(one_of=("late_approval", "paid_twice")),
    "amount": ShapeField(pattern=_AMOUNT),
    "currency": ShapeField(pattern=r"[A-Z]{3}"),
    "trackingCode": ShapeField(longest=32, required=False),
}


def read_body(raw: bytes, mimetype: str, shape: Shape) -> dict[str, object]:
    """Parse and check a request body. Raises ProblemAnswer 400 or 422."""
    if mimetype != "application/json":
        raise malformed("The body must be application/json.")
    try:
        body = json.loads(raw.decode("utf-8"))
        json.dumps(body, ensure_ascii=False).encode("utf-8")  # a lone surrogate is no text
    except (ValueError, RecursionError):
        raise malformed("The body is not valid JSON.") from None
    if not isinstance(body, dict):
        raise malformed("The body is not a JSON object.")
    wrong: list[Violation] = []
    broken: list[Violation] = []
    _check_object(body, "", shape, True, wrong, broken)
    if wrong:
        raise malformed("A value has the wrong type.", wrong)
    if broken:
        raise ProblemAnswer(422, "validation-failed", errors=broken)
    return body


def _check_object(
    value: dict[str, object],
    pointer: str,
    shape: Shape,
    closed: bool,
    wrong: list[Violation],
    broken: list[Violation],
) -> None:
    for name, field in shape.items():
        if name in value:
            _check_value(value[name], f"{pointer}/{name}", field, wrong, broken)
        elif field.required:
            broken.append(Violation(f"{pointer}/{name}", "required", "Is missing."))
    if closed:
        for name in sorted(value.keys() - shape.keys()):
            escaped = name.replace("~", "~0").replace("/", "~1")
            broken.append(Violation(f"{pointer}/{escaped}", "unknown-field", "Is not in the contract."))


def _check_value(
    value: object, pointer: str, field: ShapeField, wrong: list[Violation], broken: list[Violation]
) -> None:
    if field.shape is not None:
        if isinstance(value, dict):
            _check_object(value, pointer, field.shape, field.closed, wrong, broken)
        else:
            wrong.append(Violation(pointer, "wrong-type", "Must be an object."))
    elif field.items is not None:
        if isinstance(value, list):
            _check_list(value, pointer, field, wrong, broken)
        else:
            wrong.append(Violation(pointer, "wrong-type", "Must be a list."))
    elif isinstance(value, str):
        code = _text_code(value, field)
        if code:
            broken.append(Violation(pointer, code, "Is not as the contract says."))
    else:
        wrong.append(Violation(pointer, "wrong-type", "Must be a text."))


def _check_list(
    value: list[object], pointer: str, field: ShapeField, wrong: list[Violation], broken: list[Violation]
) -> None:
    if not field.shortest <= len(value) <= field.longest:
        broken.append(Violation(pointer, "length", f"{field.shortest} to {field.longest} entries."))
    for place, entry in enumerate(value):
        inner = ShapeField(shape=field.items, closed=True)
        _check_value(entry, f"{pointer}/{place}", inner, wrong, broken)


def _text_code(value: str, field: ShapeField) -> str | None:
    if len(value) < field.shortest:
        return "too-short"
    if len(value) > field.longest:
        return "too-long"
    if field.pattern is not None and not re.fullmatch(field.pattern, value):
        return "pattern"
    if field.one_of and value not in field.one_of:
        return "not-allowed"
    return "format" if field.check and not field.check(value) else None


def cents(amount: str) -> int:
    """The contract's "185000.00" as whole cents; the text has been checked before."""
    return int(amount.replace(".", ""))


def amount(value: int) -> str:
    """Whole cents as the contract writes them."""
    return f"{value // 100}.{value % 100:02d}"


def page_limit(text: str | None) -> int:
    """The `limit` parameter, 1 to 100, 50 when absent. Raises ProblemAnswer 400."""
    if text is None:
        return 50
    if not re.fullmatch(r"[0-9]{1,3}", text) or not 1 <= int(text) <= 100:
        raise malformed("limit must be a whole number from 1 to 100.")
    return int(text)


def write_cursor(what: str, place: int) -> str:
    """An opaque cursor that stands after `place` in a list called `what`."""
    return base64.urlsafe_b64encode(f"{what}:{place}".encode()).decode().rstrip("=")


def read_cursor(what: str, cursor: str | None) -> int:
    """The place a cursor stands after; 0 without one. Raises ProblemAnswer 400."""
    if cursor is None:
        return 0
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        text = base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii")
    except (ValueError, binascii.Error):
        text = ""
    found = re.fullmatch(rf"{re.escape(what)}:([0-9]{{1,12}})", text)
    if found is None or write_cursor(what, int(found[1])) != cursor:
        raise malformed("The cursor is not one of ours.")
    return int(found[1])
