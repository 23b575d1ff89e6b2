"""A driver's way to its gateway. What a request without an answer means is said here, once for all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from kiosk.pse.clock import GatewayClock
from kiosk.pse.gateway import Answer, ErrorKind, NotCreated, NoVerdict, UnknownIfCreated
from kiosk.transport import NoAnswer, NotSent, Reply, Timeouts, Transport

_CREATE = Timeouts(connect=8, answer=30)
_ASK = Timeouts(connect=8, answer=15)


class GatewayLine:
    """Sends requests and takes the gateway's time from every answer. Usable from any thread.

    `clock` tells aware instants. Bodies are JSON as `wire.written` writes it.
    """

    def __init__(self, transport: Transport, clock: Callable[[], datetime]) -> None:
        self._transport = transport
        self.clock = GatewayClock(clock)

    @property
    def base_url(self) -> str:
        """The address that every path is added to."""
        return self._transport.base_url

    @property
    def host(self) -> str:
        """Host, and port where the address has one, in lower case."""
        return urlsplit(self.base_url).netloc.lower()

    @property
    def skew(self) -> timedelta | None:
        """How far the gateway's clock is ahead of ours; None where no answer came lately."""
        return self.clock.skew

    def measure_skew(self) -> None:
        """Ask the gateway's host for nothing but the hour."""
        self.clock.measure(self._transport)

    def create(
        self, path: str, content: bytes, headers: Mapping[str, str] | None = None
    ) -> Reply | NotCreated | UnknownIfCreated:
        """POST a creation, once. Only a request of which no byte left has certainly created nothing."""
        try:
            return self._heard("POST", path, content=content, headers=headers, timeouts=_CREATE)
        except NotSent:
            return NotCreated(ErrorKind.NOT_SENT)
        except NoAnswer:
            return UnknownIfCreated(ErrorKind.NO_ANSWER)

    def ask(
        self,
        method: str,
        path: str,
        content: bytes | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        timeouts: Timeouts | None = None,
    ) -> Reply | NoVerdict:
        """Send a question. Without an answer nothing was learnt."""
        try:
            return self._heard(
                method, path, content=content, headers=headers, query=query, timeouts=timeouts or _ASK
            )
        except NotSent:
            return NoVerdict(ErrorKind.NOT_SENT)
        except NoAnswer:
            return NoVerdict(ErrorKind.NO_ANSWER)

    def _heard(self, method: str, path: str, **request: Any) -> Reply:
        reply = self._transport.request(method, path, **request)
        self.clock.heard(reply.headers)
        return reply


def patient(answer: Answer, reply: Reply) -> Answer:
    """The same answer; where nothing was learnt, with the pause in seconds that the server asked for."""
    return NoVerdict(answer.kind, reply.retry_after) if isinstance(answer, NoVerdict) else answer
