"""The PlacetoPay driver on the wire: what it and the sandbox tell each other, also when things go wrong."""

from __future__ import annotations

import hashlib
import json
import re
import socket
import uuid
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
import requests
from counterparts import HOLDER
from sandbox_servers import (
    PATIENCE,
    SECRETS,
    fault,
    free_port,
    pay,
    raw_server,
    reply,
    sessions,
    setting,
)

from kiosk.cooperative.money import Money
from kiosk.cooperative.payment import Event
from kiosk.pse import gateway_line
from kiosk.pse.gateway import (
    Answer,
    Charge,
    Conflict,
    Connection,
    Created,
    Creation,
    ErrorKind,
    Expected,
    NotCreated,
    NoVerdict,
    Status,
    UnknownIfCreated,
    Verdict,
)  # fmt: skip
from kiosk.pse.placetopay import PlacetoPay, authentication
from kiosk.pse.wire import written
from kiosk.settings import Url
from kiosk.transport import Timeouts, Transport

Json = dict[str, Any]
OURS = Expected("KSK2026000123", Money.of(187450))
HASTY = Timeouts(connect=2, answer=0.4)

# Status, event, whether the last attempt is over, whether the gateway is done with it.
PENDING = (Status.PENDING, Event.SEEN_PENDING, False, False)
TRY_AGAIN = (Status.PENDING, Event.SEEN_PENDING, True, False)
APPROVED = (Status.APPROVED, Event.SEEN_OK, False, True)

LOGIN, SECRET = "kiosk-demo-login", SECRETS["KIOSK_SANDBOX_SECRET"]


def driver(url: str, *, secret: str = SECRET, login: str = LOGIN, off: float = 0) -> PlacetoPay:
    """A kiosk whose clock is `off` minutes fast."""
    return PlacetoPay(
        Connection(
            Transport(url), login=login, secret=secret, return_url="https://kiosco.invalid/retorno",
            page_hosts=frozenset({"pse.example"}), clock=lambda: datetime.now(UTC) + timedelta(minutes=off),
        )
    )  # fmt: skip


def charge(pesos: str = "187450", minutes: float = 15, email: str = HOLDER.email) -> Charge:
    holder = replace(HOLDER, email=email)
    until = datetime.now(UTC) + timedelta(minutes=minutes)
    reference = f"KSK{uuid.uuid4().hex[:12].upper()}"
    return Charge(reference, Money.of(pesos), "Aportes y crédito", holder, until, "127.0.0.1", "Kiosk/1")


@pytest.fixture
def gateway(gateway_url: str) -> Iterator[str]:
    yield gateway_url
    setting(gateway_url, faults=None, amount_as_text=False)


def opened(url: str, wanted: Charge) -> Created:
    created = driver(url).create(wanted)
    assert isinstance(created, Created)
    assert created.redirect_url
    return created


def asked(url: str, created: Created, wanted: Charge, off: float = 0) -> Answer:
    return driver(url, off=off).query(created.gateway_id, Expected(wanted.reference, wanted.amount))


def key_of(nonce: bytes, seed: str, secret: str) -> str:
    return b64encode(hashlib.sha256(nonce + seed.encode() + secret.encode()).digest()).decode()


def test_authentication_is_the_published_one() -> None:
    seed = "2026-03-02T09:15:00-05:00"
    made = authentication("mine", "demoSecret42", "kioskNonce0001AA", seed)
    key = "l9lg5Dtuo6w0G20pVz81gv0VxKIdXuLa4fLrcFP724Q="
    assert key == key_of(b"kioskNonce0001AA", seed, "demoSecret42")
    assert made == {"login": "mine", "tranKey": key, "nonce": "a2lvc2tOb25jZTAwMDFBQQ==", "seed": seed}


def test_every_call_proves_itself_anew_and_never_shows_the_secret(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    with raw_server(lambda connection: connection.sendall(reply(b"{}", "500 Broken"))) as server:
        kiosk = driver(server.url)
        kiosk.create(charge())
        kiosk.query("7/../8", OURS)
        kiosk.cancel("7")
        lines = [request.split(b" HTTP")[0].decode() for request in server.requests]
        proofs = [json.loads(request.partition(b"\r\n\r\n")[2])["auth"] for request in server.requests]
        assert not any(SECRET.encode() in request for request in server.requests)
    assert lines == ["POST /api/session", "POST /api/session/7%2F..%2F8", "POST /api/session/7/cancel"]
    assert len({proof["nonce"] for proof in proofs}) == 3
    for proof in proofs:
        assert proof["tranKey"] == key_of(b64decode(proof["nonce"]), proof["seed"], SECRET)
        assert datetime.fromisoformat(proof["seed"]).utcoffset() == timedelta(hours=-5)
        assert proof["tranKey"] not in caplog.text
    assert SECRET not in caplog.text + repr(kiosk)


@pytest.mark.parametrize(
    ("pesos", "written"),
    [
        ("0.10", b"0.10"),
        ("100", b"100"),
        ("1234567.89", b"1234567.89"),
        ("9999999999999.99", b"9999999999999.99"),
    ],
)
def test_amount_is_written_exactly(gateway: str, pesos: str, written: bytes) -> None:
    wanted = charge(pesos)
    with raw_server(lambda connection: connection.sendall(reply())) as server:
        driver(server.url).create(wanted)
        assert re.findall(rb'"total": ?([^,}]*)', server.requests[0]) == [written]
    created = opened(gateway, wanted)
    (session,) = sessions(gateway, wanted.reference)
    assert session["amount"] == wanted.amount.wire()
    assert (session["number"], session["return_url"]) == (
        int(created.gateway_id), f"https://kiosco.invalid/retorno?ref={wanted.reference}")  # fmt: skip
    pay(created.redirect_url or "")
    answer = asked(gateway, created, wanted)
    assert isinstance(answer, Verdict)
    assert answer.approved_amount == wanted.amount


@pytest.mark.parametrize(
    ("outcome", "ends"),
    [("approve", APPROVED), ("never", APPROVED), ("decline", TRY_AGAIN), ("funds", TRY_AGAIN),
     ("fail", TRY_AGAIN), ("pending", PENDING)],
)  # fmt: skip
def test_what_the_bank_decides_is_the_verdict(gateway: str, outcome: str, ends: object) -> None:
    setting(gateway, amount_as_text=outcome == "never")
    wanted = charge()
    created = opened(gateway, wanted)
    assert asked(gateway, created, wanted) == Verdict(Status.CREATED, gateway_id=created.gateway_id)
    pay(created.redirect_url or "", outcome)
    answer = asked(gateway, created, wanted)
    assert isinstance(answer, Verdict)
    assert (answer.status, answer.event(), answer.attempt_over, answer.final) == ends
    assert answer.technical is (outcome == "fail")
    (debit,) = sessions(gateway, wanted.reference)[0]["debits"]
    assert (answer.cus, answer.bank) == (debit["cus"], debit["bank_name"])
    driver(gateway).cancel(created.gateway_id)
    closed = asked(gateway, created, wanted)
    assert isinstance(closed, Verdict)
    assert closed.final is (outcome != "pending")


def test_session_ends_unpaid_when_cancelled_or_expired(gateway: str) -> None:
    wanted = charge()
    created = opened(gateway, wanted)
    driver(gateway).cancel(created.gateway_id)
    answer = asked(gateway, created, wanted)
    assert isinstance(answer, Verdict)
    assert answer.status is Status.CANCELLED
    created = opened(gateway, wanted)
    requests.post(f"{gateway}/sandbox/sessions/{created.gateway_id}/expire", timeout=PATIENCE)
    answer = asked(gateway, created, wanted)
    assert isinstance(answer, Verdict)
    assert (answer.status, answer.event()) == (Status.EXPIRED, Event.SEEN_FAILED)


def test_answer_to_another_payment_is_a_conflict(gateway: str) -> None:
    mine, other = charge(), charge("187451")
    theirs = opened(gateway, other)
    pay(theirs.redirect_url or "")
    assert asked(gateway, theirs, mine) == Conflict(ErrorKind.REFERENCE_MISMATCH)
    dearer = Expected(other.reference, mine.amount)
    assert driver(gateway).query(theirs.gateway_id, dearer) == Conflict(ErrorKind.AMOUNT_MISMATCH)


CREATIONS: list[tuple[Json, Creation, int]] = [
    ({"kind": "http_500"}, UnknownIfCreated(ErrorKind.SERVER), 0),
    ({"kind": "html_500"}, UnknownIfCreated(ErrorKind.SERVER), 0),
    ({"kind": "drop_before"}, UnknownIfCreated(ErrorKind.NO_ANSWER), 0),
    ({"kind": "drop_after"}, UnknownIfCreated(ErrorKind.NO_ANSWER), 1),
    ({"kind": "garbage"}, UnknownIfCreated(ErrorKind.GARBAGE), 1),
    ({"kind": "cut_body"}, UnknownIfCreated(ErrorKind.NO_ANSWER), 1),
    ({"kind": "delay", "seconds": 1.5}, UnknownIfCreated(ErrorKind.NO_ANSWER), 1),
]


@pytest.mark.parametrize(("trouble", "creation", "made"), CREATIONS)
def test_spoilt_creation_may_exist_and_is_never_repeated(
    gateway: str, monkeypatch: pytest.MonkeyPatch, trouble: Json, creation: Creation, made: int
) -> None:
    if trouble["kind"] == "delay":
        monkeypatch.setattr(gateway_line, "_CREATE", HASTY)
    fault(gateway, "create", **trouble)
    wanted = charge()
    assert driver(gateway).create(wanted) == creation
    assert len(sessions(gateway, wanted.reference)) == made


def test_refused_creation_certainly_made_nothing(gateway: str) -> None:
    wanted = charge(minutes=1)
    assert driver(gateway).create(wanted) == NotCreated(ErrorKind.INVALID_REQUEST)
    assert driver(gateway).create(charge(email="sin arroba " * 9)) == NotCreated(ErrorKind.INVALID_REQUEST)
    assert driver(gateway, secret="other").create(wanted) == NotCreated(ErrorKind.AUTHENTICATION)
    assert driver(gateway, login="other").create(wanted) == NotCreated(ErrorKind.AUTHENTICATION)
    assert driver(f"http://127.0.0.1:{free_port()}").create(wanted) == NotCreated(ErrorKind.NOT_SENT)
    assert sessions(gateway, wanted.reference) == []


@pytest.mark.parametrize(
    ("kind", "error"),
    [("http_500", ErrorKind.SERVER), ("html_500", ErrorKind.SERVER), ("garbage", ErrorKind.GARBAGE),
     ("drop_before", ErrorKind.NO_ANSWER), ("drop_after", ErrorKind.NO_ANSWER),
     ("cut_body", ErrorKind.NO_ANSWER), ("delay", ErrorKind.NO_ANSWER)],
)  # fmt: skip
def test_spoilt_query_says_nothing_and_the_next_one_does(
    gateway: str, monkeypatch: pytest.MonkeyPatch, kind: str, error: ErrorKind
) -> None:
    wanted = charge()
    created = opened(gateway, wanted)
    pay(created.redirect_url or "")
    if kind == "delay":
        monkeypatch.setattr(gateway_line, "_ASK", HASTY)
    fault(gateway, "query", kind, **({"seconds": 1.5} if kind == "delay" else {}))
    assert asked(gateway, created, wanted) == NoVerdict(error)
    monkeypatch.undo()
    answer = asked(gateway, created, wanted)
    assert isinstance(answer, Verdict)
    assert answer.status is Status.APPROVED


def test_clock_fault_is_corrected_by_the_gateways_date(gateway: str) -> None:
    wanted = charge()
    created = opened(gateway, wanted)
    for off in (-400, 6, 90):
        assert asked(gateway, created, wanted, off) == Verdict(Status.CREATED, gateway_id=created.gateway_id)


def test_creation_refused_for_the_clock_teaches_the_time(gateway: str) -> None:
    for minutes in (-6, 6):
        wanted = charge()
        assert isinstance(driver(gateway, off=minutes).create(wanted), Created)
        assert len(sessions(gateway, wanted.reference)) == 1


@pytest.mark.parametrize("off", [-12, 12])
def test_what_ends_ends_by_the_gateways_clock_as_soon_as_it_is_known(off: int) -> None:
    def answer(connection: socket.socket) -> None:
        date = format_datetime(datetime.now(UTC), usegmt=True)
        connection.sendall(reply(b"{}", "500 Broken", f"Date: {date}"))

    with raw_server(answer) as server:
        kiosk, ends = driver(server.url, off=off), []
        for _ in range(2):
            ours = datetime.now(UTC) + timedelta(minutes=off)
            kiosk.create(replace(charge(), expires_at=ours + timedelta(minutes=15)))
            sent = json.loads(server.requests[-1].partition(b"\r\n\r\n")[2])
            ends.append(datetime.fromisoformat(sent["expiration"]) - datetime.now(UTC))
    first, second = (round(each.total_seconds() / 60) for each in ends)
    assert (first, second) == (15 + off, 15)


def test_return_address_and_hosts() -> None:
    kiosk = driver("http://127.0.0.1:8080")
    assert kiosk.allowed_hosts() == {"pse.example", "127.0.0.1:8080"}
    assert kiosk.is_return("https://kiosco.invalid/retorno/?ref=KSK1&status=APPROVED#x")
    for elsewhere in ("http://kiosco.invalid/retorno", "https://kiosco.invalid/retorno2", "https://[",
                      "https://kiosco.invalid@pse.example/retorno"):  # fmt: skip
        assert not kiosk.is_return(elsewhere)


def test_an_address_of_the_settings_is_a_text_like_any_other() -> None:
    said = json.loads(written({"url": Url("https://kiosco.invalid/ñ"), "sum": Money.of("187450.50")}))
    assert said == {"url": "https://kiosco.invalid/ñ", "sum": 187450.5}
    assert b'"sum":187450.50' in written({"sum": Money.of("187450.50")})
