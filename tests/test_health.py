"""Doctor's findings: on the real sandboxes, and on servers, files and clocks that are not well."""

from __future__ import annotations

import shutil
import socket
from collections import namedtuple
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from pathlib import Path

import pytest
from sandbox_servers import RawServer, free_port, raw_server, reply
from test_cli import pending_payment

from kiosk import health
from kiosk.assembly import health_checks
from kiosk.demo import Demonstration
from kiosk.health import Finding, Level, examine, worst
from kiosk.journal.journal import Journal
from kiosk.pse.drivers import DRIVERS
from kiosk.receipt.escpos import NetworkEscpos
from kiosk.receipt.printer import NoPrinter
from kiosk.settings import Settings
from kiosk.transport import Transport


def now() -> datetime:
    return datetime.now(UTC)


def dated(ahead: timedelta = timedelta(0), head: str | None = None) -> Iterator[RawServer]:
    """A gateway whose clock is ahead of ours."""

    def answer(connection: socket.socket) -> None:
        said = head if head is not None else f"Date: {format_datetime(now() + ahead, usegmt=True)}"
        connection.sendall(reply(b"{}", "404 Not Found", *([said] if said else [])))

    return raw_server(answer)  # type: ignore[return-value]


@pytest.fixture(params=list(DRIVERS))
def demonstration(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Demonstration]:
    running = Demonstration(tmp_path, gateway=request.param)
    try:
        running.wait()
        yield running
    finally:
        running.close()


def named(settings: Settings) -> dict[str, Finding]:
    return {finding.check: finding for finding in examine(health_checks(settings))}


def test_sandbox_is_healthy_and_a_wrong_secret_is_not(
    demonstration: Demonstration, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = demonstration.settings()
    found = named(settings)
    assert list(found) == ["clock", "gateway", "core", "journal", "disk", "printer"]
    assert {name: finding.level for name, finding in found.items() if name not in ("journal", "disk")} == (
        dict.fromkeys(("clock", "gateway", "core", "printer"), Level.HEALTHY)
    )
    assert "none yet" in found["journal"].said
    assert not settings.journal.file.exists()

    for name in ("KIOSK_DEMO_GATEWAY_SECRET", "KIOSK_SANDBOX_CORE_SECRET"):
        monkeypatch.setenv(name, "not-ours")
    found = named(settings)
    assert (found["gateway"].level, found["core"].level) == (Level.BROKEN, Level.BROKEN)
    assert found["gateway"].advice
    assert "not-ours" not in repr(found)


@pytest.mark.parametrize(
    ("ahead", "level", "way"),
    [(0, Level.HEALTHY, ""), (30, Level.WARNING, "behind"), (-30, Level.WARNING, "ahead"),
     (-86_400, Level.BROKEN, "ahead"), (600, Level.BROKEN, "behind")],
)  # fmt: skip
def test_clock_is_compared_with_the_gateways(ahead: int, level: Level, way: str) -> None:
    with dated(timedelta(seconds=ahead)) as server:  # type: ignore[attr-defined]
        found = health.gateway_clock(Transport(server.url), now)
    assert found.level is level, found
    assert way in found.said
    assert bool(found.advice) is (level is not Level.HEALTHY)


def test_skew_is_measured_in_seconds() -> None:
    with dated(timedelta(seconds=-100)) as server:  # type: ignore[attr-defined]
        skew = health.clock_skew(Transport(server.url), now)
    assert skew
    assert abs(skew.ahead - timedelta(seconds=100)) <= skew.unsure + timedelta(seconds=0.1)
    assert skew.at_least <= abs(skew.ahead)


@pytest.mark.parametrize("head", ["", "Date: yesterday", "Date: "])
def test_answer_without_a_date_is_said(head: str) -> None:
    with dated(head=head) as server:  # type: ignore[attr-defined]
        assert health.gateway_clock(Transport(server.url), now).level is Level.WARNING


def test_gateway_that_is_not_there_is_broken() -> None:
    found = health.gateway_clock(Transport(f"http://127.0.0.1:{free_port()}"), now)
    assert (found.level, "does not answer" in found.said) == (Level.BROKEN, True)


def test_journal_is_looked_at_not_made(tmp_path: Path) -> None:
    file = tmp_path / "journal.sqlite"
    assert health.journal(file).level is Level.WARNING
    assert not file.exists()
    Journal.open(file).close()
    assert health.journal(file).level is Level.HEALTHY
    pending_payment(tmp_path)
    assert "1 payments without an end" in health.journal(file).said
    file.write_bytes(b"not a database" * 100)
    assert health.journal(file).level is Level.BROKEN


def test_disk_and_paper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    for free, level in ((10, Level.BROKEN), (300, Level.WARNING), (9000, Level.HEALTHY)):
        monkeypatch.setattr(shutil, "disk_usage", lambda _, free=free: usage(0, 0, free * 1024 * 1024))
        assert health.disk(tmp_path / "not" / "yet").level is level
    assert health.paper(NoPrinter()).level is Level.HEALTHY
    assert health.paper(NetworkEscpos("127.0.0.1", free_port(), 48)).level is Level.WARNING


def test_check_that_fails_itself_does_not_hide_the_others() -> None:
    def broken() -> Finding:
        raise RuntimeError("boom")

    findings = examine([broken, partial(health.paper, NoPrinter())])
    assert [finding.level for finding in findings] == [Level.BROKEN, Level.HEALTHY]
    assert worst(findings) is Level.BROKEN
    assert worst([]) is Level.HEALTHY
