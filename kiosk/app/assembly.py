"""Joins what is behind the counter, from settings: the only module that knows drivers by name. No Qt."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kiosk.health import Check
    from kiosk.journal.keys import Keyring
    from kiosk.journal.witness import Witness
    from kiosk.member_core.connector import Connector
    from kiosk.pse.gateway import Gateway
    from kiosk.receipt.blocks import Receipt
    from kiosk.receipt.document import Issuer
    from kiosk.receipt.printer import Printer
    from kiosk.settings import GatewaySection, Settings
    from kiosk.teller.desk import Desk
    from kiosk.teller.limits import DebitLimits
    from kiosk.teller.pin import OwnPin, PinGate


def now() -> datetime:
    """The clock of the whole application."""
    return datetime.now(UTC)


def gateway_of(settings: Settings) -> Gateway:
    """The driver that the settings name, with its secrets. Raises SettingsError."""
    from kiosk.settings import SettingsError

    gateway = _gateway(settings.gateway, "gateway")
    shortest = gateway.declares.shortest_session
    if shortest and settings.gateway.session_minutes * 60 < shortest.total_seconds():
        least = math.ceil(shortest.total_seconds() / 60)
        raise SettingsError(f"gateway.session_minutes: {gateway.declares.title} takes no less than {least}")
    return gateway


def former_gateways(settings: Settings) -> list[Gateway]:
    """Accounts that payments were begun at before, to be asked about those only. Raises SettingsError."""
    return [
        _gateway(section, f"gateway_before[{number}]")
        for number, section in enumerate(settings.gateway_before)
    ]


def _gateway(section: GatewaySection, name: str) -> Gateway:
    from kiosk.pse.drivers import DRIVERS
    from kiosk.pse.gateway import Connection
    from kiosk.settings import SettingsError, reveal
    from kiosk.transport import Transport

    if section.driver not in DRIVERS:
        raise SettingsError(f"{name}.driver: no driver called {section.driver!r}, only {', '.join(DRIVERS)}")
    connection = Connection(
        Transport(section.url),
        login=section.login,
        secret=reveal(section.secret),
        return_url=section.return_url,
        page_hosts=frozenset(section.page_hosts),
        clock=now,
        secrets={key: reveal(reference) for key, reference in section.secrets.items()},
        options=section.options,
        financial_services=section.financial_services is True,
    )
    try:
        return DRIVERS[section.driver].load()(connection)
    except ValueError as error:
        raise SettingsError(str(error)) from None


def _limits(settings: Settings) -> DebitLimits:
    from kiosk.cooperative.money import Money
    from kiosk.teller.limits import DebitLimits

    most = settings.payments.maximum
    return DebitLimits(Money.of(settings.payments.minimum), Money.of(most) if most is not None else None)


def _connector(settings: Settings) -> Connector:
    from kiosk.member_core.core_api import CoreApi
    from kiosk.settings import private, reveal
    from kiosk.transport import Transport

    core = settings.core
    certificate = private(core.client_certificate) if core.client_certificate else None  # with its key
    return CoreApi(
        Transport(core.url, ca_file=core.ca_file, client_certificate=certificate),
        Transport(core.token_url, ca_file=core.ca_file, client_certificate=certificate),
        client_id=core.client_id,
        client_secret=reveal(core.client_secret) if core.client_secret else "",
        kiosk_id=settings.terminal.id,
    )


def _printer(settings: Settings) -> Printer:
    from kiosk.receipt.printer import NoPrinter

    section = settings.printer
    if section.kind == "network":
        from kiosk.receipt.escpos import NetworkEscpos

        return NetworkEscpos(section.host, section.port, section.width)
    if section.kind == "usb":
        from kiosk.receipt.escpos import UsbEscpos

        return UsbEscpos(section.usb_vendor, section.usb_product, section.width)
    if section.kind == "system":
        from kiosk.receipt.qt_printer import SystemPrinter

        return SystemPrinter(section.queue, brand=settings.brand.primary)
    return NoPrinter()


def _issuer(settings: Settings) -> Issuer:
    from kiosk.receipt.document import Issuer
    from kiosk.settings import reveal

    cooperative, agency = settings.cooperative, settings.agency
    return Issuer(
        cooperative=cooperative.name,
        nit=cooperative.nit,
        agency=agency.name,
        city=agency.city,
        terminal=settings.terminal.id,
        ip_address=settings.terminal.ip_address,
        support_name=cooperative.care,
        support_phone=f"{cooperative.care_phone} · Cel {cooperative.care_mobile}",
        support_email=cooperative.care_email,
        signing_key=reveal(settings.receipts.signing_key).encode(),
        verification_url=settings.receipts.verification_url,
    )


def _save_pdf(receipt: Receipt, path: Path, *, brand: str) -> None:
    from kiosk.receipt.qt_printer import save_pdf  # Qt only where a receipt is drawn

    save_pdf(receipt, path, brand=brand)


def manager_pin(settings: Settings) -> OwnPin | None:
    """The manager's PIN, an own one beside the journal; None where none was set. Raises SettingsError."""
    from kiosk.settings import reveal
    from kiosk.teller.pin import OwnPin

    if settings.manager.pin is None:
        return None
    return OwnPin(settings.journal.file.with_name("manager-pin"), reveal(settings.manager.pin))


def keyring(settings: Settings) -> Keyring:
    """The keys of the journal's codes; none where none was set. Raises SettingsError."""
    from kiosk.journal.keys import Key, Keyring
    from kiosk.settings import SettingsError, reveal

    def key(reference: str) -> Key:
        try:
            return Key(reveal(reference).encode())
        except ValueError as error:
            raise SettingsError(f"journal.key: {error}") from None

    section = settings.journal
    return Keyring(
        key(section.key) if section.key else None, tuple(key(each) for each in section.former_keys)
    )


def witness_of(settings: Settings) -> Witness:
    """What knows, outside the journal's file, how far the journal is."""
    from kiosk.journal.witness import Witness

    folder = settings.receipts.folder
    return Witness(settings.journal.witness or folder / ".journal-witness.json", folder)


def _pin_gate(settings: Settings) -> PinGate | None:
    from kiosk.teller.pin import PinGate

    own = manager_pin(settings)
    return PinGate(own) if own else None


def build_desk(settings: Settings) -> Desk:
    """Journal, gateway, core, checkout, sonda, printer and receipts, joined.

    Raises SettingsError and JournalUnusable.
    """
    from kiosk.journal.journal import Journal
    from kiosk.teller.banks import BankDirectory
    from kiosk.teller.checkout import Checkout
    from kiosk.teller.desk import Desk, Receipts
    from kiosk.teller.manager import Manager
    from kiosk.teller.notices import Notices
    from kiosk.teller.sonda import AT_ONCE, Sonda
    from kiosk.teller.terminal import TerminalFacts, Timings

    connector, gateway = _connector(settings), gateway_of(settings)
    settings.journal.file.parent.mkdir(parents=True, exist_ok=True)
    journal = Journal.open(settings.journal.file, keyring(settings), witness_of(settings))
    sonda = settings.sonda
    timings = Timings(sonda.first_after, sonda.every, sonda.post_every, settings.payments.bank_minutes * 60)
    facts = TerminalFacts(
        terminal=settings.terminal.id,
        merchant=settings.cooperative.name,
        ip_address=settings.terminal.ip_address,
        user_agent="Kiosk/1",
        session_minutes=settings.gateway.session_minutes,
        limits=_limits(settings),
    )
    former = former_gateways(settings)
    checkout = Checkout(journal, gateway, connector, now, facts, timings, former=former)
    receipts = Receipts(
        _issuer(settings),
        settings.receipts.folder,
        settings.terminal.demonstration,
        now,
        partial(_save_pdf, brand=settings.brand.primary),
    )
    return Desk(
        connector,
        journal,
        gateway,
        BankDirectory(gateway, now),
        checkout,
        Sonda(checkout, journal, now, timings, notices=Notices(journal, connector), at_once=AT_ONCE),
        _printer(settings),
        receipts,
        Manager(journal, connector, settings.terminal.id, _pin_gate(settings), now),
    )


def health_checks(settings: Settings) -> list[Check]:
    """What doctor looks at, with the parts this terminal has. Raises SettingsError."""
    from kiosk import health
    from kiosk.health import accounts
    from kiosk.transport import Transport

    gateway, connector = gateway_of(settings), _connector(settings)
    keys = keyring(settings)
    return [
        partial(health.gateway_clock, Transport(settings.gateway.url), now),
        partial(health.gateway_access, gateway),
        partial(health.core, connector),
        partial(health.journal, settings.journal.file, keys, witness_of(settings)),
        partial(accounts.category, settings.gateway.financial_services),
        partial(accounts.open_elsewhere, settings.journal.file, gateway, former_gateways(settings), keys),
        partial(accounts.beginnings, settings.journal.file, now(), keys),
        partial(accounts.strangers, settings.journal.file, connector, settings.terminal.id, now(), keys),
        partial(health.disk, settings.journal.file.parent),
        partial(health.paper, _printer(settings)),
    ]
