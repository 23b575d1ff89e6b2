"""HTTP as the kiosk speaks it, against servers that misbehave on real sockets."""

from __future__ import annotations

import gzip
import json
import logging
import socket
import struct
import subprocess
import sys
import threading
from base64 import b64encode
from collections.abc import Callable
from functools import cache
from pathlib import Path
from threading import Event

import pytest
from sandbox_servers import free_port, raw_server, reply
from tls import certificate, tls_of

from kiosk.transport import NoAnswer, NotSent, Reply, Timeouts, Transport, TransportError

HASTY = Timeouts(connect=0.3, answer=0.4)
PATIENT = Timeouts(connect=5, answer=10)
Answer = Callable[[socket.socket], object]


def sending(*pieces: bytes) -> Answer:
    """Send these, then close."""

    def answer(connection: socket.socket) -> None:
        for piece in pieces:
            connection.sendall(piece)

    return answer


def failure(url: str, timeouts: Timeouts = PATIENT) -> TransportError:
    """How a POST to this address fails."""
    with pytest.raises(TransportError) as caught:
        Transport(url).request("POST", "/pay", json={"a": 1}, timeouts=timeouts)
    return caught.value


# -- NotSent against NoAnswer --------------------------------------------------------------------


def test_refused_connection_was_never_sent() -> None:
    assert type(failure(f"http://127.0.0.1:{free_port()}")) is NotSent


def test_connection_that_is_never_accepted_was_never_sent() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        address = full.getsockname()
        waiting = [socket.socket() for _ in range(4)]  # fill the queue: further ones get no answer at all
        try:
            for each in waiting:
                each.setblocking(False)
                each.connect_ex(address)
            assert type(failure(f"http://127.0.0.1:{address[1]}", HASTY)) is NotSent
        finally:
            for each in waiting:
                each.close()


@pytest.mark.parametrize(
    "host",
    [
        "nobody.invalid",
        "127.0.0.1:70000",
        pytest.param(
            "x" * 64 + ".invalid",
        ),
    ],
)
def test_address_that_leads_nowhere_was_never_sent(host: str) -> None:
    assert type(failure(f"http://{host}")) is NotSent


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param((), id="nothing"),
        pytest.param((b"HTTP/1.1 20",), id="half a status line"),
        pytest.param(
            (b"HTTP/1.1 200 OK\r\nContent-Len",),
            id="half the headers",
        ),
        pytest.param((reply(b'{"status":"OK"}')[:-6],), id="half a body"),
        pytest.param(
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{", b'"a"'), id="half a chunk"
        ),
        pytest.param(
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",), id="no last chunk"
        ),
        pytest.param((b"SSH-2.0-OpenSSH_9.6\r\n",), id="no HTTP"),
        pytest.param((reply(b"no gzip", "200 OK", "Content-Encoding: gzip"),), id="not the encoding it says"),
    ],
)
def test_answer_that_does_not_come_whole_is_no_answer(pieces: tuple[bytes, ...]) -> None:
    with raw_server(sending(*pieces)) as server:
        assert type(failure(server.url)) is NoAnswer
        assert len(server.requests) == 1, "nothing is repeated"


def test_connection_reset_under_the_request_is_no_answer() -> None:
    def reset(connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    with raw_server(reset) as server:
        assert type(failure(server.url)) is NoAnswer


def test_silent_server_is_no_answer() -> None:
    over = Event()
    with raw_server(lambda _: over.wait(20)) as server:
        assert type(failure(server.url, HASTY)) is NoAnswer
        over.set()
        assert len(server.requests) == 1


def test_silence_in_the_middle_of_a_body_is_no_answer() -> None:
    over = Event()

    def answer(connection: socket.socket) -> None:
        connection.sendall(reply(b'{"status":"OK"}')[:-3])
        over.wait(20)

    with raw_server(answer) as server:
        assert type(failure(server.url, HASTY)) is NoAnswer
        over.set()


# -- limits of time and size ---------------------------------------------------------------------


class Dripping:
    """Sends a start, then drop after drop, each well within the time for one read; ends in the end."""

    def __init__(self, start: bytes, drops: list[bytes]) -> None:
        self._start, self._drops = start, drops
        self.given_up, self.to_the_end = Event(), Event()

    def __call__(self, connection: socket.socket) -> None:
        connection.sendall(self._start)
        for drop in self._drops:
            if self.given_up.wait(0.05):
                return
            connection.sendall(drop)
        self.to_the_end.set()


@pytest.mark.parametrize(
    ("start", "drops"),
    [
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", [b"1\r\n \r\n"] * 100, id="chunks"
        ),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", [b" "] * 100, id="body"),
        pytest.param(b"HTTP/1.1 200 OK\r\nA: ", [*([b"b"] * 98), b"\r\n", b"\r\n"], id="headers"),
    ],
)
def test_dripping_server_can_not_hold_the_call_open(start: bytes, drops: list[bytes]) -> None:
    dripping = Dripping(start, drops)
    with raw_server(dripping) as server:
        try:
            assert type(failure(server.url, HASTY)) is NoAnswer
            assert not dripping.to_the_end.is_set(), "the call took as long as the server liked"
        finally:
            dripping.given_up.set()


def test_large_answer_is_read_whole_and_a_huge_one_is_no_answer() -> None:
    body = bytes(range(256)) * 4096
    with raw_server(sending(reply(body))) as server:
        assert Transport(server.url).request("GET", "/").body == body
    with raw_server(sending(reply(b" " * (4 * 1024 * 1024 + 1)))) as server:
        assert type(failure(server.url)) is NoAnswer


def test_small_answer_that_unpacks_to_a_huge_one_is_no_answer() -> None:
    bomb = gzip.compress(b" " * (64 * 1024 * 1024))
    with raw_server(sending(reply(bomb, "200 OK", "Content-Encoding: gzip"))) as server:
        assert type(failure(server.url)) is NoAnswer


# -- what is sent --------------------------------------------------------------------------------


def sent(server_requests: list[bytes]) -> tuple[str, dict[str, str], bytes]:
    """Request line, headers by lower-case name, and body of the only request."""
    (request,) = server_requests
    head, _, body = request.partition(b"\r\n\r\n")
    line, *rows = head.decode().split("\r\n")
    pairs = (row.split(": ", 1) for row in rows)
    return line, {name.lower(): value for name, value in pairs}, body


def test_written_body_arrives_byte_for_byte() -> None:
    body = '{ "total" :187450.10,\n"name":"Ávila \\u00d1" }'.encode()
    with raw_server(sending(reply())) as server:
        Transport(server.url + "/base/").request("POST", "/api/session", content=body)
        line, headers, arrived = sent(server.requests)
    assert line == "POST /base/api/session HTTP/1.1"
    assert headers["content-type"] == "application/json"
    assert headers["user-agent"] == "Kiosk/1"
    assert arrived == body


def test_json_form_query_headers_and_basic_are_sent_as_asked() -> None:
    with raw_server(sending(reply())) as server:
        Transport(server.url).request(
            "PUT", "/a", json={"é": 1}, query={"cursor": "x y&z"}, headers={"X-A": "1"}
        )
        line, headers, body = sent(server.requests)
    assert (line, headers["x-a"]) == ("PUT /a?cursor=x+y%26z HTTP/1.1", "1")
    assert (headers["content-type"], json.loads(body)) == ("application/json", {"é": 1})
    with raw_server(sending(reply())) as server:
        Transport(server.url).request("POST", "", form={"scope": "a b"}, basic=("kiosk", "s:é"))
        line, headers, body = sent(server.requests)
    assert (headers["content-type"], body) == ("application/x-www-form-urlencoded", b"scope=a+b")
    assert headers["authorization"].startswith("Basic ")


def test_environment_gives_neither_proxy_nor_password(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    with raw_server(sending(reply())) as server:
        assert Transport(server.url).request("GET", "/").status == 200
        assert "authorization" not in sent(server.requests)[1]


def test_every_call_has_its_own_connection_and_no_cookies() -> None:
    # The server reads one request of each connection: a second one on it would get no answer.
    with raw_server(sending(reply(b"{}", "200 OK", "Set-Cookie: a=b; Path=/"))) as server:
        transport = Transport(server.url)
        assert [transport.request("GET", "/").status for _ in range(3)] == [200] * 3
        assert len(server.requests) == 3
        assert not any(b"cookie" in request.lower() for request in server.requests)


# -- what comes back -----------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"])
def test_redirect_is_an_answer_and_is_not_followed(status: str) -> None:
    with (
        raw_server(sending(reply())) as elsewhere,
        raw_server(sending(reply(b"gone", status, f"Location: {elsewhere.url}/"))) as server,
    ):
        found = Transport(server.url).request("POST", "/pay", json={"a": 1})
        assert (found.status, found.body) == (int(status[:3]), b"gone")
        assert (len(server.requests), elsewhere.requests) == (1, [])


SPOILED = [
    b"/\xe1rea/pago",
    b"http://[",
    b"https://" + b"x" * 60_000,
    b"http://x:99999/",
    b"\xff\xfe",
    b"javascript:1",
]


@pytest.mark.parametrize("where", SPOILED)
@pytest.mark.parametrize(
    "status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"]
)
def test_a_spoiled_location_is_not_looked_into(status: str, where: bytes) -> None:
    answer = f"HTTP/1.1 {status}\r\nContent-Length: 2\r\nLocation: ".encode() + where + b"\r\n\r\nno"
    with raw_server(sending(answer)) as server:
        found = Transport(server.url).request("POST", "/pay", json={"a": 1}, timeouts=PATIENT)
    assert (found.status, found.body, len(server.requests)) == (int(status[:3]), b"no", 1)


@cache
def half_a_gibibyte() -> bytes:
    """Half a mebibyte on the wire."""
    return gzip.compress(bytes(512 * 2**20), 9)


@pytest.mark.parametrize("status", ["200 OK", "302 Found", "403 No", "500 Broken"])
def test_a_bomb_is_no_answer_whatever_its_status_and_takes_no_memory(status: str) -> None:
    bomb = half_a_gibibyte()
    head = (
        f"HTTP/1.1 {status}\r\nContent-Encoding: gzip\r\nLocation: /x\r\nContent-Length: {len(bomb)}\r\n\r\n"
    )
    script = """
import resource, sys
from kiosk.transport import NoAnswer, Transport
transport = Transport(sys.argv[1])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    transport.request("POST", "/pay", json={})
except NoAnswer:
    print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""
    with raw_server(sending(head.encode() + bomb)) as server:
        command = [sys.executable, "-c", script, server.url]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert int(done.stdout) < 64, "mebibytes"


@pytest.mark.parametrize("status", ["400 Bad Request", "401 Unauthorized", "500 Broken", "503 Away"])
def test_error_status_is_an_answer_with_its_body(status: str) -> None:
    with raw_server(sending(reply(b"<html>", status, "X-Word: Yes"))) as server:
        found = Transport(server.url).request("GET", "/")
    assert (found.status, found.body, found.headers["x-word"]) == (int(status[:3]), b"<html>", "Yes")


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("120", 120), ("0", 0), ("", None), ("-1", None), ("soon", None), ("1.5", None), ("²", None),
     ("99999999999", None), ("Fri, 20 Nov 2026 15:02:00 GMT", 120), ("Fri, 20 Nov 2026 14:00:00 GMT", 0),
     ("Fri, 20 Nov 2099 15:00:00 GMT", None), ("Fri, 20 Nov 99999 15:00:00 GMT", None)],
)  # fmt: skip
def test_retry_after_is_read_as_seconds_and_as_a_date_of_the_servers_clock(
    said: str, seconds: int | None
) -> None:
    headers = {"retry-after": said, "date": "Fri, 20 Nov 2026 15:00:00 GMT"}
    assert Reply(503, headers, b"").retry_after == seconds


# -- TLS -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("tls"), "ours", "IP:127.0.0.1")


def test_certificate_that_nobody_vouches_for_was_never_sent(ours: Path) -> None:
    with raw_server(sending(reply()), tls_of(ours)) as server:
        assert type(failure(server.url)) is NotSent
        assert server.requests == []


def test_certificate_of_another_host_was_never_sent(tmp_path: Path) -> None:
    theirs = certificate(tmp_path, "theirs", "DNS:bank.example")
    with raw_server(sending(reply()), tls_of(theirs)) as server:
        with pytest.raises(NotSent):
            Transport(server.url, ca_file=theirs).request("POST", "/pay", json={})
        assert server.requests == []


def test_certificate_of_the_settings_is_trusted(ours: Path) -> None:
    with raw_server(sending(reply(b"[1]")), tls_of(ours)) as server:
        assert Transport(server.url, ca_file=ours).request("GET", "/").body == b"[1]"


def test_client_certificate_is_shown(ours: Path, tmp_path: Path) -> None:
    mine = certificate(tmp_path, "kiosk", "DNS:kiosk.example")
    with raw_server(sending(reply()), tls_of(ours, clients=mine)) as server:
        known = Transport(server.url, ca_file=ours, client_certificate=mine)
        assert known.request("GET", "/").status == 200
        # TLS 1.3 refuses it only after the request left: nobody can say that nothing was done.
        with pytest.raises(NoAnswer):
            Transport(server.url, ca_file=ours).request("GET", "/", timeouts=PATIENT)


def tls_that(acts: Callable[[socket.socket], object]) -> TransportError:
    """How a call fails when the other side does this once the ClientHello is there."""

    def serve() -> None:
        with listening, listening.accept()[0] as connection:
            connection.recv(65536)
            acts(connection)

    listening = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        return failure(f"https://127.0.0.1:{listening.getsockname()[1]}", Timeouts(connect=1, answer=1))
    finally:
        thread.join(10)


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


ALERTS = {"handshake_failure": 40, "protocol_version": 70, "internal_error": 80, "unrecognized_name": 112}


@pytest.mark.parametrize(
    "acts",
    [
        pytest.param(reset, id="reset"),
        pytest.param(lambda connection: connection.close(), id="end"),
        pytest.param(
            lambda connection: connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"), id="plain http"
        ),
        pytest.param(lambda connection: connection.sendall(b"\x00" * 64), id="rubbish"),
        pytest.param(lambda connection: connection.recv(1), id="silence"),
        *(
            pytest.param(
                lambda connection, number=number: connection.sendall(bytes((21, 3, 3, 0, 2, 2, number))),
                id=name,
            )
            for name, number in ALERTS.items()
        ),
    ],
)
def test_what_fails_before_the_handshake_ended_was_never_sent(
    acts: Callable[[socket.socket], object],
) -> None:
    assert type(tls_that(acts)) is NotSent


def test_what_fails_after_it_is_no_answer(ours: Path) -> None:
    with raw_server(reset, tls_of(ours)) as server, pytest.raises(NoAnswer):
        Transport(server.url, ca_file=ours).request("POST", "/pay", json={"a": 1}, timeouts=PATIENT)


# -- the log -------------------------------------------------------------------------------------

SECRETS = ("4821-key", "tok-77aa", "tK3y/abc=", "s3cret-of-ours", "cur-9913")


def test_log_and_errors_name_host_and_path_only(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)

    def call(url: str) -> None:
        transport = Transport(url)
        transport.request("POST", "/a", content=b'{"tranKey":"tK3y/abc=","key":"4821-key"}')
        transport.request("POST", "/b", json={"password": "4821-key"}, query={"cursor": "cur-9913"},
                          headers={"Authorization": "Bearer tok-77aa"})  # fmt: skip
        transport.request("POST", "/c", form={"grant": "x"}, basic=("kiosk", "s3cret-of-ours"))

    with raw_server(sending(reply(b'{"token":"tok-77aa"}', "200 OK", "Set-Cookie: tok-77aa"))) as server:
        call(server.url)
        assert [record.getMessage().split(" in ")[0] for record in caplog.records] == [
            f"POST {server.host}/{path} -> 200" for path in "abc"
        ]
    with raw_server(sending()) as server:
        for attempt in ("a", "b", "c"):
            with pytest.raises(NoAnswer) as caught:
                Transport(server.url).request(
                    "POST", f"/{attempt}", json={"key": "4821-key"}, query={"cursor": "cur-9913"},
                    headers={"Authorization": "Bearer tok-77aa"}, basic=("kiosk", "s3cret-of-ours"),
                )  # fmt: skip
            assert str(caught.value).startswith(f"POST {server.host}/{attempt}: ")
            assert caught.value.__cause__ is None
            assert_no_secret(str(caught.value) + repr(caught.value))
    assert_no_secret(caplog.text)


def test_log_keeps_to_host_and_path_when_headers_are_broken(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    broken = sending(b"HTTP/1.1 200 OK\r\nno header tok-77aa\r\n\r\n{}")
    with raw_server(broken) as server, pytest.raises(NoAnswer) as refusal:
        Transport(server.url).request("GET", "/a", query={"cursor": "cur-9913"})
    assert_no_secret(caplog.text + str(refusal.value))


def assert_no_secret(text: str) -> None:
    basic = b64encode(b"kiosk:s3cret-of-ours").decode()
    assert [each for each in (*SECRETS, basic, "Bearer", "Basic") if each in text] == []


def test_a_reply_keeps_its_body_out_of_its_repr() -> None:
    assert "tok-77aa" not in repr(Reply(200, {}, b'{"token":"tok-77aa"}'))
