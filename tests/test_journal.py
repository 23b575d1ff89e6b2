"""The book of record, on real files."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from counterparts import MORNING, PAYER, order, together
from hypothesis import given, settings
from hypothesis import strategies as st

import kiosk.journal
from kiosk.cooperative.money import Money
from kiosk.cooperative.order import Order
from kiosk.cooperative.payment import Event, Payment, Review, State
from kiosk.journal.errors import JournalUnusable, ObligationHeld, Stale, UnknownPayment
from kiosk.journal.journal import Journal
from kiosk.journal.tables import REVISIONS, metadata

LATER = MORNING + timedelta(minutes=7)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite"


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    opened = Journal.open(path)
    yield opened
    opened.close()


def prepare(journal: Journal, *obligations: str, now: datetime = MORNING, terminal: str = "PAM01") -> Payment:
    return journal.prepare(order(*obligations), PAYER, terminal=terminal, gateway="scripted", now=now)


def tell(journal: Journal, payment: Payment, *events: Event) -> Payment:
    for event in events:
        payment = journal.record(payment, event, now=MORNING)
    return payment


def words(journal: Journal, payment: Payment) -> list[str]:
    return [entry.event for entry in journal.events(payment.payment_id)]


def raw(path: Path, *statements: str) -> list[tuple[object, ...]]:
    """What another program does to the file."""
    connection = sqlite3.connect(path)
    try:
        rows = [row for statement in statements for row in connection.execute(statement).fetchall()]
        connection.commit()
        return rows
    finally:
        connection.close()


class TestOpening:
    def test_a_new_journal_is_private_and_durable(self, path: Path, journal: Journal) -> None:
        prepare(journal)
        for file in path.parent.iterdir():
            assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name
        with journal._engine.connect() as connection:
            pragmas = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in
                       ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")}  # fmt: skip
        assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}

    def test_nothing_is_left_beside_it(self, path: Path, journal: Journal) -> None:
        journal.close()
        left = sorted(file.name for file in path.parent.iterdir())
        assert left == [path.name, f"{path.name}.lock"]

    def test_what_was_written_is_there_after_a_restart(self, path: Path, journal: Journal) -> None:
        payment = tell(journal, prepare(journal), Event.SENT)
        journal.close()
        again = Journal.open(path)
        assert again.get(payment.payment_id) == payment
        again.close()

    def test_a_file_that_others_could_read_is_closed_to_them(self, path: Path, journal: Journal) -> None:
        journal.close()
        path.chmod(0o644)
        Journal.open(path).close()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def test_opening_at_the_newest_schema_does_not_load_alembic(self, path: Path, journal: Journal) -> None:
        journal.close()
        code = (
            "import sys; from pathlib import Path; from kiosk.journal.journal import Journal;"
            "Journal.open(Path(sys.argv[1])).close(); print('alembic' in sys.modules)"
        )
        root = Path(kiosk.journal.__file__).parents[2]
        done = subprocess.run(
            [sys.executable, "-c", code, str(path)], cwd=root, capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == "False"

    def test_two_that_create_it_at_once_share_one(self, path: Path) -> None:
        first, second = together(lambda: Journal.open(path), lambda: Journal.open(path))
        assert isinstance(first, Journal)
        assert isinstance(second, Journal)
        payment = prepare(first)
        assert second.get(payment.payment_id) == payment
        first.close()
        second.close()
        left = sorted(file.name for file in path.parent.iterdir())
        assert left == [path.name, f"{path.name}.lock"]

    def test_the_migrations_end_where_the_tables_are(self, journal: Journal) -> None:
        config = Config()
        config.set_main_option("script_location", str(Path(kiosk.journal.__file__).parent / "migrations"))
        scripts = ScriptDirectory.from_config(config)
        assert tuple(script.revision for script in scripts.walk_revisions())[::-1] == REVISIONS
        with journal._engine.connect() as connection:
            assert compare_metadata(MigrationContext.configure(connection), metadata) == []


class TestUnusable:
    """A journal that can not be trusted is refused with a reason, and left as it is."""

    @pytest.fixture
    def closed(self, path: Path) -> Path:
        journal = Journal.open(path)
        for number in range(40):
            prepare(journal, f"OB-{number}")
        journal.close()
        return path

    def refused(self, path: Path, reason: str) -> None:
        before = path.read_bytes()
        with pytest.raises(JournalUnusable, match=reason) as caught:
            Journal.open(path)
        assert str(path) in str(caught.value)
        assert path.read_bytes() == before

    def test_no_database_at_all(self, path: Path) -> None:
        path.write_text("esto no es una bitácora " * 100, encoding="utf-8")
        self.refused(path, "not a database")

    def test_pages_overwritten(self, closed: Path) -> None:
        with closed.open("r+b") as file:
            file.seek(4096)
            file.write(os.urandom(3 * 4096))
        self.refused(closed, r"damaged|malformed")

    def test_cut_short(self, closed: Path) -> None:
        os.truncate(closed, closed.stat().st_size // 2)
        self.refused(closed, r"damaged|malformed")

    def test_emptied(self, closed: Path) -> None:
        os.truncate(closed, 0)
        self.refused(closed, "empty")

    def test_gone_while_its_log_is_there(self, closed: Path) -> None:
        closed.rename(closed.with_name(closed.name + "-wal"))
        with pytest.raises(JournalUnusable, match="missing"):
            Journal.open(closed)
        assert not closed.exists()

    def test_someone_elses_database(self, path: Path) -> None:
        raw(path, "CREATE TABLE songs (title TEXT)")
        path.chmod(0o600)
        raw(path, "PRAGMA journal_mode = WAL")
        self.refused(path, "not a journal")

    def test_a_newer_schema(self, closed: Path) -> None:
        raw(closed, "UPDATE alembic_version SET version_num = '9999'")
        self.refused(closed, "newer")

    def test_one_that_can_not_be_written(self, closed: Path) -> None:
        # A write version above 2 makes a file read-only to SQLite, for root as well.
        with closed.open("r+b") as file:
            file.seek(18)
            file.write(b"\x03")
        self.refused(closed, "readonly")

    def test_a_folder_and_a_place_that_can_not_be(self, tmp_path: Path) -> None:
        with pytest.raises(JournalUnusable, match="not a file"):
            Journal.open(tmp_path)
        (tmp_path / "file").touch()
        with pytest.raises(JournalUnusable, match="file"):
            Journal.open(tmp_path / "file" / "journal.sqlite")

    def test_a_disk_that_fills_up_later(self, path: Path) -> None:
        journal = Journal.open(path)
        payment = prepare(journal)
        journal._engine.dispose()
        sa.event.listen(
            journal._engine, "connect", lambda connection, _: connection.execute("PRAGMA max_page_count = 1")
        )
        with pytest.raises(JournalUnusable, match="full"):
            [prepare(journal, f"OB-{number}") for number in range(1000)]
        assert journal.get(payment.payment_id) == payment
        assert journal.faults() == []
        journal.close()


class TestPreparing:
    def test_it_comes_back_exactly(self, journal: Journal) -> None:
        payment = journal.prepare(
            order("OB-1", "OB-2", pesos="92500.75"), PAYER, terminal="PAM01", gateway="scripted", now=MORNING
        )
        assert payment.state is State.PREPARED
        assert payment.total == Money.of("185001.50")
        assert payment.created_at == MORNING
        assert re.fullmatch(
            r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", payment.payment_id
        )
        assert journal.get(payment.payment_id) == payment
        assert journal.by_reference(payment.reference) == payment

    def test_references_are_the_bogota_day_and_digits_drawn_by_lot(self, journal: Journal) -> None:
        midnight = datetime(2026, 3, 3, 5, 0, tzinfo=UTC)
        times = [midnight - timedelta(minutes=2), midnight - timedelta(minutes=1), midnight]
        found = [prepare(journal, f"OB-{n}", now=now).reference for n, now in enumerate(times)]
        assert [each[:6] for each in found] == ["260302", "260302", "260303"]
        assert all(re.fullmatch(r"[1-9][0-9]{19}", each) for each in found)

    def test_a_journal_that_is_lost_or_cloned_repeats_no_reference(self, tmp_path: Path) -> None:
        found = []
        for number in range(40):
            book = Journal.open(tmp_path / f"{number}.sqlite")
            found += [prepare(book, f"OB-{each}").reference for each in range(5)]
            book.close()
        assert len(set(found)) == len(found) == 200

    def test_a_reference_that_was_drawn_before_is_drawn_again(
        self, journal: Journal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        drawn = iter([7, 7, 8])
        monkeypatch.setattr("kiosk.journal.intent.secrets.randbelow", lambda _: next(drawn))
        found = [prepare(journal, f"OB-{number}").reference for number in range(2)]
        assert found == ["26030200000000000007", "26030200000000000008"]

    def test_any_zone_is_the_same_instant(self, journal: Journal) -> None:
        bogota = MORNING.astimezone(timezone(timedelta(hours=-5)))
        payment = prepare(journal, now=bogota)
        assert journal.get(payment.payment_id).created_at == MORNING
        assert journal.get(payment.payment_id).created_at.utcoffset() == timedelta(0)

    def test_a_time_without_a_zone_is_no_time(self, journal: Journal) -> None:
        with pytest.raises(ValueError, match="aware"):
            prepare(journal, now=datetime(2026, 3, 2, 9, 15))  # noqa: DTZ001
        assert journal.find() == []

    @pytest.mark.parametrize("terminal", ["", "PAM-01", "PAM 01", "ÑAM01", "PAM0123456789"])
    def test_a_terminal_that_can_not_start_a_reference(self, journal: Journal, terminal: str) -> None:
        with pytest.raises(ValueError, match="terminal"):
            prepare(journal, terminal=terminal)

    def test_the_first_entry_vouches_for_amounts_and_names_nobody(self, journal: Journal) -> None:
        payment = prepare(journal, "OB-1", "OB-2")
        (entry,) = journal.events(payment.payment_id)
        assert (entry.event, entry.before, entry.after) == ("prepared", None, State.PREPARED)
        assert [line[:3] for line in entry.facts["lines"]] == [
            ["OB-1", "overdue", 18500000], ["OB-2", "overdue", 18500000],
        ]  # fmt: skip
        assert entry.facts["total_cents"] == 37000000
        assert "Marta" not in json.dumps(dict(entry.facts))


class TestHolding:
    def test_a_second_payment_is_refused_and_the_first_is_named(self, journal: Journal) -> None:
        first = prepare(journal, "OB-1", "OB-2")
        with pytest.raises(ObligationHeld) as caught:
            prepare(journal, "OB-3", "OB-2")
        assert caught.value.payment == first
        assert prepare(journal, "OB-3").order.obligation_ids == ["OB-3"]

    @pytest.mark.parametrize(
        ("events", "held"),
        [
            ([Event.SENT], True),
            ([Event.SENT, Event.OPENED], True),
            ([Event.SENT, Event.LEFT], True),
            ([Event.SENT, Event.SEEN_OK], True),
            ([Event.SENT, Event.SEEN_OK, Event.APPLIED], False),
            ([Event.SENT, Event.SEEN_NOT_AUTHORISED], False),
            ([Event.SENT, Event.REFUSED], False),
            ([Event.LEFT], False),
        ],
    )
    def test_only_live_payments_hold(self, journal: Journal, events: list[Event], held: bool) -> None:
        first = tell(journal, prepare(journal), *events)
        assert first.live is held
        if held:
            with pytest.raises(ObligationHeld):
                prepare(journal)
        else:
            assert prepare(journal).state is State.PREPARED

    def test_the_table_itself_knows_the_rule(self, path: Path, journal: Journal) -> None:
        payment = prepare(journal)
        with pytest.raises(sqlite3.IntegrityError):
            raw(path, f"INSERT INTO held_obligations VALUES ('OB-881', '{payment.payment_id}')")

    def test_of_many_at_once_one_gets_it(self, path: Path, journal: Journal) -> None:
        other = Journal.open(path)
        results = together(*(lambda book=book: prepare(book) for book in [journal, other] * 4))
        other.close()
        assert sum(isinstance(result, Payment) for result in results) == 1
        assert sum(isinstance(result, ObligationHeld) for result in results) == 7
        assert len(journal.find()) == 1
        assert journal.faults() == []

    def test_many_different_ones_at_once_all_get_their_own_reference(
        self, path: Path, journal: Journal
    ) -> None:
        other = Journal.open(path)
        results = together(
            *(lambda book=book, n=n: prepare(book, f"OB-{n}") for n, book in enumerate([journal, other] * 5))
        )
        other.close()
        assert all(isinstance(result, Payment) for result in results), results
        assert len({payment.reference for payment in journal.find()}) == 10
        assert journal.faults() == []


class TestRecording:
    def test_each_event_is_an_entry_and_a_version(self, journal: Journal) -> None:
        payment = prepare(journal)
        payment = journal.record(payment, Event.SENT, now=MORNING, next_ask_at=LATER)
        payment = journal.record(
            payment, Event.OPENED, now=LATER, gateway_id="7", redirect_url="https://b.example/7"
        )
        assert (payment.state, payment.version, payment.changed_at) == (State.AT_BANK, 2, LATER)
        assert (payment.gateway_id, payment.redirect_url) == ("7", "https://b.example/7")
        assert payment.next_ask_at == LATER
        assert words(journal, payment) == ["prepared", "sent", "opened"]
        assert journal.get(payment.payment_id) == payment

    def test_whoever_read_an_older_version_is_told(self, journal: Journal) -> None:
        payment = tell(journal, prepare(journal), Event.SENT)
        approved = tell(journal, payment, Event.SEEN_OK)
        for event in (Event.SEEN_NOT_AUTHORISED, Event.LEFT, Event.SEEN_PENDING):
            with pytest.raises(Stale):
                journal.record(payment, event, now=MORNING)
        with pytest.raises(Stale):
            journal.flag(payment, Review.NOT_OURS, now=MORNING)
        with pytest.raises(Stale):
            journal.note_ask(payment, now=MORNING, next_ask_at=None)
        assert journal.get(payment.payment_id) == approved

    def test_of_many_that_record_the_same_one_moves_it(self, path: Path, journal: Journal) -> None:
        other = Journal.open(path)
        payment = tell(journal, prepare(journal), Event.SENT)
        results = together(
            *(lambda book=book: tell(book, payment, Event.SEEN_OK) for book in [journal, other] * 4)
        )
        other.close()
        assert sum(isinstance(result, Payment) for result in results) == 1
        assert sum(isinstance(result, Stale) for result in results) == 7
        assert words(journal, payment) == ["prepared", "sent", "seen_ok"]

    def test_no_news_leave_no_entry(self, journal: Journal) -> None:
        payment = tell(journal, prepare(journal), Event.SENT, Event.LEFT)
        payment = journal.record(payment, Event.SEEN_PENDING, now=MORNING, cus="55501")
        again = journal.record(payment, Event.SEEN_PENDING, now=LATER, cus="55501")
        assert again == payment
        assert words(journal, payment) == ["prepared", "sent", "left", "seen_pending"]
        asked = journal.record(payment, Event.SEEN_PENDING, now=LATER, asks=3, next_ask_at=LATER)
        assert (asked.asks, asked.next_ask_at, asked.version) == (3, LATER, payment.version)
        assert len(words(journal, payment)) == 4

    def test_a_fact_given_replaces_and_none_takes_away(self, journal: Journal) -> None:
        payment = tell(journal, prepare(journal), Event.SENT)
        payment = journal.record(payment, Event.LEFT, now=MORNING, cause="no_answer", bank="BANCO UNO")
        payment = journal.record(payment, Event.SEEN_OK, now=MORNING, cause=None, decided_at=LATER)
        assert (payment.cause, payment.bank, payment.decided_at) == (None, "BANCO UNO", LATER)
        facts = journal.events(payment.payment_id)[-1].facts
        assert facts == {"cause": None, "decided_at": "2026-03-02T14:22:00.000000Z"}

    def test_the_banks_address_is_in_no_entry_and_gone_at_the_end(self, journal: Journal) -> None:
        payment = tell(journal, prepare(journal), Event.SENT)
        payment = journal.record(
            payment, Event.OPENED, now=MORNING, redirect_url="https://b.example/secret", next_ask_at=LATER
        )
        payment = tell(journal, payment, Event.SEEN_FAILED)
        assert (payment.redirect_url, payment.next_ask_at) == (None, None)
        assert not [entry for entry in journal.events(payment.payment_id) if "secret" in str(entry.facts)]

    def test_an_unexpected_event_keeps_the_state_and_flags_it_once(self, journal: Journal) -> None:
        payment = tell(journal, prepare(journal), Event.APPLIED, Event.APPLIED)
        assert (payment.state, payment.review) == (State.PREPARED, Review.UNEXPECTED)
        assert words(journal, payment) == ["prepared", "applied"]

    def test_the_gravest_flag_stays_and_every_flag_is_written(self, journal: Journal) -> None:
        payment = tell(journal, prepare(journal), Event.SENT)
        payment = journal.flag(payment, Review.LOST_CREATION, now=MORNING)
        payment = journal.flag(payment, Review.NOT_OURS, now=MORNING, detail="amount_mismatch")
        payment = journal.flag(payment, Review.NOT_OURS, now=LATER, detail="amount_mismatch")
        payment = journal.flag(payment, Review.UNEXPECTED, now=MORNING)
        assert payment.review is Review.NOT_OURS
        told = [dict(entry.facts) for entry in journal.events(payment.payment_id)[2:]]
        assert told == [
            {"review": "lost_creation"},
            {"review": "not_ours", "detail": "amount_mismatch"},
            {"review": "unexpected"},
        ]

    def test_a_flag_can_come_with_an_event(self, journal: Journal) -> None:
        payment = tell(journal, prepare(journal), Event.SENT, Event.SEEN_OK)
        payment = journal.record(
            payment, Event.APPLIED, now=MORNING, core_receipt="R-1", review=Review.NOT_APPLIED
        )
        assert (payment.state, payment.core_receipt, payment.review) == (
            State.POSTED,
            "R-1",
            Review.NOT_APPLIED,
        )

    def test_asking_is_counted_without_an_entry_and_only_one_gets_through(self, journal: Journal) -> None:
        payment = tell(journal, prepare(journal), Event.SENT)
        asked = journal.note_ask(payment, now=MORNING, next_ask_at=LATER)
        assert asked == replace(payment, asks=1, next_ask_at=LATER)
        with pytest.raises(Stale):
            journal.note_ask(payment, now=MORNING, next_ask_at=MORNING)
        assert journal.get(payment.payment_id) == asked
        assert tell(journal, payment, Event.LEFT).next_ask_at == LATER, "an event does not undo it"

    def test_of_many_that_claim_the_same_one_gets_it(self, path: Path, journal: Journal) -> None:
        payment = prepare(journal)
        second = Journal.open(path)
        results = together(*(lambda by=by: by.claim(payment, until=LATER) for by in [journal, second] * 4))
        second.close()
        (claimed,) = [result for result in results if isinstance(result, Payment)]
        assert [type(result) for result in results].count(Stale) == len(results) - 1
        assert (claimed.next_ask_at, claimed.asks, claimed.version) == (LATER, 0, payment.version)
        assert [entry.event for entry in journal.events(payment.payment_id)] == ["prepared"]
        with pytest.raises(Stale):
            journal.claim(payment, until=LATER + timedelta(minutes=5))
        assert journal.claim(claimed, until=LATER + timedelta(minutes=5)).next_ask_at != LATER

    def test_what_does_not_exist(self, journal: Journal) -> None:
        ghost = replace(prepare(journal), payment_id="00000000-0000-4000-8000-000000000000")
        with pytest.raises(UnknownPayment):
            journal.get(ghost.payment_id)
        with pytest.raises(UnknownPayment):
            journal.record(ghost, Event.SENT, now=MORNING)
        assert journal.by_reference("PAM019901010001") is None
        assert journal.events(ghost.payment_id) == []

    def test_settling_takes_more_than_an_event(self, journal: Journal) -> None:
        with pytest.raises(ValueError, match="verdict"):
            journal.record(prepare(journal), Event.SETTLED, now=MORNING)


class TestFinding:
    def test_a_member_sees_live_ones_first_then_the_newest(self, journal: Journal) -> None:
        times = [MORNING + timedelta(days=day) for day in range(4)]
        oldest, second, third, newest = (prepare(journal, f"OB-{n}", now=now) for n, now in enumerate(times))
        for payment in (second, newest):
            tell(journal, payment, Event.SENT, Event.SEEN_NOT_AUTHORISED)
        other = replace(PAYER, member_id="M-0008")
        journal.prepare(order("OB-9"), other, terminal="PAM01", gateway="scripted", now=MORNING)
        found = [payment.payment_id for payment in journal.of_member("M-0007")]
        assert found == [payment.payment_id for payment in (third, oldest, newest, second)]
        assert [payment.payment_id for payment in journal.of_member("M-0007", limit=2)] == found[:2]

    def test_due_are_live_ones_whose_time_has_come(self, journal: Journal) -> None:
        def sent(name: str, minutes: int, *events: Event) -> Payment:
            payment = journal.record(
                prepare(journal, name),
                Event.SENT,
                now=MORNING,
                next_ask_at=MORNING + timedelta(minutes=minutes),
            )
            return tell(journal, payment, *events)

        second, first = sent("OB-1", 2), sent("OB-2", 1, Event.SEEN_OK)
        sent("OB-3", 3)
        sent("OB-4", 1, Event.SEEN_FAILED)
        prepare(journal, "OB-5")
        assert journal.due(MORNING) == []
        assert journal.due(MORNING + timedelta(minutes=2)) == [first, second]
        assert journal.due(MORNING + timedelta(minutes=2), limit=1) == [first]
        assert journal.due(MORNING + timedelta(minutes=2), states=[State.APPROVED, State.POSTED]) == [first]

    def test_unresolved_are_the_live_and_the_flagged(self, journal: Journal) -> None:
        late = tell(journal, prepare(journal, "OB-1"), Event.SENT, Event.SEEN_FAILED, Event.SEEN_OK)
        tell(journal, prepare(journal, "OB-2"), Event.SENT, Event.SEEN_FAILED)
        live = prepare(journal, "OB-3", now=LATER)
        assert late.review is Review.LATE_APPROVAL
        assert journal.unresolved() == [late, live]

    def test_by_tracking_code_and_by_text(self, journal: Journal) -> None:
        first = tell(journal, prepare(journal, "OB-1"), Event.SENT)
        first = journal.record(first, Event.SEEN_OK, now=MORNING, cus="55501", gateway_id="900123")
        second = prepare(journal, "OB-2", now=LATER)
        assert journal.find(cus="55501") == [first]
        assert journal.find(cus="5550") == []
        assert journal.find(text="900123") == [first]
        assert journal.find(text="rincón") == [second, first]
        assert journal.find(text=second.reference.lower()) == [second]
        assert journal.find(text="%") == []
        assert journal.find(cus="55501", text=second.reference) == []


class TestChain:
    def test_each_entry_names_the_one_before(self, journal: Journal) -> None:
        first, second = prepare(journal, "OB-1"), prepare(journal, "OB-2")
        tell(journal, first, Event.SENT, Event.SEEN_OK)
        entries = sorted(
            journal.events(first.payment_id) + journal.events(second.payment_id), key=lambda entry: entry.seq
        )
        assert [entry.seq for entry in entries] == [1, 2, 3, 4]
        assert [entry.prev_hash for entry in entries] == ["0" * 64] + [entry.hash for entry in entries[:-1]]
        assert journal.faults() == []

    @pytest.mark.parametrize(
        "statement", ["UPDATE events SET facts = '{}'", "DELETE FROM events WHERE seq = 1"]
    )
    def test_the_database_refuses_to_change_what_happened(
        self, path: Path, journal: Journal, statement: str
    ) -> None:
        tell(journal, prepare(journal), Event.SENT)
        with pytest.raises(sqlite3.IntegrityError, match="only grow"):
            raw(path, statement)
        assert journal.faults() == []


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journal]:
    opened = Journal.open(tmp_path_factory.mktemp("shared") / "journal.sqlite")
    yield opened
    opened.close()


class TestAnyOrder:
    numbers = iter(range(10**9))

    @settings(max_examples=25, deadline=None)
    @given(st.lists(st.integers(min_value=1, max_value=10**13), min_size=1, max_size=20))
    def test_amounts_come_back_to_the_cent(self, shared: Journal, cents: list[int]) -> None:
        lines = order(*(f"OB-{next(self.numbers)}" for _ in cents)).lines
        wanted = Order(
            tuple(
                replace(line, amount=Money.of(f"{amount // 100}.{amount % 100:02d}"))
                for line, amount in zip(lines, cents, strict=True)
            )
        )
        payment = shared.prepare(wanted, PAYER, terminal="PAM01", gateway="scripted", now=MORNING)
        assert shared.get(payment.payment_id).order == wanted
