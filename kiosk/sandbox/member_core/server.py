"""Building and serving the sandbox."""

from __future__ import annotations

import argparse
import logging
import os
import secrets
import signal
import ssl
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from flask import Flask, Response, g, jsonify, request
from werkzeug.exceptions import HTTPException
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from kiosk.sandbox.member_core import payments, shapes, tls
from kiosk.sandbox.member_core.api import OPERATIONS, Api
from kiosk.sandbox.member_core.control import Control
from kiosk.sandbox.member_core.faults import FaultyWire
from kiosk.sandbox.member_core.problems import ProblemAnswer
from kiosk.sandbox.member_core.recovery import Outbox
from kiosk.sandbox.member_core.settings import (
    DEMO_CLIENT_ID,
    DEMO_CLIENT_SECRET,
    CoreSandboxSettings,
    Switches,
)
from kiosk.sandbox.member_core.store import Store

SECRET_VARIABLE = "KIOSK_SANDBOX_CORE_SECRET"
_MOST_BYTES = 256 * 1024

log = logging.getLogger(__name__)


def create_app(settings: CoreSandboxSettings) -> Flask:
    """The sandbox as a WSGI application; creates and fills the data file when it is new."""
    switches = Switches(settings)
    store = Store(settings.data_file, switches.today())
    if settings.availability == "available":
        with store.transaction() as db:
            payments.apply_received(db, switches.epoch(), switches.today())
    app = Flask("kiosk.sandbox.member_core", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = _MOST_BYTES
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    outbox = Outbox()
    api = Api(settings, store, switches, outbox)
    app.before_request(_name_request)
    api.register(app)
    Control(settings, store, switches, outbox, api.gate, {*OPERATIONS, "issueToken"}).register(app)
    app.after_request(_finish)
    app.register_error_handler(ProblemAnswer, _problem)
    app.register_error_handler(HTTPException, _http_problem)
    app.register_error_handler(Exception, _defect)
    app.wsgi_app = FaultyWire(app.wsgi_app, app.url_map, switches)  # type: ignore[method-assign]
    return app


def _name_request() -> None:
    given = request.headers.get("Request-Id")
    usable = given is not None and shapes.REQUEST_ID.fullmatch(given)
    g.request_id = given if usable else f"sandbox-{secrets.token_hex(8)}"


def _finish(response: Response) -> Response:
    response.headers["Request-Id"] = g.request_id
    response.headers["Cache-Control"] = "no-store"
    return response


def _problem(problem: ProblemAnswer) -> Response:
    instance = quote(request.path) if request.path.startswith("/v1/payments/") else None
    response = jsonify(problem.body(g.request_id, instance))
    response.status_code = problem.status
    response.mimetype = "application/problem+json"
    response.headers.update(problem.all_headers())
    return response


def _http_problem(error: HTTPException) -> Response:
    """No such path, method or size: the contract has no code of its own for these."""
    response = _problem(ProblemAnswer(error.code or 500, "malformed-request", error.name))
    for name, value in error.get_headers():
        if name == "Allow":
            response.headers[name] = value
    return response


def _defect(error: Exception) -> Response:
    log.error("request %s failed", g.request_id, exc_info=error)
    return _problem(ProblemAnswer(500, "internal-error"))


class _QuietHandler(WSGIRequestHandler):
    """No line per request: a member's document must not reach a log by way of an address."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m kiosk.sandbox.member_core", description="Member Core API with invented members."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: loopback)")
    parser.add_argument("--port", type=int, default=0, help="0 for any free port")
    parser.add_argument(
        "--data", type=Path, required=True, metavar="FILE", help="SQLite file, created when new"
    )
    parser.add_argument("--client-id", default=DEMO_CLIENT_ID)
    parser.add_argument(
        "--certificate", type=Path, metavar="PEM", help="serve HTTPS with this certificate and its key"
    )
    parser.add_argument(
        "--client-ca", type=Path, metavar="PEM", help="let in machines with a certificate of this authority"
    )
    options = parser.parse_args(argv)
    if options.client_ca and not options.certificate:
        parser.error("--client-ca needs --certificate")
    return options


def _server(options: argparse.Namespace, app: Flask) -> BaseWSGIServer:
    """Raises OSError for an address or a certificate that can not be used."""
    context = tls.server_context(options.certificate, options.client_ca) if options.certificate else None
    server = make_server(
        options.host, options.port, app, threaded=True, request_handler=_QuietHandler, ssl_context=context
    )
    if isinstance(server.socket, ssl.SSLSocket):
        # In the thread of the connection: a silent caller must not keep the others waiting.
        server.socket.do_handshake_on_connect = False  # type: ignore[attr-defined]
    return server


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until SIGINT or SIGTERM. The client's secret comes from the environment, if set."""
    options = _options(argv)
    settings = CoreSandboxSettings(
        data_file=options.data,
        client_id=options.client_id,
        client_secret=os.environ.get(SECRET_VARIABLE) or DEMO_CLIENT_SECRET,
    )
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    app = create_app(settings)
    try:
        server = _server(options, app)
    except OSError as error:
        print(f"can not listen on {options.host}:{options.port}: {error}", file=sys.stderr)
        return 1
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    scheme = "https" if options.certificate else "http"
    print(f"listening on {scheme}://{options.host}:{server.port}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
    return 0
