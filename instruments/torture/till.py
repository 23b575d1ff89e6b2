"""A desk without Qt, printer and receipts: the production classes, joined as in `kiosk.app.assembly`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any, cast

from instruments.torture.shift import Place, ShiftClock
from instruments.torture.steps import HASTE, Steps, Watched, WatchedTransport
from kiosk.cooperative.money import Money
from kiosk.journal.journal import Journal
from kiosk.journal.keys import Key, Keyring
from kiosk.journal.witness import Witness
from kiosk.member_core.connector import Connector
from kiosk.member_core.core_api import CoreApi
from kiosk.pse.drivers import DRIVERS
from kiosk.pse.gateway import Abilities, Connection, Gateway
from kiosk.sandbox.member_core.settings import DEMO_CLIENT_ID
from kiosk.sandbox.pse.server import profile
from kiosk.teller.checkout import Checkout
from kiosk.teller.limits import DebitLimits
from kiosk.teller.sonda import AT_ONCE, Sonda
from kiosk.teller.terminal import TerminalFacts, Timings

RETURN_URL = "https://kiosco.invalid/retorno"
BANK_BUDGET = 0.8

_TIMINGS = Timings(first_after=0.5, every=0.8, post_every=0.3, bank_budget=BANK_BUDGET)
_WRITES = frozenset({"prepare", "record", "flag", "claim", "note_ask"})
_ASKS = frozenset({"create", "query", "find", "cancel"})


@dataclass(frozen=True, slots=True)
class Till:
    """What a visit and the sonda need."""

    journal: Journal
    gateway: Gateway
    checkout: Checkout
    sonda: Sonda
    connector: Connector

    def close(self) -> None:
        """Let go of the journal's file."""
        self.journal.close()


def abilities_of(gateway: str) -> Abilities:
    """What a driver of this name can do."""
    driver: Any = DRIVERS[gateway].load()
    abilities: Abilities = driver.abilities
    return abilities


def open_journal(place: Place) -> Journal:
    """With key and witness, as a terminal has them. Raises JournalUnusable."""
    return Journal.open(place.journal, keys_of(place), witness_of(place))


def keys_of(place: Place) -> Keyring:
    """What its events are coded with, whichever merchant it has."""
    return Keyring(Key(place.journal_key.encode()))


def witness_of(place: Place) -> Witness:
    """What knows outside the journal's file how far it is."""
    return Witness(place.journal.with_name("witness.json"))


def open_till(place: Place, steps: Steps, clock: ShiftClock) -> Till:
    """Raises JournalUnusable."""
    journal = cast("Journal", Watched(open_journal(place), steps, "journal", _WRITES))
    gateway = cast("Gateway", Watched(_gateway(place, steps, clock), steps, "gateway", _ASKS))
    core = CoreApi(
        WatchedTransport(f"{place.core_url}/v1", steps),
        WatchedTransport(f"{place.core_url}/oauth2/token", steps),
        client_id=DEMO_CLIENT_ID,
        client_secret=place.core_secret,
        kiosk_id=place.terminal,
    )
    connector = cast("Connector", Watched(core, steps, "core", frozenset({"post"})))
    limits = DebitLimits(Money.of(100), Money.of(1_000_000))
    facts = TerminalFacts(place.terminal, "Cooperativa Solidarios", "127.0.0.1", "Kiosk/1", limits=limits)
    checkout = Checkout(journal, gateway, connector, clock, facts, _TIMINGS, clock.steady)
    sonda = Sonda(checkout, journal, clock, _TIMINGS, at_once=AT_ONCE)
    return Till(journal, gateway, checkout, sonda, connector)


def _gateway(place: Place, steps: Steps, clock: Callable[[], datetime]) -> Gateway:
    driver, merchant = DRIVERS[place.gateway], profile(place.gateway, place.gateway_secret)
    module: Any = import_module(driver.module)
    if hasattr(module, "_PAGE_PAUSE"):  # a driver that waits for its page hurries like everybody here
        module._PAGE_PAUSE = 1 / HASTE
    return driver.load()(
        Connection(
            WatchedTransport(place.gateway_url + merchant.path, steps),
            login=merchant.login,
            secret=merchant.secret,
            return_url=RETURN_URL,
            page_hosts=frozenset(),
            clock=clock,
            secrets=merchant.secrets,
            options=merchant.options,
        )
    )
