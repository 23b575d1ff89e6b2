"""No question that somebody waits for reads every payment: each goes by an index."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from counterparts import PAYER
from sqlalchemy import event
from test_journal import MORNING, prepare

from instruments.benchmarks import journal_growth
from kiosk.cooperative.payment import Event, Payment, Review, State
from kiosk.journal import looking, opening, search
from kiosk.journal.errors import JournalUnusable
from kiosk.journal.journal import Journal
from kiosk.journal.search import masks

CUS = "55500123"

QUESTIONS: dict[str, Callable[[Journal], object]] = {
    "today": lambda journal: journal.between(MORNING, MORNING + timedelta(days=1)),
    "due": lambda journal: journal.due(MORNING),
    "due, ended ones too": lambda journal: journal.due(MORNING, 50, frozenset(State) - {State.APPROVED}),
    "unresolved": lambda journal: journal.unresolved(),
    "CUS": lambda journal: journal.find(cus=CUS),
    "CUS and text": lambda journal: journal.find(cus=CUS, text="nobody"),
    "reference": lambda journal: journal.find(text="PAM012603020001"),
    "document": lambda journal: journal.find(text="1900100101"),
    "masked document": lambda journal: journal.find(text=PAYER.member_document_masked),
    "end of a document": lambda journal: journal.find(text="6789"),
    "part of a name": lambda journal: journal.find(text="rinc"),
    "longer part of a name": lambda journal: journal.find(text="rincón"),
    "the newest": lambda journal: journal.find(),
    "member": lambda journal: journal.of_member(PAYER.member_id),
    "news": lambda journal: journal.news(PAYER.member_id, MORNING),
    "by reference": lambda journal: journal.by_reference("PAM012603020001"),
    "by id": lambda journal: journal.get(first(journal).payment_id),
    "its events": lambda journal: journal.events(first(journal).payment_id),
}

STEPS: dict[str, Callable[[Journal], object]] = {
    "intent": lambda journal: prepare(journal, "OB-new"),
    "event": lambda journal: journal.record(first(journal), Event.SENT, now=MORNING),
    "ending": lambda journal: journal.record(first(journal), Event.LEFT, now=MORNING),
    "question": lambda journal: journal.note_ask(first(journal), now=MORNING, next_ask_at=MORNING),
    "claim": lambda journal: journal.claim(first(journal), until=MORNING),
    "flag": lambda journal: journal.flag(first(journal), Review.NOT_OURS, now=MORNING),
    "pulse": lambda journal: journal.beat("PAM01", now=MORNING),
    "head": lambda journal: journal.head(),
}


def first(journal: Journal) -> Payment:
    return journal.unresolved()[0]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite"


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    opened = Journal.open(path)
    for number in range(3):
        prepare(opened, f"OB-{number}")
    paid = prepare(opened, "OB-paid")
    for happened in (Event.SENT, Event.OPENED):
        paid = opened.record(paid, happened, now=MORNING)
    opened.record(paid, Event.SEEN_OK, now=MORNING, cus=CUS, decided_at=MORNING)
    yield opened
    opened.close()


def reads_all(statement: str, plan: list[str]) -> bool:
    """Whether a plan walks a table that grows, and more of it than its newest rows."""
    if not any(re.match(r"SCAN (payments|payment_lines|events)\b", step) for step in plan):
        return False
    in_order = not any(step.startswith("USE TEMP B-TREE FOR ORDER BY") for step in plan)
    return not (in_order and "LIMIT" in statement and "WHERE" not in statement)


@pytest.mark.parametrize("question", [*QUESTIONS, *STEPS])
def test_nothing_reads_every_payment(journal: Journal, question: str) -> None:
    asked: list[tuple[str, object]] = []
    engine = journal._engine

    def note(_connection: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        asked.append((statement, parameters[0] if isinstance(parameters, list) else parameters))

    event.listen(engine, "before_cursor_execute", note)
    (QUESTIONS | STEPS)[question](journal)
    event.remove(engine, "before_cursor_execute", note)
    assert asked
    with engine.connect() as connection:
        for statement, parameters in asked:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()  # type: ignore[arg-type]
            steps = [str(row[-1]) for row in plan]
            assert not reads_all(statement, steps), (statement, steps)


def test_a_plan_that_walks_an_index_from_end_to_end_is_one_that_reads_all() -> None:
    by_index = ["SCAN payments USING INDEX ix_payments_created_at"]
    assert reads_all("SELECT … FROM payments WHERE cus LIKE ? ORDER BY created_at LIMIT 100", by_index)
    assert reads_all("SELECT … FROM payments", ["SCAN payments"])
    assert reads_all("SELECT … ORDER BY name LIMIT 5", ["SCAN payments", "USE TEMP B-TREE FOR ORDER BY"])
    assert not reads_all("SELECT … FROM payments ORDER BY created_at LIMIT 100", by_index)


def test_a_document_is_found_by_its_whole_number_however_it_is_masked(journal: Journal) -> None:
    assert {"CC ******0101", "******0101", "NIT ******0101"} <= masks("1900100101")
    payment = first(journal)
    assert payment in journal.find(text=payment.payer.member_document_masked)
    assert payment in journal.find(text="1023456789")
    assert payment in journal.find(text="1.023.456.789")
    assert journal.find(text="no such thing") == []


def test_the_end_of_a_document_is_found_however_long_ago(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "SEARCHED", 1)
    tomorrow = MORNING + timedelta(days=1)
    newest = [prepare(journal, f"OB-{number}-new", now=tomorrow) for number in range(3)]
    assert len(journal.find(text="6789")) == 7
    assert journal.find(text="rincón") == newest[::-1], "a part of a name among the newest only"
    assert journal.find(text="0123") == [], "a part of a CUS of long ago"
    assert [payment.cus for payment in journal.find(text=CUS)] == [CUS]


def test_more_payments_than_the_database_takes_values(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = journal.find()
    monkeypatch.setattr(looking, "_AT_ONCE", 2)
    assert len(at_once) == 4
    assert journal.find() == at_once


def test_what_is_measured_is_a_journal(path: Path) -> None:
    journal_growth.fill(path, 300)
    journal = Journal.open(path)
    try:
        assert journal.faults() == []
        states = {payment.state for payment in journal.find(limit=300)}
        assert states >= {State.POSTED, State.DECLINED, State.FAILED, State.PENDING}
        assert journal.rebuild(now=MORNING) == 300
    finally:
        journal.close()


class TestLargeFile:
    """Of a large file an opening checks what each payment writes; the rest is never taken for whole."""

    @pytest.fixture
    def large(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        journal = Journal.open(path)
        for number in range(40):
            prepare(journal, f"OB-{number}")
        paid = journal.record(prepare(journal, "OB-paid"), Event.SENT, now=MORNING)
        journal.record(paid, Event.SEEN_OK, now=MORNING, cus=CUS)
        journal.close()
        monkeypatch.setattr(opening, "_CHECKED_WHOLE", 0)
        Journal.open(path).close()
        return path

    def page(self, path: Path, name: str) -> tuple[int, int]:
        """Where the first page of a table or index lies, and its length."""
        connection = sqlite3.connect(path)
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", [name]).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        connection.close()
        return (root - 1) * size, size

    def overwrite(self, path: Path, name: str) -> None:
        at, size = self.page(path, name)
        with path.open("r+b") as file:
            file.seek(at)
            file.write(b"\xff" * size)

    def refused(self, path: Path) -> None:
        before = path.read_bytes()
        with pytest.raises(JournalUnusable, match=r"damaged|malformed"):
            Journal.open(path)
        assert path.read_bytes() == before, "left as it is"

    def verified(self, journal: Journal) -> str:
        """What verify says, in one text."""
        try:
            return "\n".join(journal.faults())
        except JournalUnusable as error:
            return str(error)

    @pytest.mark.parametrize("table", ["held_obligations", "reference_days", "pulse", "alembic_version"])
    def test_damage_where_each_payment_writes_is_refused(self, large: Path, table: str) -> None:
        self.overwrite(large, table)
        self.refused(large)

    def test_one_that_was_cut_short_is_refused(self, large: Path) -> None:
        with large.open("r+b") as file:
            file.truncate(large.stat().st_size // 2)
        self.refused(large)

    @pytest.mark.parametrize("table", ["payments", "payment_lines", "events"])
    def test_damage_elsewhere_is_told_by_whatever_comes_to_it(self, large: Path, table: str) -> None:
        self.overwrite(large, table)
        journal = Journal.open(large)
        try:
            with pytest.raises(JournalUnusable, match="malformed"):
                journal.record(first(journal), Event.SENT, now=MORNING)
            assert "malformed" in self.verified(journal)
        finally:
            journal.close()

    def test_a_payment_that_an_index_has_lost_is_found_by_verify_and_brought_back(self, large: Path) -> None:
        at, size = self.page(large, "ix_payments_cus")
        whole = bytearray(large.read_bytes())
        entry = whole.index(CUS.encode(), at, at + size)
        whole[entry : entry + len(CUS)] = b"55500124"
        large.write_bytes(whole)
        journal = Journal.open(large)
        try:
            assert journal.find(cus=CUS) == []
            assert any("ix_payments_cus" in fault for fault in journal.faults())
            journal.rebuild(now=MORNING)
            assert journal.faults() == []
            assert [payment.cus for payment in journal.find(cus=CUS)] == [CUS]
        finally:
            journal.close()
