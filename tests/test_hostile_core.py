"""A core that answers anything, at every operation: nothing but CoreError comes out, and no fiction."""

from __future__ import annotations

import copy
import json
import logging
import uuid
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from counterparts import HOLDER, MEMBER, MORNING, PAYER, order
from sandbox_servers import raw_server

from kiosk.cooperative.member import Document, DocumentType, Member, MemberSession
from kiosk.cooperative.payment import Payment, State
from kiosk.member_core.connector import (
    CoreError,
    CoreMisconfigured,
    CoreUnreachable,
    Notice,
    NoticeKind,
    PostingConflict,
    PostingStatus,
    WrongKey,
)
from kiosk.member_core.core_api import CoreApi
from kiosk.transport import Transport

Json = dict[str, Any]
MARIA = Document(DocumentType.CC, "1023456789")
SESSION = MemberSession(MEMBER, MORNING + timedelta(days=365), False, token="t" * 24)
ONE = Payment(
    str(uuid.UUID(int=7)), "26112600418837205164", "PAM01", "placetopay", order(), PAYER, MORNING,
    State.APPROVED, gateway_id="900123", cus="55501", decided_at=MORNING,
)  # fmt: skip
NOTICE = Notice(str(uuid.UUID(int=9)), "A-1", ONE.payment_id, NoticeKind.LATE_APPROVAL, ONE.total, "55501")

DEBT: Json = {
    "obligationId": "OB-1", "kind": "loan", "name": "Crédito", "reference": "881", "payable": True,
    "notPayableReason": None, "overdue": {"amount": "185000.00", "since": "2026-10-01"},
    "nextDue": {"amount": "92500.00", "dueDate": "2026-12-05"}, "balance": {"amount": "900000.00"},
    "otherAmount": {"allowed": True, "minimum": "1000.00", "maximum": "900000.00"},
}  # fmt: skip
RECORD: Json = {
    "paymentId": ONE.payment_id, "status": "posted", "coreReceiptNumber": "R-1", "currency": "COP",
    "totalAmount": ONE.total.wire(), "unappliedAmount": "0.00", "receivedAt": "2026-03-02T09:20:00-05:00",
    "collection": {"kioskId": "PAM01", "gateway": "placetopay", "gatewayTransactionId": "900123",
                   "trackingCode": "55501"},
}  # fmt: skip
STATUS: Json = {
    "availability": "available", "businessDate": "2026-03-02", "message": None,
    "capabilities": {"listPayments": True, "takeNotices": True,
                     "passwordRecovery": {"enabled": True, "disclosure": "uniform"},
                     "passwordPolicy": {"minLength": 4, "maxLength": 8, "alphabet": "digits"}},
}  # fmt: skip
SIGNED_IN: Json = {
    "sessionToken": "s" * 24, "expiresAt": "2026-03-02T09:40:00-05:00", "mustChangePassword": False,
    "member": {"memberId": "A-1", "displayName": "Marta Rincón", "documentNumberMasked": "******6789",
               "email": {"registered": True, "masked": "m***@correo.example"}, "openingDate": "2014-03-17"},
}  # fmt: skip
OPERATIONS: dict[str, tuple[Json, Callable[[CoreApi], object]]] = {
    "status": (STATUS, lambda core: core.status()),
    "sign_in": (SIGNED_IN, lambda core: core.sign_in(MARIA, "1234")),
    "recover": ({"status": "accepted", "maskedEmail": None}, lambda core: core.recover_key(MARIA)),
    "obligations": (
        {"currency": "COP", "items": [DEBT], "nextCursor": None}, lambda core: core.obligations(SESSION)),
    "post": (RECORD, lambda core: core.post(ONE)),
    "posting": (RECORD, lambda core: core.posting(ONE.payment_id)),
    "recorded": (
        {"items": [RECORD], "nextCursor": None},
        lambda core: core.recorded(MORNING, MORNING + timedelta(hours=1))),
}  # fmt: skip


def http(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    kind = () if any(each.lower().startswith("content-type") for each in headers) else (
        "Content-Type: application/json",)  # fmt: skip
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *kind, *headers]
    return "\r\n".join([*head, "", ""]).encode() + body


def answered(ask: Callable[[CoreApi], object], *answers: bytes) -> tuple[object, list[bytes]]:
    """What comes out when a core without tokens gives these answers, the last for ever; what it was sent."""
    left = list(answers)
    with raw_server(
        lambda connection: connection.sendall(left.pop(0) if len(left) > 1 else left[0])
    ) as server:
        transport = Transport(server.url)
        core = CoreApi(transport, transport, client_id="kiosk", client_secret="", kiosk_id="PAM01")
        try:
            return ask(core), server.requests
        except CoreError as error:
            return error, server.requests


def places(value: object, path: tuple[object, ...] = ()) -> Iterator[tuple[object, ...]]:
    if path:
        yield path
    rows = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in rows:
        yield from places(each, (*path, key))


def changed(body: Json, path: tuple[object, ...], new: object) -> bytes:
    other: Any = copy.deepcopy(body)
    inner = other
    for key in path[:-1]:
        inner = inner[key]
    if new is GONE:
        del inner[path[-1]]
    else:
        inner[path[-1]] = new
    return json.dumps(other).encode()


GONE = object()
HOSTILE = [GONE, None, True, False, 0, 1, -1, 10**400, 1e308, "", "None", "true", "false", "no", "null",
           [], {}, "\ud800", "\x00", "x" * 5000, "1e3", "-5.00", "9999-12-31",
           "0001-01-01T00:00:00Z"]  # fmt: skip


@pytest.mark.parametrize("name", OPERATIONS)
def test_no_single_change_makes_a_fiction_or_raises(name: str) -> None:
    body, ask = OPERATIONS[name]
    with raw_server(lambda connection: connection.sendall(http(current[0]))) as server:
        transport = Transport(server.url)
        core = CoreApi(transport, transport, client_id="kiosk", client_secret="", kiosk_id="PAM01")
        for path in places(body):
            for new in HOSTILE:
                current = [changed(body, path, new)]
                try:
                    found = ask(core)
                except CoreError:
                    continue
                said = repr(found)
                assert "'None'" not in said or new == "None", (path, new)
                assert "\\ud800" not in said
                assert "nan" not in said.lower() or "null" in said


@pytest.mark.parametrize("name", [*OPERATIONS, "sign_out", "change_key", "tell_member"])
@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b"7", b'"x"', b"{", b"{}", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 5_000,
     b"<html>busy</html>", b'{"code": 7}', b'{"a": NaN, "b": Infinity}', b'{"a": ' + b"9" * 5000 + b"}"],
)  # fmt: skip
@pytest.mark.parametrize("status", ["200 OK", "201 Made", "302 Found", "401 Who", "409 No", "500 Broken"])
def test_any_body_at_any_operation_is_an_answer_or_none(name: str, body: bytes, status: str) -> None:
    more: dict[str, Callable[[CoreApi], object]] = {
        "sign_out": lambda core: core.sign_out(SESSION),
        "change_key": lambda core: core.change_key(SESSION, "1", "2"),
        "tell_member": lambda core: core.tell_member(NOTICE),
    }
    ask = more.get(name) or OPERATIONS[name][1]
    found, _ = answered(ask, http(body, status, "Location: /\xe1rea"))
    assert found is None or isinstance(found, CoreError)


class TestObligations:
    def owed(self, *rows: Json, currency: object = "COP") -> object:
        body = json.dumps({"currency": currency, "items": rows, "nextCursor": None}).encode()
        return answered(lambda core: core.obligations(SESSION), http(body))[0]

    @pytest.mark.parametrize(
        "spoil",
        [{"payable": "false"}, {"payable": 1}, {"obligationId": None}, {"obligationId": ""}, {"name": None},
         {"overdue": {"amount": "1e3", "since": None}}, {"overdue": {"amount": "-5.00", "since": None}},
         {"otherAmount": {"allowed": "no", "minimum": "0.00", "maximum": None}}, {"balance": None},
         {"nextDue": {"amount": "1.00", "dueDate": "mañana"}}],
    )  # fmt: skip
    def test_a_row_that_breaks_the_contract_is_named_and_left_out(
        self, spoil: Json, caplog: pytest.LogCaptureFixture
    ) -> None:
        found = self.owed({**DEBT, **spoil}, {**DEBT, "obligationId": "OB-2"})

        assert isinstance(found, list)
        assert [each.obligation_id for each in found] == ["OB-2"]
        assert "obligation 1 of 2 is left out" in caplog.text

    def test_a_list_without_a_readable_row_is_no_answer(self) -> None:
        assert isinstance(self.owed({**DEBT, "payable": "false"}), CoreUnreachable)
        assert self.owed() == []

    @pytest.mark.parametrize("currency", [None, "", "pesos", 7, "cop"])
    def test_without_a_currency_there_is_no_answer(self, currency: object) -> None:
        assert isinstance(self.owed(DEBT, currency=currency), CoreUnreachable)


class TestMembers:
    @pytest.mark.parametrize("member_id", [None, "", 7, [], "x" * 65])
    def test_nobody_is_signed_in_without_an_id(self, member_id: object) -> None:
        body = changed(SIGNED_IN, ("member", "memberId"), member_id)
        assert isinstance(answered(OPERATIONS["sign_in"][1], http(body))[0], CoreUnreachable)

    def test_since_when_they_are_members_is_optional(self) -> None:
        found = answered(OPERATIONS["sign_in"][1], http(json.dumps(SIGNED_IN).encode()))[0]
        assert isinstance(found, MemberSession)
        assert found.member.joined_on == date(2014, 3, 17)
        without = changed(SIGNED_IN, ("member", "openingDate"), GONE)
        found = answered(OPERATIONS["sign_in"][1], http(without))[0]
        assert isinstance(found, MemberSession)
        assert found.member == Member("A-1", "Marta Rincón", "******6789", "m***@correo.example")


class TestPosting:
    @pytest.mark.parametrize(
        ("number", "kept"), [("R-1", "R-1"), (1001, "1001"), (None, None), ("", None), ("R\ud800", "R?")]
    )
    def test_a_receipts_number_never_loses_what_is_posted(self, number: object, kept: str | None) -> None:
        found = answered(OPERATIONS["post"][1], http(changed(RECORD, ("coreReceiptNumber",), number)))[0]
        assert getattr(found, "status", None) is PostingStatus.POSTED
        assert getattr(found, "receipt_number", None) == kept

    def test_an_unknown_conflict_is_read_back(self) -> None:
        busy = http(
            b'{"code": "request-in-progress"}', "409 Conflict", "Content-Type: application/problem+json"
        )
        absent = http(b'{"code": "payment-not-found"}', "404 Not Found",
                      "Content-Type: application/problem+json")  # fmt: skip
        there = http(json.dumps(RECORD).encode())
        other = http(changed(RECORD, ("totalAmount",), "1.00"))

        found, sent = answered(OPERATIONS["post"][1], busy, there)
        assert getattr(found, "status", None) is PostingStatus.POSTED
        assert [each.split(b" ")[0] for each in sent] == [b"PUT", b"GET"]
        for after in (absent, other, busy):
            assert type(answered(OPERATIONS["post"][1], busy, after)[0]) is CoreUnreachable

    @pytest.mark.parametrize("code", ["payment-conflict", "duplicate-collection"])
    def test_the_contracts_own_conflicts_are_staffs(self, code: str) -> None:
        answer = http(json.dumps({"code": code}).encode(), "409 Conflict",
                      "Content-Type: application/problem+json")  # fmt: skip
        found, sent = answered(OPERATIONS["post"][1], answer)
        assert type(found) is PostingConflict
        assert len(sent) == 1

    def test_a_repetition_says_the_same_after_the_terminal_got_another_name(self) -> None:
        bodies = []
        for kiosk in ("PAM01", "PAM09"):
            with raw_server(
                lambda connection: connection.sendall(http(json.dumps(RECORD).encode()))
            ) as server:
                transport = Transport(server.url)
                CoreApi(transport, transport, client_id="k", client_secret="", kiosk_id=kiosk).post(ONE)
                bodies.append(server.requests[0].partition(b"\r\n\r\n")[2])
        assert bodies[0] == bodies[1]
        assert b'"kioskId": "PAM01"' in bodies[0]

    @pytest.mark.parametrize(
        "code", ["x\nERROR forged: all is well", "y" * 3_000_000, 7, None, ["a"], "\ud800", "Ñ"]
    )
    def test_a_code_can_not_forge_a_log(self, code: object, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        answer = http(json.dumps({"code": code}).encode(), "418 Teapot",
                      "Content-Type: application/problem+json")  # fmt: skip
        found, _ = answered(OPERATIONS["post"][1], answer)
        assert isinstance(found, CoreError)
        assert "forged" not in caplog.text + str(found)
        assert len(caplog.text) < 2000


CHALLENGES = {
    "the contract's": ("Content-Type: application/problem+json", b'{"code": "client-unauthorized"}'),
    "capitals": ("Content-Type: APPLICATION/PROBLEM+JSON", b'{"code": "client-unauthorized"}'),
    "RFC 6750, header only": ('WWW-Authenticate: Bearer realm="x", error="invalid_token"', b""),
    "a gateway's": ("Www-Authenticate: bearer", b'{"message":"Unauthorized"}'),
    "an identity server's": ('WWW-Authenticate: Bearer realm="coop"', b'{"error":"invalid_token"}'),
    "a page": ("WWW-Authenticate: Bearer", b"<html>401</html>"),
}


class TestTokens:
    def talk(
        self, ask: Callable[[CoreApi], object], *answers: bytes, lasts: object = 3600
    ) -> tuple[object, int, int]:
        """What came out; how often the core, and the token server, was asked."""
        left, tokens = list(answers), []

        def token(connection: Any) -> None:
            tokens.append(1)
            body = json.dumps({"access_token": f"token-{len(tokens)}", "expires_in": lasts}).encode()
            connection.sendall(http(body))

        def core(connection: Any) -> None:
            connection.sendall(left.pop(0) if len(left) > 1 else left[0])

        with raw_server(core) as api, raw_server(token) as auth:
            made = CoreApi(Transport(api.url), Transport(auth.url), client_id="k", client_secret="s" * 16,
                           kiosk_id="PAM01")  # fmt: skip
            try:
                found: object = ask(made)
            except CoreError as error:
                found = error
            return found, len(api.requests), len(tokens)

    @pytest.mark.parametrize("name", CHALLENGES)
    def test_a_refused_token_is_renewed_once_whoever_says_so(self, name: str) -> None:
        header, body = CHALLENGES[name]
        refusal, good = http(body, "401 Unauthorized", header), http(json.dumps(RECORD).encode())

        found, asked, tokens = self.talk(OPERATIONS["post"][1], refusal, good)
        assert getattr(found, "status", None) is PostingStatus.POSTED
        assert (asked, tokens) == (2, 2)
        found, asked, tokens = self.talk(OPERATIONS["post"][1], refusal)
        assert type(found) is CoreMisconfigured
        assert (asked, tokens) == (2, 2)

    def test_a_wrong_key_is_one_attempt_also_with_a_challenge_beside_it(self) -> None:
        wrong = http(b'{"code": "invalid-credentials", "remainingAttempts": 2}', "401 Unauthorized",
                     "Content-Type: application/problem+json", "WWW-Authenticate: Bearer")  # fmt: skip
        found, asked, _ = self.talk(OPERATIONS["sign_in"][1], wrong)
        assert type(found) is WrongKey
        assert asked == 1

    @pytest.mark.parametrize("lasts", [10**400, -5, 0, True, "3600", None, 1.5, [], float("nan")])
    def test_a_tokens_life_is_a_number_or_an_hour(self, lasts: object) -> None:
        found, _, _ = self.talk(OPERATIONS["post"][1], http(json.dumps(RECORD).encode()), lasts=lasts)
        assert getattr(found, "status", None) is PostingStatus.POSTED or isinstance(found, CoreUnreachable)


def test_nobody_here_is_named_in_a_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for body, ask in OPERATIONS.values():
        for path in places(body):
            answered(ask, http(changed(body, path, None)))
    assert HOLDER.name not in caplog.text
    assert "Marta" not in caplog.text


class TestTheList:
    """One bad row hides no other."""

    def listed(self, *rows: Json) -> object:
        body = json.dumps({"items": rows, "nextCursor": None}).encode()
        return answered(OPERATIONS["recorded"][1], http(body))[0]

    def row(self, number: int, kiosk: str = "PAM01", **spoilt: object) -> Json:
        collection = {**RECORD["collection"], "kioskId": kiosk, "gatewayTransactionId": str(number)}
        return {**RECORD, "paymentId": str(uuid.UUID(int=number)), "collection": collection, **spoilt}

    def test_a_word_of_a_later_version_is_for_staff(self) -> None:
        found = self.listed(self.row(1, status="in_audit"), self.row(2))
        assert isinstance(found, list)
        statuses = [PostingStatus.NEEDS_ATTENTION, PostingStatus.POSTED]
        assert [(each.status, each.readable) for each in found] == [(each, True) for each in statuses]

    @pytest.mark.parametrize("spoilt", [{"totalAmount": "mucho"}, {"receivedAt": "ayer"}, {"currency": None}])
    def test_what_can_not_be_read_is_left_out_of_others_and_named_of_ours(self, spoilt: Json) -> None:
        found = self.listed(self.row(1, "PAM02", **spoilt), self.row(2, **spoilt), self.row(3))
        assert isinstance(found, list)
        assert [(each.payment_id[-1], each.readable) for each in found] == [("2", False), ("3", True)]

    def test_a_row_that_does_not_say_whose_it_is_leaves_the_answer_unknown(self) -> None:
        assert isinstance(self.listed({"totalAmount": "1.00"}, self.row(2)), CoreUnreachable)

    def test_a_broken_row_alone_on_its_page_hides_no_other_page(self) -> None:
        pages = [
            {"currency": "COP", "items": [DEBT], "nextCursor": "2"},
            {"currency": "COP", "items": [{**DEBT, "payable": "no"}], "nextCursor": None},
        ]
        found, _ = answered(
            OPERATIONS["obligations"][1], *(http(json.dumps(page).encode()) for page in pages)
        )
        assert isinstance(found, list)
        assert [each.obligation_id for each in found] == ["OB-1"]

    def test_an_obligation_on_two_pages_is_one(self, caplog: pytest.LogCaptureFixture) -> None:
        pages = [
            {"currency": "COP", "items": [DEBT, DEBT], "nextCursor": "2"},
            {"currency": "COP", "items": [{**DEBT, "balance": {"amount": "1.00"}}], "nextCursor": None},
        ]
        answers = [http(json.dumps(page).encode()) for page in pages]
        found, _ = answered(OPERATIONS["obligations"][1], *answers)
        assert isinstance(found, list)
        assert [(each.obligation_id, each.balance.wire()) for each in found] == [("OB-1", "900000.00")]
        assert caplog.text.count("listed twice") == 1
