"""The sandbox of the core keeps every word of the Member Core API.

A real process, real sockets, a real file; each answer is checked against the OpenAPI document.
"""

from __future__ import annotations

import itertools
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests
from contract import SPEC, contract_at

from kiosk.sandbox.member_core.debts import Debt, months_later
from kiosk.sandbox.member_core.guide import guide
from kiosk.sandbox.member_core.members import MEMBERS
from kiosk.sandbox.member_core.rows import loan
from kiosk.sandbox.member_core.settings import DEMO_CLIENT_ID, DEMO_CLIENT_SECRET

SECRET = "only-of-this-run"

Json = dict[str, Any]


class Core:
    """A running sandbox and a kiosk's way to call it."""

    def __init__(self, data: Path, *arguments: str) -> None:
        self.data = data
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "kiosk.sandbox.member_core",
                "--port",
                "0",
                "--data",
                str(data),
                *arguments,
            ],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "KIOSK_SANDBOX_CORE_SECRET": SECRET},
        )
        assert self.process.stdout is not None
        self.line = self.process.stdout.readline().strip()
        self.url = self.line.removeprefix("listening on ")
        self.client = arguments[1] if arguments else DEMO_CLIENT_ID
        self.token = ""
        self.contract = contract_at(f"{self.url}/v1")

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        assert self.process.stdout is not None
        self.process.send_signal(number)
        self.process.stdout.close()
        return self.process.wait(timeout=20)

    def authorise(self, scope: str | None = None) -> str:
        form = {"grant_type": "client_credentials"} | ({"scope": scope} if scope else {})
        answer = requests.post(f"{self.url}/oauth2/token", form, auth=(self.client, SECRET), timeout=20)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        session: str | None = None,
        token: str | None = None,
        checked: bool = True,
        **more: Any,
    ) -> requests.Response:
        """One call; the answer (and, unless it was refused, the call too) must keep the contract."""
        headers = {"Authorization": f"Bearer {token or self.token}"} | more.pop("headers", {})
        if session is not None:
            headers["Member-Session"] = session
        answer = requests.request(
            method, f"{self.url}/v1{path}", json=body, headers=headers, timeout=20, **more
        )
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Request-Id"]
        if checked:
            self.contract.check(answer)
        return answer

    def problem(self, status: int, code: str, *call: Any, **more: Any) -> Json:
        answer = self.call(*call, **more)
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["requestId"] == answer.headers["Request-Id"]
        if "Retry-After" in answer.headers:
            assert int(answer.headers["Retry-After"]) == answer.json()["retryAfterSeconds"] >= 1
        body: Json = answer.json()
        return body

    def switch(self, **wanted: Any) -> None:
        answer = requests.post(f"{self.url}/sandbox/settings", json=wanted, timeout=20)
        assert answer.status_code == 200, answer.text

    def sign_in(self, number: str, key: str, type_: str = "CC") -> requests.Response:
        return self.call("POST", "/member-sessions", credentials(number, key, type_))

    def session(self, number: str = "1900100101", key: str | None = None) -> str:
        known = next(member for member in MEMBERS if member.document_number == number)
        answer = self.sign_in(number, key or known.key or "", known.document_type)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["sessionToken"])

    def obligations(self, session: str) -> dict[str, Json]:
        items = self.call("GET", "/members/me/obligations", session=session).json()["items"]
        return {item["obligationId"]: item for item in items}

    def audit(self) -> Json:
        body: Json = requests.get(f"{self.url}/sandbox/payments", timeout=20).json()
        return body


def credentials(number: str, key: str, type_: str = "CC") -> Json:
    return {"documentType": type_, "documentNumber": number, "password": key, "kioskId": "KSK-CLO-01"}


def payment(*lines: tuple[str, str, str], member: str = "A-100101", transaction: str | None = None) -> Json:
    total = sum(int(amount.replace(".", "")) for _, _, amount in lines)
    return {
        "memberId": member,
        "currency": "COP",
        "totalAmount": f"{total // 100}.{total % 100:02d}",
        "valueDate": "2026-11-20",
        "collection": {
            "channel": "kiosk",
            "kioskId": "KSK-CLO-01",
            "rail": "PSE",
            "gateway": "placetopay",
            "gatewayTransactionId": transaction or uuid.uuid4().hex,
            "trackingCode": "3271840055",
            "approvedAt": "2026-11-20T15:34:51-05:00",
        },
        "lines": [
            {"lineId": str(place), "obligationId": obligation, "choice": choice, "amount": amount}
            for place, (obligation, choice, amount) in enumerate(lines, start=1)
        ],
    }


def new_path() -> str:
    return f"/payments/{uuid.uuid4()}"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Core]:
    core = Core(tmp_path_factory.mktemp("core") / "core.sqlite")
    yield core
    assert core.stop() == 0


@pytest.fixture
def core(running: Core) -> Core:
    assert requests.post(f"{running.url}/sandbox/reset", timeout=20).status_code == 200
    running.token = running.authorise()
    return running


# --- the machine ---------------------------------------------------------------------------------


def test_it_says_where_it_listens(core: Core) -> None:
    assert core.line.startswith("listening on http://127.0.0.1:")


def test_a_token_by_basic_or_by_form_and_none_for_a_stranger(core: Core) -> None:
    url = f"{core.url}/oauth2/token"
    form = {"grant_type": "client_credentials", "client_id": DEMO_CLIENT_ID, "client_secret": SECRET}
    answer = requests.post(url, form, timeout=20)
    assert answer.json()["token_type"] == "Bearer"
    assert answer.json()["expires_in"] == 3600
    assert answer.headers["Cache-Control"] == "no-store"
    for wrong in (DEMO_CLIENT_SECRET, ""):
        assert requests.post(url, form | {"client_secret": wrong}, timeout=20).status_code == 401
    stranger = requests.post(url, form | {"client_secret": "ñ"}, timeout=20)
    assert (stranger.status_code, stranger.json()) == (401, {"error": "invalid_client"})
    assert "WWW-Authenticate" in stranger.headers
    for change, error in [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"scope": "everything"}, "invalid_scope"),
    ]:
        assert requests.post(url, form | change, timeout=20).json() == {"error": error}


def test_tokens_are_checked_end_after_an_hour_and_carry_scopes(core: Core) -> None:
    for header in ("", "Bearer", "Bearer x", f"Basic {core.token}", "Bearer \xf1"):
        answer = core.call("GET", "/status", headers={"Authorization": header})
        assert (answer.status_code, answer.json()["code"]) == (401, "client-unauthorized")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    narrow = core.authorise("status.read payments.read")
    core.problem(403, "client-forbidden", "PUT", new_path(), {}, token=narrow)
    core.problem(401, "client-unauthorized", "DELETE", "/member-sessions/current", token=narrow, session="x")
    assert core.call("GET", "/status", token=narrow).status_code == 200
    core.switch(advance_seconds=3600)
    core.problem(401, "client-unauthorized", "GET", "/status")


def test_every_operation_of_the_contract_is_served(core: Core) -> None:
    for path, operations in SPEC["paths"].items():
        for method in operations.keys() & {"get", "put", "post", "delete"}:
            real = path.replace("{paymentId}", str(uuid.uuid4()))
            core.problem(
                401, "client-unauthorized", method.upper(), real, headers={"Authorization": "Bearer x"}
            )


def test_status_says_policy_and_works_while_closed(core: Core) -> None:
    body = core.call("GET", "/status").json()
    assert body["businessDate"] == datetime.now(ZoneInfo("America/Bogota")).date().isoformat()
    assert body["capabilities"]["passwordPolicy"] == {
        "minLength": 4, "maxLength": 12, "alphabet": "digits", "historySize": 3,
    }  # fmt: skip
    session = core.session()
    core.switch(availability="unavailable", disclosure="uniform")
    closed = core.call("GET", "/status").json()
    assert (closed["availability"], bool(closed["message"])) == ("unavailable", True)
    assert closed["capabilities"]["passwordRecovery"]["disclosure"] == "uniform"
    core.problem(503, "core-unavailable", "GET", "/members/me/obligations", session=session)
    assert core.call("DELETE", "/member-sessions/current", session=session).status_code == 204


def test_request_ids_are_echoed_and_garbage_is_malformed(core: Core) -> None:
    assert core.call("GET", "/status", headers={"Request-Id": "ksk01-7"}).headers["Request-Id"] == "ksk01-7"
    core.problem(400, "malformed-request", "GET", "/payments/x", headers={"Request-Id": "no blanks"})
    core.problem(400, "malformed-request", "GET", new_path(), headers={"Request-Id": "no blanks"})
    strange = core.problem(400, "malformed-request", "GET", "/payments/%5C%C3%B1")
    assert strange["instance"] == "/v1/payments/%5C%C3%B1", "a URI reference"
    # The contract knows no 400 here: what is odd is passed over.
    odd = core.call("GET", "/status?colour=red", headers={"Request-Id": "no blanks"}, checked=False)
    assert (odd.status_code, odd.headers["Request-Id"][:8]) == (200, "sandbox-")
    core.problem(400, "malformed-request", "GET", "/payments?receivedFrom=x&receivedTo=y")
    core.problem(400, "malformed-request", "GET", f"/payments/{str(uuid.uuid4()).upper()}")
    window = "receivedFrom=2026-11-20T00:00:00Z&receivedTo=2026-11-21T00:00:00Z"
    for extra in ("&colour=red", "&limit=0", "&limit=101", "&limit=1&limit=2", "&status=lost", "&cursor=%00"):
        core.problem(400, "malformed-request", "GET", f"/payments?{window}{extra}")
    late = window.replace("2026-11-21", "2026-12-22")
    core.problem(400, "malformed-request", "GET", f"/payments?{late}")
    for raw in (b"", b"{", b"[]", b"null", b"\xff", b'{"kioskId": "\\ud800"}', b"[" * 60_000):
        core.problem(
            400, "malformed-request", "POST", "/member-sessions", data=raw,
            headers={"Content-Type": "application/json"},
        )  # fmt: skip


def test_what_breaks_the_contract_is_named(core: Core) -> None:
    body = credentials("19 00", "1") | {"colour": "red"}
    del body["kioskId"]
    errors = core.problem(422, "validation-failed", "POST", "/member-sessions", body)["errors"]
    assert {(error["pointer"], error["code"]) for error in errors} == {
        ("/documentNumber", "pattern"), ("/kioskId", "required"), ("/colour", "unknown-field"),
    }  # fmt: skip
    number = credentials("1900100101", "4821") | {"password": 4821}
    core.problem(400, "malformed-request", "POST", "/member-sessions", number)


def test_calls_a_minute_can_be_limited(core: Core) -> None:
    core.switch(rates={"sign_ins": 2, "calls": 3})
    assert [core.sign_in("1900100108", "3905").status_code for _ in range(3)] == [201, 201, 429]
    assert [core.call("GET", "/status").status_code for _ in range(4)] == [200, 200, 200, 429]
    core.switch(advance_seconds=61)
    assert core.call("GET", "/status").status_code == 200


# --- members at the door -------------------------------------------------------------------------


def test_every_guide_entry_shows_what_it_says(core: Core) -> None:
    entries = guide()
    assert len(entries) == 15
    assert all(len(text) <= 45 for entry in entries for text in (entry.shows_es, entry.shows_en))
    found = {
        entry.shows_es: (answer.status_code, answer.json().get("code"))
        for entry in entries
        if (answer := core.sign_in(entry.document_number, entry.key, entry.document_type))
        is not None
    }  # fmt: skip
    assert {text: outcome for text, outcome in found.items() if outcome != (201, None)} == {
        "Bloqueado por intentos fallidos": (429, "member-temporarily-locked"),
        "Bloqueada por la cooperativa": (403, "member-blocked"),
    }


def test_a_session_names_the_member_masked(core: Core) -> None:
    body = core.sign_in("1900100101", "4821").json()
    assert len(body["sessionToken"]) >= 22
    assert body["member"] == {
        "memberId": "A-100101",
        "displayName": "María Fernanda Ospina Castillo",
        "documentNumberMasked": "******0101",
        "openingDate": "2014-03-17",
        "email": {"registered": True, "masked": "ma***@correo.example"},
    }
    assert core.sign_in("1900100104", "6048").json()["member"]["email"] == {
        "registered": False,
        "masked": None,
    }


def test_one_answer_for_wrong_key_unknown_document_and_no_key(core: Core) -> None:
    bodies = [
        core.problem(401, "invalid-credentials", "POST", "/member-sessions", credentials(*who))
        for who in [("1900100101", "0000"), ("1900999999", "0000"), ("9100116", "0000", "PPT"),
                    ("1900100101", "4821", "CE")]
    ]  # fmt: skip
    for body in bodies:
        del body["requestId"]
    assert bodies[0] == bodies[1] == bodies[2]
    assert bodies[3]["remainingAttempts"] == 3  # counted by number, whatever the type


@pytest.mark.parametrize("number", ["1900100101", "1900999999"])
def test_five_failures_lock_a_number_known_or_not(core: Core, number: str) -> None:
    remaining = [
        core.problem(401, "invalid-credentials", "POST", "/member-sessions", credentials(number, "0000"))
        for _ in range(5)
    ]
    assert [body["remainingAttempts"] for body in remaining] == [4, 3, 2, 1, 0]
    locked = core.problem(
        429, "member-temporarily-locked", "POST", "/member-sessions", credentials(number, "4821")
    )
    assert 0 < locked["retryAfterSeconds"] <= 900
    core.switch(advance_seconds=901)
    assert core.sign_in(number, "4821").status_code == (201 if number == "1900100101" else 401)


def test_failures_are_forgotten_in_time_and_by_the_right_key(core: Core) -> None:
    for _ in range(4):
        core.sign_in("1900100101", "0000")
    core.session()
    assert core.sign_in("1900100101", "0000").json()["remainingAttempts"] == 4
    core.switch(advance_seconds=900)
    assert core.sign_in("1900100101", "0000").json()["remainingAttempts"] == 4


def test_at_once_no_more_guesses_than_in_a_row(core: Core) -> None:
    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(lambda _: core.sign_in("1900100102", "0000").status_code, range(12)))
    assert sorted(statuses) == [401] * 5 + [429] * 7


def test_the_locked_member_stays_locked_and_the_blocked_one_needs_the_right_key(core: Core) -> None:
    core.switch(advance_seconds=2000)
    assert core.sign_in("1900100106", "5279").status_code == 429
    assert core.sign_in("1900100107", "0000").json()["code"] == "invalid-credentials"
    blocked = core.sign_in("1900100107", "8163").json()
    assert blocked["contact"]["text"].startswith("Acérquese")


def test_a_session_ends_idle_after_ten_minutes_and_always_after_thirty(core: Core) -> None:
    idle = core.session()
    core.switch(advance_seconds=601)
    core.problem(401, "session-expired", "GET", "/members/me/obligations", session=idle)
    used = core.session()
    for _ in range(3):
        core.switch(advance_seconds=590)
        assert core.obligations(used)
    core.switch(advance_seconds=40)
    core.problem(401, "session-expired", "GET", "/members/me/obligations", session=used)


def test_signing_out_twice_is_fine_but_without_a_session_is_not(core: Core) -> None:
    session = core.session()
    for _ in range(2):
        assert core.call("DELETE", "/member-sessions/current", session=session).status_code == 204
    core.problem(401, "session-expired", "GET", "/members/me/obligations", session=session)
    core.problem(401, "session-expired", "DELETE", "/member-sessions/current")


def test_a_session_belongs_to_the_machine_that_opened_it(tmp_path: Path) -> None:
    data = tmp_path / "core.sqlite"
    first, second = Core(data, "--client-id", "kiosk-1"), Core(data, "--client-id", "kiosk-2")
    try:
        first.token, second.token = first.authorise(), second.authorise()
        session = first.session()
        second.problem(401, "session-expired", "GET", "/members/me/obligations", session=session)
        assert second.call("DELETE", "/member-sessions/current", session=session).status_code == 204
        assert first.obligations(session)
    finally:
        assert (first.stop(), second.stop()) == (0, 0)


# --- keys ----------------------------------------------------------------------------------------


def change(core: Core, session: str, current: str, new: str) -> requests.Response:
    body = {"currentPassword": current, "newPassword": new}
    return core.call("PUT", "/members/me/password", body, session=session)


def test_the_first_entry_may_only_change_the_key(core: Core) -> None:
    session = core.session("1900100105")
    other = core.session("1900100105")
    core.problem(403, "password-change-required", "GET", "/members/me/obligations", session=session)
    assert change(core, session, "2468", "975310").status_code == 204
    assert core.obligations(session)
    core.problem(401, "session-expired", "GET", "/members/me/obligations", session=other)
    assert core.sign_in("1900100105", "975310").json()["mustChangePassword"] is False
    assert core.sign_in("1900100105", "2468").status_code == 401


def test_a_new_key_must_keep_the_policy(core: Core) -> None:
    session = core.session()
    for new, codes in [
        ("123", {"too-short"}),
        ("1234567890123", {"too-long"}),
        ("12a4", {"wrong-alphabet"}),
        ("٤٨٢١", {"wrong-alphabet"}),
        ("é", {"too-short", "wrong-alphabet"}),
        ("4821", {"used-before"}),
    ]:
        answer = change(core, session, "4821", new)
        assert (answer.status_code, answer.json()["code"]) == (422, "password-policy-violation")
        assert {error["code"] for error in answer.json()["errors"]} == codes


def test_the_last_three_keys_are_not_used_again(core: Core) -> None:
    session = core.session()
    keys = ["4821", "1111", "2222", "3333"]
    for current, new in itertools.pairwise(keys):
        assert change(core, session, current, new).status_code == 204
    assert change(core, session, "3333", "4821").status_code == 422
    assert change(core, session, "3333", "4444").status_code == 204
    assert change(core, session, "4444", "4821").status_code == 204


def test_a_wrong_present_key_counts_toward_the_lock(core: Core) -> None:
    session = core.session()
    answers = [change(core, session, "0000", "9999") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert answers[0].json()["code"] == "invalid-credentials"
    assert core.sign_in("1900100101", "4821").status_code == 429


def test_keys_and_tokens_are_stored_hashed(core: Core) -> None:
    session = core.session()
    with sqlite3.connect(core.data) as db:
        dump = "\n".join(db.iterdump())
    assert "A-100101" in dump
    assert session not in dump
    assert core.token not in dump
    assert "'4821'" not in dump


# --- recovery ------------------------------------------------------------------------------------


def recover(core: Core, number: str, type_: str = "CC") -> requests.Response:
    body = credentials(number, "", type_)
    del body["password"]
    return core.call("POST", "/password-recoveries", body)


def outbox(core: Core) -> list[dict[str, str]]:
    items: list[dict[str, str]] = requests.get(f"{core.url}/sandbox/outbox", timeout=20).json()["items"]
    return items


def test_recovery_sends_a_temporary_key_that_must_be_changed(core: Core) -> None:
    assert recover(core, "1900100101").json()["maskedEmail"] == "ma***@correo.example"
    (message,) = outbox(core)
    core.session()  # the old key works until the new one is used
    answer = core.sign_in("1900100101", message["temporary_key"])
    assert (answer.status_code, answer.json()["mustChangePassword"]) == (201, True)
    assert core.sign_in("1900100101", "4821").status_code == 401
    changed = change(core, answer.json()["sessionToken"], message["temporary_key"], "5544")
    assert changed.status_code == 204
    assert core.session(key="5544")


def test_a_member_who_never_had_a_key_gets_one_and_a_late_one_is_worthless(core: Core) -> None:
    recover(core, "9100116", "PPT")
    key = outbox(core)[0]["temporary_key"]
    core.switch(advance_seconds=1800)
    assert core.sign_in("9100116", key, "PPT").status_code == 401
    recover(core, "9100116", "PPT")
    assert core.sign_in("9100116", outbox(core)[1]["temporary_key"], "PPT").status_code == 201


@pytest.mark.parametrize("number", ["1900100101", "1900999999"])
def test_three_recoveries_an_hour_and_no_resend_within_five_minutes(core: Core, number: str) -> None:
    known = number == "1900100101"
    for sent in (1, 2, 3):
        assert [recover(core, number).status_code for _ in range(2)] == [202, 202]
        assert len(outbox(core)) == (sent if known else 0)
        core.switch(advance_seconds=301)
    answer = recover(core, number)
    assert (answer.status_code, answer.json()["code"]) == (429, "too-many-requests")
    core.switch(advance_seconds=3600)
    core.token = core.authorise()
    assert recover(core, number).status_code == 202


def test_disclosure_is_the_cooperatives_choice(core: Core) -> None:
    missing = recover(core, "1900100104")
    assert (missing.status_code, missing.json()["code"]) == (409, "email-not-registered")
    assert "oficina" in missing.json()["contact"]["text"]
    assert recover(core, "1900999999").json()["maskedEmail"] is None
    core.switch(disclosure="uniform")
    bodies = [recover(core, number).json() for number in ("1900100101", "1900100104", "1900999998")]
    assert bodies[0] == bodies[1] == bodies[2]
    assert [message["to"] for message in outbox(core)] == ["mafe.ospina@correo.example"]


# --- obligations ---------------------------------------------------------------------------------


def test_the_first_member_owes_what_the_picture_shows(core: Core) -> None:
    rows = core.obligations(core.session())
    shown = [(row["kind"], row["name"], row["overdue"]["amount"]) for row in rows.values()]
    assert shown == [
        ("loan", "Crédito libre inversión", "318300.00"),
        ("contribution", "Aportes", "60000.00"),
        ("life_fund", "Fondo vida", "34000.00"),
        ("funeral_fund", "Fondo vida servicio funerario", "0.00"),
        ("additional_service", "Plan odontológico familiar", "0.00"),
    ]
    today = datetime.now(ZoneInfo("America/Bogota")).date()
    assert rows["CR-881204"]["reference"] == "88-1204"
    assert rows["CR-881204"]["overdue"]["since"] == (today - timedelta(days=18)).isoformat()
    assert rows["FF-100101"]["nextDue"]["amount"] == "21500.00"


def test_thirty_obligations_come_in_two_pages(core: Core) -> None:
    session = core.session("1900100109")
    first = core.call("GET", "/members/me/obligations", session=session).json()
    second = core.call(
        "GET", "/members/me/obligations", session=session, params={"cursor": first["nextCursor"]}
    ).json()
    assert (len(first["items"]), len(second["items"]), second["nextCursor"]) == (20, 10, None)
    assert len({row["obligationId"] for row in first["items"] + second["items"]}) == 30
    five = core.call("GET", "/members/me/obligations?limit=5", session=session).json()
    assert five["items"] == first["items"][:5]
    for cursor in ("x", first["nextCursor"] + "A", "cGF5bWVudHM6NQ", "ñ", "A" * 600):
        core.problem(
            400,
            "malformed-request",
            "GET",
            "/members/me/obligations",
            session=session,
            params={"cursor": cursor},
        )


def test_the_invented_members_cover_every_case(core: Core) -> None:
    shown = {
        member.member_id: list(core.obligations(core.session(member.document_number)).values())
        for member in MEMBERS
        if member.key and not (member.locked or member.blocked or member.first_entry)
    }
    assert all(row["overdue"]["since"] is None for row in shown["A-100102"])
    assert all(row["overdue"]["installments"] >= 3 for row in shown["A-100103"])
    assert shown["A-100108"] == []
    assert {row["notPayableReason"] for row in shown["A-100110"]} == {
        "nothing_due", "legal_collection", "payroll_deduction_only", "closed", "other", None,
    }  # fmt: skip
    assert max(len(row["name"]) for row in shown["A-100112"]) == 80
    assert {row["otherAmount"]["minimum"] for row in shown["A-100113"]} == {"100.00"}
    assert len(next(member.name for member in MEMBERS if member.member_id == "A-100112")) >= 60


def test_what_is_due_never_exceeds_what_is_owed_on_any_day() -> None:
    start = date(2027, 12, 1)
    for day in (start + timedelta(days=n) for n in range(0, 460, 3)):
        for member in MEMBERS:
            for place, seed in enumerate(member.obligations):
                debt = Debt.seeded(member.member_id, place, seed, day)
                assert debt.meaning == "saved" or debt.overdue + debt.next_amount <= debt.balance
                assert debt.next_days is None or debt.next_days >= 0
                assert (debt.overdue > 0) == (debt.late_count > 0) == (debt.since_days is not None)


def test_instalments_fall_on_the_last_day_of_a_short_month() -> None:
    assert months_later(date(2028, 1, 31), 1) == date(2028, 2, 29)
    assert months_later(date(2027, 11, 30), 3) == date(2028, 2, 29)


# --- payments ------------------------------------------------------------------------------------


def test_a_posted_payment_changes_what_is_owed(core: Core) -> None:
    session = core.session()
    before = core.obligations(session)
    body = payment(
        ("CR-881204", "overdue", "318300.00"),
        ("FF-100101", "next_due", "21500.00"),
        ("AP-100101", "other", "100.00"),
    )
    path = new_path()
    answer = core.call("PUT", path, body)
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/v1{path}"
    stored = answer.json()
    assert (stored["status"], stored["postedAmount"], stored["unappliedAmount"]) == (
        "posted",
        "339900.00",
        "0.00",
    )
    assert stored["coreReceiptNumber"]
    assert stored["collection"] == body["collection"]
    after = core.obligations(session)
    credit = after["CR-881204"]
    assert credit["overdue"] == {"amount": "0.00", "since": None, "installments": 0}
    assert credit["balance"]["amount"] == "4774500.00"
    assert credit["nextDue"] == before["CR-881204"]["nextDue"]
    assert credit["installments"] == {"paid": 21, "total": 36}
    due = date.fromisoformat(before["FF-100101"]["nextDue"]["dueDate"])
    assert after["FF-100101"]["nextDue"] == {
        "amount": "21500.00",
        "dueDate": months_later(due, 1).isoformat(),
    }
    assert after["AP-100101"]["overdue"]["amount"] == "59900.00"
    assert after["AP-100101"]["overdue"]["since"] == before["AP-100101"]["overdue"]["since"]
    assert after["AP-100101"]["balance"] == {"amount": "4380100.00", "meaning": "saved"}


def test_the_same_payment_again_is_replayed_and_applied_once(core: Core) -> None:
    body, path = payment(("AP-100101", "overdue", "60000.00")), new_path()
    shuffled = json.loads(json.dumps(body, sort_keys=True))
    shuffled["collection"]["approvedAt"] = "2026-11-20T20:34:51Z"
    assert core.call("PUT", path, body).status_code == 201
    again = core.call("PUT", path, shuffled)
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (200, "true")
    assert again.json() == core.call("GET", path).json()
    audit = core.audit()
    assert [item["puts"] for item in audit["items"]] == [2]
    assert len(audit["movements"]) == 1


def test_the_same_payment_many_times_at_once_is_stored_once(core: Core) -> None:
    body, path = payment(("AP-100101", "overdue", "60000.00")), new_path()
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: core.call("PUT", path, body).status_code, range(16)))
    assert sorted(statuses) == [200] * 15 + [201]
    assert len(core.audit()["movements"]) == 1


def test_other_content_conflicts_and_a_bank_transaction_counts_once(core: Core) -> None:
    body, path = payment(("AP-100101", "overdue", "60000.00"), transaction="TX-1"), new_path()
    core.call("PUT", path, body)
    other = payment(("AP-100101", "overdue", "50000.00"), transaction="TX-1")
    conflict = core.problem(409, "payment-conflict", "PUT", path, other)
    assert {error["pointer"] for error in conflict["errors"]} == {"/totalAmount", "/lines/0/amount"}
    core.problem(409, "duplicate-collection", "PUT", new_path(), body)
    body["collection"]["gateway"] = "another"
    assert core.call("PUT", new_path(), body).status_code == 201


def test_only_a_malformed_payment_is_refused(core: Core) -> None:
    good = payment(("AP-100101", "overdue", "60000.00"))
    wrong: list[tuple[Json, str]] = [
        (good | {"totalAmount": "60000.01"}, "sum-mismatch"),
        (good | {"totalAmount": "60000"}, "pattern"),
        (good | {"valueDate": "2026-02-30"}, "format"),
        (good | {"lines": []}, "length"),
        (good | {"lines": good["lines"] * 2, "totalAmount": "120000.00"}, "not-unique"),
        (good | {"collection": good["collection"] | {"approvedAt": "2026-11-20T15:34:51"}}, "format"),
    ]
    for body, code in wrong:
        problem = core.problem(422, "validation-failed", "PUT", new_path(), body)
        assert [error["code"] for error in problem["errors"]] == [code]
    core.problem(400, "malformed-request", "PUT", new_path(), good | {"totalAmount": 60000.00})
    assert core.audit()["items"] == []


def test_what_can_not_be_applied_is_left_for_staff(core: Core) -> None:
    settled = requests.post(f"{core.url}/sandbox/settle", json={"obligationId": "CR-881204"}, timeout=20)
    assert settled.json()["notPayableReason"] == "closed"
    body = payment(
        ("CR-881204", "overdue", "318300.00"),
        ("AP-100101", "next_due", "60000.00"),
        ("AP-100102", "other", "5000.00"),
        ("FV-100101", "other", "408000.01"),
    )
    answer = core.call("PUT", new_path(), body)
    assert answer.status_code == 201
    stored = answer.json()
    assert (stored["status"], stored["postedAmount"], stored["unappliedAmount"]) == (
        "needs_attention", "60000.00", "731300.01",
    )  # fmt: skip
    assert [line["reason"] for line in stored["lines"]] == [
        "obligation_closed", None, "obligation_not_found", "exceeds_balance",
    ]  # fmt: skip
    nobody = core.call("PUT", new_path(), payment(("SA-7720", "other", "1.00"), member="A-100110")).json()
    assert [line["reason"] for line in nobody["lines"]] == ["not_payable"]
    assert (nobody["postedAt"], nobody["coreReceiptNumber"]) == (None, None)


def test_payments_wait_while_the_core_closes_its_day(core: Core) -> None:
    core.switch(availability="payments_queued")
    session, path = core.session(), new_path()
    stored = core.call("PUT", path, payment(("CR-881204", "overdue", "318300.00"))).json()
    assert (stored["status"], stored["postedAt"], stored["lines"][0]["status"]) == (
        "received",
        None,
        "pending",
    )
    assert core.obligations(session)["CR-881204"]["overdue"]["amount"] == "318300.00"
    core.switch(availability="available")
    assert core.call("GET", path).json()["status"] == "posted"
    assert core.obligations(session)["CR-881204"]["overdue"]["amount"] == "0.00"


def test_paying_all_closes_a_loan_and_what_is_late_in_parts(core: Core) -> None:
    session = core.session("1900100113")
    body = payment(("CR-891550", "other", "268800.00"), member="A-100113")
    assert core.call("PUT", new_path(), body).json()["status"] == "posted"
    credit = core.obligations(session)["CR-891550"]
    assert (credit["payable"], credit["notPayableReason"], credit["nextDue"]) == (False, "closed", None)
    assert credit["installments"] == {"paid": 12, "total": 12}
    today = date(2027, 3, 20)
    debt = Debt.seeded(
        "A", 1, loan("L", "n", "r", 100, 5_000, paid=2, total=12, late_days=71, charges=30), today
    )
    assert (debt.overdue, debt.late_count) == (33_000, 3)
    debt.apply(12_000, "overdue", today)
    assert (debt.overdue, debt.late_count, debt.paid, debt.since_days) == (21_000, 2, 3, -(71 - 31))
    debt.apply(21_000 + 10_000, "overdue", today)
    assert (debt.overdue, debt.late_count, debt.paid, debt.since_days) == (0, 0, 6, None)


def test_payments_are_listed_for_reconciliation(core: Core) -> None:
    paths = [new_path() for _ in range(5)]
    for path in paths:
        core.call("PUT", path, payment(("AP-100101", "other", "100.00")))
        core.switch(advance_seconds=60)
    core.problem(404, "payment-not-found", "GET", new_path())
    first = datetime.fromisoformat(core.call("GET", paths[0]).json()["receivedAt"])
    window = {"receivedFrom": first.isoformat(), "receivedTo": (first + timedelta(minutes=10)).isoformat()}
    listed: list[str] = []
    cursor: str | None = None
    while True:
        query = window | {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = core.call("GET", "/payments", params=query).json()
        listed += [f"/payments/{item['paymentId']}" for item in page["items"]]
        cursor = page["nextCursor"]
        if cursor is None:
            break
    assert listed == paths
    second = core.call("GET", paths[1]).json()["receivedAt"]
    one = core.call("GET", "/payments", params=window | {"receivedTo": second}).json()["items"]
    assert [item["paymentId"] for item in one] == [paths[0].removeprefix("/payments/")]
    assert core.call("GET", "/payments", params=window | {"status": "reversed"}).json()["items"] == []


def test_a_killed_core_forgets_nothing_it_answered(tmp_path: Path) -> None:
    data = tmp_path / "core.sqlite"
    core, path = Core(data), new_path()
    core.token = core.authorise()
    core.switch(availability="payments_queued")
    body = payment(("CR-881204", "overdue", "318300.00"))
    assert core.call("PUT", path, body).json()["status"] == "received"
    core.stop(signal.SIGKILL)
    again = Core(data)
    try:
        again.token = again.authorise()
        replayed = again.call("PUT", path, body)
        assert (replayed.status_code, replayed.json()["status"]) == (200, "posted")
        assert again.obligations(again.session())["CR-881204"]["overdue"]["amount"] == "0.00"
    finally:
        assert again.stop() == 0


# --- faults --------------------------------------------------------------------------------------


def test_a_dropped_connection_tells_nothing_of_what_was_stored(core: Core) -> None:
    body, path = payment(("AP-100101", "overdue", "60000.00")), new_path()
    core.switch(faults={"operation": "putPayment", "kind": "drop_before"})
    with pytest.raises(requests.ConnectionError):
        core.call("PUT", path, body)
    assert core.call("GET", path).status_code == 404
    core.switch(faults={"operation": "putPayment", "kind": "drop_after"})
    with pytest.raises(requests.ConnectionError):
        core.call("PUT", path, body)
    assert core.call("PUT", path, body).status_code == 200


def test_cut_and_garbled_answers_come_after_the_work(core: Core) -> None:
    body, path = payment(("AP-100101", "overdue", "60000.00")), new_path()
    core.switch(
        faults=[{"operation": "putPayment", "kind": "cut_body"}, {"operation": "*", "kind": "garbage"}]
    )
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        core.call("PUT", path, body)
    answer = core.call("GET", path, checked=False)
    assert answer.status_code == 200
    with pytest.raises(requests.exceptions.JSONDecodeError):
        answer.json()
    assert core.call("PUT", path, body).status_code == 200


def test_faulty_statuses_come_instead_of_the_work(core: Core) -> None:
    body = payment(("AP-100101", "overdue", "60000.00"))
    for kind, status in [("http_500", 500), ("status_503", 503), ("status_429", 429), ("html_500", 500)]:
        core.switch(faults={"operation": "putPayment", "kind": kind, "times": 2, "seconds": 7})
        for _ in range(2):
            answer = requests.put(f"{core.url}/v1{new_path()}", json=body, timeout=20)
            assert answer.status_code == status
            assert answer.headers.get("Retry-After") == ("7" if status in (503, 429) else None)
            assert ("<html>" in answer.text) == (kind == "html_500")
    assert core.audit()["items"] == []
    assert core.call("PUT", new_path(), body).status_code == 201


def test_a_delayed_answer_holds_up_nobody_else(core: Core) -> None:
    path = new_path()
    core.switch(faults={"operation": "putPayment", "kind": "delay", "seconds": 3})
    slow: list[int] = []
    caller = threading.Thread(
        target=lambda: slow.append(
            core.call("PUT", path, payment(("AP-100101", "overdue", "60000.00"))).status_code
        )
    )
    caller.start()
    while not core.audit()["items"]:
        assert caller.is_alive()
    assert core.call("GET", "/status").status_code == 200
    assert slow == []
    caller.join(timeout=20)
    assert slow == [201]


@pytest.mark.parametrize(
    "wanted",
    [
        {"availability": "maybe"},
        {"disclosure": None},
        {"faults": {"operation": "fly", "kind": "delay"}},
        {"faults": {"operation": "getStatus", "kind": "fire"}},
        {"faults": {"operation": "getStatus", "kind": "delay", "times": 0}},
        {"advance_seconds": 0.5},
        {"colour": "red"},
        [],
    ],
)  # fmt: skip
def test_a_wrong_switch_is_refused(core: Core, wanted: object) -> None:
    assert requests.post(f"{core.url}/sandbox/settings", json=wanted, timeout=20).status_code == 400


def test_unknown_addresses_and_methods_are_problems_too(core: Core) -> None:
    for method, path, status in [("GET", "/v1/nothing", 404), ("POST", "/v1/status", 405)]:
        answer = requests.request(method, core.url + path, timeout=20)
        assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
