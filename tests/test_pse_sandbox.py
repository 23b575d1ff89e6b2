"""The gateway sandbox, as its callers meet it: a process of its own, over real sockets."""

import os
import re
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from kiosk.sandbox.pse.checkout_request import tran_key
from kiosk.sandbox.pse.settings import DEMO_LOGIN, DEMO_SECRET, GatewaySandboxSettings

RETURN = "https://pagos.coop.example/retorno?ref=KSK2026000123"
CANCEL = "https://pagos.coop.example/cancelado"
BANK = "1902"
PATIENCE = 20.0


@contextmanager
def running(*arguments: str) -> Iterator[str]:
    """A sandbox process; gives its address and ends it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "kiosk.sandbox.pse", "--port", "0", *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env={name: value for name, value in os.environ.items() if name != "KIOSK_SANDBOX_SECRET"},
    )
    try:
        assert process.stdout
        first = process.stdout.readline()
        found = re.fullmatch(r"listening on (http://127\.0\.0\.1:\d+)\n", first)
        assert found, first
        yield found[1]
    finally:
        process.terminate()
        rest = process.communicate(timeout=PATIENCE)[0]
    assert process.returncode == 0
    assert rest == "", "the access log must be quiet"


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with running() as address:
        yield address


@pytest.fixture(autouse=True)
def _usual_settings(base: str) -> None:
    setting(
        base, outcome=None, banks="full", amount_as_text=False, late_seconds=8, slow_seconds=5,
        abandon_seconds=420, faults=None,
    )  # fmt: skip


def setting(base: str, **wanted: object) -> dict[str, Any]:
    answer = requests.post(base + "/sandbox/settings", json=wanted, timeout=PATIENCE)
    assert answer.status_code == 200, answer.text
    settings: dict[str, Any] = answer.json()
    return settings


def auth(secret: str = DEMO_SECRET, off: timedelta = timedelta(0), **changed: object) -> dict[str, object]:
    raw, seed = os.urandom(16), (datetime.now(UTC) + off).isoformat(timespec="seconds")
    key = tran_key(raw, seed, secret)
    return {"login": DEMO_LOGIN, "tranKey": key, "nonce": b64encode(raw).decode(), "seed": seed} | changed


def wanted(**changed: object) -> dict[str, object]:
    return {
        "auth": auth(),
        "buyer": {"documentType": "CC", "document": "1023456789", "email": "marta.rincon@correo.example"},
        "payment": {"reference": "KSK2026000123", "description": "Aportes y crédito 881",
                    "amount": {"currency": "COP", "total": 187450}},
        "paymentMethod": "pse",
        "returnUrl": RETURN,
        "cancelUrl": CANCEL,
        "ipAddress": "190.0.2.15",
        "userAgent": "Kiosk/1",
    } | changed  # fmt: skip


def call(base: str, path: str = "", body: object = None) -> requests.Response:
    return requests.post(f"{base}/api/session{path}", json=body or {"auth": auth()}, timeout=PATIENCE)


class Payer:
    """One session and the browser of whoever pays it."""

    def __init__(self, base: str, **changed: object) -> None:
        self.base = base
        answer = call(base, body=wanted(**changed))
        assert answer.status_code == 200, answer.text
        self.created: dict[str, Any] = answer.json()
        self.number: int = self.created["requestId"]
        self.key = self.created["processUrl"].rsplit("/", 1)[1]

    def portal(self, **typed: str) -> requests.Response:
        form = {"email": "marta.rincon@correo.example", "person": "natural", "bank": BANK} | typed
        return self.post(f"{self.base}/pse/{self.key}", form)

    def to_bank(self, **typed: str) -> str:
        answer = self.portal(**typed)
        assert answer.status_code == 302, answer.text
        return self.base + answer.headers["Location"]

    def decide(self, outcome: str, address: str | None = None) -> requests.Response:
        typed = {"outcome": outcome, "bank-user": "marta", "bank-key": "s3cr3t0"}
        return self.post(address or self.to_bank(), typed)

    def cancel(self) -> requests.Response:
        return self.post(f"{self.base}/pse/{self.key}/cancel", {})

    def post(self, address: str, form: dict[str, str]) -> requests.Response:
        return requests.post(address, data=form, timeout=PATIENCE, allow_redirects=False)

    def told(self) -> dict[str, Any]:
        answer = call(self.base, f"/{self.number}")
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def words(self) -> tuple[tuple[str, str], tuple[str, str] | None]:
        """Status and reason of the session, and of its newest transaction."""
        told = self.told()
        newest = told["payment"][0]["status"] if told["payment"] else None
        pair = (told["status"]["status"], told["status"]["reason"])
        return pair, newest and (newest["status"], newest["reason"])


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.05)


def page(address: str) -> str:
    answer = requests.get(address, timeout=PATIENCE)
    assert answer.status_code == 200
    return answer.text


# --- authentication ---------------------------------------------------------------------------


def test_key_matches_the_published_vector() -> None:
    key = tran_key(b"kioskNonce0001AA", "2026-03-02T09:15:00-05:00", "demoSecret42")
    assert key == "l9lg5Dtuo6w0G20pVz81gv0VxKIdXuLa4fLrcFP724Q="


@pytest.mark.parametrize(
    ("code", "bad"),
    [
        (100, None),
        (100, {}),
        (100, auth(seed="mañana")),
        (100, auth(seed="2026-03-02T09:15:00")),
        (100, auth(nonce="not base64!")),
        (100, auth(tranKey=7)),
        (101, auth(login="somebody-else")),
        (102, auth(secret="another secret")),
        (102, auth(nonce="aWZZRVBuQWNKYnBEVlIxdA==")),
    ],
)
def test_bad_credentials_are_refused_on_every_call(base: str, code: int, bad: object) -> None:
    number = Payer(base).number
    body = wanted(auth=bad)
    for path in ("", f"/{number}", f"/{number}/cancel"):
        answer = call(base, path, body)
        assert answer.status_code == 401
        status = answer.json()["status"]
        assert (status["status"], status["reason"]) == ("FAILED", 401)
        assert status["message"].endswith(f" {code}")
        assert datetime.fromisoformat(status["date"]).tzinfo is not None


def test_seed_may_be_almost_five_minutes_off_and_no_more(base: str) -> None:
    for minutes in (4.5, -4.5):
        assert call(base, body=wanted(auth=auth(off=timedelta(minutes=minutes)))).status_code == 200
    for minutes in (5.5, -5.5):
        answer = call(base, body=wanted(auth=auth(off=timedelta(minutes=minutes))))
        assert (answer.status_code, answer.json()["status"]["message"][-3:]) == (401, "103")


def test_secret_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIOSK_SANDBOX_SECRET", "of my own")
    process = subprocess.Popen(
        [sys.executable, "-m", "kiosk.sandbox.pse", "--login", "mine"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout
        address = process.stdout.readline().split()[-1]
        assert call(address, body=wanted(auth=auth(login="mine"))).status_code == 401
        assert call(address, body=wanted(auth=auth("of my own", login="mine"))).status_code == 200
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


# --- create, query, cancel --------------------------------------------------------------------


def test_created_session_is_active_and_untried(base: str) -> None:
    payer = Payer(base)
    assert payer.created["status"]["status"] == "OK"
    assert payer.created["status"]["reason"] == "PC"
    assert payer.created["processUrl"].startswith(f"{base}/session/{payer.number}/")
    told = payer.told()
    assert told["requestId"] == payer.number
    assert (told["status"]["status"], told["status"]["reason"]) == ("PENDING", "PC")
    assert told["payment"] is None
    assert told["subscription"] is None
    asked = told["request"]
    assert asked["payment"]["reference"] == "KSK2026000123"
    assert asked["payment"]["amount"] == {"currency": "COP", "total": 187450}
    assert asked["returnUrl"] == RETURN
    assert asked["fields"][-1]["value"] == payer.created["processUrl"]
    assert "Date" in call(base, f"/{payer.number}").headers


def test_one_reference_twice_is_two_sessions(base: str) -> None:
    assert Payer(base).number != Payer(base).number


def _payment(**changed: object) -> dict[str, object]:
    usual = {"reference": "R1", "description": "", "amount": {"currency": "COP", "total": 100}}
    return {"payment": usual | changed}


@pytest.mark.parametrize(
    "broken",
    [
        {"payment": None},
        {"returnUrl": None},
        {"returnUrl": "javascript:alert(1)"},
        {"ipAddress": ""},
        {"ipAddress": "kiosk"},
        {"userAgent": None},
        {"paymentMethod": "visa"},
        {"cancelUrl": "https://coop.example/" + "x" * 255},
        {"expiration": (datetime.now(UTC) + timedelta(minutes=4)).isoformat()},
        {"expiration": "tomorrow"},
        {"expiration": "2046-01-01T00:00:00"},
        _payment(reference=""),
        _payment(reference="R" * 33),
        _payment(description="d" * 251),
        _payment(amount={"currency": "USD", "total": 100}),
        _payment(amount={"currency": "COP", "total": "100"}),
        _payment(amount={"currency": "COP", "total": 0}),
        _payment(amount={"currency": "COP", "total": -5}),
        _payment(amount={"currency": "COP", "total": 0.005}),
        _payment(amount={"currency": "COP", "total": True}),
        _payment(allowPartial=True),
        {"fields": [{"keyword": "k" * 51, "value": "v"}]},
    ],
)
def test_request_that_breaks_a_rule_is_refused(base: str, broken: dict[str, object]) -> None:
    answer = call(base, body=wanted(**broken))
    status = answer.json()["status"]
    assert (answer.status_code, status["status"], status["reason"]) == (400, "FAILED", "request_not_valid")


@pytest.mark.parametrize(
    "person",
    [
        {"email": "x" * 70 + "@correo.example"},
        {"name": "4111 1111 1111 1111"},
        {"documentType": "CC", "document": "0123"},
        {"name": ""},
    ],
)
def test_payer_data_has_its_own_reason(base: str, person: dict[str, str]) -> None:
    answer = call(base, body=wanted(buyer=person))
    assert (answer.status_code, answer.json()["status"]["reason"]) == (400, "payer_data_not_valid")


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"auth": NaN}', b'{"auth": "\\ud800"}', b"\xff"])
def test_body_that_is_no_json_object_is_refused(base: str, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = requests.post(base + "/api/session", data=body, headers=headers, timeout=PATIENCE)
    assert (answer.status_code, answer.json()["status"]["reason"]) == (400, "request_not_valid")


def test_form_encoded_call_is_refused(base: str) -> None:
    answer = requests.post(base + "/api/session", data={"auth": "x"}, timeout=PATIENCE)
    assert answer.status_code == 400


@pytest.mark.parametrize("path", ["/7", "/7/cancel", "/99999999999999999999999"])
def test_unknown_session_is_not_found(base: str, path: str) -> None:
    answer = call(base, path)
    assert (answer.status_code, answer.json()["status"]["reason"]) == (404, "request_not_valid")


def test_cents_come_back_exact_as_number_and_as_text(base: str) -> None:
    payer = Payer(base, payment={"reference": "R2", "amount": {"currency": "COP", "total": 187450.10}})
    body = call(base, f"/{payer.number}").text
    assert '"total": 187450.10' in body
    setting(base, amount_as_text=True)
    assert payer.told()["request"]["payment"]["amount"]["total"] == "187450.10"


def test_merchant_cancels_an_untried_session_once(base: str) -> None:
    payer = Payer(base)
    answer = call(base, f"/{payer.number}/cancel")
    assert answer.status_code == 200
    told = answer.json()
    assert told["status"]["status"] == "OK"
    assert (told["session"]["status"]["status"], told["session"]["status"]["reason"]) == ("REJECTED", "MC")
    assert payer.words() == (("REJECTED", "MC"), None)
    again = call(base, f"/{payer.number}/cancel")
    assert (again.status_code, again.json()["status"]["reason"]) == (400, "action_not_allowed")


def test_session_expires_with_its_message(base: str) -> None:
    payer = Payer(base)
    requests.post(f"{base}/sandbox/sessions/{payer.number}/expire", timeout=PATIENCE).raise_for_status()
    assert payer.words() == (("REJECTED", "EX"), None)
    assert payer.told()["status"]["message"] == "La petición ha expirado"
    assert "El tiempo para pagar se agotó" in page(payer.created["processUrl"])
    late = payer.portal()
    assert (late.status_code, "El tiempo para pagar se agotó" in late.text) == (200, True)
    assert payer.told()["payment"] is None
    assert call(base, f"/{payer.number}/cancel").status_code == 400


# --- the payer's way --------------------------------------------------------------------------


def test_hosted_page_leads_to_the_portal(base: str) -> None:
    payer = Payer(base)
    hosted = page(payer.created["processUrl"])
    assert "Aportes y crédito 881" in hosted
    assert "$ 187.450" in hosted
    link = re.search(r'<a id="start"[^>]* href="([^"]+)"', hosted)
    assert link
    portal = page(base + link[1])
    assert 'value="marta.rincon@correo.example"' in portal
    assert re.search(r'id="person-natural"[^>]* checked', portal)
    assert requests.get(payer.created["processUrl"] + "0", timeout=PATIENCE).status_code == 404
    assert requests.get(f"{base}/session/7/{payer.key}", timeout=PATIENCE).status_code == 404


def test_every_control_has_its_id_and_its_label(base: str) -> None:
    payer = Payer(base, buyer={"documentType": "NIT", "document": "9001234567"})
    portal = page(f"{base}/pse/{payer.key}")
    assert re.search(r'id="person-company"[^>]* checked', portal)
    banks = re.findall(r'id="bank-(\d+)"', portal)
    assert len(banks) == 10
    bank = page(payer.to_bank())
    outcomes = ["approve", "decline", "funds", "fail", "pending", "late", "never", "slow"]
    on_portal = ["email", "person-natural", "person-company", *(f"bank-{code}" for code in banks)]
    on_bank = ["bank-user", "bank-key", *(f"outcome-{outcome}" for outcome in outcomes)]
    for text, controls, buttons in (
        (portal, on_portal, ["go-to-bank", "cancel"]),
        (bank, on_bank, ["continue", "cancel"]),
    ):
        assert '<html lang="es">' in text
        assert "Entorno de prueba: no se mueve dinero" in text
        for control in controls:
            assert f'id="{control}"' in text
            assert f'for="{control}"' in text
        for button in buttons:
            assert f'id="{button}"' in text
        assert not re.search(r'(?:src|href)="(?:https?:)?//', text), "nothing from elsewhere"


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({"bank": "0"}, "bank-problem"),
        ({"bank": ""}, "bank-problem"),
        ({"bank": "4711"}, "bank-problem"),
        ({"email": ""}, "email-problem"),
        ({"email": "marta@correo"}, "email-problem"),
        ({"email": "marta rincon@correo.example"}, "email-problem"),
        ({"email": "m" * 80 + "@correo.example"}, "email-problem"),
        ({"person": "robot"}, "person-problem"),
    ],
)
def test_portal_refuses_and_keeps_what_was_typed(base: str, typed: dict[str, str], problem: str) -> None:
    payer = Payer(base)
    answer = payer.portal(**typed)
    assert answer.status_code == 422
    assert re.findall(r'id="(\w+-problem)"', answer.text) == [problem]
    if "bank" not in typed:
        assert re.search(rf'id="bank-{BANK}"[^>]* checked', answer.text)
    if "email" not in typed:
        assert 'value="marta.rincon@correo.example"' in answer.text
    assert payer.told()["payment"] is None


def test_empty_bank_list_says_the_fixed_text_and_leads_back(base: str) -> None:
    setting(base, banks="empty")
    payer = Payer(base)
    text = page(f"{base}/pse/{payer.key}")
    assert "No se pudo obtener la lista de Entidades Financieras, por favor intente más tarde" in text
    assert 'id="retry"' in text
    assert 'id="cancel"' in text
    assert payer.portal().status_code == 200
    assert payer.told()["payment"] is None
    assert payer.cancel().headers["Location"] == CANCEL


def test_cus_exists_from_the_moment_the_member_reaches_the_bank(base: str) -> None:
    payer = Payer(base)
    bank = page(payer.to_bank())
    transaction = payer.told()["payment"][0]
    cus = {field["keyword"]: field["value"] for field in transaction["processorFields"]}["trazabilyCode"]
    assert re.fullmatch(r"[0-9]{7,10}", cus)
    assert transaction["authorization"] == cus
    for shown in (cus, "$ 187.450", "KSK2026000123", "Banco del Valle Andino", "Cooperativa Solidarios"):
        assert shown in bank
    assert payer.words() == (("PENDING", "PT"), ("PENDING", "?-"))


def test_pressing_twice_is_one_debit_and_another_bank_another(base: str) -> None:
    payer = Payer(base)
    first = payer.to_bank()
    assert payer.to_bank() == first
    second = payer.to_bank(bank="1904")
    assert second != first
    assert [each["status"]["status"] for each in payer.told()["payment"]] == ["PENDING", "REJECTED"]
    payer.decide("approve", first)
    assert payer.words()[0] == ("PENDING", "PT"), "a page left behind decides nothing"
    payer.decide("approve", second)
    payer.decide("decline", second)
    assert payer.words() == (("APPROVED", "00"), ("APPROVED", "00"))
    assert payer.told()["payment"][0]["issuerName"] == "Banco Litoral del Sur"


def test_approved(base: str) -> None:
    payer = Payer(base)
    answer = payer.decide("approve")
    assert (answer.status_code, answer.headers["Location"]) == (302, RETURN)
    told = payer.told()
    assert payer.words() == (("APPROVED", "00"), ("APPROVED", "00"))
    transaction = told["payment"][0]
    assert transaction["amount"]["from"] == {"currency": "COP", "total": 187450}
    assert transaction["franchise"] == "_PSE_"
    assert transaction["refunded"] is False
    assert transaction["receipt"] == str(transaction["internalReference"])
    keywords = {field["keyword"] for field in transaction["processorFields"]}
    assert keywords == {"merchantCode", "terminalNumber", "transactionCycle", "trazabilyCode"}
    assert datetime.fromisoformat(transaction["status"]["date"]).tzinfo is not None
    assert "Este pago ya fue aprobado" in page(payer.created["processUrl"])
    assert call(base, f"/{payer.number}/cancel").status_code == 400


@pytest.mark.parametrize(
    ("outcome", "reason", "message"),
    [
        ("decline", "05", "Rechazada por la entidad financiera"),
        ("funds", "51", "Fondos insuficientes"),
        ("fail", "?5", "La transacción no se realizó en el banco"),
    ],
)
def test_unpaid_attempt_leaves_the_session_open(base: str, outcome: str, reason: str, message: str) -> None:
    payer = Payer(base)
    address = payer.to_bank()
    assert payer.decide(outcome, address).headers["Location"] == RETURN
    assert payer.words() == (("PENDING", "PC"), ("REJECTED", reason))
    assert payer.told()["payment"][0]["status"]["message"] == message
    assert "Este intento ya terminó" in page(address)
    assert 'id="start"' in page(payer.created["processUrl"])
    payer.decide("approve")
    assert payer.words() == (("APPROVED", "00"), ("APPROVED", "00"))
    assert [each["status"]["reason"] for each in payer.told()["payment"]] == ["00", reason]


def test_merchant_may_cancel_after_an_unpaid_attempt(base: str) -> None:
    payer = Payer(base)
    payer.decide("decline")
    assert call(base, f"/{payer.number}/cancel").status_code == 200
    assert payer.words() == (("REJECTED", "MC"), ("REJECTED", "05"))


def test_ten_unpaid_attempts_are_the_end(base: str) -> None:
    payer = Payer(base)
    for attempt in range(10):
        assert payer.words()[0][0] == "PENDING", attempt
        payer.decide("decline")
    assert payer.words()[0][0] == "REJECTED"
    assert len(payer.told()["payment"]) == 10
    assert "Se agotaron los intentos" in page(f"{base}/pse/{payer.key}")


def test_debit_waiting_at_the_bank_outlives_cancel_and_expiry(base: str) -> None:
    payer = Payer(base)
    assert payer.decide("pending").headers["Location"] == RETURN
    answer = call(base, f"/{payer.number}/cancel")
    assert (answer.status_code, answer.json()["status"]["reason"]) == (400, "action_not_allowed")
    payer.cancel()
    requests.post(f"{base}/sandbox/sessions/{payer.number}/expire", timeout=PATIENCE).raise_for_status()
    assert payer.words() == (("PENDING", "PT"), ("PENDING", "?-"))
    assert "Su pago está pendiente" in page(payer.created["processUrl"])


def test_late_approval(base: str) -> None:
    setting(base, late_seconds=300)
    assert Payer(base).decide("late").headers["Location"] == RETURN
    waiting = Payer(base)
    waiting.decide("late")
    assert waiting.words() == (("PENDING", "PT"), ("PENDING", "?-"))
    setting(base, late_seconds=1)
    payer = Payer(base)
    payer.decide("late")
    until(lambda: payer.words() == (("APPROVED", "00"), ("APPROVED", "00")))
    assert waiting.words()[0] == ("PENDING", "PT")


def test_never_coming_back_is_approved_on_a_dead_end(base: str) -> None:
    payer = Payer(base)
    address = payer.to_bank()
    for _ in range(2):
        answer = payer.decide("never", address)
        assert answer.status_code == 200
        assert "Cierre esta ventana" in answer.text
        assert "<a" not in answer.text
        assert "<form" not in answer.text
    assert payer.words() == (("APPROVED", "00"), ("APPROVED", "00"))


def test_slow_bank_has_approved_when_the_browser_leaves(base: str) -> None:
    setting(base, slow_seconds=1)
    payer = Payer(base)
    assert payer.decide("slow").headers["Location"] == RETURN
    assert payer.words() == (("APPROVED", "00"), ("APPROVED", "00"))


def test_bank_gives_up_on_a_member_who_never_decides(base: str) -> None:
    payer = Payer(base)
    address = payer.to_bank()
    assert call(base, f"/{payer.number}/cancel").status_code == 400
    setting(base, abandon_seconds=0)
    assert payer.words() == (("PENDING", "PC"), ("REJECTED", "?5"))
    payer.decide("approve", address)
    assert payer.words() == (("PENDING", "PC"), ("REJECTED", "?5"))


@pytest.mark.parametrize("at_bank", [False, True])
def test_payer_gives_up(base: str, at_bank: bool) -> None:
    payer = Payer(base)
    address = payer.to_bank() if at_bank else payer.created["processUrl"]
    answer = payer.cancel()
    assert (answer.status_code, answer.headers["Location"]) == (302, CANCEL)
    assert payer.words() == (("REJECTED", "?C"), ("REJECTED", "?C") if at_bank else None)
    assert "Usted canceló este pago" in page(address)


def test_cancel_leads_to_the_return_address_without_an_own_one(base: str) -> None:
    assert Payer(base, cancelUrl=None).cancel().headers["Location"] == RETURN


def test_preselected_outcome_follows_the_settings(base: str) -> None:
    assert re.search(r'id="outcome-approve"[^>]* checked', page(Payer(base).to_bank()))
    setting(base, outcome="pending", late_seconds=1)
    text = page(Payer(base).to_bank())
    assert re.findall(r'id="outcome-(\w+)"[^>]* checked', text) == ["pending"]
    assert "Pendiente por 1 segundo<" in text


def test_nothing_typed_at_the_bank_is_kept(tmp_path: Path) -> None:
    data = tmp_path / "sandbox.sqlite"
    with running("--data", str(data)) as base:
        payer = Payer(base)
        payer.decide("approve")
        audit = requests.get(base + "/sandbox/sessions", timeout=PATIENCE).text
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert payer.key.encode() in kept
    assert b"s3cr3t0" not in kept
    assert "s3cr3t0" not in audit


# --- controls, faults, restart ----------------------------------------------------------------


@pytest.mark.parametrize(
    "bad",
    [
        {"outcome": "win"},
        {"banks": "some"},
        {"late_seconds": -1},
        {"late_seconds": "8"},
        {"secret_key": "x"},
        {"unknown": 1},
        {"faults": {"operation": "create"}},
        {"faults": {"operation": "create", "kind": "delay", "seconds": "long"}},
        {"faults": [{"operation": "create", "kind": "garbage", "times": 0}]},
        {"faults": 7},
        [],
    ],
)
def test_bad_settings_change_nothing(base: str, bad: object) -> None:
    address = base + "/sandbox/settings"
    before = requests.get(address, timeout=PATIENCE).json()
    assert requests.post(address, json=bad, timeout=PATIENCE).status_code == 400
    assert requests.get(address, timeout=PATIENCE).json() == before
    assert DEMO_SECRET not in str(before)


def test_settings_object_refuses_unknown_words() -> None:
    assert DEMO_SECRET not in repr(GatewaySandboxSettings())
    with pytest.raises(ValueError, match="win"):
        GatewaySandboxSettings(outcome="win")
    with pytest.raises(ValueError, match="slow_seconds"):
        GatewaySandboxSettings(slow_seconds=-1)


def _sessions(base: str) -> int:
    return len(requests.get(base + "/sandbox/sessions", timeout=PATIENCE).json())


@pytest.mark.parametrize(
    ("kind", "carried_out"), [("drop_before", 0), ("drop_after", 1), ("cut_body", 1)]
)  # fmt: skip
def test_broken_connections_break_for_real(base: str, kind: str, carried_out: int) -> None:
    setting(base, faults={"operation": "create", "kind": kind, "times": 2})
    before = _sessions(base)
    for _ in range(2):
        with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
            call(base, body=wanted())
    assert _sessions(base) - before == 2 * carried_out
    assert call(base, body=wanted()).status_code == 200


@pytest.mark.parametrize(
    ("kind", "http", "carried_out"), [("http_500", 500, 0), ("html_500", 500, 0), ("garbage", 200, 1)]
)
def test_answers_that_say_nothing(base: str, kind: str, http: int, carried_out: int) -> None:
    setting(base, faults=[{"operation": "create", "kind": kind}])
    before = _sessions(base)
    answer = call(base, body=wanted())
    assert answer.status_code == http
    assert ("text/html" in answer.headers["Content-Type"]) == (kind == "html_500")
    if kind == "garbage":
        with pytest.raises(ValueError, match=r"codec|Expecting|control"):
            answer.json()
    assert _sessions(base) - before == carried_out
    assert call(base, body=wanted()).status_code == 200


def test_refusals_are_spoilt_too(base: str) -> None:
    setting(base, faults=[{"operation": "create", "kind": "drop_after"}])
    with pytest.raises(requests.ConnectionError):
        call(base, body={"auth": {}})
    assert call(base, body={"auth": {}}).status_code == 401


def test_delay_answers_after_the_caller_has_gone(base: str) -> None:
    payer = Payer(base)
    setting(base, faults=[{"operation": "query", "kind": "delay", "seconds": 2, "times": 1}])
    with pytest.raises(requests.ReadTimeout):
        requests.post(f"{base}/api/session/{payer.number}", json={"auth": auth()}, timeout=0.3)
    assert payer.words() == (("PENDING", "PC"), None)


def test_faults_hit_only_their_operation_and_can_be_called_off(base: str) -> None:
    payer = Payer(base)
    left = setting(base, faults=[{"operation": "cancel", "kind": "drop_after"}])["faults"]
    assert left == [{"operation": "cancel", "kind": "drop_after", "times": 1, "seconds": 0.0}]
    assert payer.words() == (("PENDING", "PC"), None)
    with pytest.raises(requests.ConnectionError):
        call(base, f"/{payer.number}/cancel")
    assert payer.words() == (("REJECTED", "MC"), None)
    setting(base, faults=[{"operation": "query", "kind": "html_500", "times": 99}])
    assert setting(base, faults=None)["faults"] == []
    assert payer.words() == (("REJECTED", "MC"), None)


def test_audit_lists_sessions_and_debits(base: str) -> None:
    payer = Payer(base)
    payer.decide("funds")
    listed = requests.get(base + "/sandbox/sessions", timeout=PATIENCE).json()
    mine = next(each for each in listed if each["number"] == payer.number)
    assert (mine["reference"], mine["amount"], mine["state"]) == ("KSK2026000123", "187450.00", "open")
    assert [each["state"] for each in mine["debits"]] == ["no_funds"]


def test_restart_with_a_data_file_forgets_nothing(tmp_path: Path) -> None:
    data = ("--data", str(tmp_path / "sandbox.sqlite"))
    with running(*data, "--late-seconds", "1") as base:
        untried, approved, late = Payer(base), Payer(base), Payer(base)
        approved.decide("approve")
        before = approved.told()["payment"]
        late.decide("late")
    with running(*data) as base:
        for payer in (untried, approved, late):
            payer.base = base
        assert untried.words() == (("PENDING", "PC"), None)
        assert approved.told()["payment"] == before
        until(lambda: late.words()[0] == ("APPROVED", "00"))
        assert Payer(base).number == late.number + 1


def test_taken_port_is_said_and_not_a_traceback(base: str) -> None:
    port = base.rsplit(":", 1)[1]
    done = subprocess.run(
        [sys.executable, "-m", "kiosk.sandbox.pse", "--port", port],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
