"""`kiosk init` as staff and scripts run it: prompts on a real terminal, files, sandboxes, a trial payment."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import stat
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

import jinja2
import pytest
import yaml
from sandbox_servers import PATIENCE, pay

from kiosk.app.demo import Demonstration
from kiosk.pse.drivers import DRIVERS, no_money_moves
from kiosk.settings import Settings, load
from kiosk.teller.pin import OwnPin, PinGate, WrongPin

PIN = "482913"


def init(*arguments: str | Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kiosk.cli", "init", *map(str, arguments)],
        capture_output=True, text=True, timeout=120, check=False, input=stdin,
    )  # fmt: skip


def real_answers(folder: Path, **changed: str) -> Path:
    answers = {
        "agency": "pampalinda", "terminal_id": "PAM01", "nit": "890.000.000-1", "gateway": "placetopay",
        "gateway_login": "login", "gateway_secret": "credential:gateway", "core_url": "https://core.example/v1",
        "core_secret": "credential:core", "printer": "network:192.0.2.20:9101",
        "manager_pin": "file:/etc/kiosk/secrets/manager-pin",
    } | changed  # fmt: skip
    path = folder / "answers.toml"
    path.write_text("".join(f"{k} = {json.dumps(v)}\n" for k, v in answers.items() if v), encoding="utf-8")
    return path


def test_a_script_answers_by_file_and_flags(tmp_path: Path) -> None:
    out = tmp_path / "kiosk.toml"
    answers = real_answers(tmp_path)
    ran = init("--out", out, "--answers", answers, "--agency", "pasto", "--no-doctor")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, f"{out}: written\n", "")
    settings = load(out)
    assert settings.agency.name == "Agencia Pasto", "a flag is stronger than the file"
    assert settings.core.token_url == "https://core.example/oauth2/token"
    assert settings.core.client_id == "kiosk-pam01"
    assert (settings.printer.kind, settings.printer.host, settings.printer.port) == (
        "network",
        "192.0.2.20",
        9101,
    )
    assert settings.gateway.page_hosts == ("checkout.placetopay.com", "pse.com.co")
    assert settings.journal.file == Path("/var/lib/kiosk/journal.sqlite")
    # Every key is explained, and the receipts' key is made here, for its owner alone.
    lines = [line for line in out.read_text(encoding="utf-8").splitlines() if line and line[0] != "["]
    keys = [number for number, line in enumerate(lines) if line[0] != "#"]
    assert keys
    assert all(lines[number - 1].startswith("# ") for number in keys)
    key = tmp_path / "secrets" / "receipt-key"
    assert settings.receipts.signing_key == f"file:{key}"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(key.parent.stat().st_mode) == 0o700
    assert len(key.read_text(encoding="utf-8").strip()) == 64


def test_nothing_is_overwritten_without_force(tmp_path: Path) -> None:
    out, answers = tmp_path / "kiosk.toml", real_answers(tmp_path)
    out.write_text("# mine\n", encoding="utf-8")
    refused = init("--out", out, "--answers", answers, "--no-doctor")
    assert (refused.returncode, out.read_text(encoding="utf-8")) == (2, "# mine\n")
    assert "--force" in refused.stderr
    (tmp_path / "secrets").mkdir(mode=0o700)
    (tmp_path / "secrets" / "receipt-key").write_text("of-older-receipts", encoding="utf-8")
    assert init("--out", out, "--answers", answers, "--force", "--no-doctor").returncode == 0
    assert (tmp_path / "kiosk.toml.bak").read_text(encoding="utf-8") == "# mine\n"
    assert load(out).terminal.id == "PAM01"
    assert (tmp_path / "secrets" / "receipt-key").read_text(encoding="utf-8") == "of-older-receipts"
    assert not list(tmp_path.glob("*.new"))


def test_all_that_is_missing_is_named_at_once(tmp_path: Path) -> None:
    out = tmp_path / "kiosk.toml"
    refused = init("--out", out, "--agency", "pampalinda", "--gateway", "zonapagos")
    assert refused.returncode == 2
    for flag in ("--terminal-id", "--nit", "--gateway-login", "--gateway-secret", "--merchant",
                 "--service-code", "--core-url", "--core-secret", "--printer", "--manager-pin"):  # fmt: skip
        assert f"{flag} falta" in refused.stderr
    assert "--gateway-integrity" not in refused.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"agency": "atlantis"}, "--agency: no hay tal agencia"),
        ({"terminal_id": "pam 1"}, "--terminal-id: "),
        ({"gateway": "paypal"}, "--gateway: es una de placetopay, wompi, zonapagos"),
        ({"core_secret": "hunter2"}, "--core-secret: un secreto se indica por file:"),
        ({"manager_pin": "482913"}, "--manager-pin: un secreto se indica por file:"),
        ({"printer": "fax"}, "--printer: "),
        ({"colour": "green"}, "no such answer: colour"),
        ({"core_url": "http://core.example/v1"}, "core.url: a real terminal speaks https only"),
        ({"gateway_secret": "env:SECRET"}, "gateway.secret: secrets in the environment"),
    ],
)
def test_a_wrong_answer_writes_no_settings(tmp_path: Path, changed: dict[str, str], said: str) -> None:
    out = tmp_path / "kiosk.toml"
    refused = init("--out", out, "--answers", real_answers(tmp_path, **changed), "--no-doctor")
    assert refused.returncode == 2
    assert said in refused.stderr
    assert "Traceback" not in refused.stderr
    assert "hunter2" not in refused.stderr
    assert "482913" not in refused.stderr
    assert not list(tmp_path.glob("kiosk.toml*"))


def test_what_the_organisation_says_is_neither_asked_nor_written(tmp_path: Path) -> None:
    (tmp_path / "organisation.toml").write_text(
        """
        [cooperative]
        nit = "890.000.000-1"
        [gateway]
        driver = "wompi"
        url = "https://sandbox.wompi.co/v1"
        login = "pub_test_x"
        secret = "credential:gateway"
        [gateway.secrets]
        integrity = "credential:integrity"
        [core]
        url = "https://core.example/v1"
        client_certificate = "/etc/kiosk/secrets/core.pem"
        [agencies.norte]
        name = "Agencia Norte"
        city = "Cali"
        address = "Calle 1"
        phone = "1"
        """,
        encoding="utf-8",
    )
    out = tmp_path / "kiosk.toml"
    ran = init("--out", out, "--agency", "norte", "--terminal-id", "NOR01", "--printer", "usb:04b8:0e15",
               "--manager-pin", "credential:pin", "--no-doctor")  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, "")
    own = tomllib.loads(out.read_text(encoding="utf-8"))
    assert "cooperative" not in own
    assert set(own["gateway"]) == {"return_url", "page_hosts"}
    assert own["gateway"]["page_hosts"] == ["sandbox.wompi.co", "pse.com.co"]
    settings = load(out)
    assert (settings.agency.name, settings.gateway.driver) == ("Agencia Norte", "wompi")
    assert (settings.printer.usb_vendor, settings.printer.usb_product) == (0x04B8, 0x0E15)


def test_services_of_the_package_get_secrets_as_credentials(tmp_path: Path) -> None:
    """Doctor sees them as the services will, and that the PIN is the first."""
    out, folder = tmp_path / "kiosk.toml", tmp_path / "secrets"
    folder.mkdir(mode=0o700)
    for name in ("core", "gateway", "manager-pin"):
        (folder / name).write_text("first:hunter2\n", encoding="utf-8")
        (folder / name).chmod(0o600)
    answers = real_answers(
        tmp_path, core_secret="credential:secret_core", gateway_secret="credential:secret_gateway",
        manager_pin="credential:secret_manager-pin",
    )  # fmt: skip
    ran = init("--out", out, "--answers", answers, "--references", "credential")
    assert load(out).receipts.signing_key == "credential:secret_receipt-key"
    assert (folder / "receipt-key").exists()
    checks = {line.split()[1]: line.split()[0] for line in ran.stdout.splitlines()[1:] if line[0] != " "}
    assert (checks["secrets"], checks["pin"]) == ("healthy", "warning"), ran.stdout
    assert "parts" not in checks
    assert "hunter2" not in ran.stdout + ran.stderr


# -- in front of it -------------------------------------------------------------------------------


class Staff:
    """Someone who reads prompts on a terminal of their own and types."""

    def __init__(self, *arguments: str | Path) -> None:
        self._master, slave = pty.openpty()
        self.heard = ""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "kiosk.cli", "init", *map(str, arguments)],
            stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
        )  # fmt: skip
        os.close(slave)
        self._seen = 0

    def answer(self, prompt: str, text: str) -> None:
        self.hear(prompt)
        os.write(self._master, f"{text}\n".encode())

    def hear(self, prompt: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while prompt not in self.heard[self._seen :]:
            assert time.monotonic() < deadline, f"no {prompt!r} in {self.heard!r}"
            self._listen()
        self._seen = self.heard.index(prompt, self._seen) + len(prompt)

    def _listen(self) -> bool:
        if not select.select([self._master], [], [], 0.2)[0]:
            return True
        try:
            part = os.read(self._master, 65536)
        except OSError:  # the other end is closed
            return False
        self.heard += part.decode()
        return bool(part)

    def end(self) -> int:
        while self._listen() and self._process.poll() is None:
            pass
        code = self._process.wait(PATIENCE)
        while select.select([self._master], [], [], 0.1)[0] and self._listen():
            pass
        os.close(self._master)
        return code


def test_staff_is_asked_in_spanish_and_secrets_become_files(tmp_path: Path) -> None:
    out = tmp_path / "kiosk.toml"
    staff = Staff("--out", out, "--no-doctor", "--core-url", "https://core.example/v1")
    for prompt, text in (
        ("Agencia (", "atlantis"),
        ("No sirve: no hay tal agencia", None),
        ("Agencia (", "pampalinda"),
        ("Identificador", "PAM01"),
        ("[127.0.0.1]", ""),
        ("NIT", "890.000.000-1"),
        ("Pasarela (", "placetopay"),
        ("[https://checkout.placetopay.com]", "https://checkout-test.placetopay.com"),
        ("Usuario (login", "login"),
        ("Clave secreta de la pasarela", "hunter2-gateway"),
        ("Dirección de retorno", ""),
        ("[checkout-test.placetopay.com, pse.com.co]", ""),
        ("[https://core.example/oauth2/token]", ""),
        ("[kiosk-pam01]", ""),
        ("Certificado de cliente", ""),
        ("Autoridad propia", ""),
        ("Clave de este terminal ante el core", "credential:core"),
        ("Impresora", "none"),
        ("Carpeta", ""),
        ("PIN del gerente", "123456"),
        ("Otra vez", "123456"),
        ("No sirve", None),
        ("PIN del gerente", PIN),
        ("Otra vez", "482914"),
        ("No coinciden", None),
        ("PIN del gerente", PIN),
        ("Otra vez", PIN),
    ):
        if text is None:
            staff.hear(prompt)
        else:
            staff.answer(prompt, text)
    assert staff.end() == 0, staff.heard
    settings = load(out)
    secret, pin = tmp_path / "secrets" / "gateway", tmp_path / "secrets" / "manager-pin"
    assert settings.gateway.secret == f"file:{secret}"
    assert secret.read_text(encoding="utf-8") == "hunter2-gateway\n"
    assert [stat.S_IMODE(file.stat().st_mode) for file in (secret, pin)] == [0o600, 0o600]
    assert settings.core.client_secret == "credential:core"
    assert not any(word in staff.heard + out.read_text(encoding="utf-8") for word in ("hunter2", PIN))
    gate = gate_of(tmp_path, pin.read_text(encoding="ascii").strip())
    assert gate.enter(PIN) is True, "a first one"
    with pytest.raises(WrongPin):
        gate.enter("000111")

    changed = subprocess.run(
        [sys.executable, "-m", "kiosk.cli", "manager-pin", str(pin)], input="739105\n739105\n", text=True,
        capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert changed.returncode == 0
    assert gate_of(tmp_path, pin.read_text(encoding="ascii").strip()).enter("739105") is False


def gate_of(folder: Path, given: str) -> PinGate:
    return PinGate(OwnPin(folder / "own", given))


def test_whoever_gives_up_leaves_nothing(tmp_path: Path) -> None:
    staff = Staff("--out", tmp_path / "kiosk.toml")
    staff.answer("Agencia (", "\x04")  # Ctrl+D
    assert staff.end() == 2
    assert "nothing was written" in staff.heard
    assert list(tmp_path.iterdir()) == []


# -- a trial payment ------------------------------------------------------------------------------


@pytest.fixture(params=list(DRIVERS))
def sandbox(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Demonstration]:
    running = Demonstration(tmp_path / "sandbox", gateway=request.param)
    try:
        running.wait()
        yield running
    finally:
        running.close()


def sandbox_flags(running: Demonstration, settings: Settings, folder: Path) -> list[str | Path]:
    section = settings.gateway
    flags: dict[str, object] = {
        "agency": "pampalinda", "terminal-id": "PAM01", "nit": "890.000.000-1", "gateway": section.driver,
        "gateway-url": section.url, "gateway-login": section.login, "gateway-secret": section.secret,
        "core-url": settings.core.url, "core-token-url": settings.core.token_url,
        "core-client-id": "kiosk-demo",
        "core-secret": settings.core.client_secret, "printer": f"network:127.0.0.1:{running.printer.port}",
        "manager-pin": settings.manager.pin, "data-folder": folder, "page-hosts": "127.0.0.1",
        **{f"gateway-{name}": value for name, value in section.secrets.items()},
        **{name.replace("_", "-"): value for name, value in section.options.items()},
    }  # fmt: skip
    pairs = [part for name, value in flags.items() for part in (f"--{name}", str(value))]
    return ["--demonstration", *pairs]


def test_trial_payment_in_the_sandbox_is_paid_or_closed(sandbox: Demonstration, tmp_path: Path) -> None:
    out, settings = tmp_path / "kiosk.toml", sandbox.settings()
    flags = sandbox_flags(sandbox, settings, tmp_path)
    closed = init("--out", out, *flags, "--no-doctor", "--test-payment", "5000", "--test-wait", "1")
    assert closed.returncode == 0, closed.stdout + closed.stderr
    assert re.search(r"trial: PAM01TEST\d{12} for \$ 5\.000 is ", closed.stdout)
    last = closed.stdout.splitlines()[-1]
    expected = {"placetopay": "CANCELLED", "wompi": "PENDING", "zonapagos": "CREATED"}[sandbox.gateway]
    assert last.startswith(f"trial: {expected}"), closed.stdout
    assert not settings.journal.file.exists()

    process = subprocess.Popen(
        [sys.executable, "-m", "kiosk.cli", "init", "--out", str(out), "--force", "--no-doctor",
         "--test-payment", "5000", *map(str, flags)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout
    page = next(line.strip() for line in process.stdout if line.startswith("    http"))
    if "/session/" in page:
        pay(page)
        said, _ = process.communicate(timeout=60)
        assert (process.returncode, said.splitlines()[-1].split()[:2]) == (0, ["trial:", "APPROVED"])
    else:
        process.kill()
        process.communicate()


def test_doctor_is_told_at_the_end(demonstration: Demonstration, tmp_path: Path) -> None:
    out = tmp_path / "kiosk.toml"
    ran = init("--out", out, *sandbox_flags(demonstration, demonstration.settings(), tmp_path))
    checks = [line.split()[1] for line in ran.stdout.splitlines()[1:] if not line.startswith(" ")]
    assert {"clock", "gateway", "core", "journal", "secrets", "screen"} <= set(checks), (
        ran.stdout + ran.stderr
    )
    assert ran.returncode in (1, 2)
    assert not (tmp_path / "journal.sqlite").exists()


def test_no_trial_where_money_would_move(tmp_path: Path) -> None:
    out = tmp_path / "kiosk.toml"
    refused = init("--out", out, "--answers", real_answers(tmp_path), "--no-doctor", "--test-payment", "5000")
    assert refused.returncode == 2
    assert "money would move" in refused.stderr
    wrong = init("--out", tmp_path / "b.toml", "--answers", real_answers(tmp_path), "--test-payment", "lots")
    assert (wrong.returncode, (tmp_path / "b.toml").exists()) == (2, False)


@pytest.mark.parametrize(
    ("driver", "url", "test"),
    [
        ("placetopay", "https://checkout-test.placetopay.com", True),
        ("placetopay", "https://checkout.placetopay.com", False),
        ("placetopay", "https://checkout-test.placetopay.com.example", False),
        ("wompi", "https://sandbox.wompi.co/v1", True),
        ("wompi", "https://production.wompi.co/v1", False),
        ("zonapagos", "https://www.zonapagos.com/Apis_CicloPago/api", False),
        ("zonapagos", "http://127.0.0.1:8080/api", True),
        ("zonapagos", "https://sandbox.wompi.co/v1", False),
    ],
)
def test_only_documented_test_hosts_move_no_money(driver: str, url: str, test: bool) -> None:
    assert no_money_moves(driver, url) is test


# -- many terminals -------------------------------------------------------------------------------

ANSIBLE = Path(__file__).resolve().parent.parent / "installer" / "ansible"


def test_the_playbooks_example_makes_settings_that_load(tmp_path: Path) -> None:
    """The template as Ansible renders it, init as the role calls it, the example's organisation file."""
    role = ANSIBLE / "roles" / "kiosk"
    inventory = yaml.safe_load((ANSIBLE / "inventory.example" / "hosts.yml").read_text(encoding="utf-8"))
    defaults = yaml.safe_load((role / "defaults" / "main.yml").read_text(encoding="utf-8"))
    jinja = jinja2.Environment(trim_blocks=True, keep_trailing_newline=True)  # as Ansible sets it
    jinja.filters["combine"] = lambda below, above: {**below, **above}
    jinja.filters["to_json"] = json.dumps
    template = jinja.from_string((role / "templates" / "answers.toml.j2").read_text(encoding="utf-8"))
    for name, facts in inventory["kiosks"]["hosts"].items():
        folder = tmp_path / name
        folder.mkdir()
        example = ANSIBLE / "inventory.example" / "files" / "organisation.toml"
        (folder / "organisation.toml").write_bytes(example.read_bytes())
        answers = folder / "answers.toml"
        answers.write_text(template.render({**defaults, **facts}), encoding="utf-8")
        ran = init("--out", folder / "kiosk.toml", "--answers", answers, "--references", "credential",
                   "--force", "--no-doctor")  # fmt: skip
        assert (ran.returncode, ran.stderr) == (0, "")
        settings = load(folder / "kiosk.toml")
        assert settings.terminal.id == name.upper()
        assert settings.manager.pin == "credential:secret_manager-pin"
        assert settings.cooperative.nit == "800.000.000-0"


@pytest.mark.parametrize("file", sorted(ANSIBLE.rglob("*.yml")), ids=lambda path: path.name)
def test_every_file_of_the_role_is_yaml(file: Path) -> None:
    found = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert found
    if file.parent.name == "tasks":
        for task in found:
            assert task["name"][0].isupper()
            assert [key for key in task if "." in key], task
