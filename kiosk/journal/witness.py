"""A few lines outside the journal's file that know which journal this terminal wrote, and how far.

A file that vanished, was replaced by another or by an older copy of itself, or was rewritten looks whole
by itself. Only something beside it can tell.
"""

from __future__ import annotations

import hmac
import json
import logging
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import Connection, func, select

from kiosk.durable import write_whole
from kiosk.journal.chain import canonical, keys_of
from kiosk.journal.errors import JournalUnusable
from kiosk.journal.marks import identity_of, key_in_force, mark_head
from kiosk.journal.proof import Head, contains, head_of
from kiosk.journal.tables import marks, payments

log = logging.getLogger(__name__)

RESTORE = "put a copy back with kiosk journal restore COPY (docs/backup.md)"
GIVE_UP = "kiosk journal new --confirm-loss begins an empty one where there is none"


@dataclass(frozen=True, slots=True)
class Seen:
    """What the witness last saw. Numbers are 0 and hashes empty where there was nothing yet."""

    journal_id: str
    epoch: int
    events: int
    events_hash: str
    marks: int
    marks_hash: str
    payments: int
    key: str | None


class Witness:
    """The file at `path`, written whole or not at all. `receipts` is the folder of receipts' files."""

    def __init__(self, path: Path, receipts: Path | None = None) -> None:
        self.path, self._receipts = path, receipts

    def seen(self) -> Seen | None:
        """What it saw last; None where it never saw anything. Raises JournalUnusable where unreadable."""
        try:
            found = json.loads(self.path.read_text("utf-8"))
            found.pop("mac", None)
            return Seen(**found)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, AttributeError) as error:
            raise JournalUnusable(f"{self.path}: the journal's witness can not be read ({error})") from None

    def why_not_empty(self) -> str | None:
        """Why a terminal without a journal has lost one; None where it never had one."""
        if (seen := self.seen()) is not None:
            return f"this terminal wrote {seen.payments} payments into journal {seen.journal_id[:8]}"
        made = next(iter(sorted(self._receipts.glob("*.pdf"))), None) if self._receipts else None
        return f"there are receipts of payments ({made.name}, …)" if made else None

    def faults(self, connection: Connection) -> Iterator[str]:
        """How this journal is not the one, or not as far, as this terminal wrote."""
        seen = self.seen()
        if seen is None:
            return
        here = identity_of(connection)
        if here.journal_id != seen.journal_id:
            wrote = seen.journal_id[:8]
            yield f"it is another journal ({here.journal_id[:8]}) than this terminal wrote ({wrote})"
            return
        if here.epoch < seen.epoch:
            yield f"it is of epoch {here.epoch}, this terminal has gone on to epoch {seen.epoch}"
        elif here.epoch == seen.epoch:
            head = head_of(connection)
            if (head.seq if head else 0) < seen.events:
                yield (
                    f"it ends with event {head.seq if head else 0}, this terminal has written "
                    f"event {seen.events}: it is an older copy, or its write-ahead log is gone"
                )
            elif seen.events and not contains(connection, Head(seen.events, seen.events_hash)):
                yield f"event {seen.events} is not the one that was written: what came before was rewritten"
            yield from self._mark_faults(connection, seen)
        if seen.key and key_in_force(connection) is None:
            yield f"its codes by the key {seen.key} were taken away"

    def _mark_faults(self, connection: Connection, seen: Seen) -> Iterator[str]:
        if not seen.marks:
            return
        found = connection.execute(select(marks.c.hash).where(marks.c.seq == seen.marks)).scalar()
        if found != seen.marks_hash:
            yield f"mark {seen.marks} of the journal is not the one that was written"

    def note(self, connection: Connection) -> None:
        """Write down how far it is. A witness that can not be written is logged: the money goes on."""
        here, head, mark = identity_of(connection), head_of(connection), mark_head(connection)
        count = connection.execute(select(func.count()).select_from(payments)).scalar_one()
        seen = Seen(
            here.journal_id, here.epoch,
            head.seq if head else 0, head.hash if head else "",
            mark.seq if mark else 0, mark.hash if mark else "",
            count, key_in_force(connection),
        )  # fmt: skip
        said = asdict(seen)
        key = keys_of(connection).current
        text = json.dumps({**said, **({"mac": key.code(canonical(said))} if key else {})}, indent=1)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_whole(self.path, text.encode())
        except OSError as error:
            log.error("the journal's witness was not written: %s", error.strerror)

    def was_forged(self, connection: Connection) -> bool:
        """Whether its own code is wrong: somebody without the key wrote it."""
        try:
            found = json.loads(self.path.read_text("utf-8"))
        except (OSError, ValueError):
            return False
        key, mac = keys_of(connection).find(str(found.get("key"))), found.pop("mac", None)
        if key is None or mac is None:  # written while the key was missing
            return False
        return not hmac.compare_digest(str(mac), key.code(canonical(found)))
