"""`kiosk sonda`: ask about what is pending, without a screen; and what a restored journal asks about."""

from __future__ import annotations

import argparse
import signal
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kiosk.cooperative.payment import Payment
    from kiosk.settings import Settings
    from kiosk.teller.desk import Desk

_CLOCKS_DIFFER = timedelta(hours=1)


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    sonda = commands.add_parser("sonda", help="ask about what is pending, without a screen")
    sonda.add_argument(
        "--config", type=Path, required=True, metavar="FILE", help="the settings (docs/settings.md)"
    )
    when = sonda.add_mutually_exclusive_group()
    when.add_argument("--once", action="store_true", help="one round over what is due, then stop")
    now = "ask about these, or all that are open, due or not; say what was heard"
    when.add_argument("--now", nargs="*", metavar="REFERENCE", help=now)
    sonda.set_defaults(command=_sonda)


def _sonda(arguments: argparse.Namespace) -> int:
    """Until SIGTERM or SIGINT, which let it finish the payment in hand; a second one does not."""
    from functools import cache

    from kiosk.app.assembly import build_desk
    from kiosk.journal.errors import JournalUnusable
    from kiosk.settings import load
    from kiosk.teller.watch import StopSign, keep_watch

    settings = load(arguments.config)
    desk, stop = cache(lambda: build_desk(settings)), StopSign()

    def end(*_: object) -> None:
        if stop.given:
            raise KeyboardInterrupt
        stop.give()

    def tell(payment: Payment) -> None:
        print(payment.reference, payment.state.value, payment.review or "", flush=True)

    for asked in (signal.SIGTERM, signal.SIGINT):
        signal.signal(asked, end)
    try:
        if arguments.now is not None:
            return _ask_now(desk(), arguments.now)
        if arguments.once:
            desk().sonda.round(1000, stop=lambda: stop.given, changed=tell)
        else:
            keep_watch(lambda: desk().sonda, settings.sonda.watch_every, stop, tell)
    except JournalUnusable as error:
        print(f"kiosk: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    finally:
        if desk.cache_info().currsize:
            desk().close()
        stop.close()
    return 0


def ask_about_gap(settings: Settings, since: datetime | None) -> None:
    """Print what gateway and core say of a restored journal: open payments, and what it does not know.

    `since` is when its last event was; the core is asked for what it has from shortly before.
    """
    from kiosk.app.assembly import build_desk

    desk = build_desk(settings)
    try:
        _ask_now(desk, [])
        # The core's clock is another, and may count whole seconds; what is known here is left out anyway.
        strangers = desk.manager.strangers((since or desk.receipts.clock()) - _CLOCKS_DIFFER)
        if strangers is None:
            print("core: it could not be asked what it has of this terminal; compare its list by hand")
        for row in strangers or ():
            print(f"core: it has {row.payment_id}, {row.total.wire()}, CUS {row.cus or '-'}, unknown here")
    finally:
        desk.close()


def _ask_now(desk: Desk, references: list[str]) -> int:
    """Ask about open payments, or the named ones, due or not; say what was heard and when it goes on.

    Exit code: 2 for a reference of nobody here, 1 where some could not be asked, else 0.
    """
    from kiosk.cooperative.bogota import BOGOTA

    known = {reference: desk.journal.by_reference(reference) for reference in references}
    missing = [reference for reference, payment in known.items() if payment is None]
    for reference in missing:
        print(f"{reference}: not in this terminal's journal")
    wanted = [payment for payment in known.values() if payment is not None]
    if not references:
        wanted = [payment for payment in desk.journal.unresolved() if payment.live]
        if not wanted:
            print("no payment is open")
    unheard = False
    heard = {payment.payment_id: payment for payment in desk.sonda.ask_now(wanted)}
    for before in wanted:
        after = heard.get(before.payment_id)
        if after is None:
            print(f"{before.reference}: {before.state} (nobody could be asked, or another sonda is at it)")
            unheard = True
            continue
        failing = desk.checkout.line_of(after).failing
        unheard |= failing
        away = " (the gateway gave no answer)" if failing else ""
        flag = f", for staff: {after.review}" if after.review else ""
        due = after.next_ask_at
        again = f"; next question {due.astimezone(BOGOTA):%Y-%m-%d %H:%M:%S}" if due else ""
        print(f"{after.reference}: {before.state} -> {after.state}{flag}{away}{again}")
    return 2 if missing else int(unheard)
