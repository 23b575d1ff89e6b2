"""How the application opens its desk, and what it does when it can not."""

from __future__ import annotations

from datetime import datetime

import pytest

from kiosk.app import LazyDesk
from kiosk.journal.journal import JournalUnusable


class Desk:
    """Fails to recover as often as told."""

    def __init__(self, failures: int) -> None:
        self.failures, self.recovered, self.closed = failures, 0, 0
        self.sonda = self

    def recover(self, _now: datetime) -> None:
        if self.failures:
            self.failures -= 1
            raise JournalUnusable("disk full")
        self.recovered += 1

    def close(self) -> None:
        self.closed += 1


def test_a_desk_that_could_not_recover_is_not_used() -> None:
    desk = Desk(failures=2)
    lazy = LazyDesk(lambda: desk)  # type: ignore[arg-type, return-value]
    for _ in range(2):
        with pytest.raises(JournalUnusable):
            lazy()
    assert (desk.recovered, desk.closed) == (0, 2)
    assert lazy() is desk
    assert lazy() is desk
    assert desk.recovered == 1
    lazy.close()
    assert desk.closed == 3
