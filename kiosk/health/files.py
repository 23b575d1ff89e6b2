"""Secrets, settings files, and what a demonstration or an installation may have left behind."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from kiosk.health import Finding, Level
from kiosk.health.network import loopback
from kiosk.journal.errors import JournalUnusable
from kiosk.journal.journal import Journal

_NOBODYS = (".invalid", ".example", ".test")


def secrets(references: Mapping[str, str]) -> Finding:
    """Each secret is where its reference says, and nobody else may read it."""
    name, problems, level = "secrets", [], Level.HEALTHY
    for key, reference in references.items():
        found, problem = _secret(reference)
        level = max(level, found)
        problems += [f"{key} ({reference}): {problem}"] if problem else []
    if problems:
        return Finding(name, level, "; ".join(problems),
                       "Files: owned by the kiosk's user, mode 600, in a folder of mode 700.")  # fmt: skip
    return Finding(name, level, f"{len(references)}, each for its owner alone")


def _secret(reference: str) -> tuple[Level, str]:
    kind, _, where = reference.partition(":")
    if kind == "env":
        return (Level.HEALTHY, "") if os.environ.get(where) else (Level.BROKEN, "not in the environment")
    if kind == "credential":
        folder = os.environ.get("CREDENTIALS_DIRECTORY")
        if not folder:
            return Level.WARNING, "only the service sees it: run doctor in the kiosk's unit"
        where = str(Path(folder, where))
    try:
        found = Path(where).stat()
        folder_mode = Path(where).parent.stat().st_mode
    except OSError as error:
        return Level.BROKEN, error.strerror or "missing"
    systemds = kind == "credential"  # its mode shows an access list, and its folder is read-only
    if os.name == "posix" and not systemds and stat.S_IMODE(found.st_mode) & 0o077:
        return Level.BROKEN, f"mode {stat.S_IMODE(found.st_mode):o}: others may read it"
    if found.st_size == 0:
        return Level.BROKEN, "empty"
    if not os.access(where, os.R_OK):
        return Level.BROKEN, "this user may not read it"
    if os.name == "posix" and not systemds and folder_mode & 0o022 and not folder_mode & stat.S_ISVTX:
        return Level.BROKEN, "others may replace it: its folder is open for writing"
    return Level.HEALTHY, ""


def settings_files(files: Iterable[Path]) -> Finding:
    """Nobody but their owner can change the settings."""
    there = [file for file in files if file.exists()]
    loose = [str(file) for file in there if os.name == "posix" and file.stat().st_mode & 0o022]
    if loose:
        return Finding("settings", Level.BROKEN, f"others may write {', '.join(loose)}",
                       "chmod go-w: who writes the settings chooses where the money goes.")  # fmt: skip
    return Finding("settings", Level.HEALTHY, ", ".join(map(str, there)) + ": valid")


def manager_pin(reference: str | None, first: bool | None) -> Finding:
    """There is a PIN, and it is no longer the `first` one; None where that is not to be read."""
    name = "pin"
    if reference is None:
        return Finding(name, Level.WARNING, "none: nobody can open the manager's page",
                       "kiosk manager-pin FILE, and [manager] pin names the file.")  # fmt: skip
    if first is None:
        return Finding(name, Level.WARNING, "not to be read", "See secrets.")
    if first:
        return Finding(name, Level.WARNING, "still the one of the installation",
                       "The manager enters it at the terminal and is asked for an own one.")  # fmt: skip
    return Finding(name, Level.HEALTHY, "set")


def leftovers(
    *, demonstration: bool, terminal: str, addresses: Mapping[str, str], journal: Path, temporary: Path
) -> Finding:
    """Nothing of a demonstration is left in a terminal that takes money."""
    name = "leftovers"
    if demonstration:
        return Finding(name, Level.WARNING, "this is a demonstration: no money moves here",
                       "For members: terminal.demonstration = false, and the real addresses.")  # fmt: skip
    strange = [f"{key} is {url}" for key, url in addresses.items() if _nobodys(urlsplit(url).hostname or "")]
    if strange:
        return Finding(name, Level.BROKEN, "; ".join(strange), "Set the real addresses.")
    found = sorted(each for each in os.environ if each.startswith(("KIOSK_DEMO_", "KIOSK_SANDBOX_")))
    found += sorted(map(str, temporary.glob("kiosk-demo-*")))
    found += [f"payments of {other} in {journal}" for other in _other_terminals(journal, terminal)]
    if found:
        return Finding(name, Level.WARNING, ", ".join(found),
                       "Remove them; kiosk journal set-aside for a journal of others.")  # fmt: skip
    return Finding(name, Level.HEALTHY, "nothing of a demonstration is left")


def _nobodys(host: str) -> bool:
    return loopback(host) or host.endswith(_NOBODYS)


def _other_terminals(file: Path, ours: str) -> list[str]:
    if not file.exists():
        return []
    try:
        journal = Journal.open(file)
    except JournalUnusable:  # the journal's own check tells of it
        return []
    try:
        return sorted({payment.terminal for payment in journal.find()} - {ours})
    finally:
        journal.close()


def environment(driver: str, url: str, *, test: bool, demonstration: bool) -> Finding:
    """Whether the gateway moves money."""
    name, host = "environment", urlsplit(url).hostname
    if test and not demonstration:
        return Finding(name, Level.WARNING, f"{host} is a test environment of {driver}: no money moves",
                       "Before members come: the gateway's production address and credentials.")  # fmt: skip
    return Finding(name, Level.HEALTHY, f"{host}: " + ("a sandbox" if test else "production"))
