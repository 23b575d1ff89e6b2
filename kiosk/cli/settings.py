"""`kiosk init`, `settings` and `manager-pin`: set a terminal up."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.cli.doctor import doctor
from kiosk.pse.drivers import declarations, no_money_moves

if TYPE_CHECKING:
    from kiosk.provisioning.files import Installation
    from kiosk.provisioning.questions import Answers, Question
    from kiosk.provisioning.trial import Trial

_CONFIG = "the terminal's settings (docs/settings.md)"


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], *, answers: bool) -> None:
    """Register the commands; the flags of init's answers where somebody wants them."""
    settings = commands.add_parser("settings", help="which settings hold, and where they come from")
    explain = settings.add_subparsers(required=True, metavar="WHAT").add_parser(
        "explain", help="every setting with its layer; secrets as references"
    )
    explain.add_argument("--config", type=Path, required=True, metavar="FILE", help=_CONFIG)
    explain.add_argument("--json", action="store_true", help="for scripts")
    explain.set_defaults(command=_explain)

    pin = commands.add_parser("manager-pin", help="ask for the manager's PIN and keep its hash")
    pin.add_argument("file", type=Path, help='written with mode 600; [manager] pin = "file:…" names it')
    pin.add_argument("--first", action="store_true", help="the manager must change it before anything else")
    pin.set_defaults(command=_manager_pin)
    _add_init(commands, answers=answers)


def _add_init(commands: argparse._SubParsersAction[argparse.ArgumentParser], *, answers: bool) -> None:
    init = commands.add_parser("init", help="set a terminal up: settings, secrets, PIN, doctor")
    init.add_argument("--out", type=Path, required=True, metavar="FILE", help="e.g. /etc/kiosk/kiosk.toml")
    init.add_argument("--answers", type=Path, metavar="FILE", help="TOML with the answers, names as below")
    init.add_argument("--force", action="store_true", help="overwrite FILE; the former is kept as FILE.bak")
    init.add_argument("--owner", metavar="USER", help="whom the secrets belong to; run as root then")
    init.add_argument(
        "--references", choices=("file", "credential"), default="file",
        help="how the settings name secrets; credential as the package's services load them",
    )  # fmt: skip
    init.add_argument("--no-doctor", action="store_true", help="write only")
    init.add_argument("--test-payment", metavar="PESOS", help="try one at the gateway's test environment")
    init.add_argument("--test-wait", type=float, default=300.0, metavar="SECONDS", help=argparse.SUPPRESS)
    init.add_argument(
        "--demonstration", action="store_const", const="true", help="a terminal on sandboxes: no money"
    )
    init.set_defaults(command=_init)
    if answers:
        _add_answers(init)


def _add_answers(init: argparse.ArgumentParser) -> None:
    from kiosk.provisioning.questions import questions, shipped_agencies

    for question in {each.name: each for each in questions(shipped_agencies(), declarations())}.values():
        words = f"{question.key}: {question.comment}" + (" (a reference)" if question.secret else "")
        init.add_argument(question.flag, dest=question.name, metavar="…", help=words.replace("%", "%%"))


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _unusable(error: object) -> int:
    sys.stderr.write(f"kiosk: {error}\n")
    return 2


# -- settings -------------------------------------------------------------------------------------


def _explain(arguments: argparse.Namespace) -> int:
    from kiosk.settings import explain

    rows = explain(arguments.config)
    if arguments.json:
        told = [{"key": row.key, "value": row.value, "layer": row.layer.name, "source": row.layer.source}
                for row in rows]  # fmt: skip
        _say(json.dumps(told, ensure_ascii=False))
        return 0
    for row in rows:
        value = "-" if row.value is None else json.dumps(row.value, ensure_ascii=False)
        _say(f"{row.key:32} {value:48} {row.layer}")
    return 0


def _manager_pin(arguments: argparse.Namespace) -> int:
    from kiosk.provisioning.files import write_secret
    from kiosk.teller.pin import FIRST, hashed

    def ask(prompt: str) -> str:
        return getpass.getpass(prompt) if sys.stdin.isatty() else sys.stdin.readline().strip()

    pin = ask("New PIN, 6 to 12 digits: ")
    if ask("Once more: ") != pin:
        return _unusable("the two are not the same")
    try:
        write_secret(arguments.file, (FIRST if arguments.first else "") + hashed(pin))
    except (ValueError, OSError) as error:
        return _unusable(error)
    _say(f"{arguments.file}: written")
    return 0


# -- init -----------------------------------------------------------------------------------------


class _Terminal:
    """Whoever sits in front of this process."""

    def ask(self, prompt: str) -> str:
        return input(prompt)

    def ask_secret(self, prompt: str) -> str:
        return getpass.getpass(prompt)

    def say(self, text: str) -> None:
        _say(text)


def _init(arguments: argparse.Namespace) -> int:
    from kiosk.cooperative.money import InvalidAmount, Money
    from kiosk.provisioning.answers import Incomplete
    from kiosk.settings.layers import LayerError

    out: Path = arguments.out
    if out.exists() and not arguments.force:
        return _unusable(f"{out}: is there already; --force overwrites it and keeps {out.name}.bak")
    try:
        amount = Money.of(arguments.test_payment) if arguments.test_payment else None
        installation = _write(arguments)
    except (Incomplete, InvalidAmount, LayerError, OSError, LookupError) as error:
        return _unusable(error)
    except (EOFError, KeyboardInterrupt):
        return _unusable("interrupted; nothing was written")
    _say(f"{out}: written")
    with installation.as_service():
        code = 0 if arguments.no_doctor else doctor(out)
        if amount is None:
            return code
        try:
            trial = _trial(out)
        except ValueError as error:
            return _unusable(error)
        return code if trial.pay(amount, arguments.test_wait) else 2


def _trial(config: Path) -> Trial:
    """One payment at the gateway's test environment. Raises ValueError where the gateway is none."""
    from kiosk.app.assembly import gateway_of
    from kiosk.provisioning.trial import Trial
    from kiosk.settings import load

    settings = load(config)
    section = settings.gateway
    if not no_money_moves(section.driver, section.url):
        raise ValueError(f"{section.url} is no test environment of {section.driver}: money would move")
    terminal = settings.terminal
    return Trial(gateway_of(settings), terminal.id, terminal.ip_address, section.session_minutes, _say)


def _write(arguments: argparse.Namespace) -> Installation:
    from kiosk.provisioning.answers import DEMONSTRATION, complete, settled_by
    from kiosk.provisioning.files import Installation, settings_text
    from kiosk.provisioning.questions import questions, shipped_agencies
    from kiosk.settings import load
    from kiosk.settings.layers import organisation

    out: Path = arguments.out
    tables = organisation(out) or {}
    own = tables.get("agencies")
    asked = questions(shipped_agencies() | (own if isinstance(own, dict) else {}), declarations())
    given = _given(arguments, asked)
    demonstration = given.pop(DEMONSTRATION, "").lower() == "true"
    console = _Terminal() if sys.stdin.isatty() else None
    settled = settled_by(tables, asked)
    answers, typed = complete(asked, given, settled, console)
    asked = tuple(question for question in asked if question.when(settled | answers))
    installation = Installation(out, arguments.owner, credentials=arguments.references == "credential")
    answers |= installation.keep(asked, typed)
    text = settings_text(asked, answers, installation.made_keys(), demonstration=demonstration)
    installation.settle(text, load)
    return installation


def _given(arguments: argparse.Namespace, asked: tuple[Question, ...]) -> Answers:
    """Flags over the answer file."""
    from kiosk.provisioning.answers import DEMONSTRATION, answer_file

    given = answer_file(arguments.answers, asked) if arguments.answers else {}
    for name in (*(question.name for question in asked), DEMONSTRATION):
        if (flag := getattr(arguments, name)) is not None:
            given[name] = flag
    return given
