"""`kiosk journal …`: read, prove, keep and settle the terminal's book of record."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kiosk.cooperative.payment import Payment
    from kiosk.journal.journal import Journal
    from kiosk.journal.keys import Keyring
    from kiosk.journal.witness import Witness


@dataclass(frozen=True, slots=True)
class JournalPlace:
    """Where the journal of the settings lies, with what knows of it outside, and the receipts' folder.

    `ask` asks gateway and core about what a restored copy may not know, and prints what they say.
    """

    file: Path
    keys: Keyring
    witness: Witness
    receipts: Path
    ask: Callable[[datetime | None], None]


Run = Callable[[argparse.Namespace, JournalPlace], int]

_VERDICTS = ("posted", "declined", "failed")
_ADVICE = {
    "still_pending": "Two days without an answer: ask the gateway. It closes by itself when an answer comes.",
    "unexpected": "Compare the events (journal show) with the gateway's page, then settle.",
    "late_approval": "Paid after all: was it paid twice? Then have the core apply or refund it.",
    "reversed": "The gateway took it back: have the core reverse it, tell the member.",
    "contradiction": "Ask the gateway's support which attempt counts; never post before their answer.",
    "not_ours": "The gateway's answer names another amount, currency or reference: ask its support.",
    "lost_creation": "Nobody knows whether it exists: look for the reference on the gateway's page.",
    "not_applied": "The core keeps the money unapplied: staff of the core apply it, then settle as posted.",
    "not_posted": "Approved an hour ago and not in the core: is it away? It is tried again by itself.",
    "other_account": "Begun at an account that the settings do not name: put it under [[gateway_before]].",
    "paid_twice": "The bank debited twice: return the second debit, then journal return with evidence.",
    "core_conflict": "The core has something else under this payment or bank transaction: compare both.",
}


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the commands."""
    journal = commands.add_parser("journal", help="the book of record: read, prove, keep, settle")
    what = journal.add_subparsers(required=True, metavar="WHAT")

    def command(name: str, words: str, run: Run) -> argparse.ArgumentParser:
        parser = what.add_parser(name, help=words)
        parser.add_argument("--config", type=Path, required=True)
        parser.set_defaults(command=lambda arguments: run(arguments, _place(arguments.config)))
        return parser

    verify = command("verify", "whether anything was altered, removed or moved, and what", _verify)
    verify.add_argument("--head", metavar="NUMBER:HASH", help="one printed earlier: is it still part of it?")
    lists = command("list", "the newest payments", _list)
    lists.add_argument("--review", action="store_true", help="only those that wait for staff, and what to do")
    lists.add_argument("--find", metavar="TEXT", default="", help="in reference, CUS, ids, names, documents")
    show = command("show", "one payment with all that happened to it, as JSON", _show)
    show.add_argument("reference")
    command("rebuild", "write the payments anew from the events", _rebuild)
    backup = command("backup", "copy it, while the kiosk goes on, and prove the copy", _backup)
    backup.add_argument("file", type=Path)
    down = command("downgrade", "back to an older schema, for an older version; after a copy", _downgrade)
    down.add_argument("revision", help="the older version's schema, e.g. 0001")
    command("set-aside", "rename a damaged journal; none takes its place by itself", _set_aside)
    new = command("new", "start an empty journal, also after one was set aside", _new)
    new.add_argument(
        "--confirm-loss", action="store_true", help="also where this terminal wrote one that is gone"
    )
    back_in = command(
        "restore", "put a copy in the journal's place, and ask about what it can not know", _restore
    )
    back_in.add_argument("copy", type=Path)
    renew = command("renew-key", "the settings' key takes the place of a lost or former one", _renew)
    renew.add_argument("--by", required=True, help="who confirms it")
    renew.add_argument("--reason", required=True)
    settle = command("settle", "close the case of a flagged payment", _settle)
    settle.add_argument("reference")
    settle.add_argument("--as", dest="verdict", choices=_VERDICTS, required=True, help="what really happened")
    settle.add_argument("--by", required=True, help="who decides")
    settle.add_argument("--reason", required=True)
    settle.add_argument("--evidence", required=True, help="the bank's letter, a statement")
    back = command("return", "a second debit went back to its payer: close its case", _return)
    back.add_argument("reference")
    back.add_argument("--cus", required=True, help="of the debit that went back")
    back.add_argument("--by", required=True, help="who says so")
    back.add_argument("--reason", required=True)
    back.add_argument("--evidence", required=True, help="the bank's proof of the return")


def _place(config: Path) -> JournalPlace:
    """Where the journal of these settings lies. Raises SettingsError."""
    from kiosk.app.assembly import keyring, witness_of
    from kiosk.cli.sonda import ask_about_gap
    from kiosk.settings import load

    settings = load(config)
    return JournalPlace(
        settings.journal.file,
        keyring(settings),
        witness_of(settings),
        settings.receipts.folder,
        partial(ask_about_gap, settings),
    )


def _there(file: Path) -> Path:
    from kiosk.journal.errors import JournalUnusable

    if not file.exists():
        raise JournalUnusable(f"{file}: there is no journal yet")
    return file


@contextmanager
def _open(place: JournalPlace) -> Iterator[Journal]:
    from kiosk.journal.journal import Journal

    journal = Journal.open(_there(place.file), place.keys, place.witness)
    try:
        yield journal
    finally:
        journal.close()


def _verify(arguments: argparse.Namespace, place: JournalPlace) -> int:
    from kiosk.journal.proof import Head

    with _open(place) as journal:
        faults = journal.faults()
        head = journal.head()
        if arguments.head:
            number, _, digest = arguments.head.partition(":")
            if not number.isdigit() or not journal.holds(Head(int(number), digest)):
                faults.append(f"the head {arguments.head} is not part of it: what came before was rewritten")
    for fault in faults:
        print(f"journal: {fault}")
    if head is not None:
        print(f"head {head.seq}:{head.hash}")
    if not faults:
        print("journal: every event is in place")
    return 2 if faults else 0


def _list(arguments: argparse.Namespace, place: JournalPlace) -> int:
    with _open(place) as journal:
        found = journal.find(text=arguments.find or None)
        if arguments.review:
            found = [payment for payment in journal.unresolved() if payment.review]
        for payment in found:
            row = (payment.created_at.isoformat(), payment.reference, payment.state.value)
            print(*row, payment.total.wire(), payment.cus or "-", payment.review or "")
            if arguments.review:
                print(f"    {_ADVICE.get(payment.review or '', '')}")
                for seen in _seen(journal, payment):
                    print(f"    {seen}")
    return 0


def _seen(journal: Journal, payment: Payment) -> Iterator[str]:
    """What the other side said, and further debits: for whoever has to decide."""
    from kiosk.journal.chain import seen_of

    said = seen_of(journal.events(payment.payment_id))
    if said:
        print_as = {name.removeprefix("seen_"): value for name, value in said.items()}
        yield "the other side says: " + ", ".join(f"{name} {value}" for name, value in print_as.items())
    for debit in journal.second_debits(payment_id=payment.payment_id):
        yield f"second debit: CUS {debit.cus or '-'}, {debit.amount.wire()}, {debit.bank or '-'}"


def _of(journal: Journal, reference: str) -> Payment:
    from kiosk.journal.errors import UnknownPayment

    payment = journal.by_reference(reference)
    if payment is None:
        raise UnknownPayment(reference)
    return payment


def _show(arguments: argparse.Namespace, place: JournalPlace) -> int:
    with _open(place) as journal:
        payment = _of(journal, arguments.reference)
        entries = journal.events(payment.payment_id)
    row = {
        "payment_id": payment.payment_id,
        "reference": payment.reference,
        "state": payment.state.value,
        "review": payment.review,
        "total": payment.total.wire(),
        "cus": payment.cus,
        "bank": payment.bank,
        "gateway": payment.gateway,
        "gateway_id": payment.gateway_id,
        "core_receipt": payment.core_receipt,
        "next_ask_at": payment.next_ask_at.isoformat() if payment.next_ask_at else None,
        "events": [
            {"seq": each.seq, "at": each.at.isoformat(), "event": each.event, "state": each.after.value,
             "facts": dict(each.facts)}
            for each in entries
        ],
    }  # fmt: skip
    print(json.dumps(row, ensure_ascii=False, indent=2))
    return 0


def _rebuild(_arguments: argparse.Namespace, place: JournalPlace) -> int:
    with _open(place) as journal:
        count = journal.rebuild(now=datetime.now(UTC))
    print(f"journal: {count} payments written anew from their events")
    return 0


def _backup(arguments: argparse.Namespace, place: JournalPlace) -> int:
    from kiosk.journal.opening import copy_as_it_is

    copy_as_it_is(_there(place.file), arguments.file)
    print(f"journal: copied to {arguments.file}")
    return 0


def _downgrade(arguments: argparse.Namespace, place: JournalPlace) -> int:
    from kiosk.journal.errors import JournalUnusable
    from kiosk.journal.opening import downgrade

    name = f"journal-before-schema-{arguments.revision}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.sqlite"
    copy = place.file.parent / "backups" / name.replace("/", "-")
    try:
        downgrade(_there(place.file), arguments.revision, copy)
    except ValueError as error:
        raise JournalUnusable(f"{place.file}: {error}; nothing was changed") from None
    print(f"journal: the journal was copied to {copy}")
    print(f"journal: now of schema {arguments.revision}; this version moves it up again when it opens it")
    return 0


def _set_aside(_arguments: argparse.Namespace, place: JournalPlace) -> int:
    from kiosk.journal.opening import set_aside

    print(f"journal: now {set_aside(place.file, now=datetime.now(UTC))}")
    return 0


def _new(arguments: argparse.Namespace, place: JournalPlace) -> int:
    from kiosk.journal.opening import create

    create(place.file, place.witness, confirm_loss=arguments.confirm_loss)
    print(f"journal: new and empty, {place.file}")
    return 0


def _return(arguments: argparse.Namespace, place: JournalPlace) -> int:
    from kiosk.journal.errors import JournalUnusable

    with _open(place) as journal:
        payment = _of(journal, arguments.reference)
        debits = journal.second_debits(payment_id=payment.payment_id)
        key = next((debit.key for debit in debits if debit.cus == arguments.cus), "")
        try:
            journal.return_debit(
                payment, key, by=arguments.by, reason=arguments.reason, evidence=arguments.evidence,
                now=datetime.now(UTC),
            )  # fmt: skip
        except ValueError as error:
            raise JournalUnusable(f"{payment.reference}: {error}") from None
    print(f"journal: the second debit {arguments.cus} of {payment.reference} is returned")
    return 0


def _restore(arguments: argparse.Namespace, place: JournalPlace) -> int:
    from kiosk.journal.restore import restore

    done = restore(
        place.file, arguments.copy, keys=place.keys, witness=place.witness, receipts=place.receipts,
        now=datetime.now(UTC),
    )  # fmt: skip
    if done.aside is not None:
        print(f"journal: what was there is {done.aside}")
    print(f"journal: {done.payments} payments restored, epoch {done.epoch}")
    print(
        f"journal: nothing is known here of what began after {done.since.isoformat() if done.since else '-'}"
    )
    for reference in done.missing:
        print(f"journal: there is a receipt of {reference}, which the copy does not know")
    place.ask(done.since)
    with _open(place) as journal:
        head = journal.head()
    if head is not None:
        print(f"head {head.seq}:{head.hash}")
    return 0


def _renew(arguments: argparse.Namespace, place: JournalPlace) -> int:
    from kiosk.journal.errors import JournalUnusable

    with _open(place) as journal:
        try:
            key = journal.renew_key(by=arguments.by, reason=arguments.reason, now=datetime.now(UTC))
        except ValueError as error:
            raise JournalUnusable(f"{place.file}: {error}") from None
        head = journal.head()
    print(f"journal: the key is now {key}; keep the former one under journal.former_keys")
    if head is not None:
        print(f"head {head.seq}:{head.hash}")
    return 0


def _settle(arguments: argparse.Namespace, place: JournalPlace) -> int:
    from kiosk.cooperative.payment import State
    from kiosk.journal.errors import JournalUnusable

    with _open(place) as journal:
        payment = _of(journal, arguments.reference)
        try:
            settled = journal.settle(
                payment, State(arguments.verdict.upper()), by=arguments.by, reason=arguments.reason,
                evidence=arguments.evidence, now=datetime.now(UTC),
            )  # fmt: skip
        except ValueError as error:
            raise JournalUnusable(f"{payment.reference}: {error}") from None
    print(f"journal: {settled.reference} is {settled.state.value}")
    return 0
