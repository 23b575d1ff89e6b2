"""What the PlacetoPay driver makes of recorded answers, and of anything else a server may say."""

from __future__ import annotations

import copy
import itertools
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.cooperative.money import Money
from kiosk.cooperative.payment import Event
from kiosk.pse.gateway import (
    Answer,
    Conflict,
    ErrorKind,
    Expected,
    NotCreated,
    NoVerdict,
    Status,
    UnknownIfCreated,
    Verdict,
)  # fmt: skip
from kiosk.pse.placetopay import PlacetoPay

Json = dict[str, Any]
REFERENCE = "KSK2026000123"
OURS = Expected(REFERENCE, Money.of(187450))


def status(word: str, reason: object = "00", message: str = "") -> Json:
    return {"status": word, "reason": reason, "message": message, "date": "2026-03-02T09:31:07-05:00"}


def attempt(word: str = "APPROVED", reason: object = "00", message: str = "", **changed: object) -> Json:
    """A transaction as recorded for PSE."""
    amount = {"currency": "COP", "total": 187450}
    return {
        "status": status(word, reason, message),
        "internalReference": 48213, "reference": REFERENCE, "paymentMethod": "pse", "refunded": False,
        "issuerName": "BANCO UNION COLOMBIANO", "authorization": "3271840055", "franchise": "_PSE_",
        "amount": {"from": amount, "to": amount, "factor": 1},
        "processorFields": [{"keyword": "merchantCode", "value": {"any": "thing"}, "displayOn": "none"},
                            {"keyword": "trazabilyCode", "value": 3271840055, "displayOn": "none"}],
    } | changed  # fmt: skip


def told(said: Json, *attempts: Json, amount: object = 187450, **changed: object) -> Json:
    """A session as the query tells it."""
    asked = {"reference": REFERENCE, "description": "Aportes", "allowPartial": False,
             "amount": {"currency": "COP", "total": amount}}  # fmt: skip
    return {
        "requestId": 900123, "status": said, "request": {"locale": "es_CO", "payment": asked},
        "payment": list(attempts) or None, "subscription": None,
    } | changed  # fmt: skip


def read(body: object, http: int = 200) -> Answer:
    return PlacetoPay.read_query(http, json.dumps(body).encode(), OURS)


# -- recorded answers ----------------------------------------------------------------------------

NO_FUNDS, FAILED = (
    attempt("REJECTED", "51", "Fondos insuficientes"),
    attempt("REJECTED", "?5", "No se realizó"),
)
WAITING = attempt("PENDING", "?-", "Transacción pendiente")
OPEN, DONE, EXPIRED = (
    status("PENDING", "PC"),
    status("APPROVED"),
    status("REJECTED", "XN", "La petición ha expirado"),
)

# Status, event, whether the last attempt is over, whether the gateway is done with it.
CREATED = (Status.CREATED, Event.SEEN_PENDING, False, False)
PENDING = (Status.PENDING, Event.SEEN_PENDING, False, False)
TRY_AGAIN = (Status.PENDING, Event.SEEN_PENDING, True, False)
APPROVED = (Status.APPROVED, Event.SEEN_OK, False, True)
REFUSED = (Status.REJECTED, Event.SEEN_NOT_AUTHORISED, False, True)
CANCELLED = (Status.CANCELLED, Event.SEEN_NOT_AUTHORISED, False, True)
TOO_LATE = (Status.EXPIRED, Event.SEEN_FAILED, False, True)

VERDICTS = {
    "untried": (told(OPEN), CREATED),
    "untried, empty list": (told(OPEN, payment=[]), CREATED),
    "at the bank": (told(status("PENDING", "PT"), WAITING), PENDING),
    "in validation": (told(status("PENDING_VALIDATION"), attempt("PENDING_VALIDATION", "?*")), PENDING),
    "to be confirmed": (told(status("PENDING_CONFIRMATION"), attempt("PENDING_CONFIRMATION")), PENDING),
    "refused, may try again": (told(OPEN, NO_FUNDS), TRY_AGAIN),
    "failed, may try again": (told(OPEN, FAILED), TRY_AGAIN),
    "second attempt waits": (told(status("PENDING", "PT"), WAITING, NO_FUNDS), PENDING),
    "approved": (told(DONE, attempt()), APPROVED),
    "approved, lower case": (told(status("approved"), attempt("approved")), APPROVED),
    "approved at the third attempt": (told(DONE, attempt(), NO_FUNDS, FAILED), APPROVED),
    "approved, old nesting": (told(DONE, payment={"transaction": attempt()}), APPROVED),
    "attempt has a reference of its own": (told(DONE, attempt(reference="10011")), APPROVED),
    "refunded": (told(DONE, attempt(refunded=True)), (Status.REVERSED, None, False, True)),
    "cancelled by the payer": (told(status("REJECTED", "?C")), CANCELLED),
    "cancelled by us": (told(status("REJECTED", "MC")), CANCELLED),
    "cancelled after a refusal": (told(status("REJECTED", "MC"), NO_FUNDS), REFUSED),
    "cancelled after a failure": (
        told(status("REJECTED", "MC"), FAILED), (Status.REJECTED, Event.SEEN_FAILED, False, True)),
    "expired untried": (told(EXPIRED), TOO_LATE),
    "expired after a refusal": (told(EXPIRED, NO_FUNDS), TOO_LATE),
    "expired by code": (told(status("REJECTED", "EX")), TOO_LATE),
    "too many attempts": (told(status("REJECTED", "XN"), NO_FUNDS), REFUSED),
    "partly paid": (told(status("APPROVED_PARTIAL", "P0"), attempt()), (Status.PARTIAL, None, False, False)),
    "partly paid and over": (told(status("PARTIAL_EXPIRED"), attempt()), (Status.PARTIAL, None, False, True)),
}  # fmt: skip


@pytest.mark.parametrize("case", VERDICTS)
def test_recorded_answer_is_this_verdict(case: str) -> None:
    body, ends = VERDICTS[case]
    answer = read(body)
    assert isinstance(answer, Verdict), answer
    assert (answer.status, answer.event(), answer.attempt_over, answer.final) == ends
    told_amount = answer.status in (Status.APPROVED, Status.REVERSED, Status.PARTIAL)
    assert answer.approved_amount == (OURS.amount if told_amount else None)
    assert answer.gateway_id == "900123"


def dollars(total: object = 187450) -> Json:
    return {"from": {"currency": "USD", "total": total}, "to": {"currency": "COP", "total": 187450}}


def pesos(total: object) -> Json:
    return {"from": {"currency": "COP", "total": total}, "to": {"currency": "COP", "total": 187450}}


def asking(**changed: object) -> Json:
    body = told(status("APPROVED"), attempt())
    body["request"]["payment"] |= changed
    return body


NOT_OURS = [
    (told(DONE, attempt(amount=pesos(187449))), ErrorKind.AMOUNT_MISMATCH),
    (told(DONE, attempt(amount=pesos("187450.01"))), ErrorKind.AMOUNT_MISMATCH),
    (told(DONE, attempt(amount=pesos(True))), ErrorKind.AMOUNT_MISMATCH),
    (told(DONE, attempt(amount=pesos(None))), ErrorKind.AMOUNT_MISMATCH),
    (told(DONE, attempt(amount=pesos("187.450"))), ErrorKind.AMOUNT_MISMATCH),
    (told(DONE, attempt(amount=pesos(-187450))), ErrorKind.AMOUNT_MISMATCH),
    (told(DONE, attempt(amount=dollars())), ErrorKind.CURRENCY_MISMATCH),
    (told(DONE, attempt(amount=None)), ErrorKind.CURRENCY_MISMATCH),
    (told(DONE, attempt(amount={"to": pesos(187450)["to"]})), ErrorKind.CURRENCY_MISMATCH),
    (told(DONE, attempt(), amount=187451), ErrorKind.AMOUNT_MISMATCH),
    (told(status("REJECTED"), amount="1874.50"), ErrorKind.AMOUNT_MISMATCH),
    (asking(amount={"currency": "USD", "total": 187450}), ErrorKind.CURRENCY_MISMATCH),
    (asking(amount=None), ErrorKind.CURRENCY_MISMATCH),
    (asking(reference="KSK2026000124"), ErrorKind.REFERENCE_MISMATCH),
    (asking(reference=REFERENCE.lower()), ErrorKind.REFERENCE_MISMATCH),
    (asking(reference=None), ErrorKind.REFERENCE_MISMATCH),
    (told(DONE, attempt(), request=None), ErrorKind.REFERENCE_MISMATCH),
    (told(status("PENDING"), WAITING, request={}), ErrorKind.REFERENCE_MISMATCH),
]


@pytest.mark.parametrize(("body", "kind"), NOT_OURS)
def test_answer_that_is_not_ours_is_a_conflict(body: Json, kind: ErrorKind) -> None:
    assert read(body) == Conflict(kind)


@pytest.mark.parametrize("inside", [attempt(), WAITING, attempt("PENDING_VALIDATION", "?*")])
@pytest.mark.parametrize("session", [EXPIRED, status("REJECTED", "MC"), status("REJECTED", "XN")])
def test_rejected_session_with_money_on_its_way_is_no_end(session: Json, inside: Json) -> None:
    answer = read(told(session, inside))
    assert isinstance(answer, Conflict | NoVerdict) or answer.event() is Event.SEEN_PENDING


FAULTS = [
    *((200, body, ErrorKind.GARBAGE) for body in (
        b"", b"<html>busy</html>", b"[]", b'"APPROVED"', b"null", b"{", b'{"status": "APPROVED', b"\xff\xfe",
        b"[" * 100_000)),
    (200, b"{}", ErrorKind.UNKNOWN_STATUS), (200, b'{"status": "APPROVED"}', ErrorKind.UNKNOWN_STATUS),
    (500, b"", ErrorKind.SERVER), (502, b"<html>", ErrorKind.SERVER), (503, b"{}", ErrorKind.SERVER),
    (302, b"", ErrorKind.GARBAGE), (404, b"", ErrorKind.GARBAGE),
]  # fmt: skip


@pytest.mark.parametrize(("http", "body", "kind"), FAULTS)
def test_answer_without_sense_is_no_verdict(http: int, body: bytes, kind: ErrorKind) -> None:
    assert PlacetoPay.read_query(http, body, OURS) == NoVerdict(kind)


REFUSALS = [
    (401, status("FAILED", 401, "Authentication failed 102"), ErrorKind.AUTHENTICATION),
    (401, status("FAILED", 401, "Autenticación fallida 101"), ErrorKind.AUTHENTICATION),
    (401, status("FAILED", 401, "Autenticación fallida 103"), ErrorKind.CLOCK),
    (200, status("FAILED", 401, "Failed authentication 103"), ErrorKind.CLOCK),
    (401, None, ErrorKind.AUTHENTICATION),
    (404, status("FAILED", "request_not_valid", "No existe la sesión"), ErrorKind.UNKNOWN_PAYMENT),
    (400, status("FAILED", "request_not_valid"), ErrorKind.INVALID_REQUEST),
    (400, status("FAILED", "XA"), ErrorKind.LIMIT),
    (200, status("FAILED", 0), ErrorKind.INVALID_REQUEST),
    (500, status("APPROVED"), ErrorKind.SERVER),
    (201, status("APPROVED"), ErrorKind.INVALID_REQUEST),
    *((200, status(word), ErrorKind.UNKNOWN_STATUS) for word in ("OK", "REFUNDED", "UNKNOWN", "ERROR")),
]  # fmt: skip


@pytest.mark.parametrize(("http", "said", "kind"), REFUSALS)
def test_failed_call_and_unknown_word_are_no_verdict(http: int, said: Json | None, kind: ErrorKind) -> None:
    assert read(told(said or {}, attempt()), http) == NoVerdict(kind)


def test_approved_session_without_an_approved_attempt_is_no_verdict() -> None:
    for attempts in ([], [WAITING], [NO_FUNDS]):
        assert read(told(status("APPROVED"), *attempts)) == NoVerdict(ErrorKind.UNKNOWN_STATUS)


def test_verdict_carries_what_the_bank_said() -> None:
    answer = read(told(status("APPROVED"), attempt()))
    assert isinstance(answer, Verdict)
    assert (answer.cus, answer.bank) == ("3271840055", "BANCO UNION COLOMBIANO")
    assert answer.decided_at == datetime(2026, 3, 2, 14, 31, 7, tzinfo=UTC)
    old = read(told(status("APPROVED"), attempt(processorFields=None, authorization="99001", issuerName=7)))
    assert isinstance(old, Verdict)
    assert (old.cus, old.bank) == ("99001", "7")
    bare = {name: value for name, value in attempt().items() if name in ("status", "amount")}
    least = read(told(status("APPROVED"), bare))
    assert isinstance(least, Verdict)
    assert (least.status, least.cus, least.bank) == (Status.APPROVED, None, None)
    refused = read(told(status("PENDING"), NO_FUNDS))
    assert isinstance(refused, Verdict)
    assert (refused.cause, refused.decided_at) == ("Fondos insuficientes", None)


@pytest.mark.parametrize("total", [187450, 187450.0, "187450", "187450.00", "187450.0"])
def test_amount_may_be_number_or_text(total: object) -> None:
    answer = read(told(status("APPROVED"), attempt(amount=pesos(total)), amount=total))
    assert isinstance(answer, Verdict)
    assert answer.approved_amount == OURS.amount


# -- anything whatsoever --------------------------------------------------------------------------

LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=12),
    st.sampled_from([187450, "187450.00", 187450.01, "COP", "USD", "APPROVED", REFERENCE, "KSK1"]),
)  # fmt: skip
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
)


def places(value: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield (*path, key)
        yield from places(value[key], (*path, key))  # type: ignore[index]


APPROVED_TWICE_TRIED = told(status("APPROVED"), attempt(), NO_FUNDS)
PLACES = list(places(APPROVED_TWICE_TRIED))


def spoilt(changes: list[tuple[tuple[Any, ...], object]]) -> Json:
    """The approved session with other things in these places, as far as they are still there."""
    body = copy.deepcopy(APPROVED_TWICE_TRIED)
    for (*path, last), value in changes:
        holder: Any = body
        try:
            for key in path:
                holder = holder[key]
            holder[last] = value
        except (KeyError, IndexError, TypeError):
            continue
    return body


def is_ours(amount: Any) -> bool:
    try:
        exact = not isinstance(amount["total"], bool) and Decimal(str(amount["total"])) == 187450
    except (TypeError, KeyError, InvalidOperation):
        return False
    return exact and amount["currency"] == "COP"


def truly_approved(body: Any) -> bool:
    """By the contract, read in the plainest way."""
    try:
        asked, attempts = body["request"]["payment"], body["payment"]
        paid = [each for each in attempts if isinstance(each, dict) and _word(each) == "APPROVED"]
        ours = asked["reference"] == REFERENCE and is_ours(asked["amount"])
        return ours and _word(body) == "APPROVED" and len(paid) == 1 and is_ours(paid[0]["amount"]["from"])
    except (TypeError, KeyError):
        return False


def _word(owner: Any) -> str:
    said = owner.get("status")
    return str(said.get("status")).upper() if isinstance(said, dict) else ""


@given(changes=st.lists(st.tuples(st.sampled_from(PLACES), ANYTHING), min_size=0, max_size=3))
def test_only_our_own_approval_is_believed(changes: list[tuple[tuple[Any, ...], object]]) -> None:
    body = spoilt(changes)
    answer = read(body)
    if isinstance(answer, Verdict) and answer.event() is Event.SEEN_OK:
        assert truly_approved(body), body
        assert answer.approved_amount == OURS.amount


@given(
    http=st.sampled_from([200, 201, 302, 400, 401, 404, 500]), body=ANYTHING.map(json.dumps).map(str.encode)
)
def test_any_json_is_read_and_never_approves(http: int, body: bytes) -> None:
    answer, created = PlacetoPay.read_query(http, body, OURS), PlacetoPay.read_creation(http, body, REFERENCE)
    assert isinstance(answer, NoVerdict | Conflict)
    assert isinstance(created, NotCreated if 300 <= http < 500 else UnknownIfCreated)


@given(body=st.binary(max_size=60))
def test_any_bytes_are_read(body: bytes) -> None:
    assert isinstance(PlacetoPay.read_query(200, body, OURS), NoVerdict)
    assert isinstance(PlacetoPay.read_creation(200, body, REFERENCE), UnknownIfCreated)


@pytest.mark.parametrize("number", [b"1e99999999999999999999", b"1e-99999999999999999999"])
def test_number_beyond_all_numbers_is_garbage(number: bytes) -> None:
    assert PlacetoPay.read_query(200, b'{"status": ' + number + b"}", OURS) == NoVerdict(ErrorKind.GARBAGE)


def test_text_that_is_no_text_gets_nowhere() -> None:
    answer = read(told(status("APPROVED"), attempt(issuerName="Banco \ud800", processorFields=[],
                                                   authorization="\udfff1")))  # fmt: skip
    assert isinstance(answer, Verdict)
    assert f"{answer.cus}{answer.bank}".encode() != b""


@pytest.mark.parametrize("date", ["0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00"])
def test_instant_beyond_the_calendar_is_none(date: str) -> None:
    answer = read(told(status("APPROVED"), attempt(status={**status("APPROVED"), "date": date})))
    assert isinstance(answer, Verdict)
    assert answer.decided_at is None


# -- several attempts, words that no document lists, dates that nobody can use ---------------------

UNLISTED = ("UNKNOWN", "ERROR", "OK", "FAILED", "PENDING_PAYMENT", "REFUNDED", "", "rechazada?")


def numbered(word: str, number: int, **changed: object) -> Json:
    """An attempt with a number and a CUS of its own."""
    fields = [{"keyword": "trazabilyCode", "value": f"7000{number}", "displayOn": "none"}]
    return attempt(word, internalReference=4000 + number, authorization=f"7000{number}",
                   processorFields=fields, **changed)  # fmt: skip


@pytest.mark.parametrize("word", UNLISTED)
@pytest.mark.parametrize("session", [OPEN, EXPIRED, status("REJECTED", "XN"), status("REJECTED", "?C")])
def test_an_attempt_with_an_unlisted_word_ends_nothing(word: str, session: Json) -> None:
    for attempts in ([numbered(word, 1)], [NO_FUNDS, numbered(word, 1)], [numbered(word, 1), NO_FUNDS]):
        answer = read(told(session, *attempts))
        assert isinstance(answer, Verdict)
        assert (answer.status, answer.attempt_over, answer.final) == (Status.PENDING, False, False)
        assert answer.cus == "70001"


@pytest.mark.parametrize(
    "words", list(itertools.permutations(["REJECTED", "PENDING", "UNKNOWN", "APPROVED"], 3))
)
@pytest.mark.parametrize("session", [OPEN, EXPIRED, DONE, status("PARTIAL_EXPIRED"), status("HELD")])
def test_no_order_of_attempts_ends_what_may_be_paid(session: Json, words: tuple[str, ...]) -> None:
    answer = read(told(session, *(numbered(word, at) for at, word in enumerate(words))))
    going = set(words) - {"REJECTED"}
    if isinstance(answer, Verdict):
        assert not (going and answer.attempt_over)
        assert not (going and answer.event() in (Event.SEEN_FAILED, Event.SEEN_NOT_AUTHORISED))
        assert (answer.status is Status.APPROVED) == (session is DONE)
        assert answer.ended_cus == {f"7000{at}" for at, word in enumerate(words) if word == "REJECTED"}
    elif isinstance(answer, Conflict):
        assert answer.cus is not None
        assert answer.amount == OURS.amount


def test_two_debits_are_told_apart_and_the_earlier_one_counts() -> None:
    first, second = numbered("APPROVED", 1), numbered("APPROVED", 2, issuerName="BANCO LLANOS")
    first["status"]["date"], second["status"]["date"] = (
        "2026-03-02T09:40:00-05:00",
        "2026-03-02T09:35:00-05:00",
    )
    for attempts in ([first, second], [second, first], [second, NO_FUNDS, first]):
        answer = read(told(DONE, *attempts))
        assert isinstance(answer, Verdict)
        assert (answer.status, answer.cus, answer.bank) == (Status.APPROVED, "70002", "BANCO LLANOS")
        assert [each.cus for each in answer.approvals] == ["70002", "70001"]


def test_a_debit_listed_twice_is_one() -> None:
    answer = read(told(DONE, attempt(), attempt()))
    assert isinstance(answer, Verdict)
    assert (answer.status, len(answer.approvals)) == (Status.APPROVED, 1)


@pytest.mark.parametrize("same", ["number", "cus"])
def test_a_number_or_a_cus_of_its_own_makes_it_another_debit(same: str) -> None:
    first, second = numbered("APPROVED", 1), numbered("APPROVED", 2)
    if same == "number":
        second["internalReference"] = first["internalReference"]
    else:
        second["processorFields"] = first["processorFields"]
    answer = read(told(DONE, first, second))
    assert isinstance(answer, Verdict)
    assert len(answer.approvals) == 2


@pytest.mark.parametrize(
    "date",
    ["0001-01-01T00:00:00Z", "1-01-01T00:00:00Z", "9999-12-31T23:59:59-05:00", "1753-01-01T00:00:00Z",
     "1900-01-01T00:00:00Z", "2026-13-40T00:00:00Z", "2026-11-26T10:00:00", "", None, 0, "ayer", [], {}],
)  # fmt: skip
def test_a_date_that_can_not_be_used_is_none_and_hinders_nothing(date: object) -> None:
    paid = attempt()
    paid["status"]["date"] = date
    answer = read(told(DONE, paid))
    assert isinstance(answer, Verdict)
    assert (answer.status, answer.cus, answer.decided_at) == (Status.APPROVED, "3271840055", None)


@pytest.mark.parametrize("refunded", [True, "true", "TRUE", 1, "1", "yes", "si", "x", 0.5, "partial"])
def test_a_debit_that_may_have_gone_back_is_never_credited(refunded: object) -> None:
    answer = read(told(DONE, attempt(refunded=refunded)))
    assert isinstance(answer, Verdict)
    assert answer.status is Status.REVERSED


def test_one_of_two_debits_that_went_back_leaves_the_other() -> None:
    first, second = numbered("APPROVED", 1), numbered("APPROVED", 2)
    for back, stands in ((first, second), (second, first)):
        answer = read(told(DONE, {**back, "refunded": True}, stands))
        assert isinstance(answer, Verdict)
        assert (answer.status, answer.cus) == (Status.APPROVED, stands["authorization"])
        assert [each.cus for each in answer.taken_back] == [back["authorization"]]
    answer = read(told(DONE, *({**each, "refunded": True} for each in (first, second))))
    assert isinstance(answer, Verdict)
    assert answer.status is Status.REVERSED


def test_an_attempt_is_known_by_its_number_and_by_all_that_stood_for_its_cus() -> None:
    known = {**numbered("APPROVED", 1), "authorization": "000123"}
    before = {**known, "processorFields": []}
    answers = [read(told(DONE, each)) for each in (before, known)]
    [first], [later] = (each.approvals for each in answers if isinstance(each, Verdict))
    assert (first.attempt, first.cus, later.attempt, later.cus) == ("4001", "000123", "4001", "70001")
    assert later.also == {"70001", "000123"}
    refused = read(told(status("REJECTED", "XN"), {**known, **NO_FUNDS, "authorization": "000123"}))
    assert isinstance(refused, Verdict)
    assert "000123" in (refused.ended_cus or ())


@pytest.mark.parametrize("refunded", [False, None, "false", 0, "0", "no", ""])
def test_a_debit_that_did_not_go_back_is_credited(refunded: object) -> None:
    answer = read(told(DONE, attempt(refunded=refunded)))
    assert isinstance(answer, Verdict)
    assert answer.status is Status.APPROVED


def test_another_payers_document_is_not_ours() -> None:
    body = told(DONE, attempt())
    body["request"]["buyer"] = {"document": "1023456789", "documentType": "CC"}
    for ends, wanted in (("6789", Status.APPROVED), ("1111", ErrorKind.OTHER_PAYER)):
        answer = PlacetoPay.read_query(200, json.dumps(body).encode(), Expected(REFERENCE, OURS.amount, ends))
        assert (answer.status if isinstance(answer, Verdict) else answer.kind) is wanted


# -- refusals of a creation, whoever wrote them ----------------------------------------------------

FIREWALL = b"<!DOCTYPE html><html><title>Attention required</title></html>"
FRAMEWORKS = [
    b'{"message": "The given data was invalid.", "errors": {"payment.description": ["demasiado larga"]}}',
    b'{"type": "about:blank", "title": "Bad Request", "status": 400}',
    b'{"timestamp": "2026-11-26T10:00:00Z", "status": 400, "error": "Bad Request", "path": "/api/session"}',
    b'{"detail": "JSON parse error"}', FIREWALL, b"", b"null", b"[]",
]  # fmt: skip
UNKNOWN_AFTER = {408, 409, 499}


@pytest.mark.parametrize("http", range(300, 600))
def test_every_refusal_before_the_work_is_not_created(http: int) -> None:
    for body in FRAMEWORKS:
        created = PlacetoPay.read_creation(http, body, REFERENCE)
        certain = http < 500 and http not in UNKNOWN_AFTER
        assert isinstance(created, NotCreated if certain else UnknownIfCreated), (http, body)


@pytest.mark.parametrize("http", range(100, 600))
def test_no_status_makes_a_verdict_of_a_page(http: int) -> None:
    for body in FRAMEWORKS:
        assert isinstance(PlacetoPay.read_query(http, body, OURS), NoVerdict)


SENTENCES = [
    ("El campo name no debe ser mayor que 100 caracteres", ErrorKind.INVALID_REQUEST),
    ("El valor debe estar entre 103 a 5000000", ErrorKind.INVALID_REQUEST),
    ("La sesión 105 no existe", ErrorKind.INVALID_REQUEST),
    ("Authentication failed 103", ErrorKind.CLOCK),
    ("Autenticación fallida 101", ErrorKind.AUTHENTICATION),
    ("Failed authentication 102", ErrorKind.AUTHENTICATION),
    ("107", ErrorKind.AUTHENTICATION),
]


@pytest.mark.parametrize(("message", "kind"), SENTENCES)
def test_a_number_in_a_sentence_is_no_code(message: str, kind: ErrorKind) -> None:
    body = json.dumps({"status": status("FAILED", "request_not_valid", message)}).encode()
    assert PlacetoPay.read_creation(400, body, REFERENCE) == NotCreated(kind)
    assert PlacetoPay.read_query(400, body, OURS) == NoVerdict(kind)


def test_windows_letters_and_php_numbers_are_read() -> None:
    body = json.dumps(told(DONE, attempt(issuerName="BANCO UNIÓN")), ensure_ascii=False)
    old = body.replace("187450", "187450.00000000003").encode("cp1252")
    answer = PlacetoPay.read_query(200, old, OURS)
    assert isinstance(answer, Verdict)
    assert (answer.status, answer.bank, answer.approved_amount) == (
        Status.APPROVED,
        "BANCO UNIÓN",
        OURS.amount,
    )
