"""The Member Core API driver when the line, the core or its token server goes wrong."""

from __future__ import annotations

import itertools
import json
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from contract import SPEC, CheckedTransport
from counterparts import MORNING
from sandbox_servers import (
    MARIA,
    MARIAS_KEY,
    SECRETS,
    fault,
    free_port,
    movements,
    paid,
    puts,
    raw_server,
    reply,
    setting,
    terminal,
)

from kiosk.cooperative.member import Member, MemberSession
from kiosk.member_core import connector, core_api
from kiosk.member_core.connector import (
    CoreError,
    CoreMisconfigured,
    CoreUnreachable,
    MemberBlocked,
    MemberLocked,
    Posting,
    PostingRefused,
    PostingStatus,
    SessionOver,
    WrongKey,
)
from kiosk.member_core.core_api import CoreApi
from kiosk.transport import Timeouts, Transport

HASTY = Timeouts(connect=2, answer=0.5)
Json = dict[str, Any]


@pytest.fixture
def core(url: str) -> CoreApi:
    """What it says must be the contract's; what it hears can not always be."""
    return terminal(url, api=CheckedTransport(f"{url}/v1", answers=False))


# -- every fault ---------------------------------------------------------------------------------

KINDS = [
    "drop_before",
    "drop_after",
    "http_500",
    "html_500",
    "garbage",
    "cut_body",
    "status_503",
    "status_429",
]
CALLS: dict[str, Callable[[CoreApi, MemberSession], object]] = {
    "getStatus": lambda core, _: core.status(),
    "createMemberSession": lambda core, _: core.sign_in(MARIA, MARIAS_KEY),
    "requestPasswordRecovery": lambda core, _: core.recover_key(MARIA),
    "listObligations": lambda core, session: core.obligations(session),
    "putPayment": lambda core, _: core.post(ONE),
    "getPayment": lambda core, _: core.posting(ONE.payment_id),
    "listPayments": lambda core, _: core.recorded(NIGHT, NIGHT + timedelta(days=1)),
    "deleteMemberSession": lambda core, session: core.sign_out(session),
}
ONE, NIGHT = paid(), datetime.now(UTC) - timedelta(hours=12)
NO_BODY = {"deleteMemberSession": {"garbage", "cut_body"}}  # 204 says it all


@pytest.mark.parametrize("operation", CALLS)
def test_fault_is_told_once_and_the_next_call_works(
    core: CoreApi, maria: MemberSession, url: str, operation: str
) -> None:
    core.post(ONE)
    usual = CALLS[operation](core, maria)
    for kind in [kind for kind in KINDS if kind not in NO_BODY.get(operation, ())]:
        fault(url, operation, kind, seconds=7)
        with pytest.raises(CoreUnreachable) as unreachable:
            CALLS[operation](core, maria)
        assert unreachable.value.retry_after == (7 if kind.startswith("status") else None), kind
        again = CALLS[operation](core, maria)
        assert isinstance(again, MemberSession) or again == usual
    assert movements(url, ONE.payment_id) == [("AP-100101", "60000.00")]


@pytest.mark.parametrize("kind", [*KINDS, "delay"])
def test_token_server_that_fails_is_asked_again(
    core: CoreApi, url: str, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    with monkeypatch.context() as short:
        if kind == "delay":
            short.setattr(core_api, "_TIMEOUTS", HASTY)
        fault(url, "issueToken", kind, seconds=2)
        with pytest.raises(CoreUnreachable):
            core.status()
    assert core.status().availability is connector.Availability.AVAILABLE


def test_lost_answers_are_looked_up_or_repeated(
    core: CoreApi, maria: MemberSession, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = paid()
    monkeypatch.setattr(core_api, "_TIMEOUTS", HASTY)
    fault(url, "putPayment", "delay", seconds=2)
    with pytest.raises(CoreUnreachable):
        core.post(payment)
    monkeypatch.undo()
    assert core.post(payment) == core.posting(payment.payment_id)
    assert movements(url, payment.payment_id) == [("AP-100101", "60000.00")]
    fault(url, "changePassword", "drop_after")
    with pytest.raises(CoreUnreachable):
        core.change_key(maria, MARIAS_KEY, "735291")
    assert core.sign_in(MARIA, "735291").member == maria.member
    fault(url, "createMemberSession", "drop_after")
    with pytest.raises(CoreUnreachable):
        core.sign_in(MARIA, "0000")
    with pytest.raises(WrongKey) as wrong:
        core.sign_in(MARIA, "0000")
    assert wrong.value.remaining == 3, "a lost attempt counts once: it was not repeated"


def test_core_that_is_down_is_unreachable() -> None:
    with pytest.raises(CoreUnreachable, match=r"^NotSent$"):
        terminal(f"http://127.0.0.1:{free_port()}").status()


def test_ended_token_is_replaced_by_itself(core: CoreApi, url: str) -> None:
    assert core.status()
    setting(url, advance_seconds=3601)
    assert core.status().availability is connector.Availability.AVAILABLE
    payment = paid()
    setting(url, advance_seconds=3601)
    assert core.post(payment).status is PostingStatus.POSTED
    assert puts(url, payment.payment_id) == 1


def problem(status: str, **said: object) -> bytes:
    return reply(json.dumps(said).encode(), status, "Content-Type: application/problem+json")


def answered(answer: bytes, call: Callable[[CoreApi], object], token: str = "t-1") -> tuple[object, int, int]:
    """What the driver makes of one recorded answer; how often it asked for tokens and the answer."""
    said = json.dumps({"access_token": token, "expires_in": 3600}).encode()
    with (
        raw_server(lambda c: c.sendall(reply(said))) as tokens,
        raw_server(lambda c: c.sendall(answer)) as api,
    ):
        core = CoreApi(
            Transport(api.url), Transport(tokens.url), client_id="k", client_secret="s", kiosk_id="K"
        )
        try:
            result: object = call(core)
        except CoreError as error:
            result = error
        return result, len(tokens.requests), len(api.requests)


def test_new_token_is_asked_for_once_and_only_when_ours_is_unknown() -> None:
    unknown = problem("401 Unauthorized", code="client-unauthorized")
    result, tokens, calls = answered(unknown, lambda core: core.status())
    assert (type(result), tokens, calls) == (CoreMisconfigured, 2, 2)
    over = problem("401 Unauthorized", code="session-expired")
    result, tokens, calls = answered(over, lambda core: core.status())
    assert (type(result), tokens, calls) == (SessionOver, 1, 1)


@pytest.mark.parametrize("more", [{}, {"remainingAttempts": "3"}, {"lockedUntil": "mañana", "contact": "x"}])
@pytest.mark.parametrize(
    ("code", "error", "field"),
    [("invalid-credentials", WrongKey, "remaining"), ("member-temporarily-locked", MemberLocked, "until"),
     ("member-blocked", MemberBlocked, "contact")],
)  # fmt: skip
def test_problem_without_its_details_is_still_the_problem(
    code: str, error: type, field: str, more: Json
) -> None:
    result, _, _ = answered(
        problem("403 Forbidden", code=code, **more), lambda core: core.sign_in(MARIA, "1")
    )
    assert type(result) is error
    assert getattr(result, field) is None


@pytest.mark.parametrize(
    ("status", "error"),
    [("400 Bad", PostingRefused), ("422 Bad", PostingRefused), ("409 Conflict", CoreUnreachable),
     ("401 Who", CoreUnreachable), ("403 No", CoreUnreachable), ("418 Teapot", CoreUnreachable)],
)  # fmt: skip
def test_a_code_of_a_later_version_is_read_by_its_status(status: str, error: type) -> None:
    result, _, _ = answered(problem(status, code="of-a-later-version"), lambda core: core.post(ONE))
    assert type(result) is error
    bare = reply(b"<html>", status, "Content-Type: text/html")
    assert type(answered(bare, lambda core: core.post(ONE))[0]) is CoreUnreachable, "a proxy's word"


def test_only_the_cores_own_word_says_that_a_payment_never_arrived() -> None:
    missing = problem("404 Not Found", code="payment-not-found")
    assert answered(missing, lambda core: core.posting(ONE.payment_id))[0] is None
    for other in (problem("404 Not Found", code="no-such-path"), reply(b"{}", "404 Not Found")):
        assert type(answered(other, lambda core: core.posting(ONE.payment_id))[0]) is CoreUnreachable


@pytest.mark.parametrize("name", ["Posted", "Received", "NeedsAttention", "Reversed"])
def test_the_contracts_own_examples_are_understood(name: str) -> None:
    value = SPEC["components"]["examples"][f"Payment{name}"]["value"]
    said = reply(json.dumps(value, default=str).encode())
    found, _, _ = answered(said, lambda core: core.posting(value["paymentId"]))
    assert found == Posting(PostingStatus(value["status"]), value["coreReceiptNumber"])
    assert type(answered(said, lambda core: core.post(ONE))[0]) is CoreUnreachable, "another payment's"


def test_status_and_lock_of_the_contracts_examples_are_understood() -> None:
    examples = SPEC["components"]["examples"]
    closing = json.dumps(examples["StatusDailyClose"]["value"], default=str).encode()
    status, _, _ = answered(reply(closing), lambda core: core.status())
    assert isinstance(status, connector.CoreStatus)
    assert (status.availability, status.lists_payments) == (connector.Availability.PAYMENTS_QUEUED, False)
    assert status.key_policy == connector.KeyPolicy(8, 64, "any", ("digit", "upper", "lower"))
    said = json.dumps(examples["ProblemMemberLocked"]["value"], default=str).encode()
    locked = reply(said, "429 Wait", "Content-Type: application/problem+json")
    result, _, _ = answered(locked, lambda core: core.sign_in(MARIA, "1"))
    assert isinstance(result, MemberLocked)
    assert result.until == datetime.fromisoformat("2026-11-20T15:45:30-05:00")


@pytest.mark.parametrize("moving", [False, True])
def test_a_list_without_an_end_is_no_answer(moving: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core_api, "_MOST_PAYMENT_PAGES", 5)
    numbers = itertools.count()

    def page(connection: socket.socket) -> None:
        said = {"items": [], "nextCursor": f"c{next(numbers) if moving else 0}"}
        connection.sendall(reply(json.dumps(said).encode()))

    with raw_server(page) as server:
        core = CoreApi(
            Transport(server.url), Transport(server.url), client_id="k", client_secret="", kiosk_id="K"
        )
        with pytest.raises(CoreUnreachable, match="no end"):
            core.recorded(NIGHT, NIGHT + timedelta(days=1))
        assert len(server.requests) == (5 if moving else 2)


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"[]", b"null", b'{"status":"posted"}', b'{"status":"paid","coreReceiptNumber":null}',
     b'{"availability":"available"}', b'{"items":"abc","currency":"COP","nextCursor":null}',
     b'{"items":[],"currency":"COP","nextCursor":"for ever"}', b"[" * 100_000],
)  # fmt: skip
def test_answer_that_is_not_the_contracts_is_no_answer(body: bytes) -> None:
    session = MemberSession(Member("A", "B", "C", None), MORNING, False, token="t")
    calls = (lambda core: core.status(), lambda core: core.sign_in(MARIA, "1"), lambda core: core.post(ONE),
             lambda core: core.obligations(session), lambda core: core.recover_key(MARIA),
             lambda core: core.recorded(NIGHT, NIGHT + timedelta(days=1)))  # fmt: skip
    for call in calls:
        assert type(answered(reply(body), call)[0]) is CoreUnreachable


def test_token_that_is_no_header_is_unreachable() -> None:
    assert type(answered(reply(), lambda core: core.status(), token="t…")[0]) is CoreUnreachable


def test_infinity_is_not_the_contracts() -> None:
    policy = {"minLength": 4, "maxLength": float("inf"), "alphabet": "digits"}
    said = {"availability": "available", "businessDate": "2026-03-02",
            "capabilities": {"passwordRecovery": {"enabled": True}, "passwordPolicy": policy}}  # fmt: skip
    assert type(answered(reply(json.dumps(said).encode()), lambda core: core.status())[0]) is CoreUnreachable


def test_log_has_no_key_document_or_token(
    core: CoreApi, maria: MemberSession, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    core.obligations(maria)
    core.change_key(maria, MARIAS_KEY, "735291")
    with pytest.raises(WrongKey):
        core.sign_in(MARIA, "990077")
    core.post(paid())
    assert "POST" in caplog.text
    hidden = ("735291", "990077", MARIA.number, maria.token, SECRETS["KIOSK_SANDBOX_CORE_SECRET"], "Bearer",
        "María", "3271840055")  # fmt: skip
    assert [word for word in hidden if word in caplog.text] == []
