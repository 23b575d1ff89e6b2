"""A checkout with its journal on disk, and the other sides scripted: what tests of the teller stand at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from counterparts import HOLDER, MEMBER, MORNING, PLACETOPAY_LIKE, Clock, ScriptedCore, ScriptedGateway, order

from kiosk.cooperative.payment import Payment, State
from kiosk.journal.journal import Journal
from kiosk.pse.gateway import Abilities, Gateway, Status, Verdict
from kiosk.teller.checkout import Checkout
from kiosk.teller.limits import DebitLimits
from kiosk.teller.sonda import Sonda
from kiosk.teller.terminal import TerminalFacts, Timings

ONLY_OURS = replace(PLACETOPAY_LIKE, address_only_ours=True)
APPROVED = Verdict(Status.APPROVED, cus="55501", bank="BANCO UNO", decided_at=MORNING + timedelta(minutes=3))
PENDING = Verdict(Status.PENDING)
REJECTED = Verdict(Status.REJECTED, cause="Fondos insuficientes")


@dataclass
class Till:
    """One process at one journal. `restarted` is another one, that has heard nothing."""

    path: Path
    gateway: ScriptedGateway = field(default_factory=ScriptedGateway)
    core: ScriptedCore = field(default_factory=ScriptedCore)
    clock: Clock = field(default_factory=Clock)
    former: Iterable[Gateway] = ()
    limits: DebitLimits = field(default_factory=DebitLimits)

    def __post_init__(self) -> None:
        self.journal = Journal.open(self.path)
        facts = TerminalFacts(
            "PAM01", "Cooperativa Solidarios", "190.0.2.15", "Kiosk/1", session_minutes=15, limits=self.limits
        )
        timings = Timings()
        self.checkout = Checkout(
            self.journal, self.gateway, self.core, self.clock, facts, timings, self.clock.steady,
            former=self.former,
        )  # fmt: skip
        self.sonda = Sonda(self.checkout, self.journal, self.clock, timings, chance=lambda: 0.5)

    def start(self, *obligations: str) -> Payment:
        return self.checkout.start(order(*obligations), MEMBER, HOLDER)

    def left(self, *obligations: str) -> Payment:
        return self.checkout.left(self.start(*obligations))

    def now(self, payment: Payment) -> Payment:
        return self.journal.get(payment.payment_id)

    def rounds(self, hours: float, *, every: float = 0.2) -> None:
        """The sonda's rounds while so much time passes."""
        for _ in range(round(hours / every)):
            self.clock.forward(hours=every)
            self.sonda.round()

    def facts(self, payment: Payment) -> dict[str, object]:
        """Everything that the events about it say, the latest word for each."""
        found: dict[str, object] = {}
        for event in self.journal.events(payment.payment_id):
            found |= event.facts
        return found

    def restarted(self, **other: object) -> Till:
        """Another process on the same journal."""
        self.journal.close()
        parts = {"gateway": self.gateway, "core": self.core, "clock": self.clock, "former": self.former}
        return Till(self.path, **{**parts, **other})  # type: ignore[arg-type]


@contextmanager
def till_at(path: Path, abilities: Abilities = PLACETOPAY_LIKE, **parts: object) -> Iterator[Till]:
    """A till whose journal is whole when it is left."""
    till = Till(path / "journal.sqlite", gateway=ScriptedGateway(abilities=abilities), **parts)  # type: ignore[arg-type]
    yield till
    book = Journal.open(till.path)
    assert book.faults() == []
    book.close()
    till.journal.close()


def ended(payment: Payment) -> bool:
    return payment.state in (State.DECLINED, State.FAILED)
