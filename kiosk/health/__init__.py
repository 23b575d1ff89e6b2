"""What is well and what is not with this terminal, for doctor and the manager's page.

A check looks at one thing and says one finding; it changes nothing and raises nothing. It gets plain
parts: whoever builds them says which are looked at.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import IntEnum
from pathlib import Path

from kiosk.cooperative.money import Money
from kiosk.cooperative.payment import Payment
from kiosk.journal.errors import JournalUnusable
from kiosk.journal.journal import Journal
from kiosk.journal.keys import NO_KEYS, Keyring
from kiosk.journal.witness import RESTORE, Witness
from kiosk.member_core.connector import Availability, Connector, CoreError, CoreMisconfigured
from kiosk.pse.gateway import ErrorKind, Expected, Gateway, NoVerdict
from kiosk.receipt.printer import PaperState, Printer
from kiosk.transport import Timeouts, Transport, TransportError

_SOON = Timeouts(connect=5, answer=8)
_SKEW_NOTED = timedelta(seconds=5)
_SKEW_REFUSED = timedelta(seconds=120)
"""No gateway refuses less (`Declaration.clock_off`); receipts and the scheme's times are wrong before."""
_LITTLE_DISK = 500 * 1024 * 1024
_NO_DISK = 100 * 1024 * 1024


class Level(IntEnum):
    """How bad it is; the number is doctor's exit code."""

    HEALTHY = 0
    WARNING = 1
    BROKEN = 2


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found. `advice` says what to do where it is not healthy."""

    check: str
    level: Level
    said: str
    advice: str = ""


Check = Callable[[], Finding]


def examine(checks: Iterable[Check]) -> list[Finding]:
    """Run all; one that fails in a way nobody foresaw is a finding, too."""
    findings = []
    for check in checks:
        try:
            findings.append(check())
        except Exception as error:  # noqa: BLE001 - the others must still be heard
            said = f"a check failed by itself: {type(error).__name__}: {error}"
            findings.append(Finding("doctor", Level.BROKEN, said))
    return findings


def worst(findings: Iterable[Finding]) -> Level:
    """The gravest level of all; healthy where there is nothing."""
    return max((finding.level for finding in findings), default=Level.HEALTHY)


@dataclass(frozen=True, slots=True)
class Skew:
    """How far this machine's clock is ahead of a server's, and how sure that is."""

    ahead: timedelta
    unsure: timedelta

    @property
    def at_least(self) -> timedelta:
        """What is certain of it, without its sign."""
        return max(abs(self.ahead) - self.unsure, timedelta(0))


def clock_skew(transport: Transport, clock: Callable[[], datetime]) -> Skew | None:
    """Against the Date header of any answer; None where there is none. Raises TransportError.

    The header has whole seconds (RFC 9110, 6.6.1), so half a second more is unsure than the way takes.
    """
    before = clock()
    reply = transport.request("GET", "/", timeouts=_SOON)
    after = clock()
    try:
        theirs = parsedate_to_datetime(reply.headers.get("date", ""))
    except ValueError:
        return None
    if theirs.tzinfo is None:
        theirs = theirs.replace(tzinfo=UTC)
    half = timedelta(seconds=0.5)
    travel = (after - before) / 2
    return Skew(before + travel - (theirs + half), half + travel)


def gateway_clock(transport: Transport, clock: Callable[[], datetime]) -> Finding:
    """The gateway answers, its certificate is good, and our clock agrees with its own."""
    name = "clock"
    try:
        skew = clock_skew(transport, clock)
    except TransportError as error:
        return Finding(name, Level.BROKEN, f"the gateway does not answer: {error}",
                       "Check network, DNS, proxy and the gateway's address and certificate.")  # fmt: skip
    if skew is None:
        return Finding(name, Level.WARNING, "the gateway's answer has no Date to compare with")
    way = "ahead of" if skew.ahead > timedelta(0) else "behind"
    said = f"{abs(skew.ahead).total_seconds():.1f} s {way} the gateway (±{skew.unsure.total_seconds():.1f} s)"
    advice = "Set the clock from a time server (timedatectl set-ntp true)."
    if skew.at_least > _SKEW_REFUSED:
        return Finding(name, Level.BROKEN, said, advice)
    if skew.at_least > _SKEW_NOTED:
        return Finding(name, Level.WARNING, said, advice)
    return Finding(name, Level.HEALTHY, said)


def gateway_access(gateway: Gateway) -> Finding:
    """The gateway knows us: it is asked about a payment that does not exist."""
    name, nobodys = "gateway", Expected("KIOSKDOCTOR0", Money.of(1))
    by_reference = gateway.abilities.finds_by_reference
    answer = gateway.find(nobodys) if by_reference else gateway.query("0", nobodys)
    kind = answer.kind if isinstance(answer, NoVerdict) else None
    if kind in (ErrorKind.AUTHENTICATION, ErrorKind.CLOCK):
        return Finding(name, Level.BROKEN, f"{gateway.name} refuses this terminal ({kind})",
                       "Check login and secrets of [gateway], then the clock.")  # fmt: skip
    if kind in (ErrorKind.NOT_SENT, ErrorKind.NO_ANSWER, ErrorKind.SERVER, ErrorKind.GARBAGE):
        return Finding(name, Level.BROKEN, f"{gateway.name} gives no usable answer ({kind})",
                       "Check the address of [gateway], then ask the gateway's support.")  # fmt: skip
    # A bank list and a look-up are given to keys of nobody; what is the merchant's own is not.
    terms = gateway.terms() if gateway.abilities.wants_terms else ()
    if isinstance(terms, NoVerdict):
        return Finding(name, Level.BROKEN, f"{gateway.name} does not know this merchant ({terms.kind})",
                       "No payment can be created: check the login of [gateway].")  # fmt: skip
    if not gateway.abilities.picks_bank_here:
        return Finding(name, Level.HEALTHY, f"{gateway.name} knows this terminal")
    banks = gateway.banks()
    if isinstance(banks, NoVerdict):
        return Finding(name, Level.BROKEN, f"{gateway.name}: no list of banks ({banks.kind})",
                       "Members can not choose a bank: ask the gateway's support.")  # fmt: skip
    return Finding(name, Level.HEALTHY, f"{gateway.name} knows this terminal and {len(banks)} banks")


def core(connector: Connector) -> Finding:
    """The cooperative's core answers and knows this terminal."""
    name = "core"
    try:
        status = connector.status()
    except CoreMisconfigured as error:
        return Finding(name, Level.BROKEN, f"the core refuses this terminal: {error}",
                       "Check client_id, client_secret or client_certificate of [core].")  # fmt: skip
    except CoreError as error:
        return Finding(name, Level.BROKEN, f"the core can not be reached: {error}",
                       "Check network and the addresses of [core].")  # fmt: skip
    if status.availability is Availability.AVAILABLE:
        return Finding(name, Level.HEALTHY, f"available, business day {status.business_date}")
    return Finding(name, Level.WARNING, f"{status.availability.value}: {status.message or 'no reason given'}")


def journal(file: Path, keys: Keyring = NO_KEYS, witness: Witness | None = None) -> Finding:
    """The book of record is whole, and the one that this terminal wrote. It is not created here."""
    name = "journal"
    if not file.exists():
        if witness is not None and (why := witness.why_not_empty()):
            return Finding(name, Level.BROKEN, f"{file}: missing, but {why}", RESTORE)
        return Finding(name, Level.WARNING, f"{file}: none yet; the first start creates it")
    try:
        book = Journal.open(file, keys, witness)
    except JournalUnusable as error:
        return Finding(name, Level.BROKEN, str(error), "Restore the newest backup; never delete the file.")
    try:
        faults, waiting, keyless = book.faults(limit=3), book.unresolved(), book.why_no_payment()
    except JournalUnusable as error:
        return Finding(name, Level.BROKEN, str(error))
    finally:
        book.close()
    return _of_open_journal(faults, waiting, keyless, keyed=keys.current is not None)


def _of_open_journal(
    faults: list[str], waiting: list[Payment], keyless: str | None, *, keyed: bool
) -> Finding:
    name = "journal"
    if faults:
        return Finding(name, Level.BROKEN, "; ".join(faults),
                       "Keep the file as evidence and compare it with the newest backup.")  # fmt: skip
    if keyless:
        return Finding(name, Level.BROKEN, keyless, "No payment begins until then; what is open goes on.")
    if not keyed:
        return Finding(name, Level.WARNING, "whole, but its events carry no codes",
                       "Set journal.key (docs/backup.md, The key of the journal).")  # fmt: skip
    flagged = sum(payment.review is not None for payment in waiting)
    if flagged:
        return Finding(name, Level.WARNING, f"whole; {flagged} payments wait for staff",
                       "See kiosk journal list.")  # fmt: skip
    return Finding(name, Level.HEALTHY, f"whole; {len(waiting)} payments without an end yet")


def disk(folder: Path) -> Finding:
    """Room for the journal."""
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    said = f"{free // (1024 * 1024)} MiB free at {folder}"
    if free < _NO_DISK:
        return Finding("disk", Level.BROKEN, said, "Free some space: without it no payment may begin.")
    level = Level.WARNING if free < _LITTLE_DISK else Level.HEALTHY
    return Finding("disk", level, said)


def paper(printer: Printer) -> Finding:
    """The receipt printer and its paper."""
    state = printer.state()
    if state in (PaperState.OK, PaperState.NONE):
        return Finding("printer", Level.HEALTHY, "ready" if state is PaperState.OK else "none configured")
    advice = {
        PaperState.LOW: "Put in a new roll soon.",
        PaperState.OUT: "Put in a new roll.",
        PaperState.COVER_OPEN: "Close the cover.",
        PaperState.OFFLINE: "Check power, cable and address.",
    }
    return Finding("printer", Level.WARNING, state.value.replace("_", " "), advice.get(state, ""))
