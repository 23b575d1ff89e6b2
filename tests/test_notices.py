"""Who is told that a payment ended otherwise than they heard: at the next sign-in, and by the core."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from counterparts import MORNING
from till import APPROVED, REJECTED, Till, till_at

from kiosk.cooperative.money import Money
from kiosk.cooperative.payment import Review, State
from kiosk.member_core.connector import (
    Availability,
    CoreError,
    CoreStatus,
    CoreUnreachable,
    KeyPolicy,
    Notice,
    NoticeKind,
    PostingRefused,
)
from kiosk.pse.gateway import Approval
from kiosk.teller.notices import Notices

FIRST = Approval("A-1", Money.of(185000), "55501", "BANCO UNO", MORNING + timedelta(minutes=3))
SECOND = Approval("A-2", Money.of(185000), "55777", "BANCO DOS", MORNING + timedelta(minutes=9))
TWICE = replace(APPROVED, approved_amount=FIRST.amount, approvals=(FIRST, SECOND))


class Core:
    """Takes notices, or not, or is away."""

    def __init__(self, *, takes: bool = True) -> None:
        self.takes, self.away = takes, False
        self.told: list[Notice] = []
        self.refuses: set[str] = set()
        """Payments whose notices it will never take."""

    def status(self) -> CoreStatus:
        return CoreStatus(
            Availability.AVAILABLE,
            None,
            date(2026, 3, 2),
            True,
            KeyPolicy(4, 4, True),
            takes_notices=self.takes,
        )

    def tell_member(self, notice: Notice) -> None:
        if self.away:
            raise unreachable()
        if notice.payment_id in self.refuses:
            raise PostingRefused("validation-failed")
        self.told.append(notice)


def unreachable() -> CoreError:
    return CoreUnreachable("away")


@pytest.fixture
def till(tmp_path: Path) -> Iterator[Till]:
    with till_at(tmp_path) as till:
        yield till


def late(till: Till) -> str:
    """A refusal that its member was shown, taken back later."""
    payment = till.left()
    till.gateway.answers = [REJECTED]
    till.rounds(hours=1)
    till.journal.note_told(till.now(payment))
    till.gateway.answers = [APPROVED]
    till.rounds(hours=3)
    assert till.now(payment).review is Review.LATE_APPROVAL
    return payment.payment_id


def twice(till: Till, *obligations: str) -> str:
    """Posted and shown; a second debit comes out later."""
    payment = till.left(*obligations)
    till.gateway.answers = [APPROVED]
    till.rounds(hours=1)
    assert till.now(payment).state is State.POSTED
    till.journal.note_told(till.now(payment))
    till.gateway.answers = [TWICE]
    till.rounds(hours=30, every=1)
    assert till.now(payment).review is Review.PAID_TWICE
    return payment.payment_id


@pytest.mark.parametrize("story", [late, twice])
def test_what_they_heard_otherwise_is_news_once(till: Till, story: object) -> None:
    payment_id = story(till)  # type: ignore[operator]
    payment = till.journal.get(payment_id)
    long_ago = till.clock() - timedelta(days=300)
    assert till.journal.news(payment.payer.member_id, long_ago) == [payment]
    till.journal.note_told(payment)
    assert till.journal.news(payment.payer.member_id, long_ago) == []


def test_the_core_is_asked_to_tell_each_once(till: Till) -> None:
    payment_id, core = late(till), Core()
    notices = Notices(till.journal, core)  # type: ignore[arg-type]
    for _ in range(3):
        notices.tell()
    [told] = core.told
    assert (told.payment_id, told.kind) == (payment_id, NoticeKind.LATE_APPROVAL)
    again = Core()
    Notices(till.journal, again).tell()  # type: ignore[arg-type]
    assert again.told == [told], "another process: the same id, told once by the core"


def test_a_second_debit_is_told_with_its_own_amount_and_cus(till: Till) -> None:
    payment_id, core = twice(till), Core()
    Notices(till.journal, core).tell()  # type: ignore[arg-type]
    [told] = core.told
    assert (told.payment_id, told.kind, told.cus) == (payment_id, NoticeKind.PAID_TWICE, "55777")
    assert told.amount == Money.of(185000)


def test_one_that_the_core_refuses_keeps_no_other(till: Till, caplog: pytest.LogCaptureFixture) -> None:
    refused, core = late(till), Core()
    till.gateway.answers = [APPROVED]
    told = twice(till, "OB-2")
    core.refuses = {refused}
    notices = Notices(till.journal, core)  # type: ignore[arg-type]
    for _ in range(3):
        notices.tell()
    assert [each.payment_id for each in core.told] == [told]
    # The refused one is looked back at, and its second debit is found too.
    assert caplog.text.count("staff must tell the member") == 2


def test_a_core_that_is_away_hears_of_it_later_and_one_that_takes_none_never(till: Till) -> None:
    late(till)
    away, without = Core(), Core(takes=False)
    away.away = True
    notices = Notices(till.journal, away)  # type: ignore[arg-type]
    notices.tell()
    assert away.told == []
    away.away = False
    notices.tell()
    assert len(away.told) == 1
    Notices(till.journal, without).tell()  # type: ignore[arg-type]
    assert without.told == []
