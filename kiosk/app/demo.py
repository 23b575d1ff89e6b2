"""The demonstration: sandbox core and gateway as real processes, a loopback printer, made-up secrets."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import time
from pathlib import Path

from kiosk.receipt.sandbox import LoopbackPrinter
from kiosk.sandbox.pse.server import profile
from kiosk.settings import Settings
from kiosk.teller.pin import hashed

OUTCOMES = {
    "approved": "approve",
    "declined": "decline",
    "failed": "fail",
    "pending": "pending",
    "late-approved": "late",
}
"""The tour's outcomes, and what the sandbox bank calls them."""

MANAGER_PIN = "246810"
"""The demonstration's, as its README says."""
RETURN_URL = "https://kiosco.invalid/retorno"


class Demonstration:
    """Starts the servers, gives the settings that point at them, and stops them in the end.

    `folder` gets journal, receipts and the servers' data. Ports are free ones of loopback.
    """

    def __init__(
        self, folder: Path, *, outcome: str = "approved", quick: bool = False, gateway: str = "placetopay"
    ) -> None:
        self.folder, self.gateway = folder, gateway
        folder.mkdir(parents=True, exist_ok=True)
        self._processes: list[subprocess.Popen[bytes]] = []
        self._quick = quick
        self.core_port, self.gateway_port = _free_port(), _free_port()
        self.printer = LoopbackPrinter(folder / "receipt.escpos")
        secret = secrets.token_hex(16)
        os.environ["KIOSK_SANDBOX_SECRET"] = secret
        self._merchant = profile(gateway, secret)
        os.environ["KIOSK_DEMO_GATEWAY_SECRET"] = self._merchant.secret
        for name, value in self._merchant.secrets.items():
            os.environ[f"KIOSK_DEMO_GATEWAY_{name.upper()}"] = value
        os.environ["KIOSK_SANDBOX_CORE_SECRET"] = secrets.token_hex(16)
        os.environ["KIOSK_DEMO_RECEIPT_KEY"] = secrets.token_hex(16)
        os.environ["KIOSK_DEMO_JOURNAL_KEY"] = secrets.token_hex(16)
        os.environ["KIOSK_DEMO_MANAGER_PIN"] = hashed(MANAGER_PIN)
        self._start("core", self.core_port, "--data", str(folder / "core.sqlite"))
        late = "10" if quick else "30"
        self._start(
            "gateway", self.gateway_port, "--gateway", gateway, "--outcome", OUTCOMES[outcome],
            "--late-seconds", late, "--data", str(folder / "gateway.sqlite"),
        )  # fmt: skip

    def _start(self, which: str, port: int, *more: str) -> None:
        # The frozen program has no interpreter beside it: it is its own.
        program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "kiosk.cli"]
        command = [*program, "sandbox", "--until-stdin-ends", which, "--port", str(port), *more]
        self._processes.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL))  # noqa: S603

    @property
    def core_url(self) -> str:
        """The sandbox core's address."""
        return f"http://127.0.0.1:{self.core_port}"

    @property
    def gateway_url(self) -> str:
        """The sandbox gateway's address."""
        return f"http://127.0.0.1:{self.gateway_port}"

    def settings(self) -> Settings:
        """A terminal's settings on this sandbox."""
        watch = (
            {"watch_every": 1.0, "watch_for": 6.0} if self._quick else {"watch_every": 3.0, "watch_for": 60.0}
        )
        return Settings.of(
            {
                "terminal": {"id": "DEMO01", "demonstration": True},
                "cooperative": {"nit": "900.123.456-8"},
                "core": {
                    "url": f"{self.core_url}/v1",
                    "token_url": f"{self.core_url}/oauth2/token",
                    "client_id": "kiosk-demo",
                    "client_secret": "env:KIOSK_SANDBOX_CORE_SECRET",
                },
                "gateway": {
                    "driver": self.gateway,
                    "url": self.gateway_url + self._merchant.path,
                    "login": self._merchant.login,
                    "secret": "env:KIOSK_DEMO_GATEWAY_SECRET",
                    "secrets": {
                        name: f"env:KIOSK_DEMO_GATEWAY_{name.upper()}" for name in self._merchant.secrets
                    },
                    "options": dict(self._merchant.options),
                    "return_url": RETURN_URL,
                    "page_hosts": [f"127.0.0.1:{self.gateway_port}", "127.0.0.1"],
                },
                "journal": {"file": self.folder / "journal.sqlite", "key": "env:KIOSK_DEMO_JOURNAL_KEY"},
                "printer": {"kind": "network", "host": "127.0.0.1", "port": self.printer.port},
                "receipts": {"folder": self.folder / "receipts", "signing_key": "env:KIOSK_DEMO_RECEIPT_KEY"},
                "sonda": {**watch, "first_after": 10.0, "every": 5.0, "post_every": 2.0},
                "payments": {"minimum": 100},
                "manager": {"pin": "env:KIOSK_DEMO_MANAGER_PIN"},
                # Pictures must be the same on a machine with a voice and on one without.
                "speech": {"engine": "off" if self._quick else "auto"},
            }
        )

    def wait(self, seconds: float = 30.0) -> None:
        """Until both servers take connections. Raises TimeoutError."""
        deadline = time.monotonic() + seconds
        for port in (self.core_port, self.gateway_port):
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    if time.monotonic() > deadline:
                        raise TimeoutError(f"the sandbox on port {port} did not start") from None
                    time.sleep(0.05)

    def close(self) -> None:
        """Stop servers and printer."""
        for process in self._processes:
            process.terminate()
            if process.stdin is not None:
                process.stdin.close()
        for process in self._processes:
            process.wait(10)
        self.printer.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def guide() -> tuple[tuple[str, str, str, str, str, str], ...]:
    """The invented members for the welcome page."""
    from kiosk.sandbox.member_core.guide import guide as entries

    return tuple(
        (e.document_type, e.document_number, e.key, e.name, e.shows_es, e.shows_en) for e in entries()
    )
