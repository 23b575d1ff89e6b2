"""The terminal's access token: one for many calls and lanes, a new one in time, and once when unknown."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from contract import CheckedTransport
from counterparts import together
from sandbox_servers import MARIA, MARIAS_KEY, SECRETS, paid, raw_server, reply, setting

from kiosk.member_core import core_api
from kiosk.member_core.connector import CoreMisconfigured, CoreStatus, CoreUnreachable, WrongKey
from kiosk.member_core.core_api import CoreApi
from kiosk.transport import Reply, Transport


class Counted(Transport):
    """Counts its calls."""

    def __init__(self, base_url: str) -> None:
        super().__init__(base_url)
        self.calls = 0
        self._lock = threading.Lock()

    def request(self, method: str, path: str, **more: Any) -> Reply:
        with self._lock:
            self.calls += 1
        return super().request(method, path, **more)


@pytest.fixture
def tokens(url: str) -> Counted:
    return Counted(f"{url}/oauth2/token")


@pytest.fixture
def core(url: str, tokens: Counted) -> CoreApi:
    return CoreApi(
        CheckedTransport(f"{url}/v1"), tokens, client_id="kiosk-demo",
        client_secret=SECRETS["KIOSK_SANDBOX_CORE_SECRET"], kiosk_id="DEMO01",
    )  # fmt: skip


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The driver's own clock: `now` seconds."""
    told = SimpleNamespace(now=1000.0)
    monkeypatch.setattr(core_api, "time", SimpleNamespace(monotonic=lambda: told.now))
    return told


def test_one_token_serves_all_operations(core: CoreApi, tokens: Counted) -> None:
    core.status()
    session = core.sign_in(MARIA, MARIAS_KEY)
    core.obligations(session)
    payment = paid()
    core.post(payment)
    core.posting(payment.payment_id)
    core.recover_key(MARIA)
    core.change_key(session, MARIAS_KEY, "735291")
    core.sign_out(session)
    assert tokens.calls == 1


def test_one_token_serves_all_lanes(core: CoreApi, tokens: Counted) -> None:
    found = together(*[core.status] * 12)
    assert {type(each) for each in found} == {CoreStatus}
    assert tokens.calls == 1


def test_a_token_is_renewed_a_minute_before_its_end(
    core: CoreApi, tokens: Counted, clock: SimpleNamespace
) -> None:
    core.status()
    clock.now += 3539
    core.status()
    assert tokens.calls == 1
    clock.now += 1
    core.status()
    assert tokens.calls == 2


def test_an_unknown_token_is_replaced_once_for_all_lanes(core: CoreApi, tokens: Counted, url: str) -> None:
    core.status()
    setting(url, advance_seconds=3601)  # the core's hour is over, ours is not
    found = together(*[core.status] * 8)
    assert {type(each) for each in found} == {CoreStatus}
    assert tokens.calls == 2


def test_a_sign_in_that_met_an_unknown_token_is_one_attempt(core: CoreApi, tokens: Counted, url: str) -> None:
    core.status()
    setting(url, advance_seconds=3601)
    for left in (4, 3):
        with pytest.raises(WrongKey) as wrong:
            core.sign_in(MARIA, "0000")
        assert wrong.value.remaining == left
    assert tokens.calls == 2


@contextmanager
def scripted(*answers: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """A server that gives these answers, the last one for ever; its address and what it was asked."""
    left = list(answers)

    def answer(line: socket.socket) -> None:
        line.sendall(left.pop(0) if len(left) > 1 else left[0])

    with raw_server(answer) as server:
        yield server.url, server.requests


def test_a_token_that_says_nothing_of_its_end_is_used_and_a_short_one_is_renewed(
    url: str, clock: SimpleNamespace
) -> None:
    said = [b'{"access_token": "a"}', b'{"access_token": "b", "expires_in": 30}', b'{"access_token": "c"}']
    status = b'{"type": "x", "title": "x", "status": 500, "code": "internal-error"}'
    with scripted(*map(reply, said)) as (issuer, asked), scripted(reply(status, "500 No")) as (api, calls):
        core = CoreApi(
            Transport(api), Transport(issuer), client_id="kiosk:1", client_secret="s", kiosk_id="K"
        )
        for wait in (0, 3539, 1, 0.5, 1):
            clock.now += wait
            with pytest.raises(CoreUnreachable):
                core.status()
    used = [line for call in calls for line in call.split(b"\r\n") if line.startswith(b"Authorization")]
    assert [line[-1:] for line in used] == [b"a", b"a", b"b", b"b", b"c"]
    assert len(asked) == 3


@pytest.mark.parametrize(
    ("answer", "error"),
    [(reply(b'{"error": "invalid_client"}', "401 No"), CoreMisconfigured),
     (reply(b'{"error": "invalid_scope"}', "400 No"), CoreMisconfigured),
     (reply(b"{}", "503 Away", "Retry-After: 40"), CoreUnreachable),
     (reply(b'{"access_token": 7}'), CoreUnreachable)],
)  # fmt: skip
def test_without_a_token_the_core_is_not_called(answer: bytes, error: type) -> None:
    with scripted(answer) as (issuer, _), scripted(reply()) as (api, calls):
        core = CoreApi(Transport(api), Transport(issuer), client_id="k", client_secret="s", kiosk_id="K")
        with pytest.raises(error) as refused:
            core.post(paid())
        assert calls == []
    if b"Retry-After" in answer:
        assert refused.value.retry_after == 40
