"""Faults for tests and the tour, done to the connection itself: what breaks here breaks for real."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map
from werkzeug.wrappers import Response

from kiosk.sandbox.member_core.problems import ProblemAnswer
from kiosk.sandbox.member_core.settings import CoreFault, Switches

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_HTML = (
    b"<!doctype html><html><head><title>500</title></head><body><h1>Internal Server Error</h1></body></html>"
)
_GARBAGE = b'{"status": posted, ]\x00\xff'
_INSTEAD = {
    "http_500": (500, "internal-error"),
    "status_503": (503, "core-unavailable"),
    "status_429": (429, "too-many-requests"),
}

_REFUSALS = {
    "busy_409": (409, "application/problem+json", "", b'{"code": "request-in-progress"}'),
    "token_problem": (401, "APPLICATION/PROBLEM+JSON", "", b'{"code": "client-unauthorized"}'),
    "token_header": (401, "text/plain", 'Bearer error="invalid_token"', b""),
    "token_json": (401, "application/json", "Bearer", b'{"message": "Unauthorized"}'),
    "token_lower": (401, "application/json", 'bearer realm="coop"', b'{"error": "invalid_token"}'),
    "token_page": (401, "text/html", "Bearer", b"<html>401</html>"),
}
"""What stands in front of a core says, in words of its own."""


class FaultyWire:
    """WSGI middleware between the socket and the sandbox."""

    def __init__(self, app: WSGIApplication, routes: Map, switches: Switches) -> None:
        self._app = app
        self._routes = routes
        self._switches = switches

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        operation = self._operation(environ)
        fault = None if operation.startswith("sandbox") else self._switches.take_fault(operation)
        if fault is None:
            return self._app(environ, start_response)
        if fault.kind == "drop_before":
            _hang_up(environ)
        early = _instead(fault)
        if early is not None:
            return early(environ, start_response)
        return self._afterwards(fault, environ, start_response)

    def _operation(self, environ: WSGIEnvironment) -> str:
        try:
            endpoint, _ = self._routes.bind_to_environ(environ).match()
        except HTTPException:
            return ""
        return str(endpoint)

    def _afterwards(
        self, fault: CoreFault, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        answer = Response.from_app(self._app, environ, buffered=True)
        if fault.kind == "delay":
            time.sleep(fault.seconds)
        elif fault.kind == "garbage":
            answer.set_data(_GARBAGE)
        elif fault.kind == "cut_body":
            body = answer.get_data()
            answer.response = _cut(body or b"{}")
            answer.content_length = len(body) or 2
        else:
            _hang_up(environ)
        return answer(environ, start_response)


def _instead(fault: CoreFault) -> Response | None:
    if fault.kind == "html_500":
        return Response(_HTML, 500, content_type="text/html; charset=utf-8")
    if fault.kind in _REFUSALS:
        number, kind, challenge, said = _REFUSALS[fault.kind]
        headers = {"WWW-Authenticate": challenge} if challenge else {}
        return Response(said, number, headers, content_type=kind)
    if fault.kind not in _INSTEAD:
        return None
    status, code = _INSTEAD[fault.kind]
    problem = ProblemAnswer(status, code, retry_after=None if status == 500 else max(fault.seconds, 1))
    body = json.dumps(problem.body("sandbox-fault", None))
    return Response(body, status, problem.all_headers(), content_type="application/problem+json")


def _cut(body: bytes) -> Iterator[bytes]:
    yield body[: len(body) // 2]
    raise ConnectionAbortedError("the answer is cut here")


def _hang_up(environ: WSGIEnvironment) -> None:
    """Close the connection without a byte of answer."""
    connection = environ.get("werkzeug.socket")
    if isinstance(connection, socket.socket):
        connection.shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError("the connection ends here")
