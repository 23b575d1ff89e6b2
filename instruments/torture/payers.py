"""The payers: they have the page's address, on the kiosk or on their own phone, and do as they please."""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import requests

from instruments.torture.servers import LATE_SECONDS, PATIENCE, Server
from kiosk.sandbox.pse.banks import BANKS

_HABITS = {
    ("approve",): 34,
    ("never",): 8,  # approved, but never back
    ("late",): 10,
    ("slow",): 6,
    ("decline",): 8,
    ("funds",): 4,
    ("fail",): 6,
    ("pending",): 4,
    ("decline", "approve"): 5,
    ("fail", "late"): 3,
    ("cancel",): 3,
    ("look",): 4,  # opens the bank's page and goes
    (): 5,  # never begins
}
_MOST_WAIT = 0.7
_AT_ONCE = 8


class Payers:
    """Everybody who pays at one gateway. `retry`: whether its page lets them after a refusal."""

    def __init__(self, gateway: Server, seed: int, *, retry: bool) -> None:
        self._gateway, self._retry = gateway, retry
        self._chance = random.Random(seed)
        self._pool = ThreadPoolExecutor(_AT_ONCE, "payer")
        self._going: list[Future[None]] = []
        self._known: set[str] = set()
        self._lock = threading.Lock()

    def send(self, page: str, habit: tuple[str, ...] | None = None) -> None:
        """Somebody got this address, and does as told or as they please."""
        page_key = _page_key(page)
        if habit is None:
            habit = self._chance.choices(list(_HABITS), list(_HABITS.values()))[0]
        waits = [self._chance.uniform(0, _MOST_WAIT) for _ in range(3)]
        with self._lock:
            self._known.add(page_key)
        self._going.append(self._pool.submit(self._pay, page_key, habit, waits))

    def send_to_strays(self, share: float) -> None:
        """Pages whose address no cashier lived to tell: the gateway may have sent it by e-mail."""
        for session in self._gateway.book("sessions"):
            if session["page_key"] not in self._known and self._chance.random() < share:
                self.send(f"/session/{session['number']}/{session['page_key']}")

    def wait(self) -> None:
        """Until all have done what they wanted, and the bank too where it takes its time."""
        for each in self._going:
            each.result()
        self._going.clear()
        deadline = time.monotonic() + PATIENCE + LATE_SECONDS
        while _bank_still_thinks(self._gateway.book("sessions")) and time.monotonic() < deadline:
            time.sleep(0.1)

    def close(self) -> None:
        """Nobody pays any more."""
        self._pool.shutdown(cancel_futures=True)

    def _pay(self, page_key: str, habit: tuple[str, ...], waits: list[float]) -> None:
        time.sleep(waits[0])
        for outcome in habit if self._retry else habit[:1]:
            if outcome == "cancel":
                self._submit(f"/pse/{page_key}/cancel", {})
                return
            bank_page = self._to_bank(page_key)
            time.sleep(waits[1])
            if outcome == "look" or bank_page is None:
                return
            self._submit(bank_page, {"outcome": outcome, "bank-user": "marta", "bank-key": "s3cr3t0"})
            time.sleep(waits[2])

    def _to_bank(self, page_key: str) -> str | None:
        """The bank's page; None where the gateway's says that nothing can be paid any more."""
        form = {"email": "marta.rincon@correo.example", "person": "natural", "bank": BANKS[1].code}
        with self._lock:
            sessions = {each["page_key"]: each for each in self._gateway.book("sessions")}
        session = sessions.get(page_key)
        if session and session["state"] == "at_bank":  # a gateway that goes straight to the bank
            return f"/bank/{page_key}/{session['debits'][0]['cus']}"
        answer = self._submit(f"/pse/{page_key}", form)
        place = answer.headers.get("Location", "")
        return place if place.startswith("/bank/") else None

    def _submit(self, path: str, form: dict[str, str]) -> requests.Response:
        url = self._gateway.url + path
        return requests.post(url, data=form, timeout=PATIENCE, allow_redirects=False)


def _page_key(page: str) -> str:
    found = re.fullmatch(r"/(?:session/\d+|pse|bank)/([0-9a-f]+)(?:/\d+)?", urlsplit(page).path)
    if not found:
        raise ValueError(f"not a page of the sandbox: {page}")
    return found[1]


def _bank_still_thinks(sessions: Iterable[dict[str, Any]]) -> bool:
    debits = (debit for session in sessions for debit in session["debits"])
    return any(debit["state"] == "pending" and debit["due_at"] for debit in debits)
