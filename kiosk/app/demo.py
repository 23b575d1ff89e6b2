"""The demonstration: sandbox core and gateway as real servers, a loopback printer, made-up secrets."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from kiosk.app.sandboxes import Guide, OwnSandboxes, Sandboxes, SandboxesElsewhere
from kiosk.receipt.sandbox import LoopbackPrinter
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
    """Sandboxes, a printer on loopback, and the settings that point at them; ended by `close`.

    `folder` gets journal, receipts and the servers' data. `at` are the addresses of a core and a gateway
    that already run; without them both are started on free ports of loopback. Raises NoSandbox.
    """

    def __init__(
        self,
        folder: Path,
        *,
        outcome: str = "approved",
        quick: bool = False,
        gateway: str = "placetopay",
        at: tuple[str, str] | None = None,
    ) -> None:
        self.folder, self.gateway = folder, gateway
        folder.mkdir(parents=True, exist_ok=True)
        self._quick = quick
        self.sandboxes: Sandboxes
        if at is None:
            self.sandboxes = OwnSandboxes(
                folder, gateway, OUTCOMES[outcome], late_seconds=10 if quick else 30
            )
        else:
            self.sandboxes = SandboxesElsewhere(*at, gateway, OUTCOMES[outcome])
        self.printer = LoopbackPrinter(folder / "receipt.escpos")
        merchant = self.sandboxes.merchant
        os.environ["KIOSK_DEMO_GATEWAY_SECRET"] = merchant.secret
        for name, value in merchant.secrets.items():
            os.environ[f"KIOSK_DEMO_GATEWAY_{name.upper()}"] = value
        os.environ["KIOSK_SANDBOX_CORE_SECRET"] = self.sandboxes.core.client_secret
        os.environ["KIOSK_DEMO_RECEIPT_KEY"] = secrets.token_hex(16)
        # Whoever names one can read this journal afterwards (installer/test-package.sh).
        os.environ.setdefault("KIOSK_DEMO_JOURNAL_KEY", secrets.token_hex(16))
        os.environ["KIOSK_DEMO_MANAGER_PIN"] = hashed(MANAGER_PIN)

    @property
    def core_url(self) -> str:
        """The sandbox core's address."""
        return self.sandboxes.core_url

    @property
    def gateway_url(self) -> str:
        """The sandbox gateway's address."""
        return self.sandboxes.gateway_url

    def guide(self) -> Guide:
        """The invented members for the welcome page."""
        return self.sandboxes.core.members

    def settings(self) -> Settings:
        """A terminal's settings on this sandbox."""
        merchant, host = self.sandboxes.merchant, urlsplit(self.gateway_url)
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
                    "client_id": self.sandboxes.core.client_id,
                    "client_secret": "env:KIOSK_SANDBOX_CORE_SECRET",
                },
                "gateway": {
                    "driver": self.gateway,
                    "url": self.gateway_url + merchant.path,
                    "login": merchant.login,
                    "secret": "env:KIOSK_DEMO_GATEWAY_SECRET",
                    "secrets": {name: f"env:KIOSK_DEMO_GATEWAY_{name.upper()}" for name in merchant.secrets},
                    "options": dict(merchant.options),
                    "return_url": RETURN_URL,
                    "page_hosts": [host.netloc, host.hostname],
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
        self.sandboxes.wait(seconds)

    def close(self) -> None:
        """Stop servers and printer."""
        self.sandboxes.close()
        self.printer.close()
