"""The servers of a demonstration: started by ourselves as processes, or met where they already run.

A terminal's package carries no sandboxes: nothing of them is imported before they are wanted, and who has
none meets others' by address.
"""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TypeVar
from urllib.parse import urlsplit

import msgspec

from kiosk.transport import Transport, TransportError

_T = TypeVar("_T")
Guide = tuple[tuple[str, str, str, str, str, str], ...]
"""Invented members: document's type and number, key, name, what it shows in Spanish and English."""
_OF_SANDBOXES = ("kiosk", "flask", "werkzeug")
INSTALL = "the sandboxes are not installed here: pip install 'kiosk[sandbox]'"
COMES_WITHIN = 10.0
"""Seconds that a running sandbox may take to be met."""
ELSEWHERE = "or name running ones with --core-at URL --gateway-at URL"


class NoSandbox(Exception):
    """There is none here, or none where it should be; the text says what to do."""


class SandboxMerchant(msgspec.Struct, frozen=True):
    """What settings must say to be the sandbox gateway's merchant. `path` follows the host."""

    path: str
    login: str
    secret: str
    secrets: dict[str, str]
    options: dict[str, str]


class SandboxClient(msgspec.Struct, frozen=True):
    """The sandbox core's client, and the members worth trying."""

    client_id: str
    client_secret: str
    members: Guide


class Sandboxes(Protocol):
    """A core and a gateway that move no money."""

    core_url: str
    gateway_url: str
    core: SandboxClient
    merchant: SandboxMerchant

    def wait(self, seconds: float) -> None:
        """Until both take connections. Raises TimeoutError."""

    def close(self) -> None:
        """End what was started for them."""


@contextmanager
def carried(otherwise: str = "") -> Iterator[None]:
    """What is imported inside belongs to the sandboxes. Raises NoSandbox where this program has none.

    `otherwise` is added to what is said then. Any other module that is missing is a fault of the program.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _OF_SANDBOXES:
            raise
        raise NoSandbox(", ".join(filter(None, (INSTALL, otherwise)))) from error


def own_guide() -> Guide:
    """The members of this program's own sandbox core. Raises NoSandbox."""
    with carried(ELSEWHERE):
        from kiosk.sandbox.member_core.guide import guide
    return guide()


class OwnSandboxes:
    """Two processes of this program on free ports of loopback, which end with it."""

    def __init__(self, folder: Path, gateway: str, outcome: str, *, late_seconds: int) -> None:
        """`folder` gets their data. Raises NoSandbox."""
        with carried(ELSEWHERE):
            from kiosk.sandbox.pse.server import profile
        self._processes: list[subprocess.Popen[bytes]] = []
        self.core_port, self.gateway_port = _free_port(), _free_port()
        self.core_url = f"http://127.0.0.1:{self.core_port}"
        self.gateway_url = f"http://127.0.0.1:{self.gateway_port}"
        secret = os.environ["KIOSK_SANDBOX_SECRET"] = secrets.token_hex(16)
        self.merchant = msgspec.convert(profile(gateway, secret), SandboxMerchant, from_attributes=True)
        core_secret = os.environ["KIOSK_SANDBOX_CORE_SECRET"] = secrets.token_hex(16)
        self.core = SandboxClient("kiosk-demo", core_secret, own_guide())
        self._start("core", self.core_port, "--data", str(folder / "core.sqlite"))
        self._start(
            "gateway", self.gateway_port, "--gateway", gateway, "--outcome", outcome,
            "--late-seconds", str(late_seconds), "--data", str(folder / "gateway.sqlite"),
        )  # fmt: skip

    def _start(self, which: str, port: int, *more: str) -> None:
        program = [sys.executable, "-m", "kiosk.cli"]
        command = [*program, "sandbox", "--until-stdin-ends", which, "--port", str(port), *more]
        self._processes.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL))  # noqa: S603

    def wait(self, seconds: float) -> None:
        _wait((self.core_url, self.gateway_url), seconds)

    def close(self) -> None:
        for process in self._processes:
            process.terminate()
            if process.stdin is not None:
                process.stdin.close()
        for process in self._processes:
            process.wait(10)


class SandboxesElsewhere:
    """Servers that somebody else started on this machine (`kiosk sandbox core`, `kiosk sandbox gateway`)."""

    def __init__(self, core_url: str, gateway_url: str, gateway: str, outcome: str) -> None:
        """Ask both who they are, and the bank to decide as wanted. Raises NoSandbox."""
        self.core_url, self.gateway_url = core_url.rstrip("/"), gateway_url.rstrip("/")
        try:
            self.wait(COMES_WITHIN)
        except TimeoutError as error:
            raise NoSandbox(str(error)) from error
        self.core = _asked(self.core_url, "/sandbox/guide", SandboxClient)
        self.merchant = _asked(self.gateway_url, f"/sandbox/merchant/{gateway}", SandboxMerchant)
        _call(self.gateway_url, "POST", "/sandbox/settings", {"outcome": outcome})

    def wait(self, seconds: float) -> None:
        _wait((self.core_url, self.gateway_url), seconds)

    def close(self) -> None:
        """They go on."""


def _asked(base: str, path: str, wanted: type[_T]) -> _T:
    try:
        return msgspec.json.decode(_call(base, "GET", path), type=wanted)
    except msgspec.MsgspecError as error:
        raise NoSandbox(f"{base}{path}: {error}") from error


def _call(base: str, method: str, path: str, said: object = None) -> bytes:
    try:
        reply = Transport(base).request(method, path, json=said)
    except TransportError as error:
        raise NoSandbox(str(error)) from error
    if reply.status != 200:
        raise NoSandbox(f"{base}{path} answers {reply.status}: is it a sandbox, and of this gateway?")
    return reply.body


def _wait(addresses: tuple[str, ...], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    for address in addresses:
        parts = urlsplit(address)
        where = (parts.hostname or "", parts.port or 80)
        while True:
            try:
                socket.create_connection(where, 1).close()
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise TimeoutError(f"no sandbox answers at {address}") from None
                time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
