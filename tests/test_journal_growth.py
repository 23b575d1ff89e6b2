"""No question that somebody waits for reads every payment: each goes by an index."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event
from test_journal import MORNING, prepare

from kiosk.journal import opening
from kiosk.journal.journal import Journal, JournalUnusable
from kiosk.journal.search import masks

QUESTIONS: dict[str, Callable[[Journal], object]] = {
    "today": lambda journal: journal.between(MORNING, MORNING + timedelta(days=1)),
    "due": lambda journal: journal.due(MORNING),
    "unresolved": lambda journal: journal.unresolved(),
    "CUS": lambda journal: journal.find(cus="55501"),
    "reference": lambda journal: journal.find(text="PAM012603020001"),
    "document": lambda journal: journal.find(text="1900100101"),
    "part of a name": lambda journal: journal.find(text="rinc"),
    "member": lambda journal: journal.of_member("A-1"),
    "lately ended": lambda journal: journal.resolved_since("A-1", MORNING),
    "by reference": lambda journal: journal.by_reference("PAM012603020001"),
}


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    opened = Journal.open(tmp_path / "journal.sqlite")
    for number in range(3):
        prepare(opened, f"OB-{number}")
    yield opened
    opened.close()


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_question_reads_every_payment(journal: Journal, question: str) -> None:
    asked: list[tuple[str, object]] = []
    engine = journal._engine

    def note(_connection: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        asked.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    QUESTIONS[question](journal)
    event.remove(engine, "before_cursor_execute", note)
    assert asked
    with engine.connect() as connection:
        for statement, parameters in asked:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            steps = [row[-1] for row in plan]
            assert not [s for s in steps if s.startswith("SCAN payments") and "INDEX" not in s], steps


def test_a_document_is_found_by_its_whole_number_however_it_is_masked(journal: Journal) -> None:
    assert {"CC ******0101", "******0101", "NIT ******0101"} <= masks("1900100101")
    payment = journal.by_reference("PAM012603020001")
    assert payment is not None
    mask = payment.payer.member_document_masked
    assert payment in journal.find(text=mask)
    assert journal.find(text="no such thing") == []


def test_a_large_file_is_checked_where_each_payment_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "journal.sqlite"
    journal = Journal.open(path)
    for number in range(40):
        prepare(journal, f"OB-{number}")
    journal.close()
    monkeypatch.setattr(opening, "_CHECKED_WHOLE", 0)
    Journal.open(path).close()
    whole = bytearray(path.read_bytes())
    whole[4096:] = b"\xff" * (len(whole) - 4096)
    path.write_bytes(whole)
    with pytest.raises(JournalUnusable, match=r"damaged|malformed"):
        Journal.open(path)
    assert path.read_bytes() == bytes(whole), "left as it is"
