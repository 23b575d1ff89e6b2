"""What the ZonaPAGOS driver makes of recorded answers, and what it tells the gateway."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from counterparts import HOLDER, MORNING
from sandbox_servers import free_port, raw_server, reply

from kiosk.cooperative.member import Document, DocumentType, HolderKind
from kiosk.cooperative.money import Money
from kiosk.cooperative.payment import Event
from kiosk.pse.gateway import (
    Answer,
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
    UnknownIfCreated,
    Verdict,
)  # fmt: skip
from kiosk.pse.zonapagos import ZonaPagos
from kiosk.transport import Transport

Json = dict[str, Any]
REFERENCE = "KSK2026000123"
OURS = Expected(REFERENCE, Money.of(187450))
PSE = "29|18092100031|2701|1022|BANCO UNION COLOMBIANO|1468228|3"
OTHER_PSE = "29|18092100077|2701|1051|BANCO LLANOS|1468999|3"
WHEN = "02/03/2026 09:31:07"


def record(
    state: str = "1", paid: str = "187450", *, asked: str = "187450", finished: str = "1", attempt: str = "1",
    mark: str = f"KIOSK:{REFERENCE}", when: str = WHEN, method: str = PSE, description: str = "Aportes",
) -> str:  # fmt: skip
    """One attempt as it stands between the ends of records."""
    payer = "1023456789|Marta|Rincon Avila|3001112233|marta.rincon@correo.example"
    money = f"31|{attempt}|0|{finished}|{state}|{paid}|{asked}|0"
    return f"{money}|{description}|{payer}|{mark}|||||{when}|{method}"


def listed(*records: str) -> str:
    return "".join(f"{each}|;|" for each in records)


def told(records: object, **changed: object) -> bytes:
    """The answer to a verification."""
    counted = records.count("|;|") if isinstance(records, str) else 0
    usual = {"int_estado": 1, "int_error": 0, "str_detalle": None, "int_cantidad_pagos": counted}
    return json.dumps(usual | {"str_res_pago": records} | changed).encode()


def read(*records: str, expected: Expected = OURS) -> Answer:
    answer = ZonaPagos.read_found(200, told(listed(*records)), expected)
    assert ZonaPagos.read_query(200, told(listed(*records)), expected) == answer
    return answer


def verdict(answer: Answer) -> Verdict:
    assert isinstance(answer, Verdict), answer
    return answer


# -- states and money ----------------------------------------------------------------------------

NOT_BEGUN = record("888", "0", finished="200", method=" ")
BARE = NOT_BEGUN.partition(WHEN)[0] + WHEN
WAITING = record("999", "0", finished="200")
REFUSED = record("1000", "0")
CARD = "32|18092100031|1111|VISA|998877|12"

# Status, event, whether it is a technical failure, whether the gateway is done with it.
CREATED = (Status.CREATED, Event.SEEN_PENDING, False, False)
PENDING = (Status.PENDING, Event.SEEN_PENDING, False, False)
APPROVED = (Status.APPROVED, Event.SEEN_OK, False, True)
REJECTED = (Status.REJECTED, Event.SEEN_NOT_AUTHORISED, False, True)
FAILED = (Status.FAILED, Event.SEEN_FAILED, True, True)
PARTIAL = (Status.PARTIAL, None, False, False)

VERDICTS = {
    "not begun": ([NOT_BEGUN], CREATED),
    "not begun, nothing after the date": ([BARE], CREATED),
    "at the bank": ([WAITING], PENDING),
    "card in review": ([record("4001", "0", finished="200", method=CARD)], PENDING),
    "approved": ([record()], APPROVED),
    "approved, with decimals": ([record(paid="187450.00", asked="187450.0")], APPROVED),
    "approved by card": ([record(method=CARD)], APPROVED),
    "approved in two parts": (
        [record(paid="100000"), record(paid="87450", attempt="2", method=OTHER_PSE)], APPROVED),
    "approved, listed twice": ([record(), record(attempt="2")], APPROVED),
    "approved after a refusal": ([REFUSED, record(attempt="2")], APPROVED),
    "refusal said to be later": ([record(), record("1000", "0", attempt="2")], APPROVED),
    "approved while another waits": ([record(), record("999", "0", attempt="2")], APPROVED),
    "rejected": ([REFUSED], REJECTED),
    "card rejected after review": ([record("4000", "0", method=CARD)], REJECTED),
    "card's review went wrong": ([record("4003", "0", method=CARD)], REJECTED),
    "error between ACH and bank": ([record("1001", "0")], FAILED),
    "failed, then refused": ([record("1001", "0"), record("1000", "0", attempt="2")], REJECTED),
    "refused, then failed": ([REFUSED, record("1001", "0", attempt="10")], FAILED),
    "waits after a refusal": ([REFUSED, record("999", "0", attempt="2")], PENDING),
    "waits beside a later refusal": ([WAITING, record("1000", "0", attempt="2")], PENDING),
    "not begun again after a refusal": ([REFUSED, record("888", "0", attempt="2", method=" ")], CREATED),
    "part of it": ([record(paid="187449.99")], PARTIAL),
    "nothing of it": ([record(paid="0")], PARTIAL),
    "part of it, the rest waits": ([record(paid="87450"), record("999", "0", attempt="2")], PARTIAL),
    "part of it, the rest refused": ([record(paid="87450"), record("1000", "0", attempt="2")], PARTIAL),
    "all of it, yet mixed and incomplete": ([record(finished="2")], PARTIAL),
}  # fmt: skip


@pytest.mark.parametrize("case", VERDICTS)
def test_recorded_attempts_are_this_verdict(case: str) -> None:
    records, ends = VERDICTS[case]
    for order in (records, records[::-1]):
        answer = verdict(read(*order))
        assert (answer.status, answer.event(), answer.technical, answer.final) == ends
        if answer.status is Status.APPROVED:
            assert answer.approved_amount == OURS.amount
        elif answer.status is not Status.PARTIAL:
            assert answer.approved_amount is None
        assert len(answer.approvals) <= 1
        assert answer.gateway_id == REFERENCE


NO_END: dict[str, tuple[list[str], Answer]] = {
    "approved and a part more": ([record(), record(paid="1", attempt="2")],
                                 Conflict(ErrorKind.AMOUNT_MISMATCH)),
    "paid more than asked": ([record(paid="187450.01")], Conflict(ErrorKind.AMOUNT_MISMATCH)),
    "asked for more": ([record(asked="187450.01")], Conflict(ErrorKind.AMOUNT_MISMATCH)),
    "asked for a thousandth": ([record(asked="187.450")], Conflict(ErrorKind.AMOUNT_MISMATCH)),
    "one of them asked for less": ([record(), record("1000", "0", asked="1", attempt="2")],
                                   Conflict(ErrorKind.AMOUNT_MISMATCH)),
    "waits for another sum": ([record("999", "0", asked="1")], Conflict(ErrorKind.AMOUNT_MISMATCH)),
    "mark of another": ([record(mark="KIOSK:KSK2026000124")], Conflict(ErrorKind.REFERENCE_MISMATCH)),
    "mark in lower case": ([record(mark=f"KIOSK:{REFERENCE.lower()}")],
                           Conflict(ErrorKind.REFERENCE_MISMATCH)),
    "mark of nobody": ([record(mark="KIOSK:")], Conflict(ErrorKind.REFERENCE_MISMATCH)),
    "mark of another, not begun": ([record("888", "0", mark="KIOSK:X", method=" ")],
                                   Conflict(ErrorKind.REFERENCE_MISMATCH)),
    "one of them is another's": ([record(), record("1000", "0", mark="KIOSK:X", attempt="2")],
                                 Conflict(ErrorKind.REFERENCE_MISMATCH)),
    "approved, not finished": ([record(finished="200")], NoVerdict(ErrorKind.UNKNOWN_STATUS)),
    "approved, finished is blank": ([record(finished="")], NoVerdict(ErrorKind.UNKNOWN_STATUS)),
    "unknown beside a refusal": ([REFUSED, record("777", "0", attempt="2")],
                                 NoVerdict(ErrorKind.UNKNOWN_STATUS)),
    **{f"unknown number {state}": ([record(state, "0")], NoVerdict(ErrorKind.UNKNOWN_STATUS))
       for state in ("777", "1002", "1003", "1004", "200", "0", "01", "1.0", "-1", "APPROVED")},
    **{f"unreadable, {name}": ([text], NoVerdict(ErrorKind.UNKNOWN_STATUS)) for name, text in {
        "no state": record(""), "paid is blank": record(paid=""),
        "paid with a comma": record(paid="187450,00"),
        "paid in words": record(paid="todo"), "paid below nothing": record(paid="-187450"),
        "paid beyond cents": record(paid="187450.001"), "asked is blank": record(asked=""),
        "asked is endless": record(asked="9" * 16), "attempt in words": record(attempt="uno"),
        "cut before its money": "31|1|0|1|1|187450", "words": "Sin pagos"}.items()},
    "refused beside unreadable": ([REFUSED, "Sin pagos"], NoVerdict(ErrorKind.UNKNOWN_STATUS)),
    "not begun beside unreadable": ([NOT_BEGUN, "Sin pagos"], NoVerdict(ErrorKind.UNKNOWN_STATUS)),
}  # fmt: skip


@pytest.mark.parametrize("case", NO_END)
def test_what_is_not_ours_or_not_clear_is_no_verdict(case: str) -> None:
    records, wanted = NO_END[case]
    assert read(*records) == wanted
    assert read(*reversed(records)) == wanted


def test_amounts_are_pesos_of_colombia() -> None:
    dollars = Expected(REFERENCE, Money(OURS.amount.amount, "USD"))
    assert read(record(), expected=dollars) == Conflict(ErrorKind.CURRENCY_MISMATCH)


@pytest.mark.parametrize("mark", ["", "opcion1", "kiosco-07"])
def test_mark_is_compared_only_where_it_comes_back(mark: str) -> None:
    assert verdict(read(record(mark=mark))).status is Status.APPROVED


# -- the format of records -----------------------------------------------------------------------

PAID = listed(record())
FORMATS = {
    "as documented": PAID,
    "last end is missing": record(),
    "last separator is missing": f"{record()}|;",
    "blanks round separators": PAID.replace("|", " | "),
    "tabs and lines round separators": PAID.replace("|", "\t|\r\n"),
    "end runs into the next record": f"{REFUSED}|;{record(attempt='2')}|;",
    "end and blank run into the next record": f"{REFUSED} | ; {record(attempt='2')} | ; ",
    "empty records between": f"|;||;|{record()}|;||;|",
    "one column too many before the date": listed(record(mark=f"KIOSK:{REFERENCE}|")),
    "a date as description": listed(record(description="01/01/2026 10:00")),
}


@pytest.mark.parametrize("case", FORMATS)
def test_record_is_read_in_every_recorded_format(case: str) -> None:
    answer = verdict(ZonaPagos.read_found(200, told(FORMATS[case]), OURS))
    assert answer == Verdict(
        Status.APPROVED, cus="1468228", bank="BANCO UNION COLOMBIANO", approved_amount=OURS.amount,
        decided_at=datetime(2026, 3, 2, 14, 31, 7, tzinfo=UTC), gateway_id=REFERENCE,
    )  # fmt: skip


def test_count_that_disagrees_with_the_records_changes_nothing() -> None:
    for counted in (0, 1, 2, None, "muchos"):
        answer = ZonaPagos.read_found(200, told(PAID, int_cantidad_pagos=counted), OURS)
        assert verdict(answer).status is Status.APPROVED


@pytest.mark.parametrize("records", ["", " ", "|;|", " | ; | ", ";", "|", None])
def test_no_records_is_an_unknown_payment_unless_some_were_counted(records: str | None) -> None:
    for counted, kind in ((0, ErrorKind.UNKNOWN_PAYMENT), (1, ErrorKind.GARBAGE)):
        answer = ZonaPagos.read_found(200, told(records, int_cantidad_pagos=counted), OURS)
        assert answer == NoVerdict(kind)


@pytest.mark.parametrize(
    ("when", "hour"),
    [
        ("02/03/2026 09:31:07", (14, 31, 7)),
        ("2/3/2026 9:31:07", (14, 31, 7)),
        ("02/03/2026 09:31", (14, 31, 0)),
        ("2/3/2026 9:31:07 AM", (14, 31, 7)),
        ("2/3/2026  9:31:07  am", (14, 31, 7)),
        ("2/3/2026 1:05:09 PM", (18, 5, 9)),
        ("2/3/2026 1:05 p.m.", (18, 5, 0)),
        ("2/3/2026 12:00:00 PM", (17, 0, 0)),
        ("2/3/2026 12:05:00 AM", (5, 5, 0)),
        ("31/02/2026 09:31:07", None),
        ("2/3/2026 25:31:07", None),
        ("2/3/2026 13:31:07 PM", None),
    ],
)
def test_date_is_bogotas_in_both_ways_of_writing(when: str, hour: tuple[int, int, int] | None) -> None:
    answer = verdict(read(record(when=when)))
    assert answer.decided_at == (datetime(2026, 3, 2, *hour, tzinfo=UTC) if hour else None)
    assert (answer.cus, answer.bank) == ("1468228", "BANCO UNION COLOMBIANO")


def test_date_at_the_end_of_the_calendar_is_none() -> None:
    assert verdict(read(record(when="31/12/9999 23:59:59"))).decided_at is None


@pytest.mark.parametrize(
    "when",
    ["", "ayer", "01/01/0001 0:00:00", "0001-01-01T00:00:00Z", "31/02/2026 10:00:00", "9999-12-31 23:59"],
)
def test_a_date_that_can_not_be_used_is_lost_alone(when: str) -> None:
    answer = verdict(read(record(when=when)))
    assert (answer.status, answer.cus, answer.bank) == (Status.APPROVED, "1468228", "BANCO UNION COLOMBIANO")
    assert answer.decided_at is None


@pytest.mark.parametrize("broken", [record()[:60], record(when="", method=CARD)])
def test_without_a_date_state_and_money_stand_and_the_rest_is_not_guessed(broken: str) -> None:
    answer = verdict(read(broken))
    assert (answer.status, answer.cus, answer.bank, answer.decided_at) == (Status.APPROVED, None, None, None)


NIGHT = datetime(2026, 11, 27, 4, 52, tzinfo=UTC)


@pytest.mark.parametrize(
    "when",
    [
        "26/11/2026 11:52:00 p. m.", "26/11/2026 11:52:00 p.\u00a0m.",
        "26/11/2026\u00a011:52:00\u202fp.\u00a0m.",
        "26/11/2026 11:52:00 P.M.", "26/11/2026 11:52:00 PM", "26/11/2026 11:52:00 pm", "26/11/2026 23:52:00",
        "26/11/2026 23:52", "2026-11-26T23:52:00", "2026-11-26 23:52:00", "2026-11-26T23:52:00-05:00",
        "2026-11-27T04:52:00Z",
    ],
)  # fmt: skip
def test_a_time_is_bogotas_however_it_is_written(when: str) -> None:
    answer = verdict(read(record(when=when)))
    assert answer.decided_at == NIGHT
    assert (answer.cus, answer.bank) == ("1468228", "BANCO UNION COLOMBIANO")


class TestManyRecords:
    """Those that can not be read, or say nothing of money, hide no other."""

    BLANK = "31|1|0|200|1000|||0||1023456789|Marta|Rincon Avila|3001112233|m@correo.example||||||  |  "

    @pytest.mark.parametrize("state", ["1000", "888", "999", "1001", "4003"])
    def test_blank_money_of_an_unpaid_attempt_is_none_and_the_approved_one_counts(self, state: str) -> None:
        blank = self.BLANK.replace("|1000|", f"|{state}|")
        for records in ([blank, record(attempt="2")], [record(attempt="2"), blank]):
            answer = verdict(read(*records))
            assert (answer.status, answer.cus) == (Status.APPROVED, "1468228")

    def test_alone_it_is_unpaid(self) -> None:
        assert verdict(read(self.BLANK)).status is Status.REJECTED

    def test_blank_money_of_an_approved_one_stays_unreadable(self) -> None:
        assert read(record(paid="")) == NoVerdict(ErrorKind.UNKNOWN_STATUS)

    def test_an_approved_one_counts_beside_one_that_can_not_be_read(self) -> None:
        for records in ([record(), "Sin pagos"], ["Sin pagos", record()]):
            assert verdict(read(*records)).status is Status.APPROVED

    def test_two_debits_are_told_apart_and_the_earlier_one_counts(self) -> None:
        later = record(attempt="2", method=OTHER_PSE, when="02/03/2026 09:40:00")
        for records in ([record(), later], [later, record()]):
            answer = verdict(read(*records))
            assert answer.cus == "1468228"
            assert [each.cus for each in answer.approvals] == ["1468228", "1468999"]
            assert [each.bank for each in answer.approvals] == ["BANCO UNION COLOMBIANO", "BANCO LLANOS"]

    def test_what_has_ended_is_told_by_its_cus(self) -> None:
        answer = verdict(read(REFUSED, record("888", "0", attempt="2", method=" ")))
        assert answer.ended_cus == {"1468228"}

    def test_another_payers_document_is_not_ours(self) -> None:
        ours, other = (Expected(REFERENCE, OURS.amount, ends) for ends in ("6789", "1111"))
        assert verdict(read(record(), expected=ours)).status is Status.APPROVED
        said = read(record(), expected=other)
        assert said == Conflict(ErrorKind.OTHER_PAYER)
        assert isinstance(said, Conflict)
        assert (said.cus, said.bank, said.amount) == ("1468228", "BANCO UNION COLOMBIANO", OURS.amount)


@pytest.mark.parametrize(
    ("method", "cus", "bank"),
    [
        (PSE, "1468228", "BANCO UNION COLOMBIANO"),
        (CARD, None, None),
        ("51|18092100031|1111|CODENSA|998877|12", None, None),
        ("47|18092100031|1022", None, None),
        ("48|18092100031", None, None),
        ("41", None, None),
        ("77", None, None),
        ("", None, None),
        (f"{PSE}|sobra", None, None),
        (PSE.rpartition("|")[0], None, None),
        (PSE.replace("1468228", ""), None, "BANCO UNION COLOMBIANO"),
        (PSE.replace("1468228", "9" * 33), None, "BANCO UNION COLOMBIANO"),
        (PSE.replace("BANCO UNION COLOMBIANO", ""), "1468228", None),
    ],
)
def test_tracking_code_and_bank_are_pses_or_none(method: str, cus: str | None, bank: str | None) -> None:
    answer = verdict(read(record(method=method)))
    assert (answer.status, answer.cus, answer.bank) == (Status.APPROVED, cus, bank)


# -- answers that are none -----------------------------------------------------------------------

NO_SENSE = [b"", b"<html>busy</html>", b"[]", b"null", b'"APPROVED"', b"7", b"{", told(PAID)[:-9],
            b"\xff\xfe", b"[" * 100_000]  # fmt: skip
FAULTS = [
    *((200, said, ErrorKind.GARBAGE) for said in NO_SENSE),
    *((200, told(records), ErrorKind.GARBAGE) for records in ([PAID], {}, 7, True)),
    (200, b"{}", ErrorKind.UNKNOWN_STATUS), (200, told(PAID, int_estado=None), ErrorKind.UNKNOWN_STATUS),
    (200, told(PAID, int_estado=True), ErrorKind.UNKNOWN_STATUS),
    (200, told(PAID, int_estado=3), ErrorKind.UNKNOWN_STATUS),
    (200, told(PAID, int_estado=2, int_error=-1), ErrorKind.INVALID_REQUEST),
    (200, told(PAID, int_error=-1), ErrorKind.INVALID_REQUEST),
    (200, told(None, int_estado=2, int_error=-1, str_detalle="Credenciales inválidas"),
     ErrorKind.AUTHENTICATION),
    (200, told("", int_estado=2, int_error=0, str_detalle="Usuario no existe"), ErrorKind.AUTHENTICATION),
    (201, told(PAID), ErrorKind.GARBAGE), (302, b"", ErrorKind.GARBAGE), (400, b"", ErrorKind.GARBAGE),
    (401, b"<html>", ErrorKind.GARBAGE), (403, b"{}", ErrorKind.GARBAGE), (404, b"<html>", ErrorKind.GARBAGE),
    (422, told(""), ErrorKind.GARBAGE), (500, b"<html>Server Error</html>", ErrorKind.SERVER),
    (500, told(PAID), ErrorKind.SERVER), (503, b"", ErrorKind.SERVER),
]  # fmt: skip


@pytest.mark.parametrize(("http", "said", "kind"), FAULTS)
def test_failed_call_is_no_verdict(http: int, said: bytes, kind: ErrorKind) -> None:
    assert ZonaPagos.read_found(http, said, OURS) == NoVerdict(kind)
    assert ZonaPagos.read_query(http, said, OURS) == NoVerdict(kind)


# -- creation ------------------------------------------------------------------------------------

PAGE = "https://www.zonapagos.example/Ciclo_Pago/Pago.aspx?rut=a1"


def started(code: object, url: object = None, said: object = "", error: object = "") -> bytes:
    return json.dumps(
        {"int_codigo": code, "str_cod_error": error, "str_descripcion_error": said, "str_url": url}
    ).encode()


CREATIONS: list[tuple[int, bytes, Creation]] = [
    (200, started(1, PAGE), Created(REFERENCE, PAGE)), (200, started("1", PAGE), Created(REFERENCE, PAGE)),
    *((200, started(1, url), UnknownIfCreated(ErrorKind.GARBAGE)) for url in (
        None, "", "Pago.aspx?rut=a1", "javascript:alert(1)", "https://[", 7)),
    (200, started(2, None, "str_id_pago ya existe"), ExistsAlready()),
    (200, started(2, PAGE, "El id de pago ya fue usado"), ExistsAlready()),
    (200, started(2, None, "", "ID DUPLICADO"), ExistsAlready()),
    (200, started(2, PAGE, "Object reference not set to an instance of an object."),
     NotCreated(ErrorKind.INVALID_REQUEST)),
    (200, started(2, None, None, None), NotCreated(ErrorKind.INVALID_REQUEST)),
    (200, started(2, None, "Código 50 requerido"), NotCreated(ErrorKind.INVALID_REQUEST)),
    (200, started(2, None, "Credenciales inválidas"), NotCreated(ErrorKind.AUTHENTICATION)),
    *((200, started(code, PAGE), UnknownIfCreated(ErrorKind.GARBAGE)) for code in (
        0, 3, -1, None, True, "", "uno", [1])),
    *((200, said, UnknownIfCreated(ErrorKind.GARBAGE)) for said in (*NO_SENSE, b"{}")),
    *((http, b"", NotCreated(ErrorKind.INVALID_REQUEST)) for http in (400, 404, 415)),
    (201, started(2), UnknownIfCreated(ErrorKind.GARBAGE)),
    *((http, started(2), NotCreated(ErrorKind.INVALID_REQUEST)) for http in (302, 308, 401, 403, 405, 422)),
    *((http, b"<html>", NotCreated(ErrorKind.GARBAGE)) for http in (301, 403, 405, 413, 421)),
    (429, b"<html>slow down</html>", NotCreated(ErrorKind.SERVER)),
    *((http, b"<html>", UnknownIfCreated(ErrorKind.GARBAGE)) for http in (408, 409, 499)),
    *((http, b"<html>", UnknownIfCreated(ErrorKind.SERVER)) for http in (500, 502, 503)),
    (500, started(1, PAGE), UnknownIfCreated(ErrorKind.SERVER)),
]  # fmt: skip


@pytest.mark.parametrize(("http", "said", "creation"), CREATIONS)
def test_only_a_clear_refusal_says_that_nothing_was_made(http: int, said: bytes, creation: Creation) -> None:
    assert ZonaPagos.read_creation(http, said, REFERENCE) == creation


# -- on the wire ---------------------------------------------------------------------------------

PASSWORD = "OnlyHere51"
CHARGE = Charge(
    REFERENCE, Money.of("187450.50"), "Aportes | crédito; 881", HOLDER, MORNING, "190.0.2.15", "K/1"
)


def kiosk(url: str, **options: str) -> ZonaPagos:
    return ZonaPagos(
        Connection(
            Transport(f"{url}/api"), login="CoopDemo01", secret=PASSWORD,
            return_url="https://kiosco.invalid/retorno", page_hosts=frozenset({"pse.example"}),
            clock=lambda: MORNING, options={"merchant": "90001", "service_code": "2701"} | options,
        )
    )  # fmt: skip


def sent(request: bytes) -> tuple[str, Any]:
    head, _, content = request.partition(b"\r\n\r\n")
    return head.partition(b" HTTP")[0].decode(), json.loads(content)


def test_creation_says_what_the_contract_wants() -> None:
    company = replace(HOLDER, kind=HolderKind.COMPANY, document=Document(DocumentType.NIT, "890000000"))
    with raw_server(lambda to: to.sendall(reply(started(1, PAGE)))) as server:
        assert kiosk(server.url).create(CHARGE) == Created(REFERENCE, PAGE)
        kiosk(server.url).create(replace(CHARGE, holder=company))
        (line, body), (_, of_company) = map(sent, server.requests)
        assert b'"flt_total_con_iva":187450.50,' in server.requests[0]
    assert (line, set(body)) == (
        "POST /api/InicioPago",
        {"InformacionPago", "InformacionSeguridad", "AdicionalesPago", "AdicionalesConfiguracion"},
    )
    payment = body["InformacionPago"]
    assert (payment["str_id_pago"], payment["str_opcional1"]) == (REFERENCE, f"KIOSK:{REFERENCE}")
    assert not set("|;") & set(json.dumps(payment)), "they would end columns and records"
    assert (payment["str_nombre_cliente"], payment["str_apellido_cliente"]) == ("Marta", "Rincón Ávila")
    assert (payment["str_tipo_id"], payment["str_id_cliente"]) == ("1", "1023456789")
    assert body["InformacionSeguridad"] == {
        "int_id_comercio": 90001, "str_usuario": "CoopDemo01", "str_clave": PASSWORD, "int_modalidad": -1,
    }  # fmt: skip
    options = {each["int_codigo"]: each["str_valor"] for each in body["AdicionalesConfiguracion"]}
    assert options == {50: "2701", 104: "https://kiosco.invalid/retorno", 107: "1"}
    names = of_company["InformacionPago"]
    assert (names["str_tipo_id"], names["str_nombre_cliente"], names["str_apellido_cliente"]) == (
        "3", HOLDER.name, "")  # fmt: skip


def test_query_and_search_are_one_question() -> None:
    with raw_server(lambda to: to.sendall(reply(b"", "503 Busy", "Retry-After: 30"))) as server:
        driver = kiosk(server.url)
        answers = {driver.query("another", OURS), driver.find(OURS)}
        first, second = map(sent, server.requests)
    assert answers == {NoVerdict(ErrorKind.SERVER, 30)}
    assert first == second == (
        "POST /api/VerificacionPago",
        {"int_id_comercio": 90001, "str_usr_comercio": "CoopDemo01", "str_pwd_Comercio": PASSWORD,
         "str_id_pago": REFERENCE, "int_no_pago": -1},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"merchant": ""}, "gateway.options.merchant is missing"),
        ({"service_code": ""}, "gateway.options.service_code is missing"),
        *(
            ({"merchant": bad}, "number of up to seven digits")
            for bad in ("uno", "12345678", "-1", "٣", "1.0")
        ),
    ],
)
def test_settings_that_do_not_do_are_named(options: dict[str, str], said: str) -> None:
    with pytest.raises(ValueError, match=said) as refused:
        kiosk("http://127.0.0.1", **options)
    assert PASSWORD not in repr(refused.value)


def test_no_secret_in_logs_and_texts(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    echo = told(None, int_estado=2, int_error=-1, str_detalle=f"Clave inválida: {PASSWORD}")
    with raw_server(lambda to: to.sendall(reply(echo))) as server:
        driver = kiosk(server.url)
        answers = [driver.create(CHARGE), driver.query(REFERENCE, OURS), driver.find(OURS)]
    away = kiosk(f"http://127.0.0.1:{free_port()}")
    answers += [away.create(CHARGE), away.find(OURS)]
    assert answers == [
        UnknownIfCreated(ErrorKind.GARBAGE), *[NoVerdict(ErrorKind.AUTHENTICATION)] * 2,
        NotCreated(ErrorKind.NOT_SENT), NoVerdict(ErrorKind.NOT_SENT),
    ]  # fmt: skip
    assert "/InicioPago" in caplog.text
    assert PASSWORD not in f"{driver!r} {answers} {caplog.text}"
