"""The events as a chain: each entry's hash covers the entry before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from kiosk.cooperative.payment import Event, State
from kiosk.journal.keys import NO_KEYS, Keyring
from kiosk.journal.tables import events

FIRST_HASH = "0" * 64
"""What the first event names as its predecessor."""


@dataclass(frozen=True, slots=True)
class JournalEvent:
    """One entry as written. `event` is an Event's word, or "prepared" or "flagged"."""

    seq: int
    payment_id: str
    at: datetime
    event: str
    before: State | None
    after: State
    facts: Mapping[str, Any]
    prev_hash: str
    hash: str


def canonical(value: Mapping[str, Any]) -> str:
    """The one JSON text of a mapping: sorted names, no spaces, instants in UTC, plain ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, datetime) and value.tzinfo:
        return instant(value)
    raise TypeError(f"the journal keeps no {type(value).__name__}")


def instant(moment: datetime) -> str:
    """An aware instant as the events write it: 2026-03-02T14:15:00.000000Z."""
    # isoformat pads the year to four digits, which strftime does not.
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def event_hash(values: Mapping[str, Any]) -> str:
    """SHA-256 over an event's columns, its predecessor's hash among them."""
    hashed = {name: values[name] for name in _HASHED}
    return hashlib.sha256(canonical(hashed).encode("ascii")).hexdigest()


def mark_hash(values: Mapping[str, Any]) -> str:
    """The same over a mark's columns."""
    hashed = {name: values[name] for name in ("seq", "at", "mark", "facts", "prev_hash")}
    return hashlib.sha256(canonical(hashed).encode("ascii")).hexdigest()


def keys_of(connection: Connection) -> Keyring:
    """The keys that the journal was opened with."""
    found = connection.get_execution_options().get("keys")
    return found if isinstance(found, Keyring) else NO_KEYS


_HASHED = ("seq", "payment_id", "at", "event", "state_before", "state_after", "facts", "prev_hash")


def event_of(row: Row[Any]) -> JournalEvent:
    """The event a row holds."""
    return JournalEvent(
        seq=row.seq,
        payment_id=row.payment_id,
        at=datetime.strptime(row.at, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC),
        event=row.event,
        before=State(row.state_before) if row.state_before else None,
        after=State(row.state_after),
        facts=json.loads(row.facts),
        prev_hash=row.prev_hash,
        hash=row.hash,
    )


def append(
    connection: Connection,
    payment_id: str,
    word: str,
    before: State | None,
    state: State,
    facts: Mapping[str, Any],
    now: datetime,
) -> None:
    """Add an entry to the end. The caller holds the write lock: the first statement took it."""
    newest = select(events.c.seq, events.c.hash).order_by(events.c.seq.desc()).limit(1)
    last = connection.execute(newest).one_or_none()
    entry: dict[str, Any] = {
        "seq": last.seq + 1 if last else 1,
        "payment_id": payment_id,
        "at": instant(now),
        "event": word,
        "state_before": before.value if before else None,
        "state_after": state.value,
        "facts": canonical(facts),
        "prev_hash": last.hash if last else FIRST_HASH,
    }
    digest = event_hash(entry)
    connection.execute(insert(events).values(**entry, hash=digest, **keys_of(connection).signs(digest)))


def is_said(connection: Connection, payment_id: str, word: str, facts: Mapping[str, Any]) -> bool:
    """Whether the newest entry says this, or any that staff gave their verdict on since."""
    query = select(events).where(events.c.payment_id == payment_id).order_by(events.c.seq.desc())
    plain: dict[str, Any] = json.loads(canonical(facts))
    settled = False
    for number, row in enumerate(connection.execute(query)):
        if (number == 0 or settled) and row.event == word:
            said = json.loads(row.facts)
            if all(name in said and said[name] == value for name, value in plain.items()):
                return True
        settled = settled or row.event == Event.SETTLED
    return False


def seen_of(entries: Iterable[JournalEvent]) -> dict[str, str]:
    """What the other side said when it was not followed, by the newest entry that tells (`Journal.flag`)."""
    told: dict[str, str] = {}
    for entry in entries:
        seen = {name: str(value) for name, value in entry.facts.items() if name.startswith("seen_")}
        told = seen or told
    return told
