"""What ZonaPAGOS' records say: each attempt a row of columns, some of which texts may have shifted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from kiosk.cooperative.bogota import BOGOTA
from kiosk.cooperative.money import ZERO, Money, total
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
from kiosk.pse.wire import mapping, money, text, usable

_STATUS = {
    "1": Status.APPROVED,
    "888": Status.CREATED,
    "999": Status.PENDING,
    "4001": Status.PENDING,
    "1000": Status.REJECTED,
    "4000": Status.REJECTED,
    "4003": Status.REJECTED,
    "1001": Status.FAILED,
}
_PSE = "29"
_PSE_ENDS_WITH, _USUAL_DATE = 7, 19
"""Columns: means of payment and PSE's six; the date's place in a record of the documented length."""
_UNPAID = (Status.REJECTED, Status.FAILED)
CREDENTIALS = re.compile(r"credencial|usuario|clave|contrase|autentic", re.IGNORECASE)
OURS = "KIOSK:"


@dataclass(frozen=True, slots=True)
class _Record:
    """One attempt. State and amounts stand before any text that could shift the columns.

    `asked` is None where an attempt without money leaves it blank, as the vendor's own example does.
    """

    attempt: int
    finished: str
    state: str
    paid: Money
    asked: Money | None
    texts: tuple[str, ...]
    payer: str
    at: datetime | None
    ticket: str
    bank: str
    cus: str

    @property
    def key(self) -> tuple[str, ...]:
        """In one answer two debits differ where ticket, CUS or sum does, or else the attempt's number."""
        if not (self.ticket or self.cus):
            return (str(self.attempt),)
        return self.ticket, self.cus, self.paid.wire()

    @property
    def approval(self) -> Approval:
        """As a full debit, known by PSE's ticket: the attempt's number is a count, not a name."""
        return Approval(self.ticket[:40], self.paid, self.cus[:32] or None, self.bank[:80] or None, self.at)


def refusal(found: Mapping[str, Any]) -> ErrorKind | None:
    """Why a query was refused; None where it was answered."""
    state, error = text(found.get("int_estado")), text(found.get("int_error"))
    if state == "1" and error in ("0", ""):
        return None
    if state not in ("1", "2"):
        return ErrorKind.UNKNOWN_STATUS
    said = text(mapping(found).get("str_detalle"))
    return ErrorKind.AUTHENTICATION if CREDENTIALS.search(said) else ErrorKind.INVALID_REQUEST


def records_of(listed: str) -> tuple[list[_Record], bool]:
    """The attempts that can be read, and whether there is one that can not."""
    rows: list[list[str]] = [[]]
    for column in (_trimmed(part) for part in listed.split("|")):
        if not column.startswith(";"):
            rows[-1].append(column)
            continue
        first = column[1:].strip()  # older answers run the end of a record into the next one's first column
        rows.append([first] if first else [])
    records = [_record(row) for row in rows if any(row)]
    return [record for record in records if record is not None], None in records


def _trimmed(column: str) -> str:
    """With plain blanks: Windows writes es-CO times with ones that do not break."""
    return " ".join(column.replace("\u00a0", " ").replace("\u202f", " ").split())


def _record(row: list[str]) -> _Record | None:
    if len(row) < 8 or not re.fullmatch(r"\d{1,9}", row[1]) or not row[4]:
        return None
    paid, asked = money(row[5], "COP"), money(row[6], "COP")
    unpaid = _STATUS.get(row[4]) not in (Status.APPROVED, None)
    if unpaid:
        paid = ZERO if row[5] == "" else paid
    elif asked is None:
        return None
    if paid is None or (asked is None and row[6] != ""):
        return None
    place = _place_of_date(row)
    method, extras = row[place + 1 : place + 2], row[place + 2 :]
    pse = extras if method == [_PSE] and len(extras) == 6 else [""] * 6
    return _Record(
        attempt=int(row[1]),
        finished=row[3],
        state=row[4],
        paid=paid,
        asked=asked,
        texts=tuple(row[8:place]),
        payer=row[9] if place == _USUAL_DATE else "",
        at=_moment(row[place]) if place < len(row) else None,
        ticket=pse[0],
        bank=pse[3],
        cus=pse[4],
    )


def _place_of_date(row: list[str]) -> int:
    """By the end of a PSE record, whatever stands for the date; else by what looks like one."""
    if len(row) > _PSE_ENDS_WITH + 8 and row[-_PSE_ENDS_WITH] == _PSE:
        return len(row) - _PSE_ENDS_WITH - 1
    dates = [place for place, column in enumerate(row) if place > 8 and _moment(column) is not None]
    return dates[-1] if dates else len(row)


def _moment(said: str) -> datetime | None:
    """dd/mm/yyyy with a time of 12 or 24 hours, or ISO; without an offset it is Bogotá's."""
    found = None
    day, _, clock = said.partition(" ")
    clock = re.sub(r"[. ]", "", clock.upper())
    for form in ("%H:%M:%S", "%H:%M", "%I:%M:%S%p", "%I:%M%p"):
        with suppress(ValueError):
            found = datetime.strptime(f"{day} {clock}", f"%d/%m/%Y {form}").replace(tzinfo=BOGOTA)
            break
    if found is None:
        if not re.match(r"\d{4}-\d{2}-\d{2}[ T]", said):
            return None
        with suppress(ValueError):
            found = datetime.fromisoformat(said)
            found = found if found.tzinfo else found.replace(tzinfo=BOGOTA)
    return usable(found) if found else None


def verdict_of(records: list[_Record], expected: Expected, *, unreadable: bool) -> Answer:
    """What all records say together of our payment."""
    if kind := _not_ours(records, expected):
        told = max(records, key=lambda record: (record.state == "1", record.attempt))
        return _conflict(kind, told)
    statuses = [_STATUS.get(record.state) for record in records]
    approved = [r for r, status in zip(records, statuses, strict=True) if status is Status.APPROVED]
    ended = frozenset(r.cus for r in records if r.cus and _STATUS.get(r.state) in _UNPAID)
    if approved and unreadable and not all(record.cus for record in approved):
        return NoVerdict(ErrorKind.UNKNOWN_STATUS)  # torn apart somewhere: the next answer may be whole
    if approved:
        return _with_ended(_approved(approved, expected), ended)
    if None in statuses:
        return NoVerdict(ErrorKind.UNKNOWN_STATUS)
    pending = [r for r, status in zip(records, statuses, strict=True) if status is Status.PENDING]
    if unreadable and not pending:
        return NoVerdict(ErrorKind.UNKNOWN_STATUS)
    newest = max(pending or records, key=lambda record: record.attempt)
    return _with_ended(_verdict(_STATUS[newest.state], newest, expected), ended)


def _with_ended(answer: Answer, ended: frozenset[str]) -> Answer:
    return replace(answer, ended_cus=ended) if isinstance(answer, Verdict) else answer


def _conflict(kind: ErrorKind, record: _Record) -> Conflict:
    return Conflict(kind, "", record.cus[:32] or None, record.bank[:80] or None, record.paid, record.at)


def _not_ours(records: list[_Record], expected: Expected) -> ErrorKind | None:
    marks = [column for record in records for column in record.texts if column.startswith(OURS)]
    if any(mark.removeprefix(OURS) != expected.reference for mark in marks):
        return ErrorKind.REFERENCE_MISMATCH
    if expected.amount.currency != "COP":
        return ErrorKind.CURRENCY_MISMATCH
    if any(record.asked not in (None, expected.amount) for record in records):
        return ErrorKind.AMOUNT_MISMATCH
    if any(record.payer and not record.payer.endswith(expected.payer_ends) for record in records):
        return ErrorKind.OTHER_PAYER
    return None


def _approved(approved: list[_Record], expected: Expected) -> Answer:
    debits = {record.key: record for record in approved}  # listed twice it is one
    newest = max(debits.values(), key=lambda record: record.attempt)
    if any(record.finished not in ("1", "2") for record in debits.values()):
        return NoVerdict(ErrorKind.UNKNOWN_STATUS)  # approved, yet not finished: it contradicts itself
    full = [record for record in debits.values() if record.paid == expected.amount]
    if len(full) == len(debits) and all(record.finished == "1" for record in full):
        told = tuple(in_order(record.approval for record in full))
        counts = next(record for record in full if record.approval == told[0])
        said = _verdict(Status.APPROVED, counts, expected)
        return replace(said, approved_amount=counts.paid, approvals=told)
    paid = total(record.paid for record in debits.values())
    if paid > expected.amount:
        return _conflict(ErrorKind.AMOUNT_MISMATCH, replace(newest, paid=paid))
    if paid < expected.amount or any(record.finished == "2" for record in debits.values()):
        return replace(_verdict(Status.PARTIAL, newest, expected), approved_amount=paid)
    return replace(_verdict(Status.APPROVED, newest, expected), approved_amount=paid)


def _verdict(status: Status, record: _Record, expected: Expected) -> Verdict:
    return Verdict(
        status=status,
        cus=record.cus if 0 < len(record.cus) <= 32 else None,
        bank=record.bank[:80] or None,
        decided_at=record.at if status.final else None,
        cause="Error entre PSE y el banco" if status is Status.FAILED else None,
        technical=status is Status.FAILED,
        gateway_id=expected.reference,
    )
