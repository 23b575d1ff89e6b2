"""A copy put back in the journal's place: proved first, then at once, with what was there kept beside it."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from sqlalchemy import select

from kiosk.durable import draft_beside, flush_folder
from kiosk.journal.errors import JournalUnusable
from kiosk.journal.journal import Journal
from kiosk.journal.keys import Keyring
from kiosk.journal.locks import alone
from kiosk.journal.opening import copy_as_it_is, explained, open_engine
from kiosk.journal.tables import payments
from kiosk.journal.witness import Witness


@dataclass(frozen=True, slots=True)
class Restored:
    """What a copy brought back. `since`: of its last event; what was begun after that is not in it.

    `missing` are references of receipts whose payments it does not know; `aside` is what was there before.
    """

    payments: int
    epoch: int
    since: datetime | None
    missing: tuple[str, ...]
    aside: Path | None


def restore(
    path: Path, copy: Path, *, keys: Keyring, witness: Witness | None, receipts: Path | None, now: datetime
) -> Restored:
    """Put `copy` in the journal's place and begin a new epoch. Raises JournalUnusable, nothing changed then.

    Killed at any moment it leaves the journal that was there or the restored one; where the second is not
    told of outside yet, the next start refuses it, and the same call again ends the work.
    """
    with explained(str(path)), alone(path):
        draft = draft_beside(path)
        try:
            copy_as_it_is(copy, draft)
            epoch, since = _proved(draft, copy, keys, witness, now)
            aside = _moved_aside(path, now)
            draft.replace(path)
            flush_folder(path.parent)
        finally:
            for suffix in ("", "-wal", "-shm", ".lock"):
                Path(f"{draft}{suffix}").unlink(missing_ok=True)
        return _sentences_of(path, keys, witness, receipts, Restored(0, epoch, since, (), aside))


def _proved(
    draft: Path, copy: Path, keys: Keyring, witness: Witness | None, now: datetime
) -> tuple[int, datetime | None]:
    """Moved up to this schema, whole, and marked as the beginning of an epoch, all in one file."""
    book = Journal(open_engine(draft, keys))
    try:
        if faults := book.faults(limit=3):
            raise JournalUnusable(f"{copy}: the copy is not whole: {'; '.join(faults)}")
        return book.begin_epoch(copy.name, least=_epoch_seen(witness), now=now)
    finally:
        book.close()


def _epoch_seen(witness: Witness | None) -> int:
    with suppress(JournalUnusable):
        seen = witness.seen() if witness else None
        return seen.epoch if seen else 0
    return 0


def _moved_aside(path: Path, now: datetime) -> Path | None:
    """What is there keeps a name of its own; its log goes with it, or it would be read into the copy."""
    beside = [Path(f"{path}{suffix}") for suffix in ("-wal", "-shm")]
    if not path.exists() and not any(each.exists() for each in beside):
        return None
    aside = path.with_name(f"{path.name}.before-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{uuid4().hex[:4]}")
    if path.exists():
        os.link(path, aside)  # the name it has stays until the copy takes it
    for each in beside:
        if each.exists():
            each.rename(aside.with_name(aside.name + each.name.removeprefix(path.name)))
    flush_folder(path.parent)
    return aside


def _sentences_of(
    path: Path, keys: Keyring, witness: Witness | None, receipts: Path | None, done: Restored
) -> Restored:
    engine = open_engine(path, keys)
    try:
        with engine.begin() as connection:
            if witness is not None:
                witness.note(connection)
            known = set(connection.execute(select(payments.c.reference)).scalars())
            count = len(known)
    finally:
        engine.dispose()
    names = receipts.glob("*.pdf") if receipts else ()
    missing = {each.name.rpartition("-")[0] for each in names} - known
    return Restored(count, done.epoch, done.since, tuple(sorted(filter(None, missing))), done.aside)
