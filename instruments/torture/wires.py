"""The wire between a cashier and a neighbour: a relay that can be cut in every way a network can."""

from __future__ import annotations

import random
import re
import socket
import struct
import threading
import time
from contextlib import suppress
from enum import StrEnum

_CONTENT_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_RESET = struct.pack("ii", 1, 0)
_PATIENCE = 20.0


class Trouble(StrEnum):
    """What a wire does to the requests that come while it lasts."""

    REFUSED = "refused"
    """Nobody listens."""
    RESET_BEFORE = "reset_before"
    """The connection breaks before anything was passed on."""
    RESET_AFTER = "reset_after"
    """The other side did it; not a byte of its answer comes back."""
    CUT = "cut"
    """The connection breaks in the middle of the answer."""
    SILENT = "silent"
    """Nothing is passed on, nothing comes back, until the trouble ends."""
    LATE = "late"
    """The request is passed on later, even if nobody waits for its answer any more."""
    SLOW = "slow"
    """Answers come late, each by another while: they overtake one another."""


class Wire:
    """Relays whole HTTP exchanges to one server, one connection each. Use it as a context."""

    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
        self._listener = _listening(0)
        self._port: int = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        self._trouble: Trouble | None = None
        self._healed = threading.Event()
        self._busy = 0
        self.hits = 0
        """Exchanges that were disturbed."""
        self._closed = False
        self._accepting()

    @property
    def url(self) -> str:
        """Where a cashier finds it."""
        return f"http://127.0.0.1:{self._port}"

    def break_(self, trouble: Trouble) -> None:
        """From now on, until `heal`."""
        self.heal()
        with self._lock:
            self._trouble = trouble
            self._healed = threading.Event()
            if trouble is Trouble.REFUSED:
                self.hits += 1
                _close(self._listener)

    def heal(self) -> None:
        """Everything passes again; who was kept silent is cut off."""
        with self._lock:
            was, self._trouble = self._trouble, None
            self._healed.set()
            if was is Trouble.REFUSED:
                self._listener = _listening(self._port)
                self._accepting()

    def settle(self) -> None:
        """Wait until nothing is on its way any more."""
        deadline = time.monotonic() + _PATIENCE
        while self._busy and time.monotonic() < deadline:
            time.sleep(0.02)

    def close(self) -> None:
        """Stop relaying."""
        self.heal()
        with self._lock:
            self._closed = True
            _close(self._listener)

    def _accepting(self) -> None:
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                connection = listener.accept()[0]
            except OSError:
                return
            with self._lock:
                trouble, healed = self._trouble, self._healed
                self._busy += 1
                self.hits += trouble is not None
            threading.Thread(target=self._relay, args=(connection, trouble, healed), daemon=True).start()

    def _relay(self, connection: socket.socket, trouble: Trouble | None, healed: threading.Event) -> None:
        try:
            connection.settimeout(_PATIENCE)
            self._exchange(connection, trouble, healed)
        except OSError:  # one of the two hung up: so does the other
            _reset(connection)
        finally:
            with self._lock:
                self._busy -= 1

    def _exchange(self, connection: socket.socket, trouble: Trouble | None, healed: threading.Event) -> None:
        if trouble is Trouble.RESET_BEFORE:
            _reset(connection)
            return
        request = _whole_request(connection)
        if trouble is Trouble.SILENT:
            healed.wait(_PATIENCE)
            _reset(connection)
            return
        if trouble is Trouble.LATE:
            healed.wait(random.uniform(0.2, 4.0))
        answer = self._answer(request)
        if trouble is Trouble.RESET_AFTER:
            _reset(connection)
            return
        if trouble is Trouble.SLOW:
            time.sleep(random.uniform(0.0, 1.2))
        if trouble is Trouble.CUT:
            connection.sendall(answer[: random.randrange(len(answer) or 1)])
            _reset(connection)
            return
        connection.sendall(answer)
        connection.close()

    def _answer(self, request: bytes) -> bytes:
        with socket.create_connection(self._target, _PATIENCE) as server:
            server.sendall(request)
            parts = bytearray()
            while part := server.recv(65536):  # the sandboxes close after each answer
                parts += part
        return bytes(parts)


def _listening(port: int) -> socket.socket:
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            return socket.create_server(("127.0.0.1", port), backlog=128)
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _close(listener: socket.socket) -> None:
    with suppress(OSError):
        listener.shutdown(socket.SHUT_RDWR)  # closing alone does not wake whoever accepts
    listener.close()


def _reset(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    connection.close()


def _whole_request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        data += _more(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    length = _CONTENT_LENGTH.search(head)
    while length and len(body) < int(length[1]):
        body += _more(connection)
    return head + b"\r\n\r\n" + body


def _more(connection: socket.socket) -> bytes:
    if not (data := connection.recv(65536)):
        raise ConnectionError
    return data
