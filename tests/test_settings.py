"""Settings files: what they refuse, and that a refusal names the key and never a secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.settings import Settings, SettingsError, load, reveal

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
    (tmp_path / "gateway").chmod(0o400)
    assert reveal("credential:gateway") == "given-by-systemd"
    with pytest.raises(SettingsError, match="No such file"):
        reveal("credential:other")
    with pytest.raises(SettingsError, match="KIOSK_NOTHING"):
        reveal("env:KIOSK_NOTHING")
