"""Faults on purpose, injected where the real ones happen: on the connection."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from functools import wraps
from typing import Any

from flask import Response, current_app, jsonify, make_response, request
from flask.typing import ResponseReturnValue

_GARBAGE = b'{"status": {"status": \xff\xfe<!--'
View = Callable[..., ResponseReturnValue]


class GatewayOperation(StrEnum):
    """What a fault can hit."""

    CREATE = "create"
    QUERY = "query"
    CANCEL = "cancel"
    BANKS = "banks"


class Kind(StrEnum):
    """How it goes wrong. DROP_BEFORE, HTTP_500, HTML_500, FIREWALL and BUSY leave the request undone.

    FIREWALL is a page of 403 from something in front, BUSY one of 429. ZERO_DATE puts the zero value of Go
    and .NET in place of every date, UNLISTED_WORD a word that no document knows in place of each attempt's.
    """

    DROP_BEFORE = "drop_before"
    DROP_AFTER = "drop_after"
    DELAY = "delay"
    HTTP_500 = "http_500"
    HTML_500 = "html_500"
    GARBAGE = "garbage"
    CUT_BODY = "cut_body"
    FIREWALL = "firewall"
    BUSY = "busy"
    ZERO_DATE = "zero_date"
    UNLISTED_WORD = "unlisted_word"


@dataclass(frozen=True, slots=True)
class GatewayFault:
    """One kind of trouble for the next `times` calls of an operation; `seconds` is for DELAY."""

    operation: GatewayOperation
    kind: Kind
    times: int = 1
    seconds: float = 0.0

    @classmethod
    def read(cls, wanted: object) -> GatewayFault:
        """From the JSON form. Raises ValueError."""
        if not isinstance(wanted, Mapping):
            raise ValueError("a fault is an object")
        unknown = sorted(set(wanted) - {each.name for each in fields(cls)})
        if unknown:
            raise ValueError(f"not part of a fault: {', '.join(unknown)}")
        times, seconds = wanted.get("times", 1), wanted.get("seconds", 0)
        if isinstance(times, bool) or not isinstance(times, int) or times < 1:
            raise ValueError("times must be a whole number from 1")
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds <= 300:
            raise ValueError("seconds must be a number from 0 to 300")
        operation, kind = (str(wanted.get(name)) for name in ("operation", "kind"))
        return cls(GatewayOperation(operation), Kind(kind), times, float(seconds))


class Faults:
    """The faults still to come, in order. Thread-safe."""

    def __init__(self) -> None:
        self._waiting: list[GatewayFault] = []
        self._lock = threading.Lock()

    def replace(self, faults: list[GatewayFault]) -> None:
        """Forget the old ones and wait with these."""
        with self._lock:
            self._waiting = list(faults)

    def shown(self) -> list[dict[str, Any]]:
        """The JSON form of what still waits."""
        with self._lock:
            return [asdict(fault) for fault in self._waiting]

    def take(self, operation: GatewayOperation) -> GatewayFault | None:
        """The fault that hits this call, counted down; None for an undisturbed call."""
        with self._lock:
            for index, fault in enumerate(self._waiting):
                if fault.operation is operation:
                    left = fault.times - 1
                    rest = [GatewayFault(fault.operation, fault.kind, left, fault.seconds)] if left else []
                    self._waiting[index : index + 1] = rest
                    return fault
        return None

    def in_the_way(self, operation: GatewayOperation, view: View) -> View:
        """The view, hit by the faults that wait for this operation."""

        @wraps(view)
        def hit(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            fault = self.take(operation)
            if fault is None:
                return view(*args, **kwargs)
            undone = _instead(fault.kind)
            if undone is not None:
                return undone
            try:
                answer = make_response(view(*args, **kwargs))
            except Exception as error:  # noqa: BLE001 - a refusal's answer is spoilt like any other
                answer = make_response(current_app.handle_user_exception(error))
            return _spoilt(fault, answer)

        return hit


def _instead(kind: Kind) -> Response | None:
    """The answer of a request that is never carried out; None where it is."""
    if kind is Kind.DROP_BEFORE:
        return _hung_up()
    if kind is Kind.HTTP_500:
        answer = jsonify(error="internal server error")
        answer.status_code = 500
        return answer
    if kind is Kind.HTML_500:
        page = "<!doctype html><html><head><title>500</title></head><body><h1>Server Error</h1></body></html>"
        return Response(page, 500, mimetype="text/html")
    if kind in _PAGES:
        status, words = _PAGES[kind]
        page = f"<!doctype html><html><head><title>{words}</title></head><body>{words}</body></html>"
        return Response(page, status, mimetype="text/html")
    return None


_PAGES = {Kind.FIREWALL: (403, "Request blocked"), Kind.BUSY: (429, "Too Many Requests")}
_DATES = re.compile(rb'"20\d\d-\d\d-\d\dT[^"]*"')
_RECORD_DATES = re.compile(rb"\d\d/\d\d/20\d\d \d\d:\d\d:\d\d")


def _undated(said: bytes) -> bytes:
    return _RECORD_DATES.sub(b"01/01/0001 00:00:00", _DATES.sub(b'"0001-01-01T00:00:00Z"', said))


def _unlisted(said: bytes) -> bytes:
    """What an attempt is said to be becomes a word that nobody listed; the rest stays."""
    try:
        told = json.loads(said)
    except ValueError:
        return said
    if not isinstance(told, dict):
        return said
    for attempt in told.get("payment") or ():
        attempt["status"]["status"] = "UNKNOWN"
    data = told.get("data")
    for transaction in data if isinstance(data, list) else [data]:
        if isinstance(transaction, dict) and "status" in transaction:
            transaction["status"] = "HELD"
    if isinstance(told.get("str_res_pago"), str):
        told["str_res_pago"] = re.sub(r"((?:^|\|;\|)(?:[^|]*\|){4})[^|]*", r"\g<1>777", told["str_res_pago"])
    return json.dumps(told).encode()


def _spoilt(fault: GatewayFault, answer: Response) -> Response:
    """What is left of the answer to a request that was carried out."""
    if fault.kind is Kind.DROP_AFTER:
        return _hung_up()
    if fault.kind is Kind.DELAY:
        time.sleep(fault.seconds)
        return answer
    if fault.kind is Kind.GARBAGE:
        return Response(_GARBAGE, answer.status_code, mimetype="application/json")
    whole = answer.get_data()
    rewritten = {Kind.ZERO_DATE: _undated, Kind.UNLISTED_WORD: _unlisted}.get(fault.kind)
    if rewritten is not None:
        answer.set_data(rewritten(whole))
        return answer
    cut = Response(whole[: len(whole) // 2], answer.status_code, mimetype="application/json")
    cut.headers["Content-Length"] = str(len(whole))  # promises more than comes
    return cut


def _hung_up() -> Response:
    """Close the caller's connection; whatever is written after this reaches nobody."""
    connection: socket.socket = request.environ["werkzeug.socket"]
    connection.shutdown(socket.SHUT_RDWR)
    return Response(status=204)
