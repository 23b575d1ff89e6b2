"""Mutual TLS: the terminal is known by its certificate, and the core by its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from contract import CheckedTransport
from sandbox_servers import MARIA, MARIAS_KEY, PATIENCE, SECRETS, paid
from tls import Authority

from kiosk.app import assembly
from kiosk.member_core.connector import CoreMisconfigured, CoreUnreachable, PostingStatus, SessionOver
from kiosk.member_core.core_api import CoreApi
from kiosk.settings import Settings, SettingsError
from kiosk.transport import Transport


@contextmanager
def core_over_tls(*arguments: str) -> Iterator[str]:
    """The sandbox core with these further arguments; gives its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "kiosk.sandbox.member_core", "--port", "0", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env={**os.environ, **SECRETS},
    )  # fmt: skip
    assert process.stdout
    try:
        yield process.stdout.readline().strip().removeprefix("listening on ")
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """The cooperative's own."""
    return Authority.founded(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def server(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A core that lets in machines with the cooperative's certificate only."""
    own = authority.issue("core", "IP:127.0.0.1")
    data = tmp_path_factory.mktemp("core") / "core.sqlite"
    with core_over_tls(
        "--data", str(data), "--certificate", str(own), "--client-ca", str(authority.pem)
    ) as url:  # fmt: skip
        assert url.startswith("https://127.0.0.1:")
        yield url


@pytest.fixture(scope="module")
def mine(authority: Authority) -> Path:
    return authority.issue("kiosk-pam01", "DNS:kiosk-pam01")


def terminal(url: str, trusted: Path, shown: Path | None, secret: str = "") -> CoreApi:
    """A terminal that trusts this authority and shows this certificate."""
    api = CheckedTransport if shown and not secret else Transport
    return CoreApi(
        api(f"{url}/v1", ca_file=trusted, client_certificate=shown),
        Transport(f"{url}/oauth2/token", ca_file=trusted, client_certificate=shown),
        client_id="kiosk-demo", client_secret=secret, kiosk_id="PAM01",
    )  # fmt: skip


def test_the_certificate_is_enough_for_every_operation(server: str, authority: Authority, mine: Path) -> None:
    core = terminal(server, authority.pem, mine)
    assert core.status().lists_payments
    session = core.sign_in(MARIA, MARIAS_KEY)
    assert len(core.obligations(session)) == 5
    core.change_key(session, MARIAS_KEY, "735291")
    assert core.recover_key(MARIA).minutes == 30
    payment = paid()
    assert core.post(payment).status is PostingStatus.POSTED
    posting = core.posting(payment.payment_id)
    assert posting is not None
    now = datetime.now(UTC)
    (listed,) = core.recorded(now - timedelta(hours=1), now + timedelta(hours=1))
    assert (listed.payment_id, listed.receipt_number) == (payment.payment_id, posting.receipt_number)
    another = terminal(server, authority.pem, authority.issue("kiosk-pam02", "DNS:kiosk-pam02"))
    with pytest.raises(SessionOver):
        another.obligations(session)
    core.sign_out(session)
    with pytest.raises(SessionOver):
        core.obligations(session)


def test_without_a_certificate_of_the_authority_nobody_enters(
    server: str, authority: Authority, tmp_path: Path
) -> None:
    stranger = Authority.founded(tmp_path).issue("kiosk-pam01", "DNS:kiosk-pam01")
    ended = authority.issue("kiosk-pam99", "DNS:kiosk-pam99", expired=True)
    for shown in (None, stranger, ended):
        for secret in ("", SECRETS["KIOSK_SANDBOX_CORE_SECRET"]):
            # TLS 1.3 refuses it only after the request left, so not always NotSent.
            with pytest.raises(CoreUnreachable, match=r"^(NotSent|NoAnswer)$"):
                terminal(server, authority.pem, shown, secret).status()


def test_a_secret_besides_the_certificate_must_be_right(
    server: str, authority: Authority, mine: Path
) -> None:
    right = SECRETS["KIOSK_SANDBOX_CORE_SECRET"]
    assert terminal(server, authority.pem, mine, right).status().lists_payments
    with pytest.raises(CoreMisconfigured):
        terminal(server, authority.pem, mine, "wrong").status()


def test_a_core_that_asks_for_no_certificate_asks_for_a_token(authority: Authority, tmp_path: Path) -> None:
    own = authority.issue("plain", "IP:127.0.0.1")
    with core_over_tls("--data", str(tmp_path / "core.sqlite"), "--certificate", str(own)) as url:
        right = SECRETS["KIOSK_SANDBOX_CORE_SECRET"]
        assert terminal(url, authority.pem, None, right).status().lists_payments
        with pytest.raises(CoreMisconfigured):
            terminal(url, authority.pem, None).status()


@pytest.mark.parametrize("wrong", ["expired", "of another host", "of another authority"])
def test_a_core_with_a_wrong_certificate_hears_nothing(
    authority: Authority, mine: Path, tmp_path: Path, wrong: str
) -> None:
    issuer = Authority.founded(tmp_path) if wrong == "of another authority" else authority
    address = "DNS:core.example" if wrong == "of another host" else "IP:127.0.0.1"
    own = issuer.issue(wrong.replace(" ", "-"), address, expired=wrong == "expired")
    data = str(tmp_path / "core.sqlite")
    with (
        core_over_tls("--data", data, "--certificate", str(own), "--client-ca", str(authority.pem)) as url,
        pytest.raises(CoreUnreachable, match=r"^NotSent$"),
    ):
        terminal(url, authority.pem, mine).sign_in(MARIA, MARIAS_KEY)


def test_a_silent_caller_keeps_nobody_waiting(server: str, authority: Authority, mine: Path) -> None:
    host, port = server.removeprefix("https://").split(":")
    with socket.create_connection((host, int(port))):
        assert terminal(server, authority.pem, mine).status().lists_payments


def test_an_authority_for_clients_needs_a_certificate_of_its_own(
    authority: Authority, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "kiosk.sandbox.member_core", "--data", str(tmp_path / "core.sqlite")]
    for more, said in [(["--client-ca", str(authority.pem)], "needs --certificate"),
                       (["--certificate", str(tmp_path / "none.pem")], "No such file")]:  # fmt: skip
        done = subprocess.run(
            [*command, *more], check=False, capture_output=True, text=True, timeout=PATIENCE
        )
        assert done.returncode != 0
        assert said in done.stderr


# -- settings ------------------------------------------------------------------------------------


def test_a_real_terminal_needs_a_secret_or_a_certificate(
    server: str, authority: Authority, mine: Path
) -> None:
    core = {"url": f"{server}/v1", "token_url": f"{server}/oauth2/token", "ca_file": authority.pem}
    rest = {
        "terminal": {"id": "PAM07"},
        "gateway": {"login": "l", "secret": "file:/etc/kiosk/g"},
        "cooperative": {"nit": "890.000.000-1"},
        "receipts": {"signing_key": "file:/etc/kiosk/r"},
    }
    with pytest.raises(SettingsError, match=r"core\.client_secret.*core\.client_certificate"):
        Settings.of({"core": core, **rest})
    with pytest.raises(SettingsError, match=r"core\.client_secret"):
        Settings.of({"core": core | {"client_secret": "env:X", "client_certificate": mine}, **rest})
    secret = Settings.of({"core": core | {"client_secret": "file:/etc/kiosk/c"}, **rest})
    assert secret.core.client_secret == "file:/etc/kiosk/c"
    known = Settings.of({"core": core | {"client_certificate": mine}, **rest})
    assert known.core.client_secret is None
    assert assembly._connector(known).status().lists_payments
