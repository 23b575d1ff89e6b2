"""The command line: run, demo, init, doctor, settings, journal and more. Imports what it needs."""

from __future__ import annotations

import argparse
import faulthandler
import json
import logging
import os
import re
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk import __version__
from kiosk.cli import doctor as doctor_commands
from kiosk.cli import journal as journal_commands
from kiosk.cli import settings as settings_commands
from kiosk.cli import sonda as sonda_commands
from kiosk.pse.drivers import DRIVERS

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from kiosk.app.window import Application

_CONFIG = "the settings (docs/settings.md)"
OUTCOMES = ("approved", "declined", "failed", "pending", "late-approved")


def main(argv: list[str] | None = None) -> int:
    """Run one command; the exit code."""
    faulthandler.enable()  # a crash in Qt or Chromium must say where
    _leave_no_core()
    arguments = _parser(sys.argv[1:] if argv is None else argv).parse_args(argv)
    logging.basicConfig(
        level=logging.INFO if arguments.verbose else logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    from kiosk.journal.errors import JournalUnusable, Stale, UnknownPayment
    from kiosk.settings import SettingsError

    try:
        return int(arguments.command(arguments))
    except (SettingsError, JournalUnusable) as error:
        return _unusable(error)
    except UnknownPayment as error:
        return _unusable(f"no payment {error}")
    except Stale as error:
        return _unusable(f"{error} has just moved: look again")


def _leave_no_core() -> None:
    """A crash must not write what a member typed to disk; it says where by faulthandler."""
    try:
        import resource
    except ImportError:  # Windows: error reporting is switched off by the installer
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _parser(argv: Sequence[str] | None = None) -> argparse.ArgumentParser:
    """For this command line; for every possible one where none is given.

    What `init` asks comes from the gateways' drivers: they are loaded for nobody else.
    """
    parser = argparse.ArgumentParser(
        prog="kiosk", description="Self-service payments of a cooperative's members through PSE."
    )
    parser.add_argument("--version", action="version", version=__version__)
    parser.add_argument("-v", "--verbose", action="store_true", help="log what happens")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="the terminal, on its settings file")
    run.add_argument("--config", type=Path, required=True, metavar="FILE", help=_CONFIG)
    run.set_defaults(command=_run)

    demo = commands.add_parser("demo", help="the terminal on its built-in sandbox")
    demo.add_argument("--tour", action="store_true", help="work every page by itself and leave pictures")
    demo.add_argument("--out", type=Path, default=Path("build/demo"), help="where the tour leaves its files")
    demo.add_argument("--outcome", choices=OUTCOMES, default="approved", help="what the tour's bank answers")
    demo.add_argument("--gateway", choices=list(DRIVERS), default="placetopay", help="whose sandbox")
    demo.add_argument("--size", type=_size, metavar="WIDTHxHEIGHT", help="of the window, e.g. 1080x1920")
    demo.add_argument("--language", choices=("es", "en"), default="es", help="of the tour")
    demo.add_argument("--large", action="store_true", help="large text")
    demo.add_argument("--core-at", metavar="URL", help="a sandbox core that runs already, instead of its own")
    demo.add_argument("--gateway-at", metavar="URL", help="a sandbox gateway that runs already")
    demo.set_defaults(command=_demo)

    sandbox = commands.add_parser("sandbox", help="one of the demonstration's servers")
    sandbox.add_argument("--until-stdin-ends", action="store_true", help="stop when the caller is gone")
    sandbox.add_argument("which", choices=("core", "gateway"))
    sandbox.add_argument("rest", nargs=argparse.REMAINDER)
    sandbox.set_defaults(command=_sandbox)

    for each in (sonda_commands, journal_commands, doctor_commands):
        each.add(commands)
    settings_commands.add(commands, answers=argv is None or "init" in argv)
    _add_pse(commands)
    receipt = commands.add_parser("receipt", help="check a receipt's code")
    receipt.add_argument("what", choices=("verify",))
    receipt.add_argument("token", help="what the receipt's QR says")
    receipt.add_argument("--config", type=Path, required=True, metavar="FILE", help=_CONFIG)
    receipt.set_defaults(command=_receipt)
    return parser


def _add_pse(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    pse = commands.add_parser("pse", help="what a gateway's answer means")
    explain = pse.add_subparsers(required=True, metavar="WHAT").add_parser(
        "explain", help="what the driver makes of one recorded raw answer, as one JSON object"
    )
    recorded = argparse.ArgumentParser(add_help=False)
    recorded.add_argument("--operation", choices=("create", "query", "query-by-reference"), required=True)
    recorded.add_argument("--http-status", type=int, default=200, metavar="CODE")
    recorded.add_argument("--reference", default="", help="ours; not compared where it is missing")
    recorded.add_argument("--amount", default="", help="ours in pesos, e.g. 185000.50")
    recorded.add_argument("--gateway-id")
    recorded.add_argument("--no-answer", choices=("connect_timeout", "read_timeout"))
    recorded.add_argument(
        "file", nargs="?", default="-", metavar="FILE", help="the body byte for byte; - reads it here"
    )
    # One parser a gateway: as a plain argument its name would use up FILE's place on Python 3.11.
    gateways = explain.add_subparsers(dest="gateway", required=True)
    for name in DRIVERS:
        gateways.add_parser(name, parents=[recorded]).set_defaults(command=_explain)


def _explain(arguments: argparse.Namespace) -> int:
    from kiosk.cooperative.money import InvalidAmount, Money
    from kiosk.pse.explain import Operation, RecordedCall, Silence, explain

    try:
        if re.fullmatch(r"\d{1,3}(\.\d{3})+", arguments.amount):
            return _unusable("--amount: a dot is for cents; write 185000, not 185.000")
        amount = Money.of(arguments.amount) if arguments.amount else None
        if arguments.no_answer:
            answered: RecordedCall | Silence = Silence(arguments.no_answer)
        elif arguments.file == "-":
            answered = RecordedCall(arguments.http_status, sys.stdin.buffer.read())
        else:
            answered = RecordedCall(arguments.http_status, Path(arguments.file).read_bytes())
    except (InvalidAmount, OSError) as error:
        return _unusable(error)
    found = explain(
        DRIVERS[arguments.gateway].load(),
        Operation(arguments.operation),
        answered,
        reference=arguments.reference,
        amount=amount,
        gateway_id=arguments.gateway_id,
    )
    print(json.dumps(found, ensure_ascii=False))
    return 0


def _size(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{3,5})x(\d{3,5})", text)
    if found is None:
        raise argparse.ArgumentTypeError("a size is written like 1920x1080")
    return int(found[1]), int(found[2])


def _run(arguments: argparse.Namespace) -> int:
    from kiosk.settings import load

    settings = load(arguments.config)
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        print("kiosk: a terminal never runs as root: the web engine's sandbox would be off", file=sys.stderr)
        return 2
    from kiosk.app.window import Application, qt_application

    app = qt_application(sys.argv[:1])
    application = Application(settings)
    return _loop(app, application, fullscreen=settings.screen.fullscreen)


def _loop(app: QApplication, application: Application, *, fullscreen: bool) -> int:
    signal.signal(signal.SIGINT, lambda *_: app.quit())
    signal.signal(signal.SIGTERM, lambda *_: app.quit())
    from PySide6.QtCore import QTimer

    awake = QTimer(interval=300)  # lets Python see signals while Qt sleeps
    awake.timeout.connect(lambda: None)
    awake.start()
    application.show(fullscreen=fullscreen)
    code = app.exec()
    application.close()
    return code


def _demo(arguments: argparse.Namespace) -> int:
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        # Chromium's sandbox refuses root; the demonstration shows nothing but our own loopback pages.
        os.environ.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")
    if bool(arguments.core_at) != bool(arguments.gateway_at):
        return _unusable("--core-at and --gateway-at come together")
    at = (arguments.core_at, arguments.gateway_at) if arguments.core_at else None
    from kiosk.app.sandboxes import NoSandbox

    try:
        return _tour(arguments, at) if arguments.tour else _demonstrate(arguments, at)
    except NoSandbox as error:
        return _unusable(error)


def _tour(arguments: argparse.Namespace, at: tuple[str, str] | None) -> int:
    if not any(name in os.environ for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"  # pictures need no screen
    from kiosk.tour import run_tour

    return run_tour(
        arguments.out,
        arguments.outcome,
        size=arguments.size or (1920, 1080),
        language=arguments.language,
        large=arguments.large,
        gateway=arguments.gateway,
        at=at,
    )


def _demonstrate(arguments: argparse.Namespace, at: tuple[str, str] | None) -> int:
    import tempfile
    from contextlib import closing

    from kiosk.app.demo import Demonstration
    from kiosk.app.window import Application, qt_application

    size, chosen = arguments.size, {"outcome": arguments.outcome, "gateway": arguments.gateway}
    with tempfile.TemporaryDirectory(prefix="kiosk-demo-", ignore_cleanup_errors=True) as folder:
        print(f"kiosk: journal and receipts of this demonstration are in {folder} until it ends", flush=True)
        with closing(Demonstration(Path(folder), at=at, **chosen)) as demonstration:
            app = qt_application(sys.argv[:1])
            application = Application(demonstration.settings(), demonstration.guide(), size)
            return _loop(app, application, fullscreen=size is None)


def _end_with_stdin() -> None:
    """A demonstration that is killed leaves no servers behind: its end of the pipe closes."""
    import threading

    def wait() -> None:
        while os.read(0, 4096):  # unbuffered: the interpreter may end while this waits
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True).start()


def _sandbox(arguments: argparse.Namespace) -> int:
    if arguments.until_stdin_ends:
        _end_with_stdin()
    from kiosk.app.sandboxes import NoSandbox, carried

    serve: Callable[[Sequence[str]], int]
    try:
        with carried():
            if arguments.which == "core":
                from kiosk.sandbox.member_core.server import main as serve
            else:
                from kiosk.sandbox.pse.server import main as serve
    except NoSandbox as error:
        return _unusable(error)
    return serve(arguments.rest)


def _unusable(error: Exception | str) -> int:
    print(f"kiosk: {error}", file=sys.stderr)
    return 2


def _receipt(arguments: argparse.Namespace) -> int:
    from kiosk.receipt.code import check, token_in
    from kiosk.settings import load, reveal

    settings = load(arguments.config)
    found = token_in(arguments.token)
    claim = check(found, reveal(settings.receipts.signing_key).encode()) if found else None
    if claim is None:
        print("receipt: not genuine")
        return 1
    print(json.dumps({"reference": claim.reference, "cus": claim.cus, "total": claim.total.wire(),
                      "state": claim.state.value, "disputed": claim.review,
                      "decided_at": claim.decided_at.isoformat() if claim.decided_at else None}))  # fmt: skip
    return 0
