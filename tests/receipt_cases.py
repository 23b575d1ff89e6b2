"""Invented payments and issuers for the receipt tests, and a printer that is played byte by byte."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType

from kiosk.cooperative.money import Money
from kiosk.cooperative.obligation import Choice, ObligationKind
from kiosk.cooperative.order import Order, OrderLine
from kiosk.cooperative.payment import Payer, Payment, State
from kiosk.receipt.document import Issuer

KEY = b"an invented key of 32 bytes ....."
MEMBER_DOCUMENT = "1130624417"
HOLDER_DOCUMENT = "94308820"
NOW = datetime(2026, 11, 24, 4, 59, 30, tzinfo=UTC)

ISSUER = Issuer(
    cooperative="Cooperativa Solidarios",
    nit="800.000.000-0",
    agency="Agencia Pampalinda",
    city="Cali",
    terminal="PAM01",
    ip_address="192.0.2.14",
    support_name="Gestión del Asociado",
    support_phone="620 0910 Ext 102",
    support_email="gestion@correo.example",
    signing_key=KEY,
)


def line(number: int, kind: ObligationKind, name: str, reference: str, pesos: int) -> OrderLine:
    return OrderLine(
        str(number), f"obligation-{number}", kind, name, reference, Choice.OVERDUE, Money.of(pesos)
    )


LINES = (
    line(1, ObligationKind.LOAN, "Crédito libre inversión", "LI-0088-1204", 318_300),
    line(2, ObligationKind.CONTRIBUTION, "Aportes sociales", "AP-5520117", 60_000),
    line(3, ObligationKind.FUNERAL_FUND, "Plan exequial Ñandú", "FF-20931", 34_000),
)

PAID = Payment(
    payment_id="8d7e2f60-0000-4000-8000-000000000001",
    reference="PAM01A7K2M9Q4",
    terminal="PAM01",
    gateway="placetopay",
    order=Order(LINES),
    payer=Payer(
        "member-1", "Rosa Elvira Ñáñez Quiñones", "CC ******4417", "Carlos Andrés Peña Ibarra", "CC ****8820"
    ),
    created_at=datetime(2026, 11, 24, 4, 58, 2, tzinfo=UTC),
    state=State.POSTED,
    gateway_id="6219345",
    cus="3501777",
    bank="Banco Unión Colombiano",
    decided_at=datetime(2026, 11, 24, 4, 59, 18, tzinfo=UTC),
    core_receipt="RC-2026-000417",
)

FINE = (0x12, 0x12, 0x12)
"""What an ESC/POS printer in order answers to DLE EOT 1, 2 and 4."""


@dataclass
class PlayedPrinter:
    """The wits of an ESC/POS printer: records what it prints, answers status questions at once.

    `status` None never answers. `jams_at` bytes printed it becomes `jammed` and works nothing off.
    """

    status: tuple[int, int, int] | None = FINE
    says_when_done: bool = True
    jams_at: int | None = None
    jammed: tuple[int, int, int] = (0x1A, 0x32, 0x72)
    unasked: bytes = b""
    printed: bytearray = field(default_factory=bytearray)
    thrown_away: bool = False

    def feed(self, data: bytes) -> bytes:
        """Take bytes from the cable; what it says to them."""
        answers = bytearray()
        while data:
            if data.startswith(b"\x10\x04") and len(data) >= 3:
                answers += self._status_of(data[2])
                data = data[3:]
            elif data.startswith(b"\x10\x14\x08"):
                self.thrown_away = True
                data = data[10:]
            elif data.startswith(b"\x1dr\x01"):
                if self.says_when_done and not self.stuck and self.status:
                    answers += b"\x00"
                data = data[3:]
            else:
                self.printed += data[:1]
                data = data[1:]
        return bytes(answers)

    @property
    def stuck(self) -> bool:
        return self.jams_at is not None and len(self.printed) >= self.jams_at

    def _status_of(self, which: int) -> bytes:
        now = self.jammed if self.stuck else self.status
        if now is None:
            return b""
        return self.unasked + bytes((now[{1: 0, 2: 1, 4: 2}[which]],))


class LoopbackPrinter:
    """A played printer behind a real socket on this machine."""

    def __init__(self, wits: PlayedPrinter) -> None:
        self.wits = wits
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> LoopbackPrinter:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Closing alone does not wake up accept().
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)
        assert not self._thread.is_alive()

    def _serve(self) -> None:
        while True:
            try:
                cable, _ = self._listener.accept()
            except OSError:
                return
            with cable:
                self._talk(cable.recv, cable.sendall)

    def _talk(self, receive: Callable[[int], bytes], send: Callable[[bytes], None]) -> None:
        try:
            while data := receive(65536):
                if answer := self.wits.feed(data):
                    send(answer)
        except OSError:
            return
