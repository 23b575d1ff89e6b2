"""Wrong keys at a terminal: counted by document and by terminal, forgiven in time."""

from __future__ import annotations

import pytest

from kiosk.cooperative.member import Document, DocumentType
from kiosk.teller.attempts import OF_DOCUMENT, OF_TERMINAL, Attempts
from kiosk.teller.errors import TooManyTries

HERS = Document(DocumentType.CC, "1900100101")


class Seconds:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def attempts(seconds: Seconds) -> Attempts:
    return Attempts(seconds)


def wait(attempts: Attempts, document: Document = HERS) -> float:
    """Seconds this document has to wait."""
    try:
        attempts.admit(document)
    except TooManyTries as error:
        return error.seconds
    return 0.0


def test_the_pauses_of_a_document_double_up_to_a_quarter_of_an_hour(
    attempts: Attempts, seconds: Seconds
) -> None:
    waits = []
    for _ in range(OF_TERMINAL.free):
        attempts.failed(HERS)
        waits.append(wait(attempts))
        seconds.now += waits[-1]
        assert wait(attempts) == 0.0, "the pause ends"
    assert waits == [0, 0, 5, 10, 20, 40, 80, 160, 320]
    assert OF_DOCUMENT.pause(50) == 900


def test_another_document_does_not_wait_until_the_terminal_does(attempts: Attempts, seconds: Seconds) -> None:
    waits = []
    for number in range(12):
        document = Document(DocumentType.CC, f"19001002{number:02d}")
        attempts.failed(document)
        waits.append(wait(attempts))
    assert waits == [0] * 9 + [30, 60, 120]
    seconds.now += 120
    assert wait(attempts) == 0


def test_the_right_key_frees_its_document_but_not_the_terminal(attempts: Attempts) -> None:
    for _ in range(10):
        attempts.failed(HERS)
    attempts.succeeded(HERS)
    assert wait(attempts) == 30, "the terminal's own"
    for _ in range(3):
        attempts.failed(HERS)
    assert wait(attempts) == 240


def test_what_is_an_hour_old_is_forgiven(attempts: Attempts, seconds: Seconds) -> None:
    for _ in range(12):
        attempts.failed(HERS)
    assert wait(attempts) == 900
    seconds.now += 3600
    assert wait(attempts) == 0
    assert not attempts._wrong, "and forgotten"


def test_no_document_is_kept(attempts: Attempts) -> None:
    attempts.failed(HERS)
    assert "1900100101" not in repr(attempts._wrong)
    assert set(attempts._wrong) != set(Attempts()._wrong)
