"""The sandbox of the cooperative's core: the Member Core API over a SQLite file, invented members.

Flask is imported when the sandbox is built, not when only the guide is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kiosk.sandbox.member_core.guide import GuideEntry, guide
from kiosk.sandbox.member_core.settings import (
    DEMO_CLIENT_ID,
    DEMO_CLIENT_SECRET,
    Fault,
    SandboxSettings,
)

if TYPE_CHECKING:
    from flask import Flask

__all__ = [
    "DEMO_CLIENT_ID",
    "DEMO_CLIENT_SECRET",
    "Fault",
    "GuideEntry",
    "SandboxSettings",
    "create_app",
    "guide",
    "main",
]


def create_app(settings: SandboxSettings) -> Flask:
    """The sandbox as a WSGI application; creates and fills the data file when it is new."""
    from kiosk.sandbox.member_core.server import create_app as build

    return build(settings)


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until interrupted; see `python -m kiosk.sandbox.member_core --help`."""
    from kiosk.sandbox.member_core.server import main as serve

    return serve(argv)
