"""What the journal can prove: nothing altered, removed or moved goes unseen, and the rest can be rebuilt."""

from __future__ import annotations

import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from counterparts import MORNING, PAYER, order
from effort import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from kiosk.cooperative.payment import Event, Payment, Review, State
from kiosk.journal import looking
from kiosk.journal.errors import JournalUnusable
from kiosk.journal.journal import Journal
from kiosk.journal.opening import copy_as_it_is, create, downgrade, set_aside
from kiosk.journal.proof import Head
from kiosk.journal.witness import Witness

GUARDS = ("DROP TRIGGER events_no_update", "DROP TRIGGER events_no_delete")


def raw(path: Path, *statements: str) -> None:
    """Past the program, as somebody with the file would."""
    with sqlite3.connect(path) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def pay(journal: Journal, key: str, *told: Event, **facts: object) -> Payment:
    """A payment to which these things happened; the facts come with the last."""
    payment = journal.prepare(order(key), PAYER, terminal="PAM01", gateway="scripted", now=MORNING)
    for number, event in enumerate(told):
        now = MORNING + timedelta(seconds=number + 1)
        payment = journal.record(payment, event, now=now, **(facts if event is told[-1] else {}))  # type: ignore[arg-type]
    return payment


def fill(journal: Journal) -> list[Payment]:
    """One payment of every ending, one flagged and settled."""
    sent = (Event.SENT, Event.OPENED)
    many = [
        pay(journal, "OB-1", *sent, Event.SEEN_OK, cus="55501", bank="Banco Uno", decided_at=MORNING),
        pay(journal, "OB-2", *sent, Event.SEEN_NOT_AUTHORISED, cause="Fondos insuficientes"),
        pay(journal, "OB-3", *sent, Event.LEFT, gateway_id="900123"),
        pay(journal, "OB-4", Event.SENT, Event.REFUSED, error="limit"),
        pay(journal, "OB-5"),
    ]
    done = journal.record(many[0], Event.APPLIED, now=MORNING + timedelta(minutes=1), core_receipt="R-1")
    flagged = journal.flag(many[2], Review.NOT_OURS, now=MORNING, detail="amount_mismatch")
    case = pay(journal, "OB-6", *sent, Event.SEEN_FAILED, Event.SEEN_OK)
    closed = journal.settle(
        case, State.FAILED, by="gerente", reason="El banco lo reversó", evidence="Carta 118", now=MORNING
    )
    return [done, many[1], flagged, *many[3:], closed]


MUSEUM = Path(__file__).parent / "museum/journal-0002.sqlite"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite"


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    opened = Journal.open(path)
    yield opened
    opened.close()


# -- faults ------------------------------------------------------------------------------------


def test_a_whole_journal_has_no_faults(journal: Journal) -> None:
    assert journal.faults() == []
    fill(journal)
    assert journal.faults() == []


ALTERED = {
    "UPDATE events SET facts = replace(facts, '18500000', '100') WHERE seq = 1": "event 1 was altered",
    "UPDATE events SET state_after = 'DECLINED' WHERE seq = 3": "event 3 was altered",
    "UPDATE events SET at = '2026-03-02T14:15:00.000001Z' WHERE seq = 2": "event 2 was altered",
    "UPDATE events SET at = 'ayer' WHERE seq = 2": "event 2 was altered",
    "UPDATE events SET facts = '[]' WHERE seq = 1": "event 1 was altered",
    "DELETE FROM events WHERE seq = 2": "1 events are missing before event 3",
    "DELETE FROM events WHERE seq IN (1, 2)": "2 events are missing before event 3",
    "UPDATE events SET seq = 900 WHERE seq = 3": "event 900 was altered",
    "UPDATE events SET hash = prev_hash WHERE seq = 2": "event 3 does not follow event 2",
    "DELETE FROM events WHERE seq = (SELECT max(seq) FROM events)": "version is 5, its events say 4",
    "UPDATE payments SET state = 'POSTED' WHERE cus IS NULL": "state is POSTED, its events say PENDING",
    "UPDATE payments SET total_cents = 1": "total_cents is 1, its events say 18500000",
    "UPDATE payments SET cus = '1' WHERE cus IS NOT NULL": "cus is 1, its events say 55501",
    "UPDATE payments SET review = NULL": "review is None, its events say not_ours",
    "UPDATE payments SET version = 7 WHERE rowid = 1": "version is 7",
    "UPDATE payment_lines SET amount_cents = 1": "its lines are not those that were written",
    "DELETE FROM payment_lines WHERE obligation_id = 'OB-2'": "its lines are not those that were written",
    "DELETE FROM held_obligations": "it does not hold the obligations",
    "DELETE FROM payments WHERE rowid = 5": "is missing; its events are there",
    "INSERT INTO reference_days VALUES ('PAM01', '260302', 7)": "7 were given, 0 payments are there",
    "INSERT INTO second_debits VALUES ((SELECT payment_id FROM payments LIMIT 1), 'X', 'COP', 5, NULL, NULL,"
    " NULL, '2026-03-02 14:15:00.000000', NULL, NULL)": "second debit X of payment",
}


@pytest.mark.parametrize("statement", ALTERED)
def test_whatever_is_altered_is_named(path: Path, journal: Journal, statement: str) -> None:
    fill(journal)
    raw(path, *GUARDS, statement)
    said = journal.faults()
    assert any(ALTERED[statement] in fault for fault in said), said


def test_a_payment_removed_with_its_events_leaves_its_number_where_it_had_one(path: Path) -> None:
    shutil.copy(MUSEUM, path)
    journal = Journal.open(path)
    last = journal.by_reference("PAM012603020015")
    assert last
    tables = ("held_obligations", "payment_lines", "events", "payments")
    raw(path, *GUARDS, *(f"DELETE FROM {table} WHERE payment_id = '{last.payment_id}'" for table in tables))
    assert journal.faults() == ["references PAM01260302…: 15 were given, 14 payments are there"]
    journal.close()


def test_a_payment_removed_with_its_events_is_missed_by_the_witness(path: Path) -> None:
    witness = Witness(path.with_name("witness.json"))
    journal = Journal.open(path, witness=witness)
    last = fill(journal)[-1]
    journal.rest()
    tables = ("held_obligations", "payment_lines", "events", "payments")
    raw(path, *GUARDS, *(f"DELETE FROM {table} WHERE payment_id = '{last.payment_id}'" for table in tables))
    assert any("this terminal has written event" in fault for fault in journal.faults())
    journal.close()


@contextmanager
def filled() -> Iterator[tuple[Path, Journal]]:
    """A journal of its own for one example."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.sqlite"
        journal = Journal.open(path)
        fill(journal)
        yield path, journal
        journal.close()


@pytest.mark.longer
@settings(max_examples=examples(25, 150), deadline=None)
@given(st.randoms(use_true_random=False))
def test_no_edit_removal_or_swap_of_any_event_goes_unseen(chance: random.Random) -> None:
    with filled() as (path, journal):
        count = journal.head().seq  # type: ignore[union-attr]
        one, other = chance.sample(range(1, count + 1), 2)
        column = chance.choice(["payment_id", "at", "event", "state_after", "facts", "prev_hash", "hash"])
        values = [column, f"(SELECT {column} FROM events WHERE seq = {other})"]
        edit = chance.choice(["edit", "remove", "swap"])
        before = sqlite3.connect(path).execute("SELECT * FROM events ORDER BY seq").fetchall()
        if edit == "edit":
            raw(path, *GUARDS, f"UPDATE events SET {values[0]} = {values[1]} WHERE seq = {one}")
        elif edit == "remove":
            raw(path, *GUARDS, f"DELETE FROM events WHERE seq = {one}")
        else:
            moves = ((one, -1), (other, one), (-1, other))
            raw(path, *GUARDS, *(f"UPDATE events SET seq = {to} WHERE seq = {seq}" for seq, to in moves))
        after = sqlite3.connect(path).execute("SELECT * FROM events ORDER BY seq").fetchall()
        assert bool(journal.faults()) is (before != after)


def test_a_history_rewritten_as_a_whole_is_found_by_an_earlier_head(path: Path, journal: Journal) -> None:
    fill(journal)
    known = journal.head()
    assert known
    assert journal.holds(known)
    pay(journal, "OB-9")
    assert journal.holds(known)
    assert not journal.holds(Head(known.seq, "f" * 64))
    assert not journal.holds(Head(10**6, known.hash))


# -- rebuilding --------------------------------------------------------------------------------


def test_payments_are_rebuilt_from_their_events(path: Path, journal: Journal) -> None:
    before = fill(journal)
    raw(path, "UPDATE payments SET state = 'DECLINED', review = NULL, cus = NULL, version = 9",
        "UPDATE payment_lines SET amount_cents = 5", "DELETE FROM held_obligations",
        "UPDATE reference_days SET last = 1")  # fmt: skip
    assert journal.faults()
    assert journal.rebuild(now=MORNING) == len(before)
    assert journal.faults() == []
    for payment in before:
        again = journal.get(payment.payment_id)
        assert again.order == payment.order
        assert (again.state, again.review, again.cus, again.cause, again.error, again.version) == (
            payment.state, payment.review, payment.cus, payment.cause, payment.error, payment.version,
        )  # fmt: skip


def test_rows_that_are_gone_come_back_but_for_names(path: Path, journal: Journal) -> None:
    before = fill(journal)
    raw(path, "DELETE FROM held_obligations", "DELETE FROM payment_lines", "DELETE FROM payments",
        "DELETE FROM reference_days")  # fmt: skip
    journal.rebuild(now=MORNING)
    assert journal.faults() == []
    for payment in before:
        again = journal.get(payment.payment_id)
        assert (again.order, again.state, again.total) == (payment.order, payment.state, payment.total)
        assert again.payer.member_name == "—"
        assert again.next_ask_at is not None  # what has ended lately is looked at again
    assert pay(journal, "OB-77").reference not in [payment.reference for payment in before]
    raw(path, "DELETE FROM held_obligations", "DELETE FROM payment_lines", "DELETE FROM payments")
    journal.rebuild(now=MORNING + timedelta(days=3))
    for payment in before:
        again = journal.get(payment.payment_id)
        assert (again.next_ask_at is not None) is again.live


OPEN = (Event.SENT, Event.OPENED, Event.LEFT)


@pytest.mark.parametrize("steps", [1, 2, 3])
@pytest.mark.parametrize("review", list(Review))
@pytest.mark.parametrize("verdict", [State.FAILED, State.DECLINED, State.POSTED])
def test_a_verdict_frees_what_an_open_case_held(
    journal: Journal, steps: int, review: Review, verdict: State
) -> None:
    if review is Review.PAID_TWICE:
        return  # ends by its return alone
    payment = pay(journal, "OB-1")
    for event in OPEN[:steps]:
        payment = journal.record(payment, event, now=MORNING)
    flagged = journal.flag(payment, review, now=MORNING)
    said = {"by": "gerente", "reason": "r", "evidence": "e"}
    settled = journal.settle(flagged, verdict, now=MORNING, **said)
    assert (settled.state, settled.review) == (verdict, None)
    assert pay(journal, "OB-1").state is State.PREPARED
    assert journal.faults() == []


def test_events_that_are_not_whole_rebuild_nothing(path: Path, journal: Journal) -> None:
    fill(journal)
    raw(path, *GUARDS, "DELETE FROM events WHERE seq = 2", "UPDATE payments SET cus = 'x'")
    with pytest.raises(JournalUnusable, match="can not be believed"):
        journal.rebuild(now=MORNING)
    assert len(journal.find(cus="x")) == 6


# -- settling ----------------------------------------------------------------------------------


def test_only_a_flagged_payment_is_settled_and_it_is_an_event(journal: Journal) -> None:
    *_, plain, closed = fill(journal)
    told = {"by": "gerente", "reason": "r", "evidence": "e", "now": MORNING}
    with pytest.raises(ValueError, match="flagged"):
        journal.settle(plain, State.FAILED, **told)  # type: ignore[arg-type]
    assert (closed.state, closed.review) == (State.FAILED, None)
    entry = journal.events(closed.payment_id)[-1]
    assert (entry.event, entry.facts["by"], entry.facts["evidence"]) == ("settled", "gerente", "Carta 118")
    flagged = journal.flag(closed, Review.REVERSED, now=MORNING)
    for lacking in ("by", "reason", "evidence"):
        with pytest.raises(ValueError, match="needs"):
            journal.settle(flagged, State.FAILED, **told | {lacking: " "})  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="settles nothing"):
        journal.settle(flagged, State.PENDING, **told)  # type: ignore[arg-type]
    assert journal.settle(flagged, State.POSTED, **told).state is State.POSTED  # type: ignore[arg-type]


def test_settling_a_live_payment_frees_its_obligation(journal: Journal) -> None:
    held = journal.flag(pay(journal, "OB-1", Event.SENT, Event.LEFT), Review.LOST_CREATION, now=MORNING)
    journal.settle(held, State.FAILED, by="gerente", reason="No existe", evidence="Extracto", now=MORNING)
    assert pay(journal, "OB-1").live


# -- keeping -----------------------------------------------------------------------------------


def test_a_backup_is_taken_while_others_write(path: Path, journal: Journal, tmp_path: Path) -> None:
    fill(journal)
    copy = tmp_path / "backups" / "monday.sqlite"
    other = Journal.open(path)
    unfinished = pay(other, "OB-50")
    copy_as_it_is(path, copy)
    other.record(unfinished, Event.SENT, now=MORNING)
    other.close()
    assert copy.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in copy.parent.iterdir()] == ["monday.sqlite"]
    kept = Journal.open(copy)
    assert kept.faults() == []
    assert kept.get(unfinished.payment_id).state is State.PREPARED
    kept.close()
    copy_as_it_is(path, copy)  # the next one takes its place
    kept = Journal.open(copy)
    assert kept.get(unfinished.payment_id).state is State.REQUESTED
    kept.close()


def test_no_backup_is_written_over_the_journal(path: Path, journal: Journal) -> None:
    before = fill(journal)
    link, hard = path.with_name("link"), path.with_name("hard")
    link.symlink_to(path)
    hard.hardlink_to(path)
    for wrong in (path, Path(f"{path}-wal"), Path(f"{path}-shm"), link, hard, path.parent / "." / path.name):
        with pytest.raises(JournalUnusable, match="the journal itself"):
            copy_as_it_is(path, wrong)
    assert len(journal.find()) == len(before)
    assert journal.faults() == []


def test_a_damaged_journal_is_set_aside_and_none_is_made_in_its_place(path: Path) -> None:
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(JournalUnusable):
        Journal.open(path)
    aside = set_aside(path, now=MORNING)
    assert (aside.name, aside.read_bytes()[:14]) == (
        "journal.sqlite.damaged-20260302T141500Z",
        b"not a database",
    )
    with pytest.raises(JournalUnusable, match="was set aside"):
        Journal.open(path)
    assert not path.exists()
    create(path)
    Journal.open(path).close()
    with pytest.raises(JournalUnusable, match="a journal already"):
        create(path)


FULL_DISK = """
import resource, sys
from datetime import UTC, datetime
from pathlib import Path
from kiosk.journal.journal import Journal, JournalUnusable
path = Path(sys.argv[1])
journal = Journal.open(path)
now = datetime.now(UTC)
journal.beat("PAM01", now=now)
resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
try:
    journal.beat("PAM01", now=datetime.now(UTC))
except JournalUnusable as error:
    print("unusable:", error)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
journal.beat("PAM01", now=now)
print("faults:", journal.faults())
"""


def test_a_full_disk_is_found_by_a_beat(path: Path, journal: Journal) -> None:
    """In a process of its own, whose files may not grow: every write fails as on a full disk."""
    fill(journal)
    ran = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(path)], capture_output=True, text=True, check=True
    )
    unusable, faults = ran.stdout.splitlines()
    assert unusable.startswith(f"unusable: {path}: ")
    assert faults == "faults: []"


def test_migrations_go_up_and_down_with_data(path: Path) -> None:
    journal = Journal.open(path)
    before = fill(journal)
    journal.close()
    with pytest.raises(ValueError, match="0005, which is not newer than 0005"):
        downgrade(path, "0005", path.with_name("no-copy"))
    copy = path.with_name("copy.sqlite")
    downgrade(path, "0001", copy)
    columns = {row[1] for row in sqlite3.connect(path).execute("PRAGMA table_info(payments)")}
    assert "error" not in columns
    again = Journal.open(path)  # upgrades
    assert again.faults() == []
    assert [each.error for each in before if each.error] == ["limit"]
    assert [again.get(each.payment_id).error for each in before] == [each.error for each in before]
    assert [again.get(each.payment_id).state for each in before] == [each.state for each in before]
    again.close()
    with pytest.raises(ValueError, match="no schema"):
        downgrade(path, "9999", path.with_name("no-copy"))
    with pytest.raises(ValueError, match="there already"):
        downgrade(path, "0001", copy)
    assert not path.with_name("no-copy").exists()
    kept = Journal.open(copy)
    assert {each.payment_id for each in kept.find()} == {each.payment_id for each in before}
    assert kept.faults() == []
    kept.close()


def test_a_lines_name_is_vouched_for_too(path: Path, journal: Journal) -> None:
    payment = pay(journal, "OB-1")
    raw(path, "UPDATE payment_lines SET name = 'Otra cosa'")
    assert "its lines are not those" in " ".join(journal.faults())
    assert not journal.is_as_written(journal.get(payment.payment_id))
    journal.rebuild(now=MORNING)
    assert journal.faults() == []
    assert journal.get(payment.payment_id).order == payment.order


def test_a_lesser_flag_after_the_answer_outlives_the_change_of_rule(path: Path) -> None:
    journal = Journal.open(path)
    lost = journal.flag(pay(journal, "OB-1", Event.SENT, Event.LEFT), Review.LOST_CREATION, now=MORNING)
    answered = journal.record(lost, Event.SEEN_OK, now=MORNING, cus="88001")
    journal.flag(answered, Review.OTHER_ACCOUNT, now=MORNING, detail="another")
    journal.close()
    downgrade(path, "0004", path.with_name("copy.sqlite"))
    [was] = sqlite3.connect(path).execute("SELECT review FROM payments").fetchone()
    assert was == "lost_creation"
    again = Journal.open(path)
    assert again.get(lost.payment_id).review is Review.OTHER_ACCOUNT
    assert again.faults() == []
    again.close()


def test_an_answered_creation_follows_the_rule_of_each_version(path: Path) -> None:
    journal = Journal.open(path)
    lost = pay(journal, "OB-1", Event.SENT, Event.LEFT)
    lost = journal.flag(lost, Review.LOST_CREATION, now=MORNING)
    waits = journal.flag(pay(journal, "OB-2", Event.SENT, Event.LEFT), Review.LOST_CREATION, now=MORNING)
    answered = journal.record(lost, Event.SEEN_OK, now=MORNING, cus="88001")
    assert answered.review is None
    journal.close()
    downgrade(path, "0004", path.with_name("copy.sqlite"))
    rows = dict(sqlite3.connect(path).execute("SELECT payment_id, review FROM payments").fetchall())
    assert rows == {lost.payment_id: "lost_creation", waits.payment_id: "lost_creation"}
    again = Journal.open(path)
    assert again.get(lost.payment_id).review is None
    assert again.get(waits.payment_id).review is Review.LOST_CREATION
    assert again.faults() == []
    again.close()


def test_a_copy_keeps_the_schema_also_a_newer_one(path: Path) -> None:
    """What an older program does before the newer one is installed again."""
    journal = Journal.open(path)
    fill(journal)
    journal.close()
    with sqlite3.connect(path) as book:
        book.execute("UPDATE alembic_version SET version_num = 'r9999'")
    with pytest.raises(JournalUnusable, match="newer than this program"):
        Journal.open(path)
    with pytest.raises(JournalUnusable, match="newer than this program"):
        downgrade(path, "0001", path.with_name("no-copy"))
    copy = path.with_name("copy.sqlite")
    copy_as_it_is(path, copy)
    with sqlite3.connect(copy) as book:
        assert book.execute("SELECT version_num FROM alembic_version").fetchall() == [("r9999",)]


def test_what_is_written_meanwhile_makes_no_case(
    path: Path, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row and events are compared as they were at one moment, however many write."""
    payment = pay(journal, "OB-1", Event.SENT, Event.OPENED)
    other, compare = Journal.open(path), looking.is_as_written

    def between(connection: Connection, compared: Payment) -> bool:
        other.record(payment, Event.SEEN_OK, now=MORNING, cus="55501", decided_at=MORNING)
        return compare(connection, compared)

    monkeypatch.setattr(looking, "is_as_written", between)
    assert journal.is_as_written(payment)
    monkeypatch.undo()
    assert journal.is_as_written(other.get(payment.payment_id))
    other.close()
