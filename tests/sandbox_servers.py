"""Real servers for tests: the sandboxes as processes, and a raw one that misbehaves as told."""

from __future__ import annotations

import os
import re
import socket
import ssl
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import requests
from counterparts import MORNING, PAYER

from kiosk.cooperative.member import Document, DocumentType
from kiosk.cooperative.money import Money
from kiosk.cooperative.obligation import Choice, ObligationKind
from kiosk.cooperative.order import Order, OrderLine
from kiosk.cooperative.payment import Payment, State
from kiosk.member_core.core_api import CoreApi
from kiosk.transport import Transport

PATIENCE = 20.0
SECRETS = {"KIOSK_SANDBOX_SECRET": "ofThisTestOnly7", "KIOSK_SANDBOX_CORE_SECRET": "only-of-this-test"}
_CONTENT_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


def until(condition: Callable[[], object]) -> None:
    """Wait until it is true."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.02)


@contextmanager
def _process(module: str, *arguments: str) -> Iterator[str]:
    """A sandbox of its own; gives its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", module, "--port", "0", *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **SECRETS},
    )
    assert process.stdout
    try:
        found = re.fullmatch(r"listening on (http://127\.0\.0\.1:\d+)\n", process.stdout.readline())
        assert found, f"{module} did not start"
        yield found[1]
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


@contextmanager
def gateway_process() -> Iterator[str]:
    """The sandbox gateway; gives its address."""
    with _process("kiosk.sandbox.pse") as url:
        yield url


@contextmanager
def core_process(data: Path) -> Iterator[str]:
    """The sandbox core on this file; gives its address."""
    with _process("kiosk.sandbox.member_core", "--data", str(data)) as url:
        yield url


# -- a member of the sandbox core, and a terminal that serves her -----------------------------------

MARIA, MARIAS_KEY = Document(DocumentType.CC, "1900100101"), "4821"


def terminal(
    url: str, *, secret: str = SECRETS["KIOSK_SANDBOX_CORE_SECRET"], api: Transport | None = None
) -> CoreApi:
    """The driver of a terminal at the sandbox core; all that it says and hears must be the contract's."""
    from contract import CheckedTransport  # its checkers take two seconds to be imported

    return CoreApi(
        api or CheckedTransport(f"{url}/v1"), Transport(f"{url}/oauth2/token"), client_id="kiosk-demo",
        client_secret=secret, kiosk_id="DEMO01",
    )  # fmt: skip


def line(obligation: str, pesos: str) -> OrderLine:
    """One obligation and what is paid of it."""
    return OrderLine(
        obligation, obligation, ObligationKind.CONTRIBUTION, "Aportes", obligation[3:], Choice.OVERDUE,
        Money.of(pesos),
    )  # fmt: skip


def paid(obligation: str = "AP-100101", pesos: str = "60000", **changed: Any) -> Payment:
    """A payment of María's that the gateway approved."""
    usual = Payment(
        payment_id=str(uuid.uuid4()), reference="DEMO01260302001", terminal="DEMO01", gateway="placetopay",
        order=Order((line(obligation, pesos),)), payer=replace(PAYER, member_id="A-100101"),
        created_at=MORNING, state=State.APPROVED, gateway_id=uuid.uuid4().hex, cus="3271840055",
        bank="Banco Cordillera",
        decided_at=MORNING + timedelta(minutes=3),
    )  # fmt: skip
    return replace(usual, **changed)


# -- what a test may do to a sandbox ------------------------------------------------------------


def setting(base: str, **wanted: object) -> dict[str, Any]:
    """Change a sandbox while it runs; what it is set to now."""
    answer = requests.post(f"{base}/sandbox/settings", json=wanted, timeout=PATIENCE)
    assert answer.status_code == 200, answer.text
    settings: dict[str, Any] = answer.json()
    return settings


def fault(base: str, operation: str, kind: str, **more: object) -> None:
    """Let the next call of this operation go wrong."""
    setting(base, faults={"operation": operation, "kind": kind, **more})


def sessions(gateway: str, reference: str | None = None) -> list[dict[str, Any]]:
    """What the gateway has on record, of one reference or of all."""
    found = requests.get(f"{gateway}/sandbox/sessions", timeout=PATIENCE).json()
    return [each for each in found if reference in (None, each["reference"])]


def puts(core: str, payment_id: str) -> int:
    """How often the core was given this payment."""
    audit = requests.get(f"{core}/sandbox/payments", timeout=PATIENCE).json()
    return sum(item["puts"] for item in audit["items"] if item["paymentId"] == payment_id)


def movements(core: str, payment_id: str | None = None) -> list[tuple[str, str]]:
    """What the core moved, for this payment or at all: obligation and amount."""
    audit = requests.get(f"{core}/sandbox/payments", timeout=PATIENCE).json()
    mine = [each for each in audit["movements"] if payment_id in (None, each["paymentId"])]
    return [(each["obligationId"], each["amount"]) for each in mine]


def to_bank(page: str, bank: str = "1902") -> str:
    """The payer on PSE's portal of a session's page; the address of the bank's page."""
    base, _, rest = page.partition("/session/")
    form = {"email": "marta.rincon@correo.example", "person": "natural", "bank": bank}
    answer = _submitted(f"{base}/pse/{rest.split('/')[1]}", form)
    return base + answer.headers["Location"]


def decide(bank_page: str, outcome: str) -> str:
    """The payer at the bank; where the browser is sent then, nowhere for "never"."""
    typed = {"outcome": outcome, "bank-user": "marta", "bank-key": "s3cr3t0"}
    return _submitted(bank_page, typed).headers.get("Location", "")


def _submitted(address: str, form: dict[str, str]) -> requests.Response:
    answer = requests.post(address, data=form, timeout=PATIENCE, allow_redirects=False)
    assert answer.status_code == (200 if form.get("outcome") == "never" else 302), answer.text
    return answer


def pay(page: str, outcome: str = "approve") -> str:
    """From the session's page through portal and bank; where the browser is sent then."""
    return decide(to_bank(page), outcome)


# -- a server that does what it is told ----------------------------------------------------------


class RawServer:
    """Reads each request whole, then lets `answer` do what it likes to the connection."""

    def __init__(self, answer: Callable[[socket.socket], object], tls: ssl.SSLContext | None = None) -> None:
        self._answer, self._tls = answer, tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.host = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self.requests: list[bytes] = []
        self.over = threading.Event()
        """Set when the test is done: whoever stays silent may stop."""
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://{self.host}"

    def close(self) -> None:
        self.over.set()
        self._listener.shutdown(socket.SHUT_RDWR)  # closing alone does not wake whoever accepts
        self._listener.close()
        self._thread.join(PATIENCE)

    def _serve(self) -> None:
        while not self.over.is_set():
            try:
                connection = self._listener.accept()[0]
            except OSError:
                return
            with ExitStack() as held:
                held.enter_context(connection)
                try:
                    if self._tls:
                        connection = held.enter_context(self._tls.wrap_socket(connection, server_side=True))
                    self.requests.append(_whole_request(connection))
                    self._answer(connection)
                except OSError:  # the kiosk hung up first
                    continue


def _whole_request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        data += _more(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    length = _CONTENT_LENGTH.search(head)
    while length and len(body) < int(length[1]):
        body += _more(connection)
    return head + b"\r\n\r\n" + body


def _more(connection: socket.socket) -> bytes:
    if not (data := connection.recv(65536)):
        raise ConnectionError
    return data


@contextmanager
def raw_server(
    answer: Callable[[socket.socket], object], tls: ssl.SSLContext | None = None
) -> Iterator[RawServer]:
    """A RawServer that is closed in the end."""
    with closing(RawServer(answer, tls)) as server:
        yield server


def reply(body: bytes = b"{}", status: str = "200 OK", *headers: str) -> bytes:
    """A whole HTTP answer."""
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join([*head, "", ""]).encode() + body


def free_port() -> int:
    """A port of loopback on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
