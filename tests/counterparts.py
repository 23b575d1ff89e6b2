"""The other sides of a payment with scripted answers, and invented members to pay with them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from kiosk.cooperative.member import AccountHolder, Document, DocumentType, HolderKind, Member
from kiosk.cooperative.money import Money
from kiosk.cooperative.obligation import Choice, ObligationKind
from kiosk.cooperative.order import Order, OrderLine
from kiosk.cooperative.payment import Payer, Payment
from kiosk.member_core.connector import CoreError, Posting, PostingStatus
from kiosk.pse.gateway import Abilities, Answer, Charge, Created, Creation, ErrorKind, Expected, NoVerdict
from kiosk.pse.wire import same_place

MORNING = datetime(2026, 3, 2, 14, 15, tzinfo=UTC)
"""A quarter past nine in Bogotá."""

MEMBER = Member("M-0007", "Marta Rincón Ávila", "CC ******6789", "m***@correo.example")
HOLDER = AccountHolder(
    HolderKind.NATURAL,
    Document(DocumentType.CC, "1023456789"),
    "Marta Rincón Ávila",
    "marta.rincon@correo.example",
    "3001112233",
)
PAYER = Payer(MEMBER.member_id, MEMBER.display_name, "CC ******6789", HOLDER.name, "CC ******6789")


def order(*obligations: str, pesos: int | str = 185000) -> Order:
    """One line of `pesos` for each obligation; OB-881 alone where none is named."""
    return Order(
        tuple(
            OrderLine(
                str(number),
                key,
                ObligationKind.LOAN,
                "Crédito de consumo",
                key[-3:],
                Choice.OVERDUE,
                Money.of(pesos),
            )
            for number, key in enumerate(obligations or ("OB-881",), start=1)
        )
    )


class Clock:
    """Tells the time it was set to."""

    def __init__(self, now: datetime = MORNING) -> None:
        self.now = now
        self.passed = 0.0

    def __call__(self) -> datetime:
        return self.now

    def steady(self) -> float:
        return self.passed

    def forward(self, **time: float) -> None:
        self.jump(**time)
        self.passed += timedelta(**time).total_seconds()

    def jump(self, **time: float) -> None:
        """Somebody sets it."""
        self.now += timedelta(**time)


PLACETOPAY_LIKE = Abilities(
    picks_bank_here=False,
    finds_by_reference=False,
    absence_proves_unpaid=False,
    idempotent_create=False,
    cancels=False,
    other_device=True,
)
ZONAPAGOS_LIKE = replace(PLACETOPAY_LIKE, finds_by_reference=True, absence_proves_unpaid=True)


class ScriptedGateway:
    """Answers what it was told, the last answer for ever; remembers what it was asked."""

    name = "scripted"
    account = "scripted@gateway.invalid#1"
    skew: timedelta | None = None

    def measure_skew(self) -> None:
        self.meanwhile()

    def __init__(
        self,
        *answers: Answer | Exception,
        creation: Creation | None = None,
        abilities: Abilities = PLACETOPAY_LIKE,
    ) -> None:
        self.abilities = abilities
        self.creation: Creation = creation or Created("900123", "https://pse.example/session/900123")
        self.answers = list(answers)
        self.charges: list[Charge] = []
        self.asked: list[tuple[str, Expected]] = []
        self.cancelled: list[str] = []
        self.meanwhile: Callable[[], object] = lambda: None
        """Runs while the kiosk waits for an answer."""

    def create(self, charge: Charge) -> Creation:
        self.charges.append(charge)
        self.meanwhile()
        return self.creation

    def query(self, gateway_id: str, expected: Expected) -> Answer:
        return self._answer(gateway_id, expected)

    def find(self, expected: Expected) -> Answer:
        assert self.abilities.finds_by_reference, "asked for what the gateway can not do"
        return self._answer(expected.reference, expected)

    def _answer(self, key: str, expected: Expected) -> Answer:
        self.asked.append((key, expected))
        if not self.answers:
            return NoVerdict(ErrorKind.NO_ANSWER)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        self.meanwhile()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def cancel(self, gateway_id: str) -> None:
        assert self.abilities.cancels
        self.cancelled.append(gateway_id)

    return_url = "https://kiosco.invalid/retorno"

    def is_return(self, url: str) -> bool:
        return same_place(url, self.return_url)

    def allowed_hosts(self) -> frozenset[str]:
        return frozenset({"127.0.0.1"})


POSTED = Posting(PostingStatus.POSTED, "R-1001")


class ScriptedCore:
    """Only its posting is played: answers what it was told, the last answer for ever."""

    def __init__(self, *answers: Posting | CoreError) -> None:
        self.answers = list(answers) or [POSTED]
        self.received: list[Payment] = []
        self.holds: dict[str, Posting] = {}
        """What it answers when a posting is read back, by payment id."""
        self.read: list[str] = []
        self.meanwhile: Callable[[], object] = lambda: None
        self._lock = threading.Lock()

    def post(self, payment: Payment) -> Posting:
        with self._lock:
            self.received.append(payment)
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        self.meanwhile()
        if isinstance(answer, CoreError):
            raise answer
        self.holds[payment.payment_id] = answer
        return answer

    def posting(self, payment_id: str) -> Posting | None:
        self.read.append(payment_id)
        return self.holds.get(payment_id)

    def status(self) -> object:
        raise NotImplementedError

    sign_in = sign_out = recover_key = change_key = obligations = status


def together(*work: Callable[[], object]) -> list[object]:
    """Run all at once in threads and wait; what each returned, or the exception it raised."""
    results: list[object] = [None] * len(work)

    def run(index: int) -> None:
        try:
            results[index] = work[index]()
        except Exception as error:  # noqa: BLE001 - handed to the test
            results[index] = error

    threads: Iterable[threading.Thread] = [threading.Thread(target=run, args=(i,)) for i in range(len(work))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
