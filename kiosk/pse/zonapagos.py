"""ZonaPAGOS (Zona Virtual) by its REST "ciclo de pago", restricted to PSE.

Source: the vendor's documentation repository (Zonapagos/documentaci-n: endpoints, formats, states,
idempotency, sonda). There is no id of the gateway's: our `str_id_pago` is the key of everything, and
no answer repeats it. Our reference travels in `str_opcional1` and is compared where it comes back.
Where the source is silent or contradicts itself: the text for a repeated id (two wordings are
known), whether pipes inside texts are escaped (none are sent), what `int_modalidad` means (-1 as in
most examples), and whether "no payments" also means a page that nobody began. Amounts have no
currency: they are Colombian pesos.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from kiosk.cooperative.bogota import BOGOTA
from kiosk.cooperative.member import AccountHolder, DocumentType, HolderKind
from kiosk.cooperative.money import ZERO, Money, total
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
    ExistsAlready,
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
from kiosk.pse.wire import mapping, money, read_object, same_place, text, usable, web_address, written
from kiosk.transport import NoAnswer, NotSent, Timeouts

_CREATE = Timeouts(connect=8, answer=30)
_ASK = Timeouts(connect=8, answer=15)
_DOCUMENTS = {
    DocumentType.CC: "1",
    DocumentType.CE: "2",
    DocumentType.NIT: "3",
    DocumentType.TI: "5",
    DocumentType.PA: "6",
}
_OTHER_DOCUMENT = "11"
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
_MAY_EXIST = frozenset({408, 409, 499})
"""Refusals after which the payment may be there all the same."""
_ADDITIONAL = "additional_"
_USED_ALREADY = re.compile(r"ya existe|ya fue us|ya usado|duplica", re.IGNORECASE)
_CREDENTIALS = re.compile(r"credencial|usuario|clave|contrase|autentic", re.IGNORECASE)
_OURS = "KIOSK:"


class ZonaPagos:
    """One merchant. `login` is the user, `secret` the password; options `merchant` and `service_code`.

    What a merchant has agreed with the gateway beside that goes as `additional_111 = "…"`, by its code.
    """

    name = "zonapagos"
    abilities = Abilities(
        picks_bank_here=False,
        finds_by_reference=True,
        absence_proves_unpaid=True,
        idempotent_create=False,
        cancels=False,
        other_device=True,
        abandoned_after=timedelta(minutes=30),
    )

    def __init__(self, connection: Connection) -> None:
        self._transport = connection.transport
        self._user, self._password = connection.login, connection.secret
        merchant = connection.option("merchant")
        if not (merchant.isascii() and merchant.isdigit() and len(merchant) <= 7):
            raise ValueError("gateway.options.merchant must be a number of up to seven digits")
        self._merchant = int(merchant)
        self._service = connection.option("service_code")
        self._additional = _additional(connection.options)
        self._return_url = connection.return_url
        self._hosts = connection.page_hosts
        self._clock = GatewayClock(connection.clock)
        self.account = account_of(self.name, self._transport.base_url, merchant)

    @property
    def skew(self) -> timedelta | None:
        """How far the gateway's clock is ahead of ours; None before its first answer."""
        return self._clock.skew

    def __repr__(self) -> str:
        return f"ZonaPagos({self._transport.base_url})"

    def banks(self) -> tuple[Bank, ...]:
        """None: the payer picks the bank on the hosted page."""
        return ()

    def terms(self) -> tuple[Terms, ...]:
        """None: the hosted page shows its own."""
        return ()

    def create(self, charge: Charge) -> Creation:
        """Start a payment cycle. Never repeated."""
        try:
            reply = self._transport.request(
                "POST", "/InicioPago", content=written(self._start(charge)), timeouts=_CREATE
            )
        except NotSent:
            return NotCreated(ErrorKind.NOT_SENT)
        except NoAnswer:
            return UnknownIfCreated(ErrorKind.NO_ANSWER)
        self._clock.heard(reply.headers)
        return self.read_creation(reply.status, reply.body, charge.reference)

    def query(self, gateway_id: str, expected: Expected) -> Answer:  # noqa: ARG002 - ours is the only key
        """All attempts under our reference."""
        return self.find(expected)

    def find(self, expected: Expected) -> Answer:
        """The same: there is no other key."""
        body = {
            "int_id_comercio": self._merchant,
            "str_usr_comercio": self._user,
            "str_pwd_Comercio": self._password,
            "str_id_pago": expected.reference,
            "int_no_pago": -1,
        }
        try:
            reply = self._transport.request("POST", "/VerificacionPago", content=written(body), timeouts=_ASK)
        except NotSent:
            return NoVerdict(ErrorKind.NOT_SENT)
        except NoAnswer:
            return NoVerdict(ErrorKind.NO_ANSWER)
        self._clock.heard(reply.headers)
        answer = self.read_found(reply.status, reply.body, expected)
        return NoVerdict(answer.kind, reply.retry_after) if isinstance(answer, NoVerdict) else answer

    def cancel(self, gateway_id: str) -> None:
        """The contract has no such call: a page that nobody begins is given up after 30 minutes."""

    @staticmethod
    def read_creation(status: int, body: bytes, reference: str) -> Creation:
        """Code 1 with an address is created, code 2 refused.

        An HTTP refusal comes before any work, whoever wrote it: the server, or a firewall in front of it.
        """
        found = read_object(body)
        if 300 <= status < 500 and status not in _MAY_EXIST:
            passing = ErrorKind.SERVER if status == 429 else ErrorKind.GARBAGE
            known = found is not None or status in (400, 404, 415)
            return NotCreated(ErrorKind.INVALID_REQUEST if known and status != 429 else passing)
        if status != 200 or found is None:
            return UnknownIfCreated(ErrorKind.SERVER if status >= 500 else ErrorKind.GARBAGE)
        code, url = text(found.get("int_codigo")), web_address(found.get("str_url"))
        if code == "1":
            return Created(reference, url) if url else UnknownIfCreated(ErrorKind.GARBAGE)
        if code == "2":
            said = f"{text(found.get('str_cod_error'))} {text(found.get('str_descripcion_error'))}"
            if _USED_ALREADY.search(said):
                return ExistsAlready()
            wrong_key = _CREDENTIALS.search(said)
            return NotCreated(ErrorKind.AUTHENTICATION if wrong_key else ErrorKind.INVALID_REQUEST)
        return UnknownIfCreated(ErrorKind.GARBAGE)

    @staticmethod
    def read_query(status: int, body: bytes, expected: Expected) -> Answer:
        """The same answer as by reference."""
        return ZonaPagos.read_found(status, body, expected)

    @staticmethod
    def read_found(status: int, body: bytes, expected: Expected) -> Answer:
        """Looks at every attempt, not at the first or last; the answer's own state comes before its count."""
        found = read_object(body)
        if status != 200 or found is None:
            return NoVerdict(ErrorKind.SERVER if status >= 500 else ErrorKind.GARBAGE)
        if refusal := _refusal(found):
            return NoVerdict(refusal)
        listed = found.get("str_res_pago")
        if listed is not None and not isinstance(listed, str):
            return NoVerdict(ErrorKind.GARBAGE)
        records, unreadable = _records(text(listed or ""))
        if not records:
            if unreadable:
                return NoVerdict(ErrorKind.UNKNOWN_STATUS)
            counted = text(found.get("int_cantidad_pagos"))
            return NoVerdict(ErrorKind.UNKNOWN_PAYMENT if counted in ("0", "") else ErrorKind.GARBAGE)
        return _verdict(records, expected, unreadable=unreadable)

    def is_return(self, url: str) -> bool:
        """Whether it is our return address; id_comercio and id_pago are not looked at."""
        return same_place(url, self._return_url)

    def allowed_hosts(self) -> frozenset[str]:
        """The gateway's own host, and PSE's and the banks' from the settings."""
        return self._hosts | {urlsplit(self._transport.base_url).netloc.lower()}

    def _start(self, charge: Charge) -> dict[str, object]:
        options = {50: self._service, 104: self._return_url, 107: "1"}  # service; return; no cards
        return {
            "InformacionPago": {
                "flt_total_con_iva": charge.amount,
                "flt_valor_iva": 0,
                "str_id_pago": charge.reference,
                "str_descripcion_pago": _plain(charge.description, 70),
                "str_email": charge.holder.email[:70],
                **_payer(charge.holder),
                "str_opcional1": f"{_OURS}{charge.reference}",
                **{f"str_opcional{number}": "" for number in range(2, 6)},
            },
            "InformacionSeguridad": {
                "int_id_comercio": self._merchant,
                "str_usuario": self._user,
                "str_clave": self._password,
                "int_modalidad": -1,
            },
            "AdicionalesPago": [{"int_codigo": k, "str_valor": v} for k, v in self._additional.items()],
            "AdicionalesConfiguracion": [{"int_codigo": k, "str_valor": v} for k, v in options.items()],
        }


def _additional(options: Mapping[str, str]) -> dict[int, str]:
    """Raises ValueError for a code that is no number."""
    found = {}
    for name, value in options.items():
        code = name.removeprefix(_ADDITIONAL)
        if code == name:
            continue
        if not (code.isascii() and code.isdigit() and len(code) <= 6):
            raise ValueError(f"gateway.options.{name}: {_ADDITIONAL} is followed by a number")
        found[int(code)] = value
    return found


def _payer(holder: AccountHolder) -> dict[str, str]:
    words = holder.name.split()
    middle = len(words) if holder.kind is HolderKind.COMPANY else max(1, len(words) // 2)
    return {
        "str_id_cliente": holder.document.number[:30],
        "str_tipo_id": _DOCUMENTS.get(holder.document.type, _OTHER_DOCUMENT),
        "str_nombre_cliente": _plain(" ".join(words[:middle]), 50),
        "str_apellido_cliente": _plain(" ".join(words[middle:]), 50),
        "str_telefono_cliente": holder.mobile[:50],
    }


def _plain(said: str, longest: int) -> str:
    """Without the separators of the answer's records."""
    return re.sub(r"[|;]+", " ", said)[:longest]


# -- reading ----------------------------------------------------------------------------------


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
    def key(self) -> str:
        """Two debits differ where ticket, CUS or sum does."""
        if not (self.ticket or self.cus):
            return str(self.attempt)
        return f"{self.ticket[:20]}/{self.cus[:24]}/{self.paid.wire()}"


def _refusal(found: Mapping[str, Any]) -> ErrorKind | None:
    state, error = text(found.get("int_estado")), text(found.get("int_error"))
    if state == "1" and error in ("0", ""):
        return None
    if state not in ("1", "2"):
        return ErrorKind.UNKNOWN_STATUS
    said = text(mapping(found).get("str_detalle"))
    return ErrorKind.AUTHENTICATION if _CREDENTIALS.search(said) else ErrorKind.INVALID_REQUEST


def _records(listed: str) -> tuple[list[_Record], bool]:
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


def _verdict(records: list[_Record], expected: Expected, *, unreadable: bool) -> Answer:
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
    return _with_ended(_said(_STATUS[newest.state], newest, expected), ended)


def _with_ended(answer: Answer, ended: frozenset[str]) -> Answer:
    return replace(answer, ended_cus=ended) if isinstance(answer, Verdict) else answer


def _conflict(kind: ErrorKind, record: _Record) -> Conflict:
    return Conflict(kind, "", record.cus[:32] or None, record.bank[:80] or None, record.paid, record.at)


def _not_ours(records: list[_Record], expected: Expected) -> ErrorKind | None:
    marks = [column for record in records for column in record.texts if column.startswith(_OURS)]
    if any(mark.removeprefix(_OURS) != expected.reference for mark in marks):
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
        told = in_order(Approval(r.key, r.paid, r.cus[:32] or None, r.bank[:80] or None, r.at) for r in full)
        counts = next(record for record in full if record.key == told[0].key)
        several = tuple(told) if len(told) > 1 else ()
        said = _said(Status.APPROVED, counts, expected)
        return replace(said, approved_amount=counts.paid, approvals=several)
    paid = total(record.paid for record in debits.values())
    if paid > expected.amount:
        return _conflict(ErrorKind.AMOUNT_MISMATCH, replace(newest, paid=paid))
    if paid < expected.amount or any(record.finished == "2" for record in debits.values()):
        return replace(_said(Status.PARTIAL, newest, expected), approved_amount=paid)
    return replace(_said(Status.APPROVED, newest, expected), approved_amount=paid)


def _said(status: Status, record: _Record, expected: Expected) -> Verdict:
    return Verdict(
        status=status,
        cus=record.cus if 0 < len(record.cus) <= 32 else None,
        bank=record.bank[:80] or None,
        decided_at=record.at if status.final else None,
        cause="Error entre PSE y el banco" if status is Status.FAILED else None,
        technical=status is Status.FAILED,
        gateway_id=expected.reference,
    )
