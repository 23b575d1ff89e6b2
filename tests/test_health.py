"""Doctor's findings: on the real sandboxes, and on servers, files and clocks that are not well."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from pathlib import Path

import pytest
from counterparts import HOLDER, ScriptedGateway
from msgspec.structs import replace
from sandbox_servers import MARIA, MARIAS_KEY, RawServer, free_port, line, pay, raw_server, reply
from test_cli import pending_payment
from test_init import init, real_answers, sandbox_flags
from till import till_at
from tls import Authority, tls_of

from kiosk import health
from kiosk.app import looks
from kiosk.app.assembly import build_desk, health_checks
from kiosk.app.demo import Demonstration
from kiosk.cooperative.order import Order
from kiosk.cooperative.payment import State
from kiosk.health import Finding, Level, accounts, examine, files, network, screen, worst
from kiosk.health.network import Server
from kiosk.health.screen import Unseen, looker
from kiosk.journal.journal import Journal
from kiosk.journal.keys import Key, Keyring
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
    assert list(found) == [
        "clock",
        "gateway",
        "core",
        "journal",
        "category",
        "accounts",
        "beginnings",
        "strangers",
        "disk",
        "printer",
    ]
    assert {
        name: finding.level for name, finding in found.items() if name not in ("journal", "disk", "category")
    } == dict.fromkeys(
        ("clock", "gateway", "core", "accounts", "beginnings", "strangers", "printer"), Level.HEALTHY
    )
    assert "none yet" in found["journal"].said
    assert not settings.journal.file.exists()

    for name in ("KIOSK_DEMO_GATEWAY_SECRET", "KIOSK_SANDBOX_CORE_SECRET"):
        monkeypatch.setenv(name, "not-ours")
    found = named(settings)
    assert (found["gateway"].level, found["core"].level) == (Level.BROKEN, Level.BROKEN)
    assert found["gateway"].advice
    assert "not-ours" not in repr(found)


def test_payments_of_its_name_that_it_does_not_know_are_told(tmp_path: Path) -> None:
    running = Demonstration(tmp_path)
    try:
        running.wait()
        settings = running.settings()
        desk = build_desk(settings)
        member = desk.connector.sign_in(MARIA, MARIAS_KEY).member
        paid = desk.checkout.start(Order((line("AP-100101", "60000"),)), member, HOLDER)
        pay(str(paid.redirect_url))
        assert desk.checkout.ask(paid).state is State.POSTED
        assert [each.level for each in examine([partial(accounts.strangers, settings.journal.file,
                desk.connector, "DEMO01", now())])] == [Level.HEALTHY]  # fmt: skip
        elsewhere = accounts.strangers(tmp_path / "another.sqlite", desk.connector, "DEMO01", now())
        nobodys = accounts.strangers(tmp_path / "another.sqlite", desk.connector, "OTHER1", now())
        desk.close()
    finally:
        running.close()
    assert (elsewhere.level, "1 payments of DEMO01" in elsewhere.said) == (Level.BROKEN, True)
    assert nobodys.level is Level.HEALTHY


def test_open_payments_of_an_account_that_was_left_are_told(tmp_path: Path) -> None:
    with till_at(tmp_path) as till:
        till.left()
        ours, file = till.gateway, till.path
        new = ScriptedGateway(abilities=ours.abilities)
        new.account = "scripted@gateway.invalid#2"
        left = accounts.open_elsewhere(file, new, [])
        asked = accounts.open_elsewhere(file, new, [ours])
        kept = accounts.open_elsewhere(file, ours, [])
    assert left.level is Level.BROKEN
    assert f"1 open payments belong to another account ({ours.account})" in left.said
    assert "gateway_before" in left.advice
    assert (asked.level, kept.level) == (Level.HEALTHY, Level.HEALTHY)
    assert accounts.category(None).level is Level.WARNING
    assert accounts.category(True).level is Level.HEALTHY


def test_a_public_key_of_nobody_is_not_taken_for_ours(tmp_path: Path) -> None:
    running = Demonstration(tmp_path, gateway="wompi")
    try:
        running.wait()
        settings = running.settings()
        wrong = replace(settings.gateway, login="pub_test_0123456789abcdef0123456789abcdef")
        finding = named(replace(settings, gateway=wrong))["gateway"]
    finally:
        running.close()
    assert finding.level is Level.BROKEN
    assert "does not know this merchant" in finding.said
    assert "[gateway]" in finding.advice


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
    assert health.journal(file).level is Level.WARNING
    assert "no codes" in health.journal(file).said
    keyed = Keyring(Key(b"0123456789abcdef"))
    assert health.journal(file, keyed).level is Level.HEALTHY
    pending_payment(tmp_path, keyed)
    assert "1 payments without an end" in health.journal(file, keyed).said
    assert health.journal(file).level is Level.BROKEN, "its key is missing"
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


# -- names and certificates -----------------------------------------------------------------------


def test_names_have_addresses_or_are_said() -> None:
    assert network.dns(["localhost"], ["localhost:8080"]).level is Level.HEALTHY
    found = network.dns(["localhost", "core.invalid"])
    assert (found.level, found.said.startswith("core.invalid: ")) == (Level.BROKEN, True)
    assert network.dns(["localhost"], ["bank.invalid:443"]).level is Level.WARNING


def test_a_slow_resolver_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: time.sleep(3))
    started = time.monotonic()
    found = network.dns(["a.example", "b.example"], seconds=0.2)
    assert time.monotonic() - started < 2
    assert found.said == "a.example: no answer in time; b.example: no answer in time"


def silent(connection: socket.socket) -> None:
    connection.close()


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority.founded(tmp_path / "authority")


def test_certificate_is_good_soon_over_or_over(authority: Authority, tmp_path: Path) -> None:
    with raw_server(silent, tls_of(authority.issue("core", "IP:127.0.0.1"))) as server:
        trusted = Server("core", server.url, authority.pem)
        soon = network.tls(trusted, now)
        long_ago = network.tls(trusted, lambda: now() - timedelta(days=60))
        unknown = network.tls(Server("core", server.url), now)
    assert (soon.check, soon.level) == ("tls-core", Level.WARNING)
    assert "by authority" in soon.said
    assert long_ago.level is Level.HEALTHY
    assert (unknown.level, bool(unknown.advice)) == (Level.BROKEN, True)
    with raw_server(silent, tls_of(authority.issue("old", "IP:127.0.0.1", expired=True))) as server:
        over = network.tls(Server("core", server.url, authority.pem), now)
    assert (over.level, "expired" in over.said) == (Level.BROKEN, True)
    with raw_server(silent, tls_of(authority.issue("other", "DNS:other.example"))) as server:
        other = network.tls(Server("core", server.url, authority.pem), now)
    assert (other.level, "127.0.0.1" in other.said) == (Level.BROKEN, True)


def test_no_tls_is_said(tmp_path: Path) -> None:
    assert network.tls(Server("core", f"https://127.0.0.1:{free_port()}"), now).level is Level.BROKEN
    assert network.tls(Server("core", "http://127.0.0.1:1"), now).level is Level.HEALTHY
    assert network.tls(Server("core", "http://core.example"), now).level is Level.BROKEN
    missing = Server("core", "https://127.0.0.1:1", tmp_path / "none.pem")
    assert network.tls(missing, now).level is Level.BROKEN


def test_client_certificates_end_is_read_from_its_file(authority: Authority, tmp_path: Path) -> None:
    file = authority.issue("kiosk", "DNS:kiosk")
    said = subprocess.run(["openssl", "x509", "-enddate", "-noout", "-in", str(file)], capture_output=True,
                          text=True, check=True).stdout  # fmt: skip
    ends = datetime.strptime(said.strip(), "notAfter=%b %d %H:%M:%S %Y GMT").replace(tzinfo=UTC)
    assert f"{ends:%Y-%m-%d}" in network.client_certificate(file, now).said
    for days, level in ((-60, Level.HEALTHY), (0, Level.WARNING), (3, Level.BROKEN)):
        assert network.client_certificate(file, lambda days=days: now() + timedelta(days=days)).level is level  # type: ignore[misc]
    file.write_text("no certificate", encoding="utf-8")
    assert network.client_certificate(file, now).level is Level.BROKEN
    assert network.client_certificate(tmp_path / "none", now).level is Level.BROKEN


@pytest.mark.parametrize("year", [2049, 2051])
@pytest.mark.usefixtures("authority")  # which skips where there is no openssl
def test_both_forms_of_a_certificates_time(tmp_path: Path, year: int) -> None:
    days = (datetime(year, 7, 1, tzinfo=UTC) - now()).days
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x", "-days",
                    str(days), "-keyout", str(tmp_path / "k"), "-out", str(tmp_path / "c")],
                   check=True, capture_output=True)  # fmt: skip
    assert f"good until {year}-0" in network.client_certificate(tmp_path / "c", now).said


# -- files ----------------------------------------------------------------------------------------


def test_secrets_permissions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "secrets"
    folder.mkdir(mode=0o700)
    secret = folder / "core"
    secret.write_text("hunter2", encoding="utf-8")
    secret.chmod(0o600)
    reference = {"core.client_secret": f"file:{secret}"}
    assert files.secrets(reference).level is Level.HEALTHY
    for mode, said in ((0o640, "mode 640"), (0o604, "others may read it")):
        secret.chmod(mode)
        found = files.secrets(reference)
        assert (found.level, said in found.said, "hunter2" in found.said) == (Level.BROKEN, True, False)
    secret.chmod(0o600)
    folder.chmod(0o777)
    assert "others may replace it" in files.secrets(reference).said
    folder.chmod(0o700)
    secret.write_text("", encoding="utf-8")
    assert "empty" in files.secrets(reference).said
    assert files.secrets({"gateway.secret": f"file:{tmp_path}/none"}).level is Level.BROKEN

    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    assert files.secrets({"gateway.secret": "credential:core"}).level is Level.WARNING
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(folder))
    secret.write_text("hunter2", encoding="utf-8")
    for mode in (0o400, 0o440):  # systemd's business
        secret.chmod(mode)
        assert files.secrets({"gateway.secret": "credential:core"}).level is Level.HEALTHY
    assert files.secrets({"gateway.secret": "env:KIOSK_NOTHING"}).level is Level.BROKEN


def test_settings_that_others_may_write_and_first_pins(tmp_path: Path) -> None:
    config = tmp_path / "kiosk.toml"
    config.write_text("", encoding="utf-8")
    config.chmod(0o644)
    both = (config, tmp_path / "organisation.toml")
    assert files.settings_files(both).level is Level.HEALTHY
    config.chmod(0o664)
    assert files.settings_files(both).level is Level.BROKEN

    assert files.manager_pin(None, None).level is Level.WARNING
    assert files.manager_pin("file:pin", False).level is Level.HEALTHY
    assert "own one" in files.manager_pin("file:pin", True).advice
    assert files.manager_pin("file:pin", None).level is Level.WARNING


def test_demonstrations_leftovers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [each for each in os.environ if each.startswith(("KIOSK_DEMO_", "KIOSK_SANDBOX_"))]:
        monkeypatch.delenv(name)
    real = {"core": "https://core.cooperativa.coop/v1", "gateway": "https://checkout.placetopay.com"}
    journal = tmp_path / "journal.sqlite"

    def found(*, demonstration: bool = False, **addresses: str) -> Finding:
        return files.leftovers(demonstration=demonstration, terminal="PAM02", addresses=real | addresses,
                               journal=journal, temporary=tmp_path)  # fmt: skip

    assert found().level is Level.HEALTHY
    assert found(demonstration=True).level is Level.WARNING
    for host in ("127.0.0.1:8080", "[::1]", "localhost", "member-core.invalid", "core.example"):
        assert found(core=f"https://{host}/v1").level is Level.BROKEN, host
    pending_payment(tmp_path)
    assert "payments of PAM01" in found().said
    journal.unlink()
    (tmp_path / "kiosk-demo-x").mkdir()
    monkeypatch.setenv("KIOSK_SANDBOX_SECRET", "hunter2")
    left = found()
    assert (left.level, "KIOSK_SANDBOX_SECRET" in left.said, "kiosk-demo-x" in left.said) == (
        Level.WARNING, True, True,
    )  # fmt: skip
    assert "hunter2" not in left.said


def test_test_environment_is_said() -> None:
    where = partial(files.environment, "wompi", "https://sandbox.wompi.co/v1")
    assert where(test=True, demonstration=False).level is Level.WARNING
    assert where(test=True, demonstration=True).level is Level.HEALTHY
    assert "production" in where(test=False, demonstration=False).said


# -- what Qt sees ---------------------------------------------------------------------------------

SCREEN = {"width": 1920, "height": 1080, "ratio": 1.0, "mm_width": 476, "mm_height": 268, "platform": "xcb",
          "touch": ["eGalax"]}  # fmt: skip


def sees(seen: Mapping[str, object], **changed: object) -> Callable[[str], Mapping[str, object]]:
    return lambda _: {**seen, **changed}


def blind(what: str) -> Mapping[str, object]:
    raise Unseen(f"no {what}")


@pytest.mark.parametrize(
    ("changed", "level"),
    [
        ({}, Level.HEALTHY),
        ({"width": 1080, "height": 1920}, Level.HEALTHY),
        ({"width": 1024, "height": 768}, Level.HEALTHY),
        ({"width": 1024, "height": 600}, Level.BROKEN),
        ({"width": 960, "height": 800}, Level.BROKEN),
        ({"ratio": 1.25}, Level.WARNING),
        ({"mm_width": 600, "mm_height": 340}, Level.WARNING),
        ({"mm_width": 0, "mm_height": 0}, Level.HEALTHY),
        ({"platform": "offscreen"}, Level.WARNING),
    ],
)
def test_screen_is_large_enough_and_as_said(changed: dict[str, object], level: Level) -> None:
    assert screen.screen(sees(SCREEN, **changed), 21.5).level is level


def test_touch_fonts_and_voice() -> None:
    assert screen.touch(sees(SCREEN)).level is Level.HEALTHY
    assert screen.touch(sees(SCREEN, touch=[])).level is Level.BROKEN
    fonts = {"families": ["Atkinson"], "broken": [], "missing": []}
    assert screen.fonts(sees(fonts)).level is Level.HEALTHY
    for changed in ({"broken": ["a.ttf"]}, {"missing": ["ñ"]}, {"families": []}):
        assert screen.fonts(sees(fonts, **changed)).level is Level.BROKEN
    assert screen.voice(sees({"engines": ["speechd"], "voices": ["Elena"]})).level is Level.HEALTHY
    assert screen.voice(sees({"engines": ["mock"], "voices": []})).level is Level.WARNING


WEB = {"chromium": "140.0.7339.225", "patch": "152.0.7977.83", "loaded": True, "seccomp": "2",
       "apart": True}  # fmt: skip


def test_web_engine_and_its_fixes() -> None:
    assert screen.web_engine(sees(WEB)).level is Level.HEALTHY
    assert screen.web_engine(sees(WEB, patch="152.0.7977.9")).level is Level.WARNING
    assert screen.web_engine(sees(WEB, patch="153.0.1.0")).level is Level.HEALTHY
    assert screen.web_engine(sees(WEB, loaded=False)).level is Level.BROKEN
    assert screen.web_engine(blind).level is Level.BROKEN


def test_a_process_in_a_user_namespace_of_its_own_is_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        other = subprocess.Popen(["unshare", "--user", "--map-root-user", "sleep", "30"])
    except FileNotFoundError:
        pytest.skip("unshare is not here")
    try:
        time.sleep(0.3)
        if other.poll() is not None:
            pytest.skip("user namespaces can not be made here")
        assert looks.apart(os.getpid()) is False
        assert looks.apart(other.pid) is True

        def refused(_: Path) -> Path:
            raise PermissionError

        monkeypatch.setattr(Path, "readlink", refused)  # as for a renderer
        assert looks.apart(os.getpid()) is False
        assert looks.apart(other.pid) is True
    finally:
        other.kill()
        other.wait()
    assert looks.apart(2**22 + 1) is None


def test_web_sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    monkeypatch.delenv("QTWEBENGINE_DISABLE_SANDBOX", raising=False)
    monkeypatch.delenv("QTWEBENGINE_CHROMIUM_FLAGS", raising=False)
    locked_in = partial(screen.web_sandbox, system=tmp_path)
    assert locked_in(sees(WEB)).level is Level.HEALTHY
    assert locked_in(sees(WEB, seccomp="0")).level is Level.BROKEN
    assert locked_in(sees(WEB, seccomp=None)).level is Level.WARNING
    assert locked_in(sees(WEB, apart=None)).level is Level.WARNING
    shared = locked_in(sees(WEB, apart=False))
    assert (shared.level, "only wall" in shared.said) == (Level.BROKEN, True)
    assert locked_in(blind, demonstration=True).level is Level.WARNING
    (tmp_path / "user").mkdir()
    (tmp_path / "user" / "max_user_namespaces").write_text("0\n", encoding="utf-8")
    found = locked_in(blind)
    assert (found.level, "user.max_user_namespaces = 0" in found.advice) == (Level.BROKEN, True)
    for name, value in (("QTWEBENGINE_DISABLE_SANDBOX", "1"),
                        ("QTWEBENGINE_CHROMIUM_FLAGS", "--mute-audio --no-sandbox"),
                        ("QTWEBENGINE_CHROMIUM_FLAGS", "--disable-seccomp-filter-sandbox")):  # fmt: skip
        with monkeypatch.context() as changed:
            changed.setenv(name, value)
            assert locked_in(sees(WEB)).level is Level.BROKEN, value
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert locked_in(sees(WEB)).level is Level.WARNING


def test_without_a_display_doctor_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    found = screen.screen(looker(), 21.5)
    assert (found.level, "no screen answers here" in found.said) == (Level.WARNING, True), found
    assert screen.touch(looker()).level is Level.WARNING
    assert screen.fonts(looker()).level is Level.HEALTHY


def test_engine_is_really_started() -> None:
    found = screen.web_engine(looker())
    assert (found.level, found.said.startswith("Chromium ")) == (Level.HEALTHY, True), found


HANGS = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", sys.argv[1]])
print("half an", flush=True)
time.sleep(60)
"""


def test_a_look_that_hangs_is_ended_with_all_its_children(tmp_path: Path) -> None:
    mark, started = f"kiosk-hangs-{os.getpid()}", time.monotonic()
    with pytest.raises(Unseen, match="no answer in 1 s"):
        looker([sys.executable, "-c", HANGS, mark], seconds=1)("web")
    assert time.monotonic() - started < 10
    time.sleep(0.2)
    running = [path for path in Path("/proc").glob("[0-9]*/cmdline") if _holds(path, mark)]
    assert not running


def _holds(path: Path, word: str) -> bool:
    try:
        return word.encode() in path.read_bytes()
    except OSError:  # it ended meanwhile
        return False


@pytest.mark.parametrize(
    "code", ["print('no object')", "print([1])", "raise SystemExit(3)", "import os; os.abort()"]
)
def test_a_look_that_says_nothing_is_said(code: str) -> None:
    with pytest.raises(Unseen):
        looker([sys.executable, "-c", code])("screen")


@pytest.mark.parametrize("demonstration", ["placetopay"], indirect=True)
def test_doctor_as_json_has_every_check(demonstration: Demonstration, tmp_path: Path) -> None:
    out = tmp_path / "kiosk.toml"
    flags = sandbox_flags(demonstration, demonstration.settings(), tmp_path)
    assert init("--out", out, "--no-doctor", *flags).returncode == 0
    ran = subprocess.run([sys.executable, "-m", "kiosk.cli", "doctor", "--json", "--config", str(out)],
                         capture_output=True, text=True, timeout=120, check=False)  # fmt: skip
    told = json.loads(ran.stdout)
    rows = {row["check"]: row for row in told["findings"]}
    assert list(rows) == [
        "clock", "gateway", "core", "journal", "category", "accounts", "beginnings", "strangers", "disk",
        "printer", "dns", "tls-gateway", "tls-core",
        "tls-token", "environment", "secrets", "settings", "pin", "leftovers", "web-engine", "web-sandbox",
        "screen", "touch", "fonts", "voice",
    ]  # fmt: skip
    assert {row["level"] for row in rows.values()} <= {"healthy", "warning", "broken"}
    assert ran.returncode == {"healthy": 0, "warning": 1, "broken": 2}[told["level"]]
    for name in ("clock", "gateway", "core", "environment", "secrets", "settings", "web-engine", "fonts"):
        assert rows[name]["level"] == "healthy", rows[name]


def test_settings_that_can_not_be_used_are_a_finding(tmp_path: Path) -> None:
    config = tmp_path / "kiosk.toml"
    config.write_text("[terminal]\ncolour = 1\n", encoding="utf-8")
    ran = subprocess.run([sys.executable, "-m", "kiosk.cli", "doctor", "--json", "--config", str(config)],
                         capture_output=True, text=True, timeout=60, check=False)  # fmt: skip
    (row,) = json.loads(ran.stdout)["findings"]
    assert (ran.returncode, row["check"], row["level"]) == (2, "settings", "broken")
    assert f"terminal file {config}: terminal.colour: no such setting" in row["said"]


def test_settings_that_name_what_is_not_there_do_not_silence_the_rest(tmp_path: Path) -> None:
    out = tmp_path / "kiosk.toml"
    assert init("--out", out, "--no-doctor", "--answers", real_answers(tmp_path)).returncode == 0
    ran = subprocess.run([sys.executable, "-m", "kiosk.cli", "doctor", "--config", str(out)],
                         capture_output=True, text=True, timeout=120, check=False)  # fmt: skip
    assert ran.returncode == 2
    assert "Traceback" not in ran.stderr
    checks = [line.split()[:2] for line in ran.stdout.splitlines() if line[0] != " "]
    assert checks[0] == ["broken", "parts"]
    assert ["broken", "leftovers"] in checks
    assert ["healthy", "fonts"] in checks
