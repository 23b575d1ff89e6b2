"""The journal against the world outside its file: keys, witness, a file that goes, copies put back, age."""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from counterparts import MORNING, PAYER, order

from kiosk.cooperative.payment import Event, Payment, Review, State
from kiosk.cooperative.standing import holds
from kiosk.journal.chain import canonical, event_hash
from kiosk.journal.errors import JournalUnusable
from kiosk.journal.journal import Journal
from kiosk.journal.keys import Key, Keyring
from kiosk.journal.opening import copy_as_it_is, create
from kiosk.journal.restore import Restored, restore
from kiosk.journal.witness import Witness

KEY, OTHER = Key(b"0123456789abcdef-ours"), Key(b"fedcba9876543210-other")
MUSEUM = Path(__file__).parent / "museum/journal-0002.sqlite"


class Terminal:
    """A journal, its witness outside, its receipts and its keys."""

    def __init__(self, folder: Path, key: Key | None = KEY, *former: Key) -> None:
        self.path = folder / "state/journal.sqlite"
        self.receipts = folder / "receipts"
        self.receipts.mkdir(exist_ok=True)
        self.witness = Witness(self.receipts / ".journal-witness.json", self.receipts)
        self.keys = Keyring(key, former)
        self.journal = self.open()

    def open(self) -> Journal:
        return Journal.open(self.path, self.keys, self.witness)

    def reopened(self, key: Key | None = KEY, *former: Key) -> Journal:
        self.journal.close()
        self.keys = Keyring(key, former)
        self.journal = self.open()
        return self.journal

    def pay(self, obligation: str, *more: Event) -> Payment:
        payment = self.journal.prepare(
            order(obligation), PAYER, terminal="PAM01", gateway="scripted", now=MORNING
        )
        for event in (Event.SENT, Event.OPENED, *more):
            payment = self.journal.record(payment, event, now=MORNING)
        return payment

    def count_or_refusal(self) -> int | str:
        try:
            book = self.open()
        except JournalUnusable as error:
            return str(error)
        count = len(book.find())
        book.close()
        return count

    def put_back(self, copy: Path) -> Restored:
        return restore(
            self.path, copy, keys=self.keys, witness=self.witness, receipts=self.receipts,
            now=MORNING + timedelta(hours=1),
        )  # fmt: skip


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    made = Terminal(tmp_path)
    yield made
    made.journal.close()


def altered(path: Path, *statements: str) -> None:
    """By somebody who can write the file and knows how it is made."""
    book = sqlite3.connect(path)
    for name in ("events_never_change", "events_never_go", "marks_never_change", "marks_never_go"):
        book.execute(f"DROP TRIGGER IF EXISTS {name}")
    for (name,) in book.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        book.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        book.execute(statement)
    book.commit()
    book.close()


def forge(path: Path, payment: Payment, *, strip: bool) -> None:
    """DECLINED becomes APPROVED with an invented CUS; every plain hash is made anew."""
    altered(path)
    book = sqlite3.connect(path)
    book.row_factory = sqlite3.Row
    previous = "0" * 64
    for row in book.execute("SELECT * FROM events ORDER BY seq").fetchall():
        values = dict(row)
        if row["payment_id"] == payment.payment_id and row["state_after"] == "DECLINED":
            facts = {"cus": "999999", "decided_at": "2026-03-02T14:20:00.000000Z"}
            values |= {"event": "seen_ok", "state_after": "APPROVED", "facts": canonical(facts)}
        values["prev_hash"] = previous
        previous = values["hash"] = event_hash(values)
        if strip:
            values["mac"] = values["key_id"] = None
        columns = ", ".join(f"{name} = :{name}" for name in values)
        book.execute(f"UPDATE events SET {columns} WHERE seq = :seq", values)
    book.execute(
        "UPDATE payments SET state = 'APPROVED', cus = '999999', decided_at = '2026-03-02 14:20:00.000000' "
        "WHERE payment_id = ?", (payment.payment_id,),
    )  # fmt: skip
    book.execute(
        "INSERT OR IGNORE INTO held_obligations SELECT obligation_id, payment_id FROM payment_lines "
        "WHERE payment_id = ?", (payment.payment_id,),
    )  # fmt: skip
    book.commit()
    book.close()


class TestKeys:
    def test_every_event_has_a_code_that_only_the_key_makes(self, terminal: Terminal) -> None:
        terminal.pay("OB-1", Event.SEEN_OK, Event.APPLIED)

        assert terminal.journal.faults() == []
        without = terminal.reopened(None, KEY)
        assert without.faults() == []

    @pytest.mark.parametrize("strip", [False, True])
    def test_an_approval_written_without_the_key_is_found(self, terminal: Terminal, strip: bool) -> None:
        payment = terminal.pay("OB-1", Event.SEEN_NOT_AUTHORISED)
        terminal.journal.rest()
        terminal.journal.close()
        forge(terminal.path, payment, strip=strip)
        terminal.witness.path.unlink()  # also where the witness went with it

        faults = terminal.open().faults()

        assert any("code" in fault for fault in faults), faults

    def test_codes_and_marks_that_were_all_taken_away_are_found_by_the_witness(
        self, terminal: Terminal
    ) -> None:
        terminal.pay("OB-1")
        terminal.journal.close()
        altered(terminal.path, "UPDATE events SET mac = NULL, key_id = NULL", "DELETE FROM marks")

        with pytest.raises(JournalUnusable, match=r"mark 1 of the journal|codes by the key"):
            terminal.open()

    def test_a_journal_of_before_is_keyed_once_and_goes_on(self, tmp_path: Path) -> None:
        terminal = Terminal(tmp_path, None)
        terminal.pay("OB-1")

        terminal.reopened(KEY)
        terminal.pay("OB-2")
        terminal.reopened(KEY)

        assert terminal.journal.faults() == []
        with terminal.journal._engine.connect() as connection:
            marks = connection.exec_driver_sql("SELECT mark, facts FROM marks").all()
        assert [mark for mark, _ in marks] == ["keyed"]
        assert json.loads(marks[0][1])["head"].startswith("3:")
        terminal.journal.close()

    def test_without_its_key_all_goes_on_but_new_payments(self, terminal: Terminal) -> None:
        open_one = terminal.pay("OB-1")
        journal = terminal.reopened(None)

        journal.record(open_one, Event.SEEN_OK, now=MORNING, cus="5")
        assert journal.get(open_one.payment_id).state is State.APPROVED
        with pytest.raises(JournalUnusable, match="renew-key"):
            terminal.pay("OB-2")
        assert any("no code" in fault for fault in journal.faults())

    def test_another_key_is_none_until_a_person_confirms_it(self, terminal: Terminal) -> None:
        open_one = terminal.pay("OB-1")
        journal = terminal.reopened(None)
        journal.record(open_one, Event.LEFT, now=MORNING)
        journal = terminal.reopened(OTHER, KEY)
        with pytest.raises(JournalUnusable, match="renew-key"):
            terminal.pay("OB-2")

        journal.renew_key(by="Sistemas", reason="disco nuevo", now=MORNING)

        terminal.pay("OB-2")
        assert journal.faults() == []
        assert any("not here" in fault for fault in terminal.reopened(OTHER).faults())

    def test_a_renewal_needs_a_person_and_another_key(self, terminal: Terminal) -> None:
        with pytest.raises(ValueError, match="another key"):
            terminal.journal.renew_key(by="Sistemas", reason="x", now=MORNING)
        journal = terminal.reopened(OTHER, KEY)
        with pytest.raises(ValueError, match="who"):
            journal.renew_key(by=" ", reason="x", now=MORNING)

    def test_a_witness_written_without_the_key_is_found(self, terminal: Terminal) -> None:
        terminal.pay("OB-1")
        terminal.journal.rest()
        said = json.loads(terminal.witness.path.read_text("utf-8"))
        terminal.witness.path.write_text(json.dumps(said | {"payments": 7}), "utf-8")

        assert any("witness" in fault for fault in terminal.journal.faults())

    def test_a_short_key_is_refused_and_none_is_shown(self) -> None:
        with pytest.raises(ValueError, match="16 bytes"):
            Key(b"short")
        assert "0123" not in repr(Keyring(KEY, (OTHER,)))


class TestWitness:
    @pytest.mark.parametrize("left", ["witness", "receipts"])
    def test_no_empty_journal_takes_the_place_of_one_that_is_gone(
        self, terminal: Terminal, left: str
    ) -> None:
        terminal.pay("OB-1")
        terminal.journal.close()
        shutil.rmtree(terminal.path.parent)
        if left == "receipts":
            terminal.witness.path.unlink()
            (terminal.receipts / "26030200000000000001-posted.pdf").touch()

        with pytest.raises(JournalUnusable, match="journal restore COPY"):
            terminal.open()
        assert not terminal.path.exists()
        with pytest.raises(JournalUnusable, match="confirm-loss"):
            create(terminal.path, terminal.witness)
        create(terminal.path, terminal.witness, confirm_loss=True)
        assert terminal.open().find() == []

    def test_a_terminal_that_never_wrote_begins_by_itself(self, tmp_path: Path) -> None:
        assert Terminal(tmp_path).journal.find() == []

    def test_an_older_copy_of_itself_is_noticed(self, terminal: Terminal, tmp_path: Path) -> None:
        terminal.pay("OB-1")
        copy_as_it_is(terminal.path, tmp_path / "copy")
        terminal.pay("OB-2")
        terminal.journal.close()
        for file in terminal.path.parent.iterdir():
            file.unlink()
        shutil.copy(tmp_path / "copy", terminal.path)

        with pytest.raises(JournalUnusable, match="older copy"):
            terminal.open()

    def test_a_lost_write_ahead_log_is_noticed(self, terminal: Terminal, tmp_path: Path) -> None:
        terminal.pay("OB-1")
        terminal.journal.rest()
        blocker = sqlite3.connect(terminal.path)  # somebody reads: nothing gets into the file itself
        blocker.execute("BEGIN")
        blocker.execute("SELECT count(*) FROM payments").fetchone()
        terminal.pay("OB-2")
        with terminal.journal._writing() as connection:
            terminal.witness.note(connection)
        shutil.copy(terminal.path, tmp_path / "alone")
        blocker.close()
        terminal.journal.close()
        for file in terminal.path.parent.glob("journal.sqlite*"):
            file.unlink()
        shutil.copy(tmp_path / "alone", terminal.path)

        with pytest.raises(JournalUnusable, match="write-ahead log"):
            terminal.open()

    @pytest.mark.whole_migrations  # a copy would be the same journal
    def test_another_terminals_journal_is_noticed(self, terminal: Terminal, tmp_path: Path) -> None:
        other = Terminal(tmp_path / "other") if (tmp_path / "other").mkdir() is None else None
        assert other is not None
        other.pay("OB-1")
        copy_as_it_is(other.path, tmp_path / "copy")
        other.journal.close()
        terminal.pay("OB-1")
        terminal.journal.close()
        for file in terminal.path.parent.iterdir():
            file.unlink()
        shutil.copy(tmp_path / "copy", terminal.path)

        with pytest.raises(JournalUnusable, match="another journal"):
            terminal.open()

    def test_a_rewritten_past_is_noticed_also_without_a_key(self, tmp_path: Path) -> None:
        terminal = Terminal(tmp_path, None)
        payment = terminal.pay("OB-1", Event.SEEN_NOT_AUTHORISED)
        terminal.journal.close()
        forge(terminal.path, payment, strip=False)

        with pytest.raises(JournalUnusable, match="rewritten"):
            terminal.open()

    def test_a_witness_that_can_not_be_read_is_said_and_kept(self, terminal: Terminal) -> None:
        terminal.journal.close()
        terminal.witness.path.write_text("{", "utf-8")

        with pytest.raises(JournalUnusable, match="witness can not be read"):
            terminal.open()


class TestTheFileUnderTheProgram:
    def test_nothing_is_written_into_a_file_that_was_removed(self, terminal: Terminal) -> None:
        payment = terminal.pay("OB-1")
        terminal.path.unlink()

        for deed in (
            lambda: terminal.journal.beat("PAM01", now=MORNING),
            lambda: terminal.pay("OB-2"),
            lambda: terminal.journal.record(payment, Event.SEEN_OK, now=MORNING),
        ):
            with pytest.raises(JournalUnusable, match="removed while"):
                deed()

    def test_nothing_is_written_into_a_file_that_was_replaced(
        self, terminal: Terminal, tmp_path: Path
    ) -> None:
        terminal.pay("OB-1")
        copy_as_it_is(terminal.path, tmp_path / "copy")
        (tmp_path / "copy").replace(terminal.path)

        with pytest.raises(JournalUnusable, match="replaced while"):
            terminal.journal.beat("PAM01", now=MORNING)

    def test_at_rest_all_is_in_the_file_itself(self, terminal: Terminal, tmp_path: Path) -> None:
        payment = terminal.pay("OB-1")
        terminal.journal.rest()
        shutil.copy(terminal.path, tmp_path / "alone")

        book = Journal.open(tmp_path / "alone", terminal.keys)
        assert book.get(payment.payment_id) == terminal.journal.get(payment.payment_id)
        book.close()


class TestRestore:
    def test_a_copy_comes_back_in_an_epoch_of_its_own(self, terminal: Terminal, tmp_path: Path) -> None:
        kept = terminal.pay("OB-1")
        copy_as_it_is(terminal.path, tmp_path / "copy")
        gone = terminal.pay("OB-2")
        (terminal.receipts / f"{gone.reference}-posted.pdf").touch()
        terminal.journal.close()

        done = terminal.put_back(tmp_path / "copy")

        assert (done.payments, done.epoch, done.missing) == (1, 2, (gone.reference,))
        assert done.since == MORNING
        assert done.aside is not None
        assert Journal.open(done.aside, terminal.keys).get(gone.payment_id).reference == gone.reference
        journal = terminal.reopened()
        assert journal.get(kept.payment_id) == kept
        assert journal.faults() == []
        assert terminal.pay("OB-2").reference != gone.reference
        with journal._engine.connect() as connection:
            [(facts,)] = connection.exec_driver_sql("SELECT facts FROM marks WHERE mark = 'restored'").all()
        assert json.loads(facts)["head"].startswith("3:")

    def test_the_same_copy_twice_is_two_epochs(self, terminal: Terminal, tmp_path: Path) -> None:
        terminal.pay("OB-1")
        copy_as_it_is(terminal.path, tmp_path / "copy")
        terminal.journal.close()

        assert [terminal.put_back(tmp_path / "copy").epoch for _ in range(2)] == [2, 3]
        assert terminal.reopened().faults() == []

    def test_what_was_there_does_not_come_back_by_itself(self, terminal: Terminal, tmp_path: Path) -> None:
        terminal.pay("OB-1")
        copy_as_it_is(terminal.path, tmp_path / "copy")
        terminal.pay("OB-2")
        terminal.journal.close()
        done = terminal.put_back(tmp_path / "copy")
        assert done.aside is not None
        terminal.path.unlink()
        shutil.copy(done.aside, terminal.path)

        with pytest.raises(JournalUnusable, match="epoch 1"):
            terminal.open()

    def test_it_is_refused_while_somebody_has_it_open(self, terminal: Terminal, tmp_path: Path) -> None:
        terminal.pay("OB-1")
        copy_as_it_is(terminal.path, tmp_path / "copy")

        with pytest.raises(JournalUnusable, match="systemctl stop"):
            terminal.put_back(tmp_path / "copy")
        assert terminal.journal.faults() == []

    @pytest.mark.parametrize("spoil", ["cut", "altered", "empty", "foreign", "nowhere"])
    def test_a_copy_that_is_not_whole_changes_nothing(
        self, terminal: Terminal, tmp_path: Path, spoil: str
    ) -> None:
        payment, copy = terminal.pay("OB-1"), tmp_path / "copy"
        copy_as_it_is(terminal.path, copy)
        terminal.journal.close()
        if spoil == "cut":
            copy.write_bytes(copy.read_bytes()[:20_000])
        elif spoil == "altered":
            altered(copy, 'UPDATE events SET facts = \'{"cus":"7"}\' WHERE seq = 2')
        elif spoil == "empty":
            copy.write_bytes(b"")
        elif spoil == "foreign":
            copy.write_bytes(b"a letter")
        else:
            copy.unlink()

        with pytest.raises(JournalUnusable):
            terminal.put_back(copy)

        assert terminal.reopened().get(payment.payment_id) == payment
        assert not list(terminal.path.parent.glob("*.new*"))

    def test_killed_at_any_moment_it_leaves_one_of_the_two_and_can_be_ended(
        self, terminal: Terminal, tmp_path: Path
    ) -> None:
        terminal.pay("OB-1")
        copy_as_it_is(terminal.path, tmp_path / "copy")
        terminal.pay("OB-2")
        terminal.journal.close()
        script = f"""
import sys, threading, os, time
sys.path.insert(0, {str(Path(__file__).parent)!r})
from pathlib import Path
from datetime import timedelta
from counterparts import MORNING
from kiosk.journal.keys import Key, Keyring
from kiosk.journal.restore import restore
from kiosk.journal.witness import Witness
receipts = Path({str(terminal.receipts)!r})
witness = Witness(receipts / ".journal-witness.json", receipts)
print("ready", flush=True)
restore(Path({str(terminal.path)!r}), Path({str(tmp_path / "copy")!r}), keys=Keyring(Key({KEY.secret!r})),
        witness=witness, receipts=receipts, now=MORNING + timedelta(hours=1))
"""
        for pause in (0, 0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2):
            child = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
            time.sleep(pause)
            child.send_signal(signal.SIGKILL)
            child.wait()
            child.stdout.close()
            assert terminal.path.exists()
            count = terminal.count_or_refusal()
            assert count in (1, 2) or "restore COPY" in str(count)
        done = terminal.put_back(tmp_path / "copy")
        assert done.payments == 1
        assert terminal.reopened().faults() == []


class TestTheMuseum:
    """A journal as an earlier version left it."""

    @pytest.fixture
    def old(self, tmp_path: Path) -> Path:
        path = tmp_path / "journal.sqlite"
        shutil.copy(MUSEUM, path)
        return path

    @pytest.mark.parametrize("key", [None, KEY])
    def test_it_opens_verifies_and_goes_on(self, old: Path, tmp_path: Path, key: Key | None) -> None:
        witness = Witness(tmp_path / "witness.json")
        book = Journal.open(old, Keyring(key), witness)
        try:
            assert book.faults() == []
            assert len(book.find()) == 15
            payment = book.prepare(order("NEW"), PAYER, terminal="PAM01", gateway="placetopay", now=MORNING)
            book.record(payment, Event.SENT, now=MORNING)
            for each in book.unresolved():
                if each.state is State.PENDING:
                    book.record(each, Event.SEEN_OK, now=MORNING, cus="88001")
            assert book.faults() == []
            assert book.rebuild(now=MORNING) == 16
            assert book.faults() == []
        finally:
            book.close()

    def test_what_is_disputed_holds_its_debts_from_now_on(self, old: Path) -> None:
        book = Journal.open(old)
        try:
            late = [each for each in book.find() if each.review is Review.LATE_APPROVAL]
            with book._engine.connect() as connection:
                held = {
                    row[0] for row in connection.exec_driver_sql("SELECT payment_id FROM held_obligations")
                }
            by_rule = {each.payment_id for each in book.find() if holds(each.state, each.review)}
            assert held == by_rule
            assert {each.payment_id for each in late} <= held
        finally:
            book.close()

    def test_it_goes_back_to_the_older_version_and_comes_again(self, old: Path, tmp_path: Path) -> None:
        from kiosk.journal.opening import downgrade

        Journal.open(old, Keyring(KEY)).close()
        downgrade(old, "0002", tmp_path / "before")

        book = Journal.open(old, Keyring(KEY))
        assert len(book.find()) == 15
        assert not [fault for fault in book.faults() if "code" not in fault]
        book.close()


def test_the_lock_is_private(terminal: Terminal) -> None:
    terminal.pay("OB-1")
    for file in terminal.path.parent.iterdir():
        assert file.stat().st_mode & 0o077 == 0, file.name
