"""The checks of the terminal itself, beside those of its neighbours, in the order doctor tells them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from urllib.parse import urlsplit

from kiosk.health import Check, files, network, screen


@dataclass(frozen=True, slots=True)
class TerminalPlace:
    """What the settings say of a terminal, as plain parts."""

    terminal: str
    demonstration: bool
    driver: str
    addresses: Mapping[str, str]
    """Of "gateway", "core" and "token"."""
    test: bool
    """Whether the gateway's is a test environment."""
    page_hosts: Sequence[str]
    core_ca: Path | None
    core_certificate: Path | None
    secrets: Mapping[str, str]
    first_pin: bool | None
    """Whether the manager still uses the PIN of the installation; None where that can not be read."""
    settings_files: Sequence[Path]
    journal: Path
    inches: float

    def server(self, name: str) -> network.Server:
        """How connections to one of the addresses are made."""
        if name == "gateway":
            return network.Server(name, self.addresses[name])
        return network.Server(name, self.addresses[name], self.core_ca, self.core_certificate)


def checks(place: TerminalPlace, clock: Callable[[], datetime], look: screen.Look) -> list[Check]:
    """All of them. `look` is asked once about each thing, whatever comes of it."""
    look = _once(look)
    hosts = {urlsplit(url).hostname or "" for url in place.addresses.values()}
    own = [place.core_certificate] if place.core_certificate else []
    return [
        partial(network.dns, hosts, place.page_hosts),
        *(partial(network.tls, place.server(name), clock) for name in place.addresses),
        *(partial(network.client_certificate, file, clock) for file in own),
        partial(files.environment, place.driver, place.addresses["gateway"], test=place.test,
                demonstration=place.demonstration),
        partial(files.secrets, place.secrets),
        partial(files.settings_files, place.settings_files),
        partial(files.manager_pin, place.secrets.get("manager.pin"), place.first_pin),
        partial(files.leftovers, demonstration=place.demonstration, terminal=place.terminal,
                addresses=place.addresses, journal=place.journal, temporary=Path(tempfile.gettempdir())),
        partial(screen.web_engine, look),
        partial(screen.web_sandbox, look, demonstration=place.demonstration),
        partial(screen.screen, look, place.inches),
        partial(screen.touch, look),
        partial(screen.fonts, look),
        partial(screen.voice, look),
    ]  # fmt: skip


def _once(look: screen.Look) -> screen.Look:
    @cache
    def outcome(what: str) -> screen.Seen | screen.Unseen:
        try:
            return look(what)
        except screen.Unseen as error:
            return error

    def asked(what: str) -> screen.Seen:
        found = outcome(what)
        if isinstance(found, screen.Unseen):
            raise found
        return found

    return asked
