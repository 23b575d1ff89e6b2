"""A trial payment: created and asked about at a gateway's own test environment, nowhere else.

It stands in no journal and is never posted: it says that address, credentials and clock are right, from
the creation to the verdict.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from kiosk.cooperative.member import AccountHolder, Document, DocumentType, HolderKind
from kiosk.cooperative.money import Money
from kiosk.pse.gateway import Answer, Bank, Charge, Created, Expected, Gateway, NoVerdict, Verdict

_APPROVING = "aprueba"
"""In the name of the test environments' bank that approves."""
_NOBODY = AccountHolder(
    HolderKind.NATURAL, Document(DocumentType.CC, "1000000001"), "Prueba de instalación",
    "prueba@cooperativa.example", "3000000000",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Trial:
    """What a trial payment is made with."""

    gateway: Gateway
    terminal: str
    ip_address: str
    session_minutes: int
    say: Callable[[str], None]
    every: float = 5.0

    def pay(self, amount: Money, patience: float = 300.0) -> bool:
        """Create one, wait for its end, close it where it has none. True where the gateway gave a verdict.

        `patience` are the seconds that somebody has to pay it at the page.
        """
        now = datetime.now(UTC)
        expected = Expected(f"{self.terminal}TEST{now:%y%m%d%H%M%S}", amount)
        bank = self._bank()
        if isinstance(bank, NoVerdict):
            self.say(f"trial: no list of banks ({bank.kind})")
            return False
        created = self.gateway.create(
            Charge(
                expected.reference, amount, "Pago de prueba", _NOBODY,
                now + timedelta(minutes=self.session_minutes), self.ip_address, "Kiosk/1", bank,
                opened_on=now.date(), beneficiary=_NOBODY.document,
            )
        )  # fmt: skip
        if not isinstance(created, Created):
            self.say(
                f"trial: {expected.reference} was not created: {type(created).__name__} ({created.kind})"
            )
            return False
        self.say(f"trial: {expected.reference} for {amount.shown()} is {created.gateway_id}; pay it here:")
        self.say(f"    {created.redirect_url or '(the gateway gave no address)'}")
        answer = self._wait(created.gateway_id, expected, patience)
        if not (isinstance(answer, Verdict) and answer.final) and self.gateway.abilities.cancels:
            self.gateway.cancel(created.gateway_id)
            self.say("trial: asked the gateway to close it")
            answer = self.gateway.query(created.gateway_id, expected)
        self.say(f"trial: {_answer_in_words(answer)}")
        return isinstance(answer, Verdict)

    def _bank(self) -> Bank | NoVerdict | None:
        if not self.gateway.abilities.picks_bank_here:
            return None
        banks = self.gateway.banks()
        if isinstance(banks, NoVerdict):
            return banks
        first = banks[0] if banks else None
        return next((bank for bank in banks if _APPROVING in bank.name.casefold()), first)

    def _wait(self, gateway_id: str, expected: Expected, patience: float) -> Answer:
        """Until the end, or until nobody waits any longer; Ctrl+C is such an end, too."""
        deadline = time.monotonic() + patience
        try:
            while True:
                answer = self.gateway.query(gateway_id, expected)
                if isinstance(answer, Verdict) and (answer.final or answer.attempt_over):
                    return answer
                if time.monotonic() >= deadline:
                    return answer
                time.sleep(min(self.every, patience))
        except KeyboardInterrupt:
            return self.gateway.query(gateway_id, expected)


def _answer_in_words(answer: Answer) -> str:
    if isinstance(answer, Verdict):
        return " ".join(filter(None, [answer.status.value, answer.cus and f"CUS {answer.cus}", answer.cause]))
    return f"no verdict ({answer.kind})"
