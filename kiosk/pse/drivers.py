"""The gateways by name. A new one is its driver, its sandbox, and one line here."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from kiosk.pse.declaration import Declaration
    from kiosk.pse.gateway import Gateway


@dataclass(frozen=True, slots=True)
class Driver:
    """Where a driver's class and its sandbox are; imported when wanted."""

    module: str
    name: str
    sandbox: str

    def load(self) -> type[Gateway]:
        """The driver's class."""
        return cast("type[Gateway]", getattr(import_module(self.module), self.name))

    def load_sandbox(self) -> ModuleType:
        """The module that speaks this gateway's wire format: `api(book, live, faults)`, `profile(secret)`."""
        return import_module(self.sandbox)


DRIVERS = {
    "placetopay": Driver("kiosk.pse.placetopay", "PlacetoPay", "kiosk.sandbox.pse.checkout_api"),
    "wompi": Driver("kiosk.pse.wompi", "Wompi", "kiosk.sandbox.pse.wompi_api"),
    "zonapagos": Driver("kiosk.pse.zonapagos", "ZonaPagos", "kiosk.sandbox.pse.zonapagos_api"),
}


def declarations() -> dict[str, Declaration]:
    """What every driver says of its gateway, by the driver's name. Imports them all."""
    return {name: driver.load().declares for name, driver in DRIVERS.items()}


def no_money_moves(driver: str, url: str) -> bool:
    """Whether an address is the test environment that a driver declares, or a sandbox on this machine."""
    if urlsplit(url).hostname in ("127.0.0.1", "::1", "localhost"):
        return True
    return driver in DRIVERS and DRIVERS[driver].load().declares.is_test(url)
