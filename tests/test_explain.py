"""`kiosk pse explain` as support uses it: the real command, recorded bytes in, one JSON object out."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.cooperative.money import Money
from kiosk.pse.drivers import DRIVERS
from kiosk.pse.explain import Operation, RecordedCall, Silence, explain

REFERENCE = "KSK2026000123"
KIOSK = Path(sys.executable).with_name("kiosk")
KEYS = ["answer", "status", "final", "credit_obligation", "ask_again", "alert_staff", "error_kind",
        "approved_amount", "cus", "bank_name", "gateway_payment_id", "redirect_url",
        "further_debits"]  # fmt: skip
AMOUNT = {"currency": "COP", "total": 185000}
RECORD = (
    f"|1|1|1|1|185000|185000|0|Aportes|1900100101|Ana|Perez|3001234567|KIOSK:{REFERENCE}|||||02/03/2026"
    " 09:31:07|29|18092100031|2701|1040|BANCO UNION COLOMBIANO|1468228|7|;|"
)


def placetopay(word: str, reference: str = REFERENCE, amount: object = 185000) -> bytes:
    attempt = {
        "status": {"status": word, "reason": "00"}, "reference": reference, "authorization": "1468228",
        "paymentMethod": "_pse", "issuerName": "BANCO UNION COLOMBIANO",
        "amount": {"from": AMOUNT | {"total": amount}, "to": AMOUNT | {"total": amount}},
        "processorFields": [{"keyword": "trazabilyCode", "value": "1468228", "displayOn": "none"}],
    }  # fmt: skip
    asked = {"payment": {"reference": reference, "amount": AMOUNT | {"total": amount}}}
    return json.dumps(
        {"requestId": 7, "status": {"status": word, "reason": "00"}, "request": asked, "payment": [attempt]}
    ).encode()


def wompi(word: str, reference: str = REFERENCE, amount: int = 185000) -> bytes:
    extra = {"traceability_code": "1468228", "async_payment_url": "https://pse.example/x"}
    return json.dumps(
        {"data": {"id": "1-7", "status": word, "reference": reference, "currency": "COP",
                  "amount_in_cents": amount * 100, "payment_method": {"type": "PSE", "extra": extra}}}
    ).encode()  # fmt: skip


def zonapagos(word: str, reference: str = REFERENCE, amount: int = 185000) -> bytes:
    listed = RECORD.replace("|1|185000|185000|", f"|{word}|{amount}|{amount}|").replace(REFERENCE, reference)
    return json.dumps(
        {"int_estado": 1, "int_error": 0, "int_cantidad_pagos": 1, "str_res_pago": listed}
    ).encode()


BODIES = {"placetopay": placetopay, "wompi": wompi, "zonapagos": zonapagos}
APPROVED = {"placetopay": "APPROVED", "wompi": "APPROVED", "zonapagos": "1"}
PENDING = {"placetopay": "PENDING", "wompi": "PENDING", "zonapagos": "999"}
REFUSED = {"placetopay": "REJECTED", "wompi": "DECLINED", "zonapagos": "1000"}


def told(*arguments: str, body: bytes = b"") -> dict[str, object]:
    """Through the installed command."""
    ran = subprocess.run(
        [KIOSK, "pse", "explain", *arguments], input=body, capture_output=True,
        timeout=60, check=False,
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, b""), ran
    found = json.loads(ran.stdout)
    assert list(found) == KEYS
    return found  # type: ignore[no-any-return]


def read(gateway: str, body: bytes, **ours: object) -> dict[str, object]:
    given = {"reference": REFERENCE, "amount": Money.of(185000)} | ours
    return explain(DRIVERS[gateway].load(), Operation.QUERY, RecordedCall(200, body), **given)  # type: ignore[arg-type]


@pytest.fixture(params=list(DRIVERS))
def gateway(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_approval_through_the_command(gateway: str, tmp_path: Path) -> None:
    (tmp_path / "answer.json").write_bytes(BODIES[gateway](APPROVED[gateway]))
    asked = (gateway, "--operation", "query", "--reference", REFERENCE, "--amount", "185000")
    found = told(*asked, str(tmp_path / "answer.json"))
    assert found["answer"] == "verdict"
    assert found["status"] == "APPROVED"
    assert found["credit_obligation"] is True
    assert found["final"] is True
    assert found["ask_again"] is False
    assert (found["approved_amount"], found["cus"]) == ("185000.00", "1468228")
    assert told(*asked, "-", body=(tmp_path / "answer.json").read_bytes()) == found


def test_states_are_one_word_for_all(gateway: str) -> None:
    pending, refused = read(gateway, BODIES[gateway](PENDING[gateway])), read(
        gateway, BODIES[gateway](REFUSED[gateway])
    )  # fmt: skip
    assert (pending["status"], pending["final"], pending["ask_again"]) == ("PENDING", False, True)
    assert refused["status"] == "REJECTED"
    assert refused["credit_obligation"] is False


def test_not_ours_is_a_conflict_for_staff(gateway: str) -> None:
    approved = BODIES[gateway](APPROVED[gateway])
    for ours in ({"reference": "KSK2026000999"}, {"amount": Money.of(185001)}):
        found = read(gateway, approved, **ours)
        assert (found["answer"], found["alert_staff"], found["credit_obligation"]) == (
            "conflict",
            True,
            False,
        )
        assert found["status"] is None
        assert found["ask_again"] is False


@pytest.mark.parametrize("missing", [{"reference": ""}, {"amount": None}])
def test_what_was_not_compared_credits_nothing(gateway: str, missing: dict[str, object]) -> None:
    found = read(gateway, BODIES[gateway](APPROVED[gateway]), **missing)
    assert (found["status"], found["credit_obligation"]) == ("APPROVED", False)


def test_no_answer_keeps_what_is_stored(gateway: str) -> None:
    for silence, kind in (("connect_timeout", "not_sent"), ("read_timeout", "no_answer")):
        asked = told(gateway, "--operation", "query", "--no-answer", silence)
        assert (asked["answer"], asked["status"], asked["error_kind"]) == ("no_verdict", None, kind)
        assert asked["ask_again"] is True
    assert told(gateway, "--operation", "create", "--no-answer", "connect_timeout")["answer"] == "not_created"
    assert told(gateway, "--operation", "create", "--no-answer", "read_timeout")["answer"] == (
        "unknown_if_created"
    )


@pytest.mark.parametrize("operation", list(Operation))
@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b"\xff", b"[" * 100_000])
def test_garbage_is_said_to_be_garbage(gateway: str, operation: Operation, body: bytes) -> None:
    driver = DRIVERS[gateway].load()
    for http in (200, 500, 302):
        found = explain(
            driver, operation, RecordedCall(http, body), reference=REFERENCE, amount=Money.of(185000)
        )
        assert list(found) == KEYS
        assert found["status"] is None
        assert found["credit_obligation"] is False
        refused = "not_created" if http == 302 else "unknown_if_created"
        assert found["answer"] == (refused if operation is Operation.CREATE else "no_verdict")


def test_silence_is_not_recorded_bytes(gateway: str) -> None:
    driver = DRIVERS[gateway].load()
    assert explain(driver, Operation.QUERY_BY_REFERENCE, Silence.READ)["answer"] == "no_verdict"


@pytest.mark.parametrize(
    "arguments",
    [
        ("--amount", "-5"),
        ("--amount", "abc"),
        ("no-such-file",),
        ("--http-status", "x"),
        ("--operation", "pay"),
    ],
)
def test_wrong_use_is_said_in_a_line(arguments: tuple[str, ...]) -> None:
    ran = subprocess.run(
        [KIOSK, "pse", "explain", "wompi", "--operation", "query", *arguments],
        input=b"", capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert ran.returncode == 2
    assert ran.stdout == b""
    assert b"Traceback" not in ran.stderr
    assert ran.stderr.strip()


@pytest.mark.parametrize("name", ["placetopay", "wompi", "zonapagos"])
def test_a_conflict_tells_staff_amount_and_cus(name: str) -> None:
    body = BODIES[name](APPROVED[name], amount=185001)
    found = explain(
        DRIVERS[name].load(), Operation.QUERY, RecordedCall(200, body), reference=REFERENCE,
        amount=Money.of(185000),
    )  # fmt: skip
    assert (found["answer"], found["alert_staff"]) == ("conflict", True)
    assert (found["approved_amount"], found["cus"]) == ("185001.00", "1468228")


def test_a_second_debit_is_told_whole() -> None:
    body = json.loads(placetopay("APPROVED"))
    second = json.loads(json.dumps(body["payment"][0]))
    second |= {"authorization": "1468999", "internalReference": 2, "issuerName": "BANCO DOS"}
    second["processorFields"][0]["value"] = "1468999"
    body["payment"].append(second)
    found = explain(
        DRIVERS["placetopay"].load(), Operation.QUERY, RecordedCall(200, json.dumps(body).encode()),
        reference=REFERENCE, amount=Money.of(185000),
    )  # fmt: skip
    assert (found["answer"], found["cus"], found["alert_staff"]) == ("verdict", "1468228", True)
    assert found["further_debits"] == [{"amount": "185000.00", "cus": "1468999", "bank_name": "BANCO DOS"}]
