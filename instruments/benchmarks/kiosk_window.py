"""`kiosk run` to its first page: start button painted and enabled, event loop idle. Names a settings file."""

import time

MARKS = {"python": time.monotonic_ns()}

import json  # noqa: E402
import os  # noqa: E402
import sys  # noqa: E402

from kiosk import cli  # noqa: E402


def done() -> None:
    """The button is on screen and the event loop takes touches."""
    MARKS["painted"] = time.monotonic_ns()
    print(json.dumps(MARKS), flush=True)
    os._exit(0)


def watch_the_start(application):  # type: ignore[no-untyped-def]
    """An eye on the start button of what was just built."""
    MARKS["built"] = time.monotonic_ns()
    from PySide6.QtCore import QEvent, QObject, QTimer
    from PySide6.QtWidgets import QPushButton

    class Eye(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint and watched.isEnabled():
                QTimer.singleShot(0, done)
            return False

    application.eye = Eye()
    application.window.current.findChild(QPushButton, "start").installEventFilter(application.eye)


def shown(window):  # type: ignore[no-untyped-def]
    """The application's own `show`, after the eye was put in."""
    show = window.Application.show

    def wrapped(application, **how):  # type: ignore[no-untyped-def]
        watch_the_start(application)
        return show(application, **how)

    window.Application.show = wrapped


os.geteuid = lambda: 1000  # `run` refuses root; nothing else asks
import kiosk.app.window  # noqa: E402

MARKS["imported"] = time.monotonic_ns()
shown(kiosk.app.window)
sys.exit(cli.main(["run", "--config", sys.argv[1]]))
