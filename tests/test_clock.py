"""The gateway's clock against ours: what its answers say, for how long, and when nobody is served."""

from __future__ import annotations

import re
import socket
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import SimpleNamespace

import pytest
from counterparts import MORNING, Clock
from sandbox_servers import free_port, raw_server, reply

from kiosk.pse.clock import GatewayClock
from kiosk.teller.desk import Desk
from kiosk.teller.errors import ClockOff
from kiosk.transport import Transport


def dated(when: datetime) -> dict[str, str]:
    return {"date": format_datetime(when, usegmt=True)}


@pytest.fixture
def ours() -> Clock:
    return Clock()


@pytest.fixture
def gateway(ours: Clock) -> GatewayClock:
    return GatewayClock(ours, ours.steady)


def test_it_follows_whoever_sets_our_clock(ours: Clock, gateway: GatewayClock) -> None:
    gateway.heard(dated(MORNING + timedelta(minutes=12)))
    assert gateway.skew == timedelta(minutes=12)
    assert gateway.now() == MORNING + timedelta(minutes=12)
    ours.forward(minutes=5)
    assert gateway.now() == MORNING + timedelta(minutes=17)
    ours.jump(minutes=12)
    assert gateway.skew == timedelta(0)


def test_a_measurement_grows_old(ours: Clock, gateway: GatewayClock) -> None:
    gateway.heard(dated(MORNING + timedelta(hours=2)))
    ours.forward(minutes=14)
    assert gateway.skew == timedelta(hours=2)
    ours.forward(minutes=2)
    assert gateway.skew is None
    assert gateway.now() == ours.now


@pytest.mark.parametrize(
    "date", ["", "ayer", "Mon, 99 Nov 2026 10:00:00 GMT", "0", "Fri, 31 Dec 9999 23:59:59 GMT"]
)
def test_a_date_that_is_none_says_nothing(gateway: GatewayClock, date: str) -> None:
    gateway.heard({"date": date})
    gateway.heard({})
    assert gateway.skew is None


@pytest.mark.skipif(not hasattr(time, "CLOCK_BOOTTIME"), reason="the machine can not tell its sleep")
def test_the_time_that_the_machine_slept_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "clock_gettime", lambda clock: 7.0 if clock == time.CLOCK_BOOTTIME else 0.0)
    asleep = GatewayClock(lambda: MORNING)
    asleep.heard(dated(MORNING))
    monkeypatch.setattr(time, "clock_gettime", lambda _: 607.0)
    assert asleep.skew == timedelta(minutes=10)


class TestWhetherAnybodyIsServed:
    """`Desk.check` against a real server's Date."""

    def check(self, answers: GatewayClock, url: str) -> None:
        def measure() -> None:
            answers.measure(Transport(url))

        class Line:
            skew = property(lambda _: answers.skew)
            measure_skew = staticmethod(measure)

        journal = SimpleNamespace(beat=lambda *_, **__: None, room=lambda: 2**40, why_no_payment=lambda: None)
        receipts = SimpleNamespace(issuer=SimpleNamespace(terminal="PAM01"), clock=lambda: MORNING)
        parts = dict.fromkeys(("connector", "banks", "checkout", "sonda", "printer", "manager"))
        desk = Desk(gateway=Line(), journal=journal, receipts=receipts, **parts)  # type: ignore[arg-type]
        desk.check()

    @pytest.mark.parametrize("off", [12, -12])
    def test_a_clock_that_is_off_serves_nobody_until_it_is_right(self, off: int) -> None:
        true = lambda: datetime.now(UTC)  # noqa: E731

        def answer(connection: socket.socket) -> None:
            connection.sendall(reply(b"", "404 No", f"Date: {dated(true())['date']}"))

        with raw_server(answer) as server:
            wrong = GatewayClock(lambda: true() + timedelta(minutes=off))
            wrong.measure(Transport(server.url))
            with pytest.raises(ClockOff, match=re.escape(f"{off:+d} minutes")):
                self.check(wrong, server.url)

            odd = GatewayClock(true)
            odd.heard(dated(true() + timedelta(minutes=off)))  # one answer, from a machine of its own time
            self.check(odd, server.url)
            assert abs(odd.skew or timedelta()) < timedelta(seconds=5)

    def test_without_an_answer_the_last_one_proves_nothing(self) -> None:
        gateway = GatewayClock(lambda: datetime.now(UTC))
        gateway.heard(dated(datetime.now(UTC) + timedelta(hours=1)))
        self.check(gateway, f"http://127.0.0.1:{free_port()}")
        assert gateway.skew is None
