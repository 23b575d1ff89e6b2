"""What becomes of a journal's file: gone, put back to an earlier day, or exchanged for another."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from uuid import uuid4

from instruments.torture.shift import Place
from instruments.torture.till import keys_of, witness_of
from kiosk.journal.journal import Journal
from kiosk.journal.opening import copy_as_it_is
from kiosk.journal.restore import restore


class Loss(StrEnum):
    """How the journal is no longer there."""

    VANISHED = "vanished"
    OLDER = "put back to an earlier copy"
    CLONED = "exchanged for another terminal's"


class Keeper:
    """Takes copies of the journal of `place`, takes it away, and puts it back as staff would."""

    def __init__(self, place: Place, chance: random.Random) -> None:
        self._place, self._chance = place, chance
        self._folder = place.journal.parent / "copies"
        self._folder.mkdir()
        self._earlier: Path | None = None
        self._newest: Path | None = None

    def lose(self) -> Loss:
        """Copy it, then take it away. It must hold something."""
        self._newest = self._copy()
        kinds = [Loss.VANISHED, Loss.CLONED, *([Loss.OLDER] if self._earlier else [])]
        how = self._chance.choice(kinds)
        self._aside()
        if how is Loss.OLDER:
            assert self._earlier
            copy_as_it_is(self._earlier, self._place.journal)
        elif how is Loss.CLONED:
            Journal.open(self._place.journal, keys_of(self._place)).close()
        self._earlier = self._newest
        return how

    def put_back(self) -> None:
        """`kiosk journal restore` of the copy from the moment of the loss. Raises JournalUnusable."""
        assert self._newest
        restore(
            self._place.journal, self._newest, keys=keys_of(self._place), witness=witness_of(self._place),
            receipts=None, now=datetime.now(UTC),
        )  # fmt: skip

    def _copy(self) -> Path:
        copy = self._folder / f"{uuid4().hex}.sqlite"
        copy_as_it_is(self._place.journal, copy)
        return copy

    def _aside(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            file = Path(f"{self._place.journal}{suffix}")
            if file.exists():
                file.rename(self._folder / f"{uuid4().hex}.gone{suffix}")
