"""What the Wompi driver makes of recorded answers, and what it tells the gateway."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from counterparts import HOLDER, MORNING
from sandbox_servers import RawServer, free_port, raw_server, reply

from kiosk.cooperative.member import Document, DocumentType, HolderKind
from kiosk.cooperative.money import Money
from kiosk.cooperative.payment import Event
from kiosk.pse.gateway import (
    Answer,
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
    UnknownIfCreated,
    Verdict,
)  # fmt: skip
from kiosk.pse.wompi import Wompi, signature
from kiosk.transport import Transport

Json = dict[str, Any]
REFERENCE, ID = "KSK2026000123", "1190001-1772461867-55001"
OURS = Expected(REFERENCE, Money.of("187450.35"))
PAGE = "https://registro.pse.example/PSEUserRegister/StartTransaction.htm?enc=a1"
EXTRA = {
    "ticket_id": "11900011772461867", "return_code": "SUCCESS", "async_payment_url": PAGE,
    "traceability_code": "3271840055", "transaction_state": "OK", "transaction_value": "187450.35",
    "external_identifier": "3271840055", "bank_processing_date": "2026-03-02",
}  # fmt: skip
_SCHEME = {"DECLINED": "NOT_AUTHORIZED", "ERROR": "FAILED", "PENDING": "PENDING"}
OTHER_PAGE = {**EXTRA, "async_payment_url": "javascript:alert(1)"}


def told(word: object = "APPROVED", extra: object = EXTRA, **changed: object) -> Json:
    """A transaction as recorded for PSE."""
    block = extra
    if isinstance(extra, dict) and "transaction_state" in extra and str(word).upper() in _SCHEME:
        block = {**extra, "transaction_state": _SCHEME[str(word).upper()]}
    method = {"type": "PSE", "user_type": 0, "financial_institution_code": "1022", "extra": block}
    return {
        "id": ID, "created_at": "2026-03-02T14:31:07.000Z", "finalized_at": "2026-03-02T14:33:09.250Z",
        "amount_in_cents": 18745035, "reference": REFERENCE, "currency": "COP", "status": word,
        "customer_email": "marta.rincon@correo.example", "payment_method_type": "PSE",
        "payment_method": method, "status_message": None, "merchant": {"name": "Cooperativa"},
    } | changed  # fmt: skip


def without(name: str) -> Json:
    return {key: value for key, value in told().items() if key != name}


def body(data: object) -> bytes:
    return json.dumps({"data": data, "meta": {}}).encode()


def error(kind: str, **said: object) -> bytes:
    return json.dumps({"error": {"type": kind, **said}}).encode()


def invalid(*fields: str) -> bytes:
    return error("INPUT_VALIDATION_ERROR", messages={field: ["No es válido"] for field in fields})


def used(*fields: str) -> bytes:
    said = {field: ["La referencia ya ha sido usada"] for field in fields}
    return error("INPUT_VALIDATION_ERROR", messages=said)


def read(data: object, expected: Expected = OURS) -> Answer:
    return Wompi.read_query(200, body(data), expected)


def verdict(answer: Answer) -> Verdict:
    assert isinstance(answer, Verdict), answer
    return answer


# -- one transaction -----------------------------------------------------------------------------

# Status, event, whether it is a technical failure, whether the gateway is done with it.
CREATED = (Status.CREATED, Event.SEEN_PENDING, False, False)
PENDING = (Status.PENDING, Event.SEEN_PENDING, False, False)
APPROVED = (Status.APPROVED, Event.SEEN_OK, False, True)
REFUSED = (Status.REJECTED, Event.SEEN_NOT_AUTHORISED, False, True)
FAILED = (Status.FAILED, Event.SEEN_FAILED, True, True)
REVERSED = (Status.REVERSED, None, False, True)

VERDICTS = {
    "created": (told("PENDING", {}, finalized_at=None), CREATED),
    "created, no extra yet": (told("PENDING", None), CREATED),
    "created, no method yet": (told("PENDING", payment_method=None), CREATED),
    "created, address is none": (told("PENDING", OTHER_PAGE), CREATED),
    "at the bank": (told("PENDING", finalized_at=None), PENDING),
    "approved": (told(), APPROVED),
    "approved, lower case": (told("approved"), APPROVED),
    "approved, cents as text": (told(amount_in_cents="18745035"), APPROVED),
    "approved, cents with a point": (told(amount_in_cents=18745035.0), APPROVED),
    "approved, bare": (told(payment_method={}, finalized_at=None, id=None), APPROVED),
    "declined": (told("DECLINED", status_message="Fondos insuficientes"), REFUSED),
    "error": (told("ERROR", status_message="Transacción con ERROR"), FAILED),
    "voided": (told("VOIDED"), REVERSED),
}


@pytest.mark.parametrize("case", VERDICTS)
def test_recorded_transaction_is_this_verdict(case: str) -> None:
    data, ends = VERDICTS[case]
    answer = verdict(read(data))
    assert (answer.status, answer.event(), answer.technical, answer.final) == ends
    told_amount = answer.status in (Status.APPROVED, Status.REVERSED)
    assert answer.approved_amount == (OURS.amount if told_amount else None)
    assert answer.gateway_id == data["id"]
    assert verdict(Wompi.read_found(200, body([data]), OURS)) == answer


def test_verdict_carries_what_the_gateway_said() -> None:
    assert read(told()) == Verdict(
        Status.APPROVED, cus="3271840055", approved_amount=OURS.amount, gateway_id=ID, redirect_url=PAGE,
        decided_at=datetime(2026, 3, 2, 14, 33, 9, 250000, UTC),
    )  # fmt: skip
    refused = verdict(read(told("DECLINED", status_message="Fondos insuficientes " * 20)))
    assert refused.cause == ("Fondos insuficientes " * 20)[:200]
    assert verdict(read(told("PENDING"))).decided_at is None
    assert verdict(read(told("APPROVED", status_message="Muy bien"))).cause is None
    assert verdict(read(told(finalized_at="2026-03-02T14:33:09"))).decided_at is None


@pytest.mark.parametrize(
    ("extra", "cus"),
    [
        ({"traceability_code": "99001"}, "99001"),
        ({"traceability_code": 3271840055}, "3271840055"),
        ({"external_identifier": "99002"}, "99002"),
        ({"traceability_code": None, "external_identifier": "99002"}, "99002"),
        ({"traceability_code": "", "external_identifier": ""}, None),
        ({"trazability_code": "99003", "trazabilyCode": "99003"}, None),
        ({"traceability_code": ["99004"]}, None),
        ({"traceability_code": True}, None),
        ({"traceability_code": "9" * 33}, None),
        ({"traceability_code": "\ud800"}, "?"),
        ({}, None),
        ([], None),
        ("3271840055", None),
    ],
)
def test_tracking_code_is_found_where_it_may_be(extra: object, cus: str | None) -> None:
    assert verdict(read(told(extra=extra))).cus == cus


NOT_OURS = [
    *((told(amount_in_cents=cents), ErrorKind.AMOUNT_MISMATCH) for cents in (
        18745034, 187450, 187450.35, 18745035.5, -18745035, 0, True, None, "187450.35", "18.745.035", "1e3",
        [18745035], {}, 10**40)),
    (without("amount_in_cents"), ErrorKind.AMOUNT_MISMATCH),
    (told("DECLINED", amount_in_cents=1), ErrorKind.AMOUNT_MISMATCH),
    (told("REFUNDED", amount_in_cents=1), ErrorKind.AMOUNT_MISMATCH),
    *((told(currency=currency), ErrorKind.CURRENCY_MISMATCH) for currency in ("USD", "cop", "", None, 170)),
    (without("currency"), ErrorKind.CURRENCY_MISMATCH),
    *((told(reference=reference), ErrorKind.REFERENCE_MISMATCH) for reference in (
        "KSK2026000124", REFERENCE.lower(), f"{REFERENCE} ", "", None, [REFERENCE])),
    (without("reference"), ErrorKind.REFERENCE_MISMATCH),
    ({}, ErrorKind.REFERENCE_MISMATCH),
    (told("PENDING", {}, reference="KSK2026000124"), ErrorKind.REFERENCE_MISMATCH),
]  # fmt: skip


@pytest.mark.parametrize(("data", "kind"), NOT_OURS)
def test_transaction_that_is_not_ours_is_a_conflict(data: Json, kind: ErrorKind) -> None:
    assert read(data) == Conflict(kind)


@pytest.mark.parametrize(
    "word", ["REFUNDED", "APPROVED_PARTIAL", "OK", "", " APPROVED", None, 7, ["APPROVED"]]
)
def test_unknown_word_is_no_verdict(word: object) -> None:
    assert read(told(word)) == NoVerdict(ErrorKind.UNKNOWN_STATUS)
    assert read(without("status")) == NoVerdict(ErrorKind.UNKNOWN_STATUS)


@pytest.mark.parametrize("pesos", ["0.01", "100", "1234567.89", "99999999999.99", "100000000000"])
def test_cents_are_exact(pesos: str) -> None:
    ours = Expected(REFERENCE, Money.of(pesos))
    cents = int(ours.amount.wire().replace(".", ""))
    extra = {**EXTRA, "transaction_value": ours.amount.wire()}
    assert verdict(read(told(extra=extra, amount_in_cents=cents), ours)).approved_amount == ours.amount
    assert read(told(extra=extra, amount_in_cents=cents + 1), ours) == Conflict(ErrorKind.AMOUNT_MISMATCH)


NO_SENSE = [b"", b"<html>busy</html>", b"[]", b"null", b'"APPROVED"', b"7", b"{", body(told())[:-9],
            b"\xff\xfe", b"[" * 100_000, b"{}", b'{"data": null}', b'{"data": "APPROVED"}',
            b'{"data": 1e99999999999999999999}']  # fmt: skip
WRONG_KEY = error("INVALID_ACCESS_TOKEN", reason="La llave proporcionada no corresponde a este ambiente")
UNKNOWN = error("NOT_FOUND_ERROR", reason="La entidad solicitada no existe")
FAULTS = [
    *((200, said, ErrorKind.GARBAGE) for said in NO_SENSE),
    (201, body(told()), ErrorKind.GARBAGE), (302, b"", ErrorKind.GARBAGE),
    (401, WRONG_KEY, ErrorKind.AUTHENTICATION), (401, b"", ErrorKind.AUTHENTICATION),
    (401, b"<html>", ErrorKind.AUTHENTICATION), (403, WRONG_KEY, ErrorKind.AUTHENTICATION),
    (403, b"<html>Forbidden</html>", ErrorKind.GARBAGE),
    (404, UNKNOWN, ErrorKind.UNKNOWN_PAYMENT), (404, b"<html>Not Found</html>", ErrorKind.GARBAGE),
    (200, UNKNOWN, ErrorKind.UNKNOWN_PAYMENT), (422, error("UNPROCESSABLE"), ErrorKind.INVALID_REQUEST),
    (422, invalid("reference"), ErrorKind.INVALID_REQUEST), (429, b"", ErrorKind.SERVER),
    (500, b"<html>Server Error</html>", ErrorKind.SERVER), (500, body(told()), ErrorKind.SERVER),
    (502, b"", ErrorKind.SERVER), (503, WRONG_KEY, ErrorKind.SERVER),
]  # fmt: skip


@pytest.mark.parametrize(("http", "said", "kind"), FAULTS)
def test_failed_call_is_no_verdict(http: int, said: bytes, kind: ErrorKind) -> None:
    assert Wompi.read_query(http, said, OURS) == NoVerdict(kind)
    assert Wompi.read_found(http, said, OURS) == NoVerdict(kind)


def test_one_transaction_and_a_list_are_not_mixed_up() -> None:
    assert read([told()]) == NoVerdict(ErrorKind.GARBAGE)
    assert Wompi.read_found(200, body(told()), OURS) == NoVerdict(ErrorKind.GARBAGE)


# -- several under one reference -----------------------------------------------------------------

LATER = "2026-03-02T15:00:00.000Z"
OTHERS = told(reference="KSK2026000124")
DECLINED = told("DECLINED", status_message="primera")
FOUND: dict[str, tuple[list[object], Answer | Status]] = {
    "none": ([], NoVerdict(ErrorKind.UNKNOWN_PAYMENT)),
    "only others": ([OTHERS], NoVerdict(ErrorKind.UNKNOWN_PAYMENT)),
    "only things": ([None, 7, "x", []], NoVerdict(ErrorKind.UNKNOWN_PAYMENT)),
    "ours among others and things": ([OTHERS, None, told(), OTHERS], Status.APPROVED),
    "approved after a refusal": ([DECLINED, told(created_at=LATER)], Status.APPROVED),
    "refusal said to be later": ([told(), told("DECLINED", created_at=LATER)], Status.APPROVED),
    "approved while another is open": ([told("PENDING", created_at=LATER), told()], Status.APPROVED),
    "open after a refusal": ([told("PENDING", created_at=LATER), DECLINED], Status.PENDING),
    "refusal said to be later, one open": ([told("DECLINED", created_at=LATER), told("PENDING")],
                                           Status.PENDING),
    "voided and refused later": ([told("VOIDED"), told("DECLINED", created_at=LATER)], Status.REVERSED),
    "voided, then approved": ([told("VOIDED"), told(created_at=LATER)], Status.APPROVED),
    "refused, then failed": ([DECLINED, told("ERROR", created_at=LATER)], Status.FAILED),
    "failed, then refused": ([told("ERROR"), told("DECLINED", created_at=LATER)], Status.REJECTED),
    "approved, listed twice": ([told(), told(created_at=LATER)], Status.APPROVED),
    "approved twice, one for another sum": ([told(), told(amount_in_cents=1)],
                                            Conflict(ErrorKind.AMOUNT_MISMATCH)),
    "approved for another sum": ([told(amount_in_cents=1), DECLINED], Conflict(ErrorKind.AMOUNT_MISMATCH)),
    "approved in another currency": ([told(currency="USD")], Conflict(ErrorKind.CURRENCY_MISMATCH)),
    "unknown word last": ([DECLINED, told("HELD", created_at=LATER)], NoVerdict(ErrorKind.UNKNOWN_STATUS)),
    "times are missing": ([told("PENDING", created_at=None), told("DECLINED", created_at=None)],
                          Status.PENDING),
}  # fmt: skip


@pytest.mark.parametrize("case", FOUND)
def test_search_looks_at_every_attempt(case: str) -> None:
    data, wanted = FOUND[case]
    for listed in (data, data[::-1]):
        answer = Wompi.read_found(200, body(listed), OURS)
        if isinstance(wanted, Status):
            assert verdict(answer).status is wanted
        else:
            assert answer == wanted


def test_unknown_word_beside_a_refusal_is_no_end() -> None:
    listed = [told("HELD"), told("DECLINED", created_at=LATER)]
    assert Wompi.read_found(200, body(listed), OURS) == NoVerdict(ErrorKind.UNKNOWN_STATUS)


# -- creation ------------------------------------------------------------------------------------

NEW = told("PENDING", {}, finalized_at=None)
CREATIONS: list[tuple[int, bytes, Creation]] = [
    (201, body(NEW), Created(ID, None)), (200, body(NEW), Created(ID, None)),
    (201, body(told("PENDING")), Created(ID, PAGE)),
    (201, body(told("PENDING", OTHER_PAGE)), Created(ID, None)),
    (201, body(told("DECLINED", {})), Created(ID, None)),
    (201, body({"id": 55001, "reference": REFERENCE}), Created("55001", None)),
    (201, body(NEW | {"reference": "KSK2026000124"}), UnknownIfCreated(ErrorKind.REFERENCE_MISMATCH)),
    (201, body(NEW | {"reference": None}), UnknownIfCreated(ErrorKind.REFERENCE_MISMATCH)),
    (201, body(NEW | {"id": None}), UnknownIfCreated(ErrorKind.GARBAGE)),
    (201, body(NEW | {"id": ""}), UnknownIfCreated(ErrorKind.GARBAGE)),
    (201, body([NEW]), UnknownIfCreated(ErrorKind.GARBAGE)),
    *((201, said, UnknownIfCreated(ErrorKind.GARBAGE)) for said in NO_SENSE),
    (202, body(NEW), UnknownIfCreated(ErrorKind.GARBAGE)), (302, b"", NotCreated(ErrorKind.GARBAGE)),
    (308, b"", NotCreated(ErrorKind.GARBAGE)), (405, b"", NotCreated(ErrorKind.GARBAGE)),
    (429, b"<html>slow down</html>", NotCreated(ErrorKind.SERVER)),
    *((http, b"", UnknownIfCreated(ErrorKind.GARBAGE)) for http in (408, 409, 499)),
    (401, WRONG_KEY, NotCreated(ErrorKind.AUTHENTICATION)),
    (401, b"", NotCreated(ErrorKind.AUTHENTICATION)),
    (403, WRONG_KEY, NotCreated(ErrorKind.AUTHENTICATION)),
    (403, b"<html>", NotCreated(ErrorKind.GARBAGE)),
    (404, b"<html>Not Found</html>", NotCreated(ErrorKind.GARBAGE)),
    (422, invalid("signature"), NotCreated(ErrorKind.AUTHENTICATION)),
    (422, invalid("acceptance_token"), NotCreated(ErrorKind.INVALID_REQUEST)),
    (422, invalid("reference"), NotCreated(ErrorKind.INVALID_REQUEST)),  # its form, not its use
    (422, used("reference"), ExistsAlready()),
    (422, used("acceptance_token", "reference"), ExistsAlready()),
    (422, used("acceptance_token"), NotCreated(ErrorKind.INVALID_REQUEST)),
    (422, error("UNPROCESSABLE", reason="Falta"), NotCreated(ErrorKind.INVALID_REQUEST)),
    (422, error("INPUT_VALIDATION_ERROR", messages=["reference"]), NotCreated(ErrorKind.INVALID_REQUEST)),
    (422, invalid("reference")[:-3], NotCreated(ErrorKind.GARBAGE)),
    (422, b'{"error": "reference"}', NotCreated(ErrorKind.GARBAGE)),
    (422, b'{"message": "The given data was invalid.", "errors": {}}', NotCreated(ErrorKind.GARBAGE)),
    (500, b"<html>Server Error</html>", UnknownIfCreated(ErrorKind.SERVER)),
    (500, invalid("signature"), UnknownIfCreated(ErrorKind.SERVER)),
    (500, body(NEW), UnknownIfCreated(ErrorKind.SERVER)), (504, b"", UnknownIfCreated(ErrorKind.SERVER)),
]  # fmt: skip


@pytest.mark.parametrize(("http", "said", "creation"), CREATIONS)
def test_only_a_well_formed_refusal_says_that_nothing_was_made(
    http: int, said: bytes, creation: Creation
) -> None:
    assert Wompi.read_creation(http, said, REFERENCE) == creation


def test_reference_that_is_not_known_is_not_compared() -> None:
    assert Wompi.read_creation(201, body(NEW), "") == Created(ID, None)


# -- on the wire ---------------------------------------------------------------------------------

PUBLIC, PRIVATE, INTEGRITY = "pub_test_kiosk", "prv_test_OnlyHere51", "test_integrity_OnlyHere52"
MERCHANT = body(
    {part: {"acceptance_token": f"eyJ{part}", "permalink": f"https://wompi.example/{part}.pdf"}
     for part in ("presigned_acceptance", "presigned_personal_data_auth")}
)  # fmt: skip
CHARGE = Charge(
    REFERENCE, OURS.amount, "Aportes, crédito 881 y plan exequial", HOLDER, MORNING, "190.0.2.15", "Kiosk/1",
    Bank("1022", "Banco Unión"),
)  # fmt: skip


def kiosk(url: str, pauses: list[float] | None = None) -> Wompi:
    def pause(seconds: float) -> None:
        if pauses is not None:
            pauses.append(seconds)

    connection = Connection(
        Transport(f"{url}/v1"), login=PUBLIC, secret=PRIVATE, return_url="https://kiosco.invalid/retorno",
        page_hosts=frozenset({"pse.example"}), clock=lambda: MORNING, secrets={"integrity": INTEGRITY},
    )  # fmt: skip
    return Wompi(connection, pause)


@contextmanager
def answering(*answers: bytes) -> Iterator[RawServer]:
    """A server with these answers, the last one for ever."""
    left = list(answers)
    with raw_server(lambda to: to.sendall(left.pop(0) if len(left) > 1 else left[0])) as server:
        yield server


def test_signature_is_the_published_one() -> None:
    made = signature("KSK-2026-000123", Money.of("187450.35"), "test_integrity_DemoSecret01")
    assert made == "c43910ecf6de7b37eda3d3472e229dfd98c02b5177ea131f9b34ff3ba06b4e46"
    joined = b"KSK-2026-00012318745035COPtest_integrity_DemoSecret01"
    assert made == hashlib.sha256(joined).hexdigest()
    for pesos, cents in (("100", 10000), ("0.10", 10), ("9999999999999.99", 999999999999999)):
        wanted = hashlib.sha256(f"R1{cents}COP{INTEGRITY}".encode()).hexdigest()
        assert signature("R1", Money.of(pesos), INTEGRITY) == wanted


def test_creation_says_what_the_contract_wants() -> None:
    company = replace(HOLDER, kind=HolderKind.COMPANY, document=Document(DocumentType.NIT, "890000000"))
    made = reply(body(told("PENDING")), "201 Created")
    with answering(reply(MERCHANT), made, reply(MERCHANT), made) as server:
        assert kiosk(server.url).create(CHARGE) == Created(ID, PAGE)
        assert len(server.requests) == 2, "the page is known: nothing more to ask"
        kiosk(server.url).create(replace(CHARGE, holder=company))
        (first, sent), (_, of_company) = (_parts(each) for each in server.requests[1::2])
        assert server.requests[0].startswith(f"GET /v1/merchants/{PUBLIC} HTTP".encode())
    assert first.startswith("POST /v1/transactions HTTP")
    assert f"Authorization: Bearer {PUBLIC}" in first
    assert sent == {
        "acceptance_token": "eyJpresigned_acceptance",
        "accept_personal_auth": "eyJpresigned_personal_data_auth",
        "amount_in_cents": 18745035, "currency": "COP", "reference": REFERENCE,
        "customer_email": HOLDER.email, "redirect_url": "https://kiosco.invalid/retorno",
        "signature": hashlib.sha256(f"{REFERENCE}18745035COP{INTEGRITY}".encode()).hexdigest(),
        "payment_method": {
            "type": "PSE", "user_type": 0, "user_legal_id_type": "CC", "user_legal_id": "1023456789",
            "financial_institution_code": "1022", "payment_description": "Aportes, crédito 881 y plan ex",
            "reference_one": "190.0.2.15",
        },
        "customer_data": {"full_name": HOLDER.name, "phone_number": HOLDER.mobile},
    }  # fmt: skip
    method = of_company["payment_method"]
    assert (method["user_type"], method["user_legal_id_type"]) == (1, "NIT")


def _parts(request: bytes) -> tuple[str, Any]:
    head, _, sent = request.partition(b"\r\n\r\n")
    return head.decode(), json.loads(sent)


PAGES = {
    "comes later": ([NEW, told("PENDING", None), None, told("PENDING")], PAGE, 2),
    "decided before it came": ([NEW, told("DECLINED", {})], None, 0),
    "is somebody else's": ([NEW, told("PENDING", {}), OTHERS], None, 1),
    "never comes": ([NEW, NEW], None, 20),
}


@pytest.mark.parametrize("case", PAGES)
def test_page_is_asked_for_until_it_is_there(case: str) -> None:
    said, page, waited = PAGES[case]
    (made, *queried), pauses = said, list[float]()
    answers = [reply(body(each)) if each else reply(b"<html>", "500 Broken") for each in queried]
    with answering(reply(MERCHANT), reply(body(made), "201 Created"), *answers) as server:
        assert kiosk(server.url, pauses).create(CHARGE) == Created(ID, page)
        assert sum(request.startswith(b"POST") for request in server.requests) == 1
    assert len(pauses) == waited


@pytest.mark.parametrize(
    "said", [b"", b"<html>", body({}), MERCHANT.replace(b"eyJpresigned_personal_data_auth", b"")]
)
def test_nothing_is_created_without_the_acceptance_tokens(said: bytes) -> None:
    with answering(reply(said.replace(b'presigned_acceptance"', b'"'))) as server:
        assert kiosk(server.url).create(CHARGE) == NotCreated(ErrorKind.GARBAGE)
        assert kiosk(server.url).create(replace(CHARGE, bank=None)) == NotCreated(ErrorKind.INVALID_REQUEST)
        assert len(server.requests) == 1
    assert kiosk(f"http://127.0.0.1:{free_port()}").create(CHARGE) == NotCreated(ErrorKind.NOT_SENT)


def test_no_secret_in_logs_texts_and_foreign_calls(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    refused = error("INVALID_ACCESS_TOKEN", reason=f"La llave no es válida: {PRIVATE} {INTEGRITY}")
    with answering(reply(MERCHANT), reply(refused, "401 No", "Retry-After: 30")) as server:
        driver = kiosk(server.url)
        told_of = [driver.create(CHARGE), driver.query("7/../8", OURS), driver.find(OURS), driver.banks(),
                   driver.terms()]  # fmt: skip
        carrying = [request for request in server.requests if PRIVATE.encode() in request]
        lines = [request.split(b" HTTP")[0].decode() for request in server.requests]
    assert told_of[1:3] == [NoVerdict(ErrorKind.AUTHENTICATION, 30)] * 2
    assert lines[2:4] == ["GET /v1/transactions/7%2F..%2F8", f"GET /v1/transactions?reference={REFERENCE}"]
    assert [request.split(b" HTTP")[0].decode() for request in carrying] == [lines[3]]
    with pytest.raises(ValueError, match="integrity is missing") as missing:
        Wompi(Connection(Transport("http://x"), PUBLIC, PRIVATE, "", frozenset(), lambda: MORNING))
    away = kiosk(f"http://127.0.0.1:{free_port()}")
    said = f"{driver!r} {told_of} {missing.value!r} {away.find(OURS)} {caplog.text}"
    assert "/transactions" in caplog.text
    assert [secret for secret in (PRIVATE, INTEGRITY) if secret in said] == []


class TestTheSchemesOwnBlock:
    @pytest.mark.parametrize(
        ("word", "changed", "kind"),
        [
            ("APPROVED", {"transaction_state": "NOT_AUTHORIZED"}, ErrorKind.CONTRADICTION),
            ("APPROVED", {"transaction_state": "FAILED"}, ErrorKind.CONTRADICTION),
            ("APPROVED", {"transaction_state": "PENDING"}, ErrorKind.CONTRADICTION),
            ("APPROVED", {"return_code": "FAIL_EXCEEDEDLIMIT"}, ErrorKind.CONTRADICTION),
            ("APPROVED", {"transaction_value": "187450.34"}, ErrorKind.AMOUNT_MISMATCH),
            ("DECLINED", {"transaction_state": "OK"}, ErrorKind.CONTRADICTION),
            ("ERROR", {"transaction_state": "OK"}, ErrorKind.CONTRADICTION),
        ],
    )
    def test_where_it_contradicts_the_word_staff_must_look_with_all_that_was_seen(
        self, word: str, changed: dict[str, str], kind: ErrorKind
    ) -> None:
        data = told(word)
        data["payment_method"]["extra"] = {**data["payment_method"]["extra"], **changed}
        for answer in (read(data), Wompi.read_found(200, body([data]), OURS)):
            assert answer == Conflict(kind)
            assert isinstance(answer, Conflict)
            assert (answer.cus, answer.amount) == ("3271840055", OURS.amount)
            assert answer.decided_at is not None


def test_two_debits_of_one_reference_are_told_apart_and_the_earlier_one_counts() -> None:
    second = told(id="1190001-2", created_at=LATER, finalized_at="2026-03-02T14:50:00Z",
                  extra={**EXTRA, "traceability_code": "3271840077"})  # fmt: skip
    for listed in ([told(), second], [second, told()]):
        answer = verdict(Wompi.read_found(200, body(listed), OURS))
        assert (answer.cus, answer.gateway_id) == ("3271840055", ID)
        assert [each.cus for each in answer.approvals] == ["3271840055", "3271840077"]


def test_one_that_was_annulled_beside_an_approved_one_is_told() -> None:
    second = told("VOIDED", id="1190001-2", extra={**EXTRA, "traceability_code": "3271840077"})
    for listed in ([told(), second], [second, told()]):
        answer = verdict(Wompi.read_found(200, body(listed), OURS))
        assert (answer.status, answer.cus) == (Status.APPROVED, "3271840055")
        assert [(each.attempt, each.cus) for each in answer.taken_back] == [("1190001-2", "3271840077")]


def test_a_transaction_is_known_by_its_id_and_by_all_that_stood_for_its_cus() -> None:
    early = {**EXTRA, "traceability_code": "", "external_identifier": "E-1"}
    answers = [verdict(read(told(extra=extra))) for extra in (early, {**EXTRA, "external_identifier": "E-1"})]
    [first], [later] = (each.approvals for each in answers)
    assert (first.attempt, first.cus, later.attempt, later.cus) == (ID, "E-1", ID, "3271840055")
    assert later.also == {"3271840055", "E-1"}


def test_another_payers_document_is_not_ours() -> None:
    data = told()
    data["payment_method"]["user_legal_id"] = "1023456789"
    assert verdict(read(data, Expected(REFERENCE, OURS.amount, "6789"))).status is Status.APPROVED
    assert read(data, Expected(REFERENCE, OURS.amount, "1111")) == Conflict(ErrorKind.OTHER_PAYER)
