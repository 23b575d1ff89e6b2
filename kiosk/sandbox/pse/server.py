"""The sandbox as an application and as a process."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from kiosk.pse.drivers import DRIVERS
from kiosk.sandbox.pse.book import Book
from kiosk.sandbox.pse.controls import controls
from kiosk.sandbox.pse.faults import Faults
from kiosk.sandbox.pse.pages import pages
from kiosk.sandbox.pse.settings import (
    DEMO_SECRET,
    GatewaySandboxSettings,
    LiveSettings,
    PlayedOutcome,
    Profile,
)

SECRET_VARIABLE = "KIOSK_SANDBOX_SECRET"
_MOST_BYTES = 256 * 1024


def profile(gateway: str, secret: str) -> Profile:
    """The merchant that a gateway's sandbox with this secret knows."""
    return cast("Profile", DRIVERS[gateway].load_sandbox().profile(secret))


def create_app(settings: GatewaySandboxSettings) -> Flask:
    """The whole sandbox on one record. Faults need a werkzeug server: they work on its sockets."""
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = _MOST_BYTES
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    book, live, faults = Book(settings.data_file), LiveSettings(settings), Faults()
    app.register_blueprint(DRIVERS[settings.gateway].load_sandbox().api(book, live, faults))
    app.register_blueprint(pages(book, live))
    app.register_blueprint(controls(book, live, faults))

    @app.before_request
    def end_abandoned_debits() -> None:
        book.abandon_undecided(live.now.abandon_seconds)

    return app


class _Quiet(WSGIRequestHandler):
    """Keeps one line per request off the terminal."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


def open_server(settings: GatewaySandboxSettings, host: str = "127.0.0.1", port: int = 0) -> BaseWSGIServer:
    """A threaded server, listening; `serve_forever()` runs it, `server_port` is where.

    Raises OSError where the port is taken.
    """
    return make_server(host, port, create_app(settings), threaded=True, request_handler=_Quiet)


def main(argv: Sequence[str]) -> int:
    """Run until interrupted. The merchant's secret comes from the environment, never by argument."""
    options = _parser().parse_args(argv)
    secret = os.environ.get(SECRET_VARIABLE) or DEMO_SECRET
    try:
        settings = GatewaySandboxSettings(
            gateway=options.gateway,
            login=options.login or profile(options.gateway, secret).login,
            secret_key=secret,
            late_seconds=options.late_seconds,
            slow_seconds=options.slow_seconds,
            outcome=options.outcome,
            merchant=options.merchant,
            data_file=options.data,
        )
        server = open_server(settings, options.host, options.port)
    except (ValueError, OSError) as error:
        print(f"kiosk.sandbox.pse: {error}", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, _interrupt)
    print(f"listening on http://{options.host}:{server.server_port}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
    return 0


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="kiosk.sandbox.pse", description="A payment gateway, PSE's portal and a bank to try things on."
    )
    usual = GatewaySandboxSettings()
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 picks a free one")
    parser.add_argument("--gateway", choices=list(DRIVERS), default=usual.gateway)
    parser.add_argument("--login", default="")
    parser.add_argument("--outcome", choices=[outcome.value for outcome in PlayedOutcome])
    parser.add_argument("--late-seconds", type=int, default=usual.late_seconds)
    parser.add_argument("--slow-seconds", type=int, default=usual.slow_seconds)
    parser.add_argument("--merchant", default=usual.merchant)
    parser.add_argument("--data", type=Path, metavar="FILE", help="keep sessions here across restarts")
    return parser
