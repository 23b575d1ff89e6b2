"""What happened to the journal itself, as a small chain beside the events: keyed, renewed, restored."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from kiosk.journal.chain import FIRST_HASH, canonical, instant, keys_of, mark_hash
from kiosk.journal.keys import Keyring
from kiosk.journal.proof import Head, head_of
from kiosk.journal.tables import events, identity, marks

KEYED, RENEWED, RESTORED = "keyed", "renewed", "restored"


@dataclass(frozen=True, slots=True)
class Identity:
    """Which journal a file is, and how often a copy of it was put back."""

    journal_id: str
    epoch: int


def identity_of(connection: Connection) -> Identity:
    """The one row."""
    row = connection.execute(select(identity)).one()
    return Identity(row.journal_id, row.epoch)


def add_mark(connection: Connection, word: str, facts: Mapping[str, Any], now: datetime) -> None:
    """Add one, naming the head of the events as it is now. The caller holds the write lock."""
    last = connection.execute(select(marks).order_by(marks.c.seq.desc()).limit(1)).one_or_none()
    head = head_of(connection)
    said = {**facts, "head": f"{head.seq}:{head.hash}" if head else None}
    row: dict[str, Any] = {
        "seq": last.seq + 1 if last else 1,
        "at": instant(now),
        "mark": word,
        "facts": canonical(said),
        "prev_hash": last.hash if last else FIRST_HASH,
    }
    digest = mark_hash(row)
    connection.execute(insert(marks).values(**row, hash=digest, **keys_of(connection).signs(digest)))


def mark_head(connection: Connection) -> Head | None:
    """The last mark."""
    row = connection.execute(select(marks.c.seq, marks.c.hash).order_by(marks.c.seq.desc()).limit(1)).first()
    return Head(row.seq, row.hash) if row else None


def begin_epoch(connection: Connection, now: datetime, source: str, least: int) -> Identity:
    """A copy was put back: the epoch after its own and after `least`, which names the head it begins from."""
    epoch = max(identity_of(connection).epoch, least) + 1
    connection.execute(update(identity).values(epoch=epoch))
    found = identity_of(connection)
    add_mark(connection, RESTORED, {"epoch": found.epoch, "from": source}, now)
    return found


# -- the key in force --------------------------------------------------------------------------------


def key_in_force(connection: Connection) -> str | None:
    """The id of the key that new events must be written with; None while the journal has none."""
    words = marks.c.mark.in_((KEYED, RENEWED))
    row = connection.execute(select(marks.c.facts).where(words).order_by(marks.c.seq.desc()).limit(1)).first()
    return str(json.loads(row.facts)["key"]) if row else None


def why_no_payment(connection: Connection, keys: Keyring) -> str | None:
    """Why nothing new may begin under these keys; None where it may."""
    wanted = key_in_force(connection)
    if wanted is None or (keys.current and keys.current.key_id == wanted):
        return None
    here = f"the settings have {keys.current.key_id}" if keys.current else "the settings have none"
    return f"its key {wanted} is missing ({here}): find it, or confirm a new one with kiosk journal renew-key"


def code_faults(connection: Connection) -> Iterator[str]:
    """Events and marks whose code is missing or wrong."""
    keys, unknown = keys_of(connection), set[str]()
    keyed_from, forgiven = _spans(connection)
    for table, name in ((events, "event"), (marks, "mark")):
        query = select(table.c.seq, table.c.hash, table.c.key_id, table.c.mac).order_by(table.c.seq)
        for row in connection.execute(query.execution_options(yield_per=500)):
            if row.mac is None:
                late = keyed_from is not None and name == "event" and row.seq > keyed_from
                if late and not any(first < row.seq <= last for first, last in forgiven):
                    yield f"{name} {row.seq} has no code, although the journal was keyed before it"
                continue
            key = keys.find(row.key_id or "")
            if key is None:
                if row.key_id not in unknown:
                    unknown.add(row.key_id)
                    yield f"{name} {row.seq} and perhaps others have codes of the key {row.key_id}, not here"
            elif key.code(row.hash) != row.mac:
                yield f"{name} {row.seq}: its code is wrong, whoever wrote it had not the key"


def _spans(connection: Connection) -> tuple[int | None, list[tuple[int, int]]]:
    """The event that the journal was keyed after, and the stretches without codes that a person confirmed."""
    keyed_from: int | None = None
    forgiven: list[tuple[int, int]] = []
    for row in connection.execute(select(marks).order_by(marks.c.seq)):
        facts = json.loads(row.facts)
        at = int(str(facts.get("head") or "0:").partition(":")[0])
        if row.mark == KEYED and keyed_from is None:
            keyed_from = at
        elif row.mark == RENEWED:
            forgiven.append((int(facts["after"]), at))
    return keyed_from, forgiven


def last_with_code(connection: Connection) -> int:
    """The number of the last event that has a code; 0 for none."""
    query = select(events.c.seq).where(events.c.mac.is_not(None)).order_by(events.c.seq.desc()).limit(1)
    return int(connection.execute(query).scalar() or 0)


def mark_faults(connection: Connection) -> Iterator[str]:
    """What is wrong with the chain of marks."""
    expected, previous = 1, FIRST_HASH
    for row in connection.execute(select(marks).order_by(marks.c.seq)):
        values = row._asdict()
        if values["seq"] != expected or values["prev_hash"] != previous:
            yield f"mark {values['seq']} does not follow the one before it"
        if values["hash"] != mark_hash(values):
            yield f"mark {values['seq']} was altered"
        expected, previous = values["seq"] + 1, values["hash"]
