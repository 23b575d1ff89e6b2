"""What stands between a terminal and the world, as the member and the staff see it on the screen."""

from __future__ import annotations

import shutil
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from counterparts import PAYER, order
from kiosk_case import KioskCase, Sandbox, kiosk_on
from pytestqt.qtbot import QtBot
from sandbox_servers import raw_server, reply
from test_bad_input import CARE, NO_DEBIT, held
from tls import certificate, tls_of

from kiosk.cooperative.payment import State
from kiosk.pse.gateway import ExistsAlready
from kiosk.visit.steps import Step

FIREWALL = b"<html><head><title>403</title></head><body>Blocked by policy</body></html>"
NOT_MADE, NOT_REACHED = "No se pudo crear la transacción", "No logramos comunicarnos con PSE"
pytestmark = pytest.mark.qt_log_ignore("^GPUInfo not initialized", extend=True)

Answer = Callable[[socket.socket], object]


def says(body: bytes, status: str, *headers: str) -> Answer:
    return lambda connection: connection.sendall(reply(body, status, *headers))


REFUSED: dict[str, tuple[Answer, str]] = {
    "a firewall's page": (says(FIREWALL, "403 Forbidden", "Content-Type: text/html"), NOT_MADE),
    "a proxy that wants a login": (says(FIREWALL, "407 Who are you"), NOT_MADE),
    "too many requests": (says(b"slow down", "429 Too Many", "Retry-After: 600"), NOT_MADE),
    "a redirect to nowhere": (says(b"", "302 Found", "Location: http://[::1:99999/\xe1"), NOT_MADE),
    "a redirect that never ends": (says(b"", "308 Again", "Location: /api/session"), NOT_MADE),
    "a method that is not allowed": (says(b"{}", "405 No"), NOT_MADE),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_creation_that_was_refused_on_the_way(
    sandbox: Sandbox, qtbot: QtBot, tmp_path: Path, what: str
) -> None:
    answer, words = REFUSED[what]
    with raw_server(answer) as server:
        for case in kiosk_on(sandbox, tmp_path, gateway={"url": server.url}):
            nothing_was_made(case, words)


@pytest.mark.parametrize("what", ["a stranger's certificate", "no TLS at all"])
def test_tls_that_fails_before_the_first_byte(
    sandbox: Sandbox, qtbot: QtBot, tmp_path: Path, what: str
) -> None:
    tls: ssl.SSLContext | None = None
    if what == "a stranger's certificate":
        tls = tls_of(certificate(tmp_path, "stranger", "IP:127.0.0.1"))
    with raw_server(says(b"{}", "200 OK"), tls) as server:
        url = server.url.replace("http://", "https://")
        for case in kiosk_on(sandbox, tmp_path, gateway={"url": url}):
            nothing_was_made(case, NOT_REACHED)


def nothing_was_made(case: KioskCase, words: str) -> None:
    case.to_step(Step.REVIEW)
    case.click("go")
    case.told(words, NO_DEBIT, "sigue aquí", CARE)
    assert case.visit.step is Step.REVIEW
    assert held(case) == []
    assert case.says("$ 412.300", case.NAME)
    [payment] = case.desk().journal.find()
    assert (payment.state, payment.review) == (State.FAILED, None)


def test_a_reference_that_the_gateway_knows_twice(case: KioskCase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(case.desk().gateway, "create", lambda _: ExistsAlready())
    case.to_step(Step.REVIEW)
    case.click("go")
    case.told(NOT_MADE, NO_DEBIT)
    assert held(case) == []
    assert len(case.desk().journal.find()) == 2


# -- before anybody begins -----------------------------------------------------------------------


def out_of_service(case: KioskCase, words: str) -> None:
    case.arrive(Step.OUT_OF_SERVICE)
    assert case.says("Este kiosco no está en servicio", "Los pagos que ya hizo están seguros", CARE)
    assert case.text_of("for_staff") == f"Para el personal: {words}. Avise a sistemas."


@contextmanager
def clock_server(minutes: int) -> Iterator[str]:
    def answer(connection: socket.socket) -> None:
        theirs = datetime.now(UTC) + timedelta(minutes=minutes)
        connection.sendall(reply(b"{}", "401 Who", f"Date: {format_datetime(theirs, usegmt=True)}"))

    with raw_server(answer) as server:
        yield server.url


@pytest.mark.parametrize(("theirs", "way"), [(12, "atrasado"), (-12, "adelantado")])
def test_a_clock_that_is_off(sandbox: Sandbox, qtbot: QtBot, tmp_path: Path, theirs: int, way: str) -> None:
    with clock_server(theirs) as url:
        for case in kiosk_on(sandbox, tmp_path, gateway={"url": url}):
            case.desk().gateway.measure_skew()
            case.click("start")
            out_of_service(case, f"el reloj de este equipo está {way} 12 minutos")


UNUSABLE = "la bitácora de pagos de este equipo no se puede usar"


@pytest.mark.parametrize("gone", ["removed", "replaced"])
def test_a_journal_that_goes_while_the_terminal_runs(case: KioskCase, tmp_path: Path, gone: str) -> None:
    file = Path(case.desk().journal._where)
    if gone == "replaced":
        shutil.copy(file, file.with_suffix(".copy"))
        file.with_suffix(".copy").replace(file)
    else:
        file.unlink()
    case.click("start")
    out_of_service(case, UNUSABLE)


def before(sandbox: Sandbox, folder: Path, **section: object) -> Path:
    """A terminal that has a payment in its journal; and the file as it was without it."""
    for case in kiosk_on(sandbox, folder, journal=section):
        journal = case.desk().journal
        journal.rest()
        shutil.copy(journal._where, folder / "older.sqlite")
        now = datetime.now(UTC)
        journal.prepare(order("OB-881"), PAYER, terminal="DEMO01", gateway="placetopay", now=now)
        journal.rest()
    return folder / "journal.sqlite"


@pytest.mark.parametrize("what", ["removed", "an older copy", "no journal at all"])
def test_a_journal_that_is_not_what_was_written(
    sandbox: Sandbox, qtbot: QtBot, tmp_path: Path, what: str
) -> None:
    file = tmp_path / "journal.sqlite"
    before(sandbox, tmp_path, file=file)
    for beside in ("-wal", "-shm"):
        Path(f"{file}{beside}").unlink(missing_ok=True)
    if what == "removed":
        file.unlink()
    elif what == "an older copy":
        shutil.copy(tmp_path / "older.sqlite", file)
    else:
        file.write_bytes(b"not a database, but something" * 100)
    for case in kiosk_on(sandbox, tmp_path):
        out_of_service(case, UNUSABLE)


def test_a_key_that_was_lost(
    sandbox: Sandbox, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KIOSK_JOURNAL_KEY", "k" * 32)
    file = tmp_path / "journal.sqlite"
    before(sandbox, tmp_path, file=file, key="env:KIOSK_JOURNAL_KEY")
    for case in kiosk_on(sandbox, tmp_path):
        out_of_service(case, UNUSABLE)
