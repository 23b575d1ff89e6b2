"""The one place that speaks HTTP.

Two failures are told apart because money depends on it: NotSent (no byte of the request was handed to the
network: may be repeated) and NoAnswer (it may have been carried out: must not be repeated blindly). It is
NoAnswer once the connection was established, handshake included, and given a first byte, whatever the
kind of error. Nothing is retried here, and no redirect is followed or looked into.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3

log = logging.getLogger(__name__)
logging.getLogger("urllib3").setLevel(logging.ERROR)  # its warnings name whole addresses

_MOST_BYTES = 4 * 1024 * 1024
_CONTENT = {"Content-Type": "application/json"}


class TransportError(Exception):
    """No usable HTTP answer. The text names host and path only, never a body or a secret."""


class NotSent(TransportError):
    """No byte of the request left: there was no connection, or its handshake did not end."""


class NoAnswer(TransportError):
    """The request was, or may have been, sent, but no complete answer came in time."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer as it came. Header names are lower case; the body never shows in a repr."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def retry_after(self) -> int | None:
        """Seconds to wait, if the server gave them as a number or as a date by its own clock; else None."""
        text = self.headers.get("retry-after", "").strip()
        if text.isascii() and text.isdigit():
            return int(text) if len(text) < 7 else None
        until, now = _http_date(text), _http_date(self.headers.get("date", ""))
        if until is None:
            return None
        seconds = (until - (now or datetime.now(UTC))).total_seconds()
        return max(0, round(seconds)) if seconds < _LONGEST_PAUSE else None


_LONGEST_PAUSE = 10**6


def _http_date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: to connect, and for the whole answer once connected."""

    connect: float = 8.0
    answer: float = 15.0


class Transport:
    """Requests to one base address. Thread-safe: every call has its own connection.

    `ca_file` replaces the built-in certificate authorities; `client_certificate` is a PEM file
    with certificate and key for mutual TLS. TLS is always verified.
    """

    def __init__(
        self,
        base_url: str,
        *,
        ca_file: Path | None = None,
        client_certificate: Path | None = None,
        user_agent: str = "Kiosk/1",
    ) -> None:
        self._base = base_url.rstrip("/")
        self._verify: bool | str = str(ca_file) if ca_file else True
        self._certificate = str(client_certificate) if client_certificate else None
        self._user_agent = user_agent

    @property
    def base_url(self) -> str:
        """The base address, without a trailing slash."""
        return self._base

    def request(  # noqa: PLR0913 - the parts of an HTTP request
        self,
        method: str,
        path: str,
        *,
        json: object = None,
        content: bytes | None = None,
        form: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        basic: tuple[str, str] | None = None,
        timeouts: Timeouts | None = None,
    ) -> Reply:
        """Send one request and read the whole answer. Raises NotSent or NoAnswer.

        `path` is appended to the base address; only host and path are ever logged. `content` is a
        JSON body already written, for numbers that Python's own JSON would turn into floats.
        """
        limits = timeouts or Timeouts()
        started = time.monotonic()
        where = f"{method} {urlsplit(self._base).netloc}{path}"
        # A fresh connection per call: a stale pooled one would look like a lost answer.
        with _Session() as session, _Deadline(limits.connect + limits.answer) as deadline:
            session.trust_env = False
            session.headers["User-Agent"] = self._user_agent
            for scheme in ("http://", "https://"):
                session.mount(scheme, deadline.adapter)
            try:
                response = session.request(
                    method,
                    self._base + path,
                    json=json,
                    data=form if content is None else content,
                    params=query,
                    headers={**_CONTENT, **(headers or {})} if content is not None else dict(headers or {}),
                    auth=basic,
                    timeout=(limits.connect, limits.answer),
                    verify=self._verify,
                    cert=self._certificate,
                    allow_redirects=False,
                    stream=True,
                )
                with response:
                    body = _read_body(response)
                if deadline.passed:  # what was cut off may look whole
                    raise requests.exceptions.ReadTimeout("answer too slow")
            except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
                failure = NoAnswer if deadline.adapter.begun else NotSent
                log.warning("%s: %s (%s)", where, failure.__name__, type(error).__name__)
                raise failure(f"{where}: {type(error).__name__}") from None
        log.info("%s -> %s in %d ms", where, response.status_code, (time.monotonic() - started) * 1000)
        names = {name.lower(): value for name, value in response.headers.items()}
        return Reply(response.status_code, names, body)


class _Session(requests.Session):
    """Looks into no redirect: requests would read it whole, past our limits, and trip over a spoiled one."""

    def resolve_redirects(self, *_: Any, **__: Any) -> Iterator[Any]:
        """None at all."""
        return iter(())


class _Deadline:
    """Ends a call that lasts too long by closing its connection, wherever it waits.

    requests limits the time between two bytes only: a server that drips them decides how long.
    """

    def __init__(self, seconds: float) -> None:
        self.passed = False
        self.adapter = _Adapter()
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def _cut(self) -> None:
        self.passed = True
        for connection in self.adapter.connections:
            if connection.sock is not None:
                with contextlib.suppress(OSError):
                    # Not SSLSocket's own: that one would drop the session under the reader's feet.
                    socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)

    def __enter__(self) -> _Deadline:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()


class _Connection:
    """Knows whether a byte of a request was handed to it once it stood."""

    begun = False

    def send(self, data: Any) -> None:
        """Connect, shake hands, and only then begin."""
        connection: Any = super()
        if getattr(self, "sock", None) is None:
            connection.connect()
        self.begun = True
        connection.send(data)


class _Http(_Connection, urllib3.connection.HTTPConnection):
    pass


class _Https(_Connection, urllib3.connection.HTTPSConnection):
    pass


class _Adapter(requests.adapters.HTTPAdapter):
    """Knows the connections that were opened."""

    def __init__(self) -> None:
        self.connections: list[Any] = []
        super().__init__(max_retries=0)

    @property
    def begun(self) -> bool:
        """Whether a byte of the request may have left."""
        return any(connection.begun for connection in self.connections)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """The usual pools, whose connections are remembered."""
        super().init_poolmanager(*args, **kwargs)
        opened = self.connections

        def remembering(pool: type[urllib3.HTTPConnectionPool], connection: Any) -> type[Any]:
            class Remembering(pool):  # type: ignore[misc, valid-type]
                ConnectionCls = connection

                def _new_conn(self) -> Any:
                    made = super()._new_conn()
                    opened.append(made)
                    return made

            return Remembering

        self.poolmanager.pool_classes_by_scheme = {
            "http": remembering(urllib3.HTTPConnectionPool, _Http),
            "https": remembering(urllib3.HTTPSConnectionPool, _Https),
        }


def _read_body(response: requests.Response) -> bytes:
    head = getattr(response.raw, "_original_response", None)
    if (
        head is not None and head.msg.defects
    ):  # cut in the middle of its headers, it looks like an empty answer
        raise requests.exceptions.ConnectionError("broken headers")
    parts = bytearray()
    for chunk in response.iter_content(65536):
        parts += chunk
        if len(parts) > _MOST_BYTES:
            raise requests.exceptions.ContentDecodingError("answer too large")
    return bytes(parts)
