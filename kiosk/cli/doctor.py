"""`kiosk doctor`: what is well and what is not with a terminal; `kiosk look`, its eyes where Qt is needed."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kiosk.health import Finding
    from kiosk.health.terminal import TerminalPlace
    from kiosk.settings import Settings


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the commands."""
    parser = commands.add_parser("doctor", help="what is well and what is not with this terminal")
    words = "the terminal's settings (docs/settings.md)"
    parser.add_argument("--config", type=Path, required=True, metavar="FILE", help=words)
    parser.add_argument("--json", action="store_true", help="for scripts")
    parser.set_defaults(command=lambda arguments: doctor(arguments.config, as_json=arguments.json))

    # Without help it stands in no list: doctor alone calls it.
    look = commands.add_parser("look")
    look.add_argument("what", choices=("screen", "fonts", "voice", "web"))
    look.set_defaults(command=_look)


def doctor(config: Path, *, as_json: bool = False) -> int:
    """Say what was found; the exit code: 0 healthy, 1 warnings, 2 broken."""
    from kiosk.health import worst

    findings = _examine(config)
    if as_json:
        rows = [{"check": found.check, "level": found.level.name.lower(), "said": found.said,
                 "advice": found.advice} for found in findings]  # fmt: skip
        print(json.dumps({"level": worst(findings).name.lower(), "findings": rows}, ensure_ascii=False))
        return int(worst(findings))
    for found in findings:
        print(f"{found.level.name.lower():8} {found.check:12} {found.said}")
        if found.advice:
            print(f"{'':22}{found.advice}")
    return int(worst(findings))


def _examine(config: Path) -> list[Finding]:
    """All checks. Settings that can not be used are a finding; what can be looked at still is."""
    from kiosk.app.assembly import health_checks, now
    from kiosk.health import Finding, Level, examine
    from kiosk.health.screen import looker
    from kiosk.health.terminal import checks
    from kiosk.settings import SettingsError, load

    try:
        settings = load(config)
    except SettingsError as error:
        return [Finding("settings", Level.BROKEN, str(error), "Every key: docs/settings.md")]
    try:
        neighbours = health_checks(settings)
    except SettingsError as error:
        refused = Finding("parts", Level.BROKEN, str(error), "Correct the settings or what they name.")
        neighbours = [lambda: refused]
    return examine([*neighbours, *checks(_place(settings, config), now, looker())])


def _place(settings: Settings, config: Path) -> TerminalPlace:
    from kiosk.app.assembly import manager_pin
    from kiosk.health.terminal import TerminalPlace
    from kiosk.pse.drivers import no_money_moves
    from kiosk.settings import SettingsError
    from kiosk.settings.layers import organisation_file

    try:
        pin = manager_pin(settings)
        first_pin = pin is not None and pin.first
    except (SettingsError, OSError):
        first_pin = None
    core, gateway = settings.core, settings.gateway
    return TerminalPlace(
        terminal=settings.terminal.id,
        demonstration=settings.terminal.demonstration,
        driver=gateway.driver,
        addresses={"gateway": gateway.url, "core": core.url, "token": core.token_url},
        test=no_money_moves(gateway.driver, gateway.url),
        page_hosts=gateway.page_hosts,
        core_ca=core.ca_file,
        core_certificate=core.client_certificate,
        secrets=settings.secrets,
        first_pin=first_pin,
        settings_files=(config, organisation_file(config)),
        journal=settings.journal.file,
        inches=settings.screen.diagonal_inches,
    )


def _look(arguments: argparse.Namespace) -> int:
    """One JSON object, from a process of its own: Qt ends one that finds no display."""
    from kiosk.app import looks

    seen = {"screen": looks.screen, "fonts": looks.fonts, "voice": looks.voice, "web": looks.web}
    print(json.dumps(seen[arguments.what]()), flush=True)
    os._exit(0)  # doctor ends what Chromium leaves running; taking it down in order has no use here
