"""`python -m instruments.soak --payments N`: a long queue at one terminal: did every payment leave its paper?

Nothing goes wrong here: real servers, journal, printer and files, one member after the other in one process,
each gone as soon as they read the result. In the end what is posted is counted against what was filed.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import requests
from PySide6.QtCore import QCoreApplication, QEventLoop

from kiosk.app.assembly import build_desk
from kiosk.app.demo import Demonstration
from kiosk.app.window import LazyDesk, qt_application
from kiosk.cooperative.member import AccountHolder, Document, DocumentType, HolderKind, MemberSession
from kiosk.cooperative.money import Money
from kiosk.cooperative.obligation import Choice, ObligationKind
from kiosk.cooperative.order import Order, OrderLine
from kiosk.cooperative.payment import Payment, State
from kiosk.teller.desk import Desk
from kiosk.visit.errands import Errands
from kiosk.visit.jobs import Jobs
from kiosk.visit.printing import ReceiptPrinting

PATIENCE = 20.0
_MEMBER, _KEY = Document(DocumentType.CC, "1900100101"), "4821"
_HOLDER = AccountHolder(
    HolderKind.NATURAL, _MEMBER, "María Rodríguez", "maria@correo.example", "3001112233"
)  # fmt: skip
_SIGNED_IN_FOR = 50
"""Payments: before the core's session is over."""
_FILES_MAY_TAKE = 60.0


class _Waiting(Errands):
    """Errands without a visit: nobody waits for an answer."""

    def _failed(self, error: Exception, quiet: bool) -> None:
        del quiet
        print(f"soak: {type(error).__name__}", file=sys.stderr)


class Soak:
    """One terminal on the demonstration's servers."""

    def __init__(self, servers: Demonstration) -> None:
        self._servers = servers
        settings = servers.settings()
        self._receipts = settings.receipts.folder
        self.desk = LazyDesk(lambda: build_desk(settings))
        self.jobs = Jobs()
        self._printing = ReceiptPrinting(_Waiting(self.jobs, self.desk))
        self._session: MemberSession | None = None

    def through(self, payments: int, chance: random.Random) -> None:
        """So many members, one after the other."""
        for number in range(payments):
            if number % _SIGNED_IN_FOR == 0:
                self._session = self.desk().sign_in(_MEMBER, _KEY)
            payment = self._pays(chance)
            language = chance.choice(["es", "en"])
            self._printing.prepare(payment, copy=False, language=language)
            self._printing.print_once(payment, language=language)
            self.settle(lambda: self._printing.receipt is not None)
            self._printing.forget()

    def _pays(self, chance: random.Random) -> Payment:
        assert self._session
        line = OrderLine(
            "1", "AP-100101", ObligationKind.CONTRIBUTION, "Aportes", "100101", Choice.OTHER,
            Money.of(chance.randint(100, 900)),
        )  # fmt: skip
        checkout = self.desk().checkout
        payment = checkout.start(Order((line,)), self._session.member, _HOLDER)
        assert payment.redirect_url, payment.state
        _approve(payment.redirect_url)
        return checkout.ask(payment)

    def filed(self) -> int:
        """Receipts of posted payments that lie in the folder."""
        return len(list(self._receipts.glob("*-posted.pdf")))

    def settle(self, enough: Callable[[], bool]) -> None:
        """Let what was begun come to its end."""
        patience = time.monotonic() + _FILES_MAY_TAKE
        while not enough() and time.monotonic() < patience:
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 10)
            time.sleep(0.005)

    def close(self) -> None:
        """Let go of lanes and journal."""
        self.jobs.close()
        self.desk.close()


def _approve(page: str) -> None:
    """The payer on PSE's portal and at the bank."""
    base, _, rest = page.partition("/session/")
    who = {"email": _HOLDER.email, "person": "natural", "bank": "1902"}
    typed = {"outcome": "approve", "bank-user": "maria", "bank-key": "s3cr3t0"}
    portal = requests.post(f"{base}/pse/{rest.split('/')[1]}", who, timeout=PATIENCE, allow_redirects=False)
    requests.post(base + portal.headers["Location"], typed, timeout=PATIENCE, allow_redirects=False)


def _books(desk: Desk, core_url: str) -> tuple[int, int, list[str]]:
    """Payments posted, movements in the core, and what is wrong with the journal."""
    posted = sum(payment.state is State.POSTED for payment in desk.journal.find(limit=10**6))
    moved = requests.get(f"{core_url}/sandbox/payments", timeout=PATIENCE).json()["movements"]
    return posted, len(moved), desk.journal.faults()


def main() -> int:
    """1 where a posted payment has no file, or the books differ."""
    parser = argparse.ArgumentParser(prog="python -m instruments.soak", description=__doc__)
    parser.add_argument("--payments", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    application = qt_application([sys.argv[0], "-platform", "offscreen"])
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        servers = Demonstration(Path(folder))
        soak = Soak(servers)
        try:
            servers.wait()
            soak.through(options.payments, random.Random(options.seed))
            soak.settle(lambda: soak.filed() >= options.payments)
            at_once = soak.filed()
            at_rest = soak.desk().file_receipts()
            posted, moved, faults = _books(soak.desk(), servers.core_url)
            filed = soak.filed()
        finally:
            soak.close()
            servers.close()
    del application
    print(*faults, sep="\n", end="")
    wrong = posted - filed + abs(posted - moved) + abs(posted - options.payments) + len(faults)
    print(
        re.sub(
            r"\s+",
            " ",
            f"""soak: payments={options.payments} posted={posted} moved={moved}
          filed={filed} at_once={at_once} at_rest={at_rest} wrong={wrong}""",
        )
    )
    return int(wrong != 0)


if __name__ == "__main__":
    raise SystemExit(main())
