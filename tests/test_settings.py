"""Settings files: what they refuse, and that a refusal names the key and never a secret."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.settings import Settings, SettingsError, explain, load, reveal

REAL = """
[terminal]
id = "PAM01"
[cooperative]
nit = "890.000.000-1"
[core]
url = "https://core.example/v1/"
token_url = "https://core.example/oauth2/token"
client_secret = "file:/etc/kiosk/core"
[gateway]
login = "login"
secret = "credential:gateway-secret"
[receipts]
signing_key = "file:/etc/kiosk/receipts"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "kiosk.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_real_terminals_file_is_taken(tmp_path: Path) -> None:
    settings = load(written(tmp_path, REAL))
    assert settings.core.url == "https://core.example/v1"
    assert settings.agency.name == "Agencia Pampalinda"
    assert len(settings.agencies) == 10


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("https://core.example/v1/", "http://core.example/v1/", "core.url"),
        ("https://core.example/oauth2", "http://core.example/oauth2", "core.token_url"),
        ("file:/etc/kiosk/core", "env:CORE", "core.client_secret"),
        ("credential:gateway-secret", "env:GATEWAY", "gateway.secret"),
        ("file:/etc/kiosk/receipts", "env:KEY", "receipts.signing_key"),
        ("file:/etc/kiosk/core", "hunter2", "core.client_secret"),
        ('login = "login"', 'url = "http://checkout.example"', "gateway.url"),
        ('login = "login"', 'return_url = "http://www.example"', "gateway.return_url"),
        ('nit = "890.000.000-1"', "", "cooperative.nit"),
        ('id = "PAM01"', 'id = "pam 01"', "terminal.id"),
        ('id = "PAM01"', 'agency = "atlantis"', "atlantis"),
        ('login = "login"', 'logn = "login"', "gateway.logn"),
        ("[gateway]", "[gatway]", "gatway"),
        ('id = "PAM01"', "id = PAM01", "kiosk.toml"),
    ],
)
def test_what_is_not_safe_or_not_known_is_refused_by_name(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    assert old in REAL
    with pytest.raises(SettingsError, match=said) as refusal:
        load(written(tmp_path, REAL.replace(old, new)))
    assert "hunter2" not in str(refusal.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"none\.toml: No such file"):
        load(tmp_path / "none.toml")


def test_only_a_demonstration_may_speak_plain_http() -> None:
    plain = {"core": {"url": "http://127.0.0.1:1"}, "terminal": {"demonstration": True}}
    assert Settings.of(plain).core.url == "http://127.0.0.1:1"
    with pytest.raises(SettingsError, match=r"core\.url"):
        Settings.of({"core": plain["core"]})


def test_a_secret_that_others_may_read_is_refused(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("a-long-secret\n", encoding="utf-8")
    secret.chmod(0o644)
    with pytest.raises(SettingsError, match="mode 600") as refusal:
        reveal(f"file:{secret}")
    assert "a-long-secret" not in str(refusal.value)
    secret.chmod(0o600)
    assert reveal(f"file:{secret}") == "a-long-secret"


def test_secrets_come_from_where_they_are_said_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    (tmp_path / "gateway").write_text("given-by-systemd", encoding="utf-8")
    for mode in (0o400, 0o440):  # 440 is what an access list for the one user looks like
        (tmp_path / "gateway").chmod(mode)
        assert reveal("credential:gateway") == "given-by-systemd"
    with pytest.raises(SettingsError, match="No such file"):
        reveal("credential:other")
    with pytest.raises(SettingsError, match="KIOSK_NOTHING"):
        reveal("env:KIOSK_NOTHING")
    monkeypatch.delenv("CREDENTIALS_DIRECTORY")
    with pytest.raises(SettingsError, match="only the service has it"):
        reveal("credential:gateway")


# -- layers ---------------------------------------------------------------------------------------

TERMINAL = """
[terminal]
id = "PAM01"
[gateway]
login = "of-the-terminal"
page_hosts = ["pse.com.co"]
[gateway.options]
merchant = "90001"
"""
ORGANISATION = """
[cooperative]
nit = "890.000.000-1"
[core]
url = "https://core.example/v1"
token_url = "https://core.example/oauth2/token"
client_secret = "credential:core"
[gateway]
login = "of-everybody"
page_hosts = ["pse.com.co", "bank.example"]
[gateway.options]
merchant = "1"
service_code = "2701"
[agencies.norte]
name = "Agencia Norte"
city = "Cali"
address = "Calle 1"
phone = "1"
[agencies.pasto]
hours = "de 9 a 12"
"""


@pytest.fixture
def terminal(tmp_path: Path) -> Path:
    (tmp_path / "organisation.toml").write_text(ORGANISATION, encoding="utf-8")
    return written(tmp_path, TERMINAL)


def layers_of(path: Path) -> dict[str, tuple[object, str]]:
    return {each.key: (each.value, str(each.layer)) for each in explain(path)}


def test_each_layer_speaks_over_the_one_below(terminal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIOSK_GATEWAY__OPTIONS__MERCHANT", "0042")
    monkeypatch.setenv("KIOSK_SCREEN__DIAGONAL_INCHES", "27")
    monkeypatch.setenv("KIOSK_SCREEN__FULLSCREEN", "false")
    monkeypatch.setenv("KIOSK_PAYMENTS__MAXIMUM", "5000000")
    monkeypatch.setenv("KIOSK_TEST_KEY", "not a setting: it has no section")
    settings = load(terminal)
    assert settings.cooperative.nit == "890.000.000-1"
    assert settings.gateway.login == "of-the-terminal"
    assert settings.gateway.page_hosts == ("pse.com.co",), "a list is replaced, not joined"
    assert settings.gateway.options == {"merchant": "0042", "service_code": "2701"}
    assert (settings.screen.diagonal_inches, settings.screen.fullscreen) == (27.0, False)
    assert settings.payments.maximum == 5_000_000

    told = layers_of(terminal)
    organisation, own = f"organisation file {terminal.parent}/organisation.toml", f"terminal file {terminal}"
    assert told["cooperative.nit"] == ("890.000.000-1", organisation)
    assert told["gateway.login"] == ("of-the-terminal", own)
    assert told["gateway.options.merchant"] == ("0042", "environment KIOSK_GATEWAY__OPTIONS__MERCHANT")
    assert told["gateway.options.service_code"] == ("2701", organisation)
    assert told["gateway.driver"] == ("placetopay", "built-in")
    assert told["payments.maximum"] == (5_000_000, "environment KIOSK_PAYMENTS__MAXIMUM")


def test_offices_are_added_and_mended_key_by_key(terminal: Path) -> None:
    settings = load(terminal)
    assert len(settings.agencies) == 11
    assert (settings.agencies["pasto"].hours, settings.agencies["pasto"].city) == ("de 9 a 12", "Pasto")
    told = layers_of(terminal)
    assert "agencies.pasto.city" not in told
    assert told["agencies.pasto.hours"][1].startswith("organisation")
    assert told["agencies.pampalinda.city"] == ("Cali", "built-in")


@pytest.mark.parametrize(
    ("layer", "text", "said"),
    [
        ("organisation.toml", "[gateway]\nlogn = 1",
         r"organisation file .*/organisation\.toml: gateway\.logn: no such"),
        ("organisation.toml", "[gatway]", r"organisation file .*: gatway: no such setting"),
        ("organisation.toml", "gateway = [", r"organisation\.toml: "),
        ("organisation.toml", "[agencies.norte]\nnane = 1\n",
         r"organisation file .*: agencies\.norte\.nane: no such setting"),
        ("organisation.toml", "[agencies.norte]\nname = 'Norte'\n",
         r"organisation file .*: agencies\.norte: Object missing required field `city`"),
        ("kiosk.toml", "[screen]\nwidth = '1920'",
         r"terminal file .*/kiosk\.toml: screen\.width: Expected `int`"),
        ("kiosk.toml", "[core]\nclient_secret = 'hunter2'",
         r"terminal file .*: core\.client_secret: a secret is given"),
        ("kiosk.toml", "[gateway]\npage_hosts = ['a', 1]",
         r"terminal file .*: gateway\.page_hosts: Expected `str`"),
        ("KIOSK_GATEWAY__LOGN", "x", r"environment KIOSK_GATEWAY__LOGN: gateway\.logn: no such setting"),
        ("KIOSK_NOTHING__X", "x", r"environment KIOSK_NOTHING__X: nothing: no such setting"),
        ("KIOSK_SCREEN__WIDTH", "wide", r"environment KIOSK_SCREEN__WIDTH: screen\.width: Expected `int`"),
        ("KIOSK_CORE__URL", "http://core.example",
         r"environment KIOSK_CORE__URL: core\.url: a real terminal"),
        ("KIOSK_GATEWAY__SECRET", "hunter2",
         r"environment KIOSK_GATEWAY__SECRET: gateway\.secret: a secret is given"),
        ("KIOSK_GATEWAY__SECRET", "env:HUNTER2",
         r"environment KIOSK_GATEWAY__SECRET: gateway\.secret: secrets in"),
    ],
)  # fmt: skip
def test_a_refusal_names_layer_and_key_and_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, layer: str, text: str, said: str
) -> None:
    path = written(tmp_path, REAL)
    assert load(path)
    if layer == "kiosk.toml":  # the section again: over what is there, as a file of its own
        (tmp_path / "organisation.toml").write_text(REAL, encoding="utf-8")
        path = written(tmp_path, text)
    elif layer.endswith(".toml"):
        (tmp_path / layer).write_text(text, encoding="utf-8")
    else:
        monkeypatch.setenv(layer, text)
    with pytest.raises(SettingsError, match=said) as refusal:
        load(path)
    assert "hunter2" not in str(refusal.value)


def test_explain_prints_references_and_layers_never_secrets(terminal: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hunter2", encoding="utf-8")
    secret.chmod(0o600)
    with terminal.open("a", encoding="utf-8") as file:
        file.write(f'[receipts]\nsigning_key = "file:{secret}"\n')

    def ran(*more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "kiosk.cli", "settings", "explain", "--config", str(terminal), *more],
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    rows = {row["key"]: row for row in json.loads(ran("--json").stdout)}
    assert rows["receipts.signing_key"] == {
        "key": "receipts.signing_key", "value": f"file:{secret}", "layer": "terminal",
        "source": str(terminal),
    }  # fmt: skip
    assert (rows["gateway.page_hosts"]["value"], rows["journal.file"]["layer"]) == (
        ["pse.com.co"],
        "built-in",
    )
    shown = ran()
    assert shown.returncode == 0
    assert '"890.000.000-1"' in shown.stdout
    assert "hunter2" not in shown.stdout + shown.stderr
    assert len(shown.stdout.splitlines()) == len(rows)
