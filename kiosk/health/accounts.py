"""What doctor says of the gateway's account: its category, and payments of accounts that were left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from kiosk.cooperative.refusals import LOOKED_AT, refused_alike
from kiosk.health import Finding, Level
from kiosk.journal.errors import JournalUnusable
from kiosk.journal.journal import Journal
from kiosk.journal.keys import NO_KEYS, Keyring
from kiosk.member_core.connector import Connector, CoreError
from kiosk.pse.gateway import OF_ALL_PAYMENTS, Gateway, gateway_of

_COMPARED = timedelta(days=2)


def category(financial_services: bool | None) -> Finding:
    """Whether somebody has asked the gateway for the merchant's category at PSE."""
    name = "category"
    if financial_services is None:
        return Finding(
            name,
            Level.WARNING,
            "nobody has said whether this merchant is of PSE's category «Servicios Financieros»",
            "Ask the gateway, then set gateway.financial_services: such merchants' payments may be refused.",
        )
    said = "of «Servicios Financieros»" if financial_services else "not of «Servicios Financieros»"
    return Finding(name, Level.HEALTHY, f"the merchant is {said}")


@contextmanager
def _opened(file: Path, keys: Keyring) -> Iterator[Journal]:
    book = Journal.open(file, keys)
    try:
        yield book
    finally:
        book.close()


def beginnings(file: Path, now: datetime, keys: Keyring = NO_KEYS) -> Finding:
    """Whether payment after payment of different members could not be begun: a firewall, a key, a host."""
    name = "beginnings"
    try:
        if not file.exists():
            return Finding(name, Level.HEALTHY, "no payments yet")
        with _opened(file, keys) as book:
            found = refused_alike(book.between(now - LOOKED_AT, now + timedelta(hours=1)), OF_ALL_PAYMENTS)
    except JournalUnusable as error:
        return Finding(name, Level.BROKEN, str(error))
    if found is None or not found.alarms:
        return Finding(name, Level.HEALTHY, "payments can be begun, as far as anybody tried lately")
    return Finding(
        name,
        Level.BROKEN,
        f"the last {found.payments} payments, of {found.members} members, could not be begun ({found.kind})",
        "Look at firewall, proxy and the gateway's keys; the log names each answer (docs/operations.md).",
    )


def open_elsewhere(
    file: Path, gateway: Gateway, former: Sequence[Gateway], keys: Keyring = NO_KEYS
) -> Finding:
    """Open payments that belong to an account which these settings do not name: nobody asks about them."""
    name = "accounts"
    if not file.exists():
        return Finding(name, Level.HEALTHY, "no payments yet")
    try:
        with _opened(file, keys) as book:
            waiting = [payment for payment in book.unresolved() if payment.live]
    except JournalUnusable as error:
        return Finding(name, Level.BROKEN, str(error))
    named = [*former, gateway]
    lost = [each.account or each.gateway for each in waiting if gateway_of(each, named) is None]
    if lost:
        where = ", ".join(sorted(set(lost)))
        return Finding(
            name,
            Level.BROKEN,
            f"{len(lost)} open payments belong to another account ({where}): nobody asks about them",
            "Put that account under [[gateway_before]] until they have ended (docs/operations.md).",
        )
    return Finding(name, Level.HEALTHY, f"{len(waiting)} open payments, all of accounts in the settings")


def strangers(
    file: Path, connector: Connector, terminal: str, now: datetime, keys: Keyring = NO_KEYS
) -> Finding:
    """Payments of two days that the core has under this terminal's id and the journal does not know."""
    name = "strangers"
    try:
        if not connector.status().lists_payments:
            return Finding(name, Level.HEALTHY, "the core lists no payments: nothing to compare with")
        recorded = connector.recorded(now - _COMPARED, now)
    except CoreError as error:
        return Finding(name, Level.WARNING, f"the core could not be asked: {type(error).__name__}")
    mine = {row.payment_id: row for row in recorded if row.kiosk_id == terminal}
    try:
        unknown = _unknown(file, list(mine), keys)
    except JournalUnusable as error:
        return Finding(name, Level.BROKEN, str(error))
    if unknown:
        some = ", ".join(mine[each].gateway_transaction_id for each in unknown[:3])
        return Finding(
            name,
            Level.BROKEN,
            f"the core has {len(unknown)} payments of {terminal} that this journal does not know ({some})",
            "Another terminal uses this terminal.id, or the journal lost payments (docs/backup.md).",
        )
    return Finding(name, Level.HEALTHY, f"all {len(mine)} payments that the core has of {terminal} are known")


def _unknown(file: Path, payment_ids: list[str], keys: Keyring) -> list[str]:
    if not file.exists():
        return payment_ids
    with _opened(file, keys) as book:
        return book.unknown(payment_ids)
