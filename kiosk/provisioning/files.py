"""The settings file of a new terminal, with what each key means, and the files of its secrets."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kiosk.durable import replaced, write_whole
from kiosk.provisioning.questions import Answers, Question
from kiosk.teller.pin import FIRST

_HEAD = """\
# This terminal's settings, written by kiosk init. What is not here comes from organisation.toml in the
# same folder, then from what is built in: kiosk settings explain --config FILE shows which. Secrets are
# references, never values. All keys: docs/settings.md.
"""
_CREDENTIAL = "secret_"
"""What systemd puts before the name of each file of a folder that is loaded as "secret"."""
_MADE = {
    "receipts.signing_key": (
        "receipt-key",
        "signs receipts' codes: keep it, older receipts are checked with it",
    ),
    "journal.key": ("journal-key", "of the journal's codes: keep it, no payment begins without it"),
}
"""Setting, file and comment of what nobody has to type."""


@dataclass(frozen=True, slots=True)
class Installation:
    """Where the files of a terminal go, and whose they are."""

    out: Path
    owner: str | None = None
    """The user that the kiosk runs as, where that is another one."""
    credentials: bool = False
    """Whether services get the secrets from systemd, as the package's do (LoadCredential=secret:FOLDER)."""

    @property
    def secrets(self) -> Path:
        """The folder of its secrets."""
        return self.out.resolve().parent / "secrets"

    def keep(self, asked: Iterable[Question], typed: Answers) -> Answers:
        """Write what was typed, each into its own file; the references. Raises OSError."""
        kept = Answers()
        files = {question.name: question.file for question in asked if question.file}
        for name, value in typed.items():
            file = self.secrets / files[name]
            self._write(file, FIRST + value if name == "manager_pin" else value)
            kept[name] = self._reference(file)
        return kept

    def made_keys(self) -> dict[str, str]:
        """The terminal's own keys by setting: one that is there is kept, for it proves what is old."""
        return {setting: self._made(name) for setting, (name, _) in _MADE.items()}

    def _made(self, name: str) -> str:
        file = self.secrets / name
        if not file.exists():
            self._write(file, secrets.token_hex(32))
        return self._reference(file)

    def _reference(self, file: Path) -> str:
        return f"credential:{_CREDENTIAL}{file.name}" if self.credentials else f"file:{file}"

    @contextmanager
    def as_service(self) -> Iterator[None]:
        """Meanwhile this process finds credentials as the services will."""
        if not self.credentials:
            yield
            return
        before = os.environ.get("CREDENTIALS_DIRECTORY")
        with tempfile.TemporaryDirectory() as folder:
            for file in self.secrets.iterdir():
                Path(folder, f"{_CREDENTIAL}{file.name}").symlink_to(file)
            os.environ["CREDENTIALS_DIRECTORY"] = folder
            try:
                yield
            finally:
                del os.environ["CREDENTIALS_DIRECTORY"]
                if before is not None:
                    os.environ["CREDENTIALS_DIRECTORY"] = before

    def _write(self, file: Path, value: str) -> None:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_secret(file, value)
        if self.owner:
            shutil.chown(file.parent, self.owner)
            shutil.chown(file, self.owner)

    def settle(self, text: str, check: Callable[[Path], object]) -> None:
        """Put the settings in place once `check` took them; a former file is kept as .bak."""
        with replaced(self.out, mode=0o644) as draft:
            draft.write_text(text, encoding="utf-8")
            check(draft)
            if self.out.exists():
                shutil.copy2(self.out, self.out.with_name(f"{self.out.name}.bak"))


def write_secret(file: Path, value: str) -> None:
    """A file for its owner alone, whole or not at all. Raises OSError."""
    write_whole(file, f"{value}\n".encode())


def settings_text(
    asked: tuple[Question, ...], answers: Answers, made: Mapping[str, str], *, demonstration: bool
) -> str:
    """The commented file."""
    rows = [row for question in asked if answers.get(question.name) for row in _rows(question, answers)]
    if demonstration:
        rows.insert(
            0, ("terminal.demonstration", True, "no money moves: sandboxes and plain http are allowed")
        )
    rows += [(setting, reference, _MADE[setting][1]) for setting, reference in made.items()]
    sections: dict[str, list[str]] = {}
    for key, value, comment in rows:
        section, _, name = key.rpartition(".")
        sections.setdefault(section, []).extend([f"# {comment}", f"{name} = {_toml(value)}"])
    # A table ends where the next one begins, so that gateway.secrets may stand apart from gateway.
    return _HEAD + "".join(f"\n[{name}]\n" + "\n".join(lines) + "\n" for name, lines in sections.items())


def _rows(question: Question, answers: Answers) -> Iterator[tuple[str, object, str]]:
    text = answers[question.name]
    if question.name == "printer":
        yield from _printer(text, question.comment)
    elif question.name == "data_folder":
        yield question.key, f"{text}/journal.sqlite", question.comment
        yield "receipts.folder", f"{text}/receipts", "copies of receipts, as PDF"
    elif question.name == "page_hosts":
        hosts = [host.strip() for host in text.split(",") if host.strip()]
        yield question.key, hosts, question.comment
    else:
        yield question.key, text, question.comment


def _printer(text: str, comment: str) -> Iterator[tuple[str, object, str]]:
    kind, *rest = text.split(":")
    yield "printer.kind", kind, comment
    if kind == "network":
        yield "printer.host", rest[0], "its address"
        if rest[1:]:
            yield "printer.port", int(rest[1]), "ESC/POS, 9100 as a rule"
    elif kind == "usb":
        for key, number in zip(("usb_vendor", "usb_product"), rest, strict=True):
            yield f"printer.{key}", int(number, 16), f"lsusb shows it as {number}"
    elif kind == "system" and rest:
        yield "printer.queue", rest[0], "the name of its queue"


def _toml(value: object) -> str:
    # JSON's texts, numbers, booleans and lists are TOML's, too; DEL is the one exception.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
