"""Gateway and core: the sandboxes as processes, what may be done to them, and their books."""

from __future__ import annotations

import os
import random
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

import requests

from kiosk.sandbox.member_core.server import SECRET_VARIABLE as CORE_SECRET
from kiosk.sandbox.pse.server import SECRET_VARIABLE as GATEWAY_SECRET

PATIENCE = 20.0
LATE_SECONDS = 2
_OVER = ("approved", "cancelled_by_payer", "cancelled_by_merchant", "expired", "exhausted")


class Server:
    """A sandbox that runs, talked to directly: no wire of the cashier's in between."""

    def __init__(self, url: str, secret: str) -> None:
        self.url, self.secret = url, secret
        self.hits = 0
        """Faults that struck."""
        self._set = 0

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        parts = urlsplit(self.url)
        return str(parts.hostname), int(parts.port or 0)

    def set(self, **wanted: object) -> None:
        """Change its settings; new faults take the place of those that still wait."""
        if "faults" in wanted:
            self._count_faults(wanted["faults"])
        answer = requests.post(f"{self.url}/sandbox/settings", json=wanted, timeout=PATIENCE)
        if answer.status_code != 200:
            raise RuntimeError(f"{self.url} takes no {wanted}: {answer.text}")

    def _count_faults(self, coming: object) -> None:
        shown = requests.get(f"{self.url}/sandbox/settings", timeout=PATIENCE).json()
        self.hits += self._set - sum(int(fault["times"]) for fault in shown["faults"])
        faults: list[Mapping[str, int]] = coming if isinstance(coming, list) else []
        self._set = sum(fault["times"] for fault in faults)

    def book(self, name: str) -> Any:
        """What it has on record under this name."""
        answer = requests.get(f"{self.url}/sandbox/{name}", timeout=PATIENCE)
        answer.raise_for_status()
        return answer.json()

    def abandon(self) -> None:
        """Of a gateway: whoever is at a bank's page without deciding never will."""
        self.set(abandon_seconds=0)

    def overturn(self, share: float, chance: random.Random) -> int:
        """Of a gateway: banks take some refusals back, and debit after all; how many."""
        refused = [each for each in self.book("sessions") if each["debits"]
                   and each["debits"][0]["state"] in ("declined", "no_funds", "failed")]  # fmt: skip
        taken_back = [each for each in refused if chance.random() < share]
        for session in taken_back:
            address = f"{self.url}/sandbox/sessions/{session['number']}/overturn"
            requests.post(address, timeout=PATIENCE).raise_for_status()
        return len(taken_back)

    def expire(self) -> None:
        """Of a gateway: what is not paid by now never will be; what a bank has not decided stays."""
        for session in self.book("sessions"):
            if session["state"] not in _OVER:
                address = f"{self.url}/sandbox/sessions/{session['number']}/expire"
                requests.post(address, timeout=PATIENCE).raise_for_status()


@contextmanager
def servers(gateway: str, folder: Path) -> Iterator[tuple[Server, Server, Server]]:
    """A gateway and a core of their own, and the gateway of another merchant, who knows none of ours.

    They end with this process, however it ends.
    """
    secret, core_secret = secrets.token_hex(16), secrets.token_hex(16)
    known = {**os.environ, GATEWAY_SECRET: secret, CORE_SECRET: core_secret}
    late = ("--late-seconds", str(LATE_SECONDS), "--slow-seconds", "1")
    started: list[subprocess.Popen[str]] = []
    try:
        at_gateway = ("--gateway", gateway, *late)
        for name, which, more in (
            ("gateway", "gateway", at_gateway), ("core", "core", ()), ("elsewhere", "gateway", at_gateway),
        ):  # fmt: skip
            data = str(folder / f"{name}.sqlite")
            with (folder / f"{name}.log").open("w") as log:
                started.append(_start(known, log, which, "--port", "0", "--data", data, *more))
        urls = [_url_of(process) for process in started]
        yield Server(urls[0], secret), Server(urls[1], core_secret), Server(urls[2], secret)
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.communicate(timeout=PATIENCE)


def _start(known: Mapping[str, str], log: IO[str], which: str, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "kiosk.cli", "sandbox", "--until-stdin-ends", which, *more]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=log, text=True, env=known)


def _url_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    found = re.fullmatch(r"listening on (http://127\.0\.0\.1:\d+)\n", process.stdout.readline())
    if not found:
        raise RuntimeError("a sandbox did not start")
    return found[1]
